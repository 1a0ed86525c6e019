//! `workbook test`: every check on its examples.

use super::common::{Failure, Place};
use super::{Exit, World, sheet};
use crate::assess::Verdict;
use crate::source::inert;
use crate::workbook::{self, Survivor, Workbook};
use std::collections::BTreeSet;

/// Runs checks on the examples under checks/examples and tells where a verdict differs from what
/// the example's name promises. A check without a passing and a failing example is a failure too.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// The checks to run [default: all]
    ids: Vec<String>,
    /// Break each passing example one field at a time, and tell which broken ones still pass
    #[arg(long)]
    mutate: bool,
    /// With --mutate, tell also of fields that the check does not look at
    #[arg(long, requires = "mutate")]
    unread: bool,
    /// Print a tool validation sheet: run and break the examples of exactly the definitions that a
    /// run stamped (its id, a day or a revision)
    #[arg(
        long,
        value_name = "RUN",
        num_args = 0..=1,
        default_missing_value = "newest",
        conflicts_with_all = ["ids", "mutate"]
    )]
    sheet: Option<String>,
}

/// Runs the command.
pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    if let Some(run) = &arguments.sheet {
        return sheet::run(run, place, world);
    }
    let workbook = place.load(world)?;
    let selects =
        |id: &str| arguments.ids.is_empty() || arguments.ids.iter().any(|wanted| wanted == id);
    if let Some(unknown) = arguments
        .ids
        .iter()
        .find(|id| !workbook.checks.iter().any(|check| check.id.value == **id))
    {
        return Err(Failure::Text(format!(
            "there is no check `{unknown}`; `workbook list` shows them"
        )));
    }
    if arguments.mutate {
        return mutate(&workbook, selects, arguments.unread, world);
    }
    let examples = workbook::examples(&workbook, selects)?;
    let mut shown: BTreeSet<(&str, Verdict)> = BTreeSet::new();
    let mut wrong = 0;
    for example in &examples {
        shown.insert((&example.check, example.expected));
        if example.expected == example.found {
            continue;
        }
        wrong += 1;
        writeln!(
            world.stdout,
            "{}/{}: expected {}, found {}",
            example.check,
            example.name,
            example.expected.as_str(),
            example.found.as_str()
        )?;
        for message in &example.messages {
            writeln!(world.stdout, "    {}", inert(message))?;
        }
    }
    let mut lacking = 0;
    for check in workbook
        .checks
        .iter()
        .filter(|check| selects(&check.id.value))
    {
        for verdict in [Verdict::Pass, Verdict::Fail] {
            if !shown.contains(&(&check.id.value, verdict)) {
                lacking += 1;
                writeln!(
                    world.stdout,
                    "{}: no example named {}-...",
                    check.id.value,
                    verdict.as_str()
                )?;
            }
        }
    }
    let right = examples.len() - wrong;
    writeln!(
        world.stdout,
        "{right} of {} examples come to what their name says; {lacking} missing",
        examples.len()
    )?;
    Ok(if wrong + lacking == 0 && !examples.is_empty() {
        Exit::Good
    } else {
        Exit::Bad
    })
}

/// Breaks passing examples and tells what still passes, and for what no reason is given.
fn mutate(
    workbook: &Workbook,
    selects: impl Fn(&str) -> bool,
    unread: bool,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let mutation = workbook::mutate(workbook, selects)?;
    let out = &mut *world.stdout;
    let open: Vec<&Survivor> = mutation
        .survivors
        .iter()
        .filter(|survivor| survivor.reason.is_none())
        .collect();
    let (looked_at, passed_over): (Vec<&Survivor>, Vec<&Survivor>) =
        open.iter().partition(|survivor| survivor.looked_at);
    let shown = if unread { &open } else { &looked_at };
    for survivor in shown {
        writeln!(
            out,
            "{}/{}: still passes with `{}` {} in {}",
            inert(&survivor.check),
            inert(&survivor.example),
            inert(&survivor.field),
            survivor.change.as_str(),
            inert(&survivor.file),
        )?;
    }
    for place in &mutation.unneeded {
        writeln!(
            out,
            "{place}: no broken example needs this reason; remove it"
        )?;
    }
    for file in &mutation.left_alone {
        writeln!(
            out,
            "{}: not broken, its format is not one of JSON, TOML, Markdown, CSV",
            inert(file)
        )?;
    }
    writeln!(
        out,
        "{} broken versions of {} passing examples: {} no longer pass",
        mutation.mutants,
        mutation.examples,
        mutation.mutants - mutation.survivors.len(),
    )?;
    writeln!(
        out,
        "still pass: {} with fields broken that the check does not look at, {} for a reason stated, {} for none",
        passed_over.len(),
        mutation.survivors.len() - open.len(),
        looked_at.len(),
    )?;
    let sound = looked_at.is_empty() && mutation.unneeded.is_empty() && mutation.mutants > 0;
    Ok(if sound { Exit::Good } else { Exit::Bad })
}
