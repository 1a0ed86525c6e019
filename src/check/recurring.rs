//! `[[recurring]]` entries: what has to be done again and again, and what its records must hold.

use super::Known;
use super::cel::{Expression, Roots};
use super::compiler::{Compiler, cadence};
use crate::book::Page;
use crate::config::Entity;
use crate::source::{Cadence, Code, Diagnostics, Keyword, Table};

/// What sets how often it is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frequency {
    /// The standard; nothing lengthens it.
    Standard,
    /// A targeted risk analysis (PCI DSS 4.0.1, 12.3.1), kept in `registers/risk-analyses.toml`.
    RiskAnalysis,
}

impl Keyword for Frequency {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("standard", Self::Standard),
        ("risk-analysis", Self::RiskAnalysis),
    ];
}

/// One `[[recurring]]` entry.
#[derive(Debug)]
pub(crate) struct RecurringCheck {
    /// The longest time between two occurrences.
    pub(crate) every: Cadence,
    /// For which sorts of entity it is due; empty is all.
    pub(crate) entities: Vec<Entity>,
    /// Whether an occurrence may cover a range of days.
    pub(crate) ranges: bool,
    /// What sets how often it is due.
    pub(crate) frequency: Frequency,
    /// The keys each occurrence must have, in kebab case.
    pub(crate) fields: Vec<String>,
    /// What must hold of each occurrence in the window.
    pub(crate) each: Option<Expression>,
    /// What must hold of the newest occurrence.
    pub(crate) latest: Option<Expression>,
    /// What to say if either does not hold, as text.
    pub(crate) message: Option<Expression>,
    /// What was seen, as text.
    pub(crate) shows: Expression,
}

impl RecurringCheck {
    /// Returns every expression of the entry.
    pub(super) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.each
            .iter()
            .chain(&self.latest)
            .chain(&self.message)
            .chain([&self.shows])
    }
}

/// Reads one `[[recurring]]` entry.
pub(super) fn recurring(
    page: &Page,
    mut table: Table<'_>,
    known: Known<'_>,
    found: &mut Diagnostics,
) -> Option<RecurringCheck> {
    if !table.has("every") {
        table.report(
            Code::MissingKey,
            table.span(),
            "the key `every` is missing: how often it is due, such as `3 months`",
        );
    }
    let every = cadence(&mut table, "every");
    let entities = table.keywords::<Entity>("entity");
    let ranges = table.boolean("ranges");
    let frequency = table.keyword::<Frequency>("frequency");
    let fields = table.strings("fields");
    let compiler = Compiler::new(page, known, Roots::Item);
    let each = compiler.optional(&mut table, "assert", found);
    let latest = compiler.optional(&mut table, "latest", found);
    let message = compiler.optional(&mut table, "message", found);
    let shows = compiler.required(&mut table, "shows", found);
    if (each.is_some() || latest.is_some()) && !table.has("message") {
        table.report(
            Code::MissingKey,
            table.span(),
            "the key `message` is missing: what to say if `assert` or `latest` does not hold",
        );
    }
    table.finish();
    Some(RecurringCheck {
        every: every?,
        entities: entities.into_iter().map(|entity| entity.value).collect(),
        ranges: ranges.is_some_and(|ranges| ranges.value),
        frequency: frequency.map_or(Frequency::Standard, |frequency| frequency.value),
        fields: fields.into_iter().map(|field| field.value).collect(),
        each,
        latest,
        message,
        shows: shows?,
    })
}
