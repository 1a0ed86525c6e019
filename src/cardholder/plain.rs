//! Card numbers beyond reasonable doubt, in texts of our own that must hold none: reports,
//! findings, evidence. It leaves account ids, UUIDs, timestamps and digests as they are, and is no
//! scanner: what it knows needs no context and no lists.

use std::ops::Range;

use super::digits::luhn;

/// Returns the places of card numbers: one group of digits, or groups as cards print them.
pub(crate) fn card_numbers(bytes: &[u8]) -> Vec<Range<usize>> {
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

/// Tells whether a text holds a card number, a published test number too.
pub(crate) fn holds_number(text: &str) -> bool {
    !card_numbers(text.as_bytes()).is_empty()
}
