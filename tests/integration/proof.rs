//! Evidence over time, through the commands: verify, anchor, diff, log, build at, baseline, replay.

use serde_json::Value;

use crate::harness::{Copy, commit};

const RECORD: &str = "evidence/records/ecs-access/iam-mfa.toml";

/// Returns what a command printed as JSON, held to its schema.
fn json(text: &str, schema: &str) -> Value {
    let report: Value = serde_json::from_str(text).unwrap();
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mistakes: Vec<String> = validator
        .iter_errors(&report)
        .map(|mistake| mistake.to_string())
        .collect();
    assert_eq!(mistakes, [""; 0]);
    report
}

const VERIFY: &str = include_str!("../../schemas/verify.json");
const DIFF: &str = include_str!("../../schemas/diff.json");

/// Makes another export of the sample in which one thing is otherwise than in the shipped one.
fn exports_again(copy: &Copy, folder: &str) {
    let from = copy.path().join("exports");
    for (path, bytes) in crate::harness::files(&from) {
        let to = copy.path().join(folder).join(path);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::write(to, bytes).unwrap();
    }
}

#[test]
fn an_anchor_holds_the_chain_and_json_tells_what_was_edited_where() {
    let mut copy = Copy::of_sample();
    let repository = copy.commit_all();
    assert_eq!(copy.run(&["stamp"]).code, 1);
    let made = copy.run(&["anchor"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let anchor = made.stdout.lines().next().unwrap().to_owned();
    assert_eq!(anchor.len(), 44, "{anchor}");
    assert!(made.stdout.contains("No tag was made"), "{}", made.stdout);

    copy.now = "2026-11-23T10:00:00Z";
    assert_eq!(copy.run(&["stamp"]).code, 1);
    let held = copy.run(&["verify", "--anchor", &anchor.to_lowercase()]);
    assert_eq!(held.code, 0, "{}", held.stdout);
    assert!(
        held.stdout
            .contains("on this chain, and one run follows it"),
        "{}",
        held.stdout
    );
    let cut = format!(
        "{}{}",
        &anchor[..43],
        if anchor.ends_with('7') { '8' } else { '7' }
    );
    let mistyped = copy.run(&["verify", "--anchor", &cut]);
    assert_eq!(mistyped.code, 2);
    assert!(mistyped.stderr.contains("mistyped"), "{}", mistyped.stderr);
    // Another digest that is well formed.
    let other = copy.run(&["verify", "--anchor", &"ab".repeat(32)]);
    assert_eq!(other.code, 1);
    assert!(
        other.stdout.contains("was cut or rewritten"),
        "{}",
        other.stdout
    );
    // Unsigned commits are told, and fail only where signatures are asked for.
    assert!(held.stdout.contains("2 runs unsigned"), "{}", held.stdout);
    assert_eq!(copy.run(&["verify", "--signed"]).code, 1);

    let good = copy.run(&["verify", "--format", "json", "--anchor", &anchor]);
    let report = json(&good.stdout, VERIFY);
    assert_eq!(
        (good.code, report["standing"].as_str()),
        (0, Some("as-stamped"))
    );
    assert_eq!(report["anchors"][0]["holds"], true);

    let record = copy.read(RECORD);
    copy.write(
        RECORD,
        &record.replace("verdict = \"fail\"", "verdict = \"pass\""),
    );
    // What the list of TLS policies says, and nothing else, is another definition.
    let list = "checks/lists/elb-tls-policies.toml";
    copy.write(list, &format!("{}\n# another\n", copy.read(list)));
    commit(&repository, "evidence: better now");
    let bad = copy.run(&["verify", "--format", "json"]);
    assert_eq!(bad.code, 1);
    let report = json(&bad.stdout, VERIFY);
    assert_eq!(report["standing"], "not-as-stamped");
    let problem = &report["problems"][0];
    assert_eq!(problem["kind"], "record-edited");
    assert_eq!(problem["files"][0], RECORD);
    assert_eq!(problem["fields"][0]["field"], "verdict");
    assert_eq!(problem["by"]["author"], "Tester <tester@example.com>");
    let head = repository
        .head()
        .unwrap()
        .peel_to_commit()
        .unwrap()
        .id()
        .to_string();
    assert_eq!(problem["by"]["commit"], head.as_str());
    let changed: Vec<&Value> = report["definitions"].as_array().unwrap().iter().collect();
    assert!(!changed.is_empty());
    for definition in changed {
        let part = &definition["parts"][0];
        assert_eq!(part["part"], "list elb_tls_policies", "{definition}");
        assert_eq!(
            (part["file"].as_str(), part["by"]["commit"].as_str()),
            (Some(list), Some(&*head))
        );
    }
    let told = copy.run(&["verify"]).stdout;
    assert!(
        told.contains("iam-mfa.toml was edited, by commit"),
        "{told}"
    );
    assert!(
        told.contains(
            "the list `elb_tls_policies` in checks/lists/elb-tls-policies.toml, by commit"
        ),
        "{told}"
    );
}

/// Lets one export show something else: the load balancer of a partner accepts TLS 1.2 or later only.
fn mend(copy: &Copy, folder: &str) {
    let manifest = format!("{folder}/aws/manifest.toml");
    let text = copy.read(&manifest);
    let kept = text.lines().filter(|line| !line.starts_with("digest"));
    copy.write(
        &manifest,
        &kept.flat_map(|line| [line, "\n"]).collect::<String>(),
    );
    let listeners = format!("{folder}/{LISTENERS}");
    let text = copy.read(&listeners);
    let old = "ELBSecurityPolicy-TLS-1-1-2017-01";
    assert!(text.contains(old));
    copy.write(
        &listeners,
        &text.replace(old, "ELBSecurityPolicy-TLS13-1-2-2021-06"),
    );
}

const LISTENERS: &str = "aws/elbv2/describe-listeners.partner-alb.json";

#[test]
fn two_runs_are_compared_and_older_ones_are_shown_as_they_were() {
    let mut copy = Copy::of_sample();
    copy.commit_all();
    assert_eq!(copy.run(&["stamp"]).code, 1);
    let only = copy.run(&["diff"]);
    assert_eq!(only.code, 2);
    assert!(
        only.stderr
            .contains("no evidence of the run before the newest"),
        "{}",
        only.stderr
    );
    let first = copy.run(&["verify", "--format", "json"]);
    let first = json(&first.stdout, VERIFY)["heads"][0]["run"]
        .as_str()
        .unwrap()
        .to_owned();

    mend(&copy, "exports");
    copy.now = "2026-11-23T10:00:00Z";
    commit(
        &git2::Repository::open(copy.path()).unwrap(),
        "exports again",
    );
    assert_eq!(copy.run(&["stamp"]).code, 1);

    let human = copy.run(&["diff"]);
    assert_eq!(human.code, 0, "{}", human.stdout);
    assert!(human.stdout.contains("Mended: "), "{}", human.stdout);
    assert!(
        human.stdout.contains(&format!("from run {first}")),
        "{}",
        human.stdout
    );
    let report = json(&copy.run(&["diff", "--format", "json"]).stdout, DIFF);
    let mended: Vec<&str> = report["differences"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|each| each["change"] == "mended")
        .map(|each| each["check"].as_str().unwrap())
        .collect();
    assert!(mended.contains(&"alb-tls12"), "{mended:?}");
    let markdown = copy.run(&["diff", "--format", "markdown"]).stdout;
    assert!(
        markdown.contains("- `alb-tls12` (`ecs-data`): fail -> pass"),
        "{markdown}"
    );
    // The other way round it is worse, and a day and a revision name the same runs.
    let back = copy.run(&["diff", "2026-11-23", "HEAD~2", "--format", "json"]);
    assert_eq!(back.code, 1);
    let back = json(&back.stdout, DIFF);
    assert_eq!(back["to"]["run"], first.as_str());
    assert!(back["worse"].as_u64().unwrap() > 0);

    let log = copy.run(&["log", "alb-tls12"]);
    assert_eq!(log.code, 0);
    assert!(
        log.stdout.contains(&format!("run {first}, commit ")),
        "{}",
        log.stdout
    );
    assert!(log.stdout.contains("    fail as of "), "{}", log.stdout);
    let unknown = copy.run(&["log", "iam-mfx"]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.stderr.contains("did you mean `iam-mfa`?"),
        "{}",
        unknown.stderr
    );

    // Nothing is worse than in the newest run, although checks fail.
    let same = copy.run(&["check", "--baseline", "HEAD"]);
    assert_eq!(same.code, 0, "{}", same.stdout);
    let better = copy.run(&["check", "--baseline", &first]);
    assert_eq!(better.code, 0, "{}", better.stdout);
    copy.write(
        "exports/aws/ec2/describe-security-groups.json",
        "{\"SecurityGroups\": []}",
    );
    let worse = copy.run(&["check", "--baseline", "HEAD", "--format", "json"]);
    assert_eq!(worse.code, 1);
    assert!(json(&worse.stdout, DIFF)["worse"].as_u64().unwrap() > 0);

    // The book of the first run tells what failed then.
    let built = copy.run(&["build", "--at", &first, "--dest", "older"]);
    assert_eq!(built.code, 1, "{}", built.stderr);
    assert!(
        built.stdout.contains(&format!("the book of run {first}")),
        "{}",
        built.stdout
    );
    let newest = copy.run(&["build", "--at", "HEAD", "--dest", "newest"]);
    assert_eq!(newest.code, 1, "{}", newest.stderr);
    let page = |folder: &str| copy.read(&format!("{folder}/index.html"));
    assert!(page("older").contains(&first) && !page("newest").contains(&first));
}

#[test]
fn the_stamped_definitions_come_to_the_same_on_the_same_exports() {
    let copy = Copy::of_sample();
    let example = "checks/examples/alb-tls12";
    copy.take(example);
    let repository = copy.commit_all();
    assert_eq!(copy.run(&["stamp"]).code, 1);

    // The sheet tries exactly the stamped definitions; one has examples here, all others are open.
    let sheet = copy.run(&["test", "--sheet"]);
    assert_eq!(sheet.code, 1, "{}", sheet.stderr);
    let program = sheet
        .stdout
        .lines()
        .find(|line| line.starts_with("- SHA-256 of its file"))
        .unwrap();
    assert_eq!(
        program.len(),
        "- SHA-256 of its file: ``".len() + 64,
        "{program}"
    );
    let row = sheet
        .stdout
        .lines()
        .find(|line| line.starts_with("| `alb-tls12` |"))
        .unwrap();
    // Without the reasons of checks/survivors some broken versions are open, which is told.
    assert!(
        !row.contains("| 0 | 0 | 0 |") && row.ends_with("| open |"),
        "{row}"
    );
    let row = sheet
        .stdout
        .lines()
        .find(|line| line.starts_with("| `iam-mfa` |"))
        .unwrap();
    assert!(row.ends_with("| 0 | 0 | 0 | open |"), "{row}");

    exports_again(&copy, "again");
    // The book changed since; what was stamped is judged by what it was then.
    let page = "book/src/ecs/ecs-net.md";
    copy.write(
        page,
        &copy
            .read(page)
            .replace("severity = \"high\"", "severity = \"low\""),
    );
    commit(&repository, "another definition");
    let again = copy.run(&["verify", "--replay", "--exports", "again"]);
    assert_eq!(again.code, 0, "{}{}", again.stdout, again.stderr);
    let last = again.stdout.lines().last().unwrap();
    assert!(
        last.ends_with("files came out the same, byte for byte"),
        "{last}"
    );
    assert_eq!(again.stdout.lines().count(), 1, "{}", again.stdout);
    let same = copy.run(&["diff", "HEAD~1", "--exports", "again"]);
    assert_eq!(same.code, 0, "{}", same.stdout);
    assert!(same.stdout.contains("0 of "), "{}", same.stdout);

    mend(&copy, "again");
    let other = copy.run(&["verify", "--replay", "--exports", "again"]);
    assert_eq!(other.code, 1);
    for said in [
        "describe-listeners.partner-alb.json is not the one that was read",
        "comes out otherwise",
    ] {
        assert!(other.stdout.contains(said), "{said} in {}", other.stdout);
    }
    let report = copy.run(&[
        "verify",
        "--replay",
        "--exports",
        "again",
        "--format",
        "json",
    ]);
    let report: Value = serde_json::from_str(&report.stdout).unwrap();
    assert!(report["same"].as_u64() < report["files"].as_u64());
    let subjects = copy.run(&["diff", "HEAD~1", "--exports", "again"]);
    assert!(subjects.stdout.contains("Mended: "), "{}", subjects.stdout);
    assert!(
        subjects.stdout.contains("fail -> pass"),
        "{}",
        subjects.stdout
    );
    assert!(
        subjects.stdout.contains("to   now, judged as of"),
        "{}",
        subjects.stdout
    );
    let nowhere = copy.run(&["diff", "HEAD", "--exports", "nowhere"]);
    assert_eq!(nowhere.code, 2);
}
