//! Names that must belong to something the workbook has.

use std::sync::Arc;

use super::{Code, Diagnostic, SourceFile, Spanned, nearest};

/// Returns the diagnostic for an id that is not among `known`, if it is not.
///
/// `kind` names the sort of thing ("role"); `otherwise` says what to do when nothing is near.
pub(crate) fn unknown_reference<'k>(
    file: &Arc<SourceFile>,
    id: &Spanned<String>,
    kind: &str,
    known: impl Iterator<Item = &'k str> + Clone,
    otherwise: &str,
) -> Option<Diagnostic> {
    if known.clone().any(|known| known == id.value) {
        return None;
    }
    let diagnostic = Diagnostic::new(
        Code::UnknownReference,
        file,
        id.span,
        format!("there is no {kind} `{}`", id.value),
    );
    Some(match nearest(&id.value, known) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(otherwise),
    })
}
