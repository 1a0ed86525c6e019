//! `acknowledge`: people accept a text as it stands, at a terminal, on paper or in another system.

use evidence_workbook::source::Date;

use super::harness::{Copy, Ran, files};
use super::small::small;

const FILE: &str = "evidence/acknowledgements/custodian-acknowledgement/2026.toml";

/// The digest that `explain` prints of a text.
fn digest(copy: &Copy, check: &str, text: &str) -> String {
    let explained = copy.run(&["explain", check]).stdout;
    let line = explained
        .lines()
        .find_map(|line| line.trim().strip_prefix(&format!("{text}: ")));
    line.expect("a digest").to_owned()
}

fn good(ran: &Ran) -> &str {
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    &ran.stdout
}

fn verdict(copy: &Copy, check: &str) -> String {
    let ran = copy.run(&["check", check, "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    report["checks"][0]["verdict"].as_str().unwrap().to_owned()
}

#[test]
fn a_person_at_a_terminal_sees_the_text_and_says_yes() {
    let copy = small();
    let ran = copy.run_at_terminal(
        &["acknowledge", "custodian-acknowledgement"],
        "nl-0150\nyes\n",
    );
    let text = digest(&copy, "custodian-acknowledgement", "policies/duties.md");
    for part in [
        "custodian-acknowledgement: still owing\n  nl-0148 (never)\n  nl-0150 (never)\n",
        "The text is book/src/policies/duties.md",
        &format!("Its digest is {text}."),
        "nl-0150: I have read it and accept it (yes or no) [no]: ",
    ] {
        assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
    }
    assert!(
        good(&ran).contains("still owing: nl-0148 (never)\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(
        copy.read(FILE),
        format!(
            "[[acknowledged]]\nperson = \"nl-0150\"\ndigest = \"{text}\"\ndate = 2026-11-22\nsource = \"workbook acknowledge\"\n\
             recorded-by = \"nl-0150\"\nrecorded-at = 2026-11-22T10:00:00Z\n"
        )
    );
    let before = files(copy.path());
    let no = copy.run_at_terminal(
        &[
            "acknowledge",
            "custodian-acknowledgement",
            "--person",
            "nl-0148",
        ],
        "\n",
    );
    assert_eq!(no.code, 2);
    assert!(no.stderr.contains("not accepted; nothing was written"));
    assert_eq!(files(copy.path()), before);
    let again = copy.run(&[
        "acknowledge",
        "custodian-acknowledgement",
        "--person",
        "nl-0150",
    ]);
    assert!(good(&again).contains("all of it stands there already"));
    assert_eq!(files(copy.path()), before);
}

#[test]
fn when_the_text_changes_or_its_time_is_over_people_are_asked_again() {
    let mut copy = small();
    let form = [
        "acknowledge",
        "custodian-acknowledgement",
        "--role",
        "custodian",
        "--source",
        "form KC-7",
        "--by",
        "nl-0102",
    ];
    let ran = copy.run(&form);
    assert!(
        good(&ran).contains("2 acknowledgements; "),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.ends_with("nobody owes it any more\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(verdict(&copy, "custodian-acknowledgement"), "pass");
    let duties = copy.read("book/src/policies/duties.md");
    copy.write(
        "book/src/policies/duties.md",
        &duties.replace("Keep keys.", "Keep all keys."),
    );
    assert_eq!(verdict(&copy, "custodian-acknowledgement"), "expired");
    let who = copy.run(&["acknowledge", "custodian-acknowledgement"]);
    assert_eq!(who.code, 2);
    assert!(
        who.stderr.contains("still owing: nl-0148 (the text changed since 2026-11-22); nl-0150 (the text changed since 2026-11-22)"),
        "{}",
        who.stderr
    );
    good(&copy.run(&form));
    assert_eq!(verdict(&copy, "custodian-acknowledgement"), "pass");
    let text = copy.read(FILE);
    assert_eq!(
        text.matches("[[acknowledged]]").count(),
        4,
        "the earlier ones stay"
    );
    // A duty is part of the guide of its role.
    good(&copy.run(&[
        "acknowledge",
        "role-guide-acknowledged",
        "--role",
        "sre",
        "--source",
        "s",
        "--by",
        "nl-0102",
    ]));
    let page = copy.read("book/src/ecs/ecs-x.md");
    copy.write(
        "book/src/ecs/ecs-x.md",
        &page.replace("Do it.", "Do it well."),
    );
    let who = copy.run(&["acknowledge", "role-guide-acknowledged"]).stderr;
    assert!(
        who.contains("nl-0102 for sre (the text changed since 2026-11-22); nl-0148 for sre"),
        "{who}"
    );
    assert!(who.contains("nl-0148 for custodian (never)"), "{who}");
    let config = copy.read("workbook.toml");
    copy.write(
        "workbook.toml",
        &config.replace("as-of = 2026-11-22", "as-of = 2027-11-23"),
    );
    copy.now = "2027-11-23T10:00:00Z";
    let who = copy
        .run(&["acknowledge", "custodian-acknowledgement"])
        .stderr;
    assert!(who.contains("nl-0150 (it held until 2027-11-22)"), "{who}");
    let _: Date = "2027-11-22".parse().expect("a date");
}

#[test]
fn an_existing_file_keeps_its_comments_and_entries() {
    let copy = small();
    let stood = format!(
        "# Signed forms are in the personnel files.\n\n[[acknowledged]]\nperson = \"nl-0148\" # by hand\ndigest = \"{}\"\ndate = 2026-01-08",
        "0".repeat(64)
    );
    copy.write(FILE, &stood);
    good(&copy.run_at_terminal(
        &[
            "acknowledge",
            "custodian-acknowledgement",
            "--person",
            "nl-0150",
        ],
        "yes\n",
    ));
    let text = copy.read(FILE);
    assert!(
        text.starts_with(&format!(
            "{stood}\n\n[[acknowledged]]\nperson = \"nl-0150\"\n"
        )),
        "{text}"
    );
}

#[test]
fn rows_of_a_learning_system_are_bound_to_the_text_and_the_file() {
    let copy = small();
    let text = digest(&copy, "custodian-acknowledgement", "policies/duties.md");
    let signed = "ab".repeat(32);
    let old = "00".repeat(32);
    let csv = format!(
        "Name,staff_id,version,date,digest,file-digest\n\"Doe, J\",nl-0148,2026-02-01,2026-11-20,,{signed}\n\
         =cmd(),nl-0150,,2026-11-21,{text},\n,nl-0150,7,2025-11-21,,\nX,nl-9999,2026-02-01,2026-11-20,,\n"
    );
    copy.write("lms.csv", &csv);
    let version = format!("7={old}");
    let args = [
        "acknowledge",
        "custodian-acknowledgement",
        "--import",
        "lms.csv",
        "--source",
        "learning system",
        "--by",
        "nl-0102",
        "--version",
        &version,
    ];
    let ran = copy.run(&args);
    let out = good(&ran);
    assert!(
        out.contains("1 of people whom workbook.toml does not name are left out: nl-9999"),
        "{out}"
    );
    assert!(
        out.contains("1 are of a text that is not the present one"),
        "{out}"
    );
    assert!(out.ends_with("nobody owes it any more\n"), "{out}");
    let written = copy.read(FILE);
    let import = evidence_digest(&csv);
    assert!(
        written.starts_with(&format!(
            "[[acknowledged]]\nperson = \"nl-0148\"\ndigest = \"{text}\"\ndate = 2026-11-20\nsource = \"learning system\"\n\
             file-digest = \"{signed}\"\nimport-file = \"lms.csv\"\nimport-digest = \"{import}\"\nrecorded-by = \"nl-0102\"\n\
             recorded-at = 2026-11-22T10:00:00Z\n\n"
        )),
        "{written}"
    );
    assert!(
        !written.contains("Doe") && !written.contains("cmd()"),
        "{written}"
    );
    let check = copy.run(&["check", "custodian-acknowledgement", "--format", "json"]);
    assert!(
        check
            .stdout
            .contains("acknowledged on 2026-11-20, recorded on 2026-11-22"),
        "{}",
        check.stdout
    );
    let before = files(copy.path());
    let again = copy.run(&args);
    assert!(
        good(&again).contains("3 of 3 stand there already"),
        "{}",
        again.stdout
    );
    assert_eq!(files(copy.path()), before);
}

/// The SHA-256 of a text, as git and `sha256sum` tell it.
fn evidence_digest(text: &str) -> String {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(text.as_bytes());
    super::cards::hex(&digest)
}

#[test]
fn guides_are_told_by_their_digest_where_a_row_names_no_role() {
    let copy = small();
    let guide = digest(&copy, "role-guide-acknowledged", "sre");
    copy.write(
        "lms.csv",
        &format!("staff-id,digest,date,source\nnl-0148,{guide},2026-11-20,\"LMS\nrun 2\"\n"),
    );
    let ran = copy.run(&[
        "acknowledge",
        "role-guide-acknowledged",
        "--import",
        "lms.csv",
        "--by",
        "nl-0102",
    ]);
    assert!(
        good(&ran)
            .contains("still owing: nl-0102 for sre (never); nl-0148 for custodian (never); "),
        "{}",
        ran.stdout
    );
    let text = copy.read("evidence/acknowledgements/role-guide-acknowledged/2026.toml");
    assert!(text.contains("role = \"sre\""), "{text}");
}

const CUSTODIAN: &str = "custodian-acknowledgement";

/// What is refused, and what is said of it.
const REFUSED: &[(&[&str], &[&str])] = &[
    (
        &["acknowledge", "access-review"],
        &["is not a check of acknowledgements"],
    ),
    (
        &["acknowledge", CUSTODIAN],
        &[
            "missing: --person",
            "still owing: nl-0148 (never); nl-0150 (never)",
        ],
    ),
    (
        &[
            "acknowledge",
            CUSTODIAN,
            "--person",
            "nl-0151",
            "--source",
            "s",
            "--by",
            "b",
        ],
        &["asks nothing of `nl-0151`", "did you mean `nl-0150`?"],
    ),
    (
        &[
            "acknowledge",
            CUSTODIAN,
            "--person",
            "nl-0102",
            "--source",
            "s",
            "--by",
            "b",
        ],
        &["asks nothing of `nl-0102`"],
    ),
    (
        &[
            "acknowledge",
            CUSTODIAN,
            "--role",
            "custodians",
            "--source",
            "s",
            "--by",
            "b",
        ],
        &["no role `custodians`", "did you mean `custodian`?"],
    ),
    (
        &["acknowledge", CUSTODIAN, "--person", "nl-0150"],
        &["missing: --source"],
    ),
    (
        &[
            "acknowledge",
            CUSTODIAN,
            "--person",
            "nl-0150",
            "--source",
            "s",
        ],
        &["missing: --by"],
    ),
    (
        &[
            "acknowledge",
            CUSTODIAN,
            "--person",
            "nl-0150",
            "--source",
            "s",
            "--by",
            "b",
            "--date",
            "2026-11-23",
        ],
        &["lies in the future"],
    ),
    (
        &[
            "acknowledge",
            CUSTODIAN,
            "--import",
            "none.csv",
            "--by",
            "b",
        ],
        &[
            "none.csv:1: there is no column `staff-id`",
            "2 lines are wrong",
        ],
    ),
    (
        &[
            "acknowledge",
            CUSTODIAN,
            "--import",
            "wrong.csv",
            "--by",
            "b",
            "--source",
            "s",
        ],
        &[
            "wrong.csv:2: nothing says what version `9` is",
            "wrong.csv:3: 2026-11-23 lies in the future",
            "wrong.csv:4: `soon` is not a date",
        ],
    ),
    (
        &[
            "acknowledge",
            CUSTODIAN,
            "--import",
            "card.csv",
            "--by",
            "b",
        ],
        &["would hold a card number"],
    ),
    (
        &[
            "acknowledge",
            CUSTODIAN,
            "--import",
            "gone.csv",
            "--by",
            "b",
        ],
        &["gone.csv can't be read"],
    ),
    (
        &[
            "acknowledge",
            CUSTODIAN,
            "--import",
            "card.csv",
            "--version",
            "1=abc",
        ],
        &["VERSION=DIGEST"],
    ),
];

#[test]
fn what_is_refused_is_named_and_nothing_is_written() {
    let copy = small();
    copy.write("none.csv", "name,date\nx,2026-11-20\n");
    copy.write("wrong.csv", "staff-id,version,date\nnl-0148,9,2026-11-20\nnl-0150,2026-02-01,2026-11-23\nnl-0150,2026-02-01,soon\n");
    copy.write(
        "card.csv",
        "staff-id,version,date,source\nnl-0148,2026-02-01,2026-11-20,card 4111 1111 1111 1111\n",
    );
    let before = files(copy.path());
    for (args, parts) in REFUSED {
        let ran = copy.run(args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.stdout);
        for part in *parts {
            assert!(
                ran.stderr.contains(part),
                "{args:?}: {part}: {}",
                ran.stderr
            );
        }
        assert!(!ran.stderr.contains("4111 1111"), "{}", ran.stderr);
        assert_eq!(files(copy.path()), before, "{args:?}");
    }
}
