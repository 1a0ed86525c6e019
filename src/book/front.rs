//! The front matter of a page.

use std::sync::Arc;

use super::{
    Confidence, Crosswalk, Duty, FrontMatter, Origin, Party, Quiz, Raci, Responsibility,
    RoleOnPage, Statement,
};
use crate::source::{
    Code, Diagnostic, Diagnostics, Item, Keyword, Seen, SourceFile, Span, Spanned, Table, Toml,
    is_id, is_requirement_id,
};

/// The longest label of a statement, in words.
const LABEL_WORDS: usize = 20;

/// What front matter must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// An id, a title and requirement ids.
    Requirements,
    /// An id and a title.
    Statements,
    /// Nothing; what is there is read.
    Nothing,
    /// Nothing; the keys are those of a document, which reads them itself.
    Title,
}

impl Keyword for Confidence {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("high", Self::High),
        ("medium", Self::Medium),
        ("low", Self::Low),
    ];
}

impl Keyword for Party {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("customer", Self::Customer),
        ("shared", Self::Shared),
        ("provider", Self::Provider),
    ];
}

impl Keyword for Origin {
    const WORDS: &'static [(&'static str, Self)] =
        &[("stated", Self::Stated), ("inferred", Self::Inferred)];
}

impl Keyword for Raci {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("responsible", Self::Responsible),
        ("accountable", Self::Accountable),
        ("consulted", Self::Consulted),
        ("informed", Self::Informed),
    ];
}

/// Returns the front matter `toml`, which with its `+++` lines is `whole`, of the page named `stem`.
///
/// Where the id is missing or another, the file's name stands in for it, so that the rest of the
/// workbook can still be looked at.
pub(super) fn read(
    file: &Arc<SourceFile>,
    whole: Span,
    toml: Span,
    stem: &str,
    need: Need,
) -> (FrontMatter, Diagnostics) {
    let mark = Span::new(whole.start, whole.start + 3);
    let fallback = Spanned::new(stem.to_owned(), mark);
    let toml = Toml::parse(file, toml);
    let mut root = toml.root();
    if need == Need::Title {
        let title = match root.item("title").map(Item::to_value) {
            Some(title) => title.as_str().unwrap_or(stem).to_owned(),
            None => stem.to_owned(),
        };
        return (empty(fallback, title), Diagnostics::new());
    }
    let front = fields(&mut root, fallback, need);
    root.finish();
    (front, toml.into_diagnostics())
}

fn empty(id: Spanned<String>, title: String) -> FrontMatter {
    FrontMatter {
        id,
        title,
        requirements: Vec::new(),
        reviewed: false,
        statements: Vec::new(),
        crosswalk: Vec::new(),
        responsibility: Vec::new(),
        roles: Vec::new(),
        quiz: Vec::new(),
    }
}

fn fields(root: &mut Table<'_>, fallback: Spanned<String>, need: Need) -> FrontMatter {
    let given = match need {
        Need::Requirements | Need::Statements => root.required_string("id"),
        Need::Nothing | Need::Title => root.string("id"),
    };
    if let Some(id) = &given
        && id.value != fallback.value
    {
        root.push(
            Diagnostic::new(
                Code::IdNotFileName,
                root.file(),
                id.span,
                format!("the id `{}` is not the file's name", id.value),
            )
            .help(format!("write `{}`, or rename the file", fallback.value)),
        );
    }
    let title = match need {
        Need::Requirements | Need::Statements => root.required_string("title"),
        Need::Nothing | Need::Title => root.string("title"),
    };
    let requirements = match need {
        Need::Requirements => root
            .required("requirements")
            .map(Item::strings)
            .unwrap_or_default(),
        Need::Statements | Need::Nothing | Need::Title => root.strings("requirements"),
    };
    requirement_ids(root, &requirements);
    FrontMatter {
        title: title.map_or_else(|| fallback.value.clone(), |title| title.value),
        id: given.map_or(fallback.clone(), |id| Spanned::new(fallback.value, id.span)),
        requirements,
        reviewed: root
            .boolean("reviewed")
            .is_some_and(|reviewed| reviewed.value),
        statements: each(root, "statements", statement),
        crosswalk: each(root, "crosswalk", crosswalk),
        responsibility: responsibilities(root),
        roles: roles(root),
        quiz: each(root, "quiz", quiz),
    }
}

fn each<T>(
    root: &mut Table<'_>,
    key: &'static str,
    mut read: impl FnMut(&mut Table<'_>) -> Option<T>,
) -> Vec<T> {
    let mut values = Vec::new();
    for mut table in root.tables(key) {
        values.extend(read(&mut table));
        table.finish();
    }
    values
}

/// Reports requirement ids without the shape of one, and those given twice.
fn requirement_ids(root: &Table<'_>, ids: &[Spanned<String>]) {
    let mut seen = Seen::new("the requirement id");
    for id in ids {
        if !is_requirement_id(&id.value) {
            root.report(
                Code::InvalidValue,
                id.span,
                format!("`{}` is not a PCI DSS 4.0.1 id such as 3.5.1.2", id.value),
            );
        }
        if let Some(diagnostic) = seen.add(root.file(), id) {
            root.push(diagnostic);
        }
    }
}

/// Reads a statement. One with another mistake is kept, so that duties which name it are not
/// reported too.
fn statement(table: &mut Table<'_>) -> Option<Statement> {
    let id = table.required_string("id");
    let label = table.required_string("label");
    if let Some(label) = &label {
        let words = label.value.split_whitespace().count();
        if words > LABEL_WORDS {
            table.push(
                Diagnostic::new(
                    Code::LabelTooLong,
                    table.file(),
                    label.span,
                    format!("the label has {words} words, and at most {LABEL_WORDS} are shown"),
                )
                .help("say what must hold in fewer words of your own"),
            );
        }
    }
    if let Some(id) = &id
        && !is_id(&id.value)
    {
        table.report(
            Code::InvalidValue,
            id.span,
            format!(
                "`{}` is not an id; use lowercase letters, digits, `-` and `.`",
                id.value
            ),
        );
    }
    Some(Statement {
        section: table.string("section").map(|text| text.value),
        narrative: table.string("narrative").map(|text| text.value),
        id: id?,
        label: label.map(|label| label.value).unwrap_or_default(),
    })
}

fn crosswalk(table: &mut Table<'_>) -> Option<Crosswalk> {
    let from = table.required_string("from");
    let to = table.required_string("to");
    let change = table.required_string("change");
    let confidence = table.required_keyword("confidence");
    Some(Crosswalk {
        from: from?.value,
        to: to?.value,
        change: change?.value,
        confidence: confidence?.value,
    })
}

/// Reads the cells of the matrix; a platform has one on each page.
fn responsibilities(root: &mut Table<'_>) -> Vec<Responsibility> {
    let mut places: Vec<(crate::config::Platform, Span)> = Vec::new();
    root.tables("responsibility")
        .into_iter()
        .filter_map(|mut table| {
            let platform = table.required_keyword("platform");
            let party = table.required_keyword("party");
            let why = table.required_string("why");
            let origin = table.required_keyword("origin");
            let proved_by = table.required_string("proved-by");
            if let Some(platform) = &platform {
                match places.iter().find(|(seen, _)| *seen == platform.value) {
                    Some((_, first)) => table.push(
                        Diagnostic::new(
                            Code::DuplicateId,
                            table.file(),
                            platform.span,
                            "the platform has two cells on this page",
                        )
                        .label("again here")
                        .related(table.file(), *first, "first given here"),
                    ),
                    None => places.push((platform.value, platform.span)),
                }
            }
            table.finish();
            Some(Responsibility {
                platform: platform?.value,
                party: party?.value,
                why: why?.value,
                origin: origin?.value,
                proved_by: proved_by?.value,
            })
        })
        .collect()
}

/// Reads the roles; each stands once on a page.
fn roles(root: &mut Table<'_>) -> Vec<RoleOnPage> {
    let mut seen = Seen::new("the role");
    each(root, "roles", |table| {
        let role = table.required_string("role");
        if let Some(diagnostic) = role.as_ref().and_then(|role| seen.add(table.file(), role)) {
            table.push(diagnostic);
        }
        let raci = table.required_keyword("raci");
        let duties = each(table, "duties", |duty| {
            let text = duty.required_string("text");
            let statements = duty.strings("statements");
            Some(Duty {
                text: text?.value,
                statements,
            })
        });
        Some(RoleOnPage {
            role: role?,
            raci: raci?.value,
            duties,
        })
    })
}

fn quiz(table: &mut Table<'_>) -> Option<Quiz> {
    let question = table.required_string("question");
    let answers = table.required("answers").map(Item::strings);
    let correct = table.required("correct").and_then(Item::integer);
    let explanation = table.required_string("explanation");
    let roles = table.strings("roles");
    let index = match (&answers, &correct) {
        (Some(answers), Some(correct)) => {
            let index = usize::try_from(correct.value)
                .ok()
                .filter(|index| *index < answers.len());
            if index.is_none() {
                table.push(
                    Diagnostic::new(
                        Code::InvalidValue,
                        table.file(),
                        correct.span,
                        format!("there is no answer {}", correct.value),
                    )
                    .help("answers are counted from 0"),
                );
            }
            index
        }
        (_, _) => None,
    };
    Some(Quiz {
        question: question?.value,
        answers: answers?.into_iter().map(|answer| answer.value).collect(),
        correct: index?,
        explanation: explanation?.value,
        roles,
    })
}

#[cfg(test)]
mod tests {
    use super::super::parse_page;
    use super::*;

    const WHOLE: &str = r#"+++
id = "req-3.4.1"
title = "Disk encryption"
requirements = ["3.5.1.2", "3.5.1.3"]
reviewed = false

[[statements]]
id = "3.4.1-a"
label = "Logical access is managed apart from the operating system"
section = "3.4.1"

[[statements]]
id = "3.4.1-b"
label = "x"
narrative = "The source explains why."

[[crosswalk]]
from = "3.4.1"
to = "3.5.1.2"
change = "Only for removable media now."
confidence = "high"

[[responsibility]]
platform = "azure-aks"
party = "shared"
why = "w"
origin = "inferred"
proved-by = "own export"

[[roles]]
role = "sre"
raci = "responsible"
[[roles.duties]]
text = "Turn it on."
statements = ["3.4.1-a"]

[[quiz]]
question = "q"
answers = ["a", "b"]
correct = 1
explanation = "e"
+++
# Disk encryption
"#;

    fn lines(text: &str) -> Vec<String> {
        let file = SourceFile::new("book/src/requirements/req-3.4.1.md", text);
        let (_, diagnostics) = parse_page("requirements/req-3.4.1.md", &file);
        diagnostics
            .into_sorted()
            .iter()
            .map(Diagnostic::one_line)
            .collect()
    }

    #[test]
    fn every_key_is_read() {
        let file = SourceFile::new("p.md", WHOLE);
        let (page, diagnostics) = parse_page("requirements/req-3.4.1.md", &file);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let front = page.front.expect("front matter").value;
        assert_eq!(front.statements.len(), 2);
        assert_eq!(front.crosswalk.len(), 1);
        assert_eq!(front.responsibility.len(), 1);
        assert_eq!(front.roles.iter().map(|r| r.duties.len()).sum::<usize>(), 1);
        assert_eq!(front.quiz.first().map(|quiz| quiz.correct), Some(1));
        assert_eq!(file.slice(front.id.span), "\"req-3.4.1\"");
    }

    #[test]
    fn places_hold_with_a_byte_order_mark_windows_line_ends_and_wide_text() {
        let text = format!("\u{feff}{}", WHOLE.replace("Disk", "ディスク\t"))
            .replace('\n', "\r\n")
            .replace("raci = \"responsible\"", "raci = \"boss\"");
        assert_eq!(
            lines(&text),
            [
                "book/src/requirements/req-3.4.1.md:32:8: unknown-value: `boss` is not one of responsible, accountable, consulted, informed"
            ]
        );
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let text = WHOLE
            .replace("id = \"req-3.4.1\"", "id = \"req-3.4\"")
            .replace("title = \"Disk encryption\"\n", "titel = \"x\"\n")
            .replace("\"3.5.1.3\"", "\"3.5.1.2\", \"three\"")
            .replace(
                "label = \"x\"",
                &format!("label = \"{}\"", "word ".repeat(21)),
            )
            .replace("\"azure-aks\"", "\"aks\"")
            .replace("correct = 1", "correct = 2")
            .replace("change =", "changed =");
        insta::assert_snapshot!(lines(&text).join("\n"));
    }
}
