//! The text of an exception, from the command line, a file and answers.

use super::Arguments;
use crate::check::{Basis, Check};
use crate::cli::common::{self, Failure};
use crate::cli::kept::{self, wanted, whole};
use crate::cli::{World, ask};
use crate::human::{ExceptionKind, Lines};
use crate::source::{Date, Keyword as _, Toml, inert, nearest};
use crate::workbook::Workbook;

/// The headings of the standard's worksheet for compensating controls (PCI DSS 4.0.1, Appendix C),
/// with what is asked.
const WORKSHEET: [(&str, &str); 7] = [
    (
        "constraints",
        "what keeps the requirement from being met as it stands",
    ),
    ("definition", "what the compensating controls are"),
    (
        "objective",
        "what the requirement is for, and how the controls meet that",
    ),
    (
        "risk",
        "what more may go wrong without the control that is asked for",
    ),
    ("validation", "how it was validated and tested"),
    ("maintenance", "what keeps the controls working"),
    (
        "beyond",
        "why it goes beyond what other requirements ask anyway",
    ),
];

/// The other keys that a file may have.
const KEYS: [&str; 11] = [
    "kind",
    "subjects",
    "reason",
    "owner",
    "approver",
    "approved",
    "until",
    "shown-by",
    "controls-matrix",
    "risk-analysis",
    "recorded-by",
];

/// An exception that is not yet held against the workbook.
pub(super) struct Draft {
    /// The subjects.
    pub(super) subjects: Vec<String>,
    /// Its text.
    pub(super) text: String,
}

/// What is given before anybody is asked.
struct Given<'a> {
    arguments: &'a Arguments,
    file: toml::Table,
    missing: Vec<String>,
}

/// Returns the exception that is to be written.
pub(super) fn of(
    arguments: &Arguments,
    check: &Check,
    failing: &[String],
    workbook: &Workbook,
    world: &mut World<'_>,
) -> Result<Draft, Failure> {
    let mut given = Given {
        arguments,
        file: file(arguments, world)?,
        missing: Vec::new(),
    };
    let today = common::today(workbook, world);
    let kind = given.kind(check, world)?;
    let subjects = given.subjects(failing, world)?;
    let mut lines = Lines::default();
    lines.table("exception");
    lines.text("check", &check.id.value);
    lines.text("kind", kind.word());
    lines.texts("subjects", &subjects);
    for (key, flag, question) in [
        ("reason", &arguments.reason, "why"),
        ("owner", &arguments.owner, "who owns the subjects"),
        (
            "approver",
            &arguments.approver,
            "who approved it; not the owner",
        ),
    ] {
        lines.text(key, &given.text(key, flag.as_ref(), question, world)?);
    }
    let approved = given.day("approved", arguments.approved, Some(today), world)?;
    let until = given.day("until", arguments.until, None, world)?;
    for (key, day) in [("approved", approved), ("until", until)] {
        if let Some(day) = day {
            lines.date(key, day);
        }
    }
    let shown_by = given.shown_by(kind, world)?;
    if !shown_by.is_empty() {
        lines.texts("shown-by", &shown_by);
    }
    if kind == ExceptionKind::Customized {
        for (key, flag, question) in [
            (
                "controls-matrix",
                &arguments.controls_matrix,
                "where the controls matrix is",
            ),
            (
                "risk-analysis",
                &arguments.risk_analysis,
                "the targeted risk analysis",
            ),
        ] {
            lines.text(key, &given.text(key, flag.as_ref(), question, world)?);
        }
    }
    let question = "the staff id of who writes it down";
    let by = given.text("recorded-by", arguments.by.as_ref(), question, world)?;
    lines.text("recorded-by", &by);
    lines.instant("recorded-at", world.now);
    if kind == ExceptionKind::CompensatingControl {
        lines.within("exception.worksheet");
        for (key, question) in WORKSHEET {
            let flag = flag(arguments, key);
            lines.text(key, &given.text(key, flag, question, world)?);
        }
    }
    whole(&given.missing, "")?;
    Ok(Draft {
        subjects,
        text: lines.into_text(),
    })
}

/// Reads the file of `--from`.
fn file(arguments: &Arguments, world: &mut World<'_>) -> Result<toml::Table, Failure> {
    let Some(path) = &arguments.from else {
        return Ok(toml::Table::new());
    };
    let file = kept::read(path, world)?;
    let found = Toml::parse_file(&file).into_diagnostics();
    if !found.is_empty() {
        return Err(Failure::Mistakes(found.into_sorted()));
    }
    let text = file.text().trim_start_matches('\u{feff}');
    let table: toml::Table = text.parse().unwrap_or_default();
    let worksheet = WORKSHEET.iter().map(|(key, _)| *key);
    let known: Vec<&str> = KEYS.into_iter().chain(worksheet).collect();
    for key in table.keys() {
        if !known.contains(&key.as_str()) {
            let near = nearest(key, known.iter().copied())
                .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            return Err(Failure::Text(format!(
                "nothing was written: {} has an unknown key `{key}`{near}",
                file.path()
            )));
        }
    }
    Ok(table)
}

/// Returns the flag of a heading of the worksheet.
fn flag<'a>(arguments: &'a Arguments, key: &str) -> Option<&'a String> {
    match key {
        "constraints" => arguments.constraints.as_ref(),
        "definition" => arguments.definition.as_ref(),
        "objective" => arguments.objective.as_ref(),
        "risk" => arguments.risk.as_ref(),
        "validation" => arguments.validation.as_ref(),
        "maintenance" => arguments.maintenance.as_ref(),
        "beyond" => arguments.beyond.as_ref(),
        _ => None,
    }
}

impl Given<'_> {
    /// Returns the text of a key of the file.
    fn held(&self, key: &str) -> Result<Option<String>, Failure> {
        match self.file.get(key) {
            None => Ok(None),
            Some(toml::Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(wrong_type(key, "text in quotes")),
        }
    }

    fn text(
        &mut self,
        key: &str,
        flag: Option<&String>,
        question: &str,
        world: &mut World<'_>,
    ) -> Result<String, Failure> {
        let held = self.held(key)?;
        let name = if key == "recorded-by" { "by" } else { key };
        if held.is_some() && flag.is_some() {
            return Err(Failure::Text(format!(
                "nothing was written: `{key}` stands in the file and on the command line; leave one out"
            )));
        }
        wanted(
            held.as_ref().or(flag),
            name,
            question,
            &mut self.missing,
            world,
        )
    }

    fn kind(&self, check: &Check, world: &mut World<'_>) -> Result<ExceptionKind, Failure> {
        let held = match self.held("kind")? {
            Some(word) => Some(super::kind(&word).map_err(Failure::Text)?),
            None => self.arguments.kind,
        };
        let kind = match (held, check.basis) {
            (Some(kind), _) => kind,
            (None, Basis::Source) => ExceptionKind::Deviation,
            (None, Basis::Standard) if ask::can_ask(world) => {
                let question = "the kind: compensating-control or customized";
                let word = ask::ask(world, question, None)?;
                super::kind(&word).map_err(Failure::Text)?
            }
            (None, Basis::Standard) => {
                whole(
                    &["--kind (compensating-control or customized)".to_owned()],
                    "",
                )?;
                ExceptionKind::Customized
            }
        };
        let why = match (kind, check.basis) {
            (ExceptionKind::Deviation, Basis::Standard) => {
                "a deviation can't cover what PCI DSS asks for"
            }
            (ExceptionKind::CompensatingControl | ExceptionKind::Customized, Basis::Source) => {
                "this is guidance, which a deviation covers; the other kinds are for what PCI DSS asks for"
            }
            (ExceptionKind::Deviation, Basis::Source)
            | (ExceptionKind::CompensatingControl | ExceptionKind::Customized, Basis::Standard) => {
                return Ok(kind);
            }
        };
        Err(Failure::Text(format!("nothing was written: {why}")))
    }

    fn list(&self, key: &str) -> Result<Vec<String>, Failure> {
        let wrong = || wrong_type(key, "a list of texts");
        match self.file.get(key) {
            None => Ok(Vec::new()),
            Some(toml::Value::Array(items)) => items
                .iter()
                .map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong))
                .collect(),
            Some(_) => Err(wrong()),
        }
    }

    fn subjects(
        &mut self,
        failing: &[String],
        world: &mut World<'_>,
    ) -> Result<Vec<String>, Failure> {
        let mut subjects = self.list("subjects")?;
        subjects.extend(self.arguments.subjects.iter().cloned());
        if !subjects.is_empty() {
            return Ok(subjects);
        }
        if !ask::can_ask(world) {
            self.missing.push("--subject (what fails)".to_owned());
            return Ok(subjects);
        }
        writeln!(world.stderr, "failing now:")?;
        for subject in failing {
            writeln!(world.stderr, "  {}", inert(subject))?;
        }
        loop {
            let question = match subjects.is_empty() {
                true => "a subject that fails",
                false => "another (empty: no more)",
            };
            let answer = ask::optional(world, question, "")?;
            match (answer.is_empty(), subjects.is_empty()) {
                (true, false) => return Ok(subjects),
                (true, true) => {
                    whole(&["a subject".to_owned()], "")?;
                }
                (false, _) => subjects.push(answer),
            }
        }
    }

    fn day(
        &mut self,
        key: &str,
        flag: Option<Date>,
        default: Option<Date>,
        world: &mut World<'_>,
    ) -> Result<Option<Date>, Failure> {
        let held = match self.file.get(key) {
            None => None,
            Some(value) => Some(
                value
                    .to_string()
                    .parse()
                    .map_err(|_| wrong_type(key, "a date without quotes"))?,
            ),
        };
        if let Some(day) = held.or(flag) {
            return Ok(Some(day));
        }
        if ask::can_ask(world) {
            let default = default.map(|day| day.to_string());
            let question = match key {
                "approved" => "the day of approval",
                _ => "the last day on which it holds",
            };
            let answer = ask::ask(world, question, default.as_deref())?;
            return answer.parse().map(Some).map_err(Failure::Text);
        }
        if default.is_none() {
            self.missing
                .push(format!("--{key} (the last day on which it holds)"));
        }
        Ok(default)
    }

    fn shown_by(
        &mut self,
        kind: ExceptionKind,
        world: &mut World<'_>,
    ) -> Result<Vec<String>, Failure> {
        let mut ids = self.list("shown-by")?;
        ids.extend(self.arguments.shown_by.iter().cloned());
        if kind != ExceptionKind::CompensatingControl || !ids.is_empty() {
            return Ok(ids);
        }
        let question = "a check that shows the compensating control and passes";
        let id = wanted(None, "shown-by", question, &mut self.missing, world)?;
        Ok(Some(id).filter(|id| !id.is_empty()).into_iter().collect())
    }
}

fn wrong_type(key: &str, wanted: &str) -> Failure {
    Failure::Text(format!(
        "nothing was written: `{key}` in the file must be {wanted}"
    ))
}
