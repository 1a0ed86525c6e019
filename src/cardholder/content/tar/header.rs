//! What stands before a member of an archive of tar.

use std::io::{self, BufRead as _};

use super::BLOCK;
use crate::cardholder::content::Input;

/// What follows a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The content of a file.
    Content,
    /// Nothing: a link, a directory, a device.
    Empty,
    /// The parts of a file that has holes, in the form of GNU.
    Sparse,
    /// A long name of the next member, in the form of GNU.
    LongName,
    /// A long name of where the next member leads, in the form of GNU.
    LongLink,
    /// Properties of the next member, in the form of pax.
    Properties,
    /// Properties of all members that follow, in the form of pax.
    Global,
    /// What only its writer knows: it is read like a file.
    Other,
}

/// The header of a member.
#[derive(Debug, Clone)]
pub(super) struct Header {
    pub(super) name: Vec<u8>,
    /// Where it leads, if it is a link.
    pub(super) link: Vec<u8>,
    pub(super) size: u64,
    pub(super) kind: Kind,
    /// Whether a block with more of the map of its holes follows.
    more: bool,
}

impl Header {
    /// Returns the header that a block is. Its checksum has to fit: nothing else tells an old one.
    pub(super) fn of(block: &[u8; BLOCK]) -> Option<Self> {
        let sum = |bytes: &[u8]| bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>();
        let stated = block.get(148..156)?;
        let spaces = 8 * u64::from(b' ');
        if number(stated)? != sum(block) - sum(stated) + spaces {
            return None;
        }
        let name = text(block.get(..100)?);
        let prefix = match block.get(257..263)? {
            b"ustar\0" => text(block.get(345..500)?),
            _ => &[],
        };
        let kind = match block.get(156)? {
            0 | b'0' | b'7' => Kind::Content,
            b'1'..=b'6' => Kind::Empty,
            b'S' => Kind::Sparse,
            b'L' => Kind::LongName,
            b'K' => Kind::LongLink,
            b'x' | b'X' => Kind::Properties,
            b'g' => Kind::Global,
            _ => Kind::Other,
        };
        Some(Self {
            name: match prefix {
                [] => name.to_vec(),
                prefix => [prefix, b"/", name].concat(),
            },
            link: text(block.get(157..257)?).to_vec(),
            size: number(block.get(124..136)?)?,
            kind,
            more: kind == Kind::Sparse && block.get(482) != Some(&0),
        })
    }
}

/// Returns what stands before the first zero.
pub(super) fn text(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Returns the number of a field: octal digits, or in binary if it is too large for them.
fn number(field: &[u8]) -> Option<u64> {
    if let [0x80, rest @ ..] = field {
        return rest.iter().try_fold(0_u64, |number, byte| {
            Some(number.checked_mul(256)? + u64::from(*byte))
        });
    }
    let digits = text(field).trim_ascii();
    digits.iter().try_fold(0_u64, |number, byte| match byte {
        b'0'..=b'7' => Some(number.checked_mul(8)? + u64::from(byte - b'0')),
        _ => None,
    })
}

/// Passes over what is left of the map of a file's holes.
pub(super) fn pass_map(input: &mut Input<'_>, header: &Header) -> io::Result<()> {
    let mut more = header.more;
    while more {
        let block = input.peek(BLOCK)?;
        if block.len() < BLOCK {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        more = block.get(504) != Some(&0);
        input.consume(BLOCK);
    }
    Ok(())
}

/// What other headers say of the next member.
#[derive(Debug, Default)]
pub(super) struct Extended {
    pub(super) name: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    /// Whether it is a file with holes.
    pub(super) sparse: bool,
}

impl Extended {
    /// Takes properties in the form of pax, lines of `length key=value`; returns the values of
    /// those that are none of ours.
    pub(super) fn properties<'b>(&mut self, bytes: &'b [u8]) -> Vec<&'b [u8]> {
        let mut others = Vec::new();
        let mut rest = bytes;
        while let Some((key, value, after)) = property(rest) {
            rest = after;
            match key {
                b"path" | b"GNU.sparse.name" => self.name = Some(value.to_vec()),
                b"linkpath" => self.link = Some(value.to_vec()),
                b"size" => {
                    let digits = std::str::from_utf8(value).unwrap_or_default();
                    self.size = digits.parse().ok();
                }
                b"mtime" | b"atime" | b"ctime" | b"uid" | b"gid" => {}
                key => {
                    self.sparse |= key.starts_with(b"GNU.sparse.");
                    others.push(value);
                }
            }
        }
        // What is no property of that form is not lost.
        others.push(rest);
        others
    }
}

/// Returns the key and value of the first property, and what follows it.
fn property(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = bytes.iter().position(|byte| *byte == b' ')?;
    let length = std::str::from_utf8(bytes.get(..space)?).ok()?;
    let (line, after) = bytes.split_at_checked(length.parse().ok()?)?;
    let line = line.get(space + 1..)?.strip_suffix(b"\n")?;
    let equals = line.iter().position(|byte| *byte == b'=')?;
    Some((line.get(..equals)?, line.get(equals + 1..)?, after))
}
