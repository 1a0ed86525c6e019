//! Writes what was found into a commit. The commit is the truth; the work tree follows it.

mod error;
#[cfg(test)]
mod faults;
mod files;
mod refuse;

use std::collections::BTreeMap;
use std::path::Path;

use crate::assess::Outcome;
use crate::inventory::FileListing;
use crate::source::Instant;

use super::chain::{Chain, Head as Newest};
use super::checkout::{Step, Steps, finish, intend};
use super::git::{GitError, GitVariables, Head, NewCommit, NewTree, ObjectId, Repo};
use super::lock::lock;
use super::run::{Export, Previous, Run, RunBody, RunId};
use super::stored::{self, ATTRIBUTES, Evidence, RECORDS, RUNS, Stored, is_record};

pub use error::StampError;
pub(crate) use files::made;

/// What people write and verdicts rest on, by path in the workbook. A run is stamped on a commit
/// that holds it as it was judged.
pub const WATCHED: [&str; 8] = [
    "workbook.toml",
    "book/book.toml",
    "book/src",
    "checks",
    "evidence/registers",
    "evidence/occurrences",
    "evidence/acknowledgements",
    "evidence/exceptions",
];

/// Keeps git from changing the bytes of evidence, and from merging what only a run may write.
pub(crate) const ATTRIBUTES_TEXT: &str = "\
# Written by `workbook stamp`: digests are of the bytes as they are stored.
* -text
records/** -merge
runs/** -merge
";

/// What is done about uncommitted changes in what verdicts rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uncommitted {
    /// They are refused.
    Refused,
    /// The run lists them.
    Recorded,
}

/// A run to be stamped.
#[derive(Debug, Clone, Copy)]
pub struct Stamping<'a> {
    /// The folder of the workbook.
    pub workbook: &'a Path,
    /// The folder of the exports.
    pub exports: &'a Path,
    /// What the checks came to.
    pub outcome: &'a Outcome,
    /// The files of the exports.
    pub files: &'a [FileListing],
    /// The moment of recording.
    pub now: Instant,
    /// The program and its version.
    pub runner: &'a str,
    /// Whether the workbook is the shipped sample, whose exports are tracked.
    pub sample: bool,
    /// What is done about uncommitted changes.
    pub uncommitted: Uncommitted,
    /// What must not have uncommitted changes, by path in the workbook; commonly [`WATCHED`].
    pub watched: &'a [&'a str],
    /// The `GIT_*` variables of the environment.
    pub variables: &'a GitVariables,
}

/// A run that was stamped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped {
    /// The run.
    pub run: RunId,
    /// The commit that holds it.
    pub commit: String,
    /// The branch that moved; none where `HEAD` is on no branch, and a branch has to be made
    /// before another is checked out.
    pub branch: Option<String>,
    /// How many records are new or other than before.
    pub records_written: usize,
    /// How many records there are.
    pub records_total: usize,
    /// How many records of checks that no longer exist were removed.
    pub records_removed: usize,
    /// Why the work tree does not show the commit yet; the next command tries again.
    pub unfinished: Option<String>,
}

/// Stamps a run.
///
/// # Errors
///
/// Says what has to be done first. Work tree, index and branches are then as they were.
pub fn stamp(stamping: &Stamping<'_>) -> Result<Stamped, StampError> {
    stamp_stepwise(stamping, &mut |_| Ok(()))
}

/// Stamps a run, asking before every step whether to go on.
pub(crate) fn stamp_stepwise(
    stamping: &Stamping<'_>,
    step: Steps<'_>,
) -> Result<Stamped, StampError> {
    let mut ask = |at| step(at).map_err(StampError::Stopped);
    let repo = Repo::open(stamping.workbook, stamping.variables)?;
    let held = lock(repo.common_dir())?;
    finish(&repo, &mut |_| Ok(()))?;
    let dirty = refuse::refuse(&repo, stamping)?;
    let identity = repo.identity(stamping.variables)?;
    let signer = repo.signer(&identity)?;
    let head = repo.head()?;
    let before = match head.commit() {
        Some(commit) => stored::read(&repo, commit)?,
        None => Evidence::none(),
    };
    let chain = Chain::new(&before.runs);
    let heads = &chain.heads;
    let files = files::files(stamping, &before, heads)?;
    let run = run(stamping, &head, heads, &files, dirty);

    ask(Step::Store)?;
    let text = run.to_toml();
    let tree = store(&repo, &head, &files, &run, &text)?;
    ask(Step::Commit)?;
    let commit = repo.store_commit(&NewCommit {
        tree,
        parent: head.commit(),
        message: &message(stamping, &run, &text),
        identity: &identity,
        signer: &signer,
        now: stamping.now,
    })?;
    ask(Step::Intend)?;
    intend(&repo, head.commit(), commit)?;
    ask(Step::Swap)?;
    repo.swap(&head, commit, &format!("workbook: stamp run {}", run.id))?;
    let unfinished = finish(&repo, step).err().map(|error| error.to_string());
    drop(held);

    let records = |evidence: &BTreeMap<String, Stored>| {
        evidence.keys().filter(|path| is_record(path)).count()
    };
    let same = |path: &&String| before.records.get(*path) == files.get(*path);
    let kept = files
        .keys()
        .filter(|path| is_record(path))
        .filter(same)
        .count();
    let gone = before
        .records
        .keys()
        .filter(|path| !files.contains_key(*path));
    Ok(Stamped {
        run: run.id,
        commit: commit.to_string(),
        branch: head.branch().map(str::to_owned),
        records_written: records(&files) - kept,
        records_total: records(&files),
        records_removed: gone.filter(|path| is_record(path)).count(),
        unfinished,
    })
}

fn run(
    stamping: &Stamping<'_>,
    head: &Head,
    heads: &[Newest],
    files: &BTreeMap<String, Stored>,
    dirty: Vec<String>,
) -> Run {
    RunBody {
        recorded_at: stamping.now,
        runner: stamping.runner.to_owned(),
        as_of: stamping.outcome.as_of,
        sample: stamping.sample,
        commit: head.commit().map(|commit| commit.to_string()),
        dirty,
        previous: heads
            .iter()
            .map(|head| Previous {
                run: head.run.id.clone(),
                digest: head.digest.clone(),
            })
            .collect(),
        counts: stamping.outcome.verdicts.clone(),
        exports: stamping.files.iter().map(Export::new).collect(),
        files: files
            .iter()
            .map(|(path, stored)| (path.clone(), stored.digest.clone()))
            .collect(),
    }
    .seal()
}

fn store(
    repo: &Repo,
    head: &Head,
    files: &BTreeMap<String, Stored>,
    run: &Run,
    text: &str,
) -> Result<ObjectId, GitError> {
    let mut records = BTreeMap::new();
    for (path, stored) in files {
        records.insert(path.clone(), repo.store(&stored.bytes)?);
    }
    let mut more = vec![(
        format!("{RUNS}/{}", run.id.file_name()),
        repo.store(text.as_bytes())?,
    )];
    let attributes = head.commit().map(|commit| repo.entry(commit, ATTRIBUTES));
    if attributes.transpose()?.flatten().is_none() {
        more.push((
            ATTRIBUTES.to_owned(),
            repo.store(ATTRIBUTES_TEXT.as_bytes())?,
        ));
    }
    repo.new_tree(
        head.commit(),
        &NewTree {
            folder: (RECORDS, &records),
            files: &more,
        },
    )
}

fn message(stamping: &Stamping<'_>, run: &Run, text: &str) -> String {
    let counts: Vec<String> = run
        .body
        .counts
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(verdict, count)| format!("{count} {}", verdict.as_str()))
        .collect();
    let sample = if stamping.sample { "Sample data. " } else { "" };
    format!(
        "evidence: run {id}\n\n{sample}Checks as of {as_of}: {counts}.\n\n\
         Workbook-Run: {id}\nWorkbook-Digest: {digest}\n",
        id = run.id,
        as_of = run.body.as_of,
        counts = if counts.is_empty() {
            "none".to_owned()
        } else {
            counts.join(", ")
        },
        digest = crate::source::sha256(text.as_bytes()),
    )
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::super::git::sandbox::Sandbox;
    use super::super::samples::{Bench, bench};
    use super::super::stored::evidence_at;
    use super::*;
    use crate::assess::Verdict;
    use crate::source::sha256;

    #[test]
    fn a_run_is_one_commit_with_its_trailers() {
        let bench = bench(Sandbox::workbook());
        let was = bench.sandbox.head();
        let stamped = bench.stamp();
        assert_eq!(stamped.branch.as_deref(), Some("main"));
        assert_eq!((stamped.records_written, stamped.records_total), (2, 2));
        assert_eq!(stamped.commit, bench.sandbox.head());
        let file = format!("evidence/runs/{}", stamped.run.file_name());
        let text = bench.sandbox.read(&file);
        let run = Run::parse(&text).expect("a run");
        assert_eq!((run.body.commit, run.body.previous), (Some(was), vec![]));
        assert_eq!(run.body.files.len(), 4);
        for (path, digest) in run.body.files {
            let bytes = bench.sandbox.committed(&format!("evidence/records/{path}"));
            assert_eq!(bytes.as_deref().map(sha256), Some(digest));
        }
        assert_eq!(
            bench.sandbox.message(),
            format!(
                "evidence: run {0}\n\nChecks as of 2026-11-22: 2 pass.\n\n\
                 Workbook-Run: {0}\nWorkbook-Digest: {1}\n",
                stamped.run,
                sha256(text.as_bytes())
            )
        );
        assert_eq!(bench.sandbox.states(), BTreeMap::new());
        let evidence =
            evidence_at(bench.sandbox.path(), "HEAD", &bench.variables).expect("evidence");
        let record = evidence
            .record("req-3.1", "chd-list")
            .expect("readable")
            .expect("a record");
        assert_eq!(record.verdict, Verdict::Pass);
    }

    #[test]
    fn what_is_staged_changed_or_new_stays_byte_for_byte() {
        let mut bench = bench(Sandbox::workbook());
        let sandbox = &bench.sandbox;
        sandbox.write("src/staged.txt", "staged\n");
        sandbox.stage("src/staged.txt");
        sandbox.write("src/staged.txt", "staged, then changed\n");
        sandbox.write("README.md", "changed\n");
        sandbox.write("notes.txt", "new\n");
        sandbox.write("evidence/registers/stores.toml", "committed = true\n");
        bench.uncommitted = Uncommitted::Recorded;
        let before = bench.sandbox.snapshot();
        let stamped = bench.stamp();
        assert_eq!(bench.sandbox.snapshot(), before);
        assert_eq!(
            bench.sandbox.committed("README.md").as_deref(),
            Some(&b"one\n"[..])
        );
        assert_eq!(bench.sandbox.committed("src/staged.txt"), None);
        let text = bench
            .sandbox
            .read(&format!("evidence/runs/{}", stamped.run.file_name()));
        let dirty = Run::parse(&text).expect("a run").body.dirty;
        assert_eq!(dirty, ["evidence/registers/stores.toml"]);
    }

    #[test]
    fn same_inputs_give_the_same_bytes() {
        let (one, other) = (bench(Sandbox::workbook()), bench(Sandbox::workbook()));
        let (first, second) = (one.stamp(), other.stamp());
        assert_eq!(first.run, second.run);
        for path in ["ecs-net/ecs-awsvpc.toml", "ecs-net/ecs-awsvpc.subjects.csv"] {
            let path = format!("evidence/records/{path}");
            assert_eq!(one.sandbox.read(&path), other.sandbox.read(&path));
        }
    }

    #[test]
    fn a_repository_without_a_commit_gets_its_first() {
        let bench = Bench {
            uncommitted: Uncommitted::Recorded,
            ..bench(Sandbox::empty())
        };
        bench.sandbox.write("workbook.toml", "");
        let stamped = bench.stamp();
        assert_eq!(
            (bench.sandbox.commits(), stamped.branch.as_deref()),
            (1, Some("main"))
        );
        let text = bench
            .sandbox
            .read(&format!("evidence/runs/{}", stamped.run.file_name()));
        let run = Run::parse(&text).expect("a run");
        assert_eq!(
            (run.body.commit, run.body.dirty),
            (None, vec!["workbook.toml".to_owned()])
        );
    }

    #[test]
    fn on_no_branch_head_itself_moves() {
        let bench = bench(Sandbox::workbook());
        bench.sandbox.detach();
        let stamped = bench.stamp();
        assert_eq!(
            (stamped.branch, stamped.commit),
            (None, bench.sandbox.head())
        );
    }

    #[test]
    fn a_workbook_in_a_subfolder_keeps_its_evidence_there() {
        let mut bench = bench(Sandbox::empty());
        bench.sandbox.write("compliance/pci/workbook.toml", "");
        bench.sandbox.write("workbook.toml", "");
        bench.sandbox.commit("begin");
        bench.below = "compliance/pci";
        bench.sandbox.write("workbook.toml", "not ours");
        let stamped = bench.stamp();
        let path = format!("compliance/pci/evidence/runs/{}", stamped.run.file_name());
        assert!(bench.sandbox.committed(&path).is_some());
        assert!(bench.sandbox.path().join(path).exists());
        assert_eq!(bench.sandbox.states().len(), 1);
        bench.sandbox.write("compliance/pci/workbook.toml", "ours");
        assert!(
            bench
                .refusal()
                .contains("uncommitted changes in workbook.toml")
        );
    }

    #[test]
    fn a_linked_work_tree_stamps_on_its_own_branch() {
        let bench = bench(Sandbox::workbook());
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tree");
        bench.sandbox.worktree("tree", &path);
        let was = bench.sandbox.head();
        let stamped = stamp(&Stamping {
            workbook: &path,
            exports: &path.join("exports"),
            outcome: &bench.outcome,
            files: &bench.files,
            now: bench.now,
            runner: "evidence-workbook 0.1.0",
            sample: false,
            uncommitted: Uncommitted::Refused,
            watched: &WATCHED,
            variables: &bench.variables,
        });
        let stamped = stamped.expect("a run");
        assert_eq!(
            (stamped.branch.as_deref(), stamped.unfinished),
            (Some("tree"), None)
        );
        assert_eq!(bench.sandbox.head(), was);
        assert!(
            path.join("evidence/runs")
                .join(stamped.run.file_name())
                .exists()
        );
    }

    #[test]
    fn a_branch_that_moved_meanwhile_is_not_overwritten() {
        let bench = bench(Sandbox::workbook());
        let moved = RefCell::new(String::new());
        let result = stamp_stepwise(
            &Stamping {
                workbook: bench.sandbox.path(),
                exports: &bench.sandbox.path().join("exports"),
                outcome: &bench.outcome,
                files: &bench.files,
                now: bench.now,
                runner: "evidence-workbook 0.1.0",
                sample: false,
                uncommitted: Uncommitted::Refused,
                watched: &WATCHED,
                variables: &bench.variables,
            },
            &mut |step| {
                if step == Step::Swap {
                    moved.replace(bench.sandbox.commit("meanwhile"));
                }
                Ok(())
            },
        );
        assert!(
            matches!(result, Err(StampError::Git(GitError::Moved(_)))),
            "{result:?}"
        );
        assert_eq!(bench.sandbox.head(), *moved.borrow());
    }
}
