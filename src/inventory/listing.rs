//! What each file under the exports folder is.

use std::collections::BTreeMap;

use crate::source::Instant;

/// What reading one file came to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reading {
    /// Everything in it was used.
    Whole,
    /// It was used, and says itself that there is more: an unconsumed paging token, a stated
    /// failure of some items.
    Partial(String),
    /// The command was refused; what depends on it is unknown.
    Denied(String),
    /// The command failed with the error that means the thing is not configured.
    NotConfigured(String),
    /// The command failed otherwise.
    Failed(String),
    /// The file can't be read or parsed.
    Unreadable(String),
    /// It is well formed and nothing the workbook knows.
    NotRecognised(String),
    /// It is known and holds nothing for any check: a Kustomization, a helper's output.
    NotUsed(String),
}

/// One file of the exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileListing {
    /// The path below the exports folder, with forward slashes.
    pub path: String,
    /// The bytes of the file.
    pub bytes: u64,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub digest: String,
    /// What it is: the command or format, in words.
    pub format: String,
    /// What reading it came to.
    pub reading: Reading,
    /// How many resources of each type it gave (or gave a part of).
    pub resources: BTreeMap<String, usize>,
    /// The account or subscription it shows.
    pub account: Option<String>,
    /// The region it shows.
    pub region: Option<String>,
    /// When it was observed, where stated.
    pub observed: Option<Instant>,
}

/// Whether all things of a type were exported.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Completeness {
    /// An export that lists the type was read whole, and none of the type was denied or cut.
    Complete,
    /// Some were exported; the reason says what is missing.
    Partial(String),
    /// No export shows the type; the reason names the command that would.
    Missing(String),
}
