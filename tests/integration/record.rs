//! `record`: what people did again, written down, or refused before anything is written.

use super::harness::files;
use super::small::small;

/// The flags of a whole record of the review of access.
const WHOLE: [&str; 12] = [
    "record",
    "access-review",
    "--by",
    "nl-0150",
    "--result",
    "owners \"went\" through all rights",
    "--set",
    "systems=[\"IAM\", \"database\"]",
    "--set",
    "accounts=34",
    "--set",
    "confirmed-by=nl-0201",
];

/// The record that these flags make.
const RECORD: &str = "performed = 2026-11-22\nby = \"nl-0150\"\nresult = 'owners \"went\" through all rights'\n\
    systems = [\"IAM\", \"database\"]\naccounts = 34\nconfirmed-by = \"nl-0201\"\nrecorded-at = 2026-11-22T10:00:00Z\n";

const PATH: &str = "evidence/occurrences/access-review/2026-11-22.toml";

fn with<'a>(flags: &[&'a str]) -> Vec<&'a str> {
    [&WHOLE[..], flags].concat()
}

#[test]
fn flags_make_a_record_that_the_check_reads() {
    let copy = small();
    let ran = copy.run(&WHOLE);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    assert_eq!(copy.read(PATH), RECORD);
    assert!(
        ran.stdout.starts_with(&format!(
            "wrote {PATH}\ncommit it: git add {PATH} && git commit -m \"evidence: record access-review\"\n"
        )),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout
            .contains("  pass: done on 2026-11-22 by nl-0150: ")
    );
    assert!(
        ran.stdout.contains("next due by 2027-05-22"),
        "{}",
        ran.stdout
    );
    let check = copy.run(&["check", "access-review", "--format", "json"]);
    assert!(check.stdout.contains(PATH), "{}", check.stdout);
}

#[test]
fn somebody_at_a_terminal_is_asked_for_what_is_missing_and_told_the_form() {
    let copy = small();
    let answers = "\nnl-0150\nowners \"went\" through all rights\n34\nnl-0201\n[\"IAM\", \"database\"]\n\
        minutes\ndocument store\n\n";
    let ran = copy.run_at_terminal(&["record", "access-review"], answers);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for question in [
        "the day on which it was done [2026-11-22]: ",
        "accounts (a number; last time: 34): ",
        "systems (TOML, such as [\"one\", \"two\"]): ",
        "where it is kept: ",
    ] {
        assert!(ran.stderr.contains(question), "{question}: {}", ran.stderr);
    }
    let text = copy.read(PATH);
    assert!(
        text.ends_with("\n[[artefact]]\nname = \"minutes\"\nplace = \"document store\"\n"),
        "{text}"
    );
    assert!(text.contains("\naccounts = 34\n"), "{text}");
}

#[test]
fn the_day_and_the_moment_are_both_kept_and_shown() {
    let copy = small();
    let ran = copy.run(&with(&["--date", "2026-11-09"]));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = copy.read("evidence/occurrences/access-review/2026-11-09.toml");
    assert!(text.starts_with("performed = 2026-11-09\n"));
    assert!(text.contains("recorded-at = 2026-11-22T10:00:00Z"));
    assert!(
        ran.stdout
            .contains("done on 2026-11-09 by nl-0150, recorded on 2026-11-22: "),
        "{}",
        ran.stdout
    );
}

#[test]
fn days_are_those_of_the_workbooks_zone() {
    let mut copy = small();
    let config = copy.read("workbook.toml");
    let own = config.replace("sample = true\nas-of = 2026-11-22\n", "");
    assert_ne!(own, config);
    copy.write("workbook.toml", &own);
    copy.now = "2026-11-22T22:30:00Z";
    let ran = copy.run(&WHOLE);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = copy.read("evidence/occurrences/access-review/2026-11-23.toml");
    assert!(
        text.contains("recorded-at = 2026-11-22T22:30:00Z"),
        "{text}"
    );
    assert!(!ran.stdout.contains("recorded on"), "{}", ran.stdout);
}

#[test]
fn a_file_gives_what_flags_do_not_and_keeps_its_comments() {
    let copy = small();
    let form = copy.run(&["record", "chd-purge-quarterly", "--form"]);
    assert!(
        form.stdout.contains("# Its own keys: store\n"),
        "{}",
        form.stdout
    );
    assert!(form.stdout.contains("# [[store]]\n"), "{}", form.stdout);
    let file = "# Reviewed by hand.\nresult = \"one under a hold\"\nreviewed-by = \"nl-0150\"\n\
        [[store]] # the only one\nid = \"payments-db\"\nfound = 3\ndestroyed = 1\nheld = 2\nhold = \"LH-1\"\noldest-days = 9\n";
    let args = [
        "record",
        "chd-purge-quarterly",
        "--by",
        "nl-0148",
        "--from",
        "-",
    ];
    let ran = copy.run_with(&args, file.as_bytes());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let written = copy.read("evidence/occurrences/chd-purge-quarterly/2026-11-22.toml");
    assert_eq!(
        written,
        format!(
            "performed = 2026-11-22\nby = \"nl-0148\"\nrecorded-at = 2026-11-22T10:00:00Z\n{file}"
        )
    );
    // Stores that it leaves out are held against it, and it is written: that is what happened.
    assert!(
        ran.stdout.contains("fail: left out: vault"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_missed_period_is_told_with_what_became_of_it() {
    let copy = small();
    let missed = |day: &'static str| {
        let why = ["--cause", "c", "--correction", "d", "--prevention", "p"];
        let args = [
            "record",
            "access-review",
            "--missed",
            day,
            "--by",
            "nl-0150",
        ];
        [&args[..], &why].concat()
    };
    let twice = copy.run(&missed("2026-09-26"));
    assert_eq!(twice.code, 2);
    assert!(
        twice
            .stderr
            .contains("missed-2026-09-26.toml records that period as missed already"),
        "{}",
        twice.stderr
    );
    let path = "evidence/occurrences/access-review/missed-2026-09-26.toml";
    std::fs::remove_file(copy.path().join(path)).unwrap();
    let other = copy.run(&missed("2026-09-25"));
    assert_eq!(other.code, 2);
    assert!(
        other.stderr.contains("those that did ended on 2026-09-26"),
        "{}",
        other.stderr
    );
    let ran = copy.run(&missed("2026-09-26"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(
        copy.read(path),
        "missed = 2026-09-26\nby = \"nl-0150\"\ncause = \"c\"\ncorrection = \"d\"\nprevention = \"p\"\n\
         recorded-at = 2026-11-22T10:00:00Z\n"
    );
    assert!(
        ran.stdout
            .contains("expired: nothing was done by 2026-09-26"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout
            .contains("recorded as missed by nl-0150: c; corrected: d; prevention: p")
    );
}

#[test]
fn what_is_refused_is_named_and_nothing_is_written() {
    let copy = small();
    copy.write(
        "half.toml",
        "performed = 2026-11-20\nby = \"a\"\nresult = \"r\"\nresult = \"s\"\n",
    );
    copy.write(
        "wrong.toml",
        "performed = 2026-11-20\nby = \"\"\nresult = \"r\"\n",
    );
    copy.write(
        "dated.toml",
        "by = \"a\"\nrecorded-at = 2026-11-20T00:00:00Z\n",
    );
    let before = files(copy.path());
    let card = "note=card 4111 1111 1111 1111 was found";
    let cases: &[(&[&str], &str)] = &[
        (
            &["record", "access-reviews"],
            "did you mean `access-review`?",
        ),
        (&["record", "duties-written"], "is not a recurring duty"),
        (
            &["record", "access-review"],
            "missing: --by (who did it), --result (what came of it, in a sentence), --set accounts=... (a number; last time: 34)",
        ),
        (
            &with(&["--date", "2026-11-23"]),
            "2026-11-23 lies in the future",
        ),
        (
            &with(&["--date", "2026-10-14"]),
            "2026-10-14.toml is recorded of that day already",
        ),
        (&with(&["--date", "14 October"]), "is not a date"),
        (
            &with(&["--range", "2026-11-01..2026-11-07"]),
            "one record can't stand for a range of days",
        ),
        (&with(&["--set", "accounts=35"]), "it is given twice"),
        (&with(&["--set", "Accounts=35"]), "written in kebab case"),
        (
            &with(&["--set", "performed=2026-11-01"]),
            "no key of a duty's own",
        ),
        (&with(&["--artefact", "minutes"]), "NAME|PLACE"),
        (
            &with(&["--set", card]),
            "2026-11-22.toml:7 would hold a card number",
        ),
        (
            &["record", "access-review", "--from", "gone.toml"],
            "gone.toml can't be read",
        ),
        (
            &["record", "access-review", "--from", "half.toml"],
            "half.toml:4:",
        ),
        (
            &["record", "access-review", "--from", "wrong.toml"],
            "wrong.toml:2:",
        ),
        (
            &["record", "access-review", "--from", "dated.toml"],
            "for this command to say",
        ),
        (
            &with(&["--from", "wrong.toml"]),
            "`by` stands in wrong.toml and on the command line",
        ),
        (&with(&["--cause", "c"]), "--missed"),
        (
            &[
                "record",
                "access-review",
                "--missed",
                "2026-09-26",
                "--result",
                "r",
            ],
            "cannot be used with",
        ),
        (
            &["record", "access-review", "--missed", "2026-09-26"],
            "--cause (why it was missed)",
        ),
    ];
    for (args, part) in cases {
        let ran = copy.run(args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.stdout);
        assert!(ran.stderr.contains(part), "{args:?}: {}", ran.stderr);
        assert!(!ran.stderr.contains("4111 1111"), "{}", ran.stderr);
        assert_eq!(files(copy.path()), before, "{args:?}");
    }
}

#[test]
fn nothing_is_written_for_a_look_or_without_all_answers() {
    let copy = small();
    let before = files(copy.path());
    let shown = copy.run(&with(&["--dry-run"]));
    assert_eq!(shown.code, 0);
    assert!(
        shown.stdout.starts_with(&format!("# {PATH}\n{RECORD}")),
        "{}",
        shown.stdout
    );
    assert_eq!(files(copy.path()), before);
    let unanswered = copy.run_at_terminal(&["record", "access-review"], "\nnl-0150\n");
    assert_eq!(unanswered.code, 2);
    assert!(
        unanswered
            .stderr
            .contains("the input ended before the answer; nothing was written")
    );
    assert_eq!(files(copy.path()), before);
}

#[test]
fn the_same_flags_make_the_same_bytes_and_a_second_record_takes_another_name() {
    let (one, two) = (small(), small());
    one.run(&WHOLE);
    two.run(&WHOLE);
    assert_eq!(files(one.path()), files(two.path()));
    let again = one.run(&with(&["--again"]));
    assert_eq!(again.code, 0, "{}", again.stderr);
    assert_eq!(
        one.read("evidence/occurrences/access-review/2026-11-22-2.toml"),
        RECORD
    );
}
