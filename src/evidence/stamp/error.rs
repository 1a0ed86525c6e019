//! Why a run was not stamped, and what to do.

use std::io;
use std::path::PathBuf;

use super::super::checkout::CheckoutError;
use super::super::git::GitError;
use super::super::lock::LockError;

/// Why a run was not stamped. Nothing has happened then.
#[derive(Debug, thiserror::Error)]
pub enum StampError {
    /// Git refuses.
    #[error(transparent)]
    Git(#[from] GitError),
    /// Another process is stamping.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The checkout of an earlier run can't be finished.
    #[error(transparent)]
    Checkout(#[from] CheckoutError),
    /// What verdicts rest on has uncommitted changes.
    #[error(
        "uncommitted changes in {}: a run names the commit it judged; commit them, or use \
         --allow-dirty to have them recorded", list(.0)
    )]
    Uncommitted(Vec<String>),
    /// Somebody changed evidence that only a run writes.
    #[error(
        "changed by hand: {}; only a run writes these: type `git restore --staged --worktree \
         -- PATH` (or remove what is new), then stamp again", list(.0)
    )]
    Edited(Vec<String>),
    /// Git tracks exports.
    #[error(
        "git tracks files of the exports ({}); what they show does not belong in history: type \
         `git rm -r --cached {}` and add the folder to .gitignore", list(.files), .folder.display()
    )]
    TrackedExports {
        /// The folder of the exports.
        folder: PathBuf,
        /// The files, by path in the repository.
        files: Vec<String>,
    },
    /// A check's or page's id can't be a file name, or two checks share it.
    #[error("the check `{check}` on the page `{page}` can't have a record: {why}")]
    Name {
        /// The page.
        page: String,
        /// The check.
        check: String,
        /// Why.
        why: &'static str,
    },
    /// Stopped before a step, as only tests do.
    #[error("stopped before a step: {0}")]
    Stopped(io::Error),
}

fn list(paths: &[String]) -> String {
    let named: Vec<&str> = paths.iter().take(8).map(String::as_str).collect();
    match paths.len() - named.len() {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}
