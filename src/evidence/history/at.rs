//! Evidence at a commit. What tells of evidence over time reads it here and nowhere else.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use crate::assess::{Outcome, Verdict};
use crate::inventory::FileListing;
use crate::source::{Date, TimeZone};

use super::super::git::{Commit, GitError, GitVariables, ObjectId, Repo};
use super::super::record::Record;
use super::super::run::{Run, RunHeader, RunId};
use super::super::stored::{RECORDS, RUNS, Stored, is_record, subjects_path};
use super::super::subjects::{rows, subjects};
use super::super::verify::{Author, author};

/// A point of the history, as people name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Point {
    /// The newest run.
    Newest,
    /// The run that the newest follows.
    Previous,
    /// A run.
    Run(RunId),
    /// The newest run recorded on a day or before it.
    Day(Date),
    /// A commit, a branch, a tag.
    Revision(String),
}

impl Point {
    /// Returns the point that a word names: a run's id, a date, else a revision.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match (RunId::parse(word), word.parse()) {
            (Some(run), _) => Self::Run(run),
            (None, Ok(day)) => Self::Day(day),
            (None, Err(_)) => Self::Revision(word.to_owned()),
        }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newest => f.write_str("the newest run"),
            Self::Previous => f.write_str("the run before the newest"),
            Self::Run(run) => write!(f, "run {run}"),
            Self::Day(day) => write!(f, "{day}"),
            Self::Revision(revision) => f.write_str(revision),
        }
    }
}

/// What keeps evidence of a point from being read.
#[derive(Debug, thiserror::Error)]
pub enum AtError {
    /// Git failed.
    #[error(transparent)]
    Git(#[from] GitError),
    /// There is none.
    #[error("no evidence of {0} is there; `workbook log CHECK` shows the runs of a check")]
    Nothing(String),
    /// The run is there, and no commit has its records.
    #[error(
        "run {0} came together with later ones in one commit (a squash), and its records are in \
         none; name a later run"
    )]
    Squashed(RunId),
    /// A record can't be read.
    #[error("{path} at commit {commit} can't be read: {reason}")]
    Unreadable {
        /// The record.
        path: String,
        /// The commit.
        commit: String,
        /// Why.
        reason: String,
    },
}

/// Evidence as a commit holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceAt {
    /// The commit.
    pub commit: String,
    /// Who made it.
    pub by: Author,
    /// The newest run there; the first of several that were stamped in parallel.
    pub run: Run,
    /// Records and subjects files, by path below `evidence/records`.
    pub records: BTreeMap<String, Stored>,
    /// Those that are not as the run lists them. `workbook verify` tells why.
    pub altered: Vec<String>,
}

/// What was found by one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundCheck {
    /// The record.
    pub record: Record,
    /// Its subjects.
    pub rows: Rows,
}

/// The subjects of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rows {
    /// All of them.
    Listed(Vec<Row>),
    /// They were too many to be kept: the digest of the list.
    Digest(String),
}

/// A subject of a check as the list of subjects has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// The subject.
    pub subject: String,
    /// Its type.
    pub subject_type: String,
    /// `observed` or `intended`.
    pub state: String,
    /// What the check says of it.
    pub verdict: Verdict,
    /// What was seen.
    pub shows: String,
    /// What was taken by documented default.
    pub by_default: String,
}

impl EvidenceAt {
    /// Returns what was found, by check.
    ///
    /// # Errors
    ///
    /// Fails if a record can't be read.
    pub fn found(&self) -> Result<BTreeMap<String, FoundCheck>, AtError> {
        found(&self.records).map_err(|(path, reason)| AtError::Unreadable {
            path: format!("{RECORDS}/{path}"),
            commit: self.commit.clone(),
            reason,
        })
    }
}

/// Returns what an outcome that is not stamped found, in the form in which it would be.
#[must_use]
pub fn found_now(outcome: &Outcome, files: &[FileListing]) -> BTreeMap<String, FoundCheck> {
    let digests: BTreeMap<&str, &str> = files
        .iter()
        .map(|file| (file.path.as_str(), file.digest.as_str()))
        .collect();
    let of_check = |check: &crate::assess::CheckOutcome| {
        let listed = subjects(&check.findings);
        let record = Record::new(check, outcome.as_of, &listed, &digests);
        let rows = match listed.kept() {
            true => Rows::Listed(rows(&listed.text).unwrap_or_default()),
            false => Rows::Digest(listed.digest),
        };
        (check.id.clone(), FoundCheck { record, rows })
    };
    outcome.checks.iter().map(of_check).collect()
}

fn found(
    records: &BTreeMap<String, Stored>,
) -> Result<BTreeMap<String, FoundCheck>, (String, String)> {
    let mut found = BTreeMap::new();
    for (path, stored) in records.iter().filter(|(path, _)| is_record(path)) {
        let failed = |reason| (path.clone(), reason);
        let record = stored.text().and_then(Record::parse).map_err(failed)?;
        let beside = subjects_path(&record.page, &record.check);
        let rows = match records.get(&beside) {
            Some(list) => {
                let read = list.text().and_then(rows);
                Rows::Listed(read.map_err(|reason| (beside.clone(), reason))?)
            }
            None => Rows::Digest(record.subjects_digest.clone()),
        };
        found.insert(record.check.clone(), FoundCheck { record, rows });
    }
    Ok(found)
}

/// Returns the evidence at a point of the history. Days are those of the workbook's time zone.
///
/// # Errors
///
/// Fails if there is no run there.
pub fn at(
    workbook: &Path,
    variables: &GitVariables,
    point: &Point,
    zone: TimeZone,
) -> Result<EvidenceAt, AtError> {
    let repo = Repo::open(workbook, variables)?;
    let nothing = || AtError::Nothing(point.to_string());
    let commit = match point {
        Point::Revision(revision) => repo.resolve(revision)?,
        Point::Newest | Point::Previous | Point::Run(_) | Point::Day(_) => {
            repo.head()?.commit().ok_or_else(nothing)?
        }
    };
    let headers = headers(&repo, commit)?;
    let wanted = match point {
        Point::Newest | Point::Revision(_) => newest(&headers),
        Point::Previous => {
            newest(&headers).and_then(|run| Some(headers.get(&run)?.previous.last()?.run.clone()))
        }
        Point::Run(run) => Some(run.clone()).filter(|run| headers.contains_key(run)),
        Point::Day(day) => headers
            .values()
            .filter(|header| zone.date(header.recorded_at) <= *day)
            .max_by_key(|header| (header.recorded_at, header.id.clone()))
            .map(|header| header.id.clone()),
    };
    let run = wanted.ok_or_else(nothing)?;
    // At a revision that is no run, records are what that commit has, and not what one later did.
    let holder = match point {
        Point::Revision(_) => commit,
        Point::Newest | Point::Previous | Point::Run(_) | Point::Day(_) => {
            brought(&repo, commit, &run)?.ok_or_else(nothing)?.id
        }
    };
    let of_commit = read(&repo, holder, &run)?.ok_or_else(nothing)?;
    let named = matches!(point, Point::Revision(_));
    let squashed = !named && followed_there(&repo, &of_commit, &run)?;
    if squashed && !of_commit.altered.is_empty() {
        return Err(AtError::Squashed(run));
    }
    Ok(of_commit)
}

/// Returns the run that no other follows; of several the last by its id. A clock that was set back
/// makes no older run the newest.
pub(crate) fn newest(headers: &BTreeMap<RunId, RunHeader>) -> Option<RunId> {
    let followed: BTreeSet<&RunId> = headers
        .values()
        .flat_map(|header| &header.previous)
        .map(|previous| &previous.run)
        .collect();
    headers.keys().rfind(|run| !followed.contains(run)).cloned()
}

/// Returns the beginnings of the runs of a commit.
pub(crate) fn headers(
    repo: &Repo,
    commit: ObjectId,
) -> Result<BTreeMap<RunId, RunHeader>, GitError> {
    let mut headers = BTreeMap::new();
    for blob in repo.entries(commit, RUNS)?.into_values() {
        let bytes = repo.bytes(blob)?;
        let header = std::str::from_utf8(&bytes)
            .ok()
            .and_then(|text| RunHeader::parse(text).ok());
        headers.extend(header.map(|header| (header.id.clone(), header)));
    }
    Ok(headers)
}

/// Returns the commit that brought a run.
fn brought(repo: &Repo, from: ObjectId, run: &RunId) -> Result<Option<Commit>, GitError> {
    repo.first_with(from, &format!("{RUNS}/{}", run.file_name()))
}

/// Tells whether a commit holds a run that follows the one it brought: then its records are those
/// of the later.
fn followed_there(repo: &Repo, at: &EvidenceAt, run: &RunId) -> Result<bool, GitError> {
    let Some(commit) = ObjectId::parse(&at.commit) else {
        return Ok(false);
    };
    let headers = headers(repo, commit)?;
    let follows = |header: &RunHeader| header.previous.iter().any(|link| link.run == *run);
    Ok(headers.values().any(follows))
}

fn read(repo: &Repo, commit: ObjectId, run: &RunId) -> Result<Option<EvidenceAt>, GitError> {
    let path = format!("{RUNS}/{}", run.file_name());
    let Some(blob) = repo.entry(commit, &path)? else {
        return Ok(None);
    };
    let stored = Stored::new(repo.bytes(blob)?);
    let Ok(run) = stored.text().and_then(Run::parse) else {
        return Ok(None);
    };
    let mut records = BTreeMap::new();
    for (path, blob) in repo.entries(commit, RECORDS)? {
        records.insert(path, Stored::new(repo.bytes(blob)?));
    }
    let listed = &run.body.files;
    let as_listed = |path: &str| records.get(path).map(|stored| &stored.digest) == listed.get(path);
    let mut altered: Vec<String> = records
        .keys()
        .chain(listed.keys())
        .filter(|path| !as_listed(path))
        .cloned()
        .collect();
    altered.sort();
    altered.dedup();
    Ok(Some(EvidenceAt {
        by: author(&repo.commit(commit)?),
        commit: commit.to_string(),
        run,
        records,
        altered,
    }))
}

#[cfg(test)]
mod tests {
    use super::super::super::git::sandbox::Sandbox;
    use super::super::super::samples::{Bench, bench, date, finding, instant};
    use super::super::super::stamp::Stamped;
    use super::*;

    /// Three runs on three days, with a commit of other work after the second.
    fn three() -> (Bench, [Stamped; 3], String) {
        let mut bench = bench(Sandbox::workbook());
        let first = bench.stamp();
        bench.now = instant("2026-11-23T23:30:00Z");
        bench.outcome.checks[0].findings = vec![finding("arn:bad", Verdict::Fail)];
        bench.outcome.checks[0].verdict = Verdict::Fail;
        let second = bench.stamp();
        bench.sandbox.write("README.md", "other\n");
        let work = bench.sandbox.commit("other work");
        bench.now = instant("2026-11-25T01:50:08Z");
        let third = bench.stamp();
        (bench, [first, second, third], work)
    }

    fn run_at(bench: &Bench, point: &Point) -> Result<RunId, String> {
        let found = at(
            bench.sandbox.path(),
            &bench.variables,
            point,
            TimeZone::default(),
        );
        let found = found.map_err(|error| error.to_string())?;
        assert_eq!(found.altered, [""; 0]);
        let checks = found.found().map_err(|error| error.to_string())?;
        assert_eq!(checks.len(), 2);
        Ok(found.run.id)
    }

    #[test]
    fn a_point_is_named_by_run_day_or_revision() {
        let (bench, [first, second, third], work) = three();
        let cases = [
            (Point::Newest, &third),
            (Point::Previous, &second),
            (Point::parse(&first.run.to_string()), &first),
            (Point::parse("2026-11-22"), &first),
            (Point::parse("2026-11-24"), &second),
            (Point::parse("2027-01-01"), &third),
            (Point::parse("HEAD~1"), &second),
            (Point::parse(&work), &second),
            (Point::parse("main"), &third),
        ];
        for (point, stamped) in cases {
            assert_eq!(run_at(&bench, &point).as_ref(), Ok(&stamped.run), "{point}");
        }
        for (word, said) in [
            ("2026-11-21", "no evidence of 2026-11-21"),
            ("20200101T000000Z-00000000", "no evidence of run 2020"),
            ("v9", "`v9` names no commit"),
            ("HEAD~4", "no evidence of HEAD~4"),
        ] {
            let error = run_at(&bench, &Point::parse(word)).expect_err("nothing there");
            assert!(error.contains(said), "{error}");
        }
        // A day ends where the workbook is.
        let tokyo = "Asia/Tokyo".parse().expect("a zone");
        let point = Point::Day(date("2026-11-23"));
        let found = at(bench.sandbox.path(), &bench.variables, &point, tokyo).expect("a run");
        assert_eq!(found.run.id, first.run);
    }

    #[test]
    fn the_records_of_a_run_in_a_squash_are_told_to_be_gone() {
        let (bench, [first, second, third], _) = three();
        let message = [&first, &second, &third]
            .map(|stamped| bench.sandbox.message_of(&stamped.commit))
            .join("\n");
        bench.sandbox.squash_onto("HEAD~4", &message);
        let of = |stamped: &Stamped| run_at(&bench, &Point::Run(stamped.run.clone()));
        assert_eq!(of(&third), Ok(third.run.clone()));
        assert!(of(&first).expect_err("gone").contains("a squash"));
        // Nothing changed between the second and the third: what is there is the second's, too.
        assert_eq!(of(&second), Ok(second.run.clone()));
    }

    #[test]
    fn a_record_that_is_not_as_listed_is_named() {
        let (bench, ..) = three();
        let path = "evidence/records/ecs-net/ecs-awsvpc.toml";
        let text = bench.sandbox.read(path).replace("\"fail\"", "\"pass\"");
        bench.sandbox.write(path, &text);
        bench.sandbox.commit("tamper");
        let point = Point::parse("HEAD");
        let found = at(
            bench.sandbox.path(),
            &bench.variables,
            &point,
            TimeZone::default(),
        );
        assert_eq!(found.expect("a run").altered, ["ecs-net/ecs-awsvpc.toml"]);
    }
}
