//! Bytes of an export as a tree of values, whatever wrote them.
//!
//! The content decides: compression, byte-order mark and the first character tell more than the
//! name, which only breaks ties.

mod csv;
mod json;
mod lines;
mod text;
mod yaml;

use crate::source::Value;
use lines::Lines;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// JSON: one document, or several after one another (JSON Lines included).
    Json,
    /// YAML: one document, several, or none but comments.
    Yaml,
    /// Comma-separated values: one document, a list of rows as objects.
    Csv,
    /// Anything else that is text: one document, the text itself.
    Text,
    /// Nothing but white space: no document.
    Empty,
}

/// One document of a file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Document {
    /// What it holds.
    pub(crate) value: Value,
    /// The line it starts on, from one.
    pub(crate) line: usize,
}

/// A step from a value to one inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// To the value of a name, exactly as the file spells it.
    Key(&'a str),
    /// To an item of a list, from zero.
    Index(usize),
}

/// A file's content.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Decoded {
    /// How it is written.
    pub(crate) syntax: Syntax,
    /// Its documents, in order.
    pub(crate) documents: Vec<Document>,
    /// The names of the columns, in order; empty unless it is comma-separated values.
    pub(crate) columns: Vec<String>,
    lines: Vec<Lines>,
}

impl Decoded {
    fn new(syntax: Syntax, documents: Vec<(Document, Lines)>) -> Self {
        let (documents, lines) = documents.into_iter().unzip();
        Self {
            syntax,
            documents,
            columns: Vec::new(),
            lines,
        }
    }

    /// Returns the line on which the value at `path` of a document starts; the line of the
    /// nearest enclosing value where that is not kept, and one where nothing is known.
    #[must_use]
    pub(crate) fn item_line(&self, document: usize, path: &[Step<'_>]) -> usize {
        self.lines.get(document).map_or(1, |lines| lines.find(path))
    }
}

/// Reads the bytes of the file at `path`. The error completes "can't be read: ..." and says what
/// to do.
pub(crate) fn decode(path: &str, bytes: &[u8]) -> Result<Decoded, String> {
    let text = text::decode(bytes)?;
    let content = text.trim_start();
    let Some(first) = content.chars().next() else {
        return Ok(Decoded::new(Syntax::Empty, Vec::new()));
    };
    let extension = extension(path);
    let brackets = matches!(first, '{' | '[');
    if brackets || matches!(extension, "json" | "jsonl" | "ndjson") {
        match json::decode(&text) {
            Ok(documents) => return Ok(Decoded::new(Syntax::Json, documents)),
            // YAML in flow style, or a template of YAML that starts with a bracket.
            Err(_) if is_yaml(extension) => {}
            // A block of YAML under the wrong name.
            Err(error) if !brackets => {
                return yaml::decode(&text)
                    .ok()
                    .filter(|documents| documents.iter().all(|(it, _)| it.value.as_map().is_some()))
                    .map(|documents| Decoded::new(Syntax::Yaml, documents))
                    .ok_or(error);
            }
            Err(error) => return Err(error),
        }
    }
    if extension == "csv" {
        let (columns, document) = csv::decode(&text)?;
        return Ok(Decoded {
            columns,
            ..Decoded::new(Syntax::Csv, vec![document])
        });
    }
    if is_yaml(extension) || (!path.ends_with(".stderr.txt") && starts_as_yaml(content)) {
        return yaml::decode(&text).map(|documents| Decoded::new(Syntax::Yaml, documents));
    }
    let document = Document {
        value: Value::string(&text),
        line: 1,
    };
    Ok(Decoded::new(Syntax::Text, vec![(document, Lines::leaf(1))]))
}

/// Returns the extension of the file's name without that of its compression.
fn extension(path: &str) -> &str {
    let path = path.strip_suffix(".gz").unwrap_or(path);
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn is_yaml(extension: &str) -> bool {
    matches!(extension, "yaml" | "yml" | "template")
}

/// Tells whether text under a name that says nothing starts as the YAML of an export does.
fn starts_as_yaml(content: &str) -> bool {
    [
        "---",
        "%YAML",
        "apiVersion:",
        "kind:",
        "AWSTemplateFormatVersion:",
        "Resources:",
    ]
    .iter()
    .any(|start| content.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_tells_the_syntax_and_the_name_breaks_ties() {
        let cases = [
            ("a.json", "{}", Syntax::Json),
            ("a.txt", "[1]", Syntax::Json),
            ("a", "{\"a\":1}", Syntax::Json),
            ("a.json", "null", Syntax::Json),
            ("a.json", "\"arn:aws:x\"", Syntax::Json),
            ("a.json", "a: 1\n", Syntax::Yaml),
            ("a.yaml", "{a: 1}", Syntax::Yaml),
            ("a.yaml", "{\"a\": 1}", Syntax::Json),
            ("a.yml", "a: 1", Syntax::Yaml),
            ("a.template", "Resources: {}", Syntax::Yaml),
            ("dump.txt", "apiVersion: v1\nkind: Pod\n", Syntax::Yaml),
            ("dump", "---\na: 1\n", Syntax::Yaml),
            ("a.csv", "a,b\n1,2\n", Syntax::Csv),
            ("a.csv.gz", "a,b\n1,2\n", Syntax::Csv),
            ("a.stderr.txt", "---\nAn error", Syntax::Text),
            ("a.stderr.txt", "ERROR: (NotFound) x", Syntax::Text),
            ("readme.md", "# Title", Syntax::Text),
            ("a.json", " \r\n\t", Syntax::Empty),
            ("a.yaml", "", Syntax::Empty),
            ("a.yaml", "---\n# later\n", Syntax::Yaml),
        ];
        for (path, text, syntax) in cases {
            let decoded = decode(path, text.as_bytes()).expect("decoded");
            assert_eq!(decoded.syntax, syntax, "{path}: {text}");
        }
    }

    #[test]
    fn an_error_is_that_of_the_syntax_the_file_claims() {
        let cases = [
            ("a.json", "{\"a\": ", "JSON ends in the middle"),
            (
                "a.json",
                "Traceback (most recent call last)",
                "not valid JSON",
            ),
            ("a.yaml", "a: [1", "not valid YAML"),
            ("a.yaml", "{{- if .Values.x }}\na: 1", "helm template"),
        ];
        for (path, text, part) in cases {
            let error = decode(path, text.as_bytes()).expect_err("an error");
            assert!(error.contains(part), "{error}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>, name in "a\\.(json|yaml|csv|txt|gz)") {
            if let Ok(decoded) = decode(&name, &bytes) {
                let _ = decoded.item_line(0, &[Step::Index(0), Step::Key("a")]);
            }
        }

        #[test]
        fn no_text_makes_it_panic(
            text in r#"([\[\]{}:,"'a0!&*<>|#\- \\n%@`.]|//|/\*|\*/|\\u00|é|Ref|\n)*"#,
            name in "a\\.(json|yaml|csv|txt)",
        ) {
            if let Ok(decoded) = decode(&name, text.as_bytes()) {
                let _ = decoded.item_line(0, &[Step::Index(0), Step::Key("a")]);
            }
        }
    }
}
