//! Lines of a text, counted as it passes: by the bits of their ends, block by block.

use super::classes::Bits;

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Position {
    /// In bytes from the beginning of the text.
    pub(super) offset: u64,
    /// How many lines ended before it.
    pub(super) lines: u64,
    /// Where its line begins, in bytes of the text.
    pub(super) start: u64,
}

impl Position {
    /// Goes over the next bytes of the text.
    pub(super) fn over(&mut self, bytes: &[u8]) {
        let lines = memchr::memchr_iter(b'\n', bytes).count();
        if lines > 0 {
            self.lines += lines as u64;
            let last = memchr::memrchr(b'\n', bytes).unwrap_or_default();
            self.start = self.offset + last as u64 + 1;
        }
        self.offset += bytes.len() as u64;
    }

    /// Returns a place further on, of which a block tells where lines end; `first` is the place of
    /// its first bit, counted from the beginning of the text and 64 more.
    pub(super) fn to(mut self, offset: u64, ends: &Bits, first: u64) -> Self {
        let bit = |offset: u64| usize::try_from((offset + 64).saturating_sub(first)).unwrap_or(0);
        let (from, until) = (bit(self.offset), bit(offset));
        let of = |word: usize| {
            let ends = ends.get(word).copied().unwrap_or(0);
            let after = match word == from / 64 {
                true => ends >> (from % 64) << (from % 64),
                false => ends,
            };
            match word == until / 64 {
                true => after & !(u64::MAX << (until % 64)),
                false => after,
            }
        };
        let words = from / 64..until / 64 + 1;
        self.lines += words
            .clone()
            .map(|word| u64::from(of(word).count_ones()))
            .sum::<u64>();
        if let Some(word) = words.rev().find(|word| of(*word) != 0) {
            let last = word * 64 + 64 - of(word).leading_zeros() as usize;
            self.start = (first + last as u64).saturating_sub(64);
        }
        self.offset = offset;
        self
    }

    /// Returns line and column, both from 1.
    pub(super) fn line_and_column(self) -> (u64, u64) {
        (self.lines + 1, self.offset.saturating_sub(self.start) + 1)
    }
}
