//! Whether evidence is as it was stamped, and if not, what changed and by whom.
//!
//! It shows change after stamping. It can't show that an export was true.

mod compare;
mod definitions;
mod problem;
mod runs;
mod work_tree;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::source::{Date, Instant};

use super::checkout::resume;
use super::git::{Change, Commit, GitError, GitVariables, ObjectId, Repo, Signature, Touch};
use super::run::RunId;
use super::stored::{self, Evidence, RECORDS, RUNS, is_record};

pub use definitions::{DefinitionChange, DefinitionState};
pub use problem::{Author, Break, FileChange, Found, Note, Problem, Unstamped};

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

/// A newest run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadRun {
    /// The run.
    pub run: RunId,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// The date of judgement.
    pub as_of: Date,
    /// Whether it is of the shipped sample.
    pub sample: bool,
    /// Files that had uncommitted changes.
    pub dirty: Vec<String>,
    /// The commit that brought it, where the history reaches so far.
    pub by: Option<Author>,
    /// Which signature the commit carries.
    pub signature: Signature,
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

/// Verifies the evidence of the newest commit, and of the work tree against it. `definitions`
/// holds the digest of each check's definition as it is now, by the check's id.
///
/// # Errors
///
/// Fails if there is no repository or it can't be read; never because evidence is not as stamped.
pub fn verify(
    workbook: &Path,
    variables: &GitVariables,
    definitions: Option<&BTreeMap<String, String>>,
) -> Result<Verification, GitError> {
    let repo = Repo::open(workbook, variables)?;
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
    let history = runs::history(&repo, &evidence, &touches)?;
    let mut problems = history.problems;
    let heads = history.chain.heads();
    problems.extend(compare::listed(&evidence.records, &heads, &touches));
    problems.extend(work_tree::problems(&repo, commit, &evidence)?);
    problems.sort();
    problems.dedup();
    let named: BTreeSet<String> = problems.iter().flat_map(Problem::paths).collect();
    notes.extend(compare::mixed(&evidence, &named));
    if heads.len() > 1 {
        notes.push(Note::Parallel(
            heads.iter().map(|head| head.run.id.clone()).collect(),
        ));
    }
    notes.extend(restored(&touches, &history.brought, &named));
    Ok(Verification {
        commit: commit.map(|commit| commit.to_string()),
        heads: heads
            .iter()
            .map(|head| {
                let by = history.brought.get(&head.run.id);
                let body = &head.run.body;
                HeadRun {
                    run: head.run.id.clone(),
                    recorded_at: body.recorded_at,
                    as_of: body.as_of,
                    sample: body.sample,
                    dirty: body.dirty.clone(),
                    by: by.map(author),
                    signature: by.map_or(Signature::Unsigned, |commit| commit.signature),
                }
            })
            .collect(),
        runs: evidence.runs.len(),
        records: evidence
            .records
            .keys()
            .filter(|path| is_record(path))
            .count(),
        definitions: definitions.map_or_else(Vec::new, |now| definitions::changed(&evidence, now)),
        problems,
        notes,
    })
}

/// Returns who made a commit.
fn author(commit: &Commit) -> Author {
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

#[cfg(test)]
mod tests {
    use super::super::checkout::Step;
    use super::super::git::sandbox::Sandbox;
    use super::super::samples::{Bench, bench, check, finding, instant};
    use super::super::stamp::Stamped;
    use super::*;
    use crate::assess::Verdict;

    const RECORD: &str = "evidence/records/ecs-net/ecs-awsvpc.toml";
    const SUBJECTS: &str = "evidence/records/ecs-net/ecs-awsvpc.subjects.csv";

    /// Two runs; the second changed a record.
    fn two_runs() -> (Bench, Stamped, Stamped) {
        let mut bench = bench(Sandbox::workbook());
        let first = bench.stamp();
        let second = again(&mut bench, "2026-11-23T01:50:08Z", "arn:bad");
        (bench, first, second)
    }

    fn again(bench: &mut Bench, now: &str, subject: &str) -> Stamped {
        bench.now = instant(now);
        bench.outcome.checks[0].findings = vec![finding(subject, Verdict::Fail)];
        bench.outcome.checks[0].verdict = Verdict::Fail;
        bench.stamp()
    }

    fn verified(bench: &Bench) -> Verification {
        let folder = bench.sandbox.path().join(bench.below);
        verify(&folder, &bench.variables, None).expect("a repository")
    }

    /// Returns what is told, with runs by their number and without the ids of commits.
    fn told(bench: &Bench, runs: &[&Stamped]) -> (Vec<String>, Vec<String>) {
        let verification = verified(bench);
        let plain = |text: String| {
            let mut text = text;
            for (number, stamped) in runs.iter().enumerate() {
                text = text.replace(&stamped.run.to_string(), &format!("R{}", number + 1));
                let short = stamped.commit.get(..12).expect("a commit");
                text = text.replace(short, &format!("C{}", number + 1));
            }
            text.replace(bench.sandbox.head().get(..12).expect("a commit"), "HEAD")
                .replace(" of Editor <editor@example.com> at 2026-11-18T", " at ")
        };
        (
            verification
                .problems
                .iter()
                .map(|problem| plain(problem.to_string()))
                .collect(),
            verification
                .notes
                .iter()
                .map(|note| plain(note.to_string()))
                .collect(),
        )
    }

    fn run_file(stamped: &Stamped) -> String {
        format!("{RUNS}/{}", stamped.run.file_name())
    }

    fn replace(bench: &Bench, path: &str, from: &str, to: &str) {
        let text = bench.sandbox.read(path);
        assert!(text.contains(from), "{text}");
        bench.sandbox.write(path, &text.replace(from, to));
    }

    fn rename(bench: &Bench, from: &str, to: &str) {
        let text = bench.sandbox.read(from);
        bench.sandbox.write(to, &text);
        bench.sandbox.remove(from);
    }

    type Tamper = fn(&Bench, &Stamped, &Stamped);

    #[test]
    fn evidence_that_nobody_touched_is_as_stamped() {
        let (bench, first, second) = two_runs();
        let verification = verified(&bench);
        assert_eq!(verification.standing(), Standing::AsStamped);
        assert_eq!(
            (verification.problems, verification.notes),
            (vec![], vec![])
        );
        assert_eq!((verification.runs, verification.records), (2, 2));
        let [head] = verification.heads.as_slice() else {
            panic!("one head")
        };
        assert_eq!(
            (&head.run, head.signature),
            (&second.run, Signature::Unsigned)
        );
        let by = head.by.as_ref().expect("a commit");
        assert_eq!(
            (by.commit.as_str(), by.name.as_str()),
            (second.commit.as_str(), "Stamper <stamper@example.com>")
        );
        assert_ne!(first.run, second.run);
    }

    #[test]
    fn without_a_run_nothing_is_stamped() {
        for sandbox in [Sandbox::empty(), Sandbox::workbook()] {
            let verification = verified(&bench(sandbox));
            assert_eq!(verification.standing(), Standing::NothingStamped);
        }
    }

    #[test]
    fn every_change_in_a_commit_is_named_with_its_author() {
        let cases: [(Tamper, &[&str]); 12] = [
            (
                |bench, _, _| replace(bench, RECORD, "verdict = \"fail\"", "verdict = \"pass\""),
                &["evidence/records/ecs-net/ecs-awsvpc.toml was edited, by commit HEAD at"],
            ),
            (
                |bench, _, _| replace(bench, SUBJECTS, "fail", "pass"),
                &["evidence/records/ecs-net/ecs-awsvpc.subjects.csv was edited, by commit HEAD at"],
            ),
            (
                |bench, _, _| bench.sandbox.remove(RECORD),
                &["evidence/records/ecs-net/ecs-awsvpc.toml was deleted, by commit HEAD at"],
            ),
            (
                |bench, _, _| bench.sandbox.remove(SUBJECTS),
                &[
                    "evidence/records/ecs-net/ecs-awsvpc.subjects.csv was deleted, by commit HEAD at",
                ],
            ),
            (
                |bench, _, _| {
                    bench
                        .sandbox
                        .write("evidence/records/ecs-net/new.toml", "x = 1\n");
                },
                &[
                    "evidence/records/ecs-net/new.toml was added by hand: no run lists it, by commit HEAD at",
                ],
            ),
            (
                |bench, _, _| rename(bench, RECORD, "evidence/records/ecs-data/ecs-awsvpc.toml"),
                &["evidence/records/ecs-net/ecs-awsvpc.toml was moved to \
                   evidence/records/ecs-data/ecs-awsvpc.toml, by commit HEAD at"],
            ),
            (
                |bench, first, _| replace(bench, &run_file(first), "pass = 2", "pass = 3"),
                &["run R1 was edited after it was stamped, by commit HEAD at"],
            ),
            (
                |bench, _, second| {
                    // The record and the run that lists it, in step.
                    let was = sha(bench, RECORD);
                    replace(bench, RECORD, "verdict = \"fail\"", "verdict = \"pass\"");
                    replace(bench, &run_file(second), &was, &sha(bench, RECORD));
                },
                &[
                    "evidence/records/ecs-net/ecs-awsvpc.toml was edited, by commit HEAD at",
                    "run R2 was edited after it was stamped, by commit HEAD at",
                ],
            ),
            (
                |bench, first, _| bench.sandbox.remove(&run_file(first)),
                &["run R1 was deleted, by commit HEAD at"],
            ),
            (
                |bench, _, second| bench.sandbox.remove(&run_file(second)),
                &["run R2 was deleted, by commit HEAD at"],
            ),
            (
                |bench, first, _| {
                    rename(
                        bench,
                        &run_file(first),
                        "evidence/runs/20200101T000000Z-00000000.toml",
                    );
                },
                &[
                    "run R1 was moved to evidence/runs/20200101T000000Z-00000000.toml, by commit HEAD at",
                ],
            ),
            (
                |bench, _, _| {
                    bench
                        .sandbox
                        .write("evidence/runs/notes\u{1b}[2J.txt", "hello\n");
                },
                &["evidence/runs/notes\\u{1b}[2J.txt was added by hand among the runs"],
            ),
        ];
        for (tamper, expected) in cases {
            let (bench, first, second) = two_runs();
            tamper(&bench, &first, &second);
            bench.sandbox.commit("tamper");
            assert_eq!(verified(&bench).standing(), Standing::NotAsStamped);
            let (problems, notes) = told(&bench, &[&first, &second]);
            assert_eq!(problems.len(), expected.len(), "{problems:#?}");
            for (problem, expected) in problems.iter().zip(expected) {
                assert!(
                    problem.starts_with(expected),
                    "{problem}\nis not\n{expected}"
                );
            }
            assert_eq!(notes, [""; 0]);
        }
    }

    fn sha(bench: &Bench, path: &str) -> String {
        crate::source::sha256(bench.sandbox.read(path).as_bytes())
    }

    #[test]
    fn what_is_not_committed_is_told_apart() {
        let cases: [(Tamper, &str); 6] = [
            (
                |bench, _, _| replace(bench, RECORD, "verdict = \"fail\"", "verdict = \"pass\""),
                "evidence/records/ecs-net/ecs-awsvpc.toml was edited, in the work tree; it is not committed",
            ),
            (
                |bench, _, _| bench.sandbox.remove(SUBJECTS),
                "evidence/records/ecs-net/ecs-awsvpc.subjects.csv was deleted, in the work tree; \
                 it is not committed",
            ),
            (
                |bench, _, _| bench.sandbox.write("evidence/records/new.toml", ""),
                "evidence/records/new.toml was added by hand: no run lists it, in the work tree; \
                 it is not committed",
            ),
            (
                |bench, first, _| bench.sandbox.remove(&run_file(first)),
                "evidence/runs/R1.toml was deleted, in the work tree; it is not committed",
            ),
            (
                |bench, _, _| rename(bench, RECORD, "evidence/records/req-3.1/x.toml"),
                "evidence/records/ecs-net/ecs-awsvpc.toml was moved to \
                 evidence/records/req-3.1/x.toml, in the work tree; it is not committed",
            ),
            (
                |bench, _, _| {
                    let text = bench.sandbox.read(RECORD);
                    bench.sandbox.write(RECORD, "");
                    bench.sandbox.stage(RECORD);
                    bench.sandbox.write(RECORD, &text);
                },
                "evidence/records/ecs-net/ecs-awsvpc.toml was edited, in the index; it is not \
                 committed yet",
            ),
        ];
        for (tamper, expected) in cases {
            let (bench, first, second) = two_runs();
            tamper(&bench, &first, &second);
            assert_eq!(told(&bench, &[&first, &second]).0, [expected]);
        }
    }

    #[test]
    fn a_change_that_was_undone_is_remembered_and_does_no_harm() {
        let (mut bench, first, second) = two_runs();
        let text = bench.sandbox.read(RECORD);
        replace(&bench, RECORD, "verdict = \"fail\"", "verdict = \"pass\"");
        bench.sandbox.commit("tamper");
        bench.sandbox.write(RECORD, &text);
        bench.sandbox.commit("undo");
        let (problems, notes) = told(&bench, &[&first, &second]);
        assert_eq!((problems, notes.len()), (vec![], 2));
        assert!(
            notes[0].contains("is no run and changed evidence: evidence/records/"),
            "{notes:?}"
        );
        again(&mut bench, "2026-11-24T01:50:08Z", "arn:other");
        assert_eq!(verified(&bench).standing(), Standing::AsStamped);
    }

    #[test]
    fn parallel_runs_that_were_merged_are_as_stamped_and_the_next_joins_them() {
        let (mut bench, ..) = two_runs();
        bench.sandbox.branch("other");
        let left = again(&mut bench, "2026-11-24T01:50:08Z", "arn:left");
        bench.sandbox.switch("other");
        bench.outcome.checks.push(check("req-4.1", "tls-floor"));
        let right = again(&mut bench, "2026-11-25T01:50:08Z", "arn:right");
        bench.sandbox.merge("main");
        let verification = verified(&bench);
        assert_eq!(verification.problems, []);
        let heads: Vec<_> = verification
            .heads
            .iter()
            .map(|head| head.run.clone())
            .collect();
        assert_eq!(heads, [left.run.clone(), right.run.clone()]);
        assert_eq!(verification.notes, [Note::Parallel(heads)]);

        let joined = again(&mut bench, "2026-11-26T01:50:08Z", "arn:right");
        let verification = verified(&bench);
        assert_eq!(
            (verification.problems, verification.notes),
            (vec![], vec![])
        );
        assert_eq!(verification.heads.len(), 1);
        let run = super::super::run::Run::parse(&bench.sandbox.read(&run_file(&joined)));
        assert_eq!(run.expect("a run").body.previous.len(), 2);
    }

    #[test]
    fn a_merge_that_takes_what_no_branch_had_is_found() {
        let (mut bench, first, second) = two_runs();
        bench.sandbox.branch("other");
        let third = again(&mut bench, "2026-11-24T01:50:08Z", "arn:left");
        bench.sandbox.switch("other");
        bench.sandbox.write("README.md", "other\n");
        bench.sandbox.commit("other");
        bench.sandbox.merge("main");
        assert_eq!(verified(&bench).problems, []);
        replace(&bench, RECORD, "arn:left", "arn:none");
        bench.sandbox.amend();
        let (problems, _) = told(&bench, &[&first, &second, &third]);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(
            problems[0].contains("ecs-awsvpc.toml was edited, by commit HEAD"),
            "{problems:?}"
        );
    }

    #[test]
    fn squashed_runs_are_as_stamped_where_the_trailers_are_kept() {
        let (bench, first, second) = two_runs();
        let messages = format!(
            "{}\n{}",
            bench.sandbox.message_of(&first.commit),
            bench.sandbox.message()
        );
        bench
            .sandbox
            .squash_onto("HEAD~2", &format!("squash\n\n{messages}"));
        assert_eq!(verified(&bench).problems, []);

        let (bench, first, second_too) = two_runs();
        bench.sandbox.squash_onto("HEAD~2", "squash");
        let (problems, _) = told(&bench, &[&first, &second_too]);
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(
            problems[0].starts_with("run R1 came without being stamped, by commit HEAD"),
            "{problems:?}"
        );
        assert_eq!(second.records_total, 2);
    }

    #[test]
    fn a_run_that_its_commit_disowns_is_found() {
        let (bench, first, second) = two_runs();
        replace(&bench, &run_file(&second), "pass = 2", "pass = 1");
        bench.sandbox.amend();
        let (problems, _) = told(&bench, &[&first, &second]);
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(
            problems[0].starts_with("run R2 was edited after it was stamped"),
            "{problems:?}"
        );
        assert!(
            problems[1].starts_with("run R2 is not what its commit says"),
            "{problems:?}"
        );
    }

    #[test]
    fn a_chain_whose_beginning_is_not_there_is_broken() {
        let (bench, first, second) = two_runs();
        let message = bench.sandbox.message();
        bench.sandbox.remove(&run_file(&first));
        bench.sandbox.commit("drop");
        bench.sandbox.squash_onto("HEAD~3", &message);
        let (problems, _) = told(&bench, &[&first, &second]);
        assert_eq!(
            problems,
            ["the chain breaks at run R2: it follows R1, and evidence/runs/R1.toml is missing"]
        );
    }

    #[test]
    fn verifying_finishes_a_checkout_that_was_killed() {
        let (mut bench, ..) = two_runs();
        bench.now = instant("2026-11-24T01:50:08Z");
        bench.outcome.checks.pop();
        bench.stamp_until(Some(Step::Write)).expect("a commit");
        assert_eq!(verified(&bench).standing(), Standing::AsStamped);
        assert_eq!(bench.sandbox.states(), BTreeMap::new());
    }

    #[test]
    fn a_workbook_in_a_subfolder_is_verified_there() {
        let mut bench = bench(Sandbox::empty());
        bench.sandbox.write("pci/workbook.toml", "");
        bench.sandbox.commit("begin");
        bench.below = "pci";
        bench.stamp();
        assert_eq!(verified(&bench).standing(), Standing::AsStamped);
        let path = format!("pci/{RECORD}");
        replace(&bench, &path, "verdict = \"pass\"", "verdict = \"fail\"");
        bench.sandbox.commit("tamper");
        let problems = verified(&bench).problems;
        assert_eq!(problems.len(), 1);
        assert!(problems[0].to_string().starts_with(RECORD));
    }

    #[test]
    fn a_shallow_clone_is_verified_as_far_as_it_reaches() {
        let (bench, first, second) = two_runs();
        bench
            .sandbox
            .write(".git/shallow", &format!("{}\n", second.commit));
        let (problems, notes) = told(&bench, &[&first, &second]);
        assert_eq!(problems, [""; 0]);
        assert!(
            notes
                .iter()
                .any(|note| note.starts_with("the clone is shallow")),
            "{notes:?}"
        );
        replace(&bench, RECORD, "verdict = \"fail\"", "verdict = \"pass\"");
        bench.sandbox.commit("tamper");
        assert_eq!(told(&bench, &[&first, &second]).0.len(), 1);
    }
}
