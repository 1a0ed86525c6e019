//! Kubernetes objects: manifests, and what `kubectl get` prints.
//!
//! An object is observed if it carries what only a server sets, its `uid` or resource version;
//! otherwise it is a manifest, intended. A list that a server answered lists its types whole: it
//! does not say whether it was asked for one namespace, which the manifest of the exports does.
//! The namespace of a manifest that names none is not stated: it is chosen when it is applied.

mod secret;

use std::collections::BTreeSet;

use super::{Origin, filled, not_used, outcome, shown, tags, text};
use crate::inventory::contribution::{Contribution, FileReading, Listed};
use crate::inventory::decode::{Step, Syntax};
use crate::inventory::{Form, Reading, State};
use crate::source::{Map, Value};

/// Ends of the groups of what tools are configured with: it looks like an object and no cluster
/// holds it.
const TOOLS: [&str; 5] = [
    "audit.k8s.io",
    "client.authentication.k8s.io",
    "config.k8s.io",
    "kind.x-k8s.io",
    "kubeadm.k8s.io",
];

/// Kinds in which a pod template stands at `spec.template`.
const TEMPLATED: [&str; 7] = [
    "Deployment",
    "DeploymentConfig",
    "ReplicaSet",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "ReplicationController",
];

/// Groups in which those kinds are Kubernetes' or `OpenShift`'s own; a custom resource may put
/// anything there.
const BUILT_IN: [&str; 5] = ["v1", "apps", "apps.openshift.io", "batch", "extensions"];

/// Reads an object or a list of objects.
pub(super) fn read(origin: &Origin<'_>, value: &Value) -> Option<FileReading> {
    if let Some(operations) = value.as_list() {
        return is_patch(operations).then(|| {
            let reason =
                "a JSON patch is no object of a cluster; render it with `kubectl kustomize`";
            not_used("JSON patch", reason)
        });
    }
    let map = value.as_map()?;
    if let (Some(_), Some(Value::Unknown(reason))) = (map.own("apiVersion"), map.own("kind")) {
        return Some(FileReading {
            reading: Reading::NotRecognised(reason.reason().to_owned()),
            ..not_used("YAML that is no object", "")
        });
    }
    let (Some(version), Some(kind)) = (text(map, "apiVersion"), text(map, "kind")) else {
        return helper(origin, map);
    };
    let items = map.own("items").filter(|_| kind.ends_with("List"));
    match items {
        Some(Value::List(items)) => Some(list(origin, map, (version, kind), items)),
        Some(Value::Null) => Some(list(origin, map, (version, kind), &[])),
        _ => Some(single(origin, map, (version, kind))),
    }
}

fn is_patch(operations: &[Value]) -> bool {
    let operation =
        |it: &Value| it.get("op").as_str().is_some() && it.get("path").as_str().is_some();
    !operations.is_empty() && operations.iter().all(operation)
}

/// Recognises YAML of the tools around Kubernetes, which is no object.
fn helper(origin: &Origin<'_>, map: &Map) -> Option<FileReading> {
    if origin.decoded.syntax != Syntax::Yaml {
        return None;
    }
    let name = origin.path.rsplit('/').next().unwrap_or(origin.path);
    let reason = match name {
        "kustomization.yaml" | "kustomization.yml" | "Kustomization" => {
            "a Kustomization is no object of a cluster; render it with `kubectl kustomize`"
        }
        "Chart.yaml" | "Chart.lock" => "the description of a Helm chart is no object of a cluster",
        "values.yaml" | "values.yml" => "values of a Helm chart are no object of a cluster",
        _ if map.own("apiVersion").is_some() && map.own("version").is_some() => {
            "the description of a Helm chart is no object of a cluster"
        }
        _ => return None,
    };
    Some(not_used("YAML that is no object", reason))
}

fn single(origin: &Origin<'_>, map: &Map, type_of: (&str, &str)) -> FileReading {
    let (_, kind) = type_of;
    match object(origin, map, type_of, &[]) {
        Some(contribution) => FileReading {
            format: match contribution.state {
                State::Observed => "Kubernetes object".to_owned(),
                State::Intended => "Kubernetes manifest".to_owned(),
            },
            reading: Reading::Whole,
            contributions: vec![contribution],
            lists: Vec::new(),
        },
        None => not_used(
            "YAML that is no object",
            format!("{kind} is no object of a cluster"),
        ),
    }
}

fn list(
    origin: &Origin<'_>,
    map: &Map,
    (version, kind): (&str, &str),
    items: &[Value],
) -> FileReading {
    let item_kind = kind.strip_suffix("List").unwrap_or_default();
    let mut contributions = Vec::new();
    let mut problems = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = [Step::Key("items"), Step::Index(index)];
        let contribution = item.as_map().and_then(|item| {
            // Items of a typed list leave out what the list says once.
            let kind = text(item, "kind").unwrap_or(item_kind);
            let version = text(item, "apiVersion").unwrap_or(version);
            object(origin, item, (version, kind), &path)
        });
        match contribution {
            Some(contribution) => contributions.push(contribution),
            None => problems.push(format!("item {} is no object of a cluster", index + 1)),
        }
    }
    let metadata = map.own("metadata").and_then(Value::as_map);
    if metadata.is_some_and(|metadata| filled(metadata, "continue").is_some()) {
        problems.push("there is more: `metadata.continue` is set".to_owned());
    }
    let mut types: BTreeSet<String> = contributions
        .iter()
        .filter(|it| it.state == State::Observed)
        .map(|it| it.resource_type.clone())
        .collect();
    let answered = metadata.is_some_and(|metadata| filled(metadata, "resourceVersion").is_some());
    if answered && !item_kind.is_empty() {
        types.insert(format!("{version}/{item_kind}"));
    }
    let listed = |resource_type| Listed {
        resource_type,
        account: None,
        region: None,
    };
    FileReading {
        format: "Kubernetes list".to_owned(),
        lists: if problems.is_empty() {
            types.into_iter().map(listed).collect()
        } else {
            Vec::new()
        },
        reading: outcome(&problems),
        contributions,
    }
}

/// Returns what is shown of an object; nothing if it is none of a cluster.
fn object(
    origin: &Origin<'_>,
    map: &Map,
    (version, kind): (&str, &str),
    path: &[Step<'_>],
) -> Option<Contribution> {
    let group = version.split('/').next().unwrap_or(version);
    if map.own("$patch").is_some() || kind.is_empty() || TOOLS.iter().any(|it| group.ends_with(it))
    {
        return None;
    }
    let none = Map::new();
    let metadata = map.own("metadata").and_then(Value::as_map);
    // A manifest may leave its name to the one who applies it, and has a spec nonetheless.
    if metadata.is_none() && map.own("spec").is_none() {
        return None;
    }
    let metadata = metadata.unwrap_or(&none);
    let place = origin.place(path);
    let unnamed = |start: &str| format!("{start}* ({}:{})", place.file, place.line);
    let name = match (filled(metadata, "name"), filled(metadata, "generateName")) {
        (Some(name), _) => name.to_owned(),
        (None, start) => unnamed(start.unwrap_or_default()),
    };
    let namespace = filled(metadata, "namespace").map(str::to_owned);
    let id = match &namespace {
        Some(namespace) => format!("{namespace}/{name}"),
        None => name.clone(),
    };
    let served = ["uid", "resourceVersion"]
        .iter()
        .any(|name| filled(metadata, name).is_some());
    let state = if served {
        State::Observed
    } else {
        State::Intended
    };
    let mut properties = map.clone();
    if (version, kind) == ("v1", "Secret") {
        secret::forget(&mut properties);
    }
    Some(Contribution {
        name: Some(name),
        namespace,
        tags: tags::of(metadata.own("labels")),
        pod: pod(map, version, kind),
        ..shown(
            (&format!("{version}/{kind}"), id),
            (state, Form::Kubernetes),
            place,
            properties,
        )
    })
}

/// Returns the pod template of an object of Kubernetes' own kinds.
fn pod(map: &Map, version: &str, kind: &str) -> Option<Value> {
    let group = version.split('/').next().unwrap_or(version);
    if !BUILT_IN.contains(&group) {
        return None;
    }
    let spec = map.own("spec").cloned().unwrap_or_default();
    let template = match kind {
        "Pod" => {
            let metadata = map.own("metadata").cloned().unwrap_or_default();
            return Some(Map::from_iter([("metadata", metadata), ("spec", spec)]).into());
        }
        "PodTemplate" => map.get("template"),
        "CronJob" => spec.get("jobTemplate").get("spec").get("template"),
        kind if TEMPLATED.contains(&kind) => spec.get("template"),
        _ => return None,
    };
    (!template.is_null()).then_some(template)
}

#[cfg(test)]
mod tests {
    use super::super::tests::read_text;
    use super::*;

    #[test]
    fn objects_have_their_type_id_and_state() {
        let cases = [
            (
                "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: ns}",
                ("v1/Pod", "ns/a", State::Intended),
            ),
            (
                "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, uid: x}",
                ("v1/Namespace", "a", State::Observed),
            ),
            (
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, resourceVersion: '7'}",
                ("apps/v1/Deployment", "a", State::Observed),
            ),
            (
                "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: a-}",
                ("batch/v1/Job", "a-* (a.yaml:1)", State::Intended),
            ),
            (
                "apiVersion: apps/v1\nkind: Deployment\nspec: {}",
                ("apps/v1/Deployment", "* (a.yaml:1)", State::Intended),
            ),
            (
                "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}",
                (
                    "kustomize.toolkit.fluxcd.io/v1/Kustomization",
                    "a",
                    State::Intended,
                ),
            ),
        ];
        for (text, (resource_type, id, state)) in cases {
            let reading = read_text("a.yaml", text).expect("a reading");
            let it = &reading.contributions[0];
            assert_eq!(
                (it.resource_type.as_str(), it.id.as_str(), it.state),
                (resource_type, id, state),
                "{text}"
            );
        }
    }

    #[test]
    fn the_pod_template_is_found_in_built_in_kinds_only() {
        let cases = [
            ("v1", "Pod", "{containers: []}", true),
            (
                "apps/v1",
                "DaemonSet",
                "{template: {spec: {containers: []}}}",
                true,
            ),
            (
                "apps.openshift.io/v1",
                "DeploymentConfig",
                "{template: {spec: {containers: []}}}",
                true,
            ),
            (
                "extensions/v1beta1",
                "Deployment",
                "{template: {spec: {containers: []}}}",
                true,
            ),
            (
                "batch/v1",
                "Job",
                "{template: {spec: {containers: []}}}",
                true,
            ),
            (
                "batch/v1",
                "CronJob",
                "{jobTemplate: {spec: {template: {spec: {containers: []}}}}}",
                true,
            ),
            (
                "argoproj.io/v1alpha1",
                "Job",
                "{template: {spec: {containers: []}}}",
                false,
            ),
            ("apps/v1", "Deployment", "{replicas: 1}", false),
            ("v1", "Service", "{template: {}}", false),
        ];
        for (version, kind, spec, expected) in cases {
            let text = format!(
                "apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\nspec: {spec}\n"
            );
            let reading = read_text("a.yaml", &text).expect("a reading");
            let pod = reading.contributions[0].pod.clone();
            assert_eq!(
                pod.is_some_and(|pod| pod.get("spec").get("containers").as_list().is_some()),
                expected,
                "{version} {kind}"
            );
        }
    }

    #[test]
    fn a_list_that_a_server_answered_lists_its_types_whole() {
        let pod = r#"{"metadata": {"name": "a", "namespace": "n", "uid": "1"}}"#;
        let full = r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "uid": "1"}}"#;
        let manifest = r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}"#;
        let cases = [
            (
                ("PodList", pod, r#""resourceVersion": "9""#),
                vec!["v1/Pod"],
                1,
            ),
            (
                ("PodList", "", r#""resourceVersion": "9""#),
                vec!["v1/Pod"],
                0,
            ),
            (
                ("List", full, r#""resourceVersion": """#),
                vec!["v1/Pod"],
                1,
            ),
            (("List", "", r#""resourceVersion": """#), vec![], 0),
            (("List", manifest, ""), vec![], 1),
            (("PodList", pod, r#""continue": "abc""#), vec![], 1),
            (
                ("PodList", r#"{"a": 1}"#, r#""resourceVersion": "9""#),
                vec![],
                0,
            ),
        ];
        for ((kind, items, metadata), types, count) in cases {
            let text = format!(
                r#"{{"apiVersion": "v1", "kind": "{kind}", "metadata": {{{metadata}}},
                "items": [{items}]}}"#
            );
            let reading = read_text("a.json", &text).expect("a reading");
            let listed: Vec<&str> = reading
                .lists
                .iter()
                .map(|it| it.resource_type.as_str())
                .collect();
            assert_eq!(listed, types, "{text}");
            assert_eq!(reading.contributions.len(), count, "{text}");
            for it in &reading.contributions {
                assert_eq!(it.resource_type, "v1/Pod");
                assert_eq!(it.place.line, 2);
            }
        }
    }

    #[test]
    fn what_is_no_object_is_named() {
        let cases = [
            ("kustomization.yaml", "resources: [a.yaml]", "Kustomization"),
            (
                "Chart.yaml",
                "apiVersion: v2\nname: a\nversion: 1.0.0",
                "Helm chart",
            ),
            ("values.yaml", "replicas: 1", "Helm chart"),
            (
                "kubeconfig.yaml",
                "apiVersion: v1\nkind: Config\nusers: []",
                "Config is no object",
            ),
            ("a.yaml", "- {op: remove, path: /spec}", "JSON patch"),
            (
                "a.yaml",
                "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Component\nmetadata: {name: a}",
                "Component is no object",
            ),
            (
                "patch.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n$patch: delete",
                "Pod is no object",
            ),
        ];
        for (path, text, part) in cases {
            let reading = read_text(path, text).expect("a reading");
            assert!(
                matches!(&reading.reading, Reading::NotUsed(reason) if reason.contains(part)),
                "{:?}",
                reading.reading
            );
        }
    }

    #[test]
    fn two_objects_run_together_are_told() {
        let text =
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\napiVersion: v1\nkind: Service\n";
        let reading = read_text("a.yaml", text).expect("a reading");
        assert_eq!(
            reading.reading,
            Reading::NotRecognised("the file gives `kind` twice with different values".into())
        );
    }
}
