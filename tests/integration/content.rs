//! The shipped book holds what it promises: every page, every statement answered, every check of the
//! first tier decided on the sample and unable to pass without data.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use evidence_workbook::assess::{Earlier, Outcome, Status, Verdict};
use evidence_workbook::check::{Basis, Kind, Strength};
use evidence_workbook::source::Date;
use evidence_workbook::view;
use evidence_workbook::workbook::Workbook;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn shipped() -> Workbook {
    Workbook::load(root()).expect("the shipped workbook")
}

fn on(workbook: &Workbook, exports: &Path) -> Outcome {
    let inventory = workbook.inventory(exports).expect("exports");
    let today: Date = workbook.config.as_of.expect("the sample states its date");
    workbook.assess(inventory, &Earlier::default(), today)
}

/// Returns the lines of a fixture, without comments.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
}

#[test]
fn every_page_and_every_statement_is_in_the_book_in_reading_order() {
    let workbook = shipped();
    let expected: Vec<(&str, Vec<&str>)> = lines(include_str!("../fixtures/statements.txt"))
        .filter_map(|line| line.split_once(": "))
        .map(|(page, ids)| (page, ids.split(' ').collect()))
        .collect();
    assert_eq!(expected.len(), 38);
    assert_eq!(
        expected.iter().map(|(_, ids)| ids.len()).sum::<usize>(),
        304
    );
    let mut found = Vec::new();
    for page in &workbook.book.pages {
        let Some(front) = &page.front else { continue };
        let ids: BTreeSet<&str> = front
            .value
            .statements
            .iter()
            .map(|statement| statement.id.value.as_str())
            .collect();
        let Some((id, wanted)) = expected.iter().find(|(id, _)| *id == page.id()) else {
            continue;
        };
        found.push(*id);
        for statement in wanted {
            assert!(ids.contains(statement), "{id} lacks {statement}");
        }
    }
    let order: Vec<&str> = expected.iter().map(|(id, _)| *id).collect();
    assert_eq!(found, order);
}

#[test]
fn every_statement_is_answered_by_a_check_or_by_a_reason() {
    let workbook = shipped();
    let mut served: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for check in &workbook.checks {
        for statement in &check.statements {
            served
                .entry(&statement.value)
                .or_default()
                .push(&check.id.value);
        }
    }
    for page in &workbook.book.pages {
        for statement in page.front.iter().flat_map(|front| &front.value.statements) {
            let id = statement.id.value.as_str();
            let reason = statement.narrative.as_deref().unwrap_or("").trim();
            assert!(
                served.contains_key(id) || !reason.is_empty(),
                "{id}: no check serves it, and no reason is given why none can"
            );
        }
    }
}

#[test]
fn the_sample_decides_every_check_of_the_first_tier() {
    let workbook = shipped();
    let outcome = on(&workbook, &root().join("exports"));
    let first: Vec<&str> = lines(include_str!("../fixtures/first-tier.txt")).collect();
    for id in &first {
        let check = outcome.checks.iter().find(|check| check.id == *id);
        let check = check.unwrap_or_else(|| panic!("no page has {id}"));
        assert!(
            !matches!(check.verdict, Verdict::NotChecked | Verdict::Error),
            "{id}: {:?}",
            check.missing
        );
    }
}

#[test]
fn every_failure_of_the_sample_is_told_in_its_story_and_nothing_else_is() {
    let workbook = shipped();
    let outcome = on(&workbook, &root().join("exports"));
    let story =
        std::fs::read_to_string(root().join("book/src/guide/sample.md")).expect("the story");
    let told: BTreeSet<&str> = story
        .split("#check-")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .collect();
    let wrong: BTreeSet<&str> = outcome
        .checks
        .iter()
        .filter(|check| {
            matches!(
                check.verdict,
                Verdict::Fail | Verdict::Expired | Verdict::Error | Verdict::NotChecked
            )
        })
        .map(|check| check.id.as_str())
        .collect();
    assert_eq!(told, wrong);
    // About one in six, so that the sample shows both.
    let share = outcome.checks.len() / wrong.len().max(1);
    assert!((4..=8).contains(&share), "one in {share}");
}

#[test]
fn without_exports_no_page_is_better_than_incomplete() {
    let folder = tempfile::tempdir().expect("a folder");
    let exports = folder.path().join("exports");
    std::fs::create_dir(&exports).expect("a folder");
    let bare = folder.path().join("workbook");
    for part in ["workbook.toml", "book", "checks"] {
        copy(&root().join(part), &bare.join(part));
    }
    let bare = Workbook::load(&bare).expect("a workbook without evidence");
    for workbook in [&shipped(), &bare] {
        for page in on(workbook, &exports).pages {
            let Some(status) = page.status else { continue };
            assert!(
                matches!(status, Status::GapFound | Status::EvidenceIncomplete),
                "{} is {}",
                page.id,
                status.as_str()
            );
        }
    }
    // Without records too, only documents, which are there, can pass.
    for check in &on(&bare, &exports).checks {
        assert!(
            check.verdict != Verdict::Pass || check.kind == Kind::Document,
            "{} passes on nothing",
            check.id
        );
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        std::fs::create_dir_all(to).expect("a folder");
        for entry in std::fs::read_dir(from).expect("a folder") {
            let entry = entry.expect("an entry");
            if entry.file_name() != "build" {
                copy(&entry.path(), &to.join(entry.file_name()));
            }
        }
    } else {
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        std::fs::copy(from, to).expect("a file");
    }
}

#[test]
fn what_asks_for_more_than_the_standard_changes_no_status() {
    // Guidance of a source or a stricter rule of the house, whatever page it stands on.
    let stricter = [
        "alb-no-redirect",
        "appgw-no-redirect",
        "k8s-ingress-no-redirect",
        "appgw-backend-tls",
        "storage-cmk",
        "sql-tde-cmk",
        "kv-no-standing-admin",
        "image-rebuild-age",
        "key-access-review",
        "azpolicy-https-ingress",
        "azpolicy-internal-lb",
        "azpolicy-volume-types",
        "azpolicy-encryption-at-host",
    ];
    let workbook = shipped();
    for id in stricter {
        let check = workbook.checks.iter().find(|check| check.id.value == id);
        let check = check.unwrap_or_else(|| panic!("no page has {id}"));
        assert_eq!(check.basis, Basis::Source, "{id}");
    }
    // Encryption below the file makes no stored PAN unreadable, except on removable media.
    for check in &workbook.checks {
        let weak = [
            "storage-cmk",
            "sql-tde-cmk",
            "cosmos-cmk",
            "aws-ebs-encrypted",
            "aks-encryption-at-host",
            "data-store-encrypted",
        ];
        let claims = check
            .requirements
            .iter()
            .any(|id| id.value == "3.5.1.2" || id.value == "3.5.1");
        if weak.contains(&check.id.value.as_str()) && claims {
            assert_ne!(check.strength, Strength::Direct, "{}", check.id.value);
        }
    }
    // Masking never serves what must be unreadable where stored, nor longer keeping what is to go.
    for check in &workbook.checks {
        let masks = check.id.value.starts_with("sql-ddm") || check.id.value == "pan-display-scan";
        let serves = |prefix: &str| check.statements.iter().any(|s| s.value.starts_with(prefix));
        assert!(
            !masks
                || !check
                    .requirements
                    .iter()
                    .any(|id| id.value.starts_with("3.5.1")),
            "{}",
            check.id.value
        );
        let keeps = check.id.value == "blob-time-retention";
        assert!(
            !keeps || !(serves("3.1-a") || serves("3.2-")),
            "{}",
            check.id.value
        );
    }
}

#[test]
fn the_crosswalk_reaches_every_requirement_id_and_says_what_nobody_reviewed() {
    let workbook = shipped();
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    for page in &workbook.book.pages {
        let Some(front) = &page.front else { continue };
        let rows = &front.value.crosswalk;
        let mut seen = BTreeSet::new();
        for row in rows {
            assert!(
                seen.insert((&row.from, &row.to)),
                "{}: {} twice",
                page.id(),
                row.to
            );
            assert!(!row.change.trim().is_empty(), "{}: {}", page.id(), row.to);
            reached.insert(&row.to);
        }
        // A requirement's page begins from its own number in 3.2.1.
        if let Some(number) = page.id().strip_prefix("req-") {
            assert!(rows.iter().any(|row| row.from == number), "{}", page.id());
            assert!(!front.value.requirements.is_empty(), "{}", page.id());
        }
    }
    let outcome = on(&workbook, &root().join("exports"));
    let input = workbook.view_input(&outcome, None);
    assert!(!input.leaf_ids.is_empty());
    for id in input.leaf_ids {
        assert!(reached.contains(id.as_str()), "no row leads to {id}");
    }
    let view = view::of(input);
    let unreviewed = view
        .crosswalk
        .forward
        .iter()
        .filter(|row| !row.reviewed)
        .count();
    assert_eq!(view.crosswalk.unreviewed, unreviewed);
    assert!(
        unreviewed > 0,
        "nobody with the licensed text has signed a page yet"
    );
}

#[test]
fn the_readme_tells_how_many_checks_the_sample_has_and_what_they_come_to() {
    let workbook = shipped();
    let outcome = on(&workbook, &root().join("exports"));
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README");
    let counts: Vec<String> = Verdict::ALL
        .into_iter()
        .filter_map(|verdict| {
            let n = outcome.verdicts.get(&verdict)?;
            Some(format!("{n} {}", verdict.as_str()))
        })
        .collect();
    let line = format!("{} checks: {}", outcome.checks.len(), counts.join(", "));
    assert!(readme.contains(&line), "the README lacks: {line}");
    let pages = outcome.pages.len();
    assert!(
        readme.contains(&format!("There are {pages} pages")),
        "{pages}"
    );
    let policies = workbook.book.documents.len();
    assert!(
        readme.contains(&format!("{policies} policies and procedures")),
        "{policies}"
    );
}
