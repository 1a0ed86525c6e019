//! Brings the machine's evidence of a new commit into work tree and index, and nothing else.
//!
//! An intent is noted in the git folder before the branch moves. A process that is killed before
//! the swap leaves an intent whose commit is not `HEAD`: nothing happened. One that is killed
//! after leaves an intent whose commit is `HEAD`: the next command goes on. Every step looks at
//! what is there first, so that going on twice does no harm, and a file that is neither what it
//! was nor what it becomes is somebody's change: it stays, and `verify` names it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::git::{GitError, GitVariables, IndexChange, ObjectId, Repo};
use super::lock::{LockError, lock};
use super::stored::{ATTRIBUTES, RECORDS, RUNS};
use crate::source::sha256;

/// A step of stamping, before which a test can stop it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Storing records and the run.
    Store,
    /// Storing the commit.
    Commit,
    /// Noting the intent.
    Intend,
    /// Moving the branch.
    Swap,
    /// Writing a file into the work tree.
    Write,
    /// Updating the index.
    Index,
    /// Forgetting the intent.
    Forget,
}

/// Called before every step; an error stops everything there, as a kill would.
pub(crate) type Steps<'a> = &'a mut dyn FnMut(Step) -> io::Result<()>;

/// What keeps evidence from being checked out.
#[derive(Debug, thiserror::Error)]
pub enum CheckoutError {
    /// Git failed.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A file can't be written.
    #[error("failed to write {}: {source}", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A folder of the evidence is a link to somewhere else.
    #[error("{} is a link; evidence is not written through links: make it a folder", .0.display())]
    Link(PathBuf),
    /// A run is being stamped at this moment.
    #[error(transparent)]
    Lock(#[from] LockError),
}

/// Finishes the checkout of a stamp that was killed, if there is one. Every command that reads
/// evidence from the work tree does this first.
///
/// # Errors
///
/// Fails where the work tree or the index can't be written.
pub fn finish_checkout(workbook: &Path, variables: &GitVariables) -> Result<(), CheckoutError> {
    let repo = Repo::open(workbook, variables)?;
    resume(&repo)
}

/// Finishes the checkout of a stamp that was killed, unless another process is at it.
pub(crate) fn resume(repo: &Repo) -> Result<(), CheckoutError> {
    if !intent_file(repo).exists() {
        return Ok(());
    }
    let lock = match lock(repo.common_dir()) {
        Ok(lock) => lock,
        Err(LockError::Held(_)) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    finish(repo, &mut |_| Ok(()))?;
    drop(lock);
    Ok(())
}

fn intent_file(repo: &Repo) -> PathBuf {
    // A repository may hold several workbooks, each in its folder.
    let name: String = sha256(repo.prefix().as_bytes()).chars().take(8).collect();
    repo.git_dir().join(format!("workbook-checkout-{name}"))
}

/// Notes that the commit is about to replace what was.
pub(crate) fn intend(
    repo: &Repo,
    was: Option<ObjectId>,
    becomes: ObjectId,
) -> Result<(), CheckoutError> {
    let was = was.map_or_else(|| "none".to_owned(), |id| id.to_string());
    let path = intent_file(repo);
    fs::write(&path, format!("{was}\n{becomes}\n"))
        .map_err(|source| CheckoutError::Write { path, source })
}

/// Brings evidence of the noted commit into work tree and index. The caller holds the lock.
pub(crate) fn finish(repo: &Repo, step: Steps<'_>) -> Result<(), CheckoutError> {
    let path = intent_file(repo);
    let Ok(text) = fs::read_to_string(&path) else {
        return Ok(());
    };
    let mut lines = text.lines();
    let was = lines.next().and_then(ObjectId::parse);
    let becomes = lines.next().and_then(ObjectId::parse);
    if let Some(commit) = becomes {
        repo.remove_left_locks(commit)?;
    }
    if let Some(becomes) =
        becomes.filter(|id| repo.head().is_ok_and(|head| head.commit() == Some(*id)))
    {
        let changes = changes(repo, was, becomes)?;
        for change in &changes {
            let file = repo.workbook_dir().join(&change.path);
            stop(step, Step::Write, &file)?;
            write(repo, change, &file)?;
        }
        stop(step, Step::Index, &path)?;
        repo.update_index(&changes)?;
        stop(step, Step::Forget, &path)?;
    }
    fs::remove_file(&path).map_err(|source| CheckoutError::Write { path, source })
}

fn stop(step: Steps<'_>, at: Step, path: &Path) -> Result<(), CheckoutError> {
    step(at).map_err(|source| CheckoutError::Write {
        path: path.to_owned(),
        source,
    })
}

/// Returns the files of the machine's evidence that differ between two commits.
fn changes(
    repo: &Repo,
    was: Option<ObjectId>,
    becomes: ObjectId,
) -> Result<Vec<IndexChange>, GitError> {
    let mut changes = Vec::new();
    let attributes = |commit: ObjectId| repo.entry(commit, ATTRIBUTES);
    changes.push(IndexChange {
        path: ATTRIBUTES.to_owned(),
        was: was.map(attributes).transpose()?.flatten(),
        becomes: attributes(becomes)?,
    });
    for folder in [RECORDS, RUNS] {
        let before = match was {
            Some(commit) => repo.entries(commit, folder)?,
            None => BTreeMap::new(),
        };
        let after = repo.entries(becomes, folder)?;
        let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        changes.extend(paths.into_iter().map(|path| IndexChange {
            path: format!("{folder}/{path}"),
            was: before.get(path).copied(),
            becomes: after.get(path).copied(),
        }));
    }
    changes.retain(|change| change.was != change.becomes);
    Ok(changes)
}

/// Writes or removes a file that still is what it was.
fn write(repo: &Repo, change: &IndexChange, file: &Path) -> Result<(), CheckoutError> {
    let failed = |source| CheckoutError::Write {
        path: file.to_owned(),
        source,
    };
    let top = repo.workbook_dir();
    refuse_links(&top, file)?;
    let found = match fs::symlink_metadata(file) {
        Ok(metadata) if metadata.is_file() => ObjectId::of(&fs::read(file).map_err(failed)?),
        Ok(_) => return Ok(()),
        Err(error) if missing(&error) => None,
        Err(error) => return Err(failed(error)),
    };
    if found == change.becomes || found != change.was {
        return Ok(());
    }
    let Some(blob) = change.becomes else {
        fs::remove_file(file).map_err(failed)?;
        // The folder of a page without checks goes, too; one that is not empty stays.
        let _ = file.parent().map(fs::remove_dir);
        return Ok(());
    };
    let folder = file.parent().unwrap_or(&top);
    fs::create_dir_all(folder).map_err(failed)?;
    // In the same folder, so that renaming replaces the file in one step; always of the same
    // name, so that going on after a kill cleans it up.
    let temporary = folder.join(".workbook-checkout");
    fs::write(&temporary, repo.bytes(blob)?).map_err(failed)?;
    fs::rename(&temporary, file).map_err(failed)
}

fn missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn refuse_links(top: &Path, file: &Path) -> Result<(), CheckoutError> {
    for folder in file.ancestors().skip(1).take_while(|folder| *folder != top) {
        if fs::symlink_metadata(folder).is_ok_and(|metadata| metadata.is_symlink()) {
            return Err(CheckoutError::Link(folder.to_owned()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::git::sandbox::Sandbox;
    use super::super::samples::{Bench, bench, finding, instant};
    use super::super::stamp::StampError;
    use super::*;
    use crate::assess::Verdict;

    #[test]
    fn killed_before_the_swap_nothing_has_happened() {
        for step in [Step::Store, Step::Commit, Step::Intend, Step::Swap] {
            let bench = bench(Sandbox::workbook());
            let before = (bench.sandbox.snapshot(), bench.sandbox.head());
            assert!(matches!(
                bench.stamp_until(Some(step)),
                Err(StampError::Stopped(_))
            ));
            assert_eq!((bench.sandbox.snapshot(), bench.sandbox.head()), before);
            assert!(!bench.sandbox.path().join("evidence").exists());
            bench.stamp();
        }
    }

    #[test]
    fn killed_after_the_swap_the_next_command_finishes() {
        for step in [Step::Write, Step::Index, Step::Forget] {
            let mut bench = bench(Sandbox::workbook());
            bench.stamp();
            bench.outcome.checks.remove(0);
            bench.now = instant("2026-11-23T01:50:08Z");
            bench.sandbox.write("README.md", "changed\n");
            bench.sandbox.stage("README.md");
            let before = bench.sandbox.snapshot();
            let stamped = bench.stamp_until(Some(step)).expect("the commit is made");
            assert!(stamped.unfinished.is_some(), "{step:?}");
            assert_eq!(bench.sandbox.head(), stamped.commit);
            finish_all(&bench);
            assert_eq!(bench.sandbox.snapshot(), before);
            assert_eq!(
                bench.sandbox.states().len(),
                1,
                "{step:?}: {:?}",
                bench.sandbox.states()
            );
            bench.now = instant("2026-11-24T01:50:08Z");
            bench.stamp();
        }
    }

    fn finish_all(bench: &Bench) {
        finish_checkout(bench.sandbox.path(), &bench.variables).expect("finished");
    }

    #[test]
    fn going_on_leaves_a_change_by_hand_alone() {
        let mut bench = bench(Sandbox::workbook());
        bench.stamp();
        bench.outcome.checks[0].findings = vec![finding("arn:bad", Verdict::Fail)];
        bench.now = instant("2026-11-23T01:50:08Z");
        bench
            .stamp_until(Some(Step::Write))
            .expect("the commit is made");
        let path = "evidence/records/ecs-net/ecs-awsvpc.toml";
        bench.sandbox.write(path, "verdict = \"pass\"\n");
        finish_all(&bench);
        assert_eq!(bench.sandbox.read(path), "verdict = \"pass\"\n");
        let states = bench.sandbox.states();
        assert_eq!(states.keys().collect::<Vec<_>>(), [path]);
        assert!(states[path].contains("WT_MODIFIED"), "{states:?}");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_place_of_a_folder_is_not_followed() {
        let bench = bench(Sandbox::workbook());
        let elsewhere = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(bench.sandbox.path().join("evidence")).expect("a folder");
        std::os::unix::fs::symlink(elsewhere.path(), bench.sandbox.path().join("evidence/runs"))
            .expect("a link");
        let outcome = bench.stamp_until(None);
        let told = match outcome {
            Ok(stamped) => stamped.unfinished.unwrap_or_default(),
            Err(error) => error.to_string(),
        };
        assert!(told.contains("evidence/runs"), "{told}");
        assert_eq!(fs::read_dir(elsewhere.path()).expect("a folder").count(), 0);
    }

    #[test]
    fn killed_anywhere_the_evidence_is_that_of_before_or_after() {
        for count in 0..40 {
            let mut bench = bench(Sandbox::workbook());
            bench.stamp();
            bench.outcome.checks.pop();
            bench.outcome.checks[0].findings = vec![finding("arn:bad", Verdict::Fail)];
            bench.now = instant("2026-11-23T01:50:08Z");
            let was = bench.sandbox.head();
            let done = bench.stamp_steps(count);
            finish_all(&bench);
            assert_eq!(
                bench.sandbox.states(),
                BTreeMap::new(),
                "after {count} steps"
            );
            let moved = done.as_ref().map_or(was, |stamped| stamped.commit.clone());
            assert_eq!(bench.sandbox.head(), moved, "after {count} steps");
            if done.is_ok_and(|stamped| stamped.unfinished.is_none()) {
                assert!(count > 8, "every file is a step");
                return;
            }
        }
        panic!("stamping takes fewer steps");
    }
}
