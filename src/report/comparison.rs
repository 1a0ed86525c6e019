//! What differs between two times: for people, as JSON by `schemas/diff.json`, as Markdown.

use std::io::{self, Write};

use serde::Serialize;

use crate::assess::Verdict;
use crate::evidence::{Change, CheckDifference, Comparison, Row, Side, SubjectDifference};
use crate::source::inert;

/// So many subjects of a check are told for people; the rest is counted.
const SUBJECTS: usize = 20;

/// The groups in which differences are told, with their titles.
const GROUPS: [(Change, &str); 9] = [
    (Change::NewFailure, "New failures"),
    (Change::NewlyExpired, "Newly expired"),
    (Change::NewlyUnexamined, "Newly unexamined"),
    (Change::Gone, "Checks that are gone"),
    (Change::Mended, "Mended"),
    (Change::NewlyExamined, "Newly examined"),
    (Change::Other, "Other verdicts"),
    (Change::New, "New checks"),
    (Change::Same, "Same verdict, other subjects or definition"),
];

/// How what is written is marked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markup {
    /// Not at all.
    Plain,
    /// As Markdown.
    Markdown,
}

impl Markup {
    /// Returns text of evidence so that it is nothing but text.
    pub(super) fn text(self, text: &str) -> String {
        let text = inert(text);
        match self {
            Self::Plain => text,
            // In a code span nothing is a link, a mention, HTML or an image.
            Self::Markdown => {
                let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
                let fence = "`".repeat(longest + 1);
                let space = if longest > 0 { " " } else { "" };
                match text.trim().is_empty() {
                    true => String::new(),
                    false => format!("{fence}{space}{text}{space}{fence}"),
                }
            }
        }
    }

    fn title(self, title: &str, count: usize) -> String {
        match self {
            Self::Plain => format!("{title}: {count}"),
            Self::Markdown => format!("## {title}: {count}\n"),
        }
    }

    fn item(self, level: usize) -> &'static str {
        match (self, level) {
            (Self::Plain, 0) => "  ",
            (Self::Plain, _) => "      ",
            (Self::Markdown, 0) => "- ",
            (Self::Markdown, _) => "  - ",
        }
    }
}

/// Says what differs.
pub fn comparison(out: &mut dyn Write, comparison: &Comparison, markup: Markup) -> io::Result<()> {
    if markup == Markup::Markdown {
        writeln!(out, "# What changed\n")?;
    }
    for (word, one) in [("from", &comparison.from), ("to  ", &comparison.to)] {
        let bullet = if markup == Markup::Markdown { "- " } else { "" };
        writeln!(out, "{bullet}{word} {}", side(one))?;
        for path in &one.altered {
            writeln!(
                out,
                "{}not as the run lists it: {}; `workbook verify` tells why",
                markup.item(1),
                markup.text(path)
            )?;
        }
    }
    writeln!(out)?;
    for (change, title) in GROUPS {
        let group: Vec<&CheckDifference> = comparison.of(change).collect();
        if group.is_empty() {
            continue;
        }
        writeln!(out, "{}", markup.title(title, group.len()))?;
        for difference in group {
            check(out, difference, markup)?;
        }
        writeln!(out)?;
    }
    let differing = comparison.differences.len();
    writeln!(
        out,
        "{differing} of {} checks differ; worse: {}; with another definition: {}",
        comparison.checks,
        comparison.worse().len(),
        comparison
            .differences
            .iter()
            .filter(|difference| difference.redefined)
            .count(),
    )
}

fn side(side: &Side) -> String {
    match (&side.run, side.recorded_at) {
        (Some(run), Some(recorded_at)) => {
            let commit = side.commit.as_deref().unwrap_or_default();
            let commit = commit.get(..12).unwrap_or(commit);
            format!(
                "run {run}, recorded at {recorded_at}, judged as of {}, commit {commit}",
                side.as_of
            )
        }
        _ => format!("now, judged as of {}, not stamped", side.as_of),
    }
}

fn check(out: &mut dyn Write, difference: &CheckDifference, markup: Markup) -> io::Result<()> {
    let verdicts = match (difference.was, difference.is) {
        (Some(was), Some(is)) if was == is => is.as_str().to_owned(),
        (Some(was), Some(is)) => format!("{} -> {}", was.as_str(), is.as_str()),
        (None, Some(verdict)) | (Some(verdict), None) => verdict.as_str().to_owned(),
        (None, None) => String::new(),
    };
    let redefined = match difference.redefined {
        true => "; the definition is another",
        false => "",
    };
    writeln!(
        out,
        "{}{} ({}): {verdicts}{redefined}",
        markup.item(0),
        markup.text(&difference.check),
        markup.text(&difference.page),
    )?;
    for subject in difference.subjects.iter().take(SUBJECTS) {
        writeln!(out, "{}{}", markup.item(1), subject_text(subject, markup))?;
    }
    let more = difference.subjects.len().saturating_sub(SUBJECTS);
    if more > 0 {
        writeln!(out, "{}and {more} more", markup.item(1))?;
    }
    if difference.lists_differ {
        writeln!(
            out,
            "{}the lists of subjects differ, and are too long to be kept",
            markup.item(1)
        )?;
    }
    Ok(())
}

fn subject_text(subject: &SubjectDifference, markup: Markup) -> String {
    let name = markup.text(&subject.subject);
    let shows = |row: &Row| match row.shows.is_empty() {
        true => String::new(),
        false => format!(" ({})", markup.text(&row.shows)),
    };
    match (&subject.was, &subject.is) {
        (Some(was), Some(is)) if was.verdict == is.verdict => {
            let verdict = is.verdict.as_str();
            format!(
                "{name}: {verdict}, and shows{} where it showed{}",
                shows(is),
                shows(was)
            )
        }
        (Some(was), Some(is)) => {
            format!(
                "{name}: {} -> {}{}",
                was.verdict.as_str(),
                is.verdict.as_str(),
                shows(is)
            )
        }
        (None, Some(is)) => format!("{name}: new, {}{}", is.verdict.as_str(), shows(is)),
        (Some(was), None) => format!("{name}: gone, was {}", was.verdict.as_str()),
        (None, None) => name,
    }
}

#[derive(Serialize)]
struct Report<'a> {
    runner: &'a str,
    from: At<'a>,
    to: At<'a>,
    checks: usize,
    worse: usize,
    differences: Vec<Difference<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct At<'a> {
    run: Option<String>,
    commit: Option<&'a str>,
    recorded_at: Option<String>,
    as_of: String,
    altered: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Difference<'a> {
    check: &'a str,
    page: &'a str,
    change: &'static str,
    was: Option<&'static str>,
    is: Option<&'static str>,
    worse: bool,
    redefined: bool,
    lists_differ: bool,
    subjects: Vec<Subject<'a>>,
}

#[derive(Serialize)]
struct Subject<'a> {
    subject: &'a str,
    #[serde(rename = "type")]
    subject_type: &'a str,
    was: Option<Seen<'a>>,
    is: Option<Seen<'a>>,
}

#[derive(Serialize)]
struct Seen<'a> {
    verdict: &'static str,
    shows: &'a str,
}

/// Writes what differs as JSON.
pub fn comparison_json(
    out: &mut dyn Write,
    comparison: &Comparison,
    runner: &str,
) -> io::Result<()> {
    let at = |side: &Side| side.run.as_ref().map(ToString::to_string);
    let of = |side| At {
        run: at(side),
        commit: side.commit.as_deref(),
        recorded_at: side.recorded_at.map(|time| time.to_string()),
        as_of: side.as_of.to_string(),
        altered: &side.altered,
    };
    let report = Report {
        runner,
        from: of(&comparison.from),
        to: of(&comparison.to),
        checks: comparison.checks,
        worse: comparison.worse().len(),
        differences: comparison.differences.iter().map(json_of).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

fn json_of(difference: &CheckDifference) -> Difference<'_> {
    Difference {
        check: &difference.check,
        page: &difference.page,
        change: match difference.change {
            Change::NewFailure => "new-failure",
            Change::NewlyExpired => "newly-expired",
            Change::NewlyUnexamined => "newly-unexamined",
            Change::Mended => "mended",
            Change::NewlyExamined => "newly-examined",
            Change::Other => "other",
            Change::New => "new",
            Change::Gone => "gone",
            Change::Same => "same",
        },
        was: difference.was.map(Verdict::as_str),
        is: difference.is.map(Verdict::as_str),
        worse: difference.is_worse(),
        redefined: difference.redefined,
        lists_differ: difference.lists_differ,
        subjects: difference
            .subjects
            .iter()
            .map(|subject| Subject {
                subject: &subject.subject,
                subject_type: &subject.subject_type,
                was: subject.was.as_ref().map(|row| Seen {
                    verdict: row.verdict.as_str(),
                    shows: &row.shows,
                }),
                is: subject.is.as_ref().map(|row| Seen {
                    verdict: row.verdict.as_str(),
                    shows: &row.shows,
                }),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_evidence_is_nothing_but_text_in_markdown() {
        for (text, shown) in [
            ("plain", "`plain`"),
            ("a`b", "`` a`b ``"),
            ("```x", "```` ```x ````"),
            (
                "<img src=x>@all [l](http://x)\n# h",
                "`<img src=x>@all [l](http://x) # h`",
            ),
            ("", ""),
            (" ", ""),
        ] {
            assert_eq!(Markup::Markdown.text(text), shown);
        }
    }
}
