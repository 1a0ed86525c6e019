//! What running stamped definitions once more came to: for people, and as JSON.

use std::io::{self, Write};

use serde::Serialize;

use crate::evidence::{EvidenceAt, ExportChange, FileDifference, Replay};
use crate::source::inert;

/// So many fields of a file are told.
const FIELDS: usize = 5;

/// Says what a replay came to.
pub fn replay(out: &mut dyn Write, replay: &Replay, at: &EvidenceAt) -> io::Result<()> {
    for change in &replay.exports {
        let text = match change {
            ExportChange::Other(path) => format!("export {path} is not the one that was read"),
            ExportChange::Missing(path) => format!("export {path} was read and is not here"),
            ExportChange::More(path) => format!("export {path} is here and was not read"),
        };
        writeln!(out, "{}", inert(&text))?;
    }
    for path in &at.altered {
        let text = format!("{path} is not as the run lists it; `workbook verify` tells why");
        writeln!(out, "{}", inert(&text))?;
    }
    for (path, difference) in &replay.other {
        match difference {
            FileDifference::Bytes => {
                writeln!(out, "{}: the same values in other bytes", inert(path))?;
            }
            FileDifference::Gone => writeln!(out, "{}: does not come out again", inert(path))?,
            FileDifference::New => writeln!(out, "{}: comes out and was not there", inert(path))?,
            FileDifference::Values(fields) => {
                writeln!(out, "{}: comes out otherwise", inert(path))?;
                for field in fields.iter().take(FIELDS) {
                    writeln!(out, "    {}", inert(&field.to_string()))?;
                }
                let more = fields.len().saturating_sub(FIELDS);
                if more > 0 {
                    writeln!(out, "    and {more} more")?;
                }
            }
        }
    }
    if !replay.dirty.is_empty() {
        writeln!(
            out,
            "note: stamped with changes that no commit has, so that the definitions may be others: {}",
            inert(&replay.dirty.join(", "))
        )?;
    }
    writeln!(
        out,
        "run {} replayed: {} of {} files came out the same, byte for byte",
        replay.run, replay.same, replay.files
    )
}

#[derive(Serialize)]
struct Report<'a> {
    run: String,
    files: usize,
    same: usize,
    differing: Vec<Differing<'a>>,
    exports: Vec<Export<'a>>,
    altered: &'a [String],
    dirty: &'a [String],
}

#[derive(Serialize)]
struct Differing<'a> {
    path: &'a str,
    how: &'static str,
    fields: Vec<String>,
}

#[derive(Serialize)]
struct Export<'a> {
    path: &'a str,
    how: &'static str,
}

/// Writes what a replay came to as JSON.
pub fn replay_json(out: &mut dyn Write, replay: &Replay, at: &EvidenceAt) -> io::Result<()> {
    let report = Report {
        run: replay.run.to_string(),
        files: replay.files,
        same: replay.same,
        differing: replay
            .other
            .iter()
            .map(|(path, difference)| {
                let (how, fields) = match difference {
                    FileDifference::Bytes => ("bytes", Vec::new()),
                    FileDifference::Gone => ("gone", Vec::new()),
                    FileDifference::New => ("new", Vec::new()),
                    FileDifference::Values(fields) => {
                        ("values", fields.iter().map(ToString::to_string).collect())
                    }
                };
                Differing { path, how, fields }
            })
            .collect(),
        exports: replay
            .exports
            .iter()
            .map(|change| match change {
                ExportChange::Other(path) => Export { path, how: "other" },
                ExportChange::Missing(path) => Export {
                    path,
                    how: "missing",
                },
                ExportChange::More(path) => Export { path, how: "more" },
            })
            .collect(),
        altered: &at.altered,
        dirty: &replay.dirty,
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}
