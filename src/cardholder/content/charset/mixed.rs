//! Texts that are partly in units of two bytes and partly in single ones: where programs that
//! differ in this appended to one file. A part is never taken for the other, which would hide it.

use encoding_rs::{UTF_16BE, UTF_16LE};

use super::{Charset, is_ascii_text};

/// How many units in a row that are two signs of ASCII end a part in UTF-16. In Chinese a few in a
/// row look so; the shortest card number has six.
const OTHER: usize = 6;
/// How many signs of ASCII in UTF-16 in a row end another part.
const UNITS: usize = 4;

/// What the text is in where we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mixed {
    /// Whole units.
    Units,
    /// Single bytes, or units that begin at the wrong byte.
    Bytes,
}

impl Mixed {
    /// Decodes what can be told of these bytes; returns how many that are: of the last ones of a
    /// text, all.
    pub(super) fn decode(
        &mut self,
        charset: Charset,
        bytes: &[u8],
        last: bool,
        into: &mut Vec<u8>,
    ) -> usize {
        let mut done = 0;
        loop {
            let rest = bytes.get(done..).unwrap_or_default();
            let end = match self {
                Self::Units => other_part(charset, rest),
                Self::Bytes => units_part(charset, rest),
            };
            let (count, ends) = match end {
                Ok(begin) => (begin, true),
                Err(_) if last => (rest.len(), false),
                Err(told) => (told, false),
            };
            let part = rest.get(..count).unwrap_or_default();
            match self {
                Self::Units => decode_units(charset, part, into),
                Self::Bytes => into.extend_from_slice(part),
            }
            done += count;
            if !ends {
                return done;
            }
            *self = match self {
                Self::Units => Self::Bytes,
                Self::Bytes => Self::Units,
            };
        }
    }
}

/// Returns where another part begins among units; else how many bytes are certainly of this one.
fn other_part(charset: Charset, bytes: &[u8]) -> Result<usize, usize> {
    let width = charset.width();
    let whole = bytes.len() - bytes.len() % width;
    if width != 2 {
        return Err(whole);
    }
    let mut others = 0;
    let mut end = 0;
    let mut high = false;
    for unit in charset.units(bytes) {
        end += width;
        let plain = unit
            .to_be_bytes()
            .iter()
            .skip(2)
            .all(|byte| is_ascii_text(u32::from(*byte)));
        let turned = unit.trailing_zeros() >= 8 && is_ascii_text(unit >> 8);
        others = match plain || turned {
            true => others + 1,
            false => 0,
        };
        high = matches!(unit, 0xd800..=0xdbff);
        if others == OTHER {
            let begin = end - OTHER * width;
            let before = begin.checked_sub(1).filter(|before| {
                let byte = bytes.get(*before);
                byte.is_some_and(|byte| is_ascii_text(u32::from(*byte)))
            });
            return Ok(before.unwrap_or(begin));
        }
    }
    // A pair of surrogates stays together too.
    Err(whole - others.max(usize::from(high)) * width)
}

/// Returns where units begin among other bytes; else how many bytes are certainly no units.
fn units_part(charset: Charset, bytes: &[u8]) -> Result<usize, usize> {
    let begin = bytes.windows(2 * UNITS).position(|window| {
        let mut units = charset.units(window);
        units.all(is_ascii_text)
    });
    begin.ok_or(bytes.len().saturating_sub(2 * UNITS - 1))
}

/// Decodes units, and what is left of one as it is.
fn decode_units(charset: Charset, bytes: &[u8], into: &mut Vec<u8>) {
    let (units, rest) = bytes.split_at(bytes.len() - bytes.len() % charset.width());
    let text = match charset {
        Charset::Utf16Le => UTF_16LE.decode_without_bom_handling(units).0,
        Charset::Utf16Be => UTF_16BE.decode_without_bom_handling(units).0,
        Charset::Utf32Le | Charset::Utf32Be => {
            let signs = charset.units(units).map(char::from_u32);
            signs
                .map(|sign| sign.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect()
        }
    };
    into.extend_from_slice(text.as_bytes());
    into.extend_from_slice(rest);
}
