//! Every subject of a check as CSV: what was examined, and what it showed.

use std::borrow::Cow;

use crate::assess::{Finding, ListedSubject};
use crate::inventory::State;

use super::history::Row;
use super::redact::redact;
use super::words::parse_verdict;
use super::writer::unseen;
use crate::source::sha256;

/// Past so many rows only the digest of the file is kept.
pub(crate) const MOST_ROWS: usize = 5_000;

/// Past so many bytes only the digest of the file is kept.
pub(crate) const MOST_BYTES: usize = 1 << 20;

/// The subjects of one check, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subjects {
    /// The file: a header line and a line for each subject.
    pub text: String,
    /// How many subjects it lists.
    pub rows: usize,
    /// The SHA-256 of the file.
    pub digest: String,
}

impl Subjects {
    /// Tells whether the file is small enough to be kept beside its record.
    pub(crate) fn kept(&self) -> bool {
        self.rows <= MOST_ROWS && self.text.len() <= MOST_BYTES
    }
}

/// Lists the subjects of a check's findings, in their order.
pub(crate) fn subjects(findings: &[Finding]) -> Subjects {
    let mut text = String::from("subject,type,state,verdict,shows,by-default\n");
    for finding in findings {
        let cells = [
            finding.subject.as_str(),
            &finding.subject_type,
            state_word(state(finding)),
            finding.verdict.as_str(),
            &finding.shows,
            &finding.by_default.join("; "),
        ];
        text.push_str(&cells.map(cell).join(","));
        text.push('\n');
    }
    Subjects {
        rows: findings.len(),
        digest: sha256(text.as_bytes()),
        text,
    }
}

/// Returns whether the subject was observed or is intended.
pub(crate) fn state(finding: &Finding) -> State {
    if finding.intended {
        State::Intended
    } else {
        State::Observed
    }
}

/// Returns the word of a state.
pub(crate) fn state_word(state: State) -> &'static str {
    match state {
        State::Observed => "observed",
        State::Intended => "intended",
    }
}

/// Returns the subjects that a file lists.
pub(crate) fn listed(text: &str) -> Result<Vec<ListedSubject>, String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut subjects = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        let line = row.position().map_or(1, csv::Position::line);
        let cell = |at: usize| {
            row.get(at)
                .map(str::to_owned)
                .ok_or_else(|| format!("line {line} has too few cells"))
        };
        subjects.push(ListedSubject {
            subject: cell(0)?,
            subject_type: cell(1)?,
            state: cell(2)?,
            shows: cell(4)?,
            line: usize::try_from(line).unwrap_or(usize::MAX),
        });
    }
    Ok(subjects)
}

/// Returns the subjects that a file lists, with what was said of each.
pub(crate) fn rows(text: &str) -> Result<Vec<Row>, String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        let [subject, subject_type, state, verdict, shows, by_default] =
            [0, 1, 2, 3, 4, 5].map(|at| row.get(at).unwrap_or_default());
        rows.push(Row {
            subject: subject.to_owned(),
            subject_type: subject_type.to_owned(),
            state: state.to_owned(),
            verdict: parse_verdict(verdict)?,
            shows: shows.to_owned(),
            by_default: by_default.to_owned(),
        });
    }
    Ok(rows)
}

/// Returns the cell of a value as CSV has it.
fn cell(value: &str) -> String {
    let text = written(value).replace('"', "\"\"");
    if text.contains([',', '"', ';', '\'']) || text.ends_with(' ') {
        format!("\"{text}\"")
    } else {
        text
    }
}

/// Returns text as it is kept: text wherever the file is opened, one line, nothing unseen, and an
/// apostrophe before what a spreadsheet would take for a formula (and before an apostrophe, so
/// that the text can be told from the guard).
pub(crate) fn written(value: &str) -> Cow<'_, str> {
    let mut text = String::with_capacity(value.len() + 2);
    if value.starts_with(['=', '+', '-', '@', '|', '%', '\'', '＝', '＋', '－', '＠'])
        || value.starts_with(|c: char| c.is_whitespace() || unseen(c))
    {
        text.push('\'');
    }
    for c in redact(value).chars() {
        match c {
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            c if unseen(c) => text.extend(c.escape_unicode()),
            c => text.push(c),
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::super::samples::finding;
    use super::*;
    use crate::assess::Verdict;

    #[test]
    fn a_subject_is_one_line_with_what_it_showed() {
        let mut one = finding(
            "arn:aws:ecs:eu-west-1:123456789012:cluster/pay",
            Verdict::Pass,
        );
        one.shows = "mode \"awsvpc\", 2 tasks\nEC2".to_owned();
        one.by_default = vec!["networkMode".to_owned()];
        let subjects = subjects(&[one]);
        assert_eq!(
            subjects.text,
            "subject,type,state,verdict,shows,by-default\n\
             arn:aws:ecs:eu-west-1:123456789012:cluster/pay,AWS::ECS::Cluster,observed,pass,\
             \"mode \"\"awsvpc\"\", 2 tasks\\nEC2\",networkMode\n"
        );
        assert_eq!((subjects.rows, subjects.kept()), (1, true));
    }

    #[test]
    fn what_is_listed_is_read_back_as_it_was_written() {
        let mut one = finding("=a \"b\", 'c'\u{200b}", Verdict::Pass);
        one.shows = "cde; \"x\"\nnext ".to_owned();
        let text = subjects(std::slice::from_ref(&one)).text;
        let read = listed(&text).expect("it is ours");
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].subject, written(&one.subject));
        assert_eq!(read[0].shows, written(&one.shows));
        assert_eq!((read[0].state.as_str(), read[0].line), ("observed", 2));
        assert!(listed("subject,type\na,b\n").is_err());
    }

    #[test]
    fn no_cell_is_a_formula_in_a_spreadsheet() {
        for hostile in [
            "=HYPERLINK(\"http://x\",\"y\")",
            "+1+1",
            "-2+3",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            " =1",
            "＝1",
            "%0A=1",
            "\u{200b}=1",
            "|calc",
        ] {
            let text = subjects(&[finding(hostile, Verdict::Fail)]).text;
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let row = reader.records().next().expect("a row").expect("valid CSV");
            let first = row.get(0).expect("a subject");
            assert!(first.starts_with('\''), "{hostile:?} became {first:?}");
            assert_eq!(text.lines().count(), 2);
        }
    }

    #[test]
    fn past_the_bound_only_the_digest_is_kept() {
        let many: Vec<_> = (0..=MOST_ROWS)
            .map(|n| finding(&format!("s{n}"), Verdict::Pass))
            .collect();
        assert!(!subjects(&many).kept());
        assert!(subjects(&many[1..]).kept());
        let mut long = finding("s", Verdict::Pass);
        long.shows = "x".repeat(MOST_BYTES);
        assert!(!subjects(&[long]).kept());
    }
}
