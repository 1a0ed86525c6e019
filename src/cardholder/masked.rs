//! A card number of which no more is told than may be shown.

use std::fmt;
use std::ops::Range;

use super::Match;
use super::plain::card_numbers;

/// The shortest number of which first digits are told: with fewer hidden digits between, the rest
/// could be worked out from the Luhn digit.
const TELLS_FIRST: usize = 13;

/// A number with its first six and last four digits at most.
///
/// ```
/// use evidence_workbook::cardholder::{Rules, scan};
///
/// let found = scan(Rules::built_in(), b"card: 4111 1111 1111 1111");
/// let masked = found[0].masked.as_ref().expect("a card number is shown masked");
/// assert_eq!(masked.to_string(), "411111******1111");
/// assert_eq!(masked.last_four(), "1111");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Masked(Box<str>);

impl Masked {
    /// Masks a number given by its digits, each 0 to 9; anything above is a digit that is not
    /// known and stays masked.
    pub(super) fn new(digits: &[u8]) -> Self {
        let count = digits.len();
        let leading = if count >= TELLS_FIRST { 6 } else { 0 };
        let shown = digits.iter().enumerate().map(|(index, digit)| {
            let told = index < leading || index + 4 >= count;
            match digit {
                0..=9 if told => char::from(b'0' + digit),
                _ => '*',
            }
        });
        Self(shown.collect())
    }

    /// Returns the last four digits; a digit that is not known is `*`.
    #[must_use]
    pub fn last_four(&self) -> &str {
        self.0
            .get(self.0.len().saturating_sub(4)..)
            .unwrap_or_default()
    }
}

impl fmt::Display for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Masked({self})")
    }
}

/// Returns a name with every digit of what was found in it masked, but for the last four of a
/// number.
pub(crate) fn masked_name(name: &str, found: &[Match]) -> String {
    let covered = |at: usize| {
        found.iter().find_map(|one| {
            let start = usize::try_from(one.offset).ok()?;
            (start..start + one.length)
                .contains(&at)
                .then_some((one, start))
        })
    };
    let told = |at: usize| {
        covered(at).is_none_or(|(one, start)| {
            let rest = name.get(at..start + one.length).unwrap_or_default();
            let left = rest.chars().filter(|sign| sign.is_alphanumeric()).count();
            one.kind.has_number() && left <= 4
        })
    };
    let masked = name
        .char_indices()
        .map(|(at, sign)| match sign.is_alphanumeric() && !told(at) {
            true => '*',
            false => sign,
        })
        .collect::<String>();
    // What is no card number by its surroundings, and looks like one without them, would be
    // refused by whoever reads a report.
    without_numbers(masked)
}

/// Returns a text with the card numbers masked that are such beyond reasonable doubt, but for the
/// last four digits of each. Account ids, times and digests stay as they are.
pub(crate) fn without_numbers(text: String) -> String {
    let places = card_numbers(text.as_bytes());
    without(text, &places)
}

/// Returns the text with the digits masked that stand in the places, but for the last four of each.
fn without(text: String, places: &[Range<usize>]) -> String {
    if places.is_empty() {
        return text;
    }
    let hidden = |at: usize| {
        let place = places.iter().find(|place| place.contains(&at));
        place.is_some_and(|place| {
            let rest = text.get(at..place.end).unwrap_or_default();
            rest.bytes().filter(u8::is_ascii_digit).count() > 4
        })
    };
    text.char_indices()
        .map(|(at, sign)| match sign.is_ascii_digit() && hidden(at) {
            true => '*',
            false => sign,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_told_than_the_first_six_and_the_last_four() {
        let digits = |text: &str| -> Vec<u8> { text.bytes().map(|byte| byte - b'0').collect() };
        for (number, shown) in [
            ("4111111111111111", "411111******1111"),
            ("6205500000000000004", "620550*********0004"),
            ("4222222222222", "422222***2222"),
            ("501800000009", "********0009"),
            ("12", "12"),
            ("", ""),
        ] {
            assert_eq!(Masked::new(&digits(number)).to_string(), shown, "{number}");
        }
        let hidden = [
            4, 1, 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 1, 1,
        ];
        let masked = Masked::new(&hidden);
        assert_eq!(masked.to_string(), "411**********111");
        assert_eq!(masked.last_four(), "*111");
        assert_eq!(format!("{masked:?}"), "Masked(411**********111)");
    }
}
