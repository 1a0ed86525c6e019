//! `workbook build`: renders the book.

use std::path::{Path, PathBuf};

use super::common::{self, Failure, Place};
use super::{Exit, World, stamp};
use crate::assess::Outcome;
use crate::view::Stamp;
use crate::workbook::Workbook;
use crate::{render, view};

/// Evaluates all checks and renders the book with what they found. Evidence is not touched.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// Where the book goes [default: book/build of the workbook]
    #[arg(long, value_name = "DIR")]
    dest: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
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
