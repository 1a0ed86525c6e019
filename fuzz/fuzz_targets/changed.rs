//! A sound file of any form, with bytes changed, put in, taken out and cut off: what bytes by chance
//! reach only after long.

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

use std::sync::LazyLock;

static FORMS: LazyLock<Vec<forms::Form>> = LazyLock::new(|| {
    let card = cards::number("4929", 16, 3);
    forms::forms(&format!(
        "card: {card}\nthe order of 2026-11-25\ncvv: 917\n"
    ))
});

libfuzzer_sys::fuzz_target!(|input: (u8, u8, Vec<(u16, u8, u8)>)| {
    let (form, most, changes) = input;
    let Some((_, bytes)) = FORMS.get(usize::from(form) % FORMS.len()) else {
        return;
    };
    let mut bytes = bytes.clone();
    for (at, how, by) in changes {
        let at = usize::from(at) % (bytes.len() + 1);
        let end = bytes.len().min(at + usize::from(by));
        match how % 6 {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, by),
            2 => drop(bytes.splice(at..end, None)),
            3 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = by;
                }
            }
        }
    }
    invariants::hold(&bytes, usize::from(most) * 17);
});
