//! The text of a part of an office file. Runs of a paragraph are joined, since a number may stand in
//! several; paragraphs, rows and all else end lines.

use std::io::{self, Read};

use super::figure::written_out;
use super::markup::{Markup, Piece, Tag, unescaped};
use super::strings::Strings;
use super::table::Table;
use crate::cardholder::content::input::Peek;

/// How much is gathered aside before it is written, in bytes.
const ASIDE: usize = 64 * 1024;
/// How few digits in the value of an attribute are of no interest.
const DIGITS: usize = 12;
/// What stands between the paragraphs of a cell.
const BETWEEN: &[u8] = b" | ";

/// How a part says what is text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cardholder::content) enum Dialect {
    /// In elements of its own (Office Open XML).
    Marked,
    /// All that is in paragraphs (OpenDocument).
    Open,
    /// In elements of its own, and cells name it: what they named is not said again.
    Shared,
}

/// What an element is for the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It holds text.
    Text,
    /// It is a line of text.
    Paragraph,
    Row,
    Cell,
    /// The value of a cell of a sheet.
    Value,
    /// It stands for a sign.
    Sign(&'static [u8]),
    /// Its text belongs to no paragraph, such as how something is pronounced.
    Beside,
    Other,
}

impl Role {
    fn of(name: &[u8]) -> Self {
        match name {
            b"t" | b"delText" | b"instrText" | b"delInstrText" | b"Data" => Self::Text,
            b"p" | b"h" | b"si" | b"is" | b"text" => Self::Paragraph,
            b"tr" | b"row" | b"table-row" | b"Row" => Self::Row,
            b"tc" | b"c" | b"table-cell" | b"covered-table-cell" | b"Cell" => Self::Cell,
            b"v" => Self::Value,
            b"tab" => Self::Sign(b"\t"),
            b"br" | b"cr" | b"line-break" => Self::Sign(b"\n"),
            b"noBreakHyphen" => Self::Sign(b"-"),
            b"s" => Self::Sign(b" "),
            b"rPh" => Self::Beside,
            _ => Self::Other,
        }
    }
}

/// The text of a part, read like a file.
pub(super) struct Prose<'i> {
    input: &'i mut dyn Peek,
    dialect: Dialect,
    strings: &'i Strings,
    markup: Markup,
    table: Table,
    inside: Inside,
    /// What is said of the current cell.
    cell: Cell,
    /// What was read and not taken.
    out: Vec<u8>,
    taken: usize,
    /// Whether a line was begun and its text taken.
    open: bool,
    /// What is written at the end of the line.
    aside: Vec<u8>,
    /// Of the strings that are read: the current one, unless it is long, and how many ended.
    string: Option<Vec<u8>>,
    count: usize,
    ended: bool,
    failed: Option<io::Error>,
}

/// How many elements of a role are around.
#[derive(Default)]
struct Inside {
    texts: usize,
    paragraphs: usize,
    rows: usize,
    values: usize,
    beside: usize,
}

/// What is said of a cell before its text.
#[derive(Default)]
struct Cell {
    /// Its text is the place of a text among the strings.
    shared: bool,
    /// Its number.
    value: Option<Vec<u8>>,
    /// How many columns it stands for.
    columns: usize,
}

impl<'i> Prose<'i> {
    /// Begins to read a part.
    pub(super) fn new(input: &'i mut dyn Peek, dialect: Dialect, strings: &'i Strings) -> Self {
        Self {
            input,
            dialect,
            strings,
            markup: Markup::new(),
            table: Table::default(),
            inside: Inside::default(),
            cell: Cell::default(),
            out: Vec::new(),
            taken: 0,
            open: false,
            aside: Vec::new(),
            string: None,
            count: 0,
            ended: false,
            failed: None,
        }
    }

    /// Reads the next piece of the document.
    fn step(&mut self) {
        let next = self.markup.next(self.input);
        let piece = self.markup.take();
        match next {
            Ok(Piece::Text) => self.text(&piece),
            Ok(Piece::Aside) => self.beside(&[], &piece),
            Ok(Piece::Tag) => {
                let tag = Tag::of(&piece);
                if !tag.ends {
                    self.start(tag);
                }
                if tag.ends || tag.empty {
                    self.end(tag);
                }
            }
            Ok(Piece::End) => self.ended = true,
            Err(error) => {
                self.text(&piece);
                self.failed = Some(error);
                self.ended = true;
            }
        }
        if self.ended {
            self.end_string();
            self.table.end_row(&mut self.out);
            self.inside = Inside::default();
            self.end_line();
        }
        self.markup.reuse(piece);
    }

    fn text(&mut self, text: &[u8]) {
        let inside = &self.inside;
        let shown = match self.dialect {
            Dialect::Marked | Dialect::Shared => inside.texts > 0 || inside.values > 0,
            Dialect::Open => inside.paragraphs > 0,
        };
        if inside.beside > 0 {
            self.aside.extend_from_slice(text);
        } else if shown {
            self.put(text);
        } else if text.trim_ascii().is_empty() {
        } else if inside.paragraphs > 0 || inside.rows > 0 {
            self.beside(&[], text);
        } else {
            self.out.extend_from_slice(text);
        }
    }

    /// Writes text where it stands.
    fn put(&mut self, text: &[u8]) {
        if let Some(string) = &mut self.string {
            string.extend_from_slice(text);
            if string.len() > Strings::LONGEST {
                self.out.append(string);
                self.string = None;
            }
            return;
        }
        match self.table.in_cell() {
            true => self.table.text(text, &mut self.out),
            false => self.out.extend_from_slice(text),
        }
    }

    /// Writes text at the end of the line, on a line of its own.
    fn beside(&mut self, key: &[u8], text: &[u8]) {
        if text.trim_ascii().is_empty() || text.starts_with(b"xml ") {
            return;
        }
        if !key.is_empty() {
            self.aside.extend_from_slice(key);
            self.aside.extend_from_slice(b": ");
        }
        self.aside.extend_from_slice(text);
        self.aside.push(b'\n');
        if self.aside.len() > ASIDE || (self.inside.paragraphs == 0 && self.inside.rows == 0) {
            self.end_line();
        }
    }

    fn end_line(&mut self) {
        let open = self.out.last().map_or(self.open, |byte| *byte != b'\n');
        if open {
            self.out.push(b'\n');
        }
        let free = self.inside.paragraphs == 0 && self.inside.rows == 0;
        if !self.aside.is_empty() && (free || self.aside.len() > ASIDE) {
            self.out.append(&mut self.aside);
            if self.out.last() != Some(&b'\n') {
                self.out.push(b'\n');
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let role = Role::of(tag.name);
        self.attributes(tag, role);
        match role {
            Role::Text => self.inside.texts += 1,
            Role::Paragraph => {
                match self.table.in_cell() {
                    true => self.between(),
                    false => self.end_line(),
                }
                if self.dialect == Dialect::Shared && tag.name == b"si" {
                    self.string = Some(Vec::new());
                }
                self.inside.paragraphs += 1;
            }
            Role::Row => {
                match self.inside.rows {
                    0 => {
                        self.end_line();
                        self.table.row();
                    }
                    _ => self.between(),
                }
                self.inside.rows += 1;
            }
            Role::Cell if self.inside.rows == 1 => {
                self.cell = Cell::of(tag);
                let column = tag.attribute(b"r").and_then(column);
                self.table.cell(column, &mut self.out);
            }
            Role::Cell if self.inside.rows > 1 => self.between(),
            Role::Value => self.inside.values += 1,
            Role::Sign(sign) if self.inside.paragraphs > 0 => {
                let spaces = tag.name == b"s";
                match self.table.in_cell() {
                    _ if spaces && self.dialect == Dialect::Marked => {}
                    true if sign != b"-" => self.put(b" "),
                    _ => self.put(sign),
                }
            }
            Role::Beside => self.inside.beside += 1,
            Role::Other | Role::Cell | Role::Sign(_) => self.apart(),
        }
    }

    fn end(&mut self, tag: Tag<'_>) {
        let less = |count: &mut usize| *count = count.saturating_sub(1);
        match Role::of(tag.name) {
            Role::Text => {
                less(&mut self.inside.texts);
                self.apart();
            }
            Role::Paragraph => {
                less(&mut self.inside.paragraphs);
                if self.dialect == Dialect::Shared && tag.name == b"si" {
                    self.end_string();
                }
                if !self.table.in_cell() {
                    self.end_line();
                }
            }
            Role::Row => {
                less(&mut self.inside.rows);
                if self.inside.rows == 0 {
                    self.table.end_row(&mut self.out);
                    self.end_line();
                }
            }
            Role::Cell if self.inside.rows == 1 => self.end_cell(),
            Role::Value => {
                less(&mut self.inside.values);
                self.apart();
            }
            Role::Beside => {
                less(&mut self.inside.beside);
                self.aside.push(b'\n');
            }
            Role::Other if self.inside.rows == 0 && is_table(tag.name) => {
                self.table = Table::default();
                self.apart();
            }
            Role::Other | Role::Cell | Role::Sign(_) => self.apart(),
        }
    }

    /// Ends a string. Those that are known are left to the cells that name them.
    fn end_string(&mut self) {
        if let Some(string) = self.string.take()
            && self.strings.get(self.count) != Some(&string)
        {
            self.out.extend_from_slice(&string);
        }
        self.count += 1;
    }

    /// Ends the line, unless a paragraph or row goes on.
    fn apart(&mut self) {
        if self.inside.paragraphs == 0 && self.inside.rows == 0 {
            self.end_line();
        }
    }

    /// Puts something between the paragraphs of a cell.
    fn between(&mut self) {
        if self.table.gathered().is_some_and(|cell| !cell.is_empty()) {
            self.put(BETWEEN);
        }
    }

    fn end_cell(&mut self) {
        let cell = std::mem::take(&mut self.cell);
        if let Some(text) = self.table.gathered() {
            if cell.shared {
                let place = std::str::from_utf8(text).unwrap_or_default().trim().parse();
                let shared = place.ok().and_then(|place| self.strings.named(place));
                text.clear();
                text.extend_from_slice(shared.unwrap_or_default());
            } else if let Some(value) = cell.value {
                // What is shown of a number may have fewer of its digits.
                if digits(text) < digits(&value) {
                    *text = value;
                }
            } else if let Some(number) = written_out(text) {
                *text = number;
            }
        }
        self.table.end_cell(&mut self.out);
        self.table.skip(cell.columns);
    }

    /// Writes the values of attributes that may be numbers.
    fn attributes(&mut self, tag: Tag<'_>, role: Role) {
        if digits(tag.whole_name) >= DIGITS {
            self.beside(&[], tag.whole_name);
        }
        if digits(tag.said()) < DIGITS {
            return;
        }
        for (key, value) in tag.attributes() {
            let of_cell = role == Role::Cell && key == b"value";
            if digits(value) >= DIGITS && !of_cell {
                self.beside(key, &unescaped(value));
            }
        }
    }
}

impl Cell {
    /// Returns what a tag says of the cell that it begins.
    fn of(tag: Tag<'_>) -> Self {
        let repeated = tag.attribute(b"number-columns-repeated");
        let repeated = repeated.and_then(|count| std::str::from_utf8(count).ok()?.parse().ok());
        Self {
            shared: tag.attribute(b"t") == Some(b"s"),
            value: tag.attribute(b"value").and_then(written_out),
            columns: repeated.unwrap_or(1),
        }
    }
}

/// Returns how many digits there are, or what may be some.
fn digits(text: &[u8]) -> usize {
    let digit = |byte: &&u8| byte.is_ascii_digit() || !byte.is_ascii();
    text.iter().filter(digit).count()
}

/// Tells whether an element is a table or holds the rows of one.
fn is_table(name: &[u8]) -> bool {
    matches!(name, b"tbl" | b"sheetData" | b"table" | b"Table")
}

/// Returns the column of a cell, from 0, that is named as in `AB12`.
fn column(name: &[u8]) -> Option<usize> {
    let letters = name.iter().take_while(|byte| byte.is_ascii_alphabetic());
    let number = letters.take(4).fold(0, |number, letter| {
        number * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    number.checked_sub(1)
}

impl Read for Prose<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.out.len() {
            if self.ended {
                return self.failed.take().map_or(Ok(0), Err);
            }
            self.open = self.out.last().map_or(self.open, |byte| *byte != b'\n');
            self.out.clear();
            self.taken = 0;
            self.step();
        }
        let count = (&mut self.out.get(self.taken..).unwrap_or_default()).read(into)?;
        self.taken += count;
        Ok(count)
    }
}
