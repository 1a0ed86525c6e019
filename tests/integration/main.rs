//! All integration tests, in one binary: linking is the slow part.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test stops by panicking, and asks the environment whether to rewrite what it compares"
)]

mod architecture;
mod assess;
mod check;
mod content;
mod disclosure;
mod executable;
mod guide;
mod harness;
mod inventory;
mod reference;
mod scan;
mod scan_report;
