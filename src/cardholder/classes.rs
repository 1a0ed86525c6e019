//! Classes of bytes, told for 64 bytes at a time: one bit for each byte.
//!
//! A class is a product of high and low halves of a byte, so that two small tables tell eight
//! classes of many bytes at once. The vector code in `simd` and the code here give the same bits.

#![expect(
    clippy::indexing_slicing,
    reason = "arrays of fixed size; loops run over their indices, which lets them be vectors"
)]

use super::foreign::{Foreign, is_latin};
use super::rules::Rules;
use super::sequences::{ROWS, Sequences};

/// The words of a block: 64 bytes each.
pub(super) const WORDS: usize = 64;
/// The bytes of a block.
pub(super) const BLOCK: usize = WORDS * 64;
/// The words that are classified: one before the block and one after it are there to look at.
pub(super) const CLASSIFIED: usize = WORDS + 2;
/// The bytes that classifying reads: a sequence that begins in the last word ends after it.
pub(super) const READ: usize = CLASSIFIED * 64 + 64;

/// How many bytes in a row tell that a label may be near.
pub(super) const LENGTH: usize = 4;

/// A bit for each byte of what is classified.
pub(super) type Bits = [u64; CLASSIFIED];

/// How many tables tell classes.
pub(super) const TABLES: usize = 3;

/// Eight classes: a byte is in class `c` if bit `c` is set for both of its halves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) low: [u8; 16],
    pub(super) high: [u8; 16],
}

impl Table {
    /// Adds to a class all bytes whose high half is in one set and whose low half is in another;
    /// bit `n` of a set stands for the half `n`.
    pub(super) fn add(&mut self, class: u8, high: u16, low: u16) {
        for (halves, set) in [(&mut self.high, high), (&mut self.low, low)] {
            for (half, bits) in (0..16).zip(halves) {
                if set >> half & 1 == 1 {
                    *bits |= 1 << class;
                }
            }
        }
    }

    /// Returns the classes of a byte.
    pub(super) fn of(&self, byte: u8) -> u8 {
        let low = self.low.get(usize::from(byte & 15)).copied();
        let high = self.high.get(usize::from(byte >> 4)).copied();
        low.unwrap_or(0) & high.unwrap_or(0)
    }

    /// Returns the classes of every byte.
    fn whole(&self) -> [u8; 256] {
        let mut whole = [0; 256];
        for (byte, classes) in (0..=u8::MAX).zip(&mut whole) {
            *classes = self.of(byte);
        }
        whole
    }
}

/// The escape character of ASCII.
pub(super) const ESCAPE: u8 = 0x1b;

/// Bits of the first table.
pub(super) mod first {
    /// ASCII digits with which numbers of 13, 16 or 19 digits begin, but for `1`: times in
    /// milliseconds, microseconds and nanoseconds begin with it.
    pub(in crate::cardholder) const LEAD: u8 = 1;
    /// ASCII digits.
    pub(in crate::cardholder) const DIGIT: u8 = LEAD | 1 << 1;
    /// `%` and `\\`.
    pub(in crate::cardholder) const PERCENT: u8 = 1 << 2 | 1 << 3;
    /// `%`, `&` and `\\`, which begin escapes.
    pub(in crate::cardholder) const ESCAPE: u8 = PERCENT | 1 << 4;
    /// `*` and `#`.
    pub(in crate::cardholder) const STAR: u8 = 1 << 5;
    /// `*`, `#`, `x` and `X`, which mask digits.
    pub(in crate::cardholder) const MASK: u8 = STAR | 1 << 6;
    /// `F` and `f`.
    pub(in crate::cardholder) const LETTER_F: u8 = 1 << 7;
}

/// Bits of the second table.
pub(super) mod second {
    /// `/`.
    pub(in crate::cardholder) const SLASH: u8 = 1;
    /// `-`, `.` and `_`, which stand for what is left out.
    pub(in crate::cardholder) const DOT: u8 = 1 << 1;
    /// The alphabets of base64, but for digits.
    pub(in crate::cardholder) const BASE64: u8 = 0b0011_1100;
    /// `=`, `D` and `d`, after which a track goes on.
    pub(in crate::cardholder) const TRACK: u8 = 1 << 6 | 1 << 7;
}

/// Bits of the third table.
pub(super) mod third {
    /// What stands between groups of digits in one byte: space, `+`, `-`, `.`, `/`, `_`, `:`, and a
    /// no-break space in Latin-1.
    pub(in crate::cardholder) const GAP: u8 = 0b0000_1111;
    /// The end of a line.
    pub(in crate::cardholder) const NEWLINE: u8 = 1 << 4;
    /// NUL.
    pub(in crate::cardholder) const NUL: u8 = 1 << 5;
    /// `^`, after which a track goes on.
    pub(in crate::cardholder) const CARET: u8 = 1 << 6;
    /// ASCII digits that follow a `1` in such numbers.
    pub(in crate::cardholder) const SECOND: u8 = 1 << 7;
}

/// What bytes are told apart by.
#[derive(Debug, Clone)]
pub(super) struct Classes {
    pub(super) tables: [Table; TABLES],
    /// Bytes in a row that labels have.
    pub(super) labels: Sequences,
    /// Labels beyond ASCII.
    pub(super) foreign: Foreign,
    whole: Box<Whole>,
}

/// The tables, byte by byte.
#[derive(Debug, Clone)]
struct Whole {
    tables: [[u8; 256]; TABLES],
    labels: [[[u8; 256]; LENGTH]; ROWS],
}

impl Classes {
    /// Makes the classes that the rules ask for.
    pub(super) fn new(rules: &Rules) -> Self {
        let set = |halves: &[u8]| halves.iter().fold(0_u16, |set, half| set | 1 << half);
        let table = |classes: [(&[u8], &[u8]); 8]| {
            let mut table = Table::default();
            for (class, (high, low)) in (0..8).zip(classes) {
                table.add(class, set(high), set(low));
            }
            table
        };
        let leads = |digit: &u8| *digit != 1 && rules.issuers.leads(&[*digit]);
        let (lead, other): (Vec<u8>, Vec<u8>) = (0..10).partition(leads);
        let follows = |digit: &u8| rules.issuers.leads(&[1, *digit]);
        let second: Vec<u8> = (0..10).filter(follows).collect();
        let one = table([
            (&[3], &lead),
            (&[3], &other),
            (&[2], &[5]),
            (&[5], &[0xc]),
            (&[2], &[6]),
            (&[2], &[3, 0xa]),
            (&[5, 7], &[8]),
            (&[4, 6], &[6]),
        ]);
        let two = table([
            (&[2], &[0xf]),
            (&[2, 5], &[0xd, 0xe, 0xf]),
            (
                &[4, 6],
                &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
            ),
            (&[5, 7], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
            (&[2], &[0xb, 0xd, 0xf]),
            (&[5], &[0xf]),
            (&[4, 6], &[4]),
            (&[3], &[0xd]),
        ]);
        let three = table([
            (&[2], &[0, 0xb, 0xd, 0xe, 0xf]),
            (&[3], &[0xa]),
            (&[5], &[0xf]),
            (&[0xa], &[0]),
            (&[0], &[0xa]),
            (&[0], &[0]),
            (&[5], &[0xe]),
            (&[3], &second),
        ]);
        let latin = rules.labels().iter().filter(|label| is_latin(label));
        let labels = Sequences::new(latin.map(Vec::as_slice));
        let whole = Box::new(Whole {
            tables: [one.whole(), two.whole(), three.whole()],
            labels: labels
                .tables
                .each_ref()
                .map(|row| row.each_ref().map(Table::whole)),
        });
        Self {
            tables: [one, two, three],
            labels,
            foreign: Foreign::new(rules.labels()),
            whole,
        }
    }
}

/// Where each class of bytes stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Masks {
    pub(super) digit: Bits,
    /// Digits with which numbers of the usual lengths begin.
    pub(super) lead: Bits,
    /// Digits that follow a `1` in such numbers.
    pub(super) second: Bits,
    pub(super) gap: Bits,
    pub(super) escape: Bits,
    /// Escapes but `&`.
    pub(super) percent: Bits,
    pub(super) mask: Bits,
    /// Masks but letters.
    pub(super) star: Bits,
    pub(super) track: Bits,
    pub(super) letter_f: Bits,
    pub(super) base64: Bits,
    pub(super) dot: Bits,
    pub(super) caret: Bits,
    pub(super) slash: Bits,
    /// Where lines end.
    pub(super) newline: Bits,
    pub(super) nul: Bits,
    /// Bytes beyond ASCII, and the escape character, with which ISO-2022-JP begins to be.
    pub(super) high: Bits,
    /// Where a sequence of a label begins.
    pub(super) label: Bits,
}

impl Masks {
    /// Returns no bits at all.
    pub(super) fn new() -> Box<Self> {
        const NONE: Bits = [0; CLASSIFIED];
        Box::new(Self {
            digit: NONE,
            lead: NONE,
            second: NONE,
            gap: NONE,
            escape: NONE,
            percent: NONE,
            mask: NONE,
            star: NONE,
            caret: NONE,
            track: NONE,
            letter_f: NONE,
            base64: NONE,
            dot: NONE,
            slash: NONE,
            newline: NONE,
            nul: NONE,
            high: NONE,
            label: NONE,
        })
    }
}

/// Tells the classes of bytes without vectors: eight bytes at a time.
pub(super) fn classify(classes: &Classes, bytes: &[u8; READ], masks: &mut Masks) {
    let of = |table: &[u8; 256], byte: u8| table.get(usize::from(byte)).copied().unwrap_or(0);
    for word in 0..CLASSIFIED {
        let mut columns = [[0_u64; 8]; TABLES];
        let (mut label, mut high) = (0_u64, 0_u64);
        for eight in 0..8 {
            let at = word * 64 + eight * 8;
            let Some(window) = bytes.get(at..).and_then(<[u8]>::first_chunk::<11>) else {
                continue;
            };
            let mut told = [[0_u8; 8]; TABLES];
            let mut labels = 0_u64;
            for place in 0..8 {
                for (told, table) in told.iter_mut().zip(&classes.whole.tables) {
                    told[place] = of(table, window[place]);
                }
                let sequence = classes.whole.labels.iter().fold(0, |any, row| {
                    let places = row.iter().zip(&window[place..]);
                    any | places.fold(u8::MAX, |all, (table, byte)| all & of(table, *byte))
                });
                labels |= u64::from(sequence != 0) << place;
            }
            let shift = eight * 8;
            for (columns, classes) in columns.iter_mut().zip(told) {
                let of_eight = transposed(u64::from_le_bytes(classes)).to_le_bytes();
                for (column, eight) in columns.iter_mut().zip(of_eight) {
                    *column |= u64::from(eight) << shift;
                }
            }
            let (here, _) = window.split_at(8);
            let here = here.first_chunk().copied().unwrap_or_default();
            high |= (transposed(u64::from_le_bytes(here)) >> 56) << shift;
            for (place, byte) in here.iter().enumerate() {
                high |= u64::from(*byte == ESCAPE) << (shift + place);
            }
            label |= labels << shift;
        }
        let any = |columns: &[u64; 8], bits: u8| {
            let columns = columns.iter().enumerate();
            columns
                .filter(|(column, _)| bits >> column & 1 == 1)
                .fold(0, |any, (_, column)| any | column)
        };
        let [one, two, three] = &columns;
        masks.digit[word] = any(one, first::DIGIT);
        masks.lead[word] = any(one, first::LEAD);
        masks.escape[word] = any(one, first::ESCAPE);
        masks.percent[word] = any(one, first::PERCENT);
        masks.mask[word] = any(one, first::MASK);
        masks.star[word] = any(one, first::STAR);
        masks.letter_f[word] = any(one, first::LETTER_F);
        masks.track[word] = any(two, second::TRACK);
        masks.base64[word] = any(two, second::BASE64) | masks.digit[word];
        masks.dot[word] = any(two, second::DOT);
        masks.slash[word] = any(two, second::SLASH);
        masks.gap[word] = any(three, third::GAP);
        masks.newline[word] = any(three, third::NEWLINE);
        masks.nul[word] = any(three, third::NUL);
        masks.caret[word] = any(three, third::CARET);
        masks.second[word] = any(three, third::SECOND);
        masks.high[word] = high;
        masks.label[word] = label;
    }
}

/// Returns the lower and the higher bits.
#[expect(
    clippy::cast_possible_truncation,
    reason = "each half is what is wanted"
)]
pub(super) fn halves(bits: u128) -> [u64; 2] {
    [bits as u64, (bits >> 64) as u64]
}

/// Transposes 8 by 8 bits: byte `i` of the result has bit `i` of each byte (Warren, Hacker's
/// Delight, 7-3).
fn transposed(mut bits: u64) -> u64 {
    for (shift, mask) in [
        (7, 0x00aa_00aa_00aa_00aa_u64),
        (14, 0x0000_cccc_0000_cccc),
        (28, 0x0000_0000_f0f0_f0f0),
    ] {
        let swapped = (bits ^ (bits >> shift)) & mask;
        bits ^= swapped ^ (swapped << shift);
    }
    bits
}
