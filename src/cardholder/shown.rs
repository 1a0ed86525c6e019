//! Card numbers of which some digits are hidden or removed, and those that show too many.

use super::context::told;
use super::digits::Digits;
use super::edge::{Edge, edge};
use super::issuers::{LONGEST, SHORTEST};
use super::limits::bits;
use super::naming::{Called, named};
use super::rules::Rules;
use super::sign::{Sign, sign};
use super::{Confidence, Kind, Masked, Match};

/// The fewest digits at the beginning by which an issuer is known.
const KNOWN: usize = 4;
/// The digit that stands for one that is hidden.
const HIDDEN: u8 = u8::MAX;
/// The length of a number of which digits were removed: that of nearly all.
const USUAL: usize = 16;

/// A number of which some digits are hidden or removed.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    /// The digits, those that are hidden among them.
    digits: Digits,
    /// A bit for each digit that is shown, the first digit's the lowest.
    pub(super) shown: u32,
    /// How many bytes it takes.
    pub(super) length: usize,
    /// Digits were removed, so that the length is not known.
    pub(super) removed: bool,
}

impl Shown {
    /// Returns how many digits the number has.
    pub(super) fn count(&self) -> usize {
        match self.removed {
            true => USUAL,
            false => self.digits.len(),
        }
    }

    /// Returns the digits from the first; those that are hidden are none of 0 to 9.
    pub(super) fn digits(&self) -> &[u8] {
        self.digits.as_slice()
    }

    /// Returns the digits that are shown at the beginning.
    pub(super) fn leading(&self) -> &[u8] {
        let digits = self.digits.as_slice();
        let count = digits.iter().take_while(|digit| **digit <= 9).count();
        digits.get(..count).unwrap_or_default()
    }
}

/// Returns the number that begins at `at` and shows more than may be shown, or keeps more than may
/// be kept. Where each hidden digit has its mask, the number was masked for display; where the
/// mask is shorter, or dots stand for what is missing, digits were removed.
pub(super) fn exceeding(rules: &Rules, bytes: &[u8], at: usize) -> Option<Match> {
    let shown = shown(bytes, at)?;
    let issuer = (shown.leading().len() >= KNOWN)
        .then(|| rules.issuers.beginning_with(shown.leading(), shown.count()));
    let issuer = match issuer {
        Some(issuer) => Some(issuer?),
        None => None,
    };
    let brand = issuer.map_or("", |issuer| &issuer.name);
    let (kind, exceeded) = match shown.removed {
        true => (
            Kind::Truncation,
            rules
                .limits
                .truncation_exceeded(brand, shown.count(), shown.shown),
        ),
        false => (
            Kind::Display,
            rules
                .limits
                .display_exceeded(brand, shown.count(), shown.shown),
        ),
    };
    if !exceeded {
        return None;
    }
    let named = named(&rules.phrases, bytes, at);
    let confidence = match (named.called, issuer) {
        (Called::Card, _) => Confidence::Confirmed,
        (Called::Other, Some(_)) => Confidence::Possible,
        (_, Some(issuer)) if !issuer.named && !shown.removed => Confidence::Confirmed,
        (Called::AmongCards, Some(_)) => Confidence::Possible,
        (Called::Other | Called::AmongCards | Called::Nothing, _) => return None,
    };
    Some(Match {
        issuer: issuer.map(|issuer| issuer.name.clone()),
        masked: Some(Masked::new(shown.digits())),
        context: named
            .by
            .and_then(|by| told(&rules.phrases, named.other, bytes, by)),
        ..Match::new(kind, confidence, at, shown.length)
    })
}

/// Returns the number with hidden or removed digits that begins at `at`.
pub(super) fn shown(bytes: &[u8], at: usize) -> Option<Shown> {
    let first = sign(bytes, at)?;
    let begins = match is_mask(first) {
        true => !before_is(bytes, at, |sign| is_mask(sign) || sign.is.is_alphanumeric()),
        false => first.digit().is_some() && edge(bytes, at) == Edge::Free,
    };
    if !begins || before_is(bytes, at, is_mask) || goes_before(bytes, at) {
        return None;
    }
    let mut read = Shown {
        digits: Digits::default(),
        shown: 0,
        length: 0,
        removed: false,
    };
    let mut end = at;
    let (mut hidden, mut dots, mut trailing) = (0, 0, 0);
    let (mut spelling, mut letter) = (None, false);
    while let Some(next) = sign(bytes, end) {
        if let Some(digit) = next.digit() {
            if *spelling.get_or_insert(next.length) != next.length {
                return None;
            }
            read.shown |= bits(1) << read.digits.len().min(LONGEST);
            if !read.digits.push(digit) {
                return None;
            }
            trailing += usize::from(hidden + dots > 0);
        } else if is_mask(next) {
            if is_lone_letter(bytes, end, next) || !read.digits.push(HIDDEN) {
                return None;
            }
            hidden += 1;
            letter |= next.is.is_alphanumeric();
        } else if let Some(count) = ellipsis(bytes, end).filter(|_| dots == 0 && hidden == 0) {
            dots = 1;
            if !read.digits.push(HIDDEN) {
                return None;
            }
            end += count;
            continue;
        } else {
            let group = group(bytes, end + next.length);
            // With the last four, a number ends.
            let complete = trailing >= 4 && read.digits.len() > SHORTEST;
            let goes_on = !complete
                && matches!(next.is, ' ' | '-' | '\u{a0}')
                && group > 0
                && read.digits.len() + group <= LONGEST;
            if !goes_on {
                break;
            }
            // A mask of one sign stands between digits that have no gaps.
            if hidden == 1 {
                return None;
            }
        }
        end += next.length;
    }
    let glued =
        sign(bytes, end).is_some_and(|next| next.is.is_ascii_alphanumeric() || next.is == '_');
    let count = read.digits.len();
    read.length = end - at;
    if glued || hidden + dots == 0 {
        return None;
    }
    if hidden >= 2 && (SHORTEST + 1..=LONGEST).contains(&count) && dots == 0 {
        return Some(read);
    }
    // Fewer masks than digits: what stood between was removed. A lone letter is no mask, and where
    // more groups follow, the mask is a sign of something else.
    let more = sign(bytes, end).is_some_and(|next| {
        matches!(next.is, ' ' | '-' | '\u{a0}') && group(bytes, end + next.length) > 0
    });
    if more || hidden == 1 && letter {
        return None;
    }
    let kept = count - hidden - dots;
    let fits = (8..SHORTEST + 4).contains(&kept) && (2..=9).contains(&trailing);
    if !fits || count > SHORTEST && hidden > 1 || read.leading().len() + trailing != kept {
        return None;
    }
    read.removed = true;
    read.shown = bits(kept - trailing) | bits(trailing) << (USUAL - trailing);
    Some(read)
}

/// Tells whether a place is in the middle of a number in groups: a mask, or a group of four digits,
/// stands before, with one sign between.
fn goes_before(bytes: &[u8], at: usize) -> bool {
    let Some(gap) = at
        .checked_sub(1)
        .filter(|gap| matches!(bytes.get(*gap), Some(b' ' | b'-')))
    else {
        return false;
    };
    let before = bytes.get(gap.saturating_sub(8)..gap).unwrap_or_default();
    let digits = before.iter().rev().take_while(|byte| byte.is_ascii_digit());
    (digits.count() == 4 && group(bytes, at) < 8) || before_is(bytes, gap, is_mask)
}

/// Returns how many digits and masks stand at a place in a row; no more than a number has, and one.
fn group(bytes: &[u8], at: usize) -> usize {
    let mut at = at;
    for count in 0..=LONGEST {
        match sign(bytes, at) {
            Some(next) if next.digit().is_some() || is_mask(next) => at += next.length,
            _ => return count,
        }
    }
    LONGEST + 1
}

/// Tells whether a mask stands directly before or after a number, with more of it beyond.
pub(super) fn is_masked(bytes: &[u8], at: usize, end: usize) -> bool {
    let after = sign(bytes, end).filter(|next| is_mask(*next));
    let goes_on = after.is_some_and(|next| {
        sign(bytes, end + next.length).is_some_and(|more| is_mask(more) || more.digit().is_some())
    });
    let before = |at: usize| {
        (1..=3).find_map(|length| {
            let start = at.checked_sub(length)?;
            let sign = sign(bytes, start).filter(|sign| sign.length == length)?;
            Some((start, sign))
        })
    };
    let led = before(at)
        .filter(|(_, sign)| is_mask(*sign))
        .and_then(|(start, _)| before(start))
        .is_some_and(|(_, more)| is_mask(more) || more.digit().is_some());
    goes_on || led
}

/// Tells whether a character hides a digit. One that is escaped does not count: nothing quick tells
/// it from other escapes.
fn is_mask(sign: Sign) -> bool {
    let written = sign.length == sign.is.len_utf8();
    written
        && matches!(
            sign.is,
            '*' | 'x'
                | 'X'
                | '#'
                | '\u{2022}'
                | '\u{25cf}'
                | '\u{2217}'
                | '\u{ff0a}'
                | '\u{ff38}'
                | '\u{d7}'
                | '\u{2588}'
                | '\u{25a0}'
                | '\u{25cb}'
                | '\u{2b24}'
                | '\u{ff03}'
        )
}

/// Tells whether a mask is a letter without another mask near: a part of an id.
fn is_lone_letter(bytes: &[u8], at: usize, mask: Sign) -> bool {
    let near = bytes.get(at.saturating_sub(2)..at + 3);
    let near = near
        .or(bytes.get(at.saturating_sub(2)..))
        .unwrap_or_default();
    let masks = near
        .iter()
        .filter(|byte| matches!(byte, b'*' | b'#' | b'x' | b'X'));
    mask.is.is_ascii_alphabetic() && masks.count() < 2
}

/// Returns the length of what stands for removed digits: an ellipsis, or three and more dots,
/// dashes or underscores.
fn ellipsis(bytes: &[u8], at: usize) -> Option<usize> {
    let first = sign(bytes, at)?;
    if first.is == '\u{2026}' {
        return Some(first.length);
    }
    let byte = *bytes
        .get(at)
        .filter(|byte| matches!(byte, b'.' | b'_' | b'-'))?;
    let rest = bytes.get(at..).unwrap_or_default();
    let count = rest
        .iter()
        .take(16)
        .take_while(|next| **next == byte)
        .count();
    (count >= 3).then_some(count)
}

/// Tells something of the character before a place.
fn before_is(bytes: &[u8], at: usize, is: impl Fn(Sign) -> bool) -> bool {
    super::key::back(bytes, at).is_some_and(is)
}
