//! Digits of a number, and bytes beside them.

use super::issuers::LONGEST;

/// The digits of a number, as numbers, on the stack: 19 at most.
#[derive(Clone, Copy, Default)]
pub(super) struct Digits {
    digits: [u8; LONGEST],
    count: usize,
}

impl Digits {
    /// Adds a digit; returns false, and adds nothing, when there are 19 already.
    pub(super) fn push(&mut self, digit: u8) -> bool {
        match self.digits.get_mut(self.count) {
            Some(place) => {
                *place = digit;
                self.count += 1;
                true
            }
            None => false,
        }
    }

    /// Returns the first digits alone.
    pub(super) fn first(mut self, count: usize) -> Self {
        self.count = self.count.min(count);
        self
    }

    /// Returns the digits.
    pub(super) fn as_slice(&self) -> &[u8] {
        self.digits.get(..self.count).unwrap_or_default()
    }

    /// Returns how many there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }
}

/// Tells whether digits, as numbers, end in their check digit (ISO/IEC 7812-1, annex B).
pub(super) fn luhn(digits: &[u8]) -> bool {
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

/// Returns how many ASCII digits stand at `at` in one run; no more than `most` and one.
pub(super) fn run(bytes: &[u8], at: usize, most: usize) -> usize {
    bytes
        .get(at..)
        .unwrap_or_default()
        .iter()
        .take(most + 1)
        .take_while(|byte| byte.is_ascii_digit())
        .count()
}

/// Returns the byte before a place.
pub(super) fn before(bytes: &[u8], at: usize) -> Option<u8> {
    at.checked_sub(1)
        .and_then(|before| bytes.get(before))
        .copied()
}

/// Tells whether there is a digit, letter or `_` in the byte.
pub(super) fn is_word(byte: Option<u8>) -> bool {
    byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
