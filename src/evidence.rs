//! Stamped evidence: records, runs, the repository that keeps them, and whether it still does.
//!
//! A record says what a check found, a run lists the digests of all records, and each run names
//! the runs it follows. All of it is written in one commit, and read from commits.

mod chain;
mod checkout;
mod earlier;
mod git;
mod lock;
mod record;
mod redact;
mod run;
#[cfg(test)]
mod samples;
mod stamp;
mod stored;
mod subjects;
mod verify;
mod words;
mod writer;

pub use checkout::{CheckoutError, finish_checkout};
pub use earlier::{earlier, earlier_of};
pub use git::{GitError, GitVariables, Signature};
pub use lock::LockError;
pub use record::{ExportRead, Record, RecordedFinding};
pub use run::{Export, Previous, Run, RunBody, RunId};
pub use stamp::{StampError, Stamped, Stamping, Uncommitted, WATCHED, stamp};
pub use stored::{Evidence, Stored, evidence_at};
pub use verify::{
    Author, Break, DefinitionChange, DefinitionState, FileChange, Found, HeadRun, Note, Problem,
    Standing, Unstamped, Verification, verify,
};
