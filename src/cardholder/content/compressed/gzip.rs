//! Gzip (RFC 1952).

use std::io::{self, BufRead, Read};

use flate2::{Crc, Decompress};

use super::stepped::Stepped;
use super::{Form, Room};

/// Streams of gzip, which calls them members.
pub(in crate::cardholder::content) struct Gzip;

/// Reads one stream.
pub(in crate::cardholder::content) struct Decoder<R> {
    inner: Stepped<R, Decompress>,
    /// The checksum of what was given.
    checksum: Crc,
    /// Whether what comes after the stream is still to be held against it.
    open: bool,
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        self.checksum.update(into.get(..count).unwrap_or_default());
        if count == 0 && !into.is_empty() && self.open {
            self.open = false;
            let mut expected = [0; 8];
            self.inner.input().read_exact(&mut expected)?;
            let sums = [self.checksum.sum(), self.checksum.amount()].map(u32::to_le_bytes);
            if sums.concat() != expected {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        Ok(count)
    }
}

impl Form for Gzip {
    type Decoder<R: BufRead> = Decoder<R>;

    fn begins(head: &[u8]) -> bool {
        matches!(head, [0x1f, 0x8b, 0x08, flags, ..] if flags & 0xe0 == 0)
    }

    fn open<R: BufRead>(_: &[u8], mut input: R, _: &Room) -> io::Result<Decoder<R>> {
        pass_header(&mut input)?;
        Ok(Decoder {
            inner: Stepped::deflate(input),
            checksum: Crc::new(),
            open: true,
        })
    }

    fn close<R: BufRead>(decoder: Decoder<R>) -> io::Result<R> {
        Ok(decoder.inner.into_inner())
    }
}

/// Takes what stands before the bytes of a member: names, and what only their writer knows.
fn pass_header(input: &mut impl BufRead) -> io::Result<()> {
    let mut fixed = [0; 10];
    input.read_exact(&mut fixed)?;
    if !Gzip::begins(&fixed) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let [_, _, _, flags, ..] = fixed;
    if flags & 4 != 0 {
        let mut length = [0; 2];
        input.read_exact(&mut length)?;
        pass(input, u64::from(u16::from_le_bytes(length)))?;
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            pass_name(input)?;
        }
    }
    match flags & 2 {
        0 => Ok(()),
        _ => pass(input, 2),
    }
}

fn pass(input: &mut impl BufRead, count: u64) -> io::Result<()> {
    match io::copy(&mut input.take(count), &mut io::sink())? {
        taken if taken < count => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

/// Takes a name and the zero after it.
fn pass_name(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let ahead = input.fill_buf()?;
        if ahead.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let end = memchr::memchr(0, ahead);
        let taken = end.map_or(ahead.len(), |end| end + 1);
        input.consume(taken);
        if end.is_some() {
            return Ok(());
        }
    }
}

/// Returns the name that the first member gives to what was packed, and its comment.
pub(in crate::cardholder::content) fn names(head: &[u8]) -> Vec<&[u8]> {
    let Some((&[_, _, _, flags, ..], mut rest)) = head.split_first_chunk::<10>() else {
        return Vec::new();
    };
    if flags & 4 != 0 {
        let length = rest.first_chunk().map_or(0, |two| u16::from_le_bytes(*two));
        rest = rest.get(2 + usize::from(length)..).unwrap_or_default();
    }
    let mut names = Vec::new();
    for flag in [8, 16] {
        if flags & flag != 0 {
            let end = memchr::memchr(0, rest).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            names.push(name);
            rest = after.get(1..).unwrap_or_default();
        }
    }
    names
}
