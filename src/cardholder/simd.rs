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

mod avx2;
mod avx512;

use std::arch::x86_64::{
    __m256i, __m512i, _mm_loadu_si128, _mm256_and_si256, _mm256_loadu_si256, _mm256_or_si256,
    _mm256_set1_epi64x, _mm256_sllv_epi64, _mm256_srlv_epi64, _mm256_storeu_si256,
    _mm256_xor_si256, _mm512_and_si512, _mm512_loadu_si512, _mm512_or_si512, _mm512_set1_epi64,
    _mm512_sllv_epi64, _mm512_srlv_epi64, _mm512_storeu_si512, _mm512_xor_si512,
};
use std::ops::{BitAnd, BitOr, Not};

use super::candidates::{Candidates, Lanes};
use super::classes::{Bits, Classes, Masks, READ};
use avx2::avx2;
use avx512::avx512;

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

#[target_feature(enable = "sse2")]
#[inline]
fn load128(bytes: &[u8; 16]) -> std::arch::x86_64::__m128i {
    // SAFETY: the array has the 16 bytes that are read, and the load asks for no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
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
