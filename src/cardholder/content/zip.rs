//! Archives of zip. Members are read in passing, as they follow each other, whatever the directory
//! at the end says; then what the directory says beside that.

mod directory;
mod local;
mod member;

use std::io::{self, Cursor};
use std::rc::Rc;

use memchr::memmem;

use super::held::Held;
use super::office::{self, Strings};
use super::until::Until;
use super::{HEAD, Input, Reading};
use directory::Directory;
use local::Local;

/// How many bytes the header of a member has before its name.
const LOCAL: usize = 30;

/// Tells whether an archive begins so: with a member, as one of several files, or empty.
pub(super) fn begins(head: &[u8]) -> bool {
    match head {
        [b'P', b'K', 7, 8, rest @ ..] | [b'P', b'K', b'0', b'0', rest @ ..] => local::begins(rest),
        [b'P', b'K', 5, 6, ..] => head.len() >= directory::END,
        _ => local::begins(head),
    }
}

/// Reads an archive, and whatever stands before, between and after its members.
pub(super) fn zip(reading: &mut Reading<'_>, input: &mut Input<'_>) -> io::Result<()> {
    if memmem::find(input.peek(HEAD)?, b"xl/").is_none() {
        return with_strings(reading, input, Strings::default());
    }
    // Of a workbook the strings are read before the sheets, which stand before them.
    if input.goes_anywhere() {
        return workbook(reading, input);
    }
    let (held, all) = Held::of(reading, input, reading.limits.held / 2)?;
    match all {
        true => workbook(reading, &mut Input::anywhere(&mut Cursor::new(held))),
        false => {
            let mut all = held.chain(input);
            with_strings(reading, &mut Input::passing(&mut all), Strings::default())
        }
    }
}

/// Reads an archive that may be a workbook, and can be read from any place.
fn workbook(reading: &mut Reading<'_>, input: &mut Input<'_>) -> io::Result<()> {
    let start = input.position();
    let strings = match directory::look_up(input, office::STRINGS)? {
        Some(local) => member::unpacked(reading, input, &local),
        None => Strings::default(),
    };
    input.go(start)?;
    with_strings(reading, input, strings)
}

/// Reads an archive whose cells, if it has any, share some strings.
fn with_strings(
    reading: &mut Reading<'_>,
    input: &mut Input<'_>,
    strings: Strings,
) -> io::Result<()> {
    let strings = Rc::new(strings);
    let outer = std::mem::replace(&mut reading.strings, Rc::clone(&strings));
    let done = whole(reading, input);
    reading.strings = outer;
    done.and(office::unnamed(reading, &strings))
}

/// Reads an archive that has to end.
fn whole(reading: &mut Reading<'_>, input: &mut Input<'_>) -> io::Result<()> {
    match archives(reading, input)? {
        true => Ok(()),
        false if reading.spent.halted() => Ok(()),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// Reads what may hold archives, such as a program that unpacks itself. All else in it is scanned as
/// it is.
pub(super) fn binary(reading: &mut Reading<'_>, input: &mut Input<'_>) -> io::Result<()> {
    archives(reading, input).map(|_| ())
}

/// Reads archives; tells whether each that began also ended.
fn archives(reading: &mut Reading<'_>, input: &mut Input<'_>) -> io::Result<bool> {
    let mut directory = Directory::new(input.position());
    let mut done = walk(reading, input, &mut directory);
    if directory.find(input)? {
        let again = walk(reading, input, &mut directory);
        done = done.and(again);
    }
    directory.rest(reading, input)?;
    done.map(|()| !directory.open())
}

/// Reads parts of an archive from where the input is to its end.
fn walk(
    reading: &mut Reading<'_>,
    input: &mut Input<'_>,
    directory: &mut Directory,
) -> io::Result<()> {
    while !reading.spent.halted() {
        let begun = directory.begun();
        match input.peek(directory::ENTRY)? {
            [] => break,
            head if local::begins(head) => {
                let at = input.position();
                let local = Local::read(input)?;
                let packed = member::read(reading, input, &local)?;
                directory.walked(reading, at, &local, packed)?;
            }
            head if begun && directory::begins(head) => directory.entry(reading, input)?,
            [b'P', b'K', 5, 6, ..] if begun => directory.end(reading, input)?,
            [b'P', b'K', 6, 6, ..] if begun => directory.large_end(input)?,
            [b'P', b'K', 6, 7, ..] if begun => directory::pass(input, directory::LOCATOR)?,
            _ => {
                let at = input.position();
                let part = |shown: &[u8], _: &_| match local::begins(shown) {
                    true => true,
                    false => begun && directory::is_part(shown),
                };
                reading.text_from(at, &mut Until::new(input, part))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
