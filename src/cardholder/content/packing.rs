//! What tests are read from: archives and streams, packed here, so that they can lie.

use std::io::Write as _;

use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};

/// A published test number, written as on a card.
pub(super) const CARD: &[u8] = b"card 4111 1111 1111 1111\n";

/// Returns bytes packed with gzip.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// Returns bytes packed with deflate alone.
pub(super) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// Returns bytes packed with `bzip2`.
pub(super) fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// Returns bytes packed with `lz4`.
pub(super) fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// Returns bytes packed with `zstd`.
pub(super) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).expect("memory")
}

/// Returns the noise of a seed, which packs to nothing less.
pub(super) fn noise(count: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..count).map(|_| next()).collect()
}

/// A member of an archive of zip.
#[derive(Clone)]
pub(super) struct Member {
    /// Its name.
    pub(super) name: Vec<u8>,
    /// Its bytes, packed.
    pub(super) packed: Vec<u8>,
    /// How.
    pub(super) method: u16,
    /// Flags: 1 encrypted, 8 sizes after it.
    pub(super) flags: u16,
    /// Its checksum.
    pub(super) checksum: u32,
    /// How many bytes it has unpacked.
    pub(super) unpacked: u32,
    /// What the directory says of where it is, if that is a lie.
    pub(super) offset: Option<u32>,
}

impl Member {
    /// Returns a member packed with deflate.
    pub(super) fn deflated(name: &str, bytes: &[u8]) -> Self {
        Self {
            packed: deflate(bytes),
            method: 8,
            ..Self::stored(name, bytes)
        }
    }

    /// Returns a member that is not packed.
    pub(super) fn stored(name: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.as_bytes().to_vec(),
            packed: bytes.to_vec(),
            method: 0,
            flags: 0,
            checksum: checksum(bytes),
            unpacked: u32::try_from(bytes.len()).expect("small"),
            offset: None,
        }
    }

    /// Returns the member with its sizes after it.
    pub(super) fn sizes_after(mut self) -> Self {
        self.flags |= 8;
        self
    }

    fn sizes(&self) -> [u8; 12] {
        let packed = u32::try_from(self.packed.len()).expect("small");
        let parts = [self.checksum, packed, self.unpacked].map(u32::to_le_bytes);
        parts.concat().try_into().expect("three numbers")
    }

    /// Returns its header and bytes.
    pub(super) fn local(&self) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04\x14\0".to_vec();
        bytes.extend(self.flags.to_le_bytes());
        bytes.extend(self.method.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(match self.flags & 8 {
            0 => self.sizes(),
            _ => [0; 12],
        });
        bytes.extend(u16::try_from(self.name.len()).expect("short").to_le_bytes());
        bytes.extend([0; 2]);
        bytes.extend(&self.name);
        bytes.extend(&self.packed);
        if self.flags & 8 != 0 {
            bytes.extend(b"PK\x07\x08");
            bytes.extend(self.sizes());
        }
        bytes
    }

    /// Returns its entry in the directory.
    pub(super) fn entry(&self, offset: u32) -> Vec<u8> {
        let mut bytes = b"PK\x01\x02\x14\0\x14\0".to_vec();
        bytes.extend(self.flags.to_le_bytes());
        bytes.extend(self.method.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(self.sizes());
        bytes.extend(u16::try_from(self.name.len()).expect("short").to_le_bytes());
        bytes.extend([0; 12]);
        bytes.extend(self.offset.unwrap_or(offset).to_le_bytes());
        bytes.extend(&self.name);
        bytes
    }
}

/// Returns the checksum of bytes.
pub(super) fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Returns an archive of zip.
pub(super) fn zip(members: &[Member]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for member in members {
        let offset = u32::try_from(bytes.len()).expect("small");
        directory.extend(member.entry(offset));
        bytes.extend(member.local());
    }
    zip_of(bytes, &directory, members.len(), b"")
}

/// Returns an archive of zip with a directory of its own and a comment.
pub(super) fn zip_of(members: Vec<u8>, directory: &[u8], count: usize, comment: &[u8]) -> Vec<u8> {
    let mut bytes = members;
    let start = u32::try_from(bytes.len()).expect("small");
    let count = u16::try_from(count).unwrap_or(u16::MAX);
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(u32::try_from(directory.len()).expect("small").to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend(u16::try_from(comment.len()).expect("short").to_le_bytes());
    bytes.extend(comment);
    bytes
}

/// Returns the header of a member of tar.
pub(super) fn tar_header(name: &str, kind: u8, size: u64, link: &str) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[100..108].copy_from_slice(b"0000644\0");
    block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    block[156] = kind;
    block[157..157 + link.len()].copy_from_slice(link.as_bytes());
    block[257..265].copy_from_slice(b"ustar\x0000");
    block[148..156].fill(b' ');
    let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

/// Returns a member of tar: its header and bytes.
pub(super) fn tar_member(name: &str, kind: u8, bytes: &[u8]) -> Vec<u8> {
    let mut member = tar_header(name, kind, bytes.len() as u64, "");
    member.extend(bytes);
    member.resize(member.len().next_multiple_of(512), 0);
    member
}

/// Returns an archive of tar.
pub(super) fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes: Vec<u8> = members
        .iter()
        .flat_map(|(name, content)| tar_member(name, b'0', content))
        .collect();
    bytes.extend([0; 1024]);
    bytes
}
