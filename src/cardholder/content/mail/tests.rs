use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::cardholder::content::packing::gzip;
use crate::cardholder::content::tests::{Told, told};
use crate::cardholder::content::{Limits, Source, Why, read_message};
use crate::cardholder::{Place, Rules};

const NUMBER: &str = "4111 1111 1111 1111";

fn read(text: &[u8]) -> Told {
    told(text, Limits::default())
}

/// Returns where numbers were found, and that each is the one that was written.
fn places(told: &Told) -> Vec<&str> {
    for one in &told.found {
        assert_eq!(one.2, "411111******1111");
    }
    told.found.iter().map(|one| &*one.0).collect()
}

/// Returns a message with a header of a mail and more fields, and a body.
fn message(fields: &str, body: &str) -> String {
    let fields = fields.replace('\n', "\r\n");
    let body = body.replace('\n', "\r\n");
    format!(
        "From: a@example.org\r\nTo: b@example.net\r\nSubject: x\r\nMIME-Version: 1.0\r\n{fields}\r\n\r\n{body}"
    )
}

fn lines(bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let lines: Vec<&str> = (0..text.len())
        .step_by(76)
        .filter_map(|at| text.get(at..text.len().min(at + 76)))
        .collect();
    lines.join("\n")
}

#[test]
fn boundaries_are_no_numbers_and_what_stands_in_their_place_otherwise_is() {
    let number = NUMBER.replace(' ', "");
    let boundary = format!("=_card_{number}");
    let part = format!("Content-Type: text/plain\n\ncard {NUMBER}\n");
    let parts = |end: &str| format!("--{boundary}\n{part}--{boundary}{end}\n");
    for (kind, found) in [("multipart/mixed", 1), ("text/plain", 4)] {
        let fields = format!("Content-Type: {kind};\n boundary=\"{boundary}\"");
        let told = read(message(&fields, &parts("--")).as_bytes());
        assert_eq!((told.found.len(), told.unread.len()), (found, 0), "{kind}");
    }
    // The header of a message that was sent back.
    let inner = format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\n");
    let told = read(message("Content-Type: text/rfc822-headers", &inner).as_bytes());
    assert_eq!((told.found.len(), told.unread.len()), (0, 0));
}

#[test]
fn bodies_are_read_however_they_are_carried() {
    let page = "<p>card <b>4111</b>&nbsp;1111 <i>11</i>11 1111</p>";
    let japanese = "カード番号 4111 1111 1111 1111";
    let (jis, _, _) = encoding_rs::ISO_2022_JP.encode(japanese);
    let (sjis, _, _) = encoding_rs::SHIFT_JIS.encode(japanese);
    for (how, fields, body) in [
        (
            "plain",
            "Content-Type: text/plain".to_owned(),
            format!("card {NUMBER}\n"),
        ),
        ("no type", "X-A: b".to_owned(), format!("card {NUMBER}\n")),
        (
            "quoted-printable",
            "Content-Transfer-Encoding: quoted-printable".to_owned(),
            "card=20=34111 1111 11=\n11 1111=\n".to_owned(),
        ),
        (
            "base64",
            "content-transfer-encoding:\n BASE64".to_owned(),
            lines(format!("card {NUMBER}").repeat(1).as_bytes()),
        ),
        (
            "base64 in UTF-16",
            "Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64"
                .to_owned(),
            lines(
                &format!("\u{feff}card {NUMBER}")
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes)
                    .collect::<Vec<u8>>(),
            ),
        ),
        (
            "ISO-2022-JP",
            "Content-Type: text/plain; charset=ISO-2022-JP\nContent-Transfer-Encoding: 7bit"
                .to_owned(),
            String::from_utf8_lossy(&jis).into_owned(),
        ),
        (
            "Shift_JIS",
            "Content-Type: text/plain; charset=\"Shift_JIS\"\nContent-Transfer-Encoding: base64"
                .to_owned(),
            lines(&sjis),
        ),
        (
            "a page",
            "Content-Type: text/html; charset=utf-8".to_owned(),
            page.to_owned(),
        ),
        (
            "a page in base64",
            "Content-Type: TEXT/HTML\nContent-Transfer-Encoding: base64".to_owned(),
            lines(page.as_bytes()),
        ),
        (
            "base64, and a text that a list adds",
            "Content-Transfer-Encoding: base64".to_owned(),
            format!(
                "{}\n_______\nlist: card x\n",
                lines(format!("card {NUMBER}").as_bytes())
            ),
        ),
        (
            "an unknown encoding",
            "Content-Type: text/plain; charset=x-what".to_owned(),
            format!("card {NUMBER}"),
        ),
        (
            "packed",
            "Content-Transfer-Encoding: base64".to_owned(),
            lines(&gzip(NUMBER.as_bytes())),
        ),
    ] {
        let text = message(&fields, &body);
        let told = read(text.as_bytes());
        assert_eq!(places(&told), ["body"], "{how}: {told:?}");
        assert!(told.unread.is_empty(), "{how}: {told:?}");
    }
}

#[test]
fn headers_are_read_unfolded_and_decoded() {
    for field in [
        format!("Subject: card {NUMBER}"),
        "Subject: card 4111 1111\n 1111 1111".to_owned(),
        format!(
            "Subject: =?utf-8?B?{}?=",
            STANDARD.encode(format!("card {NUMBER}"))
        ),
        "Subject: =?utf-8?Q?card_4111_1111?=\n =?utf-8?Q?_1111_1111?=".to_owned(),
        "Subject: =?iso-2022-jp?B?GyRCJSshPCVJGyhC?= 4111 1111 1111 1111".to_owned(),
        format!("X-Note: {}card {NUMBER}", "long ".repeat(40_000)),
        format!(
            "X-Data: {}",
            STANDARD.encode(format!("customer card {NUMBER} thanks"))
        ),
    ] {
        let text = message(&field, "nothing");
        let told = read(text.as_bytes());
        assert_eq!(places(&told), ["header"], "{field:.60}");
        assert!(told.unread.is_empty(), "{told:?}");
    }
}

#[test]
fn parts_are_read_one_inside_the_other() {
    let file = gzip(format!("card {NUMBER}").as_bytes());
    let inner = message(
        "Content-Type: text/plain\nContent-Transfer-Encoding: base64",
        &lines(format!("card {NUMBER}").as_bytes()),
    );
    let text = message(
        "Content-Type: multipart/mixed;\n boundary=\"=_outer\"",
        &format!(
            "To read this {NUMBER}\n--=_outer\nContent-Type: multipart/alternative; boundary=\"=_outer 1\"\n\n\
             --=_outer 1\nContent-Type: text/plain\n\ncard {NUMBER}\n--=_outer 1\nContent-Type: multipart/related; boundary=rel\n\n\
             --rel\nContent-Type: text/html\n\n<b>4111</b> 1111 1111 1111<img src='cid:x'>\n--rel\nContent-Type: image/png\nContent-ID: <x>\n\nx\n--rel--\n\n--=_outer 1--\n\
             --=_outer\nContent-Type: application/octet-stream; name*=utf-8''%E3%82%AB.gz\nContent-Transfer-Encoding: base64\n\n{}\n\
             --=_outer  \nContent-Type: message/rfc822\n\n{}\n\
             --=_outer\nContent-Disposition: attachment; filename=\"{NUMBER}.txt\"\n\n\
             --=_outer--\nand after {NUMBER}\n",
            lines(&file),
            inner.replace("\r\n", "\n"),
        ),
    );
    let told = read(text.as_bytes());
    assert_eq!(
        places(&told),
        [
            "before",
            "part1.1",
            "part1.2.1",
            "カ.gz",
            "part3!body",
            "part4!header",
            "**** **** **** 1111.txt",
            "after",
        ]
    );
    let names = told.found.iter().filter(|one| one.1 == Place::Name);
    assert_eq!(names.count(), 1);
    assert!(told.unread.is_empty(), "{told:?}");
}

#[test]
fn files_of_messages_are_read_one_by_one() {
    let one = message(
        "X: y",
        &format!("card {NUMBER}\n>From here on\nFrom now on it is 12:30\n"),
    );
    let other = message(
        "Content-Type: multipart/mixed; boundary=b",
        &format!("--b\n\ncard {NUMBER}\n--b--\n"),
    );
    let file = format!(
        "From a@example.org Wed Nov 25 09:00:00 2026\r\n{one}\r\nFrom MAILER-DAEMON Wed Nov 25 09:01:00 2026\r\n{other}\r\nFrom - Wed Nov 25 09:02:00 2026\r\n{one}"
    );
    let told = read(file.as_bytes());
    assert_eq!(
        places(&told),
        ["message1!body", "message2!part1", "message3!body"]
    );
    assert!(told.unread.is_empty(), "{told:?}");
    // Apple Mail puts the length before, and a list of properties after.
    let counted = format!("{}\n{one}<?xml version=\"1.0\"?>", one.len());
    let told = read(counted.as_bytes());
    assert_eq!(places(&told), ["body"]);
}

#[test]
fn what_is_not_as_it_should_be_is_read_as_far_as_it_goes_and_told() {
    let parts = "Content-Type: multipart/mixed; boundary=b";
    let long = "x".repeat(2000);
    let deep: String = (0..100).fold(format!("\n\ncard {NUMBER}\n"), |inner, level| {
        format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n{inner}\n--b{level}--\n")
    });
    let forwarded = (0..100).fold(format!("Subject: y\n\ncard {NUMBER}\n"), |inner, _| {
        format!("Subject: x\nContent-Type: message/rfc822\n\n{inner}")
    });
    for (how, text, why) in [
        (
            "no last boundary",
            message(parts, &format!("--b\n\ncard {NUMBER}\n")),
            Why::Damaged,
        ),
        (
            "no boundary at all",
            message(parts, &format!("card {NUMBER}\n")),
            Why::Damaged,
        ),
        (
            "no boundary stated",
            message(
                "Content-Type: multipart/mixed",
                &format!("--b\n\ncard {NUMBER}\n--b--\n"),
            ),
            Why::Damaged,
        ),
        (
            "a very long boundary",
            message(
                &format!("Content-Type: multipart/mixed; boundary={long}"),
                &format!("--{long}\n\ncard {NUMBER}\n--{long}--\n"),
            ),
            Why::Damaged,
        ),
        (
            "no empty line",
            message("X: y", "").trim_end().to_owned() + &format!("\r\ncard {NUMBER}\r\n\r\n"),
            Why::Damaged,
        ),
        (
            "two types",
            message(
                &format!("Content-Type: text/plain\n{parts}"),
                &format!("--b\n\ncard {NUMBER}\n--b--\n"),
            ),
            Why::Damaged,
        ),
        (
            "a text that is not base64",
            message(
                "Content-Transfer-Encoding: base64",
                &format!("QUJDR\ncard {NUMBER}\n"),
            ),
            Why::Damaged,
        ),
        (
            "an unknown way to carry it",
            message(
                "Content-Transfer-Encoding: x-own",
                &format!("card {NUMBER}\n"),
            ),
            Why::NotSupported("a transfer encoding of mail"),
        ),
        (
            "parts too deep",
            message(
                deep.split_once("\n\n").map_or("", |deep| deep.0),
                deep.split_once("\n\n").map_or("", |deep| deep.1),
            ),
            Why::TooDeep(32),
        ),
        (
            "messages too deep",
            message("Content-Type: message/rfc822", &forwarded),
            Why::TooDeep(8),
        ),
    ] {
        let told = read(text.as_bytes());
        assert_eq!(told.found.len(), 1, "{how}: {told:?}");
        let whys: Vec<Why> = told.unread.iter().map(|one| one.1).collect();
        assert_eq!(whys, [why], "{how}: {told:?}");
    }
}

#[test]
fn what_only_the_addressee_can_read_is_told() {
    for (how, text, why) in [
        (
            "encrypted by PGP",
            message(
                "Content-Type: text/plain",
                &format!("card {NUMBER}\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n"),
            ),
            Why::Encrypted,
        ),
        (
            "encrypted by PGP, as parts",
            message(
                "Content-Type: multipart/encrypted; boundary=b",
                &format!("--b\n\ncard {NUMBER}\n--b--\n"),
            ),
            Why::Encrypted,
        ),
    ] {
        let told = read(text.as_bytes());
        assert_eq!(told.found.len(), 1, "{how}: {told:?}");
        let whys: Vec<Why> = told.unread.iter().map(|one| one.1).collect();
        assert_eq!(whys, [why], "{how}: {told:?}");
    }
    let der = [
        &[
            0x30, 0x82, 1, 0, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 3, 0xa0,
        ],
        &[1; 64][..],
    ]
    .concat();
    let sealed = message(
        "Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: base64",
        &lines(&der),
    );
    assert_eq!(
        read(sealed.as_bytes()).unread,
        [("body".to_owned(), Why::Encrypted)]
    );
}

#[test]
fn mail_is_known_by_its_header_alone() {
    use crate::cardholder::content::mail::Mail;
    for (head, form) in [
        (
            "Received: from x\r\n\tby y\r\nSubject: z\r\n\r\n",
            Some(Mail::One),
        ),
        ("Subject: a\nFrom: b\n\n", Some(Mail::One)),
        (
            "From a@b Wed Nov 25 09:00:00 2026\nSubject: a\n",
            Some(Mail::Many),
        ),
        ("1234      \nSubject: a\nFrom: b\n\n", Some(Mail::Counted)),
        ("Subject: a\n\nFrom: b\n", None),
        ("Host: a\nContent-Type: b\nAccept: c\n\n", None),
        ("2026-11-25 09:00:00 INFO From: x\n", None),
        ("{\"From\": 1,\n\"To\": 2}", None),
        ("From here to there\nSubject: a\n", None),
        ("", None),
    ] {
        assert_eq!(Mail::of(head.as_bytes()), form, "{head}");
    }
}

#[test]
fn what_is_said_to_be_a_message_is_read_as_one() {
    let judged = |text: &str| {
        let mut told = Told::default();
        let source = Source::Passing(&mut text.as_bytes());
        read_message(Rules::built_in(), Limits::default(), source, &mut told);
        told
    };
    let quoted = "Content-Transfer-Encoding: quoted-printable\n\ncard 4111 1111 11=\n11 1111\n";
    let told = judged(quoted);
    assert_eq!(places(&told), ["body"]);
    assert!(told.unread.is_empty(), "{told:?}");
    for text in [format!("card {NUMBER}\n"), format!("\0card {NUMBER}\n")] {
        let told = judged(&text);
        assert_eq!(places(&told), ["body"]);
        assert_eq!(told.unread, [("header".to_owned(), Why::Damaged)]);
    }
    assert_eq!(judged("").bytes, 0);
}

proptest::proptest! {
    /// No order of pieces of mail stops the reader, and a number on a line of its own that
    /// nothing carries in another form is found in all of them.
    #[test]
    fn mail_of_any_pieces_is_read(
        pieces in proptest::collection::vec(
            proptest::sample::select(vec![
                "From: a\r\nTo: b\r\n", "\r\n", "\n", " ", "\t", "--b\r\n", "--b--\r\n", "--c\n", "=", "=3",
                "Content-Type: multipart/mixed; boundary=b\r\n", "Content-Type: message/rfc822\r\n",
                "Content-Type: multipart/alternative; boundary=\"c\r\n", "Content-Type: text/html; charset=big5\r\n",
                "Content-Transfer-Encoding: base64\r\n", "Content-Transfer-Encoding: quoted-printable\r\n",
                "Content-Disposition: attachment; filename*0*=utf-8''%3; filename*1=\"x\r\n",
                "From x Wed Nov 25 09:00:00 2026\r\n", ">From ", "Subject: =?utf-8?B?", "?=", "=?", "QUJD", "<b x='", "<!--",
                "&#5", "\u{1}\0", "\u{e9}\u{30ab}", "H4sIAAAAAAAA",
            ]),
            0..60,
        )
    ) {
        let text = pieces.concat();
        let told = read(text.as_bytes());
        proptest::prop_assert!(told.found.is_empty());
        let mut judged = Told::default();
        let plain = format!("From: a\r\nTo: b\r\n\r\n{}\r\ncard {NUMBER}\r\n", text.replace("From x", "from x"));
        let source = Source::Passing(&mut plain.as_bytes());
        read_message(Rules::built_in(), Limits::default(), source, &mut judged);
        proptest::prop_assert!(!judged.found.is_empty());
    }
}
