//! Which contributions are of the same resource.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::arn::is_global;
use crate::inventory::cli_output::Unnamed;
use crate::inventory::source_entry::{Argument, Unique};
use crate::inventory::{Contribution, State};

/// A contribution and the command or format that wrote it.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    /// The contribution.
    pub(crate) contribution: Contribution,
    /// The command or format.
    pub(crate) format: String,
    /// The folder that holds the export as a whole.
    pub(crate) root: String,
    /// Where ids of the type are unique.
    pub(crate) unique: Unique,
}

/// A part whose resource can't be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unplaced {
    /// The file.
    pub(crate) file: String,
    /// Why, as a fragment of text.
    pub(crate) reason: String,
}

/// Contributions by resource.
#[derive(Debug, Default)]
pub(crate) struct Grouped {
    /// The groups.
    pub(crate) groups: Vec<Vec<Claim>>,
    /// The parts that belong to none.
    pub(crate) unplaced: Vec<Unplaced>,
}

/// Groups contributions by resource, and adds the parts that only a file's name points to.
pub(crate) fn group(claims: Vec<Claim>, unnamed: Vec<(Unnamed, String, Unique)>) -> Grouped {
    let mut groups = join(claims);
    let mut grouped = Grouped::default();
    let index = name_index(&groups);
    let mut own = Vec::new();
    let mut parts: Vec<(usize, Claim)> = Vec::new();
    for (part, format, unique) in unnamed {
        let found = place(&groups, &index, &part);
        let claim = Claim {
            contribution: part.contribution,
            format,
            root: part.root,
            unique,
        };
        match (found.as_slice(), part.argument) {
            (&[at], _) => parts.push((at, claim)),
            ([], Argument::Id) => own.push(claim),
            ([], Argument::Name | Argument::Label) => grouped.unplaced.push(Unplaced {
                reason: format!(
                    "no {} that is exported is named `{}`",
                    claim.contribution.resource_type, claim.contribution.id
                ),
                file: claim.contribution.place.file,
            }),
            (several, _) => grouped.unplaced.push(Unplaced {
                reason: format!(
                    "{} of {} that are exported are named `{}`; state the account, the region \
                     or the command in manifest.toml",
                    several.len(),
                    claim.contribution.resource_type,
                    claim.contribution.id
                ),
                file: claim.contribution.place.file,
            }),
        }
    }
    for (at, claim) in parts {
        if let Some(group) = groups.get_mut(at) {
            let id = group
                .first()
                .map(|first| first.contribution.id.clone())
                .unwrap_or_default();
            let mut claim = claim;
            claim.contribution.id = id;
            group.push(claim);
        }
    }
    groups.extend(join(own));
    grouped.groups = groups;
    grouped
}

/// Where a short id counts: type, state and file of intended things, id.
type Key = (String, State, String, String);

fn key(claim: &Claim, id: &str) -> Key {
    let contribution = &claim.contribution;
    // Two templates may use one name for two things: intended state is merged in a file only.
    let file = match contribution.state {
        State::Observed => String::new(),
        State::Intended => contribution.place.file.clone(),
    };
    (
        contribution.resource_type.to_ascii_lowercase(),
        contribution.state,
        file,
        id.to_ascii_lowercase(),
    )
}

fn join(claims: Vec<Claim>) -> Vec<Vec<Claim>> {
    let mut union = Union::new(claims.len());
    let mut by_key: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (at, claim) in claims.iter().enumerate() {
        let ids = std::iter::once(&claim.contribution.id).chain(&claim.contribution.also);
        for id in ids {
            by_key.entry(key(claim, id)).or_default().push(at);
        }
    }
    for ((_, _, _, id), members) in &by_key {
        for (at, &one) in members.iter().enumerate() {
            for &other in members.iter().skip(at + 1) {
                if is_global(id) || meets(&claims, members, one, other) {
                    union.join(one, other);
                }
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<Claim>> = BTreeMap::new();
    for (at, claim) in claims.into_iter().enumerate() {
        groups.entry(union.find(at)).or_default().push(claim);
    }
    groups.into_values().collect()
}

/// The account, the region and the cluster, as far as they are stated and matter.
type Where = (Option<String>, Option<String>, Option<String>);

/// Tells whether two contributions with one short id are of one resource: the same account and
/// region, as far as the type's ids depend on them; one that does not state them goes with the
/// others only if they agree.
fn meets(claims: &[Claim], members: &[usize], one: usize, other: usize) -> bool {
    let (Some(a), Some(b)) = (claims.get(one), claims.get(other)) else {
        return false;
    };
    let place = |claim: &Claim| -> Where {
        let contribution = &claim.contribution;
        let account = match claim.unique {
            Unique::Globally => None,
            Unique::Region | Unique::Account => contribution.account.clone(),
        };
        let region = match claim.unique {
            Unique::Region => contribution.region.clone(),
            Unique::Globally | Unique::Account => None,
        };
        (account, region, contribution.cluster.clone())
    };
    let (a, b) = (place(a), place(b));
    let fits = |a: &Option<String>, b: &Option<String>| {
        a.is_none()
            || b.is_none()
            || a.as_deref().map(str::to_ascii_lowercase)
                == b.as_deref().map(str::to_ascii_lowercase)
    };
    if !(fits(&a.0, &b.0) && fits(&a.1, &b.1) && fits(&a.2, &b.2)) {
        return false;
    }
    if a == b {
        return true;
    }
    // One of the two leaves something open: it must not join two that differ.
    let distinct = |field: fn(&Where) -> Option<String>| {
        members
            .iter()
            .filter_map(|&at| claims.get(at))
            .filter_map(|claim| field(&place(claim)))
            .collect::<BTreeSet<String>>()
            .len()
            <= 1
    };
    (a.0 == b.0 || distinct(|place| place.0.clone()))
        && (a.1 == b.1 || distinct(|place| place.1.clone()))
        && (a.2 == b.2 || distinct(|place| place.2.clone()))
}

/// Groups by type and by every name a file could use, compared loosely.
type NameIndex = BTreeMap<(String, String), BTreeSet<usize>>;

fn name_index(groups: &[Vec<Claim>]) -> NameIndex {
    let mut index = NameIndex::new();
    for (at, group) in groups.iter().enumerate() {
        for claim in group {
            if claim.contribution.state == State::Intended {
                continue;
            }
            for name in names(&claim.contribution) {
                index
                    .entry((
                        claim.contribution.resource_type.to_ascii_lowercase(),
                        loosely(name),
                    ))
                    .or_default()
                    .insert(at);
            }
        }
    }
    index
}

/// Returns the names by which a file may mean the contribution's resource.
fn names(contribution: &Contribution) -> Vec<&str> {
    let mut names: Vec<&str> = std::iter::once(&contribution.id)
        .chain(&contribution.also)
        .chain(&contribution.name)
        .map(String::as_str)
        .collect();
    let tails: Vec<&str> = names
        .iter()
        .flat_map(|name| {
            name.match_indices(['/', ':'])
                .filter_map(|(at, _)| name.get(at + 1..))
        })
        .collect();
    names.extend(tails);
    names
}

fn loosely(name: &str) -> String {
    name.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '.' {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect::<String>()
        .trim_matches('-')
        .to_owned()
}

/// Returns the groups that the part may belong to, by the best way of naming that finds any.
fn place(groups: &[Vec<Claim>], index: &NameIndex, part: &Unnamed) -> Vec<usize> {
    let contribution = &part.contribution;
    let wanted = &contribution.id;
    let key = (
        contribution.resource_type.to_ascii_lowercase(),
        loosely(wanted),
    );
    let all: Vec<usize> = index
        .get(&key)
        .into_iter()
        .flatten()
        .copied()
        .filter(|&at| {
            groups
                .get(at)
                .is_some_and(|group| group.iter().all(|claim| compatible(claim, contribution)))
        })
        .collect();
    let in_group = |at: &usize, test: &dyn Fn(&Claim) -> bool| {
        groups.get(*at).is_some_and(|group| group.iter().any(test))
    };
    let exact = |claim: &Claim| {
        let named = &claim.contribution;
        std::iter::once(&named.id)
            .chain(&named.also)
            .chain(&named.name)
            .any(|name| name.eq_ignore_ascii_case(wanted))
    };
    let near = |claim: &Claim| claim.root == part.root;
    let tests: [&dyn Fn(&Claim) -> bool; 4] =
        [&|claim| exact(claim) && near(claim), &exact, &near, &|_| {
            true
        }];
    for test in tests {
        let found: Vec<usize> = all
            .iter()
            .copied()
            .filter(|at| in_group(at, test))
            .collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

fn compatible(claim: &Claim, part: &Contribution) -> bool {
    let fits = |a: &Option<String>, b: &Option<String>| a.is_none() || b.is_none() || a == b;
    let account = match claim.unique {
        Unique::Globally => true,
        Unique::Region | Unique::Account => fits(&claim.contribution.account, &part.account),
    };
    let region = match claim.unique {
        Unique::Region => fits(&claim.contribution.region, &part.region),
        Unique::Globally | Unique::Account => true,
    };
    account && region
}

/// Disjoint sets.
struct Union(Vec<usize>);

impl Union {
    fn new(size: usize) -> Self {
        Self((0..size).collect())
    }

    fn find(&mut self, mut at: usize) -> usize {
        while let Some(&parent) = self.0.get(at) {
            if parent == at {
                return at;
            }
            let grand = self.0.get(parent).copied().unwrap_or(parent);
            if let Some(slot) = self.0.get_mut(at) {
                *slot = grand;
            }
            at = grand;
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (a, b) = (self.find(one), self.find(other));
        let (low, high) = (a.min(b), a.max(b));
        if let Some(slot) = self.0.get_mut(high) {
            *slot = low;
        }
    }
}
