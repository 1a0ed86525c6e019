//! Which members there are, and which reports are about each.

use super::*;
use Verdict::{Error, Fail, NotChecked};

const GROUPS: &str = "aws/111122223333/eu-west-1/logs/describe-log-groups.json";

fn groups(names: &[&str], more: &str) -> String {
    let groups: Vec<Value> = names
        .iter()
        .map(|name| {
            json!({"logGroupName": name,
                   "logGroupArn": format!("arn:aws:logs:eu-west-1:111122223333:log-group:{name}")})
        })
        .collect();
    let mut listing = json!({"logGroups": groups});
    if !more.is_empty() {
        listing["nextToken"] = json!(more);
    }
    listing.to_string()
}

fn of_group(id: &str) -> String {
    with(
        clean(),
        &[("/member", json!({"type": "AWS::Logs::LogGroup", "id": id}))],
    )
    .to_string()
}

const LOGS: &str = "resource = \"AWS::Logs::LogGroup\"\nforbid = [\"pan\"]";

#[test]
fn resources_are_scanned_each_and_listed_completely() {
    let arn = "arn:aws:logs:eu-west-1:111122223333:log-group:/b";
    let both = [("a.json", of_group("/a")), ("b.json", of_group(arn))];
    let files = |listing: String, scans: &[(&'static str, String)]| {
        let mut files = vec![(GROUPS, listing)];
        files.extend(scans.iter().cloned());
        files
    };
    let all = outcome(&[LOGS], &[], &files(groups(&["/a", "/b"], ""), &both));
    assert_eq!(
        (all.verdict, all.examined()),
        (Verdict::Pass, 2),
        "{:?}",
        all.findings
    );
    assert_eq!(all.exports, ["a.json", GROUPS, "b.json"]);
    let one = outcome(&[LOGS], &[], &files(groups(&["/a", "/b"], ""), &both[..1]));
    assert_eq!((one.verdict, one.examined()), (Verdict::NotChecked, 1));
    assert_eq!(
        one.missing,
        [
            "scan reports of 1 of 2 AWS::Logs::LogGroup: /b; run `workbook scan --report FILE` where the data lie"
        ]
    );
    let cut = outcome(&[LOGS], &[], &files(groups(&["/a", "/b"], "x"), &both));
    assert_eq!((cut.verdict, cut.examined()), (Verdict::NotChecked, 2));
    assert!(
        cut.findings[0]
            .message
            .starts_with("there may be more to scan: ")
    );
    let unlisted = outcome(&[LOGS], &[], &both);
    assert_eq!(
        (unlisted.verdict, unlisted.examined()),
        (Verdict::NotChecked, 0)
    );
    let none = outcome(
        &["resource = \"AWS::Logs::LogGroup\"\nforbid = [\"pan\"]\nwhen-none = \"not-applicable\""],
        &[],
        &files(groups(&[], ""), &[]),
    );
    // An empty listing names no account, and is complete nevertheless.
    assert_eq!(none.verdict, Verdict::NotApplicable, "{:?}", none.findings);
}

#[test]
fn a_listing_from_before_the_window_takes_a_pass_back_and_no_failure() {
    let manifest =
        "[[file]]\npath = \"logs/describe-log-groups.json\"\nstarted = 2025-11-20T00:00:00Z\n";
    let manifest_path = "aws/111122223333/eu-west-1/manifest.toml";
    let bad = with(
        found("confirmed", "content"),
        &[(
            "/member",
            json!({"type": "AWS::Logs::LogGroup", "id": "/a"}),
        )],
    );
    for (scan, verdict, said) in [
        (of_group("/a"), NotChecked, "the export is stale"),
        (bad.to_string(), Fail, "0366"),
    ] {
        let files = [
            (GROUPS, groups(&["/a"], "")),
            (manifest_path, manifest.to_owned()),
            ("a.json", scan),
        ];
        let outcome = outcome(&[LOGS], &[], &files);
        assert_eq!(outcome.verdict, verdict, "{:?}", outcome.findings);
        assert!(outcome.findings[0].message.contains(said));
    }
}

#[test]
fn a_report_that_was_changed_after_its_manifest_was_made_is_an_error() {
    let manifest = format!(
        "[[file]]\npath = \"a.json\"\ndigest = \"{}\"\n",
        "0".repeat(64)
    );
    let files = [
        ("scans/a.json", clean().to_string()),
        ("scans/manifest.toml", manifest),
    ];
    let outcome = outcome(&[&of_pods("")], &[("log-sources", REGISTER)], &files);
    assert_eq!(outcome.verdict, Error);
    assert!(
        outcome.findings[0]
            .message
            .contains("its SHA-256 is not the one")
    );
}

#[test]
fn a_name_of_two_resources_means_neither_unless_the_report_says_which() {
    let second = "aws/111122223333/us-east-1/logs/describe-log-groups.json";
    let there = groups(&["/a"], "").replace("eu-west-1", "us-east-1");
    let region = |region: &str| {
        with(
            clean(),
            &[(
                "/member",
                json!({"type": "aws::logs::loggroup", "id": "/a", "region": region}),
            )],
        )
        .to_string()
    };
    let run = |scans: Vec<(&str, String)>| {
        let mut files = vec![(GROUPS, groups(&["/a"], "")), (second, there.clone())];
        files.extend(scans);
        let outcome = outcome(&[LOGS], &[], &files);
        (outcome.verdict, outcome.examined())
    };
    assert_eq!(
        run(vec![("s.json", of_group("/a"))]),
        (Verdict::NotChecked, 0)
    );
    assert_eq!(
        run(vec![("s.json", region("eu-west-1"))]),
        (Verdict::NotChecked, 1)
    );
    assert_eq!(
        run(vec![
            ("s.json", region("eu-west-1")),
            ("t.json", region("us-east-1"))
        ]),
        (Verdict::Pass, 2)
    );
    assert_eq!(
        run(vec![("s.json", region("ap-south-1"))]),
        (Verdict::NotChecked, 0)
    );
    let given = format!("{LOGS}\nmember = 'resource.logGroupName'");
    let files = vec![
        (GROUPS, groups(&["/a"], "")),
        (second, there.clone()),
        ("s.json", of_group("/a")),
    ];
    let outcome = outcome(&[&given], &[], &files);
    assert!(
        outcome.findings[0]
            .message
            .contains("gives 2 resources this name")
    );
    assert_eq!(outcome.examined(), 0);
}

#[test]
fn entries_of_a_register_can_be_scanned_as_resources() {
    let register =
        "[[entry]]\nid = \"api\"\ngroup = \"/a\"\n[[entry]]\nid = \"web\"\ngroup = \"/a\"\n";
    let entry = "each = \"registers.log_sources\"\nforbid = [\"pan\"]\n\
                 member = 'item.group'\nmember-type = \"AWS::Logs::LogGroup\"";
    let outcome = outcome(
        &[entry],
        &[("log-sources", register)],
        &[("s.json", of_group("/a"))],
    );
    assert_eq!((outcome.verdict, outcome.examined()), (Verdict::Pass, 2));
}

#[test]
fn what_is_out_of_scope_or_of_no_platform_in_use_is_left_out() {
    let groups = groups(&["/a"], "").replace("111122223333", "444455556666");
    let path = GROUPS.replace("111122223333", "444455556666");
    let scoped = "resource = \"AWS::Logs::LogGroup\"\nforbid = [\"pan\"]\nwhere = 'resource.meta.scope == \"cde\"'";
    let outcome_of = |entry: &str| outcome(&[entry], &[], &[(&path, groups.clone())]);
    assert_eq!(outcome_of(scoped).verdict, Verdict::NotChecked);
    assert_eq!(
        outcome_of(LOGS).findings[0].message,
        "no scan report is about it"
    );
    let azure = outcome_of("resource = \"Microsoft.Storage/storageAccounts\"\nforbid = [\"pan\"]");
    assert_eq!(
        (azure.verdict, azure.left_out),
        (Verdict::NotApplicable, true)
    );
}
