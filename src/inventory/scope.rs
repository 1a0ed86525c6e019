//! Which scope a resource is in, by the rules of `workbook.toml`.

use super::Meta;
use super::arn::resource_group;
use crate::config::{Scope, ScopeRule};

/// Returns the scope that the first matching rule gives. A rule that can't be decided, because
/// the tags are unknown, leaves the resource unclassified: a later rule must not put it out of
/// scope.
pub(crate) fn classify(meta: &Meta, rules: &[ScopeRule]) -> Scope {
    for rule in rules {
        match matches(meta, rule) {
            Some(true) => return rule.scope,
            Some(false) => {}
            None => return Scope::Unclassified,
        }
    }
    Scope::Unclassified
}

fn matches(meta: &Meta, rule: &ScopeRule) -> Option<bool> {
    let same = |wanted: &Option<String>, found: Option<&str>| {
        wanted
            .as_ref()
            .is_none_or(|wanted| found.is_some_and(|found| found.eq_ignore_ascii_case(wanted)))
    };
    let account = meta.account.as_deref();
    let plain = same(&rule.account, account)
        && same(&rule.subscription, account)
        && same(&rule.resource_group, resource_group(&meta.id))
        && same(&rule.namespace, meta.namespace.as_deref())
        && (rule.resource_types.is_empty()
            || rule
                .resource_types
                .iter()
                .any(|name| name.eq_ignore_ascii_case(&meta.resource_type)));
    if !plain {
        return Some(false);
    }
    let Some((key, value)) = &rule.tag else {
        return Some(true);
    };
    let tags = meta.tags.as_ref().ok()?;
    Some(tags.iter().any(|(found, text)| {
        found.eq_ignore_ascii_case(key) && value.as_ref().is_none_or(|value| value == text)
    }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::inventory::State;
    use crate::source::Unknown;

    fn rule(scope: Scope, account: Option<&str>, tag: Option<&str>) -> ScopeRule {
        ScopeRule {
            scope,
            account: account.map(str::to_owned),
            subscription: None,
            resource_group: None,
            namespace: None,
            resource_types: Vec::new(),
            tag: tag.map(|value| ("pci-scope".to_owned(), Some(value.to_owned()))),
            reason: String::new(),
        }
    }

    #[test]
    fn a_rule_for_types_decides_before_tags_are_asked_for() {
        let mut typed = rule(Scope::Connected, Some("1"), None);
        typed.resource_types = vec!["A::B".to_owned(), "T".to_owned()];
        let rules = [typed, rule(Scope::Out, None, Some("out"))];
        for (resource_type, expected) in [
            ("t", Scope::Connected),
            ("A::B", Scope::Connected),
            ("C::D", Scope::Unclassified),
        ] {
            let meta = Meta {
                resource_type: resource_type.to_owned(),
                ..meta(Err(Unknown::new("not exported")), Some("1"))
            };
            assert_eq!(classify(&meta, &rules), expected, "{resource_type}");
        }
    }

    fn meta(tags: Result<BTreeMap<String, String>, Unknown>, account: Option<&str>) -> Meta {
        Meta {
            resource_type: "T".to_owned(),
            id: "i".to_owned(),
            also: Vec::new(),
            name: "i".to_owned(),
            account: account.map(str::to_owned),
            region: None,
            cluster: None,
            namespace: None,
            tags,
            scope: Scope::Unclassified,
            state: State::Observed,
            forms: Vec::new(),
            origins: Vec::new(),
            observed: None,
        }
    }

    #[test]
    fn the_first_matching_rule_decides_and_unknown_tags_decide_nothing() {
        let rules = [
            rule(Scope::Cde, None, Some("cde")),
            rule(Scope::Out, Some("1"), None),
        ];
        let tagged = |value: &str| Ok(BTreeMap::from([("PCI-Scope".to_owned(), value.to_owned())]));
        let cases = [
            (tagged("cde"), Some("1"), Scope::Cde),
            (tagged("no"), Some("1"), Scope::Out),
            (tagged("no"), Some("2"), Scope::Unclassified),
            (
                Err(Unknown::new("not exported")),
                Some("1"),
                Scope::Unclassified,
            ),
        ];
        for (tags, account, expected) in cases {
            let meta = meta(tags, account);
            assert_eq!(classify(&meta, &rules), expected, "{meta:?}");
        }
    }
}
