//! Bytes that are read once, in passing, after a look at how they begin.

use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

use super::limits::Spent;

/// Something that can be read from any place: an open file, or bytes in memory.
pub trait Stream: Read + Seek {}

impl<T: Read + Seek> Stream for T {}

/// Where the bytes of a file come from.
#[allow(
    missing_debug_implementations,
    reason = "it borrows the bytes, which must not be shown"
)]
pub enum Source<'a> {
    /// They come once, as from a pipe.
    Passing(&'a mut dyn Read),
    /// They can be read from any place.
    Anywhere(&'a mut dyn Stream),
}

/// The bytes of a content.
pub(super) struct Input<'a> {
    /// What was looked at and not yet read.
    head: Vec<u8>,
    /// How much of the head was read.
    taken: usize,
    rest: Source<'a>,
    /// Counts the bytes that come once, of the file itself.
    spent: Option<Rc<Spent>>,
}

impl<'a> Input<'a> {
    /// Takes the bytes of a file, whose size counts for what decoders may give.
    pub(super) fn of_file(mut source: Source<'a>, spent: Rc<Spent>) -> io::Result<Self> {
        let spent = match &mut source {
            Source::Passing(_) => Some(spent),
            Source::Anywhere(stream) => {
                spent.raw(stream.seek(SeekFrom::End(0))?);
                stream.rewind()?;
                None
            }
        };
        Ok(Self {
            spent,
            ..Self::new(source)
        })
    }

    /// Takes what a decoder gives.
    pub(super) fn passing(read: &'a mut dyn Read) -> Self {
        Self::new(Source::Passing(read))
    }

    /// Takes bytes in memory.
    pub(super) fn anywhere(stream: &'a mut dyn Stream) -> Self {
        Self::new(Source::Anywhere(stream))
    }

    fn new(rest: Source<'a>) -> Self {
        Self {
            head: Vec::new(),
            taken: 0,
            rest,
            spent: None,
        }
    }

    /// Returns the next bytes, up to so many and fewer only at the end, without taking them.
    pub(super) fn peek(&mut self, most: usize) -> io::Result<&[u8]> {
        self.head.drain(..self.taken);
        self.taken = 0;
        let wanted = most.saturating_sub(self.head.len()) as u64;
        let head = &mut self.head;
        let count = match &mut self.rest {
            Source::Passing(read) => read.take(wanted).read_to_end(head),
            Source::Anywhere(stream) => stream.take(wanted).read_to_end(head),
        }?;
        self.count(count);
        Ok(self.head.get(..most).unwrap_or(&self.head))
    }

    /// Returns the input as something that can be read from any place, from its beginning, if it
    /// is one.
    pub(super) fn rewound(&mut self) -> Option<io::Result<&mut dyn Stream>> {
        match &mut self.rest {
            Source::Passing(_) => None,
            Source::Anywhere(stream) => {
                self.head.clear();
                self.taken = 0;
                Some(stream.rewind().map(|()| &mut **stream as &mut dyn Stream))
            }
        }
    }
}

impl Input<'_> {
    fn count(&self, bytes: usize) {
        if let Some(spent) = &self.spent {
            spent.raw(bytes as u64);
        }
    }
}

impl Read for Input<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let ahead = self.head.get(self.taken..).unwrap_or_default();
        if ahead.is_empty() {
            let count = match &mut self.rest {
                Source::Passing(read) => read.read(into),
                Source::Anywhere(stream) => stream.read(into),
            }?;
            self.count(count);
            return Ok(count);
        }
        let count = (&mut &*ahead).read(into)?;
        self.taken += count;
        Ok(count)
    }
}
