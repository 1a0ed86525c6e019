//! What the last stamped run listed: that which changes since are told from.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// A subject as a run listed it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedSubject {
    /// The subject's type.
    pub subject_type: String,
    /// The subject's id.
    pub subject: String,
    /// `observed` or `intended`.
    pub state: String,
    /// What was seen.
    pub shows: String,
    /// The line of the list, from one.
    pub line: usize,
}

/// The list that a run kept of the subjects of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierList {
    /// The file, by path in the workbook.
    pub file: String,
    /// The subjects; why they can't be told, otherwise.
    pub subjects: Result<Vec<ListedSubject>, String>,
}

/// What the last stamped run listed.
#[derive(Debug, Clone, Default)]
pub enum Earlier {
    /// There is no run yet.
    #[default]
    Nothing,
    /// There may be one, and it can't be told; why.
    Unreadable(String),
    /// The last run.
    Run {
        /// Its id.
        id: String,
        /// What it listed, by check. A check that it did not have is not there.
        lists: BTreeMap<String, EarlierList>,
        /// How a run writes text: compared is what was written with what would be.
        written: fn(&str) -> Cow<'_, str>,
    },
}
