//! `scan` and `merge`: what they print, write and how they end.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::cards;
use super::harness::{Copy, Ran};

/// A number of Visa's that is none of the published ones.
fn card(seed: u64) -> String {
    cards::number("4929", 16, seed)
}

fn findings(ran: &Ran) -> Vec<Value> {
    ran.stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn beside(ran: &Ran, key: &str) -> Vec<Value> {
    ran.stderr
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|value| value.get(key).cloned())
        .collect()
}

fn schema(text: &str) -> jsonschema::Validator {
    jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap()
}

#[test]
fn json_lines_are_findings_and_nothing_else() {
    let copy = Copy::empty();
    copy.write("logs/a.log", &format!("line\n  card={}\n", card(1)));
    copy.write("logs/b.log", "nothing\ncvv: 123\n");
    copy.write(&format!("logs/{}.txt", card(2)), "");
    let ran = copy.run(&["scan", "logs", "--format", "jsonl"]);
    assert_eq!(ran.code, 1);
    let schema = schema(include_str!("../../schemas/finding.json"));
    let found = findings(&ran);
    for finding in &found {
        let mistakes: Vec<String> = schema
            .iter_errors(finding)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(mistakes, Vec::<String>::new(), "{finding}");
    }
    let (one, digits) = (found.iter().find(|it| it["path"] == "logs/a.log"), card(1));
    let one = one.unwrap();
    assert_eq!((&one["line"], &one["column"]), (&2.into(), &8.into()));
    assert_eq!((&one["offset"], &one["length"]), (&12.into(), &16.into()));
    assert_eq!(
        (&one["kind"], &one["brand"]),
        (&"pan".into(), &"visa".into())
    );
    assert_eq!(one["confidence"], "confirmed");
    assert_eq!(
        one["masked"],
        format!("{}******{}", &digits[..6], &digits[12..])
    );
    assert_eq!(one["member"], Value::Null);
    let kinds: BTreeSet<&str> = found
        .iter()
        .map(|it| it["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, BTreeSet::from(["card-code", "pan"]));
    let name = found.iter().find(|it| it["line"] == 0).unwrap();
    assert_eq!(
        name["path"],
        format!("logs/************{}.txt", &card(2)[12..])
    );
    let summary = &beside(&ran, "summary")[0];
    assert_eq!(
        (&summary["read"], &summary["unread"]),
        (&3.into(), &0.into())
    );
}

#[test]
fn the_exit_code_tells_found_whole_or_neither() {
    let copy = Copy::empty();
    copy.write("clean/a.log", "nothing to see\n");
    copy.write("test/a.log", "card=4111111111111111\n");
    copy.write("found/a.log", &format!("card={}\n", card(3)));
    copy.write("broken/a.gz", "\u{1f}");
    fs::write(copy.path().join("broken/a.gz"), [0x1f, 0x8b, 8, 0, 0]).unwrap();
    fs::create_dir(copy.path().join("empty")).unwrap();
    for (path, code) in [
        ("clean", 0),
        ("test", 0),
        ("found", 1),
        ("broken", 3),
        ("empty", 3),
        ("absent", 3),
    ] {
        for format in ["human", "jsonl", "sarif"] {
            let ran = copy.run(&["scan", path, "--format", format]);
            assert_eq!(
                ran.code, code,
                "{path} {format}: {}{}",
                ran.stdout, ran.stderr
            );
        }
    }
    assert_eq!(copy.run(&["scan", "broken", "found"]).code, 1);
    for args in [
        &["scan"][..],
        &["scan", "-", "-"],
        &["scan", "clean", "--shard", "3/2"],
    ] {
        assert_eq!(copy.run(args).code, 2, "{args:?}");
    }
}

#[test]
fn the_output_is_the_same_on_any_number_of_threads() {
    let copy = Copy::empty();
    for n in 0..300 {
        let many = if n % 97 == 0 { 3000 } else { n % 3 };
        let text: Vec<String> = (0..many)
            .map(|m| format!("card={}", card(n * 10_000 + m)))
            .collect();
        copy.write(&format!("logs/{}/{n:04}.log", n % 7), &text.join("\n"));
    }
    for format in ["human", "jsonl", "sarif"] {
        let run = |threads| {
            let ran = copy.run(&["scan", "logs", "--format", format, "--threads", threads]);
            (ran.stdout, ran.stderr)
        };
        let one = run("1");
        for threads in ["2", "3", "16"] {
            assert!(run(threads) == one, "{format} {threads}");
        }
    }
}

#[test]
fn people_see_place_kind_and_masked_number_and_what_is_not_read() {
    let copy = Copy::empty();
    let digits = card(5);
    copy.write("a.log", &format!("pan {digits}\n4111111111111111\n"));
    fs::write(copy.path().join("b.gz"), [0x1f, 0x8b, 8, 0, 0]).unwrap();
    copy.write("c\u{1b}[31m.log", "");
    let ran = copy.run(&["scan", "a.log", "b.gz", "c\u{1b}[31m.log", "d"]);
    let masked = format!("{}******{}", &digits[..6], &digits[12..]);
    for said in [
        &format!("a.log:1:5: confirmed pan visa {masked}"),
        "b.gz: not read: it is damaged or cut off\n",
        "d: not read: reading it failed: entity not found\n",
        "2 files read, ",
        "1 confirmed, 0 possible, 1 test numbers; 0 allowed; 2 not read or not wholly\n",
        "EBCDIC; packed and zoned",
    ] {
        assert!(ran.stdout.contains(said), "{said} in {}", ran.stdout);
    }
    assert!(!ran.stdout.contains('\u{1b}'), "{}", ran.stdout);
    assert_eq!(ran.stderr, "");
}

#[test]
fn content_and_lists_come_from_the_standard_input() {
    let copy = Copy::empty();
    copy.write("a b.log", &format!("card={}\n", card(6)));
    copy.write("c.log", "nothing\n");
    let content = format!("card={}\n", card(7));
    let ran = copy.run_with(
        &["scan", "-", "c.log", "--format", "jsonl"],
        content.as_bytes(),
    );
    assert_eq!((ran.code, findings(&ran).len()), (1, 1));
    assert_eq!(findings(&ran)[0]["path"], "(standard input)");
    for (args, list) in [
        (
            &["scan", "--files-from", "-", "--format", "jsonl"][..],
            "a b.log\nc.log\n",
        ),
        (
            &["scan", "--files-from", "-", "-0", "--format", "jsonl"],
            "a b.log\0c.log\0",
        ),
    ] {
        let ran = copy.run_with(args, list.as_bytes());
        assert_eq!(findings(&ran)[0]["path"], "a b.log", "{}", ran.stderr);
        assert_eq!(beside(&ran, "summary")[0]["read"], 2);
    }
}

#[test]
fn a_report_fits_its_schema_and_what_checks_read() {
    let copy = Copy::empty();
    for n in 0..250 {
        copy.write(&format!("logs/{n:03}.log"), &format!("card={}\n", card(n)));
    }
    fs::write(copy.path().join("logs/z.gz"), [0x1f, 0x8b, 8, 0, 0]).unwrap();
    let member = [
        "--member-type",
        "registers.log_sources",
        "--member-id",
        "pods",
    ];
    let scan = ["scan", "logs", "--report", "out.json", "--extent", "all"];
    let ran = copy.run(&[&scan[..], &member].concat());
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let report: Value = serde_json::from_str(&copy.read("out.json")).unwrap();
    let schema = schema(include_str!("../../schemas/scan-report.json"));
    assert!(schema.is_valid(&report), "{report}");
    assert_eq!(report["member"]["type"], "registers.log_sources");
    let files = &report["files"];
    assert_eq!(
        (&files["found"], &files["unread"]),
        (&251.into(), &1.into())
    );
    assert_eq!(report["unread"][0]["file"], "logs/z.gz");
    assert_eq!(report["counts"]["pan"]["confirmed"], 250);
    assert_eq!(
        (
            report["findings"].as_array().unwrap().len(),
            &report["omitted"]
        ),
        (200, &50.into())
    );
    assert_eq!(report["findings"][0]["last-four"], card(0)[12..]);
    assert!(!copy.read("out.json").contains(&card(0)[..6]));
    let extent = ["scan", "logs", "--report", "out.json", "--extent"];
    for (more, said) in [
        (&["sample"][..], "--extent sample takes --selection"),
        (&["period"], "--extent period takes --from and --to"),
        (&["all", "--selection", "x"], "give --extent sample"),
    ] {
        let ran = copy.run(&[&extent[..], more, &member].concat());
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
    assert_eq!(copy.run(&["scan", "logs", "--report", "out.json"]).code, 2);
    // After the scan, which a report can't be of.
    let later = [
        "period",
        "--from",
        "2026-11-01T00:00:00Z",
        "--to",
        "2026-12-01T00:00:00Z",
    ];
    let ran = copy.run(&[&extent[..], &later, &member].concat());
    assert!(
        ran.code == 2 && ran.stderr.contains("no report was written"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_shares_of_a_scan_merge_into_what_one_scan_says() {
    let copy = Copy::empty();
    for n in 0..40 {
        copy.write(
            &format!("logs/{}/{n:03}.log", n % 3),
            &format!("card={}\n", card(n)),
        );
    }
    let common = ["--member-type", "T", "--member-id", "i", "--extent", "all"];
    let mut found = Vec::new();
    for share in ["1/3", "2/3", "3/3"] {
        let file = format!("{}.json", &share[..1]);
        let args = [
            "scan", "logs", "--format", "jsonl", "--shard", share, "--report", &file,
        ];
        let ran = copy.run(&[&args[..], &common].concat());
        found.extend(ran.stdout.lines().map(str::to_owned));
    }
    let args = [
        "scan",
        "logs",
        "--format",
        "jsonl",
        "--report",
        "whole.json",
    ];
    let whole = copy.run(&[&args[..], &common].concat());
    let mut lines: Vec<&str> = whole.stdout.lines().collect();
    found.sort();
    lines.sort_unstable();
    assert_eq!(found, lines);
    assert_eq!(
        copy.run(&["merge", "2.json", "3.json", "1.json", "--report", "m.json"])
            .code,
        0
    );
    assert_eq!(copy.read("m.json"), copy.read("whole.json"));
    let printed = copy.run(&["merge", "1.json", "2.json", "3.json"]);
    assert_eq!(printed.stdout, copy.read("whole.json"));
    for (reports, said) in [
        (&["merge", "1.json", "3.json"][..], "share 2/3 is missing"),
        (
            &["merge", "1.json", "1.json", "2.json", "3.json"],
            "share 1/3 is there twice",
        ),
        (&["merge", "whole.json"], "not of a share"),
        (&["merge", "absent.json"], "absent.json can't be read"),
    ] {
        let ran = copy.run(reports);
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
}

#[test]
fn what_is_allowed_is_told_and_counted_and_entries_that_do_nothing_are_named() {
    let copy = Copy::empty();
    copy.write("parcels/a.log", &format!("card={}\n", card(1)));
    copy.write("logs/a.log", &format!("card={}\n", card(2)));
    let entry = |path: &str, expires: &str| {
        format!(
            "[[allow]]\npath = \"{path}\"\nkinds = [\"pan\"]\nconfidence = [\"confirmed\"]\n\
             reason = \"numbers of the carrier\"\napprover = \"nl-0148\"\n\
             approved = 2026-01-01\nexpires = {expires}\n"
        )
    };
    let list = [
        entry("parcels/**", "2027-01-01"),
        entry("logs/**", "2026-11-21"),
        entry("nowhere/**", "2027-01-01"),
    ];
    copy.write("allow.toml", &list.join("\n"));
    let ran = copy.run(&["scan", "parcels", "--allow", "allow.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for said in [
        "parcels/a.log:1:6: allowed pan visa ",
        "(until 2027-01-01, nl-0148: numbers of the carrier)",
        "0 confirmed, 0 possible, 0 test numbers; 1 allowed",
        "allow-list, line 10: `logs/**` expired on 2026-11-21",
        "allow-list, line 19: `nowhere/**` is not used",
    ] {
        assert!(ran.stdout.contains(said), "{said} in {}", ran.stdout);
    }
    let ran = copy.run(&[
        "scan",
        "parcels",
        "logs",
        "--allow",
        "allow.toml",
        "--format",
        "jsonl",
    ]);
    assert_eq!((ran.code, findings(&ran).len()), (1, 1));
    assert_eq!(
        beside(&ran, "allowed")[0]["finding"]["path"],
        "parcels/a.log"
    );
    assert_eq!(beside(&ran, "allow-list").len(), 2);
    let ran = copy.run(&[
        "scan",
        "parcels",
        "--allow",
        "allow.toml",
        "--format",
        "sarif",
    ]);
    let sarif: Value = serde_json::from_str(&ran.stdout).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["suppressions"][0]["status"], "accepted");
    copy.write("bad.toml", &format!("[[allow]]\npath = \"{}\"\n", card(3)));
    let ran = copy.run(&["scan", "parcels", "--allow", "bad.toml"]);
    assert!(
        ran.code == 2 && ran.stderr.contains("bad.toml, line 2: "),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains(&card(3)));
}

#[test]
fn the_mail_gate_delivers_only_what_it_read_and_found_clean() {
    let copy = Copy::empty();
    let mail =
        |body: &str| format!("From: a@example.com\nTo: b@example.com\nSubject: order\n\n{body}\n");
    copy.write("clean.eml", &mail("The order is on its way."));
    copy.write(
        "card.eml",
        &mail(&format!("Please charge card {}", card(1))),
    );
    fs::write(copy.path().join("empty.eml"), "").unwrap();
    for (args, input, code, said) in [
        (&["scan", "--message"][..], mail("Hello."), 0, "deliver: "),
        (
            &["scan", "--message"],
            "Hello.".to_owned(),
            2,
            "quarantine: not read: ",
        ),
        (
            &["scan", "--message", "-"],
            mail(&card(2)),
            1,
            "quarantine: account data",
        ),
        (
            &["scan", "--message", "clean.eml"],
            String::new(),
            0,
            "deliver: ",
        ),
        (
            &["scan", "--message", "card.eml"],
            String::new(),
            1,
            "quarantine: account data",
        ),
        (&["scan", "--message"], String::new(), 2, "quarantine: "),
        (
            &["scan", "--message", "empty.eml"],
            String::new(),
            2,
            "quarantine: ",
        ),
        (
            &["scan", "--message", "absent.eml"],
            String::new(),
            2,
            "quarantine: not read: ",
        ),
        (
            &["scan", "--message", "."],
            String::new(),
            2,
            "quarantine: not read: ",
        ),
        (
            &["scan", "--message", "clean.eml", "card.eml"],
            String::new(),
            2,
            "",
        ),
        (
            &["scan", "--message", "--shard", "1/2"],
            mail("Hello."),
            2,
            "",
        ),
    ] {
        let ran = copy.run_with(args, input.as_bytes());
        assert_eq!(ran.code, code, "{args:?}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.starts_with(said), "{args:?}: {}", ran.stdout);
        assert!(ran.stdout.lines().count() <= 1, "{}", ran.stdout);
    }
}
