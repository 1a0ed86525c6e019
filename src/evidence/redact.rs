//! Masks card numbers in every text that evidence holds.
//!
//! Evidence never holds what the checks guard. Text of exports reaches messages, and a card
//! number in a resource's name or tag would come along. This is the last line, not the scanner:
//! it masks what is a card number beyond reasonable doubt, and leaves account ids, UUIDs,
//! timestamps and digests as they are.

use std::borrow::Cow;
use std::ops::Range;

/// Returns the text with every card number masked but for its last four digits.
pub(crate) fn redact(text: &str) -> Cow<'_, str> {
    let numbers = card_numbers(text.as_bytes());
    if numbers.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut masked = text.to_owned().into_bytes();
    for number in numbers {
        let mut shown = 4;
        for byte in masked.get_mut(number).into_iter().flatten().rev() {
            if byte.is_ascii_digit() {
                if shown == 0 {
                    *byte = b'*';
                }
                shown -= usize::from(shown > 0);
            }
        }
    }
    // Only ASCII digits were replaced, by an ASCII character.
    Cow::Owned(String::from_utf8_lossy(&masked).into_owned())
}

/// Returns the places of card numbers: one group of digits, or groups as cards print them.
fn card_numbers(bytes: &[u8]) -> Vec<Range<usize>> {
    let groups = digit_groups(bytes);
    let mut found = Vec::new();
    let mut first = 0;
    while let Some(start) = groups.get(first).map(|group| group.start) {
        let longest = (1..=5)
            .rev()
            .filter_map(|count| groups.get(first..first + count))
            .find(|window| is_card_number(bytes, window));
        match (longest, longest.and_then(|window| window.last())) {
            (Some(window), Some(last)) => {
                found.push(start..last.end);
                first += window.len();
            }
            _ => first += 1,
        }
    }
    found
}

/// Returns the runs of digits that no other letter or digit touches.
fn digit_groups(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut groups = Vec::new();
    let mut at = 0;
    for run in bytes.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()) {
        let range = at..at + run.len();
        at = range.end;
        let touched = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
        let before = range.start.checked_sub(1).and_then(|i| bytes.get(i));
        if run.first().is_some_and(u8::is_ascii_digit)
            && !touched(before)
            && !touched(bytes.get(range.end))
        {
            groups.push(range);
        }
    }
    groups
}

fn is_card_number(bytes: &[u8], window: &[Range<usize>]) -> bool {
    let separated = window
        .iter()
        .zip(window.iter().skip(1))
        .all(|(left, right)| {
            bytes
                .get(left.end..right.start)
                .is_some_and(|gap| matches!(gap, [b' ' | b'-' | b'.']))
        });
    let lengths: Vec<usize> = window.iter().map(Range::len).collect();
    let printed = match lengths.as_slice() {
        [_] | [4, 6, 4 | 5] => true,
        [leading @ .., last] => leading.iter().all(|len| *len == 4) && *last <= 4,
        [] => false,
    };
    let digits: Vec<u8> = window
        .iter()
        .filter_map(|group| bytes.get(group.clone()))
        .flatten()
        .map(|byte| byte - b'0')
        .collect();
    separated && printed && (13..=19).contains(&digits.len()) && issued(&digits) && luhn(&digits)
}

/// Tells whether an issuer's number begins so. Only 2221 to 2720 of the twos are issued, which
/// keeps timestamps apart.
fn issued(digits: &[u8]) -> bool {
    let leading = digits
        .iter()
        .take(4)
        .fold(0_u32, |sum, digit| sum * 10 + u32::from(*digit));
    matches!(leading, 2221..=2720 | 3000..=6999)
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(*digit)) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_numbers_keep_their_last_four_digits() {
        for (text, masked) in [
            ("4111111111111111", "************1111"),
            ("card 4111 1111 1111 1111.", "card **** **** **** 1111."),
            ("4111-1111-1111-1111", "****-****-****-1111"),
            (
                "statement_5555555555554444.csv",
                "statement_************4444.csv",
            ),
            ("amex 3782 822463 10005", "amex **** ****** *0005"),
            ("2223003122003222", "************3222"),
            ("12 4111111111111111 12/27", "12 ************1111 12/27"),
            ("é4111111111111111é", "é************1111é"),
            (
                "4111111111111111 and 5555555555554444",
                "************1111 and ************4444",
            ),
        ] {
            assert_eq!(redact(text), masked);
        }
    }

    #[test]
    fn ids_timestamps_and_digests_stay() {
        for text in [
            "arn:aws:ecs:eu-west-1:123456789012:cluster/pay",
            "411111111111",
            "550e8400-e29b-41d4-a716-446655440000",
            "12345678-1234-1234-1234-123456789012",
            "a4111111111111111",
            "4111111111111112",
            "20261122015008",
            "1763776208000",
            "41111111111111111111111111",
            "2026-11-22 01:50:08",
            "",
        ] {
            assert!(matches!(redact(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn masking_twice_changes_nothing() {
        let once = redact("4111 1111 1111 1111").into_owned();
        assert_eq!(redact(&once), once);
    }
}
