//! What is not as stamped, in plain words.

use std::fmt;

use crate::source::Instant;

use super::super::run::RunId;
use super::super::stored::RUNS;
use super::super::writer::unseen;

/// Something that is not as stamped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// A record, a subjects file or, in index or work tree, a run.
    File {
        /// The path in the workbook.
        path: String,
        /// What was done to it.
        change: FileChange,
        /// Where.
        found: Found,
    },
    /// A run that was edited after it was stamped.
    RunEdited {
        /// The run.
        run: RunId,
        /// Who did it, where the history tells.
        by: Option<Author>,
    },
    /// A run that is gone.
    RunDeleted {
        /// The run.
        run: RunId,
        /// Who removed it, where the history tells.
        by: Option<Author>,
    },
    /// A run that lies under another name.
    RunMoved {
        /// The run.
        run: RunId,
        /// The path in the workbook where it lies now.
        to: String,
        /// Who moved it, where the history tells.
        by: Option<Author>,
    },
    /// A file among the runs that no run wrote.
    RunAdded {
        /// The path in the workbook.
        path: String,
        /// What it is.
        reason: String,
        /// Who added it, where the history tells.
        by: Option<Author>,
    },
    /// A run whose commit does not say that it stamps it.
    RunUnstamped {
        /// The run.
        run: RunId,
        /// What the commit says.
        why: Unstamped,
        /// Who brought it.
        by: Author,
    },
    /// A run follows one that is not there, or is other.
    ChainBroken {
        /// The run that follows.
        run: RunId,
        /// The run that it follows.
        previous: RunId,
        /// How it breaks.
        how: Break,
    },
}

/// What was done to a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileChange {
    /// Its bytes are not those that were stamped.
    Edited,
    /// It was stamped and is gone.
    Deleted,
    /// No run lists it.
    Added,
    /// It lies elsewhere.
    Moved {
        /// The path in the workbook where it lies now.
        to: String,
    },
}

/// Where a change was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// In the newest commit; with who made the change, where the history tells.
    Commit(Option<Author>),
    /// In the index only, about to be committed.
    Index,
    /// In the work tree, not committed.
    WorkTree,
}

/// Who made a commit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Author {
    /// The commit's id.
    pub commit: String,
    /// The author, as `Name <mail>`.
    pub name: String,
    /// When it was committed.
    pub time: Option<Instant>,
}

/// What a commit that brought a run says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unstamped {
    /// Nothing: the run was written by hand, or a squash or rebase dropped the trailers.
    NoTrailer,
    /// Another digest: the run was changed, and the commit made again.
    OtherDigest,
}

/// How the chain breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Break {
    /// The run that is followed is not there.
    Missing,
    /// The run that is followed is not what it was.
    Differs,
}

/// Something to know that is no change after stamping.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Note {
    /// A commit that is no run changed evidence, and it is as stamped all the same: it was
    /// restored, or came by a squash, a rebase or a merge.
    Touched {
        /// The commit.
        by: Author,
        /// The files, by path in the workbook.
        files: Vec<String>,
    },
    /// Several newest runs, stamped in parallel and merged.
    Parallel(Vec<RunId>),
    /// A record and its subjects file that two parallel runs wrote.
    Mixed(String),
    /// The clone lacks older commits.
    Shallow,
    /// The checkout of a stamp that was killed can't be finished.
    Unfinished(String),
}

impl Problem {
    /// Returns the paths in the workbook of the files in question.
    pub(super) fn paths(&self) -> Vec<String> {
        let file = |run: &RunId| format!("{RUNS}/{}", run.file_name());
        match self {
            Self::File { path, change, .. } => match change {
                FileChange::Moved { to } => vec![path.clone(), to.clone()],
                FileChange::Edited | FileChange::Deleted | FileChange::Added => vec![path.clone()],
            },
            Self::RunAdded { path, .. } => vec![path.clone()],
            Self::RunMoved { run, to, .. } => vec![file(run), to.clone()],
            Self::RunEdited { run, .. }
            | Self::RunDeleted { run, .. }
            | Self::RunUnstamped { run, .. }
            | Self::ChainBroken { run, .. } => vec![file(run)],
        }
    }
}

/// Shows text of the repository so that it can't move the cursor of a terminal.
struct Plain<'t>(&'t str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            if unseen(c) {
                write!(f, "{}", c.escape_unicode())?;
            } else {
                write!(f, "{c}")?;
            }
        }
        Ok(())
    }
}

/// Shows who did something, or that the history does not tell.
struct By<'a>(Option<&'a Author>);

impl fmt::Display for By<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(author) => write!(f, "by {author}"),
            None => f.write_str("by a commit that this clone does not show"),
        }
    }
}

impl fmt::Display for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = self.commit.get(..12).unwrap_or(&self.commit);
        write!(f, "commit {short} of {}", Plain(&self.name))?;
        match self.time {
            Some(time) => write!(f, " at {time}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File {
                path,
                change,
                found,
            } => {
                let path = Plain(path);
                match change {
                    FileChange::Edited => write!(f, "{path} was edited")?,
                    FileChange::Deleted => write!(f, "{path} was deleted")?,
                    FileChange::Added => write!(f, "{path} was added by hand: no run lists it")?,
                    FileChange::Moved { to } => write!(f, "{path} was moved to {}", Plain(to))?,
                }
                match found {
                    Found::Commit(by) => write!(f, ", {}", By(by.as_ref())),
                    Found::Index => f.write_str(", in the index; it is not committed yet"),
                    Found::WorkTree => f.write_str(", in the work tree; it is not committed"),
                }
            }
            Self::RunEdited { run, by } => {
                write!(
                    f,
                    "run {run} was edited after it was stamped, {}",
                    By(by.as_ref())
                )
            }
            Self::RunDeleted { run, by } => write!(f, "run {run} was deleted, {}", By(by.as_ref())),
            Self::RunMoved { run, to, by } => {
                write!(
                    f,
                    "run {run} was moved to {}, {}",
                    Plain(to),
                    By(by.as_ref())
                )
            }
            Self::RunAdded { path, reason, by } => write!(
                f,
                "{} was added by hand among the runs ({}), {}",
                Plain(path),
                Plain(reason),
                By(by.as_ref())
            ),
            Self::RunUnstamped { run, why, by } => match why {
                Unstamped::NoTrailer => write!(
                    f,
                    "run {run} came without being stamped, by {by}: it was written by hand, or a \
                     squash or rebase dropped the trailers of its commit"
                ),
                Unstamped::OtherDigest => write!(
                    f,
                    "run {run} is not what its commit says it stamped, by {by}"
                ),
            },
            Self::ChainBroken { run, previous, how } => match how {
                Break::Missing => write!(
                    f,
                    "the chain breaks at run {run}: it follows {previous}, and {RUNS}/{} is missing",
                    previous.file_name()
                ),
                Break::Differs => write!(
                    f,
                    "the chain breaks at run {run}: {previous}, which it follows, is not what it \
                     was then"
                ),
            },
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Touched { by, files } => {
                write!(f, "{by} is no run and changed evidence: ")?;
                for (place, file) in files.iter().take(5).enumerate() {
                    let comma = if place > 0 { ", " } else { "" };
                    write!(f, "{comma}{}", Plain(file))?;
                }
                if files.len() > 5 {
                    write!(f, " and {} more", files.len() - 5)?;
                }
                f.write_str("; what is there now is as stamped")
            }
            Self::Parallel(runs) => {
                f.write_str("runs were stamped in parallel and merged: ")?;
                for (place, run) in runs.iter().enumerate() {
                    let comma = if place > 0 { ", " } else { "" };
                    write!(f, "{comma}{run}")?;
                }
                f.write_str("; the next run joins them")
            }
            Self::Mixed(path) => write!(
                f,
                "{} and its subjects file were written by two parallel runs; the next run mends it",
                Plain(path)
            ),
            Self::Shallow => f.write_str(
                "the clone is shallow: who changed what is told only as far as it reaches; type \
                 `git fetch --unshallow`",
            ),
            Self::Unfinished(reason) => {
                write!(
                    f,
                    "the checkout of the newest run is not finished: {}",
                    Plain(reason)
                )
            }
        }
    }
}
