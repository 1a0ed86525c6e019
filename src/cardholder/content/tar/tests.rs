use super::super::packing::{CARD, gzip, tar, tar_header, tar_member};
use super::super::tests::told;
use super::super::{Limits, Place, Why};

#[test]
fn members_are_read_one_after_the_other() {
    let inner = tar(&[("in", CARD)]);
    let packed = gzip(CARD);
    let archive = tar(&[
        ("a/b.log", CARD),
        ("empty", b""),
        ("t", &inner),
        ("z", &packed),
    ]);
    for archive in [archive.clone(), gzip(&archive)] {
        let told = told(&archive, Limits::default());
        assert_eq!(told.members(), ["a/b.log", "t!in", "z"]);
        assert_eq!(told.unread, []);
    }
}

#[test]
fn what_ends_between_two_members_without_its_end_is_told() {
    let whole = tar(&[("a", CARD), ("b", CARD)]);
    for (cut, unread) in [
        (1024, 1),
        (2048, 1),
        (2048 + 200, 1),
        (2048 + 512, 0),
        (whole.len(), 0),
    ] {
        let told = told(&whole[..cut], Limits::default());
        assert_eq!(told.unread.len(), unread, "{cut}");
    }
}

#[test]
fn archives_one_after_the_other_are_read() {
    let archive = [tar(&[("a", CARD)]), vec![0; 9000], tar(&[("b", CARD)])].concat();
    let told = told(&archive, Limits::default());
    assert_eq!(told.members(), ["a", "b"]);
}

#[test]
fn long_names_and_links_are_names() {
    let number = "4111111111111111";
    let shown = "************1111";
    let long = format!("{}{number}", "d/".repeat(100));
    let property = format!("path={number}\n");
    let pax = format!("{} {property}", property.len() + 3);
    let member = tar_member("short", b'0', b"");
    let cases: [(Vec<u8>, String); 4] = [
        (
            [tar_member("x", b'L', long.as_bytes()), member.clone()].concat(),
            long.replace(number, shown),
        ),
        (
            [tar_member("x", b'x', pax.as_bytes()), member.clone()].concat(),
            shown.to_owned(),
        ),
        (
            [tar_member("x", b'K', number.as_bytes()), member.clone()].concat(),
            "short".to_owned(),
        ),
        (tar_header("link", b'2', 0, number), "link".to_owned()),
    ];
    for (archive, name) in cases {
        let ended = [archive, tar(&[])].concat();
        let told = told(&ended, Limits::default());
        assert_eq!(told.members(), [name.as_str()]);
        assert_eq!(told.found[0].1, Place::Name);
        assert_eq!(told.unread, []);
    }
}

#[test]
fn what_is_cut_off_or_lies_about_its_size_is_told() {
    let mut archive = tar_header("huge", b'0', 1 << 32, "");
    archive.extend(CARD);
    let told = told(&archive, Limits::default());
    assert_eq!(told.members(), ["huge"]);
    assert_eq!(told.unread[0], ("huge".to_owned(), Why::Damaged));
}

#[test]
fn a_file_with_holes_is_scanned_and_told() {
    let archive = [tar_member("sparse", b'S', CARD), tar(&[])].concat();
    let told = told(&archive, Limits::default());
    assert_eq!(told.members(), ["sparse"]);
    assert_eq!(told.unread.len(), 1);
}

#[test]
fn a_name_without_end_is_told() {
    let archive = [
        tar_member("x", b'L', &vec![b'a'; 1 << 20]),
        tar(&[("b", CARD)]),
    ];
    let told = told(&archive.concat(), Limits::default());
    assert_eq!(told.members(), ["b"]);
    assert_eq!(told.unread.len(), 1);
}
