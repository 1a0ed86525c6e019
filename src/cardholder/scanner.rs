//! Bytes in pieces of any size, in fixed memory, to matches.

use std::fmt;
use std::io::{self, Read};

use super::Match;
use super::decide::{AHEAD, BEHIND};
use super::finder::Instructions;
use super::pass::{End, Pass};
use super::rules::Rules;
use super::starts::Start;

/// How much is decided at once, whatever the size of the pieces.
const PIECE: usize = 128 * 1024;
/// How much is kept: what is not decided, and what may decide it.
const KEPT: usize = BEHIND + PIECE + AHEAD;

/// A scan of one text: the content of a file, or a name. Pieces may end anywhere.
///
/// ```
/// use evidence_workbook::cardholder::{Kind, Rules, Scanner};
///
/// let mut found = Vec::new();
/// let mut scanner = Scanner::new(Rules::built_in());
/// scanner.push(b"card: 4111 1111 ", &mut |it| found.push(it));
/// scanner.push(b"1111 1111", &mut |it| found.push(it));
/// scanner.finish(&mut |it| found.push(it));
/// assert_eq!((found[0].kind, found[0].offset, found[0].length), (Kind::Pan, 6, 19));
/// assert_eq!((found[0].line, found[0].column), (1, 7));
/// ```
pub struct Scanner<'r> {
    pass: Pass<'r>,
    /// The bytes at hand, and room for more.
    kept: Box<[u8]>,
    /// How many bytes are at hand.
    filled: usize,
    /// How many of them were told as passed.
    told: usize,
}

/// Bytes that were decided.
#[derive(Clone, Copy)]
pub(super) struct Passed<'s> {
    pub(super) bytes: &'s [u8],
    /// Where they begin, in bytes of the text.
    pub(super) offset: u64,
    /// Where texts begin among them that are encoded, in order.
    pub(super) starts: &'s [Start],
}

impl fmt::Debug for Scanner<'_> {
    /// Shows how far the scan is; the bytes are what must not be shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scanner")
            .field("filled", &self.filled)
            .finish_non_exhaustive()
    }
}

impl<'r> Scanner<'r> {
    /// Begins a scan.
    #[must_use]
    pub fn new(rules: &'r Rules) -> Self {
        Self::with(rules, rules.instructions())
    }

    /// Begins a scan with given instructions.
    pub(super) fn with(rules: &'r Rules, instructions: Instructions) -> Self {
        Self {
            pass: Pass::new(rules, instructions),
            kept: vec![0; KEPT].into_boxed_slice(),
            filled: 0,
            told: 0,
        }
    }

    /// Begins a scan that tells where encoded texts begin, too.
    pub(super) fn telling_starts(rules: &'r Rules) -> Self {
        let scanner = Self::new(rules);
        Self {
            pass: scanner.pass.telling_starts(),
            ..scanner
        }
    }

    /// Takes the next bytes; hands out the matches that they decide, in order.
    pub fn push(&mut self, mut bytes: &[u8], found: &mut dyn FnMut(Match)) {
        while !bytes.is_empty() {
            bytes = self.take(bytes);
            if self.is_full() {
                self.settle(found);
                self.let_go();
            }
        }
    }

    /// Takes as many of the next bytes as there is room for; returns the others.
    pub(super) fn take<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let room = self.room();
        let (taken, more) = bytes.split_at(room.len().min(bytes.len()));
        if let Some(room) = room.get_mut(..taken.len()) {
            room.copy_from_slice(taken);
        }
        self.filled += taken.len();
        more
    }

    /// Takes the next bytes of an input, without a copy in between, and returns how many; none at
    /// its end.
    ///
    /// # Errors
    ///
    /// Those of the input.
    pub(super) fn fill(&mut self, input: &mut dyn Read) -> io::Result<usize> {
        let count = loop {
            match input.read(self.room()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        let before = self.filled;
        self.filled = self.kept.len().min(before + count);
        Ok(self.filled - before)
    }

    /// Tells whether there is no more room: things are to be settled, and what is needed no more to
    /// be let go of.
    pub(super) fn is_full(&self) -> bool {
        self.filled == self.kept.len()
    }

    /// Decides what can be decided.
    pub(super) fn settle(&mut self, found: &mut dyn FnMut(Match)) {
        let until = self.kept.len().saturating_sub(AHEAD);
        self.pass.decide(&self.kept, until, End::Piece, found);
    }

    /// Returns the bytes that were decided since some were let go of.
    pub(super) fn passed(&self) -> Passed<'_> {
        let looked = self.pass.looked().min(self.filled);
        Passed {
            bytes: self.kept.get(self.told..looked).unwrap_or_default(),
            offset: self.pass.base() + self.told as u64,
            starts: self.pass.starts(),
        }
    }

    /// Lets go of what is needed no more; returns how many bytes that makes in all.
    pub(super) fn let_go(&mut self) -> u64 {
        let looked = self.pass.looked().min(self.filled);
        let done = looked.saturating_sub(BEHIND);
        self.kept.copy_within(done..self.filled, 0);
        self.filled -= done;
        self.told = looked - done;
        self.pass.let_go(done) + self.filled as u64
    }

    /// Decides what is left, at the end of the text.
    pub(super) fn end(&mut self, found: &mut dyn FnMut(Match)) {
        let kept = self.kept.get(..self.filled).unwrap_or_default();
        self.pass.decide(kept, kept.len(), End::Text, found);
    }

    /// Ends the scan; returns how many bytes it had.
    pub fn finish(mut self, found: &mut dyn FnMut(Match)) -> u64 {
        self.end(found);
        self.let_go()
    }

    /// Returns where the next bytes go; there is always room.
    fn room(&mut self) -> &mut [u8] {
        self.kept.get_mut(self.filled..).unwrap_or_default()
    }
}

/// Returns every match in a text that is whole in memory.
#[must_use]
pub fn scan(rules: &Rules, bytes: &[u8]) -> Vec<Match> {
    let mut found = Vec::new();
    let mut pass = Pass::new(rules, rules.instructions());
    pass.decide(bytes, bytes.len(), End::Text, &mut |one| found.push(one));
    found
}

/// Returns every match in a text that is whole in memory, and where encoded texts begin in it.
pub(super) fn scan_telling_starts(rules: &Rules, bytes: &[u8]) -> (Vec<Match>, Vec<Start>) {
    let mut found = Vec::new();
    let mut pass = Pass::new(rules, rules.instructions()).telling_starts();
    pass.decide(bytes, bytes.len(), End::Text, &mut |one| found.push(one));
    (found, pass.starts().to_vec())
}

/// Decides every place, one after the other.
#[cfg(test)]
pub(super) fn scan_slowly(rules: &Rules, bytes: &[u8]) -> Vec<Match> {
    let mut found = Vec::new();
    let mut next = 0;
    while next < bytes.len() {
        let Some(mut one) = super::decide::at(rules, bytes, next) else {
            next += 1;
            continue;
        };
        let before = bytes.get(..next).unwrap_or_default();
        let line = before
            .rsplit(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        one.line = before.split(|byte| *byte == b'\n').count() as u64;
        one.column = 1 + line.len() as u64;
        next += one.length.max(1);
        found.push(one);
    }
    found
}

#[cfg(test)]
mod tests;
