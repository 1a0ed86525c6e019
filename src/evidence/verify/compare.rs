//! Files against what lists them.

use std::collections::{BTreeMap, BTreeSet};

use super::super::chain::Head;
use super::super::git::Touch;
use super::super::record::Record;
use super::super::stored::{Evidence, RECORDS, Stored, is_record, subjects_path};
use super::fields::fields;
use super::last_author;
use super::problem::{FileChange, Found, Note, Problem};

/// Returns how the records of a commit differ from what its newest runs list. After parallel runs
/// were merged, a file may be what any of them wrote, and be gone if any of them dropped it.
pub(super) fn listed(
    records: &BTreeMap<String, Stored>,
    heads: &[Head],
    touches: &[Touch],
    stamped: &dyn Fn(&str, &[String]) -> Option<Stored>,
) -> Vec<Problem> {
    let lists: Vec<&BTreeMap<String, String>> =
        heads.iter().map(|head| &head.run.body.files).collect();
    let paths: BTreeSet<&String> = lists
        .iter()
        .flat_map(|list| list.keys())
        .chain(records.keys())
        .collect();
    let mut changes = BTreeMap::new();
    for path in paths {
        let digests: Vec<&String> = lists.iter().filter_map(|list| list.get(path)).collect();
        let change = match records.get(path) {
            Some(stored) if digests.contains(&&stored.digest) => continue,
            Some(_) if digests.is_empty() => FileChange::Added,
            Some(_) => FileChange::Edited,
            None if digests.len() < lists.len() => continue,
            None => FileChange::Deleted,
        };
        changes.insert(path.clone(), change);
    }
    let was = |path: &str| -> Vec<String> {
        lists
            .iter()
            .filter_map(|list| list.get(path).cloned())
            .collect()
    };
    let is = |path: &str| records.get(path).map(|stored| stored.digest.clone());
    join_moves(&mut changes, RECORDS, was, is);
    changes
        .into_iter()
        .map(|(record, change)| {
            let path = format!("{RECORDS}/{record}");
            let found = Found::Commit(last_author(touches, &path));
            let fields = match (&change, records.get(&record)) {
                (FileChange::Edited, Some(is)) => stamped(&path, &was(&record))
                    .map_or_else(Vec::new, |was| fields(&path, &was, is)),
                _ => Vec::new(),
            };
            Problem::File {
                path,
                change,
                fields,
                found,
            }
        })
        .collect()
}

/// Returns how the files of a folder differ from those of the commit.
pub(super) fn files(
    folder: &str,
    committed: &BTreeMap<String, Stored>,
    found: &BTreeMap<String, Stored>,
    place: &Found,
) -> Vec<Problem> {
    let paths: BTreeSet<&String> = committed.keys().chain(found.keys()).collect();
    let mut changes = BTreeMap::new();
    for path in paths {
        let change = match (committed.get(path), found.get(path)) {
            (Some(_), None) => FileChange::Deleted,
            (None, Some(_)) => FileChange::Added,
            (Some(was), Some(is)) if was.digest != is.digest => FileChange::Edited,
            (Some(_), Some(_)) | (None, None) => continue,
        };
        changes.insert(path.clone(), change);
    }
    let was = |path: &str| {
        committed
            .get(path)
            .map(|stored| stored.digest.clone())
            .into_iter()
            .collect()
    };
    let is = |path: &str| found.get(path).map(|stored| stored.digest.clone());
    join_moves(&mut changes, folder, was, is);
    changes
        .into_iter()
        .map(|(path, change)| Problem::File {
            fields: match (committed.get(&path), found.get(&path)) {
                (Some(was), Some(is)) => fields(&path, was, is),
                _ => Vec::new(),
            },
            path: format!("{folder}/{path}"),
            change,
            found: place.clone(),
        })
        .collect()
}

/// Turns a file that is gone and one that is new and holds the same into one that moved.
fn join_moves(
    changes: &mut BTreeMap<String, FileChange>,
    folder: &str,
    was: impl Fn(&str) -> Vec<String>,
    is: impl Fn(&str) -> Option<String>,
) {
    let of = |wanted: FileChange| {
        changes
            .iter()
            .filter(|(_, change)| **change == wanted)
            .map(|(path, _)| path.clone())
            .collect::<Vec<String>>()
    };
    let mut added = of(FileChange::Added);
    for path in of(FileChange::Deleted) {
        let digests = was(&path);
        let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
        // Files of the same content are common (no subject at all): the same name goes first.
        let found = added
            .iter()
            .enumerate()
            .filter(|(_, to)| is(to).is_some_and(|digest| digests.contains(&digest)))
            .max_by_key(|(_, to)| name(to) == name(&path))
            .map(|(place, _)| place);
        if let Some(place) = found {
            let to = added.remove(place);
            changes.remove(&to);
            changes.insert(
                path,
                FileChange::Moved {
                    to: format!("{folder}/{to}"),
                },
            );
        }
    }
}

/// Returns records whose subjects file is not the one they name, where both are as stamped and
/// none is among the `named` problems: after a merge each can be of another run.
pub(super) fn mixed(evidence: &Evidence, named: &BTreeSet<String>) -> Vec<Note> {
    let fine = |path: &str| !named.contains(&format!("{RECORDS}/{path}"));
    evidence
        .records
        .iter()
        .filter(|(path, _)| is_record(path) && fine(path))
        .filter_map(|(path, stored)| {
            let record = Record::parse(stored.text().ok()?).ok()?;
            let beside = subjects_path(&record.page, &record.check);
            let subjects = evidence.records.get(&beside).filter(|_| fine(&beside))?;
            (subjects.digest != record.subjects_digest)
                .then(|| Note::Mixed(format!("{RECORDS}/{path}")))
        })
        .collect()
}
