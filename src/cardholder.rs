//! The cardholder-data scanner: bytes to matches, and the report of a scan. It knows nothing of
//! pages and checks.
//!
//! No whole card number leaves this module: a [`Match`] has a place, a length and the last four
//! digits at most.

mod digits;
mod labelled;
mod number;
mod plain;
mod rules;
mod scan_report;
mod scanner;
mod track;
mod words;

use std::sync::Arc;

pub(crate) use plain::{card_numbers, holds_number};
pub use scan_report::{
    Cleared, Counts, Extent, Files, Found, Member, Period, ScanReport, Tool, Unread,
};

pub use rules::Rules;
pub use scanner::{Scanner, scan};

use crate::source::Keyword;

/// Account data at a place in a text. It tells no more of a number than its last four digits, and
/// of codes and PINs nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// What it is.
    pub kind: Kind,
    /// How sure that is.
    pub confidence: Confidence,
    /// Where it begins, in bytes of the text.
    pub offset: u64,
    /// How many bytes it has.
    pub length: usize,
    /// Whose number it is.
    pub issuer: Option<Arc<str>>,
    /// The last four digits of the number.
    pub last_four: Option<String>,
}

/// What kind of account data a match is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A primary account number.
    Pan,
    /// Magnetic-stripe data, track 1 or 2, or its equivalent on a chip.
    Track,
    /// A card verification code.
    CardCode,
    /// A PIN or PIN block.
    PinBlock,
    /// A number of which more is shown than a display may show.
    Display,
    /// A number of which more is kept than a truncation may keep.
    Truncation,
}

impl Keyword for Kind {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("pan", Self::Pan),
        ("track", Self::Track),
        ("card-code", Self::CardCode),
        ("pin-block", Self::PinBlock),
        ("display", Self::Display),
        ("truncation", Self::Truncation),
    ];
}

impl Kind {
    /// Tells whether a match of this kind shows a card number, so that its last four digits can
    /// be told. Codes and PINs are short: any digit of them is too many.
    #[must_use]
    pub fn has_number(self) -> bool {
        match self {
            Self::Pan | Self::Track | Self::Display | Self::Truncation => true,
            Self::CardCode | Self::PinBlock => false,
        }
    }
}

/// How sure a match is, from its structure and surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// It is account data.
    Confirmed,
    /// It may be, and a person has to look.
    Possible,
    /// It is a published test number.
    Test,
}

impl Keyword for Confidence {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("confirmed", Self::Confirmed),
        ("possible", Self::Possible),
        ("test", Self::Test),
    ];
}

/// Where a match stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// In content.
    Content,
    /// In a name: of a file, a key, a column, a stream.
    Name,
}

impl Keyword for Place {
    const WORDS: &'static [(&'static str, Self)] =
        &[("content", Self::Content), ("name", Self::Name)];
}
