//! `except`: what fails and is accepted for a while, and what no exception can be for.

use super::harness::{Copy, files};
use super::small::{KEY, small};

/// The flags of a whole deviation.
const WHOLE: [&str; 12] = [
    "except",
    "key-guidance",
    "--subject",
    KEY,
    "--reason",
    "b is replaced in January",
    "--owner",
    "sre",
    "--approver",
    "security",
    "--until",
    "2027-01-31",
];

const BY: [&str; 2] = ["--by", "nl-0102"];

const PATH: &str = "evidence/exceptions/key-guidance.toml";

/// A file with all that a compensating control wants.
fn worksheet(until: &str) -> String {
    format!(
        "kind = \"compensating-control\"\nsubjects = [\"{KEY}\"]\nreason = \"r\"\nowner = \"sre\"\napprover = \"ciso\"\n\
         approved = 2026-11-01\nuntil = {until}\nshown-by = [\"key-shown\"]\nrecorded-by = \"nl-0102\"\nconstraints = \"c\"\n\
         definition = \"d\"\nobjective = \"o\"\nrisk = \"r\"\nvalidation = \"v\"\nmaintenance = \"m\"\nbeyond = \"b\"\n"
    )
}

fn verdict(copy: &Copy, check: &str) -> String {
    let ran = copy.run(&["check", check, "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect(&ran.stderr);
    report["checks"][0]["verdict"].as_str().unwrap().to_owned()
}

#[test]
fn a_deviation_is_written_and_holds() {
    let copy = small();
    assert_eq!(verdict(&copy, "key-guidance"), "fail");
    assert_eq!(verdict(&copy, "exceptions-in-order"), "not-applicable");
    let ran = copy.run(&[&WHOLE[..], &BY].concat());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(
        copy.read(PATH),
        format!(
            "[[exception]]\ncheck = \"key-guidance\"\nkind = \"deviation\"\nsubjects = [\"{KEY}\"]\nreason = \"b is replaced in January\"\n\
             owner = \"sre\"\napprover = \"security\"\napproved = 2026-11-22\nuntil = 2027-01-31\nrecorded-by = \"nl-0102\"\n\
             recorded-at = 2026-11-22T10:00:00Z\n"
        )
    );
    assert!(
        ran.stdout.contains(&format!(
            "  excepted {KEY}: it is b (excepted until 2027-01-31"
        )),
        "{}",
        ran.stdout
    );
    assert_eq!(verdict(&copy, "key-guidance"), "excepted");
    assert_eq!(verdict(&copy, "exceptions-in-order"), "pass");
}

#[test]
fn a_compensating_control_needs_its_worksheet_and_a_check_that_passes() {
    let copy = small();
    copy.write("sheet.toml", &worksheet("2027-11-01"));
    let ran = copy.run(&["except", "key-standard", "--from", "sheet.toml"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let text = copy.read("evidence/exceptions/key-standard.toml");
    assert!(
        text.ends_with(
            "shown-by = [\"key-shown\"]\nrecorded-by = \"nl-0102\"\nrecorded-at = 2026-11-22T10:00:00Z\n\n[exception.worksheet]\n\
             constraints = \"c\"\ndefinition = \"d\"\nobjective = \"o\"\nrisk = \"r\"\nvalidation = \"v\"\nmaintenance = \"m\"\nbeyond = \"b\"\n"
        ),
        "{text}"
    );
    assert_eq!(verdict(&copy, "key-standard"), "excepted");
    // A second one leaves the first, with its worksheet and comments, as it stands.
    let stood = format!("# Looked at each month.\n{text}");
    copy.write("evidence/exceptions/key-standard.toml", &stood);
    copy.write("custom.toml", &format!("kind = \"customized\"\nsubjects = [\"{KEY}\"]\nreason = \"r\"\nowner = \"o\"\nuntil = 2027-03-01\n"));
    let args = [
        "except",
        "key-standard",
        "--from",
        "custom.toml",
        "--approver",
        "a",
        "--controls-matrix",
        "store, CM-1",
        "--risk-analysis",
        "TRA-02",
        "--by",
        "nl-0102",
    ];
    let ran = copy.run(&args);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = copy.read("evidence/exceptions/key-standard.toml");
    assert!(
        text.starts_with(&format!(
            "{stood}\n[[exception]]\ncheck = \"key-standard\"\nkind = \"customized\"\n"
        )),
        "{text}"
    );
    assert!(
        text.contains("controls-matrix = \"store, CM-1\"\nrisk-analysis = \"TRA-02\"\n"),
        "{text}"
    );
    let exports = copy
        .read("exports/kms/list-keys.json")
        .replace("\"KeyId\":\"a\"", "\"KeyId\":\"c\"");
    copy.write("exports/kms/list-keys.json", &exports);
    assert_eq!(
        verdict(&copy, "key-standard"),
        "fail",
        "what shows it no longer passes"
    );
}

#[test]
fn somebody_at_a_terminal_sees_what_fails_and_is_asked() {
    let copy = small();
    let answers = format!("{KEY}\n\nwhy\nsre\nsecurity\n\n2027-01-31\nnl-0102\n");
    let ran = copy.run_at_terminal(&["except", "key-guidance"], &answers);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for part in [
        &format!("failing now:\n  {KEY}\na subject that fails: "),
        "the day of approval [2026-11-22]: ",
    ] {
        assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
    }
    assert_eq!(verdict(&copy, "key-guidance"), "excepted");
}

#[test]
fn exceptions_that_are_out_of_order_are_findings() {
    let whole = format!(
        "[[exception]]\ncheck = \"key-guidance\"\nkind = \"deviation\"\nsubjects = [\"{KEY}\"]\nreason = \"r\"\nowner = \"sre\"\n\
         approver = \"security\"\napproved = 2026-10-01\nuntil = 2027-01-31\n"
    );
    let cases: &[(&str, &str, &str, &str)] = &[
        ("", "", "pass", "excepted"),
        (
            "until = 2027-01-31",
            "until = 2026-11-22",
            "pass",
            "excepted",
        ),
        ("until = 2027-01-31", "until = 2026-11-21", "fail", "fail"),
        ("\"security\"", "\"SRE \"", "fail", "fail"),
        (
            "approved = 2026-10-01",
            "approved = 2026-11-23",
            "pass",
            "fail",
        ),
        ("key/b", "key/gone", "fail", "fail"),
        (KEY, "*", "pass", "excepted"),
        (
            "check = \"key-guidance\"",
            "check = \"key-standard\"",
            "pass",
            "fail",
        ),
    ];
    for (from, to, order, guidance) in cases {
        let copy = small();
        copy.write(PATH, &whole.replace(from, to));
        assert_eq!(verdict(&copy, "exceptions-in-order"), *order, "{to}");
        assert_eq!(verdict(&copy, "key-guidance"), *guidance, "{to}");
        assert_eq!(
            verdict(&copy, "key-standard"),
            "fail",
            "{to}: no deviation covers what PCI DSS asks for"
        );
    }
    // Whether it is needed is not known where its subject was not exported.
    let copy = small();
    copy.write(PATH, &whole);
    std::fs::remove_file(copy.path().join("exports/kms/list-keys.json")).unwrap();
    assert_eq!(verdict(&copy, "exceptions-in-order"), "not-checked");
}

#[test]
fn no_exception_covers_stored_sad_or_a_missed_period_however_it_is_written() {
    let text = |check: &str, subject: &str| {
        format!(
            "[[exception]]\ncheck = \"{check}\"\nkind = \"customized\"\nsubjects = [\"{subject}\"]\nreason = \"r\"\nowner = \"sre\"\n\
             approver = \"security\"\napproved = 2026-10-01\nuntil = 2027-01-31\ncontrols-matrix = \"m\"\nrisk-analysis = \"r\"\n"
        )
    };
    for (check, subject, part) in [
        (
            "sad-not-kept",
            KEY,
            "no exception covers sensitive authentication data that is stored",
        ),
        (
            "access-review",
            "access-review/2026-09-26",
            "no exception covers a period that passed",
        ),
    ] {
        let copy = small();
        let args = [
            "except",
            check,
            "--kind",
            "customized",
            "--subject",
            subject,
            "--reason",
            "r",
            "--owner",
            "o",
            "--approver",
            "a",
        ];
        let rest = [
            "--until",
            "2027-01-31",
            "--by",
            "b",
            "--controls-matrix",
            "m",
            "--risk-analysis",
            "r",
        ];
        let ran = copy.run(&[&args[..], &rest].concat());
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
        copy.write("evidence/exceptions/hand.toml", &text(check, subject));
        let ran = copy.run(&["check"]);
        assert_eq!(ran.code, 2, "{}", ran.stdout);
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
        assert!(
            ran.stderr.contains("evidence/exceptions/hand.toml:1:1"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn what_is_refused_is_named_and_nothing_is_written() {
    let copy = small();
    copy.write("long.toml", &worksheet("2027-11-02"));
    copy.write("unknown.toml", "reasons = \"r\"\n");
    copy.write("typed.toml", "until = \"2027-01-31\"\n");
    let no_beyond = worksheet("2027-11-01").replace("beyond = \"b\"\n", "");
    copy.write("beyond.toml", &no_beyond);
    let before = files(copy.path());
    let changed = |from: &'static str, to: &'static str| -> Vec<&'static str> {
        let flags = [&WHOLE[..], &BY].concat();
        flags
            .iter()
            .map(|flag| if *flag == from { to } else { flag })
            .collect()
    };
    let mut cases: Vec<(Vec<&str>, &str)> = vec![
        (
            vec!["except", "key-guidence"],
            "did you mean `key-guidance`?",
        ),
        (
            vec!["except", "key-guidance"],
            "missing: --subject (what fails), --reason (why), --owner",
        ),
        (
            vec!["except", "key-standard"],
            "missing: --kind (compensating-control or customized)",
        ),
        (
            vec!["except", "key-standard", "--kind", "deviation"],
            "a deviation can't cover what PCI DSS asks for",
        ),
        (
            vec!["except", "key-guidance", "--kind", "customized"],
            "this is guidance, which a deviation covers",
        ),
        (
            vec!["except", "key-guidance", "--kind", "waiver"],
            "it is one of deviation",
        ),
        (
            vec!["except", "key-standard", "--from", "long.toml"],
            "holds for at most 12 months",
        ),
        (
            vec!["except", "key-standard", "--from", "beyond.toml"],
            "missing: --beyond (why it goes beyond",
        ),
        (
            vec!["except", "key-standard", "--from", "unknown.toml"],
            "did you mean `reason`?",
        ),
        (
            vec!["except", "key-standard", "--from", "gone.toml"],
            "gone.toml can't be read",
        ),
    ];
    cases.push((
        changed("security", "Sre"),
        "its owner, sre, can't approve it",
    ));
    cases.push((
        changed("2027-01-31", "2026-11-21"),
        "the exception ends before it begins",
    ));
    cases.push((
        changed("b is replaced in January", "card 4111 1111 1111 1111"),
        "would hold a card number",
    ));
    let mut ahead = [&WHOLE[..], &BY].concat();
    ahead.extend(["--approved", "2026-11-23"]);
    cases.push((ahead, "lies in the future"));
    let typed = [
        "except",
        "key-guidance",
        "--from",
        "typed.toml",
        "--subject",
        "x",
        "--reason",
        "r",
        "--owner",
        "o",
        "--approver",
        "a",
        "--by",
        "b",
    ];
    cases.push((typed.to_vec(), "a date without quotes"));
    for (args, part) in cases {
        let ran = copy.run(&args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.stdout);
        assert!(ran.stderr.contains(part), "{args:?}: {}", ran.stderr);
        assert!(!ran.stderr.contains("4111 1111"), "{}", ran.stderr);
        assert_eq!(files(copy.path()), before, "{args:?}");
    }
}

#[test]
fn what_nothing_needs_is_told_and_a_look_writes_nothing() {
    let copy = small();
    let before = files(copy.path());
    let flags = [&WHOLE[..], &BY, &["--dry-run"]].concat();
    let other: Vec<&str> = flags
        .iter()
        .map(|flag| if *flag == KEY { "arn:other" } else { flag })
        .collect();
    let unneeded = copy.run(&other);
    assert_eq!(unneeded.code, 0);
    assert!(
        unneeded.stderr.contains("nothing that it names fails"),
        "{}",
        unneeded.stderr
    );
    assert_eq!(files(copy.path()), before);
}

#[test]
fn what_a_scan_found_of_sad_is_not_excepted_though_card_numbers_beside_it_may_be() {
    let number = super::cards::number("4929", 16, 7);
    for (text, sad) in [
        (format!("card={number}\n"), false),
        (
            format!("card={number}\n;{number}=30121015000009876500?\n"),
            true,
        ),
    ] {
        let copy = small();
        copy.write("log.txt", &text);
        let report = [
            "scan",
            "log.txt",
            "--report",
            "exports/scan.json",
            "--member-type",
            "AWS::KMS::Key",
            "--member-id",
            KEY,
            "--extent",
            "all",
        ];
        let ran = copy.run(&report);
        assert!(ran.code < 2, "{}", ran.stderr);
        copy.write(
            "evidence/exceptions/scan.toml",
            &format!(
                "[[exception]]\ncheck = \"keys-scanned\"\nkind = \"deviation\"\nsubjects = [\"{KEY}\"]\nreason = \"r\"\nowner = \"sre\"\n\
                 approver = \"security\"\napproved = 2026-10-01\nuntil = 2027-01-31\n"
            ),
        );
        let ran = copy.run(&["check", "keys-scanned", "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect(&ran.stderr);
        let findings = report["checks"][0]["findings"].as_array().unwrap();
        let of_key = findings
            .iter()
            .find(|finding| finding["subject"] == KEY)
            .unwrap();
        let message = of_key["message"].as_str().unwrap();
        let verdict = of_key["verdict"].as_str().unwrap();
        assert_eq!(verdict, if sad { "fail" } else { "excepted" }, "{message}");
        let why = "none covers sensitive authentication data that is stored";
        assert_eq!(message.contains(why), sad, "{message}");
    }
}
