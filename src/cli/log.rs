//! `workbook log`: the history of one check.

use clap::ValueEnum;

use super::common::{Failure, Place};
use super::{Exit, World, stamp};
use crate::source::nearest;
use crate::workbook::Workbook;
use crate::{evidence, report};

/// Tells every time that the record of a check changed, newest first: verdict, counts, run, commit
/// and author, and how many later runs found the same.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// The check
    id: String,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// For programs
    Json,
}

/// Runs the command.
pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let root = place.root(world)?;
    let entries = evidence::log(&root, &stamp::variables(world), &arguments.id)
        .map_err(|error| Failure::Text(error.to_string()))?;
    if entries.is_empty()
        && let Ok(workbook) = Workbook::load(&root)
    {
        let ids: Vec<&str> = workbook
            .checks
            .iter()
            .map(|check| check.id.value.as_str())
            .collect();
        if !ids.contains(&arguments.id.as_str()) {
            let near = nearest(&arguments.id, ids.iter().copied())
                .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            return Err(Failure::Text(format!(
                "there is no check `{}`{near} (`workbook list` shows them)",
                arguments.id
            )));
        }
    }
    match arguments.format {
        Format::Human => report::log(world.stdout, &arguments.id, &entries)?,
        Format::Json => report::log_json(world.stdout, &arguments.id, &entries)?,
    }
    Ok(match entries.is_empty() {
        true => Exit::Undecided,
        false => Exit::Good,
    })
}
