//! Stamped evidence: records, runs, the repository that keeps them, and whether it still does.
//!
//! A record says what a check found, a run lists the digests of all records, and each run names
//! the runs it follows. All of it is written in one commit, and read from commits.

mod anchor;
mod chain;
mod checkout;
mod earlier;
mod export;
mod git;
mod history;
mod lock;
mod record;
mod redact;
mod replayed;
mod run;
#[cfg(test)]
mod samples;
mod stamp;
mod stored;
mod subjects;
mod verify;
mod words;
mod writer;

pub use anchor::{Anchor, AnchorError, AnchorTag, Anchored, Tagging, anchor};
pub use checkout::{CheckoutError, finish_checkout};
pub use earlier::{earlier, earlier_at, earlier_of};
pub use export::{ExportError, changed_since, export};
pub use git::{GitError, GitVariables, Signature, Signed};
pub use history::{
    AtError, Change, CheckDifference, Comparison, EvidenceAt, FoundCheck, LogEntry, Logged, Point,
    Row, Rows, Side, SubjectDifference, at, compare, found_now, log,
};
pub use lock::LockError;
pub use record::{ExportRead, Record, RecordedFinding};
pub use replayed::{ExportChange, FileDifference, Replay, as_listed, has_commit, replayed};
pub use run::{Export, Previous, Run, RunBody, RunHeader, RunId};
pub use stamp::{StampError, Stamped, Stamping, Uncommitted, WATCHED, stamp};
pub use stored::{Evidence, Stored, evidence_at};
pub use verify::{
    AnchorFault, AnchorOrigin, Asked, Author, Break, DefinitionChange, DefinitionState,
    FieldChange, FileChange, Found, HeadRun, HeldAnchor, Note, PartChange, Problem, Signatures,
    SignedRuns, Standing, Unstamped, Verification, verify,
};
