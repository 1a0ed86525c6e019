//! The repository, as evidence needs it. The one place that knows libgit2.

mod commit;
mod history;
mod identity;
mod locks;
#[cfg(test)]
pub(crate) mod sandbox;
mod settings;
mod sign;
mod signed;
mod tag;
mod tree;
mod worktree;

use std::fmt;
use std::path::{Path, PathBuf};

use git2::{ErrorCode, ObjectType, Oid, Repository, RepositoryState};

pub(crate) use commit::{Head, NewCommit};
pub use history::Signature;
pub(crate) use history::{Change, Commit, Touch};
pub(crate) use identity::Identity;
pub use settings::GitVariables;
pub(crate) use sign::Signer;
pub(crate) use signed::Signable;
pub use signed::Signed;
pub(crate) use tag::NewTag;
pub(crate) use tree::NewTree;
pub(crate) use worktree::IndexChange;

/// The id of an object of the repository.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ObjectId(Oid);

impl ObjectId {
    /// Returns the id that the text is in full.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Oid::from_str(text).ok().map(Self)
    }

    /// Returns the id that a file of these bytes has.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        Oid::hash_object(ObjectType::Blob, bytes).ok().map(Self)
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What keeps evidence from being read from or written to the repository.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// No repository holds the workbook.
    #[error("{} is in no git repository; evidence is kept in commits: type `git init` there", .0.display())]
    NoRepository(PathBuf),
    /// The repository has no work tree.
    #[error("{} is a bare repository; stamp in a clone that has a work tree", .0.display())]
    Bare(PathBuf),
    /// The repository belongs to somebody else.
    #[error(
        "{0} belongs to another user; if you trust it, type `git config --global --add \
         safe.directory {0}`"
    )]
    NotTrusted(String),
    /// A merge, rebase or the like is under way.
    #[error("{0} is under way in the repository; finish or abort it, then stamp again")]
    UnderWay(&'static str),
    /// The index holds conflicts.
    #[error("the index holds conflicts ({}); resolve them, then stamp again", .0.join(", "))]
    Conflicts(Vec<String>),
    /// Another git process holds the index.
    #[error(
        "another git process works in the repository ({} exists); wait for it, or remove the file \
         if it crashed",
        .0.display()
    )]
    IndexLocked(PathBuf),
    /// Nobody is named as author.
    #[error(
        "git does not know who you are; type `git config --global user.name \"YOUR NAME\"` and \
         `git config --global user.email YOU@EXAMPLE.COM`"
    )]
    NoIdentity,
    /// The settings ask for a signature that can't be made.
    #[error("git is set to sign (commit.gpgsign), and {0}")]
    Signing(String),
    /// The branch moved while we stamped.
    #[error("{0} moved while the run was stamped; nothing was changed: stamp again")]
    Moved(String),
    /// A name is not UTF-8, or is taken by something else.
    #[error("{0}")]
    Name(String),
    /// A revision that the repository does not have.
    #[error("`{0}` names no commit of the repository")]
    NoCommit(String),
    /// Anything else libgit2 says.
    #[error("git failed to {doing}: {reason}")]
    Other {
        /// What was being done.
        doing: &'static str,
        /// What libgit2 said.
        reason: String,
    },
}

/// Adds what was being done to an error of libgit2.
trait Doing<T> {
    /// Says what was being done, fitting "failed to ...".
    fn doing(self, doing: &'static str) -> Result<T, GitError>;
}

impl<T> Doing<T> for Result<T, git2::Error> {
    fn doing(self, doing: &'static str) -> Result<T, GitError> {
        self.map_err(|error| GitError::Other {
            doing,
            reason: error.message().to_owned(),
        })
    }
}

/// The repository that holds a workbook.
pub(crate) struct Repo {
    inner: Repository,
    root: PathBuf,
    prefix: String,
}

impl Repo {
    /// Opens the repository whose work tree holds the workbook folder.
    pub(crate) fn open(workbook: &Path, variables: &GitVariables) -> Result<Self, GitError> {
        let missing = || GitError::NoRepository(workbook.to_owned());
        let folder = workbook.canonicalize().map_err(|_| missing())?;
        let inner = Repository::discover(&folder).map_err(|error| match error.code() {
            ErrorCode::NotFound => missing(),
            ErrorCode::Owner => GitError::NotTrusted(folder.display().to_string()),
            _ => GitError::Other {
                doing: "open the repository",
                reason: error.message().to_owned(),
            },
        })?;
        settings::apply(&inner, variables)?;
        let Some(root) = inner.workdir().filter(|_| !inner.is_bare()) else {
            return Err(GitError::Bare(inner.path().to_owned()));
        };
        let root = root.canonicalize().map_err(|_| missing())?;
        let mut prefix = String::new();
        for part in folder.strip_prefix(&root).map_err(|_| missing())? {
            let part = part.to_str().ok_or_else(|| {
                GitError::Name(format!("the path {} is not UTF-8", folder.display()))
            })?;
            prefix.push_str(part);
            prefix.push('/');
        }
        Ok(Self {
            inner,
            root,
            prefix,
        })
    }

    /// Returns the git folder that all work trees share.
    pub(crate) fn common_dir(&self) -> &Path {
        self.inner.commondir()
    }

    /// Returns the git folder of this work tree.
    pub(crate) fn git_dir(&self) -> &Path {
        self.inner.path()
    }

    /// Returns the folder of the workbook.
    pub(crate) fn workbook_dir(&self) -> PathBuf {
        self.root.join(&self.prefix)
    }

    /// Returns the workbook's folder below the work tree, with a slash at its end; empty where it
    /// is the work tree.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Tells whether the clone has only the newest part of the history.
    pub(crate) fn is_shallow(&self) -> bool {
        self.inner.is_shallow()
    }

    /// Refuses a repository in the middle of something, or in use by another git process.
    pub(crate) fn refuse_unsettled(&self) -> Result<(), GitError> {
        let under_way = match self.inner.state() {
            RepositoryState::Clean => None,
            RepositoryState::Merge => Some("a merge"),
            RepositoryState::Revert | RepositoryState::RevertSequence => Some("a revert"),
            RepositoryState::CherryPick | RepositoryState::CherryPickSequence => {
                Some("a cherry-pick")
            }
            RepositoryState::Bisect => Some("a bisect"),
            RepositoryState::Rebase
            | RepositoryState::RebaseInteractive
            | RepositoryState::RebaseMerge
            | RepositoryState::ApplyMailboxOrRebase => Some("a rebase"),
            RepositoryState::ApplyMailbox => Some("`git am`"),
        };
        let conflicts = self.conflicts()?;
        if !conflicts.is_empty() {
            return Err(GitError::Conflicts(conflicts));
        }
        if let Some(under_way) = under_way {
            return Err(GitError::UnderWay(under_way));
        }
        let lock = self.git_dir().join("index.lock");
        if lock.exists() {
            return Err(GitError::IndexLocked(lock));
        }
        Ok(())
    }

    /// Returns the path in the repository of a path in the workbook.
    fn full(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// Returns the path in the workbook of a path in the repository, if it lies there.
    fn own<'p>(&self, path: &'p str) -> Option<&'p str> {
        path.strip_prefix(self.prefix.as_str())
    }
}
