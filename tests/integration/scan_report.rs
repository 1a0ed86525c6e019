//! Scan reports: the guide's examples, the schema and the reader say the same.

use std::fs;
use std::path::Path;

use evidence_workbook::cardholder::ScanReport;
use serde_json::{Value, json};

use super::harness::Copy;

fn examples() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("book/src/guide/scan-reports.md");
    let page = fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    page.split("\n```json scan-report\n")
        .skip(1)
        .map(|rest| serde_json::from_str(rest.split("\n```").next().unwrap()).unwrap())
        .collect()
}

fn schema() -> jsonschema::Validator {
    let text = include_str!("../../schemas/scan-report.json");
    jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap()
}

#[test]
fn the_examples_of_the_guide_fit_the_schema_and_are_read() {
    let schema = schema();
    let examples = examples();
    assert_eq!(examples.len(), 2);
    for example in examples {
        let mistakes: Vec<String> = schema
            .iter_errors(&example)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(mistakes, Vec::<String>::new());
        let report = ScanReport::parse(&example.to_string()).unwrap();
        assert_eq!(report.member.id, example["member"]["id"].as_str().unwrap());
    }
}

/// Whatever the schema refuses, the reader refuses: who writes reports may hold on to the schema.
#[test]
fn what_the_schema_refuses_is_not_read_either() {
    let schema = schema();
    let example = &examples()[1];
    let mut places = Vec::new();
    pointers(example, String::new(), &mut places);
    let mut refused = 0;
    for pointer in places {
        for value in [json!(null), json!(-1), json!("x"), json!([]), json!({})] {
            let mut changed = example.clone();
            *changed.pointer_mut(&pointer).unwrap() = value.clone();
            if !schema.is_valid(&changed) {
                refused += 1;
                let read = ScanReport::parse(&changed.to_string());
                assert!(read.is_err(), "{pointer} = {value}");
            }
        }
    }
    assert!(refused > 150, "{refused}");
}

fn pointers(value: &Value, pointer: String, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                pointers(item, format!("{pointer}/{n}"), found);
            }
        }
        Value::Object(map) => {
            for (key, item) in map {
                pointers(item, format!("{pointer}/{key}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    found.push(pointer);
}

/// A page with one check of the log groups that the sample's exports list.
const PAGE: &str = "+++\nid = \"ecs-scan\"\ntitle = \"Scans\"\n\n[[statements]]\nid = \"ecs-scan-a\"\n\
label = \"No card data in logs\"\n+++\n# Scans\n\n```toml check\nid = \"scan-logs\"\ntitle = \"No log holds card data\"\n\
statements = [\"ecs-scan-a\"]\nbasis = \"source\"\nstrength = \"supporting\"\nseverity = \"high\"\nfix = \"Mask it.\"\n\n\
[[cardholder-data]]\nresource = \"AWS::Logs::LogGroup\"\nforbid = [\"pan\"]\nwithin = \"3 months\"\n```\n";

#[test]
fn the_kind_is_shown_by_every_command_and_stamped() {
    let copy = Copy::of_sample();
    // The sample has a report of every group; here only those below are there.
    for name in [
        "aws-cloudtrail-org",
        "aws-lambda-secret-rotation",
        "ecs-payments-api",
        "ecs-web-frontend",
        "vpc-flow-cde-vpc",
    ] {
        let report = format!("exports/scans/log-group-{name}.json");
        std::fs::remove_file(copy.path().join(report)).unwrap();
    }
    copy.write("book/src/ecs/ecs-scan.md", PAGE);
    let summary = copy.read("book/src/SUMMARY.md");
    let summary = summary.replacen(
        "- [Network segmentation]",
        "- [Scans](ecs/ecs-scan.md)\n- [Network segmentation]",
        1,
    );
    copy.write("book/src/SUMMARY.md", &summary);
    let mut broken = examples()[0].clone();
    broken["omitted"] = json!(7);
    copy.write("exports/scans/one.json", &examples()[0].to_string());
    copy.write("exports/scans/two.txt", &broken.to_string());
    let mut mistyped = examples()[0].clone();
    mistyped["member"]["id"] = json!("/ecs/payment-api");
    copy.write("exports/scans/three.json", &mistyped.to_string());
    let said = |args: &[&str], wanted: &[&str]| {
        let ran = copy.run(args);
        for text in wanted {
            assert!(
                ran.stdout.contains(text),
                "{text} in {}{}",
                ran.stdout,
                ran.stderr
            );
        }
        ran.code
    };
    said(&["list"], &["scan-logs", "cardholder-data"]);
    said(
        &["explain", "scan-logs"],
        &[
            "needs scan reports of every AWS::Logs::LogGroup: pan in content, all of it, no older than 3 months",
        ],
    );
    said(
        &["exports"],
        &[
            "scans/one.json - scan report of AWS::Logs::LogGroup /ecs/payments-api: 412 files, 0 confirmed, 0 possible, 1 test (111122223333, eu-west-1, 2026-11-18T02:11:37Z)",
            "scans/two.txt - scan report of AWS::Logs::LogGroup /ecs/payments-api",
            "unreadable: it contradicts itself: `counts` and the findings do not add up",
            "scan reports of ",
            "for scan-logs",
            "Scan reports that no check asks about\n  scans/three.json: AWS::Logs::LogGroup /ecs/payment-api\n",
        ],
    );
    let code = said(
        &["check", "scan-logs"],
        &[
            "can't be relied upon",
            "[scans/two.txt:1]",
            "scan reports of 4 of 5 AWS::Logs::LogGroup: /aws/cloudtrail/org, ",
        ],
    );
    assert_eq!(code, 3);
    let json = copy.run(&["check", "scan-logs", "--format", "json"]);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["checks"][0]["kind"], "cardholder-data");
    assert_eq!(json["checks"][0]["verdict"], "error");
    copy.commit_all();
    copy.run(&["assess"]);
    let record = copy.read("evidence/records/ecs-scan/scan-logs.toml");
    for text in [
        "kind = \"cardholder-data\"",
        "verdict = \"error\"",
        "path = \"scans/two.txt\"",
    ] {
        assert!(record.contains(text), "{text} in {record}");
    }
    let page = copy.read("book/build/ecs/ecs-scan.html");
    assert!(page.contains("scans/two.txt") && page.contains("scan reports of 4 of 5"));
    assert_eq!(copy.run(&["verify"]).code, 0);
}
