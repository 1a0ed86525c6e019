//! What is found in texts that say it in many ways. Numbers are built, so that none stands here.

use crate::cardholder::Rules;
use crate::cardholder::digits::luhn;
use crate::cardholder::{Kind, Track, scan};
use crate::source::Keyword as _;

mod codes;
mod spellings;

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
