//! Mail (RFC 5322, MIME): headers, bodies and attachments, in passing. Files of many messages too.
//!
//! A header is read as a text of its own, `header`. A part is named by the file it is, else by its
//! number. Mail that is not as it should be is told as damaged, and what can't be decoded is
//! scanned as it is: nothing is left out because of how it is wrapped.

mod decoded;
mod field;
mod header;
mod html;
mod lines;
mod mbox;
mod transfer;
mod words;

use std::io::{self, Read};

use super::charset::Utf8;
use super::format::Format;
use super::sealed::Sealed;
use super::{HEAD, Input, Reading, Why};
use field::Facts;
use header::{Header, is_field};
use html::Html;
use lines::{Ended, LONGEST_BOUNDARY, Lines, Part};
use mbox::Message;
use transfer::{Carried, Transfer};

/// How many multiparts one inside the other are followed.
const NESTED: usize = 32;

/// Mail, in one of its forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mail {
    /// One message.
    One,
    /// A file of messages, each after a line that begins with `From `.
    Many,
    /// One message after a line with its length, as Apple Mail keeps it.
    Counted,
}

impl Mail {
    /// Returns the form of mail that begins so, if it is mail.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        if mbox::is_mbox(head) {
            return Some(Self::Many);
        }
        let count = head.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let after = head.get(count..)?.trim_ascii_start();
        match count {
            0 => is_message(head).then_some(Self::One),
            1..=12 => is_message(after).then_some(Self::Counted),
            _ => None,
        }
    }
}

/// Tells whether a message begins so: with fields, among them two that mail has.
fn is_message(head: &[u8]) -> bool {
    let mut known = 0;
    for line in head.split(|byte| *byte == b'\n') {
        match line {
            [] | [b'\r'] => break,
            [b' ' | b'\t', ..] => continue,
            _ if !is_field(line) => break,
            _ => {}
        }
        let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
        known += match name.trim_ascii().to_ascii_lowercase().as_slice() {
            b"received"
            | b"return-path"
            | b"delivered-to"
            | b"message-id"
            | b"mime-version"
            | b"dkim-signature"
            | b"x-mailer"
            | b"in-reply-to"
            | b"references"
            | b"subject"
            | b"from"
            | b"to"
            | b"cc"
            | b"reply-to"
            | b"sender"
            | b"date"
            | b"content-transfer-encoding"
            | b"content-type" => 1,
            _ => 0,
        };
        if known == 2 {
            return true;
        }
    }
    false
}

/// Where in a message a part is.
struct At {
    /// Its number: those of the parts around it too, with dots between.
    number: String,
    /// How many multiparts are around it.
    nested: usize,
}

impl At {
    fn top() -> Self {
        Self {
            number: String::new(),
            nested: 0,
        }
    }

    /// Returns where a part inside is.
    fn part(&self, index: usize) -> Self {
        let number = match self.number.is_empty() {
            true => index.to_string(),
            false => format!("{}.{index}", self.number),
        };
        Self {
            number,
            nested: self.nested + 1,
        }
    }
}

/// Reads mail.
pub(super) fn mail(reading: &mut Reading<'_>, form: Mail, input: &mut Input<'_>) -> io::Result<()> {
    let mut lines = Lines::new(input);
    match form {
        Mail::One => message(reading, &mut lines),
        Mail::Counted => {
            lines.skip_line()?;
            message(reading, &mut lines)
        }
        Mail::Many => {
            let mut index = 1_u64;
            while !lines.peek()?.is_empty() && !reading.spent.halted() {
                reading.within(format!("message{index}"), |reading| {
                    let mut one = Message::new(&mut lines)?;
                    message(reading, &mut Lines::new(&mut one))?;
                    io::copy(&mut one, &mut io::sink()).map(|_| ())
                })?;
                index += 1;
            }
            Ok(())
        }
    }
}

/// Reads a message: its header, then its body.
fn message(reading: &mut Reading<'_>, lines: &mut Lines<'_>) -> io::Result<()> {
    let facts = header(reading, lines)?;
    match facts.has_parts() {
        true => body(reading, &facts, lines, &At::top()),
        false => reading.within("body".to_owned(), |reading| {
            body(reading, &facts, lines, &At::top())
        }),
    }
}

/// Scans a header; returns what it says of the body.
fn header(reading: &mut Reading<'_>, lines: &mut Lines<'_>) -> io::Result<Facts> {
    reading.within("header".to_owned(), |reading| {
        let mut header = Header::new(lines);
        text(reading, &mut header)?;
        let facts = header.facts();
        if facts.broken {
            reading.unread(Why::Damaged);
        }
        Ok(facts)
    })
}

/// Reads a body as it is carried.
fn body(
    reading: &mut Reading<'_>,
    facts: &Facts,
    lines: &mut Lines<'_>,
    at: &At,
) -> io::Result<()> {
    match facts.transfer() {
        Transfer::Identity => content(reading, facts, lines, at),
        Transfer::Other => {
            reading.unread(Why::NotSupported("a transfer encoding of mail"));
            content(reading, facts, lines, at)
        }
        transfer @ (Transfer::Base64 | Transfer::QuotedPrintable) => {
            let mut carried = Carried::new(transfer, lines);
            if let Err(error) = content(reading, facts, &mut carried, at) {
                reading.unread(Why::of(&error));
            }
            // What a reader of a format leaves is not the text after it.
            if let Err(error) = carried.finish() {
                reading.unread(Why::of(&error));
            }
            match lines.peek()?.is_empty() {
                true => Ok(()),
                false => reading.within("after".to_owned(), |reading| text(reading, lines)),
            }
        }
    }
}

/// Reads a body: parts, a message, or something else.
fn content(
    reading: &mut Reading<'_>,
    facts: &Facts,
    input: &mut dyn Read,
    at: &At,
) -> io::Result<()> {
    match facts.kind.as_slice() {
        kind if facts.has_parts() => {
            if kind == b"multipart/encrypted" {
                reading.unread(Why::Encrypted);
            }
            parts(reading, facts, input, at)
        }
        b"text/rfc822-headers" => {
            let mut lines = Lines::new(input);
            header(reading, &mut lines)?;
            text(reading, &mut lines)
        }
        b"message/rfc822" | b"message/global" | b"message/news" => {
            if reading.depth == reading.limits.depth {
                reading.unread(Why::TooDeep(reading.limits.depth));
                return text(reading, input);
            }
            reading.depth += 1;
            let done = message(reading, &mut Lines::new(input));
            reading.depth -= 1;
            done
        }
        _ => leaf(reading, facts, input),
    }
}

/// Reads what stands between boundaries.
fn parts(
    reading: &mut Reading<'_>,
    facts: &Facts,
    input: &mut dyn Read,
    at: &At,
) -> io::Result<()> {
    if at.nested == NESTED {
        reading.unread(Why::TooDeep(NESTED));
        return text(reading, input);
    }
    if facts.boundary.is_empty() || facts.boundary.len() > LONGEST_BOUNDARY {
        reading.unread(Why::Damaged);
        return text(reading, input);
    }
    let boundary = [b"--", facts.boundary.trim_ascii_end()].concat();
    let mut lines = Lines::new(input);
    let mut before = Part::new(&mut lines, &boundary);
    let mut ended = reading.within("before".to_owned(), |reading| {
        text(reading, &mut before)?;
        before.finish()
    })?;
    let mut index = 0;
    while ended == Ended::Next && !reading.spent.halted() {
        index += 1;
        let at = at.part(index);
        let mut part = Part::new(&mut lines, &boundary);
        if let Err(error) = one(reading, &mut part, &at) {
            reading.unread(Why::of(&error));
        }
        ended = part.finish()?;
    }
    if ended == Ended::Early {
        reading.unread(Why::Damaged);
    }
    reading.within("after".to_owned(), |reading| text(reading, &mut lines))
}

/// Reads one part.
fn one(reading: &mut Reading<'_>, part: &mut dyn Read, at: &At) -> io::Result<()> {
    let mut lines = Lines::new(part);
    let number = format!("part{}", at.number);
    let facts = reading.within(number.clone(), |reading| header(reading, &mut lines))?;
    match &facts.name {
        Some(name) => {
            reading.named(name, |reading| {
                if let Err(error) = body(reading, &facts, &mut lines, at) {
                    reading.unread(Why::of(&error));
                }
            });
            Ok(())
        }
        // The numbers of its parts begin with its own.
        None if facts.has_parts() => body(reading, &facts, &mut lines, at),
        None => reading.within(number, |reading| body(reading, &facts, &mut lines, at)),
    }
}

/// Reads a part that has no others in it.
fn leaf(reading: &mut Reading<'_>, facts: &Facts, input: &mut dyn Read) -> io::Result<()> {
    let mut input = Input::passing(input);
    let head = input.peek(HEAD)?;
    if Format::of(head) != Format::Text {
        if reading.depth == reading.limits.depth {
            reading.unread(Why::TooDeep(reading.limits.depth));
            return text(reading, &mut input);
        }
        reading.deeper(&mut input);
        return Ok(());
    }
    let html = facts.kind == b"text/html" || is_page(head);
    let label = match facts.charset.as_slice() {
        b"" if html => stated(head),
        label => label.to_vec(),
    };
    let mut sealed = Sealed::new(&mut input);
    match (Utf8::labelled(&label), html) {
        (None, false) => text(reading, &mut sealed)?,
        (None, true) => text(reading, &mut Html::new(&mut sealed))?,
        (Some(encoding), false) => text(reading, &mut Utf8::from_legacy(encoding, &mut sealed))?,
        (Some(encoding), true) => {
            let mut page = Utf8::from_legacy(encoding, &mut sealed);
            text(reading, &mut Html::new(&mut page))?;
        }
    }
    if let Some(why) = sealed.seen() {
        reading.unread(why);
    }
    Ok(())
}

/// Scans a text. Most of those in mail are short: what is whole needs no room for more.
fn text(reading: &mut Reading<'_>, input: &mut dyn Read) -> io::Result<()> {
    let mut input = Input::passing(input);
    let head = input.peek(HEAD)?;
    if head.len() < HEAD {
        reading.scan(head);
        return io::copy(&mut input, &mut io::sink()).map(|_| ());
    }
    reading.text(&mut input)
}

/// Tells whether a page begins so.
fn is_page(head: &[u8]) -> bool {
    let begin = head.trim_ascii_start().get(..15).unwrap_or_default();
    let begin = begin.to_ascii_lowercase();
    begin.starts_with(b"<html") || begin.starts_with(b"<!doctype html")
}

/// Returns the name of the encoding that a page states.
fn stated(head: &[u8]) -> Vec<u8> {
    let Some(at) = memchr::memmem::find(head, b"charset=") else {
        return Vec::new();
    };
    let rest = head.get(at + 8..).unwrap_or_default();
    rest.iter()
        .copied()
        .skip_while(|byte| matches!(byte, b'"' | b'\''))
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        .collect()
}

#[cfg(test)]
mod tests;
