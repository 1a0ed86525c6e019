//! Xz.

use std::io::{self, BufRead, Read};

use lzma_rust2::XzReader;

use super::{Form, Room};
use crate::cardholder::content::Why;
use crate::cardholder::content::limits::Reserved;

/// What a decoder holds beside its dictionary, at most.
const BESIDE: u64 = 256 * 1024;
/// How many bytes the header of a stream has, before that of its first block.
const STREAM_HEADER: usize = 12;
/// The filter that has a dictionary.
const LZMA2: u8 = 0x21;

/// Streams of xz.
pub(in crate::cardholder::content) struct Xz;

/// Reads one stream.
pub(in crate::cardholder::content) struct Decoder<R: Read> {
    inner: XzReader<R>,
    _window: Reserved,
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.inner.read(into)
    }
}

impl Form for Xz {
    type Decoder<R: BufRead> = Decoder<R>;

    fn begins(head: &[u8]) -> bool {
        head.starts_with(b"\xfd7zXZ\0")
    }

    /// The dictionary is that of the first block: `xz` gives each the same. A later one that wants
    /// more fails.
    fn open<R: BufRead>(head: &[u8], input: R, room: &Room) -> io::Result<Decoder<R>> {
        let dictionary = head.get(STREAM_HEADER..).and_then(dictionary).unwrap_or(0);
        let window = dictionary.saturating_add(BESIDE);
        let kibibytes = u32::try_from(window.div_ceil(1024)).map_err(|_| Why::Damaged)?;
        Ok(Decoder {
            _window: room.take(window)?,
            inner: XzReader::new_mem_limit(input, false, kibibytes),
        })
    }

    fn close<R: BufRead>(decoder: Decoder<R>) -> io::Result<R> {
        Ok(decoder.inner.into_inner())
    }
}

/// Returns how large the dictionary is of a block that begins so; filters before LZMA2 have none.
fn dictionary(block: &[u8]) -> Option<u64> {
    let (&size, rest) = block.split_first()?;
    let header = rest.get(..usize::from(size) * 4)?;
    let (&flags, mut rest) = header.split_first()?;
    for flag in [0x40, 0x80] {
        if flags & flag != 0 {
            let digits = rest.iter().take_while(|byte| **byte & 0x80 != 0).count();
            rest = rest.get(digits + 1..)?;
        }
    }
    for _ in 0..=flags & 3 {
        let [id, length, properties @ ..] = rest else {
            return None;
        };
        if *id == LZMA2 {
            return match properties.first()? {
                bits @ 0..40 => Some((2 | u64::from(bits & 1)) << (bits / 2 + 11)),
                _ => Some(u64::from(u32::MAX)),
            };
        }
        rest = properties.get(usize::from(*length)..)?;
    }
    None
}
