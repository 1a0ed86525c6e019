//! How far a file is followed. What lies beyond is told as not read, never taken for clean.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use super::Why;

/// How far a file is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many members one inside the other.
    pub depth: usize,
    /// How many members one file has, at all depths.
    pub members: u64,
    /// How many bytes decoders give for one file, at all depths.
    pub expanded: u64,
    /// How many bytes decoders may give however small the file is.
    pub expanded_anyway: u64,
    /// How many times the bytes of the file decoders may give beyond that. Logs seldom pack to less
    /// than a hundredth; what packs further is made to.
    pub ratio: u64,
    /// How many bytes of a format that can't be read in passing are held in memory.
    pub held: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 8,
            members: 100_000,
            expanded: 64 * 1024 * 1024 * 1024,
            expanded_anyway: 64 * 1024 * 1024,
            ratio: 250,
            held: 8 * 1024 * 1024,
        }
    }
}

/// What of the limits of one file is used up.
#[derive(Debug, Default)]
pub(super) struct Spent {
    members: Cell<u64>,
    /// The bytes that decoders gave.
    expanded: Cell<u64>,
    /// The bytes of the file: all, or those read so far if it comes once.
    raw: Cell<u64>,
    halted: Cell<bool>,
}

impl Spent {
    /// Tells whether a limit of the whole file was met, so that nothing more of it is read.
    pub(super) fn halted(&self) -> bool {
        self.halted.get()
    }

    /// Counts a member.
    pub(super) fn member(&self, limits: Limits) -> Result<(), Why> {
        self.members.set(self.members.get() + 1);
        if self.members.get() > limits.members {
            self.halted.set(true);
            return Err(Why::TooManyMembers(limits.members));
        }
        Ok(())
    }

    /// Counts bytes of the file itself.
    pub(super) fn raw(&self, bytes: u64) {
        self.raw.set(self.raw.get().saturating_add(bytes));
    }

    /// Counts bytes that a decoder gave.
    fn expanded(&self, bytes: u64, limits: Limits) -> Result<(), Why> {
        let expanded = self.expanded.get().saturating_add(bytes);
        self.expanded.set(expanded);
        let by_ratio = self.raw.get().saturating_mul(limits.ratio);
        let most = limits.expanded.min(by_ratio.max(limits.expanded_anyway));
        if expanded > most {
            self.halted.set(true);
            return Err(Why::ExpandsTooFar(most));
        }
        Ok(())
    }
}

/// What comes out of a decoder, counted; it fails where the limits end.
pub(super) struct Metered<'d> {
    decoder: &'d mut dyn Read,
    spent: Rc<Spent>,
    limits: Limits,
}

impl<'d> Metered<'d> {
    pub(super) fn new(decoder: &'d mut dyn Read, spent: Rc<Spent>, limits: Limits) -> Self {
        Self {
            decoder,
            spent,
            limits,
        }
    }
}

impl Read for Metered<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.decoder.read(into)?;
        self.spent.expanded(count as u64, self.limits)?;
        Ok(count)
    }
}
