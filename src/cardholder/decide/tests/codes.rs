//! Tracks, codes and PIN blocks.

use super::*;

#[test]
fn chips_are_read_in_hexadecimal() {
    let n = visa();
    let track = format!("{n}D27122011234567890123F");
    for text in [
        format!("APDU << 70155713{track}9000"),
        format!("57 13 {track} end"),
    ] {
        finds(&text, "track confirmed", &track);
        assert_eq!(
            scan(Rules::built_in(), text.as_bytes())[0].track,
            Some(Track::Two)
        );
    }
    let pairs = |text: &str| {
        let pairs: Vec<String> = text
            .as_bytes()
            .chunks(2)
            .map(|pair| String::from_utf8_lossy(pair).into_owned())
            .collect();
        pairs.join(" ")
    };
    let lower = pairs(&track.to_lowercase());
    finds(
        format!("9f 10 57 13 {lower} 5f 24"),
        "track confirmed",
        &lower,
    );
    finds(format!("5A08{n}5F2403271231"), "pan confirmed", &n);
    let odd = format!("{}F", number("3412", 15));
    finds(
        format!("5a08{}", odd.to_lowercase()),
        "pan confirmed",
        odd.to_lowercase(),
    );
    // A length that is not the value's, and a month that is none.
    nothing(format!("5A07{n}5F24"));
    nothing(format!("5713{n}D27132011234567890123F"));
}

#[test]
fn tracks_are_read_escaped_and_with_a_length_before() {
    let n = visa();
    let second = format!("{n}=27122010000012345678");
    for text in [
        format!("%3B{n}%3D27122010000012345678%3F"),
        format!("%25B{n}%5EDOE%2FJANE%5E27122010000000%3F"),
        format!("{n}\\u003d27122010000012345678"),
        format!("{}{second}", second.len()),
        format!("B{n}^DOE/JANE^27122010000000"),
    ] {
        let covered = text.clone();
        finds(format!("\"t={text}\" x"), "track confirmed", covered);
    }
    let found = scan(Rules::built_in(), format!("37{second}").as_bytes());
    assert!(found.iter().all(|one| one.masked.is_some()));
}

#[test]
fn codes_are_told_by_labels_in_many_languages() {
    for before in [
        "cvv=",
        "\"cvc2\": \"",
        "<cardSecurityCode>",
        "CVN: ",
        "payment[cvc]=",
        "card_cvv_code=",
        "{\"cvv\":{\"value\":\"",
        "<name>cvd</name><value>",
        "Sicherheitscode: ",
        "c\u{f3}digo de seguridad: ",
        "cryptogramme=",
        "g\u{fc}venlik kodu: ",
        "セキュリティコード：",
        "ｾｷｭﾘﾃｨｺｰﾄﾞ:",
        "安全码=",
        "보안코드: ",
        "код безопасности: ",
        "\\u30bb\\u30ad\\u30e5\\u30ea\\u30c6\\u30a3\\u30b3\\u30fc\\u30c9\":\"",
    ] {
        finds(format!("{before}123 "), "card-code confirmed", "123");
    }
    finds(
        "セキュリティコード：１２３",
        "card-code confirmed",
        "１２３",
    );
    for text in [
        "cvv_result=100",
        "cvv check 200",
        "cvv: &#8226;",
        "security code for order 123",
        "port=443",
    ] {
        nothing(text);
    }
}

#[test]
fn blocks_are_told_by_label_and_shape() {
    for (text, what, covered) in [
        (
            "pinBlock=0123456789ABCDEF",
            "pin-block confirmed",
            "0123456789ABCDEF",
        ),
        (
            "DE52: 9f3a6c0012ab44dd",
            "pin-block confirmed",
            "9f3a6c0012ab44dd",
        ),
        (
            "PINブロック：9F3A6C0012AB44DD",
            "pin-block confirmed",
            "9F3A6C0012AB44DD",
        ),
        (
            "encrypted_pin_block: 00112233445566778899aabbccddeeff",
            "pin-block confirmed",
            "00112233445566778899aabbccddeeff",
        ),
        (
            "x 241234FFFFFFFFFF",
            "pin-block possible",
            "241234FFFFFFFFFF",
        ),
        ("暗証番号：1234", "pin-block confirmed", "1234"),
        ("pin: 1234", "pin-block possible", "1234"),
    ] {
        finds(text, what, covered);
    }
    for text in [
        "x 251234FFFFFFFFFF",
        "x 0123456789ABCDEF",
        "pin block: 0123",
    ] {
        nothing(text);
    }
}
