//! How bytes are carried in mail: base64 and quoted-printable (RFC 2045), decoded in passing.

use std::io::{self, Read};

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::decoded::Decoded;
use super::lines::Lines;
use crate::cardholder::content::Why;

/// How much is decoded before it is handed on.
const ENOUGH: usize = 16 * 1024;
/// Whatever filling there is, and bits left over that some writers do not clear.
pub(super) const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// How bytes are carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transfer {
    /// As they are.
    Identity,
    /// In base64.
    Base64,
    /// With signs in hexadecimal after `=`.
    QuotedPrintable,
    /// In a way that is not known.
    Other,
}

impl Transfer {
    /// Returns how bytes are carried, by the word that says so.
    pub(super) fn of(word: &[u8]) -> Self {
        let word = word.trim_ascii().to_ascii_lowercase();
        match word.as_slice() {
            b"base64" => Self::Base64,
            b"quoted-printable" => Self::QuotedPrintable,
            b"" | b"binary" | b"none" | b"7bit" | b"8bit" | b"7-bit" | b"8-bit" | b"7bits"
            | b"8bits" => Self::Identity,
            _ => Self::Other,
        }
    }
}

/// Bytes that were carried in another form.
pub(super) struct Carried<'l, 'i> {
    lines: &'l mut Lines<'i>,
    transfer: Transfer,
    /// Letters of base64 that do not yet make bytes.
    letters: Vec<u8>,
    decoded: Decoded,
}

impl<'l, 'i> Carried<'l, 'i> {
    pub(super) fn new(transfer: Transfer, lines: &'l mut Lines<'i>) -> Self {
        Self {
            lines,
            transfer,
            letters: Vec::new(),
            decoded: Decoded::default(),
        }
    }

    /// Goes to the end of what is carried, for a reader that left something of it.
    ///
    /// # Errors
    ///
    /// Where that is damaged, and the reader was not told.
    pub(super) fn finish(mut self) -> io::Result<()> {
        while !self.decoded.ended {
            if let Err(error) = self.decode() {
                self.decoded.fail(error);
            }
        }
        self.decoded.failure()
    }

    /// Decodes the next lines.
    fn decode(&mut self) -> io::Result<()> {
        self.decoded.begin();
        while self.decoded.bytes.len() + self.letters.len() < ENOUGH {
            let line = self.lines.peek()?;
            let count = line.len();
            if count == 0 {
                self.decoded.ended = true;
                break;
            }
            match self.transfer {
                Transfer::Base64 => {
                    let letters = line.trim_ascii();
                    // Nearly every line is whole groups of letters and nothing else.
                    let before = self.decoded.bytes.len();
                    if self.letters.is_empty()
                        && letters.len().is_multiple_of(4)
                        && ENGINE.decode_vec(letters, &mut self.decoded.bytes).is_ok()
                    {
                        self.lines.take(count);
                        continue;
                    }
                    self.decoded.bytes.truncate(before);
                    // A line that is not of base64 ends it; the rest is a text of its own.
                    if !letters.iter().all(|byte| is_carried(*byte)) {
                        self.decoded.ended = true;
                        break;
                    }
                    self.letters.extend_from_slice(letters);
                }
                Transfer::QuotedPrintable => {
                    // A sign stays together where only a piece of the line is looked at.
                    let cut = match line {
                        [_, .., b'='] => 1,
                        [_, .., b'=', digit] if hex(*digit).is_some() => 2,
                        _ => 0,
                    };
                    let piece = line.get(..count - cut).unwrap_or_default();
                    quoted_printable(piece, &mut self.decoded.bytes);
                    self.lines.take(count - cut);
                    continue;
                }
                Transfer::Identity | Transfer::Other => self.decoded.bytes.extend_from_slice(line),
            }
            self.lines.take(count);
        }
        self.letters_to_bytes()
    }

    /// Decodes the letters of base64 that are there, but for an open group.
    fn letters_to_bytes(&mut self) -> io::Result<()> {
        let mut letters = self.letters.as_slice();
        let mut done = Ok(());
        // Filling may stand where one stream was put after the other.
        while let Some(at) = letters.iter().position(|byte| *byte == b'=') {
            let (group, rest) = letters.split_at(at);
            let filling = rest.iter().take_while(|byte| **byte == b'=').count();
            if rest.len() == filling && !self.decoded.ended && filling < 2 {
                break;
            }
            done = done.and(decode_letters(group, &mut self.decoded.bytes));
            letters = rest.get(filling..).unwrap_or_default();
        }
        let whole = match self.decoded.ended {
            true => letters.len(),
            false => letters.iter().take_while(|byte| **byte != b'=').count() / 4 * 4,
        };
        let (group, rest) = letters.split_at(whole);
        done = done.and(decode_letters(group, &mut self.decoded.bytes));
        self.letters = rest.to_vec();
        done
    }
}

fn is_carried(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// Decodes letters of base64. One that is left over can't be right, but says nothing either.
fn decode_letters(letters: &[u8], into: &mut Vec<u8>) -> io::Result<()> {
    if letters.len() % 4 == 1 {
        let whole = letters.get(..letters.len() - 1).unwrap_or_default();
        decode_letters(whole, into)?;
        return Err(Why::Damaged.into());
    }
    let done = ENGINE.decode_vec(letters, into);
    done.map_err(|_| Why::Damaged.into())
}

/// Decodes a line of quoted-printable. What is not of it stays as it is.
fn quoted_printable(line: &[u8], into: &mut Vec<u8>) {
    let end = match line {
        [text @ .., b'\r', b'\n'] => line.len() - text.len(),
        [.., b'\n'] => 1,
        _ => 0,
    };
    let (text, end) = line.split_at(line.len() - end);
    // Blanks at the end of a line are of the way, not of the text.
    let text = match end.is_empty() {
        true => text,
        false => text.trim_ascii_end(),
    };
    let (mut rest, end) = match text {
        [text @ .., b'='] if !end.is_empty() => (text, &b""[..]),
        text => (text, end),
    };
    while let Some(at) = memchr::memchr(b'=', rest) {
        let (plain, quoted) = rest.split_at(at);
        into.extend_from_slice(plain);
        let byte = match quoted {
            [_, high, low, ..] => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match byte {
            Some((high, low)) => {
                into.push(high << 4 | low);
                rest = quoted.get(3..).unwrap_or_default();
            }
            None => {
                into.push(b'=');
                rest = quoted.get(1..).unwrap_or_default();
            }
        }
    }
    into.extend_from_slice(rest);
    into.extend_from_slice(end);
}

/// Returns the value of a hexadecimal digit.
pub(super) fn hex(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

impl Read for Carried<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.decoded.is_wanted() {
            if let Err(error) = self.decode() {
                self.decoded.fail(error);
            }
        }
        self.decoded.read(into)
    }
}
