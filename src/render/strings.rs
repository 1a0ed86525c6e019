//! The words of the program, by key.

use super::RenderError;

const ENGLISH: &str = include_str!("../../templates/strings.toml");

/// The words of one language.
#[derive(Debug, Clone)]
pub(crate) struct Strings {
    table: toml::Table,
}

impl Strings {
    /// Returns the words of the program.
    pub(crate) fn load() -> Result<Self, RenderError> {
        ENGLISH
            .parse()
            .map(|table| Self { table })
            .map_err(|error: toml::de::Error| RenderError::Template {
                name: "strings.toml".to_owned(),
                message: error.to_string(),
            })
    }

    /// Returns the whole table, for templates.
    pub(crate) fn table(&self) -> &toml::Table {
        &self.table
    }

    /// Returns the text at a path of keys; empty if there is none, which the tests of the pages
    /// would show.
    pub(crate) fn text(&self, path: &[&str]) -> &str {
        let mut table = &self.table;
        for (at, key) in path.iter().enumerate() {
            match table.get(*key) {
                Some(toml::Value::Table(inner)) => table = inner,
                Some(toml::Value::String(text)) if at + 1 == path.len() => return text,
                Some(_) | None => return "",
            }
        }
        ""
    }
}

/// Returns `text` with each `{name}` filled in. What is filled in is not looked at again.
pub(crate) fn fill(text: &str, values: &[(String, String)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        filled.push_str(before);
        let named = from.find('}').and_then(|close| {
            let name = from.get(1..close)?;
            let (_, value) = values.iter().find(|(key, _)| key == name)?;
            Some((value, from.get(close + 1..)?))
        });
        if let Some((value, after)) = named {
            filled.push_str(value);
            rest = after;
        } else {
            filled.push('{');
            rest = from.get(1..).unwrap_or("");
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::{Strings, fill};
    use crate::assess::{Status, Verdict};

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let values = [
            ("a".to_owned(), "{b}".to_owned()),
            ("b".to_owned(), "x".to_owned()),
        ];
        assert_eq!(fill("{a} {b} {c} {", &values), "{b} x {c} {");
    }

    #[test]
    fn every_verdict_and_status_has_a_word_and_a_meaning() {
        let strings = Strings::load().expect("the strings parse");
        let verdicts = Verdict::ALL.map(|verdict| ("verdict", verdict.as_str()));
        let statuses = Status::ALL.map(|status| ("status", status.as_str()));
        for (table, word) in verdicts.into_iter().chain(statuses) {
            for key in ["word", "meaning"] {
                assert!(
                    !strings.text(&[table, word, key]).is_empty(),
                    "{table}.{word}.{key}"
                );
            }
        }
    }

    #[test]
    fn no_word_of_the_program_promises_compliance() {
        let text = super::ENGLISH.to_lowercase();
        assert!(!text.contains("compliant"));
    }
}
