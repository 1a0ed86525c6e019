//! Four bytes in a row for every label, so that places without any label near are passed over.
//!
//! They are told apart by four small tables of eight buckets: a bucket takes every sequence made
//! of the bytes that were put into it, at each place. More is let through than asked
//! for, and never less; which sequence stands for a label, and in which bucket, is chosen so that
//! little more is.

#![expect(
    clippy::indexing_slicing,
    reason = "places in lists that are as long as each other, and halves of bytes in 256 weights"
)]

use super::classes::{LENGTH, Table};

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
    /// What may follow the last letter of a label: no small letter, unless a byte beyond ASCII begins
    /// one.
    const END: Self = Self {
        high: 1 << 0 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 0xff00,
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
    pub(super) tables: [[Table; LENGTH]; ROWS],
    /// A bit for each sequence, by its hash. It lets through hardly any more.
    hashes: Box<[u64]>,
}

impl Sequences {
    /// Takes the labels: words in lower case, with a space between.
    pub(super) fn new<'l>(labels: impl IntoIterator<Item = &'l [u8]>) -> Self {
        let weights = weights();
        let chosen = chosen(labels, &weights);
        let mut hashes = vec![0_u64; HASHES / 64].into_boxed_slice();
        for sequence in &chosen {
            let hash = hash(sequence.0.map(Option::unwrap_or_default));
            if let Some(word) = hashes.get_mut(hash / 64) {
                *word |= 1 << (hash % 64);
            }
        }
        Self {
            tables: tables(&chosen, &weights),
            hashes,
        }
    }

    /// Tells whether four bytes that the tables let through are a label's.
    pub(super) fn confirm(&self, bytes: [u8; LENGTH]) -> bool {
        let hashed = |bytes| {
            let hash = hash(bytes);
            let word = self.hashes.get(hash / 64).copied().unwrap_or(0);
            word >> (hash % 64) & 1 == 1
        };
        let [.., end] = bytes;
        let bytes = bytes.map(|byte| match byte {
            b' ' | b'_' | b'-' | b'.' => 0,
            _ => byte.to_ascii_lowercase(),
        });
        let [one, two, three, _] = bytes;
        hashed(bytes) || (!end.is_ascii_lowercase() && hashed([one, two, three, 0]))
    }
}

/// Returns sequences of which each label has one: few of them, and such as come seldom elsewhere. The
/// next is always the one that does most for what it costs.
fn chosen<'l>(labels: impl IntoIterator<Item = &'l [u8]>, weights: &[f64; 256]) -> Vec<Sequence> {
    let mut pairs: Vec<(Sequence, usize)> = Vec::new();
    let mut count = 0;
    for variant in labels.into_iter().flat_map(variants) {
        let places = variant.windows(LENGTH).filter_map(<[_]>::first_chunk);
        pairs.extend(places.map(|places| (Sequence(*places), count)));
        count += 1;
    }
    pairs.sort_unstable();
    pairs.dedup();
    // For each sequence what it costs and the labels that have it, of which so many are left; and
    // for each label its sequences.
    let mut sequences: Vec<(Sequence, f64, u32)> = Vec::new();
    let mut labels_of: Vec<Vec<usize>> = Vec::new();
    let mut sequences_of = vec![Vec::new(); count];
    for same in pairs.chunk_by(|one, other| one.0 == other.0) {
        let Some((sequence, _)) = same.first() else {
            continue;
        };
        for (_, label) in same {
            sequences_of[*label].push(sequences.len());
        }
        let cost = Bucket::default().with(*sequence).rate(weights) + DEAR;
        let left = u32::try_from(same.len()).unwrap_or(u32::MAX);
        sequences.push((*sequence, cost, left));
        labels_of.push(same.iter().map(|(_, label)| *label).collect());
    }
    let mut chosen = Vec::new();
    let mut done = vec![false; count];
    let worth = |(_, cost, left): &(Sequence, f64, u32)| f64::from(*left) / cost;
    loop {
        let all = sequences.iter().enumerate();
        let best = all.max_by(|a, b| worth(a.1).total_cmp(&worth(b.1)));
        let Some((best, (sequence, ..))) = best.filter(|best| best.1.2 > 0) else {
            return chosen;
        };
        chosen.push(*sequence);
        for label in &labels_of[best] {
            if !std::mem::replace(&mut done[*label], true) {
                for other in &sequences_of[*label] {
                    sequences[*other].2 -= 1;
                }
            }
        }
    }
}

/// What a sequence costs that never comes: its share of a bucket.
const DEAR: f64 = 2e-6;

/// How many bits tell the hashes of sequences.
const HASHES: usize = 1 << 15;

/// Returns which of the bits stands for a sequence; the end of a label is zero.
fn hash(bytes: [u8; LENGTH]) -> usize {
    let mixed = u32::from_le_bytes(bytes).wrapping_mul(0x9e37_79b1);
    (mixed >> (32 - HASHES.trailing_zeros())) as usize
}

/// Returns tables that let the sequences through, in buckets of eight for each row of tables.
fn tables(sequences: &[Sequence], weights: &[f64; 256]) -> [[Table; LENGTH]; ROWS] {
    let mut buckets: Vec<Bucket> = sequences
        .iter()
        .map(|sequence| Bucket::default().with(*sequence))
        .collect();
    let mut rates: Vec<f64> = buckets.iter().map(|bucket| bucket.rate(weights)).collect();
    let grown = |buckets: &[Bucket], rates: &[f64], one: usize, other: usize| {
        buckets[one].and(&buckets[other]).rate(weights) - rates[one] - rates[other]
    };
    let mut best: Vec<(usize, f64)> = (0..buckets.len())
        .map(|one| partner(&buckets, &rates, one, &grown))
        .collect();
    // The two that let least more through together become one.
    while buckets.len() > 8 * ROWS {
        let Some(one) = (0..best.len()).min_by(|a, b| best[*a].1.total_cmp(&best[*b].1)) else {
            break;
        };
        let other = best[one].0;
        let (one, other) = (one.min(other), one.max(other));
        buckets[one] = buckets[one].and(&buckets[other]);
        rates[one] = buckets[one].rate(weights);
        let last = buckets.len() - 1;
        buckets.swap_remove(other);
        rates.swap_remove(other);
        best.swap_remove(other);
        for (place, best) in best.iter_mut().enumerate() {
            if place == one || best.0 == one || best.0 == other {
                *best = partner(&buckets, &rates, place, &grown);
            } else {
                if best.0 == last {
                    best.0 = other;
                }
                let with = grown(&buckets, &rates, place, one);
                if with < best.1 {
                    *best = (one, with);
                }
            }
        }
    }
    let mut tables = [[Table::default(); LENGTH]; ROWS];
    for (index, bucket) in buckets.iter().enumerate() {
        let class = u8::try_from(index % 8).unwrap_or(0);
        for (table, place) in tables[index / 8].iter_mut().zip(&bucket.0) {
            table.add(class, place.high, place.low);
        }
    }
    tables
}

/// Returns the bucket that lets least more through together with one, and how much that is.
fn partner(
    buckets: &[Bucket],
    rates: &[f64],
    one: usize,
    grown: &impl Fn(&[Bucket], &[f64], usize, usize) -> f64,
) -> (usize, f64) {
    (0..buckets.len())
        .filter(|other| *other != one)
        .map(|other| (other, grown(buckets, rates, one, other)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap_or((one, f64::INFINITY))
}

/// How many rows of tables, of eight buckets each.
pub(super) const ROWS: usize = 2;

/// Four bytes of a label in small letters, some of them perhaps a gap between words, or the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Sequence([Option<u8>; LENGTH]);

/// Returns a label as it may be written, with its end: its words in one, or with a gap between.
fn variants(label: &[u8]) -> Vec<Vec<Option<u8>>> {
    let words: Vec<Vec<Option<u8>>> = label
        .split(|byte| *byte == b' ')
        .map(|word| {
            word.iter()
                .map(|byte| Some(byte.to_ascii_lowercase()))
                .collect()
        })
        .collect();
    let end = [None];
    match words.len() {
        1 => vec![[words.concat(), end.to_vec()].concat()],
        _ => vec![
            [words.concat(), end.to_vec()].concat(),
            [words.join(&None), end.to_vec()].concat(),
        ],
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

    /// Returns a bucket that lets through what either does.
    fn and(mut self, other: &Self) -> Self {
        for (place, other) in self.0.iter_mut().zip(other.0) {
            *place = place.and(other);
        }
        self
    }

    /// Returns how often a sequence of the bucket comes.
    fn rate(&self, weights: &[f64; 256]) -> f64 {
        let mut rate = 1.0;
        for place in &self.0 {
            let mut sum = 0.0;
            let mut high = place.high;
            while high != 0 {
                let of = high.trailing_zeros() as usize * 16;
                high &= high - 1;
                let mut low = place.low;
                while low != 0 {
                    sum += weights[of + low.trailing_zeros() as usize];
                    low &= low - 1;
                }
            }
            rate *= sum;
        }
        rate
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
                let bits = sequences.tables.iter().fold(0, |any, tables| {
                    let places = window.iter().zip(tables);
                    any | places.fold(u8::MAX, |all, (byte, table)| all & table.of(*byte))
                });
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
