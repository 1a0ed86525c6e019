//! The reports of all shares of one scan, joined.

use std::collections::BTreeMap;

use super::tally::Listing;
use super::{Counts, ScanReport};
use crate::cardholder::{Confidence, Kind, Shard};
use crate::source::Keyword as _;

/// Joins the reports of the shares of one scan into one report of the whole.
///
/// # Errors
///
/// When they are not all shares of one scan, each once, and why.
///
/// ```
/// use evidence_workbook::cardholder::merge;
///
/// assert!(merge(Vec::new()).is_err());
/// ```
pub fn merge(mut reports: Vec<ScanReport>) -> Result<ScanReport, String> {
    reports.sort_by_key(|report| report.shard.map_or(0, Shard::number));
    complete(&reports)?;
    let mut reports = reports.into_iter();
    let Some(mut whole) = reports.next() else {
        return Err("there is no report to merge".to_owned());
    };
    whole.shard = None;
    let mut findings = std::mem::take(&mut whole.findings);
    for report in reports {
        agree(&whole, &report)?;
        whole.started = whole.started.min(report.started);
        whole.ended = whole.ended.max(report.ended);
        let (files, more) = (&mut whole.files, report.files);
        files.found = files.found.saturating_add(more.found);
        files.read = files.read.saturating_add(more.read);
        files.unread = files.unread.saturating_add(more.unread);
        files.bytes = files.bytes.saturating_add(more.bytes);
        whole.unread.extend(report.unread);
        add(&mut whole.counts, &report.counts);
        whole.omitted = whole.omitted.saturating_add(report.omitted);
        findings.extend(report.findings);
    }
    whole.unread.sort_by(|a, b| a.file.cmp(&b.file));
    findings.sort_by(|a, b| (&a.file, a.place, a.offset).cmp(&(&b.file, b.place, b.offset)));
    let mut listing = Listing::default();
    for found in findings {
        listing.add(found);
    }
    whole.findings = listing.findings;
    whole.omitted = whole.omitted.saturating_add(listing.omitted);
    ScanReport::parse(&whole.to_json())
}

/// Says whether every share is there, and none twice.
fn complete(reports: &[ScanReport]) -> Result<(), String> {
    let mut expected = 1;
    for report in reports {
        let Some(shard) = report.shard else {
            return Err(
                "a report is not of a share of a scan (`workbook scan --shard`)".to_owned(),
            );
        };
        let number = shard.number();
        if number < expected {
            return Err(format!("share {shard} is there twice"));
        }
        if number > expected {
            return Err(format!("share {expected}/{} is missing", shard.of()));
        }
        expected += 1;
    }
    match reports.first().and_then(|report| report.shard) {
        Some(shard) if shard.of() >= expected => {
            Err(format!("share {expected}/{} is missing", shard.of()))
        }
        Some(shard)
            if reports
                .iter()
                .any(|other| other.shard.map(Shard::of) != Some(shard.of())) =>
        {
            Err("the reports are of different numbers of shares".to_owned())
        }
        Some(_) | None => Ok(()),
    }
}

/// Says whether two reports are of one scan.
fn agree(one: &ScanReport, other: &ScanReport) -> Result<(), String> {
    let same = [
        ("tool or rules", one.tool == other.tool),
        ("member", one.member == other.member),
        ("places", one.places == other.places),
        ("kinds", one.kinds == other.kinds),
        ("extent", one.extent == other.extent),
        ("selection", one.selection == other.selection),
        ("data", one.data == other.data),
    ];
    match same.iter().find(|(_, same)| !same) {
        Some((what, _)) => Err(format!("the reports do not have the same {what}")),
        None => Ok(()),
    }
}

fn add(counts: &mut BTreeMap<Kind, Counts>, more: &BTreeMap<Kind, Counts>) {
    for (kind, more) in more {
        let sum = counts.entry(*kind).or_default();
        for (_, confidence) in Confidence::WORDS {
            let slot = match confidence {
                Confidence::Confirmed => &mut sum.confirmed,
                Confidence::Possible => &mut sum.possible,
                Confidence::Test => &mut sum.test,
            };
            *slot = slot.saturating_add(more.of(*confidence));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(number: u32, of: u32) -> ScanReport {
        let text = format!(
            r#"{{"format": "workbook-scan-report", "schema-version": 1,
            "tool": {{"name": "t", "version": "1", "rules": "{}"}},
            "started": "2026-11-18T02:0{number}:00Z", "ended": "2026-11-18T03:0{number}:00Z",
            "member": {{"type": "T", "id": "i"}}, "places": ["content", "name"], "kinds": ["pan"],
            "extent": "all", "shard": {{"number": {number}, "of": {of}}},
            "files": {{"found": 2, "read": 1, "unread": 1, "bytes": 100}},
            "unread": [{{"file": "u{number}", "why": "w"}}],
            "counts": {{"pan": {{"confirmed": 1, "possible": 1, "test": 1}}}},
            "findings": [{{"file": "f{}", "offset": 1, "length": 16, "kind": "pan",
                           "confidence": "confirmed", "place": "content"}}],
            "omitted": 2}}"#,
            "0f".repeat(32),
            10 - number,
        );
        ScanReport::parse(&text).expect("a report")
    }

    #[test]
    fn the_shares_add_up_in_any_order() {
        let whole = merge(vec![share(3, 3), share(1, 3), share(2, 3)]).expect("a whole");
        assert_eq!(whole.shard, None);
        assert_eq!(
            (whole.files.found, whole.files.bytes, whole.omitted),
            (6, 300, 6)
        );
        assert_eq!(whole.counts[&Kind::Pan].test, 3);
        assert_eq!(whole.started.to_string(), "2026-11-18T02:01:00Z");
        assert_eq!(whole.ended.to_string(), "2026-11-18T03:03:00Z");
        let files: Vec<&str> = whole.findings.iter().map(|it| it.file.as_str()).collect();
        assert_eq!(files, ["f7", "f8", "f9"]);
        assert_eq!(
            merge(vec![share(1, 3), share(2, 3), share(3, 3)]),
            Ok(whole)
        );
    }

    #[test]
    fn what_is_no_whole_is_refused() {
        let mut other_rules = share(2, 2);
        other_rules.tool.rules = "1f".repeat(32);
        let mut other_member = share(2, 2);
        other_member.member.id = "j".to_owned();
        let mut unshared = share(1, 2);
        unshared.shard = None;
        for (reports, why) in [
            (vec![], "there is no report"),
            (vec![share(1, 2)], "share 2/2 is missing"),
            (vec![share(2, 2)], "share 1/2 is missing"),
            (
                vec![share(1, 2), share(1, 2), share(2, 2)],
                "share 1/2 is there twice",
            ),
            (vec![share(1, 3), share(2, 2)], "share 3/3 is missing"),
            (vec![share(1, 2), share(2, 3)], "different numbers"),
            (vec![share(1, 2), other_rules], "the same tool or rules"),
            (vec![share(1, 2), other_member], "the same member"),
            (vec![unshared, share(2, 2)], "not of a share"),
        ] {
            let refused = merge(reports).expect_err("no whole");
            assert!(refused.contains(why), "{why}: {refused}");
        }
    }
}
