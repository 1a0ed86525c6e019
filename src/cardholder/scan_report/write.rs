//! From a report to JSON.

use super::form::{
    Stated, StatedCleared, StatedCounts, StatedFiles, StatedFound, StatedKinds, StatedMember,
    StatedPeriod, StatedShard, StatedTool, StatedUnread,
};
use super::{Cleared, Counts, Found, Period, ScanReport};
use crate::cardholder::Kind;
use crate::source::Keyword as _;

/// Returns the JSON of a report, in one fixed order.
pub(super) fn json(report: &ScanReport) -> String {
    // Texts, numbers and lists, which always become JSON.
    let mut text = serde_json::to_string_pretty(&stated(report)).unwrap_or_default();
    text.push('\n');
    text
}

fn stated(report: &ScanReport) -> Stated {
    let files = report.files;
    Stated {
        format: ScanReport::FORMAT.to_owned(),
        schema_version: ScanReport::SCHEMA_VERSION,
        tool: StatedTool {
            name: report.tool.name.clone(),
            version: report.tool.version.clone(),
            rules: report.tool.rules.clone(),
        },
        started: report.started.to_string(),
        ended: report.ended.to_string(),
        member: StatedMember {
            member_type: report.member.member_type.clone(),
            id: report.member.id.clone(),
            account: report.member.account.clone(),
            region: report.member.region.clone(),
        },
        places: report
            .places
            .iter()
            .map(|place| place.word().to_owned())
            .collect(),
        kinds: report
            .kinds
            .iter()
            .map(|kind| kind.word().to_owned())
            .collect(),
        extent: report.extent.word().to_owned(),
        selection: report.selection.clone(),
        data: report.data.map(|Period { from, to }| StatedPeriod {
            from: from.to_string(),
            to: to.to_string(),
        }),
        shard: report.shard.map(|shard| StatedShard {
            number: shard.number(),
            of: shard.of(),
        }),
        files: StatedFiles {
            found: files.found,
            read: files.read,
            unread: files.unread,
            bytes: files.bytes,
        },
        unread: report
            .unread
            .iter()
            .map(|unread| StatedUnread {
                file: unread.file.clone(),
                why: unread.why.clone(),
            })
            .collect(),
        counts: stated_counts(report),
        findings: report.findings.iter().map(stated_found).collect(),
        omitted: report.omitted,
    }
}

fn stated_counts(report: &ScanReport) -> StatedKinds {
    let of = |kind: Kind| {
        report
            .counts
            .get(&kind)
            .map(|counts: &Counts| StatedCounts {
                confirmed: counts.confirmed,
                possible: counts.possible,
                test: counts.test,
            })
    };
    StatedKinds {
        pan: of(Kind::Pan),
        track: of(Kind::Track),
        card_code: of(Kind::CardCode),
        pin_block: of(Kind::PinBlock),
        display: of(Kind::Display),
        truncation: of(Kind::Truncation),
    }
}

fn stated_found(found: &Found) -> StatedFound {
    StatedFound {
        file: found.file.clone(),
        offset: found.offset,
        length: found.length,
        kind: found.kind.word().to_owned(),
        confidence: found.confidence.word().to_owned(),
        place: found.place.word().to_owned(),
        issuer: found.issuer.clone(),
        last_four: found.last_four.clone(),
        cleared: found
            .cleared
            .as_ref()
            .map(|cleared: &Cleared| StatedCleared {
                by: cleared.by.clone(),
                on: cleared.on.to_string(),
                until: cleared.until.to_string(),
                reason: cleared.reason.clone(),
            }),
    }
}
