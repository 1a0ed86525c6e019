//! All that falls due, by day: what lapsed, and what will.

use std::collections::{BTreeMap, BTreeSet};

use super::acknowledgement::{Standing, owed};
use super::recurring::deadlines;
use crate::book::{Document, Raci};
use crate::check::{Check, Data, Entries, RegisterCheck, Subject, condition};
use crate::human::ExceptionKind;
use crate::source::{Date, Keyword as _};

use super::Facts;

/// What sort of thing falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DueKind {
    /// The next time of a recurring duty.
    Recurring,
    /// The review of a document.
    Document,
    /// An entry of a register, which is to be looked at or ends.
    Register,
    /// The acknowledgement of a text by a person.
    Acknowledgement,
    /// The end of an exception.
    Exception,
    /// The end of a provider's attestation.
    Provider,
    /// The greatest age of exports.
    Export,
}

impl DueKind {
    /// Returns the word as it is written everywhere.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recurring => "recurring",
            Self::Document => "document",
            Self::Register => "register",
            Self::Acknowledgement => "acknowledgement",
            Self::Exception => "exception",
            Self::Provider => "provider",
            Self::Export => "export",
        }
    }
}

/// One thing that falls due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// The last day on which it is in time; nothing where it never was done: at once.
    pub day: Option<Date>,
    /// Who has to: a role's title, a person, the owner that a text names; empty if nobody does.
    pub owner: String,
    /// What sort of thing.
    pub kind: DueKind,
    /// What it is about: a check, a document, an entry, an exception's subjects.
    pub subject: String,
    /// What has to be done.
    pub what: String,
    /// The check that then no longer passes.
    pub check: Option<String>,
}

/// Returns all that falls due, in the order of days.
pub(crate) fn dues(checks: &[Check], facts: &Facts<'_>) -> Vec<Due> {
    let mut all: BTreeSet<Due> = BTreeSet::new();
    let mut entries: BTreeMap<(String, String, Date), Due> = BTreeMap::new();
    for check in checks {
        match &check.entries {
            Entries::Recurring(_) => all.extend(recurring(check, facts)),
            Entries::Document(_) => {
                let paths = check.documents();
                let documents = facts.book.documents.iter();
                let named = documents.filter(|document| paths.contains(&document.path));
                all.extend(named.filter_map(|document| review(check, document)));
            }
            Entries::Register(registers) => {
                for due in registers
                    .iter()
                    .flat_map(|entry| register(check, entry, facts))
                {
                    // Several checks look at one entry; it is one thing to do.
                    if let Some(day) = due.day {
                        let key = (due.subject.clone(), due.what.clone(), day);
                        entries.entry(key).or_insert(due);
                    }
                }
            }
            Entries::Acknowledgement(_) => all.extend(acknowledged(check, facts)),
            Entries::Configuration(_) | Entries::CardholderData(_) => {}
        }
    }
    all.extend(entries.into_values());
    all.extend(exceptions(facts));
    all.extend(providers(facts));
    all.extend(exports(facts));
    all.into_iter().collect()
}

fn recurring(check: &Check, facts: &Facts<'_>) -> Vec<Due> {
    let id = &check.id.value;
    let Entries::Recurring(duties) = &check.entries else {
        return Vec::new();
    };
    let asked: Vec<_> = duties
        .iter()
        .filter(|duty| facts.config.is_one_of(&duty.entities))
        .collect();
    if asked.is_empty() {
        return Vec::new();
    }
    let day = asked
        .iter()
        .filter_map(|duty| deadlines(id, duty, facts.config, facts.human, facts.data.today))
        .map(|deadlines| deadlines.open)
        .min();
    let what = match day {
        Some(_) => format!("do and record: {}", check.title),
        None => format!("do and record for the first time: {}", check.title),
    };
    vec![Due {
        day,
        owner: responsible(check, facts),
        kind: DueKind::Recurring,
        subject: id.clone(),
        what,
        check: Some(id.clone()),
    }]
}

fn review(check: &Check, document: &Document) -> Option<Due> {
    Some(Due {
        day: Some(document.review_due?),
        owner: document.owner.clone().unwrap_or_default(),
        kind: DueKind::Document,
        subject: document.path.clone(),
        what: format!("review and approve: {}", document.title),
        check: Some(check.id.value.clone()),
    })
}

fn register(check: &Check, entry: &RegisterCheck, facts: &Facts<'_>) -> Vec<Due> {
    let Some(register) = facts.human.registers.get(&entry.name) else {
        return Vec::new();
    };
    let owner = responsible(check, facts);
    let mut found = Vec::new();
    for item in &register.entries {
        let left_out = entry.filter.as_ref().is_some_and(|filter| {
            let subject = Subject::Item(item.value.clone());
            condition(filter, &subject, facts.data).value == Ok(false)
        });
        if left_out {
            continue;
        }
        let day = |field: &String| -> Option<Date> { item.value.get(field).as_str()?.parse().ok() };
        let dated = entry
            .dated
            .as_ref()
            .and_then(|(field, within)| Some((within.after(day(field)?), "look at again")));
        let until = entry
            .until
            .as_ref()
            .and_then(|field| Some((day(field)?, "renew or end")));
        for (day, what) in dated.into_iter().chain(until) {
            let name = entry.name.replace('_', "-");
            found.push(Due {
                day: Some(day),
                owner: owner.clone(),
                kind: DueKind::Register,
                subject: format!("{name}/{}", item.id),
                what: format!("{what}: entry `{}` of the register {name}", item.id),
                check: Some(check.id.value.clone()),
            });
        }
    }
    found
}

fn acknowledged(check: &Check, facts: &Facts<'_>) -> Vec<Due> {
    let id = &check.id.value;
    let Entries::Acknowledgement(entries) = &check.entries else {
        return Vec::new();
    };
    let today = facts.data.today;
    let mut found = Vec::new();
    for entry in entries {
        for owed in owed(id, entry, facts.config, facts.book, facts.human, today) {
            let day = match owed.standing {
                Standing::Held(None) => continue,
                Standing::Held(Some(day)) | Standing::Lapsed(day) => Some(day),
                Standing::Changed | Standing::Never | Standing::Ahead | Standing::NoText => None,
            };
            let text = match owed.role {
                Some(role) => format!("the guide of the role {role}"),
                None => owed.text.to_owned(),
            };
            let what = match owed.standing {
                Standing::Changed => format!("acknowledge {text}, which changed"),
                Standing::Held(_)
                | Standing::Lapsed(_)
                | Standing::Never
                | Standing::Ahead
                | Standing::NoText => format!("acknowledge {text}"),
            };
            found.push(Due {
                day,
                owner: owed.person.to_owned(),
                kind: DueKind::Acknowledgement,
                subject: match owed.role {
                    Some(role) => format!("{id}/{}/{role}", owed.person),
                    None => format!("{id}/{}", owed.person),
                },
                what,
                check: Some(id.clone()),
            });
        }
    }
    found
}

fn exceptions(facts: &Facts<'_>) -> impl Iterator<Item = Due> {
    facts.human.exceptions.iter().map(|exception| {
        let what = match exception.kind {
            ExceptionKind::Deviation => "mend it, or approve it anew",
            ExceptionKind::CompensatingControl | ExceptionKind::Customized => {
                "mend it, or have it validated and approved anew"
            }
        };
        Due {
            day: Some(exception.until),
            owner: exception.owner.clone(),
            kind: DueKind::Exception,
            subject: format!("{}: {}", exception.check, exception.subjects.join(", ")),
            what: format!("the {} ends; {what}", exception.kind.word()),
            check: Some(exception.check.clone()),
        }
    })
}

fn providers(facts: &Facts<'_>) -> impl Iterator<Item = Due> {
    facts.config.providers.iter().filter_map(|provider| {
        Some(Due {
            day: Some(provider.valid_until?),
            owner: String::new(),
            kind: DueKind::Provider,
            subject: provider.id.clone(),
            what: format!("ask {} for the new attestation", provider.name),
            check: None,
        })
    })
}

/// Returns until when exports are young enough, those of one day together.
fn exports(facts: &Facts<'_>) -> Vec<Due> {
    let data: &Data = facts.data;
    let mut by_day: BTreeMap<Date, usize> = BTreeMap::new();
    for file in &data.inventory().files {
        if let Some(observed) = file.observed {
            *by_day
                .entry(facts.config.time_zone.date(observed))
                .or_default() += 1;
        }
    }
    let months = facts.config.window_months;
    by_day
        .into_iter()
        .map(|(observed, count)| Due {
            day: Some(observed.plus_months(months)),
            owner: String::new(),
            kind: DueKind::Export,
            subject: format!("exports of {observed}"),
            what: format!("export again: {count} files show {observed}"),
            check: None,
        })
        .collect()
}

/// Returns the title of the role that does the work for one of a check's statements on its page,
/// else of the one that does the page's work.
fn responsible(check: &Check, facts: &Facts<'_>) -> String {
    let page = facts.book.pages.iter().find(|page| page.id() == check.page);
    let Some(front) = page.and_then(|page| page.front.as_ref()) else {
        return String::new();
    };
    let roles = || {
        let roles = front.value.roles.iter();
        roles.filter(|role| role.raci == Raci::Responsible)
    };
    let of_statement = roles().find(|role| {
        role.duties
            .iter()
            .flat_map(|duty| &duty.statements)
            .any(|id| {
                check
                    .statements
                    .iter()
                    .any(|served| served.value == id.value)
            })
    });
    let id = of_statement
        .or_else(|| roles().next())
        .map_or("", |role| role.role.value.as_str());
    facts
        .config
        .roles
        .iter()
        .find(|role| role.value.id == id)
        .map_or_else(|| id.to_owned(), |role| role.value.title.clone())
}
