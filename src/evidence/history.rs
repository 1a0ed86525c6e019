//! Evidence over time: at a commit, between two, and of one check from run to run.

mod at;
mod compare;
mod log;

pub use at::{AtError, EvidenceAt, FoundCheck, Point, Row, Rows, at, found_now};
pub(crate) use at::{headers, newest};
pub use compare::{Change, CheckDifference, Comparison, Side, SubjectDifference, compare};
pub use log::{LogEntry, Logged, log};
