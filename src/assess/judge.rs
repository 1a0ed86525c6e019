//! What one entry says of one subject.

use std::sync::Arc;

use super::Verdict;
use crate::check::{Configuration, Data, Subject, Trouble, condition, text};

/// The longest text a finding keeps of what was seen or is wrong, in characters.
const TEXT_LIMIT: usize = 1_000;

/// What an entry says of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judged {
    /// The verdict.
    pub(super) verdict: Verdict,
    /// What is wrong or missing.
    pub(super) message: String,
    /// What was seen.
    pub(super) shows: String,
    /// The properties taken by documented default.
    pub(super) by_default: Vec<String>,
    /// Why values are unknown, for the list of what to export.
    pub(super) missing: Vec<String>,
}

impl Judged {
    /// Takes back a pass that rests on data too old to show what holds now. Failures stand: what
    /// was wrong then is to be shown mended.
    pub(super) fn outdate(&mut self, reason: String) {
        if self.verdict == Verdict::Pass {
            self.verdict = Verdict::NotChecked;
            self.missing.push(reason.clone());
            self.message = reason;
        }
    }
}

/// Tells whether an entry judges scope itself, so that what is out of scope is its business too.
pub(super) fn asks_for_scope(entry: &Configuration) -> bool {
    entry
        .filter
        .iter()
        .chain([&entry.assert])
        .any(|expression| expression.needs.scope)
}

/// Judges one subject; nothing if `where` leaves it out.
pub(super) fn subject(
    entry: &Configuration,
    subject: &Subject,
    data: &Arc<Data>,
) -> Option<Judged> {
    let mut by_default = Vec::new();
    let mut decided = Ok(true);
    if let Some(filter) = &entry.filter {
        let answer = condition(filter, subject, data);
        by_default.extend(answer.by_default);
        match answer.value {
            Ok(true) => {}
            Ok(false) => return None,
            Err(trouble) => decided = Err(trouble),
        }
    }
    if decided.is_ok() {
        let answer = condition(&entry.assert, subject, data);
        by_default.extend(answer.by_default);
        decided = answer.value;
    }
    by_default.sort_unstable();
    by_default.dedup();
    let mut missing = Vec::new();
    let (verdict, message) = match decided {
        Ok(true) => (Verdict::Pass, String::new()),
        Ok(false) => {
            let message = text(&entry.message, subject, data).value;
            (
                Verdict::Fail,
                message.unwrap_or_else(|_| "the condition does not hold".to_owned()),
            )
        }
        Err(Trouble::Unknown(reasons)) => {
            let message = reasons.join("; ");
            missing = reasons;
            (Verdict::NotChecked, message)
        }
        Err(Trouble::Absent(name)) => (
            Verdict::NotChecked,
            format!(
                "`{name}` is absent, and nothing documents what its absence means in this export"
            ),
        ),
        Err(Trouble::Failed(reason)) => (
            Verdict::Error,
            format!("the check can't be evaluated on this subject: {reason}"),
        ),
    };
    let shows = text(&entry.shows, subject, data).value.unwrap_or_default();
    Some(Judged {
        verdict,
        message: shortened(message),
        shows: shortened(shows),
        by_default,
        missing,
    })
}

/// Returns the text, cut at the bound for findings.
pub(super) fn shortened(mut text: String) -> String {
    if let Some((at, _)) = text.char_indices().nth(TEXT_LIMIT) {
        text.truncate(at);
        text.push('…');
    }
    text
}
