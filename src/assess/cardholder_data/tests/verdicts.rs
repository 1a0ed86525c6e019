//! What reports about one member come to.

use super::*;

use Verdict::{Error, Expired, Fail, NotChecked, Pass};

const LOOK: &str = "to be looked at: pan of visa ending in 0366";

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
fn what_was_not_read_is_never_clean() {
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
