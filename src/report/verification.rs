//! What verifying came to: for people, and as JSON by `schemas/verify.json`.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use crate::evidence::{
    AnchorOrigin, Author, DefinitionChange, DefinitionState, HeadRun, Problem, Signed, SignedRuns,
    Standing, Verification,
};
use crate::source::inert;

/// Whether the pages of the workbook could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pages {
    /// They could.
    Read,
    /// They could not, so that nothing is told of definitions.
    Unreadable,
}

/// Says for people what verifying came to.
pub fn verification(
    out: &mut dyn Write,
    verification: &Verification,
    pages: Pages,
) -> io::Result<()> {
    for problem in &verification.problems {
        writeln!(out, "{}", inert(&problem.to_string()))?;
    }
    for note in &verification.notes {
        writeln!(out, "note: {}", inert(&note.to_string()))?;
    }
    for change in &verification.definitions {
        writeln!(out, "note: {}", inert(&definition(change)))?;
    }
    if pages == Pages::Unreadable {
        writeln!(
            out,
            "note: the pages have mistakes, so it is not told which definitions changed since"
        )?;
    }
    for signed in &verification.signatures {
        writeln!(out, "{}", inert(&signature(signed)))?;
    }
    for held in verification
        .anchors
        .iter()
        .filter(|held| held.fault.is_none())
    {
        writeln!(out, "{}", inert(&held.to_string()))?;
    }
    let commit = verification.commit.as_deref().unwrap_or("no commit");
    let commit = commit.get(..12).unwrap_or(commit);
    match verification.standing() {
        Standing::AsStamped => {
            let heads: Vec<String> = verification
                .heads
                .iter()
                .map(|head| head.run.to_string())
                .collect();
            let noun = if verification.runs == 1 {
                "run"
            } else {
                "runs"
            };
            writeln!(
                out,
                "as stamped: {} records and {} {noun} at commit {commit}, newest run {}",
                verification.records,
                verification.runs,
                heads.join(" and "),
            )?;
            writeln!(
                out,
                "This shows that nothing changed after stamping; it does not show that the exports were true."
            )
        }
        Standing::NotAsStamped => {
            let count = verification.problems.len();
            let noun = if count == 1 { "problem" } else { "problems" };
            writeln!(out, "not as stamped: {count} {noun} at commit {commit}")
        }
        Standing::NothingStamped => writeln!(
            out,
            "nothing is stamped here yet; `workbook assess` stamps a run"
        ),
    }
}

fn definition(change: &DefinitionChange) -> String {
    let check = &change.check;
    let mut text = match change.change {
        DefinitionState::Changed => format!(
            "the definition of `{check}` has changed since; its record says what the stamped one found"
        ),
        DefinitionState::Gone => {
            format!("the check `{check}` is on no page any more; its record says what it found")
        }
        DefinitionState::New => format!("the check `{check}` has no record yet"),
    };
    for (place, part) in change.parts.iter().enumerate() {
        text.push_str(if place == 0 { ": " } else { "; " });
        let (kind, name) = part.part.split_once(' ').unwrap_or((&part.part, ""));
        // Writing to a string can't fail.
        let _ = match kind {
            "list" => write!(text, "the list `{name}`"),
            "param" => write!(text, "the parameter `{name}`"),
            "schema" => write!(text, "the schema of the register `{name}`"),
            "source" => write!(text, "the source of `{name}`"),
            _ => write!(text, "its block"),
        };
        if let Some(file) = &part.file {
            let _ = match &part.by {
                Some(by) => write!(text, " in {file}, by {by}"),
                None => write!(text, " in {file}, which is not committed"),
            };
        }
    }
    text
}

fn signature(signed: &SignedRuns) -> String {
    let runs = match signed.runs {
        1 => "1 run".to_owned(),
        runs => format!("{runs} runs"),
    };
    let how = match &signed.signed {
        Signed::Unsigned => "unsigned".to_owned(),
        Signed::Good { signer, key } => format!("signed by {signer}, key {key}"),
        Signed::UnknownKey { key } => {
            format!("signed by a key that nobody here vouches for, {key}")
        }
        Signed::Bad { why } => format!("with a bad signature: {why}"),
        Signed::Unchecked { why } => format!("with a signature that can't be checked here: {why}"),
    };
    format!("{runs} {how} (newest: {})", signed.newest)
}

#[derive(Serialize)]
struct Report<'a> {
    runner: &'a str,
    standing: &'static str,
    commit: Option<&'a str>,
    runs: usize,
    records: usize,
    heads: Vec<Head<'a>>,
    problems: Vec<Told<'a>>,
    notes: Vec<String>,
    signatures: Vec<Signatures<'a>>,
    anchors: Vec<Anchor<'a>>,
    definitions: Vec<Definition<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Head<'a> {
    run: String,
    sha256: &'a str,
    recorded_at: String,
    as_of: String,
    sample: bool,
    made_on: Option<&'a str>,
    dirty: &'a [String],
    by: Option<By<'a>>,
    signed: Signature<'a>,
}

#[derive(Serialize)]
struct By<'a> {
    commit: &'a str,
    author: &'a str,
    time: Option<String>,
}

#[derive(Serialize)]
struct Signature<'a> {
    state: &'static str,
    signer: Option<&'a str>,
    key: Option<&'a str>,
    why: Option<&'a str>,
}

#[derive(Serialize)]
struct Told<'a> {
    kind: String,
    files: Vec<String>,
    fields: Vec<Field<'a>>,
    by: Option<By<'a>>,
    text: String,
}

#[derive(Serialize)]
struct Field<'a> {
    field: &'a str,
    was: Option<&'a str>,
    is: Option<&'a str>,
}

#[derive(Serialize)]
struct Signatures<'a> {
    signed: Signature<'a>,
    runs: usize,
    newest: String,
    by: By<'a>,
}

#[derive(Serialize)]
struct Anchor<'a> {
    anchor: &'a str,
    tag: Option<&'a str>,
    signed: Option<Signature<'a>>,
    run: Option<String>,
    following: usize,
    holds: bool,
    text: String,
}

#[derive(Serialize)]
struct Definition<'a> {
    check: &'a str,
    change: &'static str,
    parts: Vec<Part<'a>>,
}

#[derive(Serialize)]
struct Part<'a> {
    part: &'a str,
    file: Option<&'a str>,
    by: Option<By<'a>>,
}

/// Writes what verifying came to as JSON.
pub fn verification_json(
    out: &mut dyn Write,
    verification: &Verification,
    runner: &str,
) -> io::Result<()> {
    let report = Report {
        runner,
        standing: verification.standing().as_str(),
        commit: verification.commit.as_deref(),
        runs: verification.runs,
        records: verification.records,
        heads: verification.heads.iter().map(head).collect(),
        problems: verification.problems.iter().map(told).collect(),
        notes: verification.notes.iter().map(ToString::to_string).collect(),
        signatures: verification
            .signatures
            .iter()
            .map(|signed| Signatures {
                signed: signature_of(&signed.signed),
                runs: signed.runs,
                newest: signed.newest.to_string(),
                by: by(&signed.by),
            })
            .collect(),
        anchors: verification
            .anchors
            .iter()
            .map(|held| {
                let (tag, signed) = match &held.origin {
                    AnchorOrigin::Given => (None, None),
                    AnchorOrigin::Tag { name, signed } => (Some(name.as_str()), Some(signed)),
                };
                Anchor {
                    anchor: &held.anchor,
                    tag,
                    signed: signed.map(signature_of),
                    run: held.run.as_ref().map(ToString::to_string),
                    following: held.following,
                    holds: held.fault.is_none(),
                    text: held.to_string(),
                }
            })
            .collect(),
        definitions: verification
            .definitions
            .iter()
            .map(|change| Definition {
                check: &change.check,
                change: match change.change {
                    DefinitionState::Changed => "changed",
                    DefinitionState::Gone => "gone",
                    DefinitionState::New => "new",
                },
                parts: change
                    .parts
                    .iter()
                    .map(|part| Part {
                        part: &part.part,
                        file: part.file.as_deref(),
                        by: part.by.as_ref().map(by),
                    })
                    .collect(),
            })
            .collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

fn head(head: &HeadRun) -> Head<'_> {
    Head {
        run: head.run.to_string(),
        sha256: &head.digest,
        recorded_at: head.recorded_at.to_string(),
        as_of: head.as_of.to_string(),
        sample: head.sample,
        made_on: head.made_on.as_deref(),
        dirty: &head.dirty,
        by: head.by.as_ref().map(by),
        signed: signature_of(&head.signed),
    }
}

fn told(problem: &Problem) -> Told<'_> {
    Told {
        kind: problem.kind(),
        files: problem.files(),
        fields: problem
            .fields()
            .iter()
            .map(|change| Field {
                field: &change.field,
                was: change.was.as_deref(),
                is: change.is.as_deref(),
            })
            .collect(),
        by: problem.by().map(by),
        text: problem.to_string(),
    }
}

fn by(author: &Author) -> By<'_> {
    By {
        commit: &author.commit,
        author: &author.name,
        time: author.time.map(|time| time.to_string()),
    }
}

fn signature_of(signed: &Signed) -> Signature<'_> {
    let (state, signer, key, why) = match signed {
        Signed::Unsigned => ("unsigned", None, None, None),
        Signed::Good { signer, key } => ("good", Some(signer), Some(key), None),
        Signed::UnknownKey { key } => ("unknown-key", None, Some(key), None),
        Signed::Bad { why } => ("bad", None, None, Some(why)),
        Signed::Unchecked { why } => ("unchecked", None, None, Some(why)),
    };
    Signature {
        state,
        signer: signer.map(String::as_str),
        key: key.map(String::as_str),
        why: why.map(String::as_str),
    }
}
