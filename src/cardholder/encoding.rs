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
const PRINTABLE_FIRST: u16 = 5;
/// How many of those in hexadecimal digits: telephone numbers and counters pass for text more
/// easily.
const PRINTABLE_HEX: usize = 11;

impl Encoding {
    /// Returns how the run of letters at the beginning of these bytes is written, if it holds a
    /// text, or a format that is read.
    pub(super) fn of(run: &[u8]) -> Option<Self> {
        match may_begin(run.first_chunk()?) {
            true => Self::exactly(run),
            false => None,
        }
    }

    fn exactly(run: &[u8]) -> Option<Self> {
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

/// What a letter speaks for: that the byte is printed which it begins as the first, second or third
/// of four signs, in the lower half, or as the first of two digits, in the upper half.
type Hints = [u16; 256];

/// What is added for each printed byte of digits.
const OF_DIGITS: u16 = 1 << 8;

/// Of the first, second and third sign, of which the first and third begin two digits too, and of what
/// only begins digits.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
static HINTS: [Hints; 4] = {
    let mut hints = [[0; 256]; 4];
    let mut byte = 0;
    while byte < CLASSES.len() {
        let Class { sign, digit, .. } = CLASSES[byte];
        let of_digits = if matches!(digit, 0 | 2..=7) {
            OF_DIGITS
        } else {
            0
        };
        // Tabs and the ends of lines are printed, too.
        let first = matches!(sign, 2 | 3 | 8..=31);
        let second = sign < SIGNS && matches!(sign & 15, 0 | 2..=7);
        let third = sign < SIGNS && sign & 3 < 2;
        hints[0][byte] = first as u16 + of_digits;
        hints[1][byte] = second as u16;
        hints[2][byte] = third as u16 + of_digits;
        hints[3][byte] = of_digits;
        byte += 1;
    }
    hints
};

/// Tells whether letters may begin something that is looked for: quickly, since nearly none do.
fn may_begin(letters: &[u8; LOOKED_AT]) -> bool {
    let [
        one,
        two,
        three,
        four,
        five,
        six,
        seven,
        _,
        nine,
        _,
        eleven,
        _,
    ] = *letters;
    let [first, second, third, digit] = &HINTS;
    let of = |hints: &Hints, letter: u8| hints.get(usize::from(letter)).copied().unwrap_or(0);
    let printed = of(first, one)
        + of(second, two)
        + of(third, three)
        + of(first, five)
        + of(second, six)
        + of(third, seven)
        + of(digit, nine)
        + of(digit, eleven);
    if printed % OF_DIGITS >= PRINTABLE_FIRST || printed / OF_DIGITS >= PRINTABLE_FIRST {
        return true;
    }
    let [one, two, three, four] = [one, two, three, four].map(class);
    let of_signs = may_be_other(
        one.sign << 2 | two.sign >> 4,
        two.sign << 4 | (three.sign & 63) >> 2,
    );
    let of_digits = (one.digit | two.digit | three.digit | four.digit) < 16
        && may_be_other(one.digit << 4 | two.digit, three.digit << 4 | four.digit);
    of_signs || of_digits
}

/// Tells whether something may begin with two bytes that is looked for and begins as no text of
/// ASCII.
fn may_be_other(one: u8, two: u8) -> bool {
    let other = class(one).other;
    other == 1 || other == 2 && two >> 6 == 2 || two == 0
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
    /// 1 for what begins something else than a text of ASCII, 2 for what begins a letter of UTF-8.
    other: u8,
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
        other: 0,
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
            other: match byte as u8 {
                0 | 4 | 0x1f | b'(' | b'7' | b'B' | b'P' | 0x80 | 0xac | 0xd0 | 0xfd.. => 1,
                0xc2..=0xf4 => 2,
                _ => 0,
            },
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
        other: 0,
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
    let begin = joined(first, 6, value)?;
    if is_nothing(begin) {
        return None;
    }
    Some(bytes(begin, joined(last, 6, value)?))
}

/// Returns the first bytes of what a run is in hexadecimal digits, if it is that and not certain to
/// be nothing.
fn hex_start(run: &[u8]) -> Option<[u8; LOOKED_AT]> {
    let digits: &[u8; LOOKED_AT * 2] = run.first_chunk()?;
    let (first, last) = digits.split_at(digits.len() / 2);
    let begin = joined(first, 4, |digit| class(digit).digit)?;
    if is_nothing(begin) {
        return None;
    }
    let end = joined(last, 4, |digit| class(digit).digit)?;
    Some(bytes(begin, end))
}

/// Returns the six bytes that letters are, of so many bits each, as a number.
fn joined(letters: &[u8], bits: u32, value: impl Fn(u8) -> u8) -> Option<u64> {
    let (mut six, mut all) = (0, 0);
    for letter in letters {
        let value = value(*letter);
        all |= value;
        six = six << bits | u64::from(value);
    }
    (all >> bits == 0).then_some(six)
}

/// Returns the bytes of two numbers of six.
fn bytes(begin: u64, end: u64) -> [u8; LOOKED_AT] {
    let mut bytes = [0; LOOKED_AT];
    for (six, part) in [begin, end].into_iter().zip(bytes.chunks_exact_mut(6)) {
        let [_, _, six @ ..] = six.to_be_bytes();
        part.copy_from_slice(&six);
    }
    bytes
}

/// Tells by six bytes, the first of them the highest, whether they begin neither as a text nor as a
/// format that is looked for.
fn is_nothing(six: u64) -> bool {
    const ALL: u64 = 0x0101_0101_0101;
    let low = six & (ALL * 0x7f);
    let is = |byte: u64| !((low ^ (ALL * byte)) + ALL * 0x7f);
    let text = (low + ALL * 0x60) & !(low + ALL);
    let ends = is(u64::from(b'\t')) | is(u64::from(b'\n')) | is(u64::from(b'\r'));
    let printable = (text | ends) & !six & (ALL * 0x80);
    let count = ((printable >> 7).wrapping_mul(ALL) >> 40) & 0xff;
    if count >= u64::from(PRINTABLE_FIRST) {
        return false;
    }
    let [_, _, bytes @ ..] = six.to_be_bytes();
    !matches!(
        bytes,
        [0xc2..=0xf4, 0x80..=0xbf, ..]
            | [0xff, 0xfe, ..]
            | [0xfe, 0xff, ..]
            | [4 | 0x1f | b'(' | b'7' | 0x80 | 0xac | 0xd0 | 0xfd, ..]
            | [b'P', b'K', ..]
            | [b'B', b'Z', ..]
            | [0, _, 0, _, 0, _]
            | [_, 0, _, 0, _, 0]
    )
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_look_lets_through_whatever_is_told() {
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 8
        };
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";
        let mut told = 0;
        for round in 0..400_000 {
            let letters: &[u8] = if round % 2 == 0 {
                alphabet
            } else {
                b"0123456789abcdefAC"
            };
            let run: Vec<u8> = (0..32)
                .map(|_| letters[next() as usize % letters.len()])
                .collect();
            if Encoding::exactly(&run).is_some() {
                told += 1;
                assert!(may_begin(run.first_chunk().expect("enough")), "{run:?}");
            }
        }
        assert!(told > 1000, "{told}");
    }
}
