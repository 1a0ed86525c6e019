//! What the book covers: by statement and by requirement id, adding up.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::assess::Status;

use super::Count;
use super::card::{Card, CheckRef};
use super::page::{PageRef, PageView, StatementView};

/// How the statements of one page are evidenced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementCoverage {
    /// The page.
    pub page: PageRef,
    /// How many of its statements are examined, undecided, narrative, without evidence.
    pub counts: Vec<Count>,
    /// How many of them are answered in each way; they add up to the total.
    pub answers: Vec<Count>,
    /// How many there are.
    pub total: usize,
    /// The statements.
    pub statements: Vec<StatementView>,
}

/// What is known of one requirement id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequirementCoverage {
    /// The PCI DSS 4.0.1 id.
    pub id: String,
    /// The word of its worst status over its pages; `none` if no page tells one.
    pub status: &'static str,
    /// The word of what answers it best: `direct`, `supporting`, a kind, `guidance` or `none`.
    pub answer: &'static str,
    /// The pages that tell it.
    pub pages: Vec<PageRef>,
    /// How many checks of the standard show it directly.
    pub direct: usize,
    /// How many checks of the standard support it.
    pub supporting: usize,
    /// How many checks of the sources' guidance name it.
    pub guidance: usize,
    /// The testing procedures that the checks serve.
    pub procedures: Vec<String>,
}

/// The coverage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The statements, page by page.
    pub statements: Vec<StatementCoverage>,
    /// How many statements there are of each sort of evidence; they add up to the total.
    pub counts: Vec<Count>,
    /// How many statements are answered in each way; they add up to the total.
    pub answers: Vec<Count>,
    /// How many statements there are.
    pub total: usize,
    /// The requirement ids: every one of Requirements 3 and 4, and what else checks name.
    pub requirements: Vec<RequirementCoverage>,
    /// How many ids are answered in each way; they add up to the number of ids.
    pub requirement_answers: Vec<Count>,
    /// How many ids have each status; they add up to the number of ids.
    pub statuses: Vec<Count>,
}

/// The ways in which something is answered, the best first.
const ANSWERS: [&str; 10] = [
    "direct",
    "supporting",
    "cardholder-data",
    "register",
    "recurring",
    "document",
    "acknowledgement",
    "guidance",
    "narrative",
    "none",
];

/// Returns the best way in which checks answer something.
fn answer<'a>(checks: impl Iterator<Item = &'a CheckRef>) -> &'static str {
    let rank = |check: &CheckRef| {
        let word = match (check.strength, check.kind) {
            ("direct", _) => "direct",
            (_, "configuration") => "supporting",
            (_, kind) => kind,
        };
        ANSWERS.iter().position(|answer| *answer == word)
    };
    checks
        .filter_map(rank)
        .min()
        .and_then(|rank| ANSWERS.get(rank).copied())
        .unwrap_or("none")
}

fn answer_counts<'a>(answers: impl Iterator<Item = &'a str> + Clone) -> Vec<Count> {
    ANSWERS
        .into_iter()
        .map(|word| Count {
            word,
            n: answers.clone().filter(|answer| *answer == word).count(),
        })
        .collect()
}

/// Returns the best way in which what PCI DSS asks for is answered; `guidance` where only advice of
/// the sources names it.
fn best<'a>(cards: impl Iterator<Item = &'a Card>) -> &'static str {
    let (standard, guidance): (Vec<&Card>, Vec<&Card>) =
        cards.partition(|card| card.check.basis == "standard");
    match answer(standard.iter().map(|card| &card.check)) {
        "none" if !guidance.is_empty() => "guidance",
        word => word,
    }
}

/// Returns how a statement is answered.
fn of_statement(statement: &StatementView) -> &'static str {
    match answer(statement.checks.iter()) {
        "none" if statement.narrative.is_some() => "narrative",
        word => word,
    }
}

const EVIDENCE: [&str; 4] = ["examined", "undecided", "narrative", "none"];

/// Returns the coverage of the pages.
pub(crate) fn of(pages: &[PageView], leaf_ids: &[String]) -> Coverage {
    let statements: Vec<StatementCoverage> = pages
        .iter()
        .filter(|page| !page.statements.is_empty())
        .map(|page| StatementCoverage {
            page: page.page.clone(),
            counts: evidence_counts(&page.statements.iter()),
            answers: answer_counts(page.statements.iter().map(of_statement)),
            total: page.statements.len(),
            statements: page.statements.clone(),
        })
        .collect();
    let requirements = requirements(pages, leaf_ids);
    let all = statements.iter().flat_map(|page| &page.statements);
    Coverage {
        answers: answer_counts(all.map(of_statement)),
        requirement_answers: answer_counts(requirements.iter().map(|row| row.answer)),
        counts: evidence_counts(&statements.iter().flat_map(|page| &page.statements)),
        total: statements.iter().map(|page| page.total).sum(),
        statuses: Status::ALL
            .into_iter()
            .map(Status::as_str)
            .chain(["none"])
            .map(|word| Count {
                word,
                n: requirements.iter().filter(|row| row.status == word).count(),
            })
            .collect(),
        statements,
        requirements,
    }
}

fn evidence_counts<'a>(
    statements: &(impl Iterator<Item = &'a StatementView> + Clone),
) -> Vec<Count> {
    EVIDENCE
        .into_iter()
        .map(|word| Count {
            word,
            n: statements
                .clone()
                .filter(|statement| statement.evidence == word)
                .count(),
        })
        .collect()
}

fn requirements(pages: &[PageView], leaf_ids: &[String]) -> Vec<RequirementCoverage> {
    let mut told: BTreeMap<&str, Vec<(&PageRef, &'static str)>> = BTreeMap::new();
    let named = pages
        .iter()
        .flat_map(|page| &page.cards)
        .flat_map(|card| &card.requirements);
    for id in leaf_ids.iter().chain(named) {
        told.entry(id).or_default();
    }
    for page in pages {
        for requirement in &page.requirements {
            told.entry(&requirement.id)
                .or_default()
                .push((&page.page, requirement.status));
        }
    }
    let mut rows: Vec<RequirementCoverage> = told
        .into_iter()
        .map(|(id, told)| {
            let naming = || {
                pages
                    .iter()
                    .flat_map(|page| &page.cards)
                    .filter(move |card| card.requirements.iter().any(|named| named == id))
            };
            let standard = |strength: &str| {
                naming()
                    .filter(|card| card.check.basis == "standard")
                    .filter(|card| card.check.strength == strength)
                    .count()
            };
            let mut procedures: Vec<String> = naming()
                .flat_map(|card| &card.procedures)
                .filter(|procedure| is_of(procedure, id))
                .cloned()
                .collect();
            procedures.sort_by_cached_key(|id| natural(id));
            procedures.dedup();
            RequirementCoverage {
                id: id.to_owned(),
                status: match told.is_empty() {
                    true => "none",
                    false => worst(&told.iter().map(|(_, status)| *status)),
                },
                answer: best(naming()),
                pages: told.iter().map(|(page, _)| (*page).clone()).collect(),
                direct: standard("direct"),
                supporting: standard("supporting"),
                guidance: naming().filter(|card| card.check.basis == "source").count(),
                procedures,
            }
        })
        .collect();
    rows.sort_by_cached_key(|row| natural(&row.id));
    rows
}

/// Tells whether a testing procedure such as `3.5.1.2.a` belongs to a requirement id.
fn is_of(procedure: &str, id: &str) -> bool {
    procedure.strip_prefix(id).is_some_and(|rest| {
        rest.is_empty()
            || rest
                .trim_start_matches('.')
                .starts_with(|c: char| c.is_ascii_alphabetic())
    })
}

fn worst(statuses: &(impl Iterator<Item = &'static str> + Clone)) -> &'static str {
    Status::ALL
        .into_iter()
        .map(Status::as_str)
        .find(|word| statuses.clone().any(|status| status == *word))
        .unwrap_or("none")
}

/// A key by which ids sort in the order of their numbers.
pub(crate) type Natural = Vec<(u64, String)>;

/// Returns a key by which `3.10` comes after `3.2`, and `3.5.1.a` after `3.5.1`.
pub(crate) fn natural(id: &str) -> Natural {
    id.split('.')
        .map(|part| {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = part.split_at(digits);
            let number = if number.is_empty() {
                u64::MAX
            } else {
                number.parse().unwrap_or(u64::MAX)
            };
            (number, rest.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{is_of, natural};

    #[test]
    fn ids_are_ordered_as_people_read_them() {
        let mut ids = ["3.10", "3.5.1.2", "3.5.1.a", "A1.1", "3.5.1", "3.2", "12.3"];
        ids.sort_by_cached_key(|id| natural(id));
        assert_eq!(
            ids,
            ["3.2", "3.5.1", "3.5.1.2", "3.5.1.a", "3.10", "12.3", "A1.1"]
        );
    }

    #[test]
    fn a_procedure_belongs_to_the_id_it_starts_with_whole() {
        for (procedure, id, expected) in [
            ("3.5.1.2.a", "3.5.1.2", true),
            ("3.5.1.2", "3.5.1.2", true),
            ("3.5.1a", "3.5.1", true),
            ("3.5.10", "3.5.1", false),
            ("3.5.1.2.a", "3.5.1", false),
            ("3.6.1", "3.5.1", false),
        ] {
            assert_eq!(is_of(procedure, id), expected, "{procedure} of {id}");
        }
    }
}
