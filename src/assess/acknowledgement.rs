//! What an acknowledgement check says: who has accepted the text as it stands.

use std::collections::BTreeMap;

use super::evaluation::{Tally, of_nothing};
use super::notes::Notes;
use super::{Facts, Finding, Verdict};
use crate::book::{Book, role_guide};
use crate::check::{AcknowledgedText, AcknowledgementCheck, Holders};
use crate::config::{Config, Person};
use crate::human::{Acknowledgement, Human};
use crate::inventory::Place;
use crate::source::{Date, TimeZone};

/// How a person stands to a text that is to be acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The text as it stands is accepted, until a day if the check says how long that holds.
    Held(Option<Date>),
    /// It held until this day.
    Lapsed(Date),
    /// An earlier text is accepted.
    Changed,
    /// Nothing is.
    Never,
    /// Something is, on a day that lies ahead.
    Ahead,
    /// The book has no such text.
    NoText,
}

/// One text that one person has to acknowledge.
#[derive(Debug, Clone)]
pub(crate) struct Owed<'a> {
    /// The staff id.
    pub(crate) person: &'a str,
    /// The role whose guide it is, for guides.
    pub(crate) role: Option<&'a str>,
    /// The text: a document's path, or a role.
    pub(crate) text: &'a str,
    /// The digest of the text as it stands.
    pub(crate) digest: Option<String>,
    /// What was acknowledged that comes closest.
    pub(crate) given: Option<&'a Acknowledgement>,
    /// How the person stands to it.
    pub(crate) standing: Standing,
}

/// Returns every text that every holder has to acknowledge.
pub(crate) fn owed<'a>(
    id: &str,
    check: &'a AcknowledgementCheck,
    config: &'a Config,
    book: &Book,
    human: &'a Human,
    today: Date,
) -> Vec<Owed<'a>> {
    let current = texts(check, book, config);
    let mut all = Vec::new();
    for person in config
        .people
        .iter()
        .filter(|person| holds(person, &check.holders))
    {
        for (role, text) in of_person(person, check) {
            let mine: Vec<&Acknowledgement> = human
                .acknowledgements
                .iter()
                .filter(|given| {
                    given.check == id && given.person == person.id && given.role.as_deref() == role
                })
                .collect();
            let digest = current.get(text).cloned();
            let (given, standing) = standing(digest.as_deref(), &mine, check, today);
            all.push(Owed {
                person: &person.id,
                role,
                text,
                digest,
                given,
                standing,
            });
        }
    }
    all
}

/// Judges every person that has to acknowledge.
pub(super) fn judge(id: &str, check: &AcknowledgementCheck, tally: &mut Tally, facts: &Facts<'_>) {
    let someone = |person: &Person| holds(person, &check.holders);
    if !facts.config.people.iter().any(someone) {
        let message = match &check.holders {
            Holders::Everybody => "workbook.toml names no people".to_owned(),
            Holders::Roles(roles) => {
                format!(
                    "nobody in workbook.toml holds the role {}",
                    roles.join(" or ")
                )
            }
        };
        tally.missing.insert(format!("{id}: {message}"));
        tally
            .findings
            .push(of_nothing(Verdict::NotChecked, id, "people", &message));
        return;
    }
    let today = facts.data.today;
    for owed in owed(id, check, facts.config, facts.book, facts.human, today) {
        tally
            .findings
            .push(finding(&owed, check, facts.config.time_zone));
    }
}

fn holds(person: &Person, holders: &Holders) -> bool {
    match holders {
        Holders::Everybody => true,
        Holders::Roles(roles) => person.roles.iter().any(|role| roles.contains(role)),
    }
}

/// Returns the digest of each text that is acknowledged, by its name.
pub(crate) fn texts(
    check: &AcknowledgementCheck,
    book: &Book,
    config: &Config,
) -> BTreeMap<String, String> {
    match &check.text {
        AcknowledgedText::Document(path) => book
            .documents
            .iter()
            .filter(|document| document.path == *path)
            .map(|document| (path.clone(), document.digest.clone()))
            .collect(),
        AcknowledgedText::RoleGuide => config
            .roles
            .iter()
            .filter_map(|role| {
                let digest = role_guide::digest(&book.pages, &role.value.id)?;
                Some((role.value.id.clone(), digest))
            })
            .collect(),
    }
}

/// Returns what a person owes: the role it is for, and the name of the text.
fn of_person<'a>(
    person: &'a Person,
    check: &'a AcknowledgementCheck,
) -> Vec<(Option<&'a str>, &'a str)> {
    let wanted = |role: &&String| match &check.holders {
        Holders::Everybody => true,
        Holders::Roles(roles) => roles.contains(role),
    };
    match &check.text {
        AcknowledgedText::Document(path) => vec![(None, path)],
        AcknowledgedText::RoleGuide => person
            .roles
            .iter()
            .filter(wanted)
            .map(|role| (Some(role.as_str()), role.as_str()))
            .collect(),
    }
}

fn standing<'a>(
    digest: Option<&str>,
    given: &[&'a Acknowledgement],
    check: &AcknowledgementCheck,
    today: Date,
) -> (Option<&'a Acknowledgement>, Standing) {
    let Some(digest) = digest else {
        return (None, Standing::NoText);
    };
    let newest = given
        .iter()
        .copied()
        .filter(|given| given.date <= today)
        .max_by_key(|given| (given.digest == digest, given.date));
    let standing = match newest {
        None if given.is_empty() => Standing::Never,
        None => Standing::Ahead,
        Some(given) if given.digest != digest => Standing::Changed,
        Some(given) => match check.valid.map(|valid| valid.after(given.date)) {
            Some(until) if until < today => Standing::Lapsed(until),
            until => Standing::Held(until),
        },
    };
    (newest, standing)
}

fn finding(owed: &Owed<'_>, check: &AcknowledgementCheck, zone: TimeZone) -> Finding {
    let mut notes = Notes::default();
    let name = owed.text;
    let digest = owed.digest.as_deref().unwrap_or_default();
    let day = owed
        .given
        .map_or_else(String::new, |given| given.date.to_string());
    match owed.standing {
        Standing::Held(_) => {}
        Standing::NoText => notes.add(
            Verdict::NotChecked,
            format!("the text `{name}` is not in the book"),
        ),
        Standing::Never => notes.add(
            Verdict::Fail,
            format!("`{name}` is not acknowledged; its digest is {digest}"),
        ),
        Standing::Ahead => notes.add(
            Verdict::Fail,
            format!("`{name}` is acknowledged on a day in the future"),
        ),
        Standing::Changed => notes.add(
            Verdict::Expired,
            format!("an earlier text of `{name}` was acknowledged on {day}; the current one has the digest {digest}"),
        ),
        Standing::Lapsed(_) => {
            let valid = check.valid.map_or_else(String::new, |valid| valid.to_string());
            notes.add(
                Verdict::Expired,
                format!("acknowledged on {day}, which holds for {valid}"),
            );
        }
    }
    let shows = owed.given.map_or_else(String::new, |given| {
        let recorded = given.recorded.map(|at| zone.date(at));
        match recorded.filter(|recorded| *recorded != given.date) {
            Some(recorded) => format!("{name} acknowledged on {day}, recorded on {recorded}"),
            None => format!("{name} acknowledged on {day}"),
        }
    });
    let place = owed.given.map(|given| Place {
        file: given.file.path().to_owned(),
        line: given.file.line(given.span.start),
    });
    let subject = match owed.role {
        Some(role) => format!("{}/{role}", owed.person),
        None => owed.person.to_owned(),
    };
    notes.into_finding(subject, "person", shows, place)
}
