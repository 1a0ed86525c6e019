//! A report made while a sweep is told.

use std::collections::BTreeMap;
use std::io;

use super::{Cleared, Counts, Extent, Files, Found, Member, Period, ScanReport, Tool, Unread};
use crate::cardholder::{
    Audience, Confidence, Done, Finding, Kind, Match, Place, Rules, Shard, Sort, Why, location,
};
use crate::source::{Instant, Keyword as _};

/// How many findings of each kind, place and confidence are listed.
const LISTED: usize = 200;
/// How many files that were not read are listed. A report of more is not made.
const UNREAD: usize = 100_000;
/// How many reasons are told for one file.
const REASONS: usize = 3;

/// What a scan is of, as whoever makes it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The member of a population.
    pub member: Member,
    /// How much of it is scanned.
    pub extent: Extent,
    /// How a sample was selected.
    pub selection: Option<String>,
    /// The time that the data are of.
    pub data: Option<Period>,
    /// Which share this is.
    pub shard: Option<Shard>,
}

/// A report in the making.
#[derive(Debug)]
pub struct Tally {
    report: ScanReport,
    listing: Listing,
    /// Why the file that is told now was not read.
    reasons: Vec<String>,
    /// Whether more was not read than can be listed.
    overflown: bool,
}

impl Tally {
    /// Begins a report.
    #[must_use]
    pub fn new(about: About, rules: &Rules, started: Instant) -> Self {
        let kinds: Vec<Kind> = Kind::WORDS.iter().map(|(_, kind)| *kind).collect();
        let report = ScanReport {
            tool: Tool {
                name: env!("CARGO_PKG_NAME").to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                rules: rules.digest().to_owned(),
            },
            started,
            ended: started,
            member: about.member,
            places: vec![Place::Content, Place::Name],
            counts: kinds
                .iter()
                .map(|kind| (*kind, Counts::default()))
                .collect(),
            kinds,
            extent: about.extent,
            selection: about.selection,
            data: about.data,
            shard: about.shard,
            files: Files {
                found: 0,
                read: 0,
                unread: 0,
                bytes: 0,
            },
            unread: Vec::new(),
            findings: Vec::new(),
            omitted: 0,
        };
        Self {
            report,
            listing: Listing::default(),
            reasons: Vec::new(),
            overflown: false,
        }
    }

    /// Ends the report.
    ///
    /// # Errors
    ///
    /// When whoever reads it would refuse it, and why.
    pub fn finish(mut self, ended: Instant) -> Result<ScanReport, String> {
        if self.overflown {
            return Err(format!("more than {UNREAD} files were not read"));
        }
        // A clock that was set back makes no scan end before it began.
        self.report.findings = self.listing.findings;
        self.report.omitted = self.listing.omitted;
        self.report.ended = ended.max(self.report.started);
        ScanReport::parse(&self.report.to_json())
    }
}

impl Audience for Tally {
    fn found(&mut self, finding: Finding<'_>) -> io::Result<()> {
        let found = found(&finding);
        self.report
            .counts
            .entry(found.kind)
            .or_default()
            .add(found.confidence);
        self.listing.add(found);
        Ok(())
    }

    fn unread(&mut self, _: &str, member: &str, why: Why) -> io::Result<()> {
        if self.reasons.len() <= REASONS {
            self.reasons.push(match member.is_empty() {
                true => why.to_string(),
                false => format!("{member}: {why}"),
            });
        }
        Ok(())
    }

    fn done(&mut self, file: &str, done: Done) -> io::Result<()> {
        let mut reasons = std::mem::take(&mut self.reasons);
        let files = &mut self.report.files;
        files.bytes = files.bytes.saturating_add(done.bytes);
        match done.sort {
            Sort::Name => return Ok(()),
            Sort::Whole => files.read += 1,
            Sort::Unread => {
                files.unread += 1;
                if reasons.len() > REASONS {
                    reasons.truncate(REASONS);
                    reasons.push("...".to_owned());
                }
                if self.report.unread.len() < UNREAD {
                    self.report.unread.push(Unread {
                        file: file.to_owned(),
                        why: reasons.join("; "),
                    });
                } else {
                    self.overflown = true;
                }
            }
        }
        files.found += 1;
        Ok(())
    }
}

/// Returns what a report tells of a finding: of a number its last four digits, and no surroundings.
fn found(finding: &Finding<'_>) -> Found {
    let Match {
        kind,
        confidence,
        offset,
        length,
        issuer,
        masked,
        ..
    } = finding.found;
    // That somebody looked counts for what may be something else, and for nothing beyond.
    let cleared = finding
        .allowed
        .filter(|_| *confidence == Confidence::Possible)
        .map(|allowed| Cleared {
            by: allowed.approver.clone(),
            on: allowed.approved,
            until: allowed.expires,
            reason: allowed.reason.clone(),
        });
    let last_four = masked
        .as_ref()
        .filter(|_| kind.has_number())
        .map(|masked| masked.last_four().to_owned())
        .filter(|digits| digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()));
    Found {
        file: location(finding.file, finding.member),
        offset: *offset,
        length: *length as u64,
        kind: *kind,
        confidence: *confidence,
        place: finding.place,
        issuer: issuer.as_ref().map(ToString::to_string),
        last_four,
        cleared,
    }
}

/// The findings that a report lists: some of each sort, so that none hides another.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) findings: Vec<Found>,
    listed: BTreeMap<(Kind, Place, Confidence), usize>,
    /// How many were not listed.
    pub(super) omitted: u64,
}

impl Listing {
    /// Lists a finding, unless there are enough of its sort.
    pub(super) fn add(&mut self, found: Found) {
        let listed = self
            .listed
            .entry((found.kind, found.place, found.confidence))
            .or_default();
        if *listed < LISTED {
            *listed += 1;
            self.findings.push(found);
        } else {
            self.omitted += 1;
        }
    }
}
