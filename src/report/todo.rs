//! What to do first and what to export next: a short list made of many findings.

use std::collections::BTreeMap;

use crate::assess::{CheckOutcome, Verdict};
use crate::check::{Basis, is_only_of};
use crate::config::Platform;
use crate::source::Keyword as _;

/// Returns the checks that fail or have expired, what matters most first: by severity, then what
/// PCI DSS asks for before guidance, then by how many subjects.
pub(crate) fn fix_first<'a>(checks: &[&'a CheckOutcome]) -> Vec<&'a CheckOutcome> {
    let mut failing: Vec<&CheckOutcome> = checks
        .iter()
        .copied()
        .filter(|check| matches!(check.verdict, Verdict::Fail | Verdict::Expired))
        .collect();
    failing.sort_by(|a, b| {
        let key = |check: &CheckOutcome| {
            let guidance = match check.basis {
                Basis::Standard => 0,
                Basis::Source => 1,
            };
            let subjects = check.count(Verdict::Fail) + check.count(Verdict::Expired);
            (
                std::cmp::Reverse(check.severity),
                guidance,
                std::cmp::Reverse(subjects),
            )
        };
        (key(a), &a.id).cmp(&(key(b), &b.id))
    });
    failing
}

/// One thing that would let checks decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Missing {
    /// What is missing, and the command that would give it where one is known.
    pub(crate) what: String,
    /// The checks it would let decide.
    pub(crate) checks: Vec<String>,
}

/// Returns what is missing, by how many checks wait for it. Types of a platform of which nothing
/// at all was exported become one thing: the platform.
pub(crate) fn export_next(checks: &[&CheckOutcome], platforms: &[Platform]) -> Vec<Missing> {
    let absent: Vec<Platform> = platforms
        .iter()
        .copied()
        .filter(|platform| !shown(checks, *platform))
        .collect();
    let mut waiting: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for check in checks
        .iter()
        .filter(|check| check.count(Verdict::NotChecked) > 0)
    {
        for what in &check.missing {
            let platform = absent.iter().find(|platform| is_type_of(what, **platform));
            let what = platform.map_or_else(|| what.clone(), |platform| nothing_of(*platform));
            let ids = waiting.entry(what).or_default();
            if !ids.contains(&check.id) {
                ids.push(check.id.clone());
            }
        }
    }
    let mut list: Vec<Missing> = waiting
        .into_iter()
        .map(|(what, checks)| Missing { what, checks })
        .collect();
    in_order(&mut list);
    for (marker, folder, told) in KEPT {
        shorten(&mut list, marker, folder, told);
    }
    let mut list = by_type(list);
    in_order(&mut list);
    list
}

/// Makes one line of things of one type that no export shows.
fn by_type(list: Vec<Missing>) -> Vec<Missing> {
    let mut shortened: Vec<Missing> = Vec::new();
    let mut seen: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for missing in list {
        let kind = missing
            .what
            .strip_prefix(ONE_OF)
            .and_then(|rest| rest.split_once(" `"))
            .map(|(kind, _)| kind.to_owned());
        let Some(kind) = kind else {
            shortened.push(missing);
            continue;
        };
        match seen.get_mut(&kind).map(|(at, more)| {
            *more += 1;
            *at
        }) {
            None => {
                seen.insert(kind, (shortened.len(), 0));
                shortened.push(missing);
            }
            Some(at) => {
                if let Some(first) = shortened.get_mut(at) {
                    first.checks.extend(missing.checks);
                    first.checks.sort_unstable();
                    first.checks.dedup();
                }
            }
        }
    }
    for (at, more) in seen.into_values().filter(|(_, more)| *more > 0) {
        if let Some(first) = shortened.get_mut(at) {
            first.what = format!("{}, nor {more} others of the type", first.what);
        }
    }
    shortened
}

/// What marks that something people keep is not there yet, the folder it belongs in, and how many of
/// the kind are told one by one.
const KEPT: [(&str, &str, usize); 2] = [
    (
        "the register is not kept yet; write ",
        "evidence/registers",
        3,
    ),
    (": nothing is recorded; write ", "evidence/occurrences", 1),
];

/// How what begins is missing of one thing among several of a type.
const ONE_OF: &str = "no export shows the ";

fn in_order(list: &mut [Missing]) {
    list.sort_by(|a, b| {
        (std::cmp::Reverse(a.checks.len()), &a.what)
            .cmp(&(std::cmp::Reverse(b.checks.len()), &b.what))
    });
}

/// Makes one line of what people do not keep yet, past the first few: a workbook that begins lacks
/// nearly all of it, and the exports to make would be lost among the lines.
fn shorten(list: &mut Vec<Missing>, marker: &str, folder: &str, told: usize) {
    let (of_kind, rest): (Vec<Missing>, Vec<Missing>) = std::mem::take(list)
        .into_iter()
        .partition(|missing| missing.what.contains(marker));
    *list = rest;
    let mut of_kind = of_kind.into_iter();
    list.extend(of_kind.by_ref().take(told));
    let others: Vec<Missing> = of_kind.collect();
    if others.is_empty() {
        return;
    }
    let mut checks: Vec<String> = others
        .iter()
        .flat_map(|other| other.checks.clone())
        .collect();
    checks.sort_unstable();
    checks.dedup();
    list.push(Missing {
        what: format!(
            "{} more are not kept in {folder} yet; `workbook explain <check>` says of each what it asks",
            others.len()
        ),
        checks,
    });
}

/// Tells whether any check looked at something of a platform.
fn shown(checks: &[&CheckOutcome], platform: Platform) -> bool {
    checks
        .iter()
        .flat_map(|check| &check.findings)
        .any(|finding| finding.place.is_some() && is_only_of(&finding.subject_type, platform))
}

/// Tells whether what is missing is all of a type of the platform.
fn is_type_of(what: &str, platform: Platform) -> bool {
    what.split_once(": no export shows it")
        .is_some_and(|(resource_type, _)| is_only_of(resource_type, platform))
}

fn nothing_of(platform: Platform) -> String {
    // Both ECS platforms are shown by the same exports.
    let (platforms, cloud) = match platform {
        Platform::AwsEcsEc2 | Platform::AwsEcsFargate => {
            ("aws-ecs-ec2 and aws-ecs-fargate", "AWS".to_owned())
        }
        Platform::AzureAks => (platform.word(), "Azure and Kubernetes".to_owned()),
    };
    format!(
        "nothing of {cloud} was exported: export it, or take {platforms} out of `platforms` in workbook.toml"
    )
}
