//! The stamped definitions once more, on the stored exports or on exports made again.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Examples, LoadError, StampedError, StampedWorkbook};
use crate::assess::{Earlier, Outcome};
use crate::evidence::{
    self, AtError, Comparison, EvidenceAt, FoundCheck, GitVariables, Replay, Side, StampError,
};
use crate::inventory::FileListing;
use crate::source::Date;

/// Why nothing could be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The definitions can't be had.
    #[error(transparent)]
    Stamped(#[from] StampedError),
    /// The exports can't be read.
    #[error(transparent)]
    Exports(#[from] LoadError),
    /// Evidence can't be read.
    #[error(transparent)]
    At(#[from] AtError),
    /// A check can't have a record.
    #[error(transparent)]
    Record(#[from] StampError),
}

/// What stamped definitions find on exports.
struct Found {
    checks: BTreeMap<String, FoundCheck>,
    outcome: Outcome,
    listing: Vec<FileListing>,
}

/// Evaluates the definitions of a run on exports, judged on a date.
fn evaluate(
    root: &Path,
    variables: &GitVariables,
    at: &EvidenceAt,
    exports: &Path,
    today: Date,
) -> Result<Found, ReplayError> {
    // The commit that a run was made on may be gone with a branch; its own holds the same.
    let base = at.run.body.commit.as_deref();
    let base = base.filter(|base| evidence::has_commit(root, variables, base));
    let definitions = base.unwrap_or(&at.commit);
    let stamped = StampedWorkbook::at(root, definitions, variables, Examples::NotWanted)?;
    let workbook = &stamped.workbook;
    let earlier = match &at.run.body.commit {
        Some(_) => {
            let wanted = workbook.compared();
            evidence::earlier_at(root, variables, Some(definitions), &wanted)
        }
        None => Earlier::Nothing,
    };
    let inventory = workbook.inventory(exports)?;
    let listing = inventory.files.clone();
    let outcome = workbook.assess(inventory, &earlier, today);
    Ok(Found {
        checks: evidence::found_now(&outcome, &listing),
        outcome,
        listing,
    })
}

/// Runs the definitions of a run on its exports and compares what comes out: values, then bytes.
///
/// # Errors
///
/// Fails if the definitions or the exports can't be read.
pub fn replay(
    root: &Path,
    variables: &GitVariables,
    at: &EvidenceAt,
    exports: &Path,
) -> Result<Replay, ReplayError> {
    let found = evaluate(root, variables, at, exports, at.run.body.as_of)?;
    Ok(evidence::replayed(at, &found.outcome, &found.listing)?)
}

/// Compares what a run found with what its definitions find on exports that were made again.
///
/// # Errors
///
/// Fails if the definitions or the exports can't be read.
pub fn perform_again(
    root: &Path,
    variables: &GitVariables,
    at: &EvidenceAt,
    exports: &Path,
    today: Date,
) -> Result<Comparison, ReplayError> {
    let found = evaluate(root, variables, at, exports, today)?;
    let was = at.found()?;
    Ok(evidence::compare(
        (Side::stamped(at), &was),
        (Side::now(today), &found.checks),
    ))
}
