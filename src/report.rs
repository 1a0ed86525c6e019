//! What the commands print: for people, and as JSON.

mod findings;
mod human;
mod json;
mod listing;
mod scans;
mod todo;

pub use findings::{All, End, Findings, Human, Jsonl, Sarif};
pub use human::{Detail, summary};
pub use json::check_json;
pub use listing::{Listed, explain, exports, list};
