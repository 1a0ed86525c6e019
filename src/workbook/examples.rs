//! Examples: miniature workbooks that show what each check says of what.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::tree::{Tree, take};
use super::{LoadError, Workbook, evaluate, written};
use crate::assess::{CheckOutcome, Earlier, Verdict};
use crate::book::Book;
use crate::check::Check;
use crate::config;
use crate::evidence;
use crate::inventory::Inventory;
use crate::source::{Date, Diagnostics};

/// The day on which examples are judged whose workbook.toml freezes no other.
const JUDGED: Date = Date::from_ymd(2026, 11, 22);

/// The folder of what the last run listed in an example: files such as
/// `last-run/cde-component-inventory.subjects.csv`.
const LAST_RUN: &str = "last-run/";

/// The id of that run.
const LAST_RUN_ID: &str = "20261115T080000Z-00000000";

/// The folder of exports in an example.
pub(super) const EXPORTS: &str = "exports/";

/// One example and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The check.
    pub check: String,
    /// The folder's name, such as `fail-bridge-by-default`.
    pub name: String,
    /// The verdict its name promises.
    pub expected: Verdict,
    /// The verdict it came to.
    pub found: Verdict,
    /// The messages of the findings, for when the two differ.
    pub messages: Vec<String>,
}

/// Why an example can't be run.
#[derive(Debug, thiserror::Error)]
pub enum ExampleError {
    /// The folder's name does not begin with a verdict.
    #[error("{}: an example's folder is named <verdict>-<what>, such as `fail-no-policy`", .0.display())]
    Name(PathBuf),
    /// The folder above is not named after a check.
    #[error("{}: no page has a check of this name", .0.display())]
    NoCheck(PathBuf),
    /// The miniature workbook can't be read.
    #[error(transparent)]
    Load(#[from] LoadError),
}

/// An example on disk.
pub(super) struct Found<'w> {
    /// The check.
    pub(super) check: &'w Check,
    /// The folder's name.
    pub(super) name: String,
    /// The verdict its name promises.
    pub(super) expected: Verdict,
    /// Its files.
    pub(super) tree: Tree,
}

/// Runs the examples of the checks that `select` chooses, in the order of checks and names.
pub fn examples(
    workbook: &Workbook,
    select: impl Fn(&str) -> bool,
) -> Result<Vec<Example>, ExampleError> {
    find(workbook, select)?
        .par_iter()
        .map(|example| {
            let (found, messages) = judge(workbook, example.check, &example.tree)?;
            Ok(Example {
                check: example.check.id.value.clone(),
                name: example.name.clone(),
                expected: example.expected,
                found,
                messages,
            })
        })
        .collect()
}

/// Returns the examples of the checks that `select` chooses.
pub(super) fn find(
    workbook: &Workbook,
    select: impl Fn(&str) -> bool,
) -> Result<Vec<Found<'_>>, ExampleError> {
    let folder = workbook.root().join("checks/examples");
    let mut chosen = Vec::new();
    for name in folders(&folder)? {
        let Some(check) = workbook.checks.iter().find(|check| check.id.value == name) else {
            return Err(ExampleError::NoCheck(folder.join(name)));
        };
        if !select(&name) {
            continue;
        }
        for example in folders(&folder.join(&name))? {
            let path = folder.join(&name).join(&example);
            let expected = Verdict::ALL
                .into_iter()
                .find(|verdict| {
                    example
                        .strip_prefix(verdict.as_str())
                        .is_some_and(|rest| rest.starts_with('-'))
                })
                .ok_or_else(|| ExampleError::Name(path.clone()))?;
            let tree = Tree::read(&path).map_err(|source| LoadError::Io { path, source })?;
            chosen.push(Found {
                check,
                name: example,
                expected,
                tree,
            });
        }
    }
    Ok(chosen)
}

/// Judges one check on the files of an example: the verdict, and what each finding says.
pub(super) fn judge(
    workbook: &Workbook,
    check: &Check,
    tree: &Tree,
) -> Result<(Verdict, Vec<String>), LoadError> {
    let mut diagnostics = Diagnostics::new();
    let mut config = workbook.config.clone();
    if tree.has("workbook.toml")
        && let Some(file) = take(tree.text("workbook.toml"), &mut diagnostics)
    {
        let (over, more) = config::parse_over(&config, &file);
        diagnostics.extend(more);
        config = over.unwrap_or(config);
    }
    let schemas = workbook.human.schemas.clone();
    let human = written::read_human(tree, "", schemas, &mut diagnostics);
    let book = Book {
        pages: workbook.book.pages.clone(),
        documents: written::read_documents(tree, &mut diagnostics),
    };
    if !diagnostics.is_empty() {
        return Err(LoadError::Mistakes(diagnostics.into_sorted()));
    }
    let inventory = inventory(workbook, tree, &config);
    let today = config.as_of.unwrap_or(JUDGED);
    let outcome = evaluate(
        with_compared(&workbook.checks, check),
        &config,
        &book,
        &human,
        &workbook.lists,
        inventory,
        &earlier(tree),
        today,
    );
    let judged = |outcome: &&CheckOutcome| outcome.id == check.id.value;
    let Some(check) = outcome.checks.iter().find(judged) else {
        return Ok((Verdict::NotChecked, Vec::new()));
    };
    let messages = check
        .findings
        .iter()
        .map(|finding| {
            format!(
                "{} {}: {}",
                finding.verdict.as_str(),
                finding.subject,
                finding.message
            )
        })
        .collect();
    Ok((check.verdict, messages))
}

fn inventory(workbook: &Workbook, tree: &Tree, config: &config::Config) -> Inventory {
    let files = match tree {
        Tree::Disk(_) | Tree::With { .. } => return Inventory::default(),
        Tree::Memory(files) => files.iter().filter_map(|(path, bytes)| {
            Some((path.strip_prefix(EXPORTS)?.to_owned(), bytes.clone()))
        }),
    };
    Inventory::of_files(files, &workbook.sources, &config.scopes)
}

/// Returns the check, with what stands between it and the checks that it compares.
fn with_compared<'a>(checks: &'a [Check], check: &'a Check) -> &'a [Check] {
    if check.looks_at_exceptions() {
        return checks;
    }
    let at = |id: &str| checks.iter().position(|other| other.id.value == id);
    let places: Vec<usize> = check
        .compared()
        .map(|compared| compared.value.as_str())
        .chain(std::iter::once(check.id.value.as_str()))
        .filter_map(at)
        .collect();
    places
        .iter()
        .min()
        .zip(places.iter().max())
        .and_then(|(first, last)| checks.get(*first..=*last))
        .unwrap_or(std::slice::from_ref(check))
}

/// Returns what the last run listed, by the example's files.
fn earlier(tree: &Tree) -> Earlier {
    let Tree::Memory(files) = tree else {
        return Earlier::Nothing;
    };
    let lists: BTreeMap<String, String> = files
        .iter()
        .filter_map(|(path, bytes)| {
            let name = path.strip_prefix(LAST_RUN)?.strip_suffix(".subjects.csv")?;
            Some((name.to_owned(), String::from_utf8_lossy(bytes).into_owned()))
        })
        .collect();
    if lists.is_empty() {
        Earlier::Nothing
    } else {
        evidence::earlier_of(LAST_RUN_ID, lists)
    }
}

fn folders(path: &Path) -> Result<Vec<String>, LoadError> {
    let io = |source| LoadError::Io {
        path: path.to_owned(),
        source,
    };
    let mut names = Vec::new();
    match std::fs::read_dir(path) {
        Ok(entries) => {
            for entry in entries {
                let entry = entry.map_err(io)?;
                if entry.file_type().map_err(io)?.is_dir() {
                    names.push(entry.file_name().to_string_lossy().into_owned());
                }
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(io(error)),
    }
    names.sort_unstable();
    Ok(names)
}
