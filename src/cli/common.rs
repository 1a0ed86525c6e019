//! What all commands share: finding the workbook, printing, failing.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Exit, Progress, World};
use crate::assess::{CheckOutcome, Outcome, Verdict};
use crate::cardholder::harmless;
use crate::inventory::Inventory;
use crate::source::{Colour, Date, Diagnostic, TimeZone, inert};
use crate::workbook::{self, ExampleError, LoadError, Workbook};

/// Where the workbook and the exports are, as the command line says.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) workbook: Option<PathBuf>,
    pub(super) exports: Option<PathBuf>,
}

impl Place {
    /// Returns the folder of the workbook.
    pub(super) fn root(&self, world: &World<'_>) -> Result<PathBuf, Failure> {
        Ok(match &self.workbook {
            Some(folder) => world.folder.join(folder),
            None => workbook::find(&world.folder)?,
        })
    }

    /// Reads the workbook.
    pub(super) fn load(&self, world: &World<'_>) -> Result<Workbook, Failure> {
        Ok(Workbook::load(self.root(world)?)?)
    }

    /// Returns the folder of the exports.
    pub(super) fn exports(&self, workbook: &Workbook, world: &World<'_>) -> PathBuf {
        match &self.exports {
            Some(folder) => world.folder.join(folder),
            None => workbook.root().join("exports"),
        }
    }

    /// Reads the exports; a folder that is not there is an error, since silence could pass.
    pub(super) fn inventory(
        &self,
        workbook: &Workbook,
        world: &World<'_>,
    ) -> Result<Inventory, Failure> {
        let folder = self.exports(workbook, world);
        if !folder.is_dir() {
            return Err(Failure::Text(format!(
                "there is no folder of exports at {}; name yours with --exports, and see book/src/guide/exporting.md for how to make them",
                folder.display()
            )));
        }
        Ok(workbook.inventory(&folder)?)
    }
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(super) enum Failure {
    /// The author's files have mistakes.
    Mistakes(Vec<Diagnostic>),
    /// Anything else, in words.
    Text(String),
    /// Nobody listens to the output any more.
    Output(io::Error),
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Mistakes(diagnostics) => Self::Mistakes(diagnostics),
            LoadError::Io { .. } | LoadError::NoWorkbook(_) => Self::Text(error.to_string()),
        }
    }
}

impl From<ExampleError> for Failure {
    fn from(error: ExampleError) -> Self {
        match error {
            ExampleError::Load(error) => error.into(),
            ExampleError::Name(_) | ExampleError::NoCheck(_) => Self::Text(error.to_string()),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl Failure {
    /// Says what went wrong.
    pub(super) fn report(self, world: &mut World<'_>) -> Exit {
        // Who closed the pipe does not want to hear that it is closed.
        let _ = match self {
            Self::Mistakes(diagnostics) => mistakes(&diagnostics, world),
            Self::Text(text) => {
                let text = harmless(&inert(&text));
                writeln!(world.stderr, "error: {text}")
            }
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Self::Output(error) => writeln!(world.stderr, "error: failed to write: {error}"),
        };
        Exit::Usage
    }
}

fn mistakes(diagnostics: &[Diagnostic], world: &mut World<'_>) -> io::Result<()> {
    writeln!(
        world.stderr,
        "{}",
        crate::source::render(diagnostics, world.width, world.colour)
    )?;
    let count = diagnostics.len();
    let noun = if count == 1 { "mistake" } else { "mistakes" };
    writeln!(
        world.stderr,
        "{count} {noun} in the workbook; nothing was run"
    )
}

/// Prints clap's help or complaint.
pub(super) fn usage(error: &clap::Error, world: &mut World<'_>) -> Exit {
    let text = if world.colour == Colour::On {
        error.render().ansi().to_string()
    } else {
        error.render().to_string()
    };
    // It repeats what was typed.
    let text = harmless(&text);
    // As above: a closed pipe needs no complaint.
    let _ = if error.use_stderr() {
        world.stderr.write_all(text.as_bytes())
    } else {
        world.stdout.write_all(text.as_bytes())
    };
    if error.use_stderr() {
        Exit::Usage
    } else {
        Exit::Good
    }
}

/// Writes a result made by `make`, without colours where they are not wanted.
pub(super) fn print(
    world: &mut World<'_>,
    make: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let mut text = Vec::new();
    make(&mut text)?;
    match world.colour {
        Colour::On => world.stdout.write_all(&text)?,
        Colour::Off => {
            let text = String::from_utf8_lossy(&text);
            world
                .stdout
                .write_all(anstream::adapter::strip_str(&text).to_string().as_bytes())?;
        }
    }
    Ok(())
}

/// Writes a file whole or not at all.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: io::Error| {
        let path = path.display();
        Failure::Text(format!("{path} can't be written: {}", error.kind()))
    };
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    std::fs::write(&beside, text).map_err(failed)?;
    std::fs::rename(&beside, path).map_err(failed)
}

/// Shows what is being done, on a terminal only.
pub(super) fn progress(world: &World<'_>, what: &'static str) -> indicatif::ProgressBar {
    match world.progress {
        Progress::Shown => {
            let bar = indicatif::ProgressBar::new_spinner().with_message(what);
            bar.enable_steady_tick(std::time::Duration::from_millis(100));
            bar
        }
        Progress::Hidden => indicatif::ProgressBar::hidden(),
    }
}

/// Returns the date of judgement: the sample's own, else today in the workbook's zone.
pub(super) fn today(workbook: &Workbook, world: &World<'_>) -> Date {
    workbook
        .config
        .as_of
        .unwrap_or_else(|| workbook.config.time_zone.date(world.now))
}

/// Returns the time zone of the workbook in a folder; UTC where its settings can't be read, since
/// evidence can be told of where pages have mistakes.
pub(super) fn zone(root: &Path) -> TimeZone {
    workbook::zone(root).unwrap_or_default()
}

/// Returns the exit code that the selected checks ask for.
pub(super) fn exit(selected: &[&CheckOutcome]) -> Exit {
    let any = |wanted: &[Verdict]| selected.iter().any(|check| wanted.contains(&check.verdict));
    if any(&[Verdict::Fail, Verdict::Expired]) {
        Exit::Bad
    } else if any(&[Verdict::Error, Verdict::NotChecked]) || !any(&[Verdict::Pass]) {
        Exit::Undecided
    } else {
        Exit::Good
    }
}

/// Returns every check of an outcome.
pub(super) fn all(outcome: &Outcome) -> Vec<&CheckOutcome> {
    outcome.checks.iter().collect()
}

/// The runner's name and version, as evidence states it.
pub(super) const RUNNER: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Basis, Kind, Severity, Strength};

    fn outcome(verdict: Verdict) -> CheckOutcome {
        CheckOutcome {
            id: "a".to_owned(),
            page: "p".to_owned(),
            title: String::new(),
            kind: Kind::Configuration,
            basis: Basis::Standard,
            strength: Strength::Direct,
            severity: Severity::Low,
            requirements: Vec::new(),
            statements: Vec::new(),
            procedures: Vec::new(),
            verdict,
            claimed: false,
            left_out: false,
            findings: Vec::new(),
            missing: Vec::new(),
            exports: Vec::new(),
            observed: None,
            definition: String::new(),
        }
    }

    #[test]
    fn no_way_leads_from_undecided_to_zero() {
        use Verdict::{Error, Excepted, Expired, Fail, NotApplicable, NotChecked, Pass};
        let cases: &[(&[Verdict], u8)] = &[
            (&[], 3),
            (&[Pass], 0),
            (&[Pass, NotApplicable, Excepted], 0),
            (&[NotApplicable], 3),
            (&[Excepted], 3),
            (&[Pass, NotChecked], 3),
            (&[Pass, Error], 3),
            (&[Pass, Fail], 1),
            (&[Expired, NotChecked], 1),
        ];
        for (verdicts, code) in cases {
            let outcomes: Vec<CheckOutcome> =
                verdicts.iter().map(|verdict| outcome(*verdict)).collect();
            let selected: Vec<&CheckOutcome> = outcomes.iter().collect();
            assert_eq!(exit(&selected).code(), *code, "{verdicts:?}");
        }
    }
}
