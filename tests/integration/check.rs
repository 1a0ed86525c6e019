//! `check`, `exports`, `test`, `list` and `explain`: what they print and how they end.

use super::harness::{Copy, files};

#[test]
fn json_fits_its_schema_and_counts_what_the_summary_counts() {
    let copy = Copy::of_sample();
    let ran = copy.run(&["check", "--format", "json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../schemas/check.json")).unwrap();
    let mistakes: Vec<String> = jsonschema::validator_for(&schema)
        .unwrap()
        .iter_errors(&report)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(mistakes, Vec::<String>::new());
    let checks = report["checks"].as_array().unwrap();
    assert_eq!(checks.len(), copy.run(&["list"]).stdout.lines().count());
    let failing = checks
        .iter()
        .filter(|check| check["verdict"] == "fail")
        .count();
    let human = copy.run(&["check"]);
    assert_eq!(human.code, 1);
    assert!(
        human
            .stdout
            .contains(&format!("{} checks: {failing} fail", checks.len())),
        "{}",
        human.stdout
    );
    for check in checks {
        for finding in check["findings"].as_array().unwrap() {
            if finding["verdict"] == "fail" {
                assert_ne!(
                    finding["message"], "",
                    "every failure says what is wrong: {finding}"
                );
            }
        }
    }
}

#[test]
fn checking_writes_nothing() {
    let copy = Copy::of_sample();
    let before = files(copy.path());
    copy.run(&["check"]);
    copy.run(&["exports"]);
    assert_eq!(files(copy.path()), before);
}

#[test]
fn every_example_comes_to_what_its_name_says() {
    let root = Copy::of_sample();
    let ran = root.run(&["test", "--workbook", env!("CARGO_MANIFEST_DIR")]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
}

#[test]
fn no_way_leads_from_nothing_to_zero() {
    let copy = Copy::of_sample();
    std::fs::create_dir(copy.path().join("nothing")).unwrap();
    // What people recorded stands without exports; here it is gone as well.
    std::fs::remove_dir_all(copy.path().join("evidence")).unwrap();
    let ran = copy.run(&["check", "--exports", "nothing", "--page", "ecs-net"]);
    assert_eq!(ran.code, 3, "{}", ran.stdout);
    assert!(!ran.stdout.contains(" pass"), "{}", ran.stdout);
    let ran = copy.run(&["check", "--exports", "missing"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("there is no folder of exports"),
        "{}",
        ran.stderr
    );
}

#[test]
fn names_that_select_nothing_are_mistakes() {
    let copy = Copy::of_sample();
    for (args, said) in [
        (vec!["check", "net-awsvcp"], "did you mean `net-awsvpc`?"),
        (
            vec!["check", "--page", "ecs-nett"],
            "did you mean `ecs-net`?",
        ),
        (vec!["explain", "net-awsvcp"], "did you mean `net-awsvpc`?"),
        (vec!["test", "nothing"], "there is no check `nothing`"),
        (
            vec!["check", "--severity", "severe"],
            "it is one of low, medium, high, critical",
        ),
        (vec!["frobnicate"], "unrecognized subcommand"),
    ] {
        let ran = copy.run(&args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}");
        assert!(ran.stderr.contains(said), "{args:?}: {}", ran.stderr);
    }
}

#[test]
fn filters_select_and_the_format_does_not_change_the_code() {
    let copy = Copy::of_sample();
    let one = copy.run(&["check", "ecs-not-privileged"]);
    let json = copy.run(&["check", "ecs-not-privileged", "--format", "json"]);
    assert_eq!(one.code, json.code);
    assert!(one.stdout.contains("\n1 checks: "), "{}", one.stdout);
    let critical = copy.run(&["check", "--severity", "critical"]).stdout;
    assert!(
        critical.contains("critical") && !critical.contains("medium "),
        "{critical}"
    );
    let azure = copy
        .run(&["check", "--platform", "azure-aks", "--format", "json"])
        .stdout;
    assert!(azure.contains("appgw-tls12") && !azure.contains("\"id\": \"net-awsvpc\""));
}

#[test]
fn all_mistakes_of_a_workbook_are_told_at_once_and_nothing_runs() {
    let copy = Copy::of_sample();
    let config = copy
        .read("workbook.toml")
        .replace("organisation =", "organization =");
    copy.write("workbook.toml", &config);
    let page = copy.read("book/src/ecs/ecs-net.md").replacen(
        "severity = \"high\"",
        "severity = \"hihg\"",
        1,
    );
    copy.write("book/src/ecs/ecs-net.md", &page);
    let ran = copy.run(&["check"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    for said in [
        "workbook.toml:",
        "did you mean `organisation`?",
        "ecs-net.md:",
        "did you mean `high`?",
        "nothing was run",
    ] {
        assert!(ran.stderr.contains(said), "{said} in {}", ran.stderr);
    }
}

#[test]
fn explanations_and_help_teach() {
    let copy = Copy::of_sample();
    let check = copy.run(&["explain", "ecs-not-privileged"]).stdout;
    for said in [
        "stands at book/src/ecs/ecs-access.md:",
        "Fix",
        "Definition",
        "needs exports of: AWS::ECS::",
    ] {
        assert!(check.contains(said), "{said} in {check}");
    }
    assert!(
        copy.run(&["explain", "ecs-net-j"])
            .stdout
            .contains("net-awsvpc")
    );
    assert!(
        copy.run(&["explain", "unguarded-all"])
            .stdout
            .contains("true without having seen anything")
    );
    let help = copy.run(&["--help"]);
    assert_eq!(help.code, 0);
    assert!(
        help.stdout
            .contains("Exit codes: 0 all selected checks hold"),
        "{}",
        help.stdout
    );
    insta::assert_snapshot!("help", help.stdout);
}

#[test]
fn a_first_run_on_an_account_of_ones_own_ends_in_a_short_list() {
    let copy = Copy::of_sample();
    for folder in [
        "evidence/registers",
        "evidence/occurrences",
        "evidence/acknowledgements",
        "evidence/exceptions",
        "exports/azure",
        "exports/kubernetes",
    ] {
        let _ = std::fs::remove_dir_all(copy.path().join(folder));
    }
    let config: String = copy
        .read("workbook.toml")
        .lines()
        .filter(|line| !line.starts_with("sample =") && !line.starts_with("as-of ="))
        .map(|line| line.to_owned() + "\n")
        .collect();
    copy.write("workbook.toml", &config);
    let ran = copy.run(&["check"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    let (_, list) = ran.stdout.split_once("Export or write next\n").unwrap();
    let (list, _) = list.split_once("\n\n").unwrap();
    assert!(list.lines().count() <= 15, "{list}");
    for said in [
        "take azure-aks out of `platforms`",
        "write evidence/registers/data-stores.toml",
    ] {
        assert!(list.contains(said), "{said} in {list}");
    }
    assert!(!ran.stdout.contains("invented"), "{}", ran.stdout);
}
