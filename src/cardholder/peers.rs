//! Numbers in the same place of other lines. By chance one in ten digits that begin like a card
//! number has its check digit; where one after the other has, they are card numbers, though no word
//! says so.

use std::collections::{HashMap, VecDeque};

use super::{Confidence, Match};

/// How far back a place is told by what stands there, in bytes.
const NEAR: usize = 32;
/// How many more of a place have their check digit than have not, until they are card numbers: that
/// random digits come to it is less likely than one in a million (Wald's sequential test, with one in
/// ten against nine in ten).
const ENOUGH: u32 = 7;
/// Of how many at least one may have not. Where more have not, the place holds other numbers too:
/// some of which have a check digit of their own, and come to any lead in a long text.
const EXCEPTION: u32 = 8;
/// The most places that are remembered. Places beyond are not.
const PLACES: usize = 4096;
/// The most matches that wait for what is still to come.
const WAITING: usize = 1024;

/// What was seen of places, and the matches that wait for more.
#[derive(Default)]
pub(super) struct Peers {
    /// For each place, how many numbers had their check digit, and how many had not.
    places: HashMap<u64, (u32, u32)>,
    /// Matches in order; those with a place are not decided.
    waiting: VecDeque<(Match, Option<u64>)>,
}

impl Peers {
    /// Counts digits that begin and are as long as a card number, at a place.
    pub(super) fn count(&mut self, place: u64, checks: bool) {
        let room = self.places.len() < PLACES;
        let count = match self.places.get_mut(&place) {
            Some(count) => count,
            None if room => self.places.entry(place).or_default(),
            None => return,
        };
        let count = match checks {
            true => &mut count.0,
            false => &mut count.1,
        };
        *count = count.saturating_add(1);
    }

    /// Takes a match; hands out what is decided, in order. One at a place waits if nothing but
    /// other numbers can decide it.
    pub(super) fn take(
        &mut self,
        one: Match,
        place: impl FnOnce() -> u64,
        found: &mut dyn FnMut(Match),
    ) {
        let open = one.open;
        if !open && self.waiting.is_empty() {
            return found(one);
        }
        self.waiting.push_back((one, open.then(place)));
        while let Some((_, place)) = self.waiting.front() {
            let decided = place.is_none_or(|place| self.enough(place));
            if !decided && self.waiting.len() <= WAITING {
                return;
            }
            self.release(found);
        }
    }

    /// Hands out what waits.
    pub(super) fn finish(&mut self, found: &mut dyn FnMut(Match)) {
        while !self.waiting.is_empty() {
            self.release(found);
        }
    }

    fn release(&mut self, found: &mut dyn FnMut(Match)) {
        if let Some((mut one, place)) = self.waiting.pop_front() {
            if place.is_some_and(|place| self.enough(place)) {
                one.confidence = Confidence::Confirmed;
            }
            found(one);
        }
    }

    fn enough(&self, place: u64) -> bool {
        self.places.get(&place).is_some_and(|(with, without)| {
            *with >= without.saturating_add(ENOUGH) && *with >= without.saturating_mul(EXCEPTION)
        })
    }
}

/// Returns what tells a place: what stands before it on the line, with words as they are and
/// anything with digits in it as one. FNV-1a, 64 bits.
pub(super) fn place(bytes: &[u8], at: usize) -> u64 {
    let from = at.saturating_sub(NEAR);
    let near = bytes.get(from..at).unwrap_or_default();
    let line = memchr::memrchr(b'\n', near).map_or(0, |newline| newline + 1);
    let near = near.get(line..).unwrap_or_default();
    let mut parts = near.chunk_by(|a, b| a.is_ascii_alphanumeric() == b.is_ascii_alphanumeric());
    if line == 0 && from > 0 {
        // The first may have begun before.
        parts.next();
    }
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut mix = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    for part in parts {
        match part.iter().any(u8::is_ascii_digit) {
            true => mix(b'0'),
            false => part.iter().for_each(|byte| mix(byte.to_ascii_lowercase())),
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cardholder::Kind;

    #[test]
    fn a_place_is_the_same_whatever_numbers_stand_before_it() {
        let of = |text: &str| place(text.as_bytes(), text.len());
        assert_eq!(of("{\"args\":[\"1f-2b\",\""), of("{\"args\":[\"77-90\",\""));
        assert_eq!(of("first line\nGET /x/"), of("another\nGET /x/"));
        assert_ne!(of("GET /x/"), of("GET /y/"));
    }

    #[test]
    fn a_place_of_mixed_numbers_is_never_sure() {
        let mut peers = Peers::default();
        for count in 0..1000 {
            peers.count(1, count % 3 != 0);
            peers.count(2, count % 20 != 0);
        }
        assert!(!peers.enough(1) && peers.enough(2));
    }

    #[test]
    fn matches_wait_for_others_in_their_place_and_keep_their_order() {
        let one = |offset| Match {
            open: true,
            ..Match::new(Kind::Pan, Confidence::Possible, offset, 16)
        };
        let mut told = Vec::new();
        let mut peers = Peers::default();
        for offset in 0..20 {
            peers.count(1, true);
            peers.take(one(offset), || 1, &mut |one| told.push(one));
            peers.count(2, offset % 9 == 0);
            peers.take(one(100 + offset), || 2, &mut |one| told.push(one));
        }
        peers.finish(&mut |one| told.push(one));
        assert_eq!(told.len(), 40);
        for (index, one) in told.iter().enumerate() {
            let confidence = match index % 2 {
                0 => Confidence::Confirmed,
                _ => Confidence::Possible,
            };
            assert_eq!(one.confidence, confidence, "{index}");
        }
    }
}
