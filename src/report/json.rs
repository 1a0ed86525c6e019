//! `check --format json`. The schema is shipped as `schemas/check.json`.

use std::io::{self, Write};

use serde::Serialize;

use crate::assess::{CheckOutcome, Finding, Outcome};
use crate::config::Config;
use crate::source::Keyword as _;

/// The most findings that are written for one check; `omitted` counts the rest.
const FINDINGS: usize = 1_000;

#[derive(Serialize)]
struct Report<'a> {
    run: Run<'a>,
    pages: Vec<Page<'a>>,
    checks: Vec<Check<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Run<'a> {
    organisation: &'a str,
    as_of: String,
    sample: bool,
    runner: &'a str,
    notice: &'a str,
}

#[derive(Serialize)]
struct Page<'a> {
    id: &'a str,
    status: Option<&'static str>,
    requirements: Vec<Requirement<'a>>,
    statements: Statements,
    #[serde(rename = "guidance-not-followed")]
    guidance_not_followed: usize,
}

#[derive(Serialize)]
struct Requirement<'a> {
    id: &'a str,
    status: &'static str,
}

#[derive(Serialize)]
struct Statements {
    examined: usize,
    total: usize,
}

#[derive(Serialize)]
struct Check<'a> {
    id: &'a str,
    page: &'a str,
    kind: &'static str,
    basis: &'static str,
    strength: &'static str,
    severity: &'static str,
    verdict: &'static str,
    requirements: &'a [String],
    statements: &'a [String],
    examined: usize,
    findings: Vec<Subject<'a>>,
    omitted: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Subject<'a> {
    subject: &'a str,
    #[serde(rename = "type")]
    subject_type: &'a str,
    verdict: &'static str,
    message: &'a str,
    shows: &'a str,
    file: Option<&'a str>,
    line: Option<usize>,
    by_default: &'a [String],
    intended: bool,
}

/// What every machine-readable report says of itself.
const NOTICE: &str =
    "not an assessment and not a certificate; not affiliated with PCI SSC, AWS or Microsoft";

/// Writes the checks and the pages they stand on as JSON.
pub fn check_json(
    out: &mut dyn Write,
    outcome: &Outcome,
    checks: &[&CheckOutcome],
    config: &Config,
    runner: &str,
) -> io::Result<()> {
    let report = Report {
        run: Run {
            organisation: &config.organisation,
            as_of: outcome.as_of.to_string(),
            sample: config.sample,
            runner,
            notice: NOTICE,
        },
        pages: outcome
            .pages
            .iter()
            .filter(|page| checks.iter().any(|check| check.page == page.id))
            .map(|page| Page {
                id: &page.id,
                status: page.status.map(crate::assess::Status::as_str),
                requirements: page
                    .requirements
                    .iter()
                    .map(|(id, status)| Requirement {
                        id,
                        status: status.as_str(),
                    })
                    .collect(),
                statements: Statements {
                    examined: page.examined,
                    total: page.total,
                },
                guidance_not_followed: page.guidance_not_followed,
            })
            .collect(),
        checks: checks.iter().map(|check| of_check(check)).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

fn of_check(check: &CheckOutcome) -> Check<'_> {
    Check {
        id: &check.id,
        page: &check.page,
        kind: check.kind.word(),
        basis: check.basis.word(),
        strength: check.strength.word(),
        severity: check.severity.word(),
        verdict: check.verdict.as_str(),
        requirements: &check.requirements,
        statements: &check.statements,
        examined: check.examined(),
        findings: check
            .findings
            .iter()
            .take(FINDINGS)
            .map(of_finding)
            .collect(),
        omitted: check.findings.len().saturating_sub(FINDINGS),
    }
}

fn of_finding(finding: &Finding) -> Subject<'_> {
    Subject {
        subject: &finding.subject,
        subject_type: &finding.subject_type,
        verdict: finding.verdict.as_str(),
        message: &finding.message,
        shows: &finding.shows,
        file: finding.place.as_ref().map(|place| place.file.as_str()),
        line: finding.place.as_ref().map(|place| place.line),
        by_default: &finding.by_default,
        intended: finding.intended,
    }
}
