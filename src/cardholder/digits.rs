//! Digits in bytes.

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

/// Returns the digits that stand at `at` in one run, as numbers; no more than `most` and one.
pub(super) fn run(bytes: &[u8], at: usize, most: usize) -> Vec<u8> {
    bytes
        .get(at..)
        .unwrap_or_default()
        .iter()
        .take(most + 1)
        .map_while(|byte| byte.is_ascii_digit().then(|| byte - b'0'))
        .collect()
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
