//! `workbook exports`: what each export file gave.

use super::common::{self, Failure, Place};
use super::{Exit, World};
use crate::report;

/// Tells for every file under the exports folder what it is, how many resources of which type it
/// gave, from which account, region and time; what is partial, denied or not recognised and why;
/// and what is missing for which checks.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {}

/// Runs the command.
pub(super) fn run(_: &Arguments, place: &Place, world: &mut World<'_>) -> Result<Exit, Failure> {
    let workbook = place.load(world)?;
    let inventory = place.inventory(&workbook, world)?;
    // Which scan reports are missing depends on registers and on what `where` chooses.
    let outcome = workbook.assess(
        inventory.clone(),
        &workbook.earlier(&super::stamp::variables(world)),
        common::today(&workbook, world),
    );
    common::print(world, |out| {
        report::exports(out, &inventory, &workbook.checks, &outcome)
    })?;
    Ok(Exit::Good)
}
