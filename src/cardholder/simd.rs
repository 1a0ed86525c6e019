//! Candidates with the vector instructions of x86-64: AVX-512, or AVX2.
//!
//! The only `unsafe` code of the program: 64 bytes are classed at a time. On an AMD EPYC of the family
//! 1Ah (Zen 5), 210 MB of logs took 1.30 s of a processor with the portable code, 0.52 s with AVX2 and
//! 0.46 s with AVX-512, all rules on (`benches/instructions.rs`, while other programs ran). What it
//! does is load whole arrays into registers and call functions whose instructions the processor was
//! asked for; a test holds its results to those of the portable code, bit by bit.

#![expect(
    unsafe_code,
    reason = "vector instructions; each use says why it is sound"
)]
#![expect(
    clippy::indexing_slicing,
    reason = "arrays of fixed size; loops run over their indices"
)]

use std::arch::x86_64::{
    __m256i, __m512i, _mm_loadu_si128, _mm256_and_si256, _mm256_broadcastsi128_si256,
    _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
    _mm256_set1_epi64x, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_sllv_epi64,
    _mm256_srli_epi16, _mm256_srlv_epi64, _mm256_storeu_si256, _mm256_xor_si256, _mm512_and_si512,
    _mm512_broadcast_i32x4, _mm512_cmpeq_epi8_mask, _mm512_loadu_si512, _mm512_movepi8_mask,
    _mm512_or_si512, _mm512_set1_epi8, _mm512_set1_epi64, _mm512_shuffle_epi8, _mm512_sllv_epi64,
    _mm512_srli_epi16, _mm512_srlv_epi64, _mm512_storeu_si512, _mm512_test_epi8_mask,
    _mm512_xor_si512,
};
use std::ops::{BitAnd, BitOr, Not};

use super::candidates::{Candidates, Lanes, candidates};
use super::classes::{
    Bits, CLASSIFIED, Classes, ESCAPE, LENGTH, Masks, READ, Table, first, second, third,
};

/// A set of vector instructions that this processor has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vectors {
    /// AVX-512 with byte operations.
    Avx512,
    /// AVX2.
    Avx2,
}

impl Vectors {
    /// Returns the widest set that the processor has.
    pub(super) fn detect() -> Option<Self> {
        [Self::Avx512, Self::Avx2].into_iter().find(|it| it.here())
    }

    /// Tells whether the processor has it.
    pub(super) fn here(self) -> bool {
        match self {
            Self::Avx512 => {
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512vl")
            }
            Self::Avx2 => is_x86_feature_detected!("avx2"),
        }
    }

    /// Finds the candidates of a block.
    pub(super) fn candidates(
        self,
        classes: &Classes,
        bytes: &[u8; READ],
        masks: &mut Masks,
        found: &mut Candidates,
    ) {
        match self {
            // SAFETY: the only requirement is that the processor has the instructions, and a value
            // of this type comes from `detect`, or from tests that ask `here`.
            Self::Avx512 => unsafe { avx512(classes, bytes, masks, found) },
            // SAFETY: as above.
            Self::Avx2 => unsafe { avx2(classes, bytes, masks, found) },
        }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn avx512(classes: &Classes, bytes: &[u8; READ], masks: &mut Masks, found: &mut Candidates) {
    let [one, two, three] = &classes.tables;
    let (one, two, three) = (
        Tables512::new(one),
        Tables512::new(two),
        Tables512::new(three),
    );
    let [row, other] = &classes.labels.tables;
    let (row, other) = (Row512::new(row), Row512::new(other));
    let escape = _mm512_set1_epi8(ESCAPE.cast_signed());
    for (word, at) in (0..CLASSIFIED).zip((0..).step_by(64)) {
        let Some(window) = bytes.get(at..).and_then(<[u8]>::first_chunk::<67>) else {
            continue;
        };
        let here = Halves512::load(window, 0);
        let next = Halves512::load(window, 1);
        let third = Halves512::load(window, 2);
        let last = Halves512::load(window, 3);
        let label = _mm512_or_si512(
            row.of(&here, &next, &third, &last),
            other.of(&here, &next, &third, &last),
        );
        let (one, two, three) = (one.of(&here), two.of(&here), three.of(&here));
        let digit = any512(one, first::DIGIT);
        masks.digit[word] = digit;
        masks.lead[word] = any512(one, first::LEAD);
        masks.escape[word] = any512(one, first::ESCAPE);
        masks.percent[word] = any512(one, first::PERCENT);
        masks.mask[word] = any512(one, first::MASK);
        masks.star[word] = any512(one, first::STAR);
        masks.letter_f[word] = any512(one, first::LETTER_F);
        masks.track[word] = any512(two, second::TRACK);
        masks.base64[word] = any512(two, second::BASE64) | digit;
        masks.dot[word] = any512(two, second::DOT);
        masks.slash[word] = any512(two, second::SLASH);
        masks.gap[word] = any512(three, third::GAP);
        masks.newline[word] = any512(three, third::NEWLINE);
        masks.nul[word] = any512(three, third::NUL);
        masks.caret[word] = any512(three, third::CARET);
        masks.second[word] = any512(three, third::SECOND);
        masks.label[word] = _mm512_test_epi8_mask(label, label);
        masks.high[word] =
            _mm512_movepi8_mask(here.whole) | _mm512_cmpeq_epi8_mask(here.whole, escape);
    }
    candidates::<Eight>(masks, found);
}

/// Returns which bytes have any of some bits.
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
#[inline]
fn any512(classes: __m512i, bits: u8) -> u64 {
    _mm512_test_epi8_mask(classes, _mm512_set1_epi8(bits.cast_signed()))
}

/// 64 bytes, and their halves.
struct Halves512 {
    whole: __m512i,
    low: __m512i,
    high: __m512i,
}

impl Halves512 {
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    #[inline]
    fn load(window: &[u8; 67], from: usize) -> Self {
        let half = _mm512_set1_epi8(15);
        let bytes = window.get(from..).and_then(<[u8]>::first_chunk::<64>);
        let whole = load512(bytes.unwrap_or(&[0; 64]));
        Self {
            whole,
            low: _mm512_and_si512(whole, half),
            high: _mm512_and_si512(_mm512_srli_epi16::<4>(whole), half),
        }
    }
}

/// The tables of four bytes in a row.
struct Row512([Tables512; LENGTH]);

impl Row512 {
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    #[inline]
    fn new(tables: &[Table; LENGTH]) -> Self {
        let [one, two, three, four] = tables;
        Self([
            Tables512::new(one),
            Tables512::new(two),
            Tables512::new(three),
            Tables512::new(four),
        ])
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    #[inline]
    fn of(
        &self,
        here: &Halves512,
        next: &Halves512,
        third: &Halves512,
        last: &Halves512,
    ) -> __m512i {
        let [one, two, three, four] = &self.0;
        _mm512_and_si512(
            _mm512_and_si512(one.of(here), two.of(next)),
            _mm512_and_si512(three.of(third), four.of(last)),
        )
    }
}

/// A table of classes in registers.
struct Tables512 {
    low: __m512i,
    high: __m512i,
}

impl Tables512 {
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    #[inline]
    fn new(table: &Table) -> Self {
        Self {
            low: _mm512_broadcast_i32x4(load128(&table.low)),
            high: _mm512_broadcast_i32x4(load128(&table.high)),
        }
    }

    /// Returns the classes of 64 bytes.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    #[inline]
    fn of(&self, bytes: &Halves512) -> __m512i {
        _mm512_and_si512(
            _mm512_shuffle_epi8(self.low, bytes.low),
            _mm512_shuffle_epi8(self.high, bytes.high),
        )
    }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn load512(bytes: &[u8; 64]) -> __m512i {
    // SAFETY: the array has the 64 bytes that are read, and the load asks for no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "sse2")]
#[inline]
fn load128(bytes: &[u8; 16]) -> std::arch::x86_64::__m128i {
    // SAFETY: the array has the 16 bytes that are read, and the load asks for no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
fn avx2(classes: &Classes, bytes: &[u8; READ], masks: &mut Masks, found: &mut Candidates) {
    let [one, two, three] = &classes.tables;
    let (one, two, three) = (
        Tables256::new(one),
        Tables256::new(two),
        Tables256::new(three),
    );
    let [row, other] = &classes.labels.tables;
    let (row, other) = (Row256::new(row), Row256::new(other));
    let escape = _mm256_set1_epi8(ESCAPE.cast_signed());
    for (word, at) in (0..CLASSIFIED).zip((0..).step_by(64)) {
        let mut found = [0_u64; 18];
        for part in [0, 32] {
            let Some(window) = bytes.get(at + part..).and_then(<[u8]>::first_chunk::<35>) else {
                continue;
            };
            let here = Halves256::load(window, 0);
            let next = Halves256::load(window, 1);
            let third = Halves256::load(window, 2);
            let last = Halves256::load(window, 3);
            let label = _mm256_or_si256(
                row.of(&here, &next, &third, &last),
                other.of(&here, &next, &third, &last),
            );
            let (one, two, three) = (one.of(&here), two.of(&here), three.of(&here));
            let high = _mm256_or_si256(here.whole, _mm256_cmpeq_epi8(here.whole, escape));
            let of_part = [
                any256(one, first::DIGIT),
                any256(one, first::LEAD),
                any256(one, first::ESCAPE),
                any256(one, first::PERCENT),
                any256(one, first::MASK),
                any256(one, first::STAR),
                any256(one, first::LETTER_F),
                any256(two, second::TRACK),
                any256(two, second::BASE64),
                any256(two, second::DOT),
                any256(two, second::SLASH),
                any256(three, third::GAP),
                any256(three, third::NEWLINE),
                any256(three, third::NUL),
                any256(three, third::CARET),
                any256(three, third::SECOND),
                any256(label, u8::MAX),
                _mm256_movemask_epi8(high).cast_unsigned(),
            ];
            for (found, bits) in found.iter_mut().zip(of_part) {
                *found |= u64::from(bits) << part;
            }
        }
        let [
            digit,
            lead,
            escape,
            percent,
            mask,
            star,
            letter_f,
            track,
            ..,
        ] = found;
        masks.digit[word] = digit;
        masks.lead[word] = lead;
        masks.escape[word] = escape;
        masks.percent[word] = percent;
        masks.mask[word] = mask;
        masks.star[word] = star;
        masks.letter_f[word] = letter_f;
        masks.track[word] = track;
        let [
            ..,
            base64,
            dot,
            slash,
            gap,
            newline,
            nul,
            caret,
            second,
            label,
            high,
        ] = found;
        masks.base64[word] = base64 | digit;
        masks.dot[word] = dot;
        masks.slash[word] = slash;
        masks.gap[word] = gap;
        masks.newline[word] = newline;
        masks.nul[word] = nul;
        masks.caret[word] = caret;
        masks.second[word] = second;
        masks.label[word] = label;
        masks.high[word] = high;
    }
    candidates::<Four>(masks, found);
}

/// Returns which bytes have any of some bits.
#[target_feature(enable = "avx2")]
#[inline]
fn any256(classes: __m256i, bits: u8) -> u32 {
    let bits = _mm256_and_si256(classes, _mm256_set1_epi8(bits.cast_signed()));
    !_mm256_movemask_epi8(_mm256_cmpeq_epi8(bits, _mm256_setzero_si256())).cast_unsigned()
}

/// 32 bytes, and their halves.
struct Halves256 {
    whole: __m256i,
    low: __m256i,
    high: __m256i,
}

impl Halves256 {
    #[target_feature(enable = "avx2")]
    #[inline]
    fn load(window: &[u8; 35], from: usize) -> Self {
        let half = _mm256_set1_epi8(15);
        let bytes = window.get(from..).and_then(<[u8]>::first_chunk::<32>);
        let whole = load256(bytes.unwrap_or(&[0; 32]));
        Self {
            whole,
            low: _mm256_and_si256(whole, half),
            high: _mm256_and_si256(_mm256_srli_epi16::<4>(whole), half),
        }
    }
}

/// The tables of four bytes in a row.
struct Row256([Tables256; LENGTH]);

impl Row256 {
    #[target_feature(enable = "avx2")]
    #[inline]
    fn new(tables: &[Table; LENGTH]) -> Self {
        let [one, two, three, four] = tables;
        Self([
            Tables256::new(one),
            Tables256::new(two),
            Tables256::new(three),
            Tables256::new(four),
        ])
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn of(
        &self,
        here: &Halves256,
        next: &Halves256,
        third: &Halves256,
        last: &Halves256,
    ) -> __m256i {
        let [one, two, three, four] = &self.0;
        _mm256_and_si256(
            _mm256_and_si256(one.of(here), two.of(next)),
            _mm256_and_si256(three.of(third), four.of(last)),
        )
    }
}

/// A table of classes in registers.
struct Tables256 {
    low: __m256i,
    high: __m256i,
}

impl Tables256 {
    #[target_feature(enable = "avx2")]
    #[inline]
    fn new(table: &Table) -> Self {
        Self {
            low: _mm256_broadcastsi128_si256(load128(&table.low)),
            high: _mm256_broadcastsi128_si256(load128(&table.high)),
        }
    }

    /// Returns the classes of 32 bytes.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn of(&self, bytes: &Halves256) -> __m256i {
        _mm256_and_si256(
            _mm256_shuffle_epi8(self.low, bytes.low),
            _mm256_shuffle_epi8(self.high, bytes.high),
        )
    }
}

#[target_feature(enable = "avx2")]
#[inline]
fn load256(bytes: &[u8; 32]) -> __m256i {
    // SAFETY: the array has the 32 bytes that are read, and the load asks for no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

/// Eight words.
#[derive(Clone, Copy)]
struct Eight(__m512i);

/// Four words.
#[derive(Clone, Copy)]
struct Four(__m256i);

/// Implements what candidates are worked out with, in instructions that the functions above are
/// compiled for, and into which all of it is compiled.
macro_rules! lanes {
    ($lanes:ident, $count:literal, $load:ident, $store:ident, $and:ident, $or:ident,
     $xor:ident, $lower:ident, $higher:ident, $many:ident) => {
        impl Lanes for $lanes {
            const COUNT: usize = $count;

            #[inline(always)]
            fn load(bits: &Bits, word: usize) -> Self {
                let words: &[u64; $count] = bits
                    .get(word..)
                    .and_then(<[u64]>::first_chunk)
                    .unwrap_or(&[0; $count]);
                // SAFETY: the array has the words that are read, and the load asks for no
                // alignment. Only functions compiled for these instructions name the type.
                Self(unsafe { $load(words.as_ptr().cast()) })
            }

            #[inline(always)]
            fn store(self, bits: &mut Bits, word: usize) {
                if let Some(words) = bits.get_mut(word..).and_then(<[u64]>::first_chunk_mut) {
                    let words: &mut [u64; $count] = words;
                    // SAFETY: the array has the words that are written; the rest as above.
                    unsafe { $store(words.as_mut_ptr().cast(), self.0) }
                }
            }

            #[inline(always)]
            fn lower(self, by: u32) -> Self {
                // SAFETY: only functions compiled for these instructions name the type.
                Self(unsafe { $lower(self.0, $many(i64::from(by))) })
            }

            #[inline(always)]
            fn higher(self, by: u32) -> Self {
                // SAFETY: as above.
                Self(unsafe { $higher(self.0, $many(i64::from(by))) })
            }
        }

        impl BitAnd for $lanes {
            type Output = Self;

            #[inline(always)]
            fn bitand(self, other: Self) -> Self {
                // SAFETY: as above.
                Self(unsafe { $and(self.0, other.0) })
            }
        }

        impl BitOr for $lanes {
            type Output = Self;

            #[inline(always)]
            fn bitor(self, other: Self) -> Self {
                // SAFETY: as above.
                Self(unsafe { $or(self.0, other.0) })
            }
        }

        impl Not for $lanes {
            type Output = Self;

            #[inline(always)]
            fn not(self) -> Self {
                // SAFETY: as above.
                Self(unsafe { $xor(self.0, $many(-1)) })
            }
        }
    };
}

lanes!(
    Eight,
    8,
    _mm512_loadu_si512,
    _mm512_storeu_si512,
    _mm512_and_si512,
    _mm512_or_si512,
    _mm512_xor_si512,
    _mm512_srlv_epi64,
    _mm512_sllv_epi64,
    _mm512_set1_epi64
);
lanes!(
    Four,
    4,
    _mm256_loadu_si256,
    _mm256_storeu_si256,
    _mm256_and_si256,
    _mm256_or_si256,
    _mm256_xor_si256,
    _mm256_srlv_epi64,
    _mm256_sllv_epi64,
    _mm256_set1_epi64x
);
