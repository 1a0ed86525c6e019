//! Who signed the commits that brought runs.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::super::git::{Commit, GitError, Repo, Signable, Signed};
use super::super::run::RunId;
use super::author;
use super::problem::{Author, Problem};

/// What is asked of signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Signatures {
    /// That they are told. One that is bad is a problem, none is not.
    #[default]
    Told,
    /// That every run's commit has a good one by a known key.
    Required,
}

/// Commits of runs that are signed alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SignedRuns {
    /// How they are signed.
    pub signed: Signed,
    /// How many they are.
    pub runs: usize,
    /// The newest of them.
    pub newest: RunId,
    /// Its commit.
    pub by: Author,
}

/// Returns how the commit of each run is signed.
pub(super) fn of_runs(
    repo: &Repo,
    brought: &BTreeMap<RunId, Commit>,
) -> Result<BTreeMap<RunId, Signed>, GitError> {
    let signable: Vec<(&RunId, Option<Signable>)> = brought
        .iter()
        .map(|(run, commit)| (run, repo.signable(commit.id)))
        .collect();
    if signable.iter().all(|(_, signable)| signable.is_none()) {
        let unsigned = |run: &RunId| (run.clone(), Signed::Unsigned);
        return Ok(brought.keys().map(unsigned).collect());
    }
    let verifier = repo.verifier()?;
    // Each is a process of its own, and a history has many.
    Ok(signable
        .into_par_iter()
        .map(|(run, signable)| {
            let signed = signable.map_or(Signed::Unsigned, |signable| verifier.check(&signable));
            (run.clone(), signed)
        })
        .collect())
}

/// Joins those that are signed alike.
pub(super) fn counted(
    signed: &BTreeMap<RunId, Signed>,
    brought: &BTreeMap<RunId, Commit>,
) -> Vec<SignedRuns> {
    let mut counted: BTreeMap<&Signed, SignedRuns> = BTreeMap::new();
    for (run, signed) in signed {
        let Some(commit) = brought.get(run) else {
            continue;
        };
        let of_kind = counted.entry(signed).or_insert_with(|| SignedRuns {
            signed: signed.clone(),
            runs: 0,
            newest: run.clone(),
            by: author(commit),
        });
        of_kind.runs += 1;
        of_kind.newest = run.clone();
        of_kind.by = author(commit);
    }
    counted.into_values().collect()
}

/// Returns the runs whose commit is not signed as is asked.
pub(super) fn problems(
    signed: &BTreeMap<RunId, Signed>,
    brought: &BTreeMap<RunId, Commit>,
    asked: Signatures,
) -> Vec<Problem> {
    signed
        .iter()
        .filter(|(_, signed)| match signed {
            Signed::Good { .. } => false,
            Signed::Bad { .. } => true,
            Signed::Unsigned | Signed::UnknownKey { .. } | Signed::Unchecked { .. } => {
                asked == Signatures::Required
            }
        })
        .filter_map(|(run, signed)| {
            Some(Problem::Signature {
                run: run.clone(),
                signed: signed.clone(),
                by: author(brought.get(run)?),
            })
        })
        .collect()
}
