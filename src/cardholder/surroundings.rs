//! What stands around a number: what it is glued to, and what card numbers have beside them.

use std::ops::Range;

use super::digits::before;
use super::issuers::SHORTEST;
use super::naming::line_start;
use super::phrases::{Meaning, Phrases, Spoken};
use super::row::is_kept_with_date;
use super::sign::sign;
use super::tokens::Tokens;

/// How far a run of hexadecimal digits is followed to either side.
const HEX: usize = 32;
/// How far before and after a number what belongs to it is looked for, in bytes.
const BESIDE: usize = 96;
/// How long a UUID is as it is written.
const UUID: usize = 36;
/// How many signs may stand between a word and its value.
const SIGNS: usize = 8;

/// What a run of digits is glued to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Glue {
    /// Nothing.
    Free,
    /// It is a part of something else: a fraction, a digest, an account number.
    Part,
    /// A letter follows.
    After,
    /// Other digits stand before it, with one sign between, or a `+` as before a telephone number.
    Joined,
}

/// On which sides of a number something counts that stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sides {
    /// On both.
    Both,
    /// After it only: before it stand the values of other keys.
    After,
}

/// Returns what a run of digits is glued to.
pub(super) fn glue(bytes: &[u8], at: usize, end: usize) -> Glue {
    // The boundaries of parts of mail are a number between rows of these.
    let ruled = bytes
        .get(..at)
        .is_some_and(|before| before.ends_with(b"==="));
    if ruled || is_fraction(bytes, at, end) || is_hex(bytes, at, end) || is_iban(bytes, at) {
        return Glue::Part;
    }
    let after = bytes.get(end).copied();
    let previous = at.checked_sub(1).and_then(|last| before(bytes, last));
    match before(bytes, at) {
        Some(b'+') if !previous.is_some_and(|byte| byte.is_ascii_alphanumeric()) => Glue::Joined,
        Some(b'-') if previous.is_some_and(|byte| byte.is_ascii_digit()) => Glue::Joined,
        _ if after.is_some_and(|byte| byte.is_ascii_alphabetic()) => Glue::After,
        _ => Glue::Free,
    }
}

/// Digits on one side of a decimal point are part of a fraction; those before `.0` are a whole
/// number that a program took for one.
fn is_fraction(bytes: &[u8], at: usize, end: usize) -> bool {
    let digit = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(u8::is_ascii_digit)
    };
    let point_before = before(bytes, at) == Some(b'.') && digit(at.checked_sub(2));
    if point_before {
        return true;
    }
    let rest = bytes.get(end..).unwrap_or_default();
    let zeros = rest
        .iter()
        .skip(1)
        .take_while(|byte| **byte == b'0')
        .count();
    let whole = (1..=2).contains(&zeros) && !digit(Some(end + 1 + zeros));
    rest.first() == Some(&b'.') && digit(Some(end + 1)) && !whole
}

/// Digits among at least as many hexadecimal ones, some of them letters, are of a UUID or digest.
fn is_hex(bytes: &[u8], at: usize, end: usize) -> bool {
    let of_hex = |byte: &&u8| byte.is_ascii_hexdigit() || **byte == b'-';
    let left = bytes.get(at.saturating_sub(HEX)..at).unwrap_or_default();
    let left = left.iter().rev().take_while(of_hex);
    let right = bytes.get(end..).unwrap_or_default();
    let right = right.iter().take(HEX).take_while(of_hex);
    let (mut around, mut letters) = (0, 0);
    for byte in left.chain(right) {
        around += 1;
        letters += usize::from(byte.is_ascii_alphabetic());
    }
    around >= 12 && letters > 0
}

/// Digits after a country, two check digits and perhaps a bank's letters are of an IBAN.
fn is_iban(bytes: &[u8], at: usize) -> bool {
    let head = bytes.get(at.saturating_sub(9)..at).unwrap_or_default();
    let run = head
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric());
    let run = run.count();
    match head.get(head.len() - run..) {
        Some([country @ .., a, b, c, d]) if run == 8 => {
            is_country(country) && [a, b, c, d].iter().all(|byte| byte.is_ascii_uppercase())
        }
        Some(country) => is_country(country),
        None => false,
    }
}

/// Tells whether digits in groups are of a UUID: 8, 4, 4, 4 and 12 hexadecimal digits.
pub(super) fn is_uuid(bytes: &[u8], at: usize) -> bool {
    let of = |byte: &&u8| byte.is_ascii_hexdigit() || **byte == b'-';
    let head = bytes.get(at.saturating_sub(UUID)..at).unwrap_or_default();
    let before = head.iter().rev().take_while(of).count();
    let run = bytes.get(at - before.min(at)..).unwrap_or_default();
    let run = run.get(..UUID + 1).unwrap_or(run);
    let length = run.iter().take_while(of).count();
    let dash = |place: usize| run.get(place) == Some(&b'-');
    length == UUID && [8, 13, 18, 23].into_iter().all(dash)
}

/// Two letters of a country and two check digits.
fn is_country(bytes: &[u8]) -> bool {
    matches!(bytes, [a, b, c, d] if a.is_ascii_uppercase() && b.is_ascii_uppercase()
        && c.is_ascii_digit() && d.is_ascii_digit())
}

/// Returns where something stands, on the line of a number, that card numbers have beside them: a
/// date to which the card is valid, its code, its brand, its holder.
pub(super) fn beside(
    phrases: &Phrases,
    bytes: &[u8],
    at: usize,
    end: usize,
    sides: Sides,
) -> Option<Range<usize>> {
    if dated(bytes, end) || is_kept_with_date(bytes, at, end) {
        return Some(end..end);
    }
    let stop = bytes.len().min(end + BESIDE);
    let after = bytes.get(end..stop)?;
    let stop = after
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(stop, |newline| end + newline);
    // What stands within the line on both sides, the nearer side first.
    said(phrases, bytes, end..stop, sides).or_else(|| match sides {
        Sides::Both => said(phrases, bytes, line_start(bytes, at, BESIDE)..at, sides),
        Sides::After => None,
    })
}

/// Tells whether another number on the line is called a card's: `order=1, card=4111...`.
pub(super) fn other_card(phrases: &Phrases, bytes: &[u8], at: usize, end: usize) -> bool {
    let stop = bytes.len().min(end + BESIDE);
    let after = bytes.get(end..stop).unwrap_or_default();
    let stop = memchr::memchr(b'\n', after).map_or(stop, |newline| end + newline);
    let has_number = |spoken: Spoken| {
        let start = value(bytes, spoken.end);
        let digits = bytes.get(start..).unwrap_or_default().iter();
        let digits = digits
            .take(SHORTEST)
            .filter(|byte| byte.is_ascii_digit() || b"*xX#".contains(byte));
        let signs = bytes.get(spoken.end..start).unwrap_or_default();
        let assigned = signs.iter().any(|byte| !byte.is_ascii_whitespace());
        let hidden = memchr::memmem::find(signs, b"***").is_some();
        matches!(spoken.meaning, Meaning::Card | Meaning::Account)
            && assigned
            && start != at
            && (hidden || digits.count() >= 8)
    };
    let says = |range: Range<usize>| {
        let tokens = Tokens::of(bytes, range);
        let tokens = tokens.as_slice();
        (1..=tokens.len())
            .filter_map(|count| phrases.ending(tokens.get(..count)?))
            .any(has_number)
    };
    says(end..stop) || says(line_start(bytes, at, BESIDE)..at)
}

/// Returns where a range says something that card numbers have beside them.
fn said(
    phrases: &Phrases,
    bytes: &[u8],
    range: Range<usize>,
    sides: Sides,
) -> Option<Range<usize>> {
    let counts = |spoken: &Spoken| match spoken.meaning {
        Meaning::Beside => true,
        Meaning::Expiry => has_date(bytes, spoken.end),
        Meaning::CardCode => has_code(bytes, spoken.end, sides),
        _ => false,
    };
    let tokens = Tokens::of(bytes, range.clone());
    let tokens = tokens.as_slice();
    let mut found = (1..=tokens.len())
        .filter_map(|count| phrases.ending(tokens.get(..count)?))
        .find(counts);
    if found.is_none() {
        phrases.in_other_scripts(bytes, range, |spoken| {
            if counts(&spoken) {
                found.get_or_insert(spoken);
            }
        });
    }
    found.map(|spoken| spoken.start..spoken.end)
}

/// Returns where the value of a word begins: after signs.
fn value(bytes: &[u8], at: usize) -> usize {
    let mut at = at;
    for _ in 0..SIGNS {
        match sign(bytes, at) {
            Some(next) if !next.is.is_alphanumeric() && next.is != '\n' => at += next.length,
            _ => break,
        }
    }
    at
}

/// Tells whether a month or a date to the month follows, and no longer number.
fn has_date(bytes: &[u8], at: usize) -> bool {
    let start = value(bytes, at);
    let text = bytes.get(start..).unwrap_or_default();
    let text = text.get(..16).unwrap_or(text);
    let run = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = text.get(run..).unwrap_or_default();
    match run {
        1..=2 | 4 | 6 => !matches!(rest.first(), Some(b'.' | b':')),
        _ => false,
    }
}

/// Tells whether three or four digits follow, or a mask for them.
fn has_code(bytes: &[u8], at: usize, sides: Sides) -> bool {
    let start = value(bytes, at);
    let text = bytes.get(start..).unwrap_or_default();
    let run = text
        .iter()
        .take(5)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    // Where the code is masked, a number of another key would be too, were it a card's.
    (3..=4).contains(&run)
        || sides == Sides::Both
            && bytes
                .get(at..start)
                .is_some_and(|signs| signs.windows(3).any(|part| part == b"***"))
}

/// Tells whether a date to the month follows a number at once: `12/27`, or `|12|2027|123`.
fn dated(bytes: &[u8], end: usize) -> bool {
    let rest = bytes.get(end..).unwrap_or_default();
    let signs = rest
        .iter()
        .take(4)
        .take_while(|byte| b" ,;|:\t/'\"".contains(byte))
        .count();
    let rest = rest.get(signs..).unwrap_or_default();
    let [tens @ b'0'..=b'1', ones @ b'0'..=b'9', between, rest @ ..] = rest else {
        return false;
    };
    let month = (tens - b'0') * 10 + (ones - b'0');
    let years = rest
        .iter()
        .take(5)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let next = rest.get(years).copied();
    let year = matches!(
        rest.get(..years),
        Some([b'2' | b'3', _] | [b'2', b'0', b'2' | b'3', _])
    );
    let ends = !next
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == *between && *between != b'|');
    signs > 0 && (1..=12).contains(&month) && matches!(between, b'/' | b'|') && year && ends
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cardholder::Rules;

    #[test]
    fn digits_are_a_part_of_what_they_are_glued_to() {
        let n = "4539777777777775";
        for (before, after, expected) in [
            ("", "", Glue::Free),
            ("pan=", "&x", Glue::Free),
            ("0.", "", Glue::Part),
            ("", ".25", Glue::Part),
            ("", ".0", Glue::Free),
            ("", ".00,", Glue::Free),
            ("", ".05", Glue::Part),
            ("paid ", ". Then", Glue::Free),
            ("3f2a9c1e", "9b0c", Glue::Part),
            ("550e8400-e29b-41d4-", "", Glue::Part),
            ("DE89", "", Glue::Part),
            ("boundary=\"=====", "==\"", Glue::Part),
            ("GB29NWBK", "", Glue::Part),
            ("+", "", Glue::Joined),
            ("card+", "", Glue::Free),
            ("2024-", "", Glue::Joined),
            ("", "EUR", Glue::After),
        ] {
            let text = format!("{before}{n}{after}");
            let found = glue(text.as_bytes(), before.len(), before.len() + n.len());
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn what_card_numbers_have_beside_them_is_seen() {
        let n = "4539777777777775";
        for (before, after, expected) in [
            ("", " 12/27", true),
            ("", "|12|2027|123", true),
            ("('", "', '12/27')", true),
            ("", ",1/2", false),
            ("", " 13/27", false),
            ("", ",\"exp\":\"1227\"", true),
            ("", ",\"exp\":1718000000", false),
            ("", "&exp_month=12", true),
            ("expiry: 2027-12 ", "", true),
            ("", ", cvv: 123", true),
            ("", ", cvv: ***", true),
            ("", ", cvv check passed", false),
            ("VISA ", "", true),
            ("", ",\"holder_name\":\"J\"", true),
            ("", " 有効期限:12/27", true),
            ("", " then\nexp=1227", false),
            ("a ", " b", false),
        ] {
            let text = format!("{before}{n}{after}");
            let phrases = &Rules::built_in().phrases;
            let end = before.len() + n.len();
            let found = beside(phrases, text.as_bytes(), before.len(), end, Sides::Both);
            assert_eq!(found.is_some(), expected, "{text}");
        }
    }
}
