//! Values that stand one by one, each with a name: cells of tables, values of keys. They go to the
//! scanner many at a time, each on a line of its own behind its label, and what is found is told
//! at its place in the file.

use std::io::{self, Read};
use std::rc::Rc;

use super::{Place, Reading};
use crate::cardholder::masked::masked_name;
use crate::cardholder::scanner::scan;

/// How much text is gathered before it is scanned.
const BATCH: usize = 32 * 1024;
/// The longest label: the words of a name, and of the name of what it belongs to.
const LABEL: usize = 64;
/// The longest value that is gathered; longer ones are scanned in passing.
pub(super) const GATHERED: usize = 64 * 1024;
/// How much is told of the name of a member.
const SHOWN: usize = 200;
/// What stands before a value without label, so that it continues no value before it.
const APART: &[u8] = b"~\n";

/// Where a value stands.
#[derive(Clone)]
pub(super) struct Cell {
    /// Where it begins, in bytes of the content.
    pub(super) offset: u64,
    /// What its text is in the content.
    pub(super) width: Width,
    /// Which row it is in, or which value of the content it is, from 1.
    pub(super) row: u64,
    /// Which column it is in, from 1.
    pub(super) column: u64,
    /// Whether it is content or a name.
    pub(super) place: Place,
    /// The member that it is in, inside the one that is read. It is told with its numbers masked.
    pub(super) member: Option<Rc<str>>,
}

/// What the text of a value is in the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    /// The same bytes.
    Same,
    /// UTF-16.
    Utf16,
    /// Packed, in parts, or a number in binary: its beginning is its place.
    Other,
}

impl Width {
    /// Returns how many bytes of the content a text has.
    fn of(self, text: &[u8]) -> u64 {
        match self {
            Self::Same => text.len() as u64,
            Self::Utf16 => String::from_utf8_lossy(text).encode_utf16().count() as u64 * 2,
            Self::Other => 0,
        }
    }
}

/// Values that were gathered and not yet scanned.
#[derive(Default)]
pub(super) struct Cells {
    text: Vec<u8>,
    /// Where in the text each value begins.
    places: Vec<(usize, Cell)>,
}

impl Cells {
    /// Takes a value.
    pub(super) fn push(
        &mut self,
        reading: &mut Reading<'_>,
        label: &[u8],
        value: &[u8],
        cell: Cell,
    ) {
        self.text.extend(match label {
            [] => APART,
            label => label,
        });
        self.places.push((self.text.len(), cell));
        self.text.extend(value);
        self.text.push(b'\n');
        if self.text.len() > BATCH {
            self.flush(reading);
        }
    }

    /// Scans what was gathered.
    pub(super) fn flush(&mut self, reading: &mut Reading<'_>) {
        for mut one in reading.scan_whole(&self.text) {
            let at = usize::try_from(one.offset).unwrap_or(usize::MAX);
            let index = self.places.partition_point(|(start, _)| *start <= at);
            let Some((start, cell)) = index.checked_sub(1).and_then(|it| self.places.get(it))
            else {
                continue;
            };
            let before = self.text.get(*start..at).unwrap_or_default();
            one.offset = cell.offset + cell.width.of(before);
            one.line = cell.row;
            one.column = cell.column;
            let member = within(reading, cell);
            reading.observer.found(&member, cell.place, one);
        }
        self.text.clear();
        self.places.clear();
    }
}

/// Scans a value that is too long to be gathered.
pub(super) fn long(
    reading: &mut Reading<'_>,
    label: &[u8],
    value: &mut dyn Read,
    cell: &Cell,
) -> io::Result<()> {
    let member = within(reading, cell);
    reading.scan_through(&mut label.chain(value), &mut |reading, found| {
        for mut one in found.drain(..) {
            one.offset = match cell.width {
                Width::Same => cell.offset + one.offset.saturating_sub(label.len() as u64),
                Width::Utf16 | Width::Other => cell.offset,
            };
            one.line = cell.row;
            one.column = cell.column;
            reading.observer.found(&member, cell.place, one);
        }
    })
}

fn within(reading: &Reading<'_>, cell: &Cell) -> String {
    match &cell.member {
        Some(member) => {
            let masked = masked_name(member, &scan(reading.rules, member.as_bytes()));
            let shown = masked.floor_char_boundary(SHOWN);
            reading.inside(masked.get(..shown).unwrap_or_default())
        }
        None => reading.here(),
    }
}

/// Returns the label that names make: their last words, without longer numbers.
pub(super) fn label(names: &[&[u8]]) -> Vec<u8> {
    let mut label = Vec::new();
    for name in names {
        if !label.is_empty() {
            label.push(b'.');
        }
        let name = without_ids(name);
        let from = name.len().saturating_sub(LABEL);
        let words = name.get(from..).unwrap_or_default();
        for run in words.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()) {
            match run {
                [first, ..] if first.is_ascii_digit() && run.len() > 3 => label.push(b'*'),
                run => label.extend(run.iter().map(|byte| match byte {
                    b'\n' | b'\r' => b' ',
                    byte => *byte,
                })),
            }
        }
    }
    if !label.is_empty() {
        label.extend(b": ");
    }
    label
}

/// Returns a name without the numbers and ids at its end, each behind a separator: `cvv:7` is a
/// `cvv`.
fn without_ids(name: &[u8]) -> &[u8] {
    let mut name = name;
    while let Some(at) = name.iter().rposition(|byte| b":/.|".contains(byte)) {
        let (before, last) = name.split_at(at);
        let id = last
            .iter()
            .skip(1)
            .all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
        let numbered = last.len() == 1 || last.iter().any(u8::is_ascii_digit);
        if before.is_empty() || !id || !numbered {
            break;
        }
        name = before;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_have_the_last_words_of_names_and_no_numbers() {
        for (names, expected) in [
            (&["cards", "pan"] as &[&str], "cards.pan: "),
            (&["card:4111111111111111:cvv2"], "card:*:cvv2: "),
            (&["a\nb"], "a b: "),
            (&["pay:cvv:12:3f2a-77c1"], "pay:cvv: "),
            (&["77", "face"], "77.face: "),
            (&[""], ""),
            (&[], ""),
        ] {
            let names: Vec<&[u8]> = names.iter().map(|name| name.as_bytes()).collect();
            assert_eq!(label(&names), expected.as_bytes());
        }
        assert!(label(&[&[b'x'; 500], &[b'y'; 500]]).len() < 140);
    }
}
