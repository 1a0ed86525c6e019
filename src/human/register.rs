//! Registers: `evidence/registers/*.toml`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Entry, Register, Schema, schema, stem};
use crate::source::{
    Code, Diagnostic, Diagnostics, Item, Seen, SourceFile, Span, Spanned, Toml, is_identifier,
    snake,
};

/// Returns the register in the file, named after it, with every mistake in it.
///
/// An entry's keys are those of the register's schema; without one they are people's own, and only
/// `id` means something here.
pub(crate) fn parse_register(
    file: &Arc<SourceFile>,
    schemas: &BTreeMap<String, Schema>,
) -> (Option<Register>, Diagnostics) {
    let toml = Toml::parse_file(file);
    let mut root = toml.root();
    let name = snake(stem(file.path()));
    if !is_identifier(&name) {
        root.push(
            Diagnostic::new(
                Code::InvalidValue,
                file,
                Span::default(),
                format!("the file's name can't be written as `registers.{name}`"),
            )
            .help("name the file with letters, digits and `-`, beginning with a letter"),
        );
    }
    let mut seen = Seen::new("the entry");
    let mut entries = Vec::new();
    for mut table in root.tables("entry") {
        let id = table.item("id").and_then(Item::string);
        if let Some(id) = &id {
            if id.value.trim().is_empty() {
                table.report(Code::InvalidValue, id.span, "`id` must not be empty");
            }
            if let Some(diagnostic) = seen.add(file, id) {
                table.push(diagnostic);
            }
        }
        if let Some(schema) = schemas.get(&name) {
            schema::hold(schema, &table);
        }
        entries.push(Entry {
            id: id.map_or_else(
                || (entries.len() + 1).to_string(),
                |id: Spanned<_>| id.value,
            ),
            value: table.free().into(),
            span: table.span(),
        });
    }
    root.finish();
    let diagnostics = toml.into_diagnostics();
    let readable = !diagnostics.iter().any(|d| d.code == Code::InvalidToml);
    let register = Register {
        name,
        file: Arc::clone(file),
        entries,
    };
    (Some(register).filter(|_| readable), diagnostics)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Value;

    fn lines(diagnostics: Diagnostics) -> Vec<String> {
        diagnostics
            .into_sorted()
            .iter()
            .map(Diagnostic::one_line)
            .collect()
    }

    #[test]
    fn an_entry_is_what_people_wrote_with_names_as_expressions_see_them() {
        let file = SourceFile::new(
            "evidence/registers/data-stores.toml",
            "[[entry]]\nid = \"ledger\"\nkeeps-pan = true\nreviewed = 2026-10-01\n[[entry]]\nid = \"logs\"\n",
        );
        let (register, diagnostics) = parse_register(&file, &BTreeMap::new());
        assert_eq!(lines(diagnostics), [""; 0]);
        let register = register.expect("a register");
        assert_eq!(register.name, "data_stores");
        let ids: Vec<&str> = register.entries.iter().map(|e| e.id.as_str()).collect();
        assert_eq!(ids, ["ledger", "logs"]);
        let Some(first) = register.entries.first() else {
            panic!("an entry")
        };
        assert_eq!(first.value.get("keeps_pan"), Value::Bool(true));
        assert_eq!(first.value.get("reviewed"), Value::string("2026-10-01"));
        assert_eq!(file.slice(first.span), "[[entry]]");
    }

    #[test]
    fn an_entry_without_an_id_has_its_number_and_an_empty_register_no_entries() {
        let (register, diagnostics) = parse_register(
            &SourceFile::new("r/a.toml", "[[entry]]\nx = 1\n[[entry]]\nx = 2\n"),
            &BTreeMap::new(),
        );
        assert!(diagnostics.is_empty());
        let ids: Vec<String> = register
            .map(|r| r.entries.into_iter().map(|e| e.id).collect())
            .unwrap_or_default();
        assert_eq!(ids, ["1", "2"]);
        let (register, diagnostics) = parse_register(
            &SourceFile::new("r/a.toml", "# none yet\n"),
            &BTreeMap::new(),
        );
        assert!(diagnostics.is_empty());
        assert!(register.is_some_and(|r| r.entries.is_empty()));
    }

    #[test]
    fn mistakes_are_told_at_once() {
        let file = SourceFile::new(
            "r/9-lives.toml",
            "entries = []\n[[entry]]\nid = \"a\"\n[[entry]]\nid = \"a\"\n[[entry]]\nid = 7\n[[entry]]\nid = \"\"\n",
        );
        let (_, diagnostics) = parse_register(&file, &BTreeMap::new());
        insta::assert_snapshot!(lines(diagnostics).join("\n"));
    }
}
