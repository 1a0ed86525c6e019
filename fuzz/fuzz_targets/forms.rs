//! Any text in every form: what is packed whole is read whole and gives what the text gives, and
//! what is cut off is told.

#![no_main]

#[path = "../../tests/integration/cards.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod cards;
#[path = "../../tests/integration/forms.rs"]
mod forms;
#[path = "../../tests/integration/invariants.rs"]
mod invariants;
#[path = "../../src/cardholder/content/packing.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod packing;

/// Streams that hold one content each: it has the same places as the text.
const STREAMS: &[&str] = &["gz", "bz2", "xz", "zst", "lz4"];

libfuzzer_sys::fuzz_target!(|input: (&str, u8)| {
    let (text, cut) = input;
    // A page of the database has room for so much.
    if text.len() > 3000 || text.is_empty() {
        return;
    }
    let plain = invariants::hold(text.as_bytes(), 13);
    for (form, bytes) in forms::forms(text) {
        let whole = invariants::hold(&bytes, 4096);
        // Of less it can't be seen what it is.
        if STREAMS.contains(&form) && bytes.len() >= 64 {
            assert!(whole == plain || !plain.unread.is_empty(), "{form} differs");
            let cut = 16 + (bytes.len() - 16) * usize::from(cut) / 256;
            let told = invariants::hold(&bytes[..cut], 64);
            assert!(!told.unread.is_empty(), "{form} cut at {cut} is clean");
        }
    }
});
