//! What the commands print: for people, and as JSON.

mod calendar;
mod dues;
mod findings;
mod human;
mod json;
mod listing;
mod scans;
mod todo;

pub use calendar::dues_calendar;
pub use dues::{Dues, dues, dues_json};
pub use findings::{All, End, Findings, Human, Jsonl, Sarif};
pub use human::{Detail, summary};
pub use json::check_json;
pub use listing::{Listed, explain, exports, list};
