//! What no tree of a database uses: deleted rows, free pages, and pages in the log or the journal.

use std::io::{self, Read};

use super::pages::{Encoding, HEADER, Node, Pages, Payload, Role, Row, long};
use super::record::{self, Carved};
use super::rows::{Page, Rows};
use super::schema::Table;
use crate::cardholder::content::input::Input;
use crate::cardholder::content::{Reading, Why};
use crate::cardholder::scanner::Scanner;
use crate::cardholder::{Match, Place};

/// What rows are told under that no table has any more.
const DELETED: &str = "deleted";
/// The largest page.
const PAGE: u32 = 65_536;

/// Reads the parts of a page that its tree does not use: rows that lie whole in them as rows, and
/// what is between as it is.
pub(super) fn unused(reading: &mut Reading<'_>, rows: &mut Rows, page: &Page, node: &Node) {
    let member = rows.member.replace(DELETED.into());
    let of_table = matches!(node.role, Role::TableLeaf | Role::TableInterior);
    for range in &node.unused {
        let mut plain = range.start;
        let mut at = range.start;
        while at < range.end {
            let free = node.free.iter().find(|free| free.start == at);
            let bytes = page.bytes.get(..range.end).unwrap_or_default();
            let headless = free
                .filter(|_| of_table && rows.columns() > 0)
                .and_then(|free| {
                    let row = record::carve_headless(bytes.get(free.clone())?, rows.columns())?;
                    Some(Carved {
                        values: at + row.values,
                        end: at + row.end,
                        ..row
                    })
                });
            let carved = match of_table {
                true => headless.or_else(|| record::carve(bytes, at)),
                false => None,
            };
            let Some(carved) = carved else {
                at += 1;
                continue;
            };
            between(reading, rows, page, plain..at);
            carve(reading, rows, page, &carved);
            at = carved.end.max(at + 1);
            plain = at;
        }
        between(reading, rows, page, plain..range.end);
    }
    rows.member = member;
}

fn between(reading: &mut Reading<'_>, rows: &mut Rows, page: &Page, range: std::ops::Range<usize>) {
    let bytes = page.bytes.get(range.clone()).unwrap_or_default();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit());
    if digits.take(3).count() == 3 {
        rows.bytes(reading, bytes, page.offset + range.start as u64);
    }
}

fn carve(reading: &mut Reading<'_>, rows: &mut Rows, page: &Page, carved: &Carved) {
    let length = carved.end - carved.values;
    let row = Row {
        rowid: carved.rowid,
        at: carved.values,
        local: length,
        length: length as u64,
        overflow: 0,
    };
    let mut payload = Payload::new(None, &page.bytes, page.offset, row);
    // It lies whole on the page.
    let _ = rows.take(reading, &mut payload, &carved.kinds, carved.rowid);
}

/// Reads a write-ahead log: a header, then pages, each behind a header of its own.
pub(in crate::cardholder::content) fn log(
    reading: &mut Reading<'_>,
    input: &mut Input<'_>,
) -> io::Result<()> {
    let mut header = [0; 32];
    input.read_exact(&mut header)?;
    let size = long(&header, 8).unwrap_or_default();
    let mut at = header.len() as u64;
    loop {
        let mut frame = Vec::new();
        input.take(24).read_to_end(&mut frame)?;
        let number = match frame.len() {
            0 => return Ok(()),
            _ => long(&frame, 0).ok_or(Why::Damaged)?,
        };
        at += frame.len() as u64;
        at += alone(reading, input, size, number, at)?;
    }
}

/// Reads a rollback journal: headers, each of a sector, and as many pages as they say, each between
/// its number and a checksum.
pub(in crate::cardholder::content) fn journal(
    reading: &mut Reading<'_>,
    input: &mut Input<'_>,
) -> io::Result<()> {
    let mut at = 0;
    loop {
        let mut header = Vec::new();
        input.take(28).read_to_end(&mut header)?;
        if header.is_empty() {
            return Ok(());
        }
        let sector = u64::from(long(&header, 20).ok_or(Why::Damaged)?).clamp(28, 65_536);
        let size = long(&header, 24).ok_or(Why::Damaged)?;
        // Where the count was not yet written, all that follows is pages.
        let count = match long(&header, 8) {
            None | Some(0) => u32::MAX,
            Some(count) => count,
        };
        at += 28 + io::copy(&mut input.take(sector - 28), &mut io::sink())?;
        for _ in 0..count {
            let mut number = Vec::new();
            input.take(4).read_to_end(&mut number)?;
            let Some(number) = long(&number, 0) else {
                return Ok(());
            };
            at += 4;
            at += alone(reading, input, size, number, at)?;
            at += io::copy(&mut input.take(4), &mut io::sink())?;
        }
        let over = at % sector;
        if over > 0 {
            at += io::copy(&mut input.take(sector - over), &mut io::sink())?;
        }
    }
}

/// Reads a page without its database; returns its size.
fn alone(
    reading: &mut Reading<'_>,
    input: &mut Input<'_>,
    size: u32,
    number: u32,
    at: u64,
) -> io::Result<u64> {
    if !size.is_power_of_two() || !(512..=PAGE).contains(&size) {
        reading.text(input)?;
        return Err(Why::Damaged.into());
    }
    let mut bytes = Vec::new();
    input.take(size.into()).read_to_end(&mut bytes)?;
    let whole = bytes.len() == size as usize;
    let page = Page { bytes, offset: at };
    let start = if number == 1 { HEADER } else { 0 };
    match Node::of(&page.bytes, page.bytes.len(), start).filter(|node| whole && is_leaf(node)) {
        Some(node) => leaf(reading, None, Encoding::Utf8, &page, &node, &[]),
        None => {
            let mut rows = Rows::new(&Table::default(), Encoding::Utf8);
            between(reading, &mut rows, &page, 0..page.bytes.len());
            rows.finish(reading);
        }
    }
    match whole {
        true => Ok(size.into()),
        false => Err(Why::Damaged.into()),
    }
}

/// Reads the pages that no tree claimed, and what follows the last page.
pub(super) fn unclaimed(
    reading: &mut Reading<'_>,
    pages: &mut Pages<'_>,
    tables: &[&Table],
) -> io::Result<()> {
    let mut plain: Option<Plain<'_>> = None;
    for number in 1..=u32::try_from(pages.count).unwrap_or(u32::MAX) {
        if pages.is_claimed(number) {
            finish(reading, plain.take());
            continue;
        }
        let bytes = pages.read(number)?;
        let node = Node::of(&bytes, pages.usable, 0)
            .filter(is_leaf)
            .or_else(|| overwritten(&bytes));
        let page = Page {
            bytes,
            offset: pages.offset(number),
        };
        if let Some(node) = node {
            finish(reading, plain.take());
            // Their pages may have been used again: what does not fit is no damage.
            let encoding = pages.encoding;
            leaf(reading, Some(&mut *pages), encoding, &page, &node, tables);
            continue;
        }
        let rules = reading.rules;
        let plain = plain.get_or_insert_with(|| Plain {
            scanner: Scanner::new(rules),
            offset: page.offset,
        });
        push(reading, plain, &page.bytes);
    }
    finish(reading, plain.take());
    reading.text(&mut pages.rest()?)
}

fn is_leaf(node: &Node) -> bool {
    matches!(node.role, Role::TableLeaf | Role::IndexLeaf) && !node.damaged
}

/// Takes a page for a leaf whose beginning is lost, if rows can be told in it.
fn overwritten(bytes: &[u8]) -> Option<Node> {
    let rows = (0..bytes.len()).any(|at| record::carve(bytes, at).is_some());
    let whole = 0..bytes.len();
    rows.then(|| Node {
        role: Role::TableLeaf,
        children: Vec::new(),
        cells: Vec::new(),
        damaged: false,
        unused: vec![whole],
        free: Vec::new(),
    })
}

/// Pages that are no trees', as they stand in the file.
struct Plain<'r> {
    scanner: Scanner<'r>,
    offset: u64,
}

fn push(reading: &mut Reading<'_>, plain: &mut Plain<'_>, bytes: &[u8]) {
    let offset = plain.offset;
    let member = reading.inside(DELETED);
    let observer = &mut *reading.observer;
    plain.scanner.push(bytes, &mut |one| {
        observer.found(&member, Place::Content, moved(one, offset));
    });
}

fn finish(reading: &mut Reading<'_>, plain: Option<Plain<'_>>) {
    let Some(plain) = plain else { return };
    let member = reading.inside(DELETED);
    let observer = &mut *reading.observer;
    let bytes = plain.scanner.finish(&mut |one| {
        observer.found(&member, Place::Content, moved(one, plain.offset));
    });
    observer.scanned(bytes);
}

fn moved(one: Match, offset: u64) -> Match {
    Match {
        offset: one.offset + offset,
        ..one
    }
}

/// Reads a leaf that belongs to no tree. Whose it was is told by the number of its columns, if only
/// one table has as many.
fn leaf(
    reading: &mut Reading<'_>,
    mut pages: Option<&mut Pages<'_>>,
    encoding: Encoding,
    page: &Page,
    node: &Node,
    tables: &[&Table],
) {
    let nameless = Table::default();
    let columns = match node.cells.first() {
        Some(row) => {
            let mut payload = Payload::new(None, &page.bytes, page.offset, *row);
            record::header(&mut payload).ok().map(|kinds| kinds.len())
        }
        None => (0..page.bytes.len())
            .find_map(|at| record::carve(&page.bytes, at))
            .map(|row| row.kinds.len()),
    };
    let mut fitting = tables
        .iter()
        .filter(|table| Some(table.columns.len()) == columns);
    let table = match (fitting.next(), fitting.next()) {
        (Some(table), None) => *table,
        _ => &nameless,
    };
    let mut rows = Rows::new(table, encoding);
    rows.member = Some(DELETED.into());
    for row in &node.cells {
        let mut payload = Payload::new(pages.as_deref_mut(), &page.bytes, page.offset, *row);
        match record::header(&mut payload) {
            // What of it is still there was taken.
            Ok(kinds) => drop(rows.take(reading, &mut payload, &kinds, row.rowid)),
            Err(_) => between(reading, &mut rows, page, row.at..row.at + row.local),
        }
    }
    unused(reading, &mut rows, page, node);
    rows.finish(reading);
}
