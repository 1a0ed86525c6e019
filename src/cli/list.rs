//! `workbook list` and `workbook explain`.

use clap::ValueEnum;

use super::common::{self, Failure, Place};
use super::{Exit, World};
use crate::report::{self, Listed};

/// Lists checks, pages or statements, a line each.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct ListArguments {
    /// What to list
    #[arg(value_enum, default_value_t = What::Checks)]
    what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// The checks: id, page, kind, severity, basis, title
    Checks,
    /// The pages
    Pages,
    /// The statements, and what shows each
    Statements,
}

/// Runs `list`.
pub(super) fn list(
    arguments: &ListArguments,
    place: &Place,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let workbook = place.load(world)?;
    let what = match arguments.what {
        What::Checks => Listed::Checks,
        What::Pages => Listed::Pages,
        What::Statements => Listed::Statements,
    };
    common::print(world, |out| {
        report::list(out, what, &workbook.book, &workbook.checks)
    })?;
    Ok(Exit::Good)
}

/// Explains a check, a page, a statement or a diagnostic code.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct ExplainArguments {
    /// Its id
    id: String,
}

/// Runs `explain`.
pub(super) fn explain(
    arguments: &ExplainArguments,
    place: &Place,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let workbook = place.load(world)?;
    let mut found = false;
    common::print(world, |out| {
        found = report::explain(
            out,
            &arguments.id,
            &workbook.book,
            &workbook.checks,
            &workbook.config,
        )?;
        Ok(())
    })?;
    if found {
        return Ok(Exit::Good);
    }
    let ids = workbook.checks.iter().map(|check| check.id.value.as_str());
    let near = crate::source::nearest(&arguments.id, ids)
        .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    Err(Failure::Text(format!(
        "there is no check, page, statement or diagnostic `{}`{near}",
        arguments.id
    )))
}
