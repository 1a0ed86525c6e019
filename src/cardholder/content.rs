//! What a file holds, whatever it is packed and written in: every text in it is scanned, in
//! passing, in fixed memory, and nothing is unpacked to disk.
//!
//! [`Reading`] walks into a file. Each format is a function that takes its input and hands the
//! members it holds to [`Reading::enter`], or its text to [`Reading::text`] and
//! [`Reading::scan`]. What can't be read is told with [`Reading::unread`], in words of our own:
//! messages of libraries may repeat what they read.

mod cells;
mod charset;
mod compressed;
mod encoded;
mod format;
mod held;
mod input;
mod limits;
mod mail;
mod numbers;
mod office;
mod pdf;
mod redis;
mod sealed;
mod span;
mod sqlite;
mod tar;
mod unread;
mod until;
mod zip;

use std::io::{self, Cursor, Read};
use std::rc::Rc;

pub use input::{Source, Stream};
pub use limits::Limits;
pub use unread::Why;

use super::masked::masked_name;
use super::scanner::scan;
use super::{Match, Place, Rules};
use compressed::{Bzip2, Lz4, Xz, Zstd, gzip, lzma, streams};
use encoded::Text;
use format::Format;
use held::Held;
use input::Input;
use limits::{End, Metered, Spent};
use mail::Mail;
use office::Strings;

/// How much of a file is looked at to tell what it is, in bytes.
const HEAD: usize = 8 * 1024;
/// What stands between the names of members, one inside the other.
const INSIDE: &str = "!";

/// Is told what is found while a file is read. A member is named by the names on the way to it,
/// with `!` between; the file itself is the empty name. Numbers in names are masked.
pub trait Observer {
    /// Account data in a member's content or name.
    fn found(&mut self, member: &str, place: Place, found: Match);
    /// Something in the member was not read.
    fn unread(&mut self, member: &str, why: Why);
    /// So many more bytes of texts were scanned.
    fn scanned(&mut self, bytes: u64);
}

/// The reading of one file.
pub(super) struct Reading<'a> {
    rules: &'a Rules,
    limits: Limits,
    spent: Rc<Spent>,
    /// What the cells of the workbook share that is being read.
    strings: Rc<Strings>,
    /// The names of the members on the way to where we are.
    trail: Vec<String>,
    /// How many members and layers of decoding are around where we are.
    depth: usize,
    observer: &'a mut dyn Observer,
}

/// Reads a file, whatever it is, and tells the observer.
pub fn read(rules: &Rules, limits: Limits, source: Source<'_>, observer: &mut dyn Observer) {
    read_as(rules, limits, source, observer, |reading, input| {
        reading.content(input);
    });
}

/// Reads a message of mail and tells the observer. It is mail even if that can't be seen from how
/// it begins: what is not as mail should be is told as damaged.
pub fn read_message(
    rules: &Rules,
    limits: Limits,
    source: Source<'_>,
    observer: &mut dyn Observer,
) {
    read_as(rules, limits, source, observer, |reading, input| {
        reading.message(input);
    });
}

fn read_as(
    rules: &Rules,
    limits: Limits,
    source: Source<'_>,
    observer: &mut dyn Observer,
    read: impl FnOnce(&mut Reading<'_>, &mut Input<'_>),
) {
    let spent = Rc::new(Spent::default());
    let mut reading = Reading {
        rules,
        limits,
        spent: Rc::clone(&spent),
        strings: Rc::default(),
        trail: Vec::new(),
        depth: 0,
        observer,
    };
    match Input::of_file(source, spent) {
        Ok(mut input) => read(&mut reading, &mut input),
        Err(error) => reading.unread(Why::of(&error)),
    }
}

impl Reading<'_> {
    /// Reads a value that has a form of its own, such as a cell with an archive in it. A store may
    /// have any number of them, each of its own bytes, so that they don't count as members.
    fn value(&mut self, name: &str, input: &mut Input<'_>) {
        self.named(name, |reading| reading.deeper(input));
    }

    /// Goes into a member of what is being read, whose name is scanned.
    fn enter(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        self.named(name, |reading| match reading.spent.member(reading.limits) {
            Ok(()) => inside(reading),
            Err(why) => reading.unread(why),
        });
    }

    /// Goes into something that has a name, which is scanned.
    fn named(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        if self.spent.halted() {
            return;
        }
        let found = scan(self.rules, name.as_bytes());
        self.trail.push(masked_name(name, &found));
        let member = self.here();
        for one in found {
            self.observer.found(&member, Place::Name, one);
        }
        inside(self);
        self.trail.pop();
    }

    /// Scans a name that stands in what is being read, such as where a link leads, or a comment.
    fn name(&mut self, name: &[u8]) {
        let member = self.here();
        for one in scan(self.rules, name) {
            self.observer.found(&member, Place::Name, one);
        }
    }

    /// Reads what a decoder gives: the same member, one layer further in. Returns how far the
    /// decoder was read, and how many bytes it gave.
    fn decoded(&mut self, decoder: &mut dyn Read) -> (End, u64) {
        let mut metered = Metered::new(decoder, Rc::clone(&self.spent), self.limits);
        self.deeper(&mut Input::passing(&mut metered));
        (metered.end(), metered.given())
    }

    fn deeper(&mut self, input: &mut Input<'_>) {
        if self.depth == self.limits.depth {
            return self.unread(Why::TooDeep(self.limits.depth));
        }
        self.depth += 1;
        self.content(input);
        self.depth -= 1;
    }

    /// Reads the content as a message, unless it is known to be something else.
    fn message(&mut self, input: &mut Input<'_>) {
        let done = match input.peek(HEAD).map(Format::of) {
            Ok(Format::Text | Format::Binary) => mail::mail(self, Mail::One, input),
            Ok(_) => return self.content(input),
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            self.unread(Why::of(&error));
        }
    }

    /// Tells what the content is and reads it in its own way.
    fn content(&mut self, input: &mut Input<'_>) {
        let head = match input.peek(HEAD) {
            Ok(head) => head,
            Err(error) => return self.unread(Why::of(&error)),
        };
        let done = match Format::of(head) {
            Format::Pdf => pdf::pdf(self, input),
            Format::RedisCommands => redis::commands(self, input),
            Format::RedisDump => redis::dump(self, input),
            Format::Sqlite => sqlite::database(self, input),
            Format::SqliteJournal => sqlite::journal(self, input),
            Format::SqliteLog => sqlite::log(self, input),
            Format::Mail(form) => mail::mail(self, form, input),
            Format::Wide(charset) => charset::wide(self, charset, input),
            Format::Bzip2 => streams::<Bzip2>(self, input),
            Format::Gzip => gzip(self, input),
            Format::Lz4 => streams::<Lz4>(self, input),
            Format::Lzma => lzma(self, input),
            Format::Office(dialect) => office::part(self, dialect, input),
            Format::Tar => tar::tar(self, input),
            Format::Xz => streams::<Xz>(self, input),
            Format::Binary => zip::binary(self, input),
            Format::Zip => zip::zip(self, input),
            Format::Zstd => streams::<Zstd>(self, input),
            Format::Store(form) => self.text(input).and(Err(Why::NotSupported(form).into())),
            Format::Partly(why) => {
                self.unread(why);
                self.text(input)
            }
            Format::NotRead(form) => Err(Why::NotSupported(form).into()),
            Format::Text => self.text(input),
        };
        if let Err(error) = done {
            self.unread(Why::of(&error));
        }
    }

    /// Scans the input as it is, to its end, and what is encoded in it. What came before an error
    /// was scanned.
    fn text(&mut self, input: &mut dyn Read) -> io::Result<()> {
        self.text_from(0, input)
    }

    /// Scans a part of the content as it is: the input, which begins at a place in it.
    fn text_from(&mut self, at: u64, input: &mut dyn Read) -> io::Result<()> {
        let member = self.here();
        self.scan_through(input, &mut |reading, found| {
            for one in &mut *found {
                one.offset += at;
            }
            reading.tell(&member, found);
        })
    }

    /// Scans the input to its end; hands out what was found, piece by piece.
    fn scan_through(
        &mut self,
        input: &mut dyn Read,
        tell: &mut dyn FnMut(&mut Self, &mut Vec<Match>),
    ) -> io::Result<()> {
        let mut text = Text::new(self.rules);
        let mut found = Vec::new();
        let done = loop {
            match text.fill(self, input, &mut found) {
                Ok(0) => break Ok(()),
                Ok(_) => {}
                Err(error) => break Err(error),
            }
            tell(self, &mut found);
        };
        let bytes = text.finish(self, &mut found);
        tell(self, &mut found);
        self.observer.scanned(bytes);
        done
    }

    /// Scans a text that was decoded whole, such as a cell or a header, and what is encoded in it.
    fn scan(&mut self, text: &[u8]) {
        let member = self.here();
        let mut found = self.scan_whole(text);
        self.tell(&member, &mut found);
    }

    /// Scans a text that was decoded whole; returns what was found.
    fn scan_whole(&mut self, text: &[u8]) -> Vec<Match> {
        let found = encoded::whole(self, text);
        self.observer.scanned(text.len() as u64);
        found
    }

    /// Tells what was found in the content of a member.
    fn tell(&mut self, member: &str, found: &mut Vec<Match>) {
        for one in found.drain(..) {
            self.observer.found(member, Place::Content, one);
        }
    }

    /// Does something inside of a member that has a name of ours.
    fn within<T>(&mut self, name: String, act: impl FnOnce(&mut Self) -> T) -> T {
        self.trail.push(name);
        let done = act(self);
        self.trail.pop();
        done
    }

    /// Tells that something here was not read.
    fn unread(&mut self, why: Why) {
        let member = self.here();
        self.observer.unread(&member, why);
    }

    /// Reads what has to be read from several places. Where the input only comes once it is held;
    /// what is too large for that is told, and scanned as it is.
    fn anywhere(
        &mut self,
        input: &mut Input<'_>,
        read: impl FnOnce(&mut Self, &mut dyn Stream) -> io::Result<()>,
    ) -> io::Result<()> {
        if let Some(stream) = input.rewound() {
            return read(self, stream?);
        }
        let (held, whole) = Held::of(self, input, self.limits.held)?;
        if !whole {
            self.unread(Why::TooLargeToHold(self.limits.held));
            return self.text(&mut held.chain(input));
        }
        read(self, &mut Cursor::new(held))
    }

    /// Reads a part of what is being read under a name of its own, such as a table: scans the name.
    fn part(&mut self, name: &str, read: impl FnOnce(&mut Self) -> io::Result<()>) {
        self.enter(name, |reading| {
            if let Err(error) = read(reading) {
                reading.unread(Why::of(&error));
            }
        });
    }

    /// Returns how something is named that is inside where we are.
    fn inside(&self, name: &str) -> String {
        match self.trail.is_empty() {
            true => name.to_owned(),
            false => [&self.here(), INSIDE, name].concat(),
        }
    }

    fn here(&self) -> String {
        self.trail.join(INSIDE)
    }
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod packing;
#[cfg(test)]
mod tests;
