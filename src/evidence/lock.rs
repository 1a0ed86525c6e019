//! One stamp at a time, in all work trees of a repository.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

/// How often a held lock is asked for again, and how long between. A program that is being started
/// to sign holds a copy of the file for the moment until it runs, after the lock was given back.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(10);

/// The right to stamp, held until it is dropped. The operating system takes it back when the
/// process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Why the right to stamp was not given.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it.
    #[error("another `workbook` is stamping in this repository ({} is locked); wait for it", .0.display())]
    Held(PathBuf),
    /// The lock file can't be made.
    #[error("failed to lock {}: {source}; the git folder has to be writable", .path.display())]
    Failed {
        /// The lock file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// Takes the right to stamp, or says who has it.
pub(crate) fn lock(git_dir: &Path) -> Result<Lock, LockError> {
    let path = git_dir.join("workbook.lock");
    let opened = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path);
    let file = match opened {
        Ok(file) => file,
        Err(source) => return Err(LockError::Failed { path, source }),
    };
    for _ in 0..TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => sleep(PAUSE),
            Err(TryLockError::Error(source)) => return Err(LockError::Failed { path, source }),
        }
    }
    Err(LockError::Held(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_to_ask_is_told_who_holds_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = lock(folder.path()).expect("the lock");
        assert!(matches!(lock(folder.path()), Err(LockError::Held(_))));
        drop(first);
        assert!(lock(folder.path()).is_ok());
    }
}
