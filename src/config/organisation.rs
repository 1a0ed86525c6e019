//! Roles, people, providers, and what the organisation does not use.

use super::{Person, Provider, Role, Unused};
use crate::source::{
    Code, Diagnostic, Item, Seen, Spanned, Table, is_id, is_requirement_id, unknown_reference,
};

/// Reads every `[[roles]]`. A role with another mistake is kept, so that pages which name it are
/// not reported too.
pub(super) fn roles(root: &mut Table<'_>) -> Vec<Spanned<Role>> {
    let mut seen = Seen::new("the role");
    root.tables("roles")
        .into_iter()
        .filter_map(|mut table| {
            let id = id(&mut table, &mut seen);
            let title = table.required_string("title");
            let summary = table.string("summary");
            table.finish();
            let id = id?;
            Some(Spanned::new(
                Role {
                    title: title.map_or_else(|| id.value.clone(), |title| title.value),
                    id: id.value,
                    summary: summary.map(|summary| summary.value),
                },
                id.span,
            ))
        })
        .collect()
}

/// Reads every `[[people]]`; the roles must be among `roles`.
pub(super) fn people(root: &mut Table<'_>, roles: &[Spanned<Role>]) -> Vec<Person> {
    let mut seen = Seen::new("the person");
    root.tables("people")
        .into_iter()
        .filter_map(|mut table| {
            let id = id(&mut table, &mut seen);
            let held = table.strings("roles");
            for role in &held {
                let known = roles.iter().map(|role| role.value.id.as_str());
                let missing = "define it with `[[roles]]` in workbook.toml";
                if let Some(diagnostic) =
                    unknown_reference(table.file(), role, "role", known, missing)
                {
                    table.push(diagnostic);
                }
            }
            table.finish();
            Some(Person {
                id: id?.value,
                roles: held.into_iter().map(|role| role.value).collect(),
            })
        })
        .collect()
}

/// Reads every `[[provider]]`.
pub(super) fn providers(root: &mut Table<'_>) -> Vec<Provider> {
    let mut seen = Seen::new("the provider");
    root.tables("provider")
        .into_iter()
        .filter_map(|mut table| {
            let id = id(&mut table, &mut seen);
            let name = table.required_string("name");
            let requirements = table.strings("requirements");
            for requirement in &requirements {
                if !is_requirement_id(&requirement.value) {
                    table.report(
                        Code::InvalidValue,
                        requirement.span,
                        format!(
                            "`{}` is not a PCI DSS 4.0.1 id such as 9.1.1",
                            requirement.value
                        ),
                    );
                }
            }
            let attested = table.date("attested");
            let valid_until = table.date("valid-until");
            if let (Some(from), Some(to)) = (&attested, &valid_until)
                && to.value <= from.value
            {
                table.push(
                    Diagnostic::new(
                        Code::InvalidValue,
                        table.file(),
                        to.span,
                        "the attestation ends before it begins",
                    )
                    .related(table.file(), from.span, "attested on this day"),
                );
            }
            let services = values(table.strings("services"));
            let regions = values(table.strings("regions"));
            let document = table.string("document").map(|text| text.value);
            let agreed = table.date("agreed").map(|date| date.value);
            table.finish();
            Some(Provider {
                id: id?.value,
                name: name?.value,
                requirements: values(requirements),
                attested: attested.map(|date| date.value),
                valid_until: valid_until.map(|date| date.value),
                services,
                regions,
                document,
                agreed,
            })
        })
        .collect()
}

/// Reads every `[[unused]]`.
pub(super) fn unused(root: &mut Table<'_>) -> Vec<Unused> {
    let mut seen = Seen::new("the unused type");
    root.tables("unused")
        .into_iter()
        .filter_map(|mut table| {
            let resource_type = table.required_string("type");
            if let Some(diagnostic) = resource_type
                .as_ref()
                .and_then(|id| seen.add(table.file(), id))
            {
                table.push(diagnostic);
            }
            let reason = table.required_string("reason");
            let approver = table.required_string("approver");
            let date = table.required("date").and_then(Item::date);
            table.finish();
            Some(Unused {
                resource_type: resource_type?.value,
                reason: reason?.value,
                approver: approver?.value,
                date: date?.value,
            })
        })
        .collect()
}

/// Reads an id, its shape, and whether it is the first of its kind.
fn id(table: &mut Table<'_>, seen: &mut Seen) -> Option<Spanned<String>> {
    let id = table.required_string("id")?;
    if !is_id(&id.value) {
        table.push(
            Diagnostic::new(
                Code::InvalidValue,
                table.file(),
                id.span,
                format!("`{}` is not an id", id.value),
            )
            .help("use lowercase letters, digits and `-`"),
        );
    }
    if let Some(diagnostic) = seen.add(table.file(), &id) {
        table.push(diagnostic);
        return None;
    }
    Some(id)
}

fn values(texts: Vec<Spanned<String>>) -> Vec<String> {
    texts.into_iter().map(|text| text.value).collect()
}
