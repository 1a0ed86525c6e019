//! Who issues numbers that begin so: a table by their four leading digits.

use std::sync::Arc;

use super::digits::Digits;
use crate::source::{Code, Spanned, Table};

/// The digits of a number by which the table is ordered.
const LEADING: usize = 4;
/// The most leading digits of a range.
const MOST: usize = 8;
/// The shortest number.
pub(super) const SHORTEST: usize = 12;
/// The longest number.
pub(super) const LONGEST: usize = 19;

/// The ranges of all issuers.
#[derive(Debug, Clone, Default)]
pub(super) struct Issuers {
    /// Those with the longest leading digits first.
    ranges: Vec<Range>,
    /// For each four leading digits, a bit for each length, from twelve.
    lengths: Box<[u8]>,
    /// For each four leading digits, the ranges that have numbers that begin so, in order.
    first: Box<[(u16, u16)]>,
    /// The ranges that `first` tells of.
    members: Vec<u16>,
}

/// Numbers of one issuer: leading digits from and to, of the same length.
#[derive(Debug, Clone)]
struct Range {
    issuer: Issuer,
    /// How many leading digits it tells.
    digits: usize,
    /// The smallest number's leading eight digits.
    from: u32,
    /// The largest number's.
    to: u32,
    /// A bit for each length, from twelve.
    lengths: u8,
}

/// Whose number it is.
#[derive(Debug, Clone)]
pub(super) struct Issuer {
    /// The network.
    pub(super) name: Arc<str>,
    /// Numbers that begin so are a card's only where words say so.
    pub(super) named: bool,
}

impl Issuers {
    /// Reads the issuers of a list.
    pub(super) fn read(table: &mut Table<'_>) -> Self {
        let mut ranges: Vec<Range> = table
            .tables("issuer")
            .into_iter()
            .flat_map(issuer)
            .collect();
        ranges.sort_by_key(|range| std::cmp::Reverse(range.digits));
        let mut issuers = Self {
            lengths: vec![0; 10_usize.pow(4)].into(),
            first: vec![(0, 0); 10_usize.pow(4)].into(),
            members: Vec::new(),
            ranges: Vec::new(),
        };
        let rest = 10_u32.pow(4);
        for leading in 0..rest {
            let start = issuers.members.len();
            let mut lengths = 0;
            for (index, range) in (0..).zip(&ranges) {
                if (range.from / rest..=range.to / rest).contains(&leading) {
                    lengths |= range.lengths;
                    issuers.members.push(index);
                }
            }
            let place = usize::try_from(leading).unwrap_or(0);
            let bounds = u16::try_from(start)
                .ok()
                .zip(u16::try_from(issuers.members.len()).ok());
            if let (Some(of), Some(first), Some(bounds)) = (
                issuers.lengths.get_mut(place),
                issuers.first.get_mut(place),
                bounds,
            ) {
                *of = lengths;
                *first = bounds;
            }
        }
        issuers.ranges = ranges;
        issuers
    }

    /// Returns how many ranges there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Returns the lengths of numbers that begin with four digits: a bit for each, from twelve.
    pub(super) fn lengths(&self, leading: usize) -> u8 {
        self.lengths.get(leading).copied().unwrap_or(0)
    }

    /// Tells whether numbers of 13, 16 or 19 digits begin with these digits, four at most.
    pub(super) fn leads(&self, digits: &[u8]) -> bool {
        let usual = [13, 16, 19].into_iter().filter_map(length_bit);
        let usual = usual.fold(0, |usual, length| usual | length);
        let (mut first, mut count) = (0, 1);
        for place in 0..4 {
            match digits.get(place) {
                Some(digit) => first = first * 10 + usize::from(*digit),
                None => (first, count) = (first * 10, count * 10),
            }
        }
        let beginning = self.lengths.iter().skip(first).take(count);
        beginning.copied().any(|lengths| lengths & usual != 0)
    }

    /// Returns the issuer of a number: of those whose numbers begin so and have its length, the one
    /// with the longest leading digits, for several networks share a beginning.
    pub(super) fn of(&self, digits: &Digits) -> Option<&Issuer> {
        let digits = digits.as_slice();
        let length = length_bit(digits.len())?;
        self.beginning(digits, length)
    }

    /// Returns the issuer of a number of which the first digits are known, four at least.
    pub(super) fn beginning_with(&self, leading: &[u8], length: usize) -> Option<&Issuer> {
        self.beginning(leading, length_bit(length)?)
    }

    fn beginning(&self, digits: &[u8], length: u8) -> Option<&Issuer> {
        let leading = value(digits.get(..LEADING)?);
        let place = usize::try_from(leading).ok()?;
        if self.lengths(place) & length == 0 {
            return None;
        }
        let known = digits.get(..digits.len().min(MOST))?;
        let rest = 10_u32.pow(u32::try_from(MOST - known.len()).ok()?);
        let (low, high) = (value(known) * rest, (value(known) + 1) * rest - 1);
        let (start, end) = self.first.get(place)?;
        self.members
            .get(usize::from(*start)..usize::from(*end))?
            .iter()
            .filter_map(|index| self.ranges.get(usize::from(*index)))
            .find(|range| range.lengths & length != 0 && range.from <= high && range.to >= low)
            .map(|range| &range.issuer)
    }
}

/// Returns the bit that stands for a length.
fn length_bit(length: usize) -> Option<u8> {
    let place = length.checked_sub(SHORTEST).filter(|_| length <= LONGEST)?;
    Some(1 << place)
}

fn value(digits: &[u8]) -> u32 {
    digits
        .iter()
        .fold(0, |sum, digit| sum * 10 + u32::from(*digit))
}

fn issuer(mut table: Table<'_>) -> Vec<Range> {
    let name = table.required_string("name");
    table.required_string("source");
    let mut ranges = Vec::new();
    for mut range in table.tables("ranges") {
        let from = range.required_string("from");
        let to = range.required_string("to");
        let lengths = lengths(&mut range);
        let named = range.boolean("named").is_some_and(|named| named.value);
        if let (Some(name), Some(from), Some(to)) = (&name, from, to)
            && let (Some(low), Some(high)) = (leading(&range, &from), leading(&range, &to))
        {
            let digits = from.value.len();
            if digits == to.value.len() && low <= high {
                let rest = 10_u32.pow(u32::try_from(MOST - digits).unwrap_or(0));
                ranges.push(Range {
                    issuer: Issuer {
                        name: Arc::from(name.value.as_str()),
                        named,
                    },
                    digits,
                    from: low * rest,
                    to: (high + 1) * rest - 1,
                    lengths,
                });
            } else {
                let message = "`from` and `to` have as many digits, and `from` is not the larger";
                range.report(Code::InvalidValue, to.span, message);
            }
        }
        range.finish();
    }
    table.finish();
    ranges
}

fn lengths(table: &mut Table<'_>) -> u8 {
    let Some(item) = table.required("lengths") else {
        return 0;
    };
    let value = item.to_value();
    let given = value.as_list().unwrap_or_default();
    let lengths: Vec<u8> = given
        .iter()
        .filter_map(|length| length_bit(usize::try_from(length.as_int()?).ok()?))
        .collect();
    if lengths.is_empty() || lengths.len() != given.len() {
        let message = "`lengths` lists whole numbers from 12 to 19";
        table.report(Code::InvalidValue, item.span(), message);
    }
    lengths.iter().fold(0, |all, length| all | length)
}

/// Returns leading digits as a number.
fn leading(table: &Table<'_>, text: &Spanned<String>) -> Option<u32> {
    let digits = text.value.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || !(1..=MOST).contains(&text.value.len()) {
        let message = "it has one to eight digits and nothing else";
        table.report(Code::InvalidValue, text.span, message);
        return None;
    }
    text.value.parse().ok()
}
