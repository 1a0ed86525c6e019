//! Whether evidence is as it was stamped, and if not, what changed and by whom.
//!
//! It shows change after stamping. It can't show that an export was true.

mod anchored;
mod compare;
mod definitions;
mod fields;
mod problem;
mod provenance;
mod runs;
mod signatures;
#[cfg(test)]
mod tests;
mod told;
mod work_tree;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::source::{Date, Instant};

use super::anchor::Anchor;
use super::checkout::resume;
use super::git::{Change, Commit, GitError, GitVariables, ObjectId, Repo, Signed, Touch};
use super::run::RunId;
use super::stamp::ATTRIBUTES_TEXT;
use super::stored::{self, ATTRIBUTES, Evidence, RECORDS, RUNS, Stored, is_record};

pub use anchored::{AnchorFault, AnchorOrigin, HeldAnchor};
pub use definitions::{DefinitionChange, DefinitionState, PartChange};
pub use fields::FieldChange;
pub(super) use fields::{fields, same_values};
pub use problem::{Author, Break, FileChange, Found, Note, Problem, Unstamped};
pub use signatures::{Signatures, SignedRuns};

/// What is to be verified.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The folder of the workbook.
    pub workbook: &'a Path,
    /// The `GIT_*` variables of the environment.
    pub variables: &'a GitVariables,
    /// The digest of each check's definition as it is now, by the check's id.
    pub definitions: Option<&'a BTreeMap<String, String>>,
    /// A run that has to be on the chain.
    pub anchor: Option<&'a Anchor>,
    /// What is asked of signatures.
    pub signatures: Signatures,
}

impl<'a> Asked<'a> {
    /// Asks whether the evidence of a workbook is as stamped, and no more.
    #[must_use]
    pub fn of(workbook: &'a Path, variables: &'a GitVariables) -> Self {
        Self {
            workbook,
            variables,
            definitions: None,
            anchor: None,
            signatures: Signatures::Told,
        }
    }
}

/// What verifying came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// The commit whose evidence was verified; none in a repository without one.
    pub commit: Option<String>,
    /// The newest runs: one, or several that were stamped in parallel and merged.
    pub heads: Vec<HeadRun>,
    /// How many runs there are.
    pub runs: usize,
    /// How many records there are.
    pub records: usize,
    /// What is not as stamped, sorted.
    pub problems: Vec<Problem>,
    /// What there is to know besides.
    pub notes: Vec<Note>,
    /// How the commits of runs are signed.
    pub signatures: Vec<SignedRuns>,
    /// The anchors that the chain was held to.
    pub anchors: Vec<HeldAnchor>,
    /// Checks whose definition is not the stamped one. They say what was found then.
    pub definitions: Vec<DefinitionChange>,
}

/// The one word for what verifying came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Every record, subjects file and run is as a run wrote it.
    AsStamped,
    /// Something is not.
    NotAsStamped,
    /// There is no run.
    NothingStamped,
}

impl Standing {
    /// Returns the word for programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AsStamped => "as-stamped",
            Self::NotAsStamped => "not-as-stamped",
            Self::NothingStamped => "nothing-stamped",
        }
    }
}

/// A newest run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadRun {
    /// The run.
    pub run: RunId,
    /// The SHA-256 of its file.
    pub digest: String,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// The date of judgement.
    pub as_of: Date,
    /// Whether it is of the shipped sample.
    pub sample: bool,
    /// The commit that it was made on; none for the first commit of a repository.
    pub made_on: Option<String>,
    /// Files that had uncommitted changes.
    pub dirty: Vec<String>,
    /// The commit that brought it, where the history reaches so far.
    pub by: Option<Author>,
    /// How that commit is signed.
    pub signed: Signed,
}

impl Verification {
    /// Returns the one word.
    #[must_use]
    pub fn standing(&self) -> Standing {
        if !self.problems.is_empty() {
            Standing::NotAsStamped
        } else if self.heads.is_empty() {
            Standing::NothingStamped
        } else {
            Standing::AsStamped
        }
    }
}

/// Verifies the evidence of the newest commit, and of the work tree against it.
///
/// # Errors
///
/// Fails if there is no repository or it can't be read; never because evidence is not as stamped.
pub fn verify(asked: &Asked<'_>) -> Result<Verification, GitError> {
    let repo = Repo::open(asked.workbook, asked.variables)?;
    let mut notes: Vec<Note> = resume(&repo)
        .err()
        .map(|error| Note::Unfinished(error.to_string()))
        .into_iter()
        .collect();
    let commit = repo.head()?.commit();
    let (evidence, touches) = match commit {
        Some(commit) => (
            stored::read(&repo, commit)?,
            repo.touches(commit, &[RECORDS, RUNS])?,
        ),
        None => (Evidence::none(), Vec::new()),
    };
    if repo.is_shallow() {
        notes.push(Note::Shallow);
    }
    let history = runs::history(&repo, commit, &evidence, &touches)?;
    let mut problems = history.problems;
    notes.extend(history.notes);
    let heads = &history.chain.heads;
    let stamped = |path: &str, digests: &[String]| stamped(&repo, &touches, path, digests);
    problems.extend(compare::listed(
        &evidence.records,
        heads,
        &touches,
        &stamped,
    ));
    problems.extend(provenance::recorded(&repo, &touches, &history.by_commit)?);
    problems.extend(work_tree::problems(&repo, commit, &evidence)?);
    let (found, told) = provenance::followed(&repo, &history.chain, &history.brought)?;
    problems.extend(found);
    notes.extend(told);
    let signed = signatures::of_runs(&repo, &history.brought)?;
    problems.extend(signatures::problems(
        &signed,
        &history.brought,
        asked.signatures,
    ));
    let anchors = anchored::hold(&repo, &evidence, &history.chain, asked.anchor)?;
    problems.extend(anchored::problems(&anchors));
    problems.sort();
    problems.dedup();
    let named: BTreeSet<String> = problems.iter().flat_map(Problem::paths).collect();
    notes.extend(compare::mixed(&evidence, &named));
    if heads.len() > 1 {
        notes.push(Note::Parallel(
            heads.iter().map(|head| head.run.id.clone()).collect(),
        ));
    }
    notes.extend(attributes(&repo, commit)?);
    notes.extend(restored(&touches, &history.brought, &named));
    Ok(Verification {
        commit: commit.map(|commit| commit.to_string()),
        heads: heads
            .iter()
            .map(|head| {
                let body = &head.run.body;
                HeadRun {
                    run: head.run.id.clone(),
                    digest: head.digest.clone(),
                    recorded_at: body.recorded_at,
                    as_of: body.as_of,
                    sample: body.sample,
                    made_on: body.commit.clone(),
                    dirty: body.dirty.clone(),
                    by: history.brought.get(&head.run.id).map(author),
                    signed: signed
                        .get(&head.run.id)
                        .cloned()
                        .unwrap_or(Signed::Unsigned),
                }
            })
            .collect(),
        runs: evidence.runs.len(),
        records: evidence
            .records
            .keys()
            .filter(|path| is_record(path))
            .count(),
        definitions: asked
            .definitions
            .map_or_else(Vec::new, |now| definitions::changed(&evidence, now)),
        signatures: signatures::counted(&signed, &history.brought),
        anchors,
        problems,
        notes,
    })
}

/// Returns the file as it was stamped: the newest of its versions that has one of the digests.
fn stamped(repo: &Repo, touches: &[Touch], path: &str, digests: &[String]) -> Option<Stored> {
    touches
        .iter()
        .filter_map(|touch| touch.changes.get(path)?.1)
        .filter_map(|blob| Some(Stored::new(repo.bytes(blob).ok()?)))
        .find(|stored| digests.contains(&stored.digest))
}

/// Tells whether git may change the bytes of evidence.
fn attributes(repo: &Repo, commit: Option<ObjectId>) -> Result<Option<Note>, GitError> {
    let Some(commit) = commit else {
        return Ok(None);
    };
    let found = repo.entry(commit, ATTRIBUTES)?;
    let runs = !repo.names(commit, RUNS)?.is_empty();
    let same = match found {
        Some(blob) => repo.bytes(blob)? == ATTRIBUTES_TEXT.as_bytes(),
        None => !runs,
    };
    if same {
        return Ok(None);
    }
    let touches = repo.touches(commit, &["evidence"])?;
    Ok(Some(Note::Attributes(last_author(&touches, ATTRIBUTES))))
}

/// Returns who made a commit.
pub(in crate::evidence) fn author(commit: &Commit) -> Author {
    Author {
        commit: commit.id.to_string(),
        name: commit.author.clone(),
        time: commit.time,
    }
}

/// Returns who last changed a file, by its path in the workbook.
fn last_author(touches: &[Touch], path: &str) -> Option<Author> {
    touches
        .iter()
        .find(|touch| touch.changes.contains_key(path))
        .map(|touch| author(&touch.commit))
}

/// Tells of commits that are no runs and changed evidence which is as stamped nevertheless.
fn restored(
    touches: &[Touch],
    brought: &BTreeMap<RunId, Commit>,
    named: &BTreeSet<String>,
) -> Vec<Note> {
    let runs: BTreeSet<ObjectId> = brought.values().map(|commit| commit.id).collect();
    let mut notes = Vec::new();
    for touch in touches
        .iter()
        .filter(|touch| !runs.contains(&touch.commit.id))
    {
        let files: Vec<String> = touch
            .changes
            .iter()
            .filter(|(_, (change, _))| !touch.merge || *change != Change::Deleted)
            .map(|(path, _)| path.clone())
            .filter(|path| !named.contains(path))
            .collect();
        if !files.is_empty() {
            notes.push(Note::Touched {
                by: author(&touch.commit),
                files,
            });
        }
    }
    notes
}
