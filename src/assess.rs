//! What checks say of what was exported: findings, verdicts, statuses. Pure.

mod acknowledgement;
mod cardholder_data;
mod changes;
mod document;
mod due;
mod dues;
mod earlier;
mod evaluation;
mod excepted;
mod judge;
mod notes;
mod outcome;
mod recurring;
mod register;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) use acknowledgement::{Owed, Standing, owed, texts as acknowledged_texts};
pub(crate) use due::due;
pub(crate) use dues::dues;
pub use dues::{Due, DueKind};
pub use earlier::{Earlier, EarlierList, ListedSubject};
pub use evaluation::Evaluation;
pub use outcome::{Exported, outcome_of};
pub(crate) use recurring::deadlines;

use crate::book::Book;
use crate::check::{Basis, Data, Kind, Severity, Strength};
use crate::config::Config;
use crate::human::Human;
use crate::inventory::Place;
use crate::source::{Date, Instant};

/// What a check says of a subject, and of all of them. The order is that in which a check takes
/// its verdict: the first that occurs among its findings (XCCDF's words, with `expired` and
/// `excepted`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The condition does not hold.
    Fail,
    /// It held once, and its time is over.
    Expired,
    /// The check could not be evaluated.
    Error,
    /// The data do not tell.
    NotChecked,
    /// It fails, and an approved exception covers it.
    Excepted,
    /// The condition holds, on data.
    Pass,
    /// The check does not apply.
    NotApplicable,
}

impl Verdict {
    /// Every verdict, in the order in which a check takes its own.
    pub const ALL: [Self; 7] = [
        Self::Fail,
        Self::Expired,
        Self::Error,
        Self::NotChecked,
        Self::Excepted,
        Self::Pass,
        Self::NotApplicable,
    ];

    /// Tells whether data decided it, one way or the other.
    #[must_use]
    pub fn decided(self) -> bool {
        match self {
            Self::Fail | Self::Expired | Self::Excepted | Self::Pass => true,
            Self::Error | Self::NotChecked | Self::NotApplicable => false,
        }
    }

    /// Returns the word as it is written everywhere.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Expired => "expired",
            Self::Error => "error",
            Self::NotChecked => "not-checked",
            Self::Excepted => "excepted",
            Self::Pass => "pass",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// Our word for what is known of a requirement id or page. It is not an assessment finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Something fails or has expired.
    GapFound,
    /// Something could not be decided, or nothing shows it directly.
    EvidenceIncomplete,
    /// A compensating control is claimed.
    CompensatingControlClaimed,
    /// All there is to run has run and holds.
    Ready,
    /// Said not to apply, with reason and approver.
    NotApplicableClaimed,
}

impl Status {
    /// Every status, worst first.
    pub const ALL: [Self; 5] = [
        Self::GapFound,
        Self::EvidenceIncomplete,
        Self::CompensatingControlClaimed,
        Self::Ready,
        Self::NotApplicableClaimed,
    ];

    /// Returns the word as it is written in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GapFound => "gap-found",
            Self::EvidenceIncomplete => "evidence-incomplete",
            Self::CompensatingControlClaimed => "compensating-control-claimed",
            Self::Ready => "ready-for-the-assessor",
            Self::NotApplicableClaimed => "not-applicable-claimed",
        }
    }
}

/// What an evaluation rests on beside the checks and the resources it is given.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// What expressions look at: lookups, lists, parameters, registers, the date.
    pub data: &'a Arc<Data>,
    /// Whose workbook it is.
    pub config: &'a Config,
    /// The pages and documents.
    pub book: &'a Book,
    /// Registers and exceptions.
    pub human: &'a Human,
    /// What the last stamped run listed.
    pub earlier: &'a Earlier,
}

/// What a check says of one subject.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The subject's id: a resource's id, `registers.data_stores/payments`, a document's path.
    pub subject: String,
    /// The subject's type: a resource type, `register`, `document`, `occurrence`, `period`, `person`.
    pub subject_type: String,
    /// The verdict.
    pub verdict: Verdict,
    /// What is wrong or missing, as the check says it; empty for a pass.
    pub message: String,
    /// What was seen.
    pub shows: String,
    /// The properties that were absent and taken by documented default.
    pub by_default: Vec<String>,
    /// Where the subject was shown.
    pub place: Option<Place>,
    /// Whether the subject is stated by code rather than observed.
    pub intended: bool,
}

/// What one check came to.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckOutcome {
    /// The check's id.
    pub id: String,
    /// The page's id.
    pub page: String,
    /// The title.
    pub title: String,
    /// The kind.
    pub kind: Kind,
    /// What asks for it.
    pub basis: Basis,
    /// What a pass is worth.
    pub strength: Strength,
    /// How much a failure matters.
    pub severity: Severity,
    /// The requirement ids.
    pub requirements: Vec<String>,
    /// The statements.
    pub statements: Vec<String>,
    /// The testing procedures.
    pub procedures: Vec<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// Whether its not-applicable rests wholly on claims with reason, approver and date.
    pub claimed: bool,
    /// Whether it judges only what platforms not in use have; it then counts for nothing.
    pub left_out: bool,
    /// Every subject, sorted by verdict, subject and message.
    pub findings: Vec<Finding>,
    /// What would have to be exported for undecided subjects to be decided, each once.
    pub missing: Vec<String>,
    /// The export files that showed a subject, sorted.
    pub exports: Vec<String>,
    /// The earliest and latest moment at which subjects were observed.
    pub observed: Option<(Instant, Instant)>,
    /// The SHA-256 of the definition: the block and the lists, parameters and sources it names.
    pub definition: String,
}

/// What one page came to.
#[derive(Debug, Clone, PartialEq)]
pub struct PageOutcome {
    /// The page's id.
    pub id: String,
    /// The status; context and ECS pages have none.
    pub status: Option<Status>,
    /// The status of each requirement id of the page, in the page's order.
    pub requirements: Vec<(String, Status)>,
    /// How many of its statements a check examined (reached a pass, fail, expired or excepted).
    pub examined: usize,
    /// How many statements it has.
    pub total: usize,
    /// How many checks with `basis = "source"` fail or have expired.
    pub guidance_not_followed: usize,
}

/// What one evaluation came to: the same for the same input, in any order, on any thread count.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The date of judgement.
    pub as_of: Date,
    /// The checks, in the order of pages and blocks.
    pub checks: Vec<CheckOutcome>,
    /// The pages with front matter, in the order of the summary.
    pub pages: Vec<PageOutcome>,
    /// How many checks have each verdict.
    pub verdicts: BTreeMap<Verdict, usize>,
}

impl CheckOutcome {
    /// Returns how many subjects the check decided on: pass, fail, expired or excepted.
    #[must_use]
    pub fn examined(&self) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.verdict.decided())
            .count()
    }

    /// Returns how many findings have a verdict.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.verdict == verdict)
            .count()
    }
}
