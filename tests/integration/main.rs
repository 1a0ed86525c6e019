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

mod acknowledge;
mod architecture;
mod assess;
mod cards;
mod check;
mod content;
mod disclosure;
mod due;
mod except;
mod executable;
mod forms;
mod guide;
mod harness;
mod invariants;
mod inventory;
mod mutated;
#[expect(
    dead_code,
    reason = "what packs for tests of the readers packs for these too, not all of it"
)]
#[path = "../../src/cardholder/content/packing.rs"]
mod packing;
mod proof;
mod record;
mod reference;
mod sarif;
mod scan;
mod scan_report;
mod secrets;
mod small;
mod wholeness;
