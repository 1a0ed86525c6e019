//! The newest commit, and the one compare-and-swap that replaces it.

use git2::{ErrorCode, Signature, Time};

use crate::source::Instant;

use super::{Doing, GitError, Identity, ObjectId, Repo, Signer};

/// What `HEAD` is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Head {
    /// A branch that has no commit yet.
    Unborn {
        /// The full name of the branch.
        branch: String,
    },
    /// A branch.
    Branch {
        /// The full name of the branch.
        branch: String,
        /// Its newest commit.
        commit: ObjectId,
    },
    /// A commit, on no branch. Stamping moves `HEAD` itself, as `git commit` does.
    Detached {
        /// The commit.
        commit: ObjectId,
    },
}

impl Head {
    /// Returns the newest commit.
    pub(crate) fn commit(&self) -> Option<ObjectId> {
        match self {
            Self::Unborn { .. } => None,
            Self::Branch { commit, .. } | Self::Detached { commit } => Some(*commit),
        }
    }

    /// Returns the branch's short name.
    pub(crate) fn branch(&self) -> Option<&str> {
        match self {
            Self::Unborn { branch } | Self::Branch { branch, .. } => {
                Some(branch.strip_prefix("refs/heads/").unwrap_or(branch))
            }
            Self::Detached { .. } => None,
        }
    }
}

/// A commit to be made.
#[derive(Debug)]
pub(crate) struct NewCommit<'a> {
    /// Its tree.
    pub tree: ObjectId,
    /// Its parent.
    pub parent: Option<ObjectId>,
    /// Its message.
    pub message: &'a str,
    /// Who makes it.
    pub identity: &'a Identity,
    /// How it is signed.
    pub signer: &'a Signer,
    /// When it is made.
    pub now: Instant,
}

impl Repo {
    /// Returns what `HEAD` is.
    pub(crate) fn head(&self) -> Result<Head, GitError> {
        let doing = "read HEAD";
        let head = self.inner.find_reference("HEAD").doing(doing)?;
        let name_error = || GitError::Name("the branch's name is not UTF-8".to_owned());
        match self.inner.head() {
            Ok(resolved) => {
                let commit = ObjectId(resolved.peel_to_commit().doing(doing)?.id());
                if self.inner.head_detached().doing(doing)? {
                    return Ok(Head::Detached { commit });
                }
                let branch = resolved.name().map_err(|_| name_error())?.to_owned();
                Ok(Head::Branch { branch, commit })
            }
            Err(error) if error.code() == ErrorCode::UnbornBranch => {
                let branch = head
                    .symbolic_target()
                    .ok()
                    .flatten()
                    .ok_or_else(name_error)?;
                Ok(Head::Unborn {
                    branch: branch.to_owned(),
                })
            }
            Err(error) => Err(error).doing(doing),
        }
    }

    /// Returns the commit that a revision names.
    pub(crate) fn resolve(&self, revision: &str) -> Result<ObjectId, GitError> {
        self.inner
            .revparse_single(revision)
            .and_then(|object| object.peel_to_commit())
            .map(|commit| ObjectId(commit.id()))
            .map_err(|_| GitError::NoCommit(revision.to_owned()))
    }

    /// Stores a commit, signed as the signer says, and returns its id. No reference moves.
    pub(crate) fn store_commit(&self, new: &NewCommit<'_>) -> Result<ObjectId, GitError> {
        let doing = "make a commit";
        let time = Time::new(new.now.unix(), 0);
        let person = |(name, mail): &(String, String)| Signature::new(name, mail, &time);
        let author = person(&new.identity.author).map_err(|_| GitError::NoIdentity)?;
        let committer = person(&new.identity.committer).map_err(|_| GitError::NoIdentity)?;
        let tree = self.inner.find_tree(new.tree.0).doing(doing)?;
        let parent = new
            .parent
            .map(|parent| self.inner.find_commit(parent.0))
            .transpose()
            .doing(doing)?;
        let parents: Vec<_> = parent.iter().collect();
        let buffer = self
            .inner
            .commit_create_buffer(&author, &committer, new.message, &tree, &parents)
            .doing(doing)?;
        let id = match new.signer.sign(&buffer, self.git_dir())? {
            Some(signature) => {
                let content = String::from_utf8_lossy(&buffer);
                self.inner
                    .commit_signed(&content, signature.trim_end(), Some("gpgsig"))
            }
            None => self
                .inner
                .commit(None, &author, &committer, new.message, &tree, &parents),
        };
        id.map(ObjectId).doing(doing)
    }

    /// Moves the branch (or a detached `HEAD`) to a commit, if it is still what it was.
    pub(crate) fn swap(&self, head: &Head, commit: ObjectId, log: &str) -> Result<(), GitError> {
        let (name, moved) = match head {
            Head::Unborn { branch } => (
                branch.as_str(),
                self.inner.reference(branch, commit.0, false, log),
            ),
            Head::Branch {
                branch,
                commit: was,
            } => (
                branch.as_str(),
                self.inner
                    .reference_matching(branch, commit.0, true, was.0, log),
            ),
            Head::Detached { commit: was } => (
                "HEAD",
                self.inner
                    .reference_matching("HEAD", commit.0, true, was.0, log),
            ),
        };
        match moved {
            Ok(_) => Ok(()),
            Err(error)
                if matches!(
                    error.code(),
                    ErrorCode::Modified | ErrorCode::Exists | ErrorCode::Locked
                ) =>
            {
                Err(GitError::Moved(name.to_owned()))
            }
            Err(error) => Err(error).doing("move the branch"),
        }
    }
}
