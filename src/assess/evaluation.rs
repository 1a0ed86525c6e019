//! The accumulator that turns resources into findings, in any order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{
    Facts, Finding, Outcome, Verdict, acknowledgement, cardholder_data, changes, document,
    excepted, judge, outcome, recurring, register,
};
use crate::check::{Check, Configuration, Entries, Judged, Population, Subject, WhenNone, is_of};
use crate::config::Platform;
use crate::inventory::{Completeness, Resource, ScanFile, State};
use crate::source::Instant;

/// What is known so far of one check.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    /// Its findings.
    pub(super) findings: Vec<Finding>,
    /// What scan reports are asked about, with the entry that asks.
    pub(super) members: Vec<(usize, cardholder_data::Member)>,
    /// For each entry, how many subjects it judged.
    pub(super) judged: BTreeMap<usize, usize>,
    /// For each entry, how many resources the scope rules put out of its reach.
    pub(super) out: BTreeMap<usize, usize>,
    /// The subjects that hold sensitive authentication data, which no exception covers.
    pub(super) sad: BTreeSet<String>,
    /// What would have to be exported for undecided subjects to be decided.
    pub(super) missing: BTreeSet<String>,
    /// The files that showed its subjects.
    pub(super) exports: BTreeSet<String>,
    /// When its subjects were observed.
    pub(super) observed: BTreeSet<Instant>,
    /// How many of its not-applicable findings rest on a claim with an approver.
    pub(super) claims: usize,
    /// Whether every entry is for a platform that is not in use.
    pub(super) left_out: bool,
}

/// An evaluation of checks, taking resources one at a time.
#[derive(Debug)]
pub struct Evaluation<'a> {
    checks: &'a [Check],
    facts: Facts<'a>,
    plan: BTreeMap<String, Vec<(usize, usize)>>,
    scans: Vec<Arc<ScanFile>>,
    tallies: Vec<Tally>,
}

impl<'a> Evaluation<'a> {
    /// Begins an evaluation of `checks`.
    #[must_use]
    pub fn new(checks: &'a [Check], facts: Facts<'a>) -> Self {
        let mut plan: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
        for (index, check) in checks.iter().enumerate() {
            for (number, population) in check.entries.populations().enumerate() {
                if let Population::Resources(resource_type) = population
                    && in_use(resource_type, &facts.config.platforms)
                {
                    plan.entry(resource_type.to_ascii_lowercase())
                        .or_default()
                        .push((index, number));
                }
            }
        }
        Self {
            checks,
            facts,
            plan,
            scans: Vec::new(),
            tallies: vec![Tally::default(); checks.len()],
        }
    }

    /// Returns an evaluation of the same checks that has seen nothing.
    #[must_use]
    pub fn empty(&self) -> Self {
        Self {
            checks: self.checks,
            facts: self.facts,
            plan: self.plan.clone(),
            scans: Vec::new(),
            tallies: vec![Tally::default(); self.checks.len()],
        }
    }

    /// Returns the types and groups that checks judge, in lower case.
    pub fn populations(&self) -> impl Iterator<Item = &str> {
        self.plan.keys().map(String::as_str)
    }

    /// Judges one resource as a member of a type or group.
    pub fn resource(&mut self, population: &str, resource: &Arc<Resource>) {
        let Some(entries) = self.plan.get(population) else {
            return;
        };
        for &(index, number) in entries {
            let (Some(check), Some(tally)) = (self.checks.get(index), self.tallies.get_mut(index))
            else {
                continue;
            };
            if let Entries::CardholderData(entries) = &check.entries {
                if let Some(entry) = entries.get(number) {
                    cardholder_data::resource(number, entry, resource, tally, &self.facts);
                }
                continue;
            }
            let Some(entry) = configurations(check).get(number) else {
                continue;
            };
            if !judges(entry.judges, resource.meta.state) {
                continue;
            }
            if resource.meta.scope == crate::config::Scope::Out && !judge::asks_for_scope(entry) {
                *tally.out.entry(number).or_default() += 1;
                continue;
            }
            let subject = Subject::Resource(Arc::clone(resource));
            let Some(mut judged) = judge::subject(entry, &subject, self.facts.data) else {
                continue;
            };
            if let Some(reason) = stale(resource, &self.facts) {
                judged.outdate(reason);
            }
            *tally.judged.entry(number).or_default() += 1;
            tally.missing.extend(judged.missing);
            tally
                .exports
                .extend(resource.meta.origins.iter().map(|place| place.file.clone()));
            tally.observed.extend(resource.meta.observed);
            tally.findings.push(Finding {
                subject: resource.meta.id.clone(),
                subject_type: resource.meta.resource_type.clone(),
                verdict: judged.verdict,
                message: judged.message,
                shows: judged.shows,
                by_default: judged.by_default,
                place: resource.meta.origins.first().cloned(),
                intended: resource.meta.state == State::Intended,
            });
        }
    }

    /// Takes a scan report, which may be about a member of any population.
    pub fn scanned(&mut self, scan: &Arc<ScanFile>) {
        self.scans.push(Arc::clone(scan));
    }

    /// Adds what another evaluation of the same checks has seen.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.scans.extend(other.scans);
        for (tally, more) in self.tallies.iter_mut().zip(other.tallies) {
            tally.findings.extend(more.findings);
            tally.members.extend(more.members);
            for (number, count) in more.judged {
                *tally.judged.entry(number).or_default() += count;
            }
            for (number, count) in more.out {
                *tally.out.entry(number).or_default() += count;
            }
            tally.sad.extend(more.sad);
            tally.missing.extend(more.missing);
            tally.exports.extend(more.exports);
            tally.observed.extend(more.observed);
        }
        self
    }

    /// Ends the evaluation: register entries, documents, what was not there, exceptions, statuses.
    #[must_use]
    pub fn finish(mut self) -> Outcome {
        let facts = self.facts;
        let scans = cardholder_data::Scans::new(std::mem::take(&mut self.scans));
        self.finish_entries(&scans, &facts);
        self.compare(&facts);
        self.excepted(&facts);
        outcome::of(self.checks, self.tallies, &facts)
    }

    /// Judges what differs from the last run, once all that it is told from is judged.
    fn compare(&mut self, facts: &Facts<'_>) {
        for (index, check) in self.checks.iter().enumerate() {
            for entry in configurations(check) {
                let Population::Changes(of) = &entry.population else {
                    continue;
                };
                let compared = self
                    .checks
                    .iter()
                    .zip(&self.tallies)
                    .find(|(other, _)| other.id.value == of.value)
                    .map_or(&[][..], |(_, tally)| &tally.findings);
                let judged = changes::judge(entry, &of.value, compared, facts);
                if let Some(tally) = self.tallies.get_mut(index) {
                    tally.findings.extend(judged.findings);
                    tally.missing.extend(judged.missing);
                }
            }
        }
    }

    /// Judges exceptions, once all that they may cover is judged.
    fn excepted(&mut self, facts: &Facts<'_>) {
        let items = excepted::items(self.checks, &self.tallies, facts);
        for (check, tally) in self.checks.iter().zip(&mut self.tallies) {
            for entry in configurations(check) {
                if entry.population == Population::Exceptions {
                    let (findings, missing) = excepted::judge(entry, &items, facts);
                    tally.findings.extend(findings);
                    tally.missing.extend(missing);
                }
            }
        }
    }

    /// Judges register entries, documents, and what was not there.
    fn finish_entries(&mut self, scans: &cardholder_data::Scans, facts: &Facts<'_>) {
        for (check, tally) in self.checks.iter().zip(&mut self.tallies) {
            match &check.entries {
                Entries::Configuration(entries) => {
                    let mut used = false;
                    for number in 0..entries.len() {
                        used |= finish_entry(number, entries, tally, facts);
                    }
                    tally.left_out = !used;
                    if !used {
                        tally.findings.push(no_platform());
                    }
                }
                Entries::CardholderData(entries) => {
                    let used = cardholder_data::finish(entries, tally, scans, facts);
                    tally.left_out = !used;
                    if !used {
                        tally.findings.push(no_platform());
                    }
                }
                Entries::Document(entries) => {
                    let mut asked = false;
                    for entry in entries
                        .iter()
                        .filter(|entry| facts.config.is_one_of(&entry.entities))
                    {
                        asked = true;
                        tally
                            .findings
                            .push(document::judge(entry, facts.book, facts.data.today));
                    }
                    if !asked {
                        tally.findings.push(of_others());
                    }
                }
                Entries::Register(entries) => {
                    for entry in entries {
                        register::judge(entry, tally, facts);
                    }
                }
                Entries::Recurring(entries) => {
                    let mut due = false;
                    for entry in entries {
                        due |= recurring::judge(&check.id.value, entry, tally, facts);
                    }
                    if !due {
                        tally.findings.push(of_others());
                    }
                }
                Entries::Acknowledgement(entries) => {
                    for entry in entries {
                        acknowledgement::judge(&check.id.value, entry, tally, facts);
                    }
                }
            }
        }
    }
}

/// Returns why what was observed of a resource is too old to pass on, if it is: it lies before the
/// window of evidence that `workbook.toml` states.
pub(super) fn stale(resource: &Resource, facts: &Facts<'_>) -> Option<String> {
    let observed = facts.config.time_zone.date(resource.meta.observed?);
    let months = facts.config.window_months;
    (observed.plus_months(months) < facts.data.today).then(|| {
        format!("the export is stale: it shows {observed}, more than {months} months before the date of judgement; export it again")
    })
}

/// Judges what no stream brings; tells whether the entry is for a platform in use.
fn finish_entry(
    number: usize,
    entries: &[Configuration],
    tally: &mut Tally,
    facts: &Facts<'_>,
) -> bool {
    let Some(entry) = entries.get(number) else {
        return false;
    };
    match &entry.population {
        Population::Register(name) => {
            register::judge_each(number, entry, name, tally, facts);
            true
        }
        // Judged when everything else is.
        Population::Changes(_) | Population::Exceptions => true,
        Population::Resources(resource_type) => {
            if !in_use(resource_type, &facts.config.platforms) {
                return false;
            }
            let judged = |number: usize| tally.judged.get(&number).copied().unwrap_or(0) > 0;
            // A check that judges templates in an entry of their own is content with templates
            // where nothing was observed, as one entry that judges any state is.
            let as_code = entries.iter().enumerate().any(|(other, entry)| {
                entry.judges == Judged::Intended
                    && judged(other)
                    && entry.population.is_resources(resource_type)
            });
            let judged_some = judged(number);
            let inventory = &facts.data.inventory;
            let observed_none = inventory.cut(resource_type).is_none()
                && matches!(
                    inventory.completeness(resource_type),
                    Completeness::Missing(_)
                );
            if !judged_some && entry.judges != Judged::Intended && !(as_code && observed_none) {
                nothing_judged(number, entry.when_none, resource_type, tally, facts);
            }
            if judged_some
                && entry.judges != Judged::Intended
                && let Some(reason) = facts.data.inventory.cut(resource_type)
            {
                // What was shown is judged; that it is all would be a guess.
                let message = format!("there may be more: {reason}");
                tally.missing.insert(format!("{resource_type}: {reason}"));
                tally.findings.push(of_nothing(
                    Verdict::NotChecked,
                    resource_type,
                    "type",
                    &message,
                ));
            }
            true
        }
    }
}

/// Says what it means that there is no resource to judge.
pub(super) fn nothing_judged(
    number: usize,
    when_none: WhenNone,
    resource_type: &str,
    tally: &mut Tally,
    facts: &Facts<'_>,
) {
    if let Some(unused) = facts
        .config
        .unused
        .iter()
        .find(|unused| unused.resource_type.eq_ignore_ascii_case(resource_type))
    {
        let message = format!(
            "stated unused: {} (approved by {} on {})",
            unused.reason, unused.approver, unused.date
        );
        tally.claims += 1;
        tally.findings.push(of_nothing(
            Verdict::NotApplicable,
            resource_type,
            "type",
            &message,
        ));
        return;
    }
    let out = tally.out.get(&number).copied().unwrap_or(0);
    let aside = if out == 0 {
        String::new()
    } else {
        format!("; {out} out of scope by the rules of workbook.toml")
    };
    let (verdict, message) = match facts.data.inventory.completeness(resource_type) {
        Completeness::Complete => match when_none {
            WhenNone::NotChecked => (
                Verdict::NotChecked,
                format!("the exports show no {resource_type} to judge{aside}"),
            ),
            WhenNone::NotApplicable => (
                Verdict::NotApplicable,
                format!("the exports are complete and show no {resource_type} to judge{aside}"),
            ),
            WhenNone::Fail => (
                Verdict::Fail,
                format!(
                    "the exports are complete and show no {resource_type}, which has to be there{aside}"
                ),
            ),
        },
        Completeness::Partial(reason) | Completeness::Missing(reason) => {
            let message = format!("{reason}{aside}");
            tally.missing.insert(format!("{resource_type}: {reason}"));
            (Verdict::NotChecked, message)
        }
    };
    tally
        .findings
        .push(of_nothing(verdict, resource_type, "type", &message));
}

/// A finding that a check judges nothing of this workbook's platforms.
fn no_platform() -> Finding {
    of_nothing(
        Verdict::NotApplicable,
        "platforms",
        "platform",
        "no platform in use has what this check judges (`platforms` of workbook.toml)",
    )
}

/// A finding that what is asked is asked of other sorts of entity.
fn of_others() -> Finding {
    of_nothing(
        Verdict::NotApplicable,
        "entity",
        "entity",
        "it is asked of other sorts of entity (`entity` of workbook.toml)",
    )
}

/// A finding whose subject is that there is no subject.
pub(super) fn of_nothing(
    verdict: Verdict,
    subject: &str,
    subject_type: &str,
    message: &str,
) -> Finding {
    Finding {
        subject: subject.to_owned(),
        subject_type: subject_type.to_owned(),
        verdict,
        message: message.to_owned(),
        shows: String::new(),
        by_default: Vec::new(),
        place: None,
        intended: false,
    }
}

fn configurations(check: &Check) -> &[Configuration] {
    match &check.entries {
        Entries::Configuration(entries) => entries,
        Entries::Document(_)
        | Entries::Register(_)
        | Entries::Recurring(_)
        | Entries::Acknowledgement(_)
        | Entries::CardholderData(_) => &[],
    }
}

fn judges(judged: Judged, state: State) -> bool {
    match (judged, state) {
        (Judged::Any, State::Observed | State::Intended)
        | (Judged::Observed, State::Observed)
        | (Judged::Intended, State::Intended) => true,
        (Judged::Observed, State::Intended) | (Judged::Intended, State::Observed) => false,
    }
}

/// Tells whether a type is of a platform in use.
pub(super) fn in_use(resource_type: &str, platforms: &[Platform]) -> bool {
    platforms
        .iter()
        .any(|platform| is_of(resource_type, *platform))
}
