//! `due`: what lapsed and what falls due, for people, programs and calendars.

use super::harness::{Copy, files};
use super::small::{KEY, small};

/// What falls due in the small workbook until a day, as lines of day, state, owner and subject.
fn lines(copy: &Copy, args: &[&str]) -> (u8, Vec<String>) {
    let args = [&["due", "--format", "json"], args].concat();
    let ran = copy.run(&args);
    assert_eq!(ran.stderr, "");
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../schemas/due.json")).unwrap();
    let mistakes: Vec<String> = jsonschema::validator_for(&schema)
        .unwrap()
        .iter_errors(&report)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(mistakes, Vec::<String>::new());
    let text = |one: &serde_json::Value, key: &str| one[key].as_str().unwrap_or("-").to_owned();
    let due = report["due"].as_array().unwrap();
    let lines = due
        .iter()
        .map(|one| {
            ["day", "state", "owner", "subject"]
                .map(|key| text(one, key))
                .join(" | ")
        })
        .collect();
    (ran.code, lines)
}

/// The small workbook with something of each sort.
fn whole() -> Copy {
    let copy = small();
    let config = copy.read("workbook.toml");
    copy.write(
        "workbook.toml",
        &format!("{config}[[provider]]\nid = \"aws\"\nname = \"AWS\"\nattested = 2026-01-31\nvalid-until = 2027-01-31\n"),
    );
    copy.write(
        "evidence/exceptions/keys.toml",
        &format!(
            "[[exception]]\ncheck = \"key-guidance\"\nkind = \"deviation\"\nsubjects = [\"{KEY}\"]\nreason = \"r\"\nowner = \"sre\"\n\
             approver = \"ciso\"\napproved = 2026-10-01\nuntil = 2026-11-30\n"
        ),
    );
    copy.write(
        "exports/manifest.toml",
        "[[file]]\npath = \"kms/list-keys.json\"\ncommand = \"aws kms list-keys\"\nstarted = 2026-11-20T23:30:00Z\nended = 2026-11-20T23:31:00Z\n",
    );
    let signed = ["--source", "form", "--by", "nl-0102"];
    let args = [
        "acknowledge",
        "custodian-acknowledgement",
        "--person",
        "nl-0150",
        "--date",
        "2025-12-24",
    ];
    assert_eq!(copy.run(&[&args[..], &signed].concat()).code, 0);
    copy
}

#[test]
fn each_sort_of_thing_falls_due_on_its_last_day_under_its_owner() {
    let copy = whole();
    let (code, found) = lines(&copy, &["--until", "2027-12-31"]);
    assert_eq!(code, 1, "something was never done");
    let expected = [
        "- | wanting | Site reliability | log-review-daily",
        "- | wanting | nl-0102 | role-guide-acknowledged/nl-0102/sre",
        "- | wanting | nl-0148 | custodian-acknowledgement/nl-0148",
        "- | wanting | nl-0148 | role-guide-acknowledged/nl-0148/custodian",
        "- | wanting | nl-0148 | role-guide-acknowledged/nl-0148/sre",
        "- | wanting | nl-0150 | role-guide-acknowledged/nl-0150/custodian",
        "2026-11-20 | lapsed | Site reliability | chd-purge-quarterly",
        &format!("2026-11-30 | due | sre | key-guidance: {KEY}"),
        "2026-12-24 | due | nl-0150 | custodian-acknowledgement/nl-0150",
        "2027-01-15 | due | Site reliability | keys/b",
        "2027-01-31 | due |  | aws",
        "2027-02-01 | due | Head of Payments | policies/duties.md",
        "2027-04-14 | due | Site reliability | access-review",
        "2027-06-01 | due | Site reliability | keys/a",
        // Half past eleven in the evening there is the next day here.
        "2027-11-21 | due |  | exports of 2026-11-21",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_day_bounds_it_and_another_day_may_be_looked_from() {
    let copy = whole();
    let (_, found) = lines(&copy, &["--until", "2026-11-30"]);
    assert_eq!(found.len(), 8, "{found:?}");
    let (_, found) = lines(&copy, &["--until", "2026-11-29"]);
    assert_eq!(found.len(), 7, "{found:?}");
    let (code, found) = lines(
        &copy,
        &["--owner", "head of payments", "--until", "2027-02-01"],
    );
    assert_eq!((code, found.len()), (0, 1));
    let (code, found) = lines(
        &copy,
        &["--owner", "Head of Payments", "--as-of", "2027-02-02"],
    );
    assert_eq!(code, 1);
    assert_eq!(
        found,
        ["2027-02-01 | lapsed | Head of Payments | policies/duties.md"]
    );
    let wrong = copy.run(&["due", "--owner", "Head of Payment"]);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.stderr.contains("did you mean `Head of Payments`?"),
        "{}",
        wrong.stderr
    );
}

#[test]
fn what_falls_due_is_what_the_check_then_says() {
    let copy = whole();
    for (check, last) in [
        ("keys-reviewed", "2027-01-15"),
        ("duties-written", "2027-02-01"),
        ("access-review", "2027-04-14"),
    ] {
        let says = |day: &str, word: &str| {
            let ran = copy.run(&["check", check, "--as-of", day, "--format", "json"]);
            let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
            let findings = report["checks"][0]["findings"].as_array().unwrap();
            // Periods that passed before are of no interest here.
            findings.iter().any(|finding| {
                finding["verdict"] == "expired"
                    && finding["message"].as_str().unwrap().contains(word)
            })
        };
        let next: Date = last.parse().unwrap();
        let next = next.plus_days(1).to_string();
        let word = if check == "access-review" {
            "2027-04-14"
        } else {
            ""
        };
        assert!(!says(last, word), "{check} is in time on {last}");
        assert!(says(&next, word), "{check} lapsed on {next}");
    }
}

use evidence_workbook::source::Date;

#[test]
fn people_read_it_by_owner_and_programs_change_nothing() {
    let copy = whole();
    let before = files(copy.path());
    let ran = copy.run(&["due"]);
    insta::assert_snapshot!(ran.stdout);
    assert_eq!(files(copy.path()), before);
}

#[test]
fn calendars_read_it_and_hostile_text_begins_no_property() {
    let copy = whole();
    let config = copy.read("workbook.toml");
    copy.write(
        "workbook.toml",
        &config.replace("name = \"AWS\"", "name = \"A\\r\\nBEGIN:VALARM, \\u001b[31m; \\\\ カードカードカードカードカードカードカード\""),
    );
    let ran = copy.run(&["due", "--format", "ics"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    let text = ran.stdout;
    assert!(
        text.split("\r\n")
            .all(|line| line.len() <= 75 && !line.contains(['\n', '\r', '\u{1b}'])),
        "{text}"
    );
    let unfolded = text.replace("\r\n ", "");
    let lines: Vec<&str> = unfolded.split("\r\n").collect();
    assert_eq!(
        lines[..4],
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//evidence-workbook//due//EN",
            "CALSCALE:GREGORIAN"
        ]
    );
    assert_eq!(lines[lines.len() - 2..], ["END:VCALENDAR", ""]);
    let count = |begin: &str| lines.iter().filter(|line| line.starts_with(begin)).count();
    let events = count("BEGIN:");
    assert_eq!(events - 1, count("UID:"));
    assert_eq!(count("BEGIN:VALARM"), 0);
    assert_eq!(
        count("DTSTART;VALUE=DATE:2026"),
        9,
        "what was never done stands on today"
    );
    assert!(lines.contains(&"DTSTART;VALUE=DATE:20270131"), "{unfolded}");
    assert!(unfolded.contains("\\, ␛[31m\\; \\\\"), "{unfolded}");
    let ids = |text: &str| {
        let mut ids: Vec<String> = text
            .lines()
            .filter(|line| line.starts_with("UID:"))
            .map(str::to_owned)
            .collect();
        ids.sort();
        ids
    };
    let unique: std::collections::BTreeSet<String> = ids(&text).into_iter().collect();
    assert_eq!(unique.len(), ids(&text).len());
    // The id stays when the day moves.
    let duties = copy.read("book/src/policies/duties.md");
    copy.write(
        "book/src/policies/duties.md",
        &duties.replace("review-due = 2027-02-01", "review-due = 2027-01-20"),
    );
    let moved = copy.run(&["due", "--format", "ics"]).stdout;
    assert_ne!(moved, text);
    assert_eq!(ids(&moved), ids(&text));
    assert_eq!(copy.run(&["due", "--format", "ics"]).stdout, moved);
}
