//! What stands directly before a place: whether a number can begin there.

use super::digits::{before, run};
use super::issuers::SHORTEST;
use super::sign::{hex, sign};

/// What stands directly before a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// Nothing that belongs to what begins there.
    Free,
    /// A digit: nothing begins there.
    Digit,
    /// A letter, which what begins there is glued to.
    Letter,
    /// The place is within an escape such as `%22`.
    Within,
}

/// Returns what stands before a place. An escape such as `%22`, `\u0022` or `\n` is not a part of
/// what follows it, though it ends in digits or letters.
pub(super) fn edge(bytes: &[u8], at: usize) -> Edge {
    let Some(last) = before(bytes, at) else {
        return Edge::Free;
    };
    if !(last.is_ascii_alphanumeric() || matches!(last, b'%' | b'#')) {
        return Edge::Free;
    }
    let from = |back: usize| at.checked_sub(back).and_then(|start| bytes.get(start..at));
    let here = |count: usize| bytes.get(at..at + count).and_then(hex).is_some();
    let ended = match (from(6), from(5), from(4), from(3), from(2)) {
        (Some([b'\\', b'u', code @ ..]), ..)
        | (_, Some([b'%', b'2', b'5', code @ ..]), ..)
        | (_, _, Some([b'\\', b'x', code @ ..]), ..) => hex(code).and_then(char::from_u32),
        (_, _, _, Some([b'%', code @ ..]), _) if !is_track(bytes, at - 3) => {
            hex(code).and_then(char::from_u32)
        }
        (_, _, _, Some([b'=', b'3', b'D']), _) => Some('='),
        (.., Some([b'\\', b'n' | b'r' | b't' | b'b' | b'f' | b'v' | b'0'])) => Some('\n'),
        _ => None,
    };
    let double = matches!(from(3), Some([b'%', b'2', b'5'])) && here(2);
    match ended {
        Some(_) if double => return Edge::Within,
        Some(is) if is.is_ascii_digit() => return Edge::Digit,
        Some(is) if is.is_alphabetic() => return Edge::Letter,
        Some(_) => return Edge::Free,
        None => {}
    }
    if within(bytes, at) {
        return Edge::Within;
    }
    match last {
        b'0'..=b'9' => Edge::Digit,
        b'%' | b'#' => Edge::Free,
        _ if ends_sign(bytes, at) => Edge::Free,
        _ => Edge::Letter,
    }
}

/// Tells whether a letter before a place is the second byte of a sign in an East Asian encoding, or
/// the end of what switches to another set of characters in ISO-2022-JP.
fn ends_sign(bytes: &[u8], at: usize) -> bool {
    let start = at.saturating_sub(3);
    if let Some([0x1b, b'(' | b'$', _]) = bytes.get(start..at) {
        return true;
    }
    let start = at.saturating_sub(2);
    bytes.get(start).is_some_and(|byte| *byte >= 0x80)
        && sign(bytes, start).is_some_and(|sign| sign.length == 2 && !sign.is.is_alphanumeric())
}

/// Tells whether `%B` at a place is the beginning of a track, and no escape: a number follows.
fn is_track(bytes: &[u8], at: usize) -> bool {
    let number = bytes.get(at + 2..).unwrap_or_default();
    let begins = matches!(bytes.get(at + 1), Some(b'B' | b'b'));
    begins && run(number, 0, SHORTEST) >= SHORTEST
}

/// Tells whether a place is in the middle of an escape.
fn within(bytes: &[u8], at: usize) -> bool {
    let is_hex = |at: usize, count: usize| bytes.get(at..at + count).and_then(hex).is_some();
    (1..=5).any(|back| {
        let Some(start) = at.checked_sub(back) else {
            return false;
        };
        match bytes.get(start..).unwrap_or_default() {
            [b'%', ..] => back <= 2 && is_hex(start + 1, 2) && !is_track(bytes, start),
            [b'\\', b'u', ..] => back >= 2 && is_hex(start + 2, 4),
            [b'\\', b'x', ..] => (2..4).contains(&back) && is_hex(start + 2, 2),
            [b'&', b'#', rest @ ..] => back >= 2 && rest.iter().take(7).any(|byte| *byte == b';'),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_is_no_part_of_what_follows() {
        for (before, after, expected) in [
            ("", "4111", Edge::Free),
            (" ", "4111", Edge::Free),
            ("a", "4111", Edge::Letter),
            ("1", "4111", Edge::Digit),
            ("%22", "4111", Edge::Free),
            ("%2522", "4111", Edge::Free),
            ("%25", "224111", Edge::Within),
            ("%", "224111", Edge::Within),
            ("%2", "24111", Edge::Within),
            ("%34", "111", Edge::Digit),
            ("\\u0022", "4111", Edge::Free),
            ("\\u", "00224111", Edge::Within),
            ("\\u00", "224111", Edge::Within),
            ("\\x22", "4111", Edge::Free),
            ("\\n", "4111", Edge::Free),
            ("=3D", "4111", Edge::Free),
            ("&#34;", "4111", Edge::Free),
            ("&#", "8226;", Edge::Within),
            ("#", "4111", Edge::Free),
            ("x%41", "111", Edge::Letter),
            ("\u{1b}$B", "#4#1", Edge::Free),
            ("%B", "4111111111111111", Edge::Letter),
            ("%B4", "111111111111111", Edge::Digit),
        ] {
            let text = format!("{before}{after}");
            assert_eq!(edge(text.as_bytes(), before.len()), expected, "{text}");
        }
    }
}
