//! The columns of a table, and what their names call the values in them: of a file whose first line
//! is a header, and of rows that a database dumped with the names of their columns before.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::context::told;
use super::decide::{AHEAD, BEHIND};
use super::naming::{column, line_start};
use super::phrases::{Meaning, Phrases};

/// The most columns that are kept. Those beyond have no name.
const MOST: usize = 128;
/// The longest name of a column.
const LONGEST: usize = 64;

/// The columns of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    rows: Rows,
    names: Vec<Column>,
    /// How many there are, of those without a name too.
    count: usize,
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rows {
    /// A line each, with a sign between fields.
    Lines(u8),
    /// In parentheses, with commas between, as in SQL.
    Tuples,
}

/// What the name of a column calls its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) meaning: Option<Meaning>,
    /// The name, without digits.
    pub(super) name: Option<Box<str>>,
}

/// What the bytes before a place say of the columns there.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// A statement that names them.
    Named(Columns),
    /// The end of a statement, or one that does not name them.
    Ended,
    /// Nothing.
    Nothing,
}

impl Columns {
    /// Reads the first line of a text as a header: names and no values, of which one at least is
    /// known.
    pub(super) fn header(phrases: &Phrases, text: &[u8]) -> Option<Self> {
        let start = if text.starts_with("\u{feff}".as_bytes()) {
            3
        } else {
            0
        };
        let near = text.get(start..)?;
        let near = near.get(..BEHIND).unwrap_or(near);
        let end = start + memchr::memchr(b'\n', near)?;
        let line = text.get(start..end)?.trim_ascii_end();
        let between = *b"\t|;,"
            .iter()
            .find(|sign| line.contains(sign))
            .unwrap_or(&b'\n');
        let columns = Self::read(
            phrases,
            text,
            start..start + line.len(),
            Rows::Lines(between),
        )?;
        let known = |column: &Column| column.meaning.is_some();
        columns.names.iter().any(known).then_some(columns)
    }

    /// Returns the columns that the statement names in which a place is: `INSERT INTO a (b, c)
    /// VALUES`, or `COPY a (b, c) FROM stdin;`.
    pub(super) fn before(phrases: &Phrases, bytes: &[u8], at: usize) -> Before {
        let from = at.saturating_sub(BEHIND);
        let text = bytes.get(from..at).unwrap_or_default();
        let begun = last(BEGINNINGS.as_slice(), text);
        let ended = last(ENDS.as_slice(), text);
        let Some(begun) = begun else {
            return ended.map_or(Before::Nothing, |_| Before::Ended);
        };
        let word = text.get(begun..).unwrap_or_default();
        let (rows, skipped) = match word.first() {
            Some(b'V' | b'v') => (Rows::Tuples, 0),
            _ => (Rows::Lines(b'\t'), b"FROM stdin;".len()),
        };
        if ended.is_some_and(|ended| ended >= begun + skipped) {
            return Before::Ended;
        }
        let named = || {
            let head = text.get(..begun)?.trim_ascii_end();
            let close = head.len().checked_sub(1)?;
            let open = memchr::memrchr(b'(', head)?;
            (head.last() == Some(&b')'))
                .then(|| Self::read(phrases, bytes, from + open + 1..from + close, rows))?
        };
        named().map_or(Before::Ended, Before::Named)
    }

    /// Reads names.
    fn read(phrases: &Phrases, bytes: &[u8], range: Range<usize>, rows: Rows) -> Option<Self> {
        let between = match rows {
            Rows::Lines(b'\n') => b'\n',
            Rows::Lines(b'\t') if bytes.get(range.end) == Some(&b')') => b',',
            Rows::Lines(sign) => sign,
            Rows::Tuples => b',',
        };
        let mut columns = Self {
            rows,
            names: Vec::new(),
            count: 0,
        };
        let mut start = range.start;
        for part in bytes.get(range)?.split(|byte| *byte == between) {
            let skipped = part.iter().take_while(|byte| is_around(**byte)).count();
            let kept = part.iter().rposition(|byte| !is_around(*byte));
            let name = start + skipped..start + kept.map_or(skipped, |last| last + 1);
            let text = bytes.get(name.clone())?;
            if text.len() > LONGEST || !is_name(text) {
                return None;
            }
            columns.count += 1;
            if columns.names.len() < MOST {
                columns.names.push(Column {
                    meaning: column(phrases, bytes, name.clone()),
                    name: told(phrases, None, bytes, name),
                });
            }
            start += part.len() + 1;
        }
        Some(columns)
    }

    /// Tells whether one of the columns holds codes or PINs, which nothing else tells.
    pub(super) fn has_values(&self) -> bool {
        let label = |column: &Column| column.meaning.is_some_and(Meaning::is_label);
        self.names.iter().any(label)
    }

    /// Returns the column that a value is in, which is a field by itself.
    pub(super) fn of(&self, bytes: &[u8], value: Range<usize>) -> Option<&Column> {
        let start = match self.rows {
            Rows::Lines(_) => {
                let start = line_start(bytes, value.start, BEHIND);
                (value.start - start < BEHIND).then_some(start)?
            }
            Rows::Tuples => tuple(bytes, value.start)?,
        };
        let (between, quote) = match self.rows {
            Rows::Lines(between) => (between, b'"'),
            Rows::Tuples => (b',', b'\''),
        };
        let (mut index, mut quoted, mut field) = (0, false, start);
        for (place, byte) in (start..).zip(bytes.get(start..value.start)?) {
            match *byte {
                byte if byte == quote => quoted = !quoted,
                byte if byte == between && !quoted => {
                    index += 1;
                    field = place + 1;
                }
                _ => {}
            }
        }
        let mut before = bytes.get(field..value.start)?.iter();
        if !before.all(|byte| is_around(*byte)) {
            return None;
        }
        let rest = bytes.get(value.end..)?;
        let rest = rest.get(..AHEAD).unwrap_or(rest);
        let close = rest.iter().take_while(|byte| is_around(**byte)).count();
        let ends = |byte: u8| match self.rows {
            Rows::Lines(between) => byte == between || matches!(byte, b'\n' | b'\r'),
            Rows::Tuples => matches!(byte, b',' | b')'),
        };
        if !rest.get(close).is_none_or(|byte| ends(*byte)) {
            return None;
        }
        // A line with more or fewer fields is something else.
        let more = match self.rows {
            Rows::Lines(between) => fields(rest, between, quoted),
            Rows::Tuples => None,
        };
        let fits =
            more.is_none_or(|more| (self.count..=self.count + 1).contains(&(index + more + 1)));
        self.names.get(index).filter(|_| fits)
    }
}

/// What stands right before the rows of a statement.
static BEGINNINGS: LazyLock<[Finder<'_>; 4]> = LazyLock::new(|| {
    let words: [&[u8]; 4] = [b"VALUES", b"values", b"FROM stdin;", b"from stdin;"];
    words.map(Finder::new)
});
/// What ends a statement, and its rows.
static ENDS: LazyLock<[Finder<'_>; 2]> = LazyLock::new(|| {
    let words: [&[u8]; 2] = [b";\n", b"\n\\.\n"];
    words.map(Finder::new)
});

/// Returns where the last of some words begins. They are looked for from the beginning, which is
/// several times as fast as from the end.
fn last(words: &[Finder<'_>], text: &[u8]) -> Option<usize> {
    let found = words.iter().map(|word| word.find_iter(text).last());
    found.max().flatten()
}

/// Returns how many fields follow on a line, if its end is near.
fn fields(rest: &[u8], between: u8, quoted: bool) -> Option<usize> {
    let line = rest.get(..memchr::memchr(b'\n', rest)?)?;
    let (mut quoted, mut count) = (quoted, 0);
    for byte in line {
        quoted ^= *byte == b'"';
        count += usize::from(*byte == between && !quoted);
    }
    Some(count)
}

/// Returns where the row begins that a place is in: after a parenthesis that follows a comma or
/// `VALUES`.
fn tuple(bytes: &[u8], at: usize) -> Option<usize> {
    let from = at.saturating_sub(BEHIND);
    let text = bytes.get(from..at)?;
    memchr::memrchr_iter(b'(', text)
        .take(8)
        .find(|open| {
            let before = text.get(..*open).unwrap_or_default().trim_ascii_end();
            let next = before
                .strip_suffix(b",")
                .is_some_and(|row| row.trim_ascii_end().ends_with(b")"));
            next || before.ends_with(b"VALUES") || before.ends_with(b"values")
        })
        .map(|open| from + open + 1)
}

/// Tells whether a byte stands around a name or a value and is no part of it.
fn is_around(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'"' | b'\'' | b'`' | b'[' | b']' | b'#' | b'\r'
    )
}

/// Tells whether a text can be the name of a column: it has letters, and no more digits in a row than
/// names have.
fn is_name(text: &[u8]) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80;
    let words =
        |byte: &u8| letter(byte) || byte.is_ascii_digit() || b" _-./()#%&?*+".contains(byte);
    let digits = text.split(|byte| !byte.is_ascii_digit());
    text.is_empty()
        || text.iter().any(letter)
            && text.iter().all(words)
            && digits.into_iter().all(|digits| digits.len() <= 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cardholder::Rules;

    fn name(columns: &Columns, text: &str, value: &str) -> Option<String> {
        let at = text.find(value).expect("it is there");
        let column = columns.of(text.as_bytes(), at..at + value.len())?;
        column.name.as_deref().map(str::to_owned)
    }

    #[test]
    fn a_header_names_the_fields_of_every_line() {
        let phrases = &Rules::built_in().phrases;
        for (text, expected) in [
            ("id,card_number,amount\n1,V,2.00\n", Some("card_number")),
            ("\"id\";\"PAN\"\n\"1;2\";\"V\"", Some("PAN")),
            ("\u{feff}a\tカード番号\n1\tV\n", Some("カード番号")),
            ("pan\nV\n", Some("pan")),
            // More fields than names, a part of a field, a header that is none.
            ("id,pan\n1,V,3,4\n", None),
            ("id,pan\n1,x V\n", None),
            ("2026-11-25,pan\n1,V\n", None),
            ("one,two\n1,V\n", None),
            ("{\"pan\":1,\"id\":2}\n1,V\n", None),
        ] {
            let columns = Columns::header(phrases, text.as_bytes());
            let found = columns.and_then(|columns| name(&columns, text, "V"));
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn statements_name_the_fields_of_their_rows() {
        let phrases = &Rules::built_in().phrases;
        for (text, expected) in [
            ("INSERT INTO t (`id`, `pan`) VALUES (1, '<'", Some("pan")),
            (
                "insert into t (id,pan) values (1,'a,(b'),\n(2,'<'",
                Some("pan"),
            ),
            ("COPY t (id, pan) FROM stdin;\n1\t<\n", Some("pan")),
            ("INSERT INTO t VALUES (1, '<'", None),
            ("INSERT INTO t (id, pan) VALUES (1, 2);\nx (1, '<'", None),
        ] {
            let at = text.find('<').expect("it is there");
            let found = match Columns::before(phrases, text.as_bytes(), at) {
                Before::Named(columns) => name(&columns, text, "<"),
                Before::Ended | Before::Nothing => None,
            };
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
