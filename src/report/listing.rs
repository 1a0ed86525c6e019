//! What there is: export files, checks, pages, statements, and one of them explained.

use std::io::{self, Write};

use anstyle::Style;

use super::scans;
use crate::assess::{Outcome, acknowledged_texts};
use crate::book::Book;
use crate::cardholder::without_numbers;
use crate::check::{Basis, Check, Entries, Strength};
use crate::config::Config;
use crate::inventory::{Completeness, FileListing, Inventory, Reading};
use crate::source::{Code, Keyword as _, conceal, inert};

/// Writes what each export file gave, and what is missing for which checks.
pub fn exports(
    out: &mut dyn Write,
    inventory: &Inventory,
    checks: &[Check],
    outcome: &Outcome,
) -> io::Result<()> {
    let bold = Style::new().bold();
    let used =
        |file: &&FileListing| matches!(file.reading, Reading::Whole | Reading::NotConfigured(_));
    let (whole, other): (Vec<&FileListing>, Vec<&FileListing>) =
        inventory.files.iter().partition(used);
    writeln!(
        out,
        "{bold}Read whole: {} of {} files{bold:#}",
        whole.len(),
        inventory.files.len()
    )?;
    for file in whole {
        writeln!(out, "  {}", line(file))?;
    }
    if !other.is_empty() {
        writeln!(
            out,
            "\n{bold}Not whole, not used or not recognised: {} files{bold:#}",
            other.len()
        )?;
        for file in other {
            writeln!(out, "  {}", line(file))?;
        }
    }
    writeln!(out, "\n{bold}Resources{bold:#}")?;
    let mut total = 0;
    for resource_type in inventory.resource_types() {
        let count = inventory.resources(resource_type).len();
        total += count;
        writeln!(out, "  {count:>6}  {}", told(resource_type))?;
    }
    writeln!(out, "  {total:>6}  in all")?;
    missing(out, inventory, checks, outcome)
}

fn line(file: &FileListing) -> String {
    let reading = match &file.reading {
        Reading::Whole => String::new(),
        Reading::Partial(why) => format!("; partial: {why}"),
        Reading::Denied(why) => format!("; denied: {why}"),
        Reading::NotConfigured(why) => format!("; not configured: {why}"),
        Reading::Failed(why) => format!("; failed: {why}"),
        Reading::Unreadable(why) => format!("; unreadable: {why}"),
        Reading::NotRecognised(why) => format!("; not recognised: {why}"),
        Reading::NotUsed(why) => format!("; not used: {why}"),
    };
    let gave: Vec<String> = file
        .resources
        .iter()
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    let gave = if gave.is_empty() {
        String::new()
    } else {
        format!(": {}", gave.join(", "))
    };
    let observed = file.observed.map(|instant| instant.to_string());
    let from: Vec<&str> = [&file.account, &file.region, &observed]
        .into_iter()
        .filter_map(Option::as_deref)
        .collect();
    let from = if from.is_empty() {
        String::new()
    } else {
        format!(" ({})", from.join(", "))
    };
    let text = format!("{} - {}{gave}{from}{reading}", file.path, file.format);
    told(&text)
}

fn missing(
    out: &mut dyn Write,
    inventory: &Inventory,
    checks: &[Check],
    outcome: &Outcome,
) -> io::Result<()> {
    let bold = Style::new().bold();
    let mut types: Vec<(String, Vec<&str>)> = Vec::new();
    for check in checks {
        for resource_type in check.types() {
            match types
                .iter_mut()
                .find(|(known, _)| known.eq_ignore_ascii_case(&resource_type))
            {
                Some((_, ids)) => ids.push(&check.id.value),
                None => types.push((resource_type, vec![&check.id.value])),
            }
        }
    }
    types.sort();
    let unscanned = scans::missing(outcome);
    let mut said = false;
    let untold = types.into_iter().filter_map(|(resource_type, ids)| {
        let (word, reason) = match inventory.completeness(&resource_type) {
            Completeness::Complete => return None,
            Completeness::Partial(reason) => ("in part", reason),
            Completeness::Missing(reason) => ("missing", reason),
        };
        Some((format!("{resource_type} ({word}): {reason}"), ids))
    });
    for (what, ids) in untold.chain(unscanned) {
        if !said {
            writeln!(out, "\n{bold}What checks wait for{bold:#}")?;
            said = true;
        }
        writeln!(out, "  {}", told(&what))?;
        writeln!(out, "      for {}", ids.join(", "))?;
    }
    scans::unused(out, inventory, outcome)
}

/// Returns what exports say, without secrets and card numbers and harmless on a terminal.
fn told(text: &str) -> String {
    inert(&without_numbers(conceal(text).into_owned()))
}

/// What `list` lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// The checks.
    Checks,
    /// The pages.
    Pages,
    /// The statements.
    Statements,
}

/// Writes a line for each check, page or statement.
pub fn list(out: &mut dyn Write, what: Listed, book: &Book, checks: &[Check]) -> io::Result<()> {
    match what {
        Listed::Checks => {
            for check in checks {
                writeln!(
                    out,
                    "{:<34} {:<12} {:<15} {:<8} {:<10} {}",
                    check.id.value,
                    check.page,
                    check.kind().word(),
                    check.severity.word(),
                    check.basis.word(),
                    check.title
                )?;
            }
        }
        Listed::Pages => {
            for front in book.pages.iter().filter_map(|page| page.front.as_ref()) {
                writeln!(
                    out,
                    "{:<16} {:>3} statements  {}",
                    front.value.id.value,
                    front.value.statements.len(),
                    front.value.title
                )?;
            }
        }
        Listed::Statements => {
            for front in book.pages.iter().filter_map(|page| page.front.as_ref()) {
                for statement in &front.value.statements {
                    let by: Vec<&str> = checks
                        .iter()
                        .filter(|check| {
                            check
                                .statements
                                .iter()
                                .any(|id| id.value == statement.id.value)
                        })
                        .map(|check| check.id.value.as_str())
                        .collect();
                    let by = match (&statement.narrative, by.is_empty()) {
                        (Some(_), true) => "no check can show it".to_owned(),
                        (None, true) => "no check yet".to_owned(),
                        (_, false) => by.join(", "),
                    };
                    writeln!(out, "{:<14} {} [{by}]", statement.id.value, statement.label)?;
                }
            }
        }
    }
    Ok(())
}

/// Writes what a check, page, statement or diagnostic code is; tells whether there is one.
pub fn explain(
    out: &mut dyn Write,
    id: &str,
    book: &Book,
    checks: &[Check],
    config: &Config,
) -> io::Result<bool> {
    if let Some(check) = checks.iter().find(|check| check.id.value == id) {
        explain_check(out, check)?;
        explain_texts(out, check, book, config)?;
        return Ok(true);
    }
    for front in book
        .pages
        .iter()
        .filter_map(|page| page.front.as_ref())
        .map(|front| &front.value)
    {
        if front.id.value == id {
            writeln!(out, "{id}: {}", front.title)?;
            let ids: Vec<&str> = front
                .requirements
                .iter()
                .map(|id| id.value.as_str())
                .collect();
            writeln!(out, "  PCI DSS 4.0.1: {}", ids.join(", "))?;
            for check in checks.iter().filter(|check| check.page == id) {
                writeln!(out, "  {:<34} {}", check.id.value, check.title)?;
            }
            return Ok(true);
        }
        if let Some(statement) = front
            .statements
            .iter()
            .find(|statement| statement.id.value == id)
        {
            writeln!(out, "{id} on {}: {}", front.id.value, statement.label)?;
            if let Some(narrative) = &statement.narrative {
                writeln!(out, "  no check can show it: {narrative}")?;
            }
            for check in checks
                .iter()
                .filter(|check| check.statements.iter().any(|served| served.value == id))
            {
                writeln!(out, "  {:<34} {}", check.id.value, check.title)?;
            }
            return Ok(true);
        }
    }
    if let Some(code) = Code::ALL.iter().find(|code| code.as_str() == id) {
        writeln!(out, "{id}: {}", code.description())?;
        return Ok(true);
    }
    Ok(false)
}

fn explain_check(out: &mut dyn Write, check: &Check) -> io::Result<()> {
    let values = |items: &[crate::source::Spanned<String>]| {
        items
            .iter()
            .map(|item| item.value.clone())
            .collect::<Vec<_>>()
            .join(", ")
    };
    writeln!(out, "{}: {}", check.id.value, check.title)?;
    writeln!(
        out,
        "  stands at {}:{}",
        check.file.path(),
        check.file.line(check.fence.start)
    )?;
    let basis = match check.basis {
        Basis::Standard => "PCI DSS asks for it",
        Basis::Source => "guidance of a source or a stricter rule; it never changes a status",
    };
    let strength = match check.strength {
        Strength::Direct => "a pass shows the requirement itself",
        Strength::Supporting => "a pass supports the requirement, and something else must show it",
    };
    writeln!(
        out,
        "  severity {}; {basis}; {strength}",
        check.severity.word()
    )?;
    writeln!(
        out,
        "  requirement ids: {}; procedures: {}",
        values(&check.requirements),
        check.procedures.join(", ")
    )?;
    writeln!(out, "  statements: {}", values(&check.statements))?;
    writeln!(out, "  needs exports of: {}", check.types().join(", "))?;
    scans::asked(out, check)?;
    writeln!(out, "  definition digest: {}", check.definition)?;
    writeln!(out, "\nFix\n{}", indent(&check.fix))?;
    writeln!(
        out,
        "\nDefinition\n{}",
        indent(check.file.slice(check.text))
    )
}

/// Writes the digests of the texts that a check wants acknowledged.
fn explain_texts(
    out: &mut dyn Write,
    check: &Check,
    book: &Book,
    config: &Config,
) -> io::Result<()> {
    let Entries::Acknowledgement(entries) = &check.entries else {
        return Ok(());
    };
    writeln!(out, "\nTexts to acknowledge, with their digests")?;
    for (name, digest) in entries
        .iter()
        .flat_map(|entry| acknowledged_texts(entry, book, config))
    {
        writeln!(out, "  {name}: {digest}")?;
    }
    Ok(())
}

fn indent(text: &str) -> String {
    text.trim_matches('\n')
        .lines()
        .map(|line| format!("  {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}
