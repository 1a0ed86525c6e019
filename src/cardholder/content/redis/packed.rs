//! Small collections, which Redis keeps in one string: listpacks, ziplists, zipmaps and sets of
//! whole numbers. Their entries follow each other, so that they are read in passing.

use std::io::{self, Read};

use crate::cardholder::content::Why;

/// How a collection is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Since Redis 7.
    Listpack,
    /// Before.
    Ziplist,
    /// Hashes before Redis 2.6.
    Zipmap,
    /// Whole numbers only.
    Intset,
}

/// An entry of a collection.
pub(super) enum Entry<'e> {
    /// A whole number.
    Number(i64),
    /// A string.
    Text(&'e mut dyn Read),
}

/// Hands out every entry. Strings are read as far as they are wanted.
pub(super) fn entries(
    form: Form,
    bytes: &mut dyn Read,
    each: &mut dyn FnMut(Entry<'_>) -> io::Result<()>,
) -> io::Result<()> {
    match form {
        Form::Listpack => {
            array::<6>(bytes)?;
            while listpack(bytes, each)? {}
        }
        Form::Ziplist => {
            array::<10>(bytes)?;
            while ziplist(bytes, each)? {}
        }
        Form::Zipmap => {
            array::<1>(bytes)?;
            while zipmap(bytes, each)? {}
        }
        Form::Intset => {
            let width = u32::from_le_bytes(array(bytes)?);
            let count = u32::from_le_bytes(array(bytes)?);
            for _ in 0..count {
                each(Entry::Number(match width {
                    2 => i16::from_le_bytes(array(bytes)?).into(),
                    4 => i32::from_le_bytes(array(bytes)?).into(),
                    8 => i64::from_le_bytes(array(bytes)?),
                    _ => return Err(Why::Damaged.into()),
                }))?;
            }
        }
    }
    Ok(())
}

fn array<const N: usize>(bytes: &mut dyn Read) -> io::Result<[u8; N]> {
    let mut array = [0; N];
    bytes.read_exact(&mut array)?;
    Ok(array)
}

fn skip(bytes: &mut dyn Read, count: u64) -> io::Result<()> {
    match io::copy(&mut bytes.take(count), &mut io::sink())? {
        skipped if skipped == count => Ok(()),
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// Hands out a string and passes over what is not read of it.
fn text(
    bytes: &mut dyn Read,
    length: u64,
    each: &mut dyn FnMut(Entry<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let mut text = bytes.take(length);
    each(Entry::Text(&mut text))?;
    let left = text.limit();
    skip(bytes, left)
}

/// Returns a number of so many bytes, low byte first.
fn number(bytes: &mut dyn Read, width: usize) -> io::Result<i64> {
    let mut wide = [0; 8];
    let low = wide.get_mut(..width).unwrap_or_default();
    bytes.read_exact(low)?;
    let unused = 64 - 8 * u32::try_from(width).unwrap_or(8);
    Ok(i64::from_le_bytes(wide) << unused >> unused)
}

/// Reads an entry of a listpack; tells whether it was one.
fn listpack(
    bytes: &mut dyn Read,
    each: &mut dyn FnMut(Entry<'_>) -> io::Result<()>,
) -> io::Result<bool> {
    let [first] = array(bytes)?;
    let value = i64::from(first);
    let wide = |bytes: &mut dyn Read, width: usize| -> io::Result<(i64, u64)> {
        Ok((number(bytes, width)?, width as u64 + 1))
    };
    let string = match first {
        0xff => return Ok(false),
        0x80..=0xbf => Some((u64::from(first & 0x3f), 1)),
        0xe0..=0xef => {
            let [second] = array(bytes)?;
            Some((u64::from(first & 0x0f) << 8 | u64::from(second), 2))
        }
        0xf0 => Some((u32::from_le_bytes(array(bytes)?).into(), 5)),
        _ => None,
    };
    let size = if let Some((length, header)) = string {
        text(bytes, length, each)?;
        header + length
    } else {
        let (number, size) = match first {
            0..0x80 => (value, 1),
            0xc0..=0xdf => {
                let [second] = array(bytes)?;
                let bits = (value & 0x1f) << 8 | i64::from(second);
                (bits << 51 >> 51, 2)
            }
            0xf1 => wide(bytes, 2)?,
            0xf2 => wide(bytes, 3)?,
            0xf3 => wide(bytes, 4)?,
            0xf4 => wide(bytes, 8)?,
            _ => return Err(Why::Damaged.into()),
        };
        each(Entry::Number(number))?;
        size
    };
    // Its size follows it, seven bits in each byte.
    let back = match size {
        0..128 => 1,
        128..16_384 => 2,
        16_384..2_097_152 => 3,
        2_097_152..268_435_456 => 4,
        _ => 5,
    };
    skip(bytes, back)?;
    Ok(true)
}

/// Reads an entry of a ziplist; tells whether it was one.
fn ziplist(
    bytes: &mut dyn Read,
    each: &mut dyn FnMut(Entry<'_>) -> io::Result<()>,
) -> io::Result<bool> {
    match array(bytes)? {
        [0xff] => return Ok(false),
        [0xfe] => skip(bytes, 4)?,
        [_] => {}
    }
    let [first] = array(bytes)?;
    let length = match first >> 6 {
        0 => Some(u64::from(first & 0x3f)),
        1 => {
            let [second] = array(bytes)?;
            Some(u64::from(first & 0x3f) << 8 | u64::from(second))
        }
        2 => Some(u32::from_be_bytes(array(bytes)?).into()),
        _ => None,
    };
    if let Some(length) = length {
        text(bytes, length, each)?;
        return Ok(true);
    }
    let number = match first {
        0xc0 => number(bytes, 2)?,
        0xd0 => number(bytes, 4)?,
        0xe0 => number(bytes, 8)?,
        0xf0 => number(bytes, 3)?,
        0xfe => number(bytes, 1)?,
        0xf1..=0xfd => i64::from(first & 0x0f) - 1,
        _ => return Err(Why::Damaged.into()),
    };
    each(Entry::Number(number))?;
    Ok(true)
}

/// Reads a key and its value in a zipmap; tells whether there were such.
fn zipmap(
    bytes: &mut dyn Read,
    each: &mut dyn FnMut(Entry<'_>) -> io::Result<()>,
) -> io::Result<bool> {
    let mut length = || -> io::Result<Option<u64>> {
        Ok(match array(bytes)? {
            [0xff] => None,
            [0xfe] => Some(u32::from_le_bytes(array(bytes)?).into()),
            [short] => Some(short.into()),
        })
    };
    let Some(key) = length()? else {
        return Ok(false);
    };
    text(bytes, key, each)?;
    let mut length = || -> io::Result<u64> {
        Ok(match array(bytes)? {
            [0xfe] => u32::from_le_bytes(array(bytes)?).into(),
            [short] => short.into(),
        })
    };
    let value = length()?;
    let [free] = array(bytes)?;
    text(bytes, value, each)?;
    skip(bytes, free.into())?;
    Ok(true)
}
