//! Why something was not read: in our own words, since those of a library may repeat the bytes.

use std::io;

/// Why something was not read, or not to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Why {
    /// It lies deeper than is followed.
    #[error("it lies more than {0} containers deep")]
    TooDeep(usize),
    /// The file has more members than are followed.
    #[error("the file holds more than {0} members")]
    TooManyMembers(u64),
    /// It unpacks to more than is followed.
    #[error("it unpacks to more than {0} bytes")]
    ExpandsTooFar(u64),
    /// Its members overlap, so that what it unpacks to has no bound.
    #[error("its members overlap")]
    Overlaps,
    /// It has to be held in memory, and is too large for that.
    #[error("it can't be read in passing and has more than {0} bytes")]
    TooLargeToHold(u64),
    /// What unpacks it needs more memory than is given to that.
    #[error("unpacking it takes more than {0} bytes of memory")]
    WindowTooLarge(u64),
    /// It is encrypted.
    #[error("it is encrypted")]
    Encrypted,
    /// It is not what its beginning says, or ends early.
    #[error("it is damaged or cut off")]
    Damaged,
    /// It is of a form, or packed by a method, that is known and not read.
    #[error("{0} is not read")]
    NotSupported(&'static str),
    /// It is a pipe, a socket or a device.
    #[error("it is no regular file and was not opened")]
    NoFile,
    /// It is a link to something that is not scanned where it lies.
    #[error("it is a link out of what is scanned, which is not followed")]
    Link,
    /// It was cut or rewritten while it was read.
    #[error("it was changed while it was read")]
    Changed,
    /// The program's own reader of the form failed on it.
    #[error("its reader failed on it, which is a mistake in this program")]
    ReaderFailed,
    /// Opening or reading it failed.
    #[error("reading it failed: {0}")]
    Failed(io::ErrorKind),
}

impl Why {
    /// Returns why reading ended, without anything that the error repeats of the bytes. Decoders
    /// say of broken input that it is invalid or ends early.
    pub(super) fn of(error: &io::Error) -> Self {
        if let Some(why) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
            return *why;
        }
        match error.kind() {
            io::ErrorKind::InvalidData
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::UnexpectedEof
            | io::ErrorKind::Other => Self::Damaged,
            io::ErrorKind::Unsupported => Self::NotSupported("how it is packed"),
            kind => Self::Failed(kind),
        }
    }
}

impl From<Why> for io::Error {
    fn from(why: Why) -> Self {
        Self::other(why)
    }
}
