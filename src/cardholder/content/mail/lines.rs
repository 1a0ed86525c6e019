//! A message line by line, whatever the length of its lines, and the parts between boundaries.

use std::io::{self, Read};

/// How much of a line is looked at together.
const LONG: usize = 16 * 1024;
/// The longest boundary that is followed. RFC 2046 allows 70 signs.
pub(super) const LONGEST_BOUNDARY: usize = 1024;

/// Bytes of which the next line can be looked at before it is taken.
pub(super) struct Lines<'i> {
    input: &'i mut dyn Read,
    buffer: Vec<u8>,
    /// How much of the buffer was taken.
    at: usize,
    /// How much of what follows is known to be of the line, without its end.
    ended: bool,
    failed: Option<io::Error>,
    /// Whether the next byte is the first of a line.
    begins: bool,
}

impl<'i> Lines<'i> {
    pub(super) fn new(input: &'i mut dyn Read) -> Self {
        Self {
            input,
            buffer: Vec::new(),
            at: 0,
            ended: false,
            failed: None,
            begins: true,
        }
    }

    /// Returns the next line with its end, or as much of it as is looked at together; nothing at
    /// the end of the input.
    ///
    /// # Errors
    ///
    /// Those of the input, once everything before is taken.
    pub(super) fn peek(&mut self) -> io::Result<&[u8]> {
        let mut looked = self.at;
        let end = loop {
            let rest = self.buffer.get(looked..).unwrap_or_default();
            if let Some(end) = memchr::memchr(b'\n', rest) {
                break looked + end + 1;
            }
            looked = self.buffer.len();
            if self.ended || looked - self.at >= LONG {
                break looked.min(self.at + LONG);
            }
            looked -= self.at;
            self.fill();
        };
        if end == self.at
            && let Some(error) = self.failed.take()
        {
            return Err(error);
        }
        Ok(self.buffer.get(self.at..end).unwrap_or_default())
    }

    /// Takes so many of the next bytes, which were looked at.
    pub(super) fn take(&mut self, count: usize) {
        let next = self.at.saturating_add(count).min(self.buffer.len());
        if next > self.at {
            let last = self.buffer.get(next - 1);
            self.begins = last == Some(&b'\n');
        }
        self.at = next;
    }

    /// Tells whether the next byte is the first of a line.
    pub(super) fn begins(&self) -> bool {
        self.begins
    }

    /// Takes the rest of the line.
    pub(super) fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let line = self.peek()?;
            let (count, whole) = (line.len(), line.ends_with(b"\n"));
            self.take(count);
            if whole || count == 0 {
                return Ok(());
            }
        }
    }

    /// Reads on, at the beginning of the buffer.
    fn fill(&mut self) {
        self.buffer.drain(..self.at);
        self.at = 0;
        let filled = self.buffer.len();
        self.buffer.resize(filled + LONG, 0);
        let free = self.buffer.get_mut(filled..).unwrap_or_default();
        let read = loop {
            match self.input.read(free) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        self.buffer.truncate(filled + *read.as_ref().unwrap_or(&0));
        match read {
            Ok(0) => self.ended = true,
            Ok(_) => {}
            Err(error) => {
                self.ended = true;
                self.failed = Some(error);
            }
        }
    }
}

impl Read for Lines<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let ahead = self.buffer.get(self.at..).unwrap_or_default();
        let ahead = match ahead.is_empty() {
            true => self.peek()?,
            false => ahead,
        };
        let count = (&mut &*ahead).read(into)?;
        self.take(count);
        Ok(count)
    }
}

/// A line that ends a part, or where a part was seen to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// Another part follows.
    Next,
    /// It was the last part.
    Last,
    /// The input ended, which a boundary should have done.
    Early,
}

/// What stands before the next boundary.
pub(super) struct Part<'p, 'i> {
    lines: &'p mut Lines<'i>,
    /// What begins the lines that end it: two hyphens and the boundary.
    boundary: &'p [u8],
    ended: Option<Ended>,
    /// The end of the last line: it belongs to the boundary, if that follows.
    pending: &'static [u8],
}

impl<'p, 'i> Part<'p, 'i> {
    pub(super) fn new(lines: &'p mut Lines<'i>, boundary: &'p [u8]) -> Self {
        Self {
            lines,
            boundary,
            ended: None,
            pending: b"",
        }
    }

    /// Goes to the end of the part; tells how it ended.
    pub(super) fn finish(mut self) -> io::Result<Ended> {
        let mut passed = [0; 4 * 1024];
        loop {
            match self.ended {
                Some(ended) => return Ok(ended),
                None => self.read(&mut passed).map(|_| ())?,
            }
        }
    }
}

/// Returns how a part ends with the line, if it does.
fn ends(line: &[u8], boundary: &[u8]) -> Option<Ended> {
    let rest = line.strip_prefix(boundary)?.trim_ascii_end();
    match rest {
        b"" => Some(Ended::Next),
        b"--" => Some(Ended::Last),
        _ => None,
    }
}

impl Read for Part<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut given = 0;
        while self.ended.is_none() && given < into.len() {
            let begins = self.lines.begins();
            let line = match self.lines.peek() {
                Ok(line) => line,
                // What came before the error is handed on first.
                Err(error) if given == 0 => {
                    self.ended = Some(Ended::Early);
                    return Err(error);
                }
                Err(error) => {
                    self.lines.failed = Some(error);
                    break;
                }
            };
            if line.is_empty() {
                self.ended = Some(Ended::Early);
                break;
            }
            if begins && let Some(ended) = ends(line, self.boundary) {
                self.ended = Some(ended);
                self.lines.skip_line()?;
                break;
            }
            let free = into.get_mut(given..).unwrap_or_default();
            if !self.pending.is_empty() {
                let count = self.pending.read(free)?;
                given += count;
                continue;
            }
            let (text, end): (&[u8], &'static [u8]) = match line {
                [text @ .., b'\r', b'\n'] => (text, b"\r\n"),
                [text @ .., b'\n'] => (text, b"\n"),
                text => (text, b""),
            };
            let whole = text.len();
            let count = (&mut &*text).read(free)?;
            given += count;
            match count == whole {
                true => {
                    self.pending = end;
                    self.lines.take(count + end.len());
                }
                false => self.lines.take(count),
            }
        }
        Ok(given)
    }
}
