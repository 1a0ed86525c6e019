//! Lengths and strings as dumps write them, from an input whose place is known.

use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use super::lzf::Lzf;
use crate::cardholder::content::input::Input;
use crate::cardholder::content::limits::Metered;
use crate::cardholder::content::{Reading, Why};

/// An input of which is known how far it was read.
pub(super) struct Bytes<'b, 'i> {
    input: BufReader<&'b mut Input<'i>>,
    at: u64,
}

/// How a string is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Text {
    /// As a number.
    Number(i64),
    /// As so many bytes.
    Plain(u64),
    /// Packed to so many bytes.
    Packed(u64),
}

/// A length, or how a string is written instead.
enum Length {
    Bytes(u64),
    Special(u8),
}

impl<'b, 'i> Bytes<'b, 'i> {
    pub(super) fn new(input: &'b mut Input<'i>) -> Self {
        Self {
            input: BufReader::with_capacity(64 * 1024, input),
            at: 0,
        }
    }

    /// Returns how many bytes were read.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// Returns the next byte without taking it; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<u8>> {
        Ok(self.input.fill_buf()?.first().copied())
    }

    /// Reads so many bytes.
    pub(super) fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Passes over so many bytes.
    pub(super) fn skip(&mut self, bytes: u64) -> io::Result<()> {
        match io::copy(&mut self.take(bytes), &mut io::sink())? {
            skipped if skipped == bytes => Ok(()),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// Reads a line, without its end, of at most so many bytes.
    pub(super) fn line(&mut self, most: u64) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        let read = (&mut self.input).take(most).read_until(b'\n', &mut line)?;
        self.at += read as u64;
        match line.strip_suffix(b"\r\n") {
            Some(line) => Ok(line.to_vec()),
            None => Err(Why::Damaged.into()),
        }
    }

    fn either(&mut self) -> io::Result<Length> {
        let [first] = self.array()?;
        Ok(match (first >> 6, first) {
            (0, _) => Length::Bytes(first.into()),
            (1, _) => {
                let [second] = self.array()?;
                Length::Bytes(u64::from(first & 0x3f) << 8 | u64::from(second))
            }
            (3, _) => Length::Special(first & 0x3f),
            (_, 0x80) => Length::Bytes(u32::from_be_bytes(self.array()?).into()),
            (_, 0x81) => Length::Bytes(u64::from_be_bytes(self.array()?)),
            _ => return Err(Why::Damaged.into()),
        })
    }

    /// Reads a length or another whole number.
    pub(super) fn length(&mut self) -> io::Result<u64> {
        match self.either()? {
            Length::Bytes(length) => Ok(length),
            Length::Special(_) => Err(Why::Damaged.into()),
        }
    }

    /// Reads how a string is written, up to its first byte.
    pub(super) fn text(&mut self) -> io::Result<Text> {
        Ok(match self.either()? {
            Length::Bytes(length) => Text::Plain(length),
            Length::Special(0) => Text::Number(i8::from_le_bytes(self.array()?).into()),
            Length::Special(1) => Text::Number(i16::from_le_bytes(self.array()?).into()),
            Length::Special(2) => Text::Number(i32::from_le_bytes(self.array()?).into()),
            Length::Special(3) => {
                let packed = self.length()?;
                self.length()?;
                Text::Packed(packed)
            }
            Length::Special(_) => return Err(Why::Damaged.into()),
        })
    }

    /// Reads a string as bytes and passes over what is not read of it.
    pub(super) fn open<T>(
        &mut self,
        reading: &mut Reading<'_>,
        text: Text,
        read: impl FnOnce(&mut Reading<'_>, &mut dyn Read) -> io::Result<T>,
    ) -> io::Result<T> {
        match text {
            Text::Number(number) => read(reading, &mut number.to_string().as_bytes()),
            Text::Plain(length) => {
                let mut bytes = self.take(length);
                let done = read(reading, &mut bytes)?;
                io::copy(&mut bytes, &mut io::sink())?;
                match bytes.limit() {
                    0 => Ok(done),
                    _ => Err(io::ErrorKind::UnexpectedEof.into()),
                }
            }
            Text::Packed(length) => {
                let mut packed = self.take(length);
                let mut unpacked = Lzf::new(&mut packed);
                let spent = Rc::clone(&reading.spent);
                let mut metered = Metered::new(&mut unpacked, spent, reading.limits);
                let done = read(reading, &mut metered)?;
                io::copy(&mut packed, &mut io::sink())?;
                match packed.limit() {
                    0 => Ok(done),
                    _ => Err(io::ErrorKind::UnexpectedEof.into()),
                }
            }
        }
    }
}

impl Read for Bytes<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(into)?;
        self.at += count as u64;
        Ok(count)
    }
}
