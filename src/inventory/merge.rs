//! What several exports say of one resource, put together property by property.

mod group;
mod values;

use std::collections::BTreeMap;

pub(crate) use group::{Claim, Unplaced, group};

use super::{Contribution, Extent, Form, Meta, Place, Resource};
use crate::config::Scope;
use crate::source::{Instant, Map, Unknown, Value};
use values::{Said, merge_maps};

/// A resource put together, with what later steps need to know of its exports.
#[derive(Debug, Clone)]
pub(crate) struct Merged {
    /// The resource, without defaults and scope.
    pub(crate) resource: Resource,
    /// The forms of the exports that show it whole.
    pub(crate) whole_forms: Vec<Form>,
    /// The forms of the exports that show parts of it.
    pub(crate) part_forms: Vec<Form>,
}

/// Puts the claims of one group together.
pub(crate) fn merge(mut claims: Vec<Claim>) -> Option<Merged> {
    claims.sort_by(|a, b| order(a).cmp(&order(b)));
    supersede(&mut claims);
    let first = claims.first()?;
    let mut ids: Vec<String> = claims
        .iter()
        .flat_map(|claim| std::iter::once(&claim.contribution.id).chain(&claim.contribution.also))
        .cloned()
        .collect();
    let id = first.contribution.id.clone();
    ids.sort();
    ids.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
    ids.retain(|other| !other.eq_ignore_ascii_case(&id));
    let pick = |field: fn(&Contribution) -> &Option<String>| {
        claims
            .iter()
            .find_map(|claim| field(&claim.contribution).clone())
    };
    let name = pick(|contribution| &contribution.name).unwrap_or_else(|| short(&id).to_owned());
    let properties = properties(&claims);
    let meta = Meta {
        resource_type: first.contribution.resource_type.clone(),
        also: ids,
        name,
        account: pick(|contribution| &contribution.account),
        // AWS Config calls the region of what has none `global`.
        region: pick(|contribution| &contribution.region).filter(|region| region != "global"),
        cluster: pick(|contribution| &contribution.cluster),
        namespace: pick(|contribution| &contribution.namespace),
        tags: tags(&claims, &properties),
        scope: Scope::Unclassified,
        state: first.contribution.state,
        forms: forms(&claims, |_| true),
        origins: origins(&claims),
        observed: claims
            .iter()
            .filter_map(|claim| claim.contribution.observed)
            .max(),
        id,
    };
    let pod = claims
        .iter()
        .find_map(|claim| claim.contribution.pod.clone());
    Some(Merged {
        whole_forms: forms(&claims, |extent| matches!(extent, Extent::Whole)),
        part_forms: forms(&claims, |extent| matches!(extent, Extent::Part)),
        resource: Resource {
            meta,
            properties,
            pod,
        },
    })
}

/// Whole exports before parts, parts before stubs; then by place, so that the order in which
/// files are read does not matter.
fn order(claim: &Claim) -> (u8, &Place, &str) {
    let contribution = &claim.contribution;
    let rank = match contribution.extent {
        Extent::Whole => 0,
        Extent::Part => 2,
        Extent::Partial(_) => 1,
    };
    (rank, &contribution.place, &contribution.id)
}

/// Drops a whole export for which a later one by the same command exists.
fn supersede(claims: &mut Vec<Claim>) {
    let mut latest: BTreeMap<String, Instant> = BTreeMap::new();
    for claim in claims.iter() {
        if let (Extent::Whole, Some(observed)) =
            (&claim.contribution.extent, claim.contribution.observed)
        {
            let entry = latest.entry(claim.format.clone()).or_insert(observed);
            *entry = (*entry).max(observed);
        }
    }
    claims.retain(|claim| {
        let whole = matches!(claim.contribution.extent, Extent::Whole);
        match (claim.contribution.observed, latest.get(&claim.format)) {
            (Some(observed), Some(newest)) if whole => observed >= *newest,
            (Some(_) | None, Some(_) | None) => true,
        }
    });
}

fn properties(claims: &[Claim]) -> Map {
    let said: Vec<Said<'_>> = claims
        .iter()
        .map(|claim| Said {
            file: &claim.contribution.place.file,
            format: &claim.format,
            observed: claim.contribution.observed,
            open: match &claim.contribution.extent {
                Extent::Whole => claim.contribution.properties.open().cloned(),
                Extent::Partial(reason) => Some(reason.clone()),
                Extent::Part => Some(Unknown::new("no export shows it")),
            },
            stub: matches!(claim.contribution.extent, Extent::Partial(_)),
            map: &claim.contribution.properties,
        })
        .collect();
    let mut merged = merge_maps(&said, "");
    let closed = said.iter().any(|said| said.open.is_none());
    let reason = claims
        .iter()
        .find_map(|claim| match &claim.contribution.extent {
            Extent::Partial(reason) => Some(reason.clone()),
            Extent::Whole => claim.contribution.properties.open().cloned(),
            Extent::Part => None,
        });
    merged.set_open(
        (!closed).then(|| reason.unwrap_or_else(|| Unknown::new("exports show only parts of it"))),
    );
    merged
}

/// Returns the tags; of several exports that disagree, the latest where times tell.
fn tags(claims: &[Claim], properties: &Map) -> Result<BTreeMap<String, String>, Unknown> {
    let known: Vec<(&BTreeMap<String, String>, &Claim)> = claims
        .iter()
        .filter_map(|claim| claim.contribution.tags.as_ref().map(|tags| (tags, claim)))
        .collect();
    let Some((first, claim)) = known.first() else {
        return Err(match properties.find("tags") {
            Some(Value::Unknown(unknown)) => unknown.clone(),
            Some(_) | None => Unknown::new("no export shows its tags"),
        });
    };
    if let Some((_, other)) = known.iter().find(|(tags, _)| tags != first) {
        let latest = known
            .iter()
            .map(|(_, claim)| claim.contribution.observed)
            .max()
            .flatten();
        let newest: Vec<&BTreeMap<String, String>> = known
            .iter()
            .filter(|(_, claim)| claim.contribution.observed == latest)
            .map(|(tags, _)| *tags)
            .collect();
        let timed = known
            .iter()
            .all(|(_, claim)| claim.contribution.observed.is_some());
        return match newest.split_first() {
            Some((first, rest)) if timed && rest.iter().all(|tags| tags == first) => {
                Ok((*first).clone())
            }
            Some(_) | None => Err(Unknown::new(format!(
                "{} and {} disagree about its tags",
                claim.contribution.place.file, other.contribution.place.file
            ))),
        };
    }
    Ok((*first).clone())
}

fn forms(claims: &[Claim], wanted: fn(&Extent) -> bool) -> Vec<Form> {
    let mut forms: Vec<Form> = claims
        .iter()
        .filter(|claim| wanted(&claim.contribution.extent))
        .map(|claim| claim.contribution.form)
        .collect();
    forms.sort();
    forms.dedup();
    forms
}

fn origins(claims: &[Claim]) -> Vec<Place> {
    let mut origins: Vec<Place> = Vec::new();
    for claim in claims {
        if !origins.contains(&claim.contribution.place) {
            origins.push(claim.contribution.place.clone());
        }
    }
    origins
}

/// Returns the last part of an id, by which people know the resource.
pub(crate) fn short(id: &str) -> &str {
    let tail = id.rsplit(['/', ':']).next().unwrap_or(id);
    if tail.is_empty() { id } else { tail }
}
