//! Writing what people keep: held against the whole workbook first, then written at once.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::tree::Tree;
use super::{LoadError, Workbook};
use crate::cardholder::card_numbers;
use crate::source::SourceFile;

/// Why something was not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeepError {
    /// With it, the workbook has mistakes.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// It holds what evidence never holds.
    #[error(
        "{path}:{line} would hold a card number; evidence says where account data is, never what it is"
    )]
    CardNumber {
        /// The file.
        path: String,
        /// The line.
        line: usize,
    },
    /// A file can't be read, locked or written.
    #[error("{} can't be written: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

/// The right to write what people keep of one workbook; others wait until it is dropped.
#[derive(Debug)]
pub(crate) struct Keeping {
    root: PathBuf,
    _lock: File,
}

impl Keeping {
    /// Waits for the right to write.
    pub(crate) fn begin(root: &Path) -> Result<Self, KeepError> {
        let path = root.join("workbook.toml");
        let locked = File::open(&path).and_then(|file| {
            file.lock()?;
            Ok(file)
        });
        match locked {
            Ok(lock) => Ok(Self {
                root: root.to_owned(),
                _lock: lock,
            }),
            Err(source) => Err(KeepError::Io { path, source }),
        }
    }

    /// Returns the text of a file below the workbook; empty if there is none.
    pub(crate) fn text(&self, path: &str) -> Result<String, KeepError> {
        let path = self.root.join(path);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            Err(source) => Err(KeepError::Io { path, source }),
        }
    }

    /// Returns the path of a file that is not there yet: `folder/stem.toml`, or with a number.
    pub(crate) fn unused(&self, folder: &str, stem: &str) -> String {
        let taken = |path: &String| self.root.join(path).symlink_metadata().is_ok();
        let mut path = format!("{folder}/{stem}.toml");
        let mut number = 2_u32;
        while taken(&path) {
            path = format!("{folder}/{stem}-{number}.toml");
            number += 1;
        }
        path
    }

    /// Returns the workbook as it will be with the file, or what is wrong with it then.
    pub(crate) fn with(&self, path: &str, text: &str) -> Result<Workbook, KeepError> {
        if let Some(number) = card_numbers(text.as_bytes()).first() {
            let file = SourceFile::new(path, text);
            return Err(KeepError::CardNumber {
                path: path.to_owned(),
                line: file.line(number.start),
            });
        }
        let tree = Tree::With {
            root: self.root.clone(),
            path: path.to_owned(),
            text: text.to_owned(),
        };
        Ok(Workbook::of_tree(&self.root, &tree)?)
    }

    /// Writes the file whole or not at all, with the folders it stands in.
    pub(crate) fn write(&self, path: &str, text: &str) -> Result<(), KeepError> {
        let target = self.root.join(path);
        let written = (|| {
            if let Some(folder) = target.parent() {
                fs::create_dir_all(folder)?;
            }
            let name = target.file_name().unwrap_or_default().to_string_lossy();
            // Readers leave out what begins with a dot.
            let beside = target.with_file_name(format!(".{name}.part"));
            let mut file = File::create(&beside)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&beside, &target).inspect_err(|_| {
                let _ = fs::remove_file(&beside);
            })
        })();
        written.map_err(|source| KeepError::Io {
            path: target,
            source,
        })
    }
}
