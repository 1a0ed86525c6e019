//! What one store keeps of the same numbers: two truncations that together keep too much, or a
//! truncation and a hash (PCI DSS 4.0.1, 3.5.1, 3.5.1.1; PCI SSC FAQ 1117).

use std::collections::{HashMap, VecDeque};

use super::naming::label;
use super::phrases::Meaning;
use super::rules::Rules;
use super::shown::{Shown, shown};
use super::{Confidence, Kind, Masked, Match};

/// The most numbers that are remembered: the oldest is forgotten.
const REMEMBERED: usize = 4096;
/// The digits at either end by which two truncations are of one number.
const FIRST: usize = 6;
const LAST: usize = 4;
/// The lengths of a digest in hexadecimal, from MD5 to SHA-512.
const DIGESTS: [usize; 5] = [32, 40, 56, 64, 128];

/// What a store was seen to keep, in bounded memory. It is given the places at which masks and
/// digests may begin, in order, and the line that each is on.
#[derive(Default)]
pub(super) struct Store {
    /// Numbers of which both ends were kept, by these, with every digit that any of them kept.
    ends: HashMap<u64, Kept>,
    /// The ends in the order in which they were first seen.
    order: VecDeque<u64>,
    /// What the line has that was last looked at.
    line: u64,
    on_line: Vec<Kept>,
    hashed: bool,
}

/// What was kept of a number: digits, of which those above nine are not known.
#[derive(Clone)]
struct Kept {
    digits: [u8; 19],
    count: usize,
}

impl std::fmt::Debug for Store {
    /// Shows how much is remembered; what is kept of a number together may be too much.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("remembered", &self.order.len())
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Looks at what begins at a place. Returns the match there, if with it more of one number is
    /// kept than a truncation may keep, or a hash of it beside a truncation.
    pub(super) fn see(
        &mut self,
        rules: &Rules,
        bytes: &[u8],
        at: usize,
        line: u64,
    ) -> Option<Match> {
        if line != self.line {
            self.line = line;
            self.on_line.clear();
            self.hashed = false;
        }
        if let Some(shown) = shown(bytes, at) {
            let kept = Kept::new(&shown)?;
            return self.truncation(rules, &kept, at, shown.length);
        }
        let length = digest(rules, bytes, at)?;
        self.hashed = true;
        let kept = self.on_line.last()?.clone();
        Some(found(rules, &kept, Confidence::Possible, at, length))
    }

    /// Tells whether a masked number was seen on a line, the last that was looked at.
    pub(super) fn holds(&self, line: u64) -> bool {
        line == self.line && !self.on_line.is_empty()
    }

    /// Remembers a truncation; returns the match that it makes.
    fn truncation(
        &mut self,
        rules: &Rules,
        kept: &Kept,
        at: usize,
        length: usize,
    ) -> Option<Match> {
        let beside = self.on_line.iter().find_map(|other| {
            let union = other.union(kept)?;
            (kept.shares(other) && exceeded(rules, &union)).then_some(union)
        });
        if self.on_line.len() < 16 {
            self.on_line.push(kept.clone());
        }
        if let Some(union) = beside {
            return Some(found(rules, &union, Confidence::Confirmed, at, length));
        }
        if self.hashed {
            return Some(found(rules, kept, Confidence::Possible, at, length));
        }
        let ends = kept.ends()?;
        match self.ends.get_mut(&ends) {
            // Two cards may share both ends: that it is one number is likely, and no more.
            Some(other) => {
                let union = other.union(kept)?;
                let exceeds = exceeded(rules, &union) && !exceeded(rules, other);
                *other = union;
                exceeds.then(|| found(rules, other, Confidence::Possible, at, length))
            }
            None => {
                if self.order.len() == REMEMBERED
                    && let Some(oldest) = self.order.pop_front()
                {
                    self.ends.remove(&oldest);
                }
                self.order.push_back(ends);
                self.ends.insert(ends, kept.clone());
                None
            }
        }
    }
}

impl Kept {
    /// Returns what a mask keeps, if it tells the length of the number and enough to know it by.
    fn new(shown: &Shown) -> Option<Self> {
        if shown.removed || shown.leading().len() < FIRST {
            return None;
        }
        let mut digits = [u8::MAX; 19];
        for (place, digit) in digits.iter_mut().zip(shown.digits()) {
            *place = *digit;
        }
        Some(Self {
            digits,
            count: shown.count(),
        })
    }

    fn known(&self) -> u32 {
        let digits = self.digits.iter().take(self.count).enumerate();
        digits
            .filter(|(_, digit)| **digit <= 9)
            .fold(0, |known, (place, _)| known | 1 << place)
    }

    /// Returns what two keep together, if they can be of one number.
    fn union(&self, other: &Self) -> Option<Self> {
        let mut union = self.clone();
        for (own, digit) in union.digits.iter_mut().zip(other.digits) {
            match (*own, digit) {
                (0..=9, 0..=9) if *own != digit => return None,
                (0..=9, _) => {}
                _ => *own = digit,
            }
        }
        (self.count == other.count).then_some(union)
    }

    /// Tells whether two share enough digits to be of one number, on one line.
    fn shares(&self, other: &Self) -> bool {
        let shared = (self.known() & other.known()).count_ones();
        shared >= 6 && self.known() != other.known()
    }

    /// Returns the length and both ends as a number, if these are known.
    fn ends(&self) -> Option<u64> {
        let last = self.digits.get(self.count.checked_sub(LAST)?..self.count)?;
        let ends = self.digits.get(..FIRST)?.iter().chain(last);
        ends.clone().all(|digit| *digit <= 9).then(|| {
            let count = u64::try_from(self.count).unwrap_or(0);
            ends.fold(count, |sum, digit| sum * 10 + u64::from(*digit))
        })
    }
}

/// Tells whether more is kept than a truncation may keep.
fn exceeded(rules: &Rules, kept: &Kept) -> bool {
    let brand = rules
        .issuers
        .beginning_with(kept.digits.get(..FIRST).unwrap_or_default(), kept.count);
    let brand = brand.map_or("", |issuer| &issuer.name);
    rules
        .limits
        .truncation_exceeded(brand, kept.count, kept.known())
}

fn found(rules: &Rules, kept: &Kept, confidence: Confidence, at: usize, length: usize) -> Match {
    let digits = kept.digits.get(..kept.count).unwrap_or_default();
    let issuer = rules
        .issuers
        .beginning_with(digits.get(..FIRST).unwrap_or_default(), kept.count);
    Match {
        issuer: issuer.map(|issuer| issuer.name.clone()),
        masked: Some(Masked::new(digits)),
        ..Match::new(Kind::Truncation, confidence, at, length)
    }
}

/// Returns the length of a digest that begins at a place and that its label calls a hash of a card
/// number.
fn digest(rules: &Rules, bytes: &[u8], at: usize) -> Option<usize> {
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    if before.is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let text = bytes.get(at..).unwrap_or_default();
    let length = text
        .iter()
        .take(129)
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    if !DIGESTS.contains(&length) {
        return None;
    }
    let label = label(&rules.phrases, bytes, at)?;
    (label.meaning == Meaning::Hash).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns what a store sees in a text: the text of each match, and how sure it is.
    fn seen(text: &str) -> Vec<(&str, Confidence)> {
        let mut store = Store::default();
        let mut found = Vec::new();
        let mut line = 1;
        for at in 0..text.len() {
            if let Some(one) = store.see(Rules::built_in(), text.as_bytes(), at, line) {
                assert_eq!(one.kind, Kind::Truncation);
                found.push((
                    text.get(at..at + one.length).expect("whole"),
                    one.confidence,
                ));
            }
            line += u64::from(text.as_bytes().get(at) == Some(&b'\n'));
        }
        found
    }

    #[test]
    fn two_truncations_of_one_number_are_seen_together() {
        for (text, expected) in [
            // Each is within the limits, and both together are not.
            (
                "45391234****1234 453912**1234****",
                vec![("453912**1234****", Confidence::Confirmed)],
            ),
            ("45391234****1234 453912******1234", vec![]),
            ("45391234****1234 453999**1234****", vec![]),
            // On other lines the ends tell that they are of one number.
            (
                "453912******1234\n453912****121234",
                vec![("453912****121234", Confidence::Possible)],
            ),
            ("453912******1234\n453912******1234", vec![]),
            ("453912******1234\n453913****121234", vec![]),
        ] {
            assert_eq!(seen(text), expected, "{text}");
        }
    }

    #[test]
    fn a_hash_beside_a_truncation_is_seen() {
        let hash = "0123456789abcdef".repeat(4);
        for (text, expected) in [
            (format!("pan=453912******1234 pan_hash={hash}"), 1),
            (format!("pan_hash={hash} pan=453912******1234"), 1),
            (format!("pan=453912******1234 commit={hash}"), 0),
            (format!("pan=453912******1234\npan_hash={hash}"), 0),
        ] {
            assert_eq!(seen(&text).len(), expected, "{text}");
        }
    }

    #[test]
    fn no_more_is_remembered_than_stated() {
        let mut store = Store::default();
        for number in 0..REMEMBERED * 2 {
            let text = format!("45{number:04}******{:04}", number % 10_000);
            store.see(Rules::built_in(), text.as_bytes(), 0, number as u64);
        }
        assert!(store.ends.len() <= REMEMBERED && store.on_line.len() <= 16);
        assert!(format!("{store:?}") == "Store { remembered: 4096, .. }");
    }
}
