//! What the scanner knows of the world: issuers, test numbers and words, as data of the workbook
//! that is built into the program.

use std::collections::BTreeSet;
use std::sync::{LazyLock, OnceLock};

use super::classes::Classes;
use super::finder::Instructions;
use super::issuers::Issuers;
use super::layouts::Layouts;
use super::limits::Limits;
use super::phrases::{Meaning, Phrases};
use crate::source::{Code, Diagnostics, SourceFile, Spanned, Table, Toml, sha256};

/// The lists, which the program carries with it: a scan runs where the data lie.
const LISTS: Lists<'static> = Lists {
    issuers: (
        "checks/lists/issuers.toml",
        include_str!("../../checks/lists/issuers.toml"),
    ),
    layouts: (
        "checks/lists/card-layouts.toml",
        include_str!("../../checks/lists/card-layouts.toml"),
    ),
    limits: (
        "checks/lists/card-limits.toml",
        include_str!("../../checks/lists/card-limits.toml"),
    ),
    tests: (
        "checks/lists/test-cards.toml",
        include_str!("../../checks/lists/test-cards.toml"),
    ),
    words: (
        "checks/lists/card-words.toml",
        include_str!("../../checks/lists/card-words.toml"),
    ),
};

static BUILT_IN: LazyLock<Rules> = LazyLock::new(|| Rules::parse(&LISTS).0);

/// The lists of which rules are made, each with its path.
#[derive(Clone, Copy)]
struct Lists<'a> {
    issuers: (&'a str, &'a str),
    layouts: (&'a str, &'a str),
    limits: (&'a str, &'a str),
    tests: (&'a str, &'a str),
    words: (&'a str, &'a str),
}

/// What the scanner knows of the world.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    pub(super) issuers: Issuers,
    pub(super) layouts: Layouts,
    pub(super) limits: Limits,
    pub(super) phrases: Phrases,
    labels: Vec<Vec<u8>>,
    tests: BTreeSet<Vec<u8>>,
    digest: String,
    classes: OnceLock<Classes>,
    instructions: Instructions,
}

/// The keys of the words, and what they mean. A phrase in two lists counts in the first.
const WORDS: [(&str, Meaning); 15] = [
    ("hash", Meaning::Hash),
    ("other", Meaning::Other),
    ("neutral", Meaning::Neutral),
    ("field", Meaning::Field),
    ("card", Meaning::Card),
    ("account", Meaning::Account),
    ("card-code", Meaning::CardCode),
    ("card-code-perhaps", Meaning::CardCodePerhaps),
    ("pin-block", Meaning::PinBlock),
    ("pin", Meaning::Pin),
    ("pin-perhaps", Meaning::PinPerhaps),
    ("expiry", Meaning::Expiry),
    ("beside", Meaning::Beside),
    ("number", Meaning::Number),
    ("generic", Meaning::Generic),
];

impl Rules {
    /// Returns the rules that the program is built with.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Returns the rules for scans with given instructions instead of the best: to measure and compare
    /// them.
    #[must_use]
    pub fn using(mut self, instructions: Instructions) -> Self {
        self.instructions = instructions;
        self
    }

    /// Returns the instructions of scans.
    pub(super) fn instructions(&self) -> Instructions {
        self.instructions
    }

    /// Returns the SHA-256 of everything that the rules were made of.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Returns the classes of bytes that a scan looks for.
    pub(super) fn classes(&self) -> &Classes {
        self.classes.get_or_init(|| Classes::new(self))
    }

    /// Tells whether a number is published for tests.
    pub(super) fn is_test(&self, digits: &[u8]) -> bool {
        self.tests.contains(digits)
    }

    /// Returns every label of a code or PIN, as bytes: words of small letters with a space between,
    /// and those of other scripts in every spelling.
    pub(super) fn labels(&self) -> &[Vec<u8>] {
        &self.labels
    }

    /// Reads the lists.
    fn parse(lists: &Lists<'_>) -> (Self, Diagnostics) {
        let mut diagnostics = Diagnostics::new();
        let texts = [
            lists.issuers.1,
            lists.layouts.1,
            lists.limits.1,
            lists.tests.1,
            lists.words.1,
        ];
        let mut rules = Self {
            digest: sha256(texts.join("\0").replace("\r\n", "\n").as_bytes()),
            ..Self::default()
        };
        read(lists.issuers, &mut diagnostics, |table| {
            rules.issuers = Issuers::read(table);
        });
        read(lists.layouts, &mut diagnostics, |table| {
            rules.layouts = Layouts::read(table);
        });
        read(lists.limits, &mut diagnostics, |table| {
            rules.limits = Limits::read(table);
        });
        read(lists.tests, &mut diagnostics, |table| {
            let numbers = table.strings("numbers");
            rules.tests = numbers
                .iter()
                .filter_map(|text| digits(table, text))
                .collect();
        });
        read(lists.words, &mut diagnostics, |table| {
            for (key, meaning) in WORDS {
                for phrase in table.strings(key) {
                    rules.phrases.add(&phrase.value, meaning);
                    if meaning.is_label() {
                        rules
                            .labels
                            .extend(super::spellings::of_label(&phrase.value));
                    }
                }
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
        let (rules, diagnostics) = Rules::parse(&LISTS);
        assert_eq!(diagnostics.into_sorted(), Vec::new());
        assert!(rules.issuers.len() > 60 && rules.tests.len() > 200);
        assert!(rules.labels.len() > 200);
        assert_eq!(rules.digest().len(), 64);
    }

    #[test]
    fn every_test_number_is_one_that_could_be_issued() {
        let rules = Rules::built_in();
        for digits in &rules.tests {
            let issuer = rules.issuers.beginning_with(digits, digits.len());
            assert!(luhn(digits) && issuer.is_some(), "{digits:?}");
        }
    }

    #[test]
    fn issuers_are_told_by_leading_digits_and_length() {
        let name = |text: &str, length: usize| {
            let digits: Vec<u8> = text.bytes().map(|byte| byte - b'0').collect();
            Rules::built_in()
                .issuers
                .beginning_with(&digits, length)
                .map(|issuer| (issuer.name.to_string(), issuer.named))
        };
        for (text, length, expected) in [
            ("411111", 16, Some(("visa", false))),
            ("411111", 15, None),
            ("222099", 16, None),
            ("222100", 16, Some(("mastercard", false))),
            ("272099", 16, Some(("mastercard", false))),
            ("272100", 16, None),
            ("340000", 15, Some(("amex", false))),
            ("220412", 16, Some(("mir", false))),
            ("979200", 16, Some(("troy", false))),
            ("650031", 16, Some(("elo", false))),
            ("650031", 19, Some(("discover", false))),
            ("650010", 19, Some(("verve", false))),
            ("509000", 16, Some(("elo", false))),
            ("567812", 12, Some(("maestro", false))),
            ("691111", 16, Some(("maestro", true))),
            ("604001", 16, Some(("ukrcard", false))),
            ("357111", 16, Some(("lankapay", false))),
            ("357112", 16, Some(("jcb", false))),
            ("100000", 15, Some(("uatp", true))),
            ("111122", 12, None),
            ("817200", 16, Some(("rupay", false))),
            ("817100", 16, Some(("unionpay", false))),
        ] {
            let found = name(text, length);
            let found = found.as_ref().map(|(name, named)| (name.as_str(), *named));
            assert_eq!(found, expected, "{text} of {length}");
        }
    }

    #[test]
    fn mistakes_in_a_list_are_told() {
        let list = "origin = \"x\"\n[[issuer]]\nname = \"x\"\nsource = \"x\"\nranges = [{ from = \"4\", to = \"49\", lengths = [16, 20] }]\n";
        let (_, diagnostics) = Rules::parse(&Lists {
            issuers: ("a", list),
            layouts: (
                "b",
                "origin = \"x\"\nlayout = [{ groups = [4, 4], reason = \"x\" }]",
            ),
            limits: ("c", "origin = \"x\""),
            tests: ("d", "origin = \"x\"\nnumbers = [\"4x\"]"),
            words: ("e", "origin = \"x\""),
        });
        let told: Vec<String> = diagnostics
            .into_sorted()
            .iter()
            .map(crate::source::Diagnostic::one_line)
            .collect();
        assert_eq!(told.len(), 4, "{told:?}");
    }
}
