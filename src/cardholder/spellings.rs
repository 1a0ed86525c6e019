//! The bytes of a phrase in every encoding in which logs may hold it, so that a text need not be
//! decoded to be understood.

use std::fmt::Write as _;

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GBK, ISO_2022_JP, KOI8_R, SHIFT_JIS, WINDOWS_874, WINDOWS_1251,
    WINDOWS_1253, WINDOWS_1255, WINDOWS_1256,
};

/// The encodings that are still met, besides UTF-8. One that lacks a letter is passed over.
const ENCODINGS: [&Encoding; 12] = [
    SHIFT_JIS,
    EUC_JP,
    ISO_2022_JP,
    GBK,
    BIG5,
    EUC_KR,
    WINDOWS_1251,
    KOI8_R,
    WINDOWS_1253,
    WINDOWS_1255,
    WINDOWS_1256,
    WINDOWS_874,
];
/// The shortest spelling: shorter ones stand in other texts by chance.
const SHORTEST: usize = 4;

/// Returns the spellings of a phrase.
pub(super) fn spellings(phrase: &str) -> Vec<Vec<u8>> {
    let mut spellings = Vec::new();
    for text in cases(phrase) {
        spellings.push(text.clone().into_bytes());
        for encoding in ENCODINGS {
            let (bytes, _, lost) = encoding.encode(&text);
            let bytes = match bytes.as_ref() {
                // What switches to Japanese and back stands around more than the phrase.
                [0x1b, b'$', b'B', inner @ .., 0x1b, b'(', b'B'] => inner.to_vec(),
                whole => whole.to_vec(),
            };
            if !lost && bytes.len() >= SHORTEST {
                spellings.push(bytes);
            }
        }
        let mut json = String::new();
        for unit in text.encode_utf16() {
            let _ = write!(json, "\\u{unit:04x}");
        }
        spellings.push(json.to_uppercase().replace("\\U", "\\u").into_bytes());
        spellings.push(json.into_bytes());
        let mut url = String::new();
        for byte in text.bytes() {
            match byte.is_ascii_alphanumeric() {
                true => url.push(char::from(byte)),
                false => {
                    let _ = write!(url, "%{byte:02X}");
                }
            }
        }
        spellings.push(url.to_lowercase().into_bytes());
        spellings.push(url.into_bytes());
    }
    spellings.sort();
    spellings.dedup();
    spellings
}

/// Returns the spellings of a label. Of one in Latin letters, the words in small letters.
pub(super) fn of_label(phrase: &str) -> Vec<Vec<u8>> {
    match phrase.is_ascii() {
        true => vec![phrase.to_ascii_lowercase().into_bytes()],
        false => spellings(phrase),
    }
}

/// Returns a phrase in small letters, with a capital, and in capitals.
fn cases(phrase: &str) -> Vec<String> {
    let small = phrase.to_lowercase();
    let mut signs = small.chars();
    let capital = signs
        .next()
        .map(|first| first.to_uppercase().chain(signs).collect());
    let mut cases = vec![phrase.to_uppercase(), small];
    cases.extend(capital);
    cases.sort();
    cases.dedup();
    cases
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_spelled_in_every_encoding() {
        let spelled = spellings("カード番号");
        for expected in [
            "カード番号".as_bytes(),
            b"\x83J\x81[\x83h\x94\xd4\x8d\x86",
            b"\xa5\xab\xa1\xbc\xa5\xc9\xc8\xd6\xb9\xe6",
            b"%+!<%IHV9f",
            b"\\u30ab\\u30fc\\u30c9\\u756a\\u53f7",
            b"%E3%82%AB%E3%83%BC%E3%83%89%E7%95%AA%E5%8F%B7",
        ] {
            assert!(spelled.iter().any(|one| one == expected), "{expected:?}");
        }
        let spelled = spellings("номер карты");
        assert!(spelled.iter().any(|one| one == "Номер карты".as_bytes()));
    }
}
