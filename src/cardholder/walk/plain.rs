//! Folders and files by their paths, where a system has no descriptors of folders. Every step of a
//! path is looked at before and what was opened after, which leaves little time to put anything in
//! the way.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, FileType};
use std::io;
use std::path::{Path, PathBuf};

use super::What;

/// A folder.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Takes the folder `below` the root, if no link leads there.
    pub(super) fn open(root: &Path, below: &Path) -> io::Result<Self> {
        let mut path = root.to_owned();
        is_folder(&path)?;
        for name in below {
            path.push(name);
            is_folder(&path)?;
        }
        Ok(Self(path))
    }

    /// Hands out every name in the folder, in any order.
    pub(super) fn names(&self, each: &mut dyn FnMut(OsString)) -> io::Result<()> {
        for entry in fs::read_dir(&self.0)? {
            each(entry?.file_name());
        }
        Ok(())
    }

    /// Tells what a name in the folder is of.
    pub(super) fn look(&self, name: &OsStr) -> io::Result<What> {
        look_at(&self.0.join(name))
    }
}

fn is_folder(path: &Path) -> io::Result<()> {
    match look_at(path)? {
        What::Folder => Ok(()),
        What::File(_) | What::LinkInside | What::LinkOutside | What::Special | What::Failed(_) => {
            Err(io::Error::from(io::ErrorKind::NotADirectory))
        }
    }
}

/// Tells what stands at a path.
pub(super) fn look_at(path: &Path) -> io::Result<What> {
    let metadata = fs::symlink_metadata(path)?;
    Ok(what(metadata.file_type(), metadata.len()))
}

/// Opens what stands `below` the root, if it is a regular file.
pub(super) fn open(root: &Path, below: &Path) -> io::Result<File> {
    let path = match (below.parent(), below.file_name()) {
        (Some(folder), Some(name)) => Folder::open(root, folder)?.0.join(name),
        _ => root.to_owned(),
    };
    let unsupported = || io::Error::from(io::ErrorKind::Unsupported);
    if !fs::symlink_metadata(&path)?.is_file() {
        return Err(unsupported());
    }
    let file = File::open(&path)?;
    match fs::symlink_metadata(&path)?.is_file() && file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(unsupported()),
    }
}

fn what(file_type: FileType, size: u64) -> What {
    if file_type.is_file() {
        What::File(size)
    } else if file_type.is_dir() {
        What::Folder
    } else if file_type.is_symlink() {
        What::LinkOutside
    } else {
        What::Special
    }
}
