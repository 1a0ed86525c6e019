//! XML in pieces, in fixed memory however long a text or tag is. It is read leniently: what is not
//! well-formed is text. Entities that a document defines itself stay unexpanded; what defines them
//! is text too.
//!
//! Libraries that read XML hold each text whole, and end at bytes that are no UTF-8.

use std::io;

use memchr::{memchr, memchr2};

use crate::cardholder::content::input::Peek;

/// The longest tag that is taken for one, in bytes.
const TAG: usize = 64 * 1024;
/// The longest reference, as in `&#x0034;`.
const REFERENCE: usize = 12;

/// What text begins with in which nothing is marked.
const LITERAL: &[u8] = b"<![CDATA[";

/// What the next piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text, with its references resolved.
    Text,
    /// What no reader of the document sees: a comment, or what is said of the document.
    Aside,
    /// A tag without its angle brackets.
    Tag,
    /// Nothing: the document ended.
    End,
}

/// Where in a document the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    /// Up to `]]>`.
    Literal,
    /// Up to `-->`.
    Comment,
    /// Up to `>`.
    Said,
}

/// The pieces of a document.
pub(super) struct Markup {
    state: State,
    /// The piece that was read last.
    piece: Vec<u8>,
}

impl Markup {
    pub(super) fn new() -> Self {
        Self {
            state: State::Text,
            piece: Vec::new(),
        }
    }

    /// Returns the piece that was read last.
    pub(super) fn piece(&self) -> &[u8] {
        &self.piece
    }

    /// Returns the piece that was read last, to keep.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.piece)
    }

    /// Takes the memory of a piece for the next ones.
    pub(super) fn reuse(&mut self, piece: Vec<u8>) {
        self.piece = piece;
    }

    /// Reads the next piece.
    pub(super) fn next(&mut self, input: &mut dyn Peek) -> io::Result<Piece> {
        self.piece.clear();
        match self.state {
            State::Text => self.text(input),
            State::Literal => self.up_to(input, b"]]>", Piece::Text),
            State::Comment => self.up_to(input, b"-->", Piece::Aside),
            State::Said => self.up_to(input, b">", Piece::Aside),
        }
    }

    fn text(&mut self, input: &mut dyn Peek) -> io::Result<Piece> {
        let ahead = input.fill_buf()?;
        match ahead.first() {
            None => Ok(Piece::End),
            Some(b'<') => self.markup(input),
            Some(b'&') => self.reference(input),
            Some(_) => {
                let count = memchr2(b'<', b'&', ahead).unwrap_or(ahead.len());
                self.piece
                    .extend_from_slice(ahead.get(..count).unwrap_or_default());
                input.consume(count);
                Ok(Piece::Text)
            }
        }
    }

    fn reference(&mut self, input: &mut dyn Peek) -> io::Result<Piece> {
        while self.piece.len() < REFERENCE {
            let Some(&byte) = input.fill_buf()?.first() else {
                break;
            };
            if !self.piece.is_empty() && matches!(byte, b'<' | b'&') {
                break;
            }
            self.piece.push(byte);
            input.consume(1);
            if byte == b';' {
                break;
            }
        }
        if let Some(sign) = resolved(&self.piece) {
            self.piece.clear();
            let mut bytes = [0; 4];
            self.piece
                .extend_from_slice(sign.encode_utf8(&mut bytes).as_bytes());
        }
        Ok(Piece::Text)
    }

    /// Reads what begins with `<`.
    fn markup(&mut self, input: &mut dyn Peek) -> io::Result<Piece> {
        let head = input.peek(LITERAL.len())?;
        let (count, state) = match head {
            head if head.starts_with(LITERAL) => (LITERAL.len(), State::Literal),
            [b'<', b'!', b'-', b'-', ..] => (4, State::Comment),
            [b'<', b'!' | b'?', ..] => (2, State::Said),
            [
                b'<',
                b'/' | b'_' | b':' | b'a'..=b'z' | b'A'..=b'Z' | 0x80..,
                ..,
            ] => {
                return self.tag(input);
            }
            _ => {
                self.piece.push(b'<');
                input.consume(1);
                return Ok(Piece::Text);
            }
        };
        input.consume(count);
        self.state = state;
        self.next(input)
    }

    fn tag(&mut self, input: &mut dyn Peek) -> io::Result<Piece> {
        let mut quote = None;
        loop {
            let ahead = input.fill_buf()?;
            if ahead.is_empty() || self.piece.len() > TAG {
                return Ok(Piece::Text);
            }
            let end = ahead.iter().position(|byte| {
                match (quote, *byte) {
                    (None, b'"' | b'\'') => quote = Some(*byte),
                    (Some(open), byte) if byte == open => quote = None,
                    (None, b'>') => return true,
                    _ => {}
                }
                false
            });
            let count = end.map_or(ahead.len(), |end| end + 1);
            self.piece
                .extend_from_slice(ahead.get(..count).unwrap_or_default());
            input.consume(count);
            if end.is_some() {
                self.piece.pop();
                self.piece.remove(0);
                return Ok(Piece::Tag);
            }
        }
    }

    /// Reads to a mark, piece by piece.
    fn up_to(&mut self, input: &mut dyn Peek, mark: &[u8], piece: Piece) -> io::Result<Piece> {
        let last = mark.last().copied().unwrap_or_default();
        loop {
            let ahead = input.fill_buf()?;
            if ahead.is_empty() {
                self.state = State::Text;
                return Ok(piece);
            }
            let count = memchr(last, ahead).map_or(ahead.len(), |at| at + 1);
            self.piece
                .extend_from_slice(ahead.get(..count).unwrap_or_default());
            input.consume(count);
            if self.piece.ends_with(mark) {
                self.piece.truncate(self.piece.len() - mark.len());
                self.state = State::Text;
                return Ok(piece);
            }
            if self.piece.len() > TAG {
                return Ok(piece);
            }
        }
    }
}

/// Returns the sign that a reference stands for.
fn resolved(reference: &[u8]) -> Option<char> {
    let name = reference.strip_prefix(b"&")?.strip_suffix(b";")?;
    let name = std::str::from_utf8(name).ok()?;
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        return char::from_u32(number.ok()?);
    }
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => None,
    }
}

/// A tag of a document.
#[derive(Clone, Copy)]
pub(super) struct Tag<'t> {
    /// Its name, without the prefix of its name space.
    pub(super) name: &'t [u8],
    /// Whether it ends an element.
    pub(super) ends: bool,
    /// Whether it begins one that has no content.
    pub(super) empty: bool,
    /// Its name as it is written.
    pub(super) whole_name: &'t [u8],
    rest: &'t [u8],
}

impl<'t> Tag<'t> {
    /// Returns what is in angle brackets as a tag.
    pub(super) fn of(piece: &'t [u8]) -> Self {
        let (ends, piece) = match piece {
            [b'/', rest @ ..] => (true, rest),
            piece => (false, piece),
        };
        let (empty, piece) = match piece {
            [rest @ .., b'/'] => (true, rest),
            piece => (false, piece),
        };
        let length = piece.iter().position(u8::is_ascii_whitespace);
        let (name, rest) = piece
            .split_at_checked(length.unwrap_or(piece.len()))
            .unwrap_or_default();
        Self {
            name: local(name),
            ends,
            empty,
            whole_name: name,
            rest,
        }
    }

    /// Returns what is said in it beside its name.
    pub(super) fn said(self) -> &'t [u8] {
        self.rest
    }

    /// Returns its attributes: names without prefix, and values with their references.
    pub(super) fn attributes(self) -> impl Iterator<Item = (&'t [u8], &'t [u8])> {
        let mut rest = self.rest;
        std::iter::from_fn(move || {
            let equals = memchr(b'=', rest)?;
            let (name, after) = rest.split_at_checked(equals)?;
            let after = after.get(1..)?.trim_ascii_start();
            let (quote, after) = after.split_first()?;
            let end = memchr(*quote, after)?;
            let (value, after) = after.split_at_checked(end)?;
            rest = after.get(1..)?;
            Some((local(name.trim_ascii()), value))
        })
    }

    /// Returns the value of an attribute.
    pub(super) fn attribute(self, name: &[u8]) -> Option<&'t [u8]> {
        self.attributes()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }
}

/// Returns a name without the prefix of its name space.
fn local(name: &[u8]) -> &[u8] {
    name.rsplit(|byte| *byte == b':').next().unwrap_or(name)
}

/// Returns a text with its references resolved.
pub(super) fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(b'&', rest) {
        let (before, after) = rest.split_at_checked(at).unwrap_or_default();
        plain.extend_from_slice(before);
        let end = after.iter().take(REFERENCE).position(|byte| *byte == b';');
        let (reference, after) = after
            .split_at_checked(end.map_or(1, |end| end + 1))
            .unwrap_or_default();
        match resolved(reference) {
            Some(sign) => plain.extend_from_slice(sign.encode_utf8(&mut [0; 4]).as_bytes()),
            None => plain.extend_from_slice(reference),
        }
        rest = after;
    }
    plain.extend_from_slice(rest);
    plain
}
