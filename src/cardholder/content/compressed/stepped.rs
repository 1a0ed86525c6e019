//! Decoders that go step by step. What a step gave before it failed is handed out, which readers of
//! the libraries lose.

use std::io::{self, BufRead, Read};

use flate2::{Decompress, FlushDecompress, Status};

/// A decoder that takes some of its input and gives some of its output.
pub(in crate::cardholder::content) trait Step {
    /// Goes on; returns how many bytes it took, how many it gave, and how it went.
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> (usize, usize, Went);
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cardholder::content) enum Went {
    /// There may be more.
    On,
    /// The stream has ended.
    Ended,
    /// The stream is damaged.
    Failed,
}

/// What a decoder gives of an input. What comes after the stream stays there.
pub(in crate::cardholder::content) struct Stepped<R, S> {
    input: R,
    decoder: S,
    went: Went,
}

impl<R: BufRead, S: Step> Stepped<R, S> {
    /// Begins at the beginning of a stream.
    pub(in crate::cardholder::content) fn new(input: R, decoder: S) -> Self {
        Self {
            input,
            decoder,
            went: Went::On,
        }
    }

    /// Returns the input.
    pub(in crate::cardholder::content) fn into_inner(self) -> R {
        self.input
    }

    /// Returns the input, after the stream.
    pub(in crate::cardholder::content) fn input(&mut self) -> &mut R {
        &mut self.input
    }
}

impl<R: BufRead> Stepped<R, Decompress> {
    /// Begins at the beginning of a stream of deflate, without anything around it.
    pub(in crate::cardholder::content) fn deflate(input: R) -> Self {
        Self::new(input, Decompress::new(false))
    }

    /// Begins at the beginning of a stream of zlib.
    pub(in crate::cardholder::content) fn zlib(input: R) -> Self {
        Self::new(input, Decompress::new(true))
    }
}

impl<R: BufRead, S: Step> Read for Stepped<R, S> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        loop {
            match self.went {
                Went::On => {}
                Went::Ended => return Ok(0),
                Went::Failed => return Err(io::ErrorKind::InvalidData.into()),
            }
            let ahead = self.input.fill_buf()?;
            let end = ahead.is_empty();
            let (taken, given, went) = self.decoder.step(ahead, into);
            self.input.consume(taken);
            self.went = match went {
                Went::On if given == 0 && end => return Err(io::ErrorKind::UnexpectedEof.into()),
                // It would stand here for ever.
                Went::On if given == 0 && taken == 0 => Went::Failed,
                went => went,
            };
            if given > 0 {
                return Ok(given);
            }
        }
    }
}

/// Returns how far a count went, of bytes in memory.
fn since(before: u64, after: u64) -> usize {
    usize::try_from(after.saturating_sub(before)).unwrap_or(usize::MAX)
}

impl Step for Decompress {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> (usize, usize, Went) {
        let (taken, given) = (self.total_in(), self.total_out());
        let went = match self.decompress(input, output, FlushDecompress::None) {
            Ok(Status::Ok | Status::BufError) => Went::On,
            Ok(Status::StreamEnd) => Went::Ended,
            Err(_) => Went::Failed,
        };
        (
            since(taken, self.total_in()).min(input.len()),
            since(given, self.total_out()).min(output.len()),
            went,
        )
    }
}

impl Step for ::bzip2::Decompress {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> (usize, usize, Went) {
        let (taken, given) = (self.total_in(), self.total_out());
        let went = match self.decompress(input, output) {
            Ok(::bzip2::Status::StreamEnd) => Went::Ended,
            Ok(_) => Went::On,
            Err(_) => Went::Failed,
        };
        (
            since(taken, self.total_in()).min(input.len()),
            since(given, self.total_out()).min(output.len()),
            went,
        )
    }
}
