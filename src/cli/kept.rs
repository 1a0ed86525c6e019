//! What `record`, `acknowledge` and `except` share: finding the check, reading files, writing.

use std::path::Path;
use std::sync::Arc;

use super::World;
use super::common::Failure;
use crate::cardholder::harmless;
use crate::check::Check;
use crate::source::{SourceFile, inert, nearest};
use crate::workbook::{KeepError, Keeping};

impl From<KeepError> for Failure {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::Load(error) => error.into(),
            KeepError::CardNumber { .. } | KeepError::Io { .. } => {
                Self::Text(format!("nothing was written: {error}"))
            }
        }
    }
}

/// Returns the check of that id, if `fits` says that it is of the kind that the command is for.
pub(super) fn find<'a>(
    checks: &'a [Check],
    id: &str,
    kind: &str,
    fits: impl Fn(&Check) -> bool,
) -> Result<&'a Check, Failure> {
    let found = checks.iter().find(|check| check.id.value == id);
    if let Some(check) = found.filter(|check| fits(check)) {
        return Ok(check);
    }
    let fitting = checks.iter().filter(|check| fits(check));
    let near = nearest(id, fitting.map(|check| check.id.value.as_str()))
        .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Err(Failure::Text(match found {
        Some(_) => format!("`{id}` is not {kind}{near}"),
        None => format!("there is no check `{id}`{near} (`workbook list` shows them)"),
    }))
}

/// Reads a file that is named on the command line; `-` is the standard input.
pub(super) fn read(path: &Path, world: &mut World<'_>) -> Result<Arc<SourceFile>, Failure> {
    let shown = harmless(&path.to_string_lossy());
    let failed =
        |error: std::io::Error| Failure::Text(format!("{shown} can't be read: {}", error.kind()));
    let text = if path == Path::new("-") {
        let mut text = String::new();
        std::io::Read::read_to_string(world.stdin, &mut text).map_err(failed)?;
        text
    } else {
        std::fs::read_to_string(world.folder.join(path)).map_err(failed)?
    };
    Ok(SourceFile::new(shown, text))
}

/// What is to be written, and where.
#[derive(Debug)]
pub(super) struct Piece {
    /// The file, below the workbook.
    pub(super) path: String,
    /// Its whole text.
    pub(super) text: String,
    /// What the commit says.
    pub(super) message: String,
}

/// Whether what was made is written or only shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Write {
    /// It is written.
    Done,
    /// It is printed.
    Shown,
}

impl Write {
    /// Returns what a flag `--dry-run` asks for.
    pub(super) fn unless(dry_run: bool) -> Self {
        match dry_run {
            true => Self::Shown,
            false => Self::Done,
        }
    }
}

/// Writes the file and says how to commit it; or prints it.
pub(super) fn write(
    keeping: &Keeping,
    piece: &Piece,
    how: Write,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let path = &piece.path;
    match how {
        Write::Shown => {
            writeln!(world.stdout, "# {path}")?;
            for line in piece.text.lines() {
                writeln!(world.stdout, "{}", inert(line))?;
            }
            writeln!(world.stderr, "nothing was written")?;
        }
        Write::Done => {
            keeping.write(path, &piece.text)?;
            writeln!(world.stdout, "wrote {path}")?;
            writeln!(
                world.stdout,
                "commit it: git add {path} && git commit -m \"{}\"",
                piece.message
            )?;
        }
    }
    Ok(())
}

/// Returns the flag's text for what is missing in a script, or asks for it at a terminal.
pub(super) fn wanted(
    given: Option<&String>,
    flag: &str,
    question: &str,
    missing: &mut Vec<String>,
    world: &mut World<'_>,
) -> Result<String, Failure> {
    if let Some(given) = given {
        return Ok(given.clone());
    }
    if super::ask::can_ask(world) {
        return super::ask::ask(world, question, None);
    }
    missing.push(format!("--{flag} ({question})"));
    Ok(String::new())
}

/// Fails if something is missing.
pub(super) fn whole(missing: &[String], rest: &str) -> Result<(), Failure> {
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::Text(format!(
        "nothing was written; missing: {}{rest}",
        missing.join(", ")
    )))
}
