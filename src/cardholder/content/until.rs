//! What stands before a mark in an input.

use std::io::{self, BufRead as _, Read};

use flate2::Crc;
use memchr::memmem;

use super::Input;

/// How much is shown to who decides whether a mark is meant, in bytes.
const SHOWN: usize = 64;
/// How all marks of zip begin.
const MARK: &[u8] = b"PK";

/// What came before a mark.
pub(super) struct Before {
    /// How many bytes.
    pub(super) given: u64,
    /// Their checksum.
    pub(super) checksum: u32,
}

/// The bytes of an input before a mark that is meant, or to the end. The mark is not taken.
pub(super) struct Until<'i, 'a, M> {
    input: &'i mut Input<'a>,
    meant: M,
    /// That of what came before, where it decides.
    checksum: Option<Crc>,
    given: u64,
    end: bool,
}

impl<'i, 'a, M: FnMut(&[u8], &Before) -> bool> Until<'i, 'a, M> {
    /// Begins where the input is.
    pub(super) fn new(input: &'i mut Input<'a>, meant: M) -> Self {
        Self {
            input,
            meant,
            checksum: None,
            given: 0,
            end: false,
        }
    }

    /// Begins where the input is, and computes the checksum of what comes.
    pub(super) fn with_checksum(input: &'i mut Input<'a>, meant: M) -> Self {
        Self {
            checksum: Some(Crc::new()),
            ..Self::new(input, meant)
        }
    }
}

impl<M: FnMut(&[u8], &Before) -> bool> Read for Until<'_, '_, M> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.end || into.is_empty() {
            return Ok(0);
        }
        let mut from = 0;
        if self.input.fill_buf()?.first() == MARK.first() {
            let before = Before {
                given: self.given,
                checksum: self.checksum.as_ref().map_or(0, Crc::sum),
            };
            let shown = self.input.peek(SHOWN)?;
            if shown.starts_with(MARK) && (self.meant)(shown, &before) {
                self.end = true;
                return Ok(0);
            }
            from = 1;
        }
        let ahead = self.input.fill_buf()?;
        let ahead = ahead.get(..into.len()).unwrap_or(ahead);
        let after = ahead.get(from..).unwrap_or_default();
        let next = memmem::find(after, MARK).map(|at| from + at);
        // A mark may begin with the last byte.
        let last = ahead.len().saturating_sub(1);
        let cut = (last >= from && ahead.last() == MARK.first()).then_some(last);
        let count = next.or(cut).unwrap_or(ahead.len());
        let given = ahead.get(..count).unwrap_or_default();
        if let Some(into) = into.get_mut(..count) {
            into.copy_from_slice(given);
        }
        if let Some(checksum) = &mut self.checksum {
            checksum.update(given);
        }
        self.given += count as u64;
        self.end = count == 0;
        self.input.consume(count);
        Ok(count)
    }
}
