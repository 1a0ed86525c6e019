//! What the last stamped run listed, read from the newest commit.

use std::collections::BTreeMap;
use std::path::Path;

use crate::assess::{Earlier, EarlierList, ListedSubject};

use super::git::{GitError, GitVariables, ObjectId, Repo};
use super::record::Record;
use super::run::RunId;
use super::stored::{RECORDS, RUNS, Stored, record_path, subjects_path};
use super::subjects::{listed, written};

/// Returns what the last run listed of the checks in `wanted`, each given as page and check.
///
/// A workbook that is in no repository, or in one without a run, has no earlier run.
#[must_use]
pub fn earlier(workbook: &Path, variables: &GitVariables, wanted: &[(&str, &str)]) -> Earlier {
    if wanted.is_empty() {
        return Earlier::Nothing;
    }
    read(workbook, variables, wanted).unwrap_or_else(|error| match error {
        GitError::NoRepository(_) => Earlier::Nothing,
        error => Earlier::Unreadable(format!("the last run can't be read: {error}")),
    })
}

/// Returns a run that listed these subjects files, by check: for examples.
#[must_use]
pub fn earlier_of(id: &str, files: BTreeMap<String, String>) -> Earlier {
    let lists = files.into_iter().map(|(check, text)| {
        let file = format!("{check}.subjects.csv");
        let subjects = listed(&text).map_err(|reason| unreadable(&file, &reason));
        (check, EarlierList { file, subjects })
    });
    Earlier::Run {
        id: id.to_owned(),
        lists: lists.collect(),
        written,
    }
}

fn read(
    workbook: &Path,
    variables: &GitVariables,
    wanted: &[(&str, &str)],
) -> Result<Earlier, GitError> {
    let repo = Repo::open(workbook, variables)?;
    let Some(commit) = repo.head()?.commit() else {
        return Ok(Earlier::Nothing);
    };
    // Ids begin with the time of recording.
    let last = repo
        .entries(commit, RUNS)?
        .into_keys()
        .filter_map(|name| RunId::parse(name.strip_suffix(".toml")?))
        .max();
    let Some(last) = last else {
        return Ok(Earlier::Nothing);
    };
    let mut lists = BTreeMap::new();
    for (page, check) in wanted {
        if let Some(list) = list(&repo, commit, page, check)? {
            lists.insert((*check).to_owned(), list);
        }
    }
    Ok(Earlier::Run {
        id: last.to_string(),
        lists,
        written,
    })
}

fn list(
    repo: &Repo,
    commit: ObjectId,
    page: &str,
    check: &str,
) -> Result<Option<EarlierList>, GitError> {
    let stored = |path: String| -> Result<Option<Stored>, GitError> {
        let blob = repo.entry(commit, &format!("{RECORDS}/{path}"))?;
        blob.map(|blob| repo.bytes(blob).map(Stored::new))
            .transpose()
    };
    let Some(record) = stored(record_path(page, check))? else {
        return Ok(None);
    };
    let file = format!("{RECORDS}/{}", subjects_path(page, check));
    let subjects = match record.text().and_then(Record::parse) {
        Ok(record) => subjects(&record, stored(subjects_path(page, check))?),
        Err(reason) => Err(reason),
    };
    Ok(Some(EarlierList {
        subjects: subjects.map_err(|reason| unreadable(&file, &reason)),
        file,
    }))
}

/// Returns the subjects of a list that is as its record says.
fn subjects(record: &Record, list: Option<Stored>) -> Result<Vec<ListedSubject>, String> {
    match list {
        Some(list) if list.digest == record.subjects_digest => listed(list.text()?),
        Some(_) => Err("it is not as it was stamped; run `workbook verify`".to_owned()),
        None if record.subjects_kept => Err("it is not in the commit".to_owned()),
        None => Err("it was too long to be kept, only its digest is".to_owned()),
    }
}

fn unreadable(file: &str, reason: &str) -> String {
    format!("what the last run listed can't be told from {file}: {reason}")
}
