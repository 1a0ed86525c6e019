//! Spellings of phrases, looked for in short texts: quick to make, since most scans need them for a
//! few lines.

/// How many bits tell beginnings apart.
const BEGINNINGS: usize = 1 << 14;
/// The most bytes of a beginning.
const BEGINNING: usize = 6;

/// Spellings, each with the phrase that it spells.
#[derive(Debug)]
pub(super) struct Spelled {
    /// In order, each once.
    spellings: Vec<(Vec<u8>, usize)>,
    /// How many bytes all have at least, of those that are a beginning.
    least: usize,
    /// A bit for each beginning, by its hash.
    beginnings: Vec<u64>,
}

impl Spelled {
    /// Takes spellings. Of several phrases that are spelled the same the first counts.
    pub(super) fn new(mut spellings: Vec<(Vec<u8>, usize)>) -> Self {
        spellings.retain(|(spelling, _)| !spelling.is_empty());
        spellings.sort();
        spellings.dedup_by(|one, before| one.0 == before.0);
        let least = spellings.iter().map(|(spelling, _)| spelling.len()).min();
        let least = least.unwrap_or(1).min(BEGINNING);
        let mut beginnings = vec![0; BEGINNINGS / 64];
        for (spelling, _) in &spellings {
            let bit = spelling.get(..least).map_or(0, hash);
            if let Some(word) = beginnings.get_mut(bit / 64) {
                *word |= 1 << (bit % 64);
            }
        }
        Self {
            spellings,
            least,
            beginnings,
        }
    }

    /// Calls with every spelling in a text, from left to right, of those that begin at one place
    /// the longest: where it stands, and what it spells.
    pub(super) fn find(&self, text: &[u8], mut with: impl FnMut(std::ops::Range<usize>, usize)) {
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| rest.len() >= self.least) {
            match self.beginning(rest) {
                Some((length, spells)) => {
                    with(at..at + length, spells);
                    at += length;
                }
                None => at += 1,
            }
        }
    }

    /// Returns the length of the longest spelling with which a text begins, and what it spells.
    fn beginning(&self, text: &[u8]) -> Option<(usize, usize)> {
        let bit = hash(text.get(..self.least)?);
        if self.beginnings.get(bit / 64)? >> (bit % 64) & 1 == 0 {
            return None;
        }
        let mut begins = text;
        loop {
            // The last in order that is not beyond: if the text does not begin with it, none does
            // that is longer than what both begin with.
            let up_to = |(spelling, _): &(Vec<u8>, usize)| spelling.as_slice() <= begins;
            let last = self.spellings.partition_point(up_to).checked_sub(1)?;
            let (spelling, spells) = self.spellings.get(last)?;
            let pairs = spelling.iter().zip(text);
            let common = pairs.take_while(|(one, other)| one == other).count();
            if common == spelling.len() {
                return Some((common, *spells));
            }
            begins = text.get(..common).filter(|_| common >= self.least)?;
        }
    }
}

/// Returns which bit stands for a few bytes.
fn hash(bytes: &[u8]) -> usize {
    let joined = bytes
        .iter()
        .fold(0_u64, |joined, byte| joined << 8 | u64::from(*byte));
    let mixed = joined.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BEGINNINGS.trailing_zeros());
    usize::try_from(mixed).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_spelling_at_a_place_is_found_and_none_that_overlaps() {
        let words = ["abc", "abcde", "abd", "bcd", "xyz", "abcdefgh"];
        let spellings = words.iter().enumerate();
        let spelled = Spelled::new(
            spellings
                .map(|(index, word)| (word.as_bytes().to_vec(), index))
                .collect(),
        );
        for (text, expected) in [
            ("abc", vec![(0..3, 0)]),
            ("abcd", vec![(0..3, 0)]),
            ("abcdefg", vec![(0..5, 1)]),
            ("abcdefgh", vec![(0..8, 5)]),
            ("ababdbcdxyzab", vec![(2..5, 2), (5..8, 3), (8..11, 4)]),
            ("abczz", vec![(0..3, 0)]),
            ("ab", vec![]),
            ("", vec![]),
        ] {
            let mut found = Vec::new();
            spelled.find(text.as_bytes(), |range, spells| found.push((range, spells)));
            assert_eq!(found, expected, "{text}");
        }
    }
}
