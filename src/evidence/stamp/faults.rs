//! Stamping while something fails: whatever does, evidence is as it was or as it becomes, and the
//! next stamp works.

use std::fs;
use std::io::{self, ErrorKind};

use super::super::checkout::{Step, finish_checkout};
use super::super::git::sandbox::Sandbox;
use super::super::samples::{Bench, bench, finding, instant};
use super::super::verify::{Asked, Problem, Standing, verify};
use super::{StampError, Stamped, Stamping, Uncommitted, WATCHED, stamp_stepwise};
use crate::assess::Verdict;

/// A bench with a run, work of the user under way, and another outcome to be stamped.
fn under_way() -> Bench {
    let mut bench = bench(Sandbox::workbook());
    bench.stamp();
    bench.sandbox.write("src/staged.txt", "staged\n");
    bench.sandbox.stage("src/staged.txt");
    bench
        .sandbox
        .write("src/staged.txt", "staged, then changed\n");
    bench.sandbox.write("README.md", "changed\n");
    bench.sandbox.write("notes.txt", "new\n");
    bench.outcome.checks[0].findings = vec![finding("arn:bad", Verdict::Fail)];
    bench.outcome.checks[0].verdict = Verdict::Fail;
    bench.now = instant("2026-11-23T01:50:08Z");
    bench
}

/// Stamps with what happens before each step.
fn stamp_with(
    bench: &Bench,
    before: &mut dyn FnMut(Step, usize) -> io::Result<()>,
) -> Result<Stamped, StampError> {
    let mut count = 0;
    stamp_stepwise(
        &Stamping {
            workbook: bench.sandbox.path(),
            exports: &bench.sandbox.path().join("exports"),
            outcome: &bench.outcome,
            files: &bench.files,
            now: bench.now,
            runner: "evidence-workbook 0.1.0",
            sample: false,
            uncommitted: Uncommitted::Refused,
            watched: &WATCHED,
            variables: &bench.variables,
        },
        &mut |step| {
            count += 1;
            before(step, count)
        },
    )
}

fn problems(bench: &Bench) -> Vec<Problem> {
    let verification = verify(&Asked::of(bench.sandbox.path(), &bench.variables));
    let verification = verification.expect("a repository");
    assert_ne!(verification.standing(), Standing::NothingStamped);
    verification.problems
}

#[test]
fn an_error_of_any_kind_at_any_step_harms_nothing() {
    let kinds = [
        ErrorKind::StorageFull,
        ErrorKind::PermissionDenied,
        ErrorKind::ReadOnlyFilesystem,
        ErrorKind::QuotaExceeded,
        ErrorKind::Interrupted,
    ];
    for kind in kinds {
        let mut steps = 0;
        loop {
            steps += 1;
            let mut bench = under_way();
            let before = (bench.sandbox.snapshot(), bench.sandbox.head());
            let done = stamp_with(&bench, &mut |_, count| match count == steps {
                true => Err(kind.into()),
                false => Ok(()),
            });
            let case = format!("{kind} at step {steps}");
            // Verifying first: what was left is finished by it.
            assert_eq!(problems(&bench), [], "{case}");
            assert_eq!(bench.sandbox.snapshot(), before.0, "{case}");
            match &done {
                Ok(stamped) => assert_eq!(bench.sandbox.head(), stamped.commit, "{case}"),
                Err(_) => assert_eq!(bench.sandbox.head(), before.1, "{case}"),
            }
            bench.now = instant("2026-11-24T01:50:08Z");
            bench.stamp();
            assert_eq!(problems(&bench), [], "{case}");
            assert_eq!(bench.sandbox.snapshot(), before.0, "{case}");
            if done.is_ok_and(|stamped| stamped.unfinished.is_none()) {
                break;
            }
        }
        assert!(steps > 8, "every file is a step");
    }
}

#[test]
fn files_that_vanish_meanwhile_are_told_and_come_back() {
    let mut bench = under_way();
    let before = bench.sandbox.snapshot();
    let folder = bench.sandbox.path().join("evidence/records");
    let stamped = stamp_with(&bench, &mut |step, _| {
        if step == Step::Write {
            // Whoever cleans up takes the folder with all that is in it.
            fs::remove_dir_all(&folder).ok();
        }
        Ok(())
    });
    let stamped = stamped.expect("the commit is made");
    assert_eq!(bench.sandbox.head(), stamped.commit);
    assert_eq!(bench.sandbox.snapshot(), before);
    let found = problems(&bench);
    assert!(!found.is_empty());
    for problem in &found {
        assert!(
            problem.to_string().contains("in the work tree"),
            "{problem}"
        );
    }
    let refusal = bench.refusal();
    assert!(refusal.contains("changed by hand"), "{refusal}");
    bench.sandbox.check_out("evidence");
    assert_eq!(problems(&bench), []);
    bench.now = instant("2026-11-24T01:50:08Z");
    bench.stamp();
}

#[test]
fn a_clock_that_jumps_back_breaks_no_chain() {
    let mut bench = under_way();
    bench.stamp();
    for now in [
        "2020-01-01T00:00:00Z",
        "2020-01-01T00:00:00Z",
        "2026-11-23T01:50:08Z",
    ] {
        bench.now = instant(now);
        bench.stamp();
        assert_eq!(problems(&bench), [], "{now}");
    }
    finish_checkout(bench.sandbox.path(), &bench.variables).expect("nothing is left");
    let verification = verify(&Asked::of(bench.sandbox.path(), &bench.variables));
    let verification = verification.expect("a repository");
    assert_eq!((verification.runs, verification.heads.len()), (5, 1));
    assert_eq!(
        verification.heads[0].recorded_at,
        instant("2026-11-23T01:50:08Z")
    );
}
