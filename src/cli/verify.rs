//! `workbook verify`: proves or disproves that evidence is as it was stamped.

use std::path::Path;

use clap::ValueEnum;

use super::common::{self, Failure, Place};
use super::{Exit, World, stamp};
use crate::evidence::{self, Anchor, Asked, Point, Signatures, Standing};
use crate::report;
use crate::workbook;

/// Tells whether every record, subjects file and run is as a run wrote it, and if not, which
/// changed, in which field, where the chain breaks, and which commit did it. It shows change after
/// stamping; it can't show that an export was true.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// Hold the chain to a run that you noted: what `workbook anchor` printed, or the SHA-256
    #[arg(long, value_name = "DIGEST", value_parser = Anchor::parse)]
    anchor: Option<Anchor>,
    /// Fail where a run's commit is not signed by a key that git's settings vouch for
    #[arg(long)]
    signed: bool,
    /// Run the stamped definitions once more on the exports (--exports) and compare what comes out
    #[arg(long)]
    replay: bool,
    /// The run to replay, a day or a revision [default: the newest run]
    #[arg(long, value_name = "RUN", requires = "replay")]
    run: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// For programs; the schema is schemas/verify.json
    Json,
}

/// Runs the command.
pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let root = place.root(world)?;
    if arguments.replay {
        return replay(arguments, &root, place, world);
    }
    let bar = common::progress(world, "reading the history");
    // Evidence can be verified where pages can't be read: what changed there is then not told.
    let workbook = workbook::Workbook::load(&root).ok();
    let definitions = workbook.as_ref().map(workbook::Workbook::definitions);
    let variables = stamp::variables(world);
    let mut verification = evidence::verify(&Asked {
        workbook: &root,
        variables: &variables,
        definitions: definitions.as_ref(),
        anchor: arguments.anchor.as_ref(),
        signatures: match arguments.signed {
            true => Signatures::Required,
            false => Signatures::Told,
        },
    })
    .map_err(|error| Failure::Text(error.to_string()))?;
    if let Some(workbook) = &workbook {
        workbook::name_changed_parts(workbook, &variables, &mut verification);
    }
    bar.finish_and_clear();
    let pages = match &workbook {
        Some(_) => report::Pages::Read,
        None => report::Pages::Unreadable,
    };
    match arguments.format {
        Format::Human => report::verification(world.stdout, &verification, pages)?,
        Format::Json => report::verification_json(world.stdout, &verification, common::RUNNER)?,
    }
    Ok(match verification.standing() {
        Standing::AsStamped => Exit::Good,
        Standing::NotAsStamped => Exit::Bad,
        Standing::NothingStamped => Exit::Undecided,
    })
}

/// Runs the stamped definitions once more.
fn replay(
    arguments: &Arguments,
    root: &Path,
    place: &Place,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let said = |error: &dyn std::fmt::Display| Failure::Text(error.to_string());
    let variables = stamp::variables(world);
    let zone = common::zone(root);
    let point = arguments.run.as_deref().map_or(Point::Newest, Point::parse);
    let at = evidence::at(root, &variables, &point, zone).map_err(|error| said(&error))?;
    let exports = match &place.exports {
        Some(folder) => world.folder.join(folder),
        None => root.join("exports"),
    };
    if !exports.is_dir() {
        return Err(Failure::Text(format!(
            "there is no folder of exports at {}; name the one whose files run {} lists with \
             --exports",
            exports.display(),
            at.run.id
        )));
    }
    let bar = common::progress(world, "evaluating the stamped definitions");
    let replay = workbook::replay(root, &variables, &at, &exports).map_err(|error| said(&error))?;
    bar.finish_and_clear();
    match arguments.format {
        Format::Human => report::replay(world.stdout, &replay, &at)?,
        Format::Json => report::replay_json(world.stdout, &replay, &at)?,
    }
    Ok(match replay.is_same() && at.altered.is_empty() {
        true => Exit::Good,
        false => Exit::Bad,
    })
}
