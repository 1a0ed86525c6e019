//! `[[document]]` entries: a document that has to be there, whole and in date.

use crate::config::Entity;
use crate::source::{Code, Table};

/// One `[[document]]` entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DocumentCheck {
    /// The document, such as `policies/chd-retention.md`.
    pub(crate) path: String,
    /// The sections that must be there and not be empty.
    pub(crate) sections: Vec<String>,
    /// For which sorts of entity it is asked; empty is all.
    pub(crate) entities: Vec<Entity>,
}

/// Reads one `[[document]]` entry.
pub(super) fn document(mut table: Table<'_>) -> Option<DocumentCheck> {
    let path = table.required_string("path");
    let sections = table.strings("sections");
    let entities = table.keywords::<Entity>("entity");
    if let Some(path) = &path
        && !(path.value.starts_with("policies/") && path.value.ends_with(".md"))
    {
        table.report(
            Code::InvalidValue,
            path.span,
            "documents stand under `policies/` and end in `.md`",
        );
    }
    table.finish();
    Some(DocumentCheck {
        path: path?.value,
        sections: sections.into_iter().map(|section| section.value).collect(),
        entities: entities.into_iter().map(|entity| entity.value).collect(),
    })
}
