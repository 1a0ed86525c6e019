//! What the templates of the reference pages and the request list are given.

use serde::Serialize;

use crate::view::{PlacedStatement, Request, View};

use super::lists::line;
use super::pieces::values;
use super::templates::{Templates, Values};

/// How many checks have a property, with the words for it.
#[derive(Serialize)]
struct Tally<'a> {
    label: &'a str,
    n: usize,
}

/// One section of a source.
#[derive(Serialize)]
struct Section<'a> {
    source: &'static str,
    section: &'a str,
    new_source: bool,
    statements: &'a [PlacedStatement],
}

/// What one owner brings.
#[derive(Serialize)]
struct Group<'a> {
    id: String,
    owner: &'a str,
    requests: Vec<&'a Request>,
}

/// How many requests stand in a way.
#[derive(Serialize)]
struct States {
    word: &'static str,
    n: usize,
}

/// Returns the values of the page of all checks.
pub(crate) fn checks(templates: &Templates, view: &View) -> Values {
    let words = templates.strings();
    let cards: Vec<_> = view.cards().collect();
    let tally = |keys: &[&str], path: &[&str], of: &dyn Fn(&crate::view::CheckRef) -> &str| {
        keys.iter()
            .map(|key| {
                let mut path = path.to_vec();
                path.insert(1, key);
                let label = words.text(&path).to_owned();
                let n = cards.iter().filter(|card| of(&card.check) == *key).count();
                (label, n)
            })
            .filter(|(_, n)| *n > 0)
            .collect::<Vec<_>>()
    };
    let mut kinds: Vec<&str> = cards.iter().map(|card| card.check.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let counted = [
        tally(&kinds, &["kind"], &|check| check.kind),
        tally(&["standard", "source"], &["basis", "word"], &|check| {
            check.basis
        }),
        tally(&["direct", "supporting"], &["strength", "word"], &|check| {
            check.strength
        }),
    ];
    let tallies: Vec<Vec<Tally<'_>>> = counted
        .iter()
        .map(|group| {
            group
                .iter()
                .map(|(label, n)| Tally { label, n: *n })
                .collect()
        })
        .collect();
    values(view, "checks.md")
        .with("pages", &view.pages)
        .with("total", &cards.len())
        .with("tallies", &tallies)
}

/// Returns the values of the page of statements.
pub(crate) fn statements(view: &View) -> Values {
    let mut sections: Vec<Section<'_>> = Vec::new();
    for source in ["aks", "ecs"] {
        let of_source = view.reference.sections.iter();
        for (at, section) in of_source
            .filter(|section| section.source == source)
            .enumerate()
        {
            sections.push(Section {
                source,
                section: &section.section,
                new_source: at == 0,
                statements: &section.statements,
            });
        }
    }
    values(view, "statements.md").with("sections", &sections)
}

/// Returns the values of a page that shows the reference as it is.
pub(crate) fn plain(view: &View, path: &str) -> Values {
    values(view, path).with("reference", &view.reference)
}

/// Returns the values of the request list.
pub(crate) fn requests(templates: &Templates, view: &View) -> Values {
    let nobody = templates.strings().text(&["requests", "nobody"]);
    let mut groups: Vec<Group<'_>> = Vec::new();
    for request in &view.requests {
        let owner = match request.owner.as_str() {
            "" => nobody,
            owner => owner,
        };
        match groups.last_mut() {
            Some(group) if group.owner == owner => group.requests.push(request),
            Some(_) | None => groups.push(Group {
                id: format!("owner-{}", groups.len() + 1),
                owner,
                requests: vec![request],
            }),
        }
    }
    let states: Vec<States> = ["wanting", "overdue", "failing", "there"]
        .into_iter()
        .map(|word| States {
            word,
            n: view
                .requests
                .iter()
                .filter(|request| request.state == word)
                .count(),
        })
        .collect();
    values(view, "requests.md")
        .with("groups", &groups)
        .with("states", &states)
}

/// Returns the request list as CSV, and its path below the book.
pub(crate) fn requests_csv(templates: &Templates, view: &View) -> (String, String) {
    let words = templates.strings();
    let text = |path: &[&str]| words.text(path).to_owned();
    let mut csv = String::new();
    let keys = [
        "owner",
        "ids",
        "kind-title",
        "what",
        "from",
        "due",
        "today",
        "checks",
    ];
    line(&mut csv, &keys.map(|key| text(&["requests", key])));
    for request in &view.requests {
        let checks: Vec<&str> = request
            .checks
            .iter()
            .map(|check| check.id.as_str())
            .collect();
        line(
            &mut csv,
            &[
                request.owner.clone(),
                request.requirements.join(" "),
                text(&["requests", "kind", request.kind]),
                request.what.clone(),
                if request.from.is_empty() {
                    text(&["exports", "unknown"])
                } else {
                    request.from.join("; ")
                },
                request.due.clone().unwrap_or_else(|| {
                    // What has lapsed without a day of its own is wanted at once.
                    let word = if request.state == "overdue" {
                        "now"
                    } else {
                        "next-run"
                    };
                    text(&["requests", word])
                }),
                text(&["requests", "state", request.state]),
                checks.join(" "),
            ],
        );
    }
    ("requests.csv".to_owned(), csv)
}
