//! Any bytes: no panic, bounded memory, nothing told that may not be, and the same findings in
//! pieces of any size. What holds is held in `tests/integration/invariants.rs`.

#![no_main]

#[path = "../../tests/integration/invariants.rs"]
mod invariants;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((most, bytes)) = bytes.split_first() else {
        return;
    };
    invariants::hold(bytes, usize::from(*most) * 17);
});
