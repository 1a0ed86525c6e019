//! Definitions that changed after they were stamped.

use std::collections::{BTreeMap, BTreeSet};

use super::super::record::Record;
use super::super::stored::{Evidence, is_record};
use super::problem::Author;

/// A check whose definition is not the stamped one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DefinitionChange {
    /// The check.
    pub check: String,
    /// How it differs.
    pub change: DefinitionState,
    /// Which parts of it, where both definitions can be read.
    pub parts: Vec<PartChange>,
}

/// A part of a definition that is other than it was stamped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartChange {
    /// The part: `block`, `list tls_policies`, `param key_bits`, `source aws::ecs::cluster`.
    pub part: String,
    /// The file that holds it, by path in the workbook.
    pub file: Option<String>,
    /// Who changed the file last; none where that is not committed.
    pub by: Option<Author>,
}

/// How a check's definition differs from the stamped one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DefinitionState {
    /// The block, or a list, parameter or source it names, is other.
    Changed,
    /// The book no longer has the check.
    Gone,
    /// No run has stamped the check.
    New,
}

/// Returns the checks whose definition is not the stamped one, by what the book has now.
pub(super) fn changed(
    evidence: &Evidence,
    now: &BTreeMap<String, String>,
) -> Vec<DefinitionChange> {
    let stamped: BTreeMap<String, String> = evidence
        .records
        .iter()
        .filter(|(path, _)| is_record(path))
        .filter_map(|(_, stored)| Record::parse(stored.text().ok()?).ok())
        .map(|record| (record.check, record.definition))
        .collect();
    let checks: BTreeSet<&String> = stamped.keys().chain(now.keys()).collect();
    checks
        .into_iter()
        .filter_map(|check| {
            let change = match (stamped.get(check), now.get(check)) {
                (Some(then), Some(now)) if then != now => DefinitionState::Changed,
                (Some(_), None) => DefinitionState::Gone,
                (None, Some(_)) => DefinitionState::New,
                (Some(_), Some(_)) | (None, None) => return None,
            };
            Some(DefinitionChange {
                check: check.clone(),
                change,
                parts: Vec::new(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::git::sandbox::Sandbox;
    use super::super::super::samples::bench;
    use super::super::{Asked, Standing, verify};
    use super::*;

    #[test]
    fn definitions_that_changed_since_are_told_and_are_no_failure() {
        let bench = bench(Sandbox::workbook());
        bench.stamp();
        let unchanged = bench.outcome.checks[1].definition.clone();
        let mut now = BTreeMap::from([
            ("chd-list".to_owned(), unchanged),
            ("ecs-awsvpc".to_owned(), "other".to_owned()),
            ("tls-floor".to_owned(), "new".to_owned()),
        ]);
        let states = |now: &BTreeMap<String, String>| {
            let verification = verify(&Asked {
                definitions: Some(now),
                ..Asked::of(bench.sandbox.path(), &bench.variables)
            });
            let verification = verification.expect("a repository");
            assert_eq!(verification.standing(), Standing::AsStamped);
            let states = verification.definitions.into_iter();
            states
                .map(|each| (each.check, each.change))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            states(&now),
            [
                ("ecs-awsvpc".to_owned(), DefinitionState::Changed),
                ("tls-floor".to_owned(), DefinitionState::New)
            ]
        );
        now.clear();
        assert_eq!(states(&now).len(), 2);
    }
}
