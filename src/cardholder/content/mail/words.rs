//! Words of headers that are encoded, since headers are ASCII (RFC 2047): to UTF-8.

use base64::Engine as _;
use encoding_rs::{Encoding, UTF_8};

use super::transfer::hex;

/// Base64 as headers have it.
const ENGINE: base64::engine::GeneralPurpose = super::transfer::ENGINE;

/// The longest word. The standard allows 75 signs, and not everybody knows.
const LONGEST: usize = 2048;

/// An encoded word.
struct Word<'t> {
    charset: &'t [u8],
    /// What it says.
    bytes: Vec<u8>,
    /// What follows it.
    rest: &'t [u8],
}

/// Adds a text to another with its encoded words decoded. What is none, or none that can be
/// decoded, stays as it is. Of words that follow each other in one encoding the bytes are decoded
/// together: a sign may begin in one and end in the next.
pub(super) fn decode_words(text: &[u8], into: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memmem::find(rest, b"=?") {
        let (plain, begin) = rest.split_at(at);
        into.extend_from_slice(plain);
        let Some(mut word) = word(begin) else {
            into.extend_from_slice(b"=?");
            rest = begin.get(2..).unwrap_or_default();
            continue;
        };
        // Blanks between two words are not of the text.
        loop {
            let next = word.rest.trim_ascii_start();
            match self::word(next) {
                Some(next) if next.charset.eq_ignore_ascii_case(word.charset) => {
                    word.bytes.extend(next.bytes);
                    word.rest = next.rest;
                }
                next => {
                    to_utf8(&word, into);
                    rest = match next {
                        Some(_) => word.rest.trim_ascii_start(),
                        None => word.rest,
                    };
                    break;
                }
            }
        }
    }
    into.extend_from_slice(rest);
}

/// Reads the encoded word that begins here.
fn word(text: &[u8]) -> Option<Word<'_>> {
    let text = text.strip_prefix(b"=?")?;
    let (charset, text) = split(text)?;
    let (encoding, text) = split(text)?;
    // A language may follow the encoding (RFC 2231 section 5).
    let charset = charset.split(|byte| *byte == b'*').next()?;
    let near = text.get(..LONGEST).unwrap_or(text);
    let end = match encoding {
        // A question mark in it should be written in another way, and is not always.
        b"q" | b"Q" if near.starts_with(b"?=") || near.starts_with(b"=") => {
            let after = near.get(1..).unwrap_or_default();
            memchr::memmem::find(after, b"?=").map_or(0, |end| end + 1)
        }
        b"q" | b"Q" => memchr::memmem::find(near, b"?=")?,
        _ => memchr::memchr(b'?', near)?,
    };
    if !text.get(end..)?.starts_with(b"?=") {
        return None;
    }
    let (said, rest) = (text.get(..end)?, text.get(end + 2..)?);
    let bytes = match encoding {
        b"b" | b"B" => {
            let letters: Vec<u8> = said
                .iter()
                .copied()
                .filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=')
                .collect();
            ENGINE.decode(letters).ok()?
        }
        b"q" | b"Q" => quoted(said),
        _ => return None,
    };
    Some(Word {
        charset,
        bytes,
        rest,
    })
}

/// Splits at the next `?`, which a word has soon and on its line.
fn split(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = text.iter().take(64).position(|byte| *byte == b'?')?;
    let (first, rest) = text.split_at(at);
    let word = first.iter().all(u8::is_ascii_graphic);
    word.then_some((first, rest.get(1..)?))
}

/// Decodes signs in hexadecimal after `=`, and `_` for a blank.
fn quoted(said: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(said.len());
    let mut rest = said;
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, after) {
            (b'_', _) => bytes.push(b' '),
            (b'=', [high, low, after @ ..]) => match hex(*high).zip(hex(*low)) {
                Some((high, low)) => {
                    bytes.push(high << 4 | low);
                    rest = after;
                }
                None => bytes.push(b'='),
            },
            (byte, _) => bytes.push(*byte),
        }
    }
    bytes
}

/// Adds what a word says. Of an encoding that is not known it stays in bytes.
fn to_utf8(word: &Word<'_>, into: &mut Vec<u8>) {
    decode(word.charset, &word.bytes, into);
}

/// Adds bytes of an encoding, given by its name; where they are not of it, as they are.
pub(super) fn decode(charset: &[u8], bytes: &[u8], into: &mut Vec<u8>) {
    let encoding = Encoding::for_label_no_replacement(charset).unwrap_or(UTF_8);
    match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => into.extend_from_slice(text.as_bytes()),
        None => into.extend_from_slice(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_decoded_and_all_else_stays() {
        for (text, decoded) in [
            ("card 4111", "card 4111"),
            ("=?utf-8?B?Y2FyZCA0MTEx?=", "card 4111"),
            ("=?UTF-8?q?card_41=31=31?= x", "card 4111 x"),
            ("=?utf-8?Q?=34111?=", "4111"),
            ("=?utf-8?Q??= 1", " 1"),
            ("=?utf-8?Q?41?11?=", "41?11"),
            ("=?iso-2022-jp?B?GyRCJSshPCVJGyhC?= 4111", "カード 4111"),
            ("=?utf-8*ja?Q?a?=", "a"),
            // A sign that begins in one word and ends in the next.
            (
                "=?utf-8?B?44Kr44O8?=\r\n =?utf-8?B?44M=?= =?utf-8?B?iQ==?=",
                "カード",
            ),
            ("=?utf-8?Q?a?= =?iso-8859-1?Q?b?= c", "ab c"),
            ("glued:=?utf-8?Q?41?==?utf-8?Q?11?=glued", "glued:4111glued"),
            (
                "=?utf-8?X?41?= =?utf-8?B?!?= =? =?utf-8 =?",
                "=?utf-8?X?41?= =?utf-8?B?!?= =? =?utf-8 =?",
            ),
            ("=?x-unknown?Q?4111?=", "4111"),
            ("=?utf-8?Q?4111 1111?=", "4111 1111"),
            ("=?utf-8?Q?cut off", "=?utf-8?Q?cut off"),
        ] {
            let mut into = Vec::new();
            decode_words(text.as_bytes(), &mut into);
            assert_eq!(String::from_utf8_lossy(&into), decoded, "{text}");
        }
    }

    #[test]
    fn many_beginnings_take_no_longer_than_few() {
        let mut into = Vec::new();
        let text = b"=?a?b?".repeat(10_000);
        decode_words(&text, &mut into);
        assert_eq!(into, text);
    }
}
