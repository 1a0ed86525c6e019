//! What the fields of a header say of the body: what it is, how it is carried, what it is called.

use std::collections::BTreeMap;

use super::transfer::{Transfer, hex};
use super::words::{decode, decode_words};

/// The most parameters of a field that are read.
const PARAMETERS: usize = 256;

/// The pieces of a parameter by number, each with whether it is in another encoding.
type Pieces = BTreeMap<u32, (bool, Vec<u8>)>;

/// What a header says of the body.
#[derive(Default)]
pub(super) struct Facts {
    /// Its type, in small letters.
    pub(super) kind: Vec<u8>,
    /// What stands between its parts, if it has any.
    pub(super) boundary: Vec<u8>,
    /// The name of its encoding.
    pub(super) charset: Vec<u8>,
    /// The name of the file it is.
    pub(super) name: Option<String>,
    /// The word that says how it is carried.
    transfer: Option<Vec<u8>>,
    /// Whether the header can be understood in more than one way, or not at all.
    pub(super) broken: bool,
}

impl Facts {
    /// Returns how the body is carried.
    pub(super) fn transfer(&self) -> Transfer {
        Transfer::of(self.transfer.as_deref().unwrap_or_default())
    }

    /// Tells whether the body has parts.
    pub(super) fn has_parts(&self) -> bool {
        self.kind.starts_with(b"multipart/")
    }

    /// Tells whether a field says something of the body.
    pub(super) fn concerns(field: &[u8]) -> bool {
        let begins = field.get(..8).unwrap_or_default();
        begins.eq_ignore_ascii_case(b"content-")
    }

    /// Returns a field without the digits of the boundary that it states, if it does: a program
    /// made them, to stand nowhere else.
    pub(super) fn without_boundary(&self, field: &[u8]) -> Option<Vec<u8>> {
        if self.boundary.is_empty() || !self.has_parts() || !Self::concerns(field) {
            return None;
        }
        let at = memchr::memmem::find(field, &self.boundary)?;
        let mut shown = field.to_vec();
        for byte in shown.iter_mut().skip(at).take(self.boundary.len()) {
            if byte.is_ascii_digit() {
                *byte = b'_';
            }
        }
        Some(shown)
    }

    /// Notes what a field says.
    pub(super) fn note(&mut self, field: &[u8]) {
        let Some(colon) = memchr::memchr(b':', field) else {
            return;
        };
        let (name, value) = field.split_at(colon);
        let value = value.get(1..).unwrap_or_default();
        match name.trim_ascii().to_ascii_lowercase().as_slice() {
            b"content-type" => {
                let (kind, parameters) = parameters(value);
                // Readers differ in which of two they take.
                self.broken |= !self.kind.is_empty() && self.kind != kind;
                let boundary = parameters
                    .get(&b"boundary"[..])
                    .cloned()
                    .unwrap_or_default();
                self.broken |= !self.boundary.is_empty() && self.boundary != boundary;
                if self.kind.is_empty() {
                    self.kind = kind;
                    self.boundary = boundary;
                    self.charset = parameters.get(&b"charset"[..]).cloned().unwrap_or_default();
                    let name = parameters.get(&b"name"[..]);
                    self.name = self.name.take().or_else(|| name.map(|name| told(name)));
                }
            }
            b"content-transfer-encoding" => {
                let word = value.split(|byte| matches!(byte, b';' | b'(')).next();
                let word = word.unwrap_or_default().trim_ascii().to_ascii_lowercase();
                let before = self.transfer.get_or_insert_with(|| word.clone());
                self.broken |= *before != word;
            }
            b"content-disposition" => {
                let (_, parameters) = parameters(value);
                if let Some(name) = parameters.get(&b"filename"[..]) {
                    self.name = Some(told(name));
                }
            }
            _ => {}
        }
    }
}

/// Returns a name with its encoded words decoded, which many programs write though they may not.
fn told(name: &[u8]) -> String {
    let mut text = Vec::new();
    decode_words(name, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// Reads a value and its parameters: their names in small letters, those in pieces and in other
/// encodings put together (RFC 2231).
fn parameters(value: &[u8]) -> (Vec<u8>, BTreeMap<Vec<u8>, Vec<u8>>) {
    let mut rest = value;
    let kind = take_until(&mut rest, b';');
    let kind: Vec<u8> = kind.trim_ascii().to_ascii_lowercase();
    let mut plain: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
    let mut pieces: BTreeMap<Vec<u8>, Pieces> = BTreeMap::new();
    for _ in 0..PARAMETERS {
        if rest.is_empty() {
            break;
        }
        let mut one = take_until(&mut rest, b';');
        let name = take_until(&mut one, b'=').trim_ascii().to_ascii_lowercase();
        let value = unquoted(one.trim_ascii());
        let mut parts = name.split(|byte| *byte == b'*');
        let base = parts.next().unwrap_or_default().to_vec();
        let (number, last) = (parts.next(), parts.next());
        match number {
            None => {
                plain.entry(base).or_insert(value);
            }
            Some(number) => {
                let encoded = number.is_empty() || last.is_some();
                let number = std::str::from_utf8(number).ok();
                let number = number.and_then(|number| number.parse().ok()).unwrap_or(0);
                let pieces = pieces.entry(base).or_default();
                pieces.entry(number).or_insert((encoded, value));
            }
        }
    }
    for (name, pieces) in pieces {
        plain.insert(name, joined(pieces));
    }
    (kind, plain)
}

/// Puts the pieces of a parameter together.
fn joined(pieces: Pieces) -> Vec<u8> {
    let mut charset = Vec::new();
    let mut bytes = Vec::new();
    for (index, (encoded, piece)) in pieces.into_values().enumerate() {
        let mut piece = piece.as_slice();
        if encoded && index == 0 {
            let mut rest = piece;
            let first = take_until(&mut rest, b'\'');
            let _language = take_until(&mut rest, b'\'');
            if memchr::memchr_iter(b'\'', piece).count() >= 2 {
                charset = first.to_vec();
                piece = rest;
            }
        }
        match encoded {
            true => percent(piece, &mut bytes),
            false => bytes.extend_from_slice(piece),
        }
    }
    let mut text = Vec::new();
    decode(&charset, &bytes, &mut text);
    text
}

/// Decodes signs in hexadecimal after `%`.
fn percent(piece: &[u8], into: &mut Vec<u8>) {
    let mut rest = piece;
    while let [first, after @ ..] = rest {
        rest = after;
        let sign = match (first, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match sign {
            Some((high, low)) => {
                into.push(high << 4 | low);
                rest = after.get(2..).unwrap_or_default();
            }
            None => into.push(*first),
        }
    }
}

/// Takes what stands before a sign that is not in quotes, and the sign.
fn take_until<'t>(rest: &mut &'t [u8], sign: u8) -> &'t [u8] {
    let whole: &'t [u8] = rest;
    let mut quoted = false;
    let mut escaped = false;
    let end = whole.iter().position(|byte| {
        let is_end = !quoted && sign == *byte;
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
        is_end
    });
    let (first, after) = whole.split_at(end.unwrap_or(whole.len()));
    *rest = after.get(1..).unwrap_or_default();
    first
}

/// Returns a value without its quotes and comments after it.
fn unquoted(value: &[u8]) -> Vec<u8> {
    let Some(inner) = value.strip_prefix(b"\"") else {
        let end = value
            .iter()
            .position(|byte| matches!(byte, b' ' | b'\t' | b'('));
        // A name with blanks that should be in quotes is a name all the same.
        return match end {
            Some(end) if value.get(end..).is_some_and(|rest| rest.ends_with(b")")) => {
                value.get(..end).unwrap_or_default().to_vec()
            }
            _ => value.to_vec(),
        };
    };
    let mut text = Vec::new();
    let mut escaped = false;
    for byte in inner {
        match byte {
            _ if escaped => {
                escaped = false;
                text.push(*byte);
            }
            b'\\' => escaped = true,
            b'"' => break,
            _ => text.push(*byte),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(fields: &[&str]) -> Facts {
        let mut facts = Facts::default();
        for field in fields {
            facts.note(field.as_bytes());
        }
        facts
    }

    #[test]
    fn names_are_read_however_they_are_written() {
        for (field, name) in [
            (
                "Content-Disposition: attachment; filename=\"a b.txt\"",
                "a b.txt",
            ),
            ("content-disposition:attachment;FILENAME=a.txt", "a.txt"),
            (
                "Content-Disposition: attachment; filename=a b.txt",
                "a b.txt",
            ),
            (
                "Content-Disposition: attachment; filename=\"a;\\\"b\\\".txt\"; size=1",
                "a;\"b\".txt",
            ),
            (
                "Content-Disposition: attachment; filename*=UTF-8''%E3%82%AB%20x.csv",
                "カ x.csv",
            ),
            (
                "Content-Disposition: attachment; filename*0=\"card 4111\"; filename*1=\" 1111.txt\"",
                "card 4111 1111.txt",
            ),
            (
                "Content-Disposition: attachment; filename*1*=%AB; filename*0*=utf-8'ja'%E3%82; filename*2=.txt",
                "カ.txt",
            ),
            (
                "Content-Disposition: attachment; filename=\"=?utf-8?B?44Kr?=.txt\"",
                "カ.txt",
            ),
            (
                "Content-Type: text/csv; name=\"=?iso-2022-jp?B?GyRCJSsbKEI=?=\"",
                "カ",
            ),
        ] {
            assert_eq!(facts(&[field]).name.as_deref(), Some(name), "{field}");
        }
    }

    #[test]
    fn what_can_be_understood_in_two_ways_is_broken() {
        let kind = "Content-Type: multipart/mixed; boundary=\"a b\"";
        let one = facts(&[kind, "Content-Transfer-Encoding: 7bit", kind]);
        assert!(!one.broken);
        assert_eq!(
            (one.kind.as_slice(), one.boundary.as_slice()),
            (&b"multipart/mixed"[..], &b"a b"[..])
        );
        for other in [
            "Content-Type: text/plain",
            "Content-Type: multipart/mixed; boundary=b",
        ] {
            assert!(facts(&[kind, other]).broken, "{other}");
        }
        assert!(
            facts(&[
                "Content-Transfer-Encoding: base64",
                "content-transfer-encoding: 7bit"
            ])
            .broken
        );
        assert_eq!(
            facts(&["Content-Transfer-Encoding: BASE64 (x)"]).transfer(),
            Transfer::Base64
        );
    }
}
