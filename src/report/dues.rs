//! `workbook due`: for people and as JSON.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::Style;
use serde::Serialize;

use crate::assess::Due;
use crate::config::Config;
use crate::source::{Date, inert};

/// What falls due in a time, and how it stands.
#[derive(Debug, Clone, Copy)]
pub struct Dues<'a> {
    /// What falls due, in the order of days.
    pub dues: &'a [Due],
    /// The day on which it is asked.
    pub as_of: Date,
    /// The last day that is looked at.
    pub until: Date,
    /// Whose workbook it is.
    pub config: &'a Config,
}

/// Returns how something stands on a day: never done, past, or to come.
fn state(due: &Due, as_of: Date) -> &'static str {
    match due.day {
        None => "wanting",
        Some(day) if day < as_of => "lapsed",
        Some(_) => "due",
    }
}

/// Writes what falls due under who has to do it.
pub fn dues(out: &mut dyn Write, dues: Dues<'_>) -> io::Result<()> {
    let bold = Style::new().bold();
    let sample = if dues.config.sample {
        ", the day of the sample"
    } else {
        ""
    };
    writeln!(
        out,
        "As of {}{sample}, until {}; days are the last on which it is in time",
        dues.as_of, dues.until
    )?;
    let mut by_owner: BTreeMap<&str, Vec<&Due>> = BTreeMap::new();
    for due in dues.dues {
        by_owner.entry(&due.owner).or_default().push(due);
    }
    // What nobody owns comes last.
    let nobody = by_owner.remove("");
    for (owner, list) in by_owner
        .into_iter()
        .chain(nobody.map(|list| ("Nobody named", list)))
    {
        writeln!(out, "\n{bold}{}{bold:#}", inert(owner))?;
        for due in list {
            let day = due
                .day
                .map_or_else(|| "at once".to_owned(), |day| day.to_string());
            let state = state(due, dues.as_of);
            writeln!(
                out,
                "  {day:<10}  {state:<7}  {:<15}  {} ({})",
                due.kind.as_str(),
                inert(&due.what),
                inert(&due.subject)
            )?;
        }
    }
    let count = |wanted: &str| {
        let states = dues.dues.iter().map(|due| state(due, dues.as_of));
        states.filter(|state| *state == wanted).count()
    };
    writeln!(
        out,
        "\n{} lapsed, {} wanting, {} due by {}",
        count("lapsed"),
        count("wanting"),
        count("due"),
        dues.until
    )
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Report<'a> {
    organisation: &'a str,
    as_of: String,
    until: String,
    sample: bool,
    due: Vec<One<'a>>,
}

#[derive(Serialize)]
struct One<'a> {
    day: Option<String>,
    state: &'static str,
    owner: &'a str,
    kind: &'static str,
    subject: &'a str,
    what: &'a str,
    check: Option<&'a str>,
}

/// Writes what falls due as JSON; the schema is shipped as `schemas/due.json`.
pub fn dues_json(out: &mut dyn Write, dues: Dues<'_>) -> io::Result<()> {
    let report = Report {
        organisation: &dues.config.organisation,
        as_of: dues.as_of.to_string(),
        until: dues.until.to_string(),
        sample: dues.config.sample,
        due: dues
            .dues
            .iter()
            .map(|due| One {
                day: due.day.map(|day| day.to_string()),
                state: state(due, dues.as_of),
                owner: &due.owner,
                kind: due.kind.as_str(),
                subject: &due.subject,
                what: &due.what,
                check: due.check.as_deref(),
            })
            .collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}
