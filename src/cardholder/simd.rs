//! Candidates with the vector instructions of x86-64: AVX-512, or AVX2.
//!
//! The only `unsafe` code of the program: 64 bytes at a time are classed two to three times as fast
//! as without (`benches/scanner.rs`). What it does is load whole arrays into registers and call
//! functions whose instructions the processor was asked for; a test holds its results to those of
//! the portable code, bit by bit.

#![expect(
    unsafe_code,
    reason = "vector instructions; each use says why it is sound"
)]
#![expect(
    clippy::indexing_slicing,
    reason = "arrays of fixed size; loops run over their indices"
)]

use std::arch::x86_64::*;
use std::ops::{BitAnd, BitOr, Not};

use super::candidates::{Candidates, Lanes, candidates};
use super::classes::{Bits, CLASSIFIED, Classes, Masks, READ, Table, first, second};

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
    let half = _mm512_set1_epi8(15);
    let [one, two] = classes.tables.each_ref().map(|table| Tables512::new(table));
    let labels = classes
        .labels
        .tables
        .each_ref()
        .map(|table| Tables512::new(table));
    for word in 0..CLASSIFIED {
        let at = word * 64;
        let Some(window) = bytes.get(at..).and_then(<[u8]>::first_chunk::<67>) else {
            continue;
        };
        let [here, next, third, last] = [0, 1, 2, 3].map(|by| {
            let (_, from) = window.split_at(by);
            let bytes = load512(from.first_chunk::<64>().unwrap_or(&[0; 64]));
            let low = _mm512_and_si512(bytes, half);
            let high = _mm512_and_si512(_mm512_srli_epi16::<4>(bytes), half);
            (bytes, low, high)
        });
        let of_one = one.of(here.1, here.2);
        let of_two = two.of(here.1, here.2);
        let [l1, l2, l3, l4] = &labels;
        let label = _mm512_and_si512(
            _mm512_and_si512(l1.of(here.1, here.2), l2.of(next.1, next.2)),
            _mm512_and_si512(l3.of(third.1, third.2), l4.of(last.1, last.2)),
        );
        let any = |classes, bits: u8| {
            _mm512_test_epi8_mask(classes, _mm512_set1_epi8(bits.cast_signed()))
        };
        masks.digit[word] = any(of_one, first::DIGIT);
        masks.gap[word] = any(of_one, first::GAP);
        masks.escape[word] = any(of_one, first::ESCAPE);
        masks.mask[word] = any(of_one, first::MASK);
        masks.track[word] = any(of_two, second::TRACK);
        masks.letter_f[word] = any(of_one, first::LETTER_F);
        masks.begins[word] = any(of_two, second::BEGINS);
        masks.base64[word] = any(of_two, second::BASE64) | masks.digit[word];
        masks.dot[word] = any(of_two, second::DOT);
        masks.label[word] = _mm512_test_epi8_mask(label, label);
        masks.high[word] = _mm512_movepi8_mask(here.0);
    }
    candidates::<Eight>(masks, found);
}

/// A table of classes in registers.
struct Tables512 {
    low: __m512i,
    high: __m512i,
}

impl Tables512 {
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    fn new(table: &Table) -> Self {
        Self {
            low: _mm512_broadcast_i32x4(load128(&table.low)),
            high: _mm512_broadcast_i32x4(load128(&table.high)),
        }
    }

    /// Returns the classes of 64 bytes, given by their halves.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    fn of(&self, low: __m512i, high: __m512i) -> __m512i {
        _mm512_and_si512(
            _mm512_shuffle_epi8(self.low, low),
            _mm512_shuffle_epi8(self.high, high),
        )
    }
}

#[target_feature(enable = "avx512f")]
fn load512(bytes: &[u8; 64]) -> __m512i {
    // SAFETY: the array has the 64 bytes that are read, and the load asks for no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "sse2")]
fn load128(bytes: &[u8; 16]) -> std::arch::x86_64::__m128i {
    // SAFETY: the array has the 16 bytes that are read, and the load asks for no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
fn avx2(classes: &Classes, bytes: &[u8; READ], masks: &mut Masks, found: &mut Candidates) {
    let half = _mm256_set1_epi8(15);
    let [one, two] = classes.tables.each_ref().map(|table| Tables256::new(table));
    let labels = classes
        .labels
        .tables
        .each_ref()
        .map(|table| Tables256::new(table));
    for word in 0..CLASSIFIED {
        let mut found = [0_u64; 11];
        for part in [0, 32] {
            let at = word * 64 + part;
            let Some(window) = bytes.get(at..).and_then(<[u8]>::first_chunk::<35>) else {
                continue;
            };
            let [here, next, third, last] = [0, 1, 2, 3].map(|by| {
                let (_, from) = window.split_at(by);
                let bytes = load256(from.first_chunk::<32>().unwrap_or(&[0; 32]));
                let low = _mm256_and_si256(bytes, half);
                let high = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), half);
                (bytes, low, high)
            });
            let one = one.of(here.1, here.2);
            let two = two.of(here.1, here.2);
            let [l1, l2, l3, l4] = &labels;
            let label = _mm256_and_si256(
                _mm256_and_si256(l1.of(here.1, here.2), l2.of(next.1, next.2)),
                _mm256_and_si256(l3.of(third.1, third.2), l4.of(last.1, last.2)),
            );
            let none = _mm256_setzero_si256();
            let any = |classes, bits: u8| {
                let bits = _mm256_and_si256(classes, _mm256_set1_epi8(bits.cast_signed()));
                !_mm256_movemask_epi8(_mm256_cmpeq_epi8(bits, none))
            };
            let of_part = [
                any(one, first::DIGIT),
                any(one, first::GAP),
                any(one, first::ESCAPE),
                any(one, first::MASK),
                any(two, second::TRACK),
                any(one, first::LETTER_F),
                any(two, second::BEGINS),
                any(two, second::BASE64),
                any(two, second::DOT),
                _mm256_movemask_epi8(here.0),
                any(label, u8::MAX),
            ];
            for (found, bits) in found.iter_mut().zip(of_part) {
                *found |= u64::from(bits.cast_unsigned()) << part;
            }
        }
        let [
            digit,
            gap,
            escape,
            mask,
            track,
            letter_f,
            begins,
            base64,
            dot,
            high,
            label,
        ] = found;
        masks.digit[word] = digit;
        masks.gap[word] = gap;
        masks.escape[word] = escape;
        masks.mask[word] = mask;
        masks.track[word] = track;
        masks.letter_f[word] = letter_f;
        masks.begins[word] = begins;
        masks.base64[word] = base64 | digit;
        masks.dot[word] = dot;
        masks.high[word] = high;
        masks.label[word] = label;
    }
    candidates::<Four>(masks, found);
}

/// A table of classes in registers.
struct Tables256 {
    low: __m256i,
    high: __m256i,
}

impl Tables256 {
    #[target_feature(enable = "avx2")]
    fn new(table: &Table) -> Self {
        Self {
            low: _mm256_broadcastsi128_si256(load128(&table.low)),
            high: _mm256_broadcastsi128_si256(load128(&table.high)),
        }
    }

    /// Returns the classes of 32 bytes, given by their halves.
    #[target_feature(enable = "avx2")]
    fn of(&self, low: __m256i, high: __m256i) -> __m256i {
        _mm256_and_si256(
            _mm256_shuffle_epi8(self.low, low),
            _mm256_shuffle_epi8(self.high, high),
        )
    }
}

#[target_feature(enable = "avx2")]
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
