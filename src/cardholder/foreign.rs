//! Labels in scripts and encodings beyond ASCII. They are looked for in blocks that hold such bytes.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// Finds them.
#[derive(Debug, Clone)]
pub(super) struct Foreign {
    labels: Vec<Vec<u8>>,
    /// Made when a text has bytes beyond ASCII.
    finder: OnceLock<Option<AhoCorasick>>,
}

impl Foreign {
    /// Takes the labels in all their spellings, and leaves those out that are Latin.
    pub(super) fn new(labels: &[Vec<u8>]) -> Self {
        let labels = labels.iter().filter(|label| !is_latin(label));
        Self {
            labels: labels.cloned().collect(),
            finder: OnceLock::new(),
        }
    }

    fn make_finder(&self) -> Option<AhoCorasick> {
        let finder = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&self.labels);
        finder.ok()
    }

    /// Returns the last byte of each label that a text holds.
    pub(super) fn find<'t>(&'t self, text: &'t [u8]) -> impl Iterator<Item = usize> + 't {
        let finder = self.finder.get_or_init(|| self.make_finder());
        let found = finder.iter().flat_map(move |finder| finder.find_iter(text));
        found.map(|found| found.end().saturating_sub(1))
    }
}

/// Tells whether a spelling is of ASCII letters, as they are or escaped for a URL or JSON, and not
/// the ASCII bytes that ISO-2022-JP gives other characters.
pub(super) fn is_latin(label: &[u8]) -> bool {
    let plain = label
        .iter()
        .all(|byte| matches!(byte, b' ' | b'-' | b'0'..=b'9' | b'a'..=b'z'));
    let of_url = || {
        let mut parts = label.split(|byte| *byte == b'%').skip(1);
        label.contains(&b'%')
            && parts.all(|part| {
                part.iter()
                    .take(2)
                    .filter(|byte| byte.is_ascii_hexdigit())
                    .count()
                    == 2
            })
    };
    label.is_ascii() && (plain || label.starts_with(b"\\u") || of_url())
}
