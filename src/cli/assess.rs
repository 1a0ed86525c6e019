//! `workbook assess`: check, stamp, build.

use super::common::{self, Failure, Place};
use super::{Exit, World, build, stamp};
use crate::report::{self, Detail};
use crate::view::Stamp;

/// The main job: evaluates all checks, stamps what they found in one commit, renders the book,
/// and prints what to fix first and what to export next.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    #[command(flatten)]
    stamp: stamp::Arguments,
}

/// Runs the command.
pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let workbook = place.load(world)?;
    stamp::resume(&workbook, world)?;
    let (outcome, files) = stamp::evaluate(&workbook, place, world)?;
    let selected = common::all(&outcome);
    common::print(world, |out| {
        report::summary(
            out,
            &outcome,
            &selected,
            &workbook.checks,
            &workbook.config,
            Detail::Short,
        )
    })?;
    let stamped = stamp::stamp(&workbook, &outcome, &files, &arguments.stamp, place, world);
    let run = stamped.as_ref().ok().map(|stamped| Stamp {
        run: stamped.run.to_string(),
        commit: stamped.commit.clone(),
        recorded_at: world.now,
    });
    let dest = build::destination(&workbook);
    // What was found can be read in the book even where it could not be stamped.
    build::build(&workbook, &outcome, run.as_ref(), &dest, world)?;
    writeln!(world.stdout)?;
    if let Ok(stamped) = &stamped {
        stamp::tell(stamped, world)?;
    }
    writeln!(
        world.stdout,
        "the book is {}",
        dest.join("index.html").display()
    )?;
    stamped?;
    Ok(common::exit(&selected))
}
