//! How good the conditions are: each passing example is broken one field at a time, and what still
//! passes is told.

mod breaks;
mod node;
mod survivors;

use rayon::prelude::*;

use super::examples::{EXPORTS, ExampleError, find, judge};
use super::tree::Tree;
use super::{LoadError, Workbook};
use crate::assess::Verdict;
use crate::check::{Check, Kind};
use crate::source::snake;
use breaks::breaks;
use survivors::Survivors;

pub use node::Change;

/// A broken example that its check still passes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Survivor {
    /// The check.
    pub check: String,
    /// The example.
    pub example: String,
    /// The file in it.
    pub file: String,
    /// The field, without numbers of items.
    pub field: String,
    /// What was done to it.
    pub change: Change,
    /// Whether what decides the verdict looks at a field of this name at all.
    pub looked_at: bool,
    /// Why the field does not matter, if `checks/survivors` says so.
    pub reason: Option<String>,
}

/// What came of breaking examples.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mutation {
    /// How many examples were broken.
    pub examples: usize,
    /// How many broken examples were judged.
    pub mutants: usize,
    /// Those that still pass, in order.
    pub survivors: Vec<Survivor>,
    /// Files in formats that are not broken, such as YAML; `<check>/<example>/<file>`.
    pub left_alone: Vec<String>,
    /// Reasons that no survivor needs, by their place. Told only when all checks were run.
    pub unneeded: Vec<String>,
}

/// Breaks the passing examples of the checks that `select` chooses.
pub fn mutate(
    workbook: &Workbook,
    select: impl Fn(&str) -> bool,
) -> Result<Mutation, ExampleError> {
    let reasons = Survivors::read(workbook.root()).map_err(LoadError::Mistakes)?;
    let all = workbook.checks.iter().all(|check| select(&check.id.value));
    let examples = find(workbook, select)?;
    let passing: Vec<_> = examples
        .iter()
        .filter(|example| example.expected == Verdict::Pass)
        .collect();
    let mut work = Vec::new();
    let mut mutation = Mutation {
        examples: passing.len(),
        ..Mutation::default()
    };
    for example in &passing {
        let Tree::Memory(files) = &example.tree else {
            continue;
        };
        for (path, bytes) in files.iter().filter(|(path, _)| is_evidence(path)) {
            match std::str::from_utf8(bytes)
                .ok()
                .and_then(|text| breaks(path, text))
            {
                Some(broken) => work.extend(
                    broken
                        .into_iter()
                        .map(|broken| (*example, files, path, broken)),
                ),
                None => mutation.left_alone.push(format!(
                    "{}/{}/{path}",
                    example.check.id.value, example.name
                )),
            }
        }
    }
    mutation.mutants = work.len();
    mutation.survivors = work
        .par_iter()
        .filter_map(|(example, files, path, broken)| {
            let mut files = (*files).clone();
            files.insert((*path).clone(), broken.text.clone().into_bytes());
            // What is refused before it is judged does not pass.
            let (verdict, _) = judge(workbook, example.check, &Tree::Memory(files)).ok()?;
            (verdict == Verdict::Pass).then(|| {
                let check = example.check.id.value.clone();
                let reason = reasons.of(&check, path, &broken.field, broken.change);
                Survivor {
                    looked_at: looked_at(example.check, path, &broken.field),
                    check,
                    example: example.name.clone(),
                    file: (*path).clone(),
                    field: broken.field.clone(),
                    change: broken.change,
                    reason,
                }
            })
        })
        .collect();
    mutation.survivors.sort();
    mutation.survivors.dedup();
    if all {
        mutation.unneeded = reasons.unneeded(&mutation.survivors);
    }
    Ok(mutation)
}

/// Tells whether a check looks at a field: one that its conditions name, and all of a policy's
/// principals and conditions where it reads policies.
fn looked_at(check: &Check, file: &str, field: &str) -> bool {
    if !file.starts_with(EXPORTS) && check.kind() != Kind::Configuration {
        return true;
    }
    let in_register = !file.starts_with(EXPORTS);
    let keys: Vec<String> = field
        .split(['.', '/'])
        .map(|key| key.trim_end_matches("[]"))
        .map(|key| {
            if in_register {
                snake(key)
            } else {
                key.to_owned()
            }
        })
        .collect();
    let Some((last, above)) = keys.split_last().filter(|(last, _)| !last.is_empty()) else {
        return true;
    };
    check
        .entries
        .looks_at(above.last().map(String::as_str), last)
        || above.iter().any(|key| {
            matches!(key.as_str(), "Principal" | "Condition") && check.entries.looks_at(None, key)
        })
}

/// Tells whether a file of an example is something that a check looks at: not the settings.
fn is_evidence(path: &str) -> bool {
    (path.starts_with(EXPORTS) && !path.ends_with(".txt") && !path.ends_with("/manifest.toml"))
        || [
            "registers/",
            "occurrences/",
            "acknowledgements/",
            "policies/",
        ]
        .iter()
        .any(|folder| path.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    const PAGE: &str = "+++\nid = \"ecs-x\"\ntitle = \"X\"\nrequirements = []\n[[statements]]\nid = \"ecs-x-a\"\nlabel = \"a\"\n+++\n\n# X\n\n\
        ```toml check\nid = \"x\"\ntitle = \"t\"\nstatements = [\"ecs-x-a\"]\nrequirements = [\"1.2.5\"]\nprocedures = []\n\
        basis = \"standard\"\nstrength = \"direct\"\nseverity = \"low\"\nfix = \"f\"\n[[configuration]]\neach = \"registers.rules\"\n\
        assert = 'item.port == 443 && item.approver != \"\"'\nshows = 'item.id'\nmessage = '\"bad\"'\n```\n";

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap_or(root)).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    #[test]
    fn what_still_passes_is_told_unless_a_reason_is_stated_or_nothing_looks_at_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        write(
            root,
            "workbook.toml",
            "organisation = \"E\"\nentity = [\"merchant\"]\nplatforms = [\"azure-aks\"]\n",
        );
        write(root, "book/src/SUMMARY.md", "- [X](ecs/ecs-x.md)\n");
        write(root, "book/src/ecs/ecs-x.md", PAGE);
        write(
            root,
            "checks/examples/x/pass-one/registers/rules.toml",
            "[[entry]]\nid = \"r\"\nport = 443\napprover = \"a\"\nnote = \"n\"\n",
        );
        let told = |mutation: &Mutation| -> Vec<String> {
            mutation
                .survivors
                .iter()
                .filter(|survivor| survivor.looked_at && survivor.reason.is_none())
                .map(|survivor| format!("{} {}", survivor.field, survivor.change.as_str()))
                .collect()
        };
        let run = || {
            let workbook = Workbook::load(root).expect("a workbook");
            mutate(&workbook, |_| true).expect("examples")
        };
        let mutation = run();
        // The port has to be 443, and any approver will do; nothing looks at the note.
        assert_eq!(told(&mutation), ["entry[].approver other"]);
        assert!(
            mutation
                .survivors
                .iter()
                .any(|s| s.field == "entry[].note" && !s.looked_at)
        );
        write(
            root,
            "checks/survivors/x.toml",
            "[[survivor]]\nchecks = [\"x\"]\nfields = [\"*.approver\"]\nchanges = [\"other\"]\nreason = \"anybody may\"\n\
             [[survivor]]\nchecks = [\"*\"]\nfields = [\"*.port\"]\nreason = \"never\"\n",
        );
        let mutation = run();
        assert_eq!(told(&mutation), [""; 0]);
        assert_eq!(mutation.unneeded, ["checks/survivors/x.toml:6"]);
    }
}
