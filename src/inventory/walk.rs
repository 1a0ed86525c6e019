//! The files under the exports folder.

use std::fs;
use std::io;
use std::path::Path;

/// One file as it lies there.
#[derive(Debug, Clone)]
pub(crate) struct ExportFile {
    /// The path below the exports folder, with forward slashes.
    pub(crate) path: String,
    /// The bytes, or why they can't be had.
    pub(crate) bytes: Result<Vec<u8>, String>,
}

/// Returns every file below `root`, by path. Links are followed only to files inside `root`;
/// others are told as unreadable. Only a root that can't be read is an error.
pub(crate) fn walk(root: &Path) -> io::Result<Vec<ExportFile>> {
    let inside = root.canonicalize()?;
    let mut files = Vec::new();
    folder(root, &inside, "", &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn folder(path: &Path, inside: &Path, prefix: &str, files: &mut Vec<ExportFile>) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
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
                });
            }
        } else if kind.is_symlink() {
            files.push(ExportFile {
                bytes: linked(&entry.path(), inside),
                path: below,
            });
        } else if kind.is_file() {
            files.push(ExportFile {
                bytes: fs::read(entry.path()).map_err(|error| error.to_string()),
                path: below,
            });
        } else {
            files.push(ExportFile {
                path: below,
                bytes: Err("it is neither a file nor a folder".to_owned()),
            });
        }
    }
    Ok(())
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
