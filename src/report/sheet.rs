//! The sheet by which an assessor qualifies the tool, as Markdown.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Markup;
use crate::evidence::Run;
use crate::source::Instant;

/// What there is to say of the tool and of the definitions of a run.
#[derive(Debug)]
pub struct Sheet<'a> {
    /// The program and its version.
    pub runner: &'a str,
    /// The SHA-256 of its file.
    pub binary: String,
    /// The system that it runs on.
    pub system: String,
    /// When the sheet was made.
    pub made_at: Instant,
    /// The run.
    pub run: &'a Run,
    /// The commit that holds the definitions.
    pub commit: &'a str,
    /// Files of evidence that are not as the run lists them.
    pub altered: &'a [String],
    /// The checks of the run.
    pub checks: &'a BTreeMap<&'a str, CheckedCheck>,
    /// How many passing examples were broken.
    pub broken: usize,
    /// How many broken versions were judged.
    pub mutants: usize,
    /// How many of them still pass.
    pub survivors: usize,
}

/// What came of the examples of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckedCheck {
    /// The digest of the stamped definition.
    pub definition: String,
    /// Whether the commit holds just this definition, so that its examples were run.
    pub same: bool,
    /// How many examples it has.
    pub examples: usize,
    /// The examples that come to something else than they promise.
    pub wrong: Vec<String>,
    /// Broken versions that still pass, for a reason that is stated.
    pub explained: usize,
    /// Those whose broken field the check does not look at.
    pub unread: usize,
    /// Those for no reason.
    pub unexplained: usize,
}

impl CheckedCheck {
    fn is_sound(&self) -> bool {
        self.same && self.examples > 0 && self.wrong.is_empty() && self.unexplained == 0
    }
}

impl Sheet<'_> {
    /// Tells whether every definition of the run was tried and nothing is open.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.altered.is_empty()
            && !self.checks.is_empty()
            && self.checks.values().all(CheckedCheck::is_sound)
    }
}

/// Writes the sheet.
pub fn sheet(out: &mut dyn Write, sheet: &Sheet<'_>) -> io::Result<()> {
    let text = |text: &str| Markup::Markdown.text(text);
    let body = &sheet.run.body;
    writeln!(out, "# Tool validation sheet\n")?;
    writeln!(
        out,
        "Made by the program of itself, so that somebody can file and repeat it. It shows how the checks\n\
         of one run judge examples whose right verdict is known. It is no certificate.\n"
    )?;
    for (name, value) in [
        ("Program", sheet.runner.to_owned()),
        ("SHA-256 of its file", sheet.binary.clone()),
        ("System", sheet.system.clone()),
        ("Made at", sheet.made_at.to_string()),
        ("Run", sheet.run.id.to_string()),
        ("Stamped by", body.runner.clone()),
        ("Recorded at", body.recorded_at.to_string()),
        ("Judged as of", body.as_of.to_string()),
        ("Definitions of commit", sheet.commit.to_owned()),
    ] {
        writeln!(out, "- {name}: {}", text(&value))?;
    }
    if body.runner != sheet.runner {
        writeln!(
            out,
            "- Another version of the program stamped the run than made this sheet."
        )?;
    }
    if !body.dirty.is_empty() {
        writeln!(
            out,
            "- Stamped with changes that no commit has: {}",
            text(&body.dirty.join(", "))
        )?;
    }
    if !sheet.altered.is_empty() {
        writeln!(
            out,
            "- Not as the run lists it: {}. `workbook verify` tells why.",
            text(&sheet.altered.join(", "))
        )?;
    }
    totals(out, sheet)?;
    rows(out, sheet)?;
    writeln!(
        out,
        "\nTo repeat it: the same program (its SHA-256 is above), a clone that has the commit, and \
         `workbook test --sheet {}`.",
        sheet.run.id
    )
}

fn totals(out: &mut dyn Write, sheet: &Sheet<'_>) -> io::Result<()> {
    let sum = |of: fn(&CheckedCheck) -> usize| sheet.checks.values().map(of).sum::<usize>();
    let tried = sheet.checks.values().filter(|check| check.same).count();
    writeln!(out, "\n## In sum\n")?;
    writeln!(
        out,
        "- {tried} of {} checks of the run were tried: their definition has the stamped digest.",
        sheet.checks.len()
    )?;
    writeln!(
        out,
        "- {} of {} examples come to the verdict that they promise.",
        sum(|check| check.examples - check.wrong.len()),
        sum(|check| check.examples)
    )?;
    writeln!(
        out,
        "- {} broken versions of {} passing examples were judged: {} no longer pass. Of those that \
         do, {} have a field broken that the check does not look at, {} a stated reason, {} none.",
        sheet.mutants,
        sheet.broken,
        sheet.mutants - sheet.survivors,
        sum(|check| check.unread),
        sum(|check| check.explained),
        sum(|check| check.unexplained)
    )?;
    writeln!(
        out,
        "- {}",
        match sheet.is_sound() {
            true => "Nothing is open.",
            false => "Something is open: see the checks that are marked.",
        }
    )?;
    Ok(())
}

fn rows(out: &mut dyn Write, sheet: &Sheet<'_>) -> io::Result<()> {
    let text = |text: &str| Markup::Markdown.text(text);
    writeln!(out, "\n## Check by check\n")?;
    writeln!(
        out,
        "| check | definition | examples | wrong | still pass, for no reason | open |"
    )?;
    writeln!(out, "| --- | --- | --- | --- | --- | --- |")?;
    for (id, check) in sheet.checks {
        let wrong = match check.wrong.is_empty() {
            true => "0".to_owned(),
            // Names of folders: what could end a cell is not taken for one.
            false => text(&check.wrong.join(", ")).replace('|', "\\|"),
        };
        writeln!(
            out,
            "| {} | {} | {} | {wrong} | {} | {} |",
            text(id).replace('|', "\\|"),
            text(check.definition.get(..16).unwrap_or(&check.definition)),
            check.examples,
            check.unexplained,
            match (check.is_sound(), check.same) {
                (true, _) => "",
                (false, false) => "not tried: another definition",
                (false, true) => "open",
            }
        )?;
    }
    Ok(())
}
