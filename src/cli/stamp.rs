//! `workbook stamp`: writes what the checks found as evidence, in one commit.

use super::common::{self, Failure, Place};
use super::{Exit, World};
use crate::assess::Outcome;
use crate::evidence::{self, GitVariables, Stamped, Stamping, Uncommitted, WATCHED};
use crate::inventory::FileListing;
use crate::workbook::Workbook;

/// Evaluates all checks and writes records and a run into one commit. Everything else in the
/// index and the work tree stays as it is.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// Stamp although pages, checks or registers have uncommitted changes; the run lists them
    #[arg(long)]
    pub(super) allow_dirty: bool,
}

/// Runs the command.
pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let workbook = place.load(world)?;
    resume(&workbook, world)?;
    let (outcome, files) = evaluate(&workbook, place, world)?;
    let stamped = stamp(&workbook, &outcome, &files, arguments, place, world)?;
    tell(&stamped, world)?;
    Ok(common::exit(&common::all(&outcome)))
}

/// Finishes the checkout of a run that was killed after its commit.
pub(super) fn resume(workbook: &Workbook, world: &World<'_>) -> Result<(), Failure> {
    evidence::finish_checkout(workbook.root(), &variables(world))
        .map_err(|error| Failure::Text(error.to_string()))
}

/// Evaluates all checks at the workbook's date.
pub(super) fn evaluate(
    workbook: &Workbook,
    place: &Place,
    world: &World<'_>,
) -> Result<(Outcome, Vec<FileListing>), Failure> {
    let bar = common::progress(world, "reading exports");
    let inventory = place.inventory(workbook, world)?;
    let files = inventory.files.clone();
    bar.set_message("evaluating checks");
    let outcome = workbook.assess(
        inventory,
        &workbook.earlier(&variables(world)),
        common::today(workbook, world),
    );
    bar.finish_and_clear();
    Ok((outcome, files))
}

/// Writes the commit.
pub(super) fn stamp(
    workbook: &Workbook,
    outcome: &Outcome,
    files: &[FileListing],
    arguments: &Arguments,
    place: &Place,
    world: &World<'_>,
) -> Result<Stamped, Failure> {
    let uncommitted = if arguments.allow_dirty {
        Uncommitted::Recorded
    } else {
        Uncommitted::Refused
    };
    let stamping = Stamping {
        workbook: workbook.root(),
        exports: &place.exports(workbook, world),
        outcome,
        files,
        now: world.now,
        runner: common::RUNNER,
        sample: workbook.config.sample,
        uncommitted,
        watched: &WATCHED,
        variables: &variables(world),
    };
    evidence::stamp(&stamping).map_err(|error| Failure::Text(format!("not stamped: {error}")))
}

/// Returns the variables that git's settings depend on.
pub(super) fn variables(world: &World<'_>) -> GitVariables {
    GitVariables(world.variables.clone())
}

/// Says what was stamped.
pub(super) fn tell(stamped: &Stamped, world: &mut World<'_>) -> Result<(), Failure> {
    let branch = stamped
        .branch
        .as_deref()
        .map_or(String::new(), |branch| format!(" on {branch}"));
    writeln!(
        world.stdout,
        "stamped run {} as commit {}{branch}: {} of {} records written, {} removed",
        stamped.run,
        stamped.commit.get(..12).unwrap_or(&stamped.commit),
        stamped.records_written,
        stamped.records_total,
        stamped.records_removed,
    )?;
    if let Some(why) = &stamped.unfinished {
        writeln!(
            world.stderr,
            "note: the commit stands, and the work tree does not show it yet: {why}; the next command tries again"
        )?;
    }
    if stamped.branch.is_none() {
        writeln!(
            world.stderr,
            "note: HEAD is on no branch; make one (`git switch -c NAME`) before you check out another"
        )?;
    }
    Ok(())
}
