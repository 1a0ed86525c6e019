//! The main job on the shipped sample, from exports to a commit and a book.

use std::collections::BTreeMap;
use std::path::Path;

use super::harness::{Copy, commit, files};

#[test]
fn the_sample_ends_in_one_commit_a_book_and_a_list_of_what_to_do() {
    let copy = Copy::of_sample();
    let repository = copy.commit_all();
    let ran = copy.run(&["assess"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""), "{}", ran.stdout);
    for said in [
        "Fix first",
        "Export or write next",
        "stamped run 20261122T100000Z-",
        "the book is [workbook]/book/build/index.html",
    ] {
        assert!(ran.stdout.contains(said), "{said} in {}", ran.stdout);
    }
    insta::with_settings!({filters => vec![
        (r"20261122T100000Z-[0-9a-f]{8}", "[run]"),
        (r"commit [0-9a-f]{12}", "commit [commit]"),
    ]}, {
        insta::assert_snapshot!("assess", ran.stdout);
    });
    let head = repository.head().unwrap().peel_to_commit().unwrap();
    assert_eq!(head.parent_count(), 1);
    assert_eq!(head.parent(0).unwrap().message(), Ok("sample: begin"));
    let statuses = repository.statuses(None).unwrap();
    let dirty: Vec<String> = statuses
        .iter()
        .filter(|entry| !entry.status().is_ignored())
        .map(|entry| entry.path().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(dirty, Vec::<String>::new());
    let front = copy.read("book/build/index.html");
    assert!(front.contains("20261122T100000Z-") && front.contains("Northlight Payments"));
    assert!(front.contains("Not an assessment, not a certificate"));
    let requests = copy.read("book/build/requests.csv");
    for row in csv::Reader::from_reader(requests.as_bytes()).records() {
        // Types that no command shows say so.
        let row = row.unwrap();
        assert!(row.iter().take(7).all(|cell| !cell.is_empty()), "{row:?}");
    }
    let verified = copy.run(&["verify"]);
    assert_eq!(verified.code, 0, "{}", verified.stdout);
}

#[test]
fn a_second_run_that_finds_the_same_rewrites_no_record() {
    let mut copy = Copy::of_sample();
    copy.commit_all();
    assert_eq!(copy.run(&["stamp"]).code, 1);
    // What changed since the last run can't be told by the first.
    copy.now = "2026-11-23T10:00:00Z";
    let second = copy.run(&["stamp"]);
    assert!(second.stdout.contains(": 1 of "), "{}", second.stdout);
    let before = records(&copy);
    copy.now = "2026-11-24T10:00:00Z";
    let again = copy.run(&["stamp"]);
    assert!(again.stdout.contains(": 0 of "), "{}", again.stdout);
    assert_eq!(records(&copy), before);
    assert_eq!(copy.run(&["verify"]).code, 0);
}

#[test]
fn a_resource_that_appears_is_told_by_the_next_run_and_by_no_other() {
    let mut copy = Copy::of_sample();
    copy.commit_all();
    let of = |copy: &Copy| {
        let ran = copy.run(&["check", "scope-changes", "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
        let check = &report["checks"][0];
        let messages: Vec<String> = check["findings"]
            .as_array()
            .expect("findings")
            .iter()
            .filter_map(|finding| finding["message"].as_str().map(str::to_owned))
            .collect();
        (check["verdict"].as_str().unwrap_or("").to_owned(), messages)
    };
    let (verdict, messages) = of(&copy);
    assert_eq!(verdict, "not-applicable");
    assert!(
        messages[0].starts_with("no run is stamped yet"),
        "{messages:?}"
    );
    copy.run(&["stamp"]);
    assert_eq!(of(&copy).0, "pass");
    copy.write(
        "exports/aws/ec2/describe-subnets.added.json",
        r#"{"Subnets": [{"SubnetId": "subnet-0123456789abcdef0", "OwnerId": "111122223333", "Tags": []}]}"#,
    );
    copy.now = "2026-11-23T10:00:00Z";
    let (verdict, messages) = of(&copy);
    assert_eq!(verdict, "fail");
    assert!(
        messages[0].starts_with("appeared since run 20261122T100000Z-")
            && messages[0].ends_with("AWS::EC2::Subnet, not in scope before, connected now"),
        "{messages:?}"
    );
    copy.run(&["stamp"]);
    assert_eq!(of(&copy).0, "pass");
}

fn records(copy: &Copy) -> BTreeMap<std::path::PathBuf, Vec<u8>> {
    files(&copy.path().join("evidence/records"))
}

#[test]
fn the_same_run_gives_the_same_bytes_on_one_thread_and_on_four() {
    let outputs: Vec<(String, BTreeMap<_, _>)> = [1, 4, 4]
        .into_iter()
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| {
                let copy = Copy::of_sample();
                copy.commit_all();
                let json = copy.run(&["check", "--format", "json"]);
                assert_eq!(copy.run(&["stamp"]).code, 1);
                (json.stdout, records(&copy))
            })
        })
        .collect();
    assert!(outputs[0].1.len() > 60);
    assert!(outputs.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn without_an_identity_nothing_is_stamped_and_the_book_is_there() {
    let copy = Copy::of_sample();
    let repository = copy.commit_all();
    let mut config = repository.config().unwrap();
    config.remove("user.name").unwrap();
    config.remove("user.email").unwrap();
    let ran = copy.run(&["assess"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("git config") && ran.stderr.contains("user.email"),
        "{}",
        ran.stderr
    );
    assert!(copy.path().join("book/build/index.html").is_file());
    let head = repository.head().unwrap().peel_to_commit().unwrap();
    assert_eq!(head.parent_count(), 0);
}

#[test]
fn outside_a_repository_the_message_says_what_to_type() {
    let copy = Copy::of_sample();
    let ran = copy.run(&["stamp"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("git init"), "{}", ran.stderr);
}

#[test]
fn uncommitted_pages_are_refused_by_name_and_recorded_on_demand() {
    let copy = Copy::of_sample();
    copy.commit_all();
    let page = copy.read("book/src/ecs/ecs-net.md");
    copy.write("book/src/ecs/ecs-net.md", &format!("{page}\nA thought.\n"));
    let refused = copy.run(&["stamp"]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.stderr.contains("book/src/ecs/ecs-net.md"),
        "{}",
        refused.stderr
    );
    let recorded = copy.run(&["stamp", "--allow-dirty"]);
    assert_eq!(recorded.code, 1, "{}", recorded.stderr);
    let run = files(&copy.path().join("evidence/runs"))
        .into_values()
        .next()
        .unwrap();
    assert!(
        String::from_utf8(run)
            .unwrap()
            .contains("book/src/ecs/ecs-net.md")
    );
}

#[test]
fn an_edited_record_is_named_in_the_work_tree_and_in_a_commit() {
    let copy = Copy::of_sample();
    let repository = copy.commit_all();
    assert_eq!(copy.run(&["stamp"]).code, 1);
    let path = "evidence/records/ecs-access/iam-mfa.toml";
    let record = copy.read(path);
    copy.write(
        path,
        &record.replace("verdict = \"fail\"", "verdict = \"pass\""),
    );
    let found = copy.run(&["verify"]);
    assert_eq!(found.code, 1, "{}", found.stdout);
    assert!(
        found.stdout.contains("ecs-access/iam-mfa.toml"),
        "{}",
        found.stdout
    );
    commit(&repository, "evidence: better now");
    let found = copy.run(&["verify"]);
    assert_eq!(found.code, 1, "{}", found.stdout);
    for said in ["ecs-access/iam-mfa.toml", "Tester"] {
        assert!(found.stdout.contains(said), "{said} in {}", found.stdout);
    }
}

#[test]
fn numbers_of_cards_in_names_do_not_reach_evidence() {
    let copy = Copy::of_sample();
    // A published test number in the name of a security group.
    let path = "exports/aws/ec2/describe-security-groups.json";
    let groups =
        copy.read(path)
            .replacen("\"GroupName\": \"", "\"GroupName\": \"4111111111111111 ", 1);
    assert!(groups.contains("4111111111111111"));
    copy.write(path, &groups);
    copy.write(
        "exports/manifest.toml",
        &without_digests(&copy.path().join("exports/manifest.toml")),
    );
    copy.commit_all();
    assert_eq!(copy.run(&["stamp"]).code, 1);
    for (path, bytes) in files(&copy.path().join("evidence")) {
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains("4111111111111111"), "{}", path.display());
    }
}

/// The manifest without the digests that no longer hold.
fn without_digests(manifest: &Path) -> String {
    let text = std::fs::read_to_string(manifest).unwrap_or_default();
    let kept: Vec<&str> = text
        .lines()
        .filter(|line| {
            !line.trim_start().starts_with("digest") && !line.trim_start().starts_with("sha256")
        })
        .collect();
    kept.join("\n")
}
