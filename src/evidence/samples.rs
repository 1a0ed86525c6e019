//! Small outcomes for tests, and a bench to stamp them on.

use crate::assess::{CheckOutcome, Finding, Outcome, Verdict};
use crate::check::{Basis, Kind, Severity, Strength};
use crate::inventory::{FileListing, Place, Reading};
use crate::source::{Date, Instant};

use super::checkout::Step;
use super::git::GitVariables;
use super::git::sandbox::Sandbox;
use super::stamp::{StampError, Stamped, Stamping, Uncommitted, WATCHED, stamp_stepwise};
use crate::source::sha256;

pub(crate) fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

pub(crate) fn instant(text: &str) -> Instant {
    Instant::parse(text).expect("a moment")
}

pub(crate) fn finding(subject: &str, verdict: Verdict) -> Finding {
    Finding {
        subject: subject.to_owned(),
        subject_type: "AWS::ECS::Cluster".to_owned(),
        verdict,
        message: if verdict == Verdict::Pass {
            ""
        } else {
            "it does not hold"
        }
        .to_owned(),
        shows: "mode awsvpc".to_owned(),
        by_default: Vec::new(),
        place: Some(Place {
            file: "aws/clusters.json".to_owned(),
            line: 7,
        }),
        intended: false,
    }
}

pub(crate) fn check(page: &str, id: &str) -> CheckOutcome {
    CheckOutcome {
        claimed: false,
        left_out: false,
        id: id.to_owned(),
        page: page.to_owned(),
        title: "Every task has its own network interface".to_owned(),
        kind: Kind::Configuration,
        basis: Basis::Standard,
        strength: Strength::Direct,
        severity: Severity::High,
        requirements: vec!["3.5.1.2".to_owned()],
        statements: vec!["net-a".to_owned()],
        procedures: vec!["3.5.1.2.a".to_owned()],
        verdict: Verdict::Pass,
        findings: vec![finding("arn:good", Verdict::Pass)],
        missing: Vec::new(),
        exports: vec!["aws/clusters.json".to_owned()],
        observed: Some((
            instant("2026-11-20T10:00:00Z"),
            instant("2026-11-21T10:00:00Z"),
        )),
        definition: sha256(id.as_bytes()),
    }
}

pub(crate) fn outcome(checks: Vec<CheckOutcome>) -> Outcome {
    let mut verdicts = std::collections::BTreeMap::new();
    for check in &checks {
        *verdicts.entry(check.verdict).or_insert(0) += 1;
    }
    Outcome {
        as_of: date("2026-11-22"),
        checks,
        pages: Vec::new(),
        verdicts,
    }
}

pub(crate) fn listing(path: &str) -> FileListing {
    FileListing {
        path: path.to_owned(),
        bytes: 42,
        digest: sha256(path.as_bytes()),
        format: "aws ecs describe-clusters".to_owned(),
        reading: Reading::Whole,
        resources: std::collections::BTreeMap::new(),
        account: None,
        region: None,
        observed: None,
    }
}

/// A repository and what is stamped in it.
pub(crate) struct Bench {
    pub(crate) sandbox: Sandbox,
    pub(crate) below: &'static str,
    pub(crate) outcome: Outcome,
    pub(crate) files: Vec<FileListing>,
    pub(crate) variables: GitVariables,
    pub(crate) sample: bool,
    pub(crate) uncommitted: Uncommitted,
    pub(crate) now: Instant,
}

/// Returns a bench with two checks that pass.
pub(crate) fn bench(sandbox: Sandbox) -> Bench {
    Bench {
        sandbox,
        below: "",
        outcome: outcome(vec![
            check("ecs-net", "ecs-awsvpc"),
            check("req-3.1", "chd-list"),
        ]),
        files: vec![listing("aws/clusters.json")],
        variables: GitVariables::isolated(),
        sample: false,
        uncommitted: Uncommitted::Refused,
        now: instant("2026-11-22T01:50:08Z"),
    }
}

impl Bench {
    fn stamp_while(&self, go_on: &mut dyn FnMut(Step) -> bool) -> Result<Stamped, StampError> {
        let folder = self.sandbox.path().join(self.below);
        stamp_stepwise(
            &Stamping {
                workbook: &folder,
                exports: &folder.join("exports"),
                outcome: &self.outcome,
                files: &self.files,
                now: self.now,
                runner: "evidence-workbook 0.1.0",
                sample: self.sample,
                uncommitted: self.uncommitted,
                watched: &WATCHED,
                variables: &self.variables,
            },
            &mut |step| {
                let killed = || std::io::Error::other("killed");
                go_on(step).then_some(()).ok_or_else(killed)
            },
        )
    }

    /// Stamps, and is killed before the step.
    pub(crate) fn stamp_until(&self, last: Option<Step>) -> Result<Stamped, StampError> {
        self.stamp_while(&mut |step| last != Some(step))
    }

    /// Stamps, and is killed after so many steps.
    pub(crate) fn stamp_steps(&self, count: usize) -> Result<Stamped, StampError> {
        let mut left = count;
        self.stamp_while(&mut |_| {
            left = left.wrapping_sub(1);
            left < count
        })
    }

    pub(crate) fn stamp(&self) -> Stamped {
        let stamped = self.stamp_until(None).expect("a run");
        assert_eq!(stamped.unfinished, None);
        stamped
    }

    pub(crate) fn refusal(&self) -> String {
        let before = (self.sandbox.snapshot(), self.sandbox.commits());
        let error = self.stamp_until(None).expect_err("a refusal");
        assert_eq!((self.sandbox.snapshot(), self.sandbox.commits()), before);
        error.to_string()
    }
}
