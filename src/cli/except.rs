//! `workbook except`: writes down an approved exception for subjects of a check.

mod draft;

use std::path::PathBuf;

use super::common::{self, Failure, Place};
use super::kept::{self, Piece};
use super::{Exit, World};
use crate::assess::{Earlier, Outcome};
use crate::check::Check;
use crate::human::{Exception, ExceptionKind, appended};
use crate::inventory::Inventory;
use crate::source::{Date, Keyword as _, inert};
use crate::workbook::{Keeping, Workbook, never, never_subject};

/// Writes down an approved exception, in a file under `evidence/exceptions`: a deviation from
/// guidance, a compensating control with the standard's worksheet, or the customized approach. There
/// is none for stored sensitive authentication data, and none for a missed period.
#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(
    after_help = "Examples:\n  workbook except ecs-readonly-root\n  workbook except ecs-readonly-root --subject arn:aws:ecs:... --reason \"...\" --owner sre \\\n    --approver security-operations --until 2027-01-31 --by nl-0201\n  workbook except tls-only --from worksheet.toml    # keys as the flags, without dashes"
)]
pub(super) struct Arguments {
    /// The check
    id: String,
    /// What sort: deviation, compensating-control, customized [default: deviation, for guidance]
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<ExceptionKind>,
    /// A subject that fails, as the check names it; `*` is all of them, for a deviation
    #[arg(long = "subject", value_name = "SUBJECT")]
    subjects: Vec<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Who owns the subjects
    #[arg(long, value_name = "WHO")]
    owner: Option<String>,
    /// Who approved it; not the owner
    #[arg(long, value_name = "WHO")]
    approver: Option<String>,
    /// The day of approval [default: today]
    #[arg(long, value_name = "DATE")]
    approved: Option<Date>,
    /// The last day on which it holds
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// A check that shows the compensating control and has to pass
    #[arg(long = "shown-by", value_name = "ID")]
    shown_by: Vec<String>,
    /// Worksheet: what keeps the requirement from being met as it stands
    #[arg(long, value_name = "TEXT")]
    constraints: Option<String>,
    /// Worksheet: what the compensating controls are
    #[arg(long, value_name = "TEXT")]
    definition: Option<String>,
    /// Worksheet: what the requirement is for, and how the controls meet that
    #[arg(long, value_name = "TEXT")]
    objective: Option<String>,
    /// Worksheet: what more may go wrong without the control that is asked for
    #[arg(long, value_name = "TEXT")]
    risk: Option<String>,
    /// Worksheet: how it was validated and tested
    #[arg(long, value_name = "TEXT")]
    validation: Option<String>,
    /// Worksheet: what keeps the controls working
    #[arg(long, value_name = "TEXT")]
    maintenance: Option<String>,
    /// Worksheet: why it goes beyond what other requirements ask anyway
    #[arg(long, value_name = "TEXT")]
    beyond: Option<String>,
    /// Customized approach: where the controls matrix is
    #[arg(long = "controls-matrix", value_name = "TEXT")]
    controls_matrix: Option<String>,
    /// Customized approach: the targeted risk analysis
    #[arg(long = "risk-analysis", value_name = "TEXT")]
    risk_analysis: Option<String>,
    /// Who writes it down, by staff id
    #[arg(long, value_name = "STAFF-ID")]
    by: Option<String>,
    /// A file of TOML with any of these as keys; `-` is the standard input
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Print what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
}

fn kind(word: &str) -> Result<ExceptionKind, String> {
    let mut words = ExceptionKind::WORDS.iter();
    words
        .find(|(known, _)| *known == word)
        .map(|(_, kind)| *kind)
        .ok_or_else(|| {
            let words: Vec<&str> = ExceptionKind::WORDS.iter().map(|(word, _)| *word).collect();
            format!("it is one of {}", words.join(", "))
        })
}

/// Runs the command.
pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let workbook = place.load(world)?;
    let check = kept::find(&workbook.checks, &arguments.id, "a check", |_| true)?;
    if let Some(why) = never(check) {
        return Err(Failure::Text(format!("nothing was written: {why}")));
    }
    let failing = match super::ask::can_ask(world) && arguments.subjects.is_empty() {
        true => failing(check, &now(&workbook, place, world)?),
        false => Vec::new(),
    };
    let draft = draft::of(arguments, check, &failing, &workbook, world)?;
    for subject in &draft.subjects {
        if let Some(why) = never_subject(check, subject) {
            return Err(Failure::Text(format!("nothing was written: {why}")));
        }
    }
    let keeping = Keeping::begin(workbook.root())?;
    let id = &check.id.value;
    let path = format!("evidence/exceptions/{id}.toml");
    let piece = Piece {
        text: appended(&keeping.text(&path)?, &draft.text),
        message: format!("evidence: except {id}"),
        path,
    };
    let after = keeping.with(&piece.path, &piece.text)?;
    let mut of_file = after.human.exceptions.iter();
    let new = of_file.rfind(|exception| exception.file.path() == piece.path);
    let new = new
        .ok_or_else(|| Failure::Text(format!("nothing was written: {} is not read", piece.path)))?;
    acceptable(new, common::today(&after, world))?;
    kept::write(
        &keeping,
        &piece,
        kept::Write::unless(arguments.dry_run),
        world,
    )?;
    tell(new, &after, place, world)?;
    Ok(Exit::Good)
}

/// Returns the outcome on the exports as they are; of nothing, if there are none.
fn now(workbook: &Workbook, place: &Place, world: &World<'_>) -> Result<Outcome, Failure> {
    let inventory = match place.exports(workbook, world).is_dir() {
        true => place.inventory(workbook, world)?,
        false => Inventory::default(),
    };
    let today = common::today(workbook, world);
    Ok(workbook.assess(inventory, &Earlier::default(), today))
}

/// Returns the subjects of a check that fail.
fn failing(check: &Check, outcome: &Outcome) -> Vec<String> {
    let of_check = outcome.checks.iter().filter(|one| one.id == check.id.value);
    of_check
        .flat_map(|check| &check.findings)
        .filter(|finding| finding.verdict == crate::assess::Verdict::Fail)
        .map(|finding| finding.subject.clone())
        .collect()
}

/// Refuses what the readers take and the engine would not let hold.
fn acceptable(new: &Exception, today: Date) -> Result<(), Failure> {
    let why = if new.is_self_approved() {
        format!("its owner, {}, can't approve it", new.owner)
    } else if new.approved > today {
        format!(
            "{} lies in the future; what is planned is not approved",
            new.approved
        )
    } else if new.until < today {
        format!("it would have ended on {}", new.until)
    } else {
        return Ok(());
    };
    Err(Failure::Text(format!("nothing was written: {why}")))
}

/// Says what the check says now of the subjects.
fn tell(
    new: &Exception,
    after: &Workbook,
    place: &Place,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let outcome = now(after, place, world)?;
    let mut covered = 0_usize;
    let of_check = outcome.checks.iter().filter(|check| check.id == new.check);
    for finding in of_check.flat_map(|check| &check.findings) {
        if !new.names(&finding.subject) {
            continue;
        }
        covered += usize::from(!finding.message.is_empty());
        let line = format!(
            "{} {}: {}",
            finding.verdict.as_str(),
            finding.subject,
            finding.message
        );
        writeln!(world.stdout, "  {}", inert(&line))?;
    }
    if covered == 0 {
        writeln!(
            world.stderr,
            "note: by these exports nothing that it names fails; an exception that nothing needs is a finding"
        )?;
    }
    Ok(())
}
