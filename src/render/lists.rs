//! All subjects of a check as a file beside the book, for what a card can't hold.

use std::fmt::Write as _;

use crate::view::{Card, Row};

use super::escape;
use super::templates::Templates;

/// Returns the path of a check's list below the book, and the list as CSV.
pub(crate) fn of(templates: &Templates, card: &Card) -> (String, String) {
    let words = templates.strings();
    let mut csv = String::new();
    let keys = [
        "verdict", "subject", "type", "message", "shows", "default", "place", "state",
    ];
    line(
        &mut csv,
        &keys.map(|key| words.text(&["list", key]).to_owned()),
    );
    for row in card.attention.iter().chain(&card.holding) {
        let state = if row.intended { "intended" } else { "observed" };
        line(&mut csv, &cells(row, words.text(&["list", state])));
    }
    (format!("findings/{}.csv", card.check.id), csv)
}

fn cells(row: &Row, state: &str) -> [String; 8] {
    [
        row.verdict.to_owned(),
        row.subject.clone(),
        row.subject_type.clone(),
        row.message.clone(),
        row.shows.clone(),
        row.by_default.join(" "),
        row.place.clone().unwrap_or_default(),
        state.to_owned(),
    ]
}

/// Adds a line of cells that no spreadsheet takes for formulas.
pub(super) fn line(csv: &mut String, cells: &[String; 8]) {
    for (at, cell) in cells.iter().enumerate() {
        let separator = if at == 0 { "" } else { "," };
        // Writing to a string can't fail.
        let _ = write!(
            csv,
            "{separator}\"{}\"",
            escape::csv(cell).replace('"', "\"\"")
        );
    }
    csv.push_str("\r\n");
}
