//! Account data of a chip in hexadecimal: EMV tags 57 (track 2) and 5A (the number), and 9F6B of
//! Mastercard, each with its length, in one run or in pairs.

use super::digits::{Digits, luhn};
use super::rules::Rules;
use super::sign::hex;
use super::{Confidence, Kind, Masked, Match, Track};

/// The most bytes that tag 57 has.
const LONGEST: usize = 19;

/// What a tag holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    Track,
    Number,
}

/// Returns the value of a tag that begins at `at`: its tag and length stand right before.
pub(super) fn chip(rules: &Rules, bytes: &[u8], at: usize) -> Option<Match> {
    let (tag, length) = tag(bytes, at)?;
    let mut digits = Digits::default();
    let mut rest = Nibbles::new(bytes, at, length);
    let mut after = None;
    for nibble in rest.by_ref() {
        match nibble {
            0..=9 if digits.push(nibble) => {}
            _ => {
                after = Some(nibble);
                break;
            }
        }
    }
    let holds = match (tag, after) {
        (Tag::Number, None) => true,
        (Tag::Number, Some(0xf)) => rest.by_ref().all(|nibble| nibble == 0xf),
        (Tag::Track, Some(0xd)) => track(&mut rest),
        _ => false,
    };
    if !holds || !rest.whole || !luhn(digits.as_slice()) {
        return None;
    }
    let issuer = rules.issuers.of(&digits)?;
    let confidence = match rules.is_test(digits.as_slice()) {
        true => Confidence::Test,
        false => Confidence::Confirmed,
    };
    let (kind, track, context) = match tag {
        Tag::Track => (Kind::Track, Some(Track::Two), "EMV track"),
        Tag::Number => (Kind::Pan, None, "EMV PAN"),
    };
    Some(Match {
        track,
        issuer: Some(issuer.name.clone()),
        masked: Some(Masked::new(digits.as_slice())),
        context: Some(context.into()),
        ..Match::new(kind, confidence, at, rest.at - at)
    })
}

/// Reads expiry, service code and the issuer's own data, and what fills the last byte.
fn track(rest: &mut Nibbles<'_>) -> bool {
    let mut digits = [0_u8; 4];
    for place in &mut digits {
        match rest.next() {
            Some(digit @ 0..=9) => *place = digit,
            _ => return false,
        }
    }
    let [_, _, tens, ones] = digits;
    let mut filled = false;
    let mut holds = (1..=12).contains(&(tens * 10 + ones));
    for nibble in rest.by_ref() {
        holds &= matches!((nibble, filled), (0..=9, false) | (0xf, _));
        filled |= nibble == 0xf;
    }
    holds
}

/// Returns the tag before a place, and how many bytes its value has.
fn tag(bytes: &[u8], at: usize) -> Option<(Tag, usize)> {
    let head = bytes.get(at.checked_sub(4)?..at)?;
    // `5713`, or `57 13 ` with the same sign after each.
    let (tag, length) = match head {
        [a, b, c, d] if c.is_ascii_hexdigit() && d.is_ascii_hexdigit() => ([*a, *b], [*c, *d]),
        [one, c, d, two] if one == two && matches!(one, b' ' | b':' | b'-') => {
            let tag = bytes.get(at.checked_sub(6)?..at - 4)?;
            (tag.first_chunk().copied()?, [*c, *d])
        }
        _ => return None,
    };
    let length = usize::try_from(hex(&length)?).ok()?;
    match tag {
        [b'5', b'7'] | [b'6', b'B' | b'b'] if (8..=LONGEST).contains(&length) => {
            Some((Tag::Track, length))
        }
        [b'5', b'A' | b'a'] if (6..=10).contains(&length) => Some((Tag::Number, length)),
        _ => None,
    }
}

/// The halves of bytes in hexadecimal, in one run or in pairs with the same sign between.
struct Nibbles<'b> {
    bytes: &'b [u8],
    at: usize,
    left: usize,
    between: Option<u8>,
    /// All that were asked for were there.
    whole: bool,
}

impl<'b> Nibbles<'b> {
    fn new(bytes: &'b [u8], at: usize, length: usize) -> Self {
        let between = bytes
            .get(at + 2)
            .copied()
            .filter(|byte| matches!(byte, b' ' | b':' | b'-'));
        Self {
            bytes,
            at,
            left: length * 2,
            between,
            whole: true,
        }
    }
}

impl Iterator for Nibbles<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        if self.left == 0 {
            return None;
        }
        let mut at = self.at;
        let pair_ended = self.left.is_multiple_of(2) && self.between.is_some();
        if pair_ended && self.bytes.get(at).copied() == self.between {
            at += 1;
        }
        let digit = self
            .bytes
            .get(at)
            .and_then(|byte| char::from(*byte).to_digit(16));
        match digit.and_then(|digit| u8::try_from(digit).ok()) {
            Some(digit) => {
                self.at = at + 1;
                self.left -= 1;
                Some(digit)
            }
            None => {
                self.whole = false;
                self.left = 0;
                None
            }
        }
    }
}
