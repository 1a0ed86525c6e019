//! Which commits touched evidence, in one walk.

use std::collections::{BTreeMap, BTreeSet};

use git2::{Delta, Repository, Sort, Tree};

use super::tree::flat;
use super::{Doing, GitError, ObjectId, Repo};
use crate::source::Instant;

/// A commit, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Commit {
    /// Its id.
    pub id: ObjectId,
    /// The author, as `Name <mail>`.
    pub author: String,
    /// When it was committed.
    pub time: Option<Instant>,
    /// The commits it follows.
    pub parents: Vec<ObjectId>,
    /// Its message.
    pub message: String,
    /// Which signature it carries.
    pub signature: Signature,
}

/// Which signature a commit carries. Whether it is good is for `git log --show-signature`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// None.
    Unsigned,
    /// One by `OpenPGP`.
    OpenPgp,
    /// One by an SSH key.
    Ssh,
    /// One of another kind.
    Other,
}

/// What a commit did to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    /// It was not there before.
    Added,
    /// It was there, and was other.
    Edited,
    /// It was there before.
    Deleted,
}

/// A commit that changed evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Touch {
    /// The commit.
    pub commit: Commit,
    /// Whether it merges others.
    pub merge: bool,
    /// What it changed, by path in the workbook, with what the file became. A merge changes what
    /// it took from none of its parents, and deletes what any of them had.
    pub changes: BTreeMap<String, (Change, Option<ObjectId>)>,
}

impl Repo {
    /// Returns the commits reachable from one that changed files below the folders, newest first.
    pub(crate) fn touches(&self, from: ObjectId, folders: &[&str]) -> Result<Vec<Touch>, GitError> {
        let doing = "read the history";
        let mut walk = self.inner.revwalk().doing(doing)?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME)
            .doing(doing)?;
        walk.push(from.0).doing(doing)?;
        let mut touches = Vec::new();
        for id in walk {
            let commit = self.inner.find_commit(id.doing(doing)?).doing(doing)?;
            let tree = commit.tree().doing(doing)?;
            let mut parents = Vec::new();
            for parent in commit.parents() {
                parents.push(parent.tree().doing(doing)?);
            }
            let mut changes = BTreeMap::new();
            for folder in folders {
                let own = self.subtree(&tree, folder)?;
                let mut before = Vec::new();
                for parent in &parents {
                    before.push(self.subtree(parent, folder)?);
                }
                for (path, change) in self.changes(own.as_ref(), &before)? {
                    changes.insert(format!("{folder}/{path}"), change);
                }
            }
            if !changes.is_empty() {
                touches.push(Touch {
                    merge: parents.len() > 1,
                    commit: self.commit(ObjectId(commit.id()))?,
                    changes,
                });
            }
        }
        Ok(touches)
    }

    /// Returns the oldest commit reachable from one that has a file where none of its parents has.
    pub(crate) fn first_with(
        &self,
        from: ObjectId,
        path: &str,
    ) -> Result<Option<Commit>, GitError> {
        let doing = "read the history";
        let mut walk = self.inner.revwalk().doing(doing)?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME)
            .doing(doing)?;
        walk.push(from.0).doing(doing)?;
        let mut found = None;
        for id in walk {
            let id = id.doing(doing)?;
            if self.entry(ObjectId(id), path)?.is_none() {
                continue;
            }
            let commit = self.inner.find_commit(id).doing(doing)?;
            let mut before = false;
            for parent in commit.parent_ids() {
                before |= self.entry(ObjectId(parent), path)?.is_some();
            }
            if !before {
                found = Some(ObjectId(id));
            }
        }
        found.map(|id| self.commit(id)).transpose()
    }

    /// Returns the files at or below the paths that differ between two commits, each with the newest
    /// commit that changed it.
    pub(crate) fn changed_between(
        &self,
        from: ObjectId,
        to: ObjectId,
        paths: &[&str],
    ) -> Result<BTreeMap<String, Commit>, GitError> {
        let doing = "compare two commits";
        let tree = |id: git2::Oid| self.inner.find_commit(id).and_then(|commit| commit.tree());
        let files =
            |old: Option<git2::Oid>, new: git2::Oid| -> Result<BTreeSet<String>, GitError> {
                let mut options = git2::DiffOptions::new();
                options.disable_pathspec_match(true);
                for path in paths {
                    options.pathspec(self.full(path));
                }
                let old = old.map(tree).transpose().doing(doing)?;
                let new = tree(new).doing(doing)?;
                let diff = self
                    .inner
                    .diff_tree_to_tree(old.as_ref(), Some(&new), Some(&mut options))
                    .doing(doing)?;
                let path = |delta: git2::DiffDelta<'_>| {
                    let path = delta
                        .new_file()
                        .path_bytes()
                        .or(delta.old_file().path_bytes())?;
                    self.own(&String::from_utf8_lossy(path)).map(str::to_owned)
                };
                Ok(diff.deltas().filter_map(path).collect())
            };
        let mut left = files(Some(from.0), to.0)?;
        let mut found = BTreeMap::new();
        let mut walk = self.inner.revwalk().doing(doing)?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME)
            .doing(doing)?;
        walk.push(to.0).doing(doing)?;
        for id in walk {
            if left.is_empty() {
                break;
            }
            let id = id.doing(doing)?;
            let commit = self.inner.find_commit(id).doing(doing)?;
            // A merge takes what its parents changed.
            if commit.parent_count() > 1 {
                continue;
            }
            for path in files(commit.parent_id(0).ok(), id)? {
                if left.remove(&path) {
                    found.insert(path, self.commit(ObjectId(id))?);
                }
            }
        }
        Ok(found)
    }

    /// Returns what there is to say of a commit.
    pub(crate) fn commit(&self, id: ObjectId) -> Result<Commit, GitError> {
        let commit = self.inner.find_commit(id.0).doing("read a commit")?;
        let author = commit.author();
        let signature = match self.inner.extract_signature(&id.0, None) {
            Err(_) => Signature::Unsigned,
            Ok((text, _)) if text.starts_with(b"-----BEGIN PGP") => Signature::OpenPgp,
            Ok((text, _)) if text.starts_with(b"-----BEGIN SSH") => Signature::Ssh,
            Ok(_) => Signature::Other,
        };
        Ok(Commit {
            id,
            author: format!(
                "{} <{}>",
                String::from_utf8_lossy(author.name_bytes()),
                String::from_utf8_lossy(author.email_bytes())
            ),
            time: Instant::from_unix(commit.time().seconds()),
            parents: commit.parent_ids().map(ObjectId).collect(),
            message: String::from_utf8_lossy(commit.message_bytes()).into_owned(),
            signature,
        })
    }

    fn changes(
        &self,
        own: Option<&Tree<'_>>,
        before: &[Option<Tree<'_>>],
    ) -> Result<BTreeMap<String, (Change, Option<ObjectId>)>, GitError> {
        let id = |tree: Option<&Tree<'_>>| tree.map(Tree::id);
        if before.iter().all(|parent| id(parent.as_ref()) == id(own))
            && !(before.is_empty() && own.is_some())
        {
            return Ok(BTreeMap::new());
        }
        match before {
            [] => self.difference(None, own),
            [parent] => self.difference(parent.as_ref(), own),
            parents => merged(&self.inner, own, parents),
        }
    }

    fn difference(
        &self,
        before: Option<&Tree<'_>>,
        own: Option<&Tree<'_>>,
    ) -> Result<BTreeMap<String, (Change, Option<ObjectId>)>, GitError> {
        let diff = self
            .inner
            .diff_tree_to_tree(before, own, None)
            .doing("compare two commits")?;
        let mut changes = BTreeMap::new();
        for delta in diff.deltas() {
            let change = match delta.status() {
                Delta::Added => Change::Added,
                Delta::Deleted => Change::Deleted,
                _ => Change::Edited,
            };
            let file = match change {
                Change::Deleted => delta.old_file(),
                Change::Added | Change::Edited => delta.new_file(),
            };
            if let Some(path) = file.path_bytes() {
                let became = (change != Change::Deleted).then(|| ObjectId(file.id()));
                changes.insert(String::from_utf8_lossy(path).into_owned(), (change, became));
            }
        }
        Ok(changes)
    }
}

fn merged(
    repository: &Repository,
    own: Option<&Tree<'_>>,
    parents: &[Option<Tree<'_>>],
) -> Result<BTreeMap<String, (Change, Option<ObjectId>)>, GitError> {
    let files = |tree: Option<&Tree<'_>>| {
        tree.map_or_else(|| Ok(BTreeMap::new()), |tree| flat(repository, tree))
    };
    let own = files(own)?;
    let mut before = Vec::new();
    for parent in parents {
        before.push(files(parent.as_ref())?);
    }
    let paths: BTreeSet<&String> = own
        .keys()
        .chain(before.iter().flat_map(BTreeMap::keys))
        .collect();
    let mut changes = BTreeMap::new();
    for path in paths {
        let now = own.get(path).copied();
        let was: Vec<_> = before
            .iter()
            .map(|files| files.get(path).copied())
            .collect();
        let change = match now {
            None => Change::Deleted,
            Some(_) if was.contains(&now) => continue,
            Some(_) if was.iter().all(Option::is_none) => Change::Added,
            Some(_) => Change::Edited,
        };
        changes.insert(path.clone(), (change, now));
    }
    Ok(changes)
}
