//! How runs came to be where they are: on what they were made, and what came of it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::super::chain::Chain;
use super::super::git::{Change, Commit, GitError, ObjectId, Repo, Touch};
use super::super::run::{RunHeader, RunId};
use super::super::stored::{RECORDS, RUNS, Stored};
use super::super::writer::entry;
use super::author;
use super::problem::{Note, Problem};

/// Tells which runs follow other runs than those that were there when they were made, and which
/// came by a rebase, a squash or a cherry-pick.
pub(super) fn followed(
    repo: &Repo,
    chain: &Chain,
    brought: &BTreeMap<RunId, Commit>,
) -> Result<(Vec<Problem>, Vec<Note>), GitError> {
    let mut followers: HashMap<&RunId, Vec<&RunId>> = HashMap::new();
    for (run, link) in &chain.links {
        for previous in &link.header.previous {
            followers.entry(&previous.run).or_default().push(run);
        }
    }
    let heads_at = |commit: ObjectId| -> Result<BTreeSet<RunId>, GitError> {
        let there: HashSet<RunId> = repo
            .names(commit, RUNS)?
            .iter()
            .filter_map(|name| RunId::parse(name.strip_suffix(".toml")?))
            .collect();
        let followed = |run: &RunId| {
            let by = followers.get(run).into_iter().flatten();
            by.into_iter().any(|follower| there.contains(*follower))
        };
        // Sorted by the set it goes into.
        let heads = chain.links.keys().filter(|run| there.contains(*run));
        Ok(heads.filter(|run| !followed(run)).cloned().collect())
    };
    let mut problems = Vec::new();
    let mut moved = Vec::new();
    let mut backwards = Vec::new();
    for (run, link) in &chain.links {
        let header = &link.header;
        if later(chain, header) {
            backwards.push(run.clone());
        }
        let Some(commit) = brought.get(run) else {
            continue;
        };
        let parent = commit.parents.first().copied();
        let said = header.commit.as_deref().and_then(ObjectId::parse);
        let base = said.filter(|base| repo.has_commit(*base));
        if said != parent {
            moved.push(run.clone());
        }
        let follows: BTreeSet<RunId> = header
            .previous
            .iter()
            .map(|previous| previous.run.clone())
            .collect();
        let there = match (base, parent) {
            (Some(base), _) => heads_at(base)?,
            // What it was made on is gone with the branch that was squashed or rebased.
            (None, Some(parent)) if follows.is_empty() => heads_at(parent)?,
            (None, _) => continue,
        };
        if let Some(left_out) = there.difference(&follows).next() {
            problems.push(Problem::RunOutOfChain {
                run: run.clone(),
                left_out: left_out.clone(),
                by: author(commit),
            });
        }
    }
    let mut notes = Vec::new();
    if !moved.is_empty() {
        notes.push(Note::Relocated(moved));
    }
    if !backwards.is_empty() {
        notes.push(Note::ClockBack(backwards));
    }
    Ok((problems, notes))
}

/// Tells whether a run that is followed was recorded later.
fn later(chain: &Chain, header: &RunHeader) -> bool {
    header.previous.iter().any(|previous| {
        let followed = chain.links.get(&previous.run);
        followed.is_some_and(|link| link.header.recorded_at > header.recorded_at)
    })
}

/// Tells which commits of runs changed records to something else than the run lists.
pub(super) fn recorded(
    repo: &Repo,
    touches: &[Touch],
    runs: &BTreeMap<ObjectId, Vec<(RunId, Stored)>>,
) -> Result<Vec<Problem>, GitError> {
    let mut problems = Vec::new();
    for touch in touches.iter().filter(|touch| !touch.merge) {
        let Some(runs) = runs.get(&touch.commit.id) else {
            continue;
        };
        for (path, (change, became)) in &touch.changes {
            let Some(record) = path
                .strip_prefix(RECORDS)
                .and_then(|path| path.strip_prefix('/'))
            else {
                continue;
            };
            let line = match became {
                Some(blob) => entry(record, &Stored::new(repo.bytes(*blob)?).digest),
                None => entry(record, ""),
            };
            let line = line.trim_end_matches('"');
            let lists = |stored: &Stored| {
                let text = stored.text().unwrap_or_default();
                text.contains(&format!("\n{line}"))
            };
            let as_listed = match change {
                Change::Deleted => !runs.iter().all(|(_, stored)| lists(stored)),
                Change::Added | Change::Edited => runs.iter().any(|(_, stored)| lists(stored)),
            };
            if let Some((run, _)) = runs.last().filter(|_| !as_listed) {
                problems.push(Problem::RecordedOther {
                    path: path.clone(),
                    run: run.clone(),
                    by: author(&touch.commit),
                });
            }
        }
    }
    Ok(problems)
}
