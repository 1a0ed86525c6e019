//! A compliance-as-code evidence workbook for PCI DSS on containers.

pub mod assess;
pub mod book;
pub mod check;
pub mod config;
pub mod evidence;
pub mod human;
pub mod inventory;
pub mod source;
