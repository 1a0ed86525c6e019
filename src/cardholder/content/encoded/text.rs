//! A text that is scanned together with the texts that are encoded in it.

use std::io::{self, Read};

use super::runs::Runs;
use crate::cardholder::content::Reading;
use crate::cardholder::scanner::{Passed, Scanner, scan_telling_starts};
use crate::cardholder::{Match, Rules};

/// A text that comes in pieces.
pub(in crate::cardholder::content) struct Text<'r> {
    scanner: Scanner<'r>,
    runs: Runs<'r>,
}

impl<'r> Text<'r> {
    /// Begins a text.
    pub(in crate::cardholder::content) fn new(rules: &'r Rules) -> Self {
        Self {
            scanner: Scanner::telling_starts(rules),
            runs: Runs::default(),
        }
    }

    /// Takes the next bytes; adds what they decide.
    pub(super) fn push(
        &mut self,
        reading: &mut Reading<'r>,
        mut bytes: &[u8],
        found: &mut Vec<Match>,
    ) {
        while !bytes.is_empty() {
            bytes = self.scanner.take(bytes);
            self.settle(reading, found);
        }
    }

    /// Takes the next bytes of an input; adds what they decide. Returns how many there were: none
    /// at its end.
    pub(in crate::cardholder::content) fn fill(
        &mut self,
        reading: &mut Reading<'r>,
        input: &mut dyn Read,
        found: &mut Vec<Match>,
    ) -> io::Result<usize> {
        let count = self.scanner.fill(input)?;
        self.settle(reading, found);
        Ok(count)
    }

    /// Ends the text; returns how many bytes it had.
    pub(in crate::cardholder::content) fn finish(
        self,
        reading: &mut Reading<'r>,
        found: &mut Vec<Match>,
    ) -> u64 {
        let Self {
            mut scanner,
            mut runs,
        } = self;
        scanner.end(&mut |one| found.push(one));
        runs.take(reading, &scanner.passed(), found);
        runs.finish(reading, found);
        scanner.let_go()
    }

    fn settle(&mut self, reading: &mut Reading<'r>, found: &mut Vec<Match>) {
        if self.scanner.is_full() {
            self.scanner.settle(&mut |one| found.push(one));
            self.runs.take(reading, &self.scanner.passed(), found);
            self.scanner.let_go();
        }
    }
}

/// Returns what is found in a text that is whole in memory.
pub(in crate::cardholder::content) fn whole(reading: &mut Reading<'_>, text: &[u8]) -> Vec<Match> {
    let (mut found, starts) = scan_telling_starts(reading.rules, text);
    let mut runs = Runs::default();
    let passed = Passed {
        bytes: text,
        offset: 0,
        starts: &starts,
    };
    runs.take(reading, &passed, &mut found);
    runs.finish(reading, &mut found);
    found
}
