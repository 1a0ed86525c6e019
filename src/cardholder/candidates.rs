//! The places of a block at which account data may begin, 64 at a time.
//!
//! It lets through more than there is, and never less: what a place holds is decided byte by byte,
//! and a test holds the two together. Here is only what bits can tell: how long runs of digits
//! are, what stands between them, and whether a label is near.

#![expect(
    clippy::indexing_slicing,
    reason = "arrays of fixed size; loops run over their indices, which lets them be vectors"
)]
#![expect(
    clippy::inline_always,
    reason = "the code is compiled once for each set of vector instructions"
)]

use std::ops::{BitAnd, BitOr, Not};

use super::classes::{Bits, CLASSIFIED, Masks, WORDS};
use super::places::{connected, spread};

/// The places of a block. The first word is one before it, and empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidates {
    /// Digits begin here that may be a number: a match begins here, or with a sentinel before.
    pub(super) runs: Bits,
    /// Digits begin here of which a part may be a number, or that may be a part of a match: one
    /// begins here, up to [`BEFORE`] bytes before or up to [`ESCAPE`] after.
    pub(super) parts: Bits,
    /// After twelve digits or more something may follow here that belongs to them.
    pub(super) tails: Bits,
    /// The last four digits of a number's first group begin here: a match begins here, or up to
    /// [`GROUP`] bytes before.
    pub(super) groups: Bits,
    /// A match may begin here.
    pub(super) places: Bits,
    /// A value begins here that a label tells.
    pub(super) values: Bits,
    /// Here a gap stands before pairs of digits with gaps between, as dumps print them.
    pub(super) pairs: Bits,
    /// A text in base64 or hexadecimal digits may begin here: at the first of enough letters,
    /// or after a slash.
    pub(super) encoded: Bits,
}

/// How far before the digits of a track its sentinel and format code stand, as they are or escaped.
pub(super) const BEFORE: usize = 10;
/// How far before the last four digits of a group the number begins, with its sentinel.
pub(super) const GROUP: usize = 12;
/// How far digits go on that are an escape's, before those of a number.
pub(super) const ESCAPE: usize = 6;
/// The sizes of first groups: those of all layouts.
pub(super) const FIRST: [i32; 4] = [4, 5, 6, 8];
/// How far before a candidate of any kind a match may begin.
pub(super) const AROUND: usize = 40;
/// How far after it.
pub(super) const AFTER: usize = 16;

impl Candidates {
    /// Returns no places.
    pub(super) fn new() -> Box<Self> {
        Box::new(Self {
            runs: [0; CLASSIFIED],
            parts: [0; CLASSIFIED],
            tails: [0; CLASSIFIED],
            groups: [0; CLASSIFIED],
            places: [0; CLASSIFIED],
            values: [0; CLASSIFIED],
            pairs: [0; CLASSIFIED],
            encoded: [0; CLASSIFIED],
        })
    }

    /// Returns every place that has to be looked at. That digests stand where texts are encoded is
    /// known only later.
    pub(super) fn all(&self) -> Bits {
        let mut all = [0; CLASSIFIED];
        for (word, all) in all.iter_mut().enumerate() {
            let numbers = self.runs[word] | self.parts[word] | self.groups[word];
            *all = numbers | self.places[word] | self.values[word];
        }
        all
    }
}

/// Some words in a row, on which the processor works at once.
pub(super) trait Lanes:
    Copy + BitAnd<Output = Self> + BitOr<Output = Self> + Not<Output = Self>
{
    /// How many words; [`WORDS`] is a multiple.
    const COUNT: usize;

    /// Takes the words that begin at a place.
    fn load(bits: &Bits, word: usize) -> Self;
    /// Puts the words to a place.
    fn store(self, bits: &mut Bits, word: usize);
    /// Moves the bits of each word to lower places.
    fn lower(self, by: u32) -> Self;
    /// Moves the bits of each word to higher places.
    fn higher(self, by: u32) -> Self;
}

/// One word, as every processor has it.
impl Lanes for u64 {
    const COUNT: usize = 1;

    #[inline(always)]
    fn load(bits: &Bits, word: usize) -> Self {
        bits[word]
    }

    #[inline(always)]
    fn store(self, bits: &mut Bits, word: usize) {
        bits[word] = self;
    }

    #[inline(always)]
    fn lower(self, by: u32) -> Self {
        self >> by
    }

    #[inline(always)]
    fn higher(self, by: u32) -> Self {
        self << by
    }
}

/// Returns the bits that stand so many places further on, or before if that is negative.
#[inline(always)]
fn look<L: Lanes>(bits: &Bits, word: usize, by: i32) -> L {
    let here = L::load(bits, word);
    let places = by.unsigned_abs();
    match by {
        0 => here,
        1.. => here.lower(places) | L::load(bits, word + 1).higher(64 - places),
        ..0 => here.higher(places) | L::load(bits, word - 1).lower(64 - places),
    }
}

/// Returns where letters stand so many places further on, or before.
#[inline(always)]
fn letter<L: Lanes>(masks: &Masks, word: usize, by: i32) -> L {
    let other = look::<L>(&masks.gap, word, by) | look(&masks.digit, word, by);
    look::<L>(&masks.base64, word, by) & !other
}

/// Works out the bits of a block. It is a macro because closures are compiled for every processor,
/// wherever they stand.
macro_rules! each {
    ($lanes:ident, |$word:ident| $of:expr) => {{
        let mut bits: Bits = [0; CLASSIFIED];
        for $word in (1..=WORDS).step_by($lanes::COUNT) {
            let worked_out: $lanes = $of;
            worked_out.store(&mut bits, $word);
        }
        bits
    }};
}

/// Returns where one of the bits stands and another so many places further on.
#[inline(always)]
fn both<L: Lanes>(bits: &Bits, by: i32) -> Bits {
    let mut found = each!(L, |word| L::load(bits, word) & look(bits, word, by));
    found[0] = bits[0] & look::<u64>(bits, 0, by);
    found[WORDS + 1] = bits[WORDS + 1] & (bits[WORDS + 1] >> by);
    found
}

/// Returns where two, four and eight of the bits in a row begin.
#[inline(always)]
fn rows<L: Lanes>(bits: &Bits) -> [Bits; 3] {
    let two = both::<L>(bits, 1);
    let four = both::<L>(&two, 2);
    let eight = both::<L>(&four, 4);
    [two, four, eight]
}

/// What is known of digits and of what stands near them.
struct Known {
    two: Bits,
    four: Bits,
    eight: Bits,
    /// Where digits begin.
    begins: Bits,
    /// An escape begins up to five bytes before.
    beyond: Bits,
}

/// Works the places out from the classes of the bytes.
#[inline(always)]
pub(super) fn candidates<L: Lanes>(masks: &Masks, found: &mut Candidates) {
    let at = look::<L>;
    let [two, four, eight] = rows::<L>(&masks.digit);
    let Masks { digit, percent, .. } = masks;
    let known = Known {
        two,
        four,
        eight,
        begins: each!(L, |word| at(digit, word, 0) & !at(digit, word, -1)),
        beyond: each!(L, |word| {
            let near = at(percent, word, -1) | at(percent, word, -2) | at(percent, word, -3);
            near | at(percent, word, -4) | at(percent, word, -5)
        }),
    };
    for word in (1..=WORDS).step_by(L::COUNT) {
        runs::<L>(masks, &known, word, found);
        groups::<L>(masks, &known, word, found);
    }
    encoded::<L>(masks, found);
    around::<L>(masks, &known, found);
}

/// Works out where digits begin that may be a number in one run.
#[inline(always)]
fn runs<L: Lanes>(masks: &Masks, known: &Known, word: usize, found: &mut Candidates) {
    let at = look::<L>;
    let Masks {
        digit, gap, mask, ..
    } = masks;
    let Known {
        two, four, eight, ..
    } = known;

    // No more digits than a number has, and no times; or something stands before them that may be
    // a part.
    let twelve = at(eight, word, 0) & at(four, word, 8);
    let sixteen = at(four, word, 12);
    let thirteen = at(digit, word, 12) & !at(digit, word, 13);
    let nineteen = at(two, word, 16) & at(digit, word, 18) & !at(digit, word, 19);
    let usual = thirteen | (sixteen & (!at(digit, word, 16) | nineteen));
    let leads = at(&masks.lead, word, 0) | at(&masks.second, word, 1);
    let number = !at(eight, word, 12) & (leads | !usual);
    let part = at(&known.beyond, word, 0)
        | at(mask, word, -1)
        | letter::<L>(masks, word, -1)
        | (at(gap, word, -1) & at(gap, word, -4));
    let run = at(&known.begins, word, 0) & twelve;
    (run & number).store(&mut found.runs, word);
    (run & part).store(&mut found.parts, word);

    // Where twelve digits end, and what follows may belong to them.
    let before = at(four, word, -12) & at(four, word, -8) & at(four, word, -4);
    let escape = at(&masks.escape, word, 0);
    let escapes = letter::<L>(masks, word, 1)
        | at(digit, word, 1)
        | at(&masks.escape, word, 1)
        | at(mask, word, 1);
    let goes_on = at(mask, word, 0)
        | at(&masks.track, word, 0)
        | at(&masks.caret, word, 0)
        | at(&masks.high, word, 0)
        | (at(&masks.dot, word, 0) & at(&masks.dot, word, 1))
        | (escape & escapes);
    (before & goes_on).store(&mut found.tails, word);
}

/// Works out where the last four digits of a first group begin, another group, and what follows
/// that in a card's layout; or four digits with more between them and the next than one byte.
#[inline(always)]
fn groups<L: Lanes>(masks: &Masks, known: &Known, word: usize, found: &mut Candidates) {
    let at = look::<L>;
    let Masks {
        digit, gap, high, ..
    } = masks;
    let Known {
        two,
        four,
        eight,
        begins,
        beyond,
    } = known;
    let gap_after = at(gap, word, 4);
    let mut sized = at(beyond, word, 0) | at(beyond, word, -5);
    for digits in FIRST {
        sized = sized | at(begins, word, 4 - digits);
    }
    let last = at(four, word, 0) & !at(digit, word, 4) & sized;
    let third = at(gap, word, 8)
        | at(gap, word, 9)
        | (at(gap, word, 10) & at(digit, word, 11))
        | (at(gap, word, 11) & at(digit, word, 12))
        | at(eight, word, 5);
    let three = at(digit, word, 7) & third;
    let pair = at(gap, word, 7) & at(four, word, 8);
    let grouped = gap_after & at(two, word, 5) & (three | pair);
    let odd = at(&masks.escape, word, 4) | at(high, word, 4);
    let apart = odd | (gap_after & (at(gap, word, 5) | at(high, word, 5)));
    (last & (grouped | apart)).store(&mut found.groups, word);
}

/// Works out where texts may begin that are encoded.
#[inline(always)]
fn encoded<L: Lanes>(masks: &Masks, found: &mut Candidates) {
    let at = look::<L>;
    let Masks { base64, slash, .. } = masks;
    let [two, _, eight] = rows::<L>(base64);
    for word in (1..=WORDS).step_by(L::COUNT) {
        let sixteen = at(&eight, word, 0) & at(&eight, word, 8);
        let first = !at(base64, word, -1) | at(slash, word, -1);
        let letters = sixteen & at(&two, word, 16) & first;
        letters.store(&mut found.encoded, word);
    }
}

/// Works out the places around what may be in the middle of a match: masks beside digits, tracks
/// (digits, `=` or `D`, the date), the filling of a clear PIN block, and digits that are escapes
/// themselves: `%34`, `\\u0034`, `&#52;`, and `#4` of ISO-2022-JP. Also pairs of digits as dumps
/// print them.
#[inline(always)]
fn around<L: Lanes>(masks: &Masks, known: &Known, found: &mut Candidates) {
    let at = look::<L>;
    let Masks {
        digit,
        gap,
        escape,
        mask,
        letter_f,
        dot,
        high,
        ..
    } = masks;
    let Known { four, beyond, .. } = known;
    let mut around = [0; CLASSIFIED];
    let mut masked_digits = [0; CLASSIFIED];
    let mut any_around = L::load(&around, 0);
    for word in (1..=WORDS).step_by(L::COUNT) {
        let alone = at(four, word, 1) | (at(four, word, -4) & at(digit, word, 1));
        let beside = at(digit, word, -1)
            | at(digit, word, 1)
            | at(high, word, -1)
            | at(high, word, 1)
            | at(escape, word, 1)
            | (at(gap, word, -1) & at(digit, word, -2))
            | (at(gap, word, 1) & at(digit, word, 2))
            | at(beyond, word, 0)
            | at(beyond, word, -5)
            | at(escape, word, -6)
            | at(escape, word, -10);
        let several =
            at(mask, word, 1) | at(mask, word, 2) | at(mask, word, -1) | at(mask, word, -2);
        let masked = (at(&masks.star, word, 0) & alone) | (at(mask, word, 0) & beside & several);
        let before = at(four, word, -12) & at(four, word, -8) & at(four, word, -4);
        let track = at(&masks.track, word, 0) & before & at(four, word, 1);
        let filling = at(letter_f, word, 0)
            & at(letter_f, word, 1)
            & at(letter_f, word, 2)
            & at(four, word, -4);
        let left_out = at(dot, word, 0) & at(dot, word, 1) & at(dot, word, 2) & at(digit, word, -1);
        let pairs = at(gap, word, 0) & at(gap, word, 3) & at(gap, word, 6) & at(gap, word, 9);
        let escaped = at(escape, word, 0)
            & ((at(escape, word, 3) & at(escape, word, 6) & at(escape, word, 9))
                | (at(escape, word, 5) & at(escape, word, 10))
                | (at(escape, word, 6) & at(escape, word, 12)));
        let any = track | filling | escaped;
        any.store(&mut around, word);
        let hidden = masked | left_out;
        hidden.store(&mut masked_digits, word);
        any_around = any_around | any | hidden;
        pairs.store(&mut found.pairs, word);
    }
    found.places = [0; CLASSIFIED];
    let mut any = [0; CLASSIFIED];
    any_around.store(&mut any, 0);
    if any.iter().any(|word| *word != 0) {
        connected(masks, &masked_digits, &mut found.places);
        spread(&around, &mut found.places);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cardholder::Rules;

    #[test]
    fn the_first_groups_of_all_layouts_are_looked_for() {
        for size in 0..20 {
            let looked_for = FIRST
                .iter()
                .any(|first| usize::try_from(*first) == Ok(size));
            let begins = Rules::built_in().layouts.begins(size);
            assert!(looked_for || !begins, "{size}");
        }
    }
}
