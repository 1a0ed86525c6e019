//! What the readers of entries share: compiling expressions, reading lengths of time.

use super::cel::{self, Environment, Expression, Place, Roots};
use super::read::Known;
use crate::book::Page;
use crate::source::{Cadence, Code, Diagnostics, Table};

/// Compiles the expressions of one entry.
pub(super) struct Compiler<'a> {
    environment: &'a Environment,
    place: Place<'a>,
}

impl<'a> Compiler<'a> {
    /// Returns the compiler of an entry on a page, whose subject is called as `roots` says.
    pub(super) fn new(page: &'a Page, known: Known<'a>, roots: Roots) -> Self {
        Self {
            environment: known.environment,
            place: Place {
                file: &page.file,
                roots,
                params: known.params,
                lists: known.lists,
            },
        }
    }

    /// Returns the expression at a key that must be there.
    pub(super) fn required(
        &self,
        table: &mut Table<'_>,
        key: &'static str,
        found: &mut Diagnostics,
    ) -> Option<Expression> {
        let text = table.required_string(key)?;
        cel::compile(self.environment, &text, self.place, found)
    }

    /// Returns the expression at a key that may be absent. A mistake in it is a diagnostic, which
    /// leaves the whole check out.
    pub(super) fn optional(
        &self,
        table: &mut Table<'_>,
        key: &'static str,
        found: &mut Diagnostics,
    ) -> Option<Expression> {
        cel::compile(self.environment, &table.string(key)?, self.place, found)
    }
}

/// Reads a length of time, such as `3 months`.
pub(super) fn cadence(table: &mut Table<'_>, key: &'static str) -> Option<Cadence> {
    let text = table.string(key)?;
    text.value
        .parse()
        .map_err(|message: String| table.report(Code::InvalidValue, text.span, message))
        .ok()
}
