//! The strings that stand in objects: values of form fields, remarks, titles, links, what the
//! document says of itself.

use crate::cardholder::Place;
use crate::cardholder::content::Reading;
use crate::cardholder::content::cells::{Cell, Cells, Width, label};

use super::object::{Dict, Object};

/// Names whose strings are digests, moments and signatures.
const NOT_TEXT: [&[u8]; 7] = [
    b"ID",
    b"CreationDate",
    b"ModDate",
    b"M",
    b"O",
    b"U",
    b"CheckSum",
];

/// Strings on their way to the scanner.
#[derive(Default)]
pub(super) struct Strings {
    cells: Cells,
}

impl Strings {
    /// Takes every string of an object that begins at `offset`.
    pub(super) fn object(&mut self, reading: &mut Reading<'_>, object: &Object, offset: u64) {
        match object {
            Object::Dict(dict) => self.dict(reading, dict, offset),
            Object::Array(items) => {
                for item in items {
                    self.object(reading, item, offset);
                }
            }
            object => self.value(reading, &[], object, offset),
        }
    }

    fn dict(&mut self, reading: &mut Reading<'_>, dict: &Dict, offset: u64) {
        if dict.get("ByteRange").is_some() {
            return;
        }
        let title = match dict.get("T") {
            Some(Object::String(title)) => Some(decode(title)),
            _ => None,
        };
        for (name, value) in &dict.0 {
            if NOT_TEXT.contains(&name.as_slice()) {
                continue;
            }
            // The name of a field calls its value.
            let label = match (&title, name.as_slice()) {
                (Some(title), b"V" | b"DV" | b"RV") => label(&[title]),
                _ => label(&[name]),
            };
            match value {
                Object::Dict(_) => self.object(reading, value, offset),
                value => self.value(reading, &label, value, offset),
            }
        }
    }

    fn value(&mut self, reading: &mut Reading<'_>, label: &[u8], value: &Object, offset: u64) {
        match value {
            Object::String(text) => {
                let cell = Cell {
                    offset,
                    width: Width::Other,
                    row: 1,
                    column: 1,
                    place: Place::Content,
                    member: None,
                };
                self.cells.push(reading, label, &decode(text), cell);
            }
            Object::Array(items) => {
                for item in items {
                    match item {
                        Object::Dict(_) => self.object(reading, item, offset),
                        item => self.value(reading, label, item, offset),
                    }
                }
            }
            _ => {}
        }
    }

    /// Scans the last of them.
    pub(super) fn finish(&mut self, reading: &mut Reading<'_>) {
        self.cells.flush(reading);
    }
}

/// Returns a string in UTF-8: it is UTF-16 or UTF-8 behind their marks, else near to Latin-1.
pub(super) fn decode(string: &[u8]) -> Vec<u8> {
    match string {
        [0xfe, 0xff, rest @ ..] => {
            let (pairs, _) = rest.as_chunks();
            char::decode_utf16(pairs.iter().map(|pair| u16::from_be_bytes(*pair)))
                .map(|sign| sign.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect::<String>()
                .into_bytes()
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => rest.to_vec(),
        string => string
            .iter()
            .copied()
            .map(char::from)
            .collect::<String>()
            .into_bytes(),
    }
}
