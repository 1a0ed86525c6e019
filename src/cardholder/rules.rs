//! What the scanner knows of the world: issuers, test numbers and words, as data of the workbook
//! that is built into the program.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use super::words::Words;
use crate::source::{Code, Diagnostics, SourceFile, Spanned, Table, Toml, sha256};

/// The lists, which the program carries with it: a scan runs where the data lie.
const ISSUERS: (&str, &str) = (
    "checks/lists/issuers.toml",
    include_str!("../../checks/lists/issuers.toml"),
);
const TEST_CARDS: (&str, &str) = (
    "checks/lists/test-cards.toml",
    include_str!("../../checks/lists/test-cards.toml"),
);
const CARD_WORDS: (&str, &str) = (
    "checks/lists/card-words.toml",
    include_str!("../../checks/lists/card-words.toml"),
);

static BUILT_IN: LazyLock<Rules> =
    LazyLock::new(|| Rules::parse(ISSUERS, TEST_CARDS, CARD_WORDS).0);

/// What the scanner knows of the world.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    ranges: Vec<Range>,
    tests: BTreeSet<Vec<u8>>,
    pub(super) words: Words,
    pub(super) most_shown: Shown,
    digest: String,
}

/// How many digits of a number a display may show at most.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shown {
    /// At its beginning.
    pub(super) leading: usize,
    /// At its end.
    pub(super) trailing: usize,
}

/// Numbers of one issuer: leading digits from and to, of the same length.
#[derive(Debug, Clone)]
struct Range {
    issuer: Arc<str>,
    from: Vec<u8>,
    to: Vec<u8>,
    lengths: Vec<usize>,
}

impl Range {
    /// Tells whether numbers that begin with the digits can be in the range, as far as they go.
    fn begins(&self, digits: &[u8]) -> bool {
        let known = digits.len().min(self.from.len());
        let begins = digits.get(..known);
        begins >= self.from.get(..known) && begins <= self.to.get(..known)
    }
}

impl Rules {
    /// Returns the rules that the program is built with.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Returns the SHA-256 of everything that the rules were made of.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Returns the issuer of numbers of that length that begin with the digits: the one with the
    /// longest leading digits, for several networks share a beginning.
    pub(super) fn issuer(&self, digits: &[u8], length: usize) -> Option<&Arc<str>> {
        self.ranges
            .iter()
            .filter(|range| range.lengths.contains(&length) && range.begins(digits))
            .max_by_key(|range| range.from.len())
            .map(|range| &range.issuer)
    }

    /// Tells whether a number is published for tests.
    pub(super) fn is_test(&self, digits: &[u8]) -> bool {
        self.tests.contains(digits)
    }

    /// Reads the three lists, given with their paths.
    pub(super) fn parse(
        issuers: (&str, &str),
        tests: (&str, &str),
        words: (&str, &str),
    ) -> (Self, Diagnostics) {
        let mut diagnostics = Diagnostics::new();
        let mut rules = Self {
            digest: sha256(
                [issuers.1, tests.1, words.1]
                    .join("\0")
                    .replace("\r\n", "\n")
                    .as_bytes(),
            ),
            ..Self::default()
        };
        read(issuers, &mut diagnostics, |table| {
            rules.ranges = table
                .tables("issuer")
                .into_iter()
                .flat_map(issuer)
                .collect();
        });
        read(tests, &mut diagnostics, |table| {
            let numbers = table.strings("numbers");
            rules.tests = numbers
                .iter()
                .filter_map(|text| digits(table, text))
                .collect();
        });
        read(words, &mut diagnostics, |table| {
            rules.words = Words::read(table);
            if let Some(mut shown) = table.table("display") {
                rules.most_shown = Shown {
                    leading: whole(&mut shown, "leading"),
                    trailing: whole(&mut shown, "trailing"),
                };
                shown.finish();
            }
        });
        (rules, diagnostics)
    }
}

fn read(
    (path, text): (&str, &str),
    diagnostics: &mut Diagnostics,
    with: impl FnOnce(&mut Table<'_>),
) {
    let file = SourceFile::new(path, text);
    let toml = Toml::parse_file(&file);
    let mut table = toml.root();
    table.required_string("origin");
    table.date("checked");
    with(&mut table);
    table.finish();
    diagnostics.extend(toml.into_diagnostics());
}

fn issuer(mut table: Table<'_>) -> Vec<Range> {
    let name = table.required_string("name");
    table.required_string("source");
    let mut ranges = Vec::new();
    for mut range in table.tables("ranges") {
        let from = range.required_string("from");
        let to = range.required_string("to");
        let lengths = lengths(&mut range);
        if let (Some(name), Some(from), Some(to)) = (&name, from, to)
            && let (Some(low), Some(high)) = (digits(&range, &from), digits(&range, &to))
        {
            if low.len() == high.len() && low <= high {
                ranges.push(Range {
                    issuer: Arc::from(name.value.as_str()),
                    from: low,
                    to: high,
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

fn lengths(table: &mut Table<'_>) -> Vec<usize> {
    let Some(item) = table.required("lengths") else {
        return Vec::new();
    };
    let value = item.to_value();
    let given = value.as_list().unwrap_or_default();
    let lengths: Vec<usize> = given
        .iter()
        .filter_map(|length| usize::try_from(length.as_int()?).ok())
        .filter(|length| (12..=19).contains(length))
        .collect();
    if lengths.is_empty() || lengths.len() != given.len() {
        let message = "`lengths` lists whole numbers from 12 to 19";
        table.report(Code::InvalidValue, item.span(), message);
    }
    lengths
}

fn whole(table: &mut Table<'_>, key: &'static str) -> usize {
    table
        .required(key)
        .and_then(crate::source::Item::integer)
        .and_then(|number| usize::try_from(number.value).ok())
        .unwrap_or(0)
}

/// Returns the digits of a text as numbers.
fn digits(table: &Table<'_>, text: &Spanned<String>) -> Option<Vec<u8>> {
    if text.value.is_empty() || !text.value.bytes().all(|byte| byte.is_ascii_digit()) {
        let message = "it has digits and nothing else";
        table.report(Code::InvalidValue, text.span, message);
        return None;
    }
    Some(text.value.bytes().map(|byte| byte - b'0').collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cardholder::digits::luhn;

    #[test]
    fn the_lists_are_read_without_a_mistake() {
        let (rules, diagnostics) = Rules::parse(ISSUERS, TEST_CARDS, CARD_WORDS);
        assert_eq!(diagnostics.into_sorted(), Vec::new());
        assert!(rules.ranges.len() > 25 && rules.tests.len() > 25);
        assert_eq!(
            (rules.most_shown.leading, rules.most_shown.trailing),
            (8, 4)
        );
        assert_eq!(rules.digest().len(), 64);
    }

    #[test]
    fn every_test_number_is_one_that_could_be_issued() {
        let rules = Rules::built_in();
        for digits in &rules.tests {
            assert!(
                luhn(digits) && rules.issuer(digits, digits.len()).is_some(),
                "{digits:?}"
            );
        }
    }

    #[test]
    fn issuers_are_told_by_leading_digits_and_length() {
        let name = |text: &str, length: usize| {
            let digits: Vec<u8> = text.bytes().map(|byte| byte - b'0').collect();
            Rules::built_in()
                .issuer(&digits, length)
                .map(ToString::to_string)
        };
        for (text, length, expected) in [
            ("411111", 16, Some("visa")),
            ("411111", 15, None),
            ("222099", 16, None),
            ("222100", 16, Some("mastercard")),
            ("272099", 16, Some("mastercard")),
            ("272100", 16, None),
            ("340000", 15, Some("amex")),
            ("220412", 16, Some("mir")),
            ("979200", 16, Some("troy")),
            ("650031", 16, Some("elo")),
            ("650031", 19, Some("discover")),
            ("509000", 16, Some("elo")),
            ("567812", 12, Some("maestro")),
            ("111122", 12, None),
            ("817200", 16, Some("rupay")),
            ("817100", 16, Some("unionpay")),
        ] {
            assert_eq!(
                name(text, length).as_deref(),
                expected,
                "{text} of {length}"
            );
        }
    }

    #[test]
    fn mistakes_in_a_list_are_told() {
        let list = "origin = \"x\"\n[[issuer]]\nname = \"x\"\nsource = \"x\"\nranges = [{ from = \"4\", to = \"49\", lengths = [16, 20] }]\n";
        let (_, diagnostics) = Rules::parse(
            ("a", list),
            ("b", "origin = \"x\"\nnumbers = [\"4x\"]"),
            ("c", "origin = \"x\""),
        );
        let told: Vec<String> = diagnostics
            .into_sorted()
            .iter()
            .map(crate::source::Diagnostic::one_line)
            .collect();
        assert_eq!(told.len(), 3, "{told:?}");
    }
}
