//! The request list: what to bring, from where, by when, and how it stands today.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::assess::due;
use crate::check::{Check, Kind};

use super::card::CheckRef;
use super::coverage::{Natural, natural};
use super::page::PageView;
use super::reference::{ExportNeed, cards};
use super::{Input, words};

/// One thing to bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Request {
    /// Who brings it: the name of a role, or the owner that a document names; empty if nobody does.
    pub owner: String,
    /// The requirement ids it is for, in order.
    pub requirements: Vec<String>,
    /// The word of what it is: `export`, or the kind of the check.
    pub kind: &'static str,
    /// What it is: a type, a title.
    pub what: String,
    /// Where it comes from: commands or a file.
    pub from: Vec<String>,
    /// The day by which it has to be there or renewed. None: for the next run, or at once if it is
    /// overdue.
    pub due: Option<String>,
    /// How it stands today: `there`, `failing` (it is there and shows a gap), `overdue` or `wanting`.
    pub state: &'static str,
    /// The checks that want it.
    pub checks: Vec<CheckRef>,
}

/// Returns what to bring, by owner and requirement id.
pub(crate) fn of(pages: &[PageView], exports: &[ExportNeed], input: &Input<'_>) -> Vec<Request> {
    let by_id: BTreeMap<&str, &Check> = input
        .checks
        .iter()
        .map(|check| (check.id.value.as_str(), check))
        .collect();
    let mut requests: Vec<Request> = exports
        .iter()
        .map(|need| export(need, pages, &by_id, input))
        .collect();
    let cards = cards(pages);
    for check in input.checks {
        let Some(card) = cards.get(check.id.value.as_str()) else {
            continue;
        };
        if card.left_out || card.verdict == "not-applicable" {
            continue;
        }
        if let Some((what, from)) = brought(check) {
            let state = state(card.verdict);
            // What has lapsed is wanted at once, not on the day of its next period.
            let due = due(check, input.config, input.book, input.human)
                .filter(|date| state != "overdue" || *date <= input.outcome.as_of);
            requests.push(Request {
                owner: owner(check, pages, input),
                requirements: requirements([check].into_iter()),
                kind: words::kind(check.kind()),
                what,
                from,
                due: due.map(|date| date.to_string()),
                state,
                checks: vec![(*card).clone()],
            });
        }
    }
    requests.sort_by(|a, b| key(a).cmp(&key(b)));
    requests
}

fn key(request: &Request) -> (bool, &str, Vec<Natural>, &str, &str) {
    (
        request.owner.is_empty(),
        &request.owner,
        request.requirements.iter().map(|id| natural(id)).collect(),
        request.kind,
        &request.what,
    )
}

fn export(
    need: &ExportNeed,
    pages: &[PageView],
    by_id: &BTreeMap<&str, &Check>,
    input: &Input<'_>,
) -> Request {
    let checks: Vec<&Check> = need
        .checks
        .iter()
        .filter_map(|card| by_id.get(card.id.as_str()).copied())
        .collect();
    let prefix = format!("{}: ", need.resource_type.to_ascii_lowercase());
    let wanting = input
        .outcome
        .checks
        .iter()
        .flat_map(|check| &check.missing)
        .any(|missing| missing.to_ascii_lowercase().starts_with(&prefix));
    Request {
        owner: checks
            .first()
            .map_or_else(String::new, |check| owner(check, pages, input)),
        requirements: requirements(checks.into_iter()),
        kind: "export",
        what: need.resource_type.clone(),
        from: need.commands.clone(),
        due: None,
        state: if wanting { "wanting" } else { "there" },
        checks: need.checks.clone(),
    }
}

fn requirements<'a>(checks: impl Iterator<Item = &'a Check>) -> Vec<String> {
    let ids: BTreeMap<Natural, String> = checks
        .flat_map(|check| &check.requirements)
        .map(|id| (natural(&id.value), id.value.clone()))
        .collect();
    ids.into_values().collect()
}

/// Returns what people bring for a check of what they keep, and where it is kept.
fn brought(check: &Check) -> Option<(String, Vec<String>)> {
    let id = &check.id.value;
    let from = match check.kind() {
        Kind::Configuration => return None,
        Kind::Document => check
            .documents()
            .into_iter()
            .map(|path| format!("book/src/{path}"))
            .collect(),
        // The population says for what; each member has a scan report among the exports.
        Kind::CardholderData => check
            .types()
            .into_iter()
            .chain(check.registers().into_iter().map(register_file))
            .collect(),
        Kind::Register => check.registers().into_iter().map(register_file).collect(),
        Kind::Recurring => vec![format!("evidence/occurrences/{id}/")],
        Kind::Acknowledgement => vec![format!("evidence/acknowledgements/{id}/")],
    };
    Some((check.title.clone(), from))
}

fn register_file(name: String) -> String {
    format!("evidence/registers/{}.toml", name.replace('_', "-"))
}

/// Returns who brings what a check wants: the owner of its document; else the roles that do the work
/// for one of its statements on its page, else those that do the page's work.
fn owner(check: &Check, pages: &[PageView], input: &Input<'_>) -> String {
    let documents = check.documents();
    let named = input
        .book
        .documents
        .iter()
        .filter(|document| documents.contains(&document.path))
        .find_map(|document| document.owner.clone());
    if let Some(owner) = named {
        return owner;
    }
    let Some(page) = pages.iter().find(|page| page.page.id == check.page) else {
        return String::new();
    };
    let responsible = || page.roles.iter().filter(|role| role.raci == "responsible");
    let serves = |statement: &String| {
        check
            .statements
            .iter()
            .any(|named| named.value == *statement)
    };
    let of_statement = responsible().find(|role| {
        role.duties
            .iter()
            .flat_map(|duty| &duty.statements)
            .any(|statement| serves(&statement.id))
    });
    of_statement
        .or_else(|| responsible().next())
        .map_or_else(String::new, |role| role.title.clone())
}

fn state(verdict: &str) -> &'static str {
    match verdict {
        "pass" | "excepted" => "there",
        "fail" => "failing",
        "expired" => "overdue",
        _ => "wanting",
    }
}
