//! From the files of an exports folder to an inventory.

mod context;
mod failure;
mod file;
#[cfg(test)]
mod golden;
mod recognise;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cli_output::{CommandReading, ListedWithin, Unnamed};
use super::completeness::{Area, Evidence, Platform, completeness, workloads_completeness};
use super::default_rule::apply_default;
use super::merge::{Claim, Merged, Unplaced, group, merge};
use super::scope::classify;
use super::source_entry::Unique;
use super::sources::Sources;
use super::walk::ExportFile;
use super::workload::workloads;
use super::{
    ANY, Completeness, FileListing, Form, Inventory, Listed, Reading, Resource, ScanFile, State,
};
use crate::config::ScopeRule;
use crate::source::{Unknown, Value};
use context::Context;
use file::FileResult;

/// The group of everything that runs pods.
const WORKLOAD: &str = "kubernetes/workload";

/// Puts the files together.
pub(crate) fn assemble(files: &[ExportFile], sources: &Sources, scopes: &[ScopeRule]) -> Inventory {
    let mut context = Context::new(files, sources);
    // A command that failed may have left no file: the manifest tells of it.
    let failed = context.stated_failures();
    let mut files: Vec<&ExportFile> = files.iter().chain(&failed).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let mut results: Vec<FileResult> = files
        .iter()
        .map(|file| file::read(file, sources, &context))
        .collect();
    // What the content of a folder agrees on is known of its other files too.
    let learnt = context.learn(&results, sources);
    for (result, file) in results.iter_mut().zip(files) {
        // Raw files are scanned once: nothing that is learnt of exports changes them.
        if learnt.contains(&result.root) && file.raw.is_none() {
            *result = file::read(file, sources, &context);
        }
    }
    let Gathered {
        mut listings,
        scans,
        claims,
        unnamed,
        lists,
        within,
        troubles,
        cuts,
        areas,
    } = gather(results, sources);
    let grouped = group(claims, unnamed);
    tell_unplaced(&mut listings, &grouped.unplaced);
    let mut resources: Vec<Resource> = grouped
        .groups
        .into_iter()
        .filter_map(merge)
        .map(|merged| finish(merged, sources, scopes))
        .collect();
    spell_types(&mut resources, sources);
    resources.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
    let mut by_type: BTreeMap<String, Vec<Resource>> = BTreeMap::new();
    for resource in resources {
        by_type
            .entry(resource.meta.resource_type.to_ascii_lowercase())
            .or_default()
            .push(resource);
    }
    let evidence = Evidence {
        sources,
        resources: &by_type,
        lists: &lists,
        within: &within,
        troubles: &troubles,
        areas: &areas,
    };
    let mut types: BTreeSet<String> = by_type.keys().cloned().collect();
    types.extend(
        sources
            .resource_types()
            .into_iter()
            .map(str::to_ascii_lowercase),
    );
    types.extend(
        lists
            .iter()
            .map(|(list, _)| list.resource_type.to_ascii_lowercase()),
    );
    let mut completeness: BTreeMap<String, Completeness> = types
        .into_iter()
        .map(|name| {
            let told = completeness(&evidence, &name);
            (name, told)
        })
        .collect();
    completeness.insert(WORKLOAD.to_owned(), workloads_completeness(&evidence));
    let workloads = workloads(by_type.values().flatten());
    let mut cut = cuts;
    completeness.insert(ANY.to_owned(), any_completeness(&by_type));
    if let Some(reasons) = all_reasons(&cut, sources) {
        cut.insert(ANY.to_owned(), reasons);
    }
    let carrier = by_type
        .iter()
        .filter(|(_, resources)| resources.iter().any(|resource| resource.pod.is_some()))
        .find_map(|(name, _)| cut.get(name).cloned());
    if let Some(reason) = carrier {
        cut.insert(WORKLOAD.to_owned(), reason);
    }

    let resources = shared(by_type);
    let mut groups = shared(BTreeMap::from([(WORKLOAD.to_owned(), workloads)]));
    groups.insert(
        ANY.to_owned(),
        resources.values().flatten().cloned().collect(),
    );
    Inventory {
        files: listings,
        scans: scans.into_iter().map(Arc::new).collect(),
        resources,
        groups,
        completeness,
        cut,
    }
}

/// Returns what is known of all types together: never that they are all.
fn any_completeness(by_type: &BTreeMap<String, Vec<Resource>>) -> Completeness {
    let observed = |resource: &Resource| resource.meta.state == State::Observed;
    if by_type.values().flatten().any(observed) {
        let reason = "exports show what was exported, and not that it is all there is";
        Completeness::Partial(reason.to_owned())
    } else {
        Completeness::Missing("no export shows any resource".to_owned())
    }
}

/// Returns why listings are known not to be whole, type by type.
fn all_reasons(cuts: &BTreeMap<String, String>, sources: &Sources) -> Option<String> {
    let spelt = sources.resource_types();
    let reasons: Vec<String> = cuts
        .iter()
        .map(|(name, reason)| {
            let known = spelt.iter().find(|known| known.eq_ignore_ascii_case(name));
            format!("{}: {reason}", known.map_or(name.as_str(), |known| known))
        })
        .collect();
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

/// Makes resources cheap to hand around: expressions hold on to what they look at.
fn shared(by_type: BTreeMap<String, Vec<Resource>>) -> BTreeMap<String, Vec<Arc<Resource>>> {
    by_type
        .into_iter()
        .map(|(name, resources)| (name, resources.into_iter().map(Arc::new).collect()))
        .collect()
}

/// What all files say, sorted by what is done with it.
#[derive(Default)]
struct Gathered {
    listings: Vec<FileListing>,
    scans: Vec<ScanFile>,
    claims: Vec<Claim>,
    unnamed: Vec<(Unnamed, String, Unique)>,
    lists: Vec<(Listed, String)>,
    within: Vec<(ListedWithin, String)>,
    troubles: BTreeMap<String, Vec<String>>,
    cuts: BTreeMap<String, String>,
    areas: BTreeSet<Area>,
}

fn gather(results: Vec<FileResult>, sources: &Sources) -> Gathered {
    let mut gathered = Gathered::default();
    for result in results {
        gathered.areas.extend(result_areas(&result, sources));
        gathered.scans.extend(result.scan);
        for (resource_type, reason) in result.cuts {
            let name = resource_type.to_ascii_lowercase();
            gathered.cuts.entry(name).or_insert(reason);
        }
        for (resource_type, trouble) in result.troubles {
            gathered
                .troubles
                .entry(resource_type.to_ascii_lowercase())
                .or_default()
                .push(trouble);
        }
        let CommandReading {
            file,
            unnamed,
            within,
        } = result.reading;
        let claims = file.contributions.into_iter().map(|contribution| Claim {
            unique: sources.unique(&contribution.resource_type),
            contribution,
            format: file.format.clone(),
            root: result.root.clone(),
        });
        gathered.claims.extend(claims);
        gathered.unnamed.extend(unnamed.into_iter().map(|part| {
            let unique = sources.unique(&part.contribution.resource_type);
            (part, file.format.clone(), unique)
        }));
        let path = &result.listing.path;
        let told = |list| (list, path.clone());
        gathered.lists.extend(file.lists.into_iter().map(told));
        let told = |list| (list, path.clone());
        gathered.within.extend(within.into_iter().map(told));
        gathered.listings.push(result.listing);
    }
    gathered
}

/// Parts, defaults and other names, then the scope.
fn finish(merged: Merged, sources: &Sources, scopes: &[ScopeRule]) -> Resource {
    let Merged {
        mut resource,
        whole_forms,
        part_forms,
    } = merged;
    if resource.meta.state == State::Observed {
        missing_parts(&mut resource, sources);
    }
    for rename in &sources.renames {
        if rename
            .resource_type
            .eq_ignore_ascii_case(&resource.meta.resource_type)
        {
            rename.apply(&mut resource.properties);
        }
    }
    let all: Vec<Form> = whole_forms.iter().chain(&part_forms).copied().collect();
    for rule in &sources.defaults {
        // Inside a part that is shown, absence means what it means in a whole.
        let forms = if rule.parent.segments().is_empty() {
            &whole_forms
        } else {
            &all
        };
        apply_default(
            rule,
            &resource.meta,
            forms,
            &mut resource.properties,
            &mut resource.pod,
        );
    }
    resource.meta.scope = classify(&resource.meta, scopes);
    resource
}

/// What a separate command shows is unknown until that command's output is there.
fn missing_parts(resource: &mut Resource, sources: &Sources) {
    let resource_type = resource.meta.resource_type.clone();
    for export in sources.exports_of(&resource_type) {
        for property in &export.properties {
            if resource.properties.find(property).is_none() {
                resource.properties.insert(
                    property,
                    Value::unknown(format!(
                        "no export shows {property} of this {resource_type}; run `{}`",
                        export.command
                    )),
                );
            }
        }
    }
    if let Err(reason) = &resource.meta.tags
        && reason.reason() == "no export shows its tags"
        && let Some(command) = sources.export_of_tags(&resource_type)
    {
        resource.meta.tags = Err(Unknown::new(format!(
            "no export shows its tags; run `{command}`"
        )));
    }
}

/// Types are told as `checks/sources` spells them, whatever case an export uses.
fn spell_types(resources: &mut [Resource], sources: &Sources) {
    let spelt: BTreeMap<String, &str> = sources
        .resource_types()
        .into_iter()
        .map(|name| (name.to_ascii_lowercase(), name))
        .collect();
    for resource in resources {
        let lower = resource.meta.resource_type.to_ascii_lowercase();
        if let Some(name) = spelt.get(&lower) {
            (*name).clone_into(&mut resource.meta.resource_type);
        }
    }
}

fn sort_key(resource: &Resource) -> (String, &str, State, &[super::Place]) {
    (
        resource.meta.resource_type.to_ascii_lowercase(),
        &resource.meta.id,
        resource.meta.state,
        &resource.meta.origins,
    )
}

/// Returns where a file's export was made: things of other accounts that it shows, such as
/// snapshots shared by them, say nothing of where to look.
fn result_areas(result: &FileResult, sources: &Sources) -> Vec<Area> {
    let mut areas = Vec::new();
    for contribution in &result.reading.file.contributions {
        let platform = Platform::of(&contribution.resource_type);
        let (Some(platform), State::Observed) = (platform, contribution.state) else {
            continue;
        };
        let Some(account) = &contribution.account else {
            continue;
        };
        let foreign = result
            .own_account
            .as_ref()
            .is_some_and(|own| !own.eq_ignore_ascii_case(account));
        if foreign && platform == Platform::Aws {
            continue;
        }
        let region = match sources.unique(&contribution.resource_type) {
            Unique::Region => contribution.region.clone(),
            Unique::Account | Unique::Globally => None,
        };
        areas.push(Area {
            platform,
            account: account.to_ascii_lowercase(),
            region: region.filter(|_| platform == Platform::Aws),
        });
    }
    areas
}

fn tell_unplaced(listings: &mut [FileListing], unplaced: &[Unplaced]) {
    let mut by_file: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for part in unplaced {
        let reasons = by_file.entry(&part.file).or_default();
        if !reasons.contains(&part.reason.as_str()) {
            reasons.push(&part.reason);
        }
    }
    for listing in listings {
        let Some(reasons) = by_file.get(listing.path.as_str()) else {
            continue;
        };
        let reason = reasons.join("; ");
        listing.reading = match std::mem::replace(&mut listing.reading, Reading::Whole) {
            Reading::Whole => Reading::Partial(reason),
            Reading::Partial(other) => Reading::Partial(format!("{other}; {reason}")),
            other => other,
        };
    }
}
