//! From JSON to a report, and everything that makes a report not to be relied upon.

use std::collections::BTreeMap;

use super::form::{Stated, StatedFound, StatedKinds, StatedMember};
use super::{Cleared, Counts, Extent, Files, Found, Member, Period, ScanReport, Tool, Unread};
use crate::cardholder::{Confidence, Kind, Place, Shard, holds_number};
use crate::source::{Date, Instant, Keyword};

/// The longest name of a file, in bytes, up to which places in names are believed.
const LONGEST_NAME: u64 = 65_536;

/// Reads a report.
pub(super) fn report(text: &str) -> Result<ScanReport, String> {
    let text = text.trim_start_matches('\u{feff}');
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|error| harmless(&error.to_string()))?;
    if holds_number_anywhere(&value) {
        return Err(
            "it holds a card number; delete it, and make the report anew with a tool that tells \
             the last four digits at most"
                .to_owned(),
        );
    }
    // The version comes first: another one may have other keys.
    let version = value
        .get("schema-version")
        .and_then(serde_json::Value::as_u64);
    if version.is_some_and(|version| version != ScanReport::SCHEMA_VERSION) {
        return Err(unknown_version());
    }
    // From the text and not from the value, so that a key given twice is a mistake.
    let stated: Stated =
        serde_json::from_str(text).map_err(|error| harmless(&error.to_string()))?;
    let report = typed(stated)?;
    consistent(&report)?;
    Ok(report)
}

/// Returns whom a text is about that may be no report at all.
pub(super) fn member(text: &str) -> Option<Member> {
    let value: serde_json::Value =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    if value.get("member").is_none_or(holds_number_anywhere) {
        return None;
    }
    let stated: StatedMember = serde_json::from_value(value.get("member")?.clone()).ok()?;
    typed_member(stated).ok()
}

/// Tells whether a card number stands in any text, or in the name of any key. Numbers of JSON are
/// offsets and counts, held to what was read.
fn holds_number_anywhere(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {
            false
        }
        serde_json::Value::String(text) => holds_number(text),
        serde_json::Value::Array(items) => items.iter().any(holds_number_anywhere),
        serde_json::Value::Object(map) => map
            .iter()
            .any(|(key, value)| holds_number(key) || holds_number_anywhere(value)),
    }
}

/// Returns a reader's message without the digits that it may quote.
fn harmless(message: &str) -> String {
    let mut shown = String::new();
    let mut run = String::new();
    for c in message.chars().chain(['\0']) {
        if c.is_ascii_digit() {
            run.push(c);
            continue;
        }
        shown.push_str(if run.len() > 6 { "…" } else { &run });
        run.clear();
        if c != '\0' {
            shown.push(c);
        }
    }
    format!("it is not written as a scan report is: {shown}")
}

fn unknown_version() -> String {
    format!(
        "its `schema-version` is not {}, the one that this program knows",
        ScanReport::SCHEMA_VERSION
    )
}

fn typed(stated: Stated) -> Result<ScanReport, String> {
    if stated.format != ScanReport::FORMAT {
        return Err(format!("its `format` is not \"{}\"", ScanReport::FORMAT));
    }
    if stated.schema_version != ScanReport::SCHEMA_VERSION {
        return Err(unknown_version());
    }
    if !is_sha256(&stated.tool.rules) {
        return Err("`tool.rules` is not a SHA-256 in 64 hexadecimal digits".to_owned());
    }
    let counts = typed_counts(stated.counts);
    let data = stated
        .data
        .map(|period| {
            Ok::<_, String>(Period {
                from: moment("data.from", &period.from)?,
                to: moment("data.to", &period.to)?,
            })
        })
        .transpose()?;
    Ok(ScanReport {
        tool: Tool {
            name: filled("tool.name", stated.tool.name)?,
            version: filled("tool.version", stated.tool.version)?,
            rules: stated.tool.rules,
        },
        started: moment("started", &stated.started)?,
        ended: moment("ended", &stated.ended)?,
        member: typed_member(stated.member)?,
        places: words("places", &stated.places)?,
        kinds: words("kinds", &stated.kinds)?,
        extent: word("extent", &stated.extent)?,
        selection: stated
            .selection
            .map(|text| filled("selection", text))
            .transpose()?,
        data,
        shard: stated
            .shard
            .map(|shard| {
                Shard::new(shard.number, shard.of)
                    .ok_or("`shard` is not one of as many as it says".to_owned())
            })
            .transpose()?,
        files: Files {
            found: stated.files.found,
            read: stated.files.read,
            unread: stated.files.unread,
            bytes: stated.files.bytes,
        },
        unread: stated
            .unread
            .into_iter()
            .map(|unread| {
                Ok(Unread {
                    file: filled("unread.file", unread.file)?,
                    why: filled("unread.why", unread.why)?,
                })
            })
            .collect::<Result<_, String>>()?,
        counts,
        findings: stated
            .findings
            .into_iter()
            .map(typed_found)
            .collect::<Result<_, String>>()?,
        omitted: stated.omitted,
    })
}

fn typed_counts(stated: StatedKinds) -> BTreeMap<Kind, Counts> {
    [
        (Kind::Pan, stated.pan),
        (Kind::Track, stated.track),
        (Kind::CardCode, stated.card_code),
        (Kind::PinBlock, stated.pin_block),
        (Kind::Display, stated.display),
        (Kind::Truncation, stated.truncation),
    ]
    .into_iter()
    .filter_map(|(kind, counts)| {
        let counts = counts?;
        let counts = Counts {
            confirmed: counts.confirmed,
            possible: counts.possible,
            test: counts.test,
        };
        Some((kind, counts))
    })
    .collect()
}

fn typed_member(stated: StatedMember) -> Result<Member, String> {
    Ok(Member {
        member_type: filled("member.type", stated.member_type)?,
        id: filled("member.id", stated.id)?,
        account: stated.account,
        region: stated.region,
    })
}

fn typed_found(stated: StatedFound) -> Result<Found, String> {
    let kind: Kind = word("findings.kind", &stated.kind)?;
    let confidence = word("findings.confidence", &stated.confidence)?;
    if let Some(digits) = &stated.last_four {
        let four = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !four || !kind.has_number() {
            return Err(format!(
                "`findings.last-four` of a {} tells what no report may hold",
                kind.word()
            ));
        }
    }
    let cleared = stated
        .cleared
        .map(|cleared| {
            Ok::<_, String>(Cleared {
                by: filled("cleared.by", cleared.by)?,
                on: date("cleared.on", &cleared.on)?,
                until: date("cleared.until", &cleared.until)?,
                reason: filled("cleared.reason", cleared.reason)?,
            })
        })
        .transpose()?;
    if cleared.is_some() && confidence != Confidence::Possible {
        return Err("only a `possible` finding can be cleared".to_owned());
    }
    Ok(Found {
        file: filled("findings.file", stated.file)?,
        offset: stated.offset,
        length: stated.length,
        kind,
        confidence,
        place: word("findings.place", &stated.place)?,
        issuer: stated.issuer,
        last_four: stated.last_four,
        cleared,
    })
}

/// Says what in a report contradicts itself.
fn consistent(report: &ScanReport) -> Result<(), String> {
    let wrong = |message: &str| Err(format!("it contradicts itself: {message}"));
    let Files {
        found,
        read,
        unread,
        bytes,
    } = report.files;
    if read.checked_add(unread) != Some(found) {
        return wrong("files read and unread do not add up to those found");
    }
    if u64::try_from(report.unread.len()) != Ok(unread) {
        return wrong("`unread` does not list as many files as `files.unread` counts");
    }
    if !report.kinds.iter().eq(report.counts.keys()) {
        return wrong("`counts` does not have exactly the kinds that were looked for");
    }
    let listed = u64::try_from(report.findings.len()).unwrap_or(u64::MAX);
    let counted = report.counts.values().try_fold(0_u64, |sum, counts| {
        sum.checked_add(counts.confirmed)?
            .checked_add(counts.possible)?
            .checked_add(counts.test)
    });
    if counted.is_none() || listed.checked_add(report.omitted) != counted {
        return wrong("`counts` and the findings do not add up");
    }
    for finding in &report.findings {
        if !report.places.contains(&finding.place) {
            return wrong("a finding stands where the scan did not look");
        }
        let end = finding.offset.checked_add(finding.length);
        let most = match finding.place {
            Place::Content => bytes,
            Place::Name => LONGEST_NAME,
        };
        if finding.length == 0 || end.is_none_or(|end| end > most) {
            return wrong("a finding lies outside of what was read");
        }
    }
    for (kind, counts) in &report.counts {
        for (_, confidence) in Confidence::WORDS {
            let of = |finding: &&Found| finding.kind == *kind && finding.confidence == *confidence;
            let listed = report.findings.iter().filter(of).count();
            if u64::try_from(listed).is_ok_and(|listed| listed > counts.of(*confidence)) {
                return wrong("more findings of a kind are listed than counted");
            }
        }
    }
    if report.started > report.ended {
        return wrong("it ended before it began");
    }
    if let Some(data) = report.data
        && (data.from > data.to || data.to > report.ended)
    {
        return wrong("`data` ends before it begins, or after the scan");
    }
    let sample = report.extent == Extent::Sample;
    if sample != report.selection.is_some() {
        return wrong("`selection` says how a sample was selected, and nothing else has one");
    }
    if report.extent == Extent::Period && report.data.is_none() {
        return wrong("the scan is of a period, and `data` does not say which");
    }
    Ok(())
}

impl Keyword for Extent {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("all", Self::All),
        ("period", Self::Period),
        ("sample", Self::Sample),
    ];
}

fn word<K: Keyword>(key: &str, text: &str) -> Result<K, String> {
    K::WORDS
        .iter()
        .find(|(known, _)| *known == text)
        .map(|(_, meaning)| *meaning)
        .ok_or_else(|| {
            let words: Vec<&str> = K::WORDS.iter().map(|(known, _)| *known).collect();
            format!("`{key}` has a word that is none of {}", words.join(", "))
        })
}

/// Reads words, each once and at least one, in their own order.
fn words<K: Keyword + Ord>(key: &str, texts: &[String]) -> Result<Vec<K>, String> {
    let mut found = texts
        .iter()
        .map(|text| word(key, text))
        .collect::<Result<Vec<K>, String>>()?;
    found.sort_unstable();
    found.dedup();
    if found.is_empty() || found.len() != texts.len() {
        return Err(format!("`{key}` is empty, or names something twice"));
    }
    Ok(found)
}

fn moment(key: &str, text: &str) -> Result<Instant, String> {
    text.contains('T')
        .then(|| Instant::parse(text))
        .flatten()
        .ok_or_else(|| format!("`{key}` is not a moment such as 2026-11-22T01:50:08Z"))
}

fn date(key: &str, text: &str) -> Result<Date, String> {
    text.parse()
        .map_err(|_| format!("`{key}` is not a date such as 2026-11-22"))
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn filled(key: &str, text: String) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err(format!("`{key}` is empty"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
