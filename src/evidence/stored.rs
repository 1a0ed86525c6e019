//! Evidence as a commit holds it. Everything that reads evidence reads it here.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::git::{GitError, GitVariables, ObjectId, Repo};
use super::record::Record;
use crate::source::sha256;

/// The folder of records, in the workbook.
pub(crate) const RECORDS: &str = "evidence/records";

/// The folder of runs, in the workbook.
pub(crate) const RUNS: &str = "evidence/runs";

/// The file that keeps git from touching the bytes of evidence, in the workbook.
pub(crate) const ATTRIBUTES: &str = "evidence/.gitattributes";

/// The evidence that one commit holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The commit's id.
    pub commit: String,
    /// Records and subjects files, by path below `evidence/records`.
    pub records: BTreeMap<String, Stored>,
    /// Runs, by file name.
    pub runs: BTreeMap<String, Stored>,
}

/// A stored file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its bytes, as in the git blob.
    pub bytes: Arc<[u8]>,
    /// The SHA-256 of its bytes.
    pub digest: String,
}

impl Stored {
    /// Returns the file of these bytes.
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self {
            digest: sha256(&bytes),
            bytes: bytes.into(),
        }
    }

    /// Returns the text of the file.
    ///
    /// # Errors
    ///
    /// Says so if the file is not UTF-8.
    pub fn text(&self) -> Result<&str, String> {
        std::str::from_utf8(&self.bytes).map_err(|_| "it is not UTF-8".to_owned())
    }
}

impl Evidence {
    /// Returns the evidence of a repository without a commit.
    pub(crate) fn none() -> Self {
        Self {
            commit: String::new(),
            records: BTreeMap::new(),
            runs: BTreeMap::new(),
        }
    }

    /// Returns the record of a check, if the commit has one.
    ///
    /// # Errors
    ///
    /// Says what in it can't be read.
    pub fn record(&self, page: &str, check: &str) -> Result<Option<Record>, String> {
        self.records
            .get(&record_path(page, check))
            .map(|stored| stored.text().and_then(Record::parse))
            .transpose()
    }
}

/// Returns the evidence at a revision: a commit, a branch, a tag.
///
/// # Errors
///
/// Fails if there is no repository, or no such revision in it.
pub fn evidence_at(
    workbook: &Path,
    revision: &str,
    variables: &GitVariables,
) -> Result<Evidence, GitError> {
    let repo = Repo::open(workbook, variables)?;
    let commit = repo.resolve(revision)?;
    read(&repo, commit)
}

/// Reads the evidence of a commit.
pub(crate) fn read(repo: &Repo, commit: ObjectId) -> Result<Evidence, GitError> {
    let files = |folder: &str| -> Result<_, GitError> {
        repo.entries(commit, folder)?
            .into_iter()
            .map(|(path, blob)| Ok((path, Stored::new(repo.bytes(blob)?))))
            .collect()
    };
    Ok(Evidence {
        commit: commit.to_string(),
        records: files(RECORDS)?,
        runs: files(RUNS)?,
    })
}

/// Tells whether the path of a file of evidence is that of a record, not of its subjects.
pub(crate) fn is_record(path: &str) -> bool {
    extension(path) == Some("toml")
}

/// Returns what follows the last dot of a path. All files of evidence are named in lowercase.
pub(crate) fn extension(path: &str) -> Option<&str> {
    path.rsplit_once('.').map(|(_, extension)| extension)
}

/// Returns the path of a check's record, below the folder of records.
pub(crate) fn record_path(page: &str, check: &str) -> String {
    format!("{page}/{check}.toml")
}

/// Returns the path of a check's subjects file, below the folder of records.
pub(crate) fn subjects_path(page: &str, check: &str) -> String {
    format!("{page}/{check}.subjects.csv")
}
