//! The index and the work tree: what differs from the newest commit, and the few entries we set.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::path::Path;

use git2::{Index, IndexEntry, IndexTime, Status, StatusOptions};

use super::{Doing, GitError, ObjectId, Repo};

/// An entry of the index to be replaced, if it still is what it was.
#[derive(Debug)]
pub(crate) struct IndexChange {
    /// The path in the workbook.
    pub path: String,
    /// What the entry was; none where there was none.
    pub was: Option<ObjectId>,
    /// What it becomes; none to remove it.
    pub becomes: Option<ObjectId>,
}

impl Repo {
    /// Returns the paths in the index that hold conflicts.
    pub(super) fn conflicts(&self) -> Result<Vec<String>, GitError> {
        let doing = "read the index";
        let index = self.inner.index().doing(doing)?;
        let mut paths = Vec::new();
        for conflict in index.conflicts().doing(doing)? {
            let conflict = conflict.doing(doing)?;
            let entry = conflict.our.or(conflict.their).or(conflict.ancestor);
            paths.extend(entry.map(|entry| String::from_utf8_lossy(&entry.path).into_owned()));
        }
        paths.sort();
        paths.dedup();
        Ok(paths)
    }

    /// Returns the files below the paths of the workbook that differ from the newest commit, in
    /// the index or in the work tree, sorted. An ignored file that the workbook would read counts.
    pub(crate) fn differing(&self, paths: &[&str]) -> Result<Vec<String>, GitError> {
        let mut options = StatusOptions::new();
        options
            .include_untracked(true)
            .recurse_untracked_dirs(true)
            .include_ignored(true)
            .recurse_ignored_dirs(true)
            .exclude_submodules(true)
            .update_index(false)
            .disable_pathspec_match(true);
        for path in paths {
            options.pathspec(self.full(path));
        }
        let statuses = self
            .inner
            .statuses(Some(&mut options))
            .doing("compare the work tree")?;
        let mut found = Vec::new();
        for entry in statuses.iter() {
            let path = String::from_utf8_lossy(entry.path_bytes()).into_owned();
            let Some(own) = self.own(&path) else { continue };
            let below = |folder: &&str| {
                own.strip_prefix(*folder)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            let read = matches!(own.rsplit_once('.'), Some((_, "toml" | "md")));
            let differs =
                entry.status() != Status::CURRENT && (entry.status() != Status::IGNORED || read);
            if differs && paths.iter().any(below) {
                found.push(own.to_owned());
            }
        }
        found.sort();
        Ok(found)
    }

    /// Tells whether git ignores a path of the workbook, as it does what file managers leave.
    pub(crate) fn ignores(&self, path: &str) -> bool {
        self.inner.is_path_ignored(self.full(path)).unwrap_or(false)
    }

    /// Returns the tracked files below a folder anywhere on the disk.
    pub(crate) fn tracked_below(&self, folder: &Path) -> Result<Vec<String>, GitError> {
        let Ok(folder) = folder.canonicalize() else {
            return Ok(Vec::new());
        };
        let Ok(relative) = folder.strip_prefix(&self.root) else {
            return Ok(Vec::new());
        };
        let index = self.inner.index().doing("read the index")?;
        Ok(index
            .iter()
            .map(|entry| String::from_utf8_lossy(&entry.path).into_owned())
            .filter(|path| Path::new(path).starts_with(relative))
            .collect())
    }

    /// Returns the entries of the index below a folder of the workbook, by path below it.
    pub(crate) fn indexed(&self, folder: &str) -> Result<BTreeMap<String, ObjectId>, GitError> {
        let index = self.inner.index().doing("read the index")?;
        let folder = format!("{}/", self.full(folder));
        Ok(index
            .iter()
            .filter_map(|entry| {
                let path = String::from_utf8_lossy(&entry.path).into_owned();
                let below = path.strip_prefix(&folder)?.to_owned();
                Some((below, ObjectId(entry.id)))
            })
            .collect())
    }

    /// Sets the entries of the index that still are what they were. All others stay.
    pub(crate) fn update_index(&self, changes: &[IndexChange]) -> Result<(), GitError> {
        let doing = "update the index";
        let failed = |error: std::io::Error| GitError::Other {
            doing,
            reason: error.to_string(),
        };
        let held = self.lock_index()?;
        // Beside the index, of a name of ours, so that nothing that a kill leaves is in the way.
        let (file, beside) = (self.index_file(), self.git_dir().join("workbook-index"));
        let _ = fs::remove_file(self.git_dir().join("workbook-index.lock"));
        let _ = fs::remove_file(&beside);
        if file.exists() {
            fs::copy(&file, &beside).map_err(failed)?;
        }
        let mut index = Index::open(&beside).doing(doing)?;
        let mut changed = false;
        for change in changes {
            let path = self.full(&change.path);
            let path = Path::new(&path);
            let found = index.get_path(path, 0).map(|entry| ObjectId(entry.id));
            if found != change.was || found == change.becomes {
                continue;
            }
            changed = true;
            match change.becomes {
                None => index.remove(path, 0).doing(doing)?,
                Some(id) => {
                    let metadata = unchanged(&self.root.join(path), id);
                    index
                        .add(&entry(path, id, metadata.as_ref()))
                        .doing(doing)?;
                }
            }
        }
        if changed {
            index.write().doing(doing)?;
            fs::rename(&beside, &file).map_err(failed)?;
        } else {
            let _ = fs::remove_file(&beside);
        }
        drop(held);
        Ok(())
    }
}

/// Returns what the disk says of a file that holds just what the object holds. Of another file it
/// must not be remembered: git would take the file for unchanged.
fn unchanged(file: &Path, id: ObjectId) -> Option<Metadata> {
    let metadata = file.symlink_metadata().ok().filter(Metadata::is_file)?;
    let bytes = fs::read(file).ok()?;
    (ObjectId::of(&bytes) == Some(id)).then_some(metadata)
}

/// Returns an entry with what git remembers of the file, so that `git status` need not read it.
fn entry(path: &Path, id: ObjectId, metadata: Option<&Metadata>) -> IndexEntry {
    let mut entry = IndexEntry {
        ctime: IndexTime::new(0, 0),
        mtime: IndexTime::new(0, 0),
        dev: 0,
        ino: 0,
        mode: 0o100_644,
        uid: 0,
        gid: 0,
        file_size: 0,
        id: id.0,
        flags: 0,
        flags_extended: 0,
        path: path.to_string_lossy().into_owned().into_bytes(),
    };
    #[cfg(unix)]
    if let Some(metadata) = metadata {
        use std::os::unix::fs::MetadataExt as _;
        // The index keeps the lower 32 bits of each.
        let low = |value: u64| u32::try_from(value & 0xffff_ffff).unwrap_or_default();
        let time = |seconds: i64, nanoseconds: i64| {
            IndexTime::new(
                i32::try_from(seconds).unwrap_or_default(),
                u32::try_from(nanoseconds).unwrap_or_default(),
            )
        };
        entry.ctime = time(metadata.ctime(), metadata.ctime_nsec());
        entry.mtime = time(metadata.mtime(), metadata.mtime_nsec());
        entry.dev = low(metadata.dev());
        entry.ino = low(metadata.ino());
        entry.uid = metadata.uid();
        entry.gid = metadata.gid();
        entry.file_size = low(metadata.size());
    }
    #[cfg(not(unix))]
    let _ = metadata;
    entry
}
