//! What was decoded and not yet taken.

use std::io::{self, Read};

/// Bytes that a decoder gives a piece at a time, with how it ended.
#[derive(Default)]
pub(super) struct Decoded {
    /// The piece.
    pub(super) bytes: Vec<u8>,
    /// How much of it was taken.
    taken: usize,
    /// Whether there is no more.
    pub(super) ended: bool,
    failed: Option<io::Error>,
}

impl Decoded {
    /// Tells whether the next piece is wanted.
    pub(super) fn is_wanted(&self) -> bool {
        self.taken == self.bytes.len() && !self.ended
    }

    /// Begins the next piece.
    pub(super) fn begin(&mut self) {
        self.bytes.clear();
        self.taken = 0;
    }

    /// Ends with an error, which is said once what came before is taken.
    pub(super) fn fail(&mut self, error: io::Error) {
        self.ended = true;
        self.failed = Some(error);
    }

    /// Returns why it ended, if that was not yet said.
    pub(super) fn failure(self) -> io::Result<()> {
        self.failed.map_or(Ok(()), Err)
    }
}

impl Read for Decoded {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let ahead = self.bytes.get(self.taken..).unwrap_or_default();
        if ahead.is_empty()
            && let Some(error) = self.failed.take()
        {
            return Err(error);
        }
        let count = (&mut &*ahead).read(into)?;
        self.taken += count;
        Ok(count)
    }
}
