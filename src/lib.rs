//! A compliance-as-code evidence workbook for PCI DSS on containers.
//!
//! Modules in the order in which they may use each other: [`source`], [`config`], [`book`],
//! [`human`], [`cardholder`], [`inventory`], [`check`], [`assess`], [`evidence`], [`view`],
//! [`render`] and [`report`], [`workbook`], [`cli`]. The program's `main` only calls [`cli::main`].
//!
//! What holds everywhere, and the test that would show otherwise:
//!
//! 1. A `pass` rests on data: no way leads from "could not decide" to `pass`, to a good status or
//!    to exit code 0 (`check::cel` and `assess::table` tests, the golden table of
//!    `inventory::load`, `cli::common`).
//! 2. Reading returns a value and diagnostics and never panics, whatever the bytes (property tests
//!    of `workbook::written`, `check::cel` and `inventory`).
//! 3. A diagnostic is about the author's files, a finding about a subject; neither stands for the
//!    other.
//! 4. Evaluation is a pure function: the same bytes on any number of threads
//!    (`tests/integration/assess.rs`).
//! 5. Every failing finding says what is wrong and where (`tests/integration/check.rs`).
//! 6. Only `evidence` writes records and runs, in one commit or not at all (`evidence::stamp`).
//! 7. A report has exactly as many results as the evaluation (`tests/integration/check.rs`,
//!    `view` tests).

pub mod assess;
pub mod book;
pub mod cardholder;
pub mod check;
pub mod cli;
pub mod config;
pub mod evidence;
pub mod human;
pub mod inventory;
pub mod render;
pub mod report;
pub mod source;
pub mod view;
pub mod workbook;

// The fixture of the book is shared with tests outside the crate, which know it by its name.
#[cfg(test)]
extern crate self as evidence_workbook;
#[cfg(test)]
#[path = "../tests/fixtures/book.rs"]
#[allow(
    clippy::expect_used,
    clippy::string_slice,
    unreachable_pub,
    reason = "it is of use to tests only, in this crate and outside"
)]
mod fixture;
