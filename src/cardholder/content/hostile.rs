//! Files that are made to exhaust who reads them, or to slip something past. Each ends within its
//! limits, and is told.

use super::packing::{CARD, Member, bzip2, gzip, noise, tar_member, zip, zstd};
use super::tests::{Told, told, told_anywhere, told_passing};
use super::{Limits, Why};

fn told_of(bytes: &[u8]) -> Told {
    told(bytes, Limits::default())
}

/// Limits that a test reaches soon.
fn tight() -> Limits {
    Limits {
        expanded_anyway: 1 << 20,
        ratio_at_most: 100,
        ..Limits::default()
    }
}

#[test]
fn bombs_end_at_the_limit_however_they_are_packed_and_nested() {
    let zeros = vec![0; 8 << 20];
    let bombs = [gzip(&zeros), bzip2(&zeros), zstd(&zeros)];
    let member = |bytes: &[u8]| Member::deflated("bomb", bytes);
    for bomb in bombs {
        let one = zip(&[member(&bomb)]);
        let many = zip(&vec![member(&one); 4]);
        for file in [bomb.clone(), one, many, tar_member("bomb", b'0', &bomb)] {
            for told in [told_anywhere(&file, tight()), told_passing(&file, tight())] {
                let whys: Vec<Why> = told.unread.iter().map(|unread| unread.1).collect();
                assert!(matches!(*whys, [Why::ExpandsTooFar(_)]), "{whys:?}");
                assert!(told.bytes < 4 << 20, "{}", told.bytes);
            }
        }
    }
}

#[test]
fn what_unpacks_to_itself_ends_at_the_depth() {
    let streams = (0..40).fold(CARD.to_vec(), |inner, _| gzip(&inner));
    assert_eq!(told_of(&streams).unread, [(String::new(), Why::TooDeep(8))]);
    let archives = (0..40).fold(CARD.to_vec(), |inner, _| {
        zip(&[Member::stored("n.zip", &inner)])
    });
    let told = told_of(&archives);
    let path = ["n.zip"; 9].join("!");
    assert_eq!(told.unread, [(path, Why::TooDeep(8))]);
}

#[test]
fn windows_beyond_the_limit_are_told_before_they_are_made() {
    let xz: &[u8] = &[
        0xfd, b'7', b'z', b'X', b'Z', 0, 0, 4, 0xe6, 0xd6, 0xb4, 0x46, 2, 0, 0x21, 1, 40, 0, 0, 0,
        0, 0, 0, 0,
    ];
    let zstd: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd, 0, 0xf8, 0, 0, 0];
    let one_segment: &[u8] = &[
        0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,
    ];
    let lzma: &[u8] = &[
        0x5d, 0, 0, 0, 0x80, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0,
    ];
    for (packed, method) in [(xz, 95), (zstd, 93), (one_segment, 93), (lzma, 0)] {
        let member = Member {
            method,
            ..Member::stored("a", packed)
        };
        for (file, path) in [(packed.to_vec(), ""), (zip(&[member]), "a")] {
            let most = Limits::default().window;
            let expected = [(path.to_owned(), Why::WindowTooLarge(most))];
            assert_eq!(told_of(&file).unread, expected, "{packed:?}");
        }
    }
}

#[test]
fn windows_of_nested_decoders_count_together() {
    let limits = Limits {
        window: 5 * 1024 * 1024,
        ..Limits::default()
    };
    let one = bzip2(&noise(1 << 20));
    assert_eq!(told(&one, limits).unread, []);
    let two = told(&bzip2(&one), limits);
    assert_eq!(
        two.unread,
        [(String::new(), Why::WindowTooLarge(limits.window))]
    );
}

#[test]
fn names_that_lead_out_of_the_tree_are_only_names() {
    let name = "../../../tmp/4111111111111111.txt";
    let told = told_of(&zip(&[Member::stored(name, CARD)]));
    let shown = "../../../tmp/************1111.txt";
    assert_eq!(told.members(), [shown, shown]);
    assert!(!std::path::Path::new("/tmp/4111111111111111.txt").exists());
}

#[test]
fn one_sign_per_line_or_no_line_at_all_is_no_number() {
    for text in ["4\n", "4 ", "4", "4-", "PK", "<", "&#"] {
        let told = told_of(text.repeat(1 << 14).as_bytes());
        assert_eq!(told.found, [], "{text}");
        assert_eq!(told.unread, [], "{text}");
    }
}

#[test]
fn whatever_is_cut_off_or_changed_is_read_without_a_panic() {
    let inner = [gzip(CARD), bzip2(CARD), zstd(CARD)].concat();
    let file = zip(&[
        Member::deflated("a", &inner).sizes_after(),
        Member::stored("b", &tar_member("c", b'0', CARD)),
    ]);
    for at in 0..file.len() {
        told_anywhere(&file[..at], Limits::default());
        let mut changed = file.clone();
        changed[at] ^= 0x55;
        let _ = told_anywhere(&changed, Limits::default());
        let _ = told_passing(&changed, Limits::default());
    }
}
