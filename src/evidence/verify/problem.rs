//! What is not as stamped, in plain words.

use crate::source::Instant;

use super::super::git::Signed;
use super::super::run::RunId;
use super::super::stored::{RECORDS, RUNS, is_record};
use super::anchored::{AnchorFault, HeldAnchor};
use super::fields::FieldChange;

/// Something that is not as stamped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// A record, a subjects file or, in index or work tree, a run.
    File {
        /// The path in the workbook.
        path: String,
        /// What was done to it.
        change: FileChange,
        /// Which fields are other, where the file was edited.
        fields: Vec<FieldChange>,
        /// Where.
        found: Found,
    },
    /// A run that was edited after it was stamped.
    RunEdited {
        /// The run.
        run: RunId,
        /// Which fields are other.
        fields: Vec<FieldChange>,
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
    /// A run does not follow the run that was the newest where it was made.
    RunOutOfChain {
        /// The run.
        run: RunId,
        /// The run that it had to follow.
        left_out: RunId,
        /// Who brought it.
        by: Author,
    },
    /// The commit of a run holds a record that is other than the run lists.
    RecordedOther {
        /// The path in the workbook.
        path: String,
        /// The run.
        run: RunId,
        /// Who made the commit.
        by: Author,
    },
    /// The commit of a run is not signed as it has to be.
    Signature {
        /// The run.
        run: RunId,
        /// How it is signed.
        signed: Signed,
        /// Who made the commit.
        by: Author,
    },
    /// The chain does not hold to an anchor.
    Anchor(HeldAnchor),
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
    /// Nothing, and the id is not the one that the run's content gives it: it was written by hand.
    NotSealed,
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
    /// A run whose commit does not name it. It is what its id says, and in the chain.
    NoTrailer {
        /// The run.
        run: RunId,
        /// Who brought it.
        by: Author,
    },
    /// Runs whose commit does not follow the one that they were made on.
    Relocated(Vec<RunId>),
    /// Runs that were recorded earlier than one that they follow.
    ClockBack(Vec<RunId>),
    /// The file that keeps git from changing the bytes of evidence is not the one of a run.
    Attributes(Option<Author>),
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
            Self::RunAdded { path, .. } | Self::RecordedOther { path, .. } => vec![path.clone()],
            Self::RunMoved { run, to, .. } => vec![file(run), to.clone()],
            Self::RunEdited { run, .. }
            | Self::RunDeleted { run, .. }
            | Self::RunUnstamped { run, .. }
            | Self::ChainBroken { run, .. }
            | Self::RunOutOfChain { run, .. }
            | Self::Signature { run, .. } => vec![file(run)],
            Self::Anchor(_) => Vec::new(),
        }
    }

    /// Returns the word for programs: what kind of file, and what was done.
    #[must_use]
    pub fn kind(&self) -> String {
        match self {
            Self::File { path, change, .. } => {
                let of_records = path.strip_prefix(RECORDS).is_some();
                let file = match (of_records, is_record(path)) {
                    (true, true) => "record",
                    (true, false) => "subjects",
                    (false, _) => "run",
                };
                let change = match change {
                    FileChange::Edited => "edited",
                    FileChange::Deleted => "deleted",
                    FileChange::Added => "added",
                    FileChange::Moved { .. } => "moved",
                };
                return format!("{file}-{change}");
            }
            Self::RunEdited { .. } => "run-edited",
            Self::RunDeleted { .. } => "run-deleted",
            Self::RunMoved { .. } => "run-moved",
            Self::RunAdded { .. } => "run-added",
            Self::RunUnstamped { .. } => "run-not-stamped",
            Self::ChainBroken { .. } => "chain-broken",
            Self::RunOutOfChain { .. } => "run-out-of-chain",
            Self::RecordedOther { .. } => "record-not-as-listed",
            Self::Signature { signed, .. } => match signed {
                Signed::Unsigned => "commit-unsigned",
                Signed::UnknownKey { .. } => "commit-signed-by-unknown-key",
                Signed::Bad { .. } => "commit-signature-bad",
                Signed::Good { .. } | Signed::Unchecked { .. } => "commit-signature-unchecked",
            },
            Self::Anchor(held) => match held.fault {
                Some(AnchorFault::Missing) | None => "anchored-run-missing",
                Some(AnchorFault::Deleted) => "anchored-run-deleted",
                Some(AnchorFault::Elsewhere { .. }) => "anchored-run-on-another-chain",
                Some(AnchorFault::Unreadable) => "anchor-unreadable",
                Some(AnchorFault::BadSignature { .. }) => "anchor-signature-bad",
            },
        }
        .to_owned()
    }

    /// Returns which fields are other, where that is what is wrong.
    #[must_use]
    pub fn fields(&self) -> &[FieldChange] {
        match self {
            Self::File { fields, .. } | Self::RunEdited { fields, .. } => fields,
            Self::RunDeleted { .. }
            | Self::RunMoved { .. }
            | Self::RunAdded { .. }
            | Self::RunUnstamped { .. }
            | Self::ChainBroken { .. }
            | Self::RunOutOfChain { .. }
            | Self::RecordedOther { .. }
            | Self::Signature { .. }
            | Self::Anchor(_) => &[],
        }
    }

    /// Returns who did it, where the history tells.
    #[must_use]
    pub fn by(&self) -> Option<&Author> {
        match self {
            Self::File { found, .. } => match found {
                Found::Commit(by) => by.as_ref(),
                Found::Index | Found::WorkTree => None,
            },
            Self::RunEdited { by, .. }
            | Self::RunDeleted { by, .. }
            | Self::RunMoved { by, .. }
            | Self::RunAdded { by, .. } => by.as_ref(),
            Self::RunUnstamped { by, .. }
            | Self::RunOutOfChain { by, .. }
            | Self::RecordedOther { by, .. }
            | Self::Signature { by, .. } => Some(by),
            Self::ChainBroken { .. } | Self::Anchor(_) => None,
        }
    }

    /// Returns the files in question, by path in the workbook.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        self.paths()
    }
}
