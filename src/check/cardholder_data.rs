//! Entries that ask scan reports what stands in the members of a population.

use super::cel::{Expression, Roots};
use super::compiler::{Compiler, cadence};
use super::configuration::population;
use super::read::Known;
use super::{Population, WhenNone};
use crate::book::Page;
use crate::cardholder;
use crate::source::{Cadence, Code, Diagnostics, Keyword, Table};

/// The keys of scan reports that verdicts hang on.
const DECIDING: &[&str] = &[
    "cleared",
    "confidence",
    "confirmed",
    "counts",
    "data",
    "ended",
    "extent",
    "files",
    "findings",
    "format",
    "found",
    "id",
    "kind",
    "kinds",
    "length",
    "member",
    "omitted",
    "place",
    "places",
    "possible",
    "read",
    "rules",
    "schema-version",
    "test",
    "to",
    "type",
    "unread",
    "until",
];

/// One `[[cardholder-data]]` entry.
#[derive(Debug)]
pub(crate) struct CardholderData {
    /// What was to be scanned.
    pub(crate) population: Population,
    /// Which of the population: `where`.
    pub(crate) filter: Option<Expression>,
    /// What scan reports call a member, as text.
    pub(crate) member: Option<Expression>,
    /// The type that scan reports say, if it is not the population's.
    pub(crate) member_type: Option<String>,
    /// What must not be there.
    pub(crate) forbid: Vec<cardholder::Kind>,
    /// Where it must not be.
    pub(crate) place: cardholder::Place,
    /// How much a scan must have read.
    pub(crate) extent: Enough,
    /// How old a report, and the data it covers, may be.
    pub(crate) within: Option<Cadence>,
    /// What an empty population means.
    pub(crate) when_none: WhenNone,
}

/// How much of a member a scan must have read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Enough {
    /// Everything, or everything of a period as long as a report may be old.
    All,
    /// A selection of it.
    Sample,
}

impl Keyword for Enough {
    const WORDS: &'static [(&'static str, Self)] = &[("all", Self::All), ("sample", Self::Sample)];
}

impl CardholderData {
    /// Returns every expression of the entry.
    pub(crate) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.filter.iter().chain(&self.member)
    }

    /// Tells whether verdicts hang on a key of scan reports. The others only say more: a longer
    /// period, more bytes, whose number it is, where it stands.
    pub(crate) fn decides(key: &str) -> bool {
        DECIDING.contains(&key)
    }

    /// Returns the type by which scan reports name the entries of a register.
    pub(crate) fn type_of_entries(&self, register: &str) -> String {
        self.member_type
            .clone()
            .unwrap_or_else(|| format!("registers.{register}"))
    }
}

/// Reads an entry.
pub(super) fn cardholder_data(
    page: &Page,
    mut table: Table<'_>,
    known: Known<'_>,
    found: &mut Diagnostics,
) -> Option<CardholderData> {
    let population = population(&mut table);
    let roots = population
        .as_ref()
        .map_or(Roots::Resource, |(_, roots)| *roots);
    let compiler = Compiler::new(page, known, roots);
    let filter = compiler.optional(&mut table, "where", found);
    let member = compiler.optional(&mut table, "member", found);
    let member_type = table.string("member-type");
    if let Some(text) = &member_type
        && text.value.trim().is_empty()
    {
        table.report(
            Code::InvalidValue,
            text.span,
            "`member-type` is a resource type, such as \"AWS::Logs::LogGroup\"",
        );
    }
    let forbid = forbidden(&mut table);
    let looked_at = table
        .keyword("place")
        .map_or(cardholder::Place::Content, |word| word.value);
    let extent = table
        .keyword("extent")
        .map_or(Enough::All, |word| word.value);
    let within = cadence(&mut table, "within");
    let when_none = table
        .keyword("when-none")
        .map_or(WhenNone::NotChecked, |word| word.value);
    table.finish();
    Some(CardholderData {
        population: population?.0,
        filter,
        member,
        member_type: member_type.map(|text| text.value),
        forbid,
        place: looked_at,
        extent,
        within,
        when_none,
    })
}

/// Reads what must not be there: at least one kind, none twice.
fn forbidden(table: &mut Table<'_>) -> Vec<cardholder::Kind> {
    let Some(item) = table.required("forbid") else {
        return Vec::new();
    };
    let span = item.span();
    let given = table.keywords("forbid");
    let mut kinds: Vec<cardholder::Kind> = given.iter().map(|word| word.value).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if item.is_list() && (kinds.is_empty() || kinds.len() != given.len()) {
        table.report(
            Code::InvalidValue,
            span,
            "`forbid` names at least one kind of account data, and each once",
        );
    }
    kinds
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::book;
    use crate::check::{Digests, Environment, Known, read};
    use crate::source::{Map, SourceFile};

    /// Returns the code and message of every mistake in an entry.
    fn mistakes(entry: &str) -> Vec<String> {
        let text = format!(
            "+++\nid = \"ecs-x\"\ntitle = \"x\"\n[[statements]]\nid = \"x-a\"\nlabel = \"x\"\n+++\n\n\
             ```toml check\nid = \"x\"\ntitle = \"x\"\nstatements = [\"x-a\"]\nbasis = \"source\"\n\
             strength = \"direct\"\nseverity = \"low\"\nfix = \"x\"\n[[cardholder-data]]\n{entry}\n```\n"
        );
        let (page, _) = book::parse_page("ecs/ecs-x.md", &SourceFile::new("x", text));
        let known = Known {
            environment: &Environment::new(),
            params: &Map::new(),
            lists: &Map::new(),
            schemas: &BTreeMap::new(),
            digests: &Digests::default(),
        };
        let (checks, diagnostics) = read(&[page], known);
        let told: Vec<String> = diagnostics
            .into_sorted()
            .iter()
            .map(|diagnostic| format!("{}: {}", diagnostic.code, diagnostic.message))
            .collect();
        assert_eq!(
            checks.is_empty(),
            !told.is_empty(),
            "half a check could pass"
        );
        told
    }

    #[test]
    fn keys_that_decide_are_keys_of_reports() {
        let schema = include_str!("../../schemas/scan-report.json");
        for key in super::DECIDING {
            assert!(schema.contains(&format!("\"{key}\": {{")), "{key}");
        }
    }

    #[test]
    fn every_mistake_in_an_entry_is_told_and_leaves_the_check_out() {
        let sound = "resource = \"AWS::Logs::LogGroup\"\nforbid = [\"pan\"]\n";
        assert_eq!(mistakes(sound), Vec::<String>::new());
        for (entry, told) in [
            (
                "forbid = [\"pan\"]",
                "missing-key: the entry says neither `resource` nor `each`",
            ),
            (
                "each = \"log_sources\"\nforbid = [\"pan\"]",
                "invalid-value: `each` names a register",
            ),
            (
                "resource = \"X\"",
                "missing-key: the key `forbid` is missing",
            ),
            (
                "resource = \"X\"\nforbid = []",
                "invalid-value: `forbid` names at least one kind",
            ),
            (
                "resource = \"X\"\nforbid = [\"pan\", \"pan\"]",
                "invalid-value: `forbid` names at least one",
            ),
            ("resource = \"X\"\nforbid = \"pan\"", "wrong-type: "),
            (
                "resource = \"X\"\nforbid = [\"pan\", \"iban\"]",
                "unknown-value: ",
            ),
        ] {
            let found = mistakes(entry);
            assert!(
                found.iter().any(|found| found.starts_with(told)),
                "{entry}: {found:?}"
            );
        }
        for (more, told) in [
            ("place = \"header\"", "unknown-value: "),
            ("extent = \"some\"", "unknown-value: "),
            (
                "within = \"soon\"",
                "invalid-value: `soon` is not a length of time",
            ),
            ("when-none = \"pass\"", "unknown-value: "),
            (
                "member-type = \" \"",
                "invalid-value: `member-type` is a resource type",
            ),
            (
                "where = 'item.id == \"a\"'",
                "unknown-variable: there is no variable `item`",
            ),
            ("member = 'resource.('", "invalid-expression: "),
            ("each = \"registers.a\"", "two-kinds: "),
            ("assert = 'true'", "unknown-key: unknown key `assert`"),
        ] {
            let found = mistakes(&format!("{sound}{more}"));
            assert!(
                matches!(found.as_slice(), [one] if one.starts_with(told)),
                "{more}: {found:?}"
            );
        }
    }
}
