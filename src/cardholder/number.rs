//! Card numbers: plain, in groups as cards print them, and those of which too much is shown.

use super::digits::{before, is_word, luhn, run};
use super::rules::Rules;
use super::words::Called;
use super::{Confidence, Kind, Masked, Match};

/// The longest number.
const LONGEST: usize = 19;
/// How far a run of hexadecimal digits is followed to either side.
const HEX: usize = 32;

/// A number and its form.
struct Number {
    digits: Vec<u8>,
    /// How many bytes it takes.
    length: usize,
    form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// In one run.
    Plain,
    /// In groups.
    Printed,
    /// In groups, with more of them before or after: a table of numbers.
    Among,
}

/// Returns the number that begins at `at`, which no digit precedes.
pub(super) fn pan(rules: &Rules, bytes: &[u8], at: usize) -> Option<Match> {
    let number = printed(bytes, at).or_else(|| plain(bytes, at))?;
    let count = number.digits.len();
    let issuer = rules.issuer(&number.digits, count)?;
    if !luhn(&number.digits) {
        return None;
    }
    let letter = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphabetic());
    let glued = letter(before(bytes, at)) || letter(bytes.get(at + number.length).copied());
    let called = rules.words.called(bytes, at);
    let confidence = match (called, number.form) {
        _ if rules.is_test(&number.digits) => Confidence::Test,
        // Account ids have twelve digits, and cards hardly ever: only a word makes one of them.
        (called, _) if count == 12 && called != Called::Card => return None,
        (Called::Other, _) | (_, Form::Among) => Confidence::Possible,
        _ if glued => Confidence::Possible,
        (Called::Card, _) | (_, Form::Printed) => Confidence::Confirmed,
        (Called::Nothing, Form::Plain) => Confidence::Possible,
    };
    Some(Match {
        issuer: Some(issuer.clone()),
        masked: Some(Masked::new(&number.digits)),
        ..Match::new(Kind::Pan, confidence, at, number.length)
    })
}

/// Reads digits in one run of 12 to 19.
fn plain(bytes: &[u8], at: usize) -> Option<Number> {
    let digits = run(bytes, at, LONGEST);
    let length = digits.len();
    if !(12..=LONGEST).contains(&length)
        || is_fraction(bytes, at, length)
        || is_hex(bytes, at, length)
    {
        return None;
    }
    Some(Number {
        digits,
        length,
        form: Form::Plain,
    })
}

/// Digits on one side of a decimal point are part of a fraction.
fn is_fraction(bytes: &[u8], at: usize, length: usize) -> bool {
    let digit = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(u8::is_ascii_digit)
    };
    let point_before = before(bytes, at) == Some(b'.') && digit(at.checked_sub(2));
    let point_after = bytes.get(at + length) == Some(&b'.') && digit(Some(at + length + 1));
    point_before || point_after
}

/// Digits among at least as many hexadecimal ones, some of them letters, are of a UUID or digest.
fn is_hex(bytes: &[u8], at: usize, length: usize) -> bool {
    let of_hex = |byte: &&u8| byte.is_ascii_hexdigit() || **byte == b'-';
    let left = bytes.get(at.saturating_sub(HEX)..at).unwrap_or_default();
    let left: Vec<&u8> = left.iter().rev().take_while(of_hex).collect();
    let right = bytes.get(at + length..).unwrap_or_default();
    let right: Vec<&u8> = right.iter().take(HEX).take_while(of_hex).collect();
    let around = left.len() + right.len();
    around >= 12
        && left
            .iter()
            .chain(&right)
            .any(|byte| byte.is_ascii_alphabetic())
}

/// Reads groups of digits with the same separator between, as cards print them.
fn printed(bytes: &[u8], at: usize) -> Option<Number> {
    let mut digits = run(bytes, at, 4);
    if digits.len() != 4 {
        return None;
    }
    let separator = *bytes
        .get(at + 4)
        .filter(|byte| matches!(byte, b' ' | b'-'))?;
    let mut groups = vec![4];
    let mut end = at + 4;
    while groups.len() < 5 && bytes.get(end) == Some(&separator) {
        let group = run(bytes, end + 1, 6);
        if group.is_empty() || group.len() > 6 {
            break;
        }
        end += 1 + group.len();
        groups.push(group.len());
        digits.extend(group);
    }
    let layout = |groups: &[usize]| match groups {
        [4, 6, 4 | 5] => true,
        [4, 4, 4, last] => *last <= 4,
        [4, 4, 4, 4, last] => *last <= 3,
        _ => false,
    };
    // The longest layout that is a card's; what follows it are other numbers.
    while !layout(&groups) {
        let last = groups.pop().filter(|_| !groups.is_empty())?;
        digits.truncate(digits.len() - last);
        end -= last + 1;
    }
    let more_before = before(bytes, at) == Some(separator)
        && at
            .checked_sub(2)
            .and_then(|at| bytes.get(at))
            .is_some_and(u8::is_ascii_digit);
    let more_after =
        bytes.get(end) == Some(&separator) && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
    if bytes.get(end).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    Some(Number {
        digits,
        length: end - at,
        form: if more_before || more_after {
            Form::Among
        } else {
            Form::Printed
        },
    })
}

/// Returns the masked number that begins at `at` and shows more than a display may.
pub(super) fn display(rules: &Rules, bytes: &[u8], at: usize) -> Option<Match> {
    if is_word(before(bytes, at)) {
        return None;
    }
    let mut masked = 0;
    let (mut leading, mut trailing) = (Vec::new(), Vec::new());
    let mut end = at;
    loop {
        let rest = bytes.get(end..).unwrap_or_default();
        match rest {
            [byte, ..] if byte.is_ascii_digit() => {
                let digits = if masked == 0 {
                    &mut leading
                } else {
                    &mut trailing
                };
                digits.push(byte - b'0');
                end += 1;
            }
            _ if mask(rest) > 0 && trailing.is_empty() => {
                masked += 1;
                end += mask(rest);
            }
            [b' ' | b'-', next @ ..]
                if mask(next) > 0 && trailing.is_empty()
                    || next.first().is_some_and(u8::is_ascii_digit) =>
            {
                end += 1;
            }
            _ => break,
        }
        if leading.len() + masked + trailing.len() > LONGEST {
            return None;
        }
    }
    let count = leading.len() + masked + trailing.len();
    let too_much =
        leading.len() > rules.most_shown.leading || trailing.len() > rules.most_shown.trailing;
    if masked < 2
        || leading.len() < 4
        || count < 13
        || !too_much
        || is_word(bytes.get(end).copied())
    {
        return None;
    }
    let issuer = rules.issuer(&leading, count)?;
    let confidence = match rules.words.called(bytes, at) {
        Called::Card | Called::Nothing => Confidence::Confirmed,
        Called::Other => Confidence::Possible,
    };
    let hidden = std::iter::repeat_n(u8::MAX, masked);
    let shown: Vec<u8> = leading.into_iter().chain(hidden).chain(trailing).collect();
    Some(Match {
        issuer: Some(issuer.clone()),
        masked: Some(Masked::new(&shown)),
        ..Match::new(Kind::Display, confidence, at, end - at)
    })
}

/// Returns how many bytes the mask for one digit takes, if one stands there.
fn mask(bytes: &[u8]) -> usize {
    match bytes {
        [b'*' | b'x' | b'X' | b'#', ..] => 1,
        [0xe2, 0x80, 0xa2, ..] | [0xe2, 0x97, 0x8f, ..] => 3,
        _ => 0,
    }
}
