//! `workbook acknowledge`: writes down that people accepted a text as it stands.

mod import;

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::common::{self, Failure, Place};
use super::kept::{self, Piece, whole};
use super::{Exit, World, ask};
use crate::assess::{self, Owed, Standing};
use crate::book::{Book, role_guide};
use crate::check::{AcknowledgementCheck, Check, Entries};
use crate::human::{Lines, appended};
use crate::source::{Date, inert, nearest};
use crate::workbook::{Keeping, Workbook};

/// What is written where somebody accepted a text in front of this program.
const HERE: &str = "workbook acknowledge";

/// Writes down that people accepted a text as it stands, bound to its digest. Whose text changed
/// since, or whose time is over, is asked again.
#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(
    after_help = "Examples:\n  workbook acknowledge custodian-acknowledgement              # who still owes it; then asks\n  workbook acknowledge role-guide-acknowledged --person nl-0102\n  workbook acknowledge custodian-acknowledgement --role key-custodians \\\n    --source \"signed form KC-2026-07, personnel file\" --by nl-0201\n  workbook acknowledge role-guide-acknowledged --import lms.csv --source \"learning system\" \\\n    --by nl-0201"
)]
pub(super) struct Arguments {
    /// The check that wants the acknowledgement
    id: String,
    /// Whose acknowledgement it is, by staff id
    #[arg(long, value_name = "STAFF-ID")]
    person: Vec<String>,
    /// Only of people who hold this role; of guides, the one of this role
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// The day on which it was given [default: today]
    #[arg(long, value_name = "DATE")]
    date: Option<Date>,
    /// What shows it, where it was not given here: a signed form, a learning system
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,
    /// Who writes it down, by staff id [default: the person]
    #[arg(long, value_name = "STAFF-ID")]
    by: Option<String>,
    /// A CSV file of a learning system or signature service: staff-id, digest or version, date, and
    /// if there are any role, source, file-digest
    #[arg(long, value_name = "FILE.csv", conflicts_with_all = ["person", "role", "date"])]
    import: Option<PathBuf>,
    /// What a version in the file is: the digest of a text; the day of a document's approval needs none
    #[arg(long, value_name = "VERSION=DIGEST", requires = "import")]
    version: Vec<String>,
    /// Print what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// One acknowledgement to write.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct New {
    person: String,
    role: Option<String>,
    digest: String,
    date: Date,
    source: String,
    file_digest: Option<String>,
}

/// Runs the command.
pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let workbook = place.load(world)?;
    let kind = "a check of acknowledgements";
    let check = kept::find(&workbook.checks, &arguments.id, kind, |check| {
        !entries(check).is_empty()
    })?;
    let today = common::today(&workbook, world);
    let (new, file) = match &arguments.import {
        Some(path) => import::rows(arguments, path, check, &workbook, today, world)?,
        None => (given(arguments, check, &workbook, today, world)?, None),
    };
    if new.is_empty() {
        writeln!(
            world.stdout,
            "nothing to write: all of it stands there already"
        )?;
        return Ok(Exit::Good);
    }
    let by = recorder(arguments, &new, world)?;
    let mut lines = Lines::default();
    for one in &new {
        lines.table("acknowledged");
        lines.text("person", &one.person);
        if let Some(role) = &one.role {
            lines.text("role", role);
        }
        lines.text("digest", &one.digest);
        lines.date("date", one.date);
        lines.text("source", &one.source);
        if let Some(digest) = &one.file_digest {
            lines.text("file-digest", digest);
        }
        if let Some(file) = &file {
            lines.text("import-file", &file.name);
            lines.text("import-digest", &file.digest);
        }
        lines.text("recorded-by", &by);
        lines.instant("recorded-at", world.now);
    }
    let keeping = Keeping::begin(workbook.root())?;
    let id = &check.id.value;
    let path = format!(
        "evidence/acknowledgements/{id}/{}.toml",
        workbook.config.time_zone.date(world.now).year()
    );
    let piece = Piece {
        text: appended(&keeping.text(&path)?, &lines.into_text()),
        message: format!("evidence: acknowledge {id}"),
        path,
    };
    let after = keeping.with(&piece.path, &piece.text)?;
    kept::write(
        &keeping,
        &piece,
        kept::Write::unless(arguments.dry_run),
        world,
    )?;
    let noun = if new.len() == 1 { "" } else { "s" };
    writeln!(
        world.stdout,
        "{} acknowledgement{noun}; the commit is the signature: sign it (git commit -S) where signing is set up",
        new.len()
    )?;
    owing(id, &after, today, world)?;
    Ok(Exit::Good)
}

/// Returns the entries of a check of acknowledgements.
fn entries(check: &Check) -> &[AcknowledgementCheck] {
    match &check.entries {
        Entries::Acknowledgement(entries) => entries,
        Entries::Configuration(_)
        | Entries::Document(_)
        | Entries::Register(_)
        | Entries::Recurring(_)
        | Entries::CardholderData(_) => &[],
    }
}

/// Returns all that a check wants acknowledged.
fn all<'a>(check: &'a Check, workbook: &'a Workbook, today: Date) -> Vec<Owed<'a>> {
    entries(check)
        .iter()
        .flat_map(|entry| {
            assess::owed(
                &check.id.value,
                entry,
                &workbook.config,
                &workbook.book,
                &workbook.human,
                today,
            )
        })
        .collect()
}

/// Returns what the command line and answers acknowledge.
fn given(
    arguments: &Arguments,
    check: &Check,
    workbook: &Workbook,
    today: Date,
    world: &mut World<'_>,
) -> Result<Vec<New>, Failure> {
    let all = all(check, workbook, today);
    let mut people = arguments.person.clone();
    if people.is_empty() && arguments.role.is_none() {
        people = vec![who(&all, &check.id.value, world)?];
    }
    known(&people, &all, &check.id.value)?;
    role_known(arguments.role.as_deref(), workbook)?;
    let date = arguments.date.unwrap_or(today);
    if date > today {
        return Err(Failure::Text(format!(
            "nothing was written: {date} lies in the future"
        )));
    }
    let chosen: Vec<&Owed<'_>> = all
        .iter()
        .filter(|owed| people.is_empty() || people.iter().any(|person| person == owed.person))
        .filter(|owed| {
            arguments
                .role
                .as_deref()
                .is_none_or(|role| match owed.role {
                    Some(of_guide) => of_guide == role,
                    None => holds(workbook, owed.person, role),
                })
        })
        .collect();
    if chosen.is_empty() {
        return Err(Failure::Text(format!(
            "nothing was written: `{}` asks nothing of them in that role",
            check.id.value
        )));
    }
    let mut new = Vec::new();
    for owed in chosen {
        if let Standing::Held(_) = owed.standing {
            continue;
        }
        let Some(digest) = &owed.digest else {
            return Err(Failure::Text(format!(
                "nothing was written: the text `{}` is not in the book",
                owed.text
            )));
        };
        let source = match &arguments.source {
            Some(source) => source.clone(),
            None => accepted(owed, digest, &workbook.book, world)?,
        };
        new.push(New {
            person: owed.person.to_owned(),
            role: owed.role.map(str::to_owned),
            digest: digest.clone(),
            date,
            source,
            file_digest: None,
        });
    }
    Ok(new)
}

fn holds(workbook: &Workbook, person: &str, role: &str) -> bool {
    let mut people = workbook.config.people.iter();
    people.any(|known| known.id == person && known.roles.iter().any(|held| held == role))
}

/// Asks whose acknowledgement it is, or says that a script has to.
fn who(all: &[Owed<'_>], id: &str, world: &mut World<'_>) -> Result<String, Failure> {
    let owing: Vec<String> = open(all).map(told).collect();
    if !ask::can_ask(world) {
        let rest = match owing.as_slice() {
            [] => "; nobody owes it".to_owned(),
            owing => format!("; still owing: {}", owing.join("; ")),
        };
        whole(&["--person (whose it is) or --role".to_owned()], &rest)?;
    }
    writeln!(world.stderr, "{id}: still owing")?;
    for line in &owing {
        writeln!(world.stderr, "  {}", inert(line))?;
    }
    ask::ask(world, "your staff id", None)
}

/// A name that owes nothing is a mistake, not an empty answer.
fn known(people: &[String], all: &[Owed<'_>], id: &str) -> Result<(), Failure> {
    for person in people {
        if all.iter().any(|owed| owed.person == person) {
            continue;
        }
        let near = nearest(person, all.iter().map(|owed| owed.person))
            .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        return Err(Failure::Text(format!(
            "nothing was written: `{id}` asks nothing of `{person}`, by the people and roles in workbook.toml{near}"
        )));
    }
    Ok(())
}

fn role_known(role: Option<&str>, workbook: &Workbook) -> Result<(), Failure> {
    let roles = || {
        workbook
            .config
            .roles
            .iter()
            .map(|role| role.value.id.as_str())
    };
    match role {
        Some(role) if !roles().any(|known| known == role) => {
            let near = nearest(role, roles())
                .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            Err(Failure::Text(format!(
                "nothing was written: workbook.toml has no role `{role}`{near}"
            )))
        }
        Some(_) | None => Ok(()),
    }
}

/// Shows the text to whom it concerns and asks; a script can't answer for anybody.
fn accepted(
    owed: &Owed<'_>,
    digest: &str,
    book: &Book,
    world: &mut World<'_>,
) -> Result<String, Failure> {
    if !ask::can_ask(world) {
        whole(
            &["--source (what shows that it was accepted)".to_owned()],
            "; without it the person is asked at a terminal",
        )?;
    }
    match owed.role {
        Some(role) => {
            writeln!(world.stderr, "What the role {} owes:", inert(role))?;
            for line in role_guide::text(&book.pages, role).lines() {
                writeln!(world.stderr, "  {}", inert(line))?;
            }
        }
        None => writeln!(
            world.stderr,
            "The text is book/src/{} in this repository.",
            inert(owed.text)
        )?,
    }
    writeln!(world.stderr, "Its digest is {digest}.")?;
    let question = format!("{}: I have read it and accept it", owed.person);
    if ask::agreed(world, &question)? {
        return Ok(HERE.to_owned());
    }
    Err(Failure::Text(
        "not accepted; nothing was written".to_owned(),
    ))
}

/// Returns who writes it down: the person, where that is one and accepted it here.
fn recorder(arguments: &Arguments, new: &[New], world: &mut World<'_>) -> Result<String, Failure> {
    let people: BTreeSet<&str> = new.iter().map(|one| one.person.as_str()).collect();
    let alone = people.first().filter(|_| people.len() == 1);
    match (&arguments.by, alone) {
        (None, Some(person)) if arguments.source.is_none() && arguments.import.is_none() => {
            Ok((*person).to_owned())
        }
        (by, _) => {
            let mut missing = Vec::new();
            let question = "the staff id of who writes it down";
            let by = kept::wanted(by.as_ref(), "by", question, &mut missing, world)?;
            whole(&missing, "")?;
            Ok(by)
        }
    }
}

/// Returns what is not held.
fn open<'o, 'a>(all: &'o [Owed<'a>]) -> impl Iterator<Item = &'o Owed<'a>> {
    all.iter()
        .filter(|owed| !matches!(owed.standing, Standing::Held(_)))
}

/// Says who owes what, and why.
fn told(owed: &Owed<'_>) -> String {
    let why = match (owed.standing, owed.given) {
        (Standing::Changed, Some(given)) => {
            format!("the text changed since {}", given.date)
        }
        (Standing::Lapsed(until), _) => format!("it held until {until}"),
        (Standing::NoText, _) => "the text is not in the book".to_owned(),
        (Standing::Ahead, _) => "it is dated in the future".to_owned(),
        (Standing::Held(_) | Standing::Changed | Standing::Never, _) => "never".to_owned(),
    };
    match owed.role {
        Some(role) => format!("{} for {role} ({why})", owed.person),
        None => format!("{} ({why})", owed.person),
    }
}

/// Says who still owes it.
fn owing(id: &str, after: &Workbook, today: Date, world: &mut World<'_>) -> Result<(), Failure> {
    let Some(check) = after.checks.iter().find(|check| check.id.value == id) else {
        return Ok(());
    };
    let all = all(check, after, today);
    let lines: Vec<String> = open(&all).map(told).collect();
    if lines.is_empty() {
        writeln!(world.stdout, "nobody owes it any more")?;
    } else {
        writeln!(world.stdout, "still owing: {}", inert(&lines.join("; ")))?;
    }
    Ok(())
}
