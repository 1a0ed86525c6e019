//! Index and work tree against the newest commit.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::super::git::{GitError, ObjectId, Repo};
use super::super::stored::{Evidence, RECORDS, RUNS, Stored, extension};
use super::compare;
use super::problem::{FileChange, Found, Problem};

/// Returns how the files of index and work tree differ from the commit's.
pub(super) fn problems(
    repo: &Repo,
    commit: Option<ObjectId>,
    evidence: &Evidence,
) -> Result<Vec<Problem>, GitError> {
    let mut problems = Vec::new();
    for (folder, committed) in [(RECORDS, &evidence.records), (RUNS, &evidence.runs)] {
        let mut found = files_below(&repo.workbook_dir().join(folder));
        found.retain(|path, _| {
            let evidence = matches!(extension(path), Some("toml" | "csv"));
            evidence || committed.contains_key(path) || !repo.ignores(&format!("{folder}/{path}"))
        });
        let differing = compare::files(folder, committed, &found, &Found::WorkTree);
        let indexed = repo.indexed(folder)?;
        let entries = match commit {
            Some(commit) => repo.entries(commit, folder)?,
            None => BTreeMap::new(),
        };
        let paths: BTreeSet<&String> = entries.keys().chain(indexed.keys()).collect();
        for path in paths {
            let change = match (entries.get(path), indexed.get(path)) {
                (Some(_), None) => FileChange::Deleted,
                (None, Some(_)) => FileChange::Added,
                (Some(was), Some(is)) if was != is => FileChange::Edited,
                (Some(_), Some(_)) | (None, None) => continue,
            };
            let same_on_disk = committed.get(path) == found.get(path);
            problems.extend(same_on_disk.then(|| Problem::File {
                path: format!("{folder}/{path}"),
                change,
                fields: Vec::new(),
                found: Found::Index,
            }));
        }
        problems.extend(differing);
    }
    Ok(problems)
}

/// Returns the files below a folder of the work tree, by path. What can't be read counts as not
/// there.
fn files_below(folder: &Path) -> BTreeMap<String, Stored> {
    let mut files = BTreeMap::new();
    let mut folders = vec![(String::new(), folder.to_owned())];
    while let Some((prefix, folder)) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push((format!("{path}/"), entry.path())),
                Ok(kind) => {
                    // A link is not what it leads to, even where that holds the same.
                    let read = match kind.is_symlink() {
                        true => fs::read_link(entry.path())
                            .ok()
                            .map(|to| to.to_string_lossy().into_owned().into_bytes()),
                        false => fs::read(entry.path()).ok(),
                    };
                    files.extend(read.map(|bytes| (path, Stored::new(bytes))));
                }
                Err(_) => {}
            }
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::super::super::git::sandbox::Sandbox;
    use super::super::super::samples::bench;
    use super::super::{Asked, Standing, verify};

    #[test]
    fn what_git_ignores_is_no_evidence_added_by_hand() {
        let bench = bench(Sandbox::workbook());
        bench.stamp();
        bench.sandbox.write(".git/info/exclude", "*.tmp\n*.toml\n");
        bench.sandbox.write("evidence/records/left-over.tmp", "");
        let standing = || {
            let verification = verify(&Asked::of(bench.sandbox.path(), &bench.variables));
            verification.expect("a repository").standing()
        };
        assert_eq!(standing(), Standing::AsStamped);
        bench.sandbox.write("evidence/records/hidden.toml", "");
        assert_eq!(standing(), Standing::NotAsStamped);
    }
}
