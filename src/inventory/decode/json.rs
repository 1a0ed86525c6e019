//! JSON, strict first and then as ARM templates are written.

use std::collections::BTreeMap;

use super::Document;
use super::lines::{DEPTH, Lines};
use crate::source::Value;

/// Reads all JSON documents of a text.
pub(super) fn decode(text: &str) -> Result<Vec<(Document, Lines)>, String> {
    strict(text).or_else(|error| {
        let relaxed = relax(text).ok_or_else(|| error.clone())?;
        strict(&relaxed).map_err(|_| error)
    })
}

fn strict(text: &str) -> Result<Vec<(Document, Lines)>, String> {
    let mut documents = Vec::new();
    let mut scanner = Scanner {
        bytes: text.as_bytes(),
        at: 0,
        line: 1,
    };
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        let value = value.map_err(|error| explain(&error))?;
        let lines = scanner.value(0);
        let document = Document {
            value,
            line: lines.line(),
        };
        documents.push((document, lines));
    }
    Ok(documents)
}

fn explain(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    if error.is_eof() {
        return format!(
            "the JSON ends in the middle, at line {line} column {column}: the command was \
             interrupted or its output cut; export it again"
        );
    }
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    format!("it is not valid JSON: {what} at line {line} column {column}; export it again")
}

/// Returns the text with comments and commas before a closing bracket blanked and line ends
/// inside strings escaped, as ARM templates may have them; nothing if it has none of these.
/// Lines keep their numbers.
fn relax(text: &str) -> Option<String> {
    let mut relaxed = String::with_capacity(text.len());
    let mut changed = false;
    let mut rest = text;
    let mut comma = None;
    while let Some(character) = rest.chars().next() {
        if character == '"' {
            let (string, after) = take_string(rest);
            changed |= string.contains('\n');
            // A line end inside a string is lost to the count of lines, which only moves
            // findings below it up.
            relaxed.push_str(&string.replace('\r', "").replace('\n', "\\n"));
            rest = after;
            comma = None;
            continue;
        }
        if let Some(comment) = take_comment(rest) {
            changed = true;
            relaxed.extend(comment.chars().filter(|character| *character == '\n'));
            rest = rest.get(comment.len()..).unwrap_or_default();
            continue;
        }
        match (character, comma) {
            ('}' | ']', Some(at)) => {
                relaxed.replace_range(at..=at, " ");
                changed = true;
                comma = None;
            }
            (',', _) => comma = Some(relaxed.len()),
            (character, _) if character.is_whitespace() => {}
            _ => comma = None,
        }
        relaxed.push(character);
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
    changed.then_some(relaxed)
}

fn take_string(text: &str) -> (&str, &str) {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return text.split_at(at + 1),
            _ => {}
        }
    }
    (text, "")
}

fn take_comment(text: &str) -> Option<&str> {
    let end = if text.starts_with("//") {
        text.find('\n').unwrap_or(text.len())
    } else if text.starts_with("/*") {
        text.find("*/").map_or(text.len(), |at| at + 2)
    } else {
        return None;
    };
    text.get(..end)
}

/// Finds the lines of values in text that is known to be valid JSON, nested no deeper than the
/// parser allowed.
struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl Scanner<'_> {
    fn value(&mut self, depth: usize) -> Lines {
        let first = self.peek();
        let line = self.line;
        match first {
            Some(b'{') => {
                self.at += 1;
                let mut members = BTreeMap::new();
                while matches!(self.peek(), Some(byte) if byte != b'}') {
                    let key = self.string();
                    self.skip(b':');
                    let value = self.value(depth + 1);
                    self.skip(b',');
                    if depth < DEPTH && !value.is_leaf() {
                        members.insert(key, value);
                    }
                }
                self.skip(b'}');
                Lines::members(line, members)
            }
            Some(b'[') => {
                self.at += 1;
                let mut items = Vec::new();
                while matches!(self.peek(), Some(byte) if byte != b']') {
                    let value = self.value(depth + 1);
                    self.skip(b',');
                    if depth < DEPTH {
                        items.push(value);
                    }
                }
                self.skip(b']');
                Lines::items(line, items)
            }
            Some(b'"') => {
                self.pass_string();
                Lines::leaf(line)
            }
            _ => {
                while matches!(self.bytes.get(self.at), Some(byte) if !b",]}{[\" \t\r\n".contains(byte))
                {
                    self.at += 1;
                }
                Lines::leaf(line)
            }
        }
    }

    /// Returns the next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => self.line += 1,
                b' ' | b'\t' | b'\r' => {}
                _ => return Some(*byte),
            }
            self.at += 1;
        }
        None
    }

    fn skip(&mut self, expected: u8) {
        if self.peek() == Some(expected) {
            self.at += 1;
        }
    }

    fn string(&mut self) -> Box<str> {
        let start = self.at;
        self.pass_string();
        let raw = self.bytes.get(start..self.at).unwrap_or_default();
        serde_json::from_slice::<String>(raw)
            .unwrap_or_default()
            .into()
    }

    fn pass_string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'\\' => self.at += 2,
                b'"' => {
                    self.at += 1;
                    return;
                }
                _ => self.at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::decode::{Step, Syntax, decode};

    #[test]
    fn documents_after_one_another_are_each_read_with_their_line() {
        let cases = [
            ("{\"a\":1}\n{\"a\":2}\n", vec![1, 2]),
            ("{\n}\n\n{\n}", vec![1, 4]),
            ("[1][2]", vec![1, 1]),
            ("\n\n  {}", vec![3]),
        ];
        for (text, lines) in cases {
            let decoded = decode("x.json", text.as_bytes()).expect("decoded");
            assert_eq!(decoded.syntax, Syntax::Json);
            let found: Vec<usize> = decoded.documents.iter().map(|d| d.line).collect();
            assert_eq!(found, lines, "{text}");
        }
    }

    #[test]
    fn the_line_of_an_item_is_that_of_its_first_character() {
        let text = "{\n \"list\": [\n  {\"x\\u0041\": {\n   \"y\": [1,\n 2]}},\n  \"text\"\n ]\n}";
        let decoded = decode("x.json", text.as_bytes()).expect("decoded");
        let cases: [(&[Step<'_>], usize); 5] = [
            (&[], 1),
            (&[Step::Key("list")], 2),
            (&[Step::Key("list"), Step::Index(0)], 3),
            (&[Step::Key("list"), Step::Index(1)], 6),
            (
                &[
                    Step::Key("list"),
                    Step::Index(0),
                    Step::Key("xA"),
                    Step::Key("y"),
                    Step::Index(1),
                ],
                5,
            ),
        ];
        for (path, line) in cases {
            assert_eq!(decoded.item_line(0, path), line, "{path:?}");
        }
        assert_eq!(
            decoded.item_line(0, &[Step::Key("list"), Step::Index(9)]),
            2
        );
        assert_eq!(decoded.item_line(7, &[]), 1);
    }

    #[test]
    fn a_template_with_comments_and_loose_commas_is_read() {
        let text = "{ // one\n /* two\n three */ \"a\": \"// kept, }\", \"b\": [1, 2, ],\n \"c\": \"x\ny\",\n}";
        let documents = super::decode(text).expect("decoded");
        let (document, _) = &documents[0];
        assert_eq!(document.value.get("a"), Value::string("// kept, }"));
        assert_eq!(
            document.value.get("b").as_list().map(<[Value]>::len),
            Some(2)
        );
        assert_eq!(document.value.get("c"), Value::string("x\ny"));
    }

    #[test]
    fn what_is_cut_or_wrong_names_the_place_and_what_to_do() {
        let deep = "[".repeat(200);
        let cases = [
            ("{\"a\": [1,\n2", "ends in the middle, at line 2 column 1"),
            ("{\"a\": 1}\nTraceback", "at line 2 column 1"),
            ("{\"a\" 1}", "expected `:` at line 1 column 6"),
            (deep.as_str(), "recursion limit exceeded"),
        ];
        for (text, part) in cases {
            let error = super::decode(text).expect_err("an error");
            assert!(error.contains(part), "{error}");
            assert!(error.contains("export it again"), "{error}");
        }
    }
}
