//! The one writer of TOML that the program stores: fixed order, fixed escapes.
//!
//! A serializer's form changes with its releases, and every stored digest would change with it.
//! The order is that of the calls; the form of each value is decided here alone.

use std::fmt::{Display, Write as _};

use super::redact::redact;

/// A TOML file being written.
#[derive(Debug)]
pub(crate) struct Writer {
    text: String,
}

impl Writer {
    /// Starts a file with comment lines.
    pub(crate) fn new(comment: &[&str]) -> Self {
        let mut text = String::new();
        for line in comment {
            text.push_str("# ");
            text.push_str(line);
            text.push('\n');
        }
        Self { text }
    }

    /// Starts a table.
    pub(crate) fn table(&mut self, name: &str) {
        self.line(&format!("\n[{name}]"));
    }

    /// Starts the next table of an array.
    pub(crate) fn element(&mut self, name: &str) {
        self.line(&format!("\n[[{name}]]"));
    }

    /// Writes a text, with card numbers masked.
    pub(crate) fn text(&mut self, name: &str, value: &str) {
        self.token(name, &redact(value));
    }

    /// Writes a text of our own making that can't hold a card number: an id, a digest.
    pub(crate) fn token(&mut self, name: &str, value: &str) {
        self.line(&entry(name, value));
    }

    /// Writes what TOML writes without quotes: a number, a date, a moment, `true`.
    pub(crate) fn bare(&mut self, name: &str, value: impl Display) {
        self.line(&format!("{} = {value}", key(name)));
    }

    /// Writes a list of texts: on one line where it fits, else one to a line.
    pub(crate) fn list(&mut self, name: &str, values: &[String]) {
        let values: Vec<String> = values.iter().map(|value| quoted(&redact(value))).collect();
        let line = format!("{} = [{}]", key(name), values.join(", "));
        if line.chars().count() <= 100 {
            self.line(&line);
            return;
        }
        self.line(&format!("{} = [", key(name)));
        for value in values {
            self.line(&format!("  {value},"));
        }
        self.line("]");
    }

    /// Returns the file.
    pub(crate) fn finish(self) -> String {
        self.text
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// Returns the line of a text of our own making, as [`Writer::token`] writes it.
pub(crate) fn entry(name: &str, value: &str) -> String {
    format!("{} = {}", key(name), quoted(value))
}

fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(bare) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

/// Returns a basic string. What could move a cursor, turn the reading direction or not be seen at
/// all is escaped, since the text may come from an export and is shown on terminals.
fn quoted(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            c if unseen(c) => {
                // Writing to a string can't fail.
                let _ = write!(text, "\\u{:04X}", u32::from(c));
            }
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

/// Tells whether a character is a control or formatting character of the basic plane.
pub(crate) fn unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_form_are_those_of_the_calls() {
        let mut writer = Writer::new(&["Written by a test."]);
        writer.token("id", "a\"b\\c\n\u{1b}[0m\u{202e}é");
        writer.bare("count", 3);
        writer.list("short", &["a".to_owned(), "b".to_owned()]);
        writer.list("long", &["x".repeat(60), "y".repeat(60)]);
        writer.table("counts");
        writer.text("4111 1111 1111 1111", "4111111111111111");
        writer.element("findings");
        writer.list("none", &[]);
        let expected = format!(
            concat!(
                "# Written by a test.\n",
                r#"id = "a\"b\\c\n\u001B[0m\u202Eé""#,
                "\ncount = 3\nshort = [\"a\", \"b\"]\nlong = [\n  \"{}\",\n  \"{}\",\n]\n",
                "\n[counts]\n\"4111 1111 1111 1111\" = \"************1111\"\n",
                "\n[[findings]]\nnone = []\n"
            ),
            "x".repeat(60),
            "y".repeat(60)
        );
        assert_eq!(writer.finish(), expected);
    }
}
