//! Zstandard (RFC 8878).

use std::io::{self, BufRead, Read};

use ::zstd::stream::read::Decoder as ZstdDecoder;

use super::{Form, Room};
use crate::cardholder::content::limits::Reserved;

/// What a decoder holds beside its window: blocks on their way in and out, and tables.
const BESIDE: u64 = 1024 * 1024;
/// The most that the field for a window can ask for that is read, as an exponent of two.
const MOST: u32 = 31;

/// Frames of Zstandard, skippable ones among them.
pub(in crate::cardholder::content) struct Zstd;

/// Reads one frame.
pub(in crate::cardholder::content) struct Decoder<R: BufRead> {
    inner: ZstdDecoder<'static, R>,
    _window: Reserved,
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.inner.read(into)
    }
}

impl Form for Zstd {
    type Decoder<R: BufRead> = Decoder<R>;

    fn begins(head: &[u8]) -> bool {
        matches!(
            head,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]
        )
    }

    fn open<R: BufRead>(head: &[u8], input: R, room: &Room) -> io::Result<Decoder<R>> {
        let window = room.take(window(head).unwrap_or(0).saturating_add(BESIDE))?;
        let mut inner = ZstdDecoder::with_buffer(input)?.single_frame();
        inner.window_log_max(MOST)?;
        Ok(Decoder {
            inner,
            _window: window,
        })
    }

    fn close<R: BufRead>(mut decoder: Decoder<R>) -> io::Result<R> {
        decoder.inner.finish_frame()?;
        Ok(decoder.inner.finish())
    }
}

/// Returns how large the window is of a frame that begins so. A skippable frame has none.
fn window(head: &[u8]) -> Option<u64> {
    let rest = head.strip_prefix(&[0x28, 0xb5, 0x2f, 0xfd])?;
    let (&descriptor, rest) = rest.split_first()?;
    if descriptor & 0x20 == 0 {
        let field = u64::from(*rest.first()?);
        let base = 1 << (10 + (field >> 3));
        return Some(base + base / 8 * (field & 7));
    }
    // One segment: the window is as large as what comes out, up to a block's size of zeros.
    let dictionary = match descriptor & 3 {
        0 => 0,
        1 => 1,
        2 => 2,
        _ => 4,
    };
    let rest = rest.get(dictionary..)?;
    Some(match descriptor >> 6 {
        0 => u64::from(*rest.first()?),
        1 => 256 + u64::from(u16::from_le_bytes(*rest.first_chunk()?)),
        2 => u64::from(u32::from_le_bytes(*rest.first_chunk()?)),
        _ => u64::from_le_bytes(*rest.first_chunk()?),
    })
}
