//! The command line: arguments in, text and an exit code out.

mod acknowledge;
mod anchor;
mod ask;
mod assess;
mod build;
mod check;
mod common;
mod diff;
mod due;
mod except;
mod exports;
mod kept;
mod list;
mod log;
mod merge;
mod process;
mod record;
mod scan;
mod sheet;
mod stamp;
mod test;
mod verify;

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub use process::main;

use crate::source::{Colour, Instant};

/// What the program takes from the world around it.
pub struct World<'w> {
    /// What is read where no file is named.
    pub stdin: &'w mut (dyn Read + Send),
    /// Where results go.
    pub stdout: &'w mut dyn Write,
    /// Where progress and mistakes go.
    pub stderr: &'w mut dyn Write,
    /// The folder the program was started in.
    pub folder: PathBuf,
    /// The moment at which the program was started.
    pub now: Instant,
    /// Tells the moment, for what takes long.
    pub clock: &'w dyn Fn() -> Instant,
    /// Whether results go to a terminal that shows colours, and `NO_COLOR` is not set.
    pub colour: Colour,
    /// Whether there is a terminal to show progress on.
    pub progress: Progress,
    /// Whether somebody sits at a terminal and can be asked.
    pub prompts: Prompts,
    /// How wide the terminal is, in characters.
    pub width: usize,
    /// The environment variables that git's settings depend on.
    pub variables: std::collections::BTreeMap<String, String>,
}

/// Whether progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// On a terminal.
    Shown,
    /// Nowhere.
    Hidden,
}

/// Whether people are asked for what the command line does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompts {
    /// Both ends are a terminal.
    Shown,
    /// A script runs the program: what is missing is an error.
    Hidden,
}

/// How a command ended. The format of the output never changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Every selected check is pass, not-applicable or excepted, and at least one passes.
    Good,
    /// Something fails or has expired; or evidence is not as stamped; or an example differs.
    Bad,
    /// The workbook or the command line is wrong, or something could not be done.
    Usage,
    /// Nothing fails, and something is undecided or nothing was examined.
    Undecided,
}

impl Exit {
    /// Returns the exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::Bad => 1,
            Self::Usage => 2,
            Self::Undecided => 3,
        }
    }
}

/// A compliance-as-code evidence workbook for PCI DSS on containers.
///
/// Pages of a book hold requirements and checks. The checks run offline on configuration that
/// you exported; what they find is stamped into git and rendered into the book. Nothing here is
/// an assessment or a certificate.
#[derive(Debug, Parser)]
#[command(
    name = "workbook",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 all selected checks hold; 1 something fails or has expired; 2 the workbook or the\ncommand line is wrong; 3 nothing fails, and something is undecided or nothing was examined."
)]
struct Arguments {
    /// The workbook's folder [default: the nearest with a workbook.toml, from here upwards]
    #[arg(long, global = true, value_name = "DIR")]
    workbook: Option<PathBuf>,
    /// The folder with your exports [default: exports/ of the workbook]
    #[arg(long, global = true, value_name = "DIR")]
    exports: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check, stamp and build: the main job
    Assess(assess::Arguments),
    /// Evaluate checks and write nothing
    Check(check::Arguments),
    /// Write what the checks found as evidence, in one commit
    Stamp(stamp::Arguments),
    /// Render the book from the exports as they are
    Build(build::Arguments),
    /// Prove or disprove that the evidence is as it was stamped
    Verify(verify::Arguments),
    /// Print the newest run's digest for an assessor's papers, and tag it where git signs
    Anchor(anchor::Arguments),
    /// Tell what differs between two runs, or between a run and exports that were made again
    Diff(diff::Arguments),
    /// Tell the history of one check
    Log(log::Arguments),
    /// Tell what each export file gave, and what is missing, partial or not recognised
    Exports(exports::Arguments),
    /// Run checks on their examples
    Test(test::Arguments),
    /// Look for account data in files: what the checks of cardholder data rest on
    Scan(Box<scan::Arguments>),
    /// Join the reports of the shares of a scan
    Merge(merge::Arguments),
    /// Write down that a recurring duty was done, or that a period of it was missed
    Record(Box<record::Arguments>),
    /// Write down that people accepted a text as it stands
    Acknowledge(Box<acknowledge::Arguments>),
    /// Write down an approved exception for subjects of a check
    Except(Box<except::Arguments>),
    /// Tell what lapsed and what falls due, by owner and date
    Due(due::Arguments),
    /// List checks, pages or statements
    List(list::ListArguments),
    /// Explain a check, a page, a statement or a diagnostic code
    Explain(list::ExplainArguments),
}

/// Runs the program.
pub fn run(args: impl IntoIterator<Item = OsString>, world: &mut World<'_>) -> Exit {
    let arguments = match Arguments::try_parse_from(args) {
        Ok(arguments) => arguments,
        Err(error) => return common::usage(&error, world),
    };
    let place = common::Place {
        workbook: arguments.workbook,
        exports: arguments.exports,
    };
    let result = match arguments.command {
        Command::Assess(arguments) => assess::run(&arguments, &place, world),
        Command::Check(arguments) => check::run(&arguments, &place, world),
        Command::Stamp(arguments) => stamp::run(&arguments, &place, world),
        Command::Build(arguments) => build::run(&arguments, &place, world),
        Command::Verify(arguments) => verify::run(&arguments, &place, world),
        Command::Anchor(arguments) => anchor::run(&arguments, &place, world),
        Command::Diff(arguments) => diff::run(&arguments, &place, world),
        Command::Log(arguments) => log::run(&arguments, &place, world),
        Command::Exports(arguments) => exports::run(&arguments, &place, world),
        Command::Test(arguments) => test::run(&arguments, &place, world),
        Command::Scan(arguments) => scan::run(&arguments, world),
        Command::Merge(arguments) => merge::run(&arguments, world),
        Command::Record(arguments) => record::run(&arguments, &place, world),
        Command::Acknowledge(arguments) => acknowledge::run(&arguments, &place, world),
        Command::Except(arguments) => except::run(&arguments, &place, world),
        Command::Due(arguments) => due::run(&arguments, &place, world),
        Command::List(arguments) => list::list(&arguments, &place, world),
        Command::Explain(arguments) => list::explain(&arguments, &place, world),
    };
    result.unwrap_or_else(|failure| failure.report(world))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }
}
