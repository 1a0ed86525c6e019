//! The runs as their commits stamped them, and what became of them since.

use std::collections::BTreeMap;

use super::super::chain::{Chain, Fault};
use super::super::git::{Change, Commit, GitError, ObjectId, Repo, Touch};
use super::super::run::{Run, RunId};
use super::super::stored::{Evidence, RUNS, Stored};
use super::problem::{Break, Problem, Unstamped};
use super::{author, last_author};

/// What the history says of runs.
#[derive(Debug)]
pub(super) struct History {
    /// The chain of the runs as they were stamped, also of those that were edited or deleted
    /// since: what they list is what was stamped.
    pub chain: Chain,
    /// What is not as stamped.
    pub problems: Vec<Problem>,
    /// The commits that brought runs.
    pub brought: BTreeMap<RunId, Commit>,
}

/// A file among the runs, as the first commit that had it brought it.
struct Brought<'t> {
    touch: &'t Touch,
    stored: Stored,
    stamped: Result<(), Unstamped>,
}

/// Reads the history of the runs.
pub(super) fn history(
    repo: &Repo,
    evidence: &Evidence,
    touches: &[Touch],
) -> Result<History, GitError> {
    let mut brought = brought(repo, touches)?;
    if repo.is_shallow() {
        // The oldest commit of a shallow clone seems to bring everything.
        brought.retain(|_, brought| brought.stamped.is_ok());
    }
    let mut problems = Vec::new();
    let mut runs: BTreeMap<String, Stored> = BTreeMap::new();
    let mut strays: BTreeMap<&String, &Stored> = BTreeMap::new();
    for (file, stored) in &evidence.runs {
        let path = format!("{RUNS}/{file}");
        let by = last_author(touches, &path);
        match (brought.get(file), run_of(file, stored)) {
            (Some(first), _) if first.stamped.is_ok() => {
                if first.stored != *stored {
                    problems.extend(id(file).map(|run| Problem::RunEdited { run, by }));
                }
                runs.insert(file.clone(), first.stored.clone());
            }
            (_, Err(_)) => {
                strays.insert(file, stored);
            }
            (first, Ok(run)) => {
                runs.insert(file.clone(), stored.clone());
                let unstamped = first.and_then(|first| Some((first.stamped.err()?, first.touch)));
                problems.extend(unstamped.map(|(why, touch)| Problem::RunUnstamped {
                    run,
                    why,
                    by: author(&touch.commit),
                }));
            }
        }
    }
    for (file, first) in &brought {
        let Some(run) =
            id(file).filter(|_| first.stamped.is_ok() && !evidence.runs.contains_key(file))
        else {
            continue;
        };
        let to = strays
            .iter()
            .find(|(_, stray)| ***stray == first.stored)
            .map(|(to, _)| *to);
        problems.push(if let Some(to) = to {
            strays.remove(to);
            let to = format!("{RUNS}/{to}");
            let by = last_author(touches, &to);
            Problem::RunMoved { run, to, by }
        } else {
            let by = last_author(touches, &format!("{RUNS}/{file}"));
            Problem::RunDeleted { run, by }
        });
        runs.insert(file.clone(), first.stored.clone());
    }
    for (file, stored) in strays {
        let path = format!("{RUNS}/{file}");
        problems.push(Problem::RunAdded {
            by: last_author(touches, &path),
            reason: run_of(file, stored).err().unwrap_or_default(),
            path,
        });
    }
    let chain = Chain::new(&runs);
    problems.extend(
        chain
            .faults
            .iter()
            .filter_map(|fault| broken(fault, touches)),
    );
    Ok(History {
        chain,
        problems,
        brought: brought
            .into_iter()
            .filter_map(|(file, brought)| Some((id(&file)?, brought.touch.commit.clone())))
            .collect(),
    })
}

/// Returns each file that was ever among the runs, by name, as the first commit had it.
fn brought<'t>(
    repo: &Repo,
    touches: &'t [Touch],
) -> Result<BTreeMap<String, Brought<'t>>, GitError> {
    let mut found: BTreeMap<String, (&Touch, ObjectId)> = BTreeMap::new();
    // From the oldest on; a run that two branches stamped alike is the same file.
    for touch in touches.iter().rev() {
        for (path, (change, became)) in &touch.changes {
            let file = path
                .strip_prefix(RUNS)
                .and_then(|path| path.strip_prefix('/'));
            if let (Some(file), Change::Added, Some(blob)) = (file, change, became) {
                found.entry(file.to_owned()).or_insert((touch, *blob));
            }
        }
    }
    found
        .into_iter()
        .map(|(file, (touch, blob))| {
            let stored = Stored::new(repo.bytes(blob)?);
            let stamped = stamped(&touch.commit.message, &file, &stored.digest);
            Ok((
                file,
                Brought {
                    touch,
                    stored,
                    stamped,
                },
            ))
        })
        .collect()
}

/// Tells whether a message says that its commit stamps the run with the digest. Every line
/// counts, for a squash puts the messages of several commits into one.
fn stamped(message: &str, file: &str, digest: &str) -> Result<(), Unstamped> {
    let values = |name: &'static str| {
        message
            .lines()
            .filter_map(move |line| line.trim().strip_prefix(name))
            .map(str::trim)
    };
    let run = file.strip_suffix(".toml").unwrap_or(file);
    if !values("Workbook-Run:").any(|value| value == run) {
        Err(Unstamped::NoTrailer)
    } else if !values("Workbook-Digest:").any(|value| value == digest) {
        Err(Unstamped::OtherDigest)
    } else {
        Ok(())
    }
}

fn id(file: &str) -> Option<RunId> {
    RunId::parse(file.strip_suffix(".toml")?)
}

/// Returns the run that a file holds, or why it holds none under its name.
fn run_of(file: &str, stored: &Stored) -> Result<RunId, String> {
    let run = Run::parse(stored.text()?)?;
    if run.id.file_name() == file {
        Ok(run.id)
    } else {
        Err(format!("it holds run {}", run.id))
    }
}

fn broken(fault: &Fault, touches: &[Touch]) -> Option<Problem> {
    let by = |run: &RunId| last_author(touches, &format!("{RUNS}/{}", run.file_name()));
    match fault {
        Fault::Altered { run } => Some(Problem::RunEdited {
            run: run.clone(),
            by: by(run),
        }),
        Fault::Missing { run, previous } => Some(Problem::ChainBroken {
            run: run.clone(),
            previous: previous.clone(),
            how: Break::Missing,
        }),
        Fault::Differs { run, previous } => Some(Problem::ChainBroken {
            run: run.clone(),
            previous: previous.clone(),
            how: Break::Differs,
        }),
        // Such files were set apart before the chain was read.
        Fault::Unreadable { .. } | Fault::Misnamed { .. } => None,
    }
}
