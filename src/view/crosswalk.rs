//! The crosswalk between PCI DSS 3.2.1 and 4.0.1, both ways.

use serde::Serialize;

use crate::book;

use super::page::{PageRef, PageView};
use super::{coverage, words};

/// One pair of ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CrosswalkRow {
    /// The 3.2.1 id.
    pub from: String,
    /// The 4.0.1 id.
    pub to: String,
    /// What changed.
    pub change: String,
    /// The word of how sure the row is.
    pub confidence: &'static str,
    /// Whether a person with the licensed text has signed the page's ids.
    pub reviewed: bool,
    /// The page that states it.
    pub page: PageRef,
}

impl CrosswalkRow {
    /// Returns a row of a page.
    pub(crate) fn of(row: &book::Crosswalk, page: &PageRef, reviewed: bool) -> Self {
        Self {
            from: row.from.clone(),
            to: row.to.clone(),
            change: row.change.clone(),
            confidence: words::confidence(row.confidence),
            reviewed,
            page: page.clone(),
        }
    }
}

/// The crosswalk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Crosswalk {
    /// The rows in the order of the 3.2.1 ids.
    pub forward: Vec<CrosswalkRow>,
    /// The same rows in the order of the 4.0.1 ids.
    pub backward: Vec<CrosswalkRow>,
    /// How many rows nobody with the licensed text has signed.
    pub unreviewed: usize,
}

/// Returns the crosswalk of the pages.
pub(crate) fn of(pages: &[PageView]) -> Crosswalk {
    let mut forward: Vec<CrosswalkRow> = pages
        .iter()
        .flat_map(|page| page.crosswalk.iter().cloned())
        .collect();
    forward.sort_by_cached_key(|row| (coverage::natural(&row.from), coverage::natural(&row.to)));
    let mut backward = forward.clone();
    backward.sort_by_cached_key(|row| (coverage::natural(&row.to), coverage::natural(&row.from)));
    Crosswalk {
        unreviewed: forward.iter().filter(|row| !row.reviewed).count(),
        forward,
        backward,
    }
}
