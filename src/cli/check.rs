//! `workbook check`: evaluates, writes nothing.

use clap::ValueEnum;

use super::common::{self, Failure, Place};
use super::{Exit, World};
use crate::assess::{CheckOutcome, Outcome};
use crate::check::{Check, Severity};
use crate::config::Platform;
use crate::evidence::{self, Point, Side};
use crate::inventory::FileListing;
use crate::report::{self, Detail, Markup};
use crate::source::{Date, nearest};
use crate::workbook::Workbook;

/// Evaluates checks on the exports and prints what they found. Nothing is written.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// The checks to evaluate [default: all]
    ids: Vec<String>,
    /// Only checks of these pages
    #[arg(long, value_name = "PAGE")]
    page: Vec<String>,
    /// Only checks that judge something of this platform: aws-ecs-ec2, aws-ecs-fargate, azure-aks
    #[arg(long, value_name = "PLATFORM", value_parser = platform)]
    platform: Option<Platform>,
    /// Only checks of this severity or higher: low, medium, high, critical
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    severity: Option<Severity>,
    /// Judge as if on this day, such as 2026-11-22
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Fail only on what got worse since: a run's id, a day or a revision
    #[arg(long, value_name = "RUN")]
    baseline: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// For programs; the schema is schemas/check.json
    Json,
}

fn platform(word: &str) -> Result<Platform, String> {
    keyword(word)
}

fn severity(word: &str) -> Result<Severity, String> {
    keyword(word)
}

fn keyword<K: crate::source::Keyword>(word: &str) -> Result<K, String> {
    K::WORDS
        .iter()
        .find(|(known, _)| *known == word)
        .map(|(_, meaning)| *meaning)
        .ok_or_else(|| {
            let words: Vec<&str> = K::WORDS.iter().map(|(known, _)| *known).collect();
            format!("it is one of {}", words.join(", "))
        })
}

/// Runs the command.
pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let workbook = place.load(world)?;
    known(arguments, &workbook.checks, &workbook.book)?;
    let bar = common::progress(world, "reading exports");
    let inventory = place.inventory(&workbook, world)?;
    let files = inventory.files.clone();
    bar.set_message("evaluating checks");
    let earlier = workbook.earlier(&super::stamp::variables(world));
    let today = arguments
        .as_of
        .unwrap_or_else(|| common::today(&workbook, world));
    let outcome = workbook.assess(inventory, &earlier, today);
    bar.finish_and_clear();
    let selected: Vec<&CheckOutcome> = outcome
        .checks
        .iter()
        .zip(&workbook.checks)
        .filter(|(_, check)| selects(arguments, check))
        .map(|(outcome, _)| outcome)
        .collect();
    if let Some(baseline) = &arguments.baseline {
        return since(
            arguments.format,
            baseline,
            &workbook,
            (&outcome, &files),
            &selected,
            world,
        );
    }
    match arguments.format {
        Format::Human => common::print(world, |out| {
            report::summary(
                out,
                &outcome,
                &selected,
                &workbook.checks,
                &workbook.config,
                Detail::Full,
            )
        })?,
        Format::Json => report::check_json(
            world.stdout,
            &outcome,
            &selected,
            &workbook.config,
            common::RUNNER,
        )?,
    }
    Ok(common::exit(&selected))
}

/// Compares what the selected checks find with what a run found, and fails on what got worse.
fn since(
    format: Format,
    baseline: &str,
    workbook: &Workbook,
    (outcome, files): (&Outcome, &[FileListing]),
    selected: &[&CheckOutcome],
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let said = |error: evidence::AtError| Failure::Text(error.to_string());
    let at = evidence::at(
        workbook.root(),
        &super::stamp::variables(world),
        &Point::parse(baseline),
        workbook.config.time_zone,
    )
    .map_err(said)?;
    if !at.altered.is_empty() {
        return Err(Failure::Text(format!(
            "{} is not as run {} lists it, so that it is no baseline; `workbook verify` tells why",
            at.altered.join(", "),
            at.run.id
        )));
    }
    let is_selected = |id: &String| selected.iter().any(|check| check.id == *id);
    let mut before = at.found().map_err(said)?;
    let mut now = evidence::found_now(outcome, files);
    // A check that is gone can't be selected by more than its absence.
    let all = selected.len() == outcome.checks.len();
    before.retain(|id, _| is_selected(id) || (all && !now.contains_key(id)));
    now.retain(|id, _| is_selected(id));
    let comparison = evidence::compare(
        (Side::stamped(&at), &before),
        (Side::now(outcome.as_of), &now),
    );
    match format {
        Format::Human => report::comparison(world.stdout, &comparison, Markup::Plain)?,
        Format::Json => report::comparison_json(world.stdout, &comparison, common::RUNNER)?,
    }
    Ok(if now.is_empty() {
        Exit::Undecided
    } else if comparison.worse().is_empty() {
        Exit::Good
    } else {
        Exit::Bad
    })
}

fn selects(arguments: &Arguments, check: &Check) -> bool {
    (arguments.ids.is_empty() || arguments.ids.contains(&check.id.value))
        && (arguments.page.is_empty() || arguments.page.contains(&check.page))
        && arguments
            .severity
            .is_none_or(|least| check.severity >= least)
        && arguments
            .platform
            .is_none_or(|platform| check.judges_platform(platform))
}

/// A name that selects nothing is a mistake, not an empty run.
fn known(arguments: &Arguments, checks: &[Check], book: &crate::book::Book) -> Result<(), Failure> {
    let ids: Vec<&str> = checks.iter().map(|check| check.id.value.as_str()).collect();
    let pages: Vec<&str> = book.pages.iter().map(crate::book::Page::id).collect();
    for (what, wanted, all) in [
        ("check", &arguments.ids, &ids),
        ("page", &arguments.page, &pages),
    ] {
        for name in wanted {
            if !all.contains(&name.as_str()) {
                let near = nearest(name, all.iter().copied())
                    .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                return Err(Failure::Text(format!(
                    "there is no {what} `{name}`{near} (`workbook list` shows them)"
                )));
            }
        }
    }
    Ok(())
}
