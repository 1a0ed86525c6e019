//! How long evidence of a thousand runs takes to verify and to tell of, and what a run adds.
//!
//! `cargo bench --bench evidence [-- RUNS]` stamps runs of 272 checks with five subjects each, every
//! tenth with a changed record, and prints figures. Nothing is asserted: figures are no tests. It
//! needs git, which packs.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark looks at the clock and prints"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant as Clock;

use evidence_workbook::assess::{CheckOutcome, Finding, Outcome, Verdict};
use evidence_workbook::check::{Basis, Kind, Severity, Strength};
use evidence_workbook::evidence::Side;
use evidence_workbook::evidence::{
    Asked, GitVariables, Point, Stamping, Standing, Uncommitted, WATCHED, at, compare, log, stamp,
    verify,
};
use evidence_workbook::inventory::{FileListing, Reading};
use evidence_workbook::source::{Instant, TimeZone};

const CHECKS: usize = 272;

fn main() {
    let runs = std::env::args()
        .find_map(|word| word.parse().ok())
        .unwrap_or(1_000);
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let git = |args: &[&str]| {
        let output = Command::new("git")
            .args(args)
            .current_dir(root)
            .output()
            .expect("git");
        assert!(output.status.success(), "{args:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["config", "user.name", "Ann"]);
    git(&["config", "user.email", "ann@example.com"]);
    git(&["config", "gc.auto", "0"]);
    fs::write(root.join("workbook.toml"), "organisation = \"Example\"\n").expect("a file");
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "begin"]);
    let variables = GitVariables::default();
    let files: Vec<FileListing> = (0..120).map(listing).collect();
    let started = Clock::now();
    for number in 0..runs {
        let outcome = outcome(number / 10);
        run(root, &variables, &outcome, &files, number);
        if number % 200 == 199 {
            git(&["gc", "-q"]);
        }
    }
    println!(
        "{runs} runs of {CHECKS} checks stamped in {:.1} s",
        started.elapsed().as_secs_f64()
    );
    let size = || -> u64 {
        git(&["repack", "-adq"]);
        git(&["prune"]);
        let pack = fs::read_dir(root.join(".git/objects/pack")).expect("packs");
        let files = pack.map(|entry| entry.expect("a file"));
        let packs = files.filter(|file| file.path().extension().is_some_and(|it| it == "pack"));
        packs
            .map(|file| file.metadata().expect("a file").len())
            .sum()
    };
    let before = size();
    let last = outcome((runs - 1) / 10);
    for number in runs..runs + 10 {
        run(root, &variables, &last, &files, number);
    }
    let after = size();
    println!(
        "packed: {} KiB; a run in which nothing changed adds {} bytes",
        before / 1024,
        (after - before) / 10
    );
    let timed = |what: &str, work: &dyn Fn() -> String| {
        for _ in 0..3 {
            let started = Clock::now();
            let said = work();
            println!("{what}: {:.2} s ({said})", started.elapsed().as_secs_f64());
        }
    };
    timed("verify", &|| {
        let verification = verify(&Asked::of(root, &variables)).expect("a repository");
        assert_eq!(
            verification.standing(),
            Standing::AsStamped,
            "{:?}",
            verification.problems
        );
        format!(
            "{} runs, {} records",
            verification.runs, verification.records
        )
    });
    timed("log", &|| {
        let entries = log(root, &variables, "check-0").expect("a history");
        format!("{} changes", entries.len())
    });
    timed("diff", &|| {
        let zone = TimeZone::default();
        let of = |point| at(root, &variables, &point, zone).expect("a run");
        let (from, to) = (of(Point::parse("2026-01-02")), of(Point::Newest));
        let (before, after) = (from.found().expect("records"), to.found().expect("records"));
        let compared = compare(
            (Side::stamped(&from), &before),
            (Side::stamped(&to), &after),
        );
        format!(
            "{} of {} checks differ",
            compared.differences.len(),
            compared.checks
        )
    });
}

fn run(
    root: &Path,
    variables: &GitVariables,
    outcome: &Outcome,
    files: &[FileListing],
    number: usize,
) {
    let start = Instant::parse("2026-01-01T00:00:00Z")
        .expect("a moment")
        .unix();
    let hours = i64::try_from(number).expect("small") * 8 * 3_600;
    let stamped = stamp(&Stamping {
        workbook: root,
        exports: &root.join("exports"),
        outcome,
        files,
        now: Instant::from_unix(start + hours).expect("a moment"),
        runner: "evidence-workbook 0.1.0",
        sample: false,
        uncommitted: Uncommitted::Refused,
        watched: &WATCHED,
        variables,
    });
    assert_eq!(stamped.expect("a run").unfinished, None);
}

fn outcome(version: usize) -> Outcome {
    let checks: Vec<CheckOutcome> = (0..CHECKS).map(|number| check(number, version)).collect();
    let verdicts = BTreeMap::from([(Verdict::Fail, CHECKS / 4), (Verdict::Pass, CHECKS * 3 / 4)]);
    Outcome {
        as_of: "2026-11-22".parse().expect("a date"),
        checks,
        pages: Vec::new(),
        verdicts,
    }
}

fn check(number: usize, version: usize) -> CheckOutcome {
    let fails = number.is_multiple_of(4);
    let finding = |subject: usize| Finding {
        subject: format!(
            "arn:aws:ecs:eu-west-1:123456789012:service/cde/service-{number}-{subject}"
        ),
        subject_type: "AWS::ECS::Service".to_owned(),
        verdict: if fails { Verdict::Fail } else { Verdict::Pass },
        message: if fails {
            "the network mode is bridge"
        } else {
            ""
        }
        .to_owned(),
        // Every version changes one check in turn.
        shows: format!(
            "mode {}",
            if version % CHECKS == number {
                version
            } else {
                0
            }
        ),
        by_default: Vec::new(),
        place: None,
        intended: false,
    };
    CheckOutcome {
        id: format!("check-{number}"),
        page: format!("page-{}", number / 8),
        title: "A check".to_owned(),
        kind: Kind::Configuration,
        basis: Basis::Standard,
        strength: Strength::Direct,
        severity: Severity::High,
        requirements: vec!["3.5.1.2".to_owned()],
        statements: vec!["3.4-a".to_owned()],
        procedures: Vec::new(),
        verdict: if fails { Verdict::Fail } else { Verdict::Pass },
        claimed: false,
        left_out: false,
        findings: (0..5).map(finding).collect(),
        missing: Vec::new(),
        exports: vec!["aws/ecs/describe-services.json".to_owned()],
        observed: None,
        definition: format!("{number:064x}"),
    }
}

fn listing(number: usize) -> FileListing {
    FileListing {
        path: format!("aws/service-{number}/describe-things.json"),
        bytes: 4_242,
        digest: format!("{number:064x}"),
        format: "aws".to_owned(),
        reading: Reading::Whole,
        resources: BTreeMap::new(),
        account: None,
        region: None,
        observed: None,
    }
}
