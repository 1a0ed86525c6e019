//! What a content is, by its first bytes and never by its name.

use super::charset::Charset;

/// A form of content that is read in a way of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// RFC 1952, of any number of members.
    Gzip,
    /// A database of SQLite.
    Sqlite,
    /// What SQLite keeps of pages while it changes them.
    SqliteJournal,
    /// The write-ahead log of SQLite.
    SqliteLog,
    /// A text in which ASCII is not ASCII.
    Wide(Charset),
    /// Anything else: it is scanned as it is.
    Text,
}

impl Format {
    /// Returns the form of a content that begins so. The head is the whole content if that is
    /// shorter than what is looked at.
    pub(super) fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, 0x08, ..] => Self::Gzip,
            [
                b'S',
                b'Q',
                b'L',
                b'i',
                b't',
                b'e',
                b' ',
                b'f',
                b'o',
                b'r',
                b'm',
                b'a',
                b't',
                b' ',
                b'3',
                0,
                ..,
            ] => Self::Sqlite,
            [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7, ..] => Self::SqliteJournal,
            [0x37, 0x7f, 0x06, 0x82 | 0x83, ..] => Self::SqliteLog,
            _ => Self::of_text(head),
        }
    }

    /// Returns the form of a content that begins with none of the marks of a format.
    fn of_text(head: &[u8]) -> Self {
        match Charset::of(head) {
            Some(charset) => Self::Wide(charset),
            None => Self::Text,
        }
    }
}
