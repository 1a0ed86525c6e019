//! `workbook test --sheet`: what an assessor files to say that the tool was qualified.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::common::{self, Failure, Place};
use super::{Exit, World, stamp};
use crate::evidence::{self, Point};
use crate::report::{self, CheckedCheck, Sheet};
use crate::workbook::{self, Examples, StampedWorkbook};

/// Runs the examples and the broken examples of exactly the definitions that a run stamped, and
/// prints a sheet.
pub(super) fn run(word: &str, place: &Place, world: &mut World<'_>) -> Result<Exit, Failure> {
    let said = |error: &dyn std::fmt::Display| Failure::Text(error.to_string());
    let root = place.root(world)?;
    let variables = stamp::variables(world);
    let point = match word {
        "newest" => Point::Newest,
        word => Point::parse(word),
    };
    let at = evidence::at(&root, &variables, &point, common::zone(&root))
        .map_err(|error| said(&error))?;
    let found = at.found().map_err(|error| said(&error))?;
    let base = at.run.body.commit.as_deref();
    let base = base.filter(|base| evidence::has_commit(&root, &variables, base));
    let definitions = base.unwrap_or(&at.commit).to_owned();
    let bar = common::progress(
        world,
        "running and breaking the examples of the stamped definitions",
    );
    let stamped = StampedWorkbook::at(&root, &definitions, &variables, Examples::Wanted)
        .map_err(|error| said(&error))?;
    let now = stamped.workbook.definitions();
    // Only what the run rests on is shown to be sound by this: the same digest.
    let same: BTreeSet<&str> = found
        .iter()
        .filter(|(id, check)| now.get(*id) == Some(&check.record.definition))
        .map(|(id, _)| id.as_str())
        .collect();
    let selects = |id: &str| same.contains(id);
    let examples = workbook::examples(&stamped.workbook, selects)?;
    let mutation = workbook::mutate(&stamped.workbook, selects)?;
    bar.finish_and_clear();
    let mut checks: BTreeMap<&str, CheckedCheck> = found
        .iter()
        .map(|(id, check)| {
            let checked = CheckedCheck {
                definition: check.record.definition.clone(),
                same: same.contains(id.as_str()),
                ..CheckedCheck::default()
            };
            (id.as_str(), checked)
        })
        .collect();
    for example in &examples {
        if let Some(check) = checks.get_mut(example.check.as_str()) {
            check.examples += 1;
            if example.expected != example.found {
                check.wrong.push(example.name.clone());
            }
        }
    }
    for survivor in &mutation.survivors {
        if let Some(check) = checks.get_mut(survivor.check.as_str()) {
            match (&survivor.reason, survivor.looked_at) {
                (Some(_), _) => check.explained += 1,
                (None, false) => check.unread += 1,
                (None, true) => check.unexplained += 1,
            }
        }
    }
    let sheet = Sheet {
        runner: common::RUNNER,
        binary: binary().unwrap_or_else(|| "can't be told on this system".to_owned()),
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        made_at: world.now,
        run: &at.run,
        commit: &definitions,
        altered: &at.altered,
        checks: &checks,
        broken: mutation.examples,
        mutants: mutation.mutants,
        survivors: mutation.survivors.len(),
    };
    let sound = sheet.is_sound();
    report::sheet(world.stdout, &sheet)?;
    Ok(match sound {
        true => Exit::Good,
        false => Exit::Bad,
    })
}

/// Returns the SHA-256 of the program's file.
fn binary() -> Option<String> {
    let path = std::env::current_exe().ok()?;
    let bytes = std::fs::read::<&Path>(&path).ok()?;
    Some(crate::source::sha256(&bytes))
}
