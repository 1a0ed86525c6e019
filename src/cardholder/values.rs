//! Candidates that few blocks have: values after a label, and digits and masks beyond ASCII. They are
//! looked for one by one.

use super::candidates::Candidates;
use super::classes::{Bits, CLASSIFIED, Classes, Masks, READ, halves};
use super::labelled::{FAR, NEAR, opens};
use super::look::goes_on;

/// How far after the bytes that tell of a label its value may begin: the rest of the label, and
/// [`NEAR`].
const REACH: usize = NEAR + REST;
/// The rest of a label, with what begins an object after it.
const REST: usize = 96;

/// How many digits in a row are looked back at: of more than these, none are a number's.
const LONGEST: usize = 64;

/// Adds where values may begin that a label tells; `reached` says how far into the bytes of a block values may begin that a label before it tells. Returns how far
/// those of this block reach, counted from its first byte too.
pub(super) fn labelled(
    classes: &Classes,
    bytes: &[u8; READ],
    masks: &Masks,
    reached: usize,
    found: &mut Candidates,
) -> usize {
    found.values = [0; CLASSIFIED];
    reachable(masks, 0..reached, found);
    let mut furthest = reached;
    for (word, bits) in masks.label.iter().enumerate() {
        let mut left = *bits;
        while left != 0 {
            let bit = left.trailing_zeros();
            left &= left - 1;
            let at = word * 64 + bit as usize;
            let four = bytes.get(at..).and_then(<[u8]>::first_chunk);
            if four.is_some_and(|four| classes.labels.confirm(*four)) {
                let reach = reach(bytes, at);
                reachable(masks, at + 1..at + 1 + reach, found);
                furthest = furthest.max(at + 1 + reach);
            }
        }
    }
    let beyond = |word: &u64| *word != 0;
    let mut word = 0;
    while let Some(next) = masks.high.iter().skip(word).position(beyond) {
        // Such labels have a byte that is no letter of ASCII in every 64.
        let first = (word + next).saturating_sub(1).max(word);
        let more = masks
            .high
            .iter()
            .skip(word + next)
            .take_while(|word| beyond(word));
        word = (word + next + more.count() + 1).min(CLASSIFIED);
        let text = bytes.get(first * 64..word * 64).unwrap_or_default();
        for at in classes.foreign.find(text) {
            let at = first * 64 + at;
            let reach = reach(bytes, at);
            reachable(masks, at + 1..at + 1 + reach, found);
            furthest = furthest.max(at + 1 + reach);
        }
    }
    furthest
}

/// Returns how far after the bytes that tell of a label its value may begin.
fn reach(bytes: &[u8; READ], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    match rest.len() < REST || opens(rest, REST) {
        true => FAR + REST,
        false => REACH,
    }
}

/// Adds where values may begin, whether a label is near or not: in a table, only columns have names.
pub(super) fn everywhere(masks: &Masks, found: &mut Candidates) {
    reachable(masks, 0..READ, found);
}

/// Adds where values may begin at some places, which a label tells.
fn reachable(masks: &Masks, places: std::ops::Range<usize>, found: &mut Candidates) {
    for (word, values) in found.values.iter_mut().enumerate() {
        let first = word * 64;
        if first < places.end && places.start < first + 64 && !places.is_empty() {
            let from = places.start.saturating_sub(first);
            let until = (places.end - first).min(64);
            let bits = (u64::MAX << from) & (u64::MAX >> (64 - until));
            *values |= starts(masks, word) & bits;
        }
    }
}

/// Returns where digits, letters and what follows an escape begin in a word, if enough of them follow:
/// three digits of a code, or sixteen of a PIN block; or the first is no sign of ASCII.
fn starts(masks: &Masks, word: usize) -> u64 {
    let of = |bits: &Bits, word: usize| bits.get(word).copied().unwrap_or(0);
    let after = |bits: &Bits, by: u32| {
        let before = word.checked_sub(1).map_or(0, |before| of(bits, before));
        of(bits, word) << by | before >> (64 - by)
    };
    // Where so many in a row begin.
    let row = |bits: &Bits, steps: &[u32]| {
        let both = u128::from(of(bits, word)) | u128::from(of(bits, word + 1)) << 64;
        let [row, _] = halves(steps.iter().fold(both, |row, step| row & row >> step));
        row
    };
    let here = |bits: &Bits| of(bits, word);
    let digit = here(&masks.digit);
    let escaped =
        (3..=6).fold(0, |any, by| any | after(&masks.escape, by)) | after(&masks.track, 3);
    let begins = (digit & !after(&masks.digit, 1))
        | (here(&masks.base64) & (!after(&masks.base64, 1) | after(&masks.gap, 1)))
        | ((digit | here(&masks.base64)) & escaped);
    let enough = row(&masks.digit, &[1, 1]) | row(&masks.base64, &[1, 2, 4, 8]);
    here(&masks.escape) | here(&masks.high) | here(&masks.star) | (begins & enough)
}

/// Adds where digits begin that something after them may belong to.
pub(super) fn followed(bytes: &[u8; READ], masks: &Masks, found: &mut Candidates) {
    for word in 0..CLASSIFIED {
        let mut left = found.tails.get(word).copied().unwrap_or(0);
        while left != 0 {
            let end = word * 64 + left.trailing_zeros() as usize;
            left &= left - 1;
            if !goes_on(bytes.get(end..).unwrap_or_default()) {
                continue;
            }
            let before = bytes
                .get(end.saturating_sub(LONGEST)..end)
                .unwrap_or_default();
            let digits = before.iter().rev().take_while(|byte| byte.is_ascii_digit());
            let start = end - digits.count();
            let begins = masks.digit.get(start / 64).copied().unwrap_or(0) >> (start % 64) & 1;
            if let Some(parts) = found.parts.get_mut(start / 64) {
                *parts |= begins << (start % 64);
            }
        }
    }
}

/// Adds where the value of a chip's tag begins that a dump prints in pairs.
pub(super) fn paired(bytes: &[u8; READ], found: &mut Candidates) {
    for word in 0..CLASSIFIED {
        let mut left = found.pairs.get(word).copied().unwrap_or(0);
        while left != 0 {
            let bit = left.trailing_zeros();
            left &= left - 1;
            let at = word * 64 + bit as usize;
            let tag = at.checked_sub(5).and_then(|from| bytes.get(from..=at));
            // `57 13 ` and the value, with the same sign between.
            let Some(
                [
                    b'5' | b'6',
                    b'7' | b'A' | b'a' | b'B' | b'b',
                    one,
                    _,
                    _,
                    two,
                ],
            ) = tag
            else {
                continue;
            };
            let place = at + 1;
            if one == two
                && let Some(places) = found.places.get_mut(place / 64)
            {
                *places |= 1 << (place % 64);
            }
        }
    }
}

/// Adds where digits and masks beyond ASCII may begin: full-width digits in UTF-8, CP932, EUC
/// and Big5, and bullets.
pub(super) fn wide(bytes: &[u8; READ], masks: &Masks, found: &mut Candidates) {
    if masks.high.iter().all(|word| *word == 0) {
        return;
    }
    let mut add = |from: usize, to: usize| {
        for at in from..=to {
            if let Some(places) = found.places.get_mut(at / 64) {
                *places |= 1 << (at % 64);
            }
        }
    };
    let from = |at: usize| bytes.get(at..).unwrap_or_default();
    let block = bytes.get(..CLASSIFIED * 64).unwrap_or_default();
    let wide = memchr::memchr3_iter(0xef, 0x82, 0xa3, block);
    for at in wide.chain(memchr::memchr3_iter(0xa2, 0xd9, 0xdb, block)) {
        let step = digit(from(at));
        let before = at.checked_sub(step).map_or(0, |before| digit(from(before)));
        let row = |at: usize| step != 0 && digit(from(at)) == step;
        if before != step && row(at + step) && row(at + 2 * step) {
            add(at, at);
        }
    }
    for at in memchr::memchr3_iter(0xe2, 0xef, 0xc3, block) {
        let mask = |at: usize| {
            matches!(
                from(at),
                [0xe2, 0x80, 0xa2 | 0xa6, ..]
                    | [0xe2, 0x88, 0x97, ..]
                    | [0xe2, 0x97, 0x8b | 0x8f, ..]
                    | [0xe2, 0x96, 0x88 | 0xa0, ..]
                    | [0xe2, 0xac, 0xa4, ..]
                    | [0xef, 0xbc, 0x83 | 0x8a | 0xb8, ..]
                    | [0xc3, 0x97, ..]
            )
        };
        let beside =
            |at: Option<usize>| at.is_some_and(|at| bytes.get(at).is_some_and(u8::is_ascii_digit));
        if mask(at) && (mask(at + 3) || mask(at + 2) || beside(at.checked_sub(1))) {
            add(at.saturating_sub(40), at + 16);
        }
    }
}

/// Returns how many bytes the full-width digit takes that stands at the beginning, if one does.
fn digit(bytes: &[u8]) -> usize {
    match bytes {
        [0xef, 0xbc, 0x90..=0x99, ..] => 3,
        [0x82, 0x4f..=0x58, ..]
        | [0xa2, 0xaf..=0xb8, ..]
        | [0xa3 | 0xdb, 0xb0..=0xb9, ..]
        | [0xd9, 0xa0..=0xa9, ..] => 2,
        _ => 0,
    }
}
