//! Card numbers as they are written: in one run, or in groups as cards and forms print them.

use super::digits::{Digits, luhn};
use super::edge::{Edge, edge};
use super::issuers::{Issuer, LONGEST, SHORTEST};
use super::layouts::{GROUPS, Known};
use super::rules::Rules;
use super::sign::{Sign, shifted, sign};

/// The most characters between two groups.
const GAP: usize = 3;

/// A number that could be a card's, by its issuer, its length and its check digit.
pub(super) struct Number<'r> {
    pub(super) digits: Digits,
    /// How many bytes it takes.
    pub(super) length: usize,
    pub(super) form: Form,
    pub(super) issuer: &'r Issuer,
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// In one run.
    Plain,
    /// In groups as cards print theirs.
    Printed,
    /// In groups of four digits, with nothing but spaces between.
    Spaced,
    /// In other groups.
    Grouped,
    /// In groups, with more of them before or after: a table of numbers.
    Among,
}

/// Digits in groups with the same gap between, as read.
struct Groups {
    digits: Digits,
    /// For each group, how many digits it has, and where it ends.
    groups: [(usize, usize); GROUPS],
    count: usize,
    /// What stands between, and whether another group follows the last.
    gap: (usize, usize),
    more: bool,
}

/// Returns the number that begins at a place.
pub(super) fn number<'r>(rules: &'r Rules, bytes: &[u8], at: usize) -> Option<Number<'r>> {
    let spelling = match bytes.get(at)? {
        b'0'..=b'9' | b'%' | b'\\' | b'&' | 0x80.. => sign,
        b'#' => shifted,
        _ => return None,
    };
    let first = spelling(bytes, at)?;
    first.digit()?;
    if follows_digit(bytes, at, first, spelling) {
        return None;
    }
    let groups = read(rules, bytes, at, first, spelling)?;
    let sizes = groups.groups.get(..groups.count)?;
    if let [(count, end)] = *sizes {
        if count < SHORTEST {
            return None;
        }
        return is_number(rules, groups.digits).map(|issuer| Number {
            digits: groups.digits,
            length: end - at,
            form: Form::Plain,
            issuer,
        });
    }
    // The longest layout that is a card's; what follows it are other numbers.
    (2..=sizes.len()).rev().find_map(|count| {
        let taken = sizes.get(..count)?;
        let digits: usize = taken.iter().map(|(digits, _)| digits).sum();
        let known = rules.layouts.of(taken.iter().map(|(digits, _)| *digits))?;
        let digits = groups.digits.first(digits);
        let issuer = is_number(rules, digits)?;
        let end = taken.last()?.1;
        let gap = bytes.get(groups.gap.0..groups.gap.1)?;
        let before = at.checked_sub(gap.len()).is_some_and(|before| {
            bytes.get(before..at) == Some(gap) && edge(bytes, before) == Edge::Digit
        });
        let after = count < sizes.len() || groups.more;
        Some(Number {
            digits,
            length: end - at,
            form: match known {
                _ if before || after => Form::Among,
                // Four columns of a table look so, too.
                Known::Alone if gap.iter().all(|byte| *byte == b' ') && is_even(taken) => {
                    Form::Spaced
                }
                Known::Alone => Form::Printed,
                Known::Named => Form::Grouped,
            },
            issuer,
        })
    })
}

/// Tells whether all groups have four digits.
fn is_even(groups: &[(usize, usize)]) -> bool {
    groups.iter().all(|(digits, _)| *digits == 4)
}

fn is_number(rules: &Rules, digits: Digits) -> Option<&Issuer> {
    let issuer = rules.issuers.of(&digits)?;
    luhn(digits.as_slice()).then_some(issuer)
}

/// Tells whether a digit of the same spelling stands before a place, so that nothing begins there.
fn follows_digit(
    bytes: &[u8],
    at: usize,
    first: Sign,
    spelling: fn(&[u8], usize) -> Option<Sign>,
) -> bool {
    match first.length {
        1 => matches!(edge(bytes, at), Edge::Digit | Edge::Within),
        length => at
            .checked_sub(length)
            .and_then(|before| spelling(bytes, before))
            .is_some_and(|sign| sign.length == length && sign.digit().is_some()),
    }
}

/// Reads digits of one spelling, and groups of them with the same gap between.
fn read(
    rules: &Rules,
    bytes: &[u8],
    at: usize,
    first: Sign,
    spelling: fn(&[u8], usize) -> Option<Sign>,
) -> Option<Groups> {
    let mut read = Groups {
        digits: Digits::default(),
        groups: [(0, at); GROUPS],
        count: 0,
        gap: (at, at),
        more: false,
    };
    let mut place = at;
    loop {
        let begins = read.digits.len();
        // The digits of a group.
        while let Some(next) = spelling(bytes, place)
            && next.length == first.length
            && let Some(digit) = next.digit()
        {
            if !read.digits.push(digit) {
                // More digits than a number has. Groups before this one may be one.
                read.more = true;
                return (read.count > 0).then_some(read);
            }
            place += next.length;
        }
        let size = read.digits.len() - begins;
        if size == 0 {
            break;
        }
        *read.groups.get_mut(read.count)? = (size, place);
        read.count += 1;
        if read.count == 1 {
            let leading = read.digits.as_slice().get(..4)?;
            let leading = leading
                .iter()
                .fold(0, |sum, digit| sum * 10 + usize::from(*digit));
            if rules.issuers.lengths(leading) == 0 {
                return None;
            }
            if size >= SHORTEST {
                break;
            }
            if !rules.layouts.begins(size) {
                return None;
            }
            let end = gap(bytes, place, spelling)?;
            read.gap = (place, end);
            place = end;
            continue;
        }
        let between = bytes.get(read.gap.0..read.gap.1)?;
        if !bytes
            .get(place..)
            .is_some_and(|rest| rest.starts_with(between))
        {
            break;
        }
        let next = place + between.len();
        let goes_on = spelling(bytes, next)
            .is_some_and(|sign| sign.length == first.length && sign.digit().is_some());
        if !goes_on {
            break;
        }
        if read.count == GROUPS || read.digits.len() == LONGEST {
            read.more = true;
            break;
        }
        place = next;
    }
    Some(read)
}

/// Returns where a gap between groups ends: one to three characters of which the first is no
/// fraction's point unless digits follow.
fn gap(bytes: &[u8], at: usize, spelling: fn(&[u8], usize) -> Option<Sign>) -> Option<usize> {
    let mut end = at;
    for _ in 0..GAP {
        let next = spelling(bytes, end)?;
        if !next.is_gap() {
            break;
        }
        end += next.length;
    }
    (end > at).then_some(end)
}
