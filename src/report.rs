//! What the commands print: for people, and as JSON.

mod calendar;
mod comparison;
mod dues;
mod findings;
mod history;
mod human;
mod json;
mod listing;
mod replay;
mod scans;
mod sheet;
mod todo;
mod verification;

pub use calendar::dues_calendar;
pub use comparison::{Markup, comparison, comparison_json};
pub use dues::{Dues, dues, dues_json};
pub use findings::{All, End, Findings, Human, Jsonl, Sarif};
pub use history::{log, log_json};
pub use human::{Detail, summary};
pub use json::check_json;
pub use listing::{Listed, explain, exports, list};
pub use replay::{replay, replay_json};
pub use sheet::{CheckedCheck, Sheet, sheet};
pub use verification::{Pages, verification, verification_json};
