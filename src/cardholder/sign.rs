//! One character of a text, however it is written: in ASCII, in UTF-8 and Japanese encodings, or
//! escaped for a URL, a JSON string or HTML.

/// A character and how many bytes it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sign {
    pub(super) is: char,
    pub(super) length: usize,
}

impl Sign {
    const fn new(is: char, length: usize) -> Self {
        Self { is, length }
    }

    /// Returns the digit that it is: of ASCII, full-width, or Arabic.
    pub(super) fn digit(self) -> Option<u8> {
        let zero = match self.is {
            '0'..='9' => '0',
            '\u{ff10}'..='\u{ff19}' => '\u{ff10}',
            '\u{660}'..='\u{669}' => '\u{660}',
            '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
            _ => return None,
        };
        u8::try_from(u32::from(self.is) - u32::from(zero)).ok()
    }

    /// Tells whether it stands between groups of digits. A tab and a comma do not: they separate
    /// columns.
    pub(super) fn is_gap(self) -> bool {
        matches!(
            self.is,
            ' ' | '-' | '.' | '+' | '_' | '/'
                | '\u{a0}' | '\u{ad}' | '\u{b7}'
                | '\u{2000}'..='\u{200b}'
                | '\u{2010}'..='\u{2015}'
                | '\u{202f}' | '\u{205f}' | '\u{2060}' | '\u{2212}'
                | '\u{3000}' | '\u{30fb}' | '\u{30fc}'
                | '\u{fe63}' | '\u{feff}' | '\u{ff0d}' | '\u{ff0e}'
        )
    }
}

/// Returns the character that begins at a place.
pub(super) fn sign(bytes: &[u8], at: usize) -> Option<Sign> {
    let rest = bytes.get(at..)?;
    let first = *rest.first()?;
    let escaped = match first {
        b'%' => percent(rest),
        b'\\' => backslash(rest),
        b'&' => entity(rest),
        b'=' => rest.starts_with(b"=3D").then_some(Sign::new('=', 3)),
        0x80.. => return Some(beyond_ascii(rest)),
        _ => None,
    };
    Some(escaped.unwrap_or(Sign::new(char::from(first), 1)))
}

/// Returns the character of ISO-2022-JP, two bytes each, that begins at a place: a full-width
/// digit, space or hyphen.
pub(super) fn shifted(bytes: &[u8], at: usize) -> Option<Sign> {
    let is = match bytes.get(at..)? {
        [b'#', digit @ b'0'..=b'9', ..] => char::from(*digit),
        [b'!', b'!', ..] => ' ',
        [b'!', b']' | b'=' | b'>', ..] => '-',
        // Back to ASCII for one sign.
        [0x1b, b'(', b'B' | b'J', gap, 0x1b, b'$', b'B' | b'@', ..] => {
            return Some(Sign::new(char::from(*gap), 7));
        }
        _ => return None,
    };
    Some(Sign::new(is, 2))
}

/// Returns the value of hexadecimal digits.
pub(super) fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, byte| {
        Some(sum * 16 + char::from(*byte).to_digit(16)?)
    })
}

/// `%34`, `%C2%A0`, and `%2534` of a URL within a URL.
fn percent(rest: &[u8]) -> Option<Sign> {
    let byte = |at: usize| {
        let digits = rest.get(at..at + 3)?.strip_prefix(b"%")?;
        u8::try_from(hex(digits)?).ok()
    };
    let first = byte(0)?;
    if first == b'%' {
        let inner = rest.get(3..5).and_then(hex);
        return match inner.and_then(char::from_u32) {
            Some(is) => Some(Sign::new(is, 5)),
            None => Some(Sign::new('%', 3)),
        };
    }
    if first < 0x80 {
        return Some(Sign::new(char::from(first), 3));
    }
    let mut whole = [first, 0, 0, 0];
    for count in 1..4 {
        let decoded = std::str::from_utf8(whole.get(..count)?);
        if let Some(is) = decoded.ok().and_then(|text| text.chars().next()) {
            return Some(Sign::new(is, count * 3));
        }
        match (byte(count * 3), whole.get_mut(count)) {
            (Some(next), Some(place)) => *place = next,
            _ => break,
        }
    }
    Some(Sign::new(char::from(first), 3))
}

/// `\u0034`, `\x34`, `\n`; also with backslashes that are escaped themselves.
fn backslash(rest: &[u8]) -> Option<Sign> {
    let slashes = rest
        .iter()
        .take(4)
        .take_while(|byte| **byte == b'\\')
        .count();
    let code = |digits: usize| {
        let is = hex(rest.get(slashes + 1..slashes + 1 + digits)?)?;
        Some(Sign::new(char::from_u32(is)?, slashes + 1 + digits))
    };
    match rest.get(slashes)? {
        b'u' => code(4),
        b'x' => code(2),
        b'n' | b'r' => Some(Sign::new('\n', slashes + 1)),
        b't' => Some(Sign::new('\t', slashes + 1)),
        b'"' => Some(Sign::new('"', slashes + 1)),
        b'\'' => Some(Sign::new('\'', slashes + 1)),
        _ => None,
    }
}

/// Named characters that stand between digits, or around values.
const ENTITIES: [(&[u8], char); 15] = [
    (b"&nbsp;", '\u{a0}'),
    (b"&ensp;", '\u{2002}'),
    (b"&emsp;", '\u{2003}'),
    (b"&thinsp;", '\u{2009}'),
    (b"&hyphen;", '\u{2010}'),
    (b"&dash;", '\u{2010}'),
    (b"&ndash;", '\u{2013}'),
    (b"&mdash;", '\u{2014}'),
    (b"&minus;", '\u{2212}'),
    (b"&shy;", '\u{ad}'),
    (b"&bull;", '\u{2022}'),
    (b"&quot;", '"'),
    (b"&apos;", '\''),
    (b"&equals;", '='),
    (b"&Hat;", '^'),
];

/// `&#52;`, `&#x34;`, `&nbsp;`; with the ampersand escaped too.
fn entity(rest: &[u8]) -> Option<Sign> {
    let (rest, more) = match rest.strip_prefix(b"&amp;") {
        Some(inner) => (inner, 5),
        None => (rest.get(1..)?, 1),
    };
    if let Some(number) = rest.strip_prefix(b"#") {
        let (digits, radix, skipped) = match number {
            [b'x' | b'X', digits @ ..] => (digits, 16, 2),
            digits => (digits, 10, 1),
        };
        let count = digits.iter().take(8).position(|byte| *byte == b';')?;
        let is = digits.get(..count)?.iter().try_fold(0_u32, |sum, byte| {
            sum.checked_mul(radix)?
                .checked_add(char::from(*byte).to_digit(radix)?)
        })?;
        return Some(Sign::new(char::from_u32(is)?, more + skipped + count + 1));
    }
    let named = ENTITIES
        .iter()
        .find(|(name, _)| name.get(1..).is_some_and(|name| rest.starts_with(name)))?;
    Some(Sign::new(named.1, more + named.0.len() - 1))
}

/// UTF-8; failing that, digits, spaces, hyphens and signs that assign as CP932, EUC-JP, GBK, EUC-KR and
/// Big5 have them, and single bytes.
fn beyond_ascii(rest: &[u8]) -> Sign {
    let head = rest.get(..4).unwrap_or(rest);
    let valid = match std::str::from_utf8(head) {
        Ok(text) => Some(text),
        Err(error) => head
            .get(..error.valid_up_to())
            .and_then(|valid| std::str::from_utf8(valid).ok()),
    };
    if let Some(is) = valid.and_then(|text| text.chars().next()) {
        return Sign::new(is, is.len_utf8());
    }
    let full_width = |digit: u8| char::from_u32(0xff10 + u32::from(digit)).unwrap_or('0');
    match rest {
        [0x82, digit @ 0x4f..=0x58, ..] => Sign::new(full_width(digit - 0x4f), 2),
        [0xa3, digit @ 0xb0..=0xb9, ..] => Sign::new(full_width(digit - 0xb0), 2),
        [0xa2, digit @ 0xaf..=0xb8, ..] => Sign::new(full_width(digit - 0xaf), 2),
        [0x81, 0x46, ..] | [0xa1, 0xa7 | 0x47, ..] | [0xa3, 0xba, ..] => Sign::new('\u{ff1a}', 2),
        [0x81, 0x81, ..] | [0xa1, 0xe1, ..] | [0xa3, 0xbd, ..] => Sign::new('\u{ff1d}', 2),
        [0x81, 0x40, ..] | [0xa1, 0xa1, ..] => Sign::new('\u{3000}', 2),
        [0x81, 0x7c, ..] | [0xa1, 0xdd, ..] => Sign::new('\u{2212}', 2),
        [0x81, 0x5c | 0x5d, ..] | [0xa1, 0xbd | 0xbe, ..] => Sign::new('\u{2010}', 2),
        [0x81, 0x44, ..] | [0xa1, 0xa5, ..] => Sign::new('\u{ff0e}', 2),
        // Dashes of Windows-1252.
        [0x96 | 0x97, ..] => Sign::new('\u{2013}', 1),
        [byte, ..] => Sign::new(char::from(*byte), 1),
        [] => Sign::new('\0', 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_is_the_same_however_it_is_written() {
        for (bytes, is, length) in [
            (&b"4"[..], '4', 1),
            (b"%34", '4', 3),
            (b"%2534", '4', 5),
            (b"%C2%A0", '\u{a0}', 6),
            (b"%A0", '\u{a0}', 3),
            (b"%2520", ' ', 5),
            (b"%zz", '%', 1),
            (b"\\u0034", '4', 6),
            (b"\\\\u0034", '4', 7),
            (b"\\uFF14", '\u{ff14}', 6),
            (b"\\x34", '4', 4),
            (b"\\n", '\n', 2),
            (b"\\q", '\\', 1),
            (b"&#52;", '4', 5),
            (b"&#x34;", '4', 6),
            (b"&amp;#52;", '4', 9),
            (b"&nbsp;", '\u{a0}', 6),
            (b"&amp;nbsp;", '\u{a0}', 10),
            (b"&nope;", '&', 1),
            (b"=3D", '=', 3),
            (b"\xef\xbc\x94", '\u{ff14}', 3),
            (b"\x82\x53", '\u{ff14}', 2),
            (b"\xa3\xb4", '\u{ff14}', 2),
            (b"\xa2\xb3", '\u{ff14}', 2),
            (b"\xa3\xba", '\u{ff1a}', 2),
            (b"\xa0", '\u{a0}', 1),
            (b"\x81\x40", '\u{3000}', 2),
        ] {
            let found = sign(bytes, 0).expect("a character");
            assert_eq!((found.is, found.length), (is, length), "{bytes:?}");
        }
        assert_eq!(sign(b"", 0), None);
        let found = shifted(b"#4#1", 0).expect("a digit");
        assert_eq!((found.digit(), found.length), (Some(4), 2));
    }
}
