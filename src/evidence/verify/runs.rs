//! The runs as their commits stamped them, and what became of them since.

use std::collections::BTreeMap;

use super::super::chain::{Chain, Fault};
use super::super::git::{Change, Commit, GitError, ObjectId, Repo, Touch};
use super::super::run::{Run, RunHeader, RunId, seal};
use super::super::stored::{Evidence, RUNS, Stored};
use super::fields::fields;
use super::problem::{Break, Note, Problem, Unstamped};
use super::{author, last_author};

/// What the history says of runs.
#[derive(Debug)]
pub(super) struct History {
    /// The chain of the runs as they were stamped, also of those that were edited or deleted
    /// since: what they list is what was stamped.
    pub chain: Chain,
    /// What is not as stamped.
    pub problems: Vec<Problem>,
    /// What there is to know besides.
    pub notes: Vec<Note>,
    /// The commits that brought runs.
    pub brought: BTreeMap<RunId, Commit>,
    /// The runs as they were brought, by the commit that did.
    pub by_commit: BTreeMap<ObjectId, Vec<(RunId, Stored)>>,
}

/// A file among the runs, as the first commit that had it brought it.
struct Brought<'t> {
    touch: &'t Touch,
    stored: Stored,
    trailers: Trailers,
}

/// What the message of a commit says of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trailers {
    /// That the commit stamps it as it is.
    Stamp,
    /// That the commit stamps something else under its name.
    Differ,
    /// Nothing.
    Absent,
}

/// Reads the history of the runs of a commit.
pub(super) fn history(
    repo: &Repo,
    commit: Option<ObjectId>,
    evidence: &Evidence,
    touches: &[Touch],
) -> Result<History, GitError> {
    let now = match commit {
        Some(commit) => repo.entries(commit, RUNS)?,
        None => BTreeMap::new(),
    };
    let mut brought = brought(repo, evidence, &now, touches)?;
    if repo.is_shallow() {
        // The oldest commit of a shallow clone seems to bring everything.
        brought.retain(|_, brought| brought.trailers == Trailers::Stamp);
    }
    let mut problems = Vec::new();
    let mut notes = Vec::new();
    let mut runs: BTreeMap<String, Stored> = BTreeMap::new();
    let mut strays: BTreeMap<&String, &Stored> = BTreeMap::new();
    for (file, stored) in &evidence.runs {
        let first = brought.get(file).filter(|first| first.is_run(file));
        let path = format!("{RUNS}/{file}");
        let Some((first, run)) = first.zip(id(file)) else {
            // A shallow clone may not show who brought a run.
            if let (None, Ok(_)) = (brought.get(file), run_of(file, stored)) {
                runs.insert(file.clone(), stored.clone());
            } else {
                strays.insert(file, stored);
            }
            continue;
        };
        if first.stored != *stored {
            problems.push(Problem::RunEdited {
                run: run.clone(),
                fields: fields(&path, &first.stored, stored),
                by: last_author(touches, &path),
            });
        }
        let by = author(&first.touch.commit);
        match first.trailers {
            Trailers::Stamp => {}
            Trailers::Differ => problems.push(Problem::RunUnstamped {
                run,
                why: Unstamped::OtherDigest,
                by,
            }),
            Trailers::Absent if first.is_sealed() => notes.push(Note::NoTrailer { run, by }),
            Trailers::Absent => problems.push(Problem::RunUnstamped {
                run,
                why: Unstamped::NotSealed,
                by,
            }),
        }
        runs.insert(file.clone(), first.stored.clone());
    }
    for (file, first) in &brought {
        let Some(run) =
            id(file).filter(|_| first.is_run(file) && !evidence.runs.contains_key(file))
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
    let mut by_commit: BTreeMap<ObjectId, Vec<(RunId, Stored)>> = BTreeMap::new();
    let mut commits = BTreeMap::new();
    for (file, first) in brought {
        if let Some(run) = id(&file).filter(|_| runs.contains_key(&file)) {
            let of_commit = by_commit.entry(first.touch.commit.id).or_default();
            of_commit.push((run.clone(), first.stored));
            commits.insert(run, first.touch.commit.clone());
        }
    }
    Ok(History {
        chain,
        problems,
        notes,
        brought: commits,
        by_commit,
    })
}

impl Brought<'_> {
    /// Tells whether the file is a run at all: one that its commit names, or that reads as one.
    fn is_run(&self, file: &str) -> bool {
        self.trailers == Trailers::Stamp || run_of(file, &self.stored).is_ok()
    }

    /// Tells whether the id of the run is the one that its content gives it.
    fn is_sealed(&self) -> bool {
        let Ok(text) = self.stored.text() else {
            return false;
        };
        RunHeader::parse(text).is_ok_and(|run| run.id.to_string().ends_with(&seal(text)))
    }
}

/// Returns each file that was ever among the runs, by name, as the first commit had it.
fn brought<'t>(
    repo: &Repo,
    evidence: &Evidence,
    now: &BTreeMap<String, ObjectId>,
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
            let same = evidence
                .runs
                .get(&file)
                .filter(|_| now.get(&file) == Some(&blob));
            let stored = match same {
                Some(stored) => stored.clone(),
                None => Stored::new(repo.bytes(blob)?),
            };
            let trailers = trailers(&touch.commit.message, &file, &stored.digest);
            Ok((
                file,
                Brought {
                    touch,
                    stored,
                    trailers,
                },
            ))
        })
        .collect()
}

/// Tells what a message says of a run. Every line counts, for a squash puts the messages of several
/// commits into one.
fn trailers(message: &str, file: &str, digest: &str) -> Trailers {
    let values = |name: &'static str| {
        message
            .lines()
            .filter_map(move |line| line.trim().strip_prefix(name))
            .map(str::trim)
    };
    let run = file.strip_suffix(".toml").unwrap_or(file);
    if !values("Workbook-Run:").any(|value| value == run) {
        Trailers::Absent
    } else if !values("Workbook-Digest:").any(|value| value == digest) {
        Trailers::Differ
    } else {
        Trailers::Stamp
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
            fields: Vec::new(),
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
