//! `workbook diff`: what differs between two times.

use clap::ValueEnum;

use super::common::{self, Failure, Place};
use super::{Exit, World, stamp};
use crate::evidence::{self, Comparison, Point, Side};
use crate::report::{self, Markup};
use crate::workbook::{self, Workbook};

/// Tells what differs between two runs: new failures, what was mended, has expired, is not examined
/// any more, changed definitions and subjects. With --exports the definitions of one run are
/// evaluated on exports that were made again, subject by subject: re-performance.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// A run's id, a day or a revision [default: the run before the newest]
    from: Option<String>,
    /// The same [default: the newest run]
    to: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// For programs; the schema is schemas/diff.json
    Json,
    /// For a ticket or a request
    Markdown,
}

/// Runs the command.
pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let root = place.root(world)?;
    let comparison = match &place.exports {
        Some(exports) => {
            if arguments.to.is_some() {
                return Err(Failure::Text(
                    "--exports compares one run with exports; name only that run".to_owned(),
                ));
            }
            again(arguments, &root, &world.folder.join(exports), world)?
        }
        None => between(arguments, &root, world)?,
    };
    let out = &mut *world.stdout;
    match arguments.format {
        Format::Human => report::comparison(out, &comparison, Markup::Plain)?,
        Format::Markdown => report::comparison(out, &comparison, Markup::Markdown)?,
        Format::Json => report::comparison_json(out, &comparison, common::RUNNER)?,
    }
    Ok(match comparison.worse().is_empty() {
        true => Exit::Good,
        false => Exit::Bad,
    })
}

/// Compares two runs.
fn between(
    arguments: &Arguments,
    root: &std::path::Path,
    world: &World<'_>,
) -> Result<Comparison, Failure> {
    let variables = stamp::variables(world);
    let zone = common::zone(root);
    let at = |point: &Point| {
        evidence::at(root, &variables, point, zone)
            .map_err(|error| Failure::Text(error.to_string()))
    };
    let point = |word: &Option<String>, default| word.as_deref().map_or(default, Point::parse);
    let from = at(&point(&arguments.from, Point::Previous))?;
    let to = at(&point(&arguments.to, Point::Newest))?;
    let said = |error: evidence::AtError| Failure::Text(error.to_string());
    let (before, after) = (from.found().map_err(said)?, to.found().map_err(said)?);
    Ok(evidence::compare(
        (Side::stamped(&from), &before),
        (Side::stamped(&to), &after),
    ))
}

/// Compares a run with what its definitions find on other exports.
fn again(
    arguments: &Arguments,
    root: &std::path::Path,
    exports: &std::path::Path,
    world: &World<'_>,
) -> Result<Comparison, Failure> {
    let said = |error: &dyn std::fmt::Display| Failure::Text(error.to_string());
    if !exports.is_dir() {
        let exports = exports.display();
        return Err(Failure::Text(format!(
            "there is no folder of exports at {exports}"
        )));
    }
    let variables = stamp::variables(world);
    let zone = common::zone(root);
    let point = arguments
        .from
        .as_deref()
        .map_or(Point::Newest, Point::parse);
    let at = evidence::at(root, &variables, &point, zone).map_err(|error| said(&error))?;
    let today = match Workbook::load(root) {
        Ok(workbook) => common::today(&workbook, world),
        Err(_) => zone.date(world.now),
    };
    let bar = common::progress(world, "evaluating the stamped definitions");
    let comparison = workbook::perform_again(root, &variables, &at, exports, today)
        .map_err(|error| said(&error))?;
    bar.finish_and_clear();
    Ok(comparison)
}
