//! The scan reports there are, and which of them are about a member.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Names;
use crate::assess::Facts;
use crate::cardholder::Member;
use crate::inventory::{Resource, ScanFile};

/// Every report, by what it is about.
#[derive(Debug, Default)]
pub(in crate::assess) struct Scans {
    by_member: BTreeMap<(String, String), Vec<Arc<ScanFile>>>,
    about_nobody: Vec<Arc<ScanFile>>,
}

impl Scans {
    /// Sorts the reports; the order in which they came leaves no trace.
    pub(in crate::assess) fn new(mut files: Vec<Arc<ScanFile>>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        let mut scans = Self::default();
        for file in files {
            match file.member() {
                Some(member) => scans
                    .by_member
                    .entry(key(&member.member_type, &member.id))
                    .or_default()
                    .push(file),
                None => scans.about_nobody.push(file),
            }
        }
        scans
    }

    /// Returns the broken reports that do not say whom they are about.
    pub(super) fn about_nobody(&self) -> &[Arc<ScanFile>] {
        &self.about_nobody
    }

    /// Returns the reports about a member, by path.
    pub(super) fn about(&self, names: &Names, facts: &Facts<'_>) -> Vec<Arc<ScanFile>> {
        let named = |member_type: &str, id: &str| {
            self.by_member
                .get(&key(member_type, id))
                .map_or(&[][..], Vec::as_slice)
        };
        let mut found: Vec<Arc<ScanFile>> = match names {
            Names::Given(member_type, id) => named(member_type, id).to_vec(),
            Names::Own(resource) => names_of(resource)
                .flat_map(|name| named(&resource.meta.resource_type, name))
                .filter(|file| {
                    file.member()
                        .is_some_and(|member| means(member, resource, facts))
                })
                .cloned()
                .collect(),
        };
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found.dedup_by(|a, b| a.path == b.path);
        found
    }
}

fn key(member_type: &str, id: &str) -> (String, String) {
    (member_type.to_ascii_lowercase(), id.to_ascii_lowercase())
}

fn names_of(resource: &Resource) -> impl Iterator<Item = &str> {
    std::iter::once(&resource.meta.id)
        .chain(&resource.meta.also)
        .chain(std::iter::once(&resource.meta.name))
        .map(String::as_str)
}

/// Tells whether a report that says one of the resource's names means it and no other.
fn means(member: &Member, resource: &Arc<Resource>, facts: &Facts<'_>) -> bool {
    let agrees = |other: &Resource| {
        let same = |stated: &Option<String>, own: &Option<String>| match (stated, own) {
            (Some(stated), Some(own)) => stated.eq_ignore_ascii_case(own),
            (None, _) | (_, None) => true,
        };
        same(&member.account, &other.meta.account) && same(&member.region, &other.meta.region)
    };
    if !agrees(resource) {
        return false;
    }
    let resource_type = &resource.meta.resource_type;
    if facts.data.lookup(resource_type, &member.id).is_some() {
        return true;
    }
    // Several have the name: account and region must leave this one alone.
    facts
        .data
        .observed(resource_type)
        .filter(|other| {
            agrees(other) && names_of(other).any(|name| name.eq_ignore_ascii_case(&member.id))
        })
        .count()
        == 1
}
