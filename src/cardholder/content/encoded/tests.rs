use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use super::*;
use crate::cardholder::content::packing::{CARD, gzip};
use crate::cardholder::content::tests::told;
use crate::cardholder::content::{Limits, Observer, Source, Why, read};
use crate::cardholder::{Match, Place, Rules};

const TEXT: &[u8] = "customer paid?\ncard 4111 1111 1111 1111 ~ 支払い済み".as_bytes();

fn hexed(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Puts an end of line after every so many signs.
fn wrapped(text: &str, width: usize, end: &str) -> String {
    let lines: Vec<&str> = (0..text.len())
        .step_by(width)
        .filter_map(|at| text.get(at..text.len().min(at + width)))
        .collect();
    lines.join(end)
}

/// Returns the bytes of the text at which each match stands.
fn places(text: &[u8]) -> Vec<(u64, usize, u64, u64)> {
    #[derive(Default)]
    struct Places(Vec<(u64, usize, u64, u64)>);
    impl Observer for Places {
        fn found(&mut self, member: &str, _: Place, found: Match) {
            assert_eq!(member, "");
            let (offset, length) = (found.offset, found.length);
            self.0.push((offset, length, found.line, found.column));
        }
        fn unread(&mut self, _: &str, why: Why) {
            panic!("{why}");
        }
        fn scanned(&mut self, _: u64) {}
    }
    let mut places = Places::default();
    let source = Source::Passing(&mut &*text);
    read(Rules::built_in(), Limits::default(), source, &mut places);
    places.0
}

#[test]
fn numbers_are_found_however_they_are_written() {
    let long = [
        TEXT,
        b" and more than one line of it, so that it is wrapped",
    ]
    .concat();
    let wide: Vec<u8> = (TEXT.iter().filter(|byte| byte.is_ascii()))
        .flat_map(|byte| [*byte, 0])
        .collect();
    let twice = STANDARD.encode(TEXT);
    let once = STANDARD.encode(&long);
    let powershell = STANDARD.encode(&wide);
    for (how, text) in [
        (
            "standard",
            format!("{{\"body\":\"{}\"}}", STANDARD.encode(TEXT)),
        ),
        (
            "without filling",
            format!("x={}&y=1", STANDARD_NO_PAD.encode(TEXT)),
        ),
        ("safe in URLs", format!("/a?t={}", URL_SAFE.encode(TEXT))),
        (
            "as in tokens",
            format!("eyJhbGciOiJSUzI1NiJ9.{}.c2ln", URL_SAFE_NO_PAD.encode(TEXT)),
        ),
        ("alone", STANDARD.encode(b"4111111111111111")),
        ("a data URL", format!("data:text/plain;base64,{twice}")),
        (
            "a header",
            format!(
                "Authorization: Basic {}",
                STANDARD.encode(b"4111111111111111:secret")
            ),
        ),
        ("lines of MIME", wrapped(&once, 76, "\r\n")),
        (
            "lines of PEM, indented",
            format!("-----\n  {}\n-----", wrapped(&once, 64, "\n  ")),
        ),
        (
            "lines in JSON",
            format!("{{\"a\":\"x\\n{}\"}}", wrapped(&once, 76, "\\n")),
        ),
        ("lines in JSON in JSON", wrapped(&once, 76, "\\\\r\\\\n")),
        (
            "escaped signs",
            STANDARD
                .encode(TEXT)
                .replace('/', "\\/")
                .replace('+', "\\u002B"),
        ),
        (
            "escaped for URLs",
            format!("a=%20{}", once.replace('+', "%2B").replace('=', "%3D")),
        ),
        ("after a path", format!("objects/{twice}")),
        ("twice", STANDARD.encode(&twice)),
        ("hexadecimal", format!("payload=0x {}", hexed(TEXT))),
        (
            "hexadecimal alone",
            hexed(b"4111111111111111").to_uppercase(),
        ),
        ("UTF-16 in base64", format!("powershell -enc {powershell}")),
        ("packed", STANDARD.encode(gzip(TEXT))),
        ("packed, in hexadecimal", hexed(&gzip(TEXT))),
        ("UTF-16 among binary data", {
            let mut text = String::from("\u{1}\u{2}\u{3}\0\0\0");
            text.push_str(std::str::from_utf8(&wide).expect("ASCII"));
            text.push_str("\0\0\u{7f}\u{1}");
            text
        }),
    ] {
        let told = told(text.as_bytes(), Limits::default());
        let numbers: Vec<&str> = told.found.iter().map(|one| &*one.2).collect();
        assert_eq!(numbers, ["411111******1111"], "{how}: {told:?}");
        assert!(told.unread.is_empty(), "{how}: {told:?}");
    }
}

#[test]
fn a_number_is_told_where_its_letters_stand() {
    for filling in ["", "x", "xy", "xyz"] {
        let inner = format!("a\nb{filling} card 4111111111111111 end of it");
        let encoded = STANDARD.encode(&inner);
        let at = inner.find('4').expect("a number");
        let letter = at / 3 * 4 + at % 3;
        let text = format!("one\ntwo {encoded}\n");
        let found = places(text.as_bytes());
        let length = (at + 15) / 3 * 4 + (at + 15) % 3 + 2 - letter;
        assert_eq!(
            found,
            [(8 + letter as u64, length, 2, 5 + letter as u64)],
            "{filling:?}"
        );
    }
    let inner = format!("{}card 4111111111111111", " ".repeat(80));
    let text = format!("k: |\n  {}", wrapped(&STANDARD.encode(inner), 76, "\n  "));
    let found = places(text.as_bytes());
    // Letter 85 / 3 * 4 + 1 is on the second line of the run.
    assert_eq!(found, [(7 + 76 + 3 + 37, 22, 3, 2 + 37 + 1)]);
    let number = b"4111111111111111".iter().flat_map(|byte| [*byte, 0]);
    let wide: Vec<u8> = b"\x01\x02\n\0\xff"
        .iter()
        .copied()
        .chain(number)
        .chain([0xff])
        .collect();
    assert_eq!(places(&wide), [(5, 31, 2, 3)]);
}

#[test]
fn pieces_may_end_anywhere() {
    let inner = [
        TEXT,
        b" and a line that is long enough to be wrapped somewhere",
    ]
    .concat();
    let runs = format!(
        "a {}\nb {} c {}",
        wrapped(&STANDARD.encode(&inner), 76, "\r\n"),
        hexed(&inner),
        STANDARD.encode(gzip(&inner))
    );
    let before = 64 * 1024 - runs.len() - 8;
    for shift in (0..runs.len() + 16).step_by(7) {
        let mut text = vec![b'.'; before + shift];
        text.extend_from_slice(runs.as_bytes());
        text.extend_from_slice(&vec![b'.'; 256]);
        let told = told(&text, Limits::default());
        assert_eq!(
            (told.found.len(), told.unread.len()),
            (3, 0),
            "{shift}: {told:?}"
        );
    }
}

#[test]
fn what_holds_no_text_is_passed_over() {
    let random: Vec<u8> = (0..96_000_u32)
        .map(|at| {
            let [_, byte, ..] = (at ^ 0x5a5a).wrapping_mul(2_654_435_761).to_be_bytes();
            byte
        })
        .collect();
    let tokens: Vec<String> = random
        .chunks_exact(24)
        .map(|one| STANDARD.encode(one))
        .collect();
    let taken = tokens
        .iter()
        .filter(|one| Encoding::of(one.as_bytes()).is_some());
    assert!(taken.count() * 20 < tokens.len());
    let digests: Vec<String> = random.chunks_exact(32).map(hexed).collect();
    let taken = digests
        .iter()
        .filter(|one| Encoding::of(one.as_bytes()).is_some());
    assert!(taken.count() * 20 < digests.len());
    for letters in [
        "",
        "A",
        "4111111111111111",
        "4111111111111111111",
        "0123456789012345678901234567890",
    ] {
        assert_eq!(Encoding::of(letters.as_bytes()), None, "{letters}");
    }
}

#[test]
fn what_is_too_large_or_too_deep_is_told() {
    let mut packed = gzip(CARD);
    packed.extend((0..30_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()));
    let text = STANDARD.encode(&packed);
    let limits = Limits {
        held: 64 * 1024,
        ..Limits::default()
    };
    let one = told(text.as_bytes(), limits);
    assert_eq!(
        one.unread,
        [(String::new(), Why::TooLargeToHold(64 * 1024))]
    );
    let deep = (0..10).fold(String::from_utf8_lossy(CARD).into_owned(), |inner, _| {
        STANDARD.encode(inner)
    });
    let one = told(deep.as_bytes(), Limits::default());
    assert_eq!(one.unread, [(String::new(), Why::TooDeep(8))]);
    let damaged = STANDARD.encode(&gzip(TEXT)[..40]);
    let one = told(format!("x: {damaged}").as_bytes(), Limits::default());
    assert_eq!(one.unread, [("base64@3".to_owned(), Why::Damaged)]);
}
