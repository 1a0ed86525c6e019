//! Candidates with AVX-512: 64 bytes are one register.

use std::arch::x86_64::{
    __m512i, _mm512_and_si512, _mm512_broadcast_i32x4, _mm512_cmpeq_epi8_mask, _mm512_loadu_si512,
    _mm512_movepi8_mask, _mm512_or_si512, _mm512_set1_epi8, _mm512_shuffle_epi8, _mm512_srli_epi16,
    _mm512_test_epi8_mask,
};

use super::{Eight, load128};
use crate::cardholder::candidates::{Candidates, candidates};
use crate::cardholder::classes::{
    CLASSIFIED, Classes, ESCAPE, LENGTH, Masks, READ, Table, first, second, third,
};

#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
pub(super) fn avx512(
    classes: &Classes,
    bytes: &[u8; READ],
    masks: &mut Masks,
    found: &mut Candidates,
) {
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
