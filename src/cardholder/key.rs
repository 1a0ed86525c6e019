//! The key of a value: what stands before it and a sign that assigns.

use std::ops::Range;

use super::sign::{Sign, hex, sign};
use super::signs::{LEADERS, dots, option, part, told_length};

/// How many signs may stand between a key and its value: `": "` and the like.
const SIGNS: usize = 12;
/// The longest key, in a spelling of nine bytes for each letter.
const KEY: usize = 192;
/// The longest tag.
const TAG: usize = 256;

/// The key of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) range: Range<usize>,
    /// A sign that assigns stands between key and value.
    pub(super) assigned: bool,
    /// The key may have spaces in it, as in a text.
    pub(super) spaced: bool,
}

/// How a key is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Nothing assigns.
    Beside,
    /// In one piece: before `=`, or in quotes.
    Joined,
    /// In words: before `:`, or in a tag.
    Words,
}

/// Returns the words before a value with nothing but signs between.
pub(super) fn key(bytes: &[u8], at: usize) -> Option<Key> {
    let mut end = at;
    let mut style = Style::Beside;
    let mut quoted = false;
    let mut below = false;
    for _ in 0..SIGNS {
        let Some(before) = back(bytes, end) else {
            break;
        };
        let next = end - before.length;
        below |= before.is == '\n';
        match before.is {
            // A mask is the value of what stands before it on its line.
            '*' if below => return None,
            '"' | '\'' | '`' | '\u{201c}' | '\u{201d}' | '\u{2018}' | '\u{2019}' => {
                quoted |= style != Style::Beside;
            }
            // `"HSET" "cart" "key" "value"`, as programs list arguments.
            ' ' if style == Style::Beside && quoted_pair(bytes, next) => style = Style::Joined,
            ' ' | '\n' | '\r' | '\u{a0}' | '\u{3000}' | '\\' | '(' | '[' | '{' | '#' | '*'
            | '\u{300c}' | '\u{3010}' | '\u{ff08}' => {}
            ']' | ')' if style == Style::Beside && told_length(bytes, next, at).is_some() => {
                style = Style::Words;
                end = told_length(bytes, next, at).unwrap_or(next);
                continue;
            }
            ']' if style != Style::Beside => quoted = true,
            // Leaders, as printed tables have them.
            '.' if dots(bytes, next) >= LEADERS => {
                style = style.or(Style::Words);
                end = next + 1 - dots(bytes, next);
                continue;
            }
            // `"key","value"`.
            ',' if quoted_pair(bytes, next) => {}
            ':' | '\u{ff1a}' | '|' | '\t' | '\u{2192}' => style = style.or(Style::Words),
            '=' | '\u{ff1d}' => style = Style::Joined,
            '>' if matches!(bytes.get(next.saturating_sub(1)), Some(b'-' | b'=')) => {
                style = Style::Joined;
                end = next - 1;
                continue;
            }
            '>' => {
                let open = tag(bytes, next)?;
                let content = open + 1..next;
                if !is_markup(bytes, content.clone()) {
                    return Some(Key {
                        range: content,
                        assigned: true,
                        spaced: true,
                    });
                }
                style = style.or(Style::Words);
                end = open;
                continue;
            }
            _ => break,
        }
        end = next;
    }
    let style = match (style, quoted) {
        (Style::Words, true) => Style::Joined,
        (style, _) => style,
    };
    // `key = value`, as people write it.
    let apart = bytes.get(end) == Some(&b' ');
    let start = start(bytes, end, style != Style::Joined || quoted || apart);
    if style == Style::Beside
        && let Some(from) = option(bytes, start..end, at).or_else(|| part(bytes, start..end, at))
    {
        return Some(Key {
            range: from..end,
            assigned: true,
            spaced: false,
        });
    }
    (start < end).then_some(Key {
        range: start..end,
        assigned: style != Style::Beside,
        spaced: style != Style::Joined,
    })
}

impl Style {
    fn or(self, style: Self) -> Self {
        match self {
            Self::Beside => style,
            Self::Joined | Self::Words => self,
        }
    }
}

/// Tells whether a comma at a place stands between two quotes.
fn quoted_pair(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    let after = bytes.get(at + 1..).unwrap_or_default();
    let after = after.iter().find(|byte| **byte != b' ');
    matches!(before, Some(b'"' | b'\'')) && before == after
}

/// Returns where a key begins that ends at a place.
fn start(bytes: &[u8], end: usize, spaces: bool) -> usize {
    let floor = end.saturating_sub(KEY);
    let mut start = end;
    while start > floor {
        let Some(byte) = bytes.get(start - 1) else {
            break;
        };
        // The letter of an escape such as `\n` is not the key's.
        let slash = start >= 2 && bytes.get(start - 2) == Some(&b'\\');
        let coded = bytes.get(start..start + 4).and_then(hex);
        let escape = match byte {
            b'u' => coded.is_some_and(|code| code < 0x80),
            byte => matches!(byte, b'n' | b'r' | b't' | b'b' | b'f' | b'"' | b'\''),
        };
        if slash && escape {
            break;
        }
        if let Some(length) = percent(bytes, start) {
            let inner = matches!(
                sign(bytes, start - length).map(|sign| sign.is),
                Some('[' | ']' | ' ')
            );
            if inner {
                start -= length;
                continue;
            }
            if bytes
                .get(start - length + 1)
                .is_some_and(|byte| *byte < b'8')
            {
                break;
            }
        }
        match byte {
            b'_'
            | b'-'
            | b'.'
            | b'$'
            | b'+'
            | b'@'
            | b'['
            | b']'
            | b'#'
            | b'\''
            | b'%'
            | b'\\'
            | 0x80.. => {}
            byte if byte.is_ascii_alphanumeric() => {}
            b' ' | b'/' | b'(' | b')' | 0x1b if spaces => {}
            _ => break,
        }
        start -= 1;
    }
    while matches!(bytes.get(start), Some(b'[' | b']' | b' ' | b'(' | b'\'')) && start < end {
        start += 1;
    }
    start
}

/// Returns the length of an escape such as `%5B` that ends at a place.
fn percent(bytes: &[u8], end: usize) -> Option<usize> {
    let start = end.checked_sub(3)?;
    let first = sign(bytes, start)?;
    (bytes.get(start) == Some(&b'%') && first.length == 3).then_some(3)
}

/// Returns the character that ends at a place, whatever escapes it.
pub(super) fn back(bytes: &[u8], end: usize) -> Option<Sign> {
    let last = *bytes.get(end.checked_sub(1)?)?;
    let may_be_escape =
        last.is_ascii_alphanumeric() || matches!(last, b';' | b'"' | b'\'' | 0x80..);
    if may_be_escape {
        for length in (2..=10).rev() {
            let Some(start) = end.checked_sub(length) else {
                continue;
            };
            let begins = matches!(bytes.get(start), Some(b'%' | b'\\' | b'&' | b'=' | 0x80..));
            if begins && let Some(found) = sign(bytes, start).filter(|sign| sign.length == length) {
                return Some(found);
            }
        }
    }
    Some(Sign {
        is: char::from(last),
        length: 1,
    })
}

/// Returns where the tag opens that a `>` at a place ends.
fn tag(bytes: &[u8], end: usize) -> Option<usize> {
    let from = end.saturating_sub(TAG);
    let before = bytes.get(from..end)?;
    let open = before
        .iter()
        .rposition(|byte| matches!(byte, b'<' | b'>' | b'\n'))?;
    (before.get(open) == Some(&b'<')).then_some(from + open)
}

/// The tags that say how a text looks, and nothing of what it is.
const MARKUP: [&str; 45] = [
    "a",
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "center",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "font",
    "h",
    "hr",
    "i",
    "input",
    "label",
    "li",
    "mark",
    "nobr",
    "ol",
    "p",
    "pre",
    "q",
    "small",
    "span",
    "strong",
    "td",
    "th",
    "tr",
    "tt",
    "u",
    "ul",
    "wbr",
    "c",
    "is",
    "r",
    "si",
    "t",
    "v",
    "h1",
    "h2",
    "h3",
];

/// Tells whether a tag ends something, or says how a text looks and has no attributes.
fn is_markup(bytes: &[u8], content: Range<usize>) -> bool {
    let text = bytes.get(content).unwrap_or_default();
    if text.is_empty() || matches!(text, [b'/' | b'!' | b'?', ..]) {
        return true;
    }
    let name = text.split(|byte| matches!(byte, b' ' | b'/')).next();
    let name = name.and_then(|name| name.rsplit(|byte| *byte == b':').next());
    let named = name.and_then(|name| std::str::from_utf8(name).ok());
    let attributes = text.contains(&b'=') && text.windows(5).any(|part| part == b"name=");
    !attributes && named.is_some_and(|name| MARKUP.iter().any(|tag| name.eq_ignore_ascii_case(tag)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_value_is_what_assigns_it() {
        for (text, expected) in [
            ("pan=", Some(("pan", true))),
            ("{\"cardNumber\": \"", Some(("cardNumber", true))),
            ("{\\\"cardNumber\\\":\\\"", Some(("cardNumber", true))),
            ("x=1 card_number=", Some(("card_number", true))),
            ("msg=\"gateway\" pan=", Some(("pan", true))),
            ("&payment[card]=", Some(("payment[card", true))),
            ("&payment%5Bcard%5D=", Some(("payment%5Bcard", true))),
            ("%22card%22%3A%22", Some(("card", true))),
            ("[card_number] => ", Some(("card_number", true))),
            (":card => '", Some(("card", true))),
            ("card->", Some(("card", true))),
            ("\nCard Number: ", Some(("Card Number", true))),
            ("<CardNumber>", Some(("CardNumber", true))),
            ("<a:pan type=\"x\">", Some(("a:pan type=\"x\"", true))),
            ("<td>Card</td><td>", Some(("Card", true))),
            ("\\npan=", Some(("pan", true))),
            ("pay --cvv ", Some(("--cvv", true))),
            ("pay -CardNumber '", Some(("-CardNumber", true))),
            ("a - card ", Some(("a - card", false))),
            ("\"HSET\" \"1\" \"cvv\" \"", Some(("cvv", true))),
            ("52 PIN block ...... ", Some(("52 PIN block", true))),
            ("wait... ", Some(("wait...", false))),
            ("; name=\"cvv\"\r\n\r\n", Some(("cvv", true))),
            ("say \"cvv\"\n\n", Some(("cvv", false))),
            ("card ", Some(("card", false))),
            ("card, ", None),
            ("pan: **", Some(("pan", true))),
            ("pan: ***\n", None),
            ("", None),
        ] {
            let found = key(text.as_bytes(), text.len());
            let found = found
                .as_ref()
                .map(|key| (text.get(key.range.clone()).unwrap_or("?"), key.assigned));
            assert_eq!(found, expected, "{text}");
        }
    }
}
