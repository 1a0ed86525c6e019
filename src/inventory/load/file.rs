//! Reading one file and listing what it gave.

use std::collections::BTreeMap;

use super::context::{Context, is_manifest};
use super::recognise::{Outcome, Task};
use crate::cardholder::ScanReport;
use crate::inventory::cli_output::CommandReading;
use crate::inventory::raw;
use crate::inventory::source_entry::{Items, Lists, Source};
use crate::inventory::sources::Sources;
use crate::inventory::walk::ExportFile;
use crate::inventory::{Contribution, FileListing, Reading, ScanFile};
use crate::source::sha256;

/// What a file came to.
#[derive(Debug)]
pub(crate) struct FileResult {
    /// For people.
    pub(crate) listing: FileListing,
    /// The scan report that it is.
    pub(crate) scan: Option<ScanFile>,
    /// For the inventory.
    pub(crate) reading: CommandReading,
    /// The folder that holds the export as a whole.
    pub(crate) root: String,
    /// The account that the export was made in, where it is known beside the content.
    pub(crate) own_account: Option<String>,
    /// The types that would be known better if the file had been whole, and why they are not.
    pub(crate) troubles: Vec<(String, String)>,
    /// The types of which it would have listed all, or of which it showed a page, and why not.
    pub(crate) cuts: Vec<(String, String)>,
}

/// Reads a file.
pub(crate) fn read(file: &ExportFile, sources: &Sources, context: &Context) -> FileResult {
    let task = Task {
        file,
        sources,
        context,
        stated: context.stated(&file.path),
    };
    let digest = file
        .bytes
        .as_ref()
        .map(|bytes| sha256(bytes))
        .unwrap_or_default();
    let stated = task
        .stated
        .as_ref()
        .and_then(|stated| stated.digest.as_ref());
    let changed = stated.is_some_and(|wanted| *wanted != digest);
    if let (Ok(bytes), Some(raw)) = (&file.bytes, &file.raw) {
        let mut scan = raw::scan(&file.path, bytes, raw);
        if changed {
            scan.refuse(CHANGED);
        }
        // What was found belongs to it; the raw files themselves are not hashed.
        let found = scan.report.as_ref().map(ScanReport::to_json);
        let digest = sha256(&[bytes, found.unwrap_or_default().as_bytes()].concat());
        return scanned(&task, digest, scan);
    }
    if let Ok(bytes) = &file.bytes
        && let Some(mut scan) = ScanFile::recognise(&file.path, bytes)
    {
        if changed {
            scan.refuse(CHANGED);
        }
        return scanned(&task, digest, scan);
    }
    let outcome = match &file.bytes {
        Err(reason) => task.unusable(Reading::Unreadable(reason.clone())),
        Ok(_) if is_manifest(&file.path) => task.manifest(),
        Ok(_) if changed => task.unusable(Reading::Unreadable(CHANGED.to_owned())),
        Ok(bytes) => task.recognise(bytes),
    };
    list(&task, digest, outcome)
}

/// Why a file that a manifest tells another digest of is not used.
const CHANGED: &str = "its SHA-256 is not the one that manifest.toml states: it was changed after \
                       it was exported, or the manifest is of another export";

/// Lists a scan report. It shows no resource.
fn scanned(task: &Task<'_>, digest: String, scan: ScanFile) -> FileResult {
    let outcome = task.plain(&scan.title(), scan.reading());
    let mut result = list(task, digest, outcome);
    let member = scan.member();
    result.listing.account = member.and_then(|member| member.account.clone());
    result.listing.region = member.and_then(|member| member.region.clone());
    if let Ok(report) = &scan.report {
        result.listing.observed = Some(report.ended);
    }
    result.scan = Some(scan);
    result
}

fn list(task: &Task<'_>, digest: String, outcome: Outcome<'_>) -> FileResult {
    let Outcome {
        reading,
        root,
        source,
    } = outcome;
    let contributions = || {
        reading
            .file
            .contributions
            .iter()
            .chain(reading.unnamed.iter().map(|part| &part.contribution))
    };
    let mut resources: BTreeMap<String, usize> = BTreeMap::new();
    for contribution in contributions() {
        *resources
            .entry(contribution.resource_type.clone())
            .or_default() += 1;
    }
    let agreed = |field: fn(&Contribution) -> &Option<String>| {
        let mut found = contributions().map(|contribution| field(contribution).as_deref());
        let first = found.next().flatten()?;
        found
            .all(|other| other == Some(first))
            .then(|| first.to_owned())
    };
    let facts = task
        .context
        .facts(&task.file.path, &root, None, task.stated.as_ref());
    // A folder's account is AWS's: what lies beside AWS exports need not be of that account.
    let of_aws = resources.is_empty() || resources.keys().any(|name| name.starts_with("AWS::"));
    let stated = task.stated.as_ref();
    let account = stated
        .and_then(|stated| stated.account.clone())
        .or_else(|| facts.account.clone().filter(|_| of_aws));
    let region = facts.region.clone().filter(|_| of_aws || stated.is_some());
    let nothing_shown = matches!(
        reading.file.reading,
        Reading::NotUsed(_) | Reading::NotRecognised(_) | Reading::Unreadable(_)
    );
    let own_account = facts.account.clone();
    let known =
        |own: Option<String>, fact: Option<String>| own.or_else(|| fact.filter(|_| !nothing_shown));
    let bytes = task.file.bytes.as_ref().map_or(0, Vec::len);
    let listing = FileListing {
        path: task.file.path.clone(),
        bytes: u64::try_from(bytes).unwrap_or(u64::MAX),
        digest,
        format: reading.file.format.clone(),
        reading: reading.file.reading.clone(),
        account: known(agreed(|contribution| &contribution.account), account),
        region: known(agreed(|contribution| &contribution.region), region),
        observed: contributions()
            .filter_map(|contribution| contribution.observed)
            .max()
            .or_else(|| task.stated.as_ref().and_then(|stated| stated.observed)),
        resources,
    };
    FileResult {
        cuts: cuts(&listing, source),
        troubles: troubles(&listing, source),
        listing,
        scan: None,
        reading,
        root,
        own_account,
    }
}

/// Returns the types of which a file that is not whole was to list all.
fn cuts(listing: &FileListing, source: Option<&Source>) -> Vec<(String, String)> {
    let listed: Vec<&str> = source
        .map(Source::items)
        .unwrap_or_default()
        .iter()
        .filter(|items| items.lists != Lists::Nothing)
        .filter_map(Items::fixed_type)
        .collect();
    let names_itself = source.is_none_or(|source| source.items().is_empty());
    troubles(listing, source)
        .into_iter()
        .filter(|(name, _)| names_itself || listed.contains(&name.as_str()))
        .collect()
}

/// Returns what a file that is not whole leaves in doubt.
fn troubles(listing: &FileListing, source: Option<&Source>) -> Vec<(String, String)> {
    let (path, format) = (&listing.path, &listing.format);
    let word = match &listing.reading {
        Reading::Whole
        | Reading::NotConfigured(_)
        | Reading::NotRecognised(_)
        | Reading::NotUsed(_) => return Vec::new(),
        Reading::Partial(reason) => format!("{path} is not whole: {reason}"),
        Reading::Denied(reason) => format!("`{format}` was denied ({reason}), see {path}"),
        Reading::Failed(reason) => format!("`{format}` failed ({reason}), see {path}"),
        Reading::Unreadable(reason) => format!("{path} can't be used: {reason}"),
    };
    let Some(source) = source.filter(|source| !source.items().is_empty()) else {
        // Content that names itself is in doubt for what it showed some of.
        return listing
            .resources
            .keys()
            .map(|name| (name.clone(), word.clone()))
            .collect();
    };
    let parts: Vec<&str> = source
        .items()
        .iter()
        .filter(|items| !items.part().is_empty())
        .filter_map(Items::fixed_type)
        .collect();
    source
        .types()
        .into_iter()
        .filter(|name| !parts.contains(name))
        .map(|name| (name.to_owned(), word.clone()))
        .collect()
}
