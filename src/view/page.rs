//! One page as its status box and tables show it.

use serde::Serialize;

use crate::assess::{Outcome, Status, Verdict};
use crate::book::{FrontMatter, Page, RoleOnPage};
use crate::check::Basis;
use crate::config::Config;

use super::card::{Card, CheckRef, StatementRef};
use super::crosswalk::CrosswalkRow;
use super::index::Index;
use super::{Count, section, words};

/// A page where other pages point at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageRef {
    /// The page's id.
    pub id: String,
    /// The title.
    pub title: String,
    /// The path below `book/src`.
    pub path: String,
    /// The word of the status, `none` for pages that have none.
    pub status: &'static str,
}

/// The status of one requirement id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequirementStatus {
    /// The PCI DSS 4.0.1 id.
    pub id: String,
    /// The word of the status.
    pub status: &'static str,
    /// The checks, of this page or others, that make the status what it is.
    pub because: Vec<CheckRef>,
}

/// A statement and how it is evidenced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementView {
    /// The statement's id.
    pub id: String,
    /// Our words for it.
    pub label: String,
    /// The section of the source.
    pub section: Option<String>,
    /// Why no check can show it.
    pub narrative: Option<String>,
    /// How it is evidenced: `examined`, `undecided`, `narrative` or `none`.
    pub evidence: &'static str,
    /// The checks that serve it.
    pub checks: Vec<CheckRef>,
}

/// Who answers for the page on one platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResponsibilityView {
    /// The word of the platform.
    pub platform: &'static str,
    /// Whether the organisation uses the platform.
    pub in_use: bool,
    /// The word of the party.
    pub party: &'static str,
    /// Why.
    pub why: String,
    /// The word of the origin.
    pub origin: &'static str,
    /// Who proves it.
    pub proved_by: String,
}

/// One duty of a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DutyView {
    /// What is to be done.
    pub text: String,
    /// The statements the duty serves.
    pub statements: Vec<StatementRef>,
}

/// A role on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleView {
    /// The role's id.
    pub id: String,
    /// The name people know.
    pub title: String,
    /// The word of its part.
    pub raci: &'static str,
    /// Its duties.
    pub duties: Vec<DutyView>,
}

/// Everything the book shows of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageView {
    /// The page itself.
    pub page: PageRef,
    /// The word of the part of the book.
    pub section: &'static str,
    /// The status of each requirement id.
    pub requirements: Vec<RequirementStatus>,
    /// Whether a person with the licensed text has signed the ids.
    pub reviewed: bool,
    /// How many statements were examined.
    pub examined: usize,
    /// How many statements there are.
    pub total: usize,
    /// How many checks of the sources' guidance fail.
    pub guidance_not_followed: usize,
    /// How many checks that PCI DSS asks for have each verdict, those with none left out.
    pub standard: Vec<Count>,
    /// How many checks of the sources' guidance have each verdict, those with none left out.
    pub source: Vec<Count>,
    /// The statements.
    pub statements: Vec<StatementView>,
    /// The crosswalk rows.
    pub crosswalk: Vec<CrosswalkRow>,
    /// Who answers, per platform.
    pub responsibility: Vec<ResponsibilityView>,
    /// Who answers, per role.
    pub roles: Vec<RoleView>,
    /// The testing procedures that the checks serve, sorted.
    pub procedures: Vec<String>,
    /// The cards, in the order of the blocks.
    pub cards: Vec<Card>,
}

impl PageView {
    /// Returns the view of a page.
    pub(crate) fn of(page: &Page, config: &Config, outcome: &Outcome, index: &Index<'_>) -> Self {
        let judged = outcome.pages.iter().find(|judged| judged.id == page.id());
        let front = page.front.as_ref().map(|front| &front.value);
        let reference = PageRef {
            id: page.id().to_owned(),
            title: front.map_or_else(|| page.id().to_owned(), |front| front.title.clone()),
            path: page.path.clone(),
            status: words::status(judged.and_then(|judged| judged.status)),
        };
        let cards: Vec<Card> = index
            .checks(page.id())
            .iter()
            .map(|check| Card::of(check, index))
            .collect();
        let mut procedures: Vec<String> = cards
            .iter()
            .flat_map(|card| card.procedures.iter().cloned())
            .collect();
        procedures.sort_by_cached_key(|id| super::coverage::natural(id));
        procedures.dedup();
        Self {
            section: section(page.section),
            requirements: judged.map_or_else(Vec::new, |judged| {
                judged
                    .requirements
                    .iter()
                    .map(|(id, status)| RequirementStatus {
                        id: id.clone(),
                        status: status.as_str(),
                        because: because(id, *status, outcome, index),
                    })
                    .collect()
            }),
            reviewed: front.is_some_and(|front| front.reviewed),
            examined: judged.map_or(0, |judged| judged.examined),
            total: judged.map_or(0, |judged| judged.total),
            guidance_not_followed: judged.map_or(0, |judged| judged.guidance_not_followed),
            standard: counts(&cards, Basis::Standard),
            source: counts(&cards, Basis::Source),
            statements: front.map_or_else(Vec::new, |front| statements(front, index)),
            crosswalk: front.map_or_else(Vec::new, |front| {
                front
                    .crosswalk
                    .iter()
                    .map(|row| CrosswalkRow::of(row, &reference, front.reviewed))
                    .collect()
            }),
            responsibility: front.map_or_else(Vec::new, |front| responsibility(front, config)),
            roles: front.map_or_else(Vec::new, |front| {
                front
                    .roles
                    .iter()
                    .map(|role| role_view(role, config, index))
                    .collect()
            }),
            procedures,
            cards,
            page: reference,
        }
    }
}

/// Returns the checks by which an id has its status; none where all that was to be shown is.
fn because(id: &str, status: Status, outcome: &Outcome, index: &Index<'_>) -> Vec<CheckRef> {
    let verdicts: &[Verdict] = match status {
        Status::GapFound => &[Verdict::Fail, Verdict::Expired],
        Status::EvidenceIncomplete => &[Verdict::Error, Verdict::NotChecked],
        Status::CompensatingControlClaimed => &[Verdict::Excepted],
        Status::Ready | Status::NotApplicableClaimed => &[],
    };
    outcome
        .checks
        .iter()
        .filter(|check| check.basis == Basis::Standard && !check.left_out)
        .filter(|check| check.requirements.iter().any(|named| named == id))
        .filter(|check| verdicts.contains(&check.verdict))
        .map(|check| CheckRef::of(check, index))
        .collect()
}

fn counts(cards: &[Card], basis: Basis) -> Vec<Count> {
    Verdict::ALL
        .into_iter()
        .map(|verdict| Count {
            word: verdict.as_str(),
            n: cards
                .iter()
                .filter(|card| card.check.basis == words::basis(basis) && !card.check.left_out)
                .filter(|card| card.check.verdict == verdict.as_str())
                .count(),
        })
        .filter(|count| count.n > 0)
        .collect()
}

fn statements(front: &FrontMatter, index: &Index<'_>) -> Vec<StatementView> {
    front
        .statements
        .iter()
        .map(|statement| {
            let serving = index.serving(&statement.id.value);
            let evidence = if serving.iter().any(|check| words::is_decided(check.verdict)) {
                "examined"
            } else if !serving.is_empty() {
                "undecided"
            } else if statement.narrative.is_some() {
                "narrative"
            } else {
                "none"
            };
            StatementView {
                id: statement.id.value.clone(),
                label: statement.label.clone(),
                section: statement.section.clone(),
                narrative: statement.narrative.clone(),
                evidence,
                checks: serving
                    .iter()
                    .map(|check| CheckRef::of(check, index))
                    .collect(),
            }
        })
        .collect()
}

fn responsibility(front: &FrontMatter, config: &Config) -> Vec<ResponsibilityView> {
    front
        .responsibility
        .iter()
        .map(|cell| ResponsibilityView {
            platform: words::platform(cell.platform),
            in_use: config.platforms.contains(&cell.platform),
            party: words::party(cell.party),
            why: cell.why.clone(),
            origin: words::origin(cell.origin),
            proved_by: cell.proved_by.clone(),
        })
        .collect()
}

fn role_view(role: &RoleOnPage, config: &Config, index: &Index<'_>) -> RoleView {
    RoleView {
        id: role.role.value.clone(),
        title: super::role::title(config, &role.role.value),
        raci: words::raci(role.raci),
        duties: role
            .duties
            .iter()
            .map(|duty| DutyView {
                text: duty.text.clone(),
                statements: duty
                    .statements
                    .iter()
                    .map(|statement| index.statement(&statement.value))
                    .collect(),
            })
            .collect(),
    }
}
