//! What a key is a part of: the object, element, block or section around it.

use std::ops::Range;

use super::key::{Key, key};
use super::naming::line_start;

/// How far back the beginning of what is around a key is looked for.
const OPENED: usize = 512;

/// What a key is a part of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whole {
    /// Something with a name.
    Named(Range<usize>),
    /// A tag, of which the key is an attribute.
    Tag(Range<usize>),
}

/// Returns what a key is a part of.
pub(super) fn whole(bytes: &[u8], key: &Key) -> Option<Whole> {
    let at = key.range.start;
    if let Some(open) = opening(bytes, at) {
        return match bytes.get(open) {
            Some(b'<') => Some(Whole::Tag(open + 1..at)),
            _ => self::key(bytes, open).map(|key| Whole::Named(key.range)),
        };
    }
    let tag = at
        .checked_sub(1)
        .filter(|tag| bytes.get(*tag) == Some(&b'<'));
    let name = match tag {
        Some(tag) => element(bytes, tag),
        None => section(bytes, key).or_else(|| block(bytes, key)),
    };
    name.map(Whole::Named)
}

/// Returns where the brace, bracket or tag opens that a place is in.
fn opening(bytes: &[u8], at: usize) -> Option<usize> {
    let from = at.saturating_sub(OPENED);
    let before = bytes.get(from..at)?;
    let mut closed = 0_usize;
    for (place, byte) in before.iter().enumerate().rev() {
        match byte {
            b'}' | b')' => closed += 1,
            b'{' | b'(' if closed == 0 => return Some(from + place),
            b'{' | b'(' => closed -= 1,
            b'<' if closed == 0 && before.get(place + 1).is_some_and(u8::is_ascii_alphabetic) => {
                return Some(from + place);
            }
            b'>' if closed == 0 => return None,
            _ => {}
        }
    }
    None
}

/// Returns the name of the element that an element is in, whose tag begins at a place.
fn element(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let from = at.saturating_sub(OPENED);
    let mut before = bytes.get(from..at)?;
    let mut closed = 0_usize;
    while let Some(close) = before.iter().rposition(|byte| *byte == b'>') {
        let open = before
            .get(..close)?
            .iter()
            .rposition(|byte| *byte == b'<')?;
        match before.get(open + 1..close)? {
            [b'/', ..] => closed += 1,
            [b'?' | b'!', ..] | [.., b'/'] => {}
            _ if closed > 0 => closed -= 1,
            _ => return Some(from + open + 1..from + close),
        }
        before = before.get(..open)?;
    }
    None
}

/// Returns the name of the section that a line is in: `[card]`, as in TOML and INI.
fn section(bytes: &[u8], key: &Key) -> Option<Range<usize>> {
    let assigns = matches!(
        bytes.get(key.range.end..key.range.end + 2),
        Some([b'=', _] | [b' ', b'='])
    );
    if !assigns || !begins_line(bytes, key.range.start) {
        return None;
    }
    let from = key.range.start.saturating_sub(OPENED);
    let before = bytes.get(from..key.range.start)?;
    let open = before
        .windows(2)
        .rposition(|pair| pair == b"\n[")
        .map(|line| line + 1)
        .or_else(|| (from == 0 && before.first() == Some(&b'[')).then_some(0))?;
    let close = before.get(open..)?.iter().position(|byte| *byte == b']')?;
    // A line that has more than that is a line of a log.
    matches!(before.get(open + close + 1), Some(b'\n' | b'\r'))
        .then_some(from + open + 1..from + open + close)
}

/// Returns the name of the block that an indented line is in, as in YAML: the nearest line above with
/// less before it, if it ends in a colon.
fn block(bytes: &[u8], key: &Key) -> Option<Range<usize>> {
    let start = line_start(bytes, key.range.start, OPENED);
    let within = indent(bytes.get(start..key.range.start)?)?;
    let assigns = bytes
        .get(key.range.end..)?
        .iter()
        .find(|byte| !matches!(byte, b'"' | b'\''));
    if within == 0 || assigns != Some(&b':') {
        return None;
    }
    let floor = start.saturating_sub(OPENED);
    let mut end = start.checked_sub(1)?;
    while end > floor {
        let begins = line_start(bytes, end, end - floor);
        let line = bytes.get(begins..end)?;
        let text = line
            .iter()
            .position(|byte| !matches!(byte, b' ' | b'-' | b'"' | b'\''));
        if let Some(text) = text
            && indent(line.get(..text)?)? < within
        {
            let name = line.get(text..)?.trim_ascii_end().strip_suffix(b":")?;
            let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-. ".contains(byte);
            let plain = name.iter().all(plain);
            return plain.then_some(begins + text..begins + text + name.len());
        }
        end = begins.checked_sub(1)?;
    }
    None
}

/// Returns how far a line is indented by what stands before its text: spaces, and the dash of a list.
fn indent(before: &[u8]) -> Option<usize> {
    let spaces = before
        .iter()
        .all(|byte| matches!(byte, b' ' | b'-' | b'"' | b'\''));
    spaces.then_some(
        before
            .iter()
            .filter(|byte| matches!(byte, b' ' | b'-'))
            .count(),
    )
}

/// Tells whether a place is the first of its line.
fn begins_line(bytes: &[u8], at: usize) -> bool {
    at.checked_sub(1)
        .is_none_or(|before| bytes.get(before) == Some(&b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_key_is_a_part_of_is_found() {
        for (text, expected) in [
            ("{\"card\":{\"a\":{\"b\":1},\"number\":\"", Some("card")),
            ("Card(number=", Some("Card")),
            ("<card number=\"", Some("card ")),
            ("<card><number>", Some("card")),
            ("<card><type>VI</type>\n <number>\n", Some("card")),
            ("<order/><number>", None),
            (
                "- order:\n    number: 1\n  card:\n    number: '",
                Some("card"),
            ),
            ("card:\n  - kind: a\n    number: ", Some("card")),
            ("card: 1\n  number: ", None),
            ("x [order]\n[card]\nname = \"a\"\nnumber = \"", Some("card")),
            ("[12:00:01] card\nnumber=", None),
            ("number=", None),
        ] {
            let key = key(text.as_bytes(), text.len()).expect(text);
            let found = whole(text.as_bytes(), &key).map(|whole| match whole {
                Whole::Named(range) | Whole::Tag(range) => text.get(range).unwrap_or_default(),
            });
            assert_eq!(found, expected, "{text}");
        }
    }
}
