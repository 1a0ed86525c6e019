//! What was found, made from evidence again: for the book of an older run.

use std::collections::BTreeMap;

use super::Workbook;
use crate::assess::{CheckOutcome, Exported, Finding, Outcome, Verdict, outcome_of};
use crate::check::Check;
use crate::evidence::{AtError, EvidenceAt, FoundCheck, RecordedFinding, Row, Rows};
use crate::inventory::State;

/// Returns the outcome that evidence holds, with the checks of the workbook of its commit.
///
/// # Errors
///
/// Fails if a record can't be read.
pub fn rebuilt(workbook: &Workbook, at: &EvidenceAt) -> Result<Outcome, AtError> {
    let found = at.found()?;
    let checks = workbook
        .checks
        .iter()
        .map(|check| outcome(check, found.get(&check.id.value)))
        .collect();
    let exported = match at.run.body.exports.is_empty() {
        true => Exported::Nothing,
        false => Exported::Something,
    };
    Ok(outcome_of(
        &workbook.book,
        checks,
        at.run.body.as_of,
        exported,
    ))
}

fn outcome(check: &Check, found: Option<&FoundCheck>) -> CheckOutcome {
    let values = |items: &[crate::source::Spanned<String>]| {
        items.iter().map(|item| item.value.clone()).collect()
    };
    let record = found.map(|found| &found.record);
    CheckOutcome {
        id: check.id.value.clone(),
        page: check.page.clone(),
        title: check.title.clone(),
        kind: check.kind(),
        basis: check.basis,
        strength: check.strength,
        severity: check.severity,
        requirements: values(&check.requirements),
        statements: values(&check.statements),
        procedures: check.procedures.clone(),
        // A check without a record was not judged.
        verdict: record.map_or(Verdict::NotChecked, |record| record.verdict),
        claimed: record.is_some_and(|record| record.claimed),
        left_out: record.is_some_and(|record| record.left_out),
        findings: found.map_or_else(Vec::new, findings),
        missing: record.map_or_else(Vec::new, |record| record.missing.clone()),
        exports: record.map_or_else(Vec::new, |record| {
            record
                .exports
                .iter()
                .map(|export| export.path.clone())
                .collect()
        }),
        observed: record.and_then(|record| record.observed),
        definition: record.map_or_else(String::new, |record| record.definition.clone()),
    }
}

/// Returns the findings: each subject of the list, with what the record says of those that do not
/// pass. Where no list was kept, what the record has.
fn findings(found: &FoundCheck) -> Vec<Finding> {
    let mut said: BTreeMap<(String, &str), Vec<&RecordedFinding>> = BTreeMap::new();
    for finding in found.record.findings.iter().rev() {
        let subject = crate::evidence::as_listed(&finding.subject).into_owned();
        said.entry((subject, finding.verdict.as_str()))
            .or_default()
            .push(finding);
    }
    let with = |row: Option<&Row>, finding: Option<&RecordedFinding>| Finding {
        subject: finding
            .map(|it| &it.subject)
            .or(row.map(|it| &it.subject))
            .cloned()
            .unwrap_or_default(),
        subject_type: finding
            .map(|it| &it.subject_type)
            .or(row.map(|it| &it.subject_type))
            .cloned()
            .unwrap_or_default(),
        verdict: finding
            .map(|it| it.verdict)
            .or(row.map(|it| it.verdict))
            .unwrap_or(Verdict::NotChecked),
        message: finding.map(|it| it.message.clone()).unwrap_or_default(),
        shows: row.map(|it| it.shows.clone()).unwrap_or_default(),
        by_default: match (finding, row) {
            (Some(finding), _) => finding.by_default.clone(),
            (None, Some(row)) => {
                let each = row
                    .by_default
                    .split("; ")
                    .filter(|property| !property.is_empty());
                each.map(str::to_owned).collect()
            }
            (None, None) => Vec::new(),
        },
        place: finding.and_then(|it| it.place.clone()),
        intended: finding.map_or_else(
            || row.is_some_and(|row| row.state == "intended"),
            |it| it.state == State::Intended,
        ),
    };
    match &found.rows {
        Rows::Listed(rows) => rows
            .iter()
            .map(|row| {
                let key = (row.subject.clone(), row.verdict.as_str());
                let finding = said.get_mut(&key).and_then(Vec::pop);
                with(Some(row), finding)
            })
            .collect(),
        Rows::Digest(_) => {
            let recorded = found.record.findings.iter();
            recorded.map(|finding| with(None, Some(finding))).collect()
        }
    }
}
