//! `workbook record`: writes down that a recurring duty was done, or that a period was missed.

mod draft;
mod form;

use std::path::PathBuf;
use std::str::FromStr;

use super::common::{self, Failure, Place};
use super::kept::{self, Piece};
use super::{Exit, World};
use crate::assess::{self, CheckOutcome, Earlier, Verdict};
use crate::check::{Check, Entries, RecurringCheck};
use crate::human::Occurred;
use crate::inventory::Inventory;
use crate::source::{Date, inert};
use crate::workbook::{Keeping, Workbook};

/// Writes down that a recurring duty was done, in a file under `evidence/occurrences`. At a
/// terminal it asks for what is missing; in a script what is missing is an error. The day on which
/// it was done and the moment at which it was recorded are both kept.
#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(
    after_help = "Examples:\n  workbook record access-review\n  workbook record access-review --by nl-0150 --result \"owners went through all rights\" \\\n    --set 'systems=[\"IAM\", \"payments database\"]' --set accounts=34 ...\n  workbook record chd-purge-quarterly --form > purge.toml    # fill it in, then\n  workbook record chd-purge-quarterly --from purge.toml\n  workbook record access-review --missed 2026-09-26 --by nl-0150 --cause \"...\" \\\n    --correction \"...\" --prevention \"...\""
)]
pub(super) struct Arguments {
    /// The check that asks for the duty
    id: String,
    /// The day on which it was done [default: today]
    #[arg(long, value_name = "DATE")]
    date: Option<Date>,
    /// Who did it: a staff id or a company
    #[arg(long, value_name = "WHO")]
    by: Option<String>,
    /// What came of it, in a sentence
    #[arg(long, value_name = "TEXT")]
    result: Option<String>,
    /// The first and the last day that it covers, for daily and weekly duties
    #[arg(long, value_name = "DATE..DATE")]
    range: Option<Range>,
    /// A key of the duty's own; the value is TOML if it can be read as that, else text
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// What shows it and is kept elsewhere: its name, its place, and its day if it has one
    #[arg(long, value_name = "NAME|PLACE[|DATE]")]
    artefact: Vec<String>,
    /// A file of TOML with keys of the record; `-` is the standard input
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Record that the period which ended on this day was missed
    #[arg(long, value_name = "DATE", conflicts_with_all = ["date", "result", "range"])]
    missed: Option<Date>,
    /// Why it was missed
    #[arg(long, value_name = "TEXT")]
    cause: Option<String>,
    /// What was done about it
    #[arg(long, value_name = "TEXT")]
    correction: Option<String>,
    /// What keeps it from happening again
    #[arg(long, value_name = "TEXT")]
    prevention: Option<String>,
    /// Record it although there is a record of that day
    #[arg(long)]
    again: bool,
    /// Print what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Print a form to fill in, for --from
    #[arg(long, conflicts_with_all = ["date", "by", "result", "range", "set", "artefact", "from", "missed"])]
    form: bool,
}

/// Two days and those between them.
#[derive(Debug, Clone, Copy)]
struct Range {
    from: Date,
    to: Date,
}

impl FromStr for Range {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (from, to) = text
            .split_once("..")
            .ok_or("write it as 2026-11-01..2026-11-07")?;
        Ok(Self {
            from: from.parse()?,
            to: to.parse()?,
        })
    }
}

/// Runs the command.
pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let of_missed = [
        &arguments.cause,
        &arguments.correction,
        &arguments.prevention,
    ];
    if arguments.missed.is_none() && of_missed.iter().any(|flag| flag.is_some()) {
        return Err(Failure::Text(
            "--cause, --correction and --prevention belong to --missed DATE".to_owned(),
        ));
    }
    let workbook = place.load(world)?;
    let check = kept::find(
        &workbook.checks,
        &arguments.id,
        "a recurring duty",
        |check| !duties(check).is_empty(),
    )?;
    if arguments.form {
        form::print(check, &workbook, common::today(&workbook, world), world)?;
        return Ok(Exit::Good);
    }
    let draft = draft::of(arguments, check, &workbook, world)?;
    // Others may have written while somebody thought about an answer.
    let keeping = Keeping::begin(workbook.root())?;
    let id = &check.id.value;
    let path = keeping.unused(&format!("evidence/occurrences/{id}"), &draft.stem);
    let after = keeping.with(&path, &draft.text)?;
    acceptable(arguments, &path, id, &after, common::today(&after, world))?;
    let piece = Piece {
        message: format!("evidence: record {id}"),
        text: draft.text,
        path,
    };
    kept::write(
        &keeping,
        &piece,
        kept::Write::unless(arguments.dry_run),
        world,
    )?;
    tell(&piece.path, id, &after, world)?;
    Ok(Exit::Good)
}

/// Returns the recurring duties of a check.
fn duties(check: &Check) -> &[RecurringCheck] {
    match &check.entries {
        Entries::Recurring(entries) => entries,
        Entries::Configuration(_)
        | Entries::Document(_)
        | Entries::Register(_)
        | Entries::Acknowledgement(_)
        | Entries::CardholderData(_) => &[],
    }
}

/// Refuses what the readers take and the engine would hold against the record.
fn acceptable(
    arguments: &Arguments,
    path: &str,
    id: &str,
    after: &Workbook,
    today: Date,
) -> Result<(), Failure> {
    let refused = |why: String| Err(Failure::Text(format!("nothing was written: {why}")));
    let mut all = after.human.occurrences.iter();
    let Some(new) = all.find(|occurrence| occurrence.file.path() == path) else {
        return refused(format!("{path} is not read as a record"));
    };
    let check = after.checks.iter().find(|check| check.id.value == id);
    let duties: Vec<&RecurringCheck> = check
        .map_or(&[][..], duties)
        .iter()
        .filter(|duty| after.config.is_one_of(&duty.entities))
        .collect();
    let others = after
        .human
        .occurrences
        .iter()
        .filter(|other| other.check == id && other.file.path() != path);
    match &new.what {
        Occurred::Done {
            performed,
            from,
            to,
        } => {
            if *performed > today {
                return refused(format!(
                    "{performed} lies in the future; what is planned is no evidence"
                ));
            }
            if from != to && !duties.iter().any(|duty| duty.ranges) {
                return refused(format!(
                    "one record can't stand for a range of days of `{id}`; give each its own"
                ));
            }
            let twice = others
                .clone()
                .find(|other| matches!(&other.what, Occurred::Done { from: f, to: t, .. } if f == from && t == to));
            if let Some(twice) = twice.filter(|_| !arguments.again) {
                return refused(format!(
                    "{} is recorded of that day already; mend it there, or use --again if it was done twice",
                    twice.file.path()
                ));
            }
        }
        Occurred::Missed(missed) => {
            let unmet: Vec<Date> = duties
                .iter()
                .filter_map(|duty| assess::deadlines(id, duty, &after.config, &after.human, today))
                .flat_map(|deadlines| deadlines.unmet)
                .collect();
            if !unmet.contains(&missed.due) {
                let told: Vec<String> = unmet.iter().map(Date::to_string).collect();
                return refused(match told.as_slice() {
                    [] => format!(
                        "no period of `{id}` in the window passed without it, by what is recorded"
                    ),
                    told => format!(
                        "no period of `{id}` ended on {} without it; those that did ended on {}",
                        missed.due,
                        told.join(", ")
                    ),
                });
            }
            let twice = others
                .clone()
                .find(|other| matches!(&other.what, Occurred::Missed(m) if m.due == missed.due));
            if let Some(twice) = twice {
                return refused(format!(
                    "{} records that period as missed already",
                    twice.file.path()
                ));
            }
        }
    }
    Ok(())
}

/// Says what the check says now: of the record, and of the periods.
fn tell(path: &str, id: &str, after: &Workbook, world: &mut World<'_>) -> Result<(), Failure> {
    let today = common::today(after, world);
    // Without exports: what needs them is left to `check`.
    let outcome = after.assess(Inventory::default(), &Earlier::default(), today);
    let Some(check) = outcome.checks.iter().find(|check| check.id == id) else {
        return Ok(());
    };
    for finding in told(path, check) {
        let what = match finding.message.as_str() {
            "" => &finding.shows,
            message => message,
        };
        let line = format!("{}: {}", finding.verdict.as_str(), what);
        writeln!(world.stdout, "  {}", inert(&line))?;
    }
    let next = after
        .checks
        .iter()
        .filter(|check| check.id.value == id)
        .flat_map(duties)
        .filter_map(|duty| assess::deadlines(id, duty, &after.config, &after.human, today))
        .map(|deadlines| deadlines.open)
        .min();
    match next {
        Some(next) if next < today => writeln!(world.stdout, "overdue since {next}")?,
        Some(next) => writeln!(world.stdout, "next due by {next}")?,
        None => {}
    }
    Ok(())
}

/// Returns what a check says of a record and of periods that passed, without what only exports
/// decide.
fn told<'a>(
    path: &'a str,
    check: &'a CheckOutcome,
) -> impl Iterator<Item = &'a crate::assess::Finding> {
    check.findings.iter().filter(move |finding| {
        finding.verdict != Verdict::NotChecked
            && (finding.subject == path || finding.subject_type == "period")
    })
}
