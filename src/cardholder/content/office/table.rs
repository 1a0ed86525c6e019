//! Rows and cells of tables as lines of text, each value behind the name of its column, so that the
//! name decides what the value is.

/// The longest name of a column, in bytes.
const NAME: usize = 64;
/// The longest text of a cell that is gathered before it is written.
const GATHERED: usize = 32 * 1024;
/// How many columns have names.
const COLUMNS: usize = 1024;
/// The rows in which the names of columns are looked for.
const ROWS: usize = 20;
/// How many digits in a row are no part of a name.
const NUMBER: usize = 4;

/// The table that is being read.
#[derive(Default)]
pub(super) struct Table {
    /// The names of the columns, as far as they are known.
    names: Vec<Vec<u8>>,
    /// Those that the current row would give.
    candidates: Vec<Vec<u8>>,
    /// How many rows ended.
    rows: usize,
    /// Whether the names are found.
    named: bool,
    /// The column of the current cell, from 0.
    column: usize,
    /// Whether the current row has text.
    begun: bool,
    cell: Option<Vec<u8>>,
}

impl Table {
    /// Begins a row.
    pub(super) fn row(&mut self) {
        self.column = 0;
        self.begun = false;
        self.candidates.clear();
    }

    /// Begins a cell in the next column, or in one that is named.
    pub(super) fn cell(&mut self, column: Option<usize>, out: &mut Vec<u8>) {
        self.end_cell(out);
        if let Some(column) = column {
            self.column = column;
        }
        self.cell = Some(Vec::new());
    }

    /// Tells whether text belongs to a cell.
    pub(super) fn in_cell(&self) -> bool {
        self.cell.is_some()
    }

    /// Takes text of the current cell.
    pub(super) fn text(&mut self, text: &[u8], out: &mut Vec<u8>) {
        if let Some(cell) = &mut self.cell {
            cell.extend_from_slice(text);
            if cell.len() > GATHERED {
                out.append(cell);
            }
        }
    }

    /// Returns the text of the current cell, so that it can be replaced.
    pub(super) fn gathered(&mut self) -> Option<&mut Vec<u8>> {
        self.cell.as_mut()
    }

    /// Ends the current cell, if there is one.
    pub(super) fn end_cell(&mut self, out: &mut Vec<u8>) {
        let Some(cell) = self.cell.take() else {
            return;
        };
        let text = cell.trim_ascii();
        if !text.is_empty() {
            if self.begun {
                out.push(b'\t');
            }
            self.begun = true;
            match self.names.get(self.column).filter(|name| !name.is_empty()) {
                Some(name) if self.named || name != text => {
                    out.extend_from_slice(name);
                    out.extend_from_slice(b": ");
                }
                _ => {}
            }
            out.extend_from_slice(text);
            if !self.named && self.column < COLUMNS && is_name(text) {
                if self.candidates.len() <= self.column {
                    self.candidates.resize(self.column + 1, Vec::new());
                }
                if let Some(name) = self.candidates.get_mut(self.column) {
                    *name = text.to_vec();
                }
            }
        }
        self.column += 1;
    }

    /// Goes on with a column further on: the last cell stood for so many.
    pub(super) fn skip(&mut self, columns: usize) {
        self.column = self.column.saturating_add(columns.saturating_sub(1));
    }

    /// Ends the current row.
    pub(super) fn end_row(&mut self, out: &mut Vec<u8>) {
        self.end_cell(out);
        self.rows += 1;
        if !self.named {
            let count = self
                .candidates
                .iter()
                .filter(|name| !name.is_empty())
                .count();
            if count > 0 {
                self.names = std::mem::take(&mut self.candidates);
            }
            // A title stands alone in its row; the row below it has the names.
            self.named = count > 1 || self.rows >= ROWS;
        }
    }
}

/// Tells whether a text may name a column.
fn is_name(text: &[u8]) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
    let numbers = text.split(|byte| !byte.is_ascii_digit());
    text.len() <= NAME && text.iter().any(letter) && numbers.map(<[u8]>::len).max() < Some(NUMBER)
}
