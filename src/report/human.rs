//! The summary for people: what to fix first, what to export next, and how things stand.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::todo::{export_next, fix_first};
use crate::assess::{CheckOutcome, Finding, Outcome, Status, Verdict};
use crate::check::{Basis, Check};
use crate::config::Config;
use crate::source::{Keyword as _, inert};

/// How much the summary tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// The few things to do first.
    Short,
    /// Every check that does not pass, with every finding.
    Full,
}

const SHORT: usize = 8;
const SUBJECTS: usize = 3;

/// Writes the summary of the selected checks.
pub fn summary(
    out: &mut dyn Write,
    outcome: &Outcome,
    selected: &[&CheckOutcome],
    definitions: &[Check],
    config: &Config,
    detail: Detail,
) -> io::Result<()> {
    let bold = Style::new().bold();
    let sample = if config.sample {
        ", the sample of an invented organisation"
    } else {
        ""
    };
    writeln!(
        out,
        "{bold}{}{bold:#}{sample}, judged {}",
        inert(&config.organisation),
        outcome.as_of
    )?;
    failing(out, selected, definitions, detail)?;
    undecided(out, selected, detail)?;
    missing(out, selected, config, detail)?;
    writeln!(out)?;
    counts(out, selected)?;
    pages(out, outcome, selected)?;
    writeln!(
        out,
        "\nThis is not an assessment and not a certificate; see the book for what the results do not prove."
    )
}

fn limit(detail: Detail, short: usize) -> usize {
    match detail {
        Detail::Short => short,
        Detail::Full => usize::MAX,
    }
}

fn failing(
    out: &mut dyn Write,
    selected: &[&CheckOutcome],
    definitions: &[Check],
    detail: Detail,
) -> io::Result<()> {
    let failing = fix_first(selected);
    if failing.is_empty() {
        return Ok(());
    }
    heading(out, "Fix first")?;
    let shown = limit(detail, SHORT);
    for check in failing.iter().take(shown) {
        let style = verdict_style(check.verdict);
        let asked = match check.basis {
            Basis::Standard => "PCI DSS",
            Basis::Source => "guidance",
        };
        let bad = check.count(Verdict::Fail) + check.count(Verdict::Expired);
        writeln!(
            out,
            "  {style}{:<8}{style:#} {:<9} {} - {} ({bad} of {} subjects, {asked}, page {})",
            check.verdict.as_str(),
            check.severity.word(),
            check.id,
            inert(&check.title),
            check.findings.len(),
            check.page,
        )?;
        findings(
            out,
            check,
            |verdict| matches!(verdict, Verdict::Fail | Verdict::Expired),
            limit(detail, SUBJECTS),
        )?;
        let fix = definitions
            .iter()
            .find(|definition| definition.id.value == check.id)
            .map_or("", |definition| definition.fix.as_str());
        if let Some(line) = fix.lines().map(str::trim).find(|line| !line.is_empty()) {
            writeln!(out, "      fix: {line}")?;
        }
    }
    more(
        out,
        failing.len(),
        shown,
        "failing checks; see the book, or `workbook check`",
    )
}

/// Writes what could not be evaluated for another reason than missing exports.
fn undecided(out: &mut dyn Write, selected: &[&CheckOutcome], detail: Detail) -> io::Result<()> {
    let broken: Vec<&&CheckOutcome> = selected
        .iter()
        .filter(|check| check.count(Verdict::Error) > 0)
        .collect();
    if !broken.is_empty() {
        heading(out, "Could not be evaluated")?;
        for check in &broken {
            writeln!(out, "  {}", check.id)?;
            findings(
                out,
                check,
                |verdict| verdict == Verdict::Error,
                limit(detail, SUBJECTS),
            )?;
        }
    }
    if detail == Detail::Full {
        let open: Vec<&&CheckOutcome> = selected
            .iter()
            .filter(|check| check.verdict == Verdict::NotChecked)
            .collect();
        if !open.is_empty() {
            heading(out, "Not checked")?;
        }
        for check in open {
            writeln!(out, "  {} - {}", check.id, inert(&check.title))?;
            findings(
                out,
                check,
                |verdict| verdict == Verdict::NotChecked,
                limit(detail, SUBJECTS),
            )?;
        }
    }
    Ok(())
}

fn missing(
    out: &mut dyn Write,
    selected: &[&CheckOutcome],
    config: &Config,
    detail: Detail,
) -> io::Result<()> {
    let list = export_next(selected, &config.platforms);
    if list.is_empty() {
        return Ok(());
    }
    heading(out, "Export or write next")?;
    let shown = limit(detail, SHORT);
    for missing in list.iter().take(shown) {
        let waiting = match missing.checks.as_slice() {
            [one] => one.clone(),
            many => format!("{} checks", many.len()),
        };
        writeln!(out, "  {} ({waiting})", inert(&missing.what))?;
    }
    more(
        out,
        list.len(),
        shown,
        "things; `workbook exports` lists them all",
    )
}

fn findings(
    out: &mut dyn Write,
    check: &CheckOutcome,
    keep: impl Fn(Verdict) -> bool,
    shown: usize,
) -> io::Result<()> {
    let kept: Vec<&Finding> = check
        .findings
        .iter()
        .filter(|finding| keep(finding.verdict))
        .collect();
    for finding in kept.iter().take(shown) {
        let place = finding.place.as_ref().map_or(String::new(), |place| {
            format!(" [{}:{}]", inert(&place.file), place.line)
        });
        let code = if finding.intended { " (as code)" } else { "" };
        writeln!(
            out,
            "      {}{code}: {}{place}",
            inert(&finding.subject),
            inert(&finding.message)
        )?;
        if !finding.by_default.is_empty() {
            writeln!(
                out,
                "        by documented default: {}",
                inert(&finding.by_default.join(", "))
            )?;
        }
    }
    if kept.len() > shown {
        writeln!(out, "      and {} more", kept.len() - shown)?;
    }
    Ok(())
}

fn counts(out: &mut dyn Write, selected: &[&CheckOutcome]) -> io::Result<()> {
    let parts: Vec<String> = Verdict::ALL
        .into_iter()
        .map(|verdict| {
            (
                verdict,
                selected
                    .iter()
                    .filter(|check| check.verdict == verdict)
                    .count(),
            )
        })
        .filter(|(_, count)| *count > 0)
        .map(|(verdict, count)| {
            let style = verdict_style(verdict);
            format!("{style}{count} {}{style:#}", verdict.as_str())
        })
        .collect();
    writeln!(out, "{} checks: {}", selected.len(), parts.join(", "))
}

fn pages(out: &mut dyn Write, outcome: &Outcome, selected: &[&CheckOutcome]) -> io::Result<()> {
    for page in outcome
        .pages
        .iter()
        .filter(|page| selected.iter().any(|check| check.page == page.id))
    {
        let status = page.status.map_or("counts only", status_words);
        let guidance = match page.guidance_not_followed {
            0 => String::new(),
            count => format!(", guidance not followed: {count}"),
        };
        writeln!(
            out,
            "  {:<14} {status}, {} of {} statements examined{guidance}",
            page.id, page.examined, page.total
        )?;
    }
    Ok(())
}

/// Returns a status in words.
pub(crate) fn status_words(status: Status) -> &'static str {
    match status {
        Status::GapFound => "gap found",
        Status::EvidenceIncomplete => "evidence incomplete",
        Status::CompensatingControlClaimed => "compensating control claimed",
        Status::Ready => "ready for the assessor",
        Status::NotApplicableClaimed => "not applicable claimed",
    }
}

fn heading(out: &mut dyn Write, text: &str) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(out, "\n{bold}{text}{bold:#}")
}

fn more(out: &mut dyn Write, all: usize, shown: usize, what: &str) -> io::Result<()> {
    if all > shown {
        writeln!(out, "  and {} more {what}", all - shown)?;
    }
    Ok(())
}

/// Returns the colour of a verdict; the word stands beside it always.
pub(crate) fn verdict_style(verdict: Verdict) -> Style {
    let colour = match verdict {
        Verdict::Fail | Verdict::Expired => AnsiColor::Red,
        Verdict::Error => AnsiColor::Magenta,
        Verdict::NotChecked | Verdict::Excepted => AnsiColor::Yellow,
        Verdict::Pass => AnsiColor::Green,
        Verdict::NotApplicable => AnsiColor::Cyan,
    };
    Style::new().fg_color(Some(colour.into()))
}
