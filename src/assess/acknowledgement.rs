//! What an acknowledgement check says: who has accepted the text as it stands.

use std::collections::BTreeMap;

use super::evaluation::{Tally, of_nothing};
use super::notes::Notes;
use super::{Facts, Verdict};
use crate::book::{Book, role_guide};
use crate::check::{AcknowledgedText, AcknowledgementCheck, Holders};
use crate::config::{Config, Person};
use crate::human::Acknowledgement;
use crate::inventory::Place;

/// Judges every person that has to acknowledge.
pub(super) fn judge(id: &str, check: &AcknowledgementCheck, tally: &mut Tally, facts: &Facts<'_>) {
    let holders: Vec<&Person> = facts
        .config
        .people
        .iter()
        .filter(|person| holds(person, &check.holders))
        .collect();
    if holders.is_empty() {
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
    let current = texts(check, facts.book, facts.config);
    for person in holders {
        for (role, name) in owed(person, check) {
            let mine: Vec<&Acknowledgement> = facts
                .human
                .acknowledgements
                .iter()
                .filter(|given| {
                    given.check == id && given.person == person.id && given.role == role
                })
                .collect();
            let subject = match &role {
                Some(role) => format!("{}/{role}", person.id),
                None => person.id.clone(),
            };
            tally.findings.push(one(
                &subject,
                &name,
                current.get(&name).map(String::as_str),
                &mine,
                check,
                facts,
            ));
        }
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
fn owed(person: &Person, check: &AcknowledgementCheck) -> Vec<(Option<String>, String)> {
    match (&check.text, &check.holders) {
        (AcknowledgedText::Document(path), _) => vec![(None, path.clone())],
        (AcknowledgedText::RoleGuide, Holders::Everybody) => person
            .roles
            .iter()
            .map(|role| (Some(role.clone()), role.clone()))
            .collect(),
        (AcknowledgedText::RoleGuide, Holders::Roles(roles)) => person
            .roles
            .iter()
            .filter(|role| roles.contains(role))
            .map(|role| (Some(role.clone()), role.clone()))
            .collect(),
    }
}

fn one(
    subject: &str,
    name: &str,
    digest: Option<&str>,
    given: &[&Acknowledgement],
    check: &AcknowledgementCheck,
    facts: &Facts<'_>,
) -> super::Finding {
    let today = facts.data.today;
    let mut notes = Notes::default();
    let mut shows = String::new();
    let mut place = None;
    match digest {
        None => notes.add(
            Verdict::NotChecked,
            format!("the text `{name}` is not in the book"),
        ),
        Some(digest) => {
            let newest = given
                .iter()
                .filter(|given| given.date <= today)
                .max_by_key(|given| (given.digest == digest, given.date));
            match newest {
                None if given.is_empty() => notes.add(
                    Verdict::Fail,
                    format!("`{name}` is not acknowledged; its digest is {digest}"),
                ),
                None => notes.add(
                    Verdict::Fail,
                    format!("`{name}` is acknowledged on a day in the future"),
                ),
                Some(given) => {
                    place = Some(Place {
                        file: given.file.path().to_owned(),
                        line: given.file.line(given.span.start),
                    });
                    shows = format!("{name} acknowledged on {}", given.date);
                    if given.digest != digest {
                        notes.add(
                            Verdict::Expired,
                            format!("an earlier text of `{name}` was acknowledged on {}; the current one has the digest {digest}", given.date),
                        );
                    } else if let Some(valid) = check.valid
                        && valid.after(given.date) < today
                    {
                        notes.add(
                            Verdict::Expired,
                            format!("acknowledged on {}, which holds for {valid}", given.date),
                        );
                    }
                }
            }
        }
    }
    notes.into_finding(subject.to_owned(), "person", shows, place)
}
