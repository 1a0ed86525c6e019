//! What the last stamped run listed, read from the newest commit.

use std::collections::BTreeMap;
use std::path::Path;

use crate::assess::{Earlier, EarlierList, ListedSubject};

use super::git::{GitError, GitVariables, ObjectId, Repo};
use super::history::{headers, newest};
use super::record::Record;
use super::stored::{RECORDS, Stored, record_path, subjects_path};
use super::subjects::{listed, written};

/// Returns what the last run listed of the checks in `wanted`, each given as page and check.
///
/// A workbook that is in no repository, or in one without a run, has no earlier run.
#[must_use]
pub fn earlier(workbook: &Path, variables: &GitVariables, wanted: &[(&str, &str)]) -> Earlier {
    earlier_at(workbook, variables, None, wanted)
}

/// Returns what the last run before a revision listed, which is the newest commit where none is
/// given.
#[must_use]
pub fn earlier_at(
    workbook: &Path,
    variables: &GitVariables,
    revision: Option<&str>,
    wanted: &[(&str, &str)],
) -> Earlier {
    if wanted.is_empty() {
        return Earlier::Nothing;
    }
    read(workbook, variables, revision, wanted).unwrap_or_else(|error| match error {
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
    revision: Option<&str>,
    wanted: &[(&str, &str)],
) -> Result<Earlier, GitError> {
    let repo = Repo::open(workbook, variables)?;
    let commit = match revision {
        Some(revision) => Some(repo.resolve(revision)?),
        None => repo.head()?.commit(),
    };
    let Some(commit) = commit else {
        return Ok(Earlier::Nothing);
    };
    let Some(last) = newest(&headers(&repo, commit)?) else {
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

#[cfg(test)]
mod tests {
    use super::super::git::sandbox::Sandbox;
    use super::super::samples::{Bench, bench};
    use super::*;

    const SUBJECTS: &str = "evidence/records/ecs-net/ecs-awsvpc.subjects.csv";
    const WANTED: [(&str, &str); 2] = [("ecs-net", "ecs-awsvpc"), ("ecs-net", "new-check")];

    fn of(bench: &Bench) -> Earlier {
        earlier(bench.sandbox.path(), &bench.variables, &WANTED)
    }

    fn subjects(earlier: &Earlier) -> Result<Vec<String>, String> {
        let Earlier::Run { lists, .. } = earlier else {
            return Err(format!("{earlier:?}"));
        };
        assert!(!lists.contains_key("new-check"), "the run did not have it");
        let list = lists.get("ecs-awsvpc").ok_or("no list")?;
        let subjects = list.subjects.clone()?;
        Ok(subjects.into_iter().map(|one| one.subject).collect())
    }

    #[test]
    fn without_a_repository_or_a_run_there_is_nothing_earlier() {
        let folder = tempfile::tempdir().expect("a folder");
        let variables = bench(Sandbox::workbook()).variables;
        let nowhere = earlier(folder.path(), &variables, &WANTED);
        assert!(matches!(nowhere, Earlier::Nothing), "{nowhere:?}");
        for sandbox in [Sandbox::empty(), Sandbox::workbook()] {
            let none = of(&bench(sandbox));
            assert!(matches!(none, Earlier::Nothing), "{none:?}");
        }
    }

    #[test]
    fn the_last_run_is_told_by_the_newest_commit_and_not_by_the_work_tree() {
        let bench = bench(Sandbox::workbook());
        bench.stamp();
        let before = subjects(&of(&bench)).expect("a list");
        assert!(!before.is_empty());
        bench.sandbox.write(SUBJECTS, "edited");
        assert_eq!(subjects(&of(&bench)), Ok(before));
    }

    #[test]
    fn a_list_that_is_not_as_stamped_is_told_and_not_used() {
        let bench = bench(Sandbox::workbook());
        bench.stamp();
        let text = bench.sandbox.read(SUBJECTS);
        bench.sandbox.write(SUBJECTS, &text.replace("arn:", "urn:"));
        bench.sandbox.commit("edited");
        let reason = subjects(&of(&bench)).expect_err("it was edited");
        assert!(reason.contains("not as it was stamped"), "{reason}");
        bench.sandbox.remove(SUBJECTS);
        bench.sandbox.commit("removed");
        let reason = subjects(&of(&bench)).expect_err("it was removed");
        assert!(reason.contains("not in the commit"), "{reason}");
    }
}
