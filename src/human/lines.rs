//! Lines of TOML that commands write into what people keep.

use std::fmt::Write as _;

use crate::source::{Date, Instant};

/// Lines of TOML, in the order in which they are added: the same for the same values.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines(String);

impl Lines {
    /// Adds the header of a new table of a list.
    pub(crate) fn table(&mut self, name: &str) {
        let blank = if self.0.is_empty() { "" } else { "\n" };
        let _ = writeln!(self.0, "{blank}[[{name}]]");
    }

    /// Adds the header of a table within the last one of a list.
    pub(crate) fn within(&mut self, name: &str) {
        let _ = writeln!(self.0, "\n[{name}]");
    }

    /// Adds text.
    pub(crate) fn text(&mut self, key: &str, text: &str) {
        self.value(key, &toml::Value::String(text.to_owned()));
    }

    /// Adds a list of texts.
    pub(crate) fn texts(&mut self, key: &str, texts: &[String]) {
        let texts = texts.iter().cloned().map(toml::Value::String).collect();
        self.value(key, &toml::Value::Array(texts));
    }

    /// Adds a date.
    pub(crate) fn date(&mut self, key: &str, date: Date) {
        let _ = writeln!(self.0, "{key} = {date}");
    }

    /// Adds a moment.
    pub(crate) fn instant(&mut self, key: &str, instant: Instant) {
        let _ = writeln!(self.0, "{key} = {instant}");
    }

    /// Adds any value.
    pub(crate) fn value(&mut self, key: &str, value: &toml::Value) {
        let _ = writeln!(self.0, "{key} = {value}");
    }

    /// Adds lines that were written elsewhere.
    pub(crate) fn verbatim(&mut self, text: &str) {
        self.0.push_str(text);
        if !text.is_empty() && !text.ends_with('\n') {
            self.0.push('\n');
        }
    }

    /// Returns the lines.
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

/// Returns the text with lines added at its end, and everything that stood there as it was.
pub(crate) fn appended(text: &str, lines: &str) -> String {
    let blank = match text {
        "" => "",
        _ if text.ends_with("\n\n") || text.ends_with("\n\r\n") => "",
        _ if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    format!("{text}{blank}{lines}")
}

/// Returns a value as it is typed: TOML if it is that, else text.
pub(crate) fn given(typed: &str) -> toml::Value {
    let line = format!("x = {typed}");
    let alone = line.parse::<toml::Table>().ok().and_then(|mut table| {
        let value = table.remove("x")?;
        table.is_empty().then_some(value)
    });
    alone.unwrap_or_else(|| toml::Value::String(typed.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_a_value_or_text_and_never_a_second_key() {
        for (typed, written) in [
            ("34", "34"),
            ("true", "true"),
            ("2026-11-22", "2026-11-22"),
            ("[\"a\", \"b\"]", "[\"a\", \"b\"]"),
            // In a table, keys come in order.
            ("[{ id = \"x\", found = 0 }]", "[{ found = 0, id = \"x\" }]"),
            ("nl-0148", "\"nl-0148\""),
            ("Asia/Tokyo", "\"Asia/Tokyo\""),
            ("", "\"\""),
            ("1\ny = 2", "\"\"\"\n1\ny = 2\"\"\""),
            ("1 # a note", "1"),
        ] {
            assert_eq!(given(typed).to_string(), written, "{typed}");
        }
    }

    #[test]
    fn whatever_text_is_written_is_read_again() {
        for text in [
            "plain",
            "a \"quoted\" 'word'",
            "two\nlines",
            "\"\"\"",
            "back\\slash",
            "\u{1b}[31m",
            "カード",
            "'''\n\"\"\"",
        ] {
            let mut lines = Lines::default();
            lines.text("x", text);
            let table: toml::Table = lines.into_text().parse().expect("TOML");
            assert_eq!(table.get("x").and_then(toml::Value::as_str), Some(text));
        }
    }

    #[test]
    fn what_stood_there_stays() {
        for (text, expected) in [
            ("", "[[a]]\n"),
            ("# note", "# note\n\n[[a]]\n"),
            ("x = 1\n", "x = 1\n\n[[a]]\n"),
            ("x = 1\n\n", "x = 1\n\n[[a]]\n"),
            ("x = 1\r\n\r\n", "x = 1\r\n\r\n[[a]]\n"),
        ] {
            assert_eq!(appended(text, "[[a]]\n"), expected);
        }
    }
}
