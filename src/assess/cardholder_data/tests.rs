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

use Verdict::{Error, Expired, Fail, NotChecked, Pass};

const LOOK: &str = "to be looked at: pan of visa ending in 0366";

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

fn unread(report: Value) -> Value {
    with(
        report,
        &[
            ("/files/read", json!(1)),
            ("/files/unread", json!(1)),
            ("/unread", json!([{"file": "b.gz", "why": "it ends early"}])),
        ],
    )
}

fn of(report: Value, ended: &str) -> Value {
    with(
        report,
        &[
            ("/started", json!(format!("{ended}T01:00:00Z"))),
            ("/ended", json!(format!("{ended}T02:00:00Z"))),
        ],
    )
}

fn possible() -> Value {
    found("possible", "content")
}

fn cleared(until: &str) -> Value {
    let mut report = possible();
    report["findings"][0]["cleared"] =
        json!({"by": "nl-0148", "on": "2026-11-19", "until": until, "reason": "a parcel number"});
    report
}

fn period(from: &str, to: &str) -> Value {
    let mut report = with(clean(), &[("/extent", json!("period"))]);
    report["data"] = json!({"from": format!("{from}T00:00:00Z"), "to": format!("{to}T00:00:00Z")});
    report
}

/// Returns the finding about the pod logs.
fn judged(keys: &str, reports: &[Value]) -> Finding {
    let files: Vec<(String, String)> = reports
        .iter()
        .enumerate()
        .map(|(n, report)| (format!("scans/{n}.json"), report.to_string()))
        .collect();
    let files: Vec<(&str, String)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.clone()))
        .collect();
    let outcome = outcome(&[&of_pods(keys)], &[("log-sources", REGISTER)], &files);
    let [finding] = outcome.findings.as_slice() else {
        panic!("one member, one finding: {:?}", outcome.findings)
    };
    assert_eq!(finding.subject, "registers.log_sources/pods");
    finding.clone()
}

/// A name, further keys of the entry, reports, and the verdict with some of its message.
type Case<'a> = (&'a str, &'a str, Vec<Value>, Verdict, &'a str);

fn all_judged(cases: Vec<Case<'_>>) {
    for (name, keys, reports, verdict, said) in cases {
        let finding = judged(keys, &reports);
        let message = &finding.message;
        assert_eq!(finding.verdict, verdict, "{name}: {message}");
        assert!(message.contains(said), "{name}: {message}");
        assert_eq!(message.is_empty(), verdict == Pass, "{name}");
    }
}

#[test]
fn what_was_found_decides() {
    let unlisted = with(
        clean(),
        &[
            ("/counts/track/confirmed", json!(3)),
            ("/omitted", json!(3)),
        ],
    );
    let of_content = with(unlisted.clone(), &[("/places", json!(["content"]))]);
    let see = "3 see the report";
    let told = "pan of visa ending in 0366 in a.log at byte 7";
    let named = vec![found("confirmed", "name")];
    let of_names = "place = \"name\"";
    all_judged(vec![
        ("clean", "", vec![clean()], Pass, ""),
        ("test", "", vec![found("test", "content")], Pass, ""),
        (
            "number",
            "",
            vec![found("confirmed", "content")],
            Fail,
            told,
        ),
        ("in a name", "", named.clone(), Pass, ""),
        (
            "in a forbidden name",
            of_names,
            named,
            Fail,
            "the name of a",
        ),
        ("not listed", "", vec![of_content], Fail, see),
        ("not listed, of where", "", vec![unlisted], NotChecked, see),
        ("possible", "", vec![possible()], NotChecked, LOOK),
        ("cleared", "", vec![cleared("2026-11-22")], Pass, ""),
        (
            "no longer",
            "",
            vec![cleared("2026-11-21")],
            NotChecked,
            LOOK,
        ),
    ]);
}

#[test]
fn what_was_not_read_is_not_checked() {
    let other = with(clean(), &[("/member/id", json!("mail"))]);
    let sample = {
        let mut report = with(clean(), &[("/extent", json!("sample"))]);
        report["selection"] = json!("every tenth stream");
        report
    };
    let no_bytes = with(clean(), &[("/files/bytes", json!(0))]);
    let none = json!({"found": 0, "read": 0, "unread": 0, "bytes": 0});
    let nothing = with(clean(), &[("/files", none)]);
    let no_track = {
        let mut report = with(clean(), &[("/kinds", json!(["pan"]))]);
        let counts = report["counts"].as_object_mut().expect("counts");
        counts.remove("track");
        report
    };
    let names_only = with(clean(), &[("/places", json!(["name"]))]);
    let share = {
        let mut report = clean();
        report["shard"] = json!({"number": 2, "of": 5});
        report
    };
    let part = unread(found("confirmed", "content"));
    let enough = "extent = \"sample\"";
    let of_names = "place = \"name\"";
    let untold = "no scan report is about it";
    let cut = "did not read 1 of 2 files: b.gz (it ends early)";
    all_judged(vec![
        ("no report", "", vec![], NotChecked, untold),
        ("of another", "", vec![other], NotChecked, untold),
        ("unread", "", vec![unread(clean())], Error, cut),
        (
            "a share",
            "",
            vec![share],
            NotChecked,
            "is of share 2/5 of the files only",
        ),
        ("unread, and a number", "", vec![part], Fail, "0366"),
        ("nothing", "", vec![nothing], NotChecked, "read nothing"),
        ("no byte", "", vec![no_bytes.clone()], NotChecked, "nothing"),
        ("names have no bytes", of_names, vec![no_bytes], Pass, ""),
        ("kind", "", vec![no_track], NotChecked, "look for track"),
        ("place", "", vec![names_only], NotChecked, "look at content"),
        (
            "sample",
            "",
            vec![sample.clone()],
            NotChecked,
            "a sample only",
        ),
        ("sample is enough", enough, vec![sample], Pass, ""),
    ]);
}

#[test]
fn what_is_old_has_expired() {
    let whole = period("2026-08-18", "2026-11-18");
    let short = period("2026-08-19", "2026-11-18");
    let past = period("2026-05-01", "2026-08-21");
    let old_and_bad = of(found("confirmed", "content"), "2026-08-21");
    let late = of(clean(), "2026-11-23");
    let after = "after the date of judgement";
    all_judged(vec![
        ("period", "", vec![whole], Pass, ""),
        ("short", "", vec![short], NotChecked, "less than 3 months"),
        ("old data", "", vec![past], Expired, "the data scanned end"),
        ("due today", "", vec![of(clean(), "2026-08-22")], Pass, ""),
        (
            "old",
            "",
            vec![of(clean(), "2026-08-21")],
            Expired,
            "more than",
        ),
        ("old, and a number", "", vec![old_and_bad], Fail, ""),
        ("after today", "", vec![late], NotChecked, after),
    ]);
}

#[test]
fn the_newest_complete_report_decides_and_what_came_after_stays_found() {
    let bad = found("confirmed", "content");
    let was_bad = of(bad.clone(), "2026-11-01");
    let was_clean = of(clean(), "2026-11-01");
    let part = unread(bad.clone());
    let perhaps = unread(possible());
    let version = with(clean(), &[("/schema-version", json!(2))]);
    let counts = with(clean(), &[("/counts/pan/test", json!(1))]);
    let beside = vec![clean(), counts.clone()];
    let refused = "scans/1.json can't be relied upon";
    all_judged(vec![
        ("mended", "", vec![was_bad.clone(), clean()], Pass, ""),
        ("half", "", vec![was_bad, unread(clean())], Fail, "0366"),
        ("since", "", vec![was_clean.clone(), part], Fail, "0366"),
        (
            "perhaps",
            "",
            vec![was_clean.clone(), perhaps],
            NotChecked,
            LOOK,
        ),
        ("part since", "", vec![was_clean, unread(clean())], Pass, ""),
        ("at one time", "", vec![clean(), bad], Fail, "0366"),
        ("version", "", vec![version], Error, "is not 1"),
        ("counts", "", vec![counts], Error, "do not add up"),
        ("broken beside a good one", "", beside, Error, refused),
    ]);
}

#[test]
fn a_finding_tells_what_was_scanned_and_who_cleared_what() {
    let finding = judged("", &[cleared("2027-05-19")]);
    assert_eq!(
        finding.shows,
        "scanned 2026-11-18 by evidence-workbook 0.1.0 for pan, track in content: all it held, \
         2 of 2 files, 5000 bytes; 0 confirmed, 1 possible, 0 test; cleared by nl-0148: a parcel number"
    );
    assert_eq!(
        finding.place.map(|place| place.file),
        Some("scans/0.json".to_owned())
    );
}

#[test]
fn the_default_age_is_the_window_of_evidence() {
    let entry =
        "each = \"registers.log_sources\"\nwhere = 'item.id == \"pods\"'\nforbid = [\"pan\"]";
    for (day, verdict) in [
        ("2025-11-22", Verdict::Pass),
        ("2025-11-21", Verdict::Expired),
    ] {
        let files = [("a.json", of(clean(), day).to_string())];
        let outcome = outcome(&[entry], &[("log-sources", REGISTER)], &files);
        assert_eq!(outcome.verdict, verdict, "{day}");
    }
}

#[test]
fn a_register_that_is_absent_or_has_no_such_entry_does_not_pass() {
    let clean = [("a.json", clean().to_string())];
    let absent = outcome(&[&of_pods("when-none = \"not-applicable\"")], &[], &clean);
    assert_eq!(absent.verdict, Verdict::NotChecked);
    assert!(absent.missing[0].contains("write evidence/registers/log-sources.toml"));
    for (word, verdict) in [
        ("not-checked", Verdict::NotChecked),
        ("not-applicable", Verdict::NotApplicable),
        ("fail", Verdict::Fail),
    ] {
        let empty = "[[entry]]\nid = \"mail\"\nkind = \"mail\"\n";
        let keys = format!("when-none = \"{word}\"");
        let outcome = outcome(&[&of_pods(&keys)], &[("log-sources", empty)], &clean);
        assert_eq!(outcome.verdict, verdict, "{word}");
    }
}

#[test]
fn a_broken_report_that_says_nobody_is_an_error_of_every_check() {
    let cut = clean().to_string().replace("\"omitted\":0", "");
    let cut = cut
        .split("\"member\"")
        .next()
        .expect("a beginning")
        .to_owned();
    let cut = format!("{cut}\"format\":\"workbook-scan-report\"");
    let files = [("a.json", clean().to_string()), ("b.json", cut)];
    let outcome = outcome(&[&of_pods("")], &[("log-sources", REGISTER)], &files);
    assert_eq!(outcome.verdict, Verdict::Error);
    assert_eq!(outcome.count(Verdict::Pass), 1);
    assert_eq!(outcome.findings[0].subject, "b.json");
}

#[test]
fn trouble_in_where_and_member_is_a_finding() {
    for (entry, verdict, said) in [
        ("where = 'item.size > 3'", Verdict::NotChecked, "`size`"),
        (
            "where = 'item.id > 3'",
            Verdict::Error,
            "`where` can't be evaluated",
        ),
        ("member = 'item.stream'", Verdict::NotChecked, "`stream`"),
        ("member = '\" \"'", Verdict::NotChecked, "says no name"),
    ] {
        let entry = format!("each = \"registers.log_sources\"\nforbid = [\"pan\"]\n{entry}");
        let files = [("a.json", clean().to_string())];
        let outcome = outcome(&[&entry], &[("log-sources", REGISTER)], &files);
        assert_eq!(outcome.verdict, verdict, "{entry}");
        assert!(
            outcome.findings[0].message.contains(said),
            "{}",
            outcome.findings[0].message
        );
    }
}

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
