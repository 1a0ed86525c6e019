//! What words mean: phrases of Latin words, from their last word to their first, and words of
//! other scripts in every encoding that logs have.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::OnceLock;

use super::spelled::Spelled;
use super::spellings::spellings;
use super::tokens::{Token, Tokens};

/// What a phrase calls a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A card number.
    Card,
    /// An account: the number of a card too, if it has as many digits as most of them.
    Account,
    /// A card number, if it is the key of a value: `F2` of ISO 8583.
    Field,
    /// Something else, whatever it looks like.
    Other,
    /// Nothing: a part of a program or a message.
    Neutral,
    /// A number of something: what it is a part of decides.
    Number,
    /// Nothing by itself: `value`. Its surroundings decide.
    Generic,
    /// A card verification code.
    CardCode,
    /// Perhaps one.
    CardCodePerhaps,
    /// A PIN block.
    PinBlock,
    /// A PIN.
    Pin,
    /// Perhaps one.
    PinPerhaps,
    /// A date to which a card is valid.
    Expiry,
    /// The name of a cardholder, or of a brand.
    Beside,
    /// A hash of a card number.
    Hash,
}

impl Meaning {
    /// Tells whether it is what a code or a PIN is called.
    pub(super) fn is_label(self) -> bool {
        match self {
            Self::CardCode
            | Self::CardCodePerhaps
            | Self::PinBlock
            | Self::Pin
            | Self::PinPerhaps => true,
            Self::Card
            | Self::Other
            | Self::Neutral
            | Self::Generic
            | Self::Expiry
            | Self::Beside
            | Self::Field
            | Self::Account
            | Self::Number
            | Self::Hash => false,
        }
    }

    /// Tells whether the words before it decide what a value is called.
    pub(super) fn is_passed_over(self) -> bool {
        matches!(self, Self::Generic | Self::Number | Self::Neutral)
    }
}

/// A phrase in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spoken {
    pub(super) meaning: Meaning,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Which phrase of another script it is.
    pub(super) other: Option<usize>,
}

/// The phrases of a list.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    /// From a node and a word to the next node; the words of a phrase come last first.
    edges: HashMap<u64, u32, BuildHasherDefault<Plain>>,
    /// What phrases that end at a node mean.
    nodes: Vec<Option<Meaning>>,
    /// Phrases in other scripts, and what they mean.
    others: Vec<(String, Meaning)>,
    /// Every spelling of those: made when a text is not ASCII alone.
    spelled: OnceLock<Spelled>,
}

impl Clone for Phrases {
    fn clone(&self) -> Self {
        Self {
            edges: self.edges.clone(),
            nodes: self.nodes.clone(),
            others: self.others.clone(),
            spelled: OnceLock::new(),
        }
    }
}

/// Keys of the edges are hashes already.
#[derive(Debug, Default, Clone)]
struct Plain(u64);

impl Hasher for Plain {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

fn edge(node: u32, word: u64) -> u64 {
    word.rotate_left(17) ^ u64::from(node).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Phrases {
    /// Adds a phrase. Its words may also be written together.
    pub(super) fn add(&mut self, phrase: &str, meaning: Meaning) {
        if !is_latin(phrase) {
            for between in [" ", "", "_", "-", "+"] {
                self.others.push((phrase.replace(' ', between), meaning));
                if !phrase.contains(' ') {
                    break;
                }
            }
            return;
        }
        self.add_words(phrase, meaning);
        let together: String = phrase.split(' ').collect();
        if together.len() < phrase.len() {
            self.add_words(&together.to_lowercase(), meaning);
        }
    }

    fn add_words(&mut self, phrase: &str, meaning: Meaning) {
        if self.nodes.is_empty() {
            self.nodes.push(None);
        }
        let tokens = Tokens::of(phrase.as_bytes(), 0..phrase.len());
        let mut node = 0_u32;
        for token in tokens.as_slice().iter().rev() {
            let next = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
            node = *self.edges.entry(edge(node, token.hash)).or_insert(next);
            if node == next {
                self.nodes.push(None);
            }
        }
        if let Some(place) = usize::try_from(node)
            .ok()
            .and_then(|at| self.nodes.get_mut(at))
        {
            place.get_or_insert(meaning);
        }
    }

    /// Returns the longest phrase whose last word is the last of `tokens`.
    pub(super) fn ending(&self, tokens: &[Token]) -> Option<Spoken> {
        let end = tokens.last()?.end;
        let mut node = 0;
        let mut longest = None;
        for token in tokens.iter().rev() {
            match self.edges.get(&edge(node, token.hash)) {
                Some(next) => node = *next,
                None => break,
            }
            let meaning = usize::try_from(node)
                .ok()
                .and_then(|at| self.nodes.get(at))
                .copied()
                .flatten();
            if let Some(meaning) = meaning {
                longest = Some(Spoken {
                    meaning,
                    start: token.start,
                    end,
                    other: None,
                });
            }
        }
        longest
    }

    /// Calls with every phrase in another script within a range, in order.
    pub(super) fn in_other_scripts(
        &self,
        bytes: &[u8],
        range: std::ops::Range<usize>,
        mut with: impl FnMut(Spoken),
    ) {
        let Some(text) = bytes.get(range.clone()) else {
            return;
        };
        if !is_beyond(text) {
            return;
        }
        let spelled = self.spelled.get_or_init(|| self.spelled());
        spelled.find(text, |found, other| {
            if let Some((_, meaning)) = self.others.get(other) {
                with(Spoken {
                    meaning: *meaning,
                    start: range.start + found.start,
                    end: range.start + found.end,
                    other: Some(other),
                });
            }
        });
    }

    /// Returns the text of a phrase of another script.
    pub(super) fn text(&self, other: usize) -> Option<&str> {
        self.others.get(other).map(|(text, _)| text.as_str())
    }

    fn spelled(&self) -> Spelled {
        let phrases = self.others.iter().enumerate();
        let spelled = phrases.flat_map(|(other, (phrase, _))| {
            let spellings = spellings(phrase);
            spellings.into_iter().map(move |spelling| (spelling, other))
        });
        Spelled::new(spelled.collect())
    }
}

/// Tells whether there may be letters of another script in a text, as they are or escaped.
fn is_beyond(text: &[u8]) -> bool {
    let mut bytes = text.iter().enumerate();
    bytes.any(|(at, byte)| match byte {
        0x80.. | 0x1b => true,
        b'\\' => matches!(text.get(at + 1), Some(b'u' | b'U')),
        // An escaped sign of ASCII is not one.
        b'%' => !matches!(
            text.get(at + 1..at + 3),
            Some([b'2'..=b'7', b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F'])
        ),
        _ => false,
    })
}

/// Tells whether a phrase is in Latin letters.
fn is_latin(phrase: &str) -> bool {
    phrase.chars().all(|sign| u32::from(sign) < 0x180)
}
