//! Lines of a text, counted as it passes.

/// Where lines begin, as far as they were counted.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// How many ended.
    ended: u64,
    /// Where the last of them ended, in bytes of the text.
    start: u64,
    /// How far they were counted, in bytes of the text.
    counted: u64,
}

impl Lines {
    /// Counts the lines that end in the next bytes.
    pub(super) fn count(&mut self, bytes: &[u8]) {
        if let Some(last) = memchr::memrchr(b'\n', bytes) {
            self.ended += memchr::memchr_iter(b'\n', bytes).count() as u64;
            self.start = self.counted + last as u64 + 1;
        }
        self.counted += bytes.len() as u64;
    }

    /// Returns how far lines were counted, in bytes of the text.
    pub(super) fn counted(&self) -> u64 {
        self.counted
    }

    /// Returns line and column, both from 1, of a place in the line up to which was counted.
    pub(super) fn place(&self, offset: u64) -> (u64, u64) {
        (self.ended + 1, offset.saturating_sub(self.start) + 1)
    }
}
