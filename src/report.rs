//! What the commands print: for people, and as JSON.

mod human;
mod json;
mod listing;
mod scans;
mod todo;

pub use human::{Detail, summary};
pub use json::check_json;
pub use listing::{Listed, explain, exports, list};
