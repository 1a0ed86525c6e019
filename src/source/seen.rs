//! Ids met so far, so that the second of two equal ones can show the first.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Code, Diagnostic, SourceFile, Span, Spanned};

/// The ids of one kind of thing, and where each first stood.
#[derive(Debug)]
pub(crate) struct Seen {
    kind: &'static str,
    places: BTreeMap<String, (Arc<SourceFile>, Span)>,
}

impl Seen {
    /// Returns an empty collection of ids of a `kind`, named as messages name it: "the page".
    pub(crate) fn new(kind: &'static str) -> Self {
        Self {
            kind,
            places: BTreeMap::new(),
        }
    }

    /// Adds an id, or returns the diagnostic that shows both places.
    pub(crate) fn add(
        &mut self,
        file: &Arc<SourceFile>,
        id: &Spanned<String>,
    ) -> Option<Diagnostic> {
        if let Some((first, span)) = self.places.get(&id.value) {
            return Some(
                Diagnostic::new(
                    Code::DuplicateId,
                    file,
                    id.span,
                    format!("{} `{}` is given twice", self.kind, id.value),
                )
                .label("again here")
                .related(first, *span, "first given here"),
            );
        }
        self.places
            .insert(id.value.clone(), (Arc::clone(file), id.span));
        None
    }

    /// Returns the ids, in order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> + Clone {
        self.places.keys().map(String::as_str)
    }
}
