//! What `scan --format sarif` writes is SARIF 2.1.0, whatever it tells of.

use std::fs;

use serde_json::Value;

use super::cards::number;
use super::forms::forms;
use super::harness::Copy;

/// Returns everything below a place that has a key, in its order.
fn all<'v>(value: &'v Value, key: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get(key));
            map.values().for_each(|value| all(value, key, found));
        }
        Value::Array(items) => items.iter().for_each(|item| all(item, key, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn every<'v>(value: &'v Value, key: &str) -> Vec<&'v Value> {
    let mut found = Vec::new();
    all(value, key, &mut found);
    found
}

/// Writes files that give results of every kind, level and place, and notifications.
fn write(copy: &Copy) {
    let card = number("4929", 16, 1);
    let track = number("4556", 16, 2);
    let text = format!(
        "first\ncard={card}\n{card}\n4111111111111111\n%B{track}^DOE/JOHN^30125000009876500?\n\
         ;{track}=30125000009876500?\ncvv=917\npin_block=A4C01F29B7E3D856\n\
         card {}**{}\n",
        &card[..10],
        &card[12..]
    );
    for (form, bytes) in forms(&text) {
        copy.write(&format!("data/a.{form}"), "");
        fs::write(copy.path().join(format!("data/a.{form}")), bytes).unwrap();
    }
    for name in [
        &format!("{card}.txt"),
        "ü b/c:d.log",
        "[a](b) {0}.log",
        "%41#?.log",
        "\u{1b}[31m.log",
        "a\nb.log",
    ] {
        copy.write(&format!("data/{name}"), &format!("card={card}\n"));
    }
    fs::write(copy.path().join("data/cut [x].gz"), [0x1f, 0x8b, 8, 0, 0]).unwrap();
    copy.write(
        "allow.toml",
        "[[allow]]\npath = \"data/*.log\"\nkinds = [\"pan\"]\nconfidence = [\"confirmed\"]\nreason = \"[a]({0})\"\n\
         approver = \"nl-0148\"\napproved = 2026-11-19\nexpires = 2027-05-19\n\
         [[allow]]\npath = \"none/**\"\nkinds = [\"pan\"]\nreason = \"x\"\napprover = \"nl-0148\"\n\
         approved = 2026-11-19\nexpires = 2027-05-19\n",
    );
}

#[test]
fn the_output_is_as_the_standard_asks() {
    let copy = Copy::empty();
    write(&copy);
    let absolute = copy.path().join("data/a.txt");
    let schema: Value = serde_json::from_str(include_str!("sarif.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for args in [
        &["scan", "data", "absent", "--format", "sarif"][..],
        &["scan", "data", "--format", "sarif", "--allow", "allow.toml"],
        &["scan", absolute.to_str().unwrap(), "--format", "sarif"],
        &["scan", "-", "--format", "sarif"],
    ] {
        let ran = copy.run_with(args, b"card=4111111111111111\n");
        assert!(ran.stderr.is_empty(), "{}", ran.stderr);
        let written = ran.stdout.replace("[workbook]", "/workbook");
        let sarif: Value = serde_json::from_str(&written).unwrap();
        let mistakes: Vec<String> = schema
            .iter_errors(&sarif)
            .map(|error| format!("{} {error}", error.instance_path()))
            .collect();
        assert_eq!(mistakes, Vec::<String>::new(), "{args:?}");
        let run = &sarif["runs"][0];
        let rules: Vec<&Value> = every(&run["tool"], "id");
        for result in run["results"].as_array().unwrap() {
            assert!(rules.contains(&&result["ruleId"]), "{result}");
            let location = &result["locations"][0];
            let inside = location.get("logicalLocations").is_some();
            let region = location["physicalLocation"].get("region").is_some();
            let named = result["properties"]["place"] == "name";
            // A region is one of the file that the address names, and not of what is packed in it.
            assert_eq!(region, !inside && !named, "{result}");
        }
        for text in every(&sarif, "text") {
            let text = text.as_str().unwrap();
            let signs = text.replace("\\[", "").replace("\\]", "");
            assert!(!signs.contains(['[', ']']), "a link: {text}");
            let signs = text.replace("{{", "").replace("}}", "");
            assert!(!signs.contains(['{', '}']), "an argument: {text}");
            assert!(!text.contains(char::is_control), "{text:?}");
        }
    }
}

#[test]
fn every_kind_level_and_suppression_is_told() {
    let copy = Copy::empty();
    write(&copy);
    let ran = copy.run(&["scan", "data", "--format", "sarif", "--allow", "allow.toml"]);
    assert!(ran.stderr.is_empty(), "{}", ran.stderr);
    let sarif: Value = serde_json::from_str(&ran.stdout).unwrap();
    let results = &sarif["runs"][0]["results"];
    let told = |key: &str| {
        let mut told: Vec<String> = every(results, key)
            .iter()
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect();
        told.sort_unstable();
        told.dedup();
        told
    };
    assert_eq!(told("level"), ["error", "note", "warning"]);
    assert_eq!(told("status"), ["accepted"]);
    assert_eq!(
        told("ruleId"),
        [
            "card-code",
            "display",
            "pan",
            "pin-block",
            "track1",
            "track2"
        ]
    );
    let notifications = &sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    let levels: Vec<&str> = every(notifications, "level")
        .iter()
        .filter_map(|level| level.as_str())
        .collect();
    for level in ["error", "warning", "note"] {
        assert!(levels.contains(&level), "{level}");
    }
}
