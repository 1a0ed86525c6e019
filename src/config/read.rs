//! Reading `workbook.toml`, whole or over another one.

use std::sync::Arc;

use super::{Config, Entity, Platform, organisation, scope};
use crate::source::{
    Code, Diagnostic, Diagnostics, Keyword, SourceFile, Spanned, Table, Toml, Value,
};

impl Keyword for Platform {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("aws-ecs-ec2", Self::AwsEcsEc2),
        ("aws-ecs-fargate", Self::AwsEcsFargate),
        ("azure-aks", Self::AzureAks),
    ];
}

impl Keyword for Entity {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("merchant", Self::Merchant),
        ("service-provider", Self::ServiceProvider),
        ("issuer", Self::Issuer),
    ];
}

/// Months of evidence when `window` is not given: the length of an assessment period.
const WINDOW_MONTHS: u32 = 12;

/// Returns what the file says, or nothing if it can't be relied upon, with every mistake in it.
pub(crate) fn parse(file: &Arc<SourceFile>) -> (Option<Config>, Diagnostics) {
    read(file, None)
}

/// Returns `base` with everything that the file says put in its place; parameters one by one.
///
/// Miniature workbooks of examples name only what differs.
pub(crate) fn parse_over(base: &Config, file: &Arc<SourceFile>) -> (Option<Config>, Diagnostics) {
    read(file, Some(base))
}

fn read(file: &Arc<SourceFile>, base: Option<&Config>) -> (Option<Config>, Diagnostics) {
    let toml = Toml::parse_file(file);
    let mut root = toml.root();
    let config = fields(&mut root, base);
    root.finish();
    let diagnostics = toml.into_diagnostics();
    let readable = !diagnostics.iter().any(|d| d.code == Code::InvalidToml);
    (config.filter(|_| readable), diagnostics)
}

fn fields(root: &mut Table<'_>, base: Option<&Config>) -> Option<Config> {
    let organisation = if base.is_some() && !root.has("organisation") {
        root.item("organisation");
        None
    } else {
        root.required_string("organisation").map(|text| text.value)
    };
    let entities = words(root, "entity", base.is_none());
    let platforms = words(root, "platforms", base.is_none());
    let language = language(root);
    let time_zone = root.string("time-zone").and_then(|text| {
        text.value
            .parse()
            .map_err(|message: String| root.report(Code::InvalidValue, text.span, message))
            .ok()
    });
    let window = window(root);
    let initial = root.boolean("initial-assessment");
    let (sample, as_of) = frozen(root, base);
    let mut params = base.map(|base| base.params.clone()).unwrap_or_default();
    if let Some(table) = root.table("params") {
        for (name, value) in table.free().iter() {
            params.insert(name, value.clone());
        }
    }
    let scopes = listed(root, "scope", base.map(|b| &b.scopes), scope::rules);
    let providers = listed(
        root,
        "provider",
        base.map(|b| &b.providers),
        organisation::providers,
    );
    let roles = listed(root, "roles", base.map(|b| &b.roles), organisation::roles);
    let people = listed(root, "people", base.map(|b| &b.people), |root| {
        organisation::people(root, &roles)
    });
    let unused = listed(
        root,
        "unused",
        base.map(|b| &b.unused),
        organisation::unused,
    );
    Some(Config {
        file: Arc::clone(root.file()),
        organisation: organisation.or_else(|| base.map(|base| base.organisation.clone()))?,
        entities: entities.or_else(|| base.map(|base| base.entities.clone()))?,
        platforms: platforms.or_else(|| base.map(|base| base.platforms.clone()))?,
        language: language
            .or_else(|| base.map(|base| base.language.clone()))
            .unwrap_or_else(|| "en".to_owned()),
        time_zone: time_zone
            .or_else(|| base.map(|base| base.time_zone))
            .unwrap_or_default(),
        window_months: window
            .or_else(|| base.map(|base| base.window_months))
            .unwrap_or(WINDOW_MONTHS),
        initial: initial.map_or_else(
            || base.is_some_and(|base| base.initial),
            |initial| initial.value,
        ),
        sample,
        as_of,
        scopes,
        params,
        providers,
        roles,
        people,
        unused,
    })
}

/// Reads a list of tables; those of `base` stay where the file has none.
fn listed<T: Clone>(
    root: &mut Table<'_>,
    key: &str,
    base: Option<&Vec<T>>,
    read: impl FnOnce(&mut Table<'_>) -> Vec<T>,
) -> Vec<T> {
    let given = root.has(key);
    let list = read(root);
    match base {
        Some(base) if !given => base.clone(),
        Some(_) | None => list,
    }
}

/// Reads a list of words that must not be empty, in the order of the words and each once.
fn words<K: Keyword + Ord>(
    root: &mut Table<'_>,
    key: &'static str,
    required: bool,
) -> Option<Vec<K>> {
    if required {
        root.required(key)?;
    }
    let item = root.item(key)?;
    if matches!(item.to_value(), Value::List(items) if items.is_empty()) {
        root.report(
            Code::InvalidValue,
            item.span(),
            format!("`{key}` must name at least one"),
        );
    }
    let mut words: Vec<K> = root.keywords(key).into_iter().map(|w| w.value).collect();
    words.sort();
    words.dedup();
    Some(words).filter(|words| !words.is_empty())
}

/// Reads the language, which decides the strings and templates of the book.
fn language(root: &mut Table<'_>) -> Option<String> {
    let text = root.string("language")?;
    let shaped = text.value.split('-').enumerate().all(|(n, part)| {
        let longest = if n == 0 { 3 } else { 8 };
        (2..=longest).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    if !shaped {
        root.push(
            Diagnostic::new(
                Code::InvalidValue,
                root.file(),
                text.span,
                format!("`{}` is not a language tag", text.value),
            )
            .help("write it as `en` or `ja`"),
        );
        return None;
    }
    Some(text.value)
}

/// Reads how far back evidence is looked at, written as `every` of checks is: `12 months`.
fn window(root: &mut Table<'_>) -> Option<u32> {
    let text = root.string("window")?;
    let months = match text.value.split_once(' ') {
        Some((number, "months" | "month")) => number.parse().ok().filter(|n| (1..=120).contains(n)),
        Some(_) | None => None,
    };
    if months.is_none() {
        root.push(
            Diagnostic::new(
                Code::InvalidValue,
                root.file(),
                text.span,
                format!("`{}` is not a number of months", text.value),
            )
            .help("write it as `12 months`, from 1 to 120"),
        );
    }
    months
}

/// Reads `sample` and `as-of`: only a sample may freeze the date, and it must.
fn frozen(root: &mut Table<'_>, base: Option<&Config>) -> (bool, Option<crate::source::Date>) {
    let sample = root.boolean("sample");
    let as_of = root.date("as-of");
    if let (Some(base), None, None) = (base, &sample, &as_of) {
        return (base.sample, base.as_of);
    }
    let is_sample = sample.as_ref().is_some_and(|sample| sample.value);
    match (&sample, &as_of) {
        (Some(Spanned { value: true, span }), None) if !root.has("as-of") => root.push(
            Diagnostic::new(
                Code::FrozenDate,
                root.file(),
                *span,
                "a sample needs the date at which it is judged",
            )
            .help("add `as-of = 2026-11-22`, without quotes"),
        ),
        (_, Some(date)) if !is_sample => root.push(
            Diagnostic::new(
                Code::FrozenDate,
                root.file(),
                date.span,
                "only a sample may freeze the date",
            )
            .label("today is always the day of the run")
            .help(
                "remove `as-of`; only with `sample = true` does the book say that it is a sample",
            ),
        ),
        (_, _) => {}
    }
    (is_sample, as_of.map(|date| date.value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Scope;

    const WHOLE: &str = r#"
organisation = "Example Stores"
entity = ["service-provider", "merchant"]
platforms = ["azure-aks", "aws-ecs-fargate"]
language = "ja"
time-zone = "Asia/Tokyo"
window = "6 months"
sample = true
as-of = 2026-11-22

[params]
require-customer-key = true
world-egress-ports = [443]
limits = { key-days = 365 }

[[scope]]
class = "out"
account = "111122223333"
tag = "stage=lab"
reason = "Holds invented data only."

[[provider]]
id = "aws"
name = "Amazon Web Services"
requirements = ["9.1.1"]
attested = 2026-03-31
valid-until = 2027-03-30
services = ["ecs"]
document = "vault: attestations/aws-2026"

[[roles]]
id = "sre"
title = "Site reliability engineering"

[[people]]
id = "p-0007"
roles = ["sre"]

[[unused]]
type = "AWS::EC2::Instance"
reason = "All tasks run on Fargate."
approver = "p-0001"
date = 2026-10-01
"#;

    fn lines(diagnostics: Diagnostics) -> Vec<String> {
        diagnostics
            .into_sorted()
            .iter()
            .map(Diagnostic::one_line)
            .collect()
    }

    #[test]
    fn every_key_is_read() {
        let (config, diagnostics) = parse(&SourceFile::new("workbook.toml", WHOLE));
        assert_eq!(lines(diagnostics), [""; 0]);
        let config = config.expect("a configuration");
        assert_eq!(config.entities, [Entity::Merchant, Entity::ServiceProvider]);
        assert_eq!(
            config.platforms,
            [Platform::AwsEcsFargate, Platform::AzureAks]
        );
        assert_eq!(config.time_zone.to_string(), "Asia/Tokyo");
        assert_eq!(config.window_months, 6);
        assert_eq!(
            config.as_of.map(|d| d.to_string()),
            Some("2026-11-22".to_owned())
        );
        assert_eq!(config.params.get("require_customer_key"), Value::Bool(true));
        assert_eq!(
            config.scopes.first().map(|rule| rule.scope),
            Some(Scope::Out)
        );
        assert_eq!(
            config.scopes.first().and_then(|rule| rule.tag.clone()),
            Some(("stage".to_owned(), Some("lab".to_owned())))
        );
        assert_eq!(config.providers.len(), 1);
        assert_eq!(config.people.len(), 1);
        assert_eq!(config.unused.len(), 1);
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let file = SourceFile::new(
            "workbook.toml",
            "organization = \"x\"\nentity = [\"shop\"]\nplatforms = \"azure-aks\"\nwindow = \"1 year\"\n\
             time-zone = \"Tokyo\"\nlanguage = \"english language\"\nas-of = 2026-11-22\n\
             [[scope]]\nclass = \"cde\"\nreason = \"r\"\n\
             [[people]]\nid = \"p-1\"\nroles = [\"sree\"]\n[[roles]]\nid = \"sre\"\ntitle = \"S\"\nsummary = 1\n\
             [[roles]]\nid = \"sre\"\ntitle = \"S\"\n",
        );
        let (config, diagnostics) = parse(&file);
        assert!(config.is_none());
        insta::assert_snapshot!(lines(diagnostics).join("\n"));
    }

    #[test]
    fn a_sample_needs_its_date_and_nothing_else_may_have_one() {
        let base = "organisation = \"x\"\nentity = [\"merchant\"]\nplatforms = [\"azure-aks\"]\n";
        for (text, wrong) in [
            ("", false),
            ("sample = false\n", false),
            ("sample = true\nas-of = 2026-11-22\n", false),
            ("sample = true\n", true),
            ("as-of = 2026-11-22\n", true),
            ("sample = false\nas-of = 2026-11-22\n", true),
        ] {
            let (_, diagnostics) = parse(&SourceFile::new("w", format!("{base}{text}")));
            let codes: Vec<Code> = diagnostics.iter().map(|d| d.code).collect();
            assert_eq!(
                codes.contains(&Code::FrozenDate),
                wrong,
                "{text:?}: {codes:?}"
            );
        }
    }

    #[test]
    fn a_partial_file_changes_only_what_it_names() {
        let (base, _) = parse(&SourceFile::new("workbook.toml", WHOLE));
        let base = base.expect("a configuration");
        let file = SourceFile::new("w", "platforms = [\"azure-aks\"]\n[params]\nnew-one = 1\n");
        let (config, diagnostics) = parse_over(&base, &file);
        assert_eq!(lines(diagnostics), [""; 0]);
        let config = config.expect("a configuration");
        assert_eq!(config.organisation, base.organisation);
        assert_eq!(config.platforms, [Platform::AzureAks]);
        assert_eq!(config.as_of, base.as_of);
        assert_eq!(config.params.get("new_one"), Value::Int(1));
        assert_eq!(config.params.get("require_customer_key"), Value::Bool(true));
        assert_eq!(config.scopes, base.scopes);
    }

    #[test]
    fn a_file_that_is_not_toml_gives_no_configuration() {
        let (config, diagnostics) = parse(&SourceFile::new("w", format!("{WHOLE}\n= 1\n")));
        assert!(config.is_none());
        assert!(diagnostics.iter().any(|d| d.code == Code::InvalidToml));
    }
}
