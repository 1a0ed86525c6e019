use proptest::prelude::*;

use super::*;
use crate::cardholder::{Confidence, Kind};
use crate::source::Keyword as _;

/// Returns a number that passes the Luhn test: built, so that no whole one stands here.
fn number(leading: &str, length: usize) -> String {
    let mut digits: Vec<u8> = leading.bytes().map(|byte| byte - b'0').collect();
    digits.resize(length - 1, 7);
    digits.push(0);
    while !super::super::digits::luhn(&digits) {
        *digits.last_mut().expect("a digit") += 1;
    }
    let text = digits.iter().map(|digit| char::from(b'0' + digit));
    text.collect()
}

fn visa() -> String {
    number("4539", 16)
}

fn grouped(number: &str, sizes: &[usize], separator: &str) -> String {
    let mut rest = number;
    let mut groups = Vec::new();
    for size in sizes {
        let (group, more) = rest.split_at(*size);
        groups.push(group);
        rest = more;
    }
    groups.join(separator)
}

/// Returns each match in words: kind, confidence, issuer, and the text it covers.
fn found(text: &str) -> Vec<(String, String)> {
    scan(Rules::built_in(), text.as_bytes())
        .into_iter()
        .map(|one| {
            let start = usize::try_from(one.offset).expect("small");
            let covered = text.as_bytes().get(start..start + one.length);
            let covered = covered.expect("in the text").to_vec();
            let issuer = one.issuer.as_deref().unwrap_or("-");
            (
                format!("{} {} {issuer}", one.kind.word(), one.confidence.word()),
                String::from_utf8(covered).expect("whole characters"),
            )
        })
        .collect()
}

fn finds(text: &str, expected: &[(&str, &str)]) {
    let expected: Vec<(String, String)> = expected
        .iter()
        .map(|(what, covered)| ((*what).to_owned(), (*covered).to_owned()))
        .collect();
    assert_eq!(found(text), expected, "{text}");
}

#[test]
fn numbers_of_every_issuer_are_found() {
    for (leading, length, issuer) in [
        ("4539", 13, "visa"),
        ("4539", 16, "visa"),
        ("4539", 19, "visa"),
        ("5512", 16, "mastercard"),
        ("2300", 16, "mastercard"),
        ("3412", 15, "amex"),
        ("3612", 14, "diners"),
        ("6445", 16, "discover"),
        ("3530", 16, "jcb"),
        ("6212", 18, "unionpay"),
        ("8123", 17, "unionpay"),
        ("2201", 16, "mir"),
        ("6712", 12, "maestro"),
        ("6712", 19, "maestro"),
        ("6521", 16, "rupay"),
        ("9792", 16, "troy"),
        ("509012", 16, "elo"),
    ] {
        let number = number(leading, length);
        let text = format!("{{\"cardNumber\":\"{number}\"}}");
        finds(&text, &[(&format!("pan confirmed {issuer}"), &number)]);
    }
}

#[test]
fn surroundings_say_how_sure_a_number_is() {
    let n = visa();
    for (text, what) in [
        (format!("card {n}"), "pan confirmed visa"),
        (format!("pan={n}&x=1"), "pan confirmed visa"),
        (format!("<PrimaryAccountNumber>{n}</"), "pan confirmed visa"),
        (format!("カード番号:{n}"), "pan confirmed visa"),
        (n.clone(), "pan possible visa"),
        (format!("a,{n},b"), "pan possible visa"),
        (format!("order_id={n}"), "pan possible visa"),
        (format!("card order {n}"), "pan possible visa"),
        (format!("card z{n}"), "pan possible visa"),
        (format!("statement_{n}.csv"), "pan possible visa"),
    ] {
        finds(&text, &[(what, &n)]);
    }
    for separator in [" ", "-"] {
        let printed = grouped(&n, &[4, 4, 4, 4], separator);
        let sure = [("pan confirmed visa", printed.as_str())];
        let perhaps = [("pan possible visa", printed.as_str())];
        finds(&format!("his number {printed}."), &sure);
        let alone = if separator == " " { &perhaps } else { &sure };
        finds(&format!("paid with {printed}."), alone);
        finds(&format!("order {printed}"), &perhaps);
        finds(&format!("{printed}{separator}1234"), &perhaps);
    }
    let amex = grouped(&number("3412", 15), &[4, 6, 5], " ");
    finds(&amex, &[("pan confirmed amex", &amex)]);
    let diners = grouped(&number("3612", 14), &[4, 6, 4], "-");
    finds(&diners, &[("pan confirmed diners", &diners)]);
    let long = grouped(&number("6212", 19), &[4, 4, 4, 4, 3], " ");
    finds(&long, &[("pan confirmed unionpay", &long)]);
}

#[test]
fn published_test_numbers_are_test_data_wherever_they_stand() {
    for (text, covered) in [
        ("card 4111111111111111", "4111111111111111"),
        ("4111 1111 1111 1111", "4111 1111 1111 1111"),
        ("x=378282246310005;", "378282246310005"),
    ] {
        let all = found(text);
        assert_eq!(all.len(), 1, "{text}");
        let (what, of) = &all[0];
        assert!(what.starts_with("pan test") && of == covered, "{all:?}");
    }
    let all = found(";4111111111111111=25121011234567890?");
    assert!(all[0].0.starts_with("track test"), "{all:?}");
}

#[test]
fn what_looks_like_a_number_and_is_none_is_left_alone() {
    let n = visa();
    let mut off = n.clone();
    let last = off.pop().expect("a digit");
    off.push(if last == '0' { '1' } else { '0' });
    for text in [
        off.clone(),
        format!("card {off}"),
        format!("1{n}"),
        format!("{n}1"),
        format!("0.{n}"),
        format!("{n}.5"),
        format!("{n}{n}"),
        format!("3f2a9c1e{n}9b0c"),
        format!("550e8400-e29b-41d4-{n}"),
        grouped(&n, &[5, 5, 6], " "),
        grouped(&n, &[4, 4, 8], " "),
        number("1234", 16),
        number("6712", 12),
        "1763776208000".to_owned(),
        "20261122015008".to_owned(),
        format!("arn:aws:iam::{}:root", number("6712", 12)),
        "0000000000000000".to_owned(),
        "4539".to_owned(),
        "4539 1234".to_owned(),
    ] {
        assert_eq!(found(&text), Vec::new(), "{text}");
    }
}

#[test]
fn tracks_are_found_with_and_without_sentinels() {
    let n = visa();
    let first = format!("%B{n}^DOE/JANE MS^27121010000000000000?");
    let second = format!(";{n}=27121010000012345678?");
    let chip = format!("{n}D27122011234567890");
    let bare = format!("{n}=27122010");
    for text in [&first, &second, &chip, &bare] {
        for around in [
            text.clone(),
            format!("\"{text}\""),
            format!("swipe={text}\n"),
        ] {
            finds(&around, &[("track confirmed visa", text)]);
        }
    }
    let unsentinelled = first.trim_matches(['%', '?']);
    let text = format!("x {unsentinelled}\ny");
    finds(&text, &[("track confirmed visa", unsentinelled)]);
    let unknown = format!(";{}=27122010?", number("1234", 16));
    finds(&unknown, &[("track possible -", &unknown)]);
    // A month that is none, a service code that is none, a name too short, no service code.
    for text in [
        format!(";{n}=2713201?"),
        format!(";{n}=2712301?"),
        format!("%B{n}^A^2712101?"),
        format!("%B{n}^DOE/JANE^2712?"),
    ] {
        let all = found(&text);
        assert!(
            !all.iter().any(|(what, _)| what.starts_with("track")),
            "{text}"
        );
    }
}

#[test]
fn codes_and_pins_are_told_by_their_labels() {
    for (text, what, covered) in [
        ("cvv=123", "card-code confirmed -", "123"),
        ("{\"cvv2\": \"4321\"}", "card-code confirmed -", "4321"),
        ("{\"securityCode\":123}", "card-code confirmed -", "123"),
        ("<cvc>123</cvc>", "card-code confirmed -", "123"),
        ("セキュリティコード:123", "card-code confirmed -", "123"),
        ("CVV 123", "card-code possible -", "123"),
        ("cid=123", "card-code possible -", "123"),
        (
            "pin_block=0123456789ABCDEF",
            "pin-block confirmed -",
            "0123456789ABCDEF",
        ),
        (
            "\"encryptedPin\":\"9F3A6C0012ab44dd\"",
            "pin-block confirmed -",
            "9F3A6C0012ab44dd",
        ),
        (
            "\"pinBlock\":\"DF3A6C0012ab44dd\"",
            "pin-block confirmed -",
            "DF3A6C0012ab44dd",
        ),
        ("pin=1234", "pin-block possible -", "1234"),
        ("暗証番号: 123456", "pin-block confirmed -", "123456"),
    ] {
        finds(text, &[(what, covered)]);
    }
    for text in [
        "cvv=***",
        "cvv=12",
        "cvv=12345",
        "cvv=123a",
        "cvv=12.50",
        "cvv=123.4",
        "cvv result=100",
        "cvvcheck=123",
        "port=8080",
        "pinblock=0123",
        "pin_block=0123456789ABCDEF01",
        "spin=1234",
        "cvv: , 123",
    ] {
        assert_eq!(found(text), Vec::new(), "{text}");
    }
}

#[test]
fn masks_that_show_more_than_a_display_may_are_found() {
    for text in [
        "453912345*****77",
        "4539-1234-5***-**77",
        "453912xxxxx44444",
        "45391234\u{2022}\u{2022}\u{2022}12345",
    ] {
        finds(text, &[("display confirmed visa", text)]);
    }
    for text in [
        "453912******1234",
        "45391234****1234",
        "4539 12** **** 1234",
        "****1234",
        "4539****",
        "453912345x",
        "453912345*****77x",
    ] {
        assert_eq!(found(text), Vec::new(), "{text}");
    }
}

#[test]
fn matches_do_not_overlap_and_each_is_found() {
    let n = visa();
    let text = format!("card {n},cvv=123,{n} pan {n}");
    let found = found(&text);
    let kinds: Vec<&str> = found.iter().map(|(what, _)| what.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "pan confirmed visa",
            "card-code confirmed -",
            "pan confirmed visa",
            "pan confirmed visa"
        ]
    );
}

#[test]
fn no_match_tells_a_whole_number_or_any_code() {
    let n = visa();
    for text in [
        format!("card {n}"),
        format!(";{n}=27121010000012345678?"),
        "cvv=987".to_owned(),
    ] {
        for one in scan(Rules::built_in(), text.as_bytes()) {
            let told = format!("{one:?}");
            assert!(!told.contains("77777") && !told.contains("987"), "{told}");
        }
    }
    let mut scanner = Scanner::new(Rules::built_in());
    scanner.push(n.as_bytes(), &mut |_| {});
    let told = format!("{scanner:?}");
    assert!(!told.contains("45") && !told.contains("77"), "{told}");
}

#[test]
fn memory_is_bounded_whatever_the_input() {
    for unit in [
        "4", "4111 ", "4111-", "%B4", "cvv=", "4539*", ";4539=", "\n", "f",
    ] {
        let text = unit.repeat(100_000 / unit.len());
        let mut scanner = Scanner::new(Rules::built_in());
        for _ in 0..5 {
            scanner.push(text.as_bytes(), &mut |_| {});
            assert!(
                scanner.kept.len() == KEPT && scanner.filled < KEPT,
                "{unit}"
            );
        }
        assert_eq!(scanner.finish(&mut |_| {}), 5 * text.len() as u64, "{unit}");
    }
}

fn texts() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just(visa()),
        Just(grouped(&visa(), &[4, 4, 4, 4], " ")),
        Just(format!("%B{}^DOE/JANE^2712101000?", visa())),
        Just(format!(";{}=27121010000012345678?", visa())),
        Just("4539123456***77".to_owned()),
        "card|pan=|order_id:|cvv=123|pin_block=0123456789ABCDEF|カード番号",
        "[0-9a-f *=^.-]{0,24}",
        "\\PC{0,12}",
        Just(" ".repeat(70)),
    ];
    proptest::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_bytes_are_scanned(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let end = bytes.len() as u64;
        let mut last = 0;
        for one in scan(Rules::built_in(), &bytes) {
            prop_assert!(one.offset >= last && one.length > 0);
            last = one.offset + one.length as u64;
            prop_assert!(last <= end);
        }
    }

    #[test]
    fn how_a_text_is_cut_into_pieces_does_not_matter(
        text in texts(),
        cuts in proptest::collection::vec(1_usize..90, 1..40),
    ) {
        let whole = scan(Rules::built_in(), text.as_bytes());
        let mut found = Vec::new();
        let mut scanner = Scanner::new(Rules::built_in());
        let mut rest = text.as_bytes();
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, more) = rest.split_at((*cut).min(rest.len()));
            scanner.push(piece, &mut |one| found.push(one));
            rest = more;
        }
        scanner.finish(&mut |one| found.push(one));
        prop_assert_eq!(found, whole);
    }

    #[test]
    fn looking_for_candidates_first_finds_what_is_found_everywhere(text in dense()) {
        let rules = Rules::built_in();
        let mut fast = Vec::new();
        let mut pass = Pass::new(rules, Instructions::best()).each_by_itself();
        pass.decide(&text, text.len(), End::Text, &mut |one| fast.push(one));
        let slow = scan_slowly(rules, &text);
        if let Some(one) = slow.iter().find(|one| !fast.contains(one)) {
            let start = usize::try_from(one.offset).expect("small");
            let from = start.saturating_sub(48);
            let until = text.len().min(start + one.length + 16);
            let around = String::from_utf8_lossy(&text[from..until]);
            prop_assert!(false, "{one:?} is not found in {around:?}");
        }
        prop_assert_eq!(fast, slow);
    }

    #[test]
    fn all_instructions_find_the_same(text in dense()) {
        let rules = Rules::built_in();
        let of = |instructions| {
            let mut found = Vec::new();
            let mut scanner = Scanner::with(rules, instructions);
            scanner.push(&text, &mut |one| found.push(one));
            scanner.finish(&mut |one| found.push(one));
            found
        };
        let portable = of(Instructions::all()[0]);
        for instructions in Instructions::all() {
            prop_assert_eq!(of(instructions), portable.clone(), "{:?}", instructions);
        }
    }
}

#[test]
fn numbers_without_words_are_card_numbers_if_all_in_their_place_are() {
    let line = |middle: u64, checks: bool| {
        let mut number = number(&format!("4539{middle:07}"), 16);
        if !checks {
            let last = number.pop().expect("a digit");
            number.push(if last == '9' {
                '0'
            } else {
                char::from(last as u8 + 1)
            });
        }
        format!("[\"a{middle}\",\"{number}\",1]\n")
    };
    let confirmed = |text: &str| {
        let found = scan(Rules::built_in(), text.as_bytes());
        let all = found.len();
        let sure = found
            .iter()
            .filter(|one| one.confidence == Confidence::Confirmed);
        (sure.count(), all)
    };
    let all: String = (0..20).map(|middle| line(middle, true)).collect();
    assert_eq!(confirmed(&all), (20, 20));
    let few: String = (0..200)
        .map(|middle| line(middle, middle % 10 == 0))
        .collect();
    assert_eq!(confirmed(&few), (0, 20));
    let one: String = (0..3).map(|middle| line(middle, true)).collect();
    assert_eq!(confirmed(&one), (0, 3));
}

#[test]
fn a_hash_beside_a_truncation_is_found() {
    let number = visa();
    let masked = |leading: usize, trailing: usize| {
        let signs = number.char_indices().map(|(at, sign)| {
            let shown = at < leading || at + trailing >= 16;
            if shown { sign } else { '*' }
        });
        signs.collect::<String>()
    };
    let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let kinds = |text: &str| -> Vec<Kind> {
        let found = scan(Rules::built_in(), text.as_bytes());
        found.into_iter().map(|one| one.kind).collect()
    };
    assert_eq!(kinds(&format!("card {}\n", masked(6, 4))), []);
    assert_eq!(
        kinds(&format!("card {} pan_hash={digest}\n", masked(6, 4))),
        [Kind::Truncation]
    );
    assert_eq!(kinds(&format!("{}\n{digest}\n", masked(6, 4))), []);
}

/// Texts of what account data are made of, in any order, longer than a block.
fn dense() -> impl Strategy<Value = Vec<u8>> {
    let number =
        proptest::sample::select(vec![("4539", 16), ("5100", 16), ("3400", 15), ("6200", 19)])
            .prop_map(|(leading, length)| number(leading, length));
    let digits = "[0-9]{1,20}";
    let signs = proptest::sample::select(vec![
        " ",
        "-",
        ".",
        "+",
        "%20",
        "&nbsp;",
        "\u{a0}",
        "\u{3000}",
        "%22",
        "\\u0022",
        "\n",
        "\"",
        ":",
        "=",
        "*",
        "**",
        "******",
        "xxxx",
        "••••",
        "%B",
        ";",
        "^",
        "?",
        "D",
        "d",
        "57",
        "5A08",
        "F",
        "FFFF",
        "cvv",
        "cvv2=",
        "\"cvc\": \"",
        "security code ",
        "pin_block=",
        "pin:",
        "暗証番号：",
        "セキュリティコード",
        "card ",
        "pan=",
        "order_id=",
        "４５",
        "#4#5",
        "%34",
        "&#52;",
        "a",
        "0x",
        "T10:20:30Z",
        "%25B",
        "\\u0025B",
        "&#37;",
        "&bull;",
        "\u{2026}",
        "...",
        "____",
        "/",
        "_",
        "57 13 ",
        "5A:08:",
        "6B13",
        "%3D",
        "\\u003d",
        "%5E",
        "&#94;",
        "\u{661}\u{664}",
        "&amp;nbsp;",
        "\u{d7}\u{d7}",
        "%2534",
        ":",
        "2026-11-25",
        " ",
    ])
    .prop_map(str::to_owned);
    let grouped = number_grouped();
    let piece = prop_oneof![
        4 => signs,
        2 => number,
        2 => grouped,
        1 => digits,
        1 => "[0-9A-Fa-f]{1,20}",
        1 => "[ -~]{1,6}",
    ];
    let filling = proptest::collection::vec(any::<u8>(), 0..80);
    let pieces = proptest::collection::vec(piece.prop_map(String::into_bytes), 0..40);
    let part = prop_oneof![6 => pieces.prop_map(|pieces| pieces.concat()), 1 => filling];
    (0_usize..4_200, proptest::collection::vec(part, 1..6)).prop_map(|(before, parts)| {
        // Anything may stand across the end of a block.
        let mut text = vec![b'.'; before];
        text.extend(parts.concat());
        text
    })
}

/// Numbers in groups, some of them masked.
fn number_grouped() -> impl Strategy<Value = String> {
    let separator = proptest::sample::select(vec![" ", "-", ".", "%20", "\u{a0}", "  ", " - "]);
    let mask = proptest::sample::select(vec!["", "*", "X", "•"]);
    (separator, mask, 4_usize..12).prop_map(|(separator, mask, shown)| {
        let grouped = grouped(&visa(), &[4, 4, 4, 4], separator);
        if mask.is_empty() {
            return grouped;
        }
        let signs = grouped.char_indices().map(|(at, sign)| {
            let hidden = sign.is_ascii_digit() && at >= shown && at + 5 < grouped.len();
            if hidden {
                mask.to_owned()
            } else {
                sign.to_string()
            }
        });
        signs.collect()
    })
}

#[test]
fn the_header_of_a_table_names_numbers_and_codes() {
    let n = visa();
    let table = |names: &str| format!("{names}\n1,{n},123,12/27,Jane Doe\n2,x,321,12/28,Tom Doe\n");
    finds(
        &table("id,card number,cvv,exp,name"),
        &[
            ("pan confirmed visa", &n),
            ("card-code confirmed -", "123"),
            ("card-code confirmed -", "321"),
        ],
    );
    finds(
        &table("id,order no,pages,exp,name"),
        &[("pan possible visa", &n)],
    );
    let rows = format!("insert into t (id, pan, ref) values (1,'a','{n}'),\n(2,'{n}','b');\n");
    finds(
        &rows,
        &[("pan possible visa", &n), ("pan confirmed visa", &n)],
    );
}
