//! How digits, gaps and numbers are written.

use super::*;

/// A way to write a digit.
type Way = fn(u8) -> Vec<u8>;

/// Returns the digits, each written in a way of its own.
fn spelled(number: &str, way: impl Fn(u8) -> Vec<u8>) -> Vec<u8> {
    number.bytes().flat_map(|digit| way(digit - b'0')).collect()
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
