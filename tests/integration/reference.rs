//! The reference pages list what the shipped book holds, all of it and once.

use std::collections::BTreeSet;
use std::path::Path;

use evidence_workbook::view::{self, Count, View};
use evidence_workbook::workbook::Workbook;

fn shipped() -> (Workbook, View) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workbook = Workbook::load(root).expect("the shipped workbook");
    let inventory = workbook
        .inventory(&root.join("exports"))
        .expect("the shipped exports");
    let today = workbook.config.as_of.expect("the sample states its date");
    let outcome = workbook.assess(
        inventory,
        &evidence_workbook::assess::Earlier::Nothing,
        today,
    );
    let view = view::of(workbook.view_input(&outcome, None));
    (workbook, view)
}

fn sum(counts: &[Count]) -> usize {
    counts.iter().map(|count| count.n).sum()
}

#[test]
fn coverage_adds_up() {
    let (workbook, view) = shipped();
    let coverage = &view.coverage;
    assert_eq!(sum(&coverage.answers), coverage.total);
    assert_eq!(
        sum(&coverage.requirement_answers),
        coverage.requirements.len()
    );
    assert_eq!(sum(&coverage.statuses), coverage.requirements.len());
    for page in &coverage.statements {
        assert_eq!(sum(&page.answers), page.total, "{}", page.page.id);
        assert_eq!(sum(&page.counts), page.total, "{}", page.page.id);
    }
    // Every requirement id that a check names has a row, and so has every one of 3 and 4.
    let rows: BTreeSet<&str> = coverage
        .requirements
        .iter()
        .map(|row| row.id.as_str())
        .collect();
    for check in &workbook.checks {
        for id in &check.requirements {
            assert!(rows.contains(id.value.as_str()), "{}", id.value);
        }
    }
    for id in ["3.1.1", "3.7.9", "4.1.2", "4.2.1.2"] {
        assert!(rows.contains(id), "{id}");
    }
}

#[test]
fn every_statement_check_type_and_procedure_is_listed_once() {
    let (workbook, view) = shipped();
    let reference = &view.reference;
    let listed: Vec<&str> = reference
        .sections
        .iter()
        .flat_map(|section| &section.statements)
        .map(|placed| placed.statement.id.as_str())
        .collect();
    let ids: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(listed.len(), ids.len());
    assert_eq!(listed.len(), view.coverage.total);
    let types: BTreeSet<String> = workbook
        .checks
        .iter()
        .flat_map(evidence_workbook::check::Check::types)
        .map(|name| name.to_ascii_lowercase())
        .collect();
    let exported: Vec<String> = reference
        .exports
        .iter()
        .map(|need| need.resource_type.to_ascii_lowercase())
        .collect();
    // All platforms are in use in the sample, so that every type is wanted.
    assert_eq!(exported, types.into_iter().collect::<Vec<_>>());
    let procedures: BTreeSet<&String> = workbook
        .checks
        .iter()
        .flat_map(|check| &check.procedures)
        .collect();
    let rows: BTreeSet<&String> = reference.procedures.iter().map(|row| &row.id).collect();
    assert_eq!(rows, procedures);
    assert_eq!(reference.procedures.len(), procedures.len());
}

#[test]
fn whatever_people_keep_for_a_check_is_requested_of_somebody() {
    let (workbook, view) = shipped();
    for check in &workbook.checks {
        let wanted = view
            .requests
            .iter()
            .any(|request| request.checks.iter().any(|card| card.id == check.id.value));
        let card = view.cards().find(|card| card.check.id == check.id.value);
        let card = card.expect("every check has a card");
        let applies = !card.check.left_out && card.check.verdict != "not-applicable";
        // A check over what is in no export and no register asks for nothing.
        let asks = !check.types().is_empty()
            || !matches!(check.kind(), evidence_workbook::check::Kind::Configuration);
        assert!(wanted || !applies || !asks, "{}", check.id.value);
    }
    for request in &view.requests {
        assert!(!request.owner.is_empty(), "{}", request.what);
        assert!(
            !request.requirements.is_empty() || request.kind == "export",
            "{}",
            request.what
        );
    }
}

#[test]
fn a_request_says_what_fails_and_wants_at_once_what_is_overdue() {
    let (_, view) = shipped();
    for request in &view.requests {
        let verdicts: BTreeSet<&str> = request.checks.iter().map(|card| card.verdict).collect();
        if request.kind != "export" {
            assert_eq!(
                request.state == "failing",
                verdicts.contains("fail"),
                "{}: {verdicts:?}",
                request.what
            );
        }
    }
    for request in view.requests.iter().filter(|it| it.state == "overdue") {
        let today = "2026-11-22".to_owned();
        assert!(
            request.due.iter().all(|due| *due <= today),
            "{}",
            request.what
        );
    }
}
