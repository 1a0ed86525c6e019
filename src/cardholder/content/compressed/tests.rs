use super::super::packing::{CARD, bzip2, gzip, lz4, noise, zip, zstd};
use super::super::tests::told;
use super::super::{Limits, Why};

type Pack = fn(&[u8]) -> Vec<u8>;
const FORMS: [Pack; 4] = [gzip, bzip2, lz4, zstd];

#[test]
fn several_streams_are_one_content() {
    for pack in FORMS {
        let packed = [
            pack(b"x 4111 1111 "),
            vec![0; 4],
            pack(b"1111 1111\n"),
            pack(CARD),
        ]
        .concat();
        let told = told(&packed, Limits::default());
        let places: Vec<u64> = told.found.iter().map(|found| found.3).collect();
        assert_eq!(places, [2, 22 + 5]);
        assert_eq!(told.unread, []);
    }
}

#[test]
fn what_comes_after_a_stream_is_read() {
    for pack in FORMS {
        for after in [CARD.to_vec(), zip(&[]), gzip(CARD)] {
            let told = told(&[pack(b"nothing"), after].concat(), Limits::default());
            assert_eq!(told.unread, []);
        }
        let told = told(
            &[pack(b"nothing"), CARD.to_vec()].concat(),
            Limits::default(),
        );
        assert_eq!(told.found.len(), 1);
    }
}

#[test]
fn what_is_cut_off_anywhere_is_told() {
    for pack in FORMS {
        let packed = pack(&[CARD, &noise(3000)].concat());
        for cut in [20, packed.len() / 2, packed.len() - 1] {
            let told = told(&packed[..cut], Limits::default());
            assert_eq!(told.unread, [(String::new(), Why::Damaged)], "{cut}");
        }
    }
}

#[test]
fn text_that_begins_like_a_stream_is_scanned_and_told() {
    for head in [
        &b"\x1f\x8b\x08\0"[..],
        b"BZh91AY&SY",
        b"\x28\xb5\x2f\xfd",
        b"\xfd7zXZ\0",
    ] {
        let text = [head, &b"x".repeat(100), CARD].concat();
        let told = told(&text, Limits::default());
        assert_eq!(told.found.len(), 1, "{head:?}");
        assert_eq!(told.unread.len(), 1, "{head:?}");
    }
}
