//! What an archive of zip says of its members at its end, beside what stands before each.

use std::io::{self, Read as _};

use memchr::memmem;

use super::local::{self, Local};
use super::member;
use crate::cardholder::content::limits::Reserved;
use crate::cardholder::content::numbers::{u16_at, u32_at, u64_at};
use crate::cardholder::content::{Input, Reading, Why};
use crate::cardholder::scanner::scan;

/// How many bytes an entry has before its name.
pub(super) const ENTRY: usize = 46;
/// How many bytes the end has before its comment.
pub(super) const END: usize = 22;
/// How many bytes tell where the end of a large archive is.
pub(super) const LOCATOR: u64 = 20;
/// How much of an archive holds its end, with the longest comment.
const TAIL: u64 = END as u64 + 0xffff;
/// Among how many entries a name is looked up.
const LOOKED_UP: usize = 10_000;
/// How many members or entries memory is taken for at a time.
const STEP: usize = 1024;

/// Tells whether an entry begins so.
pub(super) fn begins(head: &[u8]) -> bool {
    let version = u16_at(head, 6).map(|version| version & 0xff);
    head.starts_with(b"PK\x01\x02") && version.is_some_and(|version| version <= 100)
}

/// Tells whether any part of a directory begins so.
pub(super) fn is_part(head: &[u8]) -> bool {
    begins(head) || matches!(head, [b'P', b'K', 5, 6, ..] | [b'P', b'K', 6, 6 | 7, ..])
}

/// A member that was read.
struct Walked {
    /// Where its header begins.
    at: u64,
    packed: u64,
    method: u16,
    encrypted: bool,
    /// Whether its name holds account data.
    telling: bool,
}

/// An entry of the directory.
struct Entry {
    /// Where it says that the header of its member begins.
    offset: u64,
    /// What it says of the member.
    local: Local,
    comment: Vec<u8>,
}

/// What was seen of the members, and what the directory says that was not.
pub(super) struct Directory {
    /// Where the archive begins.
    start: u64,
    walked: Vec<Walked>,
    /// Where those entries stand that say something else than what was read.
    unseen: Vec<u64>,
    /// Where the first entry stands.
    first: Option<u64>,
    /// Where the end of a large archive says that the first entry stands.
    large: Option<u64>,
    /// How many bytes were read because of such entries.
    again: u64,
    /// Whether members came after the last end.
    open: bool,
    /// Whether there was an end.
    ended: bool,
    reserved: Vec<Reserved>,
}

impl Directory {
    pub(super) fn new(start: u64) -> Self {
        Self {
            start,
            walked: Vec::new(),
            unseen: Vec::new(),
            first: None,
            again: 0,
            large: None,
            open: false,
            ended: false,
            reserved: Vec::new(),
        }
    }

    /// Tells whether an archive was seen.
    pub(super) fn begun(&self) -> bool {
        self.open || self.ended || !self.walked.is_empty()
    }

    /// Goes to the directory, if members came and it was not found after them, since one of them
    /// said that it reaches further than it does.
    pub(super) fn find(&mut self, input: &mut Input<'_>) -> io::Result<bool> {
        if !self.open || self.first.is_some() {
            return Ok(false);
        }
        match start(input)? {
            Some(first) => input.go(first),
            None => Ok(false),
        }
    }

    /// Notes a member that was read.
    pub(super) fn walked(
        &mut self,
        reading: &Reading<'_>,
        at: u64,
        local: &Local,
        packed: u64,
    ) -> io::Result<()> {
        if self.walked.is_empty() {
            self.start = at;
        }
        self.open = true;
        if self.walked.len().is_multiple_of(STEP) {
            self.reserve::<Walked>(reading)?;
            self.walked.reserve_exact(STEP);
        }
        self.walked.push(Walked {
            at,
            packed,
            method: local.method,
            encrypted: local.encrypted,
            telling: !scan(reading.rules, &local.name).is_empty(),
        });
        Ok(())
    }

    fn reserve<T>(&mut self, reading: &Reading<'_>) -> io::Result<()> {
        let bytes = (STEP * size_of::<T>()) as u64;
        let reserved = reading.spent.hold(bytes, reading.limits)?;
        self.reserved.push(reserved);
        Ok(())
    }

    /// Takes an entry.
    pub(super) fn entry(
        &mut self,
        reading: &mut Reading<'_>,
        input: &mut Input<'_>,
    ) -> io::Result<()> {
        let at = input.position();
        let entry = Entry::read(input)?;
        self.open = true;
        self.first.get_or_insert(at);
        reading.name(&entry.comment);
        let seen = [0, self.start];
        let seen = seen.iter().find_map(|base| self.seen(&entry, *base));
        match seen {
            Some(walked) => {
                // The name may be another than that which stands before the member.
                if !walked.telling {
                    reading.name(&entry.local.name);
                }
            }
            None if input.goes_anywhere() => {
                if self.unseen.len().is_multiple_of(STEP) {
                    self.reserve::<u64>(reading)?;
                    self.unseen.reserve_exact(STEP);
                }
                self.unseen.push(at);
            }
            None => reading.enter(&member::name(&entry.local.name), |reading| {
                reading.unread(Why::Damaged);
            }),
        }
        Ok(())
    }

    /// Returns the member that was read, if it is as the entry says.
    fn seen(&self, entry: &Entry, base: u64) -> Option<&Walked> {
        let at = entry.offset.checked_add(base)?;
        let found = self.walked.binary_search_by_key(&at, |walked| walked.at);
        self.walked.get(found.ok()?).filter(|walked| {
            walked.method == entry.local.method
                && entry.local.packed == Some(walked.packed)
                && walked.encrypted == entry.local.encrypted
        })
    }

    /// Takes the end of a large archive.
    pub(super) fn large_end(&mut self, input: &mut Input<'_>) -> io::Result<()> {
        let head = input.peek(56)?;
        let length = u64_at(head, 4).unwrap_or_default();
        self.large = u64_at(head, 48);
        pass(input, length.saturating_add(12))
    }

    /// Takes the end, and reads what the entries say beside what was read.
    pub(super) fn end(
        &mut self,
        reading: &mut Reading<'_>,
        input: &mut Input<'_>,
    ) -> io::Result<()> {
        let mut head = [0; END];
        input.read_exact(&mut head)?;
        let comment = u16_at(&head, 20).unwrap_or_default();
        let comment = local::bytes(input, comment)?;
        reading.name(&comment);
        let part = u16_at(&head, 4).unwrap_or_default();
        if part != 0 && part != u16::MAX {
            reading.unread(Why::NotSupported("a zip archive of several files"));
        }
        let said = u32_at(&head, 16).map(u64::from);
        let said = said.filter(|said| *said != u64::from(u32::MAX));
        let said = said.or(self.large).unwrap_or_default();
        let base = self.first.map_or(0, |first| first.saturating_sub(said));
        self.unseen(reading, input, base)?;
        self.open = false;
        self.ended = true;
        self.first = None;
        Ok(())
    }

    /// Reads what is left when the input ends.
    pub(super) fn rest(
        &mut self,
        reading: &mut Reading<'_>,
        input: &mut Input<'_>,
    ) -> io::Result<()> {
        self.unseen(reading, input, self.start)
    }

    /// Tells whether an archive began that did not end.
    pub(super) fn open(&self) -> bool {
        self.open
    }

    /// Reads the members of which entries say something else than what was read: one inside the
    /// other, or of another size.
    fn unseen(
        &mut self,
        reading: &mut Reading<'_>,
        input: &mut Input<'_>,
        base: u64,
    ) -> io::Result<()> {
        if self.unseen.is_empty() {
            return Ok(());
        }
        let back = input.position();
        let size = input.size()?.unwrap_or_default();
        for at in std::mem::take(&mut self.unseen) {
            if reading.spent.halted() {
                break;
            }
            input.go(at)?;
            let entry = Entry::read(input)?;
            if self.seen(&entry, base).is_some() {
                continue;
            }
            input.go(entry.offset.saturating_add(base))?;
            let start = input.position();
            if local::begins(input.peek(super::LOCAL)?) {
                Local::read(input)?;
                // Its failure was told, and ends nothing else.
                let _ = member::read(reading, input, &entry.local);
            } else {
                let name = member::name(&entry.local.name);
                reading.enter(&name, |reading| reading.unread(Why::Damaged));
            }
            // What is read again is at most the archive, unless members overlap.
            self.again += input.position().saturating_sub(start);
            if self.again > size {
                reading.spent.halt();
                reading.unread(Why::Overlaps);
            }
        }
        input.go(back)?;
        Ok(())
    }
}

impl Entry {
    /// Takes an entry from the input.
    fn read(input: &mut Input<'_>) -> io::Result<Self> {
        let mut head = [0; ENTRY];
        input.read_exact(&mut head)?;
        let short = |at| u16_at(&head, at).unwrap_or_default();
        let long = |at| u64::from(u32_at(&head, at).unwrap_or_default());
        let name = local::bytes(input, short(28))?;
        let extra = local::bytes(input, short(30))?;
        let comment = local::bytes(input, short(32))?;
        let flags = short(8);
        let sizes = local::Sizes::of(long(20), long(24), long(42), &extra);
        Ok(Self {
            offset: sizes.offset,
            local: Local {
                name,
                method: short(10),
                encrypted: flags & 1 != 0 || flags & 0x2000 != 0,
                packed: Some(sizes.packed),
                unpacked: Some(sizes.unpacked),
                extra,
            },
            comment,
        })
    }
}

/// Returns where the directory of an archive begins, if the input can be read from any place.
fn start(input: &mut Input<'_>) -> io::Result<Option<u64>> {
    let Some(size) = input.size()? else {
        return Ok(None);
    };
    let tail = size.saturating_sub(TAIL);
    input.go(tail)?;
    let mut bytes = Vec::new();
    input.take(TAIL).read_to_end(&mut bytes)?;
    let Some(end) = memmem::rfind(&bytes, b"PK\x05\x06") else {
        return Ok(None);
    };
    let length = u32_at(&bytes, end + 12).map_or(0, u64::from);
    Ok((tail + end as u64).checked_sub(length))
}

/// Goes to the content of a member that is looked for by its name; returns what is said of it.
pub(super) fn look_up(input: &mut Input<'_>, name: &[u8]) -> io::Result<Option<Local>> {
    let Some(first) = start(input)? else {
        return Ok(None);
    };
    input.go(first)?;
    for _ in 0..LOOKED_UP {
        if !begins(input.peek(ENTRY)?) {
            break;
        }
        let entry = Entry::read(input)?;
        if entry.local.name == name {
            input.go(entry.offset)?;
            if local::begins(input.peek(super::LOCAL)?) {
                Local::read(input)?;
                return Ok(Some(entry.local));
            }
            break;
        }
    }
    Ok(None)
}

/// Passes over so many bytes.
pub(super) fn pass(input: &mut Input<'_>, count: u64) -> io::Result<()> {
    io::copy(&mut input.take(count), &mut io::sink()).map(|_| ())
}
