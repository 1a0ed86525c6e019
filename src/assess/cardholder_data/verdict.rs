//! What the scan reports about one member say together, and which of them decides.

use std::sync::Arc;

use super::words::{TOLD, describe, place_words, shows, unread};
use crate::assess::judge::shortened;
use crate::assess::{Facts, Verdict};
use crate::cardholder::{Confidence, Extent, Found, Kind, Place, ScanReport};
use crate::check::{CardholderData, Enough};
use crate::inventory::ScanFile;
use crate::source::{Cadence, Date, Keyword as _};

/// What the reports about a member say together.
#[derive(Debug)]
pub(super) struct Judged {
    /// The verdict.
    pub(super) verdict: Verdict,
    /// What is wrong or missing.
    pub(super) message: String,
    /// What was seen.
    pub(super) shows: String,
    /// The report that the verdict rests on.
    pub(super) place: Option<Arc<ScanFile>>,
    /// The reports, by path.
    pub(super) reports: Vec<Arc<ScanFile>>,
    /// Whether a report found sensitive authentication data, which no exception covers.
    pub(super) sad: bool,
}

impl Judged {
    /// Returns what is said where no report was looked at.
    pub(super) fn without(verdict: Verdict, message: String) -> Self {
        Self {
            verdict,
            message: shortened(message),
            shows: String::new(),
            place: None,
            reports: Vec::new(),
            sad: false,
        }
    }
}

/// A report that can be relied upon, and its file.
#[derive(Clone, Copy)]
struct Sound<'r> {
    file: &'r Arc<ScanFile>,
    report: &'r ScanReport,
}

/// Judges a member by the reports about it.
///
/// The newest report that looked for everything and read everything decides. What any newer one
/// found stays found, however little of the member it read.
pub(super) fn judge(
    entry: &CardholderData,
    reports: &[Arc<ScanFile>],
    facts: &Facts<'_>,
) -> Judged {
    if reports.is_empty() {
        return Judged::without(Verdict::NotChecked, "no scan report is about it".to_owned());
    }
    let today = facts.data.today;
    let (sound, mut said) = sorted(reports, facts);
    let bound = entry.within.unwrap_or(window(facts));
    let obstacles: Vec<Option<String>> = sound
        .iter()
        .map(|sound| obstacle(entry, sound.report, bound, facts))
        .collect();
    let deciding = obstacles
        .iter()
        .position(Option::is_none)
        .and_then(|position| sound.get(position));
    let since: Vec<&Sound<'_>> = sound
        .iter()
        .filter(|sound| deciding.is_none_or(|decides| sound.report.ended >= decides.report.ended))
        .collect();
    said.extend(found(entry, &since, Confidence::Confirmed, today));
    said.extend(found(entry, &since, Confidence::Possible, today));
    match deciding {
        Some(decides) => {
            said.extend(expired(decides.report, bound, facts).map(|message| Said {
                verdict: Verdict::Expired,
                message,
                file: decides.file,
            }));
        }
        None => said.extend(sound.iter().zip(&obstacles).map(|(sound, obstacle)| Said {
            // Something in what was scanned could not be read: a trouble of its own, whoever
            // scanned it, and no want of another scan alone.
            verdict: match sound.report.files.unread {
                0 => Verdict::NotChecked,
                _ => Verdict::Error,
            },
            message: format!(
                "{} {}",
                sound.file.path,
                obstacle.as_deref().unwrap_or_default()
            ),
            file: sound.file,
        })),
    }
    let verdict = said.iter().map(|said| said.verdict).min();
    let verdict = verdict.unwrap_or(Verdict::Pass);
    said.retain(|said| said.verdict == verdict);
    let messages: Vec<&str> = said
        .iter()
        .take(TOLD)
        .map(|said| said.message.as_str())
        .collect();
    let shown = deciding.or(sound.first());
    let place = said.first().map(|said| said.file);
    Judged {
        verdict,
        message: shortened(messages.join("; ")),
        shows: shown.map_or(String::new(), |sound| {
            shortened(shows(entry, sound.report, facts))
        }),
        place: place.or(shown.map(|sound| sound.file)).cloned(),
        reports: reports.to_vec(),
        sad: since.iter().any(|sound| holds_sad(entry, sound.report)),
    }
}

/// Tells whether a report counts sensitive authentication data that is forbidden.
fn holds_sad(entry: &CardholderData, report: &ScanReport) -> bool {
    [Kind::Track, Kind::CardCode, Kind::PinBlock]
        .iter()
        .filter(|kind| entry.forbid.contains(kind))
        .filter_map(|kind| report.counts.get(kind))
        .any(|counts| counts.of(Confidence::Confirmed) > 0)
}

/// One thing that is said of a member, and the report that it rests on.
struct Said<'r> {
    verdict: Verdict,
    message: String,
    file: &'r Arc<ScanFile>,
}

/// Returns the reports that can be relied upon, the newest first, and what is said of the others.
fn sorted<'r>(reports: &'r [Arc<ScanFile>], facts: &Facts<'_>) -> (Vec<Sound<'r>>, Vec<Said<'r>>) {
    let mut sound = Vec::new();
    let mut said = Vec::new();
    for file in reports {
        let (verdict, message) = match &file.report {
            Err(broken) => (
                Verdict::Error,
                format!("{} can't be relied upon: {}", file.path, broken.why),
            ),
            Ok(report) => {
                let ended = facts.config.time_zone.date(report.ended);
                if ended <= facts.data.today {
                    sound.push(Sound { file, report });
                    continue;
                }
                let message = format!("{} is of {ended}, after the date of judgement", file.path);
                (Verdict::NotChecked, message)
            }
        };
        said.push(Said {
            verdict,
            message,
            file,
        });
    }
    sound.sort_by(|a, b| (b.report.ended, &b.file.path).cmp(&(a.report.ended, &a.file.path)));
    (sound, said)
}

fn window(facts: &Facts<'_>) -> Cadence {
    Cadence::Months(u16::try_from(facts.config.window_months).unwrap_or(u16::MAX))
}

/// Says why a report can't decide, if it can't.
fn obstacle(
    entry: &CardholderData,
    report: &ScanReport,
    bound: Cadence,
    facts: &Facts<'_>,
) -> Option<String> {
    if !report.places.contains(&entry.place) {
        return Some(format!("did not look at {}", place_words(entry.place)));
    }
    let not_looked_for: Vec<&str> = entry
        .forbid
        .iter()
        .filter(|kind| !report.kinds.contains(kind))
        .map(|kind| kind.word())
        .collect();
    if !not_looked_for.is_empty() {
        return Some(format!("did not look for {}", not_looked_for.join(", ")));
    }
    if let Some(shard) = report.shard.filter(|shard| shard.of() > 1) {
        return Some(format!(
            "is of share {shard} of the files only; join the shares with `workbook merge`"
        ));
    }
    if report.files.unread > 0 {
        return Some(unread(report));
    }
    let nothing =
        report.files.read == 0 || (entry.place == Place::Content && report.files.bytes == 0);
    if nothing {
        return Some("read nothing".to_owned());
    }
    match (report.extent, entry.extent, report.data) {
        (Extent::Sample, Enough::All, _) => Some("read a sample only".to_owned()),
        (Extent::Period, Enough::All, Some(data)) => {
            let zone = facts.config.time_zone;
            let (from, to) = (zone.date(data.from), zone.date(data.to));
            (bound.after(from) > to)
                .then(|| format!("read the data of {from} to {to}, which is less than {bound}"))
        }
        // Without its period, which every report of one has, it shows nothing.
        (Extent::Period, Enough::All, None) => Some("does not say of which period".to_owned()),
        (Extent::All, _, _) | (_, Enough::Sample, _) => None,
    }
}

/// Says why a report that read everything is too old, if it is.
fn expired(report: &ScanReport, bound: Cadence, facts: &Facts<'_>) -> Option<String> {
    let zone = facts.config.time_zone;
    let ended = zone.date(report.ended);
    if bound.after(ended) < facts.data.today {
        return Some(format!(
            "the scan is of {ended}, more than {bound} before the date of judgement"
        ));
    }
    // A store that holds nothing newer was read whole all the same.
    let data = report.data.filter(|_| report.extent != Extent::All)?;
    let to = zone.date(data.to);
    (bound.after(to) < facts.data.today).then(|| {
        format!("the data scanned end on {to}, more than {bound} before the date of judgement")
    })
}

/// Says what the reports found of what is forbidden, with one confidence.
fn found<'r>(
    entry: &CardholderData,
    reports: &[&Sound<'r>],
    confidence: Confidence,
    today: Date,
) -> Option<Said<'r>> {
    let mut parts = Vec::new();
    let mut first = None;
    for sound in reports {
        let open: Vec<&Found> = sound
            .report
            .findings
            .iter()
            .filter(|finding| counts(entry, finding, confidence))
            .filter(|finding| !is_cleared(finding, today))
            .collect();
        let unlisted = untold(entry, sound.report, confidence);
        if open.is_empty() && unlisted == 0 {
            continue;
        }
        let mut told: Vec<String> = open
            .iter()
            .take(TOLD)
            .map(|found| describe(found))
            .collect();
        let rest = u64::try_from(open.len().saturating_sub(TOLD)).unwrap_or(u64::MAX);
        let rest = rest.saturating_add(unlisted);
        if rest > 0 {
            let more = if told.is_empty() { "" } else { "more, " };
            told.push(format!("{rest} {more}see the report"));
        }
        parts.push(format!("{} ({})", told.join("; "), sound.file.path));
        first = first.or(Some(sound.file));
    }
    let parts = parts.join("; ");
    let (verdict, message) = match confidence {
        Confidence::Confirmed => (
            Verdict::Fail,
            format!("account data where none may be: {parts}"),
        ),
        Confidence::Possible | Confidence::Test => {
            (Verdict::NotChecked, format!("to be looked at: {parts}"))
        }
    };
    Some(Said {
        verdict,
        message,
        file: first?,
    })
}

/// Tells whether a finding is of what is forbidden, where it is, and with this confidence.
pub(super) fn counts(entry: &CardholderData, finding: &Found, confidence: Confidence) -> bool {
    finding.place == entry.place
        && finding.confidence == confidence
        && entry.forbid.contains(&finding.kind)
}

/// A finding is cleared from the day on which somebody looked until the stated day.
pub(super) fn is_cleared(finding: &Found, today: Date) -> bool {
    finding
        .cleared
        .as_ref()
        .is_some_and(|cleared| cleared.on <= today && today <= cleared.until)
}

/// Returns how many findings that are not listed count as of this confidence. Where they stand is
/// told only if the scan looked at one place; else the confirmed ones have to be looked at.
fn untold(entry: &CardholderData, report: &ScanReport, confidence: Confidence) -> u64 {
    let one_place = report.places.len() == 1;
    let of = |confidence| unlisted(entry, report, confidence);
    match confidence {
        Confidence::Confirmed if !one_place => 0,
        Confidence::Possible if !one_place => {
            of(Confidence::Possible).saturating_add(of(Confidence::Confirmed))
        }
        Confidence::Confirmed | Confidence::Possible | Confidence::Test => of(confidence),
    }
}

/// Returns how many findings are counted and not listed, in a scan that looked at the place.
pub(super) fn unlisted(entry: &CardholderData, report: &ScanReport, confidence: Confidence) -> u64 {
    if !report.places.contains(&entry.place) {
        return 0;
    }
    let of_kind = |kind: &Kind| {
        let counted = report
            .counts
            .get(kind)
            .map_or(0, |counts| counts.of(confidence));
        let listed = report
            .findings
            .iter()
            .filter(|finding| finding.kind == *kind && finding.confidence == confidence)
            .count();
        counted.saturating_sub(u64::try_from(listed).unwrap_or(u64::MAX))
    };
    entry
        .forbid
        .iter()
        .fold(0, |sum, kind| sum.saturating_add(of_kind(kind)))
}
