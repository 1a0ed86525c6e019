//! The history of one check: for people, and as JSON.

use std::io::{self, Write};

use serde::Serialize;

use crate::evidence::{LogEntry, Logged};
use crate::source::inert;

/// Tells the history of a check, newest first.
pub fn log(out: &mut dyn Write, check: &str, entries: &[LogEntry]) -> io::Result<()> {
    for entry in entries {
        let run = match entry.runs.as_slice() {
            [] => "changed by hand, in no run".to_owned(),
            runs => format!("run {}", runs.join(" and ")),
        };
        writeln!(out, "{}", inert(&format!("{run}, {}", entry.by)))?;
        match &entry.logged {
            Logged::Record(record) => {
                let counts: Vec<String> = record
                    .counts
                    .iter()
                    .map(|(verdict, count)| format!("{count} {}", verdict.as_str()))
                    .collect();
                let counts = match counts.is_empty() {
                    true => "no subject".to_owned(),
                    false => counts.join(", "),
                };
                writeln!(
                    out,
                    "    {} as of {} on {}: {counts}; definition {}",
                    record.verdict.as_str(),
                    record.judged,
                    inert(&record.page),
                    record.definition.get(..12).unwrap_or(&record.definition),
                )?;
            }
            Logged::Unreadable(reason) => writeln!(out, "    not readable: {}", inert(reason))?,
            Logged::Removed => writeln!(out, "    no record of it any more")?,
        }
        match entry.kept {
            0 => {}
            1 => writeln!(out, "    one later run found the same")?,
            kept => writeln!(out, "    {kept} later runs found the same")?,
        }
    }
    if entries.is_empty() {
        writeln!(out, "no run has a record of `{}`", inert(check))?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Entry<'a> {
    runs: &'a [String],
    commit: &'a str,
    author: &'a str,
    time: Option<String>,
    kept: usize,
    state: &'static str,
    reason: Option<&'a str>,
    page: Option<&'a str>,
    verdict: Option<&'static str>,
    judged: Option<String>,
    definition: Option<&'a str>,
    counts: Option<std::collections::BTreeMap<&'static str, usize>>,
}

/// Writes the history of a check as JSON, newest first.
pub fn log_json(out: &mut dyn Write, check: &str, entries: &[LogEntry]) -> io::Result<()> {
    let entry = |entry: &'_ LogEntry| -> io::Result<serde_json::Value> {
        let (state, record, reason) = match &entry.logged {
            Logged::Record(record) => ("recorded", Some(record), None),
            Logged::Unreadable(reason) => ("unreadable", None, Some(reason.as_str())),
            Logged::Removed => ("removed", None, None),
        };
        let entry = Entry {
            runs: &entry.runs,
            commit: &entry.by.commit,
            author: &entry.by.name,
            time: entry.by.time.map(|time| time.to_string()),
            kept: entry.kept,
            state,
            reason,
            page: record.map(|record| record.page.as_str()),
            verdict: record.map(|record| record.verdict.as_str()),
            judged: record.map(|record| record.judged.to_string()),
            definition: record.map(|record| record.definition.as_str()),
            counts: record.map(|record| {
                let counts = record.counts.iter();
                counts
                    .map(|(verdict, count)| (verdict.as_str(), *count))
                    .collect()
            }),
        };
        Ok(serde_json::to_value(&entry)?)
    };
    let entries: Vec<serde_json::Value> = entries.iter().map(entry).collect::<io::Result<_>>()?;
    let report = serde_json::json!({ "check": check, "entries": entries });
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}
