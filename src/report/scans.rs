//! Which scan reports checks ask for, and which are not there.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use anstyle::Style;

use crate::assess::Outcome;
use crate::check::{CardholderData, Check, Enough, Entries, Kind, Population};
use crate::inventory::Inventory;
use crate::source::{Keyword as _, inert};

/// Writes what a check asks scan reports, one line per entry.
pub(super) fn asked(out: &mut dyn Write, check: &Check) -> io::Result<()> {
    let Entries::CardholderData(entries) = &check.entries else {
        return Ok(());
    };
    for entry in entries {
        writeln!(out, "  needs scan reports of {}", described(entry))?;
    }
    let types: BTreeSet<String> = entries.iter().filter_map(member_type).collect();
    for member_type in types {
        writeln!(
            out,
            "  made with `workbook scan PATH... --report FILE --extent all --member-type {member_type} --member-id ID`"
        )?;
    }
    Ok(())
}

/// Returns the type by which reports call the members of an entry.
fn member_type(entry: &CardholderData) -> Option<String> {
    match &entry.population {
        Population::Resources(resource_type) => {
            let given = entry.member_type.as_ref();
            Some(given.unwrap_or(resource_type).clone())
        }
        Population::Register(name) => Some(entry.type_of_entries(name)),
        // What is scanned is no change.
        Population::Changes(_) | Population::Exceptions => None,
    }
}

fn described(entry: &CardholderData) -> String {
    let members = match &entry.population {
        Population::Resources(resource_type) => format!("every {resource_type}"),
        Population::Register(name) => format!("every entry of registers.{name}"),
        Population::Changes(check) => format!("every change of {}", check.value),
        Population::Exceptions => "every exception".to_owned(),
    };
    let filter = match entry.filter {
        Some(_) => " that `where` chooses",
        None => "",
    };
    let kinds: Vec<&str> = entry.forbid.iter().map(|kind| kind.word()).collect();
    let age = entry.within.map_or(
        "no older than the window of evidence".to_owned(),
        |within| format!("no older than {within}"),
    );
    let extent = match entry.extent {
        Enough::All => "all of it",
        Enough::Sample => "a sample at least",
    };
    format!(
        "{members}{filter}: {} in {}, {extent}, {age}",
        kinds.join(", "),
        entry.place.word()
    )
}

/// Returns which members of populations no scan report is about, and for which checks.
pub(super) fn missing(outcome: &Outcome) -> Vec<(String, Vec<&str>)> {
    let mut waiting: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for check in &outcome.checks {
        if check.kind == Kind::CardholderData {
            for what in check.missing.iter().filter(|what| is_of_scans(what)) {
                waiting.entry(what).or_default().push(&check.id);
            }
        }
    }
    waiting
        .into_iter()
        .map(|(what, ids)| (what.to_owned(), ids))
        .collect()
}

/// Writes which scan reports no check asks about: a name may be mistyped, or mean several things.
pub(super) fn unused(
    out: &mut dyn Write,
    inventory: &Inventory,
    outcome: &Outcome,
) -> io::Result<()> {
    let asked = |path: &String| {
        let mut asking = outcome.checks.iter();
        asking.any(|check| check.kind == Kind::CardholderData && check.exports.contains(path))
    };
    let mut unused = inventory.scans.iter().filter(|scan| !asked(&scan.path));
    let mut next = unused.next();
    if next.is_some() {
        let bold = Style::new().bold();
        writeln!(out, "\n{bold}Scan reports that no check asks about{bold:#}")?;
    }
    while let Some(scan) = next {
        let about = scan.member().map_or(String::new(), |member| {
            format!(": {} {}", member.member_type, member.id)
        });
        writeln!(out, "  {}", inert(&format!("{}{about}", scan.path)))?;
        next = unused.next();
    }
    Ok(())
}

/// Resource types and registers that are missing are told as those of all checks are.
fn is_of_scans(what: &str) -> bool {
    what.starts_with("scan reports of ")
}
