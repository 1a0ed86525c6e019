//! One check as a page shows it.

use serde::Serialize;

use crate::assess::{CheckOutcome, Finding, Verdict};
use crate::inventory::Place;

use super::index::Index;
use super::{Count, words};

/// A check where other pages point at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckRef {
    /// The check's id.
    pub id: String,
    /// The title.
    pub title: String,
    /// The id of its page.
    pub page: String,
    /// The path of its page below `book/src`.
    pub path: String,
    /// The word of its kind.
    pub kind: &'static str,
    /// The word of its verdict.
    pub verdict: &'static str,
    /// The word of its severity.
    pub severity: &'static str,
    /// The word of its basis.
    pub basis: &'static str,
    /// The word of its strength.
    pub strength: &'static str,
    /// Whether it judges only what platforms not in use have; it then counts for nothing.
    pub left_out: bool,
    /// How many subjects fail or have expired.
    pub failing: usize,
    /// How many subjects could not be decided.
    pub undecided: usize,
    /// How many subjects there are.
    pub subjects: usize,
}

impl CheckRef {
    /// Returns the reference to a check.
    pub(crate) fn of(check: &CheckOutcome, index: &Index<'_>) -> Self {
        let count = |wanted: &[Verdict]| {
            check
                .findings
                .iter()
                .filter(|finding| wanted.contains(&finding.verdict))
                .count()
        };
        Self {
            id: check.id.clone(),
            title: check.title.clone(),
            page: check.page.clone(),
            path: index.path(&check.page).to_owned(),
            kind: words::kind(check.kind),
            verdict: check.verdict.as_str(),
            severity: words::severity(check.severity),
            basis: words::basis(check.basis),
            strength: words::strength(check.strength),
            left_out: check.left_out,
            failing: count(&[Verdict::Fail, Verdict::Expired]),
            undecided: count(&[Verdict::Error, Verdict::NotChecked]),
            subjects: check.findings.len(),
        }
    }
}

/// A statement where other pages point at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementRef {
    /// The statement's id.
    pub id: String,
    /// Our words for it; empty if no page of the book has it.
    pub label: String,
    /// The path of its page below `book/src`; empty if no page of the book has it.
    pub path: String,
}

/// What a check says of one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The subject's id.
    pub subject: String,
    /// The subject's type.
    pub subject_type: String,
    /// The word of the verdict.
    pub verdict: &'static str,
    /// What is wrong or missing.
    pub message: String,
    /// What was seen.
    pub shows: String,
    /// The properties taken by documented default.
    pub by_default: Vec<String>,
    /// The export and line that showed it.
    pub place: Option<String>,
    /// Whether code states it and no platform showed it.
    pub intended: bool,
}

impl Row {
    fn of(finding: &Finding) -> Self {
        Self {
            subject: finding.subject.clone(),
            subject_type: finding.subject_type.clone(),
            verdict: finding.verdict.as_str(),
            message: finding.message.clone(),
            shows: finding.shows.clone(),
            by_default: finding.by_default.clone(),
            place: finding
                .place
                .as_ref()
                .map(|Place { file, line }| format!("{file}:{line}")),
            intended: finding.intended,
        }
    }
}

/// A check with everything its card shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Card {
    /// The check itself.
    pub check: CheckRef,
    /// The word of its kind.
    pub kind: &'static str,
    /// The requirement ids its verdict counts for.
    pub requirements: Vec<String>,
    /// The testing procedures it serves, by id.
    pub procedures: Vec<String>,
    /// The statements it serves.
    pub statements: Vec<StatementRef>,
    /// How to mend a failure.
    pub fix: String,
    /// The TOML of the block.
    pub definition: String,
    /// The SHA-256 of what the definition rests on.
    pub digest: String,
    /// How many subjects were decided.
    pub examined: usize,
    /// The type of the subjects, if all have the same.
    pub subject_type: Option<String>,
    /// How many subjects have each verdict, those with none left out.
    pub counts: Vec<Count>,
    /// The subjects that a reader has something to do about, failing first.
    pub attention: Vec<Row>,
    /// The other subjects: what holds, what is excepted, what the check does not apply to.
    pub holding: Vec<Row>,
    /// What would have to be exported.
    pub missing: Vec<String>,
    /// The export files that showed a subject.
    pub exports: Vec<String>,
    /// The first and last day on which subjects were observed.
    pub observed: Option<(String, String)>,
    /// The path of the stamped record, below the workbook.
    pub record: String,
}

impl Card {
    /// Returns the card of a check.
    pub(crate) fn of(check: &CheckOutcome, index: &Index<'_>) -> Self {
        let (attention, holding) = check
            .findings
            .iter()
            .partition::<Vec<_>, _>(|finding| words::wants_attention(finding.verdict));
        let rows = |findings: Vec<&Finding>| findings.into_iter().map(Row::of).collect();
        let definition = index.definition(&check.page, &check.id);
        Self {
            check: CheckRef::of(check, index),
            kind: words::kind(check.kind),
            requirements: check.requirements.clone(),
            procedures: check.procedures.clone(),
            statements: check
                .statements
                .iter()
                .map(|id| index.statement(id))
                .collect(),
            fix: definition.fix.clone(),
            definition: definition.text.clone(),
            digest: check.definition.clone(),
            examined: check
                .findings
                .iter()
                .filter(|finding| words::is_decided(finding.verdict))
                .count(),
            subject_type: common_type(&check.findings),
            counts: Verdict::ALL
                .into_iter()
                .map(|verdict| Count {
                    word: verdict.as_str(),
                    n: check
                        .findings
                        .iter()
                        .filter(|finding| finding.verdict == verdict)
                        .count(),
                })
                .filter(|count| count.n > 0)
                .collect(),
            attention: rows(attention),
            holding: rows(holding),
            missing: check.missing.clone(),
            exports: check.exports.clone(),
            observed: check
                .observed
                .map(|(first, last)| (first.to_string(), last.to_string())),
            record: format!("evidence/records/{}/{}.toml", check.page, check.id),
        }
    }
}

/// Returns the type that all subjects have.
fn common_type(findings: &[Finding]) -> Option<String> {
    let (first, rest) = findings.split_first()?;
    rest.iter()
        .all(|finding| finding.subject_type == first.subject_type)
        .then(|| first.subject_type.clone())
}
