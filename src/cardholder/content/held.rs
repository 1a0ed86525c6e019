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
    /// Holds what is left of an input; tells whether that is all. It is not when it is more than
    /// may be held at once with all else that is held.
    ///
    /// # Errors
    ///
    /// When the input can't be read.
    pub(super) fn of(reading: &Reading<'_>, input: &mut dyn Read) -> io::Result<(Self, bool)> {
        let mut held = Self {
            bytes: Vec::new(),
            reserved: reading.spent.hold(0, reading.limits)?,
        };
        loop {
            let Ok(step) = reading.spent.hold(STEP, reading.limits) else {
                return Ok((held, false));
            };
            held.reserved.join(step);
            let count = input.take(STEP).read_to_end(&mut held.bytes)?;
            if (count as u64) < STEP {
                return Ok((held, true));
            }
        }
    }
}

impl Held {
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
