//! Texts in encodings in which ASCII is not ASCII, or that mail says it is written in: to UTF-8, in
//! passing. All others are scanned as they are.
//!
//! Nothing may hide behind a wrong statement: bytes that can't be of the encoding are handed on as
//! they stand.

use std::io::{self, Read};

mod mixed;

use encoding_rs::{Decoder, DecoderResult, Encoding};

use super::{Input, Reading};
use mixed::Mixed;

/// How much is decoded at once, in bytes.
const BLOCK: usize = 8 * 1024;
/// The mark that says in which order bytes are.
const MARK: &str = "\u{feff}";
/// How many units of a text without a mark have to be there, so that it is one.
const UNITS: usize = 8;

/// An encoding with units of two or four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// UTF-16 with the low byte first.
    Utf16Le,
    /// UTF-16 with the high byte first.
    Utf16Be,
    /// UTF-32 with the low byte first.
    Utf32Le,
    /// UTF-32 with the high byte first.
    Utf32Be,
}

impl Charset {
    /// Returns the encoding of a text that begins so, by its mark or by where its NULs are.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0xff, 0xfe, 0, 0, ..] if Self::Utf32Le.fits(head) => return Some(Self::Utf32Le),
            [0, 0, 0xfe, 0xff, ..] if Self::Utf32Be.fits(head) => return Some(Self::Utf32Be),
            [0xff, 0xfe, rest @ ..] if Self::Utf16Le.fits(rest) => return Some(Self::Utf16Le),
            [0xfe, 0xff, rest @ ..] if Self::Utf16Be.fits(rest) => return Some(Self::Utf16Be),
            _ => {}
        }
        memchr::memchr(0, head)?;
        [Self::Utf32Le, Self::Utf32Be, Self::Utf16Le, Self::Utf16Be]
            .into_iter()
            .find(|charset| charset.is_unmarked(head))
    }

    fn width(self) -> usize {
        match self {
            Self::Utf16Le | Self::Utf16Be => 2,
            Self::Utf32Le | Self::Utf32Be => 4,
        }
    }

    fn units(self, bytes: &[u8]) -> impl Iterator<Item = u32> {
        bytes.chunks_exact(self.width()).map(move |unit| {
            let add = |value: u32, byte: &u8| value << 8 | u32::from(*byte);
            match self {
                Self::Utf16Be | Self::Utf32Be => unit.iter().fold(0, add),
                Self::Utf16Le | Self::Utf32Le => unit.iter().rev().fold(0, add),
            }
        })
    }

    /// Tells whether bytes after a mark are of a text in this encoding: hardly any of their units
    /// is none of a text.
    fn fits(self, bytes: &[u8]) -> bool {
        let count = bytes.len() / self.width();
        let text = self.units(bytes).filter(|unit| self.is_text(*unit));
        text.count() * 20 >= count * 19
    }

    /// Tells whether bytes are of a text in this encoding, though no mark says so. Short strings
    /// with a NUL after each look alike, but for units that are two signs.
    fn is_unmarked(self, bytes: &[u8]) -> bool {
        let count = bytes.len() / self.width();
        let ascii = self.units(bytes).filter(|unit| is_ascii_text(*unit));
        let ascii = ascii.count();
        let two = |unit: &u32| is_ascii_text(unit & 0xff) && is_ascii_text(unit >> 8);
        count >= UNITS
            && ascii * 8 >= count
            && self.units(bytes).all(|unit| self.is_text(unit))
            && self.units(bytes).filter(two).count() * 2 <= ascii
    }

    /// Tells whether a unit is of a text in a language of today.
    fn is_text(self, unit: u32) -> bool {
        match unit {
            0xd800..=0xdfff => self.width() == 2,
            0x0c
            | 0xa0..=0x6ff
            | 0x900..=0x97f
            | 0xe00..=0xe7f
            | 0x1e00..=0x27ff
            | 0x3000..=0x33ff
            | 0x4e00..=0x9fff
            | 0xac00..=0xd7a3
            | 0xfeff..=0xffef
            | 0x1_f000..=0x1_faff
            | 0x2_0000..=0x3_ffff => true,
            _ => is_ascii_text(unit),
        }
    }
}

fn is_ascii_text(unit: u32) -> bool {
    matches!(unit, 0x09 | 0x0a | 0x0d | 0x20..=0x7e)
}

/// Reads a text in an encoding with units of two or four bytes.
pub(super) fn wide(
    reading: &mut Reading<'_>,
    charset: Charset,
    input: &mut Input<'_>,
) -> io::Result<()> {
    reading.text(&mut Utf8::of(charset, input))
}

/// A text as UTF-8.
pub(super) struct Utf8<'i> {
    input: &'i mut dyn Read,
    from: From,
    /// What was read and not decoded.
    block: Vec<u8>,
    /// What was decoded, and how much of that was taken.
    text: Vec<u8>,
    taken: usize,
    mixed: Mixed,
    begun: bool,
    ended: bool,
    /// Why the input ended, if it failed.
    failed: Option<io::Error>,
}

/// What a text is decoded from.
enum From {
    Wide(Charset),
    Legacy(Decoder),
}

impl<'i> Utf8<'i> {
    /// Decodes a text with units of two or four bytes.
    pub(super) fn of(charset: Charset, input: &'i mut dyn Read) -> Self {
        Self::new(From::Wide(charset), input)
    }

    /// Decodes a text in an encoding of which ASCII is a part, given by the name that a mail or a
    /// page says, if there is anything to decode.
    pub(super) fn labelled(label: &[u8]) -> Option<&'static Encoding> {
        Encoding::for_label_no_replacement(label).filter(|encoding| {
            encoding.is_ascii_compatible() && *encoding != encoding_rs::UTF_8
                || *encoding == encoding_rs::ISO_2022_JP
        })
    }

    /// Decodes a text in an encoding of which ASCII is a part.
    pub(super) fn from_legacy(encoding: &'static Encoding, input: &'i mut dyn Read) -> Self {
        let decoder = encoding.new_decoder_without_bom_handling();
        Self::new(From::Legacy(decoder), input)
    }

    fn new(from: From, input: &'i mut dyn Read) -> Self {
        Self {
            input,
            from,
            block: Vec::new(),
            text: Vec::new(),
            taken: 0,
            mixed: Mixed::Units,
            begun: false,
            ended: false,
            failed: None,
        }
    }

    /// Decodes the next block.
    fn decode(&mut self) {
        self.text.clear();
        self.taken = 0;
        let wanted = (BLOCK - self.block.len()) as u64;
        let read = (&mut *self.input).take(wanted).read_to_end(&mut self.block);
        self.ended = !matches!(read, Ok(count) if count as u64 == wanted);
        // What came before an error is a text too.
        self.failed = read.err();
        let block = std::mem::take(&mut self.block);
        match &mut self.from {
            From::Legacy(decoder) => legacy(decoder, &block, self.ended, &mut self.text),
            From::Wide(charset) => {
                let done = self
                    .mixed
                    .decode(*charset, &block, self.ended, &mut self.text);
                self.block
                    .extend_from_slice(block.get(done..).unwrap_or_default());
            }
        }
        if !std::mem::replace(&mut self.begun, true) && self.text.starts_with(MARK.as_bytes()) {
            self.taken = MARK.len();
        }
    }
}

/// Decodes bytes of an encoding of which ASCII is a part; what is not of it stays as it is.
fn legacy(decoder: &mut Decoder, bytes: &[u8], last: bool, into: &mut Vec<u8>) {
    let mut bytes = bytes;
    let mut piece = [0; 4 * 1024];
    loop {
        let (result, read, written) =
            decoder.decode_to_utf8_without_replacement(bytes, &mut piece, last);
        into.extend_from_slice(piece.get(..written).unwrap_or_default());
        let (done, rest) = bytes.split_at(read.min(bytes.len()));
        bytes = rest;
        match result {
            DecoderResult::InputEmpty => return,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(wrong, after) => {
                let end = done.len().saturating_sub(usize::from(after));
                let start = end.saturating_sub(usize::from(wrong));
                into.extend_from_slice(done.get(start..end).unwrap_or_default());
            }
        }
    }
}

impl Read for Utf8<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.text.len() && !self.ended {
            self.decode();
        }
        if self.taken == self.text.len()
            && let Some(error) = self.failed.take()
        {
            return Err(error);
        }
        let ahead = self.text.get(self.taken..).unwrap_or_default();
        let count = (&mut &*ahead).read(into)?;
        self.taken += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
