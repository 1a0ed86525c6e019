//! From the TOML of a block to a check.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cel::Environment;
use super::digest::Digests;
use super::{
    Basis, Check, Entries, Judged, Kind, Severity, Strength, WhenNone, acknowledgement,
    cardholder_data, configuration, document, recurring, register,
};
use crate::book::{Block, Page};
use crate::human::Schema;
use crate::source::{Code, Diagnostic, Diagnostics, Keyword, Map, Spanned, Table, Toml};

/// What the names in checks can mean.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    /// The functions.
    pub(crate) environment: &'a Environment,
    /// The parameters of the workbook.
    pub(crate) params: &'a Map,
    /// The lists, by name.
    pub(crate) lists: &'a Map,
    /// What entries of registers hold, by the register's CEL name.
    pub(crate) schemas: &'a BTreeMap<String, Schema>,
    /// What goes into the digest of a definition.
    pub(crate) digests: &'a Digests,
}

impl Keyword for Basis {
    const WORDS: &'static [(&'static str, Self)] =
        &[("standard", Self::Standard), ("source", Self::Source)];
}

impl Keyword for Strength {
    const WORDS: &'static [(&'static str, Self)] =
        &[("direct", Self::Direct), ("supporting", Self::Supporting)];
}

impl Keyword for Severity {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("low", Self::Low),
        ("medium", Self::Medium),
        ("high", Self::High),
        ("critical", Self::Critical),
    ];
}

impl Keyword for Kind {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("configuration", Self::Configuration),
        ("document", Self::Document),
        ("register", Self::Register),
        ("recurring", Self::Recurring),
        ("acknowledgement", Self::Acknowledgement),
        ("cardholder-data", Self::CardholderData),
    ];
}

impl Keyword for WhenNone {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("not-checked", Self::NotChecked),
        ("not-applicable", Self::NotApplicable),
        ("fail", Self::Fail),
    ];
}

impl Keyword for Judged {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("observed", Self::Observed),
        ("intended", Self::Intended),
        ("any", Self::Any),
    ];
}

/// Reads every block of every page. Mistakes of all of them come back together.
pub(crate) fn read(pages: &[Page], known: Known<'_>) -> (Vec<Check>, Diagnostics) {
    let mut checks = Vec::new();
    let mut diagnostics = Diagnostics::new();
    for page in pages {
        for block in &page.blocks {
            checks.extend(check(page, block, known, &mut diagnostics));
        }
    }
    duplicates(&checks, &mut diagnostics);
    references(pages, &checks, &mut diagnostics);
    (checks, diagnostics)
}

fn check(
    page: &Page,
    block: &Block,
    known: Known<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Check> {
    let toml = Toml::parse(&page.file, block.text);
    let mut found = Diagnostics::new();
    let check = fields(page, block, toml.root(), known, &mut found);
    found.extend(toml.into_diagnostics());
    // A mistake anywhere in a block leaves it out: what is half read could pass.
    let sound = found.is_empty();
    diagnostics.extend(found);
    check.filter(|_| sound)
}

fn fields(
    page: &Page,
    block: &Block,
    mut table: Table<'_>,
    known: Known<'_>,
    found: &mut Diagnostics,
) -> Option<Check> {
    let id = table.required_string("id");
    if let Some(id) = &id
        && !is_kebab_case(&id.value)
    {
        table.report(
            Code::InvalidValue,
            id.span,
            format!(
                "`{}` is not an id: lower-case words with `-` between",
                id.value
            ),
        );
    }
    let title = table.required_string("title");
    let statements = table.strings("statements");
    let requirements = table.strings("requirements");
    let procedures = table.strings("procedures");
    let basis = table.required_keyword("basis");
    let strength = table.required_keyword("strength");
    let severity = table.required_keyword("severity");
    let fix = table.required_string("fix");
    let entries = entries(page, &mut table, known, found);
    if basis
        .as_ref()
        .is_some_and(|basis: &Spanned<Basis>| basis.value == Basis::Standard)
        && requirements.is_empty()
    {
        table.report(
            Code::MissingKey,
            table.span(),
            "a check with `basis = \"standard\"` names the `requirements` it counts for",
        );
    }
    table.finish();
    let entries = entries?;
    let text = page.file.slice(block.text);
    let definition = known.digests.definition(text, &entries, known.params);
    Some(Check {
        id: id?,
        page: page.id().to_owned(),
        title: title?.value,
        statements,
        requirements,
        procedures: procedures
            .into_iter()
            .map(|procedure| procedure.value)
            .collect(),
        basis: basis?.value,
        strength: strength?.value,
        severity: severity?.value,
        fix: fix?.value,
        entries,
        definition: definition.digest,
        parts: definition.parts,
        file: Arc::clone(&page.file),
        fence: block.fence,
        text: block.text,
    })
}

fn is_kebab_case(id: &str) -> bool {
    !id.is_empty()
        && id.split('-').all(|word| {
            !word.is_empty()
                && word
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
}

fn entries(
    page: &Page,
    table: &mut Table<'_>,
    known: Known<'_>,
    found: &mut Diagnostics,
) -> Option<Entries> {
    let kinds: Vec<(&'static str, Kind)> = Kind::WORDS.to_vec();
    let present: Vec<(&'static str, Kind)> = kinds
        .iter()
        .copied()
        .filter(|(word, _)| table.has(word))
        .collect();
    // Every kind is asked for, so that a second one is not reported as an unknown key too.
    let mut given: Vec<(Kind, Vec<Table<'_>>)> = kinds
        .iter()
        .map(|(word, kind)| (*kind, table.tables(word)))
        .filter(|(kind, _)| present.iter().any(|(_, present)| present == kind))
        .collect();
    match present.as_slice() {
        [] => {
            let wanted: Vec<String> = kinds
                .iter()
                .map(|(kind, _)| format!("[[{kind}]]"))
                .collect();
            table.report(
                Code::NoKind,
                table.span(),
                format!(
                    "the check has no entry; it needs one of {}",
                    wanted.join(", ")
                ),
            );
            None
        }
        [(first, _), (second, _), ..] => {
            let span = given
                .get(1)
                .and_then(|(_, tables)| tables.first())
                .map_or(table.span(), Table::span);
            table.push(
                Diagnostic::new(
                    Code::TwoKinds,
                    table.file(),
                    span,
                    format!("the check has entries of two kinds, {first} and {second}"),
                )
                .help("make two checks of it"),
            );
            None
        }
        [_] => {
            let (kind, tables) = given.pop()?;
            Some(of_kind(kind, tables, page, known, found))
        }
    }
}

/// Reads entries of one kind. What is half read is left out, with a diagnostic that keeps the whole
/// check from being used.
fn of_kind(
    kind: Kind,
    tables: Vec<Table<'_>>,
    page: &Page,
    known: Known<'_>,
    found: &mut Diagnostics,
) -> Entries {
    let tables = tables.into_iter();
    match kind {
        Kind::Configuration => Entries::Configuration(
            tables
                .filter_map(|entry| configuration::configuration(page, entry, known, found))
                .collect(),
        ),
        Kind::Document => Entries::Document(tables.filter_map(document::document).collect()),
        Kind::Register => Entries::Register(
            tables
                .filter_map(|entry| register::register(page, entry, known, found))
                .collect(),
        ),
        Kind::Recurring => Entries::Recurring(
            tables
                .filter_map(|entry| recurring::recurring(page, entry, known, found))
                .collect(),
        ),
        Kind::Acknowledgement => Entries::Acknowledgement(
            tables
                .filter_map(acknowledgement::acknowledgement)
                .collect(),
        ),
        Kind::CardholderData => Entries::CardholderData(
            tables
                .filter_map(|entry| cardholder_data::cardholder_data(page, entry, known, found))
                .collect(),
        ),
    }
}

fn duplicates(checks: &[Check], diagnostics: &mut Diagnostics) {
    let mut first: BTreeMap<&str, &Check> = BTreeMap::new();
    for check in checks {
        if let Some(earlier) = first.get(check.id.value.as_str()) {
            diagnostics.push(
                Diagnostic::new(
                    Code::DuplicateId,
                    &check.file,
                    check.id.span,
                    format!("two checks have the id `{}`", check.id.value),
                )
                .label("the second")
                .related(&earlier.file, earlier.id.span, "the first"),
            );
        } else {
            first.insert(&check.id.value, check);
        }
    }
}

fn references(pages: &[Page], checks: &[Check], diagnostics: &mut Diagnostics) {
    let statements: Vec<&str> = pages
        .iter()
        .filter_map(|page| page.front.as_ref())
        .flat_map(|front| {
            front
                .value
                .statements
                .iter()
                .map(|statement| statement.id.value.as_str())
        })
        .collect();
    for check in checks {
        for compared in check.compared() {
            compared_check(check, compared, checks, diagnostics);
        }
        for statement in &check.statements {
            if !statements.contains(&statement.value.as_str()) {
                let near = crate::source::nearest(&statement.value, statements.iter().copied());
                let mut diagnostic = Diagnostic::new(
                    Code::UnknownReference,
                    &check.file,
                    statement.span,
                    format!("no page has the statement `{}`", statement.value),
                );
                if let Some(near) = near {
                    diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
                }
                diagnostics.push(diagnostic);
            }
        }
    }
}

/// Reports a comparison with a check that no page has, or that itself compares.
fn compared_check(
    check: &Check,
    compared: &Spanned<String>,
    checks: &[Check],
    diagnostics: &mut Diagnostics,
) {
    let message = match checks.iter().find(|other| other.id.value == compared.value) {
        Some(other) if other.compared().next().is_none() => return,
        Some(_) => format!("`{}` compares with a run itself", compared.value),
        None => format!("no page has the check `{}`", compared.value),
    };
    let mut diagnostic =
        Diagnostic::new(Code::UnknownReference, &check.file, compared.span, message);
    let ids = checks.iter().map(|check| check.id.value.as_str());
    if let Some(near) = crate::source::nearest(&compared.value, ids) {
        diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
    }
    diagnostics.push(diagnostic);
}
