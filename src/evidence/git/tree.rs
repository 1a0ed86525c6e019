//! Files of commits, and new trees.

use std::collections::BTreeMap;

use git2::{ObjectType, Repository, Tree};

use super::{Doing, GitError, ObjectId, Repo};

const FILE: i32 = 0o100_644;
const FOLDER: i32 = 0o040_000;

/// What a new tree changes in the tree of a commit.
#[derive(Debug)]
pub(crate) struct NewTree<'a> {
    /// A folder that holds exactly these files, by path below it.
    pub folder: (&'a str, &'a BTreeMap<String, ObjectId>),
    /// Further files that are added, by path in the workbook.
    pub files: &'a [(String, ObjectId)],
}

impl Repo {
    /// Returns the files of a commit below a folder of the workbook, by path below it.
    pub(crate) fn entries(
        &self,
        commit: ObjectId,
        folder: &str,
    ) -> Result<BTreeMap<String, ObjectId>, GitError> {
        let doing = "read a commit";
        let tree = self
            .inner
            .find_commit(commit.0)
            .and_then(|found| found.tree())
            .doing(doing)?;
        match self.subtree(&tree, folder)? {
            Some(subtree) => flat(&self.inner, &subtree),
            None => Ok(BTreeMap::new()),
        }
    }

    /// Returns the names of what lies directly in a folder of the workbook in a commit.
    pub(crate) fn names(&self, commit: ObjectId, folder: &str) -> Result<Vec<String>, GitError> {
        let tree = self
            .inner
            .find_commit(commit.0)
            .and_then(|found| found.tree())
            .doing("read a commit")?;
        let subtree = self.subtree(&tree, folder)?;
        let names = subtree.iter().flat_map(|tree| {
            tree.iter()
                .map(|entry| String::from_utf8_lossy(entry.name_bytes()).into_owned())
                .collect::<Vec<_>>()
        });
        Ok(names.collect())
    }

    /// Returns every branch and tag with its commit, by full name.
    pub(crate) fn tips(&self) -> Result<Vec<(String, ObjectId)>, GitError> {
        let doing = "read the branches";
        let mut tips = Vec::new();
        for reference in self.inner.references().doing(doing)? {
            let reference = reference.doing(doing)?;
            if let Ok(commit) = reference.peel_to_commit() {
                let name = String::from_utf8_lossy(reference.name_bytes()).into_owned();
                tips.push((name, ObjectId(commit.id())));
            }
        }
        tips.sort();
        Ok(tips)
    }

    /// Tells whether the repository has a commit, reachable or not.
    pub(crate) fn has_commit(&self, commit: ObjectId) -> bool {
        self.inner.find_commit(commit.0).is_ok()
    }

    /// Returns a file of a commit, by its path in the workbook.
    pub(crate) fn entry(&self, commit: ObjectId, path: &str) -> Result<Option<ObjectId>, GitError> {
        let tree = self
            .inner
            .find_commit(commit.0)
            .and_then(|found| found.tree())
            .doing("read a commit")?;
        Ok(tree
            .get_path(self.full(path).as_ref())
            .ok()
            .filter(|entry| entry.kind() == Some(ObjectType::Blob))
            .map(|entry| ObjectId(entry.id())))
    }

    /// Returns the bytes of a file.
    pub(crate) fn bytes(&self, blob: ObjectId) -> Result<Vec<u8>, GitError> {
        let blob = self
            .inner
            .find_blob(blob.0)
            .doing("read a file of a commit")?;
        Ok(blob.content().to_vec())
    }

    /// Stores a file and returns its id.
    pub(crate) fn store(&self, bytes: &[u8]) -> Result<ObjectId, GitError> {
        self.inner.blob(bytes).map(ObjectId).doing("store a file")
    }

    /// Stores a tree that differs from a commit's in what is said, and returns its id.
    pub(crate) fn new_tree(
        &self,
        base: Option<ObjectId>,
        new: &NewTree<'_>,
    ) -> Result<ObjectId, GitError> {
        let base = base
            .map(|commit| {
                self.inner
                    .find_commit(commit.0)
                    .and_then(|found| found.tree())
            })
            .transpose()
            .doing("read a commit")?;
        let (name, files) = new.folder;
        let files = files.iter().map(|(path, blob)| (path.as_str(), *blob));
        let folder = self.folder(&files.collect())?;
        let mut root = match base {
            Some(tree) => tree.id(),
            None => self.folder(&BTreeMap::new())?,
        };
        root = self.with(root, &self.full(name), (folder, FOLDER))?;
        for (path, blob) in new.files {
            root = self.with(root, &self.full(path), (blob.0, FILE))?;
        }
        Ok(ObjectId(root))
    }

    /// Stores a folder of exactly these files, each tree once.
    fn folder(&self, files: &BTreeMap<&str, ObjectId>) -> Result<git2::Oid, GitError> {
        let doing = "store a tree";
        let mut builder = self.inner.treebuilder(None).doing(doing)?;
        let mut folders: BTreeMap<&str, BTreeMap<&str, ObjectId>> = BTreeMap::new();
        for (path, blob) in files {
            match path.split_once('/') {
                Some((name, below)) => {
                    folders.entry(name).or_default().insert(below, *blob);
                }
                None => {
                    builder.insert(*path, blob.0, FILE).doing(doing)?;
                }
            }
        }
        for (name, files) in folders {
            builder
                .insert(name, self.folder(&files)?, FOLDER)
                .doing(doing)?;
        }
        builder.write().doing(doing)
    }

    /// Returns the tree with an entry put at a path.
    fn with(
        &self,
        tree: git2::Oid,
        path: &str,
        entry: (git2::Oid, i32),
    ) -> Result<git2::Oid, GitError> {
        let tree = self.inner.find_tree(tree).doing("read a tree")?;
        let parts: Vec<&str> = path.split('/').collect();
        self.write(Some(&tree), &parts, entry)
    }

    fn write(
        &self,
        tree: Option<&Tree<'_>>,
        path: &[&str],
        entry: (git2::Oid, i32),
    ) -> Result<git2::Oid, GitError> {
        let doing = "store a tree";
        let mut builder = self.inner.treebuilder(tree).doing(doing)?;
        let Some((name, rest)) = path.split_first() else {
            return builder.write().doing(doing);
        };
        let found = tree.and_then(|tree| tree.get_name(name));
        if rest.is_empty() {
            let (id, mode) = entry;
            // Git has no empty folders.
            let empty = mode == FOLDER && self.is_empty(id)?;
            if !empty {
                builder.insert(*name, id, mode).doing(doing)?;
            } else if found.is_some() {
                builder.remove(*name).doing(doing)?;
            }
        } else {
            let below = match found {
                Some(found) if found.kind() == Some(ObjectType::Tree) => {
                    Some(self.inner.find_tree(found.id()).doing("read a tree")?)
                }
                Some(_) => return Err(taken(name)),
                None => None,
            };
            let id = self.write(below.as_ref(), rest, entry)?;
            builder.insert(*name, id, FOLDER).doing(doing)?;
        }
        builder.write().doing(doing)
    }

    fn is_empty(&self, tree: git2::Oid) -> Result<bool, GitError> {
        let tree = self.inner.find_tree(tree).doing("read a tree")?;
        Ok(tree.is_empty())
    }

    /// Returns the tree of a folder of the workbook.
    pub(super) fn subtree<'r>(
        &'r self,
        tree: &Tree<'r>,
        folder: &str,
    ) -> Result<Option<Tree<'r>>, GitError> {
        match tree.get_path(self.full(folder).as_ref()) {
            Ok(entry) if entry.kind() == Some(ObjectType::Tree) => self
                .inner
                .find_tree(entry.id())
                .map(Some)
                .doing("read a tree"),
            Ok(_) | Err(_) => Ok(None),
        }
    }
}

fn taken(name: &str) -> GitError {
    GitError::Name(format!(
        "`{name}` is a file in the newest commit and has to be a folder; remove it in a commit"
    ))
}

/// Returns every file below a tree, by path.
pub(super) fn flat(
    repository: &Repository,
    tree: &Tree<'_>,
) -> Result<BTreeMap<String, ObjectId>, GitError> {
    let mut files = BTreeMap::new();
    let mut folders = vec![(String::new(), tree.id())];
    while let Some((folder, id)) = folders.pop() {
        let tree = repository.find_tree(id).doing("read a tree")?;
        for entry in &tree {
            let name = entry.name().map_err(|_| {
                let name = String::from_utf8_lossy(entry.name_bytes());
                GitError::Name(format!(
                    "`{folder}{}` in the evidence is no UTF-8 name; remove it in a commit",
                    name.escape_debug()
                ))
            })?;
            let path = format!("{folder}{name}");
            if entry.kind() == Some(ObjectType::Tree) {
                folders.push((format!("{path}/"), entry.id()));
            } else if entry.kind() == Some(ObjectType::Blob) {
                files.insert(path, ObjectId(entry.id()));
            }
        }
    }
    Ok(files)
}
