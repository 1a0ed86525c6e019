use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn sound() -> Value {
    json!({
        "format": "workbook-scan-report",
        "schema-version": 1,
        "tool": {"name": "evidence-workbook", "version": "0.1.0", "rules": "0f".repeat(32)},
        "started": "2026-11-18T02:00:00Z",
        "ended": "2026-11-18T11:10:00+09:00",
        "member": {"type": "AWS::Logs::LogGroup", "id": "arn:aws:logs:eu-west-1:111122223333:log-group:/a",
                   "account": "111122223333", "region": "eu-west-1"},
        "places": ["name", "content"],
        "kinds": ["track", "pan"],
        "extent": "period",
        "data": {"from": "2026-08-18T00:00:00Z", "to": "2026-11-18T00:00:00Z"},
        "files": {"found": 3, "read": 2, "unread": 1, "bytes": 5000},
        "unread": [{"file": "1763776208000.gz", "why": "it ends early"}],
        "counts": {
            "pan": {"confirmed": 1, "possible": 1, "test": 0},
            "track": {"confirmed": 2, "possible": 0, "test": 0}
        },
        "findings": [
            {"file": "a.log", "offset": 7, "length": 16, "kind": "pan", "confidence": "confirmed",
             "place": "content", "issuer": "visa", "last-four": "0366"},
            {"file": "a.log", "offset": 70, "length": 16, "kind": "pan", "confidence": "possible",
             "place": "name", "cleared": {"by": "nl-0148", "on": "2026-11-19", "until": "2027-05-19",
             "reason": "a parcel number"}}
        ],
        "omitted": 2
    })
}

#[test]
fn a_report_is_read_with_all_it_says() {
    let report = report(&sound().to_string()).expect("a sound report");
    assert_eq!(report.member.account.as_deref(), Some("111122223333"));
    assert_eq!(report.kinds, [Kind::Pan, Kind::Track]);
    assert_eq!(report.places, [Place::Content, Place::Name]);
    assert_eq!(report.ended.to_string(), "2026-11-18T02:10:00Z");
    assert_eq!(report.counts[&Kind::Track].confirmed, 2);
    assert_eq!(report.findings[0].last_four.as_deref(), Some("0366"));
    let cleared = report.findings[1].cleared.as_ref().expect("cleared");
    assert_eq!(cleared.until.to_string(), "2027-05-19");
}

#[test]
fn what_is_written_is_read_back_the_same() {
    let mut sample = sound();
    sample["extent"] = json!("sample");
    sample["selection"] = json!("every tenth stream");
    let mut bare = sound();
    for key in ["data", "selection"] {
        bare.as_object_mut().expect("an object").remove(key);
    }
    bare["extent"] = json!("all");
    let mut share = sound();
    share["shard"] = json!({"number": 2, "of": 5});
    for value in [sound(), sample, bare, share] {
        let first = report(&value.to_string()).expect("a sound report");
        assert_eq!(report(&first.to_json()), Ok(first));
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(
        text in "\\PC{0,200}",
        pointer in prop::sample::select(vec!["/ended", "/counts", "/findings/0", "/files/bytes", "/unread"]),
        value in prop_oneof![
            any::<f64>().prop_map(|number| json!(number)),
            any::<i64>().prop_map(|number| json!(number)),
            any::<String>().prop_map(|text| json!(text)),
            Just(json!([[]])),
        ],
    ) {
        let _ = report(&text);
        let _ = member(&text);
        let mut changed = sound();
        *changed.pointer_mut(pointer).expect("a key") = value;
        if let Ok(read) = report(&changed.to_string()) {
            prop_assert_eq!(report(&read.to_json()), Ok(read));
        }
    }
}

#[test]
fn what_is_wrong_with_a_report_is_told() {
    let unread = json!([{"file": "a", "why": "x"}, {"file": "b", "why": "x"}]);
    let cases: &[(&str, Value, &str)] = &[
        ("/format", json!("scan"), "`format`"),
        ("/schema-version", json!(2), "`schema-version` is not 1"),
        ("/schema-version", json!("1"), "invalid type"),
        ("/tool/rules", json!("abc"), "`tool.rules`"),
        ("/tool/name", json!(" "), "`tool.name` is empty"),
        ("/started", json!("2026-11-18"), "`started` is not a moment"),
        (
            "/started",
            json!("2026-11-19T00:00:00Z"),
            "ended before it began",
        ),
        (
            "/ended",
            json!("yesterday at Ten"),
            "`ended` is not a moment",
        ),
        ("/member/id", json!(""), "`member.id` is empty"),
        ("/places", json!([]), "`places` is empty"),
        (
            "/places",
            json!(["content", "content"]),
            "names something twice",
        ),
        ("/places", json!(["content"]), "where the scan did not look"),
        ("/kinds", json!(["pan"]), "exactly the kinds"),
        ("/kinds", json!(["pan", "iban"]), "none of pan, track"),
        ("/extent", json!("most"), "none of all, period, sample"),
        ("/extent", json!("sample"), "`selection`"),
        ("/data", Value::Null, "does not say which"),
        ("/data/to", json!("2026-11-19T00:00:00Z"), "after the scan"),
        (
            "/data/from",
            json!("2026-11-18T01:00:00Z"),
            "ends before it begins",
        ),
        ("/files/read", json!(3), "do not add up to those found"),
        (
            "/files/read",
            json!(u64::MAX),
            "do not add up to those found",
        ),
        ("/files/bytes", json!(22), "outside of what was read"),
        ("/files/bytes", json!(-1), "invalid value"),
        ("/unread", unread, "does not list as many files"),
        ("/unread/0/why", json!(""), "`unread.why` is empty"),
        ("/counts/pan/test", json!(1), "do not add up"),
        ("/counts/pan/test", json!(u64::MAX), "do not add up"),
        ("/counts/pan/confirmed", json!(0), "do not add up"),
        ("/findings/0/length", json!(0), "outside of what was read"),
        (
            "/findings/0/offset",
            json!(u64::MAX),
            "outside of what was read",
        ),
        (
            "/findings/1/offset",
            json!(70_000),
            "outside of what was read",
        ),
        (
            "/findings/0/kind",
            json!("card-code"),
            "`findings.last-four` of a card-code",
        ),
        (
            "/findings/0/last-four",
            json!("40366"),
            "`findings.last-four`",
        ),
        (
            "/findings/0/last-four",
            json!("036x"),
            "`findings.last-four`",
        ),
        (
            "/findings/1/confidence",
            json!("confirmed"),
            "only a `possible` finding",
        ),
        (
            "/findings/1/cleared/until",
            json!("2027-02-30"),
            "`cleared.until` is not a date",
        ),
        ("/findings/1/cleared/by", json!(""), "`cleared.by` is empty"),
        ("/omitted", json!(1), "do not add up"),
    ];
    for (pointer, value, said) in cases {
        let mut changed = sound();
        *changed.pointer_mut(pointer).expect("a key") = value.clone();
        let message = report(&changed.to_string()).expect_err(pointer);
        assert!(message.contains(said), "{pointer}: {message}");
    }
    let mut balanced = sound();
    balanced["counts"]["pan"]["confirmed"] = json!(0);
    balanced["counts"]["track"]["confirmed"] = json!(3);
    let message = report(&balanced.to_string()).expect_err("one kind for another");
    assert!(message.contains("more findings of a kind are listed than counted"));
}

#[test]
fn keys_that_are_absent_unknown_or_given_twice_are_mistakes() {
    let text = sound().to_string();
    for key in sound().as_object().expect("an object").keys() {
        let mut less = sound();
        less.as_object_mut().expect("an object").remove(key);
        assert!(report(&less.to_string()).is_err(), "{key} is absent");
    }
    for pointer in [
        "",
        "/tool",
        "/member",
        "/data",
        "/files",
        "/unread/0",
        "/counts",
        "/counts/pan",
        "/findings/0",
        "/findings/1/cleared",
    ] {
        let mut more = sound();
        more.pointer_mut(pointer).expect("an object")["hash"] = json!("x");
        assert!(report(&more.to_string()).is_err(), "{pointer}");
    }
    for (key, again) in [
        ("\"omitted\":2", "\"omitted\":2,\"omitted\":2"),
        (
            "\"track\":{",
            "\"track\":{\"confirmed\":2,\"possible\":0,\"test\":0},\"track\":{",
        ),
    ] {
        assert!(
            text.contains(key) && report(&text.replace(key, again)).is_err(),
            "{key}"
        );
    }
    assert!(report(text.trim_end_matches('}')).is_err());
    assert!(report(&format!("{text}{text}")).is_err());
}

#[test]
fn a_report_that_holds_a_number_is_refused_and_the_number_is_told_nowhere() {
    let mut texts = Vec::new();
    strings(&sound(), String::new(), &mut texts);
    for pointer in texts {
        for number in [
            "4111111111111111",
            "4111 1111 1111 1111",
            "x 4532-0151-1283-0366.",
        ] {
            let mut holding = sound();
            *holding.pointer_mut(&pointer).expect("a text") = json!(number);
            let message = report(&holding.to_string()).expect_err(&pointer);
            assert!(
                message.starts_with("it holds a card number"),
                "{pointer}: {message}"
            );
            assert!(
                !message.contains("1111") && !message.contains("0366"),
                "{message}"
            );
        }
    }
    let key = sound()
        .to_string()
        .replace("\"omitted\"", "\"5555555555554444\"");
    assert!(
        report(&key)
            .expect_err("a key")
            .starts_with("it holds a card number")
    );
    for broken in [
        sound()
            .to_string()
            .replace("\"omitted\":2", "\"omitted\":4111111111111111"),
        "{\"format\": \"workbook-scan-report\", \"x\": 4111111111111111.5e}".to_owned(),
        sound().to_string().replace(
            "\"schema-version\":1",
            "\"schema-version\":\"411111111111111\"",
        ),
    ] {
        let message = report(&broken).expect_err("broken");
        assert!(!message.contains("4111111"), "{message}");
    }
}

fn strings(value: &Value, pointer: String, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(pointer),
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                strings(item, format!("{pointer}/{n}"), found);
            }
        }
        Value::Object(map) => {
            for (key, item) in map {
                strings(item, format!("{pointer}/{key}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn whom_a_broken_report_is_about_is_told_if_it_says() {
    let mut broken = sound();
    broken["omitted"] = json!(9);
    assert_eq!(
        member(&broken.to_string()).map(|member| member.member_type),
        Some("AWS::Logs::LogGroup".to_owned())
    );
    broken["member"]["id"] = json!("4111111111111111");
    assert_eq!(member(&broken.to_string()), None);
    assert_eq!(member("{"), None);
    assert_eq!(member("{\"member\": {}}"), None);
}
