//! Archives of tar, in passing: the old form, ustar, pax, and that of GNU. Links are names and are
//! never followed.

mod header;

use std::io::{self, BufRead as _, Read as _};

use super::span::Span;
use super::{Input, Reading, Why};
use header::{Extended, Header, Kind};

/// Headers and contents fill blocks of so many bytes.
const BLOCK: usize = 512;
/// The longest name or list of properties that is held, in bytes.
const LONGEST: u64 = 256 * 1024;

/// Tells whether an archive begins so.
pub(super) fn begins(head: &[u8]) -> bool {
    head.first_chunk()
        .is_some_and(|block| Header::of(block).is_some())
}

/// Reads an archive, and what comes after it.
pub(super) fn tar(reading: &mut Reading<'_>, input: &mut Input<'_>) -> io::Result<()> {
    let mut extended = Extended::default();
    // How many zeros came since the last member: a block of them ends an archive.
    let mut filled = 0;
    while !reading.spent.halted() {
        let block = input.peek(BLOCK)?;
        let zeros = block.iter().take_while(|byte| **byte == 0).count();
        if zeros > 0 {
            input.consume(zeros);
            filled += zeros;
            continue;
        }
        if block.is_empty() && filled < BLOCK {
            // It may have been cut off between two members.
            return Err(Why::Damaged.into());
        }
        let Some(block) = block.first_chunk::<BLOCK>() else {
            return after(reading, input);
        };
        let Some(header) = Header::of(block) else {
            return after(reading, input);
        };
        input.consume(BLOCK);
        filled = 0;
        let size = extended.size.unwrap_or(header.size);
        match header.kind {
            Kind::Properties | Kind::LongName | Kind::LongLink | Kind::Global => {
                let read = properties(reading, input, &header, &mut extended);
                pad(input, header.size)?;
                read?;
                continue;
            }
            Kind::Sparse => header::pass_map(input, &header)?,
            Kind::Content | Kind::Empty | Kind::Other => {}
        }
        let size = match header.kind {
            Kind::Empty => 0,
            _ => size,
        };
        member(reading, input, &header, &extended, size)?;
        pad(input, size)?;
        extended = Extended::default();
    }
    Ok(())
}

/// Reads a member that has so many bytes.
fn member(
    reading: &mut Reading<'_>,
    input: &mut Input<'_>,
    header: &Header,
    extended: &Extended,
    size: u64,
) -> io::Result<()> {
    let name = extended.name.as_deref().unwrap_or(&header.name);
    let link = extended.link.as_deref().unwrap_or(&header.link);
    let mut span = Span::of(input, size);
    reading.enter(&String::from_utf8_lossy(name), |reading| {
        reading.name(link);
        reading.deeper(&mut Input::passing(&mut span));
        if header.kind == Kind::Sparse || extended.sparse {
            reading.unread(Why::NotSupported("where the holes of a sparse file are"));
        }
    });
    span.skip()
}

/// Reads what a header in front of another says of it.
fn properties(
    reading: &mut Reading<'_>,
    input: &mut Input<'_>,
    header: &Header,
    extended: &mut Extended,
) -> io::Result<()> {
    let mut span = Span::of(input, header.size);
    if header.size > LONGEST {
        reading.unread(Why::NotSupported(
            "a name or property that is longer than any",
        ));
        reading.text(&mut span)?;
        return Ok(());
    }
    let mut bytes = Vec::new();
    span.read_to_end(&mut bytes)?;
    match header.kind {
        Kind::LongName => extended.name = Some(header::text(&bytes).to_vec()),
        Kind::LongLink => extended.link = Some(header::text(&bytes).to_vec()),
        _ => {
            // Of all members that follow, or of one: what it says is scanned in both cases.
            for other in extended.properties(&bytes) {
                reading.name(other);
            }
        }
    }
    if header.kind == Kind::Global {
        *extended = Extended::default();
    }
    Ok(())
}

/// Takes what fills the last block of so many bytes.
fn pad(input: &mut Input<'_>, size: u64) -> io::Result<()> {
    let block = BLOCK as u64;
    let fill = (block - size % block) % block;
    io::copy(&mut input.take(fill), &mut io::sink()).map(|_| ())
}

/// Reads what comes after an archive.
fn after(reading: &mut Reading<'_>, input: &mut Input<'_>) -> io::Result<()> {
    if !input.peek(1)?.is_empty() {
        reading.deeper(&mut Input::passing(input));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
