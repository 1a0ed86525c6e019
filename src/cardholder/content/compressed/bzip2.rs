//! Bzip2.

use std::io::{self, BufRead, Read};

use ::bzip2::Decompress;

use super::stepped::Stepped;
use super::{Form, Room};
use crate::cardholder::content::limits::Reserved;

/// What a decoder holds: four bytes for each byte of a block, and tables.
const WINDOW: u64 = 4 * 900_000 + 100_000;

/// Streams of bzip2.
pub(in crate::cardholder::content) struct Bzip2;

/// Reads one stream.
pub(in crate::cardholder::content) struct Decoder<R> {
    inner: Stepped<R, Decompress>,
    _window: Reserved,
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.inner.read(into)
    }
}

impl Form for Bzip2 {
    type Decoder<R: BufRead> = Decoder<R>;

    fn begins(head: &[u8]) -> bool {
        matches!(
            head,
            [
                b'B',
                b'Z',
                b'h',
                b'1'..=b'9',
                0x31,
                0x41,
                0x59,
                0x26,
                0x53,
                0x59,
                ..
            ] | [
                b'B',
                b'Z',
                b'h',
                b'1'..=b'9',
                0x17,
                0x72,
                0x45,
                0x38,
                0x50,
                0x90,
                ..
            ]
        )
    }

    fn open<R: BufRead>(_: &[u8], input: R, room: &Room) -> io::Result<Decoder<R>> {
        Ok(Decoder {
            _window: room.take(WINDOW)?,
            inner: Stepped::new(input, Decompress::new(false)),
        })
    }

    fn close<R: BufRead>(decoder: Decoder<R>) -> io::Result<R> {
        Ok(decoder.inner.into_inner())
    }
}
