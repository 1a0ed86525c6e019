//! What a content is, by its first bytes and never by its name.

use super::charset::Charset;
use super::compressed::{Bzip2, Form as _, Gzip, Lz4, Xz, Zstd, is_lzma};
use super::mail::Mail;
use super::office::{self, Dialect};
use super::{Why, redis, sealed, tar, zip};

/// The least length of a mail or a document.
const SHORT: usize = 64;

/// A form of content that is read in a way of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Streams of bzip2.
    Bzip2,
    /// RFC 1952, of any number of members.
    Gzip,
    /// A document of PDF.
    Pdf,
    /// Commands as Redis logs them.
    RedisCommands,
    /// A dump of Redis.
    RedisDump,
    /// A database of SQLite.
    Sqlite,
    /// What SQLite keeps of pages while it changes them.
    SqliteJournal,
    /// The write-ahead log of SQLite.
    SqliteLog,
    /// A text in which ASCII is not ASCII.
    Wide(Charset),
    /// Frames of LZ4.
    Lz4,
    /// The old form of LZMA.
    Lzma,
    /// A part of an office file.
    Office(Dialect),
    /// An archive of tar.
    Tar,
    /// Streams of xz.
    Xz,
    /// An archive of zip, and what is built on it.
    Zip,
    /// Frames of Zstandard.
    Zstd,
    /// Known, and read as bytes only, for a reason.
    Partly(Why),
    /// Known, and not read.
    NotRead(&'static str),
    /// A store whose values are packed in a way that is not read; the rest is scanned as it is.
    Store(&'static str),
    /// Programs and other binary content: it is scanned as it is, and archives in it are read.
    Binary,
    /// Mail: one message, or many.
    Mail(Mail),
    /// Anything else: it is scanned as it is.
    Text,
}

impl Format {
    /// Returns the form of a content that begins so. The head is the whole content if that is
    /// shorter than what is looked at.
    pub(super) fn of(head: &[u8]) -> Self {
        match head {
            head if head.starts_with(b"SQLite format 3\0") => Self::Sqlite,
            [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7, ..] => Self::SqliteJournal,
            [0x37, 0x7f, 0x06, 0x82 | 0x83, ..] => Self::SqliteLog,
            head if head.starts_with(b"%PDF-") => Self::Pdf,
            [b'R', b'E', b'D', b'I', b'S', version @ ..] if numbered(version, 4) => Self::RedisDump,
            [b'V', b'A', b'L', b'K', b'E', b'Y', version @ ..] if numbered(version, 3) => {
                Self::RedisDump
            }
            [b'*', ..] if redis::is_commands(head) => Self::RedisCommands,
            head if Gzip::begins(head) => Self::Gzip,
            head if Bzip2::begins(head) => Self::Bzip2,
            head if Xz::begins(head) => Self::Xz,
            head if Lz4::begins(head) => Self::Lz4,
            head if Zstd::begins(head) => Self::Zstd,
            head if zip::begins(head) => Self::Zip,
            head if tar::begins(head) => Self::Tar,
            head if is_lzma(head) => Self::Lzma,
            [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => Self::NotRead("7z"),
            [b'R', b'a', b'r', b'!', 0x1a, 0x07, ..] => Self::NotRead("rar"),
            [
                0xff,
                0x06,
                0x00,
                0x00,
                b's',
                b'N',
                b'a',
                b'P',
                b'p',
                b'Y',
                ..,
            ] => Self::NotRead("snappy"),
            [0x1f, 0x9d, 9..=16 | 0x89..=0x90, ..] => Self::NotRead("compress"),
            head => Self::store(head).unwrap_or_else(|| Self::of_text(head)),
        }
    }

    /// Returns the store that begins so.
    fn store(head: &[u8]) -> Option<Self> {
        const STORES: [(&[u8], &str); 11] = [
            (b"PAR1", "Parquet"),
            (b"PARE", "Parquet"),
            (b"Obj\x01", "Avro"),
            (b"ARROW1\0\0", "Arrow"),
            (b"\x89HDF\r\n\x1a\n", "HDF5"),
            // Sheets, strings and the rest of xlsb begin with the record that begins them.
            (b"\x81\x01\0\x93\x01", "a sheet of xlsb"),
            (b"\x9f\x01\x08", "the strings of xlsb"),
            (b"\x83\x01\0\x80\x01", "a workbook of xlsb"),
            (b"PGDMP", "an archive of pg_dump"),
            (b"\0\x01\0\0Standard Jet DB", "Access"),
            (b"\0\x01\0\0Standard ACE DB", "Access"),
        ];
        if let [b'O', b'R', b'C', after, ..] = head
            && !after.is_ascii_graphic()
            && !after.is_ascii_whitespace()
        {
            return Some(Self::Store("ORC"));
        }
        let known = STORES.iter().find(|(mark, _)| head.starts_with(mark))?;
        Some(Self::Store(known.1))
    }

    /// Tells whether a value of a store is scanned as it is, behind its name. What is short is no
    /// mail and no document.
    pub(super) fn is_plain(value: &[u8]) -> bool {
        if value.len() < SHORT && value.iter().all(|byte| matches!(byte, b' '..=b'~')) {
            return true;
        }
        match Self::of(value) {
            Self::Text | Self::Binary => true,
            Self::Office(_) | Self::Mail(_) => value.len() < SHORT,
            _ => false,
        }
    }

    /// Returns the form of a content that begins with none of the marks of a format.
    fn of_text(head: &[u8]) -> Self {
        if let Some(why) = sealed::form(head) {
            return Self::Partly(why);
        }
        if let Some(dialect) = office::dialect(head) {
            return Self::Office(dialect);
        }
        if let Some(charset) = Charset::of(head) {
            return Self::Wide(charset);
        }
        if let Some(mail) = Mail::of(head) {
            return Self::Mail(mail);
        }
        match head {
            [b'#', b'!', ..] => Self::Binary,
            head if is_late_pdf(head) => Self::Pdf,
            head if memchr::memchr(0, head).is_some() => Self::Binary,
            _ => Self::Text,
        }
    }
}

/// Tells whether bytes begin with so many digits.
fn numbered(bytes: &[u8], digits: usize) -> bool {
    let version = bytes.get(..digits);
    version.is_some_and(|version| version.iter().all(u8::is_ascii_digit))
}

/// Tells whether a document of PDF begins after other bytes, which readers let pass.
fn is_late_pdf(head: &[u8]) -> bool {
    let start = head.get(..head.len().min(1024)).unwrap_or_default();
    let version = memchr::memmem::find(start, b"%PDF-").and_then(|at| start.get(at + 5));
    version.is_some_and(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_are_known_by_their_beginning() {
        let late = [&[b'-'; 600][..], b"%PDF-1.4\n"].concat();
        for (head, expected) in [
            (&b"PAR1\x15\x04"[..], Format::Store("Parquet")),
            (b"ORC\x08\x03", Format::Store("ORC")),
            (b"ORC: a list", Format::Text),
            (b"Obj\x01\x04", Format::Store("Avro")),
            (b"\x81\x01\0\x93\x01\x17", Format::Store("a sheet of xlsb")),
            (b"REDIS0011\xfa", Format::RedisDump),
            (b"VALKEY080\xfa", Format::RedisDump),
            (b"REDISTRIBUTED", Format::Text),
            (b"*2\r\n$6\r\nSELECT\r\n", Format::RedisCommands),
            (b"*2\r\nhello", Format::Text),
            (b"%PDF-1.7\n", Format::Pdf),
            (&late, Format::Pdf),
            (b"SQLite format 3\0", Format::Sqlite),
            (b"SQLite format 3.", Format::Text),
        ] {
            assert_eq!(Format::of(head), expected, "{:?}", head.first_chunk::<4>());
        }
    }
}
