//! What findings say of scan reports.

use std::fmt::Write as _;

use super::verdict::{counts, is_cleared, unlisted};
use crate::assess::Facts;
use crate::cardholder::{Confidence, Extent, Found, Place, ScanReport};
use crate::check::CardholderData;
use crate::source::Keyword as _;

/// How many findings or files a message names.
pub(super) const TOLD: usize = 3;

/// Says what was found and where, in the digits that may be told.
pub(super) fn describe(found: &Found) -> String {
    let issuer = found
        .issuer
        .as_ref()
        .map_or(String::new(), |issuer| format!(" of {issuer}"));
    let ends = found
        .last_four
        .as_ref()
        .map_or(String::new(), |digits| format!(" ending in {digits}"));
    let place = match found.place {
        Place::Content => "in",
        Place::Name => "in the name of",
    };
    format!(
        "{}{issuer}{ends} {place} {} at byte {}",
        found.kind.word(),
        found.file,
        found.offset
    )
}

/// Returns what a scan looks at.
pub(super) fn place_words(place: Place) -> &'static str {
    match place {
        Place::Content => "content",
        Place::Name => "names",
    }
}

/// Says what the scan was, and what it found of what is forbidden.
pub(super) fn shows(entry: &CardholderData, report: &ScanReport, facts: &Facts<'_>) -> String {
    let zone = facts.config.time_zone;
    let kinds: Vec<&str> = entry.forbid.iter().map(|kind| kind.word()).collect();
    let extent = match (report.extent, &report.selection) {
        (Extent::Sample, Some(selection)) => format!("a sample ({selection})"),
        (Extent::Sample, None) => "a sample".to_owned(),
        (Extent::All, _) => "all it held".to_owned(),
        (Extent::Period, _) => "all of a period".to_owned(),
    };
    let data = report.data.map_or(String::new(), |data| {
        format!(
            ", data of {} to {}",
            zone.date(data.from),
            zone.date(data.to)
        )
    });
    let sum = |confidence: Confidence| {
        let listed = report
            .findings
            .iter()
            .filter(|finding| counts(entry, finding, confidence))
            .count();
        u64::try_from(listed)
            .unwrap_or(u64::MAX)
            .saturating_add(unlisted(entry, report, confidence))
    };
    let mut text = format!(
        "scanned {} by {} {} for {} in {}: {extent}{data}, {} of {} files, {} bytes; \
         {} confirmed, {} possible, {} test",
        zone.date(report.ended),
        report.tool.name,
        report.tool.version,
        kinds.join(", "),
        place_words(entry.place),
        report.files.read,
        report.files.found,
        report.files.bytes,
        sum(Confidence::Confirmed),
        sum(Confidence::Possible),
        sum(Confidence::Test),
    );
    let cleared = report
        .findings
        .iter()
        .filter(|finding| counts(entry, finding, Confidence::Possible))
        .filter(|finding| is_cleared(finding, facts.data.today))
        .filter_map(|finding| finding.cleared.as_ref());
    for (n, cleared) in cleared.enumerate() {
        let begins = if n == 0 { "; cleared by " } else { ", by " };
        let _ = write!(text, "{begins}{}: {}", cleared.by, cleared.reason);
    }
    if report.files.unread > 0 {
        let _ = write!(text, "; {}", unread(report));
    }
    text
}

/// Says what was not read, and why.
pub(super) fn unread(report: &ScanReport) -> String {
    let mut text = format!(
        "did not read {} of {} files: ",
        report.files.unread, report.files.found
    );
    for (n, unread) in report.unread.iter().take(TOLD).enumerate() {
        let comma = if n == 0 { "" } else { ", " };
        let _ = write!(text, "{comma}{} ({})", unread.file, unread.why);
    }
    if report.unread.len() > TOLD {
        text.push_str(", ...");
    }
    text
}
