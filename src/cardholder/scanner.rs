//! Bytes in pieces of any size, in fixed memory, to matches.

use std::fmt;
use std::io::{self, Read};

use super::Match;
use super::decide::{AHEAD, BEHIND};
use super::finder::Instructions;
use super::pass::{End, Pass};
use super::rules::Rules;

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
        Self::with(rules, Instructions::best())
    }

    /// Begins a scan with given instructions.
    pub(super) fn with(rules: &'r Rules, instructions: Instructions) -> Self {
        Self {
            pass: Pass::new(rules, instructions),
            kept: vec![0; KEPT].into_boxed_slice(),
            filled: 0,
        }
    }

    /// Takes the next bytes; hands out the matches that they decide, in order.
    pub fn push(&mut self, mut bytes: &[u8], found: &mut dyn FnMut(Match)) {
        while !bytes.is_empty() {
            let room = self.room();
            let (taken, more) = bytes.split_at(room.len().min(bytes.len()));
            if let Some(room) = room.get_mut(..taken.len()) {
                room.copy_from_slice(taken);
            }
            self.filled += taken.len();
            self.settle(found);
            bytes = more;
        }
    }

    /// Takes the next bytes of an input, without a copy in between, and returns them; none at its
    /// end. What they decide is handed out when things are settled, before more is taken.
    ///
    /// # Errors
    ///
    /// Those of the input.
    pub(super) fn fill(&mut self, input: &mut dyn Read) -> io::Result<&[u8]> {
        let count = loop {
            match input.read(self.room()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        let before = self.filled;
        self.filled = self.kept.len().min(before + count);
        Ok(self.kept.get(before..self.filled).unwrap_or_default())
    }

    /// When there is no more room, decides what can be decided and lets go of what is needed no
    /// more.
    pub(super) fn settle(&mut self, found: &mut dyn FnMut(Match)) {
        if self.filled < self.kept.len() {
            return;
        }
        let until = self.kept.len().saturating_sub(AHEAD);
        self.pass.decide(&self.kept, until, End::Piece, found);
        let done = self.pass.next().saturating_sub(BEHIND).min(self.filled);
        self.pass.let_go(&self.kept, done);
        self.kept.copy_within(done.., 0);
        self.filled -= done;
    }

    /// Ends the scan; returns how many bytes it had.
    pub fn finish(mut self, found: &mut dyn FnMut(Match)) -> u64 {
        let kept = self.kept.get(..self.filled).unwrap_or_default();
        self.pass.decide(kept, kept.len(), End::Text, found);
        self.pass.let_go(kept, kept.len())
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
    let mut pass = Pass::new(rules, Instructions::best());
    pass.decide(bytes, bytes.len(), End::Text, &mut |one| found.push(one));
    found
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
