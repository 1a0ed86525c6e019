//! The pages of a database, each read when it is needed and claimed once, so that no circle of
//! pages is followed.

use std::io::{self, Read, SeekFrom};

use super::record::varint;
use crate::cardholder::content::{Stream, Why};

/// What the beginning of a database says, and which of its pages were read.
pub(super) struct Pages<'s> {
    stream: &'s mut dyn Stream,
    /// How many bytes a page has.
    pub(super) size: usize,
    /// How many of them hold data.
    pub(super) usable: usize,
    /// How many pages the file has, whatever it says.
    pub(super) count: u64,
    /// The encoding of its texts.
    pub(super) encoding: Encoding,
    /// A bit for each page.
    claimed: Vec<u64>,
}

/// How the texts of a database are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

/// The bytes at the beginning of the file that are no part of its first page's tree.
pub(super) const HEADER: usize = 100;

impl<'s> Pages<'s> {
    /// Reads the header of a file of a length; the pages that it may have are counted in at most
    /// so many bytes.
    pub(super) fn open(stream: &'s mut dyn Stream, held: u64) -> io::Result<Self> {
        let length = stream.seek(SeekFrom::End(0))?;
        stream.rewind()?;
        let mut header = [0; HEADER];
        stream.read_exact(&mut header)?;
        let size = match header {
            [.., _] => u16::from_be_bytes([header[16], header[17]]),
        };
        let size = if size == 1 { 65_536 } else { usize::from(size) };
        let usable = size.saturating_sub(usize::from(header[20]));
        if !size.is_power_of_two() || size < 512 || usable < 480 {
            return Err(Why::Damaged.into());
        }
        let count = length / size as u64;
        if count / 8 > held {
            return Err(Why::TooLargeToHold(held).into());
        }
        let words = usize::try_from(count / 64 + 1).map_err(|_| Why::Damaged)?;
        Ok(Self {
            stream,
            size,
            usable,
            count,
            encoding: match header[59] {
                2 => Encoding::Utf16Le,
                3 => Encoding::Utf16Be,
                _ => Encoding::Utf8,
            },
            claimed: vec![0; words],
        })
    }

    /// Returns where a page begins in the file.
    pub(super) fn offset(&self, number: u32) -> u64 {
        u64::from(number).saturating_sub(1) * self.size as u64
    }

    /// Reads a page.
    pub(super) fn read(&mut self, number: u32) -> io::Result<Vec<u8>> {
        if number == 0 || u64::from(number) > self.count {
            return Err(Why::Damaged.into());
        }
        let mut page = vec![0; self.size];
        self.stream.seek(SeekFrom::Start(self.offset(number)))?;
        self.stream.read_exact(&mut page)?;
        Ok(page)
    }

    /// Claims a page; fails if it is already claimed, or is none.
    pub(super) fn claim(&mut self, number: u32) -> Result<(), Why> {
        if number == 0 || u64::from(number) > self.count || self.is_claimed(number) {
            return Err(Why::Damaged);
        }
        if let Some(word) = self.claimed.get_mut(number as usize / 64) {
            *word |= 1 << (number % 64);
        }
        Ok(())
    }

    /// Tells whether a page is claimed.
    pub(super) fn is_claimed(&self, number: u32) -> bool {
        self.claimed
            .get(number as usize / 64)
            .is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// Returns what follows the last whole page.
    pub(super) fn rest(&mut self) -> io::Result<&mut dyn Read> {
        self.stream
            .seek(SeekFrom::Start(self.count * self.size as u64))?;
        Ok(&mut self.stream)
    }
}

/// What a page of a tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It points to pages of a table.
    TableInterior,
    /// It has rows of a table.
    TableLeaf,
    /// It has entries of an index and points to pages of it.
    IndexInterior,
    /// It has entries of an index.
    IndexLeaf,
}

/// A page of a tree, taken apart.
pub(super) struct Node {
    /// What it is.
    pub(super) role: Role,
    /// The pages below it.
    pub(super) children: Vec<u32>,
    /// Its rows.
    pub(super) cells: Vec<Row>,
    /// Whether something in it can't be.
    pub(super) damaged: bool,
    /// The parts of it that nothing uses.
    pub(super) unused: Vec<std::ops::Range<usize>>,
    /// Where blocks of the list of free ones begin and end.
    pub(super) free: Vec<std::ops::Range<usize>>,
}

/// A row on a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// The number of the row, of a table.
    pub(super) rowid: Option<i64>,
    /// Where its bytes begin in the page.
    pub(super) at: usize,
    /// How many of them are there.
    pub(super) local: usize,
    /// How many it has.
    pub(super) length: u64,
    /// Where the others are.
    pub(super) overflow: u32,
}

impl Node {
    /// Takes a page apart, whose tree begins at `start`; `None` if it is no page of a tree.
    pub(super) fn of(page: &[u8], usable: usize, start: usize) -> Option<Self> {
        let role = match page.get(start)? {
            0x02 => Role::IndexInterior,
            0x05 => Role::TableInterior,
            0x0a => Role::IndexLeaf,
            0x0d => Role::TableLeaf,
            _ => return None,
        };
        let interior = matches!(role, Role::IndexInterior | Role::TableInterior);
        let count = usize::from(short(page, start + 3)?);
        let pointers = start + if interior { 12 } else { 8 };
        let content = pointers + count * 2;
        if content > usable {
            return None;
        }
        let mut node = Self {
            role,
            children: Vec::new(),
            cells: Vec::new(),
            damaged: false,
            unused: Vec::new(),
            free: Vec::new(),
        };
        let mut used = Vec::new();
        let mut total = 0;
        for index in 0..count {
            let at = usize::from(short(page, pointers + index * 2)?);
            let end = (at >= content)
                .then(|| node.cell(page, usable, at))
                .flatten()
                .filter(|end| *end <= usable);
            // Cells don't overlap: many pointers to one cell would make a page give more than it
            // has.
            total += end.map_or(0, |end| end - at);
            match end {
                Some(end) if total <= usable => used.push(at..end),
                Some(_) | None => node.damaged = true,
            }
            if total > usable {
                break;
            }
        }
        if interior {
            node.children.push(long(page, start + 8)?);
        }
        used.sort_by_key(|range| range.start);
        let mut free = content;
        for range in used {
            if range.start > free {
                node.unused.push(free..range.start);
            }
            free = free.max(range.end);
        }
        node.unused.push(free..usable);
        node.free(page, usable, start);
        Some(node)
    }

    /// Follows the list of free blocks, which stand in their order.
    fn free(&mut self, page: &[u8], usable: usize, start: usize) {
        let mut before = 0;
        let mut next = short(page, start + 1).map_or(0, usize::from);
        while next > before {
            let size = short(page, next + 2).map_or(0, usize::from);
            self.free.push(next..(next + size).min(usable));
            before = next;
            next = short(page, next).map_or(0, usize::from);
        }
    }

    /// Reads a cell; returns where it ends.
    fn cell(&mut self, page: &[u8], usable: usize, at: usize) -> Option<usize> {
        let mut next = at;
        if matches!(self.role, Role::TableInterior | Role::IndexInterior) {
            self.children.push(long(page, at)?);
            next += 4;
        }
        let mut number = || {
            let (value, taken) = varint(page.get(next..)?)?;
            next += taken;
            Some(value)
        };
        if self.role == Role::TableInterior {
            number()?;
            return Some(next);
        }
        let length = number()?;
        let rowid = match self.role {
            Role::TableLeaf => Some(number()?.cast_signed()),
            Role::TableInterior | Role::IndexInterior | Role::IndexLeaf => None,
        };
        let local = local(length, usable, self.role);
        let spills = (local as u64) < length;
        let end = next + local;
        let overflow = if spills { long(page, end)? } else { 0 };
        let after = if spills { end + 4 } else { end };
        if after <= usable {
            self.cells.push(Row {
                rowid,
                at: next,
                local,
                length,
                overflow,
            });
        }
        // The shortest cell takes four bytes, as it may come to be a free block.
        Some(after.max(at + 4).min(usable.max(after)))
    }
}

/// Returns how many bytes of a row are on its page.
fn local(length: u64, usable: usize, role: Role) -> usize {
    let most = match role {
        Role::TableLeaf | Role::TableInterior => usable - 35,
        Role::IndexLeaf | Role::IndexInterior => (usable - 12) * 64 / 255 - 23,
    };
    let least = (usable - 12) * 32 / 255 - 23;
    match usize::try_from(length) {
        Ok(length) if length <= most => length,
        _ => {
            let rest = length.saturating_sub(least as u64) % (usable as u64 - 4);
            match least + usize::try_from(rest).unwrap_or_default() {
                some if some <= most => some,
                _ => least,
            }
        }
    }
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Returns the number of four bytes at a place.
pub(super) fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// The bytes of a row, on its page and on those where it goes on.
pub(super) struct Payload<'p, 's> {
    /// The pages of the file, if they can be read.
    pages: Option<&'p mut Pages<'s>>,
    /// The part at hand, and how much of it was read.
    part: Vec<u8>,
    taken: usize,
    /// Where that part begins in the file.
    offset: u64,
    /// How many bytes are left in all.
    left: u64,
    /// Where it goes on.
    next: u32,
}

impl<'p, 's> Payload<'p, 's> {
    /// Begins a row whose page begins at `offset` in the file.
    pub(super) fn new(
        pages: Option<&'p mut Pages<'s>>,
        page: &[u8],
        offset: u64,
        row: Row,
    ) -> Self {
        let part = page.get(row.at..row.at + row.local).unwrap_or_default();
        Self {
            pages,
            part: part.to_vec(),
            taken: 0,
            offset: offset + row.at as u64,
            left: row.length,
            next: row.overflow,
        }
    }

    /// Returns where the next byte is in the file.
    pub(super) fn at(&mut self) -> u64 {
        // An error is told by the read that follows.
        let _ = self.turn();
        self.offset + self.taken as u64
    }

    /// Returns how many bytes are left.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    /// Returns how many bytes stand in the file right after the next byte, with it.
    pub(super) fn together(&self) -> usize {
        self.part.len() - self.taken
    }

    /// Goes to the next page if the part at hand was read.
    fn turn(&mut self) -> io::Result<()> {
        if self.taken < self.part.len() || self.left == 0 {
            return Ok(());
        }
        let pages = self.pages.as_mut().ok_or(Why::Damaged)?;
        let page = pages.read(self.next)?;
        pages.claim(self.next)?;
        self.offset = pages.offset(self.next) + 4;
        self.next = long(&page, 0).unwrap_or_default();
        self.part = page.get(4..pages.usable).unwrap_or_default().to_vec();
        self.taken = 0;
        Ok(())
    }
}

impl Read for Payload<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 || into.is_empty() {
            return Ok(0);
        }
        self.turn()?;
        let part = self.part.get(self.taken..).unwrap_or_default();
        let count = part
            .len()
            .min(into.len())
            .min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let (Some(from), Some(to)) = (part.get(..count), into.get_mut(..count)) else {
            return Ok(0);
        };
        to.copy_from_slice(from);
        self.taken += count;
        self.left -= count as u64;
        Ok(count)
    }
}
