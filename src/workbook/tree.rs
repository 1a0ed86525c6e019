//! The files of a workbook or an example: on disk, or held in memory while they are changed.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::source::{Code, Diagnostic, Diagnostics, SourceFile, Span};

/// Files by their path below a root, with forward slashes.
#[derive(Debug, Clone)]
pub(crate) enum Tree {
    /// Those of a folder.
    Disk(PathBuf),
    /// Those held here.
    Memory(BTreeMap<String, Vec<u8>>),
    /// Those of a folder, with one in another text or one more.
    With {
        /// The folder.
        root: PathBuf,
        /// The path of the one.
        path: String,
        /// Its text.
        text: String,
    },
}

impl Tree {
    /// Returns the files below `root`, read when asked for.
    pub(crate) fn on_disk(root: &Path) -> Self {
        Self::Disk(root.to_owned())
    }

    /// Reads every file below `root` now.
    pub(crate) fn read(root: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        let mut folders = vec![(root.to_owned(), String::new())];
        while let Some((folder, prefix)) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
                if entry.file_type()?.is_dir() {
                    folders.push((entry.path(), format!("{path}/")));
                } else {
                    files.insert(path, fs::read(entry.path())?);
                }
            }
        }
        Ok(Self::Memory(files))
    }

    /// Tells whether there is such a file.
    pub(crate) fn has(&self, path: &str) -> bool {
        match self {
            Self::Disk(root) => root.join(path).is_file(),
            Self::With {
                root, path: held, ..
            } => path == held || root.join(path).is_file(),
            Self::Memory(files) => files.contains_key(path),
        }
    }

    /// Returns the file at `path`, or what keeps it from being read.
    pub(crate) fn text(&self, path: &str) -> Result<Arc<SourceFile>, Box<Diagnostic>> {
        let wrong = |code, message: &str| {
            Diagnostic::new(code, &SourceFile::new(path, ""), Span::default(), message)
        };
        let bytes = self.bytes(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => wrong(Code::MissingFile, "the file is missing")
                .help(format!("a workbook has `{path}`; is this its folder?")),
            _ => wrong(
                Code::UnreadableFile,
                &format!("the file can't be read: {error}"),
            ),
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let message = format!("the file is not UTF-8 at byte {at}");
            wrong(Code::UnreadableFile, &message).help("save it as UTF-8")
        })?;
        Ok(SourceFile::new(path, text))
    }

    fn bytes(&self, path: &str) -> io::Result<Vec<u8>> {
        match self {
            Self::With {
                path: held, text, ..
            } if path == held => Ok(text.clone().into_bytes()),
            Self::Disk(root) | Self::With { root, .. } => fs::read(root.join(path)),
            Self::Memory(files) => files
                .get(path)
                .cloned()
                .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound)),
        }
    }

    /// Returns every file in `folder` whose name ends in `.extension`, in order.
    pub(crate) fn texts(
        &self,
        folder: &str,
        extension: &str,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Arc<SourceFile>> {
        self.files(folder, extension, diagnostics)
            .iter()
            .filter_map(|path| take(self.text(path), diagnostics))
            .collect()
    }

    /// Returns the paths, in order, of all files in `folder` and the folders in it whose names end
    /// in `.extension`. Hidden ones and links to folders are left out; a folder that is not there
    /// has no files.
    pub(crate) fn files(
        &self,
        folder: &str,
        extension: &str,
        diagnostics: &mut Diagnostics,
    ) -> Vec<String> {
        let root = match self {
            Self::Disk(root) | Self::With { root, .. } => root,
            Self::Memory(files) => {
                let below = format!("{folder}/");
                return files
                    .keys()
                    .filter(|path| path.starts_with(&below) && ends(path, extension))
                    .cloned()
                    .collect();
            }
        };
        let mut found = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            let entries = match fs::read_dir(root.join(&folder)) {
                Ok(entries) => entries,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => {
                    diagnostics.push(unreadable(&folder, &error));
                    continue;
                }
            };
            for entry in entries {
                let (entry, kind) = match entry.and_then(|entry| {
                    let kind = entry.file_type()?;
                    Ok((entry, kind))
                }) {
                    Ok(entry) => entry,
                    Err(error) => {
                        diagnostics.push(unreadable(&folder, &error));
                        continue;
                    }
                };
                let name = entry.file_name();
                let name = name.to_string_lossy();
                if name.starts_with('.') {
                    continue;
                }
                let path = format!("{folder}/{name}");
                if kind.is_dir() {
                    folders.push(path);
                } else if ends(&path, extension) {
                    found.push(path);
                }
            }
        }
        if let Self::With { path, .. } = self
            && path.starts_with(&format!("{folder}/"))
            && ends(path, extension)
            && !found.contains(path)
        {
            found.push(path.clone());
        }
        found.sort();
        found
    }
}

fn ends(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|e| e == extension)
}

/// Returns the file, or keeps the diagnostic.
pub(crate) fn take(
    file: Result<Arc<SourceFile>, Box<Diagnostic>>,
    diagnostics: &mut Diagnostics,
) -> Option<Arc<SourceFile>> {
    file.map_err(|diagnostic| diagnostics.push(*diagnostic))
        .ok()
}

fn unreadable(folder: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::new(
        Code::UnreadableFile,
        &SourceFile::new(folder, ""),
        Span::default(),
        format!("the folder can't be read: {error}"),
    )
}
