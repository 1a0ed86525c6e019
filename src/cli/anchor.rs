//! `workbook anchor`: the newest run's digest for somebody's papers.

use super::common::Failure;
use super::common::Place;
use super::{Exit, World, stamp};
use crate::evidence::{self, AnchorTag, Tagging};
use crate::source::inert;

/// Prints the digest of the newest run in nine short groups, to be noted where nobody who can
/// change this repository can change it. Where git is set to sign, a signed tag holds it, too.
/// `workbook verify --anchor DIGEST` then tells whether the run is still on the chain.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// Make no tag, even where git is set to sign
    #[arg(long)]
    no_tag: bool,
}

/// Runs the command.
pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let root = place.root(world)?;
    let tagging = match arguments.no_tag {
        true => Tagging::Never,
        false => Tagging::WhereSigned,
    };
    let anchored = evidence::anchor(&root, &stamp::variables(world), world.now, tagging)
        .map_err(|error| Failure::Text(error.to_string()))?;
    let head = &anchored.head;
    let out = &mut *world.stdout;
    writeln!(out, "{}", anchored.anchor)?;
    writeln!(out)?;
    writeln!(
        out,
        "run      {} (the newest of {}), recorded at {}, judged as of {}",
        head.run, anchored.runs, head.recorded_at, head.as_of
    )?;
    writeln!(out, "SHA-256  {}", anchored.digest)?;
    if let Some(by) = &head.by {
        writeln!(out, "commit   {} of {}", by.commit, inert(&by.name))?;
    }
    if head.sample {
        writeln!(
            out,
            "The workbook is the shipped sample of an invented organisation."
        )?;
    }
    match &anchored.tag {
        AnchorTag::Made(name) => writeln!(
            out,
            "tag      {name}, signed; send it on with `git push origin {name}`"
        )?,
        AnchorTag::There(name) => writeln!(out, "tag      {name}, made before")?,
        AnchorTag::NotSigned => writeln!(
            out,
            "No tag was made, since git is not set to sign here (commit.gpgsign or tag.gpgsign)."
        )?,
        AnchorTag::NotWanted => {}
    }
    writeln!(out)?;
    writeln!(
        out,
        "Note the first line and the run. `workbook verify --anchor {}` holds the chain to it.",
        anchored.anchor
    )?;
    Ok(Exit::Good)
}
