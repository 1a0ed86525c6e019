//! Magnetic-stripe data: tracks 1 and 2 of ISO/IEC 7813, with and without their sentinels.

use super::digits::{before, is_word, luhn, run};
use super::rules::Rules;
use super::{Confidence, Kind, Masked, Match, Track};

/// The longest number.
const LONGEST: usize = 19;
/// The longest name on track 1.
const NAME: usize = 26;
/// The longest data of the issuer's own that is followed.
const OWN: usize = 64;

/// Returns the track that begins at `at`: at its sentinel or, without one, at its number.
pub(super) fn track(rules: &Rules, bytes: &[u8], at: usize) -> Option<Match> {
    let rest = bytes.get(at..)?;
    let (track, begins) = match rest {
        [b'%', b'B' | b'b', digit, ..] if digit.is_ascii_digit() => (Track::One, at + 2),
        [b'B' | b'b', digit, ..] if digit.is_ascii_digit() && !is_word(before(bytes, at)) => {
            (Track::One, at + 1)
        }
        [b';', digit, ..] if digit.is_ascii_digit() => (Track::Two, at + 1),
        [digit, ..] if digit.is_ascii_digit() => (Track::Two, at),
        _ => return None,
    };
    let (number, end) = match track {
        Track::One => first(bytes, begins)?,
        Track::Two => second(bytes, begins)?,
    };
    if !luhn(&number) {
        return None;
    }
    let issuer = rules.issuer(&number, number.len());
    let confidence = match issuer {
        _ if rules.is_test(&number) => Confidence::Test,
        Some(_) => Confidence::Confirmed,
        None => Confidence::Possible,
    };
    Some(Match {
        track: Some(track),
        issuer: issuer.cloned(),
        masked: Some(Masked::new(&number)),
        ..Match::new(Kind::Track, confidence, at, end - at)
    })
}

/// Reads number, name, expiry and service code of track 1; returns the number and the end.
fn first(bytes: &[u8], at: usize) -> Option<(Vec<u8>, usize)> {
    let number = number(bytes, at)?;
    let name = at + number.len() + 1;
    if bytes.get(name - 1) != Some(&b'^') {
        return None;
    }
    let length = bytes
        .get(name..)?
        .iter()
        .take(NAME + 1)
        .position(|byte| *byte == b'^')?;
    let printable = |byte: &u8| matches!(byte, b' '..=b'~');
    if length < 2 || !bytes.get(name..name + length)?.iter().all(printable) {
        return None;
    }
    let expiry = name + length + 1;
    dated(bytes, expiry)?;
    let own = bytes
        .get(expiry + 7..)
        .unwrap_or_default()
        .iter()
        .take(OWN)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b'/'))
        .count();
    Some((number, end(bytes, expiry + 7 + own)))
}

/// Reads number, expiry and service code of track 2; returns the number and the end.
fn second(bytes: &[u8], at: usize) -> Option<(Vec<u8>, usize)> {
    let number = number(bytes, at)?;
    let expiry = at + number.len() + 1;
    if !matches!(bytes.get(expiry - 1), Some(b'=' | b'D' | b'd')) {
        return None;
    }
    dated(bytes, expiry)?;
    let own = run(bytes, expiry + 7, OWN).len();
    Some((number, end(bytes, expiry + 7 + own)))
}

fn number(bytes: &[u8], at: usize) -> Option<Vec<u8>> {
    let number = run(bytes, at, LONGEST);
    (12..=LONGEST).contains(&number.len()).then_some(number)
}

/// Year and month of expiry and the service code stand here.
fn dated(bytes: &[u8], at: usize) -> Option<()> {
    let digits = run(bytes, at, 7);
    let month = digits.get(2)? * 10 + digits.get(3)?;
    let service = digits.get(4)?;
    let known = matches!(service, 1 | 2 | 5 | 6 | 7 | 9);
    (digits.len() >= 7 && (1..=12).contains(&month) && known).then_some(())
}

/// Takes the end sentinel along.
fn end(bytes: &[u8], at: usize) -> usize {
    at + usize::from(bytes.get(at) == Some(&b'?'))
}
