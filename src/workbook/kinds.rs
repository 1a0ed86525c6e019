//! What registers, recurring duties and acknowledgements come to, on whole small workbooks.

use std::fs;
use std::path::Path;

use super::*;
use crate::assess::{CheckOutcome, Earlier, Verdict};

const CONFIG: &str = "organisation = \"Example\"\nentity = [\"merchant\"]\nplatforms = [\"aws-ecs-ec2\"]\n\
    [[roles]]\nid = \"custodian\"\ntitle = \"Custodians\"\n[[roles]]\nid = \"sre\"\ntitle = \"SRE\"\n\
    [[people]]\nid = \"p-1\"\nroles = [\"custodian\", \"sre\"]\n[[people]]\nid = \"p-2\"\nroles = [\"custodian\"]\n";

const SCHEMA: &str = "title = \"Keys\"\npurpose = \"Every key.\"\n\
    [[field]]\nname = \"store\"\ntype = \"text\"\nrequired = true\nmeaning = \"ARN.\"\n\
    [[field]]\nname = \"owner\"\ntype = \"text\"\nrequired = true\nmeaning = \"Role.\"\n\
    [[field]]\nname = \"reviewed\"\ntype = \"date\"\nmeaning = \"Day.\"\n";

const SOURCES: &str = "[[source]]\ncommand = \"aws kms list-keys\"\n[[source.items]]\ntype = \"AWS::KMS::Key\"\nat = \"Keys[]\"\nid = \"KeyArn\"\nlists = true\n";

const DUTIES: &str = "+++\ntitle = \"Duties\"\nowner = \"a\"\napprover = \"b\"\napproved = 2026-01-01\nreview-due = 2027-01-01\n+++\n# Duties\n\nKeep keys.\n";

/// What one block comes to beside these files, judged on 22 November 2026.
fn outcome(block: &str, files: &[(&str, &str)]) -> CheckOutcome {
    let (folder, workbook) = laid_out(block, files);
    let inventory = workbook
        .inventory(&existing(folder.path()))
        .expect("exports");
    let today = Date::from_ymd(2026, 11, 22);
    let mut outcome = workbook.assess(inventory, &Earlier::default(), today);
    outcome.checks.pop().expect("a check")
}

/// A workbook with one check, of these entries, beside these files.
fn laid_out(block: &str, files: &[(&str, &str)]) -> (tempfile::TempDir, Workbook) {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap_or(root)).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    write("workbook.toml", CONFIG);
    write("checks/registers/keys.toml", SCHEMA);
    write("checks/sources/aws.toml", SOURCES);
    write("book/src/policies/duties.md", DUTIES);
    write(
        "book/src/SUMMARY.md",
        "- [Duties](policies/duties.md)\n- [Page](ecs/ecs-x.md)\n",
    );
    write(
        "book/src/ecs/ecs-x.md",
        &format!(
            "+++\nid = \"ecs-x\"\ntitle = \"X\"\nrequirements = []\n[[statements]]\nid = \"ecs-x-a\"\nlabel = \"a\"\n\
             [[roles]]\nrole = \"sre\"\nraci = \"responsible\"\n[[roles.duties]]\ntext = \"Do it.\"\nstatements = [\"ecs-x-a\"]\n+++\n\n# X\n\n\
             ```toml check\nid = \"x\"\ntitle = \"t\"\nstatements = [\"ecs-x-a\"]\nrequirements = [\"3.6.1\"]\nprocedures = []\n\
             basis = \"standard\"\nstrength = \"direct\"\nseverity = \"low\"\nfix = \"f\"\n\n{block}```\n"
        ),
    );
    for (path, text) in files {
        write(path, text);
    }
    match Workbook::load(root) {
        Ok(workbook) => (folder, workbook),
        Err(LoadError::Mistakes(mistakes)) => panic!(
            "{:?}",
            mistakes
                .iter()
                .map(Diagnostic::one_line)
                .collect::<Vec<_>>()
        ),
        Err(error) => panic!("{error}"),
    }
}

fn existing(root: &Path) -> std::path::PathBuf {
    let exports = root.join("exports");
    fs::create_dir_all(&exports).expect("a folder");
    exports
}

/// A name, the files beside the block, the verdict, and a part of what is said.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], Verdict, &'a str);

/// Asserts the verdict of each case and that some message has the part.
fn holds(block: &str, cases: &[Case<'_>]) {
    for (name, files, verdict, part) in cases {
        let outcome = outcome(block, files);
        let said: Vec<String> = outcome
            .findings
            .iter()
            .map(|f| format!("{} {}: {}", f.verdict.as_str(), f.subject, f.message))
            .collect();
        assert_eq!(outcome.verdict, *verdict, "{name}: {said:#?}");
        assert!(
            part.is_empty() || said.iter().any(|line| line.contains(part)),
            "{name}: no {part:?} in {said:#?}"
        );
    }
}

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/a";
const LIST: (&str, &str) = (
    "exports/kms/list-keys.json",
    "{\"Keys\":[{\"KeyId\":\"a\",\"KeyArn\":\"arn:aws:kms:eu-west-1:111122223333:key/a\"}]}",
);
const NONE: (&str, &str) = ("exports/kms/list-keys.json", "{\"Keys\":[]}");
const PAGED: (&str, &str) = (
    "exports/kms/list-keys.json",
    "{\"Keys\":[{\"KeyId\":\"a\",\"KeyArn\":\"arn:aws:kms:eu-west-1:111122223333:key/a\"}],\"NextMarker\":\"m\",\"Truncated\":true}",
);

#[test]
fn a_register_passes_only_whole_dated_and_matched_both_ways() {
    let block = "[[register]]\nname = \"keys\"\nassert = 'item.owner != \"nobody\"'\nshows = 'item.store'\nmessage = '\"owned by \" + item.owner'\n\
        dated = \"reviewed\"\nwithin = \"12 months\"\n[[register.match]]\nresource = \"AWS::KMS::Key\"\nresource-names = 'resource.meta.id'\nentry-names = 'item.?store.orValue(\"\")'\n";
    let path = "evidence/registers/keys.toml";
    let entry = |rest: &str| format!("[[entry]]\nid = \"k\"\nstore = \"{KEY}\"\n{rest}");
    let good = entry("owner = \"sre\"\nreviewed = 2026-10-01\n");
    let other = format!(
        "{good}[[entry]]\nid = \"l\"\nstore = \"arn:gone\"\nowner = \"sre\"\nreviewed = 2026-10-01\n"
    );
    holds(
        block,
        &[
            ("whole", &[(path, &good), LIST], Verdict::Pass, ""),
            ("no register", &[LIST], Verdict::NotChecked, "not kept yet"),
            (
                "no entry",
                &[(path, ""), LIST],
                Verdict::Fail,
                "no entry of evidence/registers/keys.toml names it",
            ),
            (
                "nothing at all",
                &[(path, ""), NONE],
                Verdict::NotChecked,
                "no entry to judge",
            ),
            (
                "no export",
                &[(path, &good)],
                Verdict::NotChecked,
                "no export shows AWS::KMS::Key",
            ),
            (
                "not exported",
                &[(path, &good), NONE],
                Verdict::Fail,
                "complete and show no AWS::KMS::Key",
            ),
            (
                "one page of several",
                &[(path, &good), PAGED],
                Verdict::NotChecked,
                "there may be some that the register lacks",
            ),
            (
                "one entry too many",
                &[(path, &other), LIST],
                Verdict::Fail,
                "`arn:gone`",
            ),
            (
                "field missing",
                &[(path, &entry("reviewed = 2026-10-01\n")), LIST],
                Verdict::Fail,
                "lacks owner",
            ),
            (
                "condition",
                &[
                    (path, &entry("owner = \"nobody\"\nreviewed = 2026-10-01\n")),
                    LIST,
                ],
                Verdict::Fail,
                "owned by nobody",
            ),
            (
                "too old",
                &[
                    (path, &entry("owner = \"sre\"\nreviewed = 2025-11-21\n")),
                    LIST,
                ],
                Verdict::Expired,
                "no older than 12 months",
            ),
            (
                "a year to the day",
                &[
                    (path, &entry("owner = \"sre\"\nreviewed = 2025-11-22\n")),
                    LIST,
                ],
                Verdict::Pass,
                "",
            ),
            (
                "in the future",
                &[
                    (path, &entry("owner = \"sre\"\nreviewed = 2026-11-23\n")),
                    LIST,
                ],
                Verdict::Fail,
                "future",
            ),
            (
                "undated",
                &[(path, &entry("owner = \"sre\"\n")), LIST],
                Verdict::Fail,
                "no date `reviewed`",
            ),
        ],
    );
}

#[test]
fn every_period_of_the_window_has_to_be_met() {
    let block = "[[recurring]]\nevery = \"3 months\"\nfields = [\"stores\"]\nassert = 'size(item.stores) > 0'\nlatest = 'item.stores[0] == \"ledger\"'\nshows = 'string(size(item.stores))'\nmessage = '\"looked at \" + item.stores.join(\", \")'\n";
    let done = |day: &str| {
        format!("performed = {day}\nby = \"p-1\"\nresult = \"r\"\nstores = [\"ledger\"]\n")
    };
    let at = |day: &str| (format!("evidence/occurrences/x/{day}.toml"), done(day));
    let year = ["2026-02-20", "2026-05-20", "2026-08-20", "2026-11-20"].map(at);
    let files = |days: &[(String, String)]| -> Vec<(String, String)> { days.to_vec() };
    let run = |files: Vec<(String, String)>, verdict: Verdict, part: &str, name: &str| {
        let borrowed: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        holds(block, &[(name, &borrowed, verdict, part)]);
    };
    run(files(&year), Verdict::Pass, "", "every quarter");
    run(
        Vec::new(),
        Verdict::NotChecked,
        "nothing is recorded",
        "nothing",
    );
    run(
        files(&year[1..]),
        Verdict::Expired,
        "nothing was done by 2026-02-22",
        "the first is missing",
    );
    run(
        files(&year[..2]),
        Verdict::Expired,
        "nothing was done by 2026-08-20",
        "overdue now",
    );
    let gap = [year[0].clone(), year[2].clone(), year[3].clone()];
    run(
        files(&gap),
        Verdict::Expired,
        "nothing was done by 2026-05-20",
        "one left out",
    );
    let missed = |day: &str| {
        let text = format!(
            "missed = {day}\nby = \"p-1\"\ncause = \"forgotten\"\ncorrection = \"done in August\"\nprevention = \"calendar\"\n"
        );
        ("evidence/occurrences/x/missed.toml".to_owned(), text)
    };
    let told = [gap.to_vec(), vec![missed("2026-05-20")]].concat();
    run(
        told,
        Verdict::Expired,
        "recorded as missed by p-1: forgotten",
        "a missed period stays visible",
    );
    let wrong = [year.to_vec(), vec![missed("2026-05-01")]].concat();
    run(
        wrong,
        Verdict::NotChecked,
        "by the other records none ended then",
        "a miss that was none",
    );
    let earlier = [vec![at("2025-11-20")], year.to_vec()].concat();
    run(
        earlier,
        Verdict::Pass,
        "",
        "the year before counts for the first period",
    );
    let future = [year.to_vec(), vec![at("2026-11-30")]].concat();
    run(future, Verdict::Fail, "future", "a record from the future");
    let mut lacking = year.to_vec();
    lacking[0].1 = "performed = 2026-02-20\nby = \"p-1\"\nresult = \"r\"\n".to_owned();
    run(lacking, Verdict::Fail, "lacks stores", "a key is missing");
    let mut other = year.to_vec();
    other[3].1 = other[3].1.replace("ledger", "files");
    run(
        other,
        Verdict::Fail,
        "looked at files",
        "the newest is judged further",
    );
    let mut older = year.to_vec();
    older[0].1 = older[0].1.replace("ledger", "files");
    run(older, Verdict::Pass, "", "which older ones are not");
    let mut range = year.to_vec();
    range[1].1.push_str("from = 2026-05-01\nto = 2026-05-20\n");
    run(range, Verdict::Fail, "range of days", "no ranges here");
}

#[test]
fn first_years_ranges_entities_and_risk_analyses_change_what_is_due() {
    let done = (
        "evidence/occurrences/x/a.toml",
        "performed = 2026-11-01\nby = \"p-1\"\nresult = \"r\"\n",
    );
    let plain = "[[recurring]]\nevery = \"3 months\"\nshows = 'item.result'\n";
    let first = format!("initial-assessment = true\n{CONFIG}");
    holds(
        plain,
        &[
            (
                "three quarters missed",
                &[done],
                Verdict::Expired,
                "nor at 2 later deadlines",
            ),
            (
                "first year",
                &[done, ("workbook.toml", &first)],
                Verdict::Pass,
                "",
            ),
        ],
    );
    let daily = "[[recurring]]\nevery = \"1 day\"\nranges = true\nshows = 'item.result'\n";
    let range = |from: &str| {
        format!(
            "performed = 2026-11-22\nby = \"p-1\"\nresult = \"r\"\nfrom = {from}\nto = 2026-11-21\n"
        )
    };
    holds(
        daily,
        &[
            (
                "every day",
                &[("evidence/occurrences/x/a.toml", &range("2025-11-23"))],
                Verdict::Pass,
                "",
            ),
            (
                "days before",
                &[("evidence/occurrences/x/a.toml", &range("2025-11-25"))],
                Verdict::Expired,
                "2025-11-23",
            ),
        ],
    );
    let provider = "[[recurring]]\nevery = \"6 months\"\nentity = [\"service-provider\"]\nshows = 'item.result'\n";
    holds(
        provider,
        &[(
            "merchants owe nothing",
            &[],
            Verdict::NotApplicable,
            "other sorts of entity",
        )],
    );
    let analysed = "[[recurring]]\nevery = \"1 months\"\nfrequency = \"risk-analysis\"\nshows = 'item.result'\n";
    let analysis = |reviewed: &str| {
        format!(
            "[[entry]]\nid = \"ra\"\ncheck = \"x\"\nevery = \"12 months\"\napproved = 2025-01-10\nreviewed = {reviewed}\n"
        )
    };
    let path = "evidence/registers/risk-analyses.toml";
    holds(
        analysed,
        &[
            ("no analysis", &[done], Verdict::NotChecked, "not kept yet"),
            (
                "of another duty",
                &[done, (path, "[[entry]]\nid = \"r\"\ncheck = \"y\"\n")],
                Verdict::NotChecked,
                "no targeted risk analysis",
            ),
            (
                "it sets the time",
                &[done, (path, &analysis("2026-01-10"))],
                Verdict::Pass,
                "",
            ),
            (
                "not looked at since",
                &[done, (path, &analysis("2025-11-21"))],
                Verdict::Expired,
                "last reviewed",
            ),
            (
                "from the future",
                &[done, (path, &analysis("2026-12-01"))],
                Verdict::NotChecked,
                "dated in the future",
            ),
        ],
    );
}

#[test]
fn each_holder_has_to_acknowledge_the_text_as_it_stands() {
    let block = "[[acknowledgement]]\nroles = [\"custodian\"]\ntext = \"policies/duties.md\"\nvalid = \"12 months\"\n";
    let digest = crate::source::sha256(b"# Duties\n\nKeep keys.\n");
    let given = |person: &str, digest: &str, date: &str| {
        format!("[[acknowledged]]\nperson = \"{person}\"\ndigest = \"{digest}\"\ndate = {date}\n")
    };
    let both = |first: String| first + &given("p-2", &digest, "2026-03-01");
    let path = "evidence/acknowledgements/x/2026.toml";
    let old = "0".repeat(64);
    let stale_and_new =
        both(given("p-1", &old, "2026-10-01") + &given("p-1", &digest, "2026-02-01"));
    holds(
        block,
        &[
            (
                "both",
                &[(path, &both(given("p-1", &digest, "2026-02-01")))],
                Verdict::Pass,
                "",
            ),
            (
                "one",
                &[(path, &given("p-2", &digest, "2026-03-01"))],
                Verdict::Fail,
                "fail p-1: `policies/duties.md` is not acknowledged",
            ),
            ("nobody", &[], Verdict::Fail, &digest),
            (
                "an earlier text",
                &[(path, &both(given("p-1", &old, "2026-02-01")))],
                Verdict::Expired,
                "an earlier text",
            ),
            (
                "too long ago",
                &[(path, &both(given("p-1", &digest, "2025-11-21")))],
                Verdict::Expired,
                "holds for 12 months",
            ),
            (
                "in the future",
                &[(path, &both(given("p-1", &digest, "2026-11-23")))],
                Verdict::Fail,
                "in the future",
            ),
            (
                "the current text counts",
                &[(path, &stale_and_new)],
                Verdict::Pass,
                "",
            ),
        ],
    );
    let absent = block.replace("duties", "others");
    holds(
        &absent,
        &[("no such text", &[], Verdict::NotChecked, "not in the book")],
    );
    let nobody = block.replace("custodian", "sales");
    holds(
        &nobody,
        &[(
            "no holder",
            &[],
            Verdict::NotChecked,
            "nobody in workbook.toml holds the role sales",
        )],
    );
    let guides = "[[acknowledgement]]\nroles = [\"*\"]\ntext = \"role-guide\"\n";
    holds(
        guides,
        &[(
            "a role without duties",
            &[],
            Verdict::Fail,
            "the text `custodian` is not in the book",
        )],
    );
    let guide = crate::source::sha256(b"ecs-x responsible\n- Do it.\n");
    let guides = guides.replace('*', "sre");
    let mine = format!(
        "[[acknowledged]]\nperson = \"p-1\"\nrole = \"sre\"\ndigest = \"{guide}\"\ndate = 2026-02-01\n"
    );
    holds(
        &guides,
        &[("the guide of the role", &[(path, &mine)], Verdict::Pass, "")],
    );
}

#[test]
fn what_is_kept_for_no_check_of_the_kind_is_a_mistake() {
    let human = Human {
        occurrences: vec![crate::human::Occurrence {
            check: "purge".to_owned(),
            file: crate::source::SourceFile::new("evidence/occurrences/purge/a.toml", ""),
            by: "p-1".to_owned(),
            what: crate::human::Occurred::Missed(crate::human::Missed {
                due: Date::from_ymd(2026, 1, 1),
                cause: String::new(),
                correction: String::new(),
                prevention: String::new(),
            }),
            recorded: None,
            value: Value::Null,
        }],
        ..Human::default()
    };
    let lines: Vec<String> = unknown_checks(&human, &[])
        .into_sorted()
        .iter()
        .map(Diagnostic::one_line)
        .collect();
    assert_eq!(
        lines,
        [
            "evidence/occurrences/purge/a.toml:1:1: unknown-reference: no page has a check `purge` of kind recurring"
        ]
    );
}

#[test]
fn a_document_may_be_asked_of_some_sorts_of_entity_only() {
    let block = "[[document]]\npath = \"policies/guidance.md\"\nsections = [\"Keys\"]\nentity = [\"service-provider\"]\n";
    let provider = CONFIG.replace("merchant", "service-provider");
    holds(
        block,
        &[
            (
                "merchants",
                &[],
                Verdict::NotApplicable,
                "other sorts of entity",
            ),
            (
                "service providers",
                &[("workbook.toml", &provider)],
                Verdict::NotChecked,
                "policies/guidance.md",
            ),
        ],
    );
}

#[test]
fn what_people_keep_falls_due_at_the_earliest_of_its_dates() {
    let due = |block: &str, files: &[(&str, &str)]| {
        let (_folder, workbook) = laid_out(block, files);
        let check = workbook.checks.first().expect("a check");
        crate::assess::due(check, &workbook.config, &workbook.book, &workbook.human)
            .map(|date| date.to_string())
    };
    let document = "[[document]]\npath = \"policies/duties.md\"\nsections = []\n";
    assert_eq!(due(document, &[]).as_deref(), Some("2027-01-01"));
    let register = "[[register]]\nname = \"keys\"\nshows = 'item.id'\ndated = \"reviewed\"\nwithin = \"12 months\"\n";
    let entries = "[[entry]]\nid = \"a\"\nreviewed = 2026-06-01\n[[entry]]\nid = \"b\"\nreviewed = 2026-02-01\n";
    let keys = ("evidence/registers/keys.toml", entries);
    assert_eq!(due(register, &[keys]).as_deref(), Some("2027-02-01"));
    assert_eq!(due(register, &[]), None);
    let recurring = "[[recurring]]\nevery = \"3 months\"\nshows = 'item.result'\n[[recurring]]\nevery = \"1 month\"\nentity = [\"issuer\"]\nshows = 'item.result'\n";
    let done = "performed = 2026-11-01\nby = \"p-1\"\nresult = \"r\"\n";
    let files = [("evidence/occurrences/x/a.toml", done)];
    assert_eq!(due(recurring, &files).as_deref(), Some("2027-02-01"));
    let acknowledged = "[[acknowledgement]]\nroles = [\"custodian\"]\ntext = \"policies/duties.md\"\nvalid = \"12 months\"\n";
    let given = format!(
        "[[acknowledged]]\nperson = \"p-1\"\ndigest = \"{}\"\ndate = 2026-03-01\n",
        "0".repeat(64)
    );
    let files = [("evidence/acknowledgements/x/a.toml", given.as_str())];
    assert_eq!(due(acknowledged, &files).as_deref(), Some("2027-03-01"));
}
