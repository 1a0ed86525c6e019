//! The files under what is to be scanned, in a stable order: the one place of the scanner that
//! reaches the file system.
//!
//! Only regular files are opened. Links are not followed, pipes, sockets and devices are not
//! opened, and both hold while somebody changes the tree: every step of a path is opened by its
//! name alone, without following, and what was opened is looked at before it is read. What can't
//! be read is told, and the walk goes on.

#[cfg(any(not(unix), test))]
mod plain;
#[cfg(unix)]
mod unix;

use std::collections::{BTreeSet, VecDeque};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Shard;

#[cfg(not(unix))]
use plain as system;
#[cfg(unix)]
use unix as system;

/// How many names of a folder are held. A folder of more is gone through once for each so many.
const HELD: usize = 8192;
/// What stands between the names of a path, on every system.
const SLASH: &str = "/";

/// What is to be scanned: a path, and whether a link may stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The path, as people wrote it and as it is told.
    pub written: PathBuf,
    /// Where it leads.
    pub path: PathBuf,
    /// What a link at the path means.
    pub link: Link,
}

/// What a link means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// What it leads to: somebody typed it.
    Followed,
    /// Itself: it came from a list.
    Told,
}

/// Something on the way, with the path by which it is told.
#[derive(Debug)]
pub struct Entry {
    root: Arc<Root>,
    /// The path below the root; empty for the root itself.
    below: PathBuf,
    /// What it is.
    pub what: What,
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A regular file of so many bytes.
    File(u64),
    /// A folder, whose entries follow.
    Folder,
    /// A link to something that is scanned where it lies.
    LinkInside,
    /// A link to anything else.
    LinkOutside,
    /// A pipe, a socket or a device.
    Special,
    /// Something that can't be looked at, or a folder that can't be read.
    Failed(io::ErrorKind),
}

/// A path that was given.
#[derive(Debug)]
struct Root {
    /// As it was given.
    given: PathBuf,
    /// Where that leads, without links.
    path: PathBuf,
}

/// A walk through everything that was given.
pub struct Walk<'a> {
    given: Box<dyn Iterator<Item = io::Result<Given>> + Send + 'a>,
    shard: Option<Shard>,
    root: Option<Arc<Root>>,
    /// The folders we are in, the outermost first.
    levels: Vec<Level>,
}

impl std::fmt::Debug for Walk<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Walk").finish_non_exhaustive()
    }
}

/// A folder of which some names are held.
struct Level {
    below: PathBuf,
    names: VecDeque<OsString>,
    /// The last name that was held, if the folder may have more.
    after: Option<OsString>,
}

impl<'a> Walk<'a> {
    /// Walks through what is given, in its order, and through each folder in the order of names.
    pub fn new(given: impl Iterator<Item = io::Result<Given>> + Send + 'a) -> Self {
        Self {
            given: Box::new(given),
            shard: None,
            root: None,
            levels: Vec::new(),
        }
    }

    /// Leaves out what other shards have.
    #[must_use]
    pub fn of_shard(self, shard: Option<Shard>) -> Self {
        Self { shard, ..self }
    }

    /// Returns what is next, of all shards.
    fn step(&mut self) -> Option<Entry> {
        loop {
            let Some(level) = self.levels.last_mut() else {
                return Some(match self.given.next()? {
                    Ok(given) => self.begin(given),
                    Err(error) => Entry::of_list(error.kind()),
                });
            };
            let root = Arc::clone(self.root.as_ref()?);
            if let Some(name) = level.names.pop_front() {
                let below = level.below.join(&name);
                return Some(self.enter(root, below, &name));
            }
            let Some(after) = level.after.take() else {
                self.levels.pop();
                continue;
            };
            // A folder that was read before and can't be now has names that were not told.
            if let Err(error) = level.fill(&root, Some(after)) {
                let below = level.below.clone();
                self.levels.pop();
                let what = What::Failed(error.kind());
                return Some(Entry { root, below, what });
            }
        }
    }

    /// Begins with the next path that was given.
    fn begin(&mut self, given: Given) -> Entry {
        let path = match given.link {
            Link::Followed => fs::canonicalize(&given.path),
            Link::Told => Ok(given.path.clone()),
        };
        let (path, failed) = match path {
            Ok(path) => (path, None),
            Err(error) => (given.path, Some(error.kind())),
        };
        let root = Arc::new(Root {
            given: given.written,
            path,
        });
        let what = match (failed, system::look_at(&root.path)) {
            (Some(kind), _) => What::Failed(kind),
            (None, looked) => What::of(looked),
        };
        self.root = Some(Arc::clone(&root));
        let below = PathBuf::new();
        self.descend(Entry { root, below, what })
    }

    fn enter(&mut self, root: Arc<Root>, below: PathBuf, name: &OsStr) -> Entry {
        let folder = below.parent().unwrap_or(Path::new(""));
        let looked = system::Folder::open(&root.path, folder).and_then(|dir| dir.look(name));
        let what = match What::of(looked) {
            What::LinkOutside if leads_inside(&root.path, &below) => What::LinkInside,
            what => what,
        };
        self.descend(Entry { root, below, what })
    }

    /// Goes into the entry if it is a folder.
    fn descend(&mut self, mut entry: Entry) -> Entry {
        if entry.what == What::Folder {
            let mut level = Level {
                below: entry.below.clone(),
                names: VecDeque::new(),
                after: None,
            };
            match level.fill(&entry.root, None) {
                Ok(()) => self.levels.push(level),
                Err(error) => entry.what = What::Failed(error.kind()),
            }
        }
        entry
    }
}

impl Iterator for Walk<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        loop {
            let entry = self.step()?;
            let own = |shard: Shard| shard.has(&entry.within());
            if self.shard.is_none_or(own) {
                return Some(entry);
            }
        }
    }
}

impl Level {
    /// Holds the next names of the folder, in their order.
    fn fill(&mut self, root: &Root, after: Option<OsString>) -> io::Result<()> {
        let mut names = BTreeSet::new();
        let mut more = false;
        system::Folder::open(&root.path, &self.below)?.names(&mut |name| {
            if after.as_ref().is_none_or(|after| name > *after) {
                names.insert(name);
                if names.len() > HELD {
                    names.pop_last();
                    more = true;
                }
            }
        })?;
        self.after = names.last().filter(|_| more).cloned();
        self.names = names.into_iter().collect();
        Ok(())
    }
}

impl What {
    fn of(looked: io::Result<Self>) -> Self {
        looked.unwrap_or_else(|error| Self::Failed(error.kind()))
    }
}

/// Tells whether a link leads to something below the root, which is scanned where it lies. It is
/// not opened for that.
fn leads_inside(root: &Path, below: &Path) -> bool {
    let target = fs::canonicalize(root.join(below));
    target.is_ok_and(|target| target.starts_with(root))
}

impl Entry {
    /// Returns what stands for a list of paths that can't be read.
    fn of_list(kind: io::ErrorKind) -> Self {
        let path = PathBuf::from("(the list of files)");
        Self {
            root: Arc::new(Root {
                given: path.clone(),
                path,
            }),
            below: PathBuf::new(),
            what: What::Failed(kind),
        }
    }

    /// Returns the whole path, as it was given and with forward slashes.
    pub(super) fn path(&self) -> String {
        let given = text(&self.root.given);
        match self.below.as_os_str().is_empty() {
            true => given,
            false => format!("{}/{}", given.trim_end_matches('/'), text(&self.below)),
        }
    }

    /// Returns where in the path the name begins that is this entry's own. Of a path that was
    /// given all names are its own.
    pub(super) fn own(&self) -> usize {
        let name = self.below.file_name().map(|name| name.to_string_lossy());
        name.map_or(0, |name| self.path().len().saturating_sub(name.len()))
    }

    /// Returns by what a shard knows the entry: the same on every machine, wherever a folder that
    /// was given lies there.
    fn within(&self) -> String {
        match self.below.as_os_str().is_empty() {
            true => text(&self.root.given),
            false => text(&self.below),
        }
    }

    /// Returns how many bytes the entry has to be read.
    #[must_use]
    pub fn size(&self) -> u64 {
        match self.what {
            What::File(size) => size,
            What::Folder
            | What::LinkInside
            | What::LinkOutside
            | What::Special
            | What::Failed(_) => 0,
        }
    }

    /// Opens the file for reading, and nothing else that may have come in its place.
    ///
    /// # Errors
    ///
    /// When it can't be opened or is no regular file.
    pub(super) fn open(&self) -> io::Result<Opened> {
        let file = system::open(&self.root.path, &self.below)?;
        let before = file.metadata()?;
        if before.is_file() {
            return Ok(Opened { file, before });
        }
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }
}

/// Returns a path as text, with forward slashes.
fn text(path: &Path) -> String {
    let text = path.to_string_lossy();
    match std::path::MAIN_SEPARATOR_STR {
        SLASH => text.into_owned(),
        other => text.replace(other, SLASH),
    }
}

/// An open file, and how it was when it was opened.
#[derive(Debug)]
pub(super) struct Opened {
    file: File,
    before: Metadata,
}

impl Opened {
    /// Tells whether the file was changed since it was opened, other than by what came to its end.
    pub(super) fn changed(&self) -> io::Result<bool> {
        let now = self.file.metadata()?;
        let moment = |metadata: &Metadata| metadata.modified().ok();
        Ok(match now.len().cmp(&self.before.len()) {
            std::cmp::Ordering::Less => true,
            std::cmp::Ordering::Equal => moment(&now) != moment(&self.before),
            std::cmp::Ordering::Greater => false,
        })
    }
}

impl Read for Opened {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.file.read(into)
    }
}

impl Seek for Opened {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// Opens a regular file that somebody named, such as one message; a link is followed.
///
/// # Errors
///
/// When it can't be opened or is no regular file.
pub fn open_given(path: &Path) -> io::Result<File> {
    let path = fs::canonicalize(path)?;
    let file = system::open(&path, Path::new(""))?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::from(io::ErrorKind::Unsupported)),
    }
}

#[cfg(test)]
mod tests;
