//! What holds of the reading of any bytes. The fuzz targets hold it too.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use evidence_workbook::cardholder::{
    Limits, Match, Observer, Place, Rules, Source, harmless, read, read_message,
};

/// What an observer was told.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Told {
    /// Each finding, with its member and place.
    pub(crate) found: Vec<(String, Place, Match)>,
    /// Each part that was not read, with the reason.
    pub(crate) unread: Vec<(String, String)>,
    /// How many bytes of texts were scanned.
    pub(crate) bytes: u64,
}

impl Observer for Told {
    fn found(&mut self, member: &str, place: Place, found: Match) {
        self.found.push((member.to_owned(), place, found));
    }

    fn unread(&mut self, member: &str, why: evidence_workbook::cardholder::Why) {
        self.unread.push((member.to_owned(), why.to_string()));
    }

    fn scanned(&mut self, bytes: u64) {
        self.bytes += bytes;
    }
}

/// Bytes that come a few at a time.
struct Pieces<'b> {
    bytes: Cursor<&'b [u8]>,
    most: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = into.len().min(self.most);
        self.bytes.read(&mut into[..most])
    }
}

impl Seek for Pieces<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

/// How bytes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// From any place, as a file is.
    Anywhere,
    /// Once, as from a pipe.
    Passing,
    /// As a message.
    Message,
}

/// Reads bytes that come so many at a time.
pub(crate) fn told(bytes: &[u8], how: How, most: usize, limits: Limits) -> Told {
    let mut told = Told::default();
    let mut pieces = Pieces {
        bytes: Cursor::new(bytes),
        most,
    };
    let rules = Rules::built_in();
    match how {
        How::Anywhere => read(rules, limits, Source::Anywhere(&mut pieces), &mut told),
        How::Passing => read(rules, limits, Source::Passing(&mut pieces), &mut told),
        How::Message => read_message(rules, limits, Source::Passing(&mut pieces), &mut told),
    }
    told
}

/// Reads bytes in every way; returns what is told of them when they are read from any place.
///
/// # Panics
///
/// When something does not hold.
pub(crate) fn hold(bytes: &[u8], most: usize) -> Told {
    let limits = Limits {
        expanded_anyway: 4 << 20,
        ..Limits::default()
    };
    let read = [How::Anywhere, How::Passing, How::Message].map(|how| {
        let whole = told(bytes, how, usize::MAX, limits);
        let pieces = told(bytes, how, most.max(1), limits);
        assert!(whole == pieces, "{how:?} differs in pieces of {most}");
        tells_little(&whole);
        assert!(
            whole.bytes > 0 || !whole.unread.is_empty() || bytes.len() < 64 || empty(bytes),
            "{how:?} says nothing of {} bytes",
            bytes.len()
        );
        whole
    });
    let [anywhere, ..] = read;
    anywhere
}

/// Containers may hold nothing, in many bytes.
fn empty(bytes: &[u8]) -> bool {
    !bytes.is_ascii() || bytes.starts_with(b"BZh")
}

/// Checks that no more is told than may be.
fn tells_little(told: &Told) {
    for (member, _, found) in &told.found {
        assert!(harmless(member) == *member, "a name is told");
        let masked = found.masked.as_ref().map(ToString::to_string);
        let digits = masked.iter().flat_map(|masked| masked.bytes());
        let digits = digits.filter(u8::is_ascii_digit).count();
        assert!(digits <= 10, "{digits} digits are told");
        assert!(masked.is_none() || found.kind.has_number());
        let context = found.context.as_deref().unwrap_or_default();
        assert!(!context.chars().any(char::is_numeric), "context has digits");
        assert!(found.length > 0);
    }
    for (member, why) in &told.unread {
        assert!(harmless(member) == *member && harmless(why) == *why);
    }
}
