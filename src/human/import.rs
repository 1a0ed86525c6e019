//! Acknowledgements that a learning system or a signature service exports as CSV.

use std::collections::BTreeMap;

use crate::source::Date;

/// The text that a row says was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named {
    /// By its SHA-256, in lower-case hexadecimal.
    Digest(String),
    /// By the version that the other system gives it.
    Version(String),
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// The line of the file.
    pub(crate) line: u64,
    /// The staff id.
    pub(crate) person: String,
    /// The role, for guides of roles.
    pub(crate) role: Option<String>,
    /// The text.
    pub(crate) named: Named,
    /// The day.
    pub(crate) date: Date,
    /// Where it was acknowledged, if the row says so.
    pub(crate) source: Option<String>,
    /// The SHA-256 of the signed file, if the row has it.
    pub(crate) file_digest: Option<String>,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// The line.
    pub(crate) line: u64,
    /// What is wrong with it.
    pub(crate) why: String,
}

/// Returns the rows of a file of CSV with a header, and everything that is wrong with it. Columns
/// are found by name, in any order and case: `staff-id` (or `person`), `digest` or `version`,
/// `date`, and if there are any `role`, `source`, `file-digest`. Others are not read.
pub(crate) fn read_import(text: &str) -> (Vec<Row>, Vec<Wrong>) {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut wrong = Vec::new();
    let columns = match reader.headers() {
        Ok(headers) => columns(headers),
        Err(error) => {
            wrong.push(unreadable(&error));
            return (Vec::new(), wrong);
        }
    };
    let lacks = [
        ("staff-id", columns.contains_key("staff-id")),
        (
            "digest` or `version",
            columns.contains_key("digest") || columns.contains_key("version"),
        ),
        ("date", columns.contains_key("date")),
    ];
    for (name, there) in lacks {
        if !there {
            let why = format!("there is no column `{name}`");
            wrong.push(Wrong { line: 1, why });
        }
    }
    if !wrong.is_empty() {
        return (Vec::new(), wrong);
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                wrong.push(unreadable(&error));
                continue;
            }
        };
        let line = line(text, record.position());
        let cell = |name: &str| {
            let cell = columns.get(name).and_then(|column| record.get(*column))?;
            (!cell.is_empty()).then(|| cell.to_owned())
        };
        match row(line, cell) {
            Ok(row) => rows.push(row),
            Err(why) => wrong.push(Wrong { line, why }),
        }
    }
    if rows.is_empty() && wrong.is_empty() {
        let why = "there is no row below the header".to_owned();
        wrong.push(Wrong { line: 1, why });
    }
    (rows, wrong)
}

fn row(line: u64, cell: impl Fn(&str) -> Option<String>) -> Result<Row, String> {
    let named = match (cell("digest"), cell("version")) {
        (Some(digest), _) => Named::Digest(digest_of("digest", &digest)?),
        (None, Some(version)) => Named::Version(version),
        (None, None) => return Err("it names no text by `digest` or `version`".to_owned()),
    };
    let date: Date = cell("date").ok_or("it has no `date`")?.parse()?;
    Ok(Row {
        line,
        person: cell("staff-id").ok_or("it has no `staff-id`")?,
        role: cell("role"),
        named,
        date,
        source: cell("source"),
        file_digest: cell("file-digest")
            .map(|digest| digest_of("file-digest", &digest))
            .transpose()?,
    })
}

/// Returns the columns by the names that are read here.
fn columns(headers: &csv::StringRecord) -> BTreeMap<&'static str, usize> {
    let mut columns = BTreeMap::new();
    for (place, header) in headers.iter().enumerate() {
        let name = match header
            .to_ascii_lowercase()
            .replace(['_', ' '], "-")
            .as_str()
        {
            "staff-id" | "person" => "staff-id",
            "digest" | "text-digest" => "digest",
            "version" | "text-version" => "version",
            "date" => "date",
            "role" => "role",
            "source" => "source",
            "file-digest" => "file-digest",
            _ => continue,
        };
        columns.entry(name).or_insert(place);
    }
    columns
}

fn digest_of(column: &str, text: &str) -> Result<String, String> {
    match text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => Ok(text.to_ascii_lowercase()),
        false => Err(format!(
            "`{column}` is not SHA-256 in hexadecimal, 64 digits"
        )),
    }
}

/// Returns the line on which a record begins; the end of the line before may still stand there.
fn line(text: &str, position: Option<&csv::Position>) -> u64 {
    let at = position.and_then(|position| usize::try_from(position.byte()).ok());
    let bytes = text.as_bytes();
    let mut at = at.unwrap_or_default().min(bytes.len());
    while matches!(bytes.get(at), Some(b'\r' | b'\n')) {
        at += 1;
    }
    let before = bytes.get(..at).unwrap_or_default();
    let ends = memchr::memchr_iter(b'\n', before).count();
    u64::try_from(ends).unwrap_or(u64::MAX).saturating_add(1)
}

fn unreadable(error: &csv::Error) -> Wrong {
    Wrong {
        line: error.position().map_or(1, csv::Position::line),
        why: "it can't be read as CSV in UTF-8".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name_and_others_are_not_read() {
        let digest = "AB".repeat(32);
        let text = format!(
            "\u{feff}Name,Staff ID,Date,Text_Digest,Source\r\n\"Doe, Jo\",nl-1,2026-11-20,{digest},\"LMS, course 7\"\r\n"
        );
        let (rows, wrong) = read_import(&text);
        assert_eq!(wrong, []);
        let [row] = rows.as_slice() else {
            panic!("{rows:?}")
        };
        assert_eq!((row.line, row.person.as_str()), (2, "nl-1"));
        assert_eq!(row.named, Named::Digest("ab".repeat(32)));
        assert_eq!(row.source.as_deref(), Some("LMS, course 7"));
        assert_eq!((&row.role, &row.file_digest), (&None, &None));
    }

    #[test]
    fn every_wrong_line_is_told() {
        let (rows, wrong) = read_import(
            "person,version,date,file-digest\nnl-1,3,2026-11-20,\n,3,2026-11-20,\nnl-2,,2026-11-20,\nnl-3,3,20.11.2026,\nnl-4,3,,\nnl-5,3,2026-11-20,abc\nnl-6\n",
        );
        assert_eq!(rows.len(), 1);
        let lines: Vec<u64> = wrong.iter().map(|wrong| wrong.line).collect();
        assert_eq!(lines, [3, 4, 5, 6, 7, 8], "{wrong:?}");
        for (text, part) in [
            ("", "no column `staff-id`"),
            (
                "person,date\nnl-1,2026-11-20\n",
                "no column `digest` or `version`",
            ),
            ("person,version,date\n", "no row"),
        ] {
            let (_, wrong) = read_import(text);
            assert!(
                wrong.iter().any(|wrong| wrong.why.contains(part)),
                "{text}: {wrong:?}"
            );
        }
    }
}
