//! Commands as Redis logs them: each an array of strings, whose lengths stand before them.

use std::io::{self, Read};

use super::keyed::{Keyed, Role, Spot};
use super::strings::Bytes;
use crate::cardholder::content::input::Input;
use crate::cardholder::content::{Reading, Why};

/// The longest line between strings.
const LINE: u64 = 1024;

/// The longest name of a command.
const NAME: u64 = 32;

/// Tells whether a content begins with a command.
pub(in crate::cardholder::content) fn is_commands(head: &[u8]) -> bool {
    let counted = |bytes: &[u8], sign: u8| -> Option<usize> {
        let rest = bytes.strip_prefix(&[sign])?;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let after = rest.get(digits..)?;
        ((1..10).contains(&digits) && after.starts_with(b"\r\n")).then_some(digits + 3)
    };
    let second = counted(head, b'*').and_then(|first| head.get(first..));
    second.is_some_and(|second| counted(second, b'$').is_some())
}

/// Reads commands.
pub(in crate::cardholder::content) fn commands(
    reading: &mut Reading<'_>,
    input: &mut Input<'_>,
) -> io::Result<()> {
    follow(reading, &mut Bytes::new(input))
}

/// Reads the commands that are left.
pub(super) fn follow(reading: &mut Reading<'_>, bytes: &mut Bytes<'_, '_>) -> io::Result<()> {
    let mut keyed = Keyed::default();
    let done = loop {
        match command(reading, bytes, &mut keyed) {
            Ok(true) => {}
            done => break done.map(|_| ()),
        }
    };
    keyed.finish(reading);
    if done.is_err() {
        reading.text(bytes)?;
    }
    done
}

/// Reads a command; tells whether there was one.
fn command(
    reading: &mut Reading<'_>,
    bytes: &mut Bytes<'_, '_>,
    keyed: &mut Keyed,
) -> io::Result<bool> {
    let count = match bytes.next()? {
        None => return Ok(false),
        // A remark, such as the time.
        Some(b'#') => {
            bytes.line(LINE)?;
            return Ok(true);
        }
        Some(_) => counted(bytes, b'*')?,
    };
    let mut pairs = false;
    for index in 0..count {
        let length = counted(bytes, b'$')?;
        let spot = Spot {
            offset: bytes.at(),
            packed: false,
        };
        let mut text = bytes.take(length);
        match index {
            0 => {
                let mut name = Vec::new();
                (&mut text).take(NAME).read_to_end(&mut name)?;
                name.make_ascii_uppercase();
                pairs = matches!(name.as_slice(), b"MSET" | b"MSETNX");
                keyed.name(Vec::new());
                if length > NAME {
                    let mut whole = name.as_slice().chain(&mut text);
                    keyed.text(reading, Role::Value, &mut whole, spot)?;
                }
            }
            _ if index == 1 || pairs && index % 2 == 1 => keyed.key(reading, &mut text, spot)?,
            _ => keyed.text(reading, Role::Argument, &mut text, spot)?,
        }
        io::copy(&mut text, &mut io::sink())?;
        if text.limit() > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if bytes.array()? != *b"\r\n" {
            return Err(Why::Damaged.into());
        }
    }
    Ok(true)
}

/// Reads a count behind a sign.
fn counted(bytes: &mut Bytes<'_, '_>, sign: u8) -> io::Result<u64> {
    let line = bytes.line(LINE)?;
    let count = line
        .strip_prefix(&[sign])
        .and_then(|count| std::str::from_utf8(count).ok()?.parse().ok());
    Ok(count.ok_or(Why::Damaged)?)
}
