//! A compliance-as-code evidence workbook for PCI DSS on containers.

pub mod source;
