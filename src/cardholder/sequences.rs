//! Four bytes in a row for every label, so that places without any label near are passed over.
//!
//! They are told apart by four small tables of eight buckets: a bucket takes every sequence made
//! of the bytes that were put into it, at each place. More is let through than asked
//! for, and never less; which sequence stands for a label, and in which bucket, is chosen so that
//! little more is.

use super::classes::{LENGTH, Table};

/// What may stand between the words of a label.
const BETWEEN: [&[u8]; 5] = [b"", b" ", b"_", b"-", b"."];
/// The bytes of a text, roughly from the most to the least frequent in logs.
const FREQUENT: &[u8] =
    b"0e 1t2a\"i3o4n5s6r7d8l9c:,-.hu/mp_gf=yb{}wvkEATSCIRNDOLPxFMBGUHWqzjVYK[]()%+&QXZJ;";

/// Bytes of a place, as the sets of their halves: bit `n` stands for the half `n`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Halves {
    high: u16,
    low: u16,
}

impl Halves {
    /// What may follow the last letter of a label: no letter, unless a byte beyond ASCII begins one.
    const END: Self = Self {
        high: 1 << 0 | 1 << 2 | 1 << 3 | 1 << 5 | 0xff00,
        low: !0,
    };

    /// Returns a byte, in small and capital letters.
    fn of(byte: u8) -> Self {
        let cases = [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()];
        cases.into_iter().fold(Self::default(), |set, byte| Self {
            high: set.high | 1 << (byte >> 4),
            low: set.low | 1 << (byte & 15),
        })
    }

    fn and(self, other: Self) -> Self {
        Self {
            high: self.high | other.high,
            low: self.low | other.low,
        }
    }
}

/// The sequences of labels.
#[derive(Debug, Clone)]
pub(super) struct Sequences {
    /// A bit that all four bytes have, each in its table. It lets through a few more.
    pub(super) tables: [Table; LENGTH],
    /// A bit for each sequence, by its hash. It lets through hardly any more.
    hashes: Box<[u64]>,
}

impl Sequences {
    /// Takes the labels: words in lower case, with a space between.
    pub(super) fn new<'l>(labels: impl IntoIterator<Item = &'l [u8]>) -> Self {
        let weights = weights();
        let mut chosen: Vec<Sequence> = Vec::new();
        let mut hashes = vec![0_u64; HASHES / 64].into_boxed_slice();
        for variant in labels.into_iter().flat_map(variants) {
            let letters = variant.iter().map(|byte| Some(byte.to_ascii_lowercase()));
            let places: Vec<Option<u8>> = letters.chain([None]).collect();
            let of = || {
                places
                    .windows(LENGTH)
                    .filter_map(<[Option<u8>]>::first_chunk)
            };
            if of().any(|places| chosen.iter().any(|sequence| sequence.0 == *places)) {
                continue;
            }
            let rate = |sequence: &Sequence| Bucket::default().with(*sequence).rate(&weights);
            let rarest = of()
                .map(|places| Sequence(*places))
                .min_by(|a, b| rate(a).total_cmp(&rate(b)));
            if let Some(rarest) = rarest {
                let hash = hash(rarest.0.map(Option::unwrap_or_default));
                if let Some(word) = hashes.get_mut(hash / 64) {
                    *word |= 1 << (hash % 64);
                }
                chosen.push(rarest);
            }
        }
        Self {
            tables: tables(&chosen, &weights),
            hashes,
        }
    }

    /// Tells whether four bytes that the tables let through are a label's.
    pub(super) fn confirm(&self, bytes: [u8; LENGTH]) -> bool {
        let bytes = bytes.map(|byte| byte.to_ascii_lowercase());
        let is = |bytes| {
            let hash = hash(bytes);
            let word = self.hashes.get(hash / 64).copied().unwrap_or(0);
            word >> (hash % 64) & 1 == 1
        };
        let [one, two, three, last] = bytes;
        is(bytes) || (!last.is_ascii_lowercase() && is([one, two, three, 0]))
    }
}

/// How many bits tell the hashes of sequences.
const HASHES: usize = 1 << 15;

/// Returns which of the bits stands for a sequence; the end of a label is zero.
fn hash(bytes: [u8; LENGTH]) -> usize {
    let mixed = u32::from_le_bytes(bytes).wrapping_mul(0x9e37_79b1);
    (mixed >> (32 - HASHES.trailing_zeros())) as usize
}

/// Returns tables that let the sequences through, in eight buckets.
fn tables(sequences: &[Sequence], weights: &[f64; 256]) -> [Table; LENGTH] {
    let mut buckets = [Bucket::default(); 8];
    for sequence in sequences {
        let grown = buckets.iter().map(|bucket| {
            let with = bucket.with(*sequence);
            with.rate(weights) - bucket.rate(weights)
        });
        let least = grown
            .enumerate()
            .min_by(|(_, a), (_, b)| a.total_cmp(b))
            .map_or(0, |(index, _)| index);
        if let Some(bucket) = buckets.get_mut(least) {
            *bucket = bucket.with(*sequence);
        }
    }
    let mut tables = [Table::default(); LENGTH];
    for (class, bucket) in (0..8).zip(&buckets) {
        for (table, place) in tables.iter_mut().zip(&bucket.0) {
            table.add(class, place.high, place.low);
        }
    }
    tables
}

/// Four bytes of a label in small letters, or three and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sequence([Option<u8>; LENGTH]);

/// Returns a label as it may be written.
fn variants(label: &[u8]) -> Vec<Vec<u8>> {
    let words: Vec<&[u8]> = label.split(|byte| *byte == b' ').collect();
    match words.len() {
        1 => vec![label.to_vec()],
        _ => BETWEEN.iter().map(|between| words.join(*between)).collect(),
    }
}

/// Returns how often each byte stands in a text, of one in all.
fn weights() -> [f64; 256] {
    let mut weights = [0.0002; 256];
    for (rank, byte) in (0_u32..).zip(FREQUENT) {
        if let Some(weight) = weights.get_mut(usize::from(*byte)) {
            *weight = 0.06 / (1.0 + f64::from(rank) / 8.0);
        }
    }
    weights
}

/// What may stand at each of the places of a sequence.
#[derive(Debug, Clone, Copy, Default)]
struct Bucket([Halves; LENGTH]);

impl Bucket {
    /// Returns the bucket with one sequence more.
    fn with(mut self, sequence: Sequence) -> Self {
        for (place, byte) in self.0.iter_mut().zip(sequence.0) {
            *place = place.and(byte.map_or(Halves::END, Halves::of));
        }
        self
    }

    /// Returns how often a sequence of the bucket comes.
    fn rate(&self, weights: &[f64; 256]) -> f64 {
        let of_place = |place: &Halves| -> f64 {
            let within =
                |byte: u8| place.high >> (byte >> 4) & 1 == 1 && place.low >> (byte & 15) & 1 == 1;
            let bytes = (0..=u8::MAX).zip(weights);
            bytes
                .filter(|(byte, _)| within(*byte))
                .map(|(_, weight)| weight)
                .sum()
        };
        self.0.iter().map(of_place).product()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_label_is_let_through() {
        let labels: [&[u8]; 4] = [b"cvv", b"security code", b"de 52", "暗証番号".as_bytes()];
        let sequences = Sequences::new(labels);
        let passes = |text: &[u8]| {
            text.windows(LENGTH).any(|window| {
                let places = window.iter().zip(&sequences.tables);
                let bits = places.fold(u8::MAX, |all, (byte, table)| all & table.of(*byte));
                let four = window.first_chunk().expect("four bytes");
                bits != 0 && sequences.confirm(*four)
            })
        };
        for text in [
            "CVV",
            "cvv2",
            "securityCode",
            "SECURITY_CODE",
            "security-code",
            "DE52",
            "de 52",
            "暗証番号",
        ] {
            assert!(passes(format!("{text}=").as_bytes()), "{text}");
        }
        for text in ["status=200", "2026-11-25T10:20:30Z", "message", "mapping"] {
            assert!(!passes(text.as_bytes()), "{text}");
        }
    }
}
