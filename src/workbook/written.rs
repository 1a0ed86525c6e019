//! Everything that people wrote, read from disk and held against each other.

use std::collections::{BTreeMap, BTreeSet};
#[cfg(test)]
use std::path::Path;
use std::sync::Arc;

use super::tree::{Tree, take};
use crate::book::{self, Book, Document, Page};
use crate::config::{self, Config};
use crate::human::{self, Acknowledgement, Exception, Human, Occurrence, Register, Schema};
use crate::source::{Code, Diagnostic, Diagnostics, Seen, SourceFile, Span, Spanned};

/// The folder of pages, below the workbook.
const PAGES: &str = "book/src";

/// The summary, below the folder of pages.
const SUMMARY: &str = "SUMMARY.md";

/// The folder of documents, below the folder of pages and in examples.
const POLICIES: &str = "policies";

/// What people wrote.
#[derive(Debug)]
pub(crate) struct Written {
    /// `workbook.toml`, unless it can't be relied upon; then there are diagnostics.
    pub(crate) config: Option<Config>,
    /// The pages and documents.
    pub(crate) book: Book,
    /// Registers, occurrences, acknowledgements and exceptions.
    pub(crate) human: Human,
}

/// Returns what people wrote in the workbook at `root`, with every mistake in it.
#[cfg(test)]
pub(crate) fn read(root: &Path) -> (Written, Diagnostics) {
    read_tree(&Tree::on_disk(root))
}

/// Returns what people wrote in a workbook of these files, with every mistake in it.
pub(crate) fn read_tree(tree: &Tree) -> (Written, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let config = take(tree.text("workbook.toml"), &mut diagnostics).and_then(|file| {
        let (config, found) = config::parse(&file);
        diagnostics.extend(found);
        config
    });
    let book = read_book(tree, config.as_ref(), &mut diagnostics);
    let schemas = read_schemas(tree, &mut diagnostics);
    let human = read_human(tree, "evidence", schemas, &mut diagnostics);
    let written = Written {
        config,
        book,
        human,
    };
    (written, diagnostics)
}

/// Reads the pages, the documents among them and the summary.
fn read_book(tree: &Tree, config: Option<&Config>, diagnostics: &mut Diagnostics) -> Book {
    let prefix = format!("{PAGES}/");
    let paths: BTreeSet<String> = tree
        .files(PAGES, "md", diagnostics)
        .iter()
        .filter_map(|path| path.strip_prefix(&prefix))
        .filter(|path| *path != SUMMARY)
        .map(str::to_owned)
        .collect();
    let mut pages: Vec<Page> = Vec::new();
    let mut documents: Vec<Document> = Vec::new();
    for path in &paths {
        let Some(file) = take(tree.text(&format!("{prefix}{path}")), diagnostics) else {
            continue;
        };
        let (page, found) = book::parse_page(path, &file);
        diagnostics.extend(found);
        pages.push(page);
        if path.starts_with(POLICIES) {
            let (document, found) = book::parse_document(path, &file);
            diagnostics.extend(found);
            documents.push(document);
        }
    }
    let order = take(tree.text(&format!("{prefix}{SUMMARY}")), diagnostics).map(|file| {
        let (order, found) = book::parse_summary(&file, &paths);
        diagnostics.extend(found);
        order
    });
    let (book, found) = book::assemble(pages, documents, order.as_deref(), config);
    diagnostics.extend(found);
    book
}

/// Returns what people keep below a folder: `evidence` of a workbook, the folder of an example.
pub(crate) fn read_human(
    tree: &Tree,
    folder: &str,
    schemas: BTreeMap<String, Schema>,
    diagnostics: &mut Diagnostics,
) -> Human {
    let below = |name: &str| match folder {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    };
    let mut names = Seen::new("the register");
    let mut by_name: BTreeMap<String, Register> = BTreeMap::new();
    for path in tree.files(&below("registers"), "toml", diagnostics) {
        let Some(file) = take(tree.text(&path), diagnostics) else {
            continue;
        };
        let (register, found) = human::parse_register(&file, &schemas);
        diagnostics.extend(found);
        let Some(register) = register else { continue };
        let name = Spanned::new(register.name.clone(), Span::default());
        match names.add(&file, &name) {
            Some(diagnostic) => diagnostics.push(diagnostic),
            None => {
                by_name.insert(register.name.clone(), register);
            }
        }
    }
    let mut occurrences: Vec<Occurrence> = Vec::new();
    for (check, file) in of_checks(tree, &below("occurrences"), diagnostics) {
        let (occurrence, found) = human::parse_occurrence(&check, &file);
        diagnostics.extend(found);
        occurrences.extend(occurrence);
    }
    let mut acknowledgements: Vec<Acknowledgement> = Vec::new();
    for (check, file) in of_checks(tree, &below("acknowledgements"), diagnostics) {
        let (given, found) = human::parse_acknowledgements(&check, &file);
        diagnostics.extend(found);
        acknowledgements.extend(given);
    }
    let mut exceptions: Vec<Exception> = Vec::new();
    for path in tree.files(&below("exceptions"), "toml", diagnostics) {
        if let Some(file) = take(tree.text(&path), diagnostics) {
            let (found, mistakes) = human::parse_exceptions(&file);
            diagnostics.extend(mistakes);
            exceptions.extend(found);
        }
    }
    Human {
        registers: by_name,
        schemas,
        occurrences,
        acknowledgements,
        exceptions,
    }
}

/// Returns the schemas of registers, by the name CEL sees.
fn read_schemas(tree: &Tree, diagnostics: &mut Diagnostics) -> BTreeMap<String, Schema> {
    let mut schemas = BTreeMap::new();
    for file in tree.texts("checks/registers", "toml", diagnostics) {
        let (schema, found) = human::parse_schema(&file);
        diagnostics.extend(found);
        schemas.extend(schema.map(|schema| (schema.name.clone(), schema)));
    }
    schemas
}

/// Returns the files of a folder that has a folder for each check, with the check's id.
fn of_checks(
    tree: &Tree,
    folder: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<(String, Arc<SourceFile>)> {
    let mut found = Vec::new();
    for path in tree.files(folder, "toml", diagnostics) {
        let Some(file) = take(tree.text(&path), diagnostics) else {
            continue;
        };
        let within = path.strip_prefix(folder).unwrap_or(&path);
        match within.trim_start_matches('/').split_once('/') {
            Some((check, _)) => found.push((check.to_owned(), file)),
            None => diagnostics.push(
                Diagnostic::new(
                    Code::InvalidValue,
                    &file,
                    Span::default(),
                    "the file stands in no folder of a check",
                )
                .help(format!("move it to {folder}/<check>/")),
            ),
        }
    }
    found
}

/// Returns the documents of the folder `policies` below `root`, as examples keep them.
pub(crate) fn read_documents(tree: &Tree, diagnostics: &mut Diagnostics) -> Vec<Document> {
    let mut documents = Vec::new();
    for path in tree.files(POLICIES, "md", diagnostics) {
        if let Some(file) = take(tree.text(&path), diagnostics) {
            let (document, found) = book::parse_document(&path, &file);
            diagnostics.extend(found);
            documents.push(document);
        }
    }
    documents
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod guide;

#[cfg(test)]
mod properties;
