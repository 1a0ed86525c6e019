//! What a command line and lists give to scan.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::cardholder::{Given, Link, harmless};
use crate::cli::common::Failure;

/// The longest path that a list may have, in bytes.
const LONGEST: usize = 64 * 1024;

/// Returns the paths that were typed.
pub(super) fn named<'a>(
    paths: impl Iterator<Item = &'a PathBuf> + Send,
    folder: &Path,
) -> impl Iterator<Item = io::Result<Given>> + Send {
    paths.map(|path| {
        Ok(Given {
            written: path.clone(),
            path: folder.join(path),
            link: Link::Followed,
        })
    })
}

/// Opens a list of paths.
pub(super) fn open<'a>(path: &Path) -> Result<Box<dyn Read + Send + 'a>, Failure> {
    let file = File::open(path).map_err(|error| {
        let path = harmless(&path.to_string_lossy());
        Failure::Text(format!("{path} can't be read: {}", error.kind()))
    })?;
    Ok(Box::new(file))
}

/// Returns the paths of a list, as they are read.
pub(super) fn listed<'a>(
    list: Box<dyn Read + Send + 'a>,
    null: bool,
    folder: &'a Path,
) -> impl Iterator<Item = io::Result<Given>> + Send + 'a {
    List {
        list: BufReader::new(list),
        end: if null { 0 } else { b'\n' },
        folder,
        failed: false,
    }
}

struct List<'a> {
    list: BufReader<Box<dyn Read + Send + 'a>>,
    end: u8,
    folder: &'a Path,
    failed: bool,
}

impl List<'_> {
    fn read(&mut self) -> io::Result<Option<PathBuf>> {
        loop {
            let mut path = Vec::new();
            let most = LONGEST as u64 + 1;
            let count = (&mut self.list)
                .take(most)
                .read_until(self.end, &mut path)?;
            if count == 0 {
                return Ok(None);
            }
            if path.last() == Some(&self.end) {
                path.pop();
            }
            if self.end == b'\n' && path.last() == Some(&b'\r') {
                path.pop();
            }
            if path.len() > LONGEST {
                return Err(io::Error::from(io::ErrorKind::InvalidFilename));
            }
            if !path.is_empty() {
                return Ok(Some(PathBuf::from(os_string(path)?)));
            }
        }
    }
}

impl Iterator for List<'_> {
    type Item = io::Result<Given>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let path = self.read();
        self.failed = path.is_err();
        let given = |path: PathBuf| Given {
            path: self.folder.join(&path),
            written: path,
            link: Link::Told,
        };
        path.map(|path| path.map(given)).transpose()
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere a path may be no name")]
fn os_string(path: Vec<u8>) -> io::Result<OsString> {
    use std::os::unix::ffi::OsStringExt as _;
    Ok(OsString::from_vec(path))
}

#[cfg(not(unix))]
fn os_string(path: Vec<u8>) -> io::Result<OsString> {
    String::from_utf8(path)
        .map(OsString::from)
        .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(list: &[u8], null: bool) -> Vec<Option<PathBuf>> {
        let list: Vec<u8> = list.to_vec();
        listed(Box::new(io::Cursor::new(list)), null, Path::new(""))
            .map(|given| given.ok().map(|given| given.written))
            .collect()
    }

    #[test]
    fn a_list_has_a_path_a_line_or_one_before_each_zero() {
        let two = [Some(PathBuf::from("a")), Some(PathBuf::from("b c"))];
        assert_eq!(paths(b"a\nb c\n", false), two);
        assert_eq!(paths(b"\na\r\n\nb c", false), two);
        assert_eq!(paths(b"a\0b c\0", true), two);
        assert_eq!(paths(b"a\nb\0", true), [Some(PathBuf::from("a\nb"))]);
        assert_eq!(paths(b"", false), []);
        let long = [b"a\n".to_vec(), vec![b'x'; LONGEST + 1], b"\nb\n".to_vec()].concat();
        assert_eq!(paths(&long, false), [Some(PathBuf::from("a")), None]);
    }
}
