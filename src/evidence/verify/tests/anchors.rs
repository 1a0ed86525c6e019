//! Chains that are held to what somebody noted.

use super::super::super::anchor::{Anchor, AnchorError, AnchorTag, Tagging, anchor};
use super::super::super::git::{NewTag, Repo};
use super::*;

fn anchored(bench: &Bench) -> Anchor {
    let made = anchor(
        bench.sandbox.path(),
        &bench.variables,
        bench.now,
        Tagging::WhereSigned,
    );
    let made = made.expect("an anchor");
    assert_eq!(made.tag, AnchorTag::NotSigned);
    made.anchor
}

fn held(bench: &Bench, anchor: &Anchor) -> Verification {
    let asked = Asked {
        anchor: Some(anchor),
        ..Asked::of(bench.sandbox.path(), &bench.variables)
    };
    verify(&asked).expect("a repository")
}

/// Makes the tag that git's settings would sign, unsigned.
fn tag(bench: &Bench, name: &str, message: &str) {
    let repo = Repo::open(bench.sandbox.path(), &bench.variables).expect("a repository");
    let identity = repo.identity(&bench.variables).expect("a name");
    let signer = repo.signer(&identity).expect("a signer");
    let new = NewTag {
        name: &format!("workbook/anchor/{name}"),
        commit: repo.resolve("HEAD").expect("a commit"),
        message,
        identity: &identity,
        signer: &signer,
        now: bench.now,
    };
    repo.store_tag(&new).expect("a tag");
}

#[test]
fn a_run_that_was_noted_has_to_be_on_the_chain() {
    let (mut bench, _, second) = two_runs();
    let noted = anchored(&bench);
    let verification = held(&bench, &noted);
    assert_eq!(verification.standing(), Standing::AsStamped);
    assert_eq!(verification.anchors[0].run, Some(second.run.clone()));

    again(&mut bench, "2026-11-24T01:50:08Z", "arn:third");
    let verification = held(&bench, &noted);
    assert_eq!(verification.standing(), Standing::AsStamped);
    assert!(
        verification.anchors[0]
            .to_string()
            .contains("on this chain, and one run follows it"),
        "{}",
        verification.anchors[0]
    );

    // A cut of the end, which nothing else shows.
    let later = anchored(&bench);
    bench.sandbox.back_to("HEAD~1");
    assert_eq!(verified(&bench).standing(), Standing::AsStamped);
    assert_eq!(held(&bench, &noted).standing(), Standing::AsStamped);
    let cut = held(&bench, &later);
    assert_eq!(cut.problems.len(), 1);
    assert!(
        cut.problems[0]
            .to_string()
            .contains("the chain was cut or rewritten"),
        "{}",
        cut.problems[0]
    );
}

#[test]
fn a_run_of_another_branch_is_not_on_this_chain() {
    let (mut bench, ..) = two_runs();
    bench.sandbox.branch("other");
    let third = again(&mut bench, "2026-11-24T01:50:08Z", "arn:third");
    let noted = anchored(&bench);
    bench.sandbox.switch("other");
    let told = held(&bench, &noted).problems[0].to_string();
    let said = format!(
        "run {} is not on this chain; refs/heads/main has it",
        third.run
    );
    assert!(told.contains(&said), "{told}");
}

#[test]
fn a_run_that_was_noted_and_deleted_is_told_twice() {
    let (bench, _, second) = two_runs();
    let noted = anchored(&bench);
    bench.sandbox.remove(&run_file(&second));
    bench.sandbox.commit("drop");
    let kinds: Vec<String> = held(&bench, &noted)
        .problems
        .iter()
        .map(Problem::kind)
        .collect();
    assert_eq!(kinds, ["run-deleted", "anchored-run-deleted"]);
}

#[test]
fn tags_hold_the_chain_without_being_asked() {
    let (mut bench, ..) = two_runs();
    again(&mut bench, "2026-11-24T01:50:08Z", "arn:third");
    let noted = anchored(&bench);
    tag(
        &bench,
        "good",
        &format!("anchor\n\nWorkbook-Anchor: {noted}\n"),
    );
    // Those of another workbook in the repository say nothing of this one.
    let other = Anchor::of(&"ab".repeat(32)).expect("a digest");
    let theirs = format!("anchor\n\nWorkbook-Anchor: {other}\nWorkbook-Folder: pci/\n");
    tag(&bench, "theirs", &theirs);
    let verification = verified(&bench);
    assert_eq!(
        (verification.problems.len(), verification.anchors.len()),
        (0, 1)
    );

    bench.sandbox.branch("newer");
    bench.sandbox.back_to("HEAD~1");
    // Another branch has it: nothing is wrong here.
    assert_eq!(verified(&bench).problems, []);
    bench.sandbox.drop_branch("newer");
    let kinds: Vec<String> = verified(&bench)
        .problems
        .iter()
        .map(Problem::kind)
        .collect();
    assert_eq!(kinds, ["anchored-run-missing"]);
    tag(
        &bench,
        "nonsense",
        "anchor\n\nWorkbook-Anchor: ABC\u{1b}[2J\n",
    );
    let problems = verified(&bench).problems;
    assert_eq!(problems.len(), 2);
    assert!(
        problems
            .iter()
            .all(|problem| !problem.to_string().contains('\u{1b}'))
    );
}

#[test]
fn only_one_newest_run_that_is_as_stamped_is_anchored() {
    let try_it = |bench: &Bench| {
        anchor(
            bench.sandbox.path(),
            &bench.variables,
            bench.now,
            Tagging::Never,
        )
    };
    assert!(matches!(
        try_it(&bench(Sandbox::workbook())),
        Err(AnchorError::Nothing)
    ));
    let (mut bench, ..) = two_runs();
    bench.sandbox.branch("other");
    again(&mut bench, "2026-11-24T01:50:08Z", "arn:left");
    bench.sandbox.switch("other");
    bench.outcome.checks.push(check("req-4.1", "tls-floor"));
    again(&mut bench, "2026-11-25T01:50:08Z", "arn:right");
    bench.sandbox.merge("main");
    assert!(matches!(try_it(&bench), Err(AnchorError::Several(runs)) if runs.len() == 2));
    replace(&bench, RECORD, "verdict = \"fail\"", "verdict = \"pass\"");
    assert!(matches!(try_it(&bench), Err(AnchorError::NotAsStamped)));
}
