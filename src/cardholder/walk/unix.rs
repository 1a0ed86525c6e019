//! Folders and files by their descriptors: each name on the way is opened within the folder before
//! it, so that nothing can be put in the way, and a path may be of any length.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat, fstat, openat, statat};

use super::What;

/// No waiting for the other end of a pipe, no following, no terminal taken over.
const CAREFULLY: OFlags = OFlags::RDONLY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY)
    .union(OFlags::CLOEXEC);

/// An open folder.
pub(super) struct Folder(OwnedFd);

impl Folder {
    /// Opens the folder `below` the root.
    pub(super) fn open(root: &Path, below: &Path) -> io::Result<Self> {
        let flags = CAREFULLY.union(OFlags::DIRECTORY);
        let mut folder = openat(CWD, root, flags, Mode::empty())?;
        for name in below {
            folder = openat(&folder, name, flags, Mode::empty())?;
        }
        Ok(Self(folder))
    }

    /// Hands out every name in the folder, in any order.
    pub(super) fn names(&self, each: &mut dyn FnMut(OsString)) -> io::Result<()> {
        for entry in Dir::read_from(&self.0)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                each(OsString::from_vec(name.to_vec()));
            }
        }
        Ok(())
    }

    /// Tells what a name in the folder is of.
    pub(super) fn look(&self, name: &OsStr) -> io::Result<What> {
        Ok(what(&statat(
            &self.0,
            name.as_bytes(),
            AtFlags::SYMLINK_NOFOLLOW,
        )?))
    }
}

/// Tells what stands at a path.
pub(super) fn look_at(path: &Path) -> io::Result<What> {
    Ok(what(&statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW)?))
}

/// Opens what stands `below` the root, if it is a regular file.
pub(super) fn open(root: &Path, below: &Path) -> io::Result<File> {
    let file = match (below.parent(), below.file_name()) {
        (Some(folder), Some(name)) => {
            let folder = Folder::open(root, folder)?;
            // Opening a device may do something; a file that is swapped for one in between is
            // opened and not read.
            regular(folder.look(name)?)?;
            openat(&folder.0, name, CAREFULLY, Mode::empty())?
        }
        _ => {
            regular(look_at(root)?)?;
            openat(CWD, root, CAREFULLY, Mode::empty())?
        }
    };
    regular(what(&fstat(&file)?))?;
    Ok(File::from(file))
}

fn regular(what: What) -> io::Result<()> {
    match what {
        What::File(_) => Ok(()),
        What::Folder | What::LinkInside | What::LinkOutside | What::Special | What::Failed(_) => {
            Err(io::Error::from(io::ErrorKind::Unsupported))
        }
    }
}

fn what(stat: &Stat) -> What {
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => What::File(u64::try_from(stat.st_size).unwrap_or(0)),
        FileType::Directory => What::Folder,
        FileType::Symlink => What::LinkOutside,
        FileType::Fifo
        | FileType::Socket
        | FileType::CharacterDevice
        | FileType::BlockDevice
        | FileType::Unknown => What::Special,
    }
}

#[cfg(test)]
impl Folder {
    /// Makes a folder in this one.
    pub(super) fn make(&self, name: &OsStr) {
        rustix::fs::mkdirat(&self.0, name, Mode::RWXU).expect("a folder");
    }
}
