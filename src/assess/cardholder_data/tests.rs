//! Every way to each verdict.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::assess::{CheckOutcome, Evaluation, Facts, Finding, Verdict};
use crate::book::{self, Book};
use crate::check::{self, Check, Data, Digests, Environment, Known};
use crate::config::{self, Config};
use crate::human::{self, Human};
use crate::inventory::{Inventory, Sources};
use crate::source::{Date, Diagnostic, Map, SourceFile};

mod populations;
mod verdicts;

const TODAY: Date = Date::from_ymd(2026, 11, 22);

const CONFIG: &str = "organisation = \"x\"\nentity = [\"merchant\"]\nplatforms = [\"aws-ecs-fargate\"]\n\
    [[scope]]\naccount = \"111122223333\"\nscope = \"cde\"\n";

const REGISTER: &str =
    "[[entry]]\nid = \"pods\"\nkind = \"pod-logs\"\n[[entry]]\nid = \"mail\"\nkind = \"mail\"\n";

/// An entry about the pod logs of the register, with further keys.
fn of_pods(keys: &str) -> String {
    format!(
        "each = \"registers.log_sources\"\nwhere = 'item.kind == \"pod-logs\"'\n\
         forbid = [\"track\", \"pan\"]\nwithin = \"3 months\"\n{keys}"
    )
}

fn check_of(entries: &[&str]) -> Vec<Check> {
    let entries: Vec<String> = entries
        .iter()
        .map(|entry| format!("[[cardholder-data]]\n{entry}\n"))
        .collect();
    let entries = entries.concat();
    let text = format!(
        "+++\nid = \"ecs-x\"\ntitle = \"x\"\n[[statements]]\nid = \"x-a\"\nlabel = \"x\"\n+++\n\n\
         ```toml check\nid = \"x\"\ntitle = \"x\"\nstatements = [\"x-a\"]\nbasis = \"source\"\n\
         strength = \"direct\"\nseverity = \"low\"\nfix = \"x\"\n{entries}```\n"
    );
    let (page, _) = book::parse_page("ecs/ecs-x.md", &SourceFile::new("x", text));
    let known = Known {
        environment: &Environment::new(),
        params: &Map::new(),
        lists: &Map::new(),
        schemas: &BTreeMap::new(),
        digests: &Digests::default(),
    };
    let (checks, diagnostics) = check::read(&[page], known);
    let told: Vec<String> = diagnostics
        .into_sorted()
        .iter()
        .map(Diagnostic::one_line)
        .collect();
    assert_eq!(told, Vec::<String>::new());
    checks
}

fn config() -> Config {
    let (config, _) = config::parse(&SourceFile::new("workbook.toml", CONFIG));
    config.expect("a configuration")
}

fn human(registers: &[(&str, &str)]) -> Human {
    let registers = registers
        .iter()
        .filter_map(|(name, text)| {
            let path = format!("evidence/registers/{name}.toml");
            human::parse_register(&SourceFile::new(path, *text), &BTreeMap::new()).0
        })
        .map(|register| (register.name.clone(), register))
        .collect();
    Human {
        registers,
        ..Human::default()
    }
}

fn sources() -> Sources {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("checks/sources/aws.toml");
    let text = fs::read_to_string(path).expect("the sources");
    Sources::parse(&[SourceFile::new("aws.toml", text)]).0
}

fn inventory(files: &[(&str, String)]) -> Inventory {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    Inventory::load(folder.path(), &sources(), &config().scopes).expect("exports")
}

/// Evaluates one check, with the files read backwards too: the order must not matter.
fn outcome(entries: &[&str], registers: &[(&str, &str)], files: &[(&str, String)]) -> CheckOutcome {
    let checks = check_of(entries);
    let (config, human) = (config(), human(registers));
    let book = Book::default();
    let data = Data::new(
        inventory(files),
        &checks,
        Map::new(),
        Map::new(),
        &human,
        TODAY,
        config.time_zone,
    );
    let facts = Facts {
        data: &data,
        config: &config,
        book: &book,
        human: &human,
        earlier: &crate::assess::Earlier::Nothing,
    };
    let start = Evaluation::new(&checks, facts);
    let populations: Vec<String> = start.populations().map(str::to_owned).collect();
    let mut evaluations: Vec<Evaluation<'_>> = Vec::new();
    for scan in &data.inventory().scans {
        let mut evaluation = start.empty();
        evaluation.scanned(scan);
        evaluations.push(evaluation);
    }
    for population in &populations {
        for resource in data.inventory().resources(population) {
            let mut evaluation = start.empty();
            evaluation.resource(population, resource);
            evaluations.push(evaluation);
        }
    }
    let again = |parts: Vec<Evaluation<'_>>| {
        parts
            .into_iter()
            .fold(start.empty(), Evaluation::merge)
            .finish()
    };
    let mut backwards: Vec<Evaluation<'_>> = Vec::new();
    for scan in data.inventory().scans.iter().rev() {
        let mut evaluation = start.empty();
        evaluation.scanned(scan);
        backwards.push(evaluation);
    }
    for population in &populations {
        for resource in data.inventory().resources(population).iter().rev() {
            let mut evaluation = start.empty();
            evaluation.resource(population, resource);
            backwards.insert(0, evaluation);
        }
    }
    let outcome = again(evaluations);
    assert_eq!(again(backwards), outcome, "the order leaves no trace");
    outcome.checks.into_iter().next().expect("the check")
}

/// Returns a report about the pod logs that shows nothing wrong.
fn clean() -> Value {
    json!({
        "format": "workbook-scan-report",
        "schema-version": 1,
        "tool": {"name": "evidence-workbook", "version": "0.1.0", "rules": "ab".repeat(32)},
        "started": "2026-11-18T02:00:00Z",
        "ended": "2026-11-18T02:10:00Z",
        "member": {"type": "registers.log_sources", "id": "pods"},
        "places": ["content", "name"],
        "kinds": ["pan", "track"],
        "extent": "all",
        "files": {"found": 2, "read": 2, "unread": 0, "bytes": 5000},
        "unread": [],
        "counts": {
            "pan": {"confirmed": 0, "possible": 0, "test": 0},
            "track": {"confirmed": 0, "possible": 0, "test": 0}
        },
        "findings": [],
        "omitted": 0
    })
}

fn finding(confidence: &str, place: &str) -> Value {
    json!({"file": "a.log", "offset": 7, "length": 16, "kind": "pan", "confidence": confidence,
           "place": place, "issuer": "visa", "last-four": "0366"})
}

fn with(mut report: Value, changes: &[(&str, Value)]) -> Value {
    for (pointer, value) in changes {
        *report.pointer_mut(pointer).expect("a key of the report") = value.clone();
    }
    report
}

fn found(confidence: &str, place: &str) -> Value {
    with(
        clean(),
        &[
            ("/findings", json!([finding(confidence, place)])),
            (&format!("/counts/pan/{confidence}"), json!(1)),
        ],
    )
}
