//! A part of an input that ends where it was said to.

use std::io::{self, BufRead, Read};

use super::Input;
use super::input::Peek;

/// The next bytes of an input: so many, or all. Where so many were said and fewer come, reading
/// fails.
pub(super) struct Span<'i, 'a> {
    input: &'i mut Input<'a>,
    left: Option<u64>,
}

impl<'i, 'a> Span<'i, 'a> {
    /// Takes so many bytes.
    pub(super) fn of(input: &'i mut Input<'a>, length: u64) -> Self {
        Self {
            input,
            left: Some(length),
        }
    }

    /// Takes all bytes.
    pub(super) fn open(input: &'i mut Input<'a>) -> Self {
        Self { input, left: None }
    }

    /// Passes over what is left of the span.
    pub(super) fn skip(&mut self) -> io::Result<()> {
        if self.left.is_some() {
            loop {
                let ahead = self.fill_buf()?.len();
                if ahead == 0 {
                    break;
                }
                self.consume(ahead);
            }
        }
        Ok(())
    }

    /// Returns as much of a length as lies in the span.
    fn within(&self, length: usize) -> usize {
        let left = self.left.and_then(|left| usize::try_from(left).ok());
        length.min(left.unwrap_or(usize::MAX))
    }

    fn take(&mut self, count: usize) {
        if let Some(left) = &mut self.left {
            *left = left.saturating_sub(count as u64);
        }
    }
}

impl Peek for Span<'_, '_> {
    fn peek(&mut self, most: usize) -> io::Result<&[u8]> {
        let most = self.within(most);
        self.input.peek(most)
    }
}

impl BufRead for Span<'_, '_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == Some(0) {
            return Ok(&[]);
        }
        let most = self.within(usize::MAX);
        let cut_off = self.left.is_some();
        let ahead = self.input.fill_buf()?;
        if ahead.is_empty() && cut_off {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(ahead.get(..most).unwrap_or(ahead))
    }

    fn consume(&mut self, count: usize) {
        self.input.consume(count);
        self.take(count);
    }
}

impl Read for Span<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = self.within(into.len());
        let Some(into) = into.get_mut(..most).filter(|into| !into.is_empty()) else {
            return Ok(0);
        };
        let count = self.input.read(into)?;
        if count == 0 && self.left.is_some() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.take(count);
        Ok(count)
    }
}
