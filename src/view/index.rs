//! Where things stand: pages, statements and definitions by id.

use std::collections::BTreeMap;

use crate::assess::{CheckOutcome, Outcome};
use crate::book::{Book, Page, Statement};

use super::card::StatementRef;

/// A check block as its author wrote it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Definition {
    /// The TOML of the block.
    pub(crate) text: String,
    /// How to mend a failure.
    pub(crate) fix: String,
}

/// The book and the outcome, by id.
pub(crate) struct Index<'a> {
    pages: BTreeMap<&'a str, &'a Page>,
    statements: BTreeMap<&'a str, (&'a Statement, &'a Page)>,
    checks: BTreeMap<&'a str, Vec<&'a CheckOutcome>>,
    serving: BTreeMap<&'a str, Vec<&'a CheckOutcome>>,
    definitions: BTreeMap<(String, String), Definition>,
    nothing: Definition,
}

impl<'a> Index<'a> {
    /// Returns the index of a book and what its checks came to.
    pub(crate) fn new(book: &'a Book, outcome: &'a Outcome) -> Self {
        let mut index = Self {
            pages: BTreeMap::new(),
            statements: BTreeMap::new(),
            checks: BTreeMap::new(),
            serving: BTreeMap::new(),
            definitions: BTreeMap::new(),
            nothing: Definition::default(),
        };
        for page in &book.pages {
            index.pages.insert(page.id(), page);
            for statement in page.front.iter().flat_map(|front| &front.value.statements) {
                index
                    .statements
                    .insert(&statement.id.value, (statement, page));
            }
            for block in &page.blocks {
                let text = page.file.slice(block.text);
                if let Some((id, definition)) = definition(text) {
                    index
                        .definitions
                        .insert((page.id().to_owned(), id), definition);
                }
            }
        }
        for check in &outcome.checks {
            index.checks.entry(&check.page).or_default().push(check);
            for statement in &check.statements {
                index.serving.entry(statement).or_default().push(check);
            }
        }
        index
    }

    /// Returns the path of a page below `book/src`; empty for a page the book does not have.
    pub(crate) fn path(&self, page: &str) -> &'a str {
        self.pages.get(page).map_or("", |page| &page.path)
    }

    /// Returns the checks of a page, in the order of its blocks.
    pub(crate) fn checks(&self, page: &str) -> &[&'a CheckOutcome] {
        self.checks.get(page).map_or(&[], Vec::as_slice)
    }

    /// Returns the checks that serve a statement, whatever page they are on.
    pub(crate) fn serving(&self, statement: &str) -> &[&'a CheckOutcome] {
        self.serving.get(statement).map_or(&[], Vec::as_slice)
    }

    /// Returns the reference to a statement.
    pub(crate) fn statement(&self, id: &str) -> StatementRef {
        let found = self.statements.get(id);
        StatementRef {
            id: id.to_owned(),
            label: found.map_or_else(String::new, |(statement, _)| statement.label.clone()),
            path: found.map_or_else(String::new, |(_, page)| page.path.clone()),
        }
    }

    /// Returns a check's definition; an empty one for a check the book does not have.
    pub(crate) fn definition(&self, page: &str, check: &str) -> &Definition {
        self.definitions
            .get(&(page.to_owned(), check.to_owned()))
            .unwrap_or(&self.nothing)
    }
}

/// Returns the id of a block and its definition. The block was read and refused or accepted when
/// the book loaded; here it only gives its text.
fn definition(text: &str) -> Option<(String, Definition)> {
    let table: toml::Table = text.parse().ok()?;
    let fix = table
        .get("fix")
        .and_then(toml::Value::as_str)
        .unwrap_or_default();
    let definition = Definition {
        text: text.replace("\r\n", "\n").trim_end().to_owned(),
        fix: fix
            .replace("\r\n", "\n")
            .trim_matches('\n')
            .trim_end()
            .to_owned(),
    };
    table
        .get("id")
        .and_then(toml::Value::as_str)
        .map(|id| (id.to_owned(), definition))
}
