use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::*;
use crate::cardholder::finder::Instructions;
use crate::cardholder::pass::{End, Pass};
use crate::cardholder::{Rules, Scanner};

fn letter(text: &[u8], at: usize) -> bool {
    text.get(at).is_some_and(|byte| value(*byte) < SIGNS)
}

/// Looks at every place.
fn slowly(text: &[u8]) -> Vec<(u64, Encoding)> {
    let mut found = Vec::new();
    let mut run = 0;
    for at in 0..text.len() {
        if !letter(text, at) {
            run = at + 1;
        }
        let begins = at == run || at > 0 && text[at - 1] == b'/';
        let enough = (at..at + crate::cardholder::encoding::SHORTEST).all(|at| letter(text, at));
        if begins
            && enough
            && let Some((at, encoding)) = letters(text, at)
        {
            found.push((at as u64, encoding));
        }
        if at > run
            && (at - run) % AGAIN == 0
            && let Some(encoding) = Encoding::of(&text[at..])
        {
            found.push((at as u64, encoding));
        }
        let wide = |pair: usize| {
            let pair = text.get(at + 2 * pair..at + 2 * pair + 2);
            matches!(pair, Some([byte, 0]) if is_printable(*byte))
        };
        if (0..WIDE).all(wide) {
            found.push((at as u64, Encoding::Wide));
        }
    }
    found.sort_by_key(|start| start.0);
    found
}

fn lines(text: &[u8], at: u64) -> (u64, u64) {
    let before = &text[..usize::try_from(at).expect("small")];
    let last = before.iter().rposition(|byte| *byte == b'\n');
    let lines = before.split(|byte| *byte == b'\n').count() - 1;
    (lines as u64, last.map_or(0, |last| last as u64 + 1))
}

/// Returns parts of texts: encoded texts, other letters, long runs, and what stands between.
fn texts() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        "[ -~]{0,60}".prop_map(|text| STANDARD.encode(text).into_bytes()),
        "[ -~]{0,30}".prop_map(|text| text.bytes().flat_map(|byte| [byte, 0]).collect()),
        "[ -~]{0,30}".prop_map(|text| {
            let hex = text.bytes().map(|byte| format!("{byte:02x}"));
            hex.collect::<String>().into_bytes()
        }),
        "[A-Za-z0-9+/_-]{0,40}".prop_map(String::into_bytes),
        (0_usize..3000).prop_map(|count| b"AbCdE/".repeat(count / 6)),
        (0_usize..3000).prop_map(|count| b"SGVsbG8g".repeat(count / 8)),
        "[ %\\\\nrt\n\0=:/,\u{e9}]{0,4}".prop_map(String::into_bytes),
    ];
    proptest::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn starts_are_found_as_byte_by_byte(text in texts()) {
        let slow = slowly(&text);
        for instructions in Instructions::all() {
            let mut pass = Pass::new(Rules::built_in(), instructions).telling_starts();
            pass.decide(&text, text.len(), End::Text, &mut |_| {});
            let found: Vec<_> = pass.starts().iter().map(|one| (one.at.offset, one.encoding)).collect();
            prop_assert_eq!(&found, &slow);
            for start in pass.starts() {
                let expected = lines(&text, start.at.offset);
                prop_assert_eq!((start.at.lines, start.at.start), expected);
            }
        }
    }

    #[test]
    fn starts_are_found_in_texts_of_several_pieces(text in texts(), before in 0_usize..9000) {
        let text = [vec![b'.'; 131_000 + before], text].concat();
        let mut scanner = Scanner::telling_starts(Rules::built_in());
        let mut found = Vec::new();
        let mut rest = &*text;
        while !rest.is_empty() {
            rest = scanner.take(rest);
            if scanner.is_full() {
                scanner.settle(&mut |_| {});
                found.extend_from_slice(scanner.passed().starts);
                scanner.let_go();
            }
        }
        scanner.end(&mut |_| {});
        found.extend_from_slice(scanner.passed().starts);
        let found: Vec<_> = found.iter().map(|one| (one.at.offset, one.encoding)).collect();
        prop_assert_eq!(found, slowly(&text));
    }
}
