//! `workbook verify`: proves or disproves that evidence is as it was stamped.

use super::common::{Failure, Place};
use super::{Exit, World, stamp};
use crate::evidence::{self, DefinitionChange, DefinitionState, Standing};
use crate::source::inert;
use crate::workbook;

/// Tells whether every record, subjects file and run is as a run wrote it, and if not, which
/// changed, where the chain breaks, and which commit did it. It shows change after stamping; it
/// can't show that an export was true.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {}

/// Runs the command.
pub(super) fn run(_: &Arguments, place: &Place, world: &mut World<'_>) -> Result<Exit, Failure> {
    let root = match &place.workbook {
        Some(folder) => world.folder.join(folder),
        None => workbook::find(&world.folder)?,
    };
    // Evidence can be verified where pages can't be read: what changed there is then not told.
    let workbook = workbook::Workbook::load(&root).ok();
    let definitions = workbook.as_ref().map(workbook::Workbook::definitions);
    let verification = evidence::verify(&root, &stamp::variables(world), definitions.as_ref())
        .map_err(|error| Failure::Text(error.to_string()))?;
    let standing = verification.standing();
    for problem in &verification.problems {
        writeln!(world.stdout, "{}", inert(&problem.to_string()))?;
    }
    for note in &verification.notes {
        writeln!(world.stdout, "note: {}", inert(&note.to_string()))?;
    }
    for change in &verification.definitions {
        writeln!(world.stdout, "note: {}", change_text(change))?;
    }
    if definitions.is_none() {
        writeln!(
            world.stdout,
            "note: the pages have mistakes, so it is not told which definitions changed since"
        )?;
    }
    let commit = verification.commit.as_deref().unwrap_or("no commit");
    let commit = commit.get(..12).unwrap_or(commit);
    match standing {
        Standing::AsStamped => {
            let heads: Vec<String> = verification
                .heads
                .iter()
                .map(|head| head.run.to_string())
                .collect();
            writeln!(
                world.stdout,
                "as stamped: {} records and {} runs at commit {commit}, newest run {}",
                verification.records,
                verification.runs,
                heads.join(" and "),
            )?;
            writeln!(
                world.stdout,
                "This shows that nothing changed after stamping; it does not show that the exports were true."
            )?;
        }
        Standing::NotAsStamped => {
            let count = verification.problems.len();
            let noun = if count == 1 { "problem" } else { "problems" };
            writeln!(
                world.stdout,
                "not as stamped: {count} {noun} at commit {commit}"
            )?;
        }
        Standing::NothingStamped => writeln!(
            world.stdout,
            "nothing is stamped here yet; `workbook assess` stamps a run"
        )?,
    }
    Ok(match standing {
        Standing::AsStamped => Exit::Good,
        Standing::NotAsStamped => Exit::Bad,
        Standing::NothingStamped => Exit::Undecided,
    })
}

fn change_text(change: &DefinitionChange) -> String {
    let check = inert(&change.check);
    match change.change {
        DefinitionState::Changed => format!(
            "the definition of `{check}` has changed since; its record says what the stamped one found"
        ),
        DefinitionState::Gone => {
            format!("the check `{check}` is on no page any more; its record says what it found")
        }
        DefinitionState::New => format!("the check `{check}` has no record yet"),
    }
}
