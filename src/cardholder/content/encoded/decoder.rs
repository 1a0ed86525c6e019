//! A run of letters to the bytes it is, in passing, with the way back to where each byte stands.

use super::{Encoding, SIGNS, hex, is_printable, value};
use crate::cardholder::lines::Position;

/// The shortest line after which a run may go on: MIME breaks after 76, PEM after 64, and nobody
/// after fewer.
const LINE: u32 = 32;
/// How far a line may be indented on which a run goes on.
const INDENTED: u8 = 64;
/// How many breaks are remembered for the way back. A scanner is never behind by that many.
const REMEMBERED: usize = 16 * 1024;
/// The longest way to write one sign in another way: `\u002B`.
const LONGEST_ESCAPE: usize = 6;

/// Letters that stand side by side.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    /// The first of them, counted from the run's beginning.
    letter: u64,
    /// Where it stands.
    at: Position,
}

/// A run of letters that is being decoded.
#[derive(Debug)]
pub(super) struct Decoder {
    encoding: Encoding,
    /// Where the next byte of the run stands.
    at: Position,
    /// The letters that do not yet make a byte, and how many they are.
    bits: u32,
    have: u8,
    /// How many letters there were.
    letters: u64,
    /// How many since the line began.
    line: u32,
    gap: Gap,
    /// The beginning of a sign that is written in another way.
    escape: Vec<u8>,
    stretches: Vec<Stretch>,
    ended: bool,
}

/// What stands before the next letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// Nothing: it follows the last one.
    None,
    /// Something that is no letter and not a line's end.
    Jump,
    /// The end of a line, and so many blanks.
    Break {
        /// Whether a line feed was seen: of two, one ends the run.
        fed: bool,
        blanks: u8,
    },
}

/// What a few bytes are, in the syntax around the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escape {
    /// The beginning of one.
    Partial,
    /// A sign.
    Sign(u8),
    /// The end of a line.
    Break(u8),
    None,
}

impl Decoder {
    /// Begins with a run that stands at a place.
    pub(super) fn new(encoding: Encoding, at: Position) -> Self {
        Self {
            encoding,
            at,
            bits: 0,
            have: 0,
            letters: 0,
            line: 0,
            gap: Gap::Jump,
            escape: Vec::new(),
            stretches: Vec::new(),
            ended: false,
        }
    }

    /// Decodes the next bytes of the text. Returns how many of them belong to the run: fewer than
    /// there are once it ended.
    pub(super) fn feed(&mut self, bytes: &[u8], into: &mut Vec<u8>) -> usize {
        let mut taken = 0;
        while let Some(byte) = bytes.get(taken) {
            if self.ended || !self.take(*byte, into) {
                self.finish(into);
                return taken;
            }
            self.at.over(std::slice::from_ref(byte));
            taken += 1;
            if self.gap == Gap::None && self.have == 0 && self.escape.is_empty() {
                taken += self.stretch(bytes.get(taken..).unwrap_or_default(), into);
            }
        }
        taken
    }

    /// Ends the run: gives what its last letters make.
    pub(super) fn finish(&mut self, into: &mut Vec<u8>) {
        self.ended = true;
        match (self.encoding, self.have) {
            (Encoding::Base64, 2) => into.push(low(self.bits >> 4)),
            (Encoding::Base64, 3) => into.extend([self.bits >> 10, self.bits >> 2].map(low)),
            (Encoding::Base64 | Encoding::Hex | Encoding::Wide, _) => {}
        }
        self.have = 0;
    }

    /// Returns how the run is written.
    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Returns where decoded bytes stand: their first letter, and how many bytes of the text they
    /// take.
    pub(super) fn place(&self, from: u64, length: usize) -> (Position, usize) {
        let last = from + (length as u64).max(1) - 1;
        let end = match self.encoding {
            Encoding::Base64 | Encoding::Hex => self.encoding.letter_of(last) + 1,
            Encoding::Wide => self.encoding.letter_of(last),
        };
        let begin = self.stands(self.encoding.letter_of(from));
        let end = self.stands(end).offset + 1;
        let length = usize::try_from(end.saturating_sub(begin.offset)).unwrap_or(length);
        (begin, length)
    }

    /// Returns where a letter stands.
    fn stands(&self, letter: u64) -> Position {
        let index = self.stretches.partition_point(|one| one.letter <= letter);
        let stretch = index.checked_sub(1).and_then(|at| self.stretches.get(at));
        let mut at = stretch
            .or(self.stretches.first())
            .map_or(self.at, |one| one.at);
        let into = stretch.map_or(0, |one| letter - one.letter);
        at.offset += into;
        at
    }

    /// Decodes whole groups of letters side by side; returns how many bytes these are.
    fn stretch(&mut self, bytes: &[u8], into: &mut Vec<u8>) -> usize {
        let before = into.len();
        let taken = match self.encoding {
            Encoding::Base64 => {
                for four in bytes.chunks_exact(4) {
                    let mut bits = 0;
                    let mut all = 0;
                    for byte in four {
                        all |= value(*byte);
                        bits = bits << 6 | u32::from(value(*byte));
                    }
                    if all >= SIGNS {
                        break;
                    }
                    into.extend([bits >> 16, bits >> 8, bits].map(low));
                }
                (into.len() - before) / 3 * 4
            }
            Encoding::Hex | Encoding::Wide => 0,
        };
        self.letters += taken as u64;
        self.line = self
            .line
            .saturating_add(u32::try_from(taken).unwrap_or(u32::MAX));
        self.at.offset += taken as u64;
        taken
    }

    /// Takes a byte; tells whether it belongs to the run.
    fn take(&mut self, byte: u8, into: &mut Vec<u8>) -> bool {
        if self.encoding == Encoding::Wide {
            return self.wide(byte, into);
        }
        if !self.escape.is_empty() {
            self.escape.push(byte);
            let escape = escape(&self.escape);
            if escape != Escape::Partial {
                self.escape.clear();
            }
            return match escape {
                Escape::Partial => true,
                Escape::Sign(sign) => {
                    self.jump();
                    let taken = self.letter(sign, into);
                    self.jump();
                    taken
                }
                Escape::Break(end) => self.broken(end),
                Escape::None => false,
            };
        }
        match byte {
            b'\\' | b'%' | b'&' => {
                self.escape.push(byte);
                true
            }
            b'\r' | b'\n' => self.broken(byte),
            b' ' | b'\t' => match &mut self.gap {
                Gap::Break { blanks, .. } if *blanks < INDENTED => {
                    *blanks += 1;
                    true
                }
                Gap::Break { .. } | Gap::None | Gap::Jump => false,
            },
            _ => self.letter(byte, into),
        }
    }

    fn jump(&mut self) {
        if self.gap == Gap::None {
            self.gap = Gap::Jump;
        }
    }

    /// Takes the end of a line; tells whether the run may go on after it.
    fn broken(&mut self, end: u8) -> bool {
        let again = match self.gap {
            Gap::Break { fed, .. } => fed && end == b'\n',
            Gap::None | Gap::Jump => self.have != 0 || self.line < LINE,
        };
        let seen = matches!(self.gap, Gap::Break { fed: true, .. });
        self.gap = Gap::Break {
            fed: seen || end == b'\n',
            blanks: 0,
        };
        !again
    }

    /// Takes a letter; tells whether it is one.
    fn letter(&mut self, sign: u8, into: &mut Vec<u8>) -> bool {
        let value = match self.encoding {
            Encoding::Base64 => Some(value(sign)).filter(|value| *value < SIGNS),
            Encoding::Hex => hex(sign),
            Encoding::Wide => None,
        };
        let Some(value) = value else {
            return false;
        };
        if self.gap != Gap::None {
            if self.gap != Gap::Jump {
                self.line = 0;
            }
            self.gap = Gap::None;
            self.remember();
        }
        self.letters += 1;
        self.line = self.line.saturating_add(1);
        self.have += 1;
        match self.encoding {
            Encoding::Base64 => {
                self.bits = self.bits << 6 | u32::from(value);
                if self.have == 4 {
                    self.have = 0;
                    into.extend([self.bits >> 16, self.bits >> 8, self.bits].map(low));
                }
            }
            Encoding::Hex => {
                self.bits = self.bits << 4 | u32::from(value);
                if self.have == 2 {
                    self.have = 0;
                    into.push(low(self.bits));
                }
            }
            Encoding::Wide => {}
        }
        true
    }

    /// Takes a byte of a text that has a NUL after each.
    fn wide(&mut self, byte: u8, into: &mut Vec<u8>) -> bool {
        if self.letters == 0 {
            self.remember();
        }
        let even = self.letters.is_multiple_of(2);
        if even && is_printable(byte) {
            into.push(byte);
        } else if even || byte != 0 {
            return false;
        }
        self.letters += 1;
        true
    }

    /// Remembers where the next letter stands.
    fn remember(&mut self) {
        if self.stretches.len() == REMEMBERED {
            self.stretches.drain(..REMEMBERED / 2);
        }
        self.stretches.push(Stretch {
            letter: self.letters,
            at: self.at,
        });
    }
}

/// Returns the low byte.
fn low(bits: u32) -> u8 {
    let [.., low] = bits.to_be_bytes();
    low
}

/// Reads a sign as JSON, URLs and HTML write it.
fn escape(bytes: &[u8]) -> Escape {
    const ESCAPES: &[(&[u8], Escape)] = &[
        (b"\\/", Escape::Sign(b'/')),
        (b"\\u002b", Escape::Sign(b'+')),
        (b"\\u002f", Escape::Sign(b'/')),
        (b"%2b", Escape::Sign(b'+')),
        (b"%2f", Escape::Sign(b'/')),
        (b"&#43;", Escape::Sign(b'+')),
        (b"&#47;", Escape::Sign(b'/')),
        (b"&#x2b;", Escape::Sign(b'+')),
        (b"&#x2f;", Escape::Sign(b'/')),
        (b"\\n", Escape::Break(b'\n')),
        (b"\\r", Escape::Break(b'\r')),
        (b"\\\n", Escape::Break(b'\n')),
        (b"\\\\n", Escape::Break(b'\n')),
        (b"\\\\r", Escape::Break(b'\r')),
        (b"\\u000a", Escape::Break(b'\n')),
        (b"\\u000d", Escape::Break(b'\r')),
        (b"%0a", Escape::Break(b'\n')),
        (b"%0d", Escape::Break(b'\r')),
        (b"&#10;", Escape::Break(b'\n')),
        (b"&#13;", Escape::Break(b'\r')),
        (b"&#xa;", Escape::Break(b'\n')),
        (b"&#xd;", Escape::Break(b'\r')),
    ];
    if bytes.len() > LONGEST_ESCAPE {
        return Escape::None;
    }
    let begins = |whole: &&(&[u8], Escape)| {
        let begin = whole.0.get(..bytes.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(bytes))
    };
    match ESCAPES.iter().find(begins) {
        Some((whole, escape)) if whole.len() == bytes.len() => *escape,
        Some(_) => Escape::Partial,
        None => Escape::None,
    }
}
