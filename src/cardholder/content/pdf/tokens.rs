//! The words of a content stream, in passing.

use std::io::{self, Read};

use super::object::{Lack, Object, Parser, is_space};
use crate::cardholder::content::Why;

/// How much is read at once.
const STEP: u64 = 32 * 1024;
/// The longest word or list; what is longer, or has no end, is told.
const LONGEST: usize = 512 * 1024;

/// Reads words.
pub(super) struct Tokens<R> {
    input: R,
    bytes: Vec<u8>,
    at: usize,
    ended: bool,
    /// How reading the input ended.
    done: io::Result<()>,
}

impl<R: Read> Tokens<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            bytes: Vec::new(),
            at: 0,
            ended: false,
            done: Ok(()),
        }
    }

    /// Returns how reading the input ended.
    pub(super) fn done(&mut self) -> io::Result<()> {
        std::mem::replace(&mut self.done, Ok(()))
    }

    /// Returns the next word, if there is one.
    pub(super) fn next(&mut self) -> Option<Object> {
        loop {
            let mut parser = Parser::new(&self.bytes, self.at, self.ended);
            match parser.object() {
                Ok(object) => {
                    self.at = parser.at;
                    return Some(object);
                }
                Err(Lack::Wrong) => self.at += 1,
                Err(Lack::More) if !self.ended && self.bytes.len() - self.at < LONGEST => {
                    self.more();
                }
                Err(Lack::More) => {
                    parser.space();
                    if parser.at < self.bytes.len() {
                        self.done = Err(Why::Damaged.into());
                    }
                    self.at = self.bytes.len();
                    if self.ended {
                        return None;
                    }
                }
            }
        }
    }

    /// Passes over the image that stands in the stream, up to its `EI`.
    pub(super) fn skip_image(&mut self) {
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let end = rest.windows(4).position(|bytes| match bytes {
                [before, b'E', b'I', after] => is_space(*before) && is_space(*after),
                _ => false,
            });
            if let Some(end) = end {
                self.at += end + 4;
                return;
            }
            if self.ended {
                self.at = self.bytes.len();
                return;
            }
            self.at = self.bytes.len().saturating_sub(3).max(self.at);
            self.more();
        }
    }

    /// Reads on. What was read before is let go, and twice as much is read as is kept, so that
    /// nothing is looked at often.
    fn more(&mut self) {
        self.bytes.drain(..self.at);
        self.at = 0;
        let step = STEP.max(self.bytes.len() as u64);
        match (&mut self.input).take(step).read_to_end(&mut self.bytes) {
            Ok(0) => self.ended = true,
            Ok(_) => {}
            Err(error) => {
                self.ended = true;
                self.done = Err(error);
            }
        }
    }
}
