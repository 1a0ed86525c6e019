//! The text of a record, from the command line, a file and answers.

use std::sync::Arc;

use super::{Arguments, duties};
use crate::check::Check;
use crate::cli::common::{self, Failure};
use crate::cli::kept::{self, wanted, whole};
use crate::cli::{World, ask};
use crate::human::{self, Lines, given};
use crate::source::{Code, Date, SourceFile, Toml, Value, is_id, snake};
use crate::workbook::Workbook;

/// Keys that are no duty's own.
const RESERVED: [&str; 11] = [
    "performed",
    "by",
    "result",
    "from",
    "to",
    "missed",
    "cause",
    "correction",
    "prevention",
    "artefact",
    "recorded-at",
];

/// A record that is not yet held against the workbook.
pub(super) struct Draft {
    /// The name of its file.
    pub(super) stem: String,
    /// Its text.
    pub(super) text: String,
}

/// What a file gives.
#[derive(Default)]
struct Given {
    file: Option<Arc<SourceFile>>,
    keys: toml::Table,
}

impl Given {
    fn has(&self, key: &str) -> bool {
        self.keys.contains_key(key)
    }

    fn date(&self, key: &str) -> Option<Date> {
        self.keys.get(key)?.to_string().parse().ok()
    }
}

/// Returns the record that is to be written.
pub(super) fn of(
    arguments: &Arguments,
    check: &Check,
    workbook: &Workbook,
    world: &mut World<'_>,
) -> Result<Draft, Failure> {
    let given = file(arguments, check, world)?;
    let is_missed = arguments.missed.is_some() || given.has("missed");
    let mut lines = Lines::default();
    let mut missing = Vec::new();
    let stem = match is_missed {
        true => missed(arguments, &given, &mut lines, &mut missing, world)?,
        false => done(
            arguments,
            &given,
            check,
            workbook,
            &mut lines,
            &mut missing,
            world,
        )?,
    };
    whole(
        &missing,
        &format!(
            "; `workbook record {} --form` prints a form",
            check.id.value
        ),
    )?;
    lines.instant("recorded-at", world.now);
    if let Some(file) = &given.file {
        lines.verbatim(file.text().trim_start_matches('\u{feff}'));
    }
    artefacts(arguments, &given, &mut lines, world)?;
    Ok(Draft {
        stem,
        text: lines.into_text(),
    })
}

/// Reads the file of `--from`, with its mistakes told at their place in it.
fn file(arguments: &Arguments, check: &Check, world: &mut World<'_>) -> Result<Given, Failure> {
    let Some(path) = &arguments.from else {
        return Ok(Given::default());
    };
    let file = kept::read(path, world)?;
    let mut found = Toml::parse_file(&file).into_diagnostics();
    let alone = arguments.by.is_none()
        && arguments.date.is_none()
        && arguments.result.is_none()
        && arguments.range.is_none()
        && arguments.set.is_empty()
        && arguments.missed.is_none();
    if found.is_empty() && alone && !ask::can_ask(world) {
        found = human::parse_occurrence(&check.id.value, &file).1;
    }
    // What is left out is asked for, or told as missing with all that is.
    let found: Vec<_> = found
        .into_sorted()
        .into_iter()
        .filter(|mistake| mistake.code != Code::MissingKey)
        .collect();
    if !found.is_empty() {
        return Err(Failure::Mistakes(found));
    }
    let text = file.text().trim_start_matches('\u{feff}');
    let keys: toml::Table = text.parse().unwrap_or_default();
    let given = Given {
        keys,
        file: Some(Arc::clone(&file)),
    };
    if given.has("recorded-at") {
        return Err(Failure::Text(format!(
            "nothing was written: `recorded-at` in {} is for this command to say",
            file.path()
        )));
    }
    let twice = [
        ("performed", arguments.date.is_some()),
        ("by", arguments.by.is_some()),
        ("result", arguments.result.is_some()),
        ("from", arguments.range.is_some()),
        ("missed", arguments.missed.is_some()),
    ];
    for (key, flag) in twice {
        if flag && given.has(key) {
            return Err(Failure::Text(format!(
                "nothing was written: `{key}` stands in {} and on the command line; leave one out",
                file.path()
            )));
        }
    }
    Ok(given)
}

fn done(
    arguments: &Arguments,
    given: &Given,
    check: &Check,
    workbook: &Workbook,
    lines: &mut Lines,
    missing: &mut Vec<String>,
    world: &mut World<'_>,
) -> Result<String, Failure> {
    let today = common::today(workbook, world);
    let performed = match (given.date("performed"), arguments.date) {
        (Some(date), _) => date,
        (None, date) => {
            let date = match date {
                None if ask::can_ask(world) => day(world, "the day on which it was done", today)?,
                date => date.unwrap_or(today),
            };
            lines.date("performed", date);
            date
        }
    };
    if !given.has("by") {
        let by = wanted(arguments.by.as_ref(), "by", "who did it", missing, world)?;
        lines.text("by", &by);
    }
    if !given.has("result") {
        let question = "what came of it, in a sentence";
        let result = wanted(
            arguments.result.as_ref(),
            "result",
            question,
            missing,
            world,
        )?;
        lines.text("result", &result);
    }
    if let Some(range) = arguments.range {
        lines.date("from", range.from);
        lines.date("to", range.to);
    }
    let set = own(&arguments.set)?;
    for (key, value) in &set {
        lines.value(key, value);
    }
    let mut fields: Vec<&String> = duties(check)
        .iter()
        .filter(|duty| workbook.config.is_one_of(&duty.entities))
        .flat_map(|duty| &duty.fields)
        .collect();
    fields.sort();
    fields.dedup();
    let newest = newest(check, workbook);
    for field in fields {
        if given.has(field) || set.iter().any(|(key, _)| key == field) {
            continue;
        }
        let hint = newest
            .map(|value| value.get(&snake(field)))
            .map_or_else(String::new, |value| hint(&value));
        if ask::can_ask(world) {
            let answer = ask::ask(world, &format!("{field}{hint}"), None)?;
            lines.value(field, &human::given(&answer));
        } else {
            missing.push(format!("--set {field}=...{hint}"));
        }
    }
    Ok(performed.to_string())
}

fn missed(
    arguments: &Arguments,
    given: &Given,
    lines: &mut Lines,
    missing: &mut Vec<String>,
    world: &mut World<'_>,
) -> Result<String, Failure> {
    if let Some(day) = arguments.missed {
        lines.date("missed", day);
    }
    for (key, flag, question) in [
        ("by", &arguments.by, "who records it"),
        ("cause", &arguments.cause, "why it was missed"),
        (
            "correction",
            &arguments.correction,
            "what was done about it",
        ),
        (
            "prevention",
            &arguments.prevention,
            "what keeps it from happening again",
        ),
    ] {
        if !given.has(key) {
            lines.text(key, &wanted(flag.as_ref(), key, question, missing, world)?);
        }
    }
    for (key, value) in own(&arguments.set)? {
        lines.value(&key, &value);
    }
    let day = arguments.missed.or_else(|| given.date("missed"));
    Ok(format!(
        "missed-{}",
        day.map_or_else(String::new, |day| day.to_string())
    ))
}

/// Returns the keys of `--set` with their values.
fn own(set: &[String]) -> Result<Vec<(String, toml::Value)>, Failure> {
    let mut keys: Vec<(String, toml::Value)> = Vec::new();
    for pair in set {
        let wrong = |why: &str| Err(Failure::Text(format!("--set {pair}: {why}")));
        let Some((key, value)) = pair.split_once('=') else {
            return wrong("write it as KEY=VALUE");
        };
        let key = key.trim();
        if !is_id(key) || key.contains('.') {
            return wrong("a key is written in kebab case, such as not-needed");
        }
        if RESERVED.contains(&key) {
            return wrong("it is no key of a duty's own; there is a flag for it, or use --from");
        }
        if keys.iter().any(|(other, _)| other == key) {
            return wrong("it is given twice");
        }
        keys.push((key.to_owned(), given(value.trim())));
    }
    Ok(keys)
}

fn artefacts(
    arguments: &Arguments,
    given: &Given,
    lines: &mut Lines,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    for artefact in &arguments.artefact {
        let parts: Vec<&str> = artefact.split('|').map(str::trim).collect();
        let (name, place, day) = match parts.as_slice() {
            [name, place] => (*name, *place, None),
            [name, place, day] => (*name, *place, Some(day.parse().map_err(Failure::Text)?)),
            _ => {
                return Err(Failure::Text(format!(
                    "--artefact {artefact}: write it as NAME|PLACE or NAME|PLACE|DATE"
                )));
            }
        };
        artefact_lines(lines, name, place, day);
    }
    if !arguments.artefact.is_empty() || given.file.is_some() || !ask::can_ask(world) {
        return Ok(());
    }
    loop {
        let question = "what shows it and is kept elsewhere (empty: nothing more)";
        let name = ask::optional(world, question, "")?;
        if name.is_empty() {
            return Ok(());
        }
        let place = ask::ask(world, "where it is kept", None)?;
        artefact_lines(lines, &name, &place, None);
    }
}

fn artefact_lines(lines: &mut Lines, name: &str, place: &str, day: Option<Date>) {
    lines.table("artefact");
    lines.text("name", name);
    lines.text("place", place);
    if let Some(day) = day {
        lines.date("date", day);
    }
}

/// Asks for a day.
pub(super) fn day(world: &mut World<'_>, question: &str, today: Date) -> Result<Date, Failure> {
    let answer = ask::ask(world, question, Some(&today.to_string()))?;
    answer.parse().map_err(Failure::Text)
}

/// Returns the newest record of what was done.
pub(super) fn newest<'a>(check: &Check, workbook: &'a Workbook) -> Option<&'a Value> {
    workbook
        .human
        .occurrences
        .iter()
        .filter(|occurrence| occurrence.check == check.id.value)
        .filter_map(|occurrence| match &occurrence.what {
            human::Occurred::Done { to, .. } => Some((*to, &occurrence.value)),
            human::Occurred::Missed(_) => None,
        })
        .max_by_key(|(to, _)| *to)
        .map(|(_, value)| value)
}

/// Returns what a value of last time shows of its form.
fn hint(value: &Value) -> String {
    match value {
        Value::String(text) => format!(" (text; last time: {text})"),
        Value::Int(number) => format!(" (a number; last time: {number})"),
        Value::Float(number) => format!(" (a number; last time: {number})"),
        Value::Bool(truth) => format!(" (true or false; last time: {truth})"),
        Value::List(items) => match items.first() {
            Some(Value::Map(map)) => {
                let keys: Vec<String> = map
                    .iter()
                    .map(|(key, _)| format!("{} = ...", key.replace('_', "-")))
                    .collect();
                format!(" (TOML, such as [{{ {} }}])", keys.join(", "))
            }
            Some(_) | None => " (TOML, such as [\"one\", \"two\"])".to_owned(),
        },
        Value::Map(_) | Value::Null | Value::Unknown(_) | Value::Default(_) => String::new(),
    }
}
