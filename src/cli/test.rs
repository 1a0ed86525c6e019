//! `workbook test`: every check on its examples.

use super::common::{Failure, Place};
use super::{Exit, World};
use crate::assess::Verdict;
use crate::source::inert;
use crate::workbook;
use std::collections::BTreeSet;

/// Runs checks on the examples under checks/examples and tells where a verdict differs from what
/// the example's name promises. A check without a passing and a failing example is a failure too.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// The checks to run [default: all]
    ids: Vec<String>,
}

/// Runs the command.
pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
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
