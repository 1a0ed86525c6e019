//! Comma-separated values: a header, and rows as objects by its names.

use super::Document;
use super::lines::Lines;
use crate::source::{Map, Value};

/// Reads the names of the columns and the rows, as a list of objects. A field that a short row
/// lacks is absent from its object.
pub(super) fn decode(text: &str) -> Result<(Vec<String>, (Document, Lines)), String> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let columns: Vec<String> = reader
        .headers()
        .map_err(|error| explain(&error))?
        .iter()
        .map(|name| name.trim().to_owned())
        .collect();
    let mut rows = Vec::new();
    let mut lines = Vec::new();
    let mut rest = text;
    let mut line = 1;
    for record in reader.records() {
        let record = record.map_err(|error| explain(&error))?;
        line += pass(
            &mut rest,
            record.position().map_or(0, csv::Position::byte),
            text,
        );
        lines.push(Lines::leaf(line));
        let row: Map = columns
            .iter()
            .zip(record.iter())
            .map(|(name, field)| (name, Value::string(field)))
            .collect();
        rows.push(Value::from(row));
    }
    let document = Document {
        value: Value::list(rows),
        line: 1,
    };
    Ok((columns, (document, Lines::items(1, lines))))
}

/// Moves `rest`, an end of `text`, to the record that the reader says starts at `byte`, and
/// returns how many lines that passed. The reader counts the line feed of the record before as
/// the start of the next, so white space is passed as well.
fn pass<'a>(rest: &mut &'a str, byte: u64, text: &'a str) -> usize {
    let from = text.len() - rest.len();
    let start = usize::try_from(byte).unwrap_or(text.len()).max(from);
    let record = text.get(start..).unwrap_or_default();
    let record = record.trim_start_matches(['\r', '\n']);
    let passed = text
        .get(from..text.len() - record.len())
        .unwrap_or_default();
    *rest = record;
    passed.matches('\n').count()
}

fn explain(error: &csv::Error) -> String {
    format!("it is not valid CSV: {error}; export it again")
}

#[cfg(test)]
mod tests {
    use crate::inventory::decode::{Step, Syntax, decode};
    use crate::source::Value;

    #[test]
    fn rows_are_objects_by_the_header_with_their_lines() {
        let text = "\u{feff}user,arn,note\r\nroot,\"a,b\",\"two\r\nlines\"\r\nmaria,c\r\n";
        let decoded = decode("x.csv", text.as_bytes()).expect("decoded");
        assert_eq!(decoded.syntax, Syntax::Csv);
        assert_eq!(decoded.columns, ["user", "arn", "note"]);
        let rows = decoded.documents[0].value.as_list().expect("rows").to_vec();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].get("arn"), Value::string("a,b"));
        assert_eq!(rows[0].get("note"), Value::string("two\r\nlines"));
        assert_eq!(rows[1].get("note"), Value::Null);
        assert_eq!(decoded.item_line(0, &[Step::Index(0)]), 2);
        assert_eq!(decoded.item_line(0, &[Step::Index(1)]), 4);
    }
}
