//! What verifying tells of every change.

mod anchors;
mod many;
mod tamper;

use super::super::checkout::Step;
use super::super::git::sandbox::Sandbox;
use super::super::run::{Run, RunBody};
use super::super::samples::{Bench, bench, check, finding, instant};
use super::super::stamp::Stamped;
use super::*;
use crate::assess::Verdict;

const RECORD: &str = "evidence/records/ecs-net/ecs-awsvpc.toml";
const SUBJECTS: &str = "evidence/records/ecs-net/ecs-awsvpc.subjects.csv";

/// Two runs; the second changed a record.
fn two_runs() -> (Bench, Stamped, Stamped) {
    let mut bench = bench(Sandbox::workbook());
    let first = bench.stamp();
    let second = again(&mut bench, "2026-11-23T01:50:08Z", "arn:bad");
    (bench, first, second)
}

fn again(bench: &mut Bench, now: &str, subject: &str) -> Stamped {
    bench.now = instant(now);
    bench.outcome.checks[0].findings = vec![finding(subject, Verdict::Fail)];
    bench.outcome.checks[0].verdict = Verdict::Fail;
    bench.stamp()
}

fn verified(bench: &Bench) -> Verification {
    let folder = bench.sandbox.path().join(bench.below);
    verify(&Asked::of(&folder, &bench.variables)).expect("a repository")
}

/// Returns what is told, with runs by their number and without the ids of commits.
fn told(bench: &Bench, runs: &[&Stamped]) -> (Vec<String>, Vec<String>) {
    let verification = verified(bench);
    let plain = |text: String| {
        let mut text = text;
        for (number, stamped) in runs.iter().enumerate() {
            text = text.replace(&stamped.run.to_string(), &format!("R{}", number + 1));
            let short = stamped.commit.get(..12).expect("a commit");
            text = text.replace(short, &format!("C{}", number + 1));
        }
        text.replace(bench.sandbox.head().get(..12).expect("a commit"), "HEAD")
            .replace(" of Editor <editor@example.com> at 2026-11-18T", " at ")
    };
    (
        verification
            .problems
            .iter()
            .map(|problem| plain(problem.to_string()))
            .collect(),
        verification
            .notes
            .iter()
            .map(|note| plain(note.to_string()))
            .collect(),
    )
}

fn run_file(stamped: &Stamped) -> String {
    format!("{RUNS}/{}", stamped.run.file_name())
}

fn replace(bench: &Bench, path: &str, from: &str, to: &str) {
    let text = bench.sandbox.read(path);
    assert!(text.contains(from), "{text}");
    bench.sandbox.write(path, &text.replace(from, to));
}

fn rename(bench: &Bench, from: &str, to: &str) {
    let text = bench.sandbox.read(from);
    bench.sandbox.write(to, &text);
    bench.sandbox.remove(from);
}

type Tamper = fn(&Bench, &Stamped, &Stamped);

#[test]
fn evidence_that_nobody_touched_is_as_stamped() {
    let (bench, first, second) = two_runs();
    let verification = verified(&bench);
    assert_eq!(verification.standing(), Standing::AsStamped);
    assert_eq!(
        (verification.problems, verification.notes),
        (vec![], vec![])
    );
    assert_eq!((verification.runs, verification.records), (2, 2));
    let [head] = verification.heads.as_slice() else {
        panic!("one head")
    };
    assert_eq!((&head.run, &head.signed), (&second.run, &Signed::Unsigned));
    let by = head.by.as_ref().expect("a commit");
    assert_eq!(
        (by.commit.as_str(), by.name.as_str()),
        (second.commit.as_str(), "Stamper <stamper@example.com>")
    );
    assert_ne!(first.run, second.run);
}

#[test]
fn without_a_run_nothing_is_stamped() {
    for sandbox in [Sandbox::empty(), Sandbox::workbook()] {
        let verification = verified(&bench(sandbox));
        assert_eq!(verification.standing(), Standing::NothingStamped);
    }
}

#[test]
fn every_change_in_a_commit_is_named_with_its_author() {
    let cases: [(Tamper, &[&str]); 12] = [
        (
            |bench, _, _| replace(bench, RECORD, "verdict = \"fail\"", "verdict = \"pass\""),
            &["evidence/records/ecs-net/ecs-awsvpc.toml was edited, by commit HEAD at"],
        ),
        (
            |bench, _, _| replace(bench, SUBJECTS, "fail", "pass"),
            &["evidence/records/ecs-net/ecs-awsvpc.subjects.csv was edited, by commit HEAD at"],
        ),
        (
            |bench, _, _| bench.sandbox.remove(RECORD),
            &["evidence/records/ecs-net/ecs-awsvpc.toml was deleted, by commit HEAD at"],
        ),
        (
            |bench, _, _| bench.sandbox.remove(SUBJECTS),
            &["evidence/records/ecs-net/ecs-awsvpc.subjects.csv was deleted, by commit HEAD at"],
        ),
        (
            |bench, _, _| {
                bench
                    .sandbox
                    .write("evidence/records/ecs-net/new.toml", "x = 1\n");
            },
            &[
                "evidence/records/ecs-net/new.toml was added by hand: no run lists it, by commit HEAD at",
            ],
        ),
        (
            |bench, _, _| rename(bench, RECORD, "evidence/records/ecs-data/ecs-awsvpc.toml"),
            &["evidence/records/ecs-net/ecs-awsvpc.toml was moved to \
               evidence/records/ecs-data/ecs-awsvpc.toml, by commit HEAD at"],
        ),
        (
            |bench, first, _| replace(bench, &run_file(first), "pass = 2", "pass = 3"),
            &["run R1 was edited after it was stamped, by commit HEAD at"],
        ),
        (
            |bench, _, second| {
                // The record and the run that lists it, in step.
                let was = sha(bench, RECORD);
                replace(bench, RECORD, "verdict = \"fail\"", "verdict = \"pass\"");
                replace(bench, &run_file(second), &was, &sha(bench, RECORD));
            },
            &[
                "evidence/records/ecs-net/ecs-awsvpc.toml was edited, by commit HEAD at",
                "run R2 was edited after it was stamped, by commit HEAD at",
            ],
        ),
        (
            |bench, first, _| bench.sandbox.remove(&run_file(first)),
            &["run R1 was deleted, by commit HEAD at"],
        ),
        (
            |bench, _, second| bench.sandbox.remove(&run_file(second)),
            &["run R2 was deleted, by commit HEAD at"],
        ),
        (
            |bench, first, _| {
                rename(
                    bench,
                    &run_file(first),
                    "evidence/runs/20200101T000000Z-00000000.toml",
                );
            },
            &[
                "run R1 was moved to evidence/runs/20200101T000000Z-00000000.toml, by commit HEAD at",
            ],
        ),
        (
            |bench, _, _| {
                bench
                    .sandbox
                    .write("evidence/runs/notes\u{1b}[2J.txt", "hello\n");
            },
            &["evidence/runs/notes\\u{1b}[2J.txt was added by hand among the runs"],
        ),
    ];
    for (tamper, expected) in cases {
        let (bench, first, second) = two_runs();
        tamper(&bench, &first, &second);
        bench.sandbox.commit("tamper");
        assert_eq!(verified(&bench).standing(), Standing::NotAsStamped);
        let (problems, notes) = told(&bench, &[&first, &second]);
        assert_eq!(problems.len(), expected.len(), "{problems:#?}");
        for (problem, expected) in problems.iter().zip(expected) {
            assert!(
                problem.starts_with(expected),
                "{problem}\nis not\n{expected}"
            );
        }
        assert_eq!(notes, [""; 0]);
    }
}

fn sha(bench: &Bench, path: &str) -> String {
    crate::source::sha256(bench.sandbox.read(path).as_bytes())
}

#[test]
fn what_is_not_committed_is_told_apart() {
    let cases: [(Tamper, &str); 6] = [
        (
            |bench, _, _| replace(bench, RECORD, "verdict = \"fail\"", "verdict = \"pass\""),
            "evidence/records/ecs-net/ecs-awsvpc.toml was edited, in the work tree; it is not \
             committed: verdict was \"fail\" and is \"pass\"; findings[0].verdict was \"fail\" and is \
             \"pass\"",
        ),
        (
            |bench, _, _| bench.sandbox.remove(SUBJECTS),
            "evidence/records/ecs-net/ecs-awsvpc.subjects.csv was deleted, in the work tree; \
             it is not committed",
        ),
        (
            |bench, _, _| bench.sandbox.write("evidence/records/new.toml", ""),
            "evidence/records/new.toml was added by hand: no run lists it, in the work tree; \
             it is not committed",
        ),
        (
            |bench, first, _| bench.sandbox.remove(&run_file(first)),
            "evidence/runs/R1.toml was deleted, in the work tree; it is not committed",
        ),
        (
            |bench, _, _| rename(bench, RECORD, "evidence/records/req-3.1/x.toml"),
            "evidence/records/ecs-net/ecs-awsvpc.toml was moved to \
             evidence/records/req-3.1/x.toml, in the work tree; it is not committed",
        ),
        (
            |bench, _, _| {
                let text = bench.sandbox.read(RECORD);
                bench.sandbox.write(RECORD, "");
                bench.sandbox.stage(RECORD);
                bench.sandbox.write(RECORD, &text);
            },
            "evidence/records/ecs-net/ecs-awsvpc.toml was edited, in the index; it is not \
             committed yet",
        ),
    ];
    for (tamper, expected) in cases {
        let (bench, first, second) = two_runs();
        tamper(&bench, &first, &second);
        assert_eq!(told(&bench, &[&first, &second]).0, [expected]);
    }
}

#[test]
fn a_change_that_was_undone_is_remembered_and_does_no_harm() {
    let (mut bench, first, second) = two_runs();
    let text = bench.sandbox.read(RECORD);
    replace(&bench, RECORD, "verdict = \"fail\"", "verdict = \"pass\"");
    bench.sandbox.commit("tamper");
    bench.sandbox.write(RECORD, &text);
    bench.sandbox.commit("undo");
    let (problems, notes) = told(&bench, &[&first, &second]);
    assert_eq!((problems, notes.len()), (vec![], 2));
    assert!(
        notes[0].contains("is no run and changed evidence: evidence/records/"),
        "{notes:?}"
    );
    again(&mut bench, "2026-11-24T01:50:08Z", "arn:other");
    assert_eq!(verified(&bench).standing(), Standing::AsStamped);
}

#[test]
fn parallel_runs_that_were_merged_are_as_stamped_and_the_next_joins_them() {
    let (mut bench, ..) = two_runs();
    bench.sandbox.branch("other");
    let left = again(&mut bench, "2026-11-24T01:50:08Z", "arn:left");
    bench.sandbox.switch("other");
    bench.outcome.checks.push(check("req-4.1", "tls-floor"));
    let right = again(&mut bench, "2026-11-25T01:50:08Z", "arn:right");
    bench.sandbox.merge("main");
    let verification = verified(&bench);
    assert_eq!(verification.problems, []);
    let heads: Vec<_> = verification
        .heads
        .iter()
        .map(|head| head.run.clone())
        .collect();
    assert_eq!(heads, [left.run.clone(), right.run.clone()]);
    assert_eq!(verification.notes, [Note::Parallel(heads)]);

    let joined = again(&mut bench, "2026-11-26T01:50:08Z", "arn:right");
    let verification = verified(&bench);
    assert_eq!(
        (verification.problems, verification.notes),
        (vec![], vec![])
    );
    assert_eq!(verification.heads.len(), 1);
    let run = super::super::run::Run::parse(&bench.sandbox.read(&run_file(&joined)));
    assert_eq!(run.expect("a run").body.previous.len(), 2);
}

#[test]
fn a_merge_that_takes_what_no_branch_had_is_found() {
    let (mut bench, first, second) = two_runs();
    bench.sandbox.branch("other");
    let third = again(&mut bench, "2026-11-24T01:50:08Z", "arn:left");
    bench.sandbox.switch("other");
    bench.sandbox.write("README.md", "other\n");
    bench.sandbox.commit("other");
    bench.sandbox.merge("main");
    assert_eq!(verified(&bench).problems, []);
    replace(&bench, RECORD, "arn:left", "arn:none");
    bench.sandbox.amend();
    let (problems, _) = told(&bench, &[&first, &second, &third]);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(
        problems[0].contains("ecs-awsvpc.toml was edited, by commit HEAD"),
        "{problems:?}"
    );
}

#[test]
fn squashed_runs_are_as_stamped_where_the_trailers_are_kept() {
    let (bench, first, second) = two_runs();
    let messages = format!(
        "{}\n{}",
        bench.sandbox.message_of(&first.commit),
        bench.sandbox.message()
    );
    bench
        .sandbox
        .squash_onto("HEAD~2", &format!("squash\n\n{messages}"));
    assert_eq!(verified(&bench).problems, []);

    // A forge's squash drops them: provenance, not tampering.
    let (bench, first, second_too) = two_runs();
    bench.sandbox.squash_onto("HEAD~2", "squash");
    let (problems, notes) = told(&bench, &[&first, &second_too]);
    assert_eq!(problems, [""; 0]);
    let [one, two, moved] = notes.as_slice() else {
        panic!("{notes:?}")
    };
    for (note, run) in [(one, "R1"), (two, "R2")] {
        let said = format!("brought run {run} without naming it: a squash");
        assert!(note.contains(&said), "{notes:?}");
    }
    assert!(moved.contains("R2 came by a rebase, squash"), "{notes:?}");
    assert_eq!(second.records_total, 2);
}

#[test]
fn a_run_that_its_commit_disowns_is_found() {
    let (bench, first, second) = two_runs();
    replace(&bench, &run_file(&second), "pass = 2", "pass = 1");
    bench.sandbox.amend();
    let (problems, _) = told(&bench, &[&first, &second]);
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(
        problems[0].starts_with("run R2 was edited after it was stamped"),
        "{problems:?}"
    );
    assert!(
        problems[1].starts_with("run R2 is not what its commit says"),
        "{problems:?}"
    );
}

#[test]
fn a_chain_whose_beginning_is_not_there_is_broken() {
    let (bench, first, second) = two_runs();
    let message = bench.sandbox.message();
    bench.sandbox.remove(&run_file(&first));
    bench.sandbox.commit("drop");
    bench.sandbox.squash_onto("HEAD~3", &message);
    let (problems, _) = told(&bench, &[&first, &second]);
    assert_eq!(
        problems,
        ["the chain breaks at run R2: it follows R1, and evidence/runs/R1.toml is missing"]
    );
}

#[test]
fn verifying_finishes_a_checkout_that_was_killed() {
    let (mut bench, ..) = two_runs();
    bench.now = instant("2026-11-24T01:50:08Z");
    bench.outcome.checks.pop();
    bench.stamp_until(Some(Step::Write)).expect("a commit");
    assert_eq!(verified(&bench).standing(), Standing::AsStamped);
    assert_eq!(bench.sandbox.states(), BTreeMap::new());
}

#[test]
fn a_workbook_in_a_subfolder_is_verified_there() {
    let mut bench = bench(Sandbox::empty());
    bench.sandbox.write("pci/workbook.toml", "");
    bench.sandbox.commit("begin");
    bench.below = "pci";
    bench.stamp();
    assert_eq!(verified(&bench).standing(), Standing::AsStamped);
    let path = format!("pci/{RECORD}");
    replace(&bench, &path, "verdict = \"pass\"", "verdict = \"fail\"");
    bench.sandbox.commit("tamper");
    let problems = verified(&bench).problems;
    assert_eq!(problems.len(), 1);
    assert!(problems[0].to_string().starts_with(RECORD));
}

#[test]
fn a_shallow_clone_is_verified_as_far_as_it_reaches() {
    let (bench, first, second) = two_runs();
    bench
        .sandbox
        .write(".git/shallow", &format!("{}\n", second.commit));
    let (problems, notes) = told(&bench, &[&first, &second]);
    assert_eq!(problems, [""; 0]);
    assert!(
        notes
            .iter()
            .any(|note| note.starts_with("the clone is shallow")),
        "{notes:?}"
    );
    replace(&bench, RECORD, "verdict = \"fail\"", "verdict = \"pass\"");
    bench.sandbox.commit("tamper");
    assert_eq!(told(&bench, &[&first, &second]).0.len(), 1);
}

#[test]
fn a_run_by_hand_is_told_by_its_id_or_by_what_it_leaves_out() {
    let (bench, first, second) = two_runs();
    let text = bench.sandbox.read(&run_file(&second));
    // Its id is not that of what it says.
    let other = "20261124T015008Z-00000000";
    let copy = text.replace(&second.run.to_string(), other);
    bench.sandbox.write(&format!("{RUNS}/{other}.toml"), &copy);
    bench.sandbox.commit("by hand");
    let (problems, _) = told(&bench, &[&first, &second]);
    assert!(
        problems.iter().any(|problem| problem
            .contains("20261124T015008Z-00000000 was added by hand, by commit HEAD")),
        "{problems:?}"
    );

    // It is well made, and follows no run although there were two.
    let (bench, first, second) = two_runs();
    let run = Run::parse(&bench.sandbox.read(&run_file(&second))).expect("a run");
    let body = RunBody {
        previous: Vec::new(),
        commit: Some(bench.sandbox.head()),
        recorded_at: instant("2026-11-24T01:50:08Z"),
        ..run.body
    };
    let third = body.seal();
    let text = third.to_toml();
    bench
        .sandbox
        .write(&format!("{RUNS}/{}", third.id.file_name()), &text);
    bench.sandbox.commit(&format!(
        "run\n\nWorkbook-Run: {}\nWorkbook-Digest: {}\n",
        third.id,
        crate::source::sha256(text.as_bytes())
    ));
    let (problems, _) = told(&bench, &[&first, &second]);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(
        problems[0].contains("is out of the chain: it does not follow R2, which was the newest"),
        "{problems:?}"
    );
}

#[test]
fn a_record_that_was_slipped_into_the_commit_of_a_run_is_found_later_too() {
    let (mut bench, ..) = two_runs();
    let stamped = again(&mut bench, "2026-11-24T01:50:08Z", "arn:third");
    replace(&bench, RECORD, "arn:third", "arn:none");
    bench.sandbox.amend();
    again(&mut bench, "2026-11-25T01:50:08Z", "arn:fourth");
    let problems = verified(&bench).problems;
    let [Problem::RecordedOther { path, run, .. }] = problems.as_slice() else {
        panic!("{problems:?}")
    };
    assert_eq!((path.as_str(), run), (RECORD, &stamped.run));
}

#[test]
fn a_rebased_run_is_provenance_and_a_clock_that_was_set_back_is_told() {
    let (mut bench, first, second) = two_runs();
    let base = bench.sandbox.head();
    let third = again(&mut bench, "2026-11-20T01:50:08Z", "arn:third");
    let files: Vec<(String, Vec<u8>)> = [RECORD, SUBJECTS, &run_file(&third)]
        .map(|path| (path.to_owned(), bench.sandbox.read(path).into_bytes()))
        .into();
    let message = bench.sandbox.message();
    bench.sandbox.back_to(&base);
    bench.sandbox.write("README.md", "other\n");
    let other = bench.sandbox.commit("other work");
    let files: Vec<(String, &[u8])> = files
        .iter()
        .map(|(path, bytes)| (path.clone(), bytes.as_slice()))
        .collect();
    let rebased = bench.sandbox.plumb(&[&other], &files, &message);
    bench.sandbox.back_to(&rebased);
    let (problems, notes) = told(&bench, &[&first, &second, &third]);
    assert_eq!(problems, [""; 0]);
    assert_eq!(
        notes,
        [
            "run R3 came by a rebase, squash or cherry-pick: the commit does not follow the one \
             that the run was made on",
            "the clock was set back: recorded earlier than what it follows was run R3",
        ]
    );
}

#[test]
fn what_lets_git_change_bytes_is_told() {
    let (bench, ..) = two_runs();
    bench.sandbox.write("evidence/.gitattributes", "* text\n");
    bench.sandbox.commit("attributes");
    let (problems, notes) = told(&bench, &[]);
    assert_eq!((problems.len(), notes.len()), (0, 1), "{notes:?}");
    assert!(
        notes[0].contains("evidence/.gitattributes is not as a run wrote it")
            && notes[0].contains("by commit HEAD"),
        "{notes:?}"
    );
}
