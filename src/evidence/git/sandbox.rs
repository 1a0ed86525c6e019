//! Repositories for tests, made without git's command line and without anybody's settings.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use git2::build::CheckoutBuilder;
use git2::{IndexAddOption, Repository, RepositoryInitOptions, Signature, Status, Time};
use tempfile::TempDir;

use super::settings::{GitVariables, apply};

/// A repository in a temporary folder.
pub(crate) struct Sandbox {
    folder: TempDir,
    repository: Repository,
    seconds: std::cell::Cell<i64>,
}

/// What a test wants unchanged: files of the work tree, entries of the index, states.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Snapshot {
    files: BTreeMap<String, Vec<u8>>,
    index: BTreeMap<String, String>,
    states: BTreeMap<String, String>,
}

impl Sandbox {
    /// Makes a repository without a commit, and with a name and a mail address.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut options = RepositoryInitOptions::new();
        options.initial_head("main");
        let repository = Repository::init_opts(folder.path(), &options).expect("a repository");
        apply(&repository, &GitVariables::isolated()).expect("settings");
        let sandbox = Self {
            folder,
            repository,
            seconds: std::cell::Cell::new(1_795_000_000),
        };
        sandbox.set("user.name", "Stamper");
        sandbox.set("user.email", "stamper@example.com");
        sandbox
    }

    /// Makes a repository with a small workbook, committed.
    pub(crate) fn workbook() -> Self {
        let sandbox = Self::empty();
        sandbox.write("workbook.toml", "organisation = \"Example\"\n");
        sandbox.write("book/src/ecs-net.md", "# Networks\n");
        sandbox.write("checks/lists/tls.toml", "policies = []\n");
        sandbox.write("README.md", "one\n");
        sandbox.write(".gitignore", "/exports\n*.log\n");
        sandbox.write("exports/aws/clusters.json", "{}\n");
        sandbox.commit("workbook: begin");
        sandbox
    }

    /// Returns the folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Sets one of git's settings in the repository.
    pub(crate) fn set(&self, name: &str, value: &str) {
        let path = self.repository.commondir().join("config");
        let mut config = git2::Config::open(&path).expect("the settings");
        config.set_str(name, value).expect("a setting");
    }

    /// Removes one of git's settings from the repository.
    pub(crate) fn unset(&self, name: &str) {
        let path = self.repository.commondir().join("config");
        let mut config = git2::Config::open(&path).expect("the settings");
        config.remove(name).expect("a setting");
    }

    /// Writes a file.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// Reads a file.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).expect("a file")
    }

    /// Removes a file.
    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.path().join(path)).expect("a file");
    }

    /// Puts a file into the index.
    pub(crate) fn stage(&self, path: &str) {
        let mut index = self.repository.index().expect("the index");
        index.read(true).expect("the index");
        index.add_path(path.as_ref()).expect("an entry");
        index.write().expect("the index");
    }

    /// Commits the whole work tree, as somebody who is no run.
    pub(crate) fn commit(&self, message: &str) -> String {
        let mut index = self.repository.index().expect("the index");
        index.read(true).expect("the index");
        index
            .add_all(["*"], IndexAddOption::DEFAULT, None)
            .expect("entries");
        index.update_all(["*"], None).expect("entries");
        index.write().expect("the index");
        let tree = index.write_tree().expect("a tree");
        let parent = self
            .repository
            .head()
            .ok()
            .map(|head| head.peel_to_commit().expect("a commit"));
        self.commit_tree(tree, message, &parent.iter().collect::<Vec<_>>())
    }

    fn commit_tree(&self, tree: git2::Oid, message: &str, parents: &[&git2::Commit<'_>]) -> String {
        self.seconds.set(self.seconds.get() + 1);
        let time = Time::new(self.seconds.get(), 0);
        let editor = Signature::new("Editor", "editor@example.com", &time).expect("a person");
        let tree = self.repository.find_tree(tree).expect("a tree");
        self.repository
            .commit(Some("HEAD"), &editor, &editor, message, &tree, parents)
            .expect("a commit")
            .to_string()
    }

    /// Returns the newest commit's id.
    pub(crate) fn head(&self) -> String {
        let head = self.repository.head().expect("a head");
        head.peel_to_commit().expect("a commit").id().to_string()
    }

    /// Returns the newest commit's message.
    pub(crate) fn message(&self) -> String {
        let head = self
            .repository
            .head()
            .expect("a head")
            .peel_to_commit()
            .expect("a commit");
        head.message().expect("a message").to_owned()
    }

    /// Returns a commit's message.
    pub(crate) fn message_of(&self, revision: &str) -> String {
        let object = self.repository.revparse_single(revision).expect("a commit");
        let commit = object.peel_to_commit().expect("a commit");
        commit.message().expect("a message").to_owned()
    }

    /// Puts the whole work tree into the newest commit, as `git commit --amend --all` does.
    pub(crate) fn amend(&self) {
        let mut index = self.repository.index().expect("the index");
        index.read(true).expect("the index");
        index
            .add_all(["*"], IndexAddOption::DEFAULT, None)
            .expect("entries");
        index.update_all(["*"], None).expect("entries");
        index.write().expect("the index");
        let tree = index.write_tree().expect("a tree");
        let tree = self.repository.find_tree(tree).expect("a tree");
        let head = self
            .repository
            .head()
            .expect("a head")
            .peel_to_commit()
            .expect("a commit");
        head.amend(Some("HEAD"), None, None, None, None, Some(&tree))
            .expect("a commit");
    }

    /// Returns how many commits are reachable from the newest.
    pub(crate) fn commits(&self) -> usize {
        let mut walk = self.repository.revwalk().expect("a walk");
        walk.push_head().map_or(0, |()| walk.count())
    }

    /// Makes a branch here.
    pub(crate) fn branch(&self, name: &str) {
        let head = self
            .repository
            .head()
            .expect("a head")
            .peel_to_commit()
            .expect("a commit");
        self.repository
            .branch(name, &head, false)
            .expect("a branch");
    }

    /// Removes a branch.
    pub(crate) fn drop_branch(&self, name: &str) {
        let found = self.repository.find_branch(name, git2::BranchType::Local);
        found.expect("a branch").delete().expect("a branch");
    }

    /// Returns the bytes that a revision with a path names.
    pub(crate) fn bytes_of(&self, name: &str) -> Vec<u8> {
        let object = self.repository.revparse_single(name).expect("a file");
        object.as_blob().expect("a file").content().to_vec()
    }

    /// Checks a branch out.
    pub(crate) fn switch(&self, name: &str) {
        self.repository
            .set_head(&format!("refs/heads/{name}"))
            .expect("a branch");
        self.reset();
    }

    /// Leaves every branch.
    pub(crate) fn detach(&self) {
        let head = self
            .repository
            .head()
            .expect("a head")
            .peel_to_commit()
            .expect("a commit");
        self.repository
            .set_head_detached(head.id())
            .expect("a detached HEAD");
    }

    /// Sets work tree and index to the newest commit.
    pub(crate) fn reset(&self) {
        let mut index = self.repository.index().expect("the index");
        index.read(true).expect("the index");
        self.repository
            .checkout_head(Some(CheckoutBuilder::new().force()))
            .expect("a checkout");
    }

    /// Puts the whole work tree into the index.
    pub(crate) fn stage_all(&self) {
        let mut index = self.repository.index().expect("the index");
        index.read(true).expect("the index");
        index
            .add_all(["*"], IndexAddOption::DEFAULT, None)
            .expect("entries");
        index.update_all(["*"], None).expect("entries");
        index.write().expect("the index");
    }

    /// Sets branch, index and work tree to a commit, and removes what git does not know.
    pub(crate) fn back_to(&self, commit: &str) {
        let object = self.repository.revparse_single(commit).expect("a commit");
        let mut checkout = CheckoutBuilder::new();
        checkout.force().remove_untracked(true);
        self.repository
            .reset(&object, git2::ResetType::Hard, Some(&mut checkout))
            .expect("a reset");
    }

    /// Commits files on top of parents without touching index, work tree or branch; of several
    /// parents the first one's files stay.
    pub(crate) fn plumb(
        &self,
        parents: &[&str],
        files: &[(String, &[u8])],
        message: &str,
    ) -> String {
        self.seconds.set(self.seconds.get() + 1);
        let time = Time::new(self.seconds.get(), 0);
        let editor = Signature::new("Editor", "editor@example.com", &time).expect("a person");
        let parents: Vec<_> = parents
            .iter()
            .map(|parent| {
                let id = git2::Oid::from_str(parent).expect("an id");
                self.repository.find_commit(id).expect("a commit")
            })
            .collect();
        let mut update = git2::build::TreeUpdateBuilder::new();
        for (path, bytes) in files {
            let blob = self.repository.blob(bytes).expect("a file");
            update.upsert(path.as_str(), blob, git2::FileMode::Blob);
        }
        let base = parents.first().expect("a parent").tree().expect("a tree");
        let tree = update
            .create_updated(&self.repository, &base)
            .expect("a tree");
        let tree = self.repository.find_tree(tree).expect("a tree");
        let parents: Vec<_> = parents.iter().collect();
        self.repository
            .commit(None, &editor, &editor, message, &tree, &parents)
            .expect("a commit")
            .to_string()
    }

    /// Sets files of the work tree below a folder to the newest commit's.
    pub(crate) fn check_out(&self, folder: &str) {
        let mut checkout = CheckoutBuilder::new();
        checkout.force().path(folder);
        self.repository
            .checkout_head(Some(&mut checkout))
            .expect("a checkout");
    }

    /// Merges a branch; conflicting files are taken from the other branch.
    pub(crate) fn merge(&self, name: &str) {
        let ours = self
            .repository
            .head()
            .expect("a head")
            .peel_to_commit()
            .expect("a commit");
        let branch = format!("refs/heads/{name}");
        let theirs = self.repository.find_reference(&branch).expect("a branch");
        let theirs = theirs.peel_to_commit().expect("a commit");
        let mut merged = self
            .repository
            .merge_commits(&ours, &theirs, None)
            .expect("a merge");
        let conflicts: Vec<_> = merged.conflicts().expect("conflicts").flatten().collect();
        for conflict in conflicts {
            let entry = conflict.their.expect("their file");
            let path = PathBuf::from(String::from_utf8(entry.path.clone()).expect("UTF-8"));
            merged.conflict_remove(&path).expect("a conflict");
            merged
                .add(&git2::IndexEntry { flags: 0, ..entry })
                .expect("an entry");
        }
        let tree = merged.write_tree_to(&self.repository).expect("a tree");
        self.commit_tree(tree, "merge a branch", &[&ours, &theirs]);
        self.reset();
    }

    /// Leaves a merge of a branch unfinished, with its conflicts.
    pub(crate) fn begin_merge(&self, name: &str) {
        let branch = self
            .repository
            .find_reference(&format!("refs/heads/{name}"));
        let theirs = self
            .repository
            .reference_to_annotated_commit(&branch.expect("a branch"))
            .expect("a commit");
        self.repository
            .merge(&[&theirs], None, None)
            .expect("a merge");
    }

    /// Commits the newest commit's tree as one commit on an older one, as a squash does.
    pub(crate) fn squash_onto(&self, revision: &str, message: &str) {
        let head = self
            .repository
            .head()
            .expect("a head")
            .peel_to_commit()
            .expect("a commit");
        let object = self.repository.revparse_single(revision).expect("a commit");
        let base = object.peel_to_commit().expect("a commit");
        self.repository
            .reset(base.as_object(), git2::ResetType::Soft, None)
            .expect("a reset");
        self.commit_tree(head.tree_id(), message, &[&base]);
        self.reset();
    }

    /// Adds a work tree on a new branch.
    pub(crate) fn worktree(&self, name: &str, path: &Path) {
        self.repository
            .worktree(name, path, None)
            .expect("a work tree");
    }

    /// Returns the bytes of a file of the newest commit.
    pub(crate) fn committed(&self, path: &str) -> Option<Vec<u8>> {
        let tree = self
            .repository
            .head()
            .expect("a head")
            .peel_to_tree()
            .expect("a tree");
        let entry = tree.get_path(path.as_ref()).ok()?;
        let blob = self.repository.find_blob(entry.id()).expect("a file");
        Some(blob.content().to_vec())
    }

    /// Returns the paths that differ from the newest commit or the index.
    pub(crate) fn states(&self) -> BTreeMap<String, String> {
        let mut index = self.repository.index().expect("the index");
        index.read(true).expect("the index");
        let mut options = git2::StatusOptions::new();
        options.include_untracked(true).recurse_untracked_dirs(true);
        let statuses = self
            .repository
            .statuses(Some(&mut options))
            .expect("states");
        statuses
            .iter()
            .filter(|entry| entry.status() != Status::CURRENT)
            .map(|entry| {
                (
                    entry.path().expect("UTF-8").to_owned(),
                    format!("{:?}", entry.status()),
                )
            })
            .collect()
    }

    /// Returns everything outside the machine's evidence.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let ours = |path: &str| {
            path.starts_with("evidence/records")
                || path.starts_with("evidence/runs")
                || path == "evidence/.gitattributes"
        };
        let mut files = BTreeMap::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                let name = path
                    .strip_prefix(self.path())
                    .expect("below")
                    .to_string_lossy()
                    .into_owned();
                if path.is_dir() && name != ".git" {
                    folders.push(path);
                } else if path.is_file() && !ours(&name) {
                    files.insert(name, fs::read(&path).expect("a file"));
                }
            }
        }
        let mut index = self.repository.index().expect("the index");
        index.read(true).expect("the index");
        // What the index remembers of the disk is git's to refresh, and left out.
        let index = index
            .iter()
            .map(|entry| {
                let path = String::from_utf8_lossy(&entry.path).into_owned();
                let flags = (entry.flags, entry.flags_extended);
                (path, format!("{} {:o} {flags:?}", entry.id, entry.mode))
            })
            .filter(|(path, _)| !ours(path))
            .collect();
        let states = self
            .states()
            .into_iter()
            .filter(|(path, _)| !ours(path))
            .collect();
        Snapshot {
            files,
            index,
            states,
        }
    }
}
