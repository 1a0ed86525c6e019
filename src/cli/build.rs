//! `workbook build`: renders the book.

use std::path::{Path, PathBuf};

use super::common::{self, Failure, Place};
use super::{Exit, World, stamp};
use crate::assess::Outcome;
use crate::evidence::{self, Point};
use crate::view::Stamp;
use crate::workbook::{Examples, StampedWorkbook, Workbook, rebuilt};
use crate::{render, view};

/// Evaluates all checks and renders the book with what they found. Evidence is not touched.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// Where the book goes [default: book/build of the workbook]
    #[arg(long, value_name = "DIR")]
    dest: Option<PathBuf>,
    /// Render the book of an older run instead, as it was: a run's id, a day or a revision
    #[arg(long, value_name = "RUN")]
    at: Option<String>,
}

/// Runs the command.
pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    if let Some(at) = &arguments.at {
        return older(arguments, at, place, world);
    }
    let workbook = place.load(world)?;
    let (outcome, _) = stamp::evaluate(&workbook, place, world)?;
    let dest = match &arguments.dest {
        Some(dest) => world.folder.join(dest),
        None => destination(&workbook),
    };
    build(&workbook, &outcome, None, &dest, world)?;
    writeln!(
        world.stdout,
        "the book is {}",
        dest.join("index.html").display()
    )?;
    Ok(common::exit(&common::all(&outcome)))
}

/// Renders the book of an older run: its pages, and what it found.
fn older(
    arguments: &Arguments,
    at: &str,
    place: &Place,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let said = |error: &dyn std::fmt::Display| Failure::Text(error.to_string());
    let root = place.root(world)?;
    let variables = stamp::variables(world);
    let point = Point::parse(at);
    let at = evidence::at(&root, &variables, &point, common::zone(&root))
        .map_err(|error| said(&error))?;
    if !at.altered.is_empty() {
        return Err(Failure::Text(format!(
            "{} is not as run {} lists it, so that no book is made of it; `workbook verify` tells why",
            at.altered.join(", "),
            at.run.id
        )));
    }
    let stamped = StampedWorkbook::at(&root, &at.commit, &variables, Examples::NotWanted)
        .map_err(|error| said(&error))?;
    let outcome = rebuilt(&stamped.workbook, &at).map_err(|error| said(&error))?;
    let dest = match &arguments.dest {
        Some(dest) => world.folder.join(dest),
        None => root.join("book/build"),
    };
    let stamp = Stamp {
        run: at.run.id.to_string(),
        commit: at.commit.clone(),
        recorded_at: at.run.body.recorded_at,
    };
    build(&stamped.workbook, &outcome, Some(&stamp), &dest, world)?;
    writeln!(
        world.stdout,
        "the book of run {} is {}",
        at.run.id,
        dest.join("index.html").display()
    )?;
    Ok(common::exit(&common::all(&outcome)))
}

/// Returns where the book goes unless somebody says otherwise.
pub(super) fn destination(workbook: &Workbook) -> PathBuf {
    workbook.root().join("book/build")
}

/// Renders the book.
pub(super) fn build(
    workbook: &Workbook,
    outcome: &Outcome,
    stamp: Option<&Stamp>,
    dest: &Path,
    world: &World<'_>,
) -> Result<(), Failure> {
    let bar = common::progress(world, "rendering the book");
    let view = view::of(workbook.view_input(outcome, stamp));
    let built = render::build(workbook.root(), dest, &view);
    bar.finish_and_clear();
    built.map_err(|error| Failure::Text(format!("the book was not built: {error}")))
}
