//! Which fields of a file are other than they were, in plain words.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use toml::Value;

use super::super::redact::redact;
use super::super::stored::{Stored, extension};
use super::told::Plain;

/// So many fields are told of one file.
pub(super) const MOST: usize = 5;

/// So many characters of a value are shown.
const WIDTH: usize = 60;

/// A field of a file that is other than it was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldChange {
    /// The field: `verdict`, `findings[2].message`, or row and column of a subjects file.
    pub field: String,
    /// What was stamped; none where the field is new.
    pub was: Option<String>,
    /// What is there now; none where the field is gone.
    pub is: Option<String>,
}

impl fmt::Display for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = Plain(&self.field);
        match (&self.was, &self.is) {
            (Some(was), Some(is)) => {
                write!(f, "{field} was {} and is {}", Plain(was), Plain(is))
            }
            (Some(was), None) => write!(f, "{field} was {} and is gone", Plain(was)),
            (None, Some(is)) => write!(f, "{field} is new: {}", Plain(is)),
            (None, None) => write!(f, "{field}"),
        }
    }
}

/// Returns the fields that differ. Where only the form does, or a file can't be read, the line is
/// told.
pub(in crate::evidence) fn fields(path: &str, was: &Stored, is: &Stored) -> Vec<FieldChange> {
    let (Ok(old), Ok(new)) = (was.text(), is.text()) else {
        return vec![said("it is no text any more")];
    };
    let read = match extension(path) {
        Some("toml") => toml_fields(old).zip(toml_fields(new)),
        Some("csv") => csv_fields(old).zip(csv_fields(new)),
        Some(_) | None => None,
    };
    let Some((old_fields, new_fields)) = read else {
        return vec![lines(old, new)];
    };
    let names: BTreeSet<&String> = old_fields.keys().chain(new_fields.keys()).collect();
    let mut names: Vec<&String> = names
        .into_iter()
        .filter(|name| old_fields.get(*name) != new_fields.get(*name))
        .collect();
    // What the file says as a whole comes before what it says of each.
    names.sort_by_key(|name| (name.matches(['.', '[']).count(), *name));
    let changes: Vec<FieldChange> = names
        .into_iter()
        .map(|name| FieldChange {
            field: shown(name),
            was: old_fields.get(name).map(|value| shown(value)),
            is: new_fields.get(name).map(|value| shown(value)),
        })
        .collect();
    if changes.is_empty() {
        return vec![lines(old, new)];
    }
    changes
}

/// Tells whether two versions of a file say the same, be it in other bytes.
pub(in crate::evidence) fn same_values(path: &str, was: &Stored, is: &Stored) -> bool {
    let (Ok(old), Ok(new)) = (was.text(), is.text()) else {
        return false;
    };
    let read = match extension(path) {
        Some("toml") => toml_fields(old).zip(toml_fields(new)),
        Some("csv") => csv_fields(old).zip(csv_fields(new)),
        Some(_) | None => None,
    };
    read.is_some_and(|(old, new)| old == new)
}

fn said(text: &str) -> FieldChange {
    FieldChange {
        field: text.to_owned(),
        was: None,
        is: None,
    }
}

/// Returns the first line that differs.
fn lines(old: &str, new: &str) -> FieldChange {
    let mut number = 1;
    let (mut old, mut new) = (old.lines(), new.lines());
    loop {
        let (was, is) = (old.next(), new.next());
        if was != is || was.is_none() {
            return FieldChange {
                field: format!("line {number}"),
                was: was.map(shown),
                is: is.map(shown),
            };
        }
        number += 1;
    }
}

/// Returns a value short enough for one line, and without card numbers.
fn shown(value: &str) -> String {
    let masked = redact(value);
    if masked.chars().count() <= WIDTH {
        return masked.into_owned();
    }
    let mut short: String = masked.chars().take(WIDTH - 1).collect();
    short.push('…');
    short
}

/// Returns every value of a TOML file by its path.
fn toml_fields(text: &str) -> Option<BTreeMap<String, String>> {
    let mut fields = BTreeMap::new();
    flatten("", &Value::Table(text.parse().ok()?), &mut fields);
    Some(fields)
}

fn flatten(path: &str, value: &Value, fields: &mut BTreeMap<String, String>) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                let point = if path.is_empty() { "" } else { "." };
                flatten(&format!("{path}{point}{key}"), value, fields);
            }
        }
        Value::Array(items) => {
            // An empty list is something else than none.
            if items.is_empty() {
                fields.insert(path.to_owned(), "[]".to_owned());
            }
            for (place, value) in items.iter().enumerate() {
                flatten(&format!("{path}[{place}]"), value, fields);
            }
        }
        Value::String(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Boolean(_)
        | Value::Datetime(_) => {
            fields.insert(path.to_owned(), value.to_string());
        }
    }
}

/// Returns every cell of a subjects file by subject and column; a subject that comes twice has a
/// number.
fn csv_fields(text: &str) -> Option<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers().ok()?.iter().map(str::to_owned).collect();
    let mut fields = BTreeMap::from([("header".to_owned(), header.join(","))]);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for row in reader.records() {
        let row = row.ok()?;
        let subject = row.get(0).unwrap_or_default().to_owned();
        let times = seen.entry(subject.clone()).or_insert(0);
        *times += 1;
        let name = match *times {
            1 => subject,
            times => format!("{subject} ({times})"),
        };
        for (place, cell) in row.iter().enumerate().skip(1) {
            let column = header.get(place).map_or("?", String::as_str);
            fields.insert(format!("{column} of {name}"), cell.to_owned());
        }
    }
    Some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(path: &str, was: &str, is: &str) -> Vec<String> {
        let stored = |text: &str| Stored::new(text.as_bytes().to_vec());
        let changes = fields(path, &stored(was), &stored(is));
        changes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_changed_value_is_named_by_its_path() {
        let cases: [(&str, &str, &str, &str); 10] = [
            ("a.toml", "v = 1", "v = 2", "v was 1 and is 2"),
            (
                "a.toml",
                "v = \"fail\"",
                "v = \"pass\"",
                "v was \"fail\" and is \"pass\"",
            ),
            (
                "a.toml",
                "[[f]]\nm = 1\n[[f]]\nm = 2",
                "[[f]]\nm = 1\n[[f]]\nm = 3",
                "f[1].m was 2 and is 3",
            ),
            ("a.toml", "v = 1\nw = 2", "v = 1", "w was 2 and is gone"),
            ("a.toml", "v = 1", "v = 1\n[c]\nd = []", "c.d is new: []"),
            (
                "a.toml",
                "v = 1",
                "v  = 1",
                "line 1 was v = 1 and is v  = 1",
            ),
            ("a.toml", "v = 1", "v = ", "line 1 was v = 1 and is v = "),
            (
                "a.csv",
                "subject,verdict\na,fail\n",
                "subject,verdict\na,pass\n",
                "verdict of a was fail and is pass",
            ),
            (
                "a.csv",
                "subject,verdict\na,fail\na,pass\n",
                "subject,verdict\na,fail\n",
                "verdict of a (2) was pass and is gone",
            ),
            (
                "a.txt",
                "one\ntwo",
                "one\n2\u{1b}[2J",
                "line 2 was two and is 2\\u{1b}[2J",
            ),
        ];
        for (path, was, is, expected) in cases {
            assert_eq!(told(path, was, is), [expected]);
        }
    }

    #[test]
    fn what_is_told_is_short_and_holds_no_card_number() {
        let number = "4111111111111111";
        let long = format!("v = \"{number} {}\"", "x".repeat(500));
        let told = told("a.toml", "v = 1", &long).concat();
        assert!(
            !told.contains(number) && told.chars().count() < 120,
            "{told}"
        );
    }
}
