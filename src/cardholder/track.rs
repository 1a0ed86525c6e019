//! Magnetic-stripe data: tracks 1 and 2 of ISO/IEC 7813, with and without their sentinels, as they
//! are or escaped.

use super::digits::{Digits, luhn};
use super::edge::{Edge, edge};
use super::issuers::SHORTEST;
use super::rules::Rules;
use super::sign::{Sign, sign};
use super::{Confidence, Kind, Masked, Match, Track};

/// The longest name on track 1.
const NAME: usize = 26;
/// The longest data of the issuer's own that is followed.
const OWN: usize = 64;

/// Returns the track that begins at `at`: at its sentinel or, without one, at its number.
pub(super) fn track(rules: &Rules, bytes: &[u8], at: usize) -> Option<Match> {
    let first = sign(bytes, at)?;
    let next = at + first.length;
    let format = |at: usize| matches!(bytes.get(at), Some(b'B' | b'b')).then_some(at + 1);
    let number = match first.is {
        // Before a digit, `%B` is no escape.
        _ if bytes.get(at) == Some(&b'%') && format(at + 1).is_some() => at + 2,
        _ if bytes.get(at..).is_some_and(|rest| rest.starts_with(b"%25")) => format(at + 3)?,
        '%' => format(next)?,
        'B' | 'b' | ';' => next,
        _ if first.digit().is_some() && first.length == 1 => {
            if matches!(edge(bytes, at), Edge::Digit | Edge::Within) {
                return None;
            }
            at
        }
        _ => return None,
    };
    // Of a field of variable length, the length comes first.
    let prefixed = || {
        let [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] = bytes.get(at..at + 2)? else {
            return None;
        };
        let length = usize::from(tens - b'0') * 10 + usize::from(ones - b'0');
        let data = stripe(rules, bytes, at + 2)?;
        (number == at && length == data.end - at - 2).then_some(data)
    };
    let of = |data: &Stripe| rules.issuers.of(&data.digits);
    let data = match stripe(rules, bytes, number) {
        Some(data) if of(&data).is_some() => data,
        data => prefixed().or(data)?,
    };
    let issuer = of(&data);
    let confidence = match issuer {
        _ if rules.is_test(data.digits.as_slice()) => Confidence::Test,
        Some(_) => Confidence::Confirmed,
        None => Confidence::Possible,
    };
    Some(Match {
        track: Some(data.track),
        issuer: issuer.map(|issuer| issuer.name.clone()),
        masked: Some(Masked::new(data.digits.as_slice())),
        ..Match::new(Kind::Track, confidence, at, data.end - at)
    })
}

/// What a stripe holds.
struct Stripe {
    digits: Digits,
    track: Track,
    end: usize,
}

/// Reads what a stripe holds, from its number.
fn stripe(rules: &Rules, bytes: &[u8], at: usize) -> Option<Stripe> {
    let (digits, end) = number(bytes, at)?;
    let separator = sign(bytes, end)?;
    if !matches!(separator.is, '^' | '=' | 'D' | 'd') || !luhn(digits.as_slice()) {
        return None;
    }
    let rest = end + separator.length;
    let (track, end) = match separator.is {
        '^' => (Track::One, first(bytes, rest)?),
        '=' => (Track::Two, second(bytes, rest)?),
        // Digits of a digest are followed by letters like these.
        _ if in_hexadecimal(bytes, at) && rules.issuers.of(&digits).is_none() => return None,
        _ => (Track::Two, second(bytes, rest)?),
    };
    Some(Stripe { digits, track, end })
}

/// Tells whether a letter of hexadecimal stands before a place.
fn in_hexadecimal(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    before.is_some_and(|byte| byte.is_ascii_hexdigit() && byte.is_ascii_alphabetic())
}

/// Reads 12 to 19 digits; American Express writes spaces between those of track 1.
fn number(bytes: &[u8], at: usize) -> Option<(Digits, usize)> {
    let mut digits = Digits::default();
    let mut end = at;
    loop {
        match bytes.get(end..)? {
            [digit @ b'0'..=b'9', ..] => {
                if !digits.push(digit - b'0') {
                    return None;
                }
                end += 1;
            }
            [b' ', b'0'..=b'9', ..] if digits.len() >= 4 => end += 1,
            _ => break,
        }
    }
    (digits.len() >= SHORTEST).then_some((digits, end))
}

/// Reads the rest of track 1 after the number: name, expiry, service code; returns its end.
fn first(bytes: &[u8], at: usize) -> Option<usize> {
    let mut name = at;
    let mut length = 0;
    loop {
        let next = sign(bytes, name)?;
        name += next.length;
        match next.is {
            '^' if length >= 2 => break,
            ' '..=']' | '_'..='~' | '\u{a0}'..='\u{17f}' if length < NAME => length += 1,
            _ => return None,
        }
    }
    let own = dated(bytes, name, '^')?;
    let is_own = |sign: Sign| sign.is.is_ascii_alphanumeric() || matches!(sign.is, ' ' | '-' | '/');
    Some(end(bytes, own, is_own))
}

/// Reads the rest of track 2 after the separator: expiry and service code; returns its end.
fn second(bytes: &[u8], at: usize) -> Option<usize> {
    let own = dated(bytes, at, '=')?;
    let digits = end(bytes, own, |sign| sign.is.is_ascii_digit());
    // On a chip, what is left of the last byte is filled.
    let filled = bytes.get(digits..).unwrap_or_default();
    let filled = filled
        .iter()
        .take(2)
        .take_while(|byte| matches!(byte, b'F' | b'f'));
    Some(digits + filled.count())
}

/// Reads year and month of expiry and the service code, of which a separator may stand for either;
/// returns the end.
fn dated(bytes: &[u8], at: usize, separator: char) -> Option<usize> {
    let one = |at: usize| sign(bytes, at).filter(|sign| sign.is == separator);
    let digits = |at: usize, count: usize| {
        let text = bytes.get(at..at + count)?;
        text.iter().all(u8::is_ascii_digit).then_some(text)
    };
    let expiry = match digits(at, 4) {
        Some([_, _, tens, ones]) => {
            let month = (tens - b'0') * 10 + (ones - b'0');
            (1..=12).contains(&month).then_some(at + 4)?
        }
        _ => at + one(at)?.length,
    };
    match digits(expiry, 3) {
        Some([b'1' | b'2' | b'5' | b'6' | b'7' | b'9', ..]) => Some(expiry + 3),
        Some(_) => None,
        None => Some(expiry + one(expiry)?.length),
    }
}

/// Follows data of the issuer's own, and takes the end sentinel along.
fn end(bytes: &[u8], at: usize, is_own: impl Fn(Sign) -> bool) -> usize {
    let mut end = at;
    for _ in 0..OWN {
        match sign(bytes, end).filter(|sign| is_own(*sign)) {
            Some(next) => end += next.length,
            None => break,
        }
    }
    match sign(bytes, end) {
        Some(last) if last.is == '?' => end + last.length,
        _ => end,
    }
}
