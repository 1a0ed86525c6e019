//! What checks of cardholder data say: every member of a population, held against the scan
//! reports about it.

mod reports;
#[cfg(test)]
mod tests;
mod verdict;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) use reports::Scans;
use verdict::Judged;

use super::evaluation::{Tally, in_use, nothing_judged, of_nothing, stale};
use super::register::{kept, no_entry};
use super::{Facts, Finding, Verdict};
use crate::check::{CardholderData, Population, Subject, Trouble, condition, text};
use crate::config::Scope;
use crate::inventory::{Completeness, Place, Resource, ScanFile, State};
use crate::source::Instant;

/// How many names a list of what is missing tells.
const NAMES: usize = 5;

/// One member of a population.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// The subject of its finding.
    subject: String,
    /// The subject's type.
    subject_type: String,
    /// What people call it.
    called: String,
    /// What scan reports call it, or why that can't be told.
    names: Result<Names, (Verdict, String)>,
    /// Where it was shown.
    place: Option<Place>,
    /// Why what shows it is too old to pass on.
    stale: Option<String>,
}

/// What scan reports call a member.
#[derive(Debug, Clone)]
pub(super) enum Names {
    /// The type and the id, as the check says.
    Given(String, String),
    /// The resource itself: by its id, its other ids, or its name where only it has it.
    Own(Arc<Resource>),
}

/// Takes a resource as a member, unless the entry leaves it out.
pub(super) fn resource(
    number: usize,
    entry: &CardholderData,
    resource: &Arc<Resource>,
    tally: &mut Tally,
    facts: &Facts<'_>,
) {
    let meta = &resource.meta;
    if meta.state != State::Observed {
        return;
    }
    let asks_for_scope = entry.filter.iter().any(|filter| filter.needs.scope);
    if meta.scope == Scope::Out && !asks_for_scope {
        *tally.out.entry(number).or_default() += 1;
        return;
    }
    let subject = Subject::Resource(Arc::clone(resource));
    let member_type = entry.member_type.as_ref().unwrap_or(&meta.resource_type);
    let own = match entry.member_type {
        None => Some(Names::Own(Arc::clone(resource))),
        Some(_) => Some(Names::Given(member_type.clone(), meta.id.clone())),
    };
    let Some(names) = names(entry, &subject, (member_type, own), facts) else {
        return;
    };
    tally
        .exports
        .extend(meta.origins.iter().map(|place| place.file.clone()));
    tally.members.push((
        number,
        Member {
            subject: meta.id.clone(),
            subject_type: meta.resource_type.clone(),
            called: meta.name.clone(),
            names,
            place: meta.origins.first().cloned(),
            stale: stale(resource, facts),
        },
    ));
}

/// Returns what scan reports call a subject; nothing if `where` leaves it out.
fn names(
    entry: &CardholderData,
    subject: &Subject,
    (member_type, own): (&str, Option<Names>),
    facts: &Facts<'_>,
) -> Option<Result<Names, (Verdict, String)>> {
    if let Some(filter) = &entry.filter {
        match condition(filter, subject, facts.data).value {
            Ok(true) => {}
            Ok(false) => return None,
            Err(trouble) => return Some(Err(told("`where`", trouble))),
        }
    }
    let named = entry
        .member
        .as_ref()
        .map(|member| text(member, subject, facts.data).value);
    Some(match (named, own) {
        (Some(Ok(id)), _) if !id.trim().is_empty() => Ok(Names::Given(member_type.to_owned(), id)),
        (Some(Err(trouble)), _) => Err(told("`member`", trouble)),
        (Some(Ok(_)), _) | (None, None) => Err((
            Verdict::NotChecked,
            "`member` says no name by which scan reports could be about it".to_owned(),
        )),
        (None, Some(own)) => Ok(own),
    })
}

fn told(key: &str, trouble: Trouble) -> (Verdict, String) {
    match trouble {
        Trouble::Unknown(reasons) => (Verdict::NotChecked, reasons.join("; ")),
        Trouble::Absent(name) => (
            Verdict::NotChecked,
            format!("`{name}`, which {key} asks for, is absent"),
        ),
        Trouble::Failed(reason) => (
            Verdict::Error,
            format!("{key} can't be evaluated on this subject: {reason}"),
        ),
    }
}

/// Judges the members of every entry; tells whether any entry is for a platform in use.
pub(super) fn finish(
    entries: &[CardholderData],
    tally: &mut Tally,
    scans: &Scans,
    facts: &Facts<'_>,
) -> bool {
    let mut used = false;
    let mut members: BTreeMap<usize, Vec<Member>> = BTreeMap::new();
    for (number, member) in std::mem::take(&mut tally.members) {
        members.entry(number).or_default().push(member);
    }
    for (number, entry) in entries.iter().enumerate() {
        let mut own = members.remove(&number).unwrap_or_default();
        match &entry.population {
            Population::Register(name) => {
                used = true;
                own.extend(of_register(entry, name, tally, facts));
            }
            // What is scanned is no change; a block that says so is refused when it is read.
            Population::Changes(_) | Population::Exceptions => used = true,
            Population::Resources(resource_type) => {
                if !in_use(resource_type, &facts.config.platforms) {
                    continue;
                }
                used = true;
                listed(number, entry, (resource_type, own.is_empty()), tally, facts);
            }
        }
        judge(entry, own, tally, scans, facts);
    }
    if used {
        for scan in scans.about_nobody() {
            tally.exports.insert(scan.path.clone());
            tally.findings.push(of_nobody(scan));
        }
    }
    used
}

/// A finding that a broken report may be about any member.
fn of_nobody(scan: &ScanFile) -> Finding {
    let why = match &scan.report {
        Err(broken) => broken.why.as_str(),
        Ok(_) => "it is about nobody",
    };
    let message = format!("this scan report can't be used, and may be about any member: {why}");
    let mut finding = of_nothing(Verdict::Error, &scan.path, "scan report", &message);
    finding.place = Some(first_line(scan));
    finding
}

/// Says whether all resources of the type are known. A store that no listing shows was not
/// scanned either, so nothing short of a complete listing will do.
fn listed(
    number: usize,
    entry: &CardholderData,
    (resource_type, none): (&str, bool),
    tally: &mut Tally,
    facts: &Facts<'_>,
) {
    if none {
        nothing_judged(number, entry.when_none, resource_type, tally, facts);
        return;
    }
    let inventory = &facts.data.inventory;
    let reason = match (
        inventory.cut(resource_type),
        inventory.completeness(resource_type),
    ) {
        (Some(reason), _) => reason.to_owned(),
        (None, Completeness::Partial(reason) | Completeness::Missing(reason)) => reason,
        (None, Completeness::Complete) => return,
    };
    tally.missing.insert(format!("{resource_type}: {reason}"));
    tally.findings.push(of_nothing(
        Verdict::NotChecked,
        resource_type,
        "type",
        &format!("there may be more to scan: {reason}"),
    ));
}

/// Returns the entries of a register as members, or says why there are none.
fn of_register(
    entry: &CardholderData,
    name: &str,
    tally: &mut Tally,
    facts: &Facts<'_>,
) -> Vec<Member> {
    let Some(register) = kept(name, tally, facts) else {
        return Vec::new();
    };
    let member_type = entry.type_of_entries(name);
    let members: Vec<Member> = register
        .entries
        .iter()
        .filter_map(|item| {
            let own = Names::Given(member_type.clone(), item.id.clone());
            let subject = Subject::Item(item.value.clone());
            Some(Member {
                subject: format!("registers.{name}/{}", item.id),
                subject_type: "register".to_owned(),
                called: item.id.clone(),
                names: names(entry, &subject, (&member_type, Some(own)), facts)?,
                place: Some(Place {
                    file: register.file.path().to_owned(),
                    line: register.file.line(item.span.start),
                }),
                stale: None,
            })
        })
        .collect();
    if members.is_empty() {
        tally.findings.push(no_entry(entry.when_none, name));
    }
    members
}

/// Holds every member against the reports about it.
fn judge(
    entry: &CardholderData,
    members: Vec<Member>,
    tally: &mut Tally,
    scans: &Scans,
    facts: &Facts<'_>,
) {
    let mut sharing: BTreeMap<(String, String), usize> = BTreeMap::new();
    for member in &members {
        if let Ok(Names::Given(member_type, id)) = &member.names {
            let key = (member_type.to_ascii_lowercase(), id.to_ascii_lowercase());
            *sharing.entry(key).or_default() += 1;
        }
    }
    let all = members.len();
    let mut unscanned = Vec::new();
    for member in members {
        let of_resources = matches!(entry.population, Population::Resources(_));
        let shared = |names: &Names| match names {
            Names::Given(member_type, id) if of_resources => {
                let key = (member_type.to_ascii_lowercase(), id.to_ascii_lowercase());
                sharing.get(&key).copied().unwrap_or(0)
            }
            // Two entries of a register may well be kept in the same store.
            Names::Given(..) | Names::Own(_) => 0,
        };
        let judged = match &member.names {
            Err((verdict, message)) => Judged::without(*verdict, message.clone()),
            Ok(names) if shared(names) > 1 => Judged::without(
                Verdict::NotChecked,
                format!(
                    "`member` gives {} resources this name, so no report can be about one of them",
                    shared(names)
                ),
            ),
            Ok(names) => verdict::judge(entry, &scans.about(names, facts), facts),
        };
        if judged.reports.is_empty() && member.names.is_ok() {
            unscanned.push(member.called.clone());
        }
        record(member, judged, tally);
    }
    if !unscanned.is_empty() {
        tally.missing.insert(to_scan(entry, unscanned, all));
    }
}

fn record(member: Member, judged: Judged, tally: &mut Tally) {
    let (mut verdict, mut message) = (judged.verdict, judged.message);
    if let (Verdict::Pass, Some(reason)) = (verdict, member.stale) {
        tally.missing.insert(reason.clone());
        (verdict, message) = (Verdict::NotChecked, reason);
    }
    let moments: Vec<Instant> = judged
        .reports
        .iter()
        .filter_map(|scan| ended(scan))
        .collect();
    tally.observed.extend(moments);
    tally
        .exports
        .extend(judged.reports.iter().map(|scan| scan.path.clone()));
    if judged.sad {
        tally.sad.insert(member.subject.clone());
    }
    tally.findings.push(Finding {
        subject: member.subject,
        subject_type: member.subject_type,
        verdict,
        message,
        shows: judged.shows,
        by_default: Vec::new(),
        place: judged.place.as_deref().map(first_line).or(member.place),
        intended: false,
    });
}

fn ended(scan: &ScanFile) -> Option<Instant> {
    scan.report.as_ref().ok().map(|report| report.ended)
}

fn first_line(scan: &ScanFile) -> Place {
    Place {
        file: scan.path.clone(),
        line: 1,
    }
}

/// Says which members no report is about, in one line whatever their number.
fn to_scan(entry: &CardholderData, mut unscanned: Vec<String>, all: usize) -> String {
    let of = match &entry.population {
        Population::Resources(resource_type) => resource_type.clone(),
        Population::Register(name) => format!("registers.{name}"),
        Population::Changes(check) => check.value.clone(),
        Population::Exceptions => "exceptions".to_owned(),
    };
    let count = unscanned.len();
    unscanned.sort_unstable();
    unscanned.truncate(NAMES);
    let more = match count - unscanned.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "scan reports of {count} of {all} {of}: {}{more}; run `workbook scan --report FILE` where the data lie",
        unscanned.join(", ")
    )
}
