//! The objects of a file, found by looking through it: the table at its end may be wrong, and does
//! not tell of what was replaced.

use std::cell::{Cell, RefCell};
use std::io::{self, Read, SeekFrom};
use std::rc::Rc;

use super::filters::{Decoded, decoded};
use super::object::{Dict, Lack, Object, Parser};
use crate::cardholder::content::limits::Metered;
use crate::cardholder::content::{Reading, Stream, Why};

/// How much of the file is looked through at once.
const STEP: usize = 64 * 1024;
/// How much of it at first: most objects are short.
const FIRST: usize = 1024;
/// How much of a token may stand in the step before: `4294967295 65535 obj` and some space.
const BEFORE: usize = 64;
/// The longest object that is not a stream.
const LONGEST: usize = 1024 * 1024;
/// How many references to references are followed.
const REFERENCES: usize = 8;

/// An object in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// Its number.
    pub(super) number: u32,
    /// Which object that is a stream of objects holds it.
    pub(super) within: Option<u32>,
    /// Where it begins, in the file or in that stream.
    pub(super) offset: u64,
    /// Where its stream begins, if it is one.
    pub(super) data: u64,
    /// How many bytes that has.
    pub(super) length: u64,
    /// Whether it is a page.
    pub(super) page: bool,
}

/// A file whose objects are known.
pub(super) struct File<'s> {
    stream: RefCell<&'s mut dyn Stream>,
    /// The objects, in their order in the file.
    pub(super) entries: Vec<Entry>,
    /// The entries by number, the newest last.
    by_number: Vec<(u32, u32)>,
    /// The stream of objects that was read last.
    last: RefCell<(u32, Vec<u8>)>,
    /// A part of the file that was read, and where it begins.
    near: RefCell<(u64, Vec<u8>)>,
    /// How many bytes were read that turned out to be no object.
    wasted: Cell<u64>,
    /// How many may be.
    patience: u64,
}

/// What comes next in a file.
pub(super) enum Found {
    /// An object, and what it is.
    Entry(Entry, Object),
    /// What a trailer says.
    Trailer(Object),
}

impl<'s> File<'s> {
    pub(super) fn new(stream: &'s mut dyn Stream) -> io::Result<Self> {
        let size = stream.seek(SeekFrom::End(0))?;
        Ok(Self {
            stream: RefCell::new(stream),
            entries: Vec::new(),
            by_number: Vec::new(),
            last: RefCell::new((u32::MAX, Vec::new())),
            near: RefCell::new((0, Vec::new())),
            wasted: Cell::new(0),
            patience: size.saturating_mul(4).max(16 * LONGEST as u64),
        })
    }

    /// Reads so many bytes from a place, fewer at the end.
    pub(super) fn bytes(&self, at: u64, length: usize) -> io::Result<Vec<u8>> {
        if length > STEP {
            let mut bytes = Vec::new();
            self.part(at, length as u64).read_to_end(&mut bytes)?;
            return Ok(bytes);
        }
        let near = |near: &(u64, Vec<u8>)| -> Option<Vec<u8>> {
            let from = usize::try_from(at.checked_sub(near.0)?).ok()?;
            Some(near.1.get(from..from.checked_add(length)?)?.to_vec())
        };
        let mut kept = self.near.borrow_mut();
        if let Some(bytes) = near(&kept) {
            return Ok(bytes);
        }
        kept.0 = at;
        kept.1.clear();
        self.part(at, 2 * STEP as u64).read_to_end(&mut kept.1)?;
        Ok(kept.1.get(..length).unwrap_or(&kept.1).to_vec())
    }

    /// Returns a part of the file.
    pub(super) fn part(&self, at: u64, length: u64) -> Part<'_, 's> {
        Part {
            stream: &self.stream,
            at,
            left: length,
        }
    }

    /// Returns the next object or trailer at or after a place, and where it begins and ends.
    pub(super) fn next(&self, from: u64) -> io::Result<Option<(Found, u64, u64)>> {
        let mut at = from;
        let mut step = FIRST;
        loop {
            let bytes = self.bytes(at, step)?;
            let ended = bytes.len() < step;
            let mut done = 0;
            while let Some((mark, begin)) = mark(&bytes, done) {
                let start = at + begin as u64;
                if let Some((object, end)) = self.parsed(at + mark.end as u64)? {
                    return Ok(Some(match mark.number {
                        Some(number) => {
                            let entry = self.entry(number, at + mark.end as u64, end, &object)?;
                            let end = end.max(entry.data + entry.length);
                            (Found::Entry(entry, object), start, end)
                        }
                        None => (Found::Trailer(object), start, end),
                    }));
                }
                done = mark.end;
            }
            if ended {
                return Ok(None);
            }
            at += (step - BEFORE) as u64;
            step = STEP;
        }
    }

    /// Reads an object at a place in the file; returns it and where it ends.
    fn parsed(&self, at: u64) -> io::Result<Option<(Object, u64)>> {
        let mut length = FIRST;
        while self.wasted.get() < self.patience {
            let bytes = self.bytes(at, length)?;
            let mut parser = Parser::new(&bytes, 0, bytes.len() < length);
            match parser.object() {
                Ok(object) => return Ok(Some((object, at + parser.at as u64))),
                Err(Lack::More) if bytes.len() == length && length < LONGEST => length *= 4,
                Err(Lack::More | Lack::Wrong) => {
                    self.wasted.set(self.wasted.get() + length as u64);
                    break;
                }
            }
        }
        Ok(None)
    }

    /// Tells whether so much looked like objects and was none that no more was looked for.
    pub(super) fn gave_up(&self) -> bool {
        self.wasted.get() >= self.patience
    }

    /// Returns the entry of an object, whose stream may follow where it ends.
    fn entry(&self, number: u32, offset: u64, end: u64, object: &Object) -> io::Result<Entry> {
        let mut entry = Entry {
            number,
            within: None,
            offset,
            data: 0,
            length: 0,
            page: false,
        };
        let Some(dict) = object.dict() else {
            return Ok(entry);
        };
        let after = self.bytes(end, 64)?;
        let mut parser = Parser::new(&after, 0, true);
        parser.space();
        let rest = after.get(parser.at..).unwrap_or_default();
        let Some(rest) = rest.strip_prefix(b"stream") else {
            return Ok(entry);
        };
        let line = match rest {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        entry.data = end + (parser.at + 6 + line) as u64;
        let length = dict.get("Length").and_then(Object::whole);
        if let Some(length) = length {
            let after = self.bytes(entry.data.saturating_add(length), 32)?;
            let mut parser = Parser::new(&after, 0, true);
            parser.space();
            if after
                .get(parser.at..)
                .is_some_and(|it| it.starts_with(b"endstream"))
            {
                entry.length = length;
                return Ok(entry);
            }
        }
        entry.length = self.stream_end(entry.data)? - entry.data;
        Ok(entry)
    }

    /// Returns where a stream ends whose length is not known.
    fn stream_end(&self, from: u64) -> io::Result<u64> {
        let mut at = from;
        let finder = memchr::memmem::Finder::new(b"endstream");
        loop {
            let bytes = self.bytes(at, STEP)?;
            if let Some(end) = finder.find(&bytes) {
                return Ok(at + end as u64);
            }
            if bytes.len() < STEP {
                return Ok(at + bytes.len() as u64);
            }
            at += (STEP - BEFORE) as u64;
        }
    }

    /// Orders the objects by number.
    pub(super) fn index(&mut self) {
        let numbered = (0..).zip(&self.entries);
        self.by_number = numbered.map(|(at, entry)| (entry.number, at)).collect();
        self.by_number.sort_unstable();
    }

    /// Returns the newest object of a number, and which entry it is.
    pub(super) fn find(&self, number: u32) -> Option<usize> {
        let end = self.by_number.partition_point(|(own, _)| *own <= number);
        let (own, at) = self.by_number.get(end.checked_sub(1)?)?;
        (*own == number).then_some(*at as usize)
    }

    /// Reads the object of an entry.
    pub(super) fn object(&self, reading: &Reading<'_>, at: usize) -> Option<Object> {
        let entry = self.entries.get(at)?;
        let Some(within) = entry.within else {
            return Some(self.parsed(entry.offset).ok()??.0);
        };
        if self.last.borrow().0 != within {
            let bytes = self.objects(reading, within).ok()?;
            *self.last.borrow_mut() = (within, bytes);
        }
        let last = self.last.borrow();
        let offset = usize::try_from(entry.offset).ok()?;
        Parser::new(&last.1, offset, true).object().ok()
    }

    /// Returns an object, or the one that it refers to.
    pub(super) fn resolved(&self, reading: &Reading<'_>, object: &Object) -> Option<Object> {
        let mut object = object.clone();
        for _ in 0..REFERENCES {
            match object {
                Object::Reference(number) => object = self.object(reading, self.find(number)?)?,
                object => return Some(object),
            }
        }
        None
    }

    /// Reads a stream of objects whole.
    pub(super) fn objects(&self, reading: &Reading<'_>, at: u32) -> io::Result<Vec<u8>> {
        let mut stream = self.stream(at as usize)?;
        let spent = Rc::clone(&reading.spent);
        let metered = Metered::new(&mut stream, spent, reading.limits);
        let mut bytes = Vec::new();
        let most = reading.limits.held / 2;
        let done = metered.take(most + 1).read_to_end(&mut bytes);
        if bytes.len() as u64 > most {
            return Err(Why::TooLargeToHold(most).into());
        }
        match done {
            Err(error) if bytes.is_empty() => Err(error),
            _ => Ok(bytes),
        }
    }

    /// Returns what the stream of an entry gives, of which only the place is known.
    pub(super) fn stream(&self, at: usize) -> io::Result<Decoded<'_>> {
        let entry = *self.entries.get(at).ok_or(Why::Damaged)?;
        let (object, _) = self.parsed(entry.offset)?.ok_or(Why::Damaged)?;
        Ok(self.open(object.dict().ok_or(Why::Damaged)?, entry)?)
    }

    /// Returns what the stream of an entry gives.
    pub(super) fn open(&self, dict: &Dict, entry: Entry) -> Result<Decoded<'_>, Why> {
        decoded(dict, Box::new(self.part(entry.data, entry.length)))
    }
}

/// A part of the file.
pub(super) struct Part<'f, 's> {
    stream: &'f RefCell<&'s mut dyn Stream>,
    at: u64,
    left: u64,
}

impl Read for Part<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut stream = self.stream.borrow_mut();
        stream.seek(SeekFrom::Start(self.at))?;
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let room = into.len().min(most);
        let count = stream.read(into.get_mut(..room).unwrap_or_default())?;
        self.at += count as u64;
        self.left -= count as u64;
        Ok(count)
    }
}

/// What stands before an object.
struct Mark {
    /// The number of the object; a trailer has none.
    number: Option<u32>,
    /// Where the mark ends.
    end: usize,
}

/// Returns the next mark in bytes after a place, and where it begins.
fn mark(bytes: &[u8], from: usize) -> Option<(Mark, usize)> {
    let mut at = from;
    loop {
        let rest = bytes.get(at..)?;
        let object = memchr::memmem::find(rest, b"obj").map(|found| at + found);
        let trailer = rest
            .get(..object.map_or(rest.len(), |object| object - at))
            .and_then(|before| memchr::memmem::find(before, b"trailer"));
        if let Some(found) = trailer {
            let begin = at + found;
            let end = begin + 7;
            return Some((Mark { number: None, end }, begin));
        }
        let object = object?;
        let end = object + 3;
        if let Some((number, begin)) = numbers(bytes.get(from..object)?) {
            let number = Some(number);
            return Some((Mark { number, end }, from + begin));
        }
        at = end;
    }
}

/// Returns the number of an object whose numbers are the last of bytes, and where it begins.
fn numbers(before: &[u8]) -> Option<(u32, usize)> {
    let space = |bytes: &[u8]| {
        let kept = bytes.trim_ascii_end().len();
        (kept < bytes.len()).then_some(kept)
    };
    let digits = |bytes: &[u8]| -> Option<usize> {
        let digits = bytes.iter().rev().take(11);
        let count = digits.take_while(|byte| byte.is_ascii_digit()).count();
        (1..=10).contains(&count).then(|| bytes.len() - count)
    };
    let end = space(before).unwrap_or(before.len());
    let generation = digits(before.get(..end)?)?;
    let end = space(before.get(..generation)?)?;
    let begin = digits(before.get(..end)?)?;
    let number = std::str::from_utf8(before.get(begin..end)?).ok()?;
    Some((number.parse().ok()?, begin))
}
