//! How a text is written inside of another: in base64, in hexadecimal digits, or with a NUL after
//! each byte, as UTF-16 has it among binary data.
//!
//! A run of letters says at its beginning whether it holds a text or a known format: of random
//! tokens and digests, next to nothing gets further than [`Encoding::of`].

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// RFC 4648 sections 4 and 5: the two alphabets differ in two signs, and each is read as
    /// either.
    Base64,
    /// Two digits for each byte.
    Hex,
    /// A NUL after each byte.
    Wide,
}

/// The fewest letters of a run that is looked at: base64 of the shortest card number without a
/// label has 18, without its filling.
#[cfg(test)]
pub(super) const SHORTEST: usize = 18;
/// How many bytes of what is encoded are looked at.
const LOOKED_AT: usize = 12;
/// How many of them have to be printable. Of a text nearly all are; of random bytes this many are
/// in one of a hundred runs, which are then decoded for nothing.
const PRINTABLE: usize = 9;
/// How many of the first half of them, unless they begin as something else that is looked for.
const PRINTABLE_FIRST: usize = 5;
/// How many of those in hexadecimal digits: telephone numbers and counters pass for text more
/// easily.
const PRINTABLE_HEX: usize = 11;

impl Encoding {
    /// Returns how the run of letters at the beginning of these bytes is written, if it holds a
    /// text, or a format that is read.
    pub(super) fn of(run: &[u8]) -> Option<Self> {
        if let Some(bytes) = base64_start(run)
            && (is_text(&bytes, PRINTABLE) || is_wide(&bytes) || is_packed(&bytes))
        {
            return Some(Self::Base64);
        }
        let bytes = hex_start(run)?;
        (is_text(&bytes, PRINTABLE_HEX) || is_wide(&bytes) || is_packed(&bytes))
            .then_some(Self::Hex)
    }

    /// Returns its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Base64 => "base64",
            Self::Hex => "hex",
            Self::Wide => "utf-16",
        }
    }

    /// Returns which letter holds the first bits of a decoded byte, counted from the run's
    /// beginning.
    pub(super) fn letter_of(self, byte: u64) -> u64 {
        match self {
            Self::Base64 => byte / 3 * 4 + byte % 3,
            Self::Hex | Self::Wide => byte * 2,
        }
    }
}

/// How many signs an alphabet of base64 has; what is not one of them has a value beyond.
pub(super) const SIGNS: u8 = 64;

/// What a byte is: looked up, since nearly every run is given up after a few letters.
#[derive(Clone, Copy)]
struct Class {
    /// Its value as a sign of base64.
    sign: u8,
    /// Its value as a hexadecimal digit.
    digit: u8,
    /// 1 for what is printed, and for the ends of lines and tabs.
    printable: u8,
}

#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "evaluated by the compiler"
)]
const CLASSES: [Class; 256] = {
    let none = Class {
        sign: u8::MAX,
        digit: u8::MAX,
        printable: 0,
    };
    let mut classes = [none; 256];
    let mut byte = 0;
    while byte < classes.len() {
        classes[byte] = Class {
            sign: match byte as u8 {
                byte @ b'A'..=b'Z' => byte - b'A',
                byte @ b'a'..=b'z' => byte - b'a' + 26,
                byte @ b'0'..=b'9' => byte - b'0' + 52,
                b'+' | b'-' => 62,
                b'/' | b'_' => 63,
                _ => u8::MAX,
            },
            digit: match byte as u8 {
                byte @ b'0'..=b'9' => byte - b'0',
                byte @ b'a'..=b'f' => byte - b'a' + 10,
                byte @ b'A'..=b'F' => byte - b'A' + 10,
                _ => u8::MAX,
            },
            printable: matches!(byte as u8, b' '..=b'~' | b'\t' | b'\r' | b'\n') as u8,
        };
        byte += 1;
    }
    classes
};

fn class(byte: u8) -> Class {
    const NONE: Class = Class {
        sign: u8::MAX,
        digit: u8::MAX,
        printable: 0,
    };
    CLASSES.get(usize::from(byte)).copied().unwrap_or(NONE)
}

/// Returns the value of a sign of base64.
pub(super) fn value(byte: u8) -> u8 {
    class(byte).sign
}

/// Returns the value of a hexadecimal digit.
pub(super) fn hex(byte: u8) -> Option<u8> {
    Some(class(byte).digit).filter(|digit| *digit < 16)
}

pub(super) fn is_printable(byte: u8) -> bool {
    class(byte).printable == 1
}

fn printable(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .map(|byte| usize::from(class(*byte).printable))
        .sum()
}

/// Returns the first bytes of what letters are in base64, unless they are certain to be nothing.
fn base64_start(run: &[u8]) -> Option<[u8; LOOKED_AT]> {
    let letters: &[u8; LOOKED_AT / 3 * 4] = run.first_chunk()?;
    let (first, last) = letters.split_at(letters.len() / 2);
    let mut bytes = [0; LOOKED_AT];
    let (begin, end) = bytes.split_at_mut(LOOKED_AT / 2);
    begin.copy_from_slice(&six(first)?);
    if is_nothing(begin) {
        return None;
    }
    end.copy_from_slice(&six(last)?);
    Some(bytes)
}

/// Returns the six bytes that eight signs of base64 are.
fn six(letters: &[u8]) -> Option<[u8; LOOKED_AT / 2]> {
    let (mut bits, mut all) = (0, 0);
    for letter in letters {
        let sign = value(*letter);
        all |= sign;
        bits = bits << 6 | u64::from(sign);
    }
    let [_, _, six @ ..] = bits.to_be_bytes();
    (all < SIGNS).then_some(six)
}

/// Returns the first bytes of what a run is in hexadecimal digits, if it is that and not certain to
/// be nothing.
fn hex_start(run: &[u8]) -> Option<[u8; LOOKED_AT]> {
    let digits: &[u8; LOOKED_AT * 2] = run.first_chunk()?;
    let mut bytes = [0; LOOKED_AT];
    for (index, pair) in digits.chunks_exact(2).enumerate() {
        for digit in pair {
            let byte = bytes.get_mut(index)?;
            *byte = *byte << 4 | hex(*digit)?;
        }
        if index == 5 && is_nothing(bytes.get(..LOOKED_AT / 2)?) {
            return None;
        }
    }
    Some(bytes)
}

/// Tells by the first half of the bytes looked at whether they begin neither as a text nor as a format that
/// is looked for.
fn is_nothing(bytes: &[u8]) -> bool {
    let other = matches!(
        bytes,
        [0xc2..=0xf4, 0x80..=0xbf, ..]
            | [0xff, 0xfe, ..]
            | [0xfe, 0xff, ..]
            | [4 | 0x1f | b'(' | b'7' | 0x80 | 0xac | 0xd0 | 0xfd, ..]
            | [b'P', b'K', ..]
            | [b'B', b'Z', ..]
            | [0, _, 0, _, 0, _, ..]
            | [_, 0, _, 0, _, 0, ..]
    );
    printable(bytes) < PRINTABLE_FIRST && !other
}

/// Tells whether a text begins so: in any encoding, if enough of it is ASCII, else in UTF-8.
fn is_text(bytes: &[u8; LOOKED_AT], enough: usize) -> bool {
    let printable = printable(bytes);
    printable >= enough
        || printable + bytes.iter().filter(|byte| **byte >= 0x80).count() == LOOKED_AT
            && std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true)
}

/// Tells whether a text begins so in UTF-16.
fn is_wide(bytes: &[u8; LOOKED_AT]) -> bool {
    let zeros = |first: usize| bytes.iter().skip(first).step_by(2).all(|byte| *byte == 0);
    let text = |first: usize| {
        let units = bytes.iter().skip(first).step_by(2);
        units.copied().all(is_printable)
    };
    matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..])
        || zeros(1) && text(0)
        || zeros(0) && text(1)
}

/// Tells whether data begin so that hold texts, packed or among others.
fn is_packed(bytes: &[u8; LOOKED_AT]) -> bool {
    match bytes {
        // gzip, zip, bzip2, xz, zstd, lz4, 7z.
        [0x1f, 0x8b, 8, ..]
        | [b'P', b'K', 3, 4, ..]
        | [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, ..]
        | [0xfd, b'7', b'z', b'X', b'Z', 0, ..]
        | [0x28, 0xb5, 0x2f, 0xfd, ..]
        | [4, 0x22, 0x4d, 0x18, ..]
        | [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..]
        // Documents in OLE, objects of Java and of Python.
        | [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, ..]
        | [0xac, 0xed, 0, 5, ..]
        | [0x80, 2..=5, 0x95 | b'}' | b']' | b'X' | b'c', ..] => true,
        _ => false,
    }
}
