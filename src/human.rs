//! What people keep: registers, occurrences, acknowledgements and exceptions.

mod acknowledgement;
mod exception;
mod import;
mod lines;
mod occurrence;
mod recorded;
mod register;
mod schema;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::{Date, Instant, SourceFile, Span, Value};

pub(crate) use acknowledgement::parse_acknowledgements;
pub(crate) use exception::parse_exceptions;
pub(crate) use import::{Named, Row as ImportRow, Wrong as WrongRow, read_import};
pub(crate) use lines::{Lines, appended, given};
pub(crate) use occurrence::parse_occurrence;
pub(crate) use register::parse_register;
pub(crate) use schema::parse_schema;
pub use schema::{Field, FieldType, Schema};

/// One entry of a register.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The entry's `id`, or its number in the file (from one) if it has none.
    pub id: String,
    /// The entry as CEL sees it: kebab-case keys with `_`.
    pub value: Value,
    /// The bytes of the entry.
    pub span: Span,
}

/// A register: `registers/data-stores.toml` is `registers.data_stores` in CEL.
#[derive(Debug, Clone)]
pub struct Register {
    /// The name as CEL sees it.
    pub name: String,
    /// The file.
    pub file: Arc<SourceFile>,
    /// The entries, as written.
    pub entries: Vec<Entry>,
}

/// A period of a recurring duty that passed without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// The last day on which it could have been done.
    pub due: Date,
    /// Why it was not.
    pub cause: String,
    /// What was done about it.
    pub correction: String,
    /// What keeps it from happening again.
    pub prevention: String,
}

/// Whether a recurring duty was done or missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occurred {
    /// It was done.
    Done {
        /// The day.
        performed: Date,
        /// The first day that it covers; the day itself unless a range is stated.
        from: Date,
        /// The last day that it covers.
        to: Date,
    },
    /// A period passed without it.
    Missed(Missed),
}

/// One occurrence of a recurring duty.
#[derive(Debug, Clone)]
pub struct Occurrence {
    /// The check that asks for it.
    pub check: String,
    /// The file.
    pub file: Arc<SourceFile>,
    /// Who did or recorded it: a staff id or a company.
    pub by: String,
    /// What happened.
    pub what: Occurred,
    /// When it was written down, if a command did it.
    pub recorded: Option<Instant>,
    /// The whole file as CEL sees it: kebab-case keys with `_`.
    pub value: Value,
}

/// One acknowledgement of a text by a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Acknowledgement {
    /// The check that asks for it.
    pub check: String,
    /// The file.
    pub file: Arc<SourceFile>,
    /// The bytes of the entry.
    pub span: Span,
    /// The staff id.
    pub person: String,
    /// The role whose guide it is, for role guides.
    pub role: Option<String>,
    /// The SHA-256 of the text acknowledged, in lower-case hexadecimal.
    pub digest: String,
    /// The day.
    pub date: Date,
    /// When it was written down, if a command did it.
    pub recorded: Option<Instant>,
}

/// What sort of exception it is (design of the workbook: exceptions).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExceptionKind {
    /// Guidance of a source not followed; only for checks with `basis = "source"`.
    Deviation,
    /// A compensating control of PCI DSS Appendix B; only for `basis = "standard"`.
    CompensatingControl,
    /// The customized approach of PCI DSS Appendix D; shown, not judged.
    Customized,
}

/// An approved exception.
#[derive(Debug, Clone)]
pub struct Exception {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The bytes of the entry.
    pub span: Span,
    /// The check.
    pub check: String,
    /// What sort.
    pub kind: ExceptionKind,
    /// The subjects it covers; `*` alone covers every subject of a deviation.
    pub subjects: Vec<String>,
    /// Why.
    pub reason: String,
    /// Who owns the check's subjects.
    pub owner: String,
    /// Who approved; not the owner.
    pub approver: String,
    /// The day of approval.
    pub approved: Date,
    /// The last day it holds.
    pub until: Date,
    /// The checks that must pass for a compensating control to hold.
    pub shown_by: Vec<String>,
    /// The standard's worksheet, for compensating controls.
    pub worksheet: Option<Worksheet>,
    /// Where the controls matrix is, for the customized approach.
    pub controls_matrix: Option<String>,
    /// The targeted risk analysis, for the customized approach.
    pub risk_analysis: Option<String>,
}

impl Exception {
    /// Tells whether it names a subject; `*` of a deviation names each.
    #[must_use]
    pub fn names(&self, subject: &str) -> bool {
        let all = self.kind == ExceptionKind::Deviation;
        let mut subjects = self.subjects.iter();
        subjects.any(|named| named == subject || (all && named == "*"))
    }

    /// Tells whether its owner approved it.
    #[must_use]
    pub fn is_self_approved(&self) -> bool {
        let owner = self.owner.trim().to_lowercase();
        self.approver.trim().to_lowercase() == owner
    }
}

/// The headings of the worksheet for compensating controls (PCI DSS 4.0.1, Appendix C), and why the
/// control goes beyond what other requirements ask (Appendix B).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worksheet {
    /// What keeps the requirement from being met as it stands.
    pub constraints: String,
    /// What the compensating controls are.
    pub definition: String,
    /// What the requirement is for, and how the controls meet that.
    pub objective: String,
    /// What more may go wrong without the control that is asked for.
    pub risk: String,
    /// How it was validated and tested.
    pub validation: String,
    /// What keeps the controls working.
    pub maintenance: String,
    /// Why it goes beyond what other requirements ask anyway.
    pub beyond: String,
}

/// Everything people keep.
#[derive(Debug, Clone, Default)]
pub struct Human {
    /// The registers, by the name CEL sees.
    pub registers: BTreeMap<String, Register>,
    /// What their entries hold, by the name CEL sees.
    pub schemas: BTreeMap<String, Schema>,
    /// The occurrences of recurring duties, by file.
    pub occurrences: Vec<Occurrence>,
    /// The acknowledgements, by file.
    pub acknowledgements: Vec<Acknowledgement>,
    /// The exceptions.
    pub exceptions: Vec<Exception>,
}

/// Returns the name of a file without its folders and without `.toml`.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".toml").unwrap_or(name)
}
