//! What stands between a name and its value, other than a sign that assigns: a length, leaders, the
//! space after an option, the empty line before the content of a part.

use std::ops::Range;

/// How many dots lead from a name to its value.
pub(super) const LEADERS: usize = 4;
/// The longest line of dots.
const LINE: usize = 160;

/// Returns where it begins that a bracket at a place ends, and that tells the length of a value:
/// `[16] `, or `string(16) ` as PHP shows it.
pub(super) fn told_length(bytes: &[u8], close: usize, at: usize) -> Option<usize> {
    let from = close.saturating_sub(4);
    let inner = bytes.get(from..close)?;
    let open = inner.iter().rposition(|byte| matches!(byte, b'[' | b'('))?;
    let told = inner.get(open + 1..)?.iter().try_fold(0, |sum, byte| {
        let digit = byte.is_ascii_digit().then(|| usize::from(byte - b'0'))?;
        Some(sum * 10 + digit)
    })?;
    let value = bytes.get(at..)?.iter().take(told * 2 + 1);
    let quoted = at.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'"');
    let length = value.take_while(|byte| match quoted {
        true => **byte != b'"',
        false => byte.is_ascii_alphanumeric() || matches!(byte, b'=' | b'*'),
    });
    let length = length.count();
    // Of binary values, bytes are counted.
    if told == 0 || (length != told && length != told * 2) {
        return None;
    }
    let name = bytes.get((from + open).saturating_sub(6)..from + open)?;
    let letters = name
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_lowercase());
    Some(from + open - letters.count())
}

/// Returns how many dots stand in a row, the last at a place; no more than a line of a table has.
pub(super) fn dots(bytes: &[u8], last: usize) -> usize {
    let before = bytes.get((last + 1).saturating_sub(LINE)..=last);
    let dots = before.unwrap_or_default().iter().rev();
    dots.take_while(|byte| **byte == b'.').count()
}

/// Returns where the option of a command begins that is all there is before a value: `--cvv 123`.
pub(super) fn option(bytes: &[u8], key: Range<usize>, at: usize) -> Option<usize> {
    let text = bytes.get(key.clone())?;
    let from = text.iter().rposition(|byte| *byte == b' ');
    let word = text.get(from.map_or(0, |space| space + 1)..)?;
    let name = word
        .strip_prefix(b"--")
        .or_else(|| word.strip_prefix(b"-"))?;
    let apart = matches!(bytes.get(key.end..at), Some([b' ', quote @ ..]) if quote.len() <= 1);
    let named = name.first().is_some_and(u8::is_ascii_alphabetic);
    (apart && named).then(|| key.end - word.len())
}

/// Returns where the name of a part of a form begins, of which a value is the content: between
/// them is an empty line (RFC 7578).
pub(super) fn part(bytes: &[u8], key: Range<usize>, at: usize) -> Option<usize> {
    let head = bytes.get(..key.start)?;
    let between = bytes.get(key.end..at)?;
    (head.ends_with(b"name=\"") && matches!(between, b"\"\n\n" | b"\"\r\n\r\n"))
        .then_some(key.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_one_only_if_the_value_has_it() {
        for (text, value, expected) in [
            ("PAN [16] ", "4539777777777775", Some(4)),
            ("=> string(3) \"", "123\"", Some(3)),
            ("PIN [8] ", "0123456789abcdef", Some(4)),
            ("worker [25] ", "4539777777777775", None),
            ("PAN [x] ", "4539777777777775", None),
        ] {
            let close = text.rfind([')', ']']).expect("a bracket");
            let all = [text, value].concat();
            let found = told_length(all.as_bytes(), close, text.len());
            assert_eq!(found, expected, "{text}");
        }
    }
}
