//! Gzip (RFC 1952).

use std::io::{self, BufRead};

use flate2::bufread::GzDecoder;

use super::{Form, Room};

/// Streams of gzip, which calls them members.
pub(in crate::cardholder::content) struct Gzip;

impl Form for Gzip {
    type Decoder<R: BufRead> = GzDecoder<R>;

    fn begins(head: &[u8]) -> bool {
        matches!(head, [0x1f, 0x8b, 0x08, flags, ..] if flags & 0xe0 == 0)
    }

    fn open<R: BufRead>(_: &[u8], input: R, _: &Room) -> io::Result<GzDecoder<R>> {
        Ok(GzDecoder::new(input))
    }

    fn close<R: BufRead>(decoder: GzDecoder<R>) -> io::Result<R> {
        Ok(decoder.into_inner())
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
