//! The report of a scan, made where the data lies. It holds no card data.

mod form;
mod merge;
mod read;
mod tally;
mod write;

use std::collections::BTreeMap;

pub use merge::merge;
pub use tally::{About, Tally};

use super::{Confidence, Kind, Place, Shard};
use crate::source::{Date, Instant};

/// What one scan of one member of a population came to.
///
/// ```
/// use evidence_workbook::cardholder::ScanReport;
///
/// assert!(ScanReport::parse("{}").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanReport {
    /// What scanned.
    pub tool: Tool,
    /// When the scan began.
    pub started: Instant,
    /// When it ended.
    pub ended: Instant,
    /// What was scanned.
    pub member: Member,
    /// Where was looked.
    pub places: Vec<Place>,
    /// What was looked for.
    pub kinds: Vec<Kind>,
    /// How much of the member was to be scanned.
    pub extent: Extent,
    /// How a sample was selected.
    pub selection: Option<String>,
    /// The time that the data are of.
    pub data: Option<Period>,
    /// Which share of the files the scan was of, if it was shared out.
    pub shard: Option<Shard>,
    /// How much was read.
    pub files: Files,
    /// What could not be read, and why.
    pub unread: Vec<Unread>,
    /// How many findings of each kind there are.
    pub counts: BTreeMap<Kind, Counts>,
    /// The findings, all or the first of them.
    pub findings: Vec<Found>,
    /// How many findings are counted and not listed.
    pub omitted: u64,
}

/// What scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The SHA-256 of the rules it used, in hexadecimal.
    pub rules: String,
}

/// The member of a population that a report is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// A resource type, or a register such as `registers.log_sources`.
    pub member_type: String,
    /// The resource's id, another id or its name; or the entry's id.
    pub id: String,
    /// The account or subscription of the resource.
    pub account: Option<String>,
    /// Its region.
    pub region: Option<String>,
}

/// How much of a member a scan was to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Everything it held.
    All,
    /// Everything of a period.
    Period,
    /// A selection.
    Sample,
}

/// A stretch of time, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its start.
    pub from: Instant,
    /// Its end.
    pub to: Instant,
}

/// How much was read. A file is whatever the member keeps as one: a file, an object, a stream, a
/// message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Files {
    /// How many there are.
    pub found: u64,
    /// How many were read whole.
    pub read: u64,
    /// How many were not.
    pub unread: u64,
    /// How many bytes were read.
    pub bytes: u64,
}

/// Something that was not read, or not wholly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The file.
    pub file: String,
    /// Why.
    pub why: String,
}

/// How many findings have each confidence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Account data.
    pub confirmed: u64,
    /// To be looked at.
    pub possible: u64,
    /// Published test numbers.
    pub test: u64,
}

impl Counts {
    /// Returns how many have a confidence.
    #[must_use]
    pub fn of(self, confidence: Confidence) -> u64 {
        match confidence {
            Confidence::Confirmed => self.confirmed,
            Confidence::Possible => self.possible,
            Confidence::Test => self.test,
        }
    }
}

/// One finding of a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The file, with any number in its name masked.
    pub file: String,
    /// Where it begins, in bytes of the file or of its name.
    pub offset: u64,
    /// How many bytes it has.
    pub length: u64,
    /// What it is.
    pub kind: Kind,
    /// How sure that is.
    pub confidence: Confidence,
    /// Where it stands.
    pub place: Place,
    /// Whose number it is.
    pub issuer: Option<String>,
    /// The last four digits of the number.
    pub last_four: Option<String>,
    /// That a person looked, and it is no account data.
    pub cleared: Option<Cleared>,
}

/// A person's word that a possible finding is no account data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleared {
    /// Who looked.
    pub by: String,
    /// When.
    pub on: Date,
    /// The last day on which it counts.
    pub until: Date,
    /// What it is instead.
    pub reason: String,
}

impl ScanReport {
    /// What the key `format` of every report says, by which it is known.
    pub const FORMAT: &'static str = "workbook-scan-report";

    /// The version of the form.
    pub const SCHEMA_VERSION: u64 = 1;

    /// Reads a report.
    ///
    /// # Errors
    ///
    /// Says what is not as this version writes it, what does not add up, or that the report holds
    /// a card number, in which case it says no more than that.
    pub fn parse(text: &str) -> Result<Self, String> {
        read::report(text)
    }

    /// Returns the report as it is written: what [`ScanReport::parse`] reads, if it holds no card
    /// number and adds up, as every scan has to see to.
    #[must_use]
    pub fn to_json(&self) -> String {
        write::json(self)
    }

    /// Returns whom a report that can't be used is about, as far as it says.
    #[must_use]
    pub fn member_of_broken(text: &str) -> Option<Member> {
        read::member(text)
    }
}
