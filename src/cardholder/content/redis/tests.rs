use std::io::Cursor;

use proptest::prelude::*;

use crate::cardholder::content::{Observer, Source, read};
use crate::cardholder::{Limits, Match, Place, Rules, Why};

/// Published test numbers.
const VISA: &str = "4111111111111111";
const MASTERCARD: u64 = 5_555_555_555_554_444;
const AMEX: &str = "378282246310005";

#[derive(Default)]
struct Told {
    /// Member, place, last four digits, offset.
    found: Vec<(String, Place, String, u64)>,
    unread: Vec<(String, Why)>,
}

impl Observer for Told {
    fn found(&mut self, member: &str, place: Place, one: Match) {
        let shown = one.masked.map(|masked| masked.last_four().to_owned());
        self.found.push((
            member.to_owned(),
            place,
            shown.unwrap_or_else(|| "code".to_owned()),
            one.offset,
        ));
    }

    fn unread(&mut self, member: &str, why: Why) {
        self.unread.push((member.to_owned(), why));
    }

    fn scanned(&mut self, _: u64) {}
}

fn told(bytes: &[u8]) -> Told {
    let mut told = Told::default();
    let mut stream = Cursor::new(bytes);
    let source = Source::Anywhere(&mut stream);
    read(Rules::built_in(), Limits::default(), source, &mut told);
    told
}

fn string(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("short");
    [&[0x80][..], &length.to_be_bytes(), bytes].concat()
}

fn dump(values: &[Vec<u8>]) -> Vec<u8> {
    let values = values.concat();
    [
        b"REDIS0011\xfa\x09redis-ver\x057.2.4\xfe\x00\xfb\x01\x00",
        values.as_slice(),
        &[0xff; 9],
    ]
    .concat()
}

/// A key `c` of a type.
fn key(kind: u8, value: &[u8]) -> Vec<u8> {
    [
        &[0xfc, 0, 0, 0, 0, 0, 0, 0, 0, kind],
        string(b"c").as_slice(),
        value,
    ]
    .concat()
}

fn listpack(entries: &[&[u8]]) -> Vec<u8> {
    let mut bytes = vec![0; 6];
    for entry in entries {
        bytes.extend(*entry);
        bytes.push(0);
    }
    bytes.push(0xff);
    string(&bytes)
}

fn ziplist(entries: &[&[u8]]) -> Vec<u8> {
    let mut bytes = vec![0; 10];
    for entry in entries {
        bytes.push(0);
        bytes.extend(*entry);
    }
    bytes.push(0xff);
    string(&bytes)
}

/// A text of 16 bytes, as listpacks and as ziplists have it.
fn short(text: &str, sign: u8) -> Vec<u8> {
    let length = u8::try_from(text.len()).expect("short");
    [&[length | sign], text.as_bytes()].concat()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a row for each form")]
fn values_of_every_form_are_read() {
    let (visa_lp, visa_zl) = (short(VISA, 0x80), short(VISA, 0));
    let number = MASTERCARD.to_le_bytes();
    let number_lp = [&[0xf4], &number[..]].concat();
    let number_zl = [&[0xe0], &number[..]].concat();
    let (name_lp, name_zl) = (short("cvv", 0x80), short("cvv", 0));
    let (code_lp, code_zl) = ([0xc0, 0x7b], [0xfe, 0x7b]);
    let intset = [&8_u32.to_le_bytes()[..], &1_u32.to_le_bytes(), &number].concat();
    let zipmap = [b"\x01\x03cvv\x03\x00123\xff".as_slice()].concat();
    let stream = listpack(&[
        &[1],
        &[0],
        &[1],
        &short("cvv", 0x80),
        &[0],
        // One message with the shared name, one with its own.
        &[2],
        &[0],
        &[0],
        &code_lp,
        &[1],
        &[0],
        &[0],
        &[0],
        &[1],
        &short("a", 0x80),
        &visa_lp,
        &[1],
    ]);
    let streamed = [&[1], string(&[0; 16]).as_slice(), &stream, &[0; 4]].concat();
    for (name, kind, value, expected) in [
        ("string", 0, string(VISA.as_bytes()), vec!["1111"]),
        (
            "list",
            1,
            [&[1], string(VISA.as_bytes()).as_slice()].concat(),
            vec!["1111"],
        ),
        (
            "scores as text",
            3,
            [
                &[1],
                string(VISA.as_bytes()).as_slice(),
                b"\x0f",
                AMEX.as_bytes(),
            ]
            .concat(),
            vec!["1111", "0005"],
        ),
        (
            "scores",
            5,
            [
                &[1],
                string(b"x").as_slice(),
                &378_282_246_310_005_f64.to_le_bytes(),
            ]
            .concat(),
            vec!["0005"],
        ),
        (
            "hash",
            4,
            [&[1], string(b"cvv").as_slice(), &string(b"123")].concat(),
            vec!["code"],
        ),
        (
            "module",
            7,
            [
                &[0x81, 0, 0, 0, 0, 0, 0, 0, 9, 2, 7, 5],
                string(VISA.as_bytes()).as_slice(),
                &[0],
            ]
            .concat(),
            vec!["1111"],
        ),
        ("zipmap", 9, string(&zipmap), vec!["code"]),
        (
            "ziplist",
            10,
            ziplist(&[&visa_zl, &number_zl]),
            vec!["1111", "4444"],
        ),
        ("intset", 11, string(&intset), vec!["4444"]),
        (
            "sorted ziplist",
            12,
            ziplist(&[&visa_zl, &[0xf2]]),
            vec!["1111"],
        ),
        (
            "hash in a ziplist",
            13,
            ziplist(&[&name_zl, &code_zl]),
            vec!["code"],
        ),
        (
            "quicklist",
            14,
            [&[1], ziplist(&[&visa_zl]).as_slice()].concat(),
            vec!["1111"],
        ),
        ("stream", 15, streamed, vec!["code", "1111"]),
        (
            "hash in a listpack",
            16,
            listpack(&[&name_lp, &code_lp]),
            vec!["code"],
        ),
        (
            "sorted listpack",
            17,
            listpack(&[&visa_lp, &[1]]),
            vec!["1111"],
        ),
        (
            "quicklist of both",
            18,
            [
                &[2, 1],
                string(VISA.as_bytes()).as_slice(),
                &[2],
                &listpack(&[&number_lp]),
            ]
            .concat(),
            vec!["1111", "4444"],
        ),
        ("set in a listpack", 20, listpack(&[&visa_lp]), vec!["1111"]),
        (
            "fields that expire",
            24,
            [&[0; 8], &[1, 0][..], &string(b"cvv"), &string(b"123")].concat(),
            vec!["code"],
        ),
        (
            "fields in a listpack that expire",
            25,
            [&[0; 8], listpack(&[&name_lp, &code_lp, &[5]]).as_slice()].concat(),
            vec!["code"],
        ),
    ] {
        // What follows shows that the value was read to its end.
        let last = [&[0], string(b"d").as_slice(), &string(AMEX.as_bytes())].concat();
        let one = told(&dump(&[key(kind, &value), last]));
        let found: Vec<(&str, &str)> = one
            .found
            .iter()
            .map(|one| (one.0.as_str(), one.2.as_str()))
            .collect();
        let expected: Vec<(&str, &str)> = expected
            .into_iter()
            .map(|it| ("c", it))
            .chain([("d", "0005")])
            .collect();
        assert_eq!(found, expected, "{name}");
        assert_eq!(one.unread, [], "{name}");
    }
}

#[test]
fn a_number_in_a_key_is_found_there_and_masked_where_the_key_names_a_value() {
    let name = format!("card:{VISA}:cvv");
    let value = [&[0], string(name.as_bytes()).as_slice(), &string(b"123")].concat();
    let bytes = dump(&[value]);
    let told = told(&bytes);
    let at = memchr::memmem::find(&bytes, VISA.as_bytes()).expect("the number") as u64;
    let member = "card:************1111:cvv".to_owned();
    let expected = [
        (member.clone(), Place::Name, "1111".to_owned(), at),
        (member, Place::Content, "code".to_owned(), at + 16 + 4 + 5),
    ];
    assert_eq!(told.found, expected);
}

#[test]
fn packed_strings_and_commands_after_a_dump_are_read() {
    // Four digits as they are, then twelve that repeat the last.
    let packed = [&[0, 1, b'c', 0xc3, 8, 16, 3][..], b"4111", &[0xe0, 3, 0]].concat();
    let command = format!(
        "*3\r\n$4\r\nHSET\r\n$1\r\nk\r\n$3\r\ncvv\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$15\r\n{AMEX}\r\n"
    );
    let mut bytes = dump(&[packed]);
    bytes.extend(command.as_bytes());
    let one = told(&bytes);
    let found: Vec<&str> = one.found.iter().map(|one| one.2.as_str()).collect();
    assert_eq!((found, one.unread.len()), (vec!["1111", "0005"], 0));
}

#[test]
fn arguments_of_commands_have_the_words_of_their_key_and_of_the_one_before() {
    let command = |arguments: &[&str]| {
        let strings = arguments
            .iter()
            .map(|it| format!("${}\r\n{it}\r\n", it.len()));
        format!("*{}\r\n{}", arguments.len(), strings.collect::<String>())
    };
    for (arguments, expected) in [
        (&["SET", "cvv:7", "123"][..], 1),
        (&["HSET", "user:7", "name", "Jo", "cvv", "123"], 1),
        (&["XADD", "s", "*", "cvv", "123"], 1),
        (&["MSET", "a", "1", "cvv", "123"], 1),
        (&["mset", "cvv", "x", "a", "123"], 0),
        (&["SET", VISA, AMEX], 2),
    ] {
        let text = format!("#TS:1\r\n{}", command(arguments));
        let text = format!("{}{text}", command(&["SELECT", "0"]));
        let one = told(text.as_bytes());
        assert_eq!(
            (one.found.len(), one.unread.len()),
            (expected, 0),
            "{arguments:?}"
        );
    }
}

#[test]
fn what_is_newer_or_cut_off_is_told_and_scanned_as_it_is() {
    let newer = key(99, &string(VISA.as_bytes()));
    let one = told(&dump(&[newer]));
    assert_eq!((one.found.len(), one.unread.len()), (1, 1));

    let whole = dump(&[
        key(0, &string(VISA.as_bytes())),
        key(0, &string(&[b'x'; 90])),
    ]);
    let one = told(&whole[..whole.len() - 40]);
    assert_eq!(one.found.len(), 1);
    assert_eq!(one.unread, [(String::new(), Why::Damaged)]);

    let one = told(format!("*2\r\n$3\r\nGET\r\n$99\r\ncard {VISA}").as_bytes());
    assert_eq!((one.found.len(), one.unread.len()), (1, 1));
}

#[test]
fn a_string_of_any_length_is_read_in_passing() {
    let text = [vec![b'x'; 300_000], format!(" card {VISA} ").into_bytes()].concat();
    let bytes = dump(&[key(0, &string(&text))]);
    let one = told(&bytes);
    let at = memchr::memmem::find(&bytes, VISA.as_bytes()).expect("the number") as u64;
    assert_eq!(
        one.found,
        [("c".to_owned(), Place::Content, "1111".to_owned(), at)]
    );
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_their_end(kind in 0_u8..27, bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        told(&dump(&[key(kind, &bytes)]));
        told(&dump(&[key(kind, &string(&bytes))]));
        told(&dump(std::slice::from_ref(&bytes)));
        told(&[b"*2\r\n$3\r\n", bytes.as_slice()].concat());
    }
}
