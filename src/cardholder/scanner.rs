//! Bytes in pieces of any size, in fixed memory, to matches.

use std::fmt;
use std::io::{self, Read};

use super::Match;
use super::decide::{AHEAD, BEHIND, at};
use super::rules::Rules;

/// How much is taken over at once, whatever the size of the pieces.
const PIECE: usize = 64 * 1024;

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
    rules: &'r Rules,
    /// The bytes that are not decided, and those before them that may decide them.
    kept: Vec<u8>,
    /// How many bytes came before those.
    base: u64,
    /// Where in `kept` the first byte is that is not decided.
    next: usize,
    lines: Lines,
}

/// Where lines begin, as far as they were counted.
#[derive(Debug, Default)]
struct Lines {
    /// How many ended.
    ended: u64,
    /// Where the last of them ended, in bytes of the text.
    start: u64,
    /// How far they were counted, in bytes of the text.
    counted: u64,
}

impl Lines {
    /// Counts the lines that end in the next bytes.
    fn count(&mut self, bytes: &[u8]) {
        for at in memchr::memchr_iter(b'\n', bytes) {
            self.ended += 1;
            self.start = self.counted + at as u64 + 1;
        }
        self.counted += bytes.len() as u64;
    }
}

impl fmt::Debug for Scanner<'_> {
    /// Shows how far the scan is; the bytes are what must not be shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scanner")
            .field("base", &self.base)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

impl<'r> Scanner<'r> {
    /// Begins a scan.
    #[must_use]
    pub fn new(rules: &'r Rules) -> Self {
        Self {
            rules,
            kept: Vec::new(),
            base: 0,
            next: 0,
            lines: Lines::default(),
        }
    }

    /// Takes the next bytes; hands out the matches that they decide, in order.
    pub fn push(&mut self, bytes: &[u8], found: &mut dyn FnMut(Match)) {
        for piece in bytes.chunks(PIECE) {
            self.kept.extend_from_slice(piece);
            self.settle(found);
        }
    }

    /// Takes a piece of what an input gives, without a copy in between, and returns it: nothing at
    /// the input's end. What it decides is handed out by [`settle`](Self::settle).
    ///
    /// # Errors
    ///
    /// Those of the input; what came before is taken.
    pub(super) fn fill(&mut self, input: &mut dyn Read) -> io::Result<&[u8]> {
        let filled = self.kept.len();
        self.kept.resize(filled + PIECE, 0);
        let piece = self.kept.get_mut(filled..).unwrap_or_default();
        let read = loop {
            match input.read(piece) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        self.kept.truncate(filled + *read.as_ref().unwrap_or(&0));
        read.map(|_| self.kept.get(filled..).unwrap_or_default())
    }

    /// Ends the scan; returns how many bytes it had.
    pub fn finish(mut self, found: &mut dyn FnMut(Match)) -> u64 {
        self.decide(self.kept.len(), found);
        self.base + self.kept.len() as u64
    }

    /// Decides what can be decided, and lets go of what is needed no more.
    pub(super) fn settle(&mut self, found: &mut dyn FnMut(Match)) {
        self.decide(self.kept.len().saturating_sub(AHEAD), found);
        let done = self.next.saturating_sub(BEHIND);
        self.count_lines(done);
        self.kept.drain(..done);
        self.next -= done;
        self.base += done as u64;
    }

    /// Decides every place before `until`. Matches do not overlap: the first wins.
    fn decide(&mut self, until: usize, found: &mut dyn FnMut(Match)) {
        while self.next < until {
            match at(self.rules, &self.kept, self.next) {
                Some(mut one) => {
                    self.count_lines(self.next);
                    self.next += one.length.max(1);
                    one.offset += self.base;
                    one.line = self.lines.ended + 1;
                    one.column = one.offset - self.lines.start + 1;
                    found(one);
                }
                None => self.next += 1,
            }
        }
    }

    /// Counts the lines that end in the kept bytes before `until`.
    fn count_lines(&mut self, until: usize) {
        let counted = usize::try_from(self.lines.counted.saturating_sub(self.base));
        if let Ok(counted) = counted
            && let Some(bytes) = self.kept.get(counted..until)
        {
            self.lines.count(bytes);
        }
    }
}

/// Returns every match in a text that is whole in memory.
#[must_use]
pub fn scan(rules: &Rules, bytes: &[u8]) -> Vec<Match> {
    let mut found = Vec::new();
    let mut scanner = Scanner::new(rules);
    scanner.push(bytes, &mut |one| found.push(one));
    scanner.finish(&mut |one| found.push(one));
    found
}

#[cfg(test)]
mod tests;
