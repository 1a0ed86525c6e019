//! What to do first and what to export next: a short list made of many findings.

use std::collections::BTreeMap;

use crate::assess::{CheckOutcome, Verdict};
use crate::check::{Basis, is_of};
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
    list.sort_by(|a, b| {
        (std::cmp::Reverse(a.checks.len()), &a.what)
            .cmp(&(std::cmp::Reverse(b.checks.len()), &b.what))
    });
    list
}

/// Tells whether any check looked at something of a platform.
fn shown(checks: &[&CheckOutcome], platform: Platform) -> bool {
    checks
        .iter()
        .flat_map(|check| &check.findings)
        .any(|finding| {
            finding.place.is_some()
                && has_type(&finding.subject_type)
                && is_of(&finding.subject_type, platform)
        })
}

fn has_type(subject_type: &str) -> bool {
    subject_type.contains("::") || subject_type.contains('/')
}

/// Tells whether what is missing is all of a type of the platform.
fn is_type_of(what: &str, platform: Platform) -> bool {
    what.split_once(": no export shows it")
        .is_some_and(|(resource_type, _)| is_of(resource_type, platform))
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
