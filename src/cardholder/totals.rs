//! What a sweep comes to in numbers.

use std::collections::BTreeMap;
use std::io;

use super::{Audience, Confidence, Counts, Done, Finding, Kind, Sort, Why};

/// What a sweep comes to in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many files were read whole.
    pub read: u64,
    /// How many things were not read, or not wholly.
    pub unread: u64,
    /// How many bytes of text were scanned.
    pub bytes: u64,
    /// What was found and is not allowed, by kind.
    pub counts: BTreeMap<Kind, Counts>,
    /// How many findings are allowed.
    pub allowed: u64,
}

impl Totals {
    /// Returns how many findings have a confidence.
    #[must_use]
    pub fn of(&self, confidence: Confidence) -> u64 {
        self.counts
            .values()
            .fold(0, |sum, counts| sum.saturating_add(counts.of(confidence)))
    }

    /// Tells whether there is anything to act on.
    #[must_use]
    pub fn has_findings(&self) -> bool {
        self.of(Confidence::Confirmed) > 0 || self.of(Confidence::Possible) > 0
    }

    /// Tells whether everything was read, and there was something.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.unread == 0 && self.read > 0
    }
}

impl Counts {
    /// Counts one more.
    pub(super) fn add(&mut self, confidence: Confidence) {
        match confidence {
            Confidence::Confirmed => self.confirmed += 1,
            Confidence::Possible => self.possible += 1,
            Confidence::Test => self.test += 1,
        }
    }
}

impl Audience for Totals {
    fn found(&mut self, finding: Finding<'_>) -> io::Result<()> {
        match finding.allowed {
            Some(_) => self.allowed += 1,
            None => {
                let found = finding.found;
                self.counts
                    .entry(found.kind)
                    .or_default()
                    .add(found.confidence);
            }
        }
        Ok(())
    }

    fn unread(&mut self, _: &str, _: &str, _: Why) -> io::Result<()> {
        Ok(())
    }

    fn done(&mut self, _: &str, done: Done) -> io::Result<()> {
        self.bytes = self.bytes.saturating_add(done.bytes);
        match done.sort {
            Sort::Whole => self.read += 1,
            Sort::Unread => self.unread += 1,
            Sort::Name => {}
        }
        Ok(())
    }
}
