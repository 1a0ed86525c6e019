//! LZ4 in frames.

use std::io::{self, BufRead, Read};

use lz4_flex::frame::FrameDecoder;

use super::{Form, Room};
use crate::cardholder::content::limits::Reserved;

/// How far back a block may point, in bytes.
const BEHIND: u64 = 64 * 1024;

/// Frames of LZ4.
pub(in crate::cardholder::content) struct Lz4;

/// Reads one frame.
pub(in crate::cardholder::content) struct Decoder<R: Read> {
    inner: FrameDecoder<Tail<R>>,
    _window: Reserved,
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        let cut_off = count == 0 && !into.is_empty() && !self.inner.get_ref().ended();
        match cut_off {
            // The library takes a frame that is cut off between blocks for one that ended.
            true => Err(io::ErrorKind::UnexpectedEof.into()),
            false => Ok(count),
        }
    }
}

impl Form for Lz4 {
    type Decoder<R: BufRead> = Decoder<R>;

    fn begins(head: &[u8]) -> bool {
        matches!(head, [0x04, 0x22, 0x4d, 0x18, flags, ..] if flags >> 6 == 1)
    }

    fn open<R: BufRead>(head: &[u8], input: R, room: &Room) -> io::Result<Decoder<R>> {
        let [_, _, _, _, flags, sizes, ..] = head else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        let block = 1 << (8 + 2 * u64::from(sizes >> 4 & 7));
        Ok(Decoder {
            _window: room.take(3 * block + BEHIND)?,
            inner: FrameDecoder::new(Tail {
                input,
                last: [1; 8],
                checksum: flags & 4 != 0,
            }),
        })
    }

    fn close<R: BufRead>(decoder: Decoder<R>) -> io::Result<R> {
        Ok(decoder.inner.into_inner().input)
    }
}

/// An input whose last bytes are known.
struct Tail<R> {
    input: R,
    last: [u8; 8],
    /// Whether a checksum of the content ends the frame.
    checksum: bool,
}

impl<R> Tail<R> {
    /// Tells whether what was taken ends as a frame does: with a block of no bytes.
    fn ended(&self) -> bool {
        let [before @ .., _, _, _, _] = self.last;
        let [_, _, _, _, after @ ..] = self.last;
        match self.checksum {
            true => before == [0; 4],
            false => after == [0; 4],
        }
    }
}

impl<R: Read> Read for Tail<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(into)?;
        let taken = into.get(..count).unwrap_or_default();
        let kept = self.last.len().saturating_sub(count);
        let gone = self.last.len() - kept;
        self.last.copy_within(gone.., 0);
        let new = taken.get(count.saturating_sub(self.last.len())..);
        if let (Some(to), Some(from)) = (self.last.get_mut(kept..), new) {
            to.copy_from_slice(from);
        }
        Ok(count)
    }
}
