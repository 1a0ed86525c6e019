//! The guide says what is: generated pages are current, and paths it names exist.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use evidence_workbook::source::Code;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the reference of diagnostics: one section for each code, with the workbook that shows it.
fn diagnostics() -> String {
    let mut page = String::from(
        "# Mistakes in the workbook's own files\n\n\
         <!-- Written by `UPDATE=1 cargo test --test integration`; edit src/source/diagnostic.rs. -->\n\n\
         A mistake in a file that people write stops the run before anything is evaluated: a check\n\
         that is half read could pass. All mistakes are told at once, each with its file, line and\n\
         place. The command then ends with code 2.\n\n\
         Each code has a small workbook that shows it, under `tests/fixtures/bad/`.\n",
    );
    for code in Code::ALL {
        let description = code.description();
        let _ = write!(page, "\n## {code}\n\n{description}\n");
        let shown = root().join(format!(
            "src/workbook/written/snapshots/evidence_workbook__workbook__written__tests__{code}.snap"
        ));
        let shown = fs::read_to_string(shown).expect("the snapshot of the code");
        // Past the snapshot's header, the first of the diagnostics is example enough.
        let text = shown.splitn(3, "---\n").nth(2).unwrap_or("");
        let first = text.split("\n\n").next().unwrap_or("").trim_end();
        let _ = write!(page, "\n````text\n{first}\n````\n");
    }
    page
}

#[test]
fn the_reference_of_diagnostics_is_the_one_generated() {
    let path = root().join("book/src/guide/diagnostics.md");
    let page = diagnostics();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &page).expect("the page is written");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        found.replace("\r\n", "\n"),
        page,
        "run `UPDATE=1 cargo test --test integration`"
    );
}
