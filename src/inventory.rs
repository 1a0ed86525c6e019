//! Exports and the sources that explain them, as resources and a listing of files.
//!
//! A file becomes *contributions*: what it says of resources. Contributions of one resource are
//! merged; then documented defaults are put where an export shows the whole and says nothing, and
//! what a missing export would show is marked as unknown, with the command that shows it.

mod arn;
mod cli_output;
mod command_error;
mod completeness;
mod contribution;
mod decode;
mod default_rule;
mod file_name;
mod formats;
mod item_path;
mod listing;
mod load;
mod manifest;
mod merge;
mod naming;
mod raw;
mod resource;
mod scan;
mod scope;
mod source_entry;
mod sources;
mod tags;
mod walk;
mod workload;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

pub(crate) use contribution::{Contribution, Extent, FileReading, Listed};
pub use listing::{Completeness, FileListing, Reading};
pub use resource::{Form, Meta, Place, Resource, State};
pub use scan::{BrokenScan, Origin, ScanFile};
pub use sources::{ExportCommand, Sources};

use crate::config::ScopeRule;

/// The group of all resources, whatever their type. What was exported is never known to be all
/// there is, so this group is never complete.
pub(crate) const ANY: &str = "any";

/// Everything the exports show.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// The files, by path.
    pub files: Vec<FileListing>,
    /// The scan reports among them, by path.
    pub scans: Vec<Arc<ScanFile>>,
    resources: BTreeMap<String, Vec<Arc<Resource>>>,
    groups: BTreeMap<String, Vec<Arc<Resource>>>,
    completeness: BTreeMap<String, Completeness>,
    cut: BTreeMap<String, String>,
}

impl Inventory {
    /// Reads every file below `root`. Only a folder that can't be read is an error; what is wrong
    /// with a file stands in its listing.
    pub fn load(root: &Path, sources: &Sources, scopes: &[ScopeRule]) -> io::Result<Self> {
        Ok(load::assemble(&walk::walk(root)?, sources, scopes))
    }

    /// Returns what these files show, each with its path below the exports folder.
    pub(crate) fn of_files(
        files: impl Iterator<Item = (String, Vec<u8>)>,
        sources: &Sources,
        scopes: &[ScopeRule],
    ) -> Self {
        load::assemble(&walk::held(files.collect()), sources, scopes)
    }

    /// Returns the resources of exactly `resource_type` (ASCII case ignored), by id; or those of
    /// a group: `any` is all of them, `kubernetes/workload` whatever carries a pod template and is
    /// not owned by another exported workload.
    #[must_use]
    pub fn resources(&self, resource_type: &str) -> &[Arc<Resource>] {
        let key = resource_type.to_ascii_lowercase();
        self.groups
            .get(&key)
            .or_else(|| self.resources.get(&key))
            .map_or(&[], Vec::as_slice)
    }

    /// Returns the types of which there are resources, as they are spelt.
    #[must_use]
    pub fn resource_types(&self) -> Vec<&str> {
        self.resources
            .values()
            .filter_map(|resources| resources.first())
            .map(|resource| resource.meta.resource_type.as_str())
            .collect()
    }

    /// Returns all resources, by type and id.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Resource>> {
        self.resources.values().flatten()
    }

    /// Returns why an export that lists the type is known not to show all of it: a page of several,
    /// a denied call. What it shows is still judged; that it is all can't be told.
    #[must_use]
    pub fn cut(&self, resource_type: &str) -> Option<&str> {
        self.cut
            .get(&resource_type.to_ascii_lowercase())
            .map(String::as_str)
    }

    /// Tells whether all things of the type were exported (observed state).
    #[must_use]
    pub fn completeness(&self, resource_type: &str) -> Completeness {
        self.completeness
            .get(&resource_type.to_ascii_lowercase())
            .cloned()
            .unwrap_or_else(|| Completeness::Missing("no export shows it".to_owned()))
    }
}
