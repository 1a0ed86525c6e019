//! What people keep: registers and exceptions.

mod exception;
mod register;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::{Date, SourceFile, Span, Value};

pub(crate) use exception::parse_exceptions;
pub(crate) use register::parse_register;

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
}

/// Everything people keep.
#[derive(Debug, Clone, Default)]
pub struct Human {
    /// The registers, by the name CEL sees.
    pub registers: BTreeMap<String, Register>,
    /// The exceptions.
    pub exceptions: Vec<Exception>,
}
