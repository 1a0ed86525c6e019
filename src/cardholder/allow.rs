//! What may be where it was found: an allow-list that people write, by path, kind and surroundings,
//! with a reason, an approver and an end. It holds no number.

mod glob;

use std::cell::Cell;
use std::io;
use std::sync::Arc;

use super::told::harmless;
use super::{Audience, Confidence, Done, Finding, Kind, Why};
use crate::source::{Code, Date, Diagnostic, SourceFile, Spanned, Table, Toml};
use glob::matches;

/// How many digits in a row, however separated, an allow-list must not have.
const DIGITS: usize = 12;

/// An allow-list.
///
/// ```
/// use evidence_workbook::cardholder::AllowList;
///
/// let list = AllowList::parse("allow.toml", r#"
/// [[allow]]
/// path = "parcels/**"
/// kinds = ["pan"]
/// reason = "numbers of the carrier"
/// approver = "nl-0148"
/// approved = 2026-11-19
/// expires = 2027-05-19
/// "#).expect("a list");
/// assert_eq!(list.entries().len(), 1);
/// ```
#[derive(Debug, Default)]
pub struct AllowList {
    entries: Vec<Allowed>,
}

/// Why an allow-list can't be used.
#[derive(Debug)]
pub enum Refused {
    /// It holds something like a number, which is not repeated.
    Number {
        /// The line on which it begins.
        line: usize,
    },
    /// It has mistakes.
    Mistakes(Vec<Diagnostic>),
}

/// An entry of an allow-list.
#[derive(Debug)]
pub struct Allowed {
    /// The paths.
    pub path: String,
    kinds: Vec<Kind>,
    confidence: Vec<Confidence>,
    context: Vec<String>,
    /// Why it may be there.
    pub reason: String,
    /// Who said so.
    pub approver: String,
    /// When.
    pub approved: Date,
    /// The last day on which it counts.
    pub expires: Date,
    /// The line on which it begins.
    pub line: usize,
    used: Cell<bool>,
}

/// What of an allow-list is to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idle {
    /// It has expired.
    Expired,
    /// Nothing was found that it allows.
    Unused,
}

impl AllowList {
    /// Reads a list.
    ///
    /// # Errors
    ///
    /// Every mistake at once; or no more than a line, if the list holds something like a number.
    pub fn parse(path: &str, text: &str) -> Result<Self, Refused> {
        if let Some(line) = number(text) {
            return Err(Refused::Number { line });
        }
        let file = SourceFile::new(path, text);
        let toml = Toml::parse_file(&file);
        let mut root = toml.root();
        let entries = root
            .tables("allow")
            .into_iter()
            .filter_map(|table| entry(table, &file))
            .collect();
        root.finish();
        let mistakes = toml.into_diagnostics().into_sorted();
        match mistakes.is_empty() {
            true => Ok(Self { entries }),
            false => Err(Refused::Mistakes(mistakes)),
        }
    }

    /// Returns the entries, as they are written.
    #[must_use]
    pub fn entries(&self) -> &[Allowed] {
        &self.entries
    }

    /// Returns the entry that allows a finding.
    fn of(&self, finding: &Finding<'_>, today: Date) -> Option<&Allowed> {
        let entry = self
            .entries
            .iter()
            .find(|entry| entry.has(finding, today))?;
        entry.used.set(true);
        Some(entry)
    }

    /// Returns the entries that did nothing, and why.
    #[must_use]
    pub fn idle(&self, today: Date) -> Vec<(&Allowed, Idle)> {
        self.entries
            .iter()
            .filter_map(|entry| match (entry.counts(today), entry.used.get()) {
                (false, _) => Some((entry, Idle::Expired)),
                (true, false) => Some((entry, Idle::Unused)),
                (true, true) => None,
            })
            .collect()
    }
}

impl Allowed {
    fn counts(&self, today: Date) -> bool {
        self.approved <= today && today <= self.expires
    }

    fn has(&self, finding: &Finding<'_>, today: Date) -> bool {
        let found = finding.found;
        let near = found.context.as_deref().unwrap_or_default().to_lowercase();
        self.counts(today)
            && self.kinds.contains(&found.kind)
            && self.confidence.contains(&found.confidence)
            && (self.context.is_empty() || self.context.iter().any(|word| near.contains(word)))
            && matches(&self.path, &finding.location())
    }
}

fn entry(mut table: Table<'_>, file: &Arc<SourceFile>) -> Option<Allowed> {
    let line = file.line(table.span().start);
    let path = table.required_string("path");
    let kinds = table.keywords::<Kind>("kinds");
    if kinds.is_empty() {
        let message = "`kinds` says what may be there: pan, track, ...";
        table.report(Code::MissingKey, table.span(), message);
    }
    let confidence = values(table.keywords("confidence"));
    let context = values(table.strings("context"));
    let reason = table.required_string("reason");
    let approver = table.required_string("approver");
    let approved = table
        .required("approved")
        .and_then(crate::source::Item::date);
    let expires = table
        .required("expires")
        .and_then(crate::source::Item::date);
    if let (Some(approved), Some(expires)) = (&approved, &expires)
        && approved.value > expires.value
    {
        let message = "it expires before it was approved";
        table.report(Code::InvalidValue, expires.span, message);
    }
    table.finish();
    Some(Allowed {
        path: path?.value,
        kinds: values(kinds),
        // To allow what is account data takes a word more.
        confidence: match confidence.is_empty() {
            true => vec![Confidence::Possible],
            false => confidence,
        },
        context: context
            .into_iter()
            .map(|word| word.to_lowercase())
            .collect(),
        reason: reason?.value,
        approver: approver?.value,
        approved: approved?.value,
        expires: expires?.value,
        line,
        used: Cell::new(false),
    })
}

fn values<T>(items: Vec<Spanned<T>>) -> Vec<T> {
    items.into_iter().map(|item| item.value).collect()
}

/// Returns the first line with something like a number, or with other account data.
fn number(text: &str) -> Option<usize> {
    text.lines()
        .position(|line| {
            let mut digits = 0;
            let mut gap = 0;
            let long = line.chars().any(|sign| {
                if sign.is_numeric() {
                    digits += 1;
                    gap = 0;
                } else {
                    gap += 1;
                    // Dates end before a quote and a comma.
                    if sign.is_alphabetic() || gap > 1 {
                        digits = 0;
                    }
                }
                digits >= DIGITS
            });
            long || harmless(line) != line
        })
        .map(|line| line + 1)
}

/// Marks what is allowed on the way to an audience.
#[allow(
    missing_debug_implementations,
    reason = "an audience is a function of sorts"
)]
pub struct Allowing<'a> {
    /// The list.
    pub list: &'a AllowList,
    /// The day by which entries expire.
    pub today: Date,
    /// Who is told.
    pub audience: &'a mut dyn Audience,
}

impl Audience for Allowing<'_> {
    fn found(&mut self, finding: Finding<'_>) -> io::Result<()> {
        let allowed = self.list.of(&finding, self.today);
        self.audience.found(Finding { allowed, ..finding })
    }

    fn unread(&mut self, file: &str, member: &str, why: Why) -> io::Result<()> {
        self.audience.unread(file, member, why)
    }

    fn done(&mut self, file: &str, done: Done) -> io::Result<()> {
        self.audience.done(file, done)
    }
}

#[cfg(test)]
mod tests;
