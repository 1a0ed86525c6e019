//! The places at which a match may begin whose middle was seen: a mask, an escape, a track.

#![expect(
    clippy::indexing_slicing,
    reason = "arrays of fixed size; loops run over their indices"
)]

use super::candidates::AROUND;
use super::classes::{Bits, Masks, halves};

/// Returns where digits, masks, escapes and bytes beyond ASCII begin in a word, and digits that an
/// escape may end before.
fn begins_token(masks: &Masks, word: usize) -> u64 {
    let after = |bits: &Bits, by: u32| {
        let before = word.checked_sub(1).map_or(0, |before| bits[before]);
        bits[word] << by | before >> (64 - by)
    };
    let begins = |bits: &Bits| bits[word] & !after(bits, 1);
    let escaped = (3..=6).fold(0, |any, by| any | after(&masks.escape, by));
    begins(&masks.digit)
        | (masks.digit[word] & escaped)
        | begins(&masks.mask)
        | masks.high[word]
        | masks.escape[word]
}

/// Adds where a number may begin that goes on to a mask: with nothing between but digits, masks and
/// gaps, in one byte or beyond ASCII or escaped.
pub(super) fn connected(masks: &Masks, masked: &Bits, places: &mut Bits) {
    let of = |bits: &Bits, word: usize| bits.get(word).copied().unwrap_or(0);
    // The bits before one, the nearest the highest.
    let before = |bits: &dyn Fn(usize) -> u64, at: usize| {
        let (word, bit) = (at / 64, at % 64);
        let further = word.checked_sub(1).map_or(0, bits);
        let both = u128::from(bits(word)) << 64 | u128::from(further);
        let [near, _] = halves(both >> bit);
        near
    };
    let within = |word: usize| {
        let gaps = of(&masks.gap, word) | of(&masks.dot, word);
        of(&masks.digit, word) | of(&masks.mask, word) | of(&masks.high, word) | gaps
    };
    let beyond = |word: usize| of(&masks.high, word) | of(&masks.escape, word);
    for (word, bits) in masked.iter().enumerate() {
        let mut left = *bits;
        while left != 0 {
            let at = word * 64 + left.trailing_zeros() as usize;
            left &= left - 1;
            let near = before(&within, at).leading_ones() as usize;
            let escapes = before(&beyond, at.saturating_sub(near)) >> (64 - LONGEST_ESCAPE) != 0;
            let far = match near < AROUND && !escapes {
                true => near,
                false => AROUND,
            };
            let from = at.saturating_sub(far);
            for (word, place) in (from / 64..=at / 64).zip([from % 64, 0]) {
                let bits = u64::MAX << place;
                let bits = match word == at / 64 {
                    true => bits & u64::MAX >> (63 - at % 64),
                    false => bits,
                };
                if let Some(places) = places.get_mut(word) {
                    *places |= bits & begins_token(masks, word);
                }
            }
        }
    }
}

/// The longest escape of a gap: `&amp;nbsp;`.
const LONGEST_ESCAPE: usize = 10;

/// Adds every place from [`AROUND`] before to [`AFTER`](super::candidates::AFTER) after those of `around`.
pub(super) fn spread(around: &Bits, places: &mut Bits) {
    for (word, bits) in around.iter().enumerate().filter(|(_, bits)| **bits != 0) {
        let mut before = u128::from(*bits) << 64;
        for by in [1, 2, 4, 8, 16, 9] {
            before |= before >> by;
        }
        let mut after = u128::from(*bits);
        for by in [1, 2, 4, 8, 1] {
            after |= after << by;
        }
        let [before, here] = halves(before);
        let [here_too, after] = halves(after);
        let words = [before, here | here_too, after];
        for (half, at) in words.into_iter().zip(word.wrapping_sub(1)..) {
            if let Some(places) = places.get_mut(at) {
                *places |= half;
            }
        }
    }
}
