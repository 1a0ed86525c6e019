//! Locks of git that a killed stamp may have left, and the one on the index that can be told from
//! everybody else's.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;

use super::{GitError, Head, ObjectId, Repo};

/// What the lock on the index holds while it is ours. Git's own holds the beginning of an index.
const MARK: &str = "held by workbook stamp\n";

/// How long a lock of a branch is empty at most: until the id is written into it.
const PAUSE: Duration = Duration::from_millis(200);

/// The lock on the index, given back when it is dropped.
#[derive(Debug)]
pub(super) struct IndexLock {
    lock: PathBuf,
    mark: PathBuf,
}

impl Drop for IndexLock {
    fn drop(&mut self) {
        // What can't be removed is told by the next who wants it.
        let _ = fs::remove_file(&self.lock);
        let _ = fs::remove_file(&self.mark);
    }
}

impl Repo {
    /// Returns the file of the index.
    pub(super) fn index_file(&self) -> PathBuf {
        self.git_dir().join("index")
    }

    /// Locks the index as git does: by a file that only one can make. It appears with what it holds
    /// at once, so that a kill leaves no lock of which nobody knows whose it was.
    pub(super) fn lock_index(&self) -> Result<IndexLock, GitError> {
        let lock = self.git_dir().join("index.lock");
        let mark = self.git_dir().join("workbook-index-lock");
        let failed = |error: io::Error| GitError::Other {
            doing: "lock the index",
            reason: error.to_string(),
        };
        fs::write(&mark, MARK).map_err(failed)?;
        let made = match fs::hard_link(&mark, &lock) {
            // There are file systems without links.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                fs::File::create_new(&lock).and_then(|_| fs::write(&lock, MARK))
            }
            made => made,
        };
        match made {
            Ok(()) => Ok(IndexLock { lock, mark }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let _ = fs::remove_file(&mark);
                Err(GitError::IndexLocked(lock))
            }
            Err(error) => {
                let _ = fs::remove_file(&mark);
                Err(failed(error))
            }
        }
    }

    /// Removes the locks that a stamp of the commit left when it was killed. The caller holds the
    /// right to stamp, so that nobody else stamps.
    pub(crate) fn remove_left_locks(&self, commit: ObjectId) -> Result<(), GitError> {
        let index = self.git_dir().join("index.lock");
        if fs::read(&index).is_ok_and(|held| held == MARK.as_bytes()) {
            let _ = fs::remove_file(&index);
        }
        let branch = match self.head()? {
            Head::Unborn { branch } | Head::Branch { branch, .. } => {
                self.common_dir().join(format!("{branch}.lock"))
            }
            Head::Detached { .. } => self.git_dir().join("HEAD.lock"),
        };
        let ours = |held: &str| held.trim() == commit.to_string();
        let read = || fs::read_to_string(&branch).ok();
        match read() {
            Some(held) if ours(&held) => {
                let _ = fs::remove_file(&branch);
            }
            Some(held) if held.is_empty() => {
                sleep(PAUSE);
                if read().is_some_and(|held| held.is_empty() || ours(&held)) {
                    let _ = fs::remove_file(&branch);
                }
            }
            Some(_) | None => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::GitVariables;
    use super::super::sandbox::Sandbox;
    use super::*;
    use crate::evidence::checkout::intend;
    use crate::evidence::samples::bench;

    #[test]
    fn locks_that_a_killed_stamp_left_are_removed_and_those_of_others_stay() {
        let bench = bench(Sandbox::workbook());
        let repo =
            Repo::open(bench.sandbox.path(), &GitVariables::isolated()).expect("a repository");
        let was = repo.head().expect("a head").commit();
        let commit = repo.resolve("HEAD").expect("a commit");
        let id = commit.to_string();
        let cases = [
            (".git/index.lock", MARK, true),
            (".git/index.lock", "DIRC", false),
            (".git/index.lock", "", false),
            (".git/refs/heads/main.lock", id.as_str(), true),
            (".git/refs/heads/main.lock", "", true),
            (".git/refs/heads/main.lock", "0123", false),
        ];
        for (path, held, ours) in cases {
            intend(&repo, was, commit).expect("an intent");
            bench.sandbox.write(path, held);
            if ours {
                repo.remove_left_locks(commit).expect("removed");
                assert!(!repo.workbook_dir().join(path).exists(), "{path} {held}");
            } else {
                bench.refusal();
                assert!(repo.workbook_dir().join(path).exists(), "{path} {held}");
                bench.sandbox.remove(path);
            }
        }
        bench.stamp();
    }

    #[test]
    fn the_index_is_locked_for_others_while_it_is_ours() {
        let sandbox = Sandbox::workbook();
        let repo = Repo::open(sandbox.path(), &GitVariables::isolated()).expect("a repository");
        let held = repo.lock_index().expect("the lock");
        assert!(matches!(repo.lock_index(), Err(GitError::IndexLocked(_))));
        drop(held);
        assert!(repo.lock_index().is_ok());
        assert!(!sandbox.path().join(".git/index.lock").exists());
    }
}
