//! The history of one check: every time that its record changed, in one walk.

use std::path::Path;

use super::super::git::{Change, GitError, GitVariables, Repo};
use super::super::record::Record;
use super::super::stored::{RECORDS, RUNS};
use super::super::verify::{Author, author};

/// A time at which the record of a check changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// The commit.
    pub by: Author,
    /// The runs that the commit stamped; none where somebody changed the record by hand.
    pub runs: Vec<String>,
    /// What is recorded from then on.
    pub logged: Logged,
    /// How many runs after it left the record as it was.
    pub kept: usize,
}

/// What is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Logged {
    /// The record.
    Record(Box<Record>),
    /// Why it can't be read.
    Unreadable(String),
    /// None any more: the check is gone, or on another page.
    Removed,
}

/// Returns every time that the record of a check changed, newest first.
///
/// # Errors
///
/// Fails if the repository can't be read.
pub fn log(
    workbook: &Path,
    variables: &GitVariables,
    check: &str,
) -> Result<Vec<LogEntry>, GitError> {
    let repo = Repo::open(workbook, variables)?;
    let Some(head) = repo.head()?.commit() else {
        return Ok(Vec::new());
    };
    let ending = format!("/{check}.toml");
    let mut entries = Vec::new();
    let mut kept = 0;
    for touch in repo.touches(head, &[RECORDS, RUNS])? {
        let of_check = touch.changes.iter().filter(|(path, (change, _))| {
            // What a merge leaves out is what one of its branches removed.
            let merged_away = touch.merge && *change == Change::Deleted;
            path.starts_with(RECORDS) && path.ends_with(&ending) && !merged_away
        });
        // A check that moved to another page is removed here and added there.
        let Some((_, (_, became))) = of_check.max_by_key(|(_, (_, became))| *became) else {
            let brings = |(path, (change, _)): (&String, &(Change, _))| {
                path.starts_with(RUNS) && *change == Change::Added
            };
            kept += usize::from(touch.changes.iter().any(brings));
            continue;
        };
        let logged = match became {
            None => Logged::Removed,
            Some(blob) => {
                let bytes = repo.bytes(*blob)?;
                let text = std::str::from_utf8(&bytes).map_err(|_| "it is not UTF-8".to_owned());
                match text.and_then(Record::parse) {
                    Ok(record) => Logged::Record(Box::new(record)),
                    Err(reason) => Logged::Unreadable(reason),
                }
            }
        };
        let runs = touch.commit.message.lines();
        let runs = runs.filter_map(|line| line.trim().strip_prefix("Workbook-Run:"));
        entries.push(LogEntry {
            by: author(&touch.commit),
            runs: runs.map(|run| run.trim().to_owned()).collect(),
            logged,
            kept,
        });
        kept = 0;
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::super::super::git::sandbox::Sandbox;
    use super::super::super::samples::{bench, finding, instant};
    use super::*;
    use crate::assess::Verdict;

    #[test]
    fn every_change_of_a_record_is_told_and_how_long_it_stood() {
        let mut bench = bench(Sandbox::workbook());
        bench.stamp();
        for (day, verdict) in [
            ("2026-11-23", Verdict::Pass),
            ("2026-11-24", Verdict::Fail),
            ("2026-11-25", Verdict::Fail),
            ("2026-11-26", Verdict::Fail),
        ] {
            bench.now = instant(&format!("{day}T01:00:00Z"));
            bench.outcome.checks[0].findings = vec![finding("arn:it", verdict)];
            bench.outcome.checks[0].verdict = verdict;
            bench.stamp();
        }
        let path = "evidence/records/ecs-net/ecs-awsvpc.toml";
        bench.sandbox.write(path, "nonsense");
        bench.sandbox.commit("by hand");
        bench.now = instant("2026-11-27T01:00:00Z");
        let gone = bench.outcome.checks.remove(0);
        bench.stamp();
        let entries = log(bench.sandbox.path(), &bench.variables, &gone.id).expect("a history");
        let told: Vec<(String, usize, usize)> = entries
            .iter()
            .map(|entry| {
                let logged = match &entry.logged {
                    Logged::Record(record) => record.verdict.as_str().to_owned(),
                    Logged::Unreadable(_) => "unreadable".to_owned(),
                    Logged::Removed => "removed".to_owned(),
                };
                (logged, entry.runs.len(), entry.kept)
            })
            .collect();
        let told: Vec<(&str, usize, usize)> = told
            .iter()
            .map(|(logged, runs, kept)| (logged.as_str(), *runs, *kept))
            .collect();
        assert_eq!(
            told,
            [
                ("removed", 1, 0),
                ("unreadable", 0, 0),
                ("fail", 1, 2),
                ("pass", 1, 0),
                ("pass", 1, 0),
            ]
        );
        let none = log(bench.sandbox.path(), &bench.variables, "never").expect("a history");
        assert_eq!(none, []);
    }
}
