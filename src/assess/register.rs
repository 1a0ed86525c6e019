//! What a register check says of entries, and of resources that have to be entries.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::evaluation::{Tally, in_use, of_nothing, stale};
use super::notes::Notes;
use super::{Facts, Finding, Verdict, judge};
use crate::check::{
    Configuration, Match, RegisterCheck, Subject, WhenNone, condition, not_kept, text, texts,
};
use crate::config::Scope;
use crate::human::{Entry, Register};
use crate::inventory::{Completeness, Place, Resource};
use crate::source::{Date, Value};

/// Judges the entries of one register and what they have to match.
pub(super) fn judge(check: &RegisterCheck, tally: &mut Tally, facts: &Facts<'_>) {
    let Some(register) = kept(&check.name, tally, facts) else {
        return;
    };
    let matches: Vec<&Match> = check
        .matches
        .iter()
        .filter(|matched| in_use(&matched.resource, &facts.config.platforms))
        .collect();
    let before = tally.findings.len();
    for entry in &register.entries {
        judge_entry(check, &matches, register, entry, tally, facts);
    }
    if tally.findings.len() == before {
        tally.findings.push(no_entry(check.when_none, &check.name));
    }
    for matched in matches {
        judge_resources(matched, register, tally, facts);
    }
}

/// Judges the entries of a register by one entry of a configuration check.
pub(super) fn judge_each(
    number: usize,
    entry: &Configuration,
    name: &str,
    tally: &mut Tally,
    facts: &Facts<'_>,
) {
    let Some(register) = kept(name, tally, facts) else {
        return;
    };
    for item in &register.entries {
        let Some(judged) = judge::subject(entry, &Subject::Item(item.value.clone()), facts.data)
        else {
            continue;
        };
        *tally.judged.entry(number).or_default() += 1;
        tally.missing.extend(judged.missing);
        tally.findings.push(Finding {
            subject: format!("registers.{name}/{}", item.id),
            subject_type: "register".to_owned(),
            verdict: judged.verdict,
            message: judged.message,
            shows: judged.shows,
            by_default: judged.by_default,
            place: Some(place(register, item)),
            intended: false,
        });
    }
    if tally.judged.get(&number).copied().unwrap_or(0) == 0 {
        tally.findings.push(no_entry(entry.when_none, name));
    }
}

/// Returns the register, or notes that it is not kept.
pub(super) fn kept<'a>(name: &str, tally: &mut Tally, facts: &Facts<'a>) -> Option<&'a Register> {
    let register = facts.human.registers.get(name);
    if register.is_none() {
        let message = not_kept(name);
        tally.missing.insert(message.clone());
        let subject = format!("registers.{name}");
        let finding = of_nothing(Verdict::NotChecked, &subject, "register", &message);
        tally.findings.push(finding);
    }
    register
}

/// A finding that a register has no entry to judge.
pub(super) fn no_entry(when_none: WhenNone, name: &str) -> Finding {
    let path = format!("evidence/registers/{}.toml", name.replace('_', "-"));
    let (verdict, message) = match when_none {
        WhenNone::NotChecked => (Verdict::NotChecked, format!("{path} has no entry to judge")),
        WhenNone::NotApplicable => (
            Verdict::NotApplicable,
            format!("{path} is kept and has no entry to judge"),
        ),
        WhenNone::Fail => (
            Verdict::Fail,
            format!("{path} has no entry to judge, and needs one"),
        ),
    };
    of_nothing(verdict, &format!("registers.{name}"), "register", &message)
}

fn judge_entry(
    check: &RegisterCheck,
    matches: &[&Match],
    register: &Register,
    entry: &Entry,
    tally: &mut Tally,
    facts: &Facts<'_>,
) {
    let item = Subject::Item(entry.value.clone());
    let data = facts.data;
    let mut notes = Notes::default();
    if let Some(filter) = &check.filter {
        match condition(filter, &item, data).value {
            Ok(true) => {}
            Ok(false) => return,
            Err(trouble) => notes.trouble(trouble),
        }
    }
    if let Some(schema) = facts.human.schemas.get(&check.name) {
        let missing = schema.missing(&entry.value);
        if !missing.is_empty() {
            notes.add(
                Verdict::Fail,
                format!("the entry lacks {}", missing.join(", ")),
            );
        }
    }
    if let Some(rule) = &check.rule {
        let answer = condition(&rule.assert, &item, data);
        notes.by_default.extend(answer.by_default);
        match answer.value {
            Ok(true) => {}
            Ok(false) => {
                let message = text(&rule.message, &item, data).value;
                let message = message.unwrap_or_else(|_| "the condition does not hold".to_owned());
                notes.add(Verdict::Fail, message);
            }
            Err(trouble) => notes.trouble(trouble),
        }
    }
    dates(check, &entry.value, data.today, &mut notes);
    for matched in matches {
        forward(matched, &item, &mut notes, tally, facts);
    }
    let shows = text(&check.shows, &item, data).value.unwrap_or_default();
    tally.missing.extend(notes.missing.drain(..));
    tally.findings.push(notes.into_finding(
        format!("registers.{}/{}", check.name, entry.id),
        "register",
        shows,
        Some(place(register, entry)),
    ));
}

fn place(register: &Register, entry: &Entry) -> Place {
    Place {
        file: register.file.path().to_owned(),
        line: register.file.line(entry.span.start),
    }
}

fn dates(check: &RegisterCheck, entry: &Value, today: Date, notes: &mut Notes) {
    let day = |field: &str| -> Option<Date> { entry.get(field).as_str()?.parse().ok() };
    if let Some((field, within)) = &check.dated {
        let name = field.replace('_', "-");
        match day(field) {
            None => notes.add(Verdict::Fail, format!("the entry has no date `{name}`")),
            Some(date) if date > today => {
                notes.add(
                    Verdict::Fail,
                    format!("`{name}` lies in the future: {date}"),
                );
            }
            Some(date) if within.after(date) < today => notes.add(
                Verdict::Expired,
                format!("`{name}` is {date}, and may be no older than {within}"),
            ),
            Some(_) => {}
        }
    }
    if let Some(field) = &check.until {
        let name = field.replace('_', "-");
        match day(field) {
            None => notes.add(Verdict::Fail, format!("the entry has no date `{name}`")),
            Some(date) if date < today => {
                notes.add(Verdict::Expired, format!("`{name}` was {date}"));
            }
            Some(_) => {}
        }
    }
}

/// Looks for the resources that an entry names.
fn forward(
    matched: &Match,
    item: &Subject,
    notes: &mut Notes,
    tally: &mut Tally,
    facts: &Facts<'_>,
) {
    let named = match texts(&matched.entry_names, item, facts.data).value {
        Ok(named) => named,
        Err(trouble) => return notes.trouble(trouble),
    };
    for name in named {
        let found = facts
            .data
            .observed(&matched.resource)
            .find(|resource| names(matched, resource, facts).is_ok_and(|names| has(&names, &name)));
        match found {
            Some(resource) => {
                if let Some(reason) = stale(resource, facts) {
                    notes.add(Verdict::NotChecked, reason);
                }
                note_source(resource, tally);
            }
            None => match facts.data.inventory.completeness(&matched.resource) {
                Completeness::Complete => notes.add(
                    Verdict::Fail,
                    format!(
                        "the exports are complete and show no {} `{name}`",
                        matched.resource
                    ),
                ),
                Completeness::Partial(reason) | Completeness::Missing(reason) => {
                    notes.add(
                        Verdict::NotChecked,
                        format!("no export shows {} `{name}`: {reason}", matched.resource),
                    );
                    tally
                        .missing
                        .insert(format!("{}: {reason}", matched.resource));
                }
            },
        }
    }
}

/// Looks for resources that no entry names.
fn judge_resources(matched: &Match, register: &Register, tally: &mut Tally, facts: &Facts<'_>) {
    let data = facts.data;
    let mut registered: BTreeSet<String> = BTreeSet::new();
    let mut unread = Vec::new();
    for entry in &register.entries {
        match texts(
            &matched.entry_names,
            &Subject::Item(entry.value.clone()),
            data,
        )
        .value
        {
            Ok(named) => registered.extend(named.iter().map(|name| name.to_ascii_lowercase())),
            Err(_) => unread.push(entry.id.as_str()),
        }
    }
    let asks_scope = matched
        .filter
        .as_ref()
        .is_some_and(|filter| filter.needs.scope);
    for resource in data.observed(&matched.resource) {
        if resource.meta.scope == Scope::Out && !asks_scope {
            continue;
        }
        let subject = Subject::Resource(Arc::clone(resource));
        let mut notes = Notes::default();
        if let Some(filter) = &matched.filter {
            let answer = condition(filter, &subject, data);
            notes.by_default.extend(answer.by_default);
            match answer.value {
                Ok(true) => {}
                Ok(false) => continue,
                Err(trouble) => notes.trouble(trouble),
            }
        }
        let mut shows = String::new();
        match names(matched, resource, facts) {
            Ok(names) => {
                shows = names.join(", ");
                let listed = names
                    .iter()
                    .any(|name| registered.contains(&name.to_ascii_lowercase()));
                if !listed && !unread.is_empty() {
                    let message = format!(
                        "no entry names it, and what {} names can't be told",
                        unread.join(", ")
                    );
                    notes.add(Verdict::NotChecked, message);
                } else if !listed {
                    notes.add(
                        Verdict::Fail,
                        format!("no entry of {} names it", register.file.path()),
                    );
                }
            }
            Err(trouble) => notes.trouble(trouble),
        }
        if let Some(reason) = stale(resource, facts) {
            notes.add(Verdict::NotChecked, reason);
        }
        note_source(resource, tally);
        tally.missing.extend(notes.missing.drain(..));
        tally.findings.push(notes.into_finding(
            resource.meta.id.clone(),
            &resource.meta.resource_type,
            shows,
            resource.meta.origins.first().cloned(),
        ));
    }
    let reason = match data.inventory.completeness(&matched.resource) {
        Completeness::Complete => None,
        Completeness::Partial(reason) | Completeness::Missing(reason) => Some(reason),
    };
    if let Some(reason) = reason
        && !stated_unused(matched, facts)
    {
        tally
            .missing
            .insert(format!("{}: {reason}", matched.resource));
        tally.findings.push(of_nothing(
            Verdict::NotChecked,
            &matched.resource,
            "type",
            &format!("there may be some that the register lacks: {reason}"),
        ));
    }
}

fn stated_unused(matched: &Match, facts: &Facts<'_>) -> bool {
    facts
        .config
        .unused
        .iter()
        .any(|unused| unused.resource_type.eq_ignore_ascii_case(&matched.resource))
}

fn names(
    matched: &Match,
    resource: &Arc<Resource>,
    facts: &Facts<'_>,
) -> Result<Vec<String>, crate::check::Trouble> {
    texts(
        &matched.resource_names,
        &Subject::Resource(Arc::clone(resource)),
        facts.data,
    )
    .value
}

fn has(names: &[String], wanted: &str) -> bool {
    names.iter().any(|name| name.eq_ignore_ascii_case(wanted))
}

fn note_source(resource: &Resource, tally: &mut Tally) {
    let files = resource.meta.origins.iter().map(|place| place.file.clone());
    tally.exports.extend(files);
    tally.observed.extend(resource.meta.observed);
}
