//! `workbook due`: what lapsed and what falls due, by owner and date.

use clap::ValueEnum;

use super::common::{self, Failure, Place};
use super::{Exit, World};
use crate::assess::Due;
use crate::inventory::Inventory;
use crate::report::{self, Dues};
use crate::source::{Date, nearest};

/// For how many months ahead it looks where nothing else is said.
const AHEAD: u32 = 3;

/// Tells what people have to do or renew, and by when: recurring duties, reviews of documents,
/// entries of registers, acknowledgements, ends of exceptions and attestations, and until when the
/// exports are young enough. Days are those of the workbook's time zone.
#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(after_help = "Ends with 1 if anything has lapsed or was never done, else with 0.")]
pub(super) struct Arguments {
    /// The last day that is looked at [default: three months ahead]
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// Only what this role, person or owner has to do
    #[arg(long, value_name = "OWNER")]
    owner: Option<String>,
    /// Look from this day, such as 2027-03-01
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// For programs; the schema is schemas/due.json
    Json,
    /// For calendars: iCalendar
    Ics,
}

/// Runs the command.
pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let workbook = place.load(world)?;
    let as_of = arguments
        .as_of
        .unwrap_or_else(|| common::today(&workbook, world));
    let until = arguments.until.unwrap_or_else(|| as_of.plus_months(AHEAD));
    // Without exports there is nothing of theirs to grow old; all else is told the same.
    let inventory = match place.exports(&workbook, world).is_dir() {
        true => place.inventory(&workbook, world)?,
        false if place.exports.is_some() => place.inventory(&workbook, world)?,
        false => Inventory::default(),
    };
    let all = workbook.dues(inventory, as_of);
    if let Some(owner) = &arguments.owner {
        known(owner, &all)?;
    }
    let chosen: Vec<Due> = all
        .into_iter()
        .filter(|due| due.day.is_none_or(|day| day <= until))
        .filter(|due| {
            let owner = arguments.owner.as_ref();
            owner.is_none_or(|owner| due.owner.eq_ignore_ascii_case(owner))
        })
        .collect();
    let dues = Dues {
        dues: &chosen,
        as_of,
        until,
        config: &workbook.config,
    };
    match arguments.format {
        Format::Human => common::print(world, |out| report::dues(out, dues))?,
        Format::Json => report::dues_json(world.stdout, dues)?,
        Format::Ics => report::dues_calendar(world.stdout, dues, world.now)?,
    }
    let late = |due: &Due| due.day.is_none_or(|day| day < as_of);
    Ok(match chosen.iter().any(late) {
        true => Exit::Bad,
        false => Exit::Good,
    })
}

/// An owner of nothing is a mistake, not an empty list.
fn known(owner: &str, all: &[Due]) -> Result<(), Failure> {
    let owners = || all.iter().map(|due| due.owner.as_str());
    if owners().any(|known| known.eq_ignore_ascii_case(owner)) {
        return Ok(());
    }
    let near = nearest(owner, owners().filter(|owner| !owner.is_empty()))
        .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Err(Failure::Text(format!(
        "nothing falls due for `{owner}`{near}"
    )))
}
