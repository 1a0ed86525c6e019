//! Scan reports among the exports: known by what they say of themselves, whatever their name.

use super::Reading;
use crate::cardholder::{Confidence, Member, ScanReport};
use crate::source::Keyword as _;

/// A file that says that it is a scan report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanFile {
    /// The path below the exports folder.
    pub path: String,
    /// What it says, or why that can't be relied upon.
    pub report: Result<ScanReport, BrokenScan>,
    /// Whether it was made here.
    pub origin: Origin,
}

/// Where a report comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It was made where the data lies.
    Made,
    /// It was made here, of raw files among the exports.
    Raw,
}

/// A scan report that can't be relied upon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenScan {
    /// Why.
    pub why: String,
    /// Whom it is about, if that can be told.
    pub member: Option<Member>,
}

impl ScanFile {
    /// Returns the report that the bytes are, or are meant to be; nothing if they are no report.
    pub(crate) fn recognise(path: &str, bytes: &[u8]) -> Option<Self> {
        let marker = format!("\"{}\"", ScanReport::FORMAT);
        let text = String::from_utf8_lossy(bytes);
        let is_object = text
            .trim_start_matches('\u{feff}')
            .trim_start()
            .starts_with('{');
        if !is_object || !text.contains(&marker) {
            return None;
        }
        // What is cut off after its marker is a report nevertheless.
        let value: Option<serde_json::Value> =
            serde_json::from_str(text.trim_start_matches('\u{feff}')).ok();
        if value.is_some_and(|value| {
            value.get("format").and_then(serde_json::Value::as_str) != Some(ScanReport::FORMAT)
        }) {
            return None;
        }
        let report = ScanReport::parse(&text).map_err(|why| BrokenScan {
            why,
            member: ScanReport::member_of_broken(&text),
        });
        Some(Self {
            path: path.to_owned(),
            report,
            origin: Origin::Made,
        })
    }

    /// Takes back what the report says.
    pub(crate) fn refuse(&mut self, why: &str) {
        let member = match &self.report {
            Ok(report) => Some(report.member.clone()),
            Err(broken) => broken.member.clone(),
        };
        self.report = Err(BrokenScan {
            why: why.to_owned(),
            member,
        });
    }

    /// Returns whom it is about, if that can be told.
    #[must_use]
    pub fn member(&self) -> Option<&Member> {
        match &self.report {
            Ok(report) => Some(&report.member),
            Err(broken) => broken.member.as_ref(),
        }
    }

    /// Returns what it is, in words.
    pub(crate) fn title(&self) -> String {
        let about = self
            .member()
            .map_or("an unknown member".to_owned(), |member| {
                format!("{} {}", member.member_type, member.id)
            });
        let what = match self.origin {
            Origin::Made => "scan report",
            Origin::Raw => "raw files",
        };
        let Ok(report) = &self.report else {
            return format!("{what} of {about}");
        };
        let counts: Vec<String> = Confidence::WORDS
            .iter()
            .map(|(word, confidence)| {
                let sum = report.counts.values().fold(0_u64, |sum, counts| {
                    sum.saturating_add(counts.of(*confidence))
                });
                format!("{sum} {word}")
            })
            .collect();
        format!(
            "{what} of {about}: {} files, {}",
            report.files.read,
            counts.join(", ")
        )
    }

    /// Returns what reading it came to.
    pub(crate) fn reading(&self) -> Reading {
        match &self.report {
            Err(broken) => Reading::Unreadable(broken.why.clone()),
            Ok(report) if report.files.unread > 0 => Reading::Partial(format!(
                "{} of {} files were not read",
                report.files.unread, report.files.found
            )),
            Ok(_) => Reading::Whole,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_known_by_its_marker_at_the_top_and_even_when_it_is_cut_off() {
        let recognised = |text: &str| ScanFile::recognise("a/b.txt", text.as_bytes());
        for text in [
            "{}",
            "[\"workbook-scan-report\"]",
            "format: \"workbook-scan-report\"",
            "{\"log\": {\"format\": \"workbook-scan-report\"}}",
            "",
        ] {
            assert_eq!(recognised(text), None, "{text}");
        }
        for text in [
            "{\"format\": \"workbook-scan-report\", \"schema-version\": 1, \"member\"",
            "\u{feff} {\"format\": \"workbook-scan-report\"}",
        ] {
            let scan = recognised(text).expect("a report");
            assert!(scan.report.is_err());
            assert_eq!(scan.member(), None);
            assert!(matches!(scan.reading(), Reading::Unreadable(_)));
        }
        let scan = recognised(
            "{\"format\": \"workbook-scan-report\", \"member\": {\"type\": \"T\", \"id\": \"i\"}}",
        )
        .expect("a report");
        assert_eq!(scan.member().map(|member| member.id.as_str()), Some("i"));
        assert_eq!(scan.title(), "scan report of T i");
    }
}
