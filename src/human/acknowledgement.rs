//! Acknowledgements: `evidence/acknowledgements/<check>/*.toml`.

use std::sync::Arc;

use super::Acknowledgement;
use super::recorded::recorded;
use crate::source::{Code, Diagnostics, Item, SourceFile, Spanned, Table, Toml};

/// Returns the acknowledgements in the file, with every mistake in it.
pub(crate) fn parse_acknowledgements(
    check: &str,
    file: &Arc<SourceFile>,
) -> (Vec<Acknowledgement>, Diagnostics) {
    let toml = Toml::parse_file(file);
    let mut root = toml.root();
    let all = root
        .tables("acknowledged")
        .into_iter()
        .filter_map(|table| acknowledged(check, table))
        .collect();
    root.finish();
    (all, toml.into_diagnostics())
}

fn acknowledged(check: &str, mut table: Table<'_>) -> Option<Acknowledgement> {
    let person = table.required_string("person");
    let role = table.string("role");
    let digest = table.required_string("digest");
    if let Some(digest) = &digest {
        is_digest(&table, digest);
    }
    let date = table.required("date").and_then(Item::date);
    table.string("source");
    for key in ["file-digest", "import-digest"] {
        if let Some(digest) = table.string(key) {
            is_digest(&table, &digest);
        }
    }
    table.string("import-file");
    table.string("recorded-by");
    let recorded = recorded(&mut table, date.as_ref().map(|date| date.value));
    let span = table.span();
    let file = Arc::clone(table.file());
    table.finish();
    Some(Acknowledgement {
        check: check.to_owned(),
        file,
        span,
        person: person?.value,
        role: role.map(|role| role.value),
        digest: digest?.value.to_ascii_lowercase(),
        date: date?.value,
        recorded,
    })
}

fn is_digest(table: &Table<'_>, digest: &Spanned<String>) {
    if digest.value.len() != 64 || !digest.value.bytes().all(|b| b.is_ascii_hexdigit()) {
        table.report(
            Code::InvalidValue,
            digest.span,
            "a digest is SHA-256 in hexadecimal, 64 digits; `workbook explain` prints it",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_says_who_what_text_and_when() {
        let digest = "A".repeat(64);
        let text = format!(
            "[[acknowledged]]\nperson = \"nl-0148\"\nrole = \"sre\"\ndigest = \"{digest}\"\ndate = 2026-02-03\nsource = \"learning system\"\n\
             file-digest = \"{digest}\"\nimport-file = \"lms.csv\"\nimport-digest = \"{digest}\"\nrecorded-by = \"nl-0201\"\nrecorded-at = 2026-02-04T08:00:00Z\n\
             [[acknowledged]]\nperson = \"nl-0150\"\ndigest = \"abc\"\ndate = 2026-02-03\n[[acknowledged]]\ndigest = \"{digest}\"\n"
        );
        let (all, diagnostics) =
            parse_acknowledgements("duties", &SourceFile::new("a/duties/2026.toml", text));
        let codes: Vec<_> = diagnostics
            .into_sorted()
            .iter()
            .map(|d| d.code.as_str())
            .collect();
        assert_eq!(codes, ["invalid-value", "missing-key", "missing-key"]);
        assert_eq!(all.len(), 2);
        assert_eq!(
            all.first().map(|a| a.digest.as_str()),
            Some("a".repeat(64).as_str())
        );
    }
}
