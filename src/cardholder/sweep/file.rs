//! One file of a sweep: its name, then its content.

use std::io::{self, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Audience, Done, Finding, Sort, Way};
use crate::cardholder::walk::{Entry, Opened, What};
use crate::cardholder::{Match, Observer, Place, Rules, Source, Why, content, scan, told};

/// The name of an entry, as it is told.
pub(super) struct Name {
    pub(super) told: Arc<str>,
    found: Vec<Match>,
}

impl Name {
    /// Looks at the name of an entry. What is in the names of the folders around it was told of
    /// these; the name of the nearest counts as surroundings.
    pub(super) fn of(entry: &Entry, rules: &Rules) -> Self {
        Self::new(&entry.path(), entry.own() as u64, rules)
    }

    /// Looks at a path, of which what comes from the byte `own` on is the entry's own name.
    pub(super) fn new(path: &str, own: u64, rules: &Rules) -> Self {
        let (told, _) = told(rules, path);
        // Words of folders further up say nothing of this name: who scans chose them.
        let before = usize::try_from(own).ok().and_then(|own| path.get(..own));
        let around = before.map_or("", |before| before.trim_end_matches(['/', '\\']));
        let from = around.rfind(['/', '\\']).map_or(0, |slash| slash + 1);
        let mut found = scan(rules, path.get(from..).unwrap_or(path).as_bytes());
        let from = from as u64;
        found.retain(|one| from + one.offset + one.length as u64 > own);
        for one in &mut found {
            one.offset = (from + one.offset).saturating_sub(own);
            one.column = one.offset + 1;
        }
        Self {
            told: told.into(),
            found,
        }
    }
}

/// Something to be told of a file.
#[derive(Debug)]
pub(super) enum Event {
    Found(Box<str>, Place, Box<Match>),
    Unread(Box<str>, Why),
}

impl Event {
    pub(super) fn tell(&self, file: &str, audience: &mut dyn Audience) -> io::Result<()> {
        match self {
            Self::Found(member, place, found) => audience.found(Finding {
                file,
                member,
                place: *place,
                found,
                allowed: None,
            }),
            Self::Unread(member, why) => audience.unread(file, member, *why),
        }
    }
}

/// Reads an entry and hands out what is to be told of it.
pub(super) fn read(
    entry: &Entry,
    name: &Name,
    way: Way<'_>,
    stop: &AtomicBool,
    sink: &mut dyn FnMut(Event),
) -> Done {
    let mut telling = Telling::new(sink);
    for one in &name.found {
        telling.found("", Place::Name, one.clone());
    }
    match entry.what {
        What::File(_) => content(entry, way, stop, &mut telling),
        What::Folder | What::LinkInside => telling.sort = Sort::Name,
        What::LinkOutside => telling.unread("", Why::Link),
        What::Special => telling.unread("", Why::NoFile),
        What::Failed(kind) => telling.unread("", Why::Failed(kind)),
    }
    telling.done()
}

fn content(entry: &Entry, way: Way<'_>, stop: &AtomicBool, telling: &mut Telling<'_>) {
    let mut opened = match entry.open() {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            return telling.unread("", Why::NoFile);
        }
        Err(error) => return telling.unread("", Why::Failed(error.kind())),
    };
    let mut counted = Counted {
        file: &mut opened,
        progress: way.progress,
        stop,
    };
    whatever_happens(Source::Anywhere(&mut counted), way, telling);
    match opened.changed() {
        Ok(false) => {}
        Ok(true) => telling.unread("", Why::Changed),
        Err(error) => telling.unread("", Why::Failed(error.kind())),
    }
}

/// Reads a content. Whatever a reader of some format does, the run goes on and the file is not
/// clean; what is left behind is this file's alone.
fn whatever_happens(source: Source<'_>, way: Way<'_>, telling: &mut Telling<'_>) {
    guarded(telling, |telling| {
        content::read(way.rules, way.limits, source, telling);
    });
}

fn guarded(telling: &mut Telling<'_>, read: impl FnOnce(&mut Telling<'_>)) {
    if catch_unwind(AssertUnwindSafe(|| read(&mut *telling))).is_err() {
        telling.unread("", Why::ReaderFailed);
    }
}

/// Reads one message and hands out what is to be told of it.
pub(super) fn message(input: &mut dyn Read, way: Way<'_>, sink: &mut dyn FnMut(Event)) -> Done {
    let mut telling = Telling::new(sink);
    guarded(&mut telling, |telling| {
        content::read_message(way.rules, way.limits, Source::Passing(input), telling);
    });
    telling.done()
}

/// Reads what comes once and hands out what is to be told of it.
pub(super) fn passing(input: &mut dyn Read, way: Way<'_>, sink: &mut dyn FnMut(Event)) -> Done {
    let mut telling = Telling::new(sink);
    let mut counted = Passing {
        input,
        progress: way.progress,
    };
    whatever_happens(Source::Passing(&mut counted), way, &mut telling);
    telling.done()
}

/// Reads what is in memory and hands out what is to be told of it.
pub(super) fn held(bytes: &[u8], name: &Name, way: Way<'_>, sink: &mut dyn FnMut(Event)) -> Done {
    let mut telling = Telling::new(sink);
    for one in &name.found {
        telling.found("", Place::Name, one.clone());
    }
    let source = &mut io::Cursor::new(bytes);
    whatever_happens(Source::Anywhere(source), way, &mut telling);
    telling.done()
}

/// An input whose bytes are counted as they are read.
struct Passing<'a> {
    input: &'a mut dyn Read,
    progress: &'a (dyn Fn(u64) + Sync),
}

impl Read for Passing<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(into)?;
        (self.progress)(count as u64);
        Ok(count)
    }
}

/// Passes on what the reading of a file tells, and keeps what it comes to.
struct Telling<'a> {
    sink: &'a mut dyn FnMut(Event),
    sort: Sort,
    bytes: u64,
}

impl<'a> Telling<'a> {
    fn new(sink: &'a mut dyn FnMut(Event)) -> Self {
        Self {
            sink,
            sort: Sort::Whole,
            bytes: 0,
        }
    }

    fn done(&self) -> Done {
        Done {
            sort: self.sort,
            bytes: self.bytes,
        }
    }
}

impl Observer for Telling<'_> {
    fn found(&mut self, member: &str, place: Place, found: Match) {
        (self.sink)(Event::Found(member.into(), place, Box::new(found)));
    }

    fn unread(&mut self, member: &str, why: Why) {
        self.sort = Sort::Unread;
        (self.sink)(Event::Unread(member.into(), why));
    }

    fn scanned(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_add(bytes);
    }
}

/// A file whose bytes are counted as they are read, until the sweep is stopped.
struct Counted<'a> {
    file: &'a mut Opened,
    progress: &'a (dyn Fn(u64) + Sync),
    stop: &'a AtomicBool,
}

impl Read for Counted<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(io::Error::from(io::ErrorKind::ConnectionAborted));
        }
        let count = self.file.read(into)?;
        (self.progress)(count as u64);
        Ok(count)
    }
}

impl Seek for Counted<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

#[cfg(test)]
mod names {
    use super::*;
    use crate::cardholder::Confidence;

    #[test]
    fn the_nearest_folder_says_what_a_name_is_and_those_further_up_do_not() {
        let number = (0..10)
            .map(|last| format!("453977777777777{last}"))
            .find(|number| !scan(Rules::built_in(), number.as_bytes()).is_empty())
            .expect("one of ten has its check digit");
        for (folder, confidence) in [
            ("cards/", Confidence::Confirmed),
            ("cards/dumps/", Confidence::Possible),
            ("dumps/", Confidence::Possible),
        ] {
            let path = format!("{folder}{number}.txt");
            let name = Name::new(&path, folder.len() as u64, Rules::built_in());
            let found: Vec<_> = name.found.iter().map(|one| one.confidence).collect();
            assert_eq!(found, [confidence], "{folder}");
            assert_eq!(
                (name.found[0].offset, name.found[0].column),
                (0, 1),
                "{folder}"
            );
            assert!(!name.told.contains(&number), "{}", name.told);
        }
    }
}
