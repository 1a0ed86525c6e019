//! `[[configuration]]` entries: CEL over resources, register entries or changes.

use super::cel::{Expression, Roots};
use super::compiler::Compiler;
use super::read::Known;
use super::{Judged, Population, WhenNone};
use crate::book::Page;
use crate::source::{Code, Diagnostics, Table};

/// One `[[configuration]]` entry.
#[derive(Debug)]
pub(crate) struct Configuration {
    /// What it looks at.
    pub(crate) population: Population,
    /// Which of the population it judges: `where`.
    pub(crate) filter: Option<Expression>,
    /// What must hold.
    pub(crate) assert: Expression,
    /// What was seen, as text.
    pub(crate) shows: Expression,
    /// What to say on failure, as text.
    pub(crate) message: Expression,
    /// What an empty population means, where it was exported completely.
    pub(crate) when_none: WhenNone,
    /// Which states it judges.
    pub(crate) judges: Judged,
}

/// Reads one `[[configuration]]` entry.
pub(super) fn configuration(
    page: &Page,
    mut table: Table<'_>,
    known: Known<'_>,
    found: &mut Diagnostics,
) -> Option<Configuration> {
    let population = if table.has("changes") {
        changes(&mut table)
    } else {
        population(&mut table)
    };
    let roots = population
        .as_ref()
        .map_or(Roots::Resource, |(_, roots)| *roots);
    let compiler = Compiler::new(page, known, roots);
    let filter = compiler.optional(&mut table, "where", found);
    let assert = compiler.required(&mut table, "assert", found);
    let shows = compiler.required(&mut table, "shows", found);
    let message = compiler.required(&mut table, "message", found);
    let when_none = table
        .keyword("when-none")
        .map_or(WhenNone::NotChecked, |word| word.value);
    let judges = table
        .keyword("judges")
        .map_or(Judged::Observed, |word| word.value);
    table.finish();
    Some(Configuration {
        population: population?.0,
        filter,
        assert: assert?,
        shows: shows?,
        message: message?,
        when_none,
        judges,
    })
}

/// What `each` calls the exceptions that people keep.
const EXCEPTIONS: &str = "exceptions";

/// Reads what an entry looks at, and what its expressions call a member of it.
pub(super) fn population(table: &mut Table<'_>) -> Option<(Population, Roots)> {
    let resource = table.string("resource");
    let each = table.string("each");
    match (resource, each) {
        (Some(resource), None) => Some((Population::Resources(resource.value), Roots::Resource)),
        (None, Some(each)) if each.value == EXCEPTIONS => {
            Some((Population::Exceptions, Roots::Item))
        }
        (None, Some(each)) => match each.value.strip_prefix("registers.") {
            Some(name) if !name.is_empty() => {
                Some((Population::Register(name.to_owned()), Roots::Item))
            }
            Some(_) | None => {
                table.report(
                    Code::InvalidValue,
                    each.span,
                    "`each` names a register, such as \"registers.data_stores\", or \"exceptions\"",
                );
                None
            }
        },
        (Some(_), Some(each)) => {
            table.report(
                Code::TwoKinds,
                each.span,
                "an entry looks at a `resource` or at `each` entry of a register, not both",
            );
            None
        }
        (None, None) => {
            table.report(
                Code::MissingKey,
                table.span(),
                "the entry says neither `resource` nor `each`",
            );
            None
        }
    }
}

/// Reads which check's subjects an entry compares with the last run, if that is what it does.
fn changes(table: &mut Table<'_>) -> Option<(Population, Roots)> {
    let check = table.string("changes")?;
    if table.has("resource") || table.has("each") {
        table.report(
            Code::TwoKinds,
            check.span,
            "an entry looks at `changes`, or at a `resource` or `each` entry of a register, not both",
        );
    }
    Some((Population::Changes(check), Roots::Item))
}
