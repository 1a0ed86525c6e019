//! Examples: miniature workbooks that show what each check says of what.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{LoadError, Workbook, evaluate, written};
use crate::assess::Verdict;
use crate::book::Book;
use crate::check::Check;
use crate::config;
use crate::inventory::Inventory;
use crate::source::{Date, Diagnostics};

/// The day on which examples are judged whose workbook.toml freezes no other.
const JUDGED: Date = Date::from_ymd(2026, 11, 22);

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

/// Runs the examples of the checks that `select` chooses, in the order of checks and names.
pub fn examples(
    workbook: &Workbook,
    select: impl Fn(&str) -> bool,
) -> Result<Vec<Example>, ExampleError> {
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
            chosen.push((check, folder.join(&name).join(&example), example));
        }
    }
    chosen
        .par_iter()
        .map(|(check, path, name)| run(workbook, check, path, name))
        .collect()
}

fn run(
    workbook: &Workbook,
    check: &Check,
    path: &Path,
    name: &str,
) -> Result<Example, ExampleError> {
    let expected = Verdict::ALL
        .into_iter()
        .find(|verdict| {
            name.strip_prefix(verdict.as_str())
                .is_some_and(|rest| rest.starts_with('-'))
        })
        .ok_or_else(|| ExampleError::Name(path.to_owned()))?;
    let mut diagnostics = Diagnostics::new();
    let mut config = workbook.config.clone();
    if path.join("workbook.toml").is_file()
        && let Some(file) = written::take(written::text(path, "workbook.toml"), &mut diagnostics)
    {
        let (over, more) = config::parse_over(&config, &file);
        diagnostics.extend(more);
        config = over.unwrap_or(config);
    }
    let schemas = workbook.human.schemas.clone();
    let human = written::read_human(path, "", schemas, &mut diagnostics);
    let book = Book {
        pages: workbook.book.pages.clone(),
        documents: written::read_documents(path, &mut diagnostics),
    };
    if !diagnostics.is_empty() {
        return Err(LoadError::Mistakes(diagnostics.into_sorted()).into());
    }
    let exports = path.join("exports");
    let inventory = if exports.is_dir() {
        Inventory::load(&exports, &workbook.sources, &config.scopes).map_err(|source| {
            LoadError::Io {
                path: exports,
                source,
            }
        })?
    } else {
        Inventory::default()
    };
    let today = config.as_of.unwrap_or(JUDGED);
    let outcome = evaluate(
        std::slice::from_ref(check),
        &config,
        &book,
        &human,
        &workbook.lists,
        inventory,
        today,
    );
    let (found, messages) =
        outcome
            .checks
            .first()
            .map_or((Verdict::NotChecked, Vec::new()), |check| {
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
                (check.verdict, messages)
            });
    Ok(Example {
        check: check.id.value.clone(),
        name: name.to_owned(),
        expected,
        found,
        messages,
    })
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
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(io(error)),
    }
    names.sort_unstable();
    Ok(names)
}
