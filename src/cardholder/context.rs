//! The words that decided about a match, without a digit.

use std::ops::Range;

use super::phrases::Phrases;
use super::sign::sign;

/// The most characters that are told.
const MOST: usize = 64;

/// Returns the text of a range, no longer than 64 characters. Digits, in whatever spelling, and
/// control characters are left out; what is not UTF-8 is told as `?`.
fn context(bytes: &[u8], range: Range<usize>) -> Option<Box<str>> {
    let mut text = String::new();
    let mut at = range.start;
    let mut count = 0;
    while at < range.end && count < MOST {
        let found = sign(bytes, at)?;
        at += found.length;
        let shown = match found.is {
            is if found.digit().is_some() || is.is_numeric() => continue,
            is if is.is_control() || is.is_whitespace() => ' ',
            is if found.length == 1 && !is.is_ascii() => '?',
            is => is,
        };
        if shown == ' ' && (text.is_empty() || text.ends_with(' ')) {
            continue;
        }
        text.push(shown);
        count += 1;
    }
    let text = text.trim_end();
    (!text.is_empty()).then(|| text.into())
}

/// Returns the text of a phrase of the lists, or of a range that holds none of another script.
pub(super) fn told(
    phrases: &Phrases,
    other: Option<usize>,
    bytes: &[u8],
    range: Range<usize>,
) -> Option<Box<str>> {
    match other.and_then(|other| phrases.text(other)) {
        Some(text) => context(text.as_bytes(), 0..text.len()),
        None => context(bytes, range),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_has_no_digits() {
        for (text, expected) in [
            ("cardNumber", Some("cardNumber")),
            ("cvv2", Some("cvv")),
            ("card 4111 no", Some("card no")),
            (
                "\u{ff14}\u{30ab}\u{30fc}\u{30c9}",
                Some("\u{30ab}\u{30fc}\u{30c9}"),
            ),
            ("a%34b\\u0034c", Some("abc")),
            ("1", None),
            ("", None),
        ] {
            assert_eq!(context(text.as_bytes(), 0..text.len()).as_deref(), expected);
        }
        assert_eq!(
            context(b"a\xff\x00b", 0..4).as_deref(),
            Some("a\u{ff}b").map(|_| "a? b")
        );
        let long = "x".repeat(100);
        assert_eq!(
            context(long.as_bytes(), 0..100).map(|text| text.len()),
            Some(64)
        );
    }
}
