//! Reads a record: serde's shape of the file, then the types.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::value::Datetime;

use crate::inventory::{Place, State};
use crate::source::Instant;

use super::super::subjects::state_word;
use super::super::words;
use super::{ExportRead, Record, RecordedFinding, SCHEMA_VERSION};

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Version {
    schema_version: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    #[serde(rename = "schema-version")]
    _schema_version: u32,
    check: String,
    kind: String,
    page: String,
    requirements: Vec<String>,
    statements: Vec<String>,
    basis: String,
    verdict: String,
    #[serde(default)]
    claimed: bool,
    #[serde(default)]
    left_out: bool,
    judged: Datetime,
    observed_from: Option<Datetime>,
    observed_to: Option<Datetime>,
    definition: String,
    #[serde(default)]
    missing: Vec<String>,
    counts: BTreeMap<String, usize>,
    subjects: SubjectsFile,
    #[serde(default)]
    exports: Vec<ExportFile>,
    #[serde(default)]
    findings: Vec<FindingFile>,
    #[serde(default)]
    omitted: Omitted,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct SubjectsFile {
    rows: usize,
    sha256: String,
    kept: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ExportFile {
    path: String,
    sha256: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct FindingFile {
    subject: String,
    r#type: String,
    state: String,
    verdict: String,
    message: String,
    file: Option<String>,
    line: Option<usize>,
    #[serde(default)]
    by_default: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Omitted {
    findings: usize,
}

/// Reads a record.
pub(super) fn record(text: &str) -> Result<Record, String> {
    version(text)?;
    let file: File = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    let observed = match (file.observed_from, file.observed_to) {
        (Some(from), Some(to)) => Some((instant(&from)?, instant(&to)?)),
        (None, None) => None,
        _ => return Err("`observed-from` and `observed-to` go together".to_owned()),
    };
    Ok(Record {
        kind: words::parse_kind(&file.kind)?,
        basis: words::parse_basis(&file.basis)?,
        verdict: words::parse_verdict(&file.verdict)?,
        claimed: file.claimed,
        left_out: file.left_out,
        judged: file.judged.to_string().parse()?,
        observed,
        counts: counts(file.counts)?,
        findings: file
            .findings
            .into_iter()
            .map(finding)
            .collect::<Result<_, _>>()?,
        check: file.check,
        page: file.page,
        requirements: file.requirements,
        statements: file.statements,
        definition: file.definition,
        missing: file.missing,
        subjects: file.subjects.rows,
        subjects_digest: file.subjects.sha256,
        subjects_kept: file.subjects.kept,
        exports: file
            .exports
            .into_iter()
            .map(|export| ExportRead {
                path: export.path,
                digest: export.sha256,
            })
            .collect(),
        omitted: file.omitted.findings,
    })
}

/// Reads the version alone first, so that a newer file is told as such and not by its new keys.
pub(in crate::evidence) fn version(text: &str) -> Result<(), String> {
    let found: Version = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    if found.schema_version == SCHEMA_VERSION {
        Ok(())
    } else {
        Err(format!(
            "it is written in version {} of the form, and this program reads version \
             {SCHEMA_VERSION}; use the program that stamped it",
            found.schema_version
        ))
    }
}

/// Reads counts by verdict.
pub(in crate::evidence) fn counts(
    file: BTreeMap<String, usize>,
) -> Result<BTreeMap<crate::assess::Verdict, usize>, String> {
    file.into_iter()
        .map(|(word, count)| Ok((words::parse_verdict(&word)?, count)))
        .collect()
}

/// Reads a moment.
pub(in crate::evidence) fn instant(moment: &Datetime) -> Result<Instant, String> {
    Instant::parse(&moment.to_string()).ok_or_else(|| format!("`{moment}` is not a moment"))
}

fn finding(file: FindingFile) -> Result<RecordedFinding, String> {
    let state = [State::Observed, State::Intended]
        .into_iter()
        .find(|state| state_word(*state) == file.state)
        .ok_or_else(|| format!("`{}` is no state", file.state))?;
    Ok(RecordedFinding {
        state,
        verdict: words::parse_verdict(&file.verdict)?,
        subject: file.subject,
        subject_type: file.r#type,
        message: file.message,
        place: file
            .file
            .zip(file.line)
            .map(|(file, line)| Place { file, line }),
        by_default: file.by_default,
    })
}
