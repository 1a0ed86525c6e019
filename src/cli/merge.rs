//! `workbook merge`: joins the reports of the shares of a scan.

use std::path::PathBuf;

use super::common::{self, Failure};
use super::{Exit, World};
use crate::cardholder::{ScanReport, harmless, merge};

/// Joins the reports that `workbook scan --shard I/N --report FILE` wrote into one of the whole. All
/// shares have to be there, each once, of the same member and made by the same rules.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// The reports of all shares, in any order
    #[arg(value_name = "REPORT", required = true)]
    reports: Vec<PathBuf>,
    /// Where the report goes [default: the standard output]
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments, world: &mut World<'_>) -> Result<Exit, Failure> {
    let reports = arguments
        .reports
        .iter()
        .map(|path| {
            let shown = harmless(&path.to_string_lossy());
            let text = std::fs::read_to_string(world.folder.join(path)).map_err(|error| {
                Failure::Text(format!("{shown} can't be read: {}", error.kind()))
            })?;
            ScanReport::parse(&text)
                .map_err(|why| Failure::Text(format!("{shown} can't be relied upon: {why}")))
        })
        .collect::<Result<Vec<ScanReport>, Failure>>()?;
    let whole = merge(reports).map_err(Failure::Text)?;
    match &arguments.report {
        Some(file) => common::write(&world.folder.join(file), &whole.to_json())?,
        None => world.stdout.write_all(whole.to_json().as_bytes())?,
    }
    Ok(Exit::Good)
}
