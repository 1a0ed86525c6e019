//! The workbook as a commit holds it: the definitions that a run rests on.

use std::collections::BTreeMap;
use std::path::Path;

use tempfile::TempDir;

use super::{LoadError, Workbook};
use crate::check::Check;
use crate::evidence::{
    self, Author, DefinitionState, ExportError, GitError, GitVariables, PartChange, Verification,
};
use crate::source::snake;

/// What a workbook is read from.
const READ: [&str; 5] = [
    "workbook.toml",
    "book",
    "checks/lists",
    "checks/registers",
    "checks/sources",
];

/// What people keep.
const KEPT: [&str; 4] = [
    "evidence/registers",
    "evidence/occurrences",
    "evidence/acknowledgements",
    "evidence/exceptions",
];

/// The examples of checks, and why some that are broken still pass.
const EXAMPLES: [&str; 2] = ["checks/examples", "checks/survivors"];

/// Whether the examples of checks are wanted, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Examples {
    /// They are.
    Wanted,
    /// They are not.
    NotWanted,
}

/// Why the workbook of a commit can't be used.
#[derive(Debug, thiserror::Error)]
pub enum StampedError {
    /// Its files can't be had.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// They are no workbook.
    #[error("the workbook at {revision} can't be read: {source}")]
    Load {
        /// The revision.
        revision: String,
        /// Why.
        source: LoadError,
    },
    /// There is no room for them.
    #[error("failed to make a folder for the workbook of a commit: {0}")]
    Folder(std::io::Error),
}

/// The workbook of a commit, in a folder that goes with the value.
#[derive(Debug)]
pub struct StampedWorkbook {
    /// The workbook.
    pub workbook: Workbook,
    _folder: TempDir,
}

impl StampedWorkbook {
    /// Reads the workbook of a revision.
    ///
    /// # Errors
    ///
    /// Fails if there is no such revision, or its workbook has mistakes.
    pub fn at(
        root: &Path,
        revision: &str,
        variables: &GitVariables,
        examples: Examples,
    ) -> Result<Self, StampedError> {
        let folder = tempfile::tempdir().map_err(StampedError::Folder)?;
        let mut paths: Vec<&str> = READ.iter().chain(&KEPT).copied().collect();
        match examples {
            Examples::Wanted => paths.extend(EXAMPLES),
            Examples::NotWanted => {}
        }
        evidence::export(root, revision, variables, &paths, folder.path())?;
        let workbook = Workbook::load(folder.path()).map_err(|source| StampedError::Load {
            revision: revision.to_owned(),
            source,
        })?;
        Ok(Self {
            workbook,
            _folder: folder,
        })
    }
}

/// Adds to each changed definition which parts of it changed, in which file, and who did it. Where
/// the stamped definitions can't be read, nothing is added.
pub fn name_changed_parts(
    now: &Workbook,
    variables: &GitVariables,
    verification: &mut Verification,
) {
    let changed = |state: DefinitionState| state == DefinitionState::Changed;
    if !verification
        .definitions
        .iter()
        .any(|change| changed(change.change))
    {
        return;
    }
    let commit = verification
        .heads
        .first()
        .and_then(|head| head.made_on.clone());
    let Some(commit) = commit else { return };
    let Ok(then) = StampedWorkbook::at(&now.root, &commit, variables, Examples::NotWanted) else {
        return;
    };
    let files = files_changed(now, &commit, variables).unwrap_or_default();
    for change in &mut verification.definitions {
        if let (true, Some(old), Some(new)) = (
            changed(change.change),
            find(&then.workbook, &change.check),
            find(now, &change.check),
        ) {
            change.parts = changed_parts(old, new, &files);
        }
    }
}

fn find<'w>(workbook: &'w Workbook, id: &str) -> Option<&'w Check> {
    workbook.checks.iter().find(|check| check.id.value == id)
}

fn files_changed(
    workbook: &Workbook,
    commit: &str,
    variables: &GitVariables,
) -> Result<BTreeMap<String, Option<Author>>, GitError> {
    let paths = [
        "workbook.toml",
        "book/src",
        "checks/lists",
        "checks/registers",
        "checks/sources",
    ];
    evidence::changed_since(&workbook.root, commit, variables, &paths)
}

/// Returns the parts of a definition that differ.
fn changed_parts(
    old: &Check,
    new: &Check,
    files: &BTreeMap<String, Option<Author>>,
) -> Vec<PartChange> {
    let names: std::collections::BTreeSet<&String> =
        old.parts.keys().chain(new.parts.keys()).collect();
    names
        .into_iter()
        .filter(|name| old.parts.get(*name) != new.parts.get(*name))
        .map(|name| {
            let found = files.iter().find(|(path, _)| holds(path, name, new));
            PartChange {
                part: name.clone(),
                file: found.map(|(path, _)| path.clone()),
                by: found.and_then(|(_, by)| by.clone()),
            }
        })
        .collect()
}

/// Tells whether a file is where a part of a definition is written.
fn holds(path: &str, part: &str, check: &Check) -> bool {
    let named = |folder: &str, name: &str| {
        let stem = path
            .strip_prefix(folder)
            .and_then(|file| file.strip_suffix(".toml"));
        stem.is_some_and(|stem| snake(stem) == name)
    };
    match part.split_once(' ') {
        None => path == check.file.path(),
        Some(("list", name)) => named("checks/lists/", name),
        Some(("schema", name)) => named("checks/registers/", name),
        Some(("param", _)) => path == "workbook.toml",
        Some((_, _)) => path.starts_with("checks/sources/"),
    }
}
