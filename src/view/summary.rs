//! The front page: what there is, what fails first, what is incomplete.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::assess::{CheckOutcome, Outcome, Status, Verdict};
use crate::check::Basis;

use super::card::CheckRef;
use super::index::Index;
use super::page::{PageRef, PageView};
use super::{Count, words};

/// Something to export, and what it would decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// What to export.
    pub export: String,
    /// The checks it is missing for.
    pub checks: Vec<CheckRef>,
}

/// What the front page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// How many pages have each status, worst first, `none` last.
    pub statuses: Vec<Count>,
    /// How many checks have each verdict, in the order of verdicts.
    pub verdicts: Vec<Count>,
    /// How many checks judge only what platforms not in use have.
    pub left_out: usize,
    /// How many checks there are.
    pub checks: usize,
    /// How many subjects were looked at, over all checks.
    pub subjects: usize,
    /// How many statements were examined.
    pub examined: usize,
    /// How many statements there are.
    pub total: usize,
    /// The pages that have a status, worst first, then in the order of the book.
    pub pages: Vec<PageRef>,
    /// The checks of the standard that fail or have expired, the most severe first.
    pub failing: Vec<CheckRef>,
    /// The checks of the sources' guidance that fail or have expired, the most severe first.
    pub guidance: Vec<CheckRef>,
    /// The checks that could not be decided, those of the standard first.
    pub incomplete: Vec<CheckRef>,
    /// What to export next, what decides most first.
    pub missing: Vec<Missing>,
}

/// Returns what the front page shows.
pub(crate) fn of(pages: &[PageView], outcome: &Outcome, index: &Index<'_>) -> Summary {
    let mut with_status: Vec<PageRef> = Vec::new();
    for status in Status::ALL {
        let same = pages
            .iter()
            .filter(|page| page.page.status == status.as_str());
        with_status.extend(same.map(|page| page.page.clone()));
    }
    Summary {
        statuses: statuses(pages),
        verdicts: verdicts(&outcome.checks),
        left_out: outcome.checks.iter().filter(|check| check.left_out).count(),
        checks: outcome.checks.len(),
        subjects: outcome
            .checks
            .iter()
            .map(|check| check.findings.len())
            .sum(),
        examined: pages.iter().map(|page| page.examined).sum(),
        total: pages.iter().map(|page| page.total).sum(),
        pages: with_status,
        failing: failing(outcome, index, Basis::Standard),
        guidance: failing(outcome, index, Basis::Source),
        incomplete: incomplete(outcome, index),
        missing: missing(outcome, index),
    }
}

fn statuses(pages: &[PageView]) -> Vec<Count> {
    Status::ALL
        .into_iter()
        .map(Some)
        .chain([None])
        .map(words::status)
        .map(|word| Count {
            word,
            n: pages.iter().filter(|page| page.page.status == word).count(),
        })
        .collect()
}

fn verdicts(checks: &[CheckOutcome]) -> Vec<Count> {
    Verdict::ALL
        .into_iter()
        .map(|verdict| Count {
            word: verdict.as_str(),
            n: checks
                .iter()
                .filter(|check| check.verdict == verdict && !check.left_out)
                .count(),
        })
        .collect()
}

fn failing(outcome: &Outcome, index: &Index<'_>, basis: Basis) -> Vec<CheckRef> {
    let mut checks: Vec<&CheckOutcome> = outcome
        .checks
        .iter()
        .filter(|check| {
            !check.left_out
                && check.basis == basis
                && matches!(check.verdict, Verdict::Fail | Verdict::Expired)
        })
        .collect();
    // The sort is stable: checks of one severity stay in the order of the book.
    checks.sort_by_key(|check| (Reverse(check.severity), check.strength));
    checks
        .into_iter()
        .map(|check| CheckRef::of(check, index))
        .collect()
}

fn incomplete(outcome: &Outcome, index: &Index<'_>) -> Vec<CheckRef> {
    let mut checks: Vec<&CheckOutcome> = outcome
        .checks
        .iter()
        .filter(|check| !check.left_out)
        .filter(|check| matches!(check.verdict, Verdict::Error | Verdict::NotChecked))
        .collect();
    checks.sort_by_key(|check| (check.basis, check.verdict, Reverse(check.severity)));
    checks
        .into_iter()
        .map(|check| CheckRef::of(check, index))
        .collect()
}

fn missing(outcome: &Outcome, index: &Index<'_>) -> Vec<Missing> {
    let mut by_export: BTreeMap<&str, Vec<&CheckOutcome>> = BTreeMap::new();
    for check in outcome.checks.iter().filter(|check| !check.left_out) {
        for export in &check.missing {
            by_export.entry(export).or_default().push(check);
        }
    }
    let mut missing: Vec<Missing> = by_export
        .into_iter()
        .map(|(export, checks)| Missing {
            export: export.to_owned(),
            checks: checks
                .into_iter()
                .map(|check| CheckRef::of(check, index))
                .collect(),
        })
        .collect();
    missing.sort_by_key(|missing| Reverse(missing.checks.len()));
    missing
}
