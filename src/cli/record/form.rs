//! A form of a record, to be filled in and given to `--from`.

use super::duties;
use crate::check::Check;
use crate::cli::World;
use crate::cli::common::Failure;
use crate::human::Occurred;
use crate::source::{Date, inert};
use crate::workbook::Workbook;

/// Prints the form: the keys to fill in, and the last record as an example in comments.
pub(super) fn print(
    check: &Check,
    workbook: &Workbook,
    today: Date,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let id = &check.id.value;
    let out = &mut *world.stdout;
    writeln!(out, "# {}", inert(&check.title))?;
    writeln!(
        out,
        "# Fill this in, then: workbook record {id} --from FILE"
    )?;
    writeln!(out, "performed = {today}\nby = \"\"\nresult = \"\"")?;
    let due: Vec<_> = duties(check)
        .iter()
        .filter(|duty| workbook.config.is_one_of(&duty.entities))
        .collect();
    if due.iter().any(|duty| duty.ranges) {
        writeln!(out, "from = {today}\nto = {today}")?;
    }
    let mut fields: Vec<&str> = due
        .iter()
        .flat_map(|duty| &duty.fields)
        .map(String::as_str)
        .collect();
    fields.sort_unstable();
    fields.dedup();
    if !fields.is_empty() {
        writeln!(out, "# Its own keys: {}", fields.join(", "))?;
    }
    let newest = workbook
        .human
        .occurrences
        .iter()
        .filter(|occurrence| occurrence.check == *id)
        .filter_map(|occurrence| match &occurrence.what {
            Occurred::Done { to, .. } => Some((*to, &occurrence.file)),
            Occurred::Missed(_) => None,
        })
        .max_by_key(|(to, _)| *to);
    if let Some((_, file)) = newest {
        writeln!(out, "\n# As it was last recorded, in {}:", file.path())?;
        for line in file.text().lines() {
            writeln!(out, "# {}", inert(line))?;
        }
    }
    Ok(())
}
