//! From the TOML of a block to a check.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cel::{self, Environment, Expression, Place, Roots};
use super::digest::Digests;
use super::{
    Basis, Check, Configuration, DocumentCheck, Entries, Judged, Kind, Population, Severity,
    Strength, WhenNone,
};
use crate::book::{Block, Page};
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
        definition,
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
    let kinds = [Kind::Configuration.word(), Kind::Document.word()];
    let present: Vec<&str> = kinds.into_iter().filter(|kind| table.has(kind)).collect();
    let configurations = table.tables("configuration");
    let documents = table.tables("document");
    match present.as_slice() {
        [] => {
            let wanted = kinds.map(|kind| format!("[[{kind}]]")).join(" or ");
            table.report(
                Code::NoKind,
                table.span(),
                format!("the check has no entry; it needs {wanted}"),
            );
            None
        }
        ["configuration"] => Some(Entries::Configuration(
            configurations
                .into_iter()
                .filter_map(|entry| configuration(page, entry, known, found))
                .collect(),
        )),
        ["document"] => Some(Entries::Document(
            documents.into_iter().filter_map(document).collect(),
        )),
        [first, second, ..] => {
            let span = documents.first().map_or(table.span(), Table::span);
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
        [_] => None,
    }
}

fn configuration(
    page: &Page,
    mut table: Table<'_>,
    known: Known<'_>,
    found: &mut Diagnostics,
) -> Option<Configuration> {
    let resource = table.string("resource");
    let each = table.string("each");
    let population = match (resource, each) {
        (Some(resource), None) => Some((Population::Resources(resource.value), Roots::Resource)),
        (None, Some(each)) => match each.value.strip_prefix("registers.") {
            Some(name) if !name.is_empty() => {
                Some((Population::Register(name.to_owned()), Roots::Item))
            }
            Some(_) | None => {
                table.report(
                    Code::InvalidValue,
                    each.span,
                    "`each` names a register, such as \"registers.data_stores\"",
                );
                None
            }
        },
        (Some(_), Some(each)) => {
            table.report(
                Code::TwoKinds,
                each.span,
                "an entry looks at a `resource` or at `each` entry of a register, not both",
            );
            None
        }
        (None, None) => {
            table.report(
                Code::MissingKey,
                table.span(),
                "the entry says neither `resource` nor `each`",
            );
            None
        }
    };
    let roots = population
        .as_ref()
        .map_or(Roots::Resource, |(_, roots)| *roots);
    let place = Place {
        file: &page.file,
        roots,
        params: known.params,
        lists: known.lists,
    };
    let mut compile = |text: Option<Spanned<String>>| -> Option<Expression> {
        cel::compile(known.environment, &text?, place, found)
    };
    let filter_text = table.string("where");
    let has_filter = filter_text.is_some();
    let filter = compile(filter_text);
    let assert = compile(table.required_string("assert"));
    let shows = compile(table.required_string("shows"));
    let message = compile(table.required_string("message"));
    let when_none = table
        .keyword("when-none")
        .map_or(WhenNone::NotChecked, |word| word.value);
    let judges = table
        .keyword("judges")
        .map_or(Judged::Observed, |word| word.value);
    table.finish();
    if has_filter && filter.is_none() {
        return None;
    }
    Some(Configuration {
        population: population?.0,
        filter,
        assert: assert?,
        shows: shows?,
        message: message?,
        when_none,
        judges,
    })
}

fn document(mut table: Table<'_>) -> Option<DocumentCheck> {
    let path = table.required_string("path");
    let sections = table.strings("sections");
    if let Some(path) = &path
        && !(path.value.starts_with("policies/") && path.value.ends_with(".md"))
    {
        table.report(
            Code::InvalidValue,
            path.span,
            "documents stand under `policies/` and end in `.md`",
        );
    }
    table.finish();
    Some(DocumentCheck {
        path: path?.value,
        sections: sections.into_iter().map(|section| section.value).collect(),
    })
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
