//! What the book and the reports show, as plain structs: numbers, ids, text, and enums as words.
//!
//! Nothing here is a sentence; the words are those by which templates look sentences up.

mod card;
mod coverage;
mod crosswalk;
mod document;
mod flow;
mod index;
mod matrix;
mod page;
mod reference;
mod request;
mod role;
mod summary;
mod words;

use serde::Serialize;

pub use card::{Card, CheckRef, Row, StatementRef};
pub use coverage::{Coverage, RequirementCoverage, StatementCoverage};
pub use crosswalk::{Crosswalk, CrosswalkRow};
pub use document::DocumentView;
pub use flow::{EndView, FlowView, HopView};
pub use matrix::{Matrix, MatrixRow, ProviderRow};
pub use page::{
    DutyView, PageRef, PageView, RequirementStatus, ResponsibilityView, RoleView, StatementView,
};
pub use reference::{ExportNeed, PlacedStatement, ProcedureRow, Reference, SourceSection};
pub use request::Request;
pub use role::{RoleCheck, RoleGuide, RolePage};
pub use summary::{Missing, Summary};

use crate::assess::Outcome;
use crate::book::{Book, Section};
use crate::check::Check;
use crate::config::Config;
use crate::human::Human;
use crate::inventory::Sources;
use crate::source::Instant;
use index::Index;

/// The run that the evidence was stamped by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The run's id.
    pub run: String,
    /// The commit that holds it.
    pub commit: String,
    /// When it was recorded.
    pub recorded_at: Instant,
}

/// How many there are of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The word of what is counted.
    pub word: &'static str,
    /// How many.
    pub n: usize,
}

/// A stamp as pages show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StampView {
    /// The run's id.
    pub run: String,
    /// The commit that holds it.
    pub commit: String,
    /// When it was recorded.
    pub recorded_at: String,
}

/// Whose book it is, and as of when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct About {
    /// The organisation.
    pub organisation: String,
    /// The words of the sorts of entity it is.
    pub entities: Vec<&'static str>,
    /// The words of the platforms in use.
    pub platforms: Vec<&'static str>,
    /// The language of the book.
    pub language: String,
    /// Whether the organisation is invented.
    pub sample: bool,
    /// The date of judgement.
    pub as_of: String,
    /// The run that stamped the evidence.
    pub stamp: Option<StampView>,
    /// The first and last moment at which a subject was observed.
    pub observed: Option<(String, String)>,
    /// How many export files showed a subject.
    pub exports: usize,
}

/// Everything the book shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct View {
    /// Whose book it is.
    pub about: About,
    /// What the front page shows.
    pub summary: Summary,
    /// The pages that were judged or have checks, in the order of the book.
    pub pages: Vec<PageView>,
    /// The documents.
    pub documents: Vec<DocumentView>,
    /// The flows of account data.
    pub flows: Vec<FlowView>,
    /// The responsibility matrix.
    pub matrix: Matrix,
    /// A guide for each role.
    pub roles: Vec<RoleGuide>,
    /// The crosswalk.
    pub crosswalk: Crosswalk,
    /// The coverage.
    pub coverage: Coverage,
    /// What the reference pages list.
    pub reference: Reference,
    /// What to bring.
    pub requests: Vec<Request>,
}

impl View {
    /// Returns every card of the book, in the order of pages and blocks.
    pub fn cards(&self) -> impl Iterator<Item = &Card> {
        self.pages.iter().flat_map(|page| &page.cards)
    }
}

/// What a book is made of.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Whose book it is.
    pub config: &'a Config,
    /// The pages and documents.
    pub book: &'a Book,
    /// The checks.
    pub checks: &'a [Check],
    /// What people keep.
    pub human: &'a Human,
    /// Which command exports what.
    pub sources: &'a Sources,
    /// Every requirement id of Requirements 3 and 4 (`checks/lists/requirement-ids.toml`).
    pub leaf_ids: &'a [String],
    /// What the checks came to.
    pub outcome: &'a Outcome,
    /// The run that stamped the evidence, if it was stamped.
    pub stamp: Option<&'a Stamp>,
}

/// Returns what the book shows of an outcome.
#[must_use]
pub fn of(input: Input<'_>) -> View {
    let Input {
        config,
        book,
        outcome,
        stamp,
        ..
    } = input;
    let index = Index::new(book, outcome);
    let pages: Vec<PageView> = book
        .pages
        .iter()
        .filter(|page| {
            outcome.pages.iter().any(|judged| judged.id == page.id())
                || !index.checks(page.id()).is_empty()
        })
        .map(|page| PageView::of(page, config, outcome, &index))
        .collect();
    let reference = reference::of(&pages, input.checks, input.sources, config);
    View {
        requests: request::of(&pages, &reference.exports, &input),
        reference,
        about: about(config, outcome, stamp),
        summary: summary::of(&pages, outcome, &index),
        documents: document::of(book, outcome, &index),
        flows: flow::of(input.human),
        matrix: matrix::of(config, &pages, outcome.as_of),
        roles: role::of(config, &pages),
        crosswalk: crosswalk::of(&pages),
        coverage: coverage::of(&pages, input.leaf_ids),
        pages,
    }
}

fn about(config: &Config, outcome: &Outcome, stamp: Option<&Stamp>) -> About {
    let observed = outcome.checks.iter().filter_map(|check| check.observed);
    let first = observed.clone().map(|(first, _)| first).min();
    let last = observed.map(|(_, last)| last).max();
    let mut exports: Vec<&String> = outcome
        .checks
        .iter()
        .flat_map(|check| &check.exports)
        .collect();
    exports.sort();
    exports.dedup();
    About {
        organisation: config.organisation.clone(),
        entities: config.entities.iter().copied().map(words::entity).collect(),
        platforms: config
            .platforms
            .iter()
            .copied()
            .map(words::platform)
            .collect(),
        language: config.language.clone(),
        sample: config.sample,
        as_of: outcome.as_of.to_string(),
        stamp: stamp.map(|stamp| StampView {
            run: stamp.run.clone(),
            commit: stamp.commit.clone(),
            recorded_at: stamp.recorded_at.to_string(),
        }),
        observed: first
            .zip(last)
            .map(|(first, last)| (first.to_string(), last.to_string())),
        exports: exports.len(),
    }
}

/// Returns the word of a part of the book.
fn section(section: Section) -> &'static str {
    match section {
        Section::Requirements => "requirements",
        Section::Ecs => "ecs",
        Section::Other => "other",
    }
}

#[cfg(test)]
mod tests {
    use crate::assess::Verdict;
    use crate::fixture;

    use super::{View, of};

    fn shown() -> (fixture::Fixture, View) {
        let folder = tempfile::tempdir().expect("a folder");
        let fixture = fixture::lay_out(folder.path());
        let view = of(fixture.input());
        (fixture, view)
    }

    #[test]
    fn every_finding_is_in_exactly_one_card() {
        let (fixture, view) = shown();
        let mut found: Vec<(String, String, &str)> = Vec::new();
        for check in &fixture.outcome.checks {
            for finding in &check.findings {
                let subject = finding.subject.clone();
                found.push((check.id.clone(), subject, finding.verdict.as_str()));
            }
        }
        let mut carded: Vec<(String, String, &str)> = Vec::new();
        for card in view.cards() {
            let rows = card.attention.iter().chain(&card.holding);
            carded
                .extend(rows.map(|row| (card.check.id.clone(), row.subject.clone(), row.verdict)));
            let counted: usize = card.counts.iter().map(|count| count.n).sum();
            assert_eq!(counted, card.check.subjects, "{}", card.check.id);
        }
        found.sort();
        carded.sort();
        assert_eq!(carded, found);
        assert_eq!(view.summary.subjects, found.len());
    }

    #[test]
    fn numbers_add_up() {
        let (fixture, view) = shown();
        let summary = &view.summary;
        let sum = |counts: &[super::Count]| counts.iter().map(|count| count.n).sum::<usize>();
        assert_eq!(summary.left_out, 1);
        assert_eq!(sum(&summary.statuses), view.pages.len());
        assert_eq!(
            sum(&summary.verdicts) + summary.left_out,
            fixture.outcome.checks.len()
        );
        assert_eq!(summary.checks, fixture.outcome.checks.len());
        let coverage = &view.coverage;
        assert_eq!(sum(&coverage.counts), coverage.total);
        assert_eq!(sum(&coverage.statuses), coverage.requirements.len());
        for page in &coverage.statements {
            assert_eq!(sum(&page.counts), page.total, "{}", page.page.id);
        }
        let statements: usize = view.pages.iter().map(|page| page.statements.len()).sum();
        assert_eq!(coverage.total, statements);
        assert_eq!(summary.total, statements);
        assert_eq!(summary.examined, coverage.counts[0].n);
        for verdict in Verdict::ALL {
            let listed = [&summary.failing, &summary.guidance, &summary.incomplete]
                .iter()
                .flat_map(|list| list.iter())
                .filter(|check| check.verdict == verdict.as_str())
                .count();
            let expected = match verdict {
                Verdict::Fail | Verdict::Expired | Verdict::Error | Verdict::NotChecked => {
                    let checks = fixture.outcome.checks.iter();
                    checks
                        .filter(|check| check.verdict == verdict && !check.left_out)
                        .count()
                }
                Verdict::Excepted | Verdict::Pass | Verdict::NotApplicable => 0,
            };
            assert_eq!(listed, expected, "{verdict:?}");
        }
    }

    #[test]
    fn the_most_severe_failure_of_the_standard_comes_first_and_guidance_stands_apart() {
        let (_, view) = shown();
        let of = |list: &[super::CheckRef]| -> Vec<String> {
            list.iter().map(|check| check.id.clone()).collect()
        };
        assert_eq!(
            of(&view.summary.failing),
            [
                "sg-not-world-open",
                "aks-encryption-at-host",
                "chd-retention-policy"
            ]
        );
        assert_eq!(of(&view.summary.guidance), ["ecs-awsvpc"]);
        assert_eq!(of(&view.summary.incomplete), ["disk-encryption-sets"]);
        assert_eq!(
            view.summary.missing[0].export,
            "az disk-encryption-set list"
        );
    }

    #[test]
    fn a_role_owns_the_checks_of_the_pages_it_works_for_or_answers_for() {
        let (_, view) = shown();
        for (role, pages, checks) in [
            ("sre", 3, 5),
            ("key-custodians", 1, 4),
            ("network-operations", 1, 2),
            ("sales", 1, 0),
        ] {
            let guide = view.roles.iter().find(|guide| guide.id == role);
            let guide = guide.expect("a guide");
            assert_eq!(guide.pages.len(), pages, "{role}");
            assert_eq!(guide.checks.len(), checks, "{role}");
        }
    }

    #[test]
    fn a_card_knows_its_definition_and_how_to_mend_it() {
        let (_, view) = shown();
        for card in view.cards() {
            assert!(card.definition.starts_with("id = "), "{}", card.check.id);
            assert!(!card.fix.is_empty(), "{}", card.check.id);
        }
    }
}
