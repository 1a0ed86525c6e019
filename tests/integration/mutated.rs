//! Whatever the bytes: no panic, nothing told that may not be, and the same findings however the
//! bytes come. What is cut off is told. `fuzz/` looks for what these cases miss.

use proptest::prelude::*;

use super::cards::number;
use super::forms::{Form, forms};
use super::invariants::{Told, hold};

/// What is cut off shows by nothing in these: they are texts and end anywhere, or are made to be
/// read without their end.
const ENDLESS: &[&str] = &[
    "txt",
    "utf16",
    "utf16be",
    "cp932",
    "eucjp",
    "iso2022jp",
    "base64",
    "hex",
    "json",
    "url",
    "html",
    "gz.json",
    "pdf",
    "mbox",
];

fn sample() -> Vec<Form> {
    let text = format!(
        "card: {}\nthe order of 2026-11-25 was paid\ncvv: 917\n",
        number("4929", 16, 3)
    );
    forms(&text)
}

fn last_four(told: &Told) -> Vec<String> {
    let masked = told.found.iter().filter_map(|one| one.2.masked.as_ref());
    masked.map(|masked| masked.last_four().to_owned()).collect()
}

#[test]
fn every_form_is_read_whole() {
    let last = &number("4929", 16, 3)[12..];
    for (form, bytes) in sample() {
        let told = hold(&bytes, 7);
        assert_eq!(told.unread, [], "{form}");
        let found = last_four(&told);
        assert!(
            found.iter().all(|four| four == last) && !found.is_empty(),
            "{form}: {found:?}"
        );
    }
}

#[test]
fn what_is_cut_off_anywhere_is_told() {
    for (form, bytes) in sample() {
        if ENDLESS.contains(&form) {
            continue;
        }
        // Before the least it can't be seen what it was to be, and after the most nothing is gone.
        let least = match form {
            "tar" => 512,
            "eml" => memchr::memmem::find(&bytes, b"\r\n\r\n").unwrap() + 4,
            _ => 40,
        };
        let most = bytes.iter().rposition(|byte| *byte != 0).unwrap();
        for tenth in 0..10 {
            let cut = least + (most - least) * tenth / 10;
            let told = hold(&bytes[..cut], 11);
            assert!(
                !told.unread.is_empty(),
                "{form} cut at {cut} of {}",
                bytes.len()
            );
        }
    }
}

/// A change of a file.
#[derive(Debug, Clone)]
enum Change {
    Cut(prop::sample::Index),
    Flip(prop::sample::Index, u8),
    Swap(prop::sample::Index, Vec<u8>),
    Repeat(prop::sample::Index, prop::sample::Index),
    Append(prop::sample::Index),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        at().prop_map(Change::Cut),
        (at(), any::<u8>()).prop_map(|(at, by)| Change::Flip(at, by)),
        (at(), prop::collection::vec(any::<u8>(), 1..9)).prop_map(|(at, by)| Change::Swap(at, by)),
        (at(), at()).prop_map(|(from, to)| Change::Repeat(from, to)),
        at().prop_map(Change::Append),
    ]
}

fn changed(mut bytes: Vec<u8>, change: &Change, others: &[Form]) -> Vec<u8> {
    let place = |at: &prop::sample::Index, bytes: &[u8]| at.index(bytes.len() + 1);
    match change {
        Change::Cut(at) => bytes.truncate(place(at, &bytes)),
        Change::Flip(at, by) => {
            let at = place(at, &bytes);
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= by;
            }
        }
        Change::Swap(at, by) => {
            let at = place(at, &bytes);
            let end = bytes.len().min(at + by.len());
            bytes.splice(at..end, by.iter().copied());
        }
        Change::Repeat(from, to) => {
            let (from, to) = (place(from, &bytes), place(to, &bytes));
            let part = bytes[from.min(to)..from.max(to)].to_vec();
            bytes.splice(to..to, part);
        }
        Change::Append(other) => bytes.extend(&other.get(others).1),
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_changed_is_read_the_same_in_any_pieces(
        form in any::<prop::sample::Index>(),
        changes in prop::collection::vec(change(), 1..6),
        most in 1_usize..5000,
    ) {
        let all = sample();
        let mut bytes = form.get(&all).1.clone();
        for change in &changes {
            bytes = changed(bytes, change, &all);
        }
        hold(&bytes, most);
    }
}
