//! A policy or procedure as its page shows it.

use serde::Serialize;

use crate::assess::Outcome;
use crate::book::Book;
use crate::check::Kind;

use super::card::CheckRef;
use super::index::Index;

/// What the book shows of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentView {
    /// The path below `book/src`.
    pub path: String,
    /// The title.
    pub title: String,
    /// Who owns it.
    pub owner: Option<String>,
    /// Who approved it.
    pub approver: Option<String>,
    /// When it was approved.
    pub approved: Option<String>,
    /// When it must be reviewed at the latest.
    pub review_due: Option<String>,
    /// Whether the review is overdue on the date of judgement.
    pub overdue: bool,
    /// The checks that look at it.
    pub checks: Vec<CheckRef>,
}

/// Returns the documents of the book.
pub(crate) fn of(book: &Book, outcome: &Outcome, index: &Index<'_>) -> Vec<DocumentView> {
    book.documents
        .iter()
        .map(|document| DocumentView {
            path: document.path.clone(),
            title: document.title.clone(),
            owner: document.owner.clone(),
            approver: document.approver.clone(),
            approved: document.approved.map(|date| date.to_string()),
            review_due: document.review_due.map(|date| date.to_string()),
            overdue: document.review_due.is_some_and(|due| due < outcome.as_of),
            checks: outcome
                .checks
                .iter()
                .filter(|check| check.kind == Kind::Document)
                .filter(|check| {
                    check
                        .findings
                        .iter()
                        .any(|finding| finding.subject == document.path)
                })
                .map(|check| CheckRef::of(check, index))
                .collect(),
        })
        .collect()
}
