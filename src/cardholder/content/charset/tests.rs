use super::*;
use crate::cardholder::content::Limits;
use crate::cardholder::content::tests::told;

const TEXT: &str = "氏名 山田 太郎 😀\r\ncard 4111 1111 1111 1111 ~ 支払い済み\r\nnot long";

fn utf16(text: &str, be: bool) -> Vec<u8> {
    let bytes = |unit: u16| {
        if be {
            unit.to_be_bytes()
        } else {
            unit.to_le_bytes()
        }
    };
    text.encode_utf16().flat_map(bytes).collect()
}

fn utf32(text: &str, be: bool) -> Vec<u8> {
    let bytes = |sign| {
        let sign = u32::from(sign);
        if be {
            sign.to_be_bytes()
        } else {
            sign.to_le_bytes()
        }
    };
    text.chars().flat_map(bytes).collect()
}

fn decoded(charset: Charset, bytes: &[u8]) -> String {
    let mut text = Vec::new();
    let mut input = bytes;
    let done = Utf8::of(charset, &mut input).read_to_end(&mut text);
    done.expect("memory");
    String::from_utf8(text).expect("UTF-8")
}

#[test]
fn encodings_are_known_by_marks_and_nuls() {
    let marked = format!("\u{feff}{TEXT}");
    for (bytes, charset) in [
        (utf16(&marked, false), Some(Charset::Utf16Le)),
        (utf16(&marked, true), Some(Charset::Utf16Be)),
        (utf16(TEXT, false), Some(Charset::Utf16Le)),
        (utf16(TEXT, true), Some(Charset::Utf16Be)),
        (utf32(&marked, false), Some(Charset::Utf32Le)),
        (utf32(&marked, true), Some(Charset::Utf32Be)),
        (utf32(TEXT, false), Some(Charset::Utf32Le)),
        (utf32(TEXT, true), Some(Charset::Utf32Be)),
        (TEXT.into(), None),
        ([&[0xff, 0xfe], TEXT.as_bytes()].concat(), None),
        (b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".into(), None),
        (b"text\0of\0a\0program\0with\0nuls\0between".into(), None),
        (Vec::new(), None),
    ] {
        assert_eq!(Charset::of(&bytes), charset, "{bytes:?}");
        let told = told(&bytes, Limits::default());
        let expected = usize::from(bytes.len() > 40);
        assert_eq!(
            (told.found.len(), told.unread.len()),
            (expected, 0),
            "{charset:?} {told:?}"
        );
    }
}

#[test]
fn texts_of_any_length_are_decoded() {
    for be in [false, true] {
        let (two, four) = match be {
            false => (Charset::Utf16Le, Charset::Utf32Le),
            true => (Charset::Utf16Be, Charset::Utf32Be),
        };
        for lead in ["", "a"] {
            let text = format!("{lead}{}", "😀 card\n".repeat(3000));
            assert_eq!(decoded(two, &utf16(&text, be)), text);
            assert_eq!(decoded(four, &utf32(&text, be)), text);
        }
    }
    assert_eq!(decoded(Charset::Utf16Le, b"4\x001\x001"), "411", "cut off");
}

#[test]
fn what_follows_in_another_encoding_is_found_too() {
    let filling = "2026-11-25 a line of a log\r\n".repeat(700);
    for be in [false, true] {
        for lead in ["", "x"] {
            let wide = utf16(&format!("\u{feff}{filling}"), be);
            let mixed = [&wide, lead.as_bytes(), TEXT.as_bytes(), filling.as_bytes()].concat();
            let one = told(&mixed, Limits::default());
            assert_eq!(one.found.len(), 1, "ASCII after UTF-16: {be} {lead:?}");
            let ascii = filling.as_bytes();
            let mixed = [ascii, lead.as_bytes(), &utf16(TEXT, be)].concat();
            let one = told(&mixed, Limits::default());
            assert_eq!(one.found.len(), 1, "UTF-16 after ASCII: {be} {lead:?}");
        }
    }
}

#[test]
fn a_wrong_name_of_an_encoding_hides_nothing() {
    let number = "card 4111 1111 1111 1111 end";
    for label in [
        "iso-2022-jp",
        "shift_jis",
        "euc-jp",
        "gb18030",
        "big5",
        "euc-kr",
        "latin1",
    ] {
        let encoding = Utf8::labelled(label.as_bytes()).expect("an encoding");
        for bytes in [
            [b"\x81\x82\xf0\xff ", number.as_bytes(), b"\xa4\xe3\x80"].concat(),
            [b"\x1b$B$\x22\x1b(B", number.as_bytes()].concat(),
            [b"\x8e\x82\x60\xe3\x82\xab", number.as_bytes()].concat(),
        ] {
            let mut input = &*bytes;
            let mut text = Vec::new();
            let done = Utf8::from_legacy(encoding, &mut input).read_to_end(&mut text);
            done.expect("memory");
            let text = String::from_utf8_lossy(&text).into_owned();
            assert!(
                text.contains(number.get(1..24).expect("ASCII")),
                "{label}: {text}"
            );
        }
    }
    for label in ["utf-16", "utf-8", "hz-gb-2312", "utf-7", "", "x-unknown"] {
        assert!(Utf8::labelled(label.as_bytes()).is_none(), "{label}");
    }
}

#[test]
fn japanese_mail_is_decoded() {
    for (label, bytes) in [
        ("iso-2022-jp", &b"\x1b$B%+!<%IHV9f\x1b(B 4111"[..]),
        ("shift_jis", b"\x83J\x81[\x83h\x94\xd4\x8d\x86 4111"),
        ("euc-jp", b"\xa5\xab\xa1\xbc\xa5\xc9\xc8\xd6\xb9\xe6 4111"),
    ] {
        let encoding = Utf8::labelled(label.as_bytes()).expect("an encoding");
        let mut input = bytes;
        let mut text = String::new();
        let done = Utf8::from_legacy(encoding, &mut input).read_to_string(&mut text);
        done.expect("memory");
        assert_eq!(text, "カード番号 4111", "{label}");
    }
}
