//! From what was seen to what is told: exceptions, verdicts, statuses, one fixed order.

use std::collections::{BTreeMap, BTreeSet};

use super::evaluation::Tally;
use super::table::{Counted, status_of, status_of_page, verdict_of};
use super::{CheckOutcome, Facts, Finding, Outcome, PageOutcome, Status, Verdict};
use crate::book::{Book, Page, Section};
use crate::cardholder::without_numbers;
use crate::check::{Basis, Check};
use crate::human::{Exception, ExceptionKind};
use crate::source::{Date, conceal};

/// Returns the outcome of an evaluation.
pub(super) fn of(checks: &[Check], tallies: Vec<Tally>, facts: &Facts<'_>) -> Outcome {
    let passing: BTreeSet<&str> = checks
        .iter()
        .zip(&tallies)
        .filter(|(_, tally)| {
            verdict_of(tally.findings.iter().map(|finding| finding.verdict)) == Verdict::Pass
        })
        .map(|(check, _)| check.id.value.as_str())
        .collect();
    let today = facts.data.today;
    let checks: Vec<CheckOutcome> = checks
        .iter()
        .zip(tallies)
        .map(|(check, tally)| check_outcome(check, tally, &facts.human.exceptions, &passing, today))
        .collect();
    let exported = match facts.data.inventory().iter().next() {
        Some(_) => Exported::Something,
        None => Exported::Nothing,
    };
    outcome_of(facts.book, checks, today, exported)
}

/// Whether the exports showed anything at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exported {
    /// They did.
    Something,
    /// They did not.
    Nothing,
}

/// Returns the outcome of checks that were judged, on the pages of a book.
#[must_use]
pub fn outcome_of(
    book: &Book,
    checks: Vec<CheckOutcome>,
    as_of: Date,
    exported: Exported,
) -> Outcome {
    let pages = book
        .pages
        .iter()
        .filter_map(|page| page_outcome(page, &checks, exported))
        .collect();
    let mut verdicts: BTreeMap<Verdict, usize> = BTreeMap::new();
    for check in &checks {
        *verdicts.entry(check.verdict).or_default() += 1;
    }
    Outcome {
        as_of,
        checks,
        pages,
        verdicts,
    }
}

fn check_outcome(
    check: &Check,
    mut tally: Tally,
    exceptions: &[Exception],
    passing: &BTreeSet<&str>,
    today: Date,
) -> CheckOutcome {
    for finding in &mut tally.findings {
        for exception in exceptions
            .iter()
            .filter(|exception| exception.check == check.id.value)
        {
            let sad = tally.sad.contains(&finding.subject);
            except(finding, exception, check.basis, sad, passing, today);
        }
    }
    let mut findings = tally.findings;
    findings.iter_mut().for_each(told);
    findings.sort_by(|a, b| {
        (
            a.verdict,
            &a.subject_type,
            &a.subject,
            &a.place,
            &a.message,
            &a.shows,
        )
            .cmp(&(
                b.verdict,
                &b.subject_type,
                &b.subject,
                &b.place,
                &b.message,
                &b.shows,
            ))
    });
    let not_applicable = findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::NotApplicable)
        .count();
    let verdict = verdict_of(findings.iter().map(|finding| finding.verdict));
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
        verdict,
        claimed: not_applicable > 0 && tally.claims == not_applicable,
        left_out: tally.left_out,
        findings,
        missing: tally
            .missing
            .into_iter()
            .map(|missing| masked(&missing))
            .collect(),
        exports: tally.exports.into_iter().collect(),
        observed: tally
            .observed
            .first()
            .copied()
            .zip(tally.observed.last().copied()),
        definition: check.definition.clone(),
    }
}

/// Masks what no report, book or record may repeat of what was exported: secrets and card numbers.
/// Here, behind every way to a finding, and before every way out.
fn told(finding: &mut Finding) {
    for text in [
        &mut finding.subject,
        &mut finding.subject_type,
        &mut finding.message,
        &mut finding.shows,
    ] {
        *text = masked(text);
    }
}

fn masked(text: &str) -> String {
    without_numbers(conceal(text).into_owned())
}

fn values(items: &[crate::source::Spanned<String>]) -> Vec<String> {
    items.iter().map(|item| item.value.clone()).collect()
}

/// Applies an exception to a finding that fails, or says why it does not hold.
fn except(
    finding: &mut Finding,
    exception: &Exception,
    basis: Basis,
    sad: bool,
    passing: &BTreeSet<&str>,
    today: Date,
) {
    if finding.verdict != Verdict::Fail || !exception.names(&finding.subject) {
        return;
    }
    let refused = match exception.kind {
        // The customized approach is shown and not judged.
        ExceptionKind::Customized => return,
        _ if sad => Some("none covers sensitive authentication data that is stored".to_owned()),
        ExceptionKind::Deviation if basis == Basis::Standard => {
            Some("a deviation can't cover what PCI DSS asks for".to_owned())
        }
        ExceptionKind::CompensatingControl if basis == Basis::Source => {
            Some("a compensating control is for what PCI DSS asks for".to_owned())
        }
        ExceptionKind::CompensatingControl => compensated(exception, passing),
        ExceptionKind::Deviation => None,
    };
    let refused = refused
        .or_else(|| {
            exception
                .is_self_approved()
                .then(|| "its approver is its owner".to_owned())
        })
        .or_else(|| {
            (exception.approved > today).then(|| format!("it begins on {}", exception.approved))
        })
        .or_else(|| (exception.until < today).then(|| format!("it ended on {}", exception.until)));
    match refused {
        Some(why) => {
            finding.message = format!("{} (an exception does not hold: {why})", finding.message);
        }
        None => {
            finding.verdict = Verdict::Excepted;
            finding.message = format!(
                "{} (excepted until {}: {}; approved by {})",
                finding.message,
                exception.until,
                exception.reason.trim_end().trim_end_matches('.'),
                exception.approver
            );
        }
    }
}

fn compensated(exception: &Exception, passing: &BTreeSet<&str>) -> Option<String> {
    if exception.shown_by.is_empty() {
        return Some("no check shows the compensating control".to_owned());
    }
    exception
        .shown_by
        .iter()
        .find(|check| !passing.contains(check.as_str()))
        .map(|check| format!("`{check}`, which shows the compensating control, does not pass"))
}

/// Judges a page. Where nothing at all was exported, what people wrote down alone makes nothing
/// ready: nothing shows the environment that it speaks of.
fn page_outcome(page: &Page, checks: &[CheckOutcome], exported: Exported) -> Option<PageOutcome> {
    let front = &page.front.as_ref()?.value;
    if page.section == Section::Other {
        return None;
    }
    let requirements = front
        .requirements
        .iter()
        .map(|id| {
            let counted: Vec<Counted> = checks
                .iter()
                .filter(|check| {
                    check.basis == Basis::Standard
                        && !check.left_out
                        && check.requirements.contains(&id.value)
                })
                .map(|check| Counted {
                    verdict: check.verdict,
                    strength: check.strength,
                    claimed: check.claimed,
                })
                .collect();
            let status = status_of(&counted);
            let status = match exported {
                Exported::Something => status,
                Exported::Nothing => status.min(Status::EvidenceIncomplete),
            };
            (id.value.clone(), status)
        })
        .collect::<Vec<_>>();
    let status = match page.section {
        Section::Requirements if requirements.is_empty() => None,
        Section::Requirements => Some(status_of_page(
            requirements.iter().map(|(_, status)| *status),
        )),
        Section::Ecs | Section::Other => None,
    };
    let examined: BTreeSet<&str> = checks
        .iter()
        .filter(|check| check.verdict.decided())
        .flat_map(|check| check.statements.iter().map(String::as_str))
        .collect();
    Some(PageOutcome {
        id: front.id.value.clone(),
        status,
        requirements,
        examined: front
            .statements
            .iter()
            .filter(|statement| examined.contains(statement.id.value.as_str()))
            .count(),
        total: front.statements.len(),
        guidance_not_followed: checks
            .iter()
            .filter(|check| check.page == front.id.value && check.basis == Basis::Source)
            .filter(|check| matches!(check.verdict, Verdict::Fail | Verdict::Expired))
            .count(),
    })
}
