//! Files of many messages, each after a line that begins with `From ` (RFC 4155).

use std::io::{self, Read};

use super::header::is_field;
use super::lines::Lines;

/// One message of a file.
pub(super) struct Message<'m, 'i> {
    lines: &'m mut Lines<'i>,
    /// Whether the last line was empty: only then a message may end.
    empty: bool,
    ended: bool,
}

impl<'m, 'i> Message<'m, 'i> {
    /// Begins with the line before a message.
    pub(super) fn new(lines: &'m mut Lines<'i>) -> io::Result<Self> {
        lines.skip_line()?;
        Ok(Self {
            lines,
            empty: false,
            ended: false,
        })
    }
}

impl Read for Message<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut given = 0;
        while !self.ended && given < into.len() {
            let begins = self.lines.begins();
            let line = match self.lines.peek() {
                Err(_) if given > 0 => break,
                line => line?,
            };
            if line.is_empty() || begins && self.empty && begins_message(line) {
                self.ended = true;
                break;
            }
            if begins {
                self.empty = matches!(line, b"\n" | b"\r\n");
            }
            let count = (&mut &*line).read(into.get_mut(given..).unwrap_or_default())?;
            given += count;
            self.lines.take(count);
        }
        Ok(given)
    }
}

/// Tells whether a line stands before a message: it has a time and a year.
pub(super) fn begins_message(line: &[u8]) -> bool {
    let time = |word: &[u8]| {
        matches!(
            word,
            [b'0'..=b'9', b'0'..=b'9', b':', b'0'..=b'9', b'0'..=b'9', ..]
        )
    };
    let year = |word: &[u8]| matches!(word, [b'1' | b'2', rest @ ..] if rest.len() == 3 && rest.iter().all(u8::is_ascii_digit));
    let words = || line.split(u8::is_ascii_whitespace);
    line.starts_with(b"From ") && line.len() < 1024 && words().any(time) && words().any(year)
}

/// Tells whether a file of messages begins so.
pub(super) fn is_mbox(head: &[u8]) -> bool {
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    begins_message(first)
        && lines
            .next()
            .is_some_and(|line| is_field(line) || line.starts_with(b">From "))
}
