//! One machine's share of the files.

use std::str::FromStr;

/// A share of the files: `2/5` is the second of five.
///
/// Which share a file belongs to depends on its path alone. What other files there are, and how
/// large they are, makes no difference, so that none falls between two machines that see the tree
/// a moment apart.
///
/// ```
/// use evidence_workbook::cardholder::Shard;
///
/// let shard: Shard = "2/5".parse().expect("a share");
/// assert_eq!((shard.number(), shard.of(), shard.to_string().as_str()), (2, 5, "2/5"));
/// assert!("6/5".parse::<Shard>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    number: u32,
    of: u32,
}

impl Shard {
    /// Returns the share, if there is such a one.
    #[must_use]
    pub fn new(number: u32, of: u32) -> Option<Self> {
        (1..=of).contains(&number).then_some(Self { number, of })
    }

    /// Returns which share it is, from 1.
    #[must_use]
    pub fn number(self) -> u32 {
        self.number
    }

    /// Returns how many shares there are.
    #[must_use]
    pub fn of(self) -> u32 {
        self.of
    }

    /// Tells whether a path belongs to this share.
    pub(super) fn has(self, path: &str) -> bool {
        spread(path) % u64::from(self.of) == u64::from(self.number - 1)
    }
}

/// Returns a number that is the same on every machine, and for similar paths far apart: FNV-1a,
/// and the last step of `SplitMix64`.
fn spread(path: &str) -> u64 {
    let fnv = path.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (fnv ^ (fnv >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl FromStr for Shard {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split_once('/')
            .and_then(|(number, of)| Self::new(number.parse().ok()?, of.parse().ok()?))
            .ok_or("a share is written I/N, such as 2/5, with I from 1 to N")
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_belongs_to_exactly_one_share_and_the_shares_are_alike() {
        for of in [1, 2, 3, 7] {
            let shards: Vec<Shard> = (1..=of).filter_map(|n| Shard::new(n, of)).collect();
            let mut sizes = vec![0_usize; shards.len()];
            for n in 0..7000 {
                let path = format!("logs/2026-11/{n:06}.log");
                let own: Vec<usize> = (0..shards.len())
                    .filter(|shard| shards[*shard].has(&path))
                    .collect();
                assert_eq!(own.len(), 1, "{path}");
                sizes[own[0]] += 1;
            }
            let fair = 7000 / usize::try_from(of).expect("a few");
            assert!(
                sizes.iter().all(|size| size.abs_diff(fair) < fair / 5 + 1),
                "{sizes:?}"
            );
        }
    }

    /// Another version must not share out in another way, or a merge of both would have holes.
    #[test]
    fn the_shares_stay_as_they_are() {
        let of = |path: &str| (1..=8).find(|n| Shard::new(*n, 8).is_some_and(|s| s.has(path)));
        let paths = ["", "a", "b", "logs/a.log", "logs/カード.log"];
        let shares: Vec<u32> = paths.into_iter().filter_map(of).collect();
        assert_eq!(shares, [4, 1, 6, 5, 5]);
    }

    #[test]
    fn what_is_no_share_is_refused() {
        for text in ["", "1", "0/2", "3/2", "1/0", "-1/2", "1/2/3", "a/b"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
