//! What was found once more, against what was stamped: file by file.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::assess::Outcome;
use crate::inventory::FileListing;

use super::git::{GitVariables, ObjectId, Repo};
use super::history::EvidenceAt;
use super::redact::redact;
use super::run::RunId;
use super::stamp::{StampError, made};
use super::subjects::written;
use super::verify::{FieldChange, fields, same_values};

/// How a file of evidence comes out another time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileDifference {
    /// It says the same in other bytes.
    Bytes,
    /// It says something else in these fields.
    Values(Vec<FieldChange>),
    /// It does not come out.
    Gone,
    /// It was not there.
    New,
}

/// What running the definitions of a run once more came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The run.
    pub run: RunId,
    /// How many files of evidence the run lists.
    pub files: usize,
    /// How many came out the same, byte for byte.
    pub same: usize,
    /// Files that came out otherwise, by path below the records.
    pub other: Vec<(String, FileDifference)>,
    /// Exports that are not those that were read.
    pub exports: Vec<ExportChange>,
    /// Files that had uncommitted changes when the run was stamped, so that no commit has them.
    pub dirty: Vec<String>,
}

/// How an export is not the one that was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExportChange {
    /// It holds something else.
    Other(String),
    /// It is not there.
    Missing(String),
    /// The run did not read it.
    More(String),
}

impl Replay {
    /// Tells whether everything came out as it was stamped, on the exports that were read.
    #[must_use]
    pub fn is_same(&self) -> bool {
        let says_other = |(_, difference): &(String, FileDifference)| {
            !matches!(difference, FileDifference::Bytes)
        };
        self.exports.is_empty() && !self.other.iter().any(says_other)
    }
}

/// Compares what definitions found once more with what their run lists: values, then bytes.
///
/// # Errors
///
/// Fails if a check can't have a record.
pub fn replayed(
    at: &EvidenceAt,
    outcome: &Outcome,
    listing: &[FileListing],
) -> Result<Replay, StampError> {
    let now = made(outcome, listing, &|path| at.records.get(path))?;
    let paths: BTreeSet<&String> = at.run.body.files.keys().chain(now.keys()).collect();
    let mut same = 0;
    let mut other = Vec::new();
    for path in paths {
        let difference = match (at.records.get(path), now.get(path)) {
            (Some(was), Some(is)) if was.digest == is.digest => {
                same += 1;
                continue;
            }
            (Some(was), Some(is)) if same_values(path, was, is) => FileDifference::Bytes,
            (Some(was), Some(is)) => FileDifference::Values(fields(path, was, is)),
            (_, None) => FileDifference::Gone,
            (None, Some(_)) => FileDifference::New,
        };
        other.push((path.clone(), difference));
    }
    Ok(Replay {
        run: at.run.id.clone(),
        files: at.run.body.files.len(),
        same,
        other,
        exports: exports_of(at, listing),
        dirty: at.run.body.dirty.clone(),
    })
}

fn exports_of(at: &EvidenceAt, listing: &[FileListing]) -> Vec<ExportChange> {
    let then: BTreeMap<&str, &str> = at
        .run
        .body
        .exports
        .iter()
        .map(|export| (export.path.as_str(), export.digest.as_str()))
        .collect();
    // Names are masked in a run as they are here.
    let now: BTreeMap<String, &str> = listing
        .iter()
        .map(|file| (redact(&file.path).into_owned(), file.digest.as_str()))
        .collect();
    let mut changes: Vec<ExportChange> = then
        .iter()
        .filter_map(|(path, digest)| match now.get(*path) {
            None => Some(ExportChange::Missing((*path).to_owned())),
            Some(found) if found != digest => Some(ExportChange::Other((*path).to_owned())),
            Some(_) => None,
        })
        .collect();
    let more = now.keys().filter(|path| !then.contains_key(path.as_str()));
    changes.extend(more.map(|path| ExportChange::More(path.clone())));
    changes.sort();
    changes
}

/// Tells whether the repository has a commit, reachable or not.
#[must_use]
pub fn has_commit(workbook: &Path, variables: &GitVariables, commit: &str) -> bool {
    let repo = Repo::open(workbook, variables);
    let found = repo.ok().zip(ObjectId::parse(commit));
    found.is_some_and(|(repo, commit)| repo.has_commit(commit))
}

/// Returns text as the list of subjects has it.
#[must_use]
pub fn as_listed(text: &str) -> Cow<'_, str> {
    written(text)
}
