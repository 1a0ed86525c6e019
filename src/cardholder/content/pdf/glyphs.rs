//! The characters that glyphs are named by, and the widths of those fonts that every reader of PDF
//! has (Adobe's metrics of the standard 14 fonts), as far as they are ASCII.

/// A font that every reader has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standard {
    /// All characters are as wide.
    Courier,
    /// Without serifs.
    Helvetica,
    /// Without serifs, bold.
    HelveticaBold,
    /// With serifs.
    Times,
}

impl Standard {
    /// Returns the one that a font is, or is like, by its name.
    pub(super) fn of(name: &[u8]) -> Self {
        let has = |part: &str| memchr::memmem::find(name, part.as_bytes()).is_some();
        if has("Courier") || has("Mono") || has("Consolas") {
            Self::Courier
        } else if has("Times") || has("Serif") || has("Georgia") {
            Self::Times
        } else if has("Bold") {
            Self::HelveticaBold
        } else {
            Self::Helvetica
        }
    }

    /// Returns how wide a character is, in thousandths of the size.
    pub(super) fn width(self, text: &str) -> f64 {
        let widths = match self {
            Self::Courier => return 600.0,
            Self::Helvetica => &HELVETICA,
            Self::HelveticaBold => &HELVETICA_BOLD,
            Self::Times => &TIMES,
        };
        let sign = text.bytes().next().unwrap_or_default();
        let at = usize::from(sign).checked_sub(32);
        at.and_then(|at| widths.get(at))
            .map_or(500.0, |width| f64::from(*width))
    }
}

/// Returns the characters of bytes in the encodings that fonts have in common: ASCII, and Latin-1
/// above it.
pub(super) fn latin() -> [char; 256] {
    std::array::from_fn(|byte| {
        let sign = u8::try_from(byte).map_or(' ', char::from);
        if sign.is_control() { ' ' } else { sign }
    })
}

/// Returns the character that a glyph is named by.
pub(super) fn named(name: &[u8]) -> Option<char> {
    let name = std::str::from_utf8(name).ok()?;
    // What follows a dot tells a variant: `one.oldstyle`.
    let name = match name.split('.').next() {
        None | Some("") => name,
        Some(name) => name,
    };
    if let Some(at) = NAMES.iter().position(|own| *own == name) {
        let at = u32::try_from(at).ok()?;
        return char::from_u32(at + 32);
    }
    if let Some((_, sign)) = OTHERS.iter().find(|(own, _)| *own == name) {
        return Some(*sign);
    }
    let code = name.strip_prefix("uni").or_else(|| name.strip_prefix('u'));
    let code = code.filter(|code| (4..=6).contains(&code.len()))?;
    char::from_u32(u32::from_str_radix(code, 16).ok()?)
}

/// The names of the characters of ASCII.
const NAMES: [&str; 95] = [
    "space",
    "exclam",
    "quotedbl",
    "numbersign",
    "dollar",
    "percent",
    "ampersand",
    "quotesingle",
    "parenleft",
    "parenright",
    "asterisk",
    "plus",
    "comma",
    "hyphen",
    "period",
    "slash",
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "colon",
    "semicolon",
    "less",
    "equal",
    "greater",
    "question",
    "at",
    "A",
    "B",
    "C",
    "D",
    "E",
    "F",
    "G",
    "H",
    "I",
    "J",
    "K",
    "L",
    "M",
    "N",
    "O",
    "P",
    "Q",
    "R",
    "S",
    "T",
    "U",
    "V",
    "W",
    "X",
    "Y",
    "Z",
    "bracketleft",
    "backslash",
    "bracketright",
    "asciicircum",
    "underscore",
    "grave",
    "a",
    "b",
    "c",
    "d",
    "e",
    "f",
    "g",
    "h",
    "i",
    "j",
    "k",
    "l",
    "m",
    "n",
    "o",
    "p",
    "q",
    "r",
    "s",
    "t",
    "u",
    "v",
    "w",
    "x",
    "y",
    "z",
    "braceleft",
    "bar",
    "braceright",
    "asciitilde",
];

/// Other names that stand near numbers.
const OTHERS: [(&str, char); 24] = [
    ("quoteright", '\''),
    ("quoteleft", '`'),
    ("minus", '-'),
    ("hyphenminus", '-'),
    ("endash", '\u{2013}'),
    ("emdash", '\u{2014}'),
    ("figuredash", '\u{2012}'),
    ("bullet", '\u{2022}'),
    ("periodcentered", '\u{b7}'),
    ("nbspace", '\u{a0}'),
    ("nonbreakingspace", '\u{a0}'),
    ("sfthyphen", '-'),
    ("fi", '\u{fb01}'),
    ("fl", '\u{fb02}'),
    ("adieresis", '\u{e4}'),
    ("odieresis", '\u{f6}'),
    ("udieresis", '\u{fc}'),
    ("eacute", '\u{e9}'),
    ("egrave", '\u{e8}'),
    ("agrave", '\u{e0}'),
    ("ccedilla", '\u{e7}'),
    ("Euro", '\u{20ac}'),
    ("quotedblleft", '"'),
    ("quotedblright", '"'),
];

/// Of Helvetica.
#[rustfmt::skip]
const HELVETICA: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// Of Helvetica-Bold.
#[rustfmt::skip]
const HELVETICA_BOLD: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667,
    611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556,
    278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];

/// Of Times-Roman.
#[rustfmt::skip]
const TIMES: [u16; 95] = [
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500,
    500, 500, 500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611,
    556, 722, 722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722,
    722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500,
    278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glyphs_are_named_by_their_characters() {
        for (name, expected) in [
            ("four", Some('4')),
            ("A", Some('A')),
            ("one.tab", Some('1')),
            ("uni0034", Some('4')),
            ("u20AC", Some('\u{20ac}')),
            (".notdef", None),
            ("g17", None),
        ] {
            assert_eq!(named(name.as_bytes()), expected, "{name}");
        }
    }
}
