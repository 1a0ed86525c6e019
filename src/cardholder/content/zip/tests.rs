use super::super::packing::{CARD, Member, bzip2, gzip, zip, zip_of, zstd};
use super::super::tests::{Told, told, told_anywhere, told_passing};
use super::super::{Limits, Place, Why};

fn told_of(members: &[Member]) -> Told {
    told(&zip(members), Limits::default())
}

#[test]
fn members_are_read_however_they_are_packed() {
    let packed = |method, packed| Member {
        packed,
        method,
        ..Member::stored("a.log", CARD)
    };
    let members = [
        Member::stored("a.log", CARD),
        Member::deflated("a.log", CARD),
        packed(12, bzip2(CARD)),
        packed(93, zstd(CARD)),
    ];
    for member in members {
        for member in [member.clone(), member.sizes_after()] {
            let after = Member::stored("b", CARD);
            let told = told_of(&[member, after]);
            assert_eq!(told.members(), ["a.log", "b"]);
            assert_eq!(told.unread, []);
        }
    }
}

#[test]
fn archives_in_archives_and_streams_are_read_in_passing() {
    let inner = zip(&[Member::deflated("in", CARD).sizes_after()]);
    let stored = Member::stored("stored.zip", &inner).sizes_after();
    let outer = zip(&[stored, Member::deflated("deflated.zip", &inner)]);
    let told = told(&gzip(&outer), Limits::default());
    assert_eq!(told.members(), ["stored.zip!in", "deflated.zip!in"]);
    assert_eq!(told.unread, []);
}

#[test]
fn names_and_comments_are_scanned_and_masked() {
    let name = "4111111111111111.txt";
    let members = Member::stored(name, b"").local();
    let entry = Member::stored(name, b"").entry(0);
    let told = told(&zip_of(members, &entry, 1, CARD), Limits::default());
    let shown = "************1111.txt";
    let places: Vec<(&str, Place)> = told
        .found
        .iter()
        .map(|found| (found.0.as_str(), found.1))
        .collect();
    assert_eq!(places, [(shown, Place::Name), ("", Place::Name)]);
}

#[test]
fn what_is_encrypted_or_packed_in_an_unknown_way_is_told_and_the_rest_read() {
    let encrypted = Member {
        flags: 1,
        ..Member::stored("secret", b"0123456789abcdef")
    };
    let unknown = Member {
        method: 98,
        ..Member::stored("odd", b"0123456789abcdef")
    };
    let told = told_of(&[
        encrypted.clone(),
        encrypted.sizes_after(),
        unknown,
        Member::deflated("b", CARD),
    ]);
    assert_eq!(told.members(), ["b"]);
    let why: Vec<Why> = told.unread.iter().map(|unread| unread.1).collect();
    let odd = Why::NotSupported("its method of packing");
    assert_eq!(why, [Why::Encrypted, Why::Encrypted, odd]);
}

#[test]
fn members_that_the_directory_leaves_out_are_read() {
    let members = Member::deflated("hidden", CARD).local();
    let told = told(&zip_of(members, b"", 0, b""), Limits::default());
    assert_eq!(told.members(), ["hidden"]);
}

#[test]
fn members_that_only_the_directory_shows_are_read_or_told() {
    // A member lies inside another that is not packed.
    let inner = Member::deflated("inner", CARD);
    let outer = Member::stored("outer", &[b"xx", &inner.local()[..]].concat());
    let offset = u32::try_from(outer.local().len() - inner.local().len()).expect("small");
    let directory = [outer.entry(0), inner.entry(offset)].concat();
    let archive = zip_of(outer.local(), &directory, 2, b"");
    let anywhere = told_anywhere(&archive, Limits::default());
    assert_eq!(anywhere.members(), ["outer!inner", "inner"]);
    assert_eq!(anywhere.unread, []);
    let passing = told_passing(&archive, Limits::default());
    assert_eq!(passing.members(), ["outer!inner"]);
    assert_eq!(passing.unread, [("inner".to_owned(), Why::Damaged)]);
}

#[test]
fn a_header_that_lies_about_its_length_hides_nothing() {
    let mut lying = Member::stored("lying", b"text").local();
    lying[18..22].copy_from_slice(&0x00ff_ffff_u32.to_le_bytes());
    let honest = Member::deflated("honest", CARD);
    let offset = u32::try_from(lying.len()).expect("small");
    let entries = [
        Member::stored("lying", b"text").entry(0),
        honest.entry(offset),
    ];
    let archive = zip_of([lying, honest.local()].concat(), &entries.concat(), 2, b"");
    let told = told_anywhere(&archive, Limits::default());
    assert_eq!(told.members(), ["lying!honest", "honest"]);
    assert!(!told_passing(&archive, Limits::default()).unread.is_empty());
}

#[test]
fn programs_that_unpack_themselves_are_read() {
    let archive = zip(&[Member::deflated("a", CARD)]);
    for stub in [&b"MZ\0\0stub\0"[..], b"\x7fELF\0", b"#!/bin/sh\nexit\n"] {
        let told = told(&[stub, &archive].concat(), Limits::default());
        assert_eq!(told.members(), ["a"], "{stub:?}");
        assert_eq!(told.unread, [], "{stub:?}");
    }
}

#[test]
fn an_archive_that_is_cut_off_is_read_as_far_as_it_goes() {
    let archive = zip(&[Member::deflated("a", CARD), Member::deflated("b", CARD)]);
    let told = told(&archive[..archive.len() - 60], Limits::default());
    assert_eq!(told.members(), ["a", "b"]);
    assert!(told.unread.contains(&(String::new(), Why::Damaged)));
}

#[test]
fn many_members_are_told() {
    let limits = Limits {
        members: 100,
        ..Limits::default()
    };
    let members = vec![Member::stored("a", b""); 200];
    let told = told(&zip(&members), limits);
    assert_eq!(told.unread, [("a".to_owned(), Why::TooManyMembers(100))]);
}

#[test]
fn entries_that_overlap_end_the_reading() {
    // One makes an output of its own each time, the other takes long to give none.
    let kernel = Member::deflated("k", &vec![b'a'; 1 << 12]);
    let empty = Member {
        packed: [&[0, 0, 0, 0xff, 0xff].repeat(2_000)[..], &[3, 0]].concat(),
        ..Member::deflated("k", b"")
    };
    for kernel in [kernel, empty] {
        // Each entry shows the same member, and none is as it was read.
        let mut other = kernel.clone();
        other.packed.push(0);
        let entries: Vec<u8> = (0..2_000).flat_map(|_| other.entry(0)).collect();
        let archive = zip_of(kernel.local(), &entries, 2_000, b"");
        let told = told_anywhere(&archive, Limits::default());
        let last = told.unread.last().map(|unread| unread.1);
        assert_eq!(last, Some(Why::Overlaps));
        assert!(told.bytes < 16 << 20, "{}", told.bytes);
    }
}
