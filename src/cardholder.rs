//! The cardholder-data scanner: bytes to matches, and the report of a scan. It knows nothing of
//! pages and checks.
//!
//! No whole card number leaves this module: a [`Match`] has a place, a length and the last four
//! digits at most.

mod allow;
mod candidates;
mod chip;
mod classes;
mod columns;
mod content;
mod context;
mod decide;
mod digit_run;
mod digits;
mod edge;
mod encoding;
mod finder;
mod foreign;
mod issuers;
mod key;
mod labelled;
mod layouts;
mod limits;
mod lines;
mod look;
mod masked;
mod naming;
mod number;
mod pan;
mod pass;
mod peers;
mod phrases;
mod places;
mod plain;
mod row;
mod rules;
mod scan_report;
mod scanner;
mod sequences;
mod shard;
mod shown;
mod sign;
mod signs;
#[cfg(target_arch = "x86_64")]
mod simd;
mod spelled;
mod spellings;
mod starts;
mod store;
mod surroundings;
mod sweep;
mod tables;
mod tokens;
mod told;
mod totals;
mod track;
mod values;
mod walk;
mod whole;

use std::sync::Arc;

pub(crate) use masked::without_numbers;
pub(crate) use plain::{card_numbers, holds_number};
pub use scan_report::{
    About, Cleared, Counts, Extent, Files, Found, Member, Period, ScanReport, Tally, Tool, Unread,
    merge,
};

pub use allow::{AllowList, Allowed, Allowing, Idle, Refused};
pub use content::{Limits, Observer, Source, Stream, Why, read, read_message};
pub use finder::Instructions;
pub use masked::Masked;
pub use rules::Rules;
pub use scanner::{Scanner, scan};
pub use shard::Shard;
pub use sweep::{
    Audience, Done, Finding, Sort, Way, judge_message, location, piece, stream, sweep,
};
pub use told::{harmless, told};
pub use totals::Totals;
pub use walk::{Entry, Given, Link, Walk, What, open_given};

use crate::source::Keyword;

/// Account data at a place in a text. It tells no more of a number than its first six and last
/// four digits, and of codes and PINs nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// What it is.
    pub kind: Kind,
    /// Which track it is, of magnetic-stripe data.
    pub track: Option<Track>,
    /// How sure that is.
    pub confidence: Confidence,
    /// Where it begins, in bytes of the text.
    pub offset: u64,
    /// How many bytes it has.
    pub length: usize,
    /// The line on which it begins, from 1.
    pub line: u64,
    /// The byte of that line at which it begins, from 1.
    pub column: u64,
    /// Whose number it is.
    pub issuer: Option<Arc<str>>,
    /// The number, masked.
    pub masked: Option<Masked>,
    /// The key, column or words that decided, without digits.
    pub context: Option<Box<str>>,
    /// Nothing beside it says what it is: other numbers in the same place of a text may.
    open: bool,
}

impl Match {
    /// Returns the word for what it is, which of tracks tells the number.
    #[must_use]
    pub fn sort(&self) -> &'static str {
        match (self.kind, self.track) {
            (Kind::Track, Some(Track::One)) => "track1",
            (Kind::Track, Some(Track::Two) | None) => "track2",
            (Kind::Pan | Kind::CardCode | Kind::PinBlock | Kind::Display | Kind::Truncation, _) => {
                self.kind.word()
            }
        }
    }

    /// Returns a match at a place in a text, of which nothing more is known yet.
    fn new(kind: Kind, confidence: Confidence, at: usize, length: usize) -> Self {
        Self {
            kind,
            track: None,
            confidence,
            offset: at as u64,
            length,
            line: 1,
            column: at as u64 + 1,
            issuer: None,
            masked: None,
            context: None,
            open: false,
        }
    }
}

/// A track of a magnetic stripe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Track {
    /// With the holder's name.
    One,
    /// Digits only; chips hold its equivalent (EMV tag 57).
    Two,
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
