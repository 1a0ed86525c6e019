//! One pass over a text: candidates are found block by block, and each is decided.

use super::Match;
use super::candidates::{AFTER, AROUND, BEFORE, ESCAPE, GROUP};
use super::classes::{BLOCK, Bits, READ};
use super::decide::at;
use super::digit_run::luhn;
use super::finder::{Finder, Instructions};
use super::lines::Lines;
use super::rules::Rules;

/// How far a text is decided.
pub(super) struct Pass<'r> {
    rules: &'r Rules,
    finder: Finder<'r>,
    lines: Lines,
    /// How many bytes came before those at hand.
    base: u64,
    /// The first of the bytes at hand that is not decided.
    next: usize,
}

impl<'r> Pass<'r> {
    /// Begins a pass.
    pub(super) fn new(rules: &'r Rules, instructions: Instructions) -> Self {
        Self {
            rules,
            finder: Finder::new(rules.classes(), instructions),
            lines: Lines::default(),
            base: 0,
            next: 0,
        }
    }

    /// Returns the first of the bytes at hand that is not decided.
    pub(super) fn next(&self) -> usize {
        self.next
    }

    /// Decides the places before `until`, all but a few of them if more bytes may come. Matches do
    /// not overlap: the first wins.
    pub(super) fn decide(
        &mut self,
        kept: &[u8],
        until: usize,
        end: End,
        found: &mut dyn FnMut(Match),
    ) {
        let left = match end {
            End::Piece => AROUND,
            End::Text => 0,
        };
        while self.next + left < until {
            self.block(kept, until, end, found);
        }
    }

    /// Lets go of the first of the bytes at hand; returns how many that makes in all.
    pub(super) fn let_go(&mut self, kept: &[u8], bytes: usize) -> u64 {
        count_lines(&mut self.lines, kept, self.base, bytes);
        self.next = self.next.saturating_sub(bytes);
        self.base += bytes as u64;
        self.base
    }

    /// Decides the places of one block, which ends at `until` or before.
    fn block(&mut self, kept: &[u8], until: usize, end: End, found: &mut dyn FnMut(Match)) {
        let Self {
            rules,
            base,
            next,
            lines,
            finder,
        } = self;
        let start = next.saturating_sub(AFTER);
        let stop = until.min(start + BLOCK);
        // What begins before the end of a block may be told by what comes after it.
        let limit = match end {
            End::Text if stop == until => until,
            End::Text | End::Piece => stop - AROUND.min(stop),
        };
        let mut copy;
        let block = match whole_block(kept, start) {
            Some(block) => block,
            None => {
                copy = [0; READ];
                copy_block(kept, start, &mut copy);
                &copy
            }
        };
        let (candidates, digits) = finder.find(block);
        let words = candidates.runs.iter().zip(&candidates.groups);
        let words = words.zip(&candidates.places).enumerate().skip(1);
        for (word, ((runs, groups), places)) in words {
            let mut left = runs | groups | places;
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                let place = start + (word - 1) * 64 + bit as usize;
                if place >= stop {
                    break;
                }
                let [run, group, here] = [runs, groups, places].map(|bits| bits >> bit & 1 == 1);
                let range = if run
                    && (here || may_be_number(rules, kept, place, length(digits, word, bit)))
                {
                    place.saturating_sub(BEFORE)..place + ESCAPE + 1
                } else if group && (here || may_be_grouped(rules, kept, place)) {
                    place.saturating_sub(GROUP)..place + 1
                } else if here {
                    place..place + 1
                } else {
                    continue;
                };
                for place in range.start.max(*next)..range.end.min(limit) {
                    if let Some(mut one) = at(rules, kept, place) {
                        *next = place + one.length.max(1);
                        count_lines(lines, kept, *base, place);
                        one.offset += *base;
                        (one.line, one.column) = lines.place(one.offset);
                        found(one);
                        break;
                    }
                }
            }
        }
        *next = limit.max(*next);
    }
}

/// Counts the lines that end before `until`.
fn count_lines(lines: &mut Lines, kept: &[u8], base: u64, until: usize) {
    let counted = usize::try_from(lines.counted().saturating_sub(base)).ok();
    let passed = counted.and_then(|counted| kept.get(counted..until));
    lines.count(passed.unwrap_or_default());
}

/// Where bytes end.
#[derive(Clone, Copy)]
pub(super) enum End {
    /// More may come.
    Piece,
    /// The text ends there.
    Text,
}

/// Returns the bytes of a block, with 64 before it, if all are there.
fn whole_block(kept: &[u8], start: usize) -> Option<&[u8; READ]> {
    kept.get(start.checked_sub(64)?..)?.first_chunk()
}

/// Copies what there is of the bytes of a block; the rest stays as it is.
fn copy_block(kept: &[u8], start: usize, into: &mut [u8; READ]) {
    let from = start.saturating_sub(64);
    let bytes = kept.get(from..).unwrap_or_default();
    let into = into.get_mut(64 + from - start..).unwrap_or_default();
    let count = into.len().min(bytes.len());
    if let (Some(into), Some(bytes)) = (into.get_mut(..count), bytes.get(..count)) {
        into.copy_from_slice(bytes);
    }
}

/// Returns how many digits begin at a bit of a word, up to 63.
fn length(digits: &Bits, word: usize, bit: u32) -> usize {
    let of = |word: usize| digits.get(word).copied().unwrap_or(0);
    let next = of(word + 1).checked_shl(64 - bit).unwrap_or(0);
    (of(word) >> bit | next).trailing_ones() as usize
}

/// Tells whether so many digits in a row need a closer look: they are of an issuer and have their
/// check digit, or something beside them says that the number is only a part of them.
fn may_be_number(rules: &Rules, bytes: &[u8], at: usize, digits: usize) -> bool {
    let end = at + digits;
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    let after = bytes.get(end..).unwrap_or_default();
    match (before, after) {
        (Some(b'%' | b'u' | b'U' | b'x' | b'X' | b'a' | b'A'), _)
        | (
            _,
            [
                b'*' | b'#' | b'x' | b'X' | b'=' | b'D' | b'd' | b'^' | b'&' | 0x80..,
                ..,
            ],
        )
        | (_, [b'.', b'.', ..] | [b'_', b'_', ..] | [b'-', b'-', ..])
        | (_, [b'%', b'3' | b'5', ..] | [b'\\', b'u' | b'x' | b'\\', ..]) => true,
        _ => {
            let lengths =
                leading(bytes, at).map_or(u8::MAX, |leading| rules.issuers.lengths(leading));
            let length = digits.wrapping_sub(12);
            length < 8 && lengths >> length & 1 == 1 && has_check_digit(bytes, end, digits)
        }
    }
}

/// Returns the four digits at a place as a number.
fn leading(bytes: &[u8], at: usize) -> Option<usize> {
    let [one, two, three, four] = bytes
        .get(at..)?
        .first_chunk()?
        .map(|byte| usize::from(byte & 15));
    Some(one * 1000 + two * 100 + three * 10 + four)
}

/// Tells whether 12 to 19 digits end in their check digit; near the beginning of a text that is
/// left to the closer look.
fn has_check_digit(bytes: &[u8], end: usize, digits: usize) -> bool {
    let text = end
        .checked_sub(24)
        .and_then(|from| bytes.get(from..)?.first_chunk());
    text.is_none_or(|text| luhn(text, digits))
}

/// Tells whether digits, the last four of a group, need a closer look.
fn may_be_grouped(rules: &Rules, bytes: &[u8], at: usize) -> bool {
    let before = bytes.get(at.saturating_sub(GROUP)..at).unwrap_or_default();
    let more = before
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let escaped = before.iter().any(|byte| matches!(byte, b'%' | b'\\'));
    escaped || leading(bytes, at - more).is_none_or(|leading| rules.issuers.lengths(leading) != 0)
}
