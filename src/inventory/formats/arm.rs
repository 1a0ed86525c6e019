//! ARM templates: what code says shall be.
//!
//! A resource's id is `<file>#<type>/<name>`, with the name as the template writes it where it is
//! an expression, and `resourceId(...)` of a resource of the same template gives that very text.
//! What only deployment decides is unknown.

mod expression;
mod scope;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Origin, filled, not_used, outcome, shown, tags, text};
use crate::inventory::contribution::{Contribution, FileReading};
use crate::inventory::decode::Step;
use crate::inventory::{Form, State};
use crate::source::{Map, Value};
use scope::{Ids, Scope};

/// Reads a template, or recognises its parameters.
pub(super) fn read(origin: &Origin<'_>, value: &Value) -> Option<FileReading> {
    let map = value.as_map()?;
    let schema = text(map, "$schema")?.to_ascii_lowercase();
    if schema.contains("deploymentparameters") {
        let reason = "parameters of a deployment; the deployed resources tell what they came to";
        return Some(not_used("ARM template parameters", reason));
    }
    if !schema.contains("deploymenttemplate") {
        return None;
    }
    let mut found = Vec::new();
    resources(&Scope::new(map), map, &[], None, &mut found);
    let ids = Arc::new(ids(origin, &found));
    let mut used = BTreeSet::new();
    let contributions: Vec<Contribution> = found
        .iter()
        .map(|it| contribution(origin, it, &ids, &mut used))
        .collect();
    let mut problems = Vec::new();
    let looped = found
        .iter()
        .filter(|it| it.map.own("copy").is_some())
        .count();
    if looped > 0 {
        problems.push(format!(
            "how often {looped} of its resources are made is known only on deployment"
        ));
    }
    let linked = found.iter().filter(|it| links(it.map)).count();
    if linked > 0 {
        problems.push(format!("{linked} of its templates stand elsewhere"));
    }
    Some(FileReading {
        format: "ARM template".to_owned(),
        reading: outcome(&problems),
        contributions,
        lists: Vec::new(),
    })
}

/// A resource of a template.
struct Found<'a> {
    /// As the template writes it.
    map: &'a Map,
    /// What its expressions refer to.
    scope: Scope<'a>,
    /// The whole type.
    resource_type: String,
    /// The whole name, as text or as the expression.
    name: String,
    /// Where it stands in the file.
    path: Vec<Step<'a>>,
}

/// Collects the resources of a template or of a resource, children and nested templates with
/// them.
fn resources<'a>(
    scope: &Scope<'a>,
    holder: &'a Map,
    outer: &[Step<'a>],
    parent: Option<(&str, &str)>,
    found: &mut Vec<Found<'a>>,
) {
    let Some((key, held)) = holder
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("resources"))
    else {
        return;
    };
    // Symbolic names make an object of what is a list otherwise.
    let members: Vec<(Step<'a>, &'a Value)> = match held {
        Value::List(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (Step::Index(index), item))
            .collect(),
        Value::Map(members) => members
            .iter()
            .map(|(name, item)| (Step::Key(name), item))
            .collect(),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::Unknown(_)
        | Value::Default(_) => Vec::new(),
    };
    for (step, item) in members {
        let Some(map) = item.as_map() else { continue };
        let Some(own_type) = filled(map, "type") else {
            continue;
        };
        // What is marked so exists already and is only referred to.
        if map.own("existing").and_then(Value::as_bool) == Some(true) {
            continue;
        }
        let own_name = scope.name(text(map, "name").unwrap_or_default());
        let (resource_type, name) = match parent {
            Some((parent_type, parent_name)) if !own_type.contains('.') => (
                format!("{parent_type}/{own_type}"),
                format!("{parent_name}/{own_name}"),
            ),
            Some(_) | None => (own_type.to_owned(), own_name),
        };
        let resource_type = extension_type(&resource_type, &name);
        let path = [outer, &[Step::Key(key), step]].concat();
        found.push(Found {
            map,
            scope: scope.clone(),
            resource_type: resource_type.clone(),
            name: name.clone(),
            path: path.clone(),
        });
        resources(scope, map, &path, Some((&resource_type, &name)), found);
        nested(scope, map, &path, found);
    }
}

/// Returns the type of a resource. One that extends another is written with the other's type; its
/// own provider then stands in the name: `Microsoft.X/y/providers/diagnosticSettings` named
/// `z/Microsoft.Insights/default` is of type `Microsoft.Insights/diagnosticSettings`.
fn extension_type(written: &str, name: &str) -> String {
    let own = written
        .rsplit_once("/providers/")
        .and_then(|(_, own)| Some((name_provider(name)?, own)));
    match own {
        Some((provider, own)) => format!("{provider}/{own}"),
        None => written.to_owned(),
    }
}

fn name_provider(name: &str) -> Option<&str> {
    name.split(['/', '\'', ',', '(', ')']).rfind(|part| {
        part.len() > 10
            && part.is_char_boundary(10)
            && part.split_at(10).0.eq_ignore_ascii_case("Microsoft.")
    })
}

/// Collects the resources of the template inside a deployment.
fn nested<'a>(scope: &Scope<'a>, map: &'a Map, outer: &[Step<'a>], found: &mut Vec<Found<'a>>) {
    let deployment = text(map, "type")
        .is_some_and(|it| it.eq_ignore_ascii_case("Microsoft.Resources/deployments"));
    let properties = map.own("properties").and_then(Value::as_map);
    let Some(properties) = properties.filter(|_| deployment) else {
        return;
    };
    let Some(template) = properties.own("template").and_then(Value::as_map) else {
        return;
    };
    let path = [outer, &[Step::Key("properties"), Step::Key("template")]].concat();
    let options = properties.get("expressionEvaluationOptions").get("scope");
    let inner = options
        .as_str()
        .is_some_and(|it| it.eq_ignore_ascii_case("inner"));
    let scope = if inner {
        scope.inner(template, properties.own("parameters"))
    } else {
        scope.clone()
    };
    resources(&scope, template, &path, None, found);
}

fn links(map: &Map) -> bool {
    let properties = map.own("properties").and_then(Value::as_map);
    properties.is_some_and(|it| it.own("templateLink").is_some())
}

fn ids(origin: &Origin<'_>, found: &[Found<'_>]) -> Ids {
    let mut ids = Ids::new();
    for resource in found {
        let key = scope::key(&resource.resource_type, &resource.name);
        ids.entry(key).or_insert_with(|| id(origin, resource));
    }
    ids
}

fn id(origin: &Origin<'_>, resource: &Found<'_>) -> String {
    format!(
        "{}#{}/{}",
        origin.path, resource.resource_type, resource.name
    )
}

fn contribution(
    origin: &Origin<'_>,
    resource: &Found<'_>,
    ids: &Arc<Ids>,
    used: &mut BTreeSet<String>,
) -> Contribution {
    let scope = resource.scope.with_ids(ids);
    let place = origin.place(&resource.path);
    let mut properties = Map::new();
    for (name, value) in resource.map.iter() {
        match name.to_ascii_lowercase().as_str() {
            // Children are resources of their own.
            "resources" => {}
            "type" => {
                properties.insert(name, Value::string(&resource.resource_type));
            }
            _ => {
                properties.insert(name, scope.resolve(value));
            }
        }
    }
    scope::open_if_unknown(&mut properties);
    let mut id = id(origin, resource);
    // Two resources may share a type and a name under opposite conditions.
    if !used.insert(id.clone()) {
        id = format!("{id} ({})", used.len());
        used.insert(id.clone());
    }
    Contribution {
        name: Some(resource.name.clone()),
        region: filled(&properties, "location").map(str::to_owned),
        tags: tags::of(properties.own("tags")),
        ..shown(
            (&resource.resource_type, id),
            (State::Intended, Form::Template),
            place,
            properties,
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::tests::read_text;
    use super::*;
    use crate::inventory::Reading;

    const SCHEMA: &str =
        "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

    fn found(body: &str) -> (Reading, Vec<(String, String, usize)>) {
        let text = format!("{{\"$schema\": \"{SCHEMA}\",\n{body}}}");
        let reading = read_text("t.json", &text).expect("a reading");
        assert_eq!(reading.format, "ARM template");
        let contributions = reading.contributions.iter();
        let found =
            contributions.map(|it| (it.resource_type.clone(), it.id.clone(), it.place.line));
        (reading.reading.clone(), found.collect())
    }

    fn row(resource_type: &str, name: &str, line: usize) -> (String, String, usize) {
        let id = format!("t.json#{resource_type}/{name}");
        (resource_type.to_owned(), id, line)
    }

    #[test]
    fn resources_children_and_nested_templates_are_found() {
        let cases = [
            (
                r#""resources": [{"type": "Microsoft.Network/virtualNetworks", "name": "v", "resources": [
                {"type": "subnets", "name": "s"}]}]"#,
                vec![
                    row("Microsoft.Network/virtualNetworks", "v", 2),
                    row("Microsoft.Network/virtualNetworks/subnets", "v/s", 3),
                ],
            ),
            (
                r#""languageVersion": "2.0", "resources": {"a": {"type": "Microsoft.X/y", "name": "a"},
                "b": {"type": "Microsoft.X/y", "name": "b", "existing": true}}"#,
                vec![row("Microsoft.X/y", "a", 2)],
            ),
            (
                r#""parameters": {"n": {"type": "string", "defaultValue": "x"}}, "variables": {"v": "z"},
                "resources": [{"type": "Microsoft.X/y", "name": "[ parameters('n') ]"},
                {"type": "Microsoft.X/y", "name": "[variables('v')]"}, {"type": "Microsoft.X/y", "name": "z"}]"#,
                vec![
                    row("Microsoft.X/y", "[parameters('n')]", 3),
                    row("Microsoft.X/y", "z", 4),
                    row("Microsoft.X/y", "z (2)", 4),
                ],
            ),
            (
                r#""resources": [{"type": "Microsoft.Resources/deployments", "name": "d", "properties": {
                "template": {"resources": [{"type": "Microsoft.X/y", "name": "in"}]}}}]"#,
                vec![
                    row("Microsoft.Resources/deployments", "d", 2),
                    row("Microsoft.X/y", "in", 3),
                ],
            ),
        ];
        for (body, expected) in cases {
            assert_eq!(found(body), (Reading::Whole, expected), "{body}");
        }
    }

    #[test]
    fn a_resource_that_extends_another_has_its_own_type() {
        let written = "Microsoft.X/y/providers/diagnosticSettings";
        let cases = [
            (
                "z/Microsoft.Insights/default",
                "Microsoft.Insights/diagnosticSettings",
            ),
            (
                "z/[parameters('a')]/Microsoft.Insights/default",
                "Microsoft.Insights/diagnosticSettings",
            ),
            (
                "[concat(parameters('z'), '/microsoft.insights/', 'a')]",
                "microsoft.insights/diagnosticSettings",
            ),
            ("[parameters('z')]", written),
        ];
        for (name, expected) in cases {
            assert_eq!(extension_type(written, name), expected, "{name}");
        }
        assert_eq!(extension_type("Microsoft.X/y", "z"), "Microsoft.X/y");
    }

    #[test]
    fn what_only_deployment_tells_is_unknown_and_references_name_resources() {
        let text = format!(
            r#"{{"$schema": "{SCHEMA}", "parameters": {{"on": {{"type": "bool", "defaultValue": true}}}},
            "resources": [
            {{"type": "Microsoft.KeyVault/vaults", "name": "kv", "location": "westeurope",
             "tags": {{"pci-scope": "cde"}}, "properties": "[parameters('p')]"}},
            {{"type": "Microsoft.X/y", "name": "y", "location": "[resourceGroup().location]",
             "tags": {{"pci-scope": "[parameters('s')]"}},
             "properties": {{"on": "[parameters('on')]", "off": false,
                "vault": "[resourceId('Microsoft.KeyVault/vaults', 'kv')]",
                "copy": [{{"name": "rules", "count": 2, "input": {{}}}}]}}}}]}}"#
        );
        let reading = read_text("t.json", &text).expect("a reading");
        let [vault, other] = &reading.contributions[..] else {
            panic!("two")
        };
        assert_eq!(vault.region.as_deref(), Some("westeurope"));
        assert_eq!(vault.tags.as_ref().map(BTreeMap::len), Some(1));
        assert!(matches!(
            vault.properties.get("enablePurgeProtection"),
            Value::Unknown(_)
        ));
        assert_eq!(other.state, State::Intended);
        assert_eq!((other.region.as_deref(), &other.tags), (None, &None));
        let vault_id = Value::string("t.json#Microsoft.KeyVault/vaults/kv");
        assert_eq!(other.properties.get("vault"), vault_id);
        assert_eq!(other.properties.get("off"), Value::Bool(false));
        assert_eq!(
            other.properties.get("on"),
            Value::unknown("the parameter `on` is given on deployment")
        );
        assert!(matches!(other.properties.get("rules"), Value::Unknown(_)));
    }

    #[test]
    fn an_inner_template_sees_the_values_it_is_given() {
        let text = format!(
            r#"{{"$schema": "{SCHEMA}", "variables": {{"v": "outer"}}, "resources": [
            {{"type": "Microsoft.Resources/deployments", "name": "d", "properties": {{
              "expressionEvaluationOptions": {{"scope": "inner"}},
              "parameters": {{"p": {{"value": "[variables('v')]"}}}},
              "template": {{"parameters": {{"p": {{"type": "string"}}}}, "variables": {{"v": "inner"}},
                "resources": [{{"type": "Microsoft.X/y", "name": "[variables('v')]",
                  "properties": {{"p": "[parameters('p')]"}}}}]}}}}}}]}}"#
        );
        let reading = read_text("t.json", &text).expect("a reading");
        let it = &reading.contributions[1];
        assert_eq!(it.id, "t.json#Microsoft.X/y/inner");
        assert_eq!(it.properties.get("p"), Value::string("outer"));
    }

    #[test]
    fn loops_links_and_parameters_are_told() {
        let looped = r#""resources": [{"type": "Microsoft.X/y", "name": "a", "copy": {"name": "c", "count": 3}}]"#;
        assert!(matches!(found(looped).0, Reading::Partial(it) if it.contains("how often 1")));
        let linked = r#""resources": [{"type": "Microsoft.Resources/deployments", "name": "a",
            "properties": {"templateLink": {"uri": "https://x"}}}]"#;
        assert!(
            matches!(found(linked).0, Reading::Partial(it) if it.contains("1 of its templates"))
        );
        let parameters = SCHEMA.replace("deploymentTemplate", "deploymentParameters");
        let text = format!(r#"{{"$schema": "{parameters}", "parameters": {{}}}}"#);
        let reading = read_text("p.json", &text).expect("a reading");
        assert!(matches!(reading.reading, Reading::NotUsed(_)));
    }
}
