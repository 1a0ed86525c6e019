//! Whether all things of a type were exported.

use std::collections::{BTreeMap, BTreeSet};

use super::cli_output::ListedWithin;
use super::merge::short;
use super::source_entry::{Lists, Source, Unique};
use super::sources::Sources;
use super::{Completeness, Listed, Resource, State};

/// What is known of listings.
pub(crate) struct Evidence<'e> {
    /// The entries, for advice.
    pub(crate) sources: &'e Sources,
    /// The resources, by type in lower case.
    pub(crate) resources: &'e BTreeMap<String, Vec<Resource>>,
    /// What files list whole, and the files.
    pub(crate) lists: &'e [(Listed, String)],
    /// What files list within a parent, and the files.
    pub(crate) within: &'e [(ListedWithin, String)],
    /// Why files that would list a type are not whole, by type in lower case.
    pub(crate) troubles: &'e BTreeMap<String, Vec<String>>,
    /// Where exports were made.
    pub(crate) areas: &'e BTreeSet<Area>,
}

/// An account, and a region where things of regional types were seen, that exports show.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Area {
    /// The platform.
    pub(crate) platform: Platform,
    /// The account or subscription, in lower case.
    pub(crate) account: String,
    /// The region.
    pub(crate) region: Option<String>,
}

/// Returns whether all things of a type (in lower case) were exported.
pub(crate) fn completeness(evidence: &Evidence<'_>, resource_type: &str) -> Completeness {
    judge(evidence, resource_type, 0)
}

/// The types that together hold every workload. Replica sets belong to deployments.
const WORKLOADS: &[&str] = &[
    "apps/v1/Deployment",
    "apps/v1/DaemonSet",
    "apps/v1/StatefulSet",
    "batch/v1/CronJob",
    "batch/v1/Job",
    "v1/Pod",
];

/// Returns whether all workloads were exported: every type that can be one has to be.
pub(crate) fn workloads_completeness(evidence: &Evidence<'_>) -> Completeness {
    let mut reasons = Vec::new();
    let mut shown = false;
    for name in WORKLOADS {
        shown |= observed(evidence, name).next().is_some();
        match judge(evidence, &name.to_ascii_lowercase(), 0) {
            Completeness::Complete => {}
            Completeness::Partial(reason) | Completeness::Missing(reason) => {
                reasons.push(format!("{name}: {reason}"));
            }
        }
    }
    match (reasons.is_empty(), shown) {
        (true, _) => Completeness::Complete,
        (false, true) => Completeness::Partial(reasons.join("; ")),
        (false, false) if reasons.len() == WORKLOADS.len() && evidence.troubles.is_empty() => {
            Completeness::Missing(
                "no export shows a workload; run `kubectl get \
                 pods,deployments,daemonsets,statefulsets,jobs,cronjobs --all-namespaces -o json`"
                    .to_owned(),
            )
        }
        (false, false) => Completeness::Missing(reasons.join("; ")),
    }
}

/// The deepest chain of types listed within one another that is followed.
const DEPTH: usize = 4;

fn judge(evidence: &Evidence<'_>, resource_type: &str, depth: usize) -> Completeness {
    let lists: Vec<&Listed> = evidence
        .lists
        .iter()
        .map(|(list, _)| list)
        .filter(|list| list.resource_type.eq_ignore_ascii_case(resource_type))
        .collect();
    if !lists.is_empty() {
        let missing = uncovered(evidence, resource_type, &lists);
        return if missing.is_empty() {
            Completeness::Complete
        } else {
            Completeness::Partial(with_advice(
                evidence,
                resource_type,
                &format!("nothing lists it in {}", missing.join(", ")),
            ))
        };
    }
    if depth < DEPTH
        && let Some(parent) = parent_type(evidence, resource_type)
        && let Some(told) = judge_within(evidence, resource_type, &parent, depth)
    {
        return told;
    }
    let troubles = evidence.troubles.get(resource_type);
    let shown = observed(evidence, resource_type).count();
    match (shown, troubles.and_then(|troubles| troubles.first())) {
        (0, Some(trouble)) => Completeness::Missing(trouble.clone()),
        (0, None) => {
            Completeness::Missing(with_advice(evidence, resource_type, "no export shows it"))
        }
        (_, Some(trouble)) => Completeness::Partial(trouble.clone()),
        (_, None) => Completeness::Partial(with_advice(
            evidence,
            resource_type,
            "exports show some, and none lists them all",
        )),
    }
}

fn observed<'e>(
    evidence: &Evidence<'e>,
    resource_type: &str,
) -> impl Iterator<Item = &'e Resource> {
    evidence
        .resources
        .get(&resource_type.to_ascii_lowercase())
        .into_iter()
        .flatten()
        .filter(|resource| resource.meta.state == State::Observed)
}

fn parent_type(evidence: &Evidence<'_>, resource_type: &str) -> Option<String> {
    evidence
        .sources
        .entries
        .iter()
        .flat_map(Source::items)
        .filter(|items| {
            items
                .fixed_type()
                .is_some_and(|name| name.eq_ignore_ascii_case(resource_type))
        })
        .find_map(|items| match &items.lists {
            Lists::Within(parent) => Some(parent.clone()),
            Lists::Nothing | Lists::All => None,
        })
}

/// A type that is listed within each resource of another is complete if the other is, and each
/// has its list.
fn judge_within(
    evidence: &Evidence<'_>,
    resource_type: &str,
    parent: &str,
    depth: usize,
) -> Option<Completeness> {
    match judge(evidence, &parent.to_ascii_lowercase(), depth + 1) {
        Completeness::Complete => {}
        Completeness::Partial(reason) => {
            return Some(if observed(evidence, resource_type).next().is_some() {
                Completeness::Partial(format!("not every {parent} is known: {reason}"))
            } else {
                Completeness::Missing(format!("not every {parent} is known: {reason}"))
            });
        }
        Completeness::Missing(_) => return None,
    }
    let mut without = Vec::new();
    for resource in observed(evidence, parent) {
        let listed = evidence
            .within
            .iter()
            .map(|(list, _)| list)
            .filter(|list| list.resource_type.eq_ignore_ascii_case(resource_type))
            .any(|list| list.parents.iter().any(|named| names(resource, named)));
        if !listed {
            without.push(resource.meta.name.as_str());
        }
    }
    if without.is_empty() {
        return Some(Completeness::Complete);
    }
    let trouble = evidence
        .troubles
        .get(resource_type)
        .and_then(|troubles| troubles.first());
    let more = without.len().saturating_sub(3);
    without.truncate(3);
    let names = without.join(", ");
    let reason = if more > 0 {
        format!("no export lists it within {parent} {names} and {more} more")
    } else {
        format!("no export lists it within {parent} {names}")
    };
    let reason = match trouble {
        Some(trouble) => format!("{reason}; {trouble}"),
        None => with_advice(evidence, resource_type, &reason),
    };
    Some(if observed(evidence, resource_type).next().is_some() {
        Completeness::Partial(reason)
    } else {
        Completeness::Missing(reason)
    })
}

/// Tells whether a text names the resource: an id, the name, or the end of one.
fn names(resource: &Resource, text: &str) -> bool {
    let meta = &resource.meta;
    std::iter::once(&meta.id)
        .chain(&meta.also)
        .any(|id| id.eq_ignore_ascii_case(text) || short(id).eq_ignore_ascii_case(text))
        || meta.name.eq_ignore_ascii_case(text)
}

/// Returns the accounts and regions that exports show and no list covers.
fn uncovered(evidence: &Evidence<'_>, resource_type: &str, lists: &[&Listed]) -> Vec<String> {
    let Some(platform) = Platform::of(resource_type) else {
        return Vec::new();
    };
    let unique = evidence.sources.unique(resource_type);
    let regional = platform == Platform::Aws && unique == Unique::Region;
    let areas: BTreeSet<(&str, Option<&str>)> = evidence
        .areas
        .iter()
        .filter(|area| area.platform == platform)
        .filter(|area| !regional || area.region.is_some())
        .map(|area| {
            let region = area.region.as_deref().filter(|_| regional);
            (area.account.as_str(), region)
        })
        .collect();
    let accounts: BTreeSet<&str> = areas.iter().map(|(account, _)| *account).collect();
    areas
        .iter()
        .filter(|(account, region)| {
            let regions = areas.iter().filter(|(other, _)| other == account).count();
            !lists.iter().any(|list| {
                let same_account = match &list.account {
                    Some(listed) => listed.eq_ignore_ascii_case(account),
                    None => accounts.len() <= 1,
                };
                let same_region = match (&list.region, region) {
                    (_, None) => true,
                    (Some(listed), Some(region)) => listed == region,
                    (None, Some(_)) => regions <= 1,
                };
                same_account && same_region
            })
        })
        .map(|(account, region)| match region {
            Some(region) => format!("{account} {region}"),
            None => (*account).to_owned(),
        })
        .collect()
}

/// Whose resources a type is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Platform {
    /// Amazon Web Services.
    Aws,
    /// Microsoft Azure.
    Azure,
}

impl Platform {
    /// Returns the platform of a type; nothing for Kubernetes and others.
    pub(crate) fn of(resource_type: &str) -> Option<Self> {
        let starts = |prefix: &str| {
            resource_type
                .get(..prefix.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(prefix))
        };
        if starts("AWS::") {
            Some(Self::Aws)
        } else if starts("Microsoft.") {
            Some(Self::Azure)
        } else {
            None
        }
    }
}

fn with_advice(evidence: &Evidence<'_>, resource_type: &str, reason: &str) -> String {
    match evidence.sources.advice(resource_type) {
        Some(commands) => format!("{reason}; run {commands}"),
        None => reason.to_owned(),
    }
}
