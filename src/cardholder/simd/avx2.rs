//! Candidates with AVX2: 64 bytes are two registers.

use std::arch::x86_64::{
    __m256i, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256,
    _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8, _mm256_setzero_si256,
    _mm256_shuffle_epi8, _mm256_srli_epi16,
};

use super::{Four, load128};
use crate::cardholder::candidates::{Candidates, candidates};
use crate::cardholder::classes::{
    CLASSIFIED, Classes, ESCAPE, LENGTH, Masks, READ, Table, first, second, third,
};

#[target_feature(enable = "avx2")]
pub(super) fn avx2(
    classes: &Classes,
    bytes: &[u8; READ],
    masks: &mut Masks,
    found: &mut Candidates,
) {
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
