//! Rows on their way to the scanner, each value behind the names of its table and column.

use std::io::{self, Cursor, Read};
use std::rc::Rc;

use super::pages::{Encoding, Pages, Payload, Row};
use super::record::{self, Kind};
use super::schema::Table;
use crate::cardholder::Place;
use crate::cardholder::content::cells::{Cell, Cells, GATHERED, Width, label, long};
use crate::cardholder::content::format::Format;
use crate::cardholder::content::input::Input;
use crate::cardholder::content::{Reading, Why};

/// The least number that is scanned: no code has fewer than three digits.
const LEAST: u64 = 100;
/// The least number of a row that is scanned where it is no column: no card number is shorter.
const LEAST_ROWID: i64 = 100_000_000_000;

/// How much of a long text is decoded at once.
const PIECE: u64 = 8192;

/// A page and where it begins in the file.
pub(super) struct Page {
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// Where it begins.
    pub(super) offset: u64,
}

/// The rows of a table.
pub(super) struct Rows {
    cells: Cells,
    encoding: Encoding,
    labels: Vec<Vec<u8>>,
    rowid: Option<usize>,
    /// How many rows came.
    count: u64,
    /// The member in which its rows are told, inside that of the table.
    pub(super) member: Option<Rc<str>>,
}

impl Rows {
    /// Begins a table.
    pub(super) fn new(table: &Table, encoding: Encoding) -> Self {
        let columns = table.columns.iter();
        Self {
            cells: Cells::default(),
            encoding,
            labels: columns
                .map(|column| label(&[&table.name, column]))
                .collect(),
            rowid: table.rowid,
            count: 0,
            member: None,
        }
    }

    /// Returns how many columns the table has.
    pub(super) fn columns(&self) -> usize {
        self.labels.len()
    }

    /// Reads a row.
    pub(super) fn row(
        &mut self,
        reading: &mut Reading<'_>,
        pages: &mut Pages<'_>,
        page: &Page,
        row: Row,
    ) -> io::Result<()> {
        let mut payload = Payload::new(Some(pages), &page.bytes, page.offset, row);
        let kinds = record::header(&mut payload)?;
        self.take(reading, &mut payload, &kinds, row.rowid)
    }

    /// Reads a row of the schema; returns its values, none longer than what is gathered.
    pub(super) fn values(
        &mut self,
        reading: &mut Reading<'_>,
        pages: &mut Pages<'_>,
        page: &Page,
        row: Row,
    ) -> io::Result<Vec<Vec<u8>>> {
        let mut payload = Payload::new(Some(&mut *pages), &page.bytes, page.offset, row);
        let kinds = record::header(&mut payload)?;
        let all: u64 = kinds
            .iter()
            .map(|kind| kind.length())
            .fold(0, u64::saturating_add);
        if all > GATHERED as u64 {
            self.take(reading, &mut payload, &kinds, row.rowid)?;
            return Ok(Vec::new());
        }
        let offset = payload.at();
        let mut bytes = Vec::new();
        payload.take(all).read_to_end(&mut bytes)?;
        let mut rest = bytes.as_slice();
        let mut values = Vec::new();
        for kind in &kinds {
            let length = usize::try_from(kind.length()).unwrap_or(usize::MAX);
            let (value, after) = rest.split_at_checked(length).ok_or(Why::Damaged)?;
            rest = after;
            values.push(match kind {
                Kind::Whole(_) | Kind::Bit(_) | Kind::Real => number(*kind, value).into_bytes(),
                Kind::Text(_) => decode(self.encoding, value),
                Kind::Null | Kind::Blob(_) => Vec::new(),
            });
        }
        let whole = Row {
            at: 0,
            local: bytes.len(),
            length: bytes.len() as u64,
            overflow: 0,
            ..row
        };
        let mut payload = Payload::new(None, &bytes, offset, whole);
        self.take(reading, &mut payload, &kinds, row.rowid)?;
        Ok(values)
    }

    /// Takes the values of a row.
    pub(super) fn take(
        &mut self,
        reading: &mut Reading<'_>,
        payload: &mut Payload<'_, '_>,
        kinds: &[Kind],
        rowid: Option<i64>,
    ) -> io::Result<()> {
        self.count += 1;
        let all = kinds.iter().map(|kind| kind.length());
        let fits = all.fold(0, u64::saturating_add) == payload.left();
        for (index, kind) in kinds.iter().enumerate() {
            let cell = self.cell(index, payload.at());
            match *kind {
                Kind::Null => {
                    if let Some(rowid) = rowid
                        && self.rowid == Some(index)
                        && rowid.unsigned_abs() >= LEAST
                    {
                        self.push(reading, index, rowid.to_string().as_bytes(), cell);
                    }
                }
                Kind::Bit(_) => {}
                Kind::Whole(_) | Kind::Real => {
                    let mut bytes = Vec::new();
                    payload
                        .by_ref()
                        .take(kind.length())
                        .read_to_end(&mut bytes)?;
                    let small =
                        matches!(kind, Kind::Whole(_)) && whole(&bytes).unsigned_abs() < LEAST;
                    if !small {
                        self.push(reading, index, number(*kind, &bytes).as_bytes(), cell);
                    }
                }
                Kind::Text(length) | Kind::Blob(length) if length <= GATHERED as u64 => {
                    self.gathered(reading, payload, index, *kind, cell)?;
                }
                Kind::Text(length) => {
                    let label = self.labels.get(index).map_or(&[][..], Vec::as_slice);
                    let text = payload.by_ref().take(length);
                    let mut text = Decoded {
                        text,
                        encoding: self.encoding,
                        ready: Cursor::new(Vec::new()),
                    };
                    long(reading, label, &mut text, &cell)?;
                }
                Kind::Blob(length) => {
                    let name = self.name(index);
                    let mut blob = payload.by_ref().take(length);
                    reading.value(&name, &mut Input::passing(&mut blob));
                    io::copy(&mut blob, &mut io::sink())?;
                }
            }
        }
        if !fits {
            return Err(Why::Damaged.into());
        }
        if self.rowid.is_none()
            && let Some(rowid) = rowid.filter(|rowid| *rowid >= LEAST_ROWID)
        {
            let cell = self.cell(0, payload.at());
            let rowid = rowid.to_string();
            self.cells.push(reading, b"rowid: ", rowid.as_bytes(), cell);
        }
        Ok(())
    }

    /// Takes a text or blob that is gathered; of one that is cut off, what is there.
    fn gathered(
        &mut self,
        reading: &mut Reading<'_>,
        payload: &mut Payload<'_, '_>,
        index: usize,
        kind: Kind,
        mut cell: Cell,
    ) -> io::Result<()> {
        let length = kind.length();
        let text = matches!(kind, Kind::Text(_));
        let wide = text && self.encoding != Encoding::Utf8;
        cell.width = match wide {
            _ if length > payload.together() as u64 => Width::Other,
            true => Width::Utf16,
            false => Width::Same,
        };
        let mut value = Vec::new();
        let read = payload.by_ref().take(length).read_to_end(&mut value);
        if wide {
            value = decode(self.encoding, &value);
        }
        if Format::is_plain(&value) {
            self.push(reading, index, &value, cell);
        } else {
            let name = self.name(index);
            reading.value(&name, &mut Input::anywhere(&mut Cursor::new(value)));
        }
        read.map(|_| ())
    }

    fn push(&mut self, reading: &mut Reading<'_>, index: usize, value: &[u8], cell: Cell) {
        let label = self.labels.get(index).map_or(&[][..], Vec::as_slice);
        self.cells.push(reading, label, value, cell);
    }

    /// Returns the place of a value that begins at `offset`.
    fn cell(&self, index: usize, offset: u64) -> Cell {
        Cell {
            offset,
            width: Width::Other,
            row: self.count,
            column: index as u64 + 1,
            place: Place::Content,
            member: self.member.clone(),
        }
    }

    /// Takes bytes that are no row.
    pub(super) fn bytes(&mut self, reading: &mut Reading<'_>, bytes: &[u8], offset: u64) {
        let cell = Cell {
            width: Width::Same,
            ..self.cell(0, offset)
        };
        self.cells.push(reading, &[], bytes, cell);
    }

    /// Ends the table.
    pub(super) fn finish(mut self, reading: &mut Reading<'_>) {
        self.cells.flush(reading);
    }

    /// Returns the name of a blob as a member.
    fn name(&self, index: usize) -> String {
        let label = self.labels.get(index).map_or(&[][..], Vec::as_slice);
        let label = String::from_utf8_lossy(label);
        format!("{} row {}", label.trim_end_matches(": "), self.count)
    }
}

/// Reads a row that stands elsewhere too, so that its pages are claimed.
pub(super) fn skip(pages: &mut Pages<'_>, page: &Page, row: Row) -> io::Result<()> {
    if row.overflow != 0 {
        let mut payload = Payload::new(Some(pages), &page.bytes, page.offset, row);
        io::copy(&mut payload, &mut io::sink())?;
    }
    Ok(())
}

/// Returns a number in binary, high byte first.
fn whole(bytes: &[u8]) -> i64 {
    let sign = bytes
        .first()
        .map_or(0, |first| i64::from(first.cast_signed() >> 7));
    bytes
        .iter()
        .fold(sign, |number, byte| number << 8 | i64::from(*byte))
}

/// Returns a number as people write it.
fn number(kind: Kind, bytes: &[u8]) -> String {
    match kind {
        Kind::Real => {
            let number = f64::from_bits(whole(bytes).cast_unsigned());
            match number.fract() == 0.0 && number.abs() < 1e19 {
                true => format!("{number:.0}"),
                false => number.to_string(),
            }
        }
        Kind::Bit(bit) => bit.to_string(),
        Kind::Null | Kind::Whole(_) | Kind::Blob(_) | Kind::Text(_) => whole(bytes).to_string(),
    }
}

/// Returns a text in UTF-8.
fn decode(encoding: Encoding, bytes: &[u8]) -> Vec<u8> {
    let pair: fn([u8; 2]) -> u16 = match encoding {
        Encoding::Utf8 => return bytes.to_vec(),
        Encoding::Utf16Le => u16::from_le_bytes,
        Encoding::Utf16Be => u16::from_be_bytes,
    };
    let (pairs, _) = bytes.as_chunks();
    char::decode_utf16(pairs.iter().copied().map(pair))
        .map(|sign| sign.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect::<String>()
        .into_bytes()
}

/// A text in UTF-8, decoded in passing. Signs of two halves that a piece cuts become others: what
/// is looked for has no such signs.
struct Decoded<R> {
    text: R,
    encoding: Encoding,
    ready: Cursor<Vec<u8>>,
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.ready.position() == self.ready.get_ref().len() as u64 {
            let mut bytes = Vec::new();
            let read = (&mut self.text).take(PIECE).read_to_end(&mut bytes);
            if bytes.is_empty() {
                read?;
            }
            self.ready = Cursor::new(decode(self.encoding, &bytes));
        }
        self.ready.read(into)
    }
}
