//! `[[register]]` entries: what a register's entries must hold, and what they must match.

use super::cel::Expression;
use super::compiler::{Compiler, cadence};
use super::{Known, WhenNone};
use crate::book::Page;
use crate::check::cel::Roots;
use crate::source::{Cadence, Code, Diagnostic, Diagnostics, Table, nearest, snake};

/// One `[[register]]` entry.
#[derive(Debug)]
pub(crate) struct RegisterCheck {
    /// The register's name as CEL sees it.
    pub(crate) name: String,
    /// Which of the entries it judges: `where`.
    pub(crate) filter: Option<Expression>,
    /// What must hold of an entry, and what to say if it does not.
    pub(crate) rule: Option<Rule>,
    /// What was seen, as text.
    pub(crate) shows: Expression,
    /// The field that dates an entry, and how old the date may be.
    pub(crate) dated: Option<(String, Cadence)>,
    /// The field that says until when an entry holds.
    pub(crate) until: Option<String>,
    /// What a register without an entry to judge means.
    pub(crate) when_none: WhenNone,
    /// The resources that entries and exports must agree on.
    pub(crate) matches: Vec<Match>,
}

/// A condition with its message.
#[derive(Debug)]
pub(crate) struct Rule {
    /// What must hold.
    pub(crate) assert: Expression,
    /// What to say on failure, as text.
    pub(crate) message: Expression,
}

/// A two-way match of a register's entries with the resources of a type.
#[derive(Debug)]
pub(crate) struct Match {
    /// The type.
    pub(crate) resource: String,
    /// Which of the resources have to be registered: `where`.
    pub(crate) filter: Option<Expression>,
    /// What a resource may be called in the register.
    pub(crate) resource_names: Expression,
    /// Which resources an entry names.
    pub(crate) entry_names: Expression,
}

impl RegisterCheck {
    /// Returns every expression of the entry.
    pub(super) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.filter
            .iter()
            .chain(
                self.rule
                    .iter()
                    .flat_map(|rule| [&rule.assert, &rule.message]),
            )
            .chain([&self.shows])
            .chain(self.matches.iter().flat_map(|matched| {
                matched
                    .filter
                    .iter()
                    .chain([&matched.resource_names, &matched.entry_names])
            }))
    }
}

/// Reads one `[[register]]` entry.
pub(super) fn register(
    page: &Page,
    mut table: Table<'_>,
    known: Known<'_>,
    found: &mut Diagnostics,
) -> Option<RegisterCheck> {
    let name = table.required_string("name");
    if let Some(name) = &name
        && !known.schemas.contains_key(&snake(&name.value))
    {
        let mut diagnostic = Diagnostic::new(
            Code::UnknownReference,
            &page.file,
            name.span,
            format!(
                "no register has the schema checks/registers/{}.toml",
                name.value
            ),
        );
        let names: Vec<String> = known
            .schemas
            .keys()
            .map(|name| name.replace('_', "-"))
            .collect();
        if let Some(near) = nearest(&name.value, names.iter().map(String::as_str)) {
            diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        }
        table.push(diagnostic);
    }
    let compiler = Compiler::new(page, known, Roots::Item);
    let filter = compiler.optional(&mut table, "where", found);
    let rule = rule(&compiler, &mut table, found);
    let shows = compiler.required(&mut table, "shows", found);
    let dated = dated(&mut table);
    let until = table.string("until");
    let when_none = table
        .keyword("when-none")
        .map_or(WhenNone::NotChecked, |word| word.value);
    let matches = table
        .tables("match")
        .into_iter()
        .filter_map(|table| matched(page, table, known, found))
        .collect();
    if let Some(name) = &name
        && let Some(schema) = known.schemas.get(&snake(&name.value))
    {
        for field in dated
            .iter()
            .map(|(field, _)| field)
            .chain(until.iter().map(|until| &until.value))
        {
            if !schema.fields.iter().any(|known| known.name == *field) {
                table.report(
                    Code::UnknownReference,
                    table.span(),
                    format!("the schema of `{}` has no field `{field}`", name.value),
                );
            }
        }
    }
    table.finish();
    Some(RegisterCheck {
        name: snake(&name?.value),
        filter,
        rule,
        shows: shows?,
        dated: dated.map(|(field, within)| (snake(&field), within)),
        until: until.map(|field| snake(&field.value)),
        when_none,
        matches,
    })
}

/// Reads a condition with the `message` that goes with it.
fn rule(compiler: &Compiler<'_>, table: &mut Table<'_>, found: &mut Diagnostics) -> Option<Rule> {
    if !table.has("assert") {
        return None;
    }
    let assert = compiler.required(table, "assert", found);
    let message = compiler.required(table, "message", found);
    Some(Rule {
        assert: assert?,
        message: message?,
    })
}

fn dated(table: &mut Table<'_>) -> Option<(String, Cadence)> {
    let field = table.string("dated");
    let within = cadence(table, "within");
    match (field, within) {
        (Some(field), Some(within)) => Some((field.value, within)),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => {
            table.report(
                Code::MissingKey,
                table.span(),
                "`dated` names a field and `within` says how old its date may be; each needs the other",
            );
            None
        }
    }
}

fn matched(
    page: &Page,
    mut table: Table<'_>,
    known: Known<'_>,
    found: &mut Diagnostics,
) -> Option<Match> {
    let resource = table.required_string("resource");
    let of_resource = Compiler::new(page, known, Roots::Resource);
    let filter = of_resource.optional(&mut table, "where", found);
    let resource_names = of_resource.required(&mut table, "resource-names", found);
    let entry_names =
        Compiler::new(page, known, Roots::Item).required(&mut table, "entry-names", found);
    table.finish();
    Some(Match {
        resource: resource?.value,
        filter,
        resource_names: resource_names?,
        entry_names: entry_names?,
    })
}
