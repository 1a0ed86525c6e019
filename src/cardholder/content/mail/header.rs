//! The header of a message or part: its text, decoded, and what it says of the body.

use std::io::{self, Read};

use super::decoded::Decoded;
use super::field::Facts;
use super::lines::Lines;
use super::words::decode_words;

/// How much of a field is decoded together.
const FIELD: usize = 64 * 1024;

/// A header as a text of one line for each field: unfolded, with encoded words decoded.
pub(super) struct Header<'l, 'i> {
    lines: &'l mut Lines<'i>,
    /// The field that is being read, as it stands.
    field: Vec<u8>,
    text: Decoded,
    facts: Facts,
}

impl<'l, 'i> Header<'l, 'i> {
    pub(super) fn new(lines: &'l mut Lines<'i>) -> Self {
        Self {
            lines,
            field: Vec::new(),
            text: Decoded::default(),
            facts: Facts::default(),
        }
    }

    /// Returns what the header says of the body, as far as it was read.
    pub(super) fn facts(self) -> Facts {
        self.facts
    }

    /// Reads the next field, or a piece of a very long one.
    fn next(&mut self) -> io::Result<()> {
        self.text.begin();
        let mut whole = true;
        loop {
            let begins = self.lines.begins();
            let line = self.lines.peek()?;
            let count = line.len();
            let folded = matches!(line, [b' ' | b'\t', ..]);
            if begins {
                if matches!(line, [] | [b'\n'] | [b'\r', b'\n']) {
                    self.text.ended = true;
                    self.lines.take(count);
                    break;
                }
                if !self.field.is_empty() && !folded {
                    break;
                }
                if self.field.is_empty() && !folded && !is_field(line) {
                    // The body begins without a line between, or nobody knows what this is.
                    self.facts.broken |= !is_envelope(line);
                    self.text.ended = !is_envelope(line);
                    if self.text.ended {
                        break;
                    }
                }
            }
            let text = match line {
                [text @ .., b'\r', b'\n'] | [text @ .., b'\n'] | text => text,
            };
            self.field.extend_from_slice(text);
            self.lines.take(count);
            if count == 0 {
                self.text.ended = true;
                break;
            }
            if self.field.len() >= FIELD {
                whole = false;
                break;
            }
        }
        self.put(whole);
        Ok(())
    }

    /// Decodes the field, or as much of it as ends with a blank.
    fn put(&mut self, whole: bool) {
        let end = match whole {
            true => self.field.len(),
            false => self
                .field
                .iter()
                .rposition(u8::is_ascii_whitespace)
                .filter(|at| *at > 0)
                .unwrap_or(self.field.len()),
        };
        let (piece, rest) = self.field.split_at(end);
        match whole {
            true => self.facts.note(piece),
            false => self.facts.broken |= Facts::concerns(piece),
        }
        match whole.then(|| self.facts.without_boundary(piece)).flatten() {
            Some(piece) => decode_words(&piece, &mut self.text.bytes),
            None => decode_words(piece, &mut self.text.bytes),
        }
        if whole && !piece.is_empty() {
            self.text.bytes.push(b'\n');
        }
        self.field = rest.to_vec();
    }
}

/// Tells whether a line begins a field.
pub(super) fn is_field(line: &[u8]) -> bool {
    let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
    name.len() < line.len()
        && !name.is_empty()
        && name.trim_ascii_end().iter().all(u8::is_ascii_graphic)
}

/// Tells whether a line is of those that keepers of mail put before a header.
fn is_envelope(line: &[u8]) -> bool {
    line.starts_with(b"From ") || line.starts_with(b">From ")
}

impl Read for Header<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.text.is_wanted() {
            self.next()?;
        }
        self.text.read(into)
    }
}
