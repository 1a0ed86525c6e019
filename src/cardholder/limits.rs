//! How many digits of a number may be left, by brand and length.

use super::issuers::{LONGEST, SHORTEST};
use crate::source::{Code, Table};

/// The limits of a list.
#[derive(Debug, Clone, Default)]
pub(super) struct Limits {
    display: Vec<Limit>,
    truncation: Vec<Limit>,
}

/// What may be left of numbers of some lengths.
#[derive(Debug, Clone)]
struct Limit {
    /// Of one brand only.
    brand: Option<String>,
    lengths: Vec<usize>,
    leading: usize,
    rest: usize,
}

impl Limits {
    /// Reads the limits of a list.
    pub(super) fn read(table: &mut Table<'_>) -> Self {
        Self {
            display: limits(table, "display", "trailing"),
            truncation: limits(table, "truncation", "others"),
        }
    }

    /// Tells whether more is shown of a number than the BIN and the last four: any other digit is
    /// too many. A set bit is a digit that is shown, the first digit's the lowest.
    pub(super) fn display_exceeded(&self, brand: &str, length: usize, shown: u32) -> bool {
        find(&self.display, brand, length).is_some_and(|limit| {
            let trailing = bits(limit.rest) << length.saturating_sub(limit.rest);
            shown & bits(length) & !(bits(limit.leading) | trailing) != 0
        })
    }

    /// Tells whether more is kept of a number than a truncation may keep: the first digits, and so
    /// many others.
    pub(super) fn truncation_exceeded(&self, brand: &str, length: usize, kept: u32) -> bool {
        find(&self.truncation, brand, length).is_some_and(|limit| {
            let others = (kept & bits(length) & !bits(limit.leading)).count_ones();
            usize::try_from(others).is_ok_and(|others| others > limit.rest)
        })
    }
}

/// Returns that many bits.
pub(super) fn bits(count: usize) -> u32 {
    u32::try_from(count)
        .ok()
        .and_then(|count| 1_u32.checked_shl(count))
        .map_or(u32::MAX, |bit| bit - 1)
}

fn find<'l>(limits: &'l [Limit], brand: &str, length: usize) -> Option<&'l Limit> {
    limits.iter().find(|limit| {
        limit.lengths.contains(&length) && limit.brand.as_deref().is_none_or(|own| own == brand)
    })
}

fn limits(table: &mut Table<'_>, key: &'static str, rest: &'static str) -> Vec<Limit> {
    let mut limits = Vec::new();
    for mut limit in table.tables(key) {
        limit.required_string("reason");
        let brand = limit.string("brand").map(|brand| brand.value);
        let whole = |table: &mut Table<'_>, key| {
            let number = table.required(key).and_then(crate::source::Item::integer);
            number.and_then(|number| usize::try_from(number.value).ok())
        };
        let (leading, rest) = (whole(&mut limit, "leading"), whole(&mut limit, rest));
        if let Some(item) = limit.required("lengths") {
            let value = item.to_value();
            let lengths: Vec<usize> = value
                .as_list()
                .unwrap_or_default()
                .iter()
                .filter_map(|length| usize::try_from(length.as_int()?).ok())
                .filter(|length| (SHORTEST..=LONGEST).contains(length))
                .collect();
            match (leading, rest, lengths.is_empty()) {
                (Some(leading), Some(rest), false) => limits.push(Limit {
                    brand,
                    lengths,
                    leading,
                    rest,
                }),
                _ => limit.report(
                    Code::InvalidValue,
                    item.span(),
                    "`lengths` lists whole numbers from 12 to 19",
                ),
            }
        }
        limit.finish();
    }
    limits
}

#[cfg(test)]
mod tests {
    use crate::cardholder::Rules;

    /// Returns the bits of the digits in a mask.
    fn shown(mask: &str) -> u32 {
        mask.bytes()
            .enumerate()
            .filter(|(_, byte)| byte.is_ascii_digit())
            .fold(0, |bits, (place, _)| bits | 1 << place)
    }

    #[test]
    fn limits_are_by_brand_and_length() {
        for (brand, mask, display, truncation) in [
            ("visa", "453912******1234", false, false),
            ("visa", "45391234****1234", false, false),
            ("visa", "453912345***1234", true, true),
            ("visa", "453912**12**1234", true, true),
            ("visa", "45391234**12**34", true, false),
            ("visa", "453912*****11234", true, true),
            ("visa", "************1234", false, false),
            ("amex", "341234*****1234", false, false),
            ("amex", "3412345****1234", false, true),
            ("amex", "341234****11234", true, true),
            ("diners", "361234****1234", false, false),
            ("diners", "36123456**1234", false, true),
            ("maestro", "67591234*******1234", false, false),
        ] {
            let limits = &Rules::built_in().limits;
            let found = (
                limits.display_exceeded(brand, mask.len(), shown(mask)),
                limits.truncation_exceeded(brand, mask.len(), shown(mask)),
            );
            assert_eq!(found, (display, truncation), "{brand} {mask}");
        }
    }
}
