//! The files under the exports folder.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;

use super::raw::{self, Raw};
use crate::cardholder::{harmless, without_numbers};

/// One file as it lies there.
#[derive(Debug, Clone)]
pub(crate) struct ExportFile {
    /// The path below the exports folder, with forward slashes.
    pub(crate) path: String,
    /// The bytes, or why they can't be had.
    pub(crate) bytes: Result<Vec<u8>, String>,
    /// The raw files beside it, if it says that there are.
    pub(crate) raw: Option<Raw>,
}

/// Returns every file below `root`, by path. Links are followed only to files inside `root`;
/// others are told as unreadable. Only a root that can't be read is an error.
pub(crate) fn walk(root: &Path) -> io::Result<Vec<ExportFile>> {
    let inside = root.canonicalize()?;
    let mut files = Vec::new();
    folder(root, &inside, "", &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(with_harmless_paths(files))
}

/// Masks card numbers in the paths, by which everything that is said of a file names it. No two
/// become one.
fn with_harmless_paths(mut files: Vec<ExportFile>) -> Vec<ExportFile> {
    let mut taken = BTreeSet::new();
    for file in &mut files {
        file.path = without_numbers(std::mem::take(&mut file.path));
        while !taken.insert(file.path.clone()) {
            file.path.push('*');
        }
    }
    files
}

fn folder(path: &Path, inside: &Path, prefix: &str, files: &mut Vec<ExportFile>) -> io::Result<()> {
    let entries = fs::read_dir(path)?.collect::<io::Result<Vec<fs::DirEntry>>>()?;
    if !prefix.is_empty()
        && let Some(file) = raw_folder(path, prefix, &entries)
    {
        files.push(file);
        return Ok(());
    }
    for entry in entries {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let below = if prefix.is_empty() {
            name.into_owned()
        } else {
            format!("{prefix}/{name}")
        };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            if let Err(error) = folder(&entry.path(), inside, &below, files) {
                files.push(ExportFile {
                    path: below,
                    bytes: Err(format!("the folder can't be read: {error}")),
                    raw: None,
                });
            }
        } else if kind.is_symlink() {
            files.push(ExportFile {
                bytes: linked(&entry.path(), inside),
                path: below,
                raw: None,
            });
        } else if kind.is_file() {
            files.push(ExportFile {
                bytes: fs::read(entry.path()).map_err(|error| error.to_string()),
                path: below,
                raw: None,
            });
        } else {
            files.push(ExportFile {
                path: below,
                bytes: Err("it is neither a file nor a folder".to_owned()),
                raw: None,
            });
        }
    }
    Ok(())
}

/// Returns the file that makes the folder one of raw files, if it has one. The raw files are not
/// read here, whatever their size.
fn raw_folder(path: &Path, prefix: &str, entries: &[fs::DirEntry]) -> Option<ExportFile> {
    let is_raw = |entry: &&fs::DirEntry| entry.file_name() == raw::NAME;
    let stated = entries.iter().find(is_raw)?;
    if !stated.file_type().is_ok_and(|kind| kind.is_file()) {
        return None;
    }
    let mut names: Vec<OsString> = entries
        .iter()
        .filter(|entry| !is_raw(entry))
        .map(fs::DirEntry::file_name)
        .collect();
    names.sort_unstable();
    Some(ExportFile {
        path: told(&format!("{prefix}/{}", raw::NAME)),
        bytes: fs::read(stated.path()).map_err(|error| error.to_string()),
        raw: Some(Raw::Folder(path.to_owned(), names)),
    })
}

/// Returns the path as it is told: what is raw may be named after what it holds.
fn told(path: &str) -> String {
    harmless(path)
}

/// Returns files that are in memory as the walk would have them.
pub(crate) fn held(mut files: Vec<(String, Vec<u8>)>) -> Vec<ExportFile> {
    files.sort();
    // Of folders one inside the other, the outermost takes everything below it.
    let mut folders: Vec<String> = files
        .iter()
        .filter_map(|(path, _)| path.strip_suffix(raw::NAME))
        .filter(|folder| folder.ends_with('/'))
        .map(str::to_owned)
        .collect();
    folders.sort_by_key(String::len);
    let mut held = Vec::new();
    for folder in folders {
        let (below, others): (Vec<_>, Vec<_>) = files
            .into_iter()
            .partition(|(path, _)| path.starts_with(&folder));
        files = others;
        let mut raw_files = Vec::new();
        let mut stated = None;
        for (path, bytes) in below {
            match path.strip_prefix(&folder) {
                Some(raw::NAME) => stated = Some((path, bytes)),
                Some(rest) => raw_files.push((rest.to_owned(), bytes)),
                None => {}
            }
        }
        held.extend(stated.map(|(path, bytes)| ExportFile {
            path: told(&path),
            bytes: Ok(bytes),
            raw: Some(Raw::Held(raw_files)),
        }));
    }
    held.extend(files.into_iter().map(|(path, bytes)| ExportFile {
        path,
        bytes: Ok(bytes),
        raw: None,
    }));
    with_harmless_paths(held)
}

fn linked(path: &Path, inside: &Path) -> Result<Vec<u8>, String> {
    let target = path.canonicalize().map_err(|error| error.to_string())?;
    if !target.starts_with(inside) {
        return Err("it is a link out of the exports folder, which is not followed".to_owned());
    }
    if !target.is_file() {
        return Err("it is a link to a folder, which is not followed".to_owned());
    }
    fs::read(target).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_paths_are_masked_and_no_two_files_become_one() {
        let paths = [
            "scans/0-4111111111111111.json",
            "scans/0-4012111111111111.json",
            "scans/111122223333/20261122T101500.json",
        ];
        let files = held(paths.map(|path| (path.to_owned(), Vec::new())).to_vec());
        let told: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let masked = "scans/0-************1111.json";
        assert_eq!(told, [masked, &format!("{masked}*"), paths[2]]);
    }

    #[test]
    fn every_file_is_told_and_links_out_are_not_followed() {
        let place = tempfile::tempdir().expect("a folder");
        let root = place.path().join("exports");
        fs::create_dir_all(root.join("b/c")).expect("folders");
        fs::write(place.path().join("secret"), "x").expect("a file");
        fs::write(root.join("b/c/one.json"), "{}").expect("a file");
        fs::write(root.join("a.json"), "{}").expect("a file");
        #[cfg(unix)]
        std::os::unix::fs::symlink(place.path().join("secret"), root.join("b/link"))
            .expect("a link");
        let files = walk(&root).expect("the root is readable");
        let told: Vec<(&str, bool)> = files
            .iter()
            .map(|file| (file.path.as_str(), file.bytes.is_ok()))
            .collect();
        #[cfg(unix)]
        assert_eq!(
            told,
            [("a.json", true), ("b/c/one.json", true), ("b/link", false)]
        );
        assert!(walk(&root.join("absent")).is_err());
    }
}
