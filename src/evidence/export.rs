//! What people wrote as a commit holds it, written into a folder of its own: the definitions that
//! a run rests on, to be read again.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::git::{GitError, GitVariables, Repo};
use super::verify::{Author, author};

/// What keeps files of a commit from being written into a folder.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Git failed.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A file can't be written.
    #[error("failed to write {}: {source}", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A name in the commit leads out of the folder.
    #[error("`{0}` in the commit is no path below the workbook")]
    Path(String),
}

/// Writes the files of a revision at or below the paths of the workbook into a folder.
///
/// # Errors
///
/// Fails if there is no such revision, or the folder can't be written.
pub fn export(
    workbook: &Path,
    revision: &str,
    variables: &GitVariables,
    paths: &[&str],
    into: &Path,
) -> Result<(), ExportError> {
    let repo = Repo::open(workbook, variables)?;
    let commit = repo.resolve(revision)?;
    for path in paths {
        let mut files: BTreeMap<String, _> = repo
            .entries(commit, path)?
            .into_iter()
            .map(|(below, blob)| (format!("{path}/{below}"), blob))
            .collect();
        if let Some(blob) = repo.entry(commit, path)? {
            files.insert((*path).to_owned(), blob);
        }
        for (path, blob) in files {
            let below = Path::new(&path);
            let plain = |part| matches!(part, Component::Normal(_));
            if !below.components().all(plain) || path.contains('\\') {
                return Err(ExportError::Path(path.escape_debug().to_string()));
            }
            let file = into.join(below);
            let written = file
                .parent()
                .map_or(Ok(()), fs::create_dir_all)
                .map_err(|source| (file.clone(), source));
            let bytes = repo.bytes(blob)?;
            written
                .and_then(|()| fs::write(&file, bytes).map_err(|source| (file.clone(), source)))
                .map_err(|(path, source)| ExportError::Write { path, source })?;
        }
    }
    Ok(())
}

/// Returns the files at or below the paths of the workbook that are other than at a revision, with
/// who changed each last; none where the change is not committed.
///
/// # Errors
///
/// Fails if there is no such revision.
pub fn changed_since(
    workbook: &Path,
    revision: &str,
    variables: &GitVariables,
    paths: &[&str],
) -> Result<BTreeMap<String, Option<Author>>, GitError> {
    let repo = Repo::open(workbook, variables)?;
    let mut changed = BTreeMap::new();
    if let Some(head) = repo.head()?.commit() {
        for (path, commit) in repo.changed_between(repo.resolve(revision)?, head, paths)? {
            changed.insert(path, Some(author(&commit)));
        }
    }
    for path in repo.differing(paths)? {
        changed.insert(path, None);
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::super::git::sandbox::Sandbox;
    use super::*;

    #[test]
    fn files_of_an_older_commit_are_written_as_they_were() {
        let sandbox = Sandbox::workbook();
        let was = sandbox.head();
        sandbox.write("checks/lists/tls.toml", "policies = [\"new\"]\n");
        sandbox.write("workbook.toml", "organisation = \"Other\"\n");
        sandbox.commit("change");
        let folder = tempfile::tempdir().expect("a folder");
        let variables = GitVariables::isolated();
        let paths = ["workbook.toml", "checks", "nowhere"];
        export(sandbox.path(), &was, &variables, &paths, folder.path()).expect("files");
        let read = |path: &str| fs::read_to_string(folder.path().join(path)).expect("a file");
        assert_eq!(read("workbook.toml"), "organisation = \"Example\"\n");
        assert_eq!(read("checks/lists/tls.toml"), "policies = []\n");
        assert!(!folder.path().join("README.md").exists());
        let missing = export(sandbox.path(), "v9", &variables, &paths, folder.path());
        assert!(
            missing
                .expect_err("no revision")
                .to_string()
                .contains("`v9`")
        );
    }

    #[test]
    fn what_changed_since_is_told_with_who_did_it() {
        let sandbox = Sandbox::workbook();
        let was = sandbox.head();
        sandbox.write("checks/lists/tls.toml", "policies = [\"new\"]\n");
        sandbox.write("README.md", "two\n");
        let commit = sandbox.commit("change");
        sandbox.write("workbook.toml", "organisation = \"Other\"\n");
        let paths = ["workbook.toml", "checks"];
        let variables = GitVariables::isolated();
        let changed = changed_since(sandbox.path(), &was, &variables, &paths).expect("changes");
        assert_eq!(
            changed.keys().collect::<Vec<_>>(),
            ["checks/lists/tls.toml", "workbook.toml"]
        );
        let by = changed["checks/lists/tls.toml"].as_ref().expect("a commit");
        assert_eq!(by.commit, commit);
        assert_eq!(changed["workbook.toml"], None);
    }
}
