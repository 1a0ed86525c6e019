//! Bytes in memory, for formats that can't be read in passing.

use std::io::{self, Read};
use std::ops::Deref;

use super::Reading;
use super::limits::Reserved;

/// How much more memory is taken at a time, in bytes.
const STEP: u64 = 256 * 1024;

/// Bytes that are held in memory, and count for that until they are let go.
pub(super) struct Held {
    bytes: Vec<u8>,
    reserved: Reserved,
}

impl Held {
    /// Holds so much of what is left of an input; tells whether that is all. It is not when it is
    /// more than that, or than may be held at once with all else that is held.
    ///
    /// # Errors
    ///
    /// When the input can't be read.
    pub(super) fn of(
        reading: &Reading<'_>,
        input: &mut dyn Read,
        most: u64,
    ) -> io::Result<(Self, bool)> {
        let mut held = Self {
            bytes: Vec::new(),
            reserved: reading.spent.hold(0, reading.limits)?,
        };
        loop {
            let step = STEP.min(most.saturating_sub(held.bytes.len() as u64));
            // One byte more tells whether that was all.
            let Ok(reserved) = reading.spent.hold(step, reading.limits) else {
                return Ok((held, false));
            };
            held.reserved.join(reserved);
            let count = input.take(step.max(1)).read_to_end(&mut held.bytes)?;
            match (count as u64, step) {
                (0, 0) => return Ok((held, true)),
                (_, 0) => return Ok((held, false)),
                (count, step) if count < step => return Ok((held, true)),
                _ => {}
            }
        }
    }

    /// Returns what is held, and then an input.
    pub(super) fn chain<'h>(&'h self, input: &'h mut dyn Read) -> impl Read + 'h {
        (&*self.bytes).chain(input)
    }
}

impl Deref for Held {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}
