//! Masks card numbers and secrets in every text that evidence holds.
//!
//! Evidence never holds what the checks guard. Text of exports reaches messages, and a card
//! number in a resource's name or tag would come along. This is the last line, not the scanner.

use std::borrow::Cow;

use crate::cardholder::card_numbers;
use crate::source::conceal;

/// Returns the text with every secret that can be told by its form masked, and every card number but
/// for its last four digits.
pub(crate) fn redact(text: &str) -> Cow<'_, str> {
    let text = conceal(text);
    let numbers = card_numbers(text.as_bytes());
    if numbers.is_empty() {
        return text;
    }
    let mut masked = text.into_owned().into_bytes();
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
