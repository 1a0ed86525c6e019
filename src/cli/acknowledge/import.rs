//! Rows of a learning system or a signature service, held against the people and the texts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Arguments, New, all, entries};
use crate::assess::acknowledged_texts;
use crate::check::{AcknowledgedText, Check};
use crate::cli::World;
use crate::cli::common::Failure;
use crate::cli::kept;
use crate::human::{ImportRow, Named, read_import};
use crate::source::{Date, inert, sha256};
use crate::workbook::Workbook;

/// How many wrong lines are told before the rest is counted.
const TOLD: usize = 20;

/// The file that was imported.
#[derive(Debug)]
pub(super) struct Imported {
    /// Its name, without folders.
    pub(super) name: String,
    /// Its SHA-256.
    pub(super) digest: String,
}

/// What rows are held against.
struct Known<'a> {
    /// The present texts: name and digest.
    texts: Vec<(String, String)>,
    /// What versions mean.
    versions: BTreeMap<String, String>,
    /// Whether each person has a text for each role.
    guides: bool,
    workbook: &'a Workbook,
    today: Date,
}

/// Returns the acknowledgements of a file that are not there yet.
pub(super) fn rows(
    arguments: &Arguments,
    path: &Path,
    check: &Check,
    workbook: &Workbook,
    today: Date,
    world: &mut World<'_>,
) -> Result<(Vec<New>, Option<Imported>), Failure> {
    let file = kept::read(path, world)?;
    let (rows, mut wrong) = read_import(file.text());
    let known = Known {
        texts: entries(check)
            .iter()
            .flat_map(|entry| acknowledged_texts(entry, &workbook.book, &workbook.config))
            .collect(),
        versions: versions(arguments, check, workbook)?,
        guides: entries(check)
            .iter()
            .any(|entry| entry.text == AcknowledgedText::RoleGuide),
        workbook,
        today,
    };
    let people: BTreeSet<&str> = workbook
        .config
        .people
        .iter()
        .map(|person| person.id.as_str())
        .collect();
    let mut others = BTreeSet::new();
    let mut new = Vec::new();
    for row in rows {
        if !people.contains(row.person.as_str()) {
            others.insert(row.person);
            continue;
        }
        let line = row.line;
        match one(row, &known, arguments.source.as_deref()) {
            Ok(one) => new.push(one),
            Err(why) => wrong.push(crate::human::WrongRow { line, why }),
        }
    }
    if !wrong.is_empty() {
        wrong.sort_by_key(|wrong| wrong.line);
        for wrong in wrong.iter().take(TOLD) {
            let line = format!("{}:{}: {}", file.path(), wrong.line, wrong.why);
            writeln!(world.stderr, "{}", inert(&line))?;
        }
        let count = wrong.len();
        let noun = if count == 1 { "line is" } else { "lines are" };
        return Err(Failure::Text(format!(
            "nothing was written: {count} {noun} wrong in {}",
            file.path()
        )));
    }
    let read = new.len();
    new.sort();
    new.dedup();
    new.retain(|one| !stands(one, &check.id.value, workbook));
    let there = read - new.len();
    if there > 0 {
        writeln!(world.stdout, "{there} of {read} stand there already")?;
    }
    if !others.is_empty() {
        let ids: Vec<&str> = others.iter().map(String::as_str).take(TOLD).collect();
        let more = if others.len() > TOLD { ", ..." } else { "" };
        let line = format!(
            "{} of people whom workbook.toml does not name are left out: {}{more}",
            others.len(),
            ids.join(", ")
        );
        writeln!(world.stdout, "{}", inert(&line))?;
    }
    let owed = all(check, workbook, today);
    let earlier = new.iter().filter(|one| {
        !owed.iter().any(|owed| {
            owed.person == one.person
                && owed.role == one.role.as_deref()
                && owed.digest.as_deref() == Some(&one.digest)
        })
    });
    let earlier = earlier.count();
    if earlier > 0 {
        writeln!(
            world.stdout,
            "{earlier} are of a text that is not the present one, or not asked of the person"
        )?;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let imported = Imported {
        name: name.into_owned(),
        digest: sha256(file.text().as_bytes()),
    };
    Ok((new, Some(imported)))
}

/// Returns what each version is: as the command line says; the day of a document's approval, which
/// is the version that documents here bear.
fn versions(
    arguments: &Arguments,
    check: &Check,
    workbook: &Workbook,
) -> Result<BTreeMap<String, String>, Failure> {
    let documents = check.documents();
    let mut versions: BTreeMap<String, String> = workbook
        .book
        .documents
        .iter()
        .filter(|document| documents.contains(&document.path))
        .filter_map(|document| Some((document.approved?.to_string(), document.digest.clone())))
        .collect();
    for pair in &arguments.version {
        let digest = pair.split_once('=').filter(|(_, digest)| {
            digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        let Some((version, digest)) = digest else {
            return Err(Failure::Text(format!(
                "--version {pair}: write it as VERSION=DIGEST; `workbook explain {}` prints the digests",
                check.id.value
            )));
        };
        versions.insert(version.to_owned(), digest.to_ascii_lowercase());
    }
    Ok(versions)
}

fn one(row: ImportRow, known: &Known<'_>, source: Option<&str>) -> Result<New, String> {
    if row.date > known.today {
        return Err(format!("{} lies in the future", row.date));
    }
    let digest = match row.named {
        Named::Digest(digest) => digest,
        Named::Version(version) => known.versions.get(&version).cloned().ok_or_else(|| {
            format!("nothing says what version `{version}` is; add --version '{version}=DIGEST'")
        })?,
    };
    let role = match (known.guides, row.role) {
        (false, _) => None,
        (true, Some(role)) => {
            let mut roles = known.workbook.config.roles.iter();
            if !roles.any(|known| known.value.id == role) {
                return Err(format!("workbook.toml has no role `{role}`"));
            }
            Some(role)
        }
        (true, None) => {
            let of_text = known.texts.iter().find(|(_, text)| *text == digest);
            let (role, _) = of_text
                .ok_or("the text is no present guide of a role; say which in a column `role`")?;
            Some(role.clone())
        }
    };
    let source = row
        .source
        .or_else(|| source.map(str::to_owned))
        .ok_or("it has no `source`, and there is no --source")?;
    Ok(New {
        person: row.person,
        role,
        digest,
        date: row.date,
        source,
        file_digest: row.file_digest,
    })
}

/// Tells whether an acknowledgement stands there already.
fn stands(one: &New, id: &str, workbook: &Workbook) -> bool {
    workbook.human.acknowledgements.iter().any(|given| {
        given.check == id
            && given.person == one.person
            && given.role == one.role
            && given.digest == one.digest
            && given.date == one.date
    })
}
