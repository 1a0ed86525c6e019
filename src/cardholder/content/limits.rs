//! How far a file is followed. What lies beyond is told as not read, never taken for clean.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use super::Why;

/// How far a file is followed. What is counted is counted over all that the file holds, however
/// deep it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many members one inside the other.
    pub depth: usize,
    /// How many members one file has.
    pub members: u64,
    /// How many bytes decoders may give however small the file is. They are read in a second.
    pub expanded_anyway: u64,
    /// How many times the bytes of the file decoders may give, however large that is. Logs pack to
    /// a tenth or a fiftieth.
    pub ratio: u64,
    /// How many times the bytes of the file decoders may give up to `expanded`. What repeats itself,
    /// as health checks do, packs to a few thousandths with xz and zstd. Deflate packs nothing to
    /// less than 1/1032: what comes close to that holds next to nothing, or is made to.
    pub ratio_at_most: u64,
    /// How many bytes decoders may give beyond the usual ratio.
    pub expanded: u64,
    /// How many bytes of formats that can't be read in passing are held in memory at once.
    pub held: u64,
    /// How many bytes the windows of all decoders have at once. The best that `xz` packs takes 64
    /// MiB, and the furthest that `zstd` unpacks unasked 128.
    pub window: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 8,
            members: 100_000,
            expanded_anyway: 256 * 1024 * 1024,
            ratio: 100,
            ratio_at_most: 1000,
            expanded: 64 * 1024 * 1024 * 1024,
            held: 8 * 1024 * 1024,
            window: 136 * 1024 * 1024,
        }
    }
}

impl Limits {
    /// Returns how many bytes decoders may give for a file of so many bytes.
    fn most(&self, raw: u64) -> u64 {
        let far = self.expanded.min(raw.saturating_mul(self.ratio_at_most));
        far.max(raw.saturating_mul(self.ratio))
            .max(self.expanded_anyway)
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
    /// Memory for formats that can't be read in passing.
    held: Rc<Cell<u64>>,
    /// Memory of decoders.
    windows: Rc<Cell<u64>>,
}

impl Spent {
    /// Tells whether a limit of the whole file was met, so that nothing more of it is read.
    pub(super) fn halted(&self) -> bool {
        self.halted.get()
    }

    /// Ends the reading of the file.
    pub(super) fn halt(&self) {
        self.halted.set(true);
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

    /// Reserves memory for a format that can't be read in passing.
    pub(super) fn hold(&self, bytes: u64, limits: Limits) -> Result<Reserved, Why> {
        Reserved::of(&self.held, bytes, limits.held).ok_or(Why::TooLargeToHold(limits.held))
    }

    /// Reserves memory for a decoder.
    pub(super) fn window(&self, bytes: u64, limits: Limits) -> Result<Reserved, Why> {
        Reserved::of(&self.windows, bytes, limits.window).ok_or(Why::WindowTooLarge(limits.window))
    }

    /// Counts bytes that a decoder gave.
    fn expanded(&self, bytes: u64, limits: Limits) -> Result<(), Why> {
        let expanded = self.expanded.get().saturating_add(bytes);
        self.expanded.set(expanded);
        let most = limits.most(self.raw.get());
        if expanded > most {
            self.halted.set(true);
            return Err(Why::ExpandsTooFar(most));
        }
        Ok(())
    }
}

/// Memory that was reserved; it is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Reserved {
    used: Rc<Cell<u64>>,
    bytes: u64,
}

impl Reserved {
    fn of(used: &Rc<Cell<u64>>, bytes: u64, most: u64) -> Option<Self> {
        let wanted = used.get().checked_add(bytes).filter(|sum| *sum <= most)?;
        used.set(wanted);
        Some(Self {
            used: Rc::clone(used),
            bytes,
        })
    }

    /// Takes what another reservation has.
    pub(super) fn join(&mut self, mut other: Self) {
        self.bytes += std::mem::take(&mut other.bytes);
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.used.set(self.used.get().saturating_sub(self.bytes));
    }
}

/// What comes out of a decoder, counted; it fails where the limits end.
pub(super) struct Metered<'d> {
    decoder: &'d mut dyn Read,
    spent: Rc<Spent>,
    limits: Limits,
    /// How many bytes came out.
    given: u64,
    end: End,
}

/// How far a decoder was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Not to its end.
    Open,
    /// To its end.
    Reached,
    /// Until it failed.
    Failed(Why),
}

impl<'d> Metered<'d> {
    pub(super) fn new(decoder: &'d mut dyn Read, spent: Rc<Spent>, limits: Limits) -> Self {
        Self {
            decoder,
            spent,
            limits,
            given: 0,
            end: End::Open,
        }
    }

    /// Returns how many bytes came out.
    pub(super) fn given(&self) -> u64 {
        self.given
    }

    /// Returns how far the decoder was read.
    pub(super) fn end(&self) -> End {
        self.end
    }
}

impl Read for Metered<'_> {
    /// Reads as much as there is room for: decoders give little at a time, and who scans does best
    /// with much.
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(room) = into.get_mut(filled..)
            && !room.is_empty()
        {
            match self.end {
                // What came before is handed out first.
                End::Failed(_) | End::Reached if filled > 0 => break,
                End::Failed(why) => return Err(why.into()),
                End::Reached => return Ok(0),
                End::Open => {}
            }
            match self.decoder.read(room) {
                Ok(0) => self.end = End::Reached,
                Ok(count) => {
                    filled += count;
                    self.given += count as u64;
                    if let Err(why) = self.spent.expanded(count as u64, self.limits) {
                        self.end = End::Failed(why);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => self.end = End::Failed(Why::of(&error)),
            }
        }
        Ok(filled)
    }
}
