//! Bytes that are read once, in passing, after a look at how they begin.

use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::rc::Rc;

use super::Why;
use super::limits::Spent;

/// How much is read ahead for who takes little at once, in bytes.
const AHEAD: usize = 64 * 1024;

/// Something that can be read from any place: an open file, or bytes in memory.
pub trait Stream: Read + Seek {}

impl<T: Read + Seek> Stream for T {}

/// Something whose next bytes can be looked at.
pub(super) trait Peek: BufRead {
    /// Returns the next bytes, up to so many and fewer only at the end, without taking them. If
    /// reading fails, that is said to who wants more than came before.
    fn peek(&mut self, most: usize) -> io::Result<&[u8]>;
}

impl<P: Peek + ?Sized> Peek for &mut P {
    fn peek(&mut self, most: usize) -> io::Result<&[u8]> {
        (**self).peek(most)
    }
}

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

/// The bytes of a content. Who reads it to the end of something, as decoders do, finds next what
/// comes after that.
pub(super) struct Input<'a> {
    /// Room for what is read ahead.
    buffer: Vec<u8>,
    /// Where in it those bytes begin that were not taken.
    start: usize,
    /// Where in it they end.
    end: usize,
    /// How many bytes of the content were taken.
    position: u64,
    /// Why reading ahead ended; it is said once what came before is taken, and from then on.
    failed: Option<Why>,
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
            buffer: Vec::new(),
            start: 0,
            end: 0,
            position: 0,
            failed: None,
            rest,
            spent: None,
        }
    }

    /// Returns the next bytes, up to so many and fewer only at the end, without taking them. If
    /// reading fails, that is said to who wants more than came before.
    pub(super) fn peek(&mut self, most: usize) -> io::Result<&[u8]> {
        if self.ahead().len() < most {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            if self.buffer.len() < most {
                self.buffer.resize(most, 0);
            }
            while self.end < most && self.fill() > 0 {}
        }
        let ahead = self.ahead();
        if ahead.is_empty()
            && let Some(why) = self.failed
        {
            return Err(why.into());
        }
        Ok(ahead.get(..most).unwrap_or(ahead))
    }

    /// Returns how many bytes of the content were taken.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Goes to a place, counted from the beginning; tells whether the input can.
    pub(super) fn go(&mut self, to: u64) -> io::Result<bool> {
        match &mut self.rest {
            Source::Passing(_) => Ok(false),
            Source::Anywhere(stream) => {
                (self.start, self.end) = (0, 0);
                self.failed = None;
                self.position = stream.seek(SeekFrom::Start(to))?;
                Ok(true)
            }
        }
    }

    /// Returns how many bytes the content has, if it can be read from any place.
    pub(super) fn size(&mut self) -> io::Result<Option<u64>> {
        let back = self.position;
        let size = match &mut self.rest {
            Source::Passing(_) => return Ok(None),
            Source::Anywhere(stream) => stream.seek(SeekFrom::End(0))?,
        };
        self.go(back)?;
        Ok(Some(size))
    }

    /// Tells whether the input can be read from any place.
    pub(super) fn goes_anywhere(&self) -> bool {
        matches!(self.rest, Source::Anywhere(_))
    }

    /// Returns the input as something that can be read from any place, from its beginning, if it
    /// is one.
    pub(super) fn rewound(&mut self) -> Option<io::Result<&mut dyn Stream>> {
        let gone = self.go(0);
        match &mut self.rest {
            Source::Passing(_) => None,
            Source::Anywhere(stream) => Some(gone.map(|_| &mut **stream as &mut dyn Stream)),
        }
    }
}

impl Input<'_> {
    /// Returns what was read ahead and not taken.
    fn ahead(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Reads into the free room of the buffer. A failure is kept, and looks like the end.
    fn fill(&mut self) -> usize {
        if self.failed.is_some() {
            return 0;
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        let filled = loop {
            let filled = match &mut self.rest {
                Source::Passing(read) => read.read(room),
                Source::Anywhere(stream) => stream.read(room),
            };
            match filled {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                filled => break filled,
            }
        };
        match filled {
            Ok(count) => {
                self.end += count;
                self.count(count);
                count
            }
            Err(error) => {
                self.failed = Some(Why::of(&error));
                0
            }
        }
    }

    fn count(&self, bytes: usize) {
        if let Some(spent) = &self.spent {
            spent.raw(bytes as u64);
        }
    }
}

impl Peek for Input<'_> {
    fn peek(&mut self, most: usize) -> io::Result<&[u8]> {
        Input::peek(self, most)
    }
}

impl BufRead for Input<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            if self.buffer.len() < AHEAD {
                self.buffer = vec![0; AHEAD];
            }
            if self.fill() == 0
                && let Some(why) = self.failed
            {
                return Err(why.into());
            }
        }
        Ok(self.ahead())
    }

    fn consume(&mut self, count: usize) {
        self.start = self.end.min(self.start + count);
        self.position += count as u64;
    }
}

impl Read for Input<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.start < self.end || into.len() < AHEAD {
            let count = self.fill_buf()?.read(into)?;
            self.consume(count);
            return Ok(count);
        }
        if let Some(why) = self.failed {
            return Err(why.into());
        }
        let count = match &mut self.rest {
            Source::Passing(read) => read.read(into),
            Source::Anywhere(stream) => stream.read(into),
        }?;
        self.count(count);
        self.position += count as u64;
        Ok(count)
    }
}
