//! Bytes as text: compression, byte-order marks and the encodings of redirected output.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;

/// The most bytes a compressed file may unfold to: more than a day's snapshot of a large
/// account, less than would take the machine down.
const UNFOLDED: u64 = 512 * 1024 * 1024;

/// Returns the text of a file: unpacked, in UTF-8, without byte-order mark.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let unfolded = unfold(bytes, UNFOLDED)?;
        return plain(&unfolded).map(|text| Cow::Owned(text.into_owned()));
    }
    plain(bytes)
}

fn unfold(bytes: &[u8], limit: u64) -> Result<Vec<u8>, String> {
    let mut unfolded = Vec::new();
    MultiGzDecoder::new(bytes)
        .take(limit + 1)
        .read_to_end(&mut unfolded)
        .map_err(|error| {
            format!("the gzip data is damaged or cut short ({error}); copy the file again")
        })?;
    if unfolded.len() as u64 > limit {
        return Err(format!(
            "the gzip data unfolds to more than {limit} bytes; unpack and split the export"
        ));
    }
    Ok(unfolded)
}

fn plain(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        // JSON and YAML start with an ASCII character, so a zero beside it is half of a unit.
        [first, 0, ..] if *first != 0 => utf16(bytes, u16::from_le_bytes),
        [0, second, ..] if *second != 0 => utf16(bytes, u16::from_be_bytes),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    std::str::from_utf8(bytes)
        .map(Cow::Borrowed)
        .map_err(|error| {
            format!(
                "it is not UTF-8 text (byte {}); write the export as UTF-8",
                error.valid_up_to() + 1
            )
        })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err("it is UTF-16 text cut in the middle of a character; export it again".into());
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .collect::<Result<String, _>>()
        .map(Cow::Owned)
        .map_err(|_| "it is neither UTF-8 nor UTF-16 text; write the export as UTF-8".into())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).expect("written");
        encoder.finish().expect("finished")
    }

    #[test]
    fn every_encoding_of_redirected_output_gives_the_same_text() {
        let text = "{\"name\": \"決済\"}";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let members = [gzip(b"{\"name\": "), gzip("\"決済\"}".as_bytes())].concat();
        let cases = [
            ("plain", text.as_bytes().to_vec()),
            ("mark", [b"\xef\xbb\xbf", text.as_bytes()].concat()),
            ("powershell", [b"\xff\xfe".as_slice(), &little].concat()),
            ("big end first", [b"\xfe\xff".as_slice(), &big].concat()),
            ("no mark, little", little),
            ("no mark, big", big),
            ("gzip of two members", members),
        ];
        for (name, bytes) in cases {
            assert_eq!(decode(&bytes).as_deref(), Ok(text), "{name}");
        }
    }

    #[test]
    fn what_is_no_text_says_so_and_what_to_do() {
        let packed = gzip(b"{}");
        let cases: [(&[u8], &str); 4] = [
            (b"abc\xff\xfe", "byte 4"),
            (b"\xff\xfe{", "cut in the middle"),
            (b"\xff\xfe\x00\xd8\x00\x00", "neither UTF-8 nor UTF-16"),
            (&packed[..packed.len() - 3], "cut short"),
        ];
        for (bytes, part) in cases {
            let error = decode(bytes).expect_err("an error");
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn a_bomb_is_stopped_at_the_limit() {
        let bomb = gzip(&vec![b' '; 100_000]);
        assert!(unfold(&bomb, 100_000).is_ok());
        let error = unfold(&bomb, 99_999).expect_err("an error");
        assert!(error.contains("more than 99999 bytes"), "{error}");
    }
}
