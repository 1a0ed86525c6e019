//! The rules that put resources into a scope.

use super::{Scope, ScopeRule};
use crate::source::{Code, Diagnostic, Keyword, Spanned, Table};

/// The scopes that a rule can give; `unclassified` is what is left when no rule matches.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Class(Scope);

impl Keyword for Class {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("cde", Self(Scope::Cde)),
        ("connected", Self(Scope::Connected)),
        ("out", Self(Scope::Out)),
    ];
}

/// Reads every `[[scope]]`, in order.
pub(super) fn rules(root: &mut Table<'_>) -> Vec<ScopeRule> {
    root.tables("scope").into_iter().filter_map(rule).collect()
}

fn rule(mut table: Table<'_>) -> Option<ScopeRule> {
    let class = table.required_keyword::<Class>("class");
    let account = condition(&mut table, "account");
    let subscription = condition(&mut table, "subscription");
    let resource_group = condition(&mut table, "resource-group");
    let namespace = condition(&mut table, "namespace");
    let resource_types = types(&mut table);
    let tag = condition(&mut table, "tag").map(|text| tag(&text));
    let reason = table.required_string("reason");
    // A rule without a condition would put everything into one scope by an oversight.
    if ![
        "account",
        "subscription",
        "resource-group",
        "namespace",
        "type",
        "types",
        "tag",
    ]
    .iter()
    .any(|key| table.has(key))
    {
        table.push(
            Diagnostic::new(
                Code::InvalidValue,
                table.file(),
                table.span(),
                "a scope rule needs a condition",
            )
            .label("matches every resource")
            .help("add one of account, subscription, resource-group, namespace, type, types, tag"),
        );
    }
    table.finish();
    Some(ScopeRule {
        scope: class?.value.0,
        account,
        subscription,
        resource_group,
        namespace,
        resource_types,
        tag,
        reason: reason?.value,
    })
}

/// Reads `type` or `types`: one or several names, none of which may be empty.
fn types(table: &mut Table<'_>) -> Vec<String> {
    let mut types: Vec<String> = condition(table, "type").into_iter().collect();
    let listed = table.strings("types");
    if table.has("types") && listed.is_empty() {
        table.report(
            Code::InvalidValue,
            table.span(),
            "`types` must not be empty",
        );
    }
    for name in listed {
        if name.value.trim().is_empty() {
            table.report(Code::InvalidValue, name.span, "a type must not be empty");
        }
        types.push(name.value);
    }
    types
}

/// Reads a condition, which must not be empty.
fn condition(table: &mut Table<'_>, key: &'static str) -> Option<String> {
    let text: Spanned<String> = table.string(key)?;
    if text.value.trim().is_empty() || (key == "tag" && text.value.starts_with('=')) {
        table.report(
            Code::InvalidValue,
            text.span,
            format!("`{key}` must not be empty"),
        );
        return None;
    }
    Some(text.value)
}

/// Splits `key=value`; a key alone matches any value.
fn tag(text: &str) -> (String, Option<String>) {
    match text.split_once('=') {
        Some((key, value)) => (key.trim().to_owned(), Some(value.trim().to_owned())),
        None => (text.trim().to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::tag;

    #[test]
    fn a_tag_is_a_key_with_or_without_a_value() {
        for (text, key, value) in [
            ("pci-scope=cde", "pci-scope", Some("cde")),
            ("pci-scope", "pci-scope", None),
            ("a = b=c", "a", Some("b=c")),
            ("a=", "a", Some("")),
        ] {
            assert_eq!(tag(text), (key.to_owned(), value.map(str::to_owned)));
        }
    }
}
