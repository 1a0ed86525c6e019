//! What expressions answer from, apart from their subject.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Check;
use super::cel::Environment;
use crate::human::Human;
use crate::inventory::{Inventory, Resource, State};
use crate::source::{Date, Map, TimeZone, Value};

/// Everything an expression may look at beside its subject. Kept whole while checks run.
#[derive(Debug)]
pub struct Data {
    /// The resources.
    pub(crate) inventory: Inventory,
    /// The parameters.
    pub(crate) params: Value,
    /// The lists, by name.
    pub(crate) lists: Value,
    /// The registers, by name, as lists of entries.
    pub(crate) registers: Value,
    /// The date of judgement.
    pub(crate) today: Date,
    /// The zone in which days are counted.
    pub(crate) time_zone: TimeZone,
    pub(super) environment: Environment,
    index: BTreeMap<String, BTreeMap<String, Found>>,
    names: BTreeMap<String, BTreeSet<Arc<str>>>,
}

#[derive(Debug, Clone)]
enum Found {
    One(Arc<Resource>),
    Several,
}

impl Data {
    /// Returns the data of one evaluation of `checks`.
    #[must_use]
    pub fn new(
        inventory: Inventory,
        checks: &[Check],
        params: Map,
        lists: Map,
        human: &Human,
        today: Date,
        time_zone: TimeZone,
    ) -> Arc<Self> {
        let mut index: BTreeMap<String, BTreeMap<String, Found>> = BTreeMap::new();
        let mut types_by_name: BTreeMap<String, BTreeSet<Arc<str>>> = BTreeMap::new();
        for resource in inventory
            .iter()
            .filter(|resource| resource.meta.state == State::Observed)
        {
            let ids = index
                .entry(resource.meta.resource_type.to_ascii_lowercase())
                .or_default();
            let mut names: Vec<String> = std::iter::once(&resource.meta.id)
                .chain(&resource.meta.also)
                .chain(std::iter::once(&resource.meta.name))
                .map(|name| name.to_ascii_lowercase())
                .collect();
            names.sort_unstable();
            names.dedup();
            let resource_type: Arc<str> = resource.meta.resource_type.as_str().into();
            for name in names {
                types_by_name
                    .entry(name.clone())
                    .or_default()
                    .insert(Arc::clone(&resource_type));
                ids.entry(name)
                    .and_modify(|found| *found = Found::Several)
                    .or_insert_with(|| Found::One(Arc::clone(resource)));
            }
        }
        let mut registers: Map = human
            .registers
            .values()
            .map(|register| {
                let entries = register
                    .entries
                    .iter()
                    .map(|entry| entry.value.clone())
                    .collect();
                (&register.name, Value::list(entries))
            })
            .collect();
        for name in checks
            .iter()
            .flat_map(|check| check.entries.needs().registers)
        {
            if registers.own(&name).is_none() {
                registers.insert(&name, Value::unknown(not_kept(&name)));
            }
        }
        Arc::new(Self {
            inventory,
            params: params.into(),
            lists: lists.into(),
            registers: registers.into(),
            today,
            time_zone,
            environment: Environment::new(),
            index,
            names: types_by_name,
        })
    }

    /// Returns what the exports show.
    #[must_use]
    pub fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    /// Returns the observed resources of a type.
    pub(crate) fn observed(&self, resource_type: &str) -> impl Iterator<Item = &Arc<Resource>> {
        self.inventory
            .resources(resource_type)
            .iter()
            .filter(|resource| resource.meta.state == State::Observed)
    }

    /// Returns the types of the observed resources that have that id, other id or name.
    pub(crate) fn types_named(&self, name: &str) -> impl Iterator<Item = &str> {
        self.names
            .get(&name.to_ascii_lowercase())
            .into_iter()
            .flatten()
            .map(|resource_type| &**resource_type)
    }

    /// Returns the one observed resource of a type with that id, other id or name.
    pub(crate) fn lookup(&self, resource_type: &str, id: &str) -> Option<&Arc<Resource>> {
        match self
            .index
            .get(&resource_type.to_ascii_lowercase())?
            .get(&id.to_ascii_lowercase())?
        {
            Found::One(resource) => Some(resource),
            Found::Several => None,
        }
    }
}

/// Returns why nothing is known of a register that has no file.
pub(crate) fn not_kept(name: &str) -> String {
    let file = name.replace('_', "-");
    format!("the register is not kept yet; write evidence/registers/{file}.toml")
}
