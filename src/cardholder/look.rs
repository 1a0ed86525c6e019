//! A closer look at candidates: whether a match may begin there, and where. It is quick, and lets
//! through more than there is.

use super::candidates::{BEFORE, Candidates, GROUP};
use super::classes::{Bits, Masks};
use super::digit_run::luhn;
use super::digits::{self, Digits, is_word};
use super::rules::Rules;
use super::sign::sign;

/// A candidate: one bit of a block.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'b> {
    pub(super) candidates: &'b Candidates,
    pub(super) masks: &'b Masks,
    pub(super) word: usize,
    pub(super) bit: u32,
}

impl Candidate<'_> {
    /// Tells whether a match of any kind may begin here.
    pub(super) fn here(self) -> bool {
        self.is(&self.candidates.places)
    }

    /// Tells whether a text that is encoded may begin here, or a digest.
    pub(super) fn is_encoded(self) -> bool {
        self.is(&self.candidates.encoded)
    }

    /// Tells where a match may begin, and whether digits that are an issuer's have their check
    /// digit.
    pub(super) fn look(self, rules: &Rules, bytes: &[u8], at: usize) -> (Look, Option<bool>) {
        let (look, checks) = if self.is(&self.candidates.parts) {
            may_be_number(rules, bytes, at, self.digits())
        } else if self.is(&self.candidates.runs) {
            may_be_whole(rules, bytes, at, self.digits())
        } else if self.is(&self.candidates.groups) {
            let look = match may_be_grouped(rules, bytes, at) {
                Look::From(start) if follows_sentinel(bytes, start) => {
                    Look::From(start.saturating_sub(BEFORE))
                }
                look => look,
            };
            (look, None)
        } else {
            (Look::Not, None)
        };
        let look = match look {
            Look::Not if self.here() => Look::From(sentinel(bytes, at)),
            Look::Not
                if self.is(&self.candidates.values) && may_be_value(bytes, at, self.digits()) =>
            {
                Look::Value
            }
            look => look,
        };
        (look, checks)
    }

    fn is(self, bits: &Bits) -> bool {
        bits.get(self.word)
            .is_some_and(|word| word >> self.bit & 1 == 1)
    }

    /// Returns how many digits begin here, up to 63.
    fn digits(self) -> usize {
        let of = |word: usize| self.masks.digit.get(word).copied().unwrap_or(0);
        let next = of(self.word + 1).checked_shl(64 - self.bit).unwrap_or(0);
        (of(self.word) >> self.bit | next).trailing_ones() as usize
    }
}

/// Returns from where a match may begin at a place: the sentinel of a track stands before its
/// format code.
fn sentinel(kept: &[u8], place: usize) -> usize {
    match kept.get(place) {
        Some(b'B' | b'b') => place.saturating_sub(BEFORE),
        _ => place,
    }
}

/// Tells whether a sentinel or format code of a track stands before a place.
fn follows_sentinel(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    matches!(before, Some(b';' | b'B' | b'b'))
}

/// Tells whether a value may begin here, with so many digits: a code, a PIN, or a block of hexadecimal
/// digits.
fn may_be_value(bytes: &[u8], at: usize, digits: usize) -> bool {
    let rest = bytes.get(at..).unwrap_or_default();
    if matches!(rest, [b'%' | b'&' | b'\\' | b'#' | 0x80.., ..]) {
        return sign(bytes, at).is_some_and(|sign| sign.digit().is_some());
    }
    let whole = |count: usize| !is_word(rest.get(count).copied());
    let block = |count: usize| {
        let block = rest.get(..count);
        whole(count) && block.is_some_and(|block| block.iter().all(u8::is_ascii_hexdigit))
    };
    (3..=12).contains(&digits) && whole(digits) || block(16) || block(32)
}

/// Where a match may begin at a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Nowhere.
    Not,
    /// From a place to the candidate.
    From(usize),
    /// Before and after it.
    Around,
    /// At it, a value that its label tells, and nothing else.
    Value,
}

/// Tells where a match may begin at so many digits in a row: they are of an issuer and have their
/// check digit, or something beside them says that the number is only a part of them. Tells also
/// whether digits that are an issuer's have their check digit.
fn may_be_number(rules: &Rules, bytes: &[u8], at: usize, digits: usize) -> (Look, Option<bool>) {
    let end = at + digits;
    let before = at
        .checked_sub(1)
        .and_then(|before| bytes.get(before))
        .copied();
    // The tag and length of a chip's data, in pairs, before digits that are not.
    let tag = at.checked_sub(6).and_then(|from| bytes.get(from..at));
    let tagged = matches!(tag, Some([b'5' | b'6', _, one, _, _, two]) if one == two);
    let after = bytes.get(end..).unwrap_or_default();
    if tagged || follows_escape(bytes, at) || matches!(before, Some(b'a' | b'A')) || goes_on(after)
    {
        return (Look::Around, None);
    }
    may_be_whole(rules, bytes, at, digits)
}

/// Tells the same of digits of which no part may be a number, nor they a part.
fn may_be_whole(rules: &Rules, bytes: &[u8], at: usize, digits: usize) -> (Look, Option<bool>) {
    let lengths = leading(bytes, at).map_or(u8::MAX, |leading| rules.issuers.lengths(leading));
    let length = digits.wrapping_sub(12);
    if length >= 8 || lengths >> length & 1 == 0 {
        return (Look::Not, None);
    }
    // Sentinels and format codes stand right before.
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    let told = before.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b';');
    let checks = has_check_digit(bytes, at + digits, digits);
    let look = match checks {
        true if told => Look::Around,
        true => Look::From(at),
        false => Look::Not,
    };
    (look, Some(checks))
}

/// Tells whether what follows digits may belong to them: a mask, the rest of a track, or an escape
/// that stands for one of these.
pub(super) fn goes_on(after: &[u8]) -> bool {
    match after {
        [b'%', b'3' | b'5', ..]
        | [b'\\', b'u' | b'x' | b'\\', ..]
        | [b'&', b'#', ..]
        | [
            b'*' | b'#' | b'x' | b'X' | b'=' | b'D' | b'd' | b'^' | 0x80..,
            ..,
        ] => true,
        [one @ (b'.' | b'_' | b'-'), two, ..] => one == two,
        [b'&', rest @ ..] => [b"am", b"bu", b"eq", b"Ha"]
            .iter()
            .any(|name| rest.starts_with(*name)),
        _ => false,
    }
}

/// Tells whether an escape may end in the digits at a place, so that a number begins after it.
fn follows_escape(bytes: &[u8], at: usize) -> bool {
    let close = bytes.get(at.saturating_sub(5)..at).unwrap_or_default();
    let signs = close.iter().any(|byte| matches!(byte, b'%' | b'\\'));
    signs || matches!(close, [.., b'u' | b'U' | b'x' | b'X'])
}

/// Returns the four digits at a place as a number.
fn leading(bytes: &[u8], at: usize) -> Option<usize> {
    let [one, two, three, four] = bytes
        .get(at..)?
        .first_chunk()?
        .map(|byte| usize::from(byte & 15));
    Some(one * 1000 + two * 100 + three * 10 + four)
}

/// Tells whether 12 to 19 digits end in their check digit; near the beginning of a text that is
/// left to the closer look.
fn has_check_digit(bytes: &[u8], end: usize, digits: usize) -> bool {
    let text = end
        .checked_sub(24)
        .and_then(|from| bytes.get(from..)?.first_chunk());
    text.is_none_or(|text| luhn(text, digits))
}

/// Tells where a match may begin at the last four digits of a group: at the group's first digit, if
/// numbers begin so and what follows is a group of the same number.
fn may_be_grouped(rules: &Rules, bytes: &[u8], at: usize) -> Look {
    let before = bytes.get(at.saturating_sub(GROUP)..at).unwrap_or_default();
    let more = before
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let start = at - more;
    if follows_escape(bytes, start) {
        return Look::From(start);
    }
    let issued = leading(bytes, start).is_none_or(|leading| rules.issuers.lengths(leading) != 0);
    if !issued || !rules.layouts.begins(more + 4) {
        return Look::Not;
    }
    match bytes.get(at + 4..) {
        Some([b'%' | b'&' | b'\\' | 0x80.., ..]) => Look::From(start),
        Some([gap, digit, ..]) if *gap < 0x80 && digit.is_ascii_digit() => {
            in_groups(rules, bytes, start, *gap)
        }
        // More than one sign between.
        Some([gap, next, ..])
            if is_gap(*gap) && (is_gap(*next) || matches!(next, b'%' | b'&' | b'\\')) =>
        {
            Look::From(start)
        }
        _ => Look::Not,
    }
}

/// Tells whether one byte may be what stands between groups of digits, or begin it.
fn is_gap(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'+' | b'.' | b'/' | b'_' | 0x80..)
}

/// Tells whether digits in groups, with the same sign between, can be a number or a part of one.
fn in_groups(rules: &Rules, bytes: &[u8], start: usize, gap: u8) -> Look {
    let lengths = leading(bytes, start).map_or(0, |leading| rules.issuers.lengths(leading));
    let mut digits = Digits::default();
    let mut place = start;
    loop {
        while let Some(byte @ b'0'..=b'9') = bytes.get(place) {
            if !digits.push(byte - b'0') {
                return Look::Not;
            }
            place += 1;
        }
        let length = digits.len().wrapping_sub(12);
        if length < 8 && lengths >> length & 1 == 1 && digits::luhn(digits.as_slice()) {
            return Look::From(start);
        }
        match bytes.get(place..) {
            Some([next, digit, ..]) if *next == gap && digit.is_ascii_digit() => place += 1,
            // Masks, or digits in another spelling.
            Some(rest) if is_other(rest) || rest.get(1..).is_some_and(is_other) => {
                return Look::From(start);
            }
            Some([one @ (b'.' | b'_' | b'-'), two, ..]) if one == two => return Look::From(start),
            _ => return Look::Not,
        }
    }
}

/// Tells whether a mask or an escape begins a text.
fn is_other(text: &[u8]) -> bool {
    matches!(
        text,
        [b'*' | b'#' | b'x' | b'X' | b'%' | b'&' | b'\\' | 0x80.., ..]
    )
}
