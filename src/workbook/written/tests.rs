//! One bad workbook per diagnostic code, under `tests/fixtures/bad/<code>/`.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::source::{Colour, render};
use crate::workbook::{LoadError, Workbook};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bad")
}

/// Returns every mistake of a workbook, those of its checks too.
fn diagnose(root: &Path) -> Vec<Diagnostic> {
    match Workbook::load(root) {
        Ok(_) => Vec::new(),
        Err(LoadError::Mistakes(diagnostics)) => diagnostics,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn every_code_has_a_bad_workbook_that_shows_it_and_nothing_else() {
    let mut folders: Vec<String> = fs::read_dir(fixtures())
        .expect("the folder of fixtures")
        .map(|entry| {
            let entry = entry.expect("a fixture");
            entry.file_name().to_string_lossy().into_owned()
        })
        .collect();
    folders.sort();
    let mut codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    codes.sort_unstable();
    assert_eq!(
        folders, codes,
        "one folder under tests/fixtures/bad per code"
    );
    for code in codes {
        let diagnostics = diagnose(&fixtures().join(code));
        let text = render(&diagnostics, 100, Colour::Off);
        insta::assert_snapshot!(code, &text);
        for diagnostic in &diagnostics {
            assert_eq!(diagnostic.code.as_str(), code, "{text}");
        }
        assert!(
            !diagnostics.is_empty(),
            "{code} is not shown by its workbook"
        );
    }
}

#[test]
fn a_sound_workbook_has_no_mistake() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/good");
    let diagnostics = diagnose(&root);
    assert!(
        diagnostics.is_empty(),
        "{}",
        render(&diagnostics, 100, Colour::Off)
    );
    let (written, _) = read(&root);
    assert_eq!(written.book.documents.len(), 1);
    assert_eq!(written.human.registers.len(), 1);
    assert_eq!(written.human.exceptions.len(), 1);
}

#[test]
fn a_folder_that_is_no_workbook_is_told_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines: Vec<String> = diagnose(folder.path())
        .iter()
        .map(Diagnostic::one_line)
        .collect();
    assert_eq!(
        lines,
        [
            "book/src/SUMMARY.md:1:1: missing-file: the file is missing",
            "workbook.toml:1:1: missing-file: the file is missing",
        ]
    );
}
