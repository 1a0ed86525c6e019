//! Kubernetes workloads as a group: whatever carries a pod template, once.

use std::collections::BTreeSet;

use super::{Resource, State};
use crate::source::Value;

/// Returns the resources that carry a pod template and are not owned by another that is exported.
pub(crate) fn workloads<'r>(resources: impl Iterator<Item = &'r Resource>) -> Vec<Resource> {
    let carriers: Vec<&Resource> = resources
        .filter(|resource| resource.pod.is_some())
        .collect();
    let exported: BTreeSet<Owner> = carriers
        .iter()
        .flat_map(|resource| owners_named(resource))
        .collect();
    carriers
        .into_iter()
        .filter(|resource| {
            !owner_references(resource)
                .iter()
                .any(|owner| exported.contains(owner))
        })
        .cloned()
        .collect()
}

/// Cluster, namespace, state, kind and name of a workload.
type Owner = (Option<String>, Option<String>, State, String, String);

/// Returns how pods would name the resource as their owner.
fn owners_named(resource: &Resource) -> Vec<Owner> {
    let kind = resource
        .meta
        .resource_type
        .rsplit('/')
        .next()
        .unwrap_or_default();
    vec![owner(resource, kind, &resource.meta.name)]
}

fn owner_references(resource: &Resource) -> Vec<Owner> {
    let Value::List(references) = resource.properties.get("metadata").get("ownerReferences") else {
        return Vec::new();
    };
    references
        .iter()
        .filter_map(|reference| {
            let kind = reference.get("kind");
            let name = reference.get("name");
            Some(owner(resource, kind.as_str()?, name.as_str()?))
        })
        .collect()
}

fn owner(resource: &Resource, kind: &str, name: &str) -> Owner {
    (
        resource.meta.cluster.clone(),
        resource.meta.namespace.clone(),
        resource.meta.state,
        kind.to_ascii_lowercase(),
        name.to_owned(),
    )
}
