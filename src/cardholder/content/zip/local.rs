//! What stands before a member of an archive of zip.

use std::io::{self, Read as _};

use super::LOCAL;
use crate::cardholder::content::Input;
use crate::cardholder::content::numbers::{u16_at, u32_at, u64_at};

/// Stands for a number that is too large for its first place.
const TOO_LARGE: u64 = 0xffff_ffff;

/// The header of a member, or what the directory says of it.
#[derive(Debug, Clone)]
pub(super) struct Local {
    /// Its name as it is written.
    pub(super) name: Vec<u8>,
    /// How it is packed.
    pub(super) method: u16,
    /// Whether it is encrypted.
    pub(super) encrypted: bool,
    /// How many bytes it has packed, if that is said before them.
    pub(super) packed: Option<u64>,
    /// How many bytes it has unpacked, if that is said before them.
    pub(super) unpacked: Option<u64>,
    /// Fields that some writers add.
    pub(super) extra: Vec<u8>,
}

/// Tells whether a header begins so. Four bytes may stand anywhere, so the rest has to fit.
pub(super) fn begins(head: &[u8]) -> bool {
    let fits = || {
        let version = u16_at(head, 4)? & 0xff;
        let method = u16_at(head, 8)?;
        let name = u16_at(head, 26)?;
        Some(version <= 100 && (method <= 20 || (92..=99).contains(&method)) && name > 0)
    };
    head.starts_with(b"PK\x03\x04") && fits().unwrap_or(false)
}

impl Local {
    /// Takes a header from the input.
    pub(super) fn read(input: &mut Input<'_>) -> io::Result<Self> {
        let mut head = [0; LOCAL];
        input.read_exact(&mut head)?;
        let field = |at| u16_at(&head, at).unwrap_or_default();
        let size = |at| u64::from(u32_at(&head, at).unwrap_or_default());
        let name = bytes(input, field(26))?;
        let extra = bytes(input, field(28))?;
        let flags = field(6);
        let sizes = Sizes::of(size(18), size(22), 0, &extra);
        let later = flags & 8 != 0 && sizes.packed == 0;
        Ok(Self {
            name,
            method: field(8),
            encrypted: flags & 1 != 0 || flags & 0x2000 != 0,
            packed: (!later).then_some(sizes.packed),
            unpacked: (!later).then_some(sizes.unpacked),
            extra,
        })
    }
}

/// Takes so many bytes from the input.
pub(super) fn bytes(input: &mut Input<'_>, count: u16) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::from(count)];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// What is said of a member in numbers that may be too large for their first place.
pub(super) struct Sizes {
    pub(super) packed: u64,
    pub(super) unpacked: u64,
    /// Where its header begins.
    pub(super) offset: u64,
}

impl Sizes {
    /// Returns the numbers, or those of the added field that holds what is too large.
    pub(super) fn of(packed: u64, unpacked: u64, offset: u64, extra: &[u8]) -> Self {
        let large = fields(extra).find(|(id, _)| *id == 1);
        let large = large.map_or(&[][..], |(_, data)| data);
        let mut at = 0;
        let mut next = |size: u64| {
            let large = (size == TOO_LARGE).then(|| u64_at(large, at)).flatten();
            at += large.map_or(0, |_| 8);
            large.unwrap_or(size)
        };
        let unpacked = next(unpacked);
        let packed = next(packed);
        let offset = next(offset);
        Self {
            packed,
            unpacked,
            offset,
        }
    }
}

/// Returns the added fields: their ids and data.
pub(super) fn fields(extra: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = extra;
    std::iter::from_fn(move || {
        let id = u16_at(rest, 0)?;
        let end = 4 + usize::from(u16_at(rest, 2)?);
        let data = rest.get(4..end)?;
        rest = rest.get(end..)?;
        Some((id, data))
    })
}
