use std::io::{Cursor, Write as _};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;

use crate::cardholder::content::{Observer, Source, read};
use crate::cardholder::{Limits, Match, Place, Rules, Why};

/// Published test numbers.
const VISA: &str = "4111111111111111";
const AMEX: &str = "378282246310005";

#[derive(Default)]
struct Told {
    /// Member, last four digits, line.
    found: Vec<(String, String, u64)>,
    unread: Vec<(String, Why)>,
}

impl Observer for Told {
    fn found(&mut self, member: &str, _: Place, one: Match) {
        let shown = one.masked.map(|masked| masked.last_four().to_owned());
        self.found.push((
            member.to_owned(),
            shown.unwrap_or_else(|| "code".to_owned()),
            one.line,
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

fn places(told: &Told) -> Vec<(&str, &str)> {
    let found = told.found.iter();
    found.map(|one| (one.0.as_str(), one.1.as_str())).collect()
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// A document of objects, numbered from 1. It has no table: nobody needs it.
fn document(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    for (number, object) in (1..).zip(objects) {
        bytes.extend(format!("{number} 0 obj\n").bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    }
    bytes.extend(b"trailer <</Root 9 0 R>>\nstartxref\n0\n%%EOF\n");
    bytes
}

fn stream(dict: &str, bytes: &[u8]) -> Vec<u8> {
    let packed = deflated(bytes);
    let head = format!(
        "<<{dict}/Filter/FlateDecode/Length {}>>stream\n",
        packed.len()
    );
    [head.as_bytes(), &packed, b"\nendstream"].concat()
}

/// A page that shows a content stream, with fonts.
fn page(fonts: &str, content: &[u8], others: &[Vec<u8>]) -> Vec<u8> {
    let page =
        format!("<</Type/Page/Contents 2 0 R/Resources<</Font<<{fonts}>>/XObject<</X 3 0 R>>>>>>");
    let first = [page.into_bytes(), stream("", content)];
    document(&[&first[..], others].concat())
}

#[test]
fn text_is_joined_and_parted_as_it_is_shown() {
    let number = |parts: &str| format!("BT /F 10 Tf 9 9 Td {parts} ET");
    for (parts, expected) in [
        ("(4111111111111111) Tj", 1),
        ("[(4111)-20(1111)30(11)(111111)] TJ", 1),
        ("[(4111)-278(1111)-278(1111)-278(1111)] TJ", 1),
        ("(41111111) Tj 44.48 0 Td (11111111) Tj", 1),
        ("(card) ' <34313131> Tj <31313131313131313131313 1> Tj", 1),
        ("12 TL (card) Tj T* (4111111111111111) Tj", 1),
        ("0 2 (41111111) \" (11111111) Tj", 1),
        ("12 TL (the card 4111 1111) Tj T* (1111 1111 is) Tj", 1),
        ("12 TL (1111 4111 1111) Tj T* (1111 1111 1111) Tj", 0),
        // Beside and below each other.
        ("(41111111) Tj 99 0 Td (11111111) Tj", 0),
        ("(41111111) Tj 0 -12 Td (11111111) Tj", 0),
        // Not text: a number that is drawn with.
        ("4111111111111111 0 Td", 0),
        ("ET q BI /W 1 ID (4111111111111111) EI Q BT", 0),
    ] {
        let one = told(&page("", number(parts).as_bytes(), &[]));
        assert_eq!(one.found.len(), expected, "{parts}");
    }
}

#[test]
fn fonts_say_what_codes_mean() {
    let map = b"1 begincodespacerange <0000> <ffff> endcodespacerange\n\
        1 beginbfrange <0100> <0109> <0030> endbfrange";
    let digits = VISA.bytes().map(|digit| format!("01{:02x}", digit - b'0'));
    let shown = digits.collect::<Vec<String>>().concat();
    let content = format!("BT /F 9 Tf <{shown}> Tj ET");
    let font = b"<</Type/Font/Subtype/Type0/Encoding/Identity-H/ToUnicode 4 0 R>>".to_vec();
    let others = [font, stream("", map)];
    let one = told(&page("/F 3 0 R", content.as_bytes(), &others));
    assert_eq!(
        (places(&one), one.unread.len()),
        (vec![("page 1", "1111")], 0)
    );

    let names = "/Encoding<</Differences[65/one/four 90/uni0031]>>";
    let font = format!("<</Type/Font/Subtype/Type1/BaseFont/X{names}>>").into_bytes();
    let one = told(&page(
        "/F 3 0 R",
        b"BT /F 9 Tf (BAAZAAAAAAAAAAAA) Tj ET",
        &[font],
    ));
    assert_eq!(
        (places(&one), one.unread.len()),
        (vec![("page 1", "1111")], 0)
    );

    // Without a map it is a guess, which is told.
    let digits = VISA.bytes().map(|digit| format!("{:04x}", digit - 29));
    let guess = digits.collect::<Vec<String>>().concat();
    let font = b"<</Type/Font/Subtype/Type0/Encoding/Identity-H>>".to_vec();
    let content = format!("BT /F 9 Tf <{guess}> Tj ET");
    let one = told(&page("/F 3 0 R", content.as_bytes(), &[font]));
    assert_eq!((one.found.len(), one.unread.len()), (1, 1));
}

#[test]
fn every_other_text_of_a_document_is_read() {
    let packed_objects = {
        let first = format!("<</T(cvv)/V(123)/Contents(\\376\\377{})>>", {
            let wide = AMEX.chars().map(|digit| format!("\\000{digit}"));
            wide.collect::<String>()
        });
        let head = format!("7 0 8 {} ", first.len());
        let dict = format!("/Type/ObjStm/N 2/First {}", head.len());
        stream(
            &dict,
            format!("{head}{first}<</Title(card {VISA})>>").as_bytes(),
        )
    };
    let number = format!("card {VISA}");
    let bytes = document(&[
        packed_objects,
        stream("/Type/EmbeddedFile", number.as_bytes()),
        b"<</Type/Filespec/F(list.txt)/EF<</F 2 0 R>>>>".to_vec(),
        stream(
            "/Type/Metadata/Subtype/XML",
            format!("<card>{AMEX}</card>").as_bytes(),
        ),
        stream(
            "/Type/XObject/Subtype/Form",
            format!("BT ({number}) Tj ET").as_bytes(),
        ),
        stream("/Type/XObject/Subtype/Image", number.as_bytes()),
        stream("/Length1 9", number.as_bytes()),
        stream("", format!("BT (an older page: {number}) Tj ET").as_bytes()),
    ]);
    let bytes = [&bytes, format!("card {VISA} behind the end").as_bytes()].concat();
    let one = told(&bytes);
    let mut found = places(&one);
    found.sort_unstable();
    let expected = [
        ("", "0005"),
        ("", "1111"),
        ("", "1111"),
        ("", "code"),
        ("list.txt", "1111"),
        ("object 4", "0005"),
        ("object 5", "1111"),
        ("object 8", "1111"),
    ];
    assert_eq!((found, one.unread.len()), (expected.to_vec(), 0));
}

#[test]
fn images_of_pages_and_encryption_are_told() {
    let image = b"<</Subtype/Image/Width 2000/Height 2000/Length 1>>stream\nx\nendstream".to_vec();
    let unread =
        |bytes: &[u8]| -> Vec<Why> { told(bytes).unread.into_iter().map(|(_, why)| why).collect() };
    let scanned = Why::NotSupported("a page that is an image");
    assert_eq!(
        unread(&page("", b"q /X Do Q", std::slice::from_ref(&image))),
        [scanned]
    );
    assert_eq!(unread(&page("", b"/X Do BT (text) Tj ET", &[image])), []);
    let secret = document(&[b"<</Filter/Standard>>".to_vec()]);
    let secret = [&secret[..], b"trailer <</Encrypt 1 0 R>>"].concat();
    assert_eq!(unread(&secret), [Why::Encrypted]);
    assert_eq!(unread(b"%PDF-1.4\n"), [Why::Damaged]);
    let unknown = stream("/Subtype/Form/DecodeParms<</Predictor 15>>", b"x");
    assert_eq!(unread(&document(&[unknown])).len(), 1);
}

#[test]
fn what_is_cut_off_is_read_as_far_as_it_goes() {
    let texts = (0..4000).map(|n: u32| format!("T* ({}) Tj ", n.wrapping_mul(2_654_435_761)));
    let text = texts.collect::<Vec<String>>().concat();
    let content = format!("BT 12 TL (card {VISA}) Tj {text} ET");
    let bytes = page("", content.as_bytes(), &[]);
    let one = told(&bytes[..bytes.len() / 2]);
    assert_eq!(one.found.len(), 1);
    assert!(one.unread.iter().any(|(_, why)| *why == Why::Damaged));
}

#[test]
fn circles_and_what_only_looks_like_objects_end() {
    let circle = b"<</Type/Page/Parent 1 0 R/Contents[2 0 R 2 0 R]/Resources 2 0 R>>".to_vec();
    let form = stream("/Subtype/Form/Resources<</XObject<</X 2 0 R>>>>", b"/X Do");
    told(&document(&[circle, form, b"3 0 R".to_vec()]));
    let bytes = b"1 0 obj(".repeat(100_000);
    let one = told(&[b"%PDF-1.4\n", bytes.as_slice()].concat());
    assert!(!one.unread.is_empty());
}

#[test]
fn a_string_without_end_is_told_and_costs_no_more_than_others() {
    let content = format!("BT (card {VISA}) Tj {}", "(".repeat(2_000_000));
    let one = told(&page("", content.as_bytes(), &[]));
    assert_eq!(places(&one), [("page 1", "1111")]);
    assert_eq!(one.unread, [("page 1".to_owned(), Why::Damaged)]);
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_their_end(
        text in ".{0,200}",
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        changes in proptest::collection::vec((9_usize..400, any::<u8>()), 0..20),
    ) {
        let mut whole = page("/F 3 0 R", text.as_bytes(), &[
            b"<</Type/Font/Subtype/Type0/ToUnicode 4 0 R/DescendantFonts[3 0 R]/W[1[2 3]4 5 6]>>".to_vec(),
            stream("", &bytes),
            stream("/Type/ObjStm/N 9/First 20", &bytes),
        ]);
        told(&whole);
        for (at, byte) in changes {
            if let Some(changed) = whole.get_mut(at) {
                *changed = byte;
            }
        }
        told(&whole);
        told(&[b"%PDF-1.4\n", bytes.as_slice()].concat());
    }
}
