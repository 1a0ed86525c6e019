//! The stamped result of one check. It says nothing about when we ran.

mod read;

pub(super) use read::{counts, instant, version};

use std::collections::BTreeMap;

use crate::assess::{CheckOutcome, Finding, Verdict};
use crate::check::{Basis, Kind};
use crate::inventory::{Place, State};
use crate::source::{Date, Instant};

use super::redact::redact;
use super::subjects::{Subjects, state, state_word};
use super::words;
use super::writer::Writer;

/// The version of the form that records are written in.
pub(crate) const SCHEMA_VERSION: u32 = 1;

/// So many non-passing findings stand in a record; the subjects file and the counts tell the rest.
pub(crate) const MOST_FINDINGS: usize = 1_000;

/// The stamped result of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The check's id.
    pub check: String,
    /// The kind.
    pub kind: Kind,
    /// The page's id.
    pub page: String,
    /// The requirement ids.
    pub requirements: Vec<String>,
    /// The statements.
    pub statements: Vec<String>,
    /// What asks for it.
    pub basis: Basis,
    /// The verdict.
    pub verdict: Verdict,
    /// Whether that nothing is there for it is claimed by people, with reason and approver.
    pub claimed: bool,
    /// Whether its platform is not in use, so that it does not count.
    pub left_out: bool,
    /// The date of judgement. Where nothing but this date would change, the record stays.
    pub judged: Date,
    /// The earliest and latest moment at which subjects were observed.
    pub observed: Option<(Instant, Instant)>,
    /// The SHA-256 of the definition.
    pub definition: String,
    /// What would have to be exported for undecided subjects to be decided.
    pub missing: Vec<String>,
    /// How many subjects have each verdict.
    pub counts: BTreeMap<Verdict, usize>,
    /// How many subjects the subjects file lists.
    pub subjects: usize,
    /// The SHA-256 of the subjects file.
    pub subjects_digest: String,
    /// Whether the subjects file is kept beside the record, or only its digest.
    pub subjects_kept: bool,
    /// The export files that showed a subject.
    pub exports: Vec<ExportRead>,
    /// The findings that are no pass, worst first.
    pub findings: Vec<RecordedFinding>,
    /// How many further findings that are no pass the record leaves to the subjects file.
    pub omitted: usize,
}

/// An export file that showed a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRead {
    /// The path below the exports folder.
    pub path: String,
    /// The SHA-256 of its bytes; none where the file is no export.
    pub digest: Option<String>,
}

/// A finding that is no pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedFinding {
    /// The subject's id.
    pub subject: String,
    /// The subject's type.
    pub subject_type: String,
    /// Observed or intended.
    pub state: State,
    /// The verdict.
    pub verdict: Verdict,
    /// What is wrong or missing.
    pub message: String,
    /// Where the subject was shown.
    pub place: Option<Place>,
    /// The properties taken by documented default.
    pub by_default: Vec<String>,
}

impl Record {
    /// Returns the record of an outcome, with card numbers masked in every text.
    pub(crate) fn new(
        outcome: &CheckOutcome,
        judged: Date,
        subjects: &Subjects,
        digests: &BTreeMap<&str, &str>,
    ) -> Self {
        let mut counts = BTreeMap::new();
        for finding in &outcome.findings {
            *counts.entry(finding.verdict).or_insert(0) += 1;
        }
        let failing = outcome
            .findings
            .iter()
            .filter(|finding| finding.verdict != Verdict::Pass);
        Self {
            check: outcome.id.clone(),
            kind: outcome.kind,
            page: outcome.page.clone(),
            requirements: outcome.requirements.clone(),
            statements: outcome.statements.clone(),
            basis: outcome.basis,
            verdict: outcome.verdict,
            claimed: outcome.claimed,
            left_out: outcome.left_out,
            judged,
            observed: outcome.observed,
            definition: outcome.definition.clone(),
            missing: masked(&outcome.missing),
            counts,
            subjects: subjects.rows,
            subjects_digest: subjects.digest.clone(),
            subjects_kept: subjects.kept(),
            exports: outcome
                .exports
                .iter()
                .map(|path| ExportRead {
                    path: redact(path).into_owned(),
                    digest: digests
                        .get(path.as_str())
                        .map(|digest| (*digest).to_owned()),
                })
                .collect(),
            omitted: failing.clone().count().saturating_sub(MOST_FINDINGS),
            findings: failing.take(MOST_FINDINGS).map(recorded).collect(),
        }
    }

    /// Reads a record.
    ///
    /// # Errors
    ///
    /// Says what in the text is not as this version, or an older one, writes it.
    pub fn parse(text: &str) -> Result<Self, String> {
        read::record(text)
    }

    /// Returns the record as it is stored.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut toml = Writer::new(&[
            "Written by `workbook stamp`. A change by hand is found by `workbook verify`.",
        ]);
        toml.bare("schema-version", SCHEMA_VERSION);
        toml.token("check", &self.check);
        toml.token("kind", words::kind(self.kind));
        toml.token("page", &self.page);
        toml.list("requirements", &self.requirements);
        toml.list("statements", &self.statements);
        toml.token("basis", words::basis(self.basis));
        toml.token("verdict", self.verdict.as_str());
        if self.claimed {
            toml.bare("claimed", true);
        }
        if self.left_out {
            toml.bare("left-out", true);
        }
        toml.bare("judged", self.judged);
        if let Some((from, to)) = self.observed {
            toml.bare("observed-from", from);
            toml.bare("observed-to", to);
        }
        toml.token("definition", &self.definition);
        if !self.missing.is_empty() {
            toml.list("missing", &self.missing);
        }
        toml.table("counts");
        for (verdict, count) in &self.counts {
            toml.bare(verdict.as_str(), count);
        }
        toml.table("subjects");
        toml.bare("rows", self.subjects);
        toml.token("sha256", &self.subjects_digest);
        toml.bare("kept", self.subjects_kept);
        for export in &self.exports {
            toml.element("exports");
            toml.text("path", &export.path);
            if let Some(digest) = &export.digest {
                toml.token("sha256", digest);
            }
        }
        for finding in &self.findings {
            finding.write(&mut toml);
        }
        if self.omitted > 0 {
            toml.table("omitted");
            toml.bare("findings", self.omitted);
        }
        toml.finish()
    }
}

impl RecordedFinding {
    fn write(&self, toml: &mut Writer) {
        toml.element("findings");
        toml.text("subject", &self.subject);
        toml.text("type", &self.subject_type);
        toml.token("state", state_word(self.state));
        toml.token("verdict", self.verdict.as_str());
        toml.text("message", &self.message);
        if let Some(place) = &self.place {
            toml.text("file", &place.file);
            toml.bare("line", place.line);
        }
        if !self.by_default.is_empty() {
            toml.list("by-default", &self.by_default);
        }
    }
}

fn recorded(finding: &Finding) -> RecordedFinding {
    RecordedFinding {
        subject: redact(&finding.subject).into_owned(),
        subject_type: redact(&finding.subject_type).into_owned(),
        state: state(finding),
        verdict: finding.verdict,
        message: redact(&finding.message).into_owned(),
        place: finding.place.as_ref().map(|place| Place {
            file: redact(&place.file).into_owned(),
            line: place.line,
        }),
        by_default: masked(&finding.by_default),
    }
}

fn masked(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| redact(text).into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::samples::{check, date, finding};
    use super::super::subjects::subjects;
    use super::*;

    fn record(outcome: &CheckOutcome) -> Record {
        let digests = BTreeMap::from([("aws/clusters.json", "ab12")]);
        Record::new(
            outcome,
            date("2026-11-22"),
            &subjects(&outcome.findings),
            &digests,
        )
    }

    fn outcome() -> CheckOutcome {
        let mut outcome = check("ecs-net", "ecs-awsvpc");
        let mut failing = finding("arn:bad", Verdict::Fail);
        failing.message = "network mode is \"bridge\"".to_owned();
        failing.by_default = vec!["networkMode".to_owned()];
        outcome.findings = vec![failing, finding("arn:good", Verdict::Pass)];
        outcome.verdict = Verdict::Fail;
        outcome
    }

    #[test]
    fn a_record_is_written_in_one_fixed_form() {
        insta::assert_snapshot!(record(&outcome()).to_toml());
    }

    #[test]
    fn what_is_past_the_bound_is_counted() {
        let mut outcome = outcome();
        outcome.findings = (0..MOST_FINDINGS + 7)
            .map(|n| finding(&format!("s{n}"), Verdict::NotChecked))
            .collect();
        let record = record(&outcome);
        assert_eq!((record.findings.len(), record.omitted), (MOST_FINDINGS, 7));
        assert_eq!(Record::parse(&record.to_toml()), Ok(record));
    }

    #[test]
    fn a_card_number_is_masked_wherever_it_came_from() {
        let mut outcome = outcome();
        let number = "4111111111111111";
        for finding in &mut outcome.findings {
            finding.subject = number.to_owned();
            finding.subject_type = number.to_owned();
            finding.message = format!("seen {number}");
            finding.shows = number.to_owned();
            finding.by_default = vec![number.to_owned()];
            finding.place = Some(Place {
                file: number.to_owned(),
                line: 1,
            });
        }
        outcome.missing = vec![number.to_owned()];
        outcome.exports = vec![number.to_owned()];
        let record = record(&outcome);
        assert!(!record.to_toml().contains(number));
        assert!(!subjects(&outcome.findings).text.contains(number));
        assert_eq!(Record::parse(&record.to_toml()), Ok(record));
    }

    proptest! {
        #[test]
        fn any_text_comes_back(
            subject in any::<String>(), message in "\\PC*|[\\x00-\\x9f\\u{200b}-\\u{2070}\"\\\\']*",
            missing in proptest::collection::vec(any::<String>(), 0..3),
            line in 0_usize..1_000_000, kept in any::<Option<String>>(),
        ) {
            let mut outcome = outcome();
            outcome.missing = missing;
            let first = &mut outcome.findings[0];
            first.subject = subject;
            first.message = message;
            first.place = kept.map(|file| Place { file, line });
            let record = record(&outcome);
            prop_assert_eq!(Record::parse(&record.to_toml()), Ok(record));
        }
    }
}
