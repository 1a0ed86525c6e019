//! What is known of files before they are read: manifests, errors, who the caller was.

use std::collections::{BTreeMap, BTreeSet};

use super::file::FileResult;
use crate::inventory::State;
use crate::inventory::decode::decode;
use crate::inventory::file_name::{by_name, is_account, is_region, output_key, parts};
use crate::inventory::manifest::{Manifest, Stated, option_value};
use crate::inventory::naming::FileFacts;
use crate::inventory::source_entry::Unique;
use crate::inventory::sources::Sources;
use crate::inventory::walk::ExportFile;

/// What is known of files apart from their content.
#[derive(Debug, Default)]
pub(crate) struct Context {
    /// The manifests, the deepest folder first.
    manifests: Vec<Manifest>,
    /// Why a manifest can't be read, by its path.
    pub(crate) bad_manifests: BTreeMap<String, String>,
    /// What commands wrote to their standard error, by the output it belongs to.
    errors: BTreeMap<String, (String, String)>,
    /// The outputs that are there, by what an error file is matched with.
    outputs: BTreeMap<String, String>,
    /// The account by the folder that holds an export as a whole.
    accounts: BTreeMap<String, String>,
    /// The region by that folder, where its content agrees on one.
    regions: BTreeMap<String, String>,
    /// The paths of all files.
    paths: BTreeSet<String>,
}

impl Context {
    /// Looks at manifests, error files and the outputs that name the caller.
    pub(crate) fn new(files: &[ExportFile], sources: &Sources) -> Self {
        let mut context = Self::default();
        for file in files {
            context.paths.insert(file.path.clone());
            let Ok(bytes) = &file.bytes else { continue };
            if is_manifest(&file.path) {
                context.read_manifest(&file.path, bytes);
                continue;
            }
            let key = output_key(&file.path);
            if parts(&file.path).is_error {
                let text = String::from_utf8_lossy(bytes).into_owned();
                context.errors.insert(key, (file.path.clone(), text));
            } else {
                context.outputs.insert(key, file.path.clone());
            }
        }
        context
            .manifests
            .sort_by_key(|manifest| std::cmp::Reverse(manifest.folder.len()));
        for file in files {
            context.read_caller(file, sources);
        }
        context
    }

    fn read_manifest(&mut self, path: &str, bytes: &[u8]) {
        let parsed = match std::str::from_utf8(bytes) {
            Ok(text) => Manifest::parse(path, text),
            Err(_) => Err("it is not UTF-8".to_owned()),
        };
        match parsed {
            Ok(manifest) => self.manifests.push(manifest),
            Err(message) => {
                self.bad_manifests.insert(path.to_owned(), message);
            }
        }
    }

    fn read_caller(&mut self, file: &ExportFile, sources: &Sources) {
        let Ok(bytes) = &file.bytes else { return };
        let Some(named) = by_name(sources, &file.path).into_iter().next() else {
            return;
        };
        let Some(property) = &named.source.tells_account else {
            return;
        };
        let account = decode(&file.path, bytes).ok().and_then(|decoded| {
            let document = decoded.documents.first()?;
            document.value.get(property).as_str().map(str::to_owned)
        });
        if let Some(account) = account {
            self.accounts.insert(named.root, account);
        }
    }

    /// Takes over the account and the region on which what is shown below a folder agrees.
    /// Returns the folders about which something was learnt.
    pub(crate) fn learn(&mut self, results: &[FileResult], sources: &Sources) -> BTreeSet<String> {
        let mut accounts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut regions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for result in results {
            for contribution in &result.reading.file.contributions {
                let aws = contribution.resource_type.starts_with("AWS::");
                if !aws || contribution.state == State::Intended {
                    continue;
                }
                if let Some(account) = &contribution.account {
                    accounts.entry(&result.root).or_default().insert(account);
                }
                let unique = sources.unique(&contribution.resource_type);
                if let (Some(region), Unique::Region) = (&contribution.region, unique) {
                    regions.entry(&result.root).or_default().insert(region);
                }
            }
        }
        let mut learnt = BTreeSet::new();
        for (found, known) in [(accounts, &mut self.accounts), (regions, &mut self.regions)] {
            for (root, values) in found {
                let mut values = values.into_iter();
                if let (Some(value), None) = (values.next(), values.next())
                    && !known.contains_key(root)
                {
                    known.insert(root.to_owned(), value.to_owned());
                    learnt.insert(root.to_owned());
                }
            }
        }
        learnt
    }

    /// Returns what a manifest states about the file.
    pub(crate) fn stated(&self, path: &str) -> Option<Stated> {
        self.manifests
            .iter()
            .find_map(|manifest| manifest.stated(path))
    }

    /// Returns the files that manifests state, that are not there, and whose command failed.
    pub(crate) fn stated_failures(&self) -> Vec<ExportFile> {
        self.manifests
            .iter()
            .flat_map(|manifest| &manifest.files)
            .filter(|(path, stated)| !self.paths.contains(*path) && stated.has_failed())
            .map(|(path, _)| ExportFile {
                path: path.clone(),
                bytes: Ok(Vec::new()),
                raw: None,
            })
            .collect()
    }

    /// Returns the files that the manifest at `path` states and that are not there.
    pub(crate) fn not_there(&self, path: &str) -> Vec<String> {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.manifests
            .iter()
            .filter(|manifest| manifest.folder == folder)
            .flat_map(|manifest| &manifest.files)
            .filter(|(path, stated)| !self.paths.contains(*path) && !stated.has_failed())
            .map(|(path, _)| path.clone())
            .collect()
    }

    /// Returns what the command that wrote this output wrote to its standard error.
    pub(crate) fn error_of(&self, path: &str) -> Option<&str> {
        self.errors
            .get(&output_key(path))
            .map(|(_, text)| text.as_str())
    }

    /// Returns the output that an error file belongs to.
    pub(crate) fn output_of(&self, path: &str) -> Option<&str> {
        self.outputs.get(&output_key(path)).map(String::as_str)
    }

    /// Tells whether failed commands left their errors below the folder, so that a missing error
    /// means success.
    pub(crate) fn keeps_errors(&self, root: &str) -> bool {
        self.errors.values().any(|(path, _)| {
            root.is_empty()
                || path
                    .strip_prefix(root)
                    .is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// Returns what is known of a file beside its content.
    pub(crate) fn facts(
        &self,
        path: &str,
        root: &str,
        argument: Option<String>,
        stated: Option<&Stated>,
    ) -> FileFacts {
        let folders = parts(path).folders;
        let of_name = |test: fn(&str) -> bool| {
            folders
                .iter()
                .rev()
                .copied()
                .chain(argument.as_deref())
                .find(|text| test(text))
                .map(str::to_owned)
        };
        let account = stated
            .and_then(|stated| stated.account.clone())
            .or_else(|| of_name(is_account))
            .or_else(|| nearest(&self.accounts, root));
        let region = stated
            .and_then(|stated| stated.region.clone())
            .or_else(|| option_value(&stated?.command, "--region").map(str::to_owned))
            .or_else(|| of_name(is_region))
            .or_else(|| nearest(&self.regions, root));
        FileFacts {
            argument,
            account,
            region,
        }
    }
}

/// Returns the value of the folder or of the nearest above it.
fn nearest(values: &BTreeMap<String, String>, root: &str) -> Option<String> {
    let mut root = root;
    loop {
        if let Some(value) = values.get(root) {
            return Some(value.clone());
        }
        root = match root.rsplit_once('/') {
            Some((above, _)) => above,
            None if root.is_empty() => return None,
            None => "",
        };
    }
}

/// Tells whether the path is a manifest's.
pub(crate) fn is_manifest(path: &str) -> bool {
    path == "manifest.toml" || path.ends_with("/manifest.toml")
}
