//! What is found in texts that say it in many ways. Numbers are built, so that none stands here.

use crate::cardholder::Rules;
use crate::cardholder::digits::luhn;
use crate::cardholder::{Kind, Track, scan};
use crate::source::Keyword as _;

/// Returns a number that passes the Luhn test.
fn number(leading: &str, length: usize) -> String {
    let mut digits: Vec<u8> = leading.bytes().map(|byte| byte - b'0').collect();
    digits.resize(length - 1, 7);
    digits.push(0);
    while !luhn(&digits) {
        *digits.last_mut().expect("a digit") += 1;
    }
    digits
        .iter()
        .map(|digit| char::from(b'0' + digit))
        .collect()
}

/// A way to write a digit.
type Way = fn(u8) -> Vec<u8>;

fn visa() -> String {
    number("4539", 16)
}

/// Returns each match: kind and confidence in words, and the bytes it covers.
fn found(text: &[u8]) -> Vec<(String, Vec<u8>)> {
    let matches = scan(Rules::built_in(), text);
    matches
        .iter()
        .map(|one| {
            let start = usize::try_from(one.offset).expect("small");
            let covered = text[start..start + one.length].to_vec();
            (
                format!("{} {}", one.kind.word(), one.confidence.word()),
                covered,
            )
        })
        .collect()
}

fn finds(text: impl AsRef<[u8]>, what: &str, covered: impl AsRef<[u8]>) {
    let text = text.as_ref();
    let expected = vec![(what.to_owned(), covered.as_ref().to_vec())];
    assert_eq!(found(text), expected, "{}", String::from_utf8_lossy(text));
}

fn nothing(text: impl AsRef<[u8]>) {
    let text = text.as_ref();
    assert_eq!(found(text), vec![], "{}", String::from_utf8_lossy(text));
}

/// Returns the digits, each written in a way of its own.
fn spelled(number: &str, way: impl Fn(u8) -> Vec<u8>) -> Vec<u8> {
    number.bytes().flat_map(|digit| way(digit - b'0')).collect()
}

fn groups(number: &str, sizes: &[usize], gap: &[u8]) -> Vec<u8> {
    let mut rest = number;
    let mut groups = Vec::new();
    for size in sizes {
        let (group, more) = rest.split_at(*size);
        groups.push(group.as_bytes().to_vec());
        rest = more;
    }
    groups.join(gap)
}

fn around(before: &str, inner: &[u8], after: &str) -> Vec<u8> {
    [before.as_bytes(), inner, after.as_bytes()].concat()
}

#[test]
fn digits_are_read_in_every_spelling() {
    let ways: [(&str, Way); 10] = [
        ("full-width", |digit| {
            let sign = char::from_u32(0xff10 + u32::from(digit)).expect("a digit");
            sign.to_string().into_bytes()
        }),
        ("CP932", |digit| vec![0x82, 0x4f + digit]),
        ("EUC-JP", |digit| vec![0xa3, 0xb0 + digit]),
        ("Big5", |digit| vec![0xa2, 0xaf + digit]),
        ("URL", |digit| format!("%3{digit}").into_bytes()),
        ("JSON", |digit| format!("\\u003{digit}").into_bytes()),
        ("full-width in JSON", |digit| {
            format!("\\uFF1{digit}").into_bytes()
        }),
        ("HTML", |digit| format!("&#{};", 48 + digit).into_bytes()),
        ("HTML, hexadecimal", |digit| {
            format!("&#x3{digit};").into_bytes()
        }),
        ("ISO-2022-JP", |digit| vec![b'#', b'0' + digit]),
    ];
    for (way, of) in ways {
        let number = spelled(&visa(), of);
        let text = around("{\"cardNumber\": \"", &number, "\"}");
        assert_eq!(
            found(&text),
            [("pan confirmed".to_owned(), number)],
            "{way}"
        );
    }
}

#[test]
fn groups_are_read_with_every_gap() {
    let gaps: [&[u8]; 22] = [
        b" ",
        b"-",
        b".",
        b"+",
        b"_",
        b"/",
        b"  ",
        b" - ",
        b"%20",
        b"%2D",
        b"+",
        b"%2520",
        b"&nbsp;",
        b"&#160;",
        b"&#xA0;",
        b"\\u00a0",
        b"\xa0",
        "\u{a0}".as_bytes(),
        "\u{202f}".as_bytes(),
        "\u{3000}".as_bytes(),
        "\u{2011}".as_bytes(),
        "\u{2013}".as_bytes(),
    ];
    for gap in gaps {
        for (leading, sizes) in [
            ("4539", vec![4, 4, 4, 4]),
            ("3412", vec![4, 6, 5]),
            ("3612", vec![4, 6, 4]),
            ("6212", vec![4, 4, 4, 4, 3]),
            ("6212", vec![6, 13]),
            ("4539", vec![8, 8]),
            ("4539", vec![4, 3, 3, 3]),
            ("6759", vec![4, 4, 4]),
        ] {
            let number = groups(&number(leading, sizes.iter().sum()), &sizes, gap);
            finds(around("card no: ", &number, " x"), "pan confirmed", &number);
        }
    }
    // A comma and a tab are between columns, and other layouts are no card's.
    for (sizes, gap) in [
        (vec![4, 4, 4, 4], ","),
        (vec![4, 4, 4, 4], "\t"),
        (vec![5, 5, 6], " "),
        (vec![4, 4, 8], " "),
        (vec![7, 9], " "),
    ] {
        let number = groups(&visa(), &sizes, gap.as_bytes());
        nothing(around("card no: ", &number, " x"));
    }
}

#[test]
fn an_escape_before_a_number_is_no_part_of_it() {
    let n = visa();
    for before in [
        "%22card%22%3A%22",
        "card%3D",
        "%2522card%2522%253A%2522",
        "\\u0022card\\u0022:\\u0022",
        "card=\\x22",
        "card:\\n",
        "card:\\t",
        "card=&#34;",
        "card=3D",
        "card=&quot;",
    ] {
        finds(format!("{before}{n}"), "pan confirmed", &n);
    }
}

#[test]
fn a_key_calls_its_value() {
    let n = visa();
    for (before, after) in [
        ("{\"ccNumber\":", "}"),
        ("{\\\"cc_num\\\":\\\"", "\\\"}"),
        ("{'card_number': '", "'}"),
        ("{CardNumber:", " Amount:1}"),
        ("[card_number] => ", "\n"),
        (":card_number=>\"", "\""),
        ("Card(number='", "')"),
        ("{\"card\":{\"brand\":\"x\",\"number\":\"", "\"}}"),
        ("card {\n  number: \"", "\"\n}"),
        ("<a:CardNumber xsi:type=\"xsd:string\">", "</a:CardNumber>"),
        ("<card no=\"", "\"/>"),
        ("<td>Card number</td>\n<td>", "</td>"),
        ("<field><name>pan</name><value>", "</value>"),
        ("<input name=\"cardnumber\" value=\"", "\">"),
        ("payment%5Bcard%5D=", "&x=1"),
        ("\"SETEX\" \"pay:pan:", "\""),
        ("GET /v1/cards/", "/balance"),
        ("F2: ", ""),
        ("DE002=", ""),
        ("X-Card-Number: ", ""),
        ("PAN", ""),
        ("num\u{e9}ro de carte : ", ""),
        ("Kart numaras\u{131}: ", ""),
        ("Kreditkartennummer=", ""),
        ("クレジットカード番号：", ""),
        ("新しいカード番号は ", " です"),
        ("ｶｰﾄﾞ番号=", ""),
        ("银行卡号: ", ""),
        ("카드 번호 = ", ""),
        ("Номер карты: ", ""),
        ("رقم البطاقة: ", ""),
        ("\\u30ab\\u30fc\\u30c9\\u756a\\u53f7\": \"", "\""),
        ("the client says his card is ", "."),
    ] {
        finds(format!("{before}{n}{after}"), "pan confirmed", &n);
    }
    for before in [
        "order_id=",
        "\"orderId\":\"",
        "card_token=",
        "panToken: ",
        "cardId=",
        "card_fingerprint=",
        "card order no ",
        "trackingNumber: ",
        "imei=",
        "注文番号：",
        "訂單: ",
        "номер заказа: ",
        "foo=",
        "card ok, foo=",
        "[card-service] processed ",
        "[billing-card] processed ",
        "discard=",
        "japan=",
        "panic: ",
        "company ",
        "spanId=",
        "{\"order\":{\"number\":\"",
    ] {
        finds(format!("{before}{n} x"), "pan possible", &n);
    }
}

#[test]
fn words_are_understood_in_the_encodings_of_their_languages() {
    let n = visa();
    for (encoding, before) in [
        (encoding_rs::SHIFT_JIS, "カード番号："),
        (encoding_rs::EUC_JP, "会員番号："),
        (encoding_rs::ISO_2022_JP, "カード番号："),
        (encoding_rs::GBK, "银行卡号："),
        (encoding_rs::BIG5, "信用卡號："),
        (encoding_rs::EUC_KR, "카드번호："),
        (encoding_rs::WINDOWS_1251, "номер карты: "),
    ] {
        let (encoded, _, _) = encoding.encode(before);
        let text = [encoded.as_ref(), n.as_bytes()].concat();
        finds(&text, "pan confirmed", &n);
        let one = &scan(Rules::built_in(), &text)[0];
        let words = before.trim_end_matches([' ', '：', ':']);
        assert_eq!(one.context.as_deref(), Some(words), "{before}");
    }
}

#[test]
fn what_stands_beside_a_number_makes_it_a_card_number() {
    let n = visa();
    for (before, after) in [
        ("foo=", "&exp_month=12"),
        ("{\"a\":\"", "\",\"exp\":\"1227\"}"),
        ("{\"a\":\"", "\",\"cvc\":\"***\"}"),
        ("", "|12|2027|123"),
        ("", " 12/27"),
        ("visa ", ""),
    ] {
        let text = format!("{before}{n}{after}");
        assert_eq!(found(text.as_bytes())[0].0, "pan confirmed", "{text}");
    }
    for (before, after) in [
        ("{\"a\":\"", "\",\"exp\":1763776208}"),
        ("a,", ",b"),
        ("", ""),
    ] {
        finds(format!("{before}{n}{after}"), "pan possible", &n);
    }
    // Four columns of four digits are a table, unless words say otherwise.
    let spaced = groups(&n, &[4, 4, 4, 4], b" ");
    finds(around("grid,", &spaced, ",0"), "pan possible", &spaced);
    finds(
        around("typed number ", &spaced, ""),
        "pan confirmed",
        &spaced,
    );
    let among = around("card 1234 ", &spaced, " 5678");
    finds(among, "pan possible", &spaced);
}

#[test]
fn small_networks_and_twelve_digits_need_a_word() {
    for (leading, length) in [
        ("1234", 15),
        ("8600", 16),
        ("9860", 16),
        ("6759", 12),
        ("6912", 16),
    ] {
        let number = number(leading, length);
        finds(format!("card number: {number}"), "pan confirmed", &number);
        nothing(format!("account: {number}"));
        nothing(format!("id {number} x"));
    }
}

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

#[test]
fn what_is_hidden_is_no_card_number() {
    for text in [
        "card 453912******1234",
        "card 4539 12** **** 1234 12/27",
        "card ************1234",
        "card xxxx-xxxx-xxxx-1234",
        "card 453912XXXXXX1234",
        "card 453912\u{2022}\u{2022}\u{2022}\u{2022}\u{2022}\u{2022}1234",
        "card 453912...1234",
        "card 453912%2A%2A%2A%2A%2A%2A1234",
        "card 453912&bull;&bull;&bull;&bull;&bull;&bull;1234",
        "card 45391234****1234",
    ] {
        nothing(text);
    }
    for (text, what, covered) in [
        (
            "card 453912345***1234",
            "display confirmed",
            "453912345***1234",
        ),
        (
            "card ********12345678",
            "display confirmed",
            "********12345678",
        ),
        (
            "card 453912\u{2022}\u{2022}\u{2022}\u{2022}\u{2022}12345",
            "display confirmed",
            "453912\u{2022}\u{2022}\u{2022}\u{2022}\u{2022}12345",
        ),
        (
            "card 453912345...1234",
            "truncation confirmed",
            "453912345...1234",
        ),
        (
            "card 45391234*12345",
            "truncation confirmed",
            "45391234*12345",
        ),
    ] {
        finds(text, what, covered);
    }
    // A long number whose end is hidden is no shorter number.
    let long = number("4539", 13);
    assert!(
        !found(format!("card {long}***").as_bytes())
            .iter()
            .any(|(what, _)| what.starts_with("pan"))
    );
}

#[test]
fn contexts_tell_what_decided_and_no_digit() {
    let n = visa();
    for (text, expected) in [
        (format!("customerPAN={n}"), "customerPAN"),
        (format!("DE2: {n}"), "DE"),
        (format!("order {n}"), "order"),
        (format!("card 4 no 5: {n}"), "card no"),
    ] {
        let found = scan(Rules::built_in(), text.as_bytes());
        let one = found
            .iter()
            .find(|one| one.kind == Kind::Pan)
            .expect("a number");
        assert_eq!(one.context.as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn a_label_names_the_value_of_an_object_or_a_tag_with_more_in_it() {
    let text = "{\"cvv\": {\"description\": \"three digits that are printed on the back of the card, \
                near the signature\", \"required\": true, \"value\": \"123\"}}";
    finds(text, "card-code confirmed", "123");
    let text = "<CVV2 encoding=\"plain\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
                minOccurs=\"0\" maxOccurs=\"1\" id=\"a\">\n  123\n</CVV2>";
    finds(text, "card-code confirmed", "123");
    let far = format!("<CVV2 a=\"{}\">123</CVV2>", "x".repeat(300));
    nothing(far);
}

#[test]
fn accounts_of_twelve_digits_are_a_banks() {
    let n = number("5678", 12);
    nothing(format!("account number: {n}"));
    finds(format!("card number: {n}"), "pan confirmed", &n);
    let dated = format!("account number: {n}, exp: 12/27");
    finds(dated, "pan confirmed", n);
    let n = visa();
    finds(format!("account number: {n}"), "pan confirmed", n);
}

#[test]
fn what_a_key_is_a_part_of_names_its_number() {
    let n = visa();
    for text in [
        format!("<card><type>x</type><number>{n}</number></card>"),
        format!("- card:\n    number: {n}\n"),
        format!("[card]\nnumber = {n}\n"),
        format!("<field id=\"2\" value=\"{n}\"/>"),
        format!("052 PAN [16] {n}"),
    ] {
        finds(text, "pan confirmed", &n);
    }
    for text in [
        format!("<order><type>x</type><number>{n}</number></order>"),
        format!("- order:\n    number: {n}\n"),
        format!("[order]\nnumber = {n}\n"),
        format!("order={n}, card=***, exp=12/27"),
    ] {
        finds(text, "pan possible", &n);
    }
}

#[test]
fn a_label_that_has_its_value_names_no_other() {
    for text in [
        "<cvc>***</cvc></a>\n2025",
        "<cvc>***</cvc><b>1234</b>",
        "\"cvv\" \"***\"\n1234",
        "CVV: ***\n\n1234",
        "CVV:\n2025-11-29T21:42:15Z",
    ] {
        nothing(text);
    }
    finds("CVV: **123**", "card-code confirmed", "123");
    finds("<td>CVV</td><td>123</td>", "card-code confirmed", "123");
}

#[test]
fn words_that_have_their_value_say_nothing_of_the_next_line() {
    let n = visa();
    finds(format!("card number:\n{n}"), "pan confirmed", &n);
    finds(format!("pan=****\n{n}"), "pan possible", &n);
    finds(format!("ean={n}, cvv=***"), "pan possible", &n);
    let uuid = groups(&number("8123", 16), &[8, 4, 4], b"-");
    nothing(around("card ", &uuid, "-0ebb-e42d8b2c8a70"));
}
