//! Azure resources that carry their id: ARM REST, Azure Resource Graph, and the `az` commands.
//!
//! None of these says whether it was asked for a resource group or for all of a subscription, so
//! none lists a type whole by itself.

mod graph;

use super::{Origin, filled, outcome, shown, tags};
use crate::inventory::contribution::{Contribution, Extent, FileReading};
use crate::inventory::decode::Step;
use crate::inventory::{Form, Reading, State};
use crate::source::{Map, Unknown, Value};

/// What lists and queries show of any resource. A resource shown with nothing else is one whose
/// properties were left out.
const ENVELOPE: [&str; 22] = [
    "apiVersion",
    "changedTime",
    "createdTime",
    "etag",
    "extendedLocation",
    "id",
    "identity",
    "kind",
    "location",
    "managedBy",
    "managedByExtended",
    "name",
    "plan",
    "properties",
    "provisioningState",
    "resourceGroup",
    "sku",
    "subscriptionId",
    "systemData",
    "tags",
    "tenantId",
    "type",
];

/// Reads a resource, a list of them, or the answer of a query.
pub(super) fn read(origin: &Origin<'_>, value: &Value) -> Option<FileReading> {
    if let Some(items) = value.as_list() {
        return list(origin, "az list", items, &[], Vec::new());
    }
    let map = value.as_map()?;
    if let Some(reading) = graph::read(origin, map) {
        return Some(reading);
    }
    if let Some(items) = map.own("value").and_then(Value::as_list) {
        let more = filled(map, "nextLink").is_some();
        let problems = more.then(|| "there is more: `nextLink` is set".to_owned());
        let key = spelled(map, "value");
        let outer = [Step::Key(key)];
        return list(
            origin,
            "ARM REST list",
            items,
            &outer,
            problems.into_iter().collect(),
        );
    }
    let mut contributions = Vec::new();
    collect(origin, map, Hidden::ByCommand, &[], &mut contributions);
    let first = contributions.first()?;
    Some(FileReading {
        format: match first.form {
            Form::Rest => "ARM resource".to_owned(),
            Form::Cli | Form::Config | Form::Template | Form::Kubernetes | Form::Csv => {
                "az show".to_owned()
            }
        },
        reading: Reading::Whole,
        contributions,
        lists: Vec::new(),
    })
}

/// Returns a name as the object spells it.
fn spelled<'v>(map: &'v Map, key: &'v str) -> &'v str {
    map.iter()
        .map(|(name, _)| name)
        .find(|name| name.eq_ignore_ascii_case(key))
        .unwrap_or(key)
}

fn list(
    origin: &Origin<'_>,
    format: &str,
    items: &[Value],
    outer: &[Step<'_>],
    mut problems: Vec<String>,
) -> Option<FileReading> {
    let mut contributions = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = [outer, &[Step::Index(index)]].concat();
        let before = contributions.len();
        if let Some(map) = item.as_map() {
            collect(origin, map, Hidden::ByCommand, &path, &mut contributions);
        }
        if contributions.len() == before {
            problems.push(format!("item {} has no id of Azure", index + 1));
        }
    }
    // A list in which nothing carries an id of Azure is something else.
    (!contributions.is_empty()).then(|| FileReading {
        format: format.to_owned(),
        reading: outcome(&problems),
        contributions,
        lists: Vec::new(),
    })
}

/// Why a resource may be shown without its properties.
#[derive(Debug, Clone, Copy)]
enum Hidden {
    /// The command leaves them out.
    ByCommand,
    /// The query did not select them.
    ByQuery,
}

/// Adds a resource and the children nested in it.
fn collect(
    origin: &Origin<'_>,
    map: &Map,
    hidden: Hidden,
    path: &[Step<'_>],
    contributions: &mut Vec<Contribution>,
) {
    let Some(contribution) = resource(origin, map, hidden, path) else {
        return;
    };
    contributions.push(contribution);
    let key = spelled(map, "resources");
    let children = map.own("resources").and_then(Value::as_list);
    for (index, child) in children.unwrap_or_default().iter().enumerate() {
        if let Some(child) = child.as_map() {
            let path = [path, &[Step::Key(key), Step::Index(index)]].concat();
            collect(origin, child, hidden, &path, contributions);
        }
    }
}

fn resource(
    origin: &Origin<'_>,
    map: &Map,
    hidden: Hidden,
    path: &[Step<'_>],
) -> Option<Contribution> {
    let id = filled(map, "id").filter(|id| is_id(id))?;
    let given = filled(map, "type").filter(|it| it.contains('/'));
    let resource_type = given.map(str::to_owned).or_else(|| type_of(id))?;
    let nested = map
        .own("properties")
        .is_some_and(|it| it.as_map().is_some());
    let flattened = map
        .iter()
        .any(|(name, _)| !ENVELOPE.iter().any(|it| it.eq_ignore_ascii_case(name)));
    let (form, extent) = match (nested, hidden, flattened) {
        (true, _, _) => (Form::Rest, Extent::Whole),
        (false, Hidden::ByQuery, _) => {
            let reason = format!(
                "the query shows only part of {resource_type}; select `properties` as well"
            );
            (Form::Rest, Extent::Partial(Unknown::new(reason)))
        }
        (false, Hidden::ByCommand, true) => (Form::Cli, Extent::Whole),
        (false, Hidden::ByCommand, false) => {
            let reason = format!(
                "this export shows no properties of {resource_type}; export it with `az resource \
                 show`"
            );
            (Form::Cli, Extent::Partial(Unknown::new(reason)))
        }
    };
    let shows_tags = map.own("tags").is_some() || extent == Extent::Whole;
    Some(Contribution {
        name: filled(map, "name").map(str::to_owned),
        account: segment_after(id, "subscriptions").map(str::to_owned),
        region: filled(map, "location").map(str::to_owned),
        tags: shows_tags.then(|| tags::of(map.own("tags"))).flatten(),
        extent,
        ..shown(
            (&resource_type, id.to_owned()),
            (State::Observed, form),
            origin.place(path),
            map.clone(),
        )
    })
}

fn is_id(id: &str) -> bool {
    let mut segments = id.split('/');
    segments.next() == Some("")
        && segments.next().is_some_and(|first| {
            ["subscriptions", "providers"]
                .iter()
                .any(|root| root.eq_ignore_ascii_case(first))
        })
}

fn segment_after<'a>(id: &'a str, name: &str) -> Option<&'a str> {
    let mut segments = id.split('/');
    segments.find(|segment| segment.eq_ignore_ascii_case(name))?;
    segments.next().filter(|segment| !segment.is_empty())
}

/// Returns the type that an id tells: the last provider's namespace, then every other segment.
fn type_of(id: &str) -> Option<String> {
    let segments: Vec<&str> = id.split('/').filter(|it| !it.is_empty()).collect();
    let provider = segments
        .iter()
        .rposition(|segment| segment.eq_ignore_ascii_case("providers"));
    match (provider, segments.as_slice()) {
        (Some(at), segments) => {
            let rest = segments.get(at + 1..)?;
            let (namespace, rest) = rest.split_first()?;
            let types: Vec<&str> = rest.iter().step_by(2).copied().collect();
            (!types.is_empty()).then(|| format!("{namespace}/{}", types.join("/")))
        }
        (None, [_, _]) => Some("Microsoft.Resources/subscriptions".to_owned()),
        (None, [_, _, _, _]) => Some("Microsoft.Resources/resourceGroups".to_owned()),
        (None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::tests::read_text;
    use super::*;

    const VAULT: &str =
        "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv";

    #[test]
    fn the_type_is_told_by_the_id_where_nothing_else_does() {
        let cases = [
            (VAULT, Some("Microsoft.KeyVault/vaults")),
            (
                "/subscriptions/s/providers/Microsoft.Sql/servers/a/databases/b",
                Some("Microsoft.Sql/servers/databases"),
            ),
            (
                "/subscriptions/s/resourceGroups/r/providers/Microsoft.Compute/virtualMachines/v/providers/microsoft.insights/diagnosticSettings/d",
                Some("microsoft.insights/diagnosticSettings"),
            ),
            (
                "/subscriptions/s",
                Some("Microsoft.Resources/subscriptions"),
            ),
            (
                "/subscriptions/s/resourcegroups/r",
                Some("Microsoft.Resources/resourceGroups"),
            ),
            ("/providers", None),
            ("/subscriptions/s/providers/Microsoft.Sql", None),
            ("/subscriptions/s/resourceGroups", None),
        ];
        for (id, expected) in cases {
            assert_eq!(type_of(id).as_deref(), expected, "{id}");
        }
    }

    #[test]
    fn resources_are_read_in_every_wrapping() {
        let nested = format!(
            r#"{{"id": "{VAULT}", "name": "kv", "type": "microsoft.keyvault/Vaults",
            "location": "westeurope", "properties": {{"enablePurgeProtection": true}}}}"#
        );
        let flat = format!(
            r#"{{"id": "{VAULT}", "name": "kv", "tags": null, "enablePurgeProtection": true}}"#
        );
        let cases = [
            (nested.clone(), "ARM resource", Form::Rest),
            (flat.clone(), "az show", Form::Cli),
            (format!("[{nested}]"), "az list", Form::Rest),
            (format!("[{flat}]"), "az list", Form::Cli),
            (
                format!(r#"{{"value": [{nested}], "nextLink": null}}"#),
                "ARM REST list",
                Form::Rest,
            ),
        ];
        for (text, format, form) in cases {
            let reading = read_text("a.json", &text).expect("a reading");
            assert_eq!(
                (reading.format.as_str(), &reading.reading),
                (format, &Reading::Whole)
            );
            let it = &reading.contributions[0];
            assert!(
                it.resource_type
                    .eq_ignore_ascii_case("Microsoft.KeyVault/vaults")
            );
            assert_eq!((it.id.as_str(), it.form), (VAULT, form));
            assert_eq!(it.account.as_deref(), Some("s1"));
            assert_eq!(it.extent, Extent::Whole);
            assert_eq!(it.tags.as_ref().map(BTreeMap::len), Some(0));
            assert_eq!(
                it.properties.get("enablePurgeProtection"),
                Value::Bool(true)
            );
        }
    }

    #[test]
    fn what_is_not_shown_is_said() {
        let bare = format!(r#"{{"id": "{VAULT}", "name": "kv", "properties": null, "sku": null}}"#);
        let reading = read_text("a.json", &format!("[{bare}]")).expect("a reading");
        assert!(matches!(
            reading.contributions[0].extent,
            Extent::Partial(_)
        ));
        assert_eq!(reading.contributions[0].tags, None);
        let full = bare.replace("null, ", "{}, ");
        let paged = format!(r#"{{"value": [{full}, {{"a": 1}}], "nextLink": "https://x"}}"#);
        let reading = read_text("a.json", &paged).expect("a reading");
        assert_eq!(
            reading.reading,
            Reading::Partial(
                "there is more: `nextLink` is set; item 2 has no id of Azure".to_owned()
            )
        );
        for other in [
            "[]",
            r#"{"value": []}"#,
            r#"[{"id": "i-1"}]"#,
            r#"{"id": "/x"}"#,
        ] {
            assert_eq!(read_text("a.json", other), None, "{other}");
        }
    }

    #[test]
    fn children_nested_in_a_resource_are_resources() {
        let text = format!(
            "{{\"Id\": \"{VAULT}\", \"Properties\": {{}}, \"Resources\": [\n{{\"id\": \"{VAULT}/keys/k\", \"properties\": {{}}}}]}}"
        );
        let reading = read_text("a.json", &text).expect("a reading");
        let found: Vec<_> = reading
            .contributions
            .iter()
            .map(|it| (it.resource_type.as_str(), it.place.line))
            .collect();
        assert_eq!(
            found,
            [
                ("Microsoft.KeyVault/vaults", 1),
                ("Microsoft.KeyVault/vaults/keys", 2)
            ]
        );
    }
}
