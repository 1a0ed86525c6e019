//! What a content is, by its first bytes and never by its name.

/// A form of content that is read in a way of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// RFC 1952, of any number of members.
    Gzip,
    /// Anything else: it is scanned as it is.
    Text,
}

impl Format {
    /// Returns the form of a content that begins so. The head is the whole content if that is
    /// shorter than what is looked at.
    pub(super) fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, 0x08, ..] => Self::Gzip,
            _ => Self::Text,
        }
    }
}
