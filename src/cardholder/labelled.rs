//! Values that only their label tells: card verification codes, PINs and PIN blocks.

use std::ops::Range;

use super::context::told;
use super::digits::{is_word, run};
use super::edge::{Edge, edge};
use super::naming::label;
use super::phrases::Meaning;
use super::rules::Rules;
use super::sign::sign;
use super::{Confidence, Kind, Match};

/// The digits of a PIN block in hexadecimal: formats 0 to 3, and format 4, of ISO 9564-1.
const BLOCKS: [usize; 2] = [16, 32];

/// How far after the end of its label a value may begin, in bytes.
pub(super) const NEAR: usize = 96;
/// How far it may begin where the label names an object or a tag with more in it.
pub(super) const FAR: usize = 256;
/// How far after the end of a label an object begins.
const OPENS: usize = 24;

/// The form of a value.
#[derive(Clone, Copy)]
struct Value {
    /// Digits, whatever their spelling.
    digits: usize,
    /// How many bytes these take.
    length: usize,
    /// Hexadecimal digits in one run.
    hex: usize,
    /// Some of those are letters.
    letters: bool,
}

/// Returns the labelled value that begins at `at`.
pub(super) fn labelled(rules: &Rules, bytes: &[u8], at: usize) -> Option<Match> {
    let value = value(bytes, at)?;
    let code = (3..=4).contains(&value.digits);
    let pin = (4..=12).contains(&value.digits);
    let block = BLOCKS.contains(&value.hex);
    if !(code || pin || block) || edge(bytes, at) != Edge::Free {
        return None;
    }
    let clear = block && is_clear_pin(bytes.get(at..at + value.hex)?);
    let label = label(&rules.phrases, bytes, at).filter(|label| {
        if has_another(bytes, &label.by, at) {
            return false;
        }
        let end = label.by.end;
        end + NEAR >= at || end + FAR >= at && opens(bytes.get(end..).unwrap_or_default(), OPENS)
    });
    let Some(label) = label else {
        return clear.then(|| Match::new(Kind::PinBlock, Confidence::Possible, at, value.hex));
    };
    let sure = match label.assigned {
        true => Confidence::Confirmed,
        false => Confidence::Possible,
    };
    let (kind, confidence, length) = match label.meaning {
        // The abbreviations of the networks are nothing else, whatever stands between.
        Meaning::CardCode if code => (Kind::CardCode, sure, value.length),
        Meaning::CardCodePerhaps if code => (Kind::CardCode, Confidence::Possible, value.length),
        Meaning::PinBlock if block => (Kind::PinBlock, sure, value.hex),
        Meaning::Pin | Meaning::PinPerhaps if block => {
            let confidence = match value.letters || clear {
                true => sure,
                false => Confidence::Possible,
            };
            (Kind::PinBlock, confidence, value.hex)
        }
        Meaning::Pin if pin => (Kind::PinBlock, sure, value.length),
        Meaning::PinPerhaps if pin => (Kind::PinBlock, Confidence::Possible, value.length),
        _ if clear => (Kind::PinBlock, Confidence::Possible, value.hex),
        _ => return None,
    };
    Some(Match {
        context: told(&rules.phrases, label.other, bytes, label.by),
        ..Match::new(kind, confidence, at, length)
    })
}

/// Tells whether a label has its value before a place: its element ended, or a mask stands on its
/// line and the place is on another.
fn has_another(bytes: &[u8], label: &Range<usize>, at: usize) -> bool {
    let between = bytes.get(label.end..at).unwrap_or_default();
    let tag = label.start.checked_sub(1).and_then(|open| bytes.get(open)) == Some(&b'<');
    let ended = || memchr::memmem::find(between, b"</").is_some();
    let line = between
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    (tag && ended()) || line.len() < between.len() && memchr::memmem::find(line, b"**").is_some()
}

/// Tells whether an object begins near, or an attribute of a tag.
pub(super) fn opens(bytes: &[u8], near: usize) -> bool {
    let near = bytes.get(..near).unwrap_or(bytes);
    memchr::memchr(b'{', near).is_some() || memchr::memmem::find(near, b"=\"").is_some()
}

/// Reads a value that nothing is glued to.
fn value(bytes: &[u8], at: usize) -> Option<Value> {
    let whole = |end: usize| {
        let after = bytes.get(end).copied();
        let fraction = after == Some(b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        !is_word(after) && !fraction && !is_year(bytes, at, end)
    };
    let text = bytes.get(at..).unwrap_or_default();
    let hex = text
        .iter()
        .take(33)
        .take_while(|byte| byte.is_ascii_hexdigit());
    let (mut count, mut letters) = (0, false);
    for byte in hex {
        count += 1;
        letters |= byte.is_ascii_alphabetic();
    }
    let hex = if whole(at + count) { count } else { 0 };
    let first = sign(bytes, at)?;
    let (digits, length) = match first {
        first if first.is.is_ascii_digit() && first.length == 1 => {
            let digits = run(bytes, at, 12);
            (digits, digits)
        }
        first if first.digit().is_some() && !follows(bytes, at, first.length) => {
            let mut end = at;
            let mut digits = 0;
            while digits <= 12
                && let Some(next) = sign(bytes, end)
                && next.length == first.length
                && next.digit().is_some()
            {
                digits += 1;
                end += next.length;
            }
            (digits, end - at)
        }
        _ => (0, 0),
    };
    let digits = if whole(at + length) { digits } else { 0 };
    (digits > 0 || hex > 0).then_some(Value {
        digits,
        length,
        hex,
        letters,
    })
}

/// Tells whether four digits are the year of a date.
fn is_year(bytes: &[u8], at: usize, end: usize) -> bool {
    let rest = bytes.get(end..).unwrap_or_default();
    end - at == 4
        && matches!(rest, [one @ (b'-' | b'/' | b'.'), a, b, two, c, ..]
            if one == two && [a, b, c].iter().all(|byte| byte.is_ascii_digit()))
}

/// Tells whether a digit of the same spelling stands before.
fn follows(bytes: &[u8], at: usize, length: usize) -> bool {
    at.checked_sub(length)
        .and_then(|before| sign(bytes, before))
        .is_some_and(|sign| sign.length == length && sign.digit().is_some())
}

/// A block of format 2 is clear: 2, the length of the PIN, the PIN, filled with F.
fn is_clear_pin(block: &[u8]) -> bool {
    let [b'2', length, rest @ ..] = block else {
        return false;
    };
    let length = char::from(*length).to_digit(16).unwrap_or(0);
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let filled = rest.get(digits..).unwrap_or_default();
    block.len() == 16
        && (4..=12).contains(&length)
        && u32::try_from(digits) == Ok(length)
        && filled.iter().all(|byte| matches!(byte, b'F' | b'f'))
}
