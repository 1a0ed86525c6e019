//! What has to be in order before a run is stamped.

use super::super::git::Repo;
use super::super::stored::{RECORDS, RUNS};
use super::{StampError, Stamping, Uncommitted};

/// Refuses what must not be stamped; returns the uncommitted changes that are let pass.
pub(super) fn refuse(repo: &Repo, stamping: &Stamping<'_>) -> Result<Vec<String>, StampError> {
    repo.refuse_unsettled()?;
    let edited = repo.differing(&[RECORDS, RUNS])?;
    if !edited.is_empty() {
        return Err(StampError::Edited(edited));
    }
    if !stamping.sample {
        let files = repo.tracked_below(stamping.exports)?;
        if !files.is_empty() {
            return Err(StampError::TrackedExports {
                folder: stamping.exports.to_owned(),
                files,
            });
        }
    }
    let dirty = repo.differing(stamping.watched)?;
    match stamping.uncommitted {
        Uncommitted::Refused if !dirty.is_empty() => Err(StampError::Uncommitted(dirty)),
        Uncommitted::Refused | Uncommitted::Recorded => Ok(dirty),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::super::git::sandbox::Sandbox;
    use super::super::super::lock::lock;
    use super::super::super::samples::bench;
    use super::super::Uncommitted;

    #[test]
    fn what_verdicts_rest_on_has_to_be_committed() {
        let bench = bench(Sandbox::workbook());
        bench
            .sandbox
            .write("workbook.toml", "organisation = \"Other\"\n");
        bench.sandbox.write("checks/lists/new.toml", "");
        bench.sandbox.write("checks/lists/ignored.log", "");
        bench.sandbox.write("README.md", "not watched\n");
        assert_eq!(
            bench.refusal(),
            "uncommitted changes in checks/lists/new.toml, workbook.toml: a run names the commit \
             it judged; commit them, or use --allow-dirty to have them recorded"
        );
    }

    #[test]
    fn evidence_changed_by_hand_is_not_overwritten() {
        let mut bench = bench(Sandbox::workbook());
        bench.stamp();
        bench.uncommitted = Uncommitted::Recorded;
        bench.sandbox.write(
            "evidence/records/ecs-net/ecs-awsvpc.toml",
            "verdict = \"pass\"\n",
        );
        bench.sandbox.write("evidence/runs/new.toml", "");
        let refusal = bench.refusal();
        assert!(
            refusal.starts_with(
                "changed by hand: evidence/records/ecs-net/ecs-awsvpc.toml, evidence/runs/new.toml;"
            ),
            "{refusal}"
        );
    }

    #[test]
    fn exports_in_history_are_refused_but_for_the_sample() {
        let mut bench = bench(Sandbox::workbook());
        bench.sandbox.write(".gitignore", "");
        bench.sandbox.commit("track exports");
        assert!(
            bench
                .refusal()
                .contains("git tracks files of the exports (exports/aws/clusters.json)")
        );
        bench.sample = true;
        bench.stamp();
    }

    #[test]
    fn a_repository_that_is_not_ready_is_told_with_what_to_do() {
        let mut bench = bench(Sandbox::workbook());
        let held = lock(&bench.sandbox.path().join(".git")).expect("the lock");
        assert!(bench.refusal().contains("another `workbook` is stamping"));
        drop(held);

        bench.sandbox.write(".git/index.lock", "");
        assert!(bench.refusal().contains("another git process works"));
        bench.sandbox.remove(".git/index.lock");

        bench.sandbox.unset("user.name");
        assert!(
            bench
                .refusal()
                .contains("git config --global user.name \"YOUR NAME\"")
        );
        for role in ["AUTHOR", "COMMITTER"] {
            let name = format!("GIT_{role}_NAME");
            bench.variables.0.insert(name, "Pipeline".to_owned());
        }
        bench.stamp();

        bench.sandbox.branch("other");
        bench.sandbox.write("README.md", "ours\n");
        bench.sandbox.commit("ours");
        bench.sandbox.switch("other");
        bench.sandbox.write("README.md", "theirs\n");
        bench.sandbox.commit("theirs");
        bench.sandbox.begin_merge("main");
        assert!(
            bench
                .refusal()
                .contains("the index holds conflicts (README.md)")
        );
        bench.sandbox.stage("README.md");
        assert!(bench.refusal().contains("a merge is under way"));
    }

    #[test]
    fn where_there_is_no_work_tree_nothing_is_stamped() {
        let bench = bench(Sandbox::workbook());
        bench.sandbox.set("core.bare", "true");
        let error = bench.stamp_until(None).expect_err("a refusal").to_string();
        assert!(error.contains("is a bare repository"), "{error}");
        fs::remove_dir_all(bench.sandbox.path().join(".git")).expect("removed");
        let error = bench.stamp_until(None).expect_err("a refusal").to_string();
        assert!(error.contains("git init"), "{error}");
    }
}
