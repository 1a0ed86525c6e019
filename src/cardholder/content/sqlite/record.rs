//! Rows as SQLite writes them: a header of types, then the values one after the other.

use std::io::{self, Read};

use super::pages::Payload;
use crate::cardholder::content::Why;

/// The longest header of a row: SQLite has at most 32,767 columns.
const HEADER: u64 = 9 * 32_768;

/// The type of a value, with its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// No value, or the number of the row.
    Null,
    /// A whole number of so many bytes.
    Whole(usize),
    /// A number in floating point.
    Real,
    /// Zero or one, without bytes.
    Bit(u8),
    /// Bytes.
    Blob(u64),
    /// Text.
    Text(u64),
}

impl Kind {
    fn of(code: u64) -> Option<Self> {
        Some(match code {
            0 => Self::Null,
            1..=4 => Self::Whole(usize::try_from(code).ok()?),
            5 => Self::Whole(6),
            6 => Self::Whole(8),
            7 => Self::Real,
            8 => Self::Bit(0),
            9 => Self::Bit(1),
            10 | 11 => return None,
            _ if code.is_multiple_of(2) => Self::Blob((code - 12) / 2),
            _ => Self::Text((code - 13) / 2),
        })
    }

    /// Returns how many bytes the value has.
    pub(super) fn length(self) -> u64 {
        match self {
            Self::Null | Self::Bit(_) => 0,
            Self::Whole(length) => length as u64,
            Self::Real => 8,
            Self::Blob(length) | Self::Text(length) => length,
        }
    }
}

/// Returns a number of one to nine bytes and how many it has.
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for at in 0..8 {
        let byte = *bytes.get(at)?;
        value = value << 7 | u64::from(byte & 0x7f);
        if byte < 0x80 {
            return Some((value, at + 1));
        }
    }
    Some((value << 8 | u64::from(*bytes.get(8)?), 9))
}

/// Returns the types in a header, which they fill; `None` if they don't.
pub(super) fn kinds(mut header: &[u8]) -> Option<Vec<Kind>> {
    let mut kinds = Vec::new();
    while !header.is_empty() {
        let (code, length) = varint(header)?;
        kinds.push(Kind::of(code)?);
        header = header.get(length..)?;
    }
    Some(kinds)
}

/// Reads the header of a row and leaves the payload at its first value.
pub(super) fn header(payload: &mut Payload<'_, '_>) -> io::Result<Vec<Kind>> {
    let mut first = Vec::new();
    while first.len() < 9 && first.last().is_none_or(|byte| byte & 0x80 != 0) {
        let mut byte = [0];
        payload.read_exact(&mut byte)?;
        first.extend(byte);
    }
    let (length, taken) = varint(&first).ok_or(Why::Damaged)?;
    let rest = length.checked_sub(taken as u64).ok_or(Why::Damaged)?;
    if rest > HEADER || rest > payload.left() {
        return Err(Why::Damaged.into());
    }
    let mut header = vec![0; usize::try_from(rest).map_err(|_| Why::Damaged)?];
    payload.read_exact(&mut header)?;
    Ok(kinds(&header).ok_or(Why::Damaged)?)
}

/// A row that lies whole in bytes that nothing uses any more.
pub(super) struct Carved {
    /// The types of its values.
    pub(super) kinds: Vec<Kind>,
    /// Where its first value begins.
    pub(super) values: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// The number of the row.
    pub(super) rowid: Option<i64>,
}

/// The most columns of a row that is told among leftovers.
const CARVED: usize = 200;

/// Returns the row of a table that begins at `at` in leftover bytes: its length has to be what its
/// types add up to.
pub(super) fn carve(bytes: &[u8], at: usize) -> Option<Carved> {
    let rest = bytes.get(at..)?;
    let (length, taken) = varint(rest)?;
    let length = usize::try_from(length).ok().filter(|length| *length > 3)?;
    let (rowid, more) = varint(rest.get(taken..)?)?;
    let begins = taken + more;
    let record = rest.get(begins..begins.checked_add(length)?)?;
    let (header, taken) = varint(record)?;
    let header = usize::try_from(header).ok().filter(|it| *it < CARVED)?;
    let kinds = kinds(record.get(taken..header)?)?;
    let body: u64 = kinds
        .iter()
        .map(|kind| kind.length())
        .fold(0, u64::saturating_add);
    (body > 0 && header as u64 + body == length as u64).then(|| Carved {
        kinds,
        values: at + begins + header,
        end: at + begins + length,
        rowid: Some(rowid.cast_signed()),
    })
}

/// Returns the row whose first four bytes the list of free blocks took, if it has so many columns
/// and fills the block. They were its length, its number and the length of its header, and perhaps
/// the type of the first column, which is then told by what is left for it.
pub(super) fn carve_headless(block: &[u8], columns: usize) -> Option<Carved> {
    (0..=1).find_map(|lost| {
        let mut kinds = vec![Kind::Null; lost];
        let mut values = 4;
        while kinds.len() < columns {
            let (code, length) = varint(block.get(values..)?)?;
            kinds.push(Kind::of(code)?);
            values += length;
        }
        let body: u64 = kinds
            .iter()
            .map(|kind| kind.length())
            .fold(0, u64::saturating_add);
        let end = values.checked_add(usize::try_from(body).ok()?)?;
        let left = block.len().checked_sub(end)?;
        if let Some(first) = kinds.first_mut().filter(|_| lost == 1) {
            let bytes = block.get(values..values + left)?;
            *first = match left {
                0..4 => Kind::Null,
                _ if bytes.iter().all(|byte| *byte >= b' ') => Kind::Text(left as u64),
                6 | 8 => Kind::Whole(left),
                _ => return None,
            };
        }
        let end = end + kinds.first().filter(|_| lost == 1).map_or(0, |_| left);
        (body > 3 && block.len() - end < 4).then_some(Carved {
            kinds,
            values,
            end,
            rowid: None,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_to_nine_bytes() {
        for (bytes, expected) in [
            (&[0x05][..], Some((5, 1))),
            (&[0x81, 0x00], Some((128, 2))),
            (&[0xff; 9], Some((u64::MAX, 9))),
            (&[0xff; 8], None),
            (&[], None),
        ] {
            assert_eq!(varint(bytes), expected);
        }
    }

    #[test]
    fn leftovers_are_rows_only_if_their_lengths_agree() {
        let whole = [7, 1, 3, 0, 21, b'4', b'1', b'1', b'1'];
        assert_eq!(
            carve(&whole, 0).map(|row| (row.values, row.end)),
            Some((5, 9))
        );
        assert!(carve(&whole, 1).is_none());
        assert!(carve(&[8, 1, 3, 0, 21, b'4', b'1', b'1', b'1'], 0).is_none());
        let headless = [0, 0, 0, 9, 21, b'4', b'1', b'1', b'1'];
        assert_eq!(carve_headless(&headless, 2).map(|row| row.values), Some(5));
        assert!(carve_headless(&headless, 4).is_none());
    }
}
