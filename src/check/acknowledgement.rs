//! `[[acknowledgement]]` entries: who has to have read and accepted which text.

use super::compiler::cadence;
use crate::source::{Cadence, Code, Table};

/// Which text is acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AcknowledgedText {
    /// A document under `policies/`, below its front matter.
    Document(String),
    /// The guide of each role that the person holds.
    RoleGuide,
}

/// Who has to acknowledge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Holders {
    /// Every person of `workbook.toml`.
    Everybody,
    /// Everyone who holds one of these roles.
    Roles(Vec<String>),
}

/// One `[[acknowledgement]]` entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AcknowledgementCheck {
    /// Who has to.
    pub(crate) holders: Holders,
    /// What.
    pub(crate) text: AcknowledgedText,
    /// For how long it holds; without it, until the text changes.
    pub(crate) valid: Option<Cadence>,
}

/// Reads one `[[acknowledgement]]` entry.
pub(super) fn acknowledgement(mut table: Table<'_>) -> Option<AcknowledgementCheck> {
    table.required("roles")?;
    let roles = table.strings("roles");
    let holders = match roles.as_slice() {
        [] => {
            table.report(
                Code::InvalidValue,
                table.span(),
                "`roles` names at least one role, or `*` for everybody",
            );
            None
        }
        [one] if one.value == "*" => Some(Holders::Everybody),
        several => Some(Holders::Roles(
            several.iter().map(|role| role.value.clone()).collect(),
        )),
    };
    let text = table.required_string("text").and_then(|text| {
        if text.value == "role-guide" {
            return Some(AcknowledgedText::RoleGuide);
        }
        if text.value.starts_with("policies/") && text.value.ends_with(".md") {
            return Some(AcknowledgedText::Document(text.value));
        }
        table.report(
            Code::InvalidValue,
            text.span,
            "`text` is a document such as \"policies/key-custodian-duties.md\", or \"role-guide\"",
        );
        None
    });
    let valid = cadence(&mut table, "valid");
    table.finish();
    Some(AcknowledgementCheck {
        holders: holders?,
        text: text?,
        valid,
    })
}
