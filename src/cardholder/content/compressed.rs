//! Streams that hold one content, compressed. Several of one form, one after the other, are one
//! content; what comes after the last is read as a content of its own.

mod bzip2;
mod gzip;
mod joined;
mod lz4;
mod lzma;
mod stepped;
mod xz;
mod zstd;

use std::io::{self, BufRead, Read};
use std::rc::Rc;

pub(super) use bzip2::Bzip2;
pub(super) use gzip::Gzip;
pub(super) use joined::Joined;
pub(super) use lz4::Lz4;
pub(super) use lzma::{BESIDE, begins as is_lzma, lzma};
pub(super) use stepped::Stepped;
pub(super) use xz::Xz;
pub(super) use zstd::Zstd;

use super::limits::{End, Reserved, Spent};
use super::{Input, Limits, Reading, Why};

/// A form of compressed streams.
pub(super) trait Form {
    /// What reads one stream. Input after its end stays where it is.
    type Decoder<R: BufRead>: Read;

    /// Tells whether a stream begins so.
    fn begins(head: &[u8]) -> bool;

    /// Opens the stream that begins so.
    ///
    /// # Errors
    ///
    /// When there is no room for the decoder's window.
    fn open<R: BufRead>(head: &[u8], input: R, room: &Room) -> io::Result<Self::Decoder<R>>;

    /// Returns the input of a stream that was read to its end.
    fn close<R: BufRead>(decoder: Self::Decoder<R>) -> io::Result<R>;
}

/// How much of a stream tells what its decoder needs, in bytes.
const HEAD: usize = 64;

/// Where decoders get their memory from.
pub(super) struct Room {
    spent: Rc<Spent>,
    limits: Limits,
}

impl Room {
    /// Returns the room that is left to a reading.
    pub(super) fn of(reading: &Reading<'_>) -> Self {
        Self {
            spent: Rc::clone(&reading.spent),
            limits: reading.limits,
        }
    }

    /// Reserves so many bytes.
    pub(super) fn take(&self, bytes: u64) -> Result<Reserved, Why> {
        self.spent.window(bytes, self.limits)
    }
}

/// Reads compressed streams of one form to the end of the last, and then what comes after it.
pub(super) fn streams<F: Form>(reading: &mut Reading<'_>, input: &mut Input<'_>) -> io::Result<()> {
    let mut joined = Joined::<_, F>::new(&mut *input, Room::of(reading));
    match reading.decoded(&mut joined) {
        (End::Reached, _) => {
            drop(joined);
            if !input.peek(1)?.is_empty() {
                reading.deeper(input);
            }
            Ok(())
        }
        // It only began like one.
        (End::Failed(Why::Damaged), 0) => {
            drop(joined);
            reading.text(input)
        }
        _ => Ok(()),
    }
}

/// Reads gzip, and the names that it gives to what was packed.
pub(super) fn gzip(reading: &mut Reading<'_>, input: &mut Input<'_>) -> io::Result<()> {
    for name in gzip::names(input.peek(super::HEAD)?) {
        reading.name(name);
    }
    streams::<Gzip>(reading, input)
}

#[cfg(test)]
mod tests;
