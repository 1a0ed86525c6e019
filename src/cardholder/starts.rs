//! Where in a text another one begins that is written in another alphabet.

use std::ops::Range;

use super::candidates::Candidates;
use super::classes::{Bits, CLASSIFIED, Masks};
use super::encoding::{Encoding, SIGNS, is_printable, value};
use super::lines::Position;

/// How much of a run that holds nothing is passed over before it is looked at again.
const AGAIN: usize = 1024;
/// How far into a run a slash may stand after which another one begins.
const BETWEEN: usize = 128;
/// How many bytes with a NUL after each are a text: labels and codes are shorter than numbers.
pub(super) const WIDE: usize = 6;

/// Where a text begins inside of another, and how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Start {
    pub(super) at: Position,
    pub(super) encoding: Encoding,
}

/// Bytes at hand, and what is known of a block of them.
#[derive(Clone, Copy)]
pub(super) struct Block<'b> {
    pub(super) kept: &'b [u8],
    /// Where the block begins, 64 bytes after the first bit.
    pub(super) start: usize,
    pub(super) masks: &'b Masks,
    pub(super) candidates: &'b Candidates,
}

/// Calls with every start in a range of the bytes of a block, in no order; `began` tells where the
/// letters begin that stand right before the range, in bytes after its beginning. Returns that of
/// those before its end.
pub(super) fn starts(
    block: Block<'_>,
    range: Range<usize>,
    began: isize,
    found: &mut impl FnMut(usize, Encoding),
) -> isize {
    let Block {
        kept,
        start,
        masks,
        candidates,
    } = block;
    each(&candidates.encoded, start, &range, |at| {
        if let Some((at, encoding)) = letters(kept, at) {
            found(at, encoding);
        }
    });
    if masks.nul.iter().any(|word| *word != 0) {
        each(&wide(&masks.nul), start, &range, |at| {
            let text = kept.get(at..at + 2 * WIDE);
            if text.is_some_and(|text| text.iter().step_by(2).copied().all(is_printable)) {
                found(at, Encoding::Wide);
            }
        });
    }
    let long = (8..CLASSIFIED).step_by(8);
    let mut long = long.filter_map(|word| masks.base64.get(word));
    if began < -AGAIN_LEAST || long.any(|word| *word == u64::MAX) {
        again(block, &range, began, found);
    }
    trailing(&masks.base64, start, &range, began)
}

/// How long letters have to go on before a block, at least, to be looked at again within the first
/// 512 bytes of it, in which no word is looked at.
const AGAIN_LEAST: isize = 512;

/// Calls with each place in a range that has its bit.
fn each(bits: &Bits, start: usize, range: &Range<usize>, mut with: impl FnMut(usize)) {
    for (word, bits) in bits.iter().enumerate() {
        let mut left = *bits;
        while left != 0 {
            let place = (start + word * 64 + left.trailing_zeros() as usize).saturating_sub(64);
            left &= left - 1;
            if range.contains(&place) {
                with(place);
            }
        }
    }
}

/// Returns where letters hold something that begin at a place, or after what an escape before it
/// takes, or after a slash as paths have it.
fn letters(kept: &[u8], at: usize) -> Option<(usize, Encoding)> {
    let of = |at: usize| Encoding::of(kept.get(at..)?).map(|encoding| (at, encoding));
    let before = at.checked_sub(1).and_then(|before| kept.get(before));
    match (before, kept.get(at)) {
        (Some(b'/'), _) => of(at).filter(|_| {
            let near = kept.get(at.saturating_sub(BETWEEN)..at);
            let begins = near.is_none_or(|near| near.iter().any(|byte| value(*byte) >= SIGNS));
            begins || at < BETWEEN
        }),
        (Some(b'\\'), Some(b'n' | b'r' | b't')) => of(at + 1),
        (Some(b'%'), _) => of(at + 2),
        _ => of(at),
    }
}

/// Returns where bytes begin that have a NUL after each.
fn wide(nul: &Bits) -> Bits {
    let mut found = [0; CLASSIFIED];
    for (word, found) in found.iter_mut().enumerate() {
        let of = |word: usize| u128::from(nul.get(word).copied().unwrap_or(0));
        let bits = of(word) | of(word + 1) << 64;
        let pairs = (0..WIDE).fold(!bits, |all, pair| all & bits >> (2 * pair + 1));
        [*found, _] = super::classes::halves(pairs);
    }
    found
}

/// Looks at long runs of letters every now and then, because text may follow what is none.
fn again(
    block: Block<'_>,
    range: &Range<usize>,
    began: isize,
    found: &mut impl FnMut(usize, Encoding),
) {
    let mut run = began;
    let mut at = range.start;
    let first = block.start;
    while at < range.end {
        let bit = at + 64 - first;
        let bits = block.masks.base64.get(bit / 64).copied().unwrap_or(0) >> (bit % 64);
        let ones = (bits.trailing_ones() as usize).min(64 - bit % 64);
        let ended = ones < 64 - bit % 64;
        let passed = |at: usize| (at - range.start).cast_signed() - run;
        // Letters up to the end of the word: one of them may be the one.
        let next = passed(at)
            .cast_unsigned()
            .next_multiple_of(AGAIN)
            .max(AGAIN);
        let place = at + (next.cast_signed() - passed(at)).cast_unsigned();
        if place < (at + ones).min(range.end)
            && let Some(encoding) = Encoding::of(block.kept.get(place..).unwrap_or_default())
        {
            found(place, encoding);
        }
        at += ones;
        if ended {
            let zeros = (bits >> ones).trailing_zeros() as usize;
            at += zeros.min(64 - bit % 64 - ones);
            run = (at - range.start).cast_signed();
        }
    }
}

/// Returns where the letters begin that stand right before the end of a range.
fn trailing(base64: &Bits, start: usize, range: &Range<usize>, began: isize) -> isize {
    let mut end = range.end;
    while end > range.start {
        let bit = end + 63 - start;
        let bits = base64.get(bit / 64).copied().unwrap_or(0) << (63 - bit % 64);
        let ones = (bits.leading_ones() as usize).min(bit % 64 + 1);
        end = end.saturating_sub(ones);
        if ones < bit % 64 + 1 {
            break;
        }
    }
    let length = (range.end - range.start).cast_signed();
    match end > range.start {
        true => (end - range.start).cast_signed() - length,
        false => began - length,
    }
}

#[cfg(test)]
mod tests;
