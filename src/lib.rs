//! A compliance-as-code evidence workbook for PCI DSS on containers.

pub mod assess;
pub mod book;
pub mod check;
pub mod config;
pub mod evidence;
pub mod human;
pub mod inventory;
pub mod render;
pub mod source;
pub mod view;

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
