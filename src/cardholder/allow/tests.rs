use super::*;
use crate::cardholder::{Place, Rules, scan};

const LIST: &str = "[[allow]]\npath = \"parcels/**\"\nkinds = [\"pan\"]\ncontext = [\"Parcel\"]\n\
                    reason = \"numbers of the carrier\"\napprover = \"nl-0148\"\n\
                    approved = 2026-11-19\nexpires = 2027-05-19\n";

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

#[test]
fn an_entry_allows_by_path_kind_confidence_surroundings_and_day() {
    let mut found = scan(Rules::built_in(), b"card 4111 1111 1111 1111").remove(0);
    found.confidence = Confidence::Possible;
    found.context = Some("parcel no".into());
    let of = |file: &str, found: &crate::cardholder::Match, today: &str| {
        let list = AllowList::parse("allow.toml", LIST).expect("a list");
        let finding = Finding {
            file,
            member: "",
            place: Place::Content,
            found,
            allowed: None,
        };
        let allowed = list.of(&finding, day(today)).is_some();
        assert_eq!(list.idle(day(today)).is_empty(), allowed);
        allowed
    };
    assert!(of("parcels/2026/a.log", &found, "2026-11-22"));
    assert!(!of("logs/a.log", &found, "2026-11-22"));
    assert!(!of("parcels/a.log", &found, "2026-11-18"));
    assert!(!of("parcels/a.log", &found, "2027-05-20"));
    for change in [
        |found: &mut crate::cardholder::Match| found.confidence = Confidence::Confirmed,
        |found: &mut crate::cardholder::Match| found.kind = Kind::Track,
        |found: &mut crate::cardholder::Match| found.context = None,
    ] {
        let mut other = found.clone();
        change(&mut other);
        assert!(!of("parcels/a.log", &other, "2026-11-22"));
    }
}

#[test]
fn a_list_that_holds_a_number_is_refused_without_repeating_it() {
    for value in [
        "4111-1111-1111-1111",
        "123456789012",
        "１２３４５６７８９０１２",
        "cvv=123",
    ] {
        let text = format!("# a list\n[[allow]]\npath = \"{value}\"\n");
        let refused = AllowList::parse("allow.toml", &text).expect_err("a number");
        assert!(
            matches!(refused, Refused::Number { line: 3 }),
            "{refused:?}"
        );
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text = "[[allow]]\npath = \"\"\nkind = \"pan\"\nreason = \"x\"\napproved = 2026-11-19\n\
                expires = 2026-11-18\n";
    let Err(Refused::Mistakes(mistakes)) = AllowList::parse("allow.toml", text) else {
        panic!("mistakes");
    };
    let told: Vec<String> = mistakes.iter().map(Diagnostic::one_line).collect();
    assert_eq!(told.len(), 5, "{told:#?}");
}
