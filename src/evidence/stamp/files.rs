//! The records and subjects files of a run.

use std::collections::BTreeMap;

use crate::assess::Outcome;
use crate::inventory::FileListing;

use super::super::chain::Head;
use super::super::record::Record;
use super::super::stored::{Evidence, Stored, record_path, subjects_path};
use super::super::subjects::subjects;
use super::{StampError, Stamping};

/// Returns every record and subjects file, by path below the folder of records.
pub(super) fn files(
    stamping: &Stamping<'_>,
    before: &Evidence,
    heads: &[Head],
) -> Result<BTreeMap<String, Stored>, StampError> {
    let kept = |path: &str| {
        let old = before.records.get(path)?;
        vouched(heads, path, old).then_some(old)
    };
    made(stamping.outcome, stamping.files, &kept)
}

/// Returns every record and subjects file of an outcome. A record that differs from the one that is
/// kept in nothing but the date of judgement is that one.
pub(crate) fn made<'k>(
    outcome: &Outcome,
    files: &[FileListing],
    kept: &dyn Fn(&str) -> Option<&'k Stored>,
) -> Result<BTreeMap<String, Stored>, StampError> {
    let digests: BTreeMap<&str, &str> = files
        .iter()
        .map(|file| (file.path.as_str(), file.digest.as_str()))
        .collect();
    let mut files = BTreeMap::new();
    for check in &outcome.checks {
        let name_error = |why| StampError::Name {
            page: check.page.clone(),
            check: check.id.clone(),
            why,
        };
        if !is_file_name(&check.page) || !is_file_name(&check.id) {
            return Err(name_error("ids are lowercase letters, digits, `-` and `.`"));
        }
        let listed = subjects(&check.findings);
        let record = Record::new(check, outcome.as_of, &listed, &digests);
        let path = record_path(&check.page, &check.id);
        let record = match kept(&path) {
            Some(old) => unchanged(record, old),
            None => Stored::new(record.to_toml().into_bytes()),
        };
        if files.insert(path, record).is_some() {
            return Err(name_error("another check has the same id"));
        }
        if listed.kept() {
            let path = subjects_path(&check.page, &check.id);
            files.insert(path, Stored::new(listed.text.into_bytes()));
        }
    }
    Ok(files)
}

fn is_file_name(id: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    id.chars().all(allowed) && id.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// Tells whether a head lists the file as it is. One that somebody edited is never kept: the run
/// would vouch for the edit.
fn vouched(heads: &[Head], path: &str, stored: &Stored) -> bool {
    heads
        .iter()
        .any(|head| head.run.body.files.get(path) == Some(&stored.digest))
}

/// Returns the stored record where the new one differs in nothing but the date of judgement; the
/// run says that it was judged again. A record in an older form is written anew.
fn unchanged(new: Record, old: &Stored) -> Stored {
    let written = Stored::new(new.to_toml().into_bytes());
    let Ok(Record { judged, .. }) = old.text().and_then(Record::parse) else {
        return written;
    };
    let as_then = Record { judged, ..new };
    if as_then.to_toml().as_bytes() == &*old.bytes {
        old.clone()
    } else {
        written
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::super::git::sandbox::Sandbox;
    use super::super::super::run::Run;
    use super::super::super::samples::{bench, date, finding, instant};
    use crate::assess::Verdict;

    #[test]
    fn a_second_run_on_the_same_keeps_every_record_and_follows_the_first() {
        let mut bench = bench(Sandbox::workbook());
        let first = bench.stamp();
        let records = bench
            .sandbox
            .read("evidence/records/ecs-net/ecs-awsvpc.toml");
        bench.now = instant("2026-11-23T01:50:08Z");
        bench.outcome.as_of = date("2026-11-23");
        let second = bench.stamp();
        assert_eq!((second.records_written, second.records_total), (0, 2));
        assert_eq!(
            bench
                .sandbox
                .read("evidence/records/ecs-net/ecs-awsvpc.toml"),
            records
        );
        let run = Run::parse(
            &bench
                .sandbox
                .read(&format!("evidence/runs/{}", second.run.file_name())),
        );
        let run = run.expect("a run");
        assert_eq!(run.body.as_of, date("2026-11-23"));
        let previous: Vec<_> = run
            .body
            .previous
            .iter()
            .map(|link| link.run.clone())
            .collect();
        assert_eq!(previous, [first.run]);
    }

    #[test]
    fn a_changed_record_is_written_and_that_of_a_check_that_is_gone_removed() {
        let mut bench = bench(Sandbox::workbook());
        bench.stamp();
        bench.outcome.checks.pop();
        bench.outcome.checks[0].findings = vec![finding("arn:bad", Verdict::Fail)];
        bench.outcome.checks[0].verdict = Verdict::Fail;
        bench.now = instant("2026-11-22T02:50:08Z");
        let stamped = bench.stamp();
        let counts = (
            stamped.records_written,
            stamped.records_total,
            stamped.records_removed,
        );
        assert_eq!(counts, (1, 1, 1));
        assert!(
            !bench
                .sandbox
                .path()
                .join("evidence/records/req-3.1")
                .exists()
        );
        assert_eq!(
            bench
                .sandbox
                .committed("evidence/records/req-3.1/chd-list.toml"),
            None
        );
        assert_eq!(bench.sandbox.states(), BTreeMap::new());
    }

    #[test]
    fn an_edited_record_in_a_commit_is_never_kept() {
        let mut bench = bench(Sandbox::workbook());
        bench.stamp();
        let path = "evidence/records/ecs-net/ecs-awsvpc.toml";
        let edited = bench
            .sandbox
            .read(path)
            .replace("judged = 2026-11-22", "judged = 2025-01-01");
        bench.sandbox.write(path, &edited);
        bench.sandbox.commit("backdate");
        bench.now = instant("2026-11-23T01:50:08Z");
        assert_eq!(bench.stamp().records_written, 1);
        assert!(bench.sandbox.read(path).contains("judged = 2026-11-22"));
    }

    #[test]
    fn an_id_that_is_no_file_name_is_refused() {
        let mut bench = bench(Sandbox::workbook());
        bench.outcome.checks[0].page = "../../x".to_owned();
        assert!(bench.refusal().contains("can't have a record"));
        bench.outcome.checks[0] = bench.outcome.checks[1].clone();
        assert!(bench.refusal().contains("another check has the same id"));
    }

    #[test]
    fn without_a_check_only_the_run_is_stamped() {
        let mut bench = bench(Sandbox::workbook());
        bench.stamp();
        bench.outcome = crate::assess::Outcome {
            checks: Vec::new(),
            verdicts: BTreeMap::new(),
            ..bench.outcome
        };
        bench.now = instant("2026-11-23T01:50:08Z");
        let stamped = bench.stamp();
        assert_eq!((stamped.records_total, stamped.records_removed), (0, 2));
        assert!(
            !bench
                .sandbox
                .path()
                .join("evidence/records/ecs-net")
                .exists()
        );
        assert_eq!(bench.sandbox.states(), BTreeMap::new());
    }
}
