//! What is noted of one subject before its verdict is taken: the worst note decides.

use super::judge::shortened;
use super::{Finding, Verdict};
use crate::check::Trouble;
use crate::inventory::Place;

/// Notes on one subject.
#[derive(Debug, Default)]
pub(super) struct Notes {
    notes: Vec<(Verdict, String)>,
    /// Why values are unknown, for the list of what to export.
    pub(super) missing: Vec<String>,
    /// The properties taken by documented default.
    pub(super) by_default: Vec<String>,
}

impl Notes {
    /// Notes something that speaks for a verdict other than pass.
    pub(super) fn add(&mut self, verdict: Verdict, message: impl Into<String>) {
        self.notes.push((verdict, message.into()));
    }

    /// Notes why an expression has no value.
    pub(super) fn trouble(&mut self, trouble: Trouble) {
        match trouble {
            Trouble::Unknown(reasons) => {
                self.add(Verdict::NotChecked, reasons.join("; "));
                self.missing.extend(reasons);
            }
            Trouble::Absent(name) => {
                self.add(Verdict::NotChecked, format!("`{name}` is absent"));
            }
            Trouble::Failed(reason) => {
                let message = format!("the check can't be evaluated on this subject: {reason}");
                self.add(Verdict::Error, message);
            }
        }
    }

    /// Returns the finding: the worst verdict noted with every message, or a pass without notes.
    pub(super) fn into_finding(
        mut self,
        subject: String,
        subject_type: &str,
        shows: String,
        place: Option<Place>,
    ) -> Finding {
        self.notes.sort_by_key(|(verdict, _)| *verdict);
        self.by_default.sort_unstable();
        self.by_default.dedup();
        let verdict = self
            .notes
            .first()
            .map_or(Verdict::Pass, |(verdict, _)| *verdict);
        let mut messages: Vec<String> = self.notes.into_iter().map(|(_, text)| text).collect();
        messages.dedup();
        Finding {
            subject,
            subject_type: subject_type.to_owned(),
            verdict,
            message: shortened(messages.join("; ")),
            shows: shortened(shows),
            by_default: self.by_default,
            place,
            intended: false,
        }
    }
}
