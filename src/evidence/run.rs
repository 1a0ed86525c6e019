//! One stamped evaluation of all checks: a link of the chain.

mod header;

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use toml::value::Datetime;

use crate::assess::Verdict;
use crate::inventory::{FileListing, Reading};
use crate::source::{Date, Instant};

use super::record::{SCHEMA_VERSION, counts, instant, version};
use super::redact::redact;
use super::writer::Writer;
use crate::source::sha256;

pub use header::RunHeader;

/// The name of a run: when it was recorded, and the first 8 hexadecimal digits of the SHA-256 of
/// everything else it says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(String);

impl RunId {
    /// Returns the id that the text is, if it has the form of one.
    ///
    /// ```
    /// use evidence_workbook::evidence::RunId;
    /// let id = RunId::parse("20261122T015008Z-3f9a1c2b").expect("a run id");
    /// assert_eq!(id.to_string(), "20261122T015008Z-3f9a1c2b");
    /// assert!(RunId::parse("../../HEAD").is_none());
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (moment, digest) = text.split_once("Z-")?;
        let form = |c: char| c.is_ascii_digit() || c == 'T';
        let hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
        (moment.len() == 15 && moment.chars().all(form) && digest.len() == 8)
            .then(|| digest.chars().all(hex))?
            .then(|| Self(text.to_owned()))
    }

    /// Returns the name of the run's file.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("{}.toml", self.0)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One stamped evaluation of all checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The id.
    pub id: RunId,
    /// Everything else.
    pub body: RunBody,
}

/// What a run says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunBody {
    /// When it was recorded.
    pub recorded_at: Instant,
    /// The program and its version.
    pub runner: String,
    /// The date of judgement.
    pub as_of: Date,
    /// Whether the workbook is the shipped sample, whose date is frozen.
    pub sample: bool,
    /// The commit it was made on; none for the first commit of a repository.
    pub commit: Option<String>,
    /// Files with uncommitted changes that `--allow-dirty` let pass.
    pub dirty: Vec<String>,
    /// The runs it follows. They are the heads of the chain where it was made.
    pub previous: Vec<Previous>,
    /// How many checks have each verdict.
    pub counts: BTreeMap<Verdict, usize>,
    /// The files of the exports.
    pub exports: Vec<Export>,
    /// The SHA-256 of every record and subjects file, by path below `evidence/records`.
    pub files: BTreeMap<String, String>,
}

/// A run that another follows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Previous {
    /// Its id.
    pub run: RunId,
    /// The SHA-256 of its file, so that the chain holds more than the 8 digits of an id.
    pub digest: String,
}

/// A file of the exports, as a run lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// The path below the exports folder.
    pub path: String,
    /// The bytes of the file.
    pub bytes: u64,
    /// The SHA-256 of its bytes.
    pub digest: String,
    /// The word for what reading it came to.
    pub reading: String,
    /// Why, where it was not read whole.
    pub reason: Option<String>,
}

impl Export {
    /// Returns what a run says of a listed file.
    pub(crate) fn new(file: &FileListing) -> Self {
        let (reading, reason) = match &file.reading {
            Reading::Whole => ("whole", None),
            Reading::Partial(why) => ("partial", Some(why)),
            Reading::Denied(why) => ("denied", Some(why)),
            Reading::NotConfigured(why) => ("not-configured", Some(why)),
            Reading::Failed(why) => ("failed", Some(why)),
            Reading::Unreadable(why) => ("unreadable", Some(why)),
            Reading::NotRecognised(why) => ("not-recognised", Some(why)),
            Reading::NotUsed(why) => ("not-used", Some(why)),
        };
        Self {
            path: redact(&file.path).into_owned(),
            bytes: file.bytes,
            digest: file.digest.clone(),
            reading: reading.to_owned(),
            reason: reason.map(|why| redact(why).into_owned()),
        }
    }
}

impl RunBody {
    /// Returns the run with the id that its content gives it.
    #[must_use]
    pub fn seal(self) -> Run {
        let id = RunId(format!("{}-", self.recorded_at.compact()));
        let unsealed = Run { id, body: self };
        let seal = seal(&unsealed.to_toml());
        Run {
            id: RunId(format!("{}{seal}", unsealed.id)),
            body: unsealed.body,
        }
    }
}

/// Returns the digits that end the id of the run that the file holds: the first 8 of the SHA-256
/// of its lines without the id.
pub(crate) fn seal(text: &str) -> String {
    let body: String = text
        .split_inclusive('\n')
        .filter(|line| !line.starts_with("id = "))
        .collect();
    sha256(body.as_bytes()).chars().take(8).collect()
}

impl Run {
    /// Returns the run as it is stored.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let body = &self.body;
        let mut toml = Writer::new(&[
            "Written by `workbook stamp`. A change by hand is found by `workbook verify`.",
        ]);
        toml.bare("schema-version", SCHEMA_VERSION);
        toml.token("id", &self.id.0);
        toml.bare("recorded-at", body.recorded_at);
        toml.token("runner", &body.runner);
        toml.bare("as-of", body.as_of);
        if body.sample {
            toml.bare("sample", true);
        }
        if let Some(commit) = &body.commit {
            toml.token("commit", commit);
        }
        if !body.dirty.is_empty() {
            toml.list("dirty", &body.dirty);
        }
        for previous in &body.previous {
            toml.element("previous");
            toml.token("run", &previous.run.0);
            toml.token("sha256", &previous.digest);
        }
        toml.table("counts");
        for (verdict, count) in &body.counts {
            toml.bare(verdict.as_str(), count);
        }
        toml.table("records");
        for (path, digest) in &body.files {
            toml.token(path, digest);
        }
        for export in &body.exports {
            toml.element("exports");
            toml.text("path", &export.path);
            toml.bare("bytes", export.bytes);
            toml.token("sha256", &export.digest);
            toml.token("reading", &export.reading);
            if let Some(reason) = &export.reason {
                toml.text("reason", reason);
            }
        }
        toml.finish()
    }

    /// Reads a run.
    ///
    /// # Errors
    ///
    /// Says what in the text is not as this version writes it.
    pub fn parse(text: &str) -> Result<Self, String> {
        version(text)?;
        let file: File = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        let export = |export: ExportFile| Export {
            path: export.path,
            bytes: export.bytes,
            digest: export.sha256,
            reading: export.reading,
            reason: export.reason,
        };
        Ok(Self {
            body: RunBody {
                recorded_at: instant(&file.recorded_at)?,
                runner: file.runner,
                as_of: file.as_of.to_string().parse()?,
                sample: file.sample,
                commit: file.commit,
                dirty: file.dirty,
                previous: previous(file.previous)?,
                counts: counts(file.counts)?,
                exports: file.exports.into_iter().map(export).collect(),
                files: file.records,
            },
            id: id(file.id)?,
        })
    }
}

/// Returns the id that a text of a run is.
fn id(text: String) -> Result<RunId, String> {
    RunId::parse(&text).ok_or_else(|| format!("`{text}` is not the id of a run"))
}

/// Returns the runs that a run says it follows.
fn previous(file: Vec<PreviousFile>) -> Result<Vec<Previous>, String> {
    let link = |link: PreviousFile| {
        Ok(Previous {
            run: id(link.run)?,
            digest: link.sha256,
        })
    };
    file.into_iter().map(link).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    #[serde(rename = "schema-version")]
    _schema_version: u32,
    id: String,
    recorded_at: Datetime,
    runner: String,
    as_of: Datetime,
    #[serde(default)]
    sample: bool,
    commit: Option<String>,
    #[serde(default)]
    dirty: Vec<String>,
    #[serde(default)]
    previous: Vec<PreviousFile>,
    counts: BTreeMap<String, usize>,
    #[serde(default)]
    records: BTreeMap<String, String>,
    #[serde(default)]
    exports: Vec<ExportFile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PreviousFile {
    run: String,
    sha256: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ExportFile {
    path: String,
    bytes: u64,
    sha256: String,
    reading: String,
    reason: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::super::samples::{date, instant, listing};
    use super::*;

    pub(super) fn body() -> RunBody {
        let first = RunId::parse("20261121T015008Z-3f9a1c2b").expect("an id");
        RunBody {
            recorded_at: instant("2026-11-22T01:50:08Z"),
            runner: "evidence-workbook 0.1.0".to_owned(),
            as_of: date("2026-11-22"),
            sample: true,
            commit: Some("ab".repeat(20)),
            dirty: vec!["checks/lists/tls.toml".to_owned()],
            previous: vec![Previous {
                run: first,
                digest: "cd".repeat(32),
            }],
            counts: BTreeMap::from([(Verdict::Fail, 1), (Verdict::Pass, 2)]),
            exports: vec![Export::new(&FileListing {
                reading: Reading::Denied("AccessDenied".to_owned()),
                ..listing("aws/clusters.json")
            })],
            files: BTreeMap::from([("ecs-net/ecs-awsvpc.toml".to_owned(), "ef".repeat(32))]),
        }
    }

    #[test]
    fn a_run_is_written_in_one_fixed_form_and_read_back() {
        let run = body().seal();
        insta::assert_snapshot!(run.to_toml());
        assert_eq!(Run::parse(&run.to_toml()), Ok(run));
    }

    #[test]
    fn the_id_ends_in_the_digest_of_the_rest() {
        let run = body().seal();
        let text = run.to_toml();
        assert!(run.id.to_string().ends_with(&format!("Z-{}", seal(&text))));
        let edited = text.replace("pass = 2", "pass = 3");
        assert_ne!(seal(&edited), seal(&text));
    }

    #[test]
    fn only_the_form_of_an_id_is_an_id() {
        for text in [
            "",
            "20261122T015008Z-",
            "20261122T015008Z-XYZ",
            "20261122T015008Z-3F9A1C2B",
            "é",
        ] {
            assert_eq!(RunId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_newer_form_is_told_as_such() {
        let text = body()
            .seal()
            .to_toml()
            .replace("schema-version = 1", "schema-version = 9\nnew = 1");
        let error = Run::parse(&text).expect_err("a newer form");
        assert!(error.contains("version 9"), "{error}");
    }
}
