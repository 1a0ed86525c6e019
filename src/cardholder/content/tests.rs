use std::io::Cursor;

use super::packing::{CARD, gzip};
use super::*;

/// What an observer was told.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) found: Vec<(String, Place, String, u64)>,
    pub(super) unread: Vec<(String, Why)>,
    pub(super) bytes: u64,
}

impl Observer for Told {
    fn found(&mut self, member: &str, place: Place, found: Match) {
        let shown = found.masked.map(|masked| masked.to_string());
        self.found.push((
            member.to_owned(),
            place,
            shown.unwrap_or_default(),
            found.offset,
        ));
    }

    fn unread(&mut self, member: &str, why: Why) {
        self.unread.push((member.to_owned(), why));
    }

    fn scanned(&mut self, bytes: u64) {
        self.bytes += bytes;
    }
}

/// Returns what an observer is told of a file, which is the same in passing and from any place.
pub(super) fn told(bytes: &[u8], limits: Limits) -> Told {
    let told = told_anywhere(bytes, limits);
    let passing = told_passing(bytes, limits);
    assert_eq!(told.found, passing.found, "however it is read");
    assert_eq!(told.unread, passing.unread, "however it is read");
    told
}

pub(super) fn told_anywhere(bytes: &[u8], limits: Limits) -> Told {
    let mut told = Told::default();
    let mut stream = Cursor::new(bytes);
    read(
        Rules::built_in(),
        limits,
        Source::Anywhere(&mut stream),
        &mut told,
    );
    told
}

pub(super) fn told_passing(bytes: &[u8], limits: Limits) -> Told {
    let mut told = Told::default();
    let mut input = bytes;
    read(
        Rules::built_in(),
        limits,
        Source::Passing(&mut input),
        &mut told,
    );
    told
}

impl Told {
    /// Returns the members in which something was found, in their order.
    pub(super) fn members(&self) -> Vec<&str> {
        self.found.iter().map(|found| found.0.as_str()).collect()
    }
}

#[test]
fn gzip_of_several_members_is_read_as_one() {
    let packed = [gzip(CARD), gzip(CARD)].concat();
    let told = told(&packed, Limits::default());
    let places: Vec<u64> = told.found.iter().map(|found| found.3).collect();
    assert_eq!(places, [5, 5 + CARD.len() as u64]);
    assert_eq!((told.unread.len(), told.bytes), (0, 2 * CARD.len() as u64));
}

#[test]
fn what_is_cut_off_is_scanned_as_far_as_it_goes_and_told() {
    let mut text = CARD.to_vec();
    text.extend((0..20_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()));
    let packed = gzip(&text);
    let told = told(&packed[..packed.len() - 20], Limits::default());
    assert_eq!(told.found.len(), 1);
    assert_eq!(told.unread, [(String::new(), Why::Damaged)]);
}

#[test]
fn what_unpacks_too_far_or_lies_too_deep_is_told() {
    let limits = Limits {
        expanded_anyway: 1 << 20,
        ratio_at_most: 100,
        ..Limits::default()
    };
    let bomb = gzip(&vec![b'0'; 8 << 20]);
    let one = told(&bomb, limits);
    assert!(
        matches!(one.unread.as_slice(), [(_, Why::ExpandsTooFar(_))]),
        "{one:?}"
    );
    assert!(one.bytes <= 3 << 20, "{}", one.bytes);

    let deep = (0..12).fold(CARD.to_vec(), |inner, _| gzip(&inner));
    let one = told(&deep, Limits::default());
    assert_eq!(one.unread, [(String::new(), Why::TooDeep(8))]);
}
