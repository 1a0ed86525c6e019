//! What a vendor documents for a property that is not there.

use std::sync::Arc;

use super::item_path::{ItemPath, Segment};
use super::{Form, Meta};
use crate::source::{Code, Keyword, Map, Table, Value};

impl Keyword for Form {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("cli", Self::Cli),
        ("config", Self::Config),
        ("template", Self::Template),
        ("rest", Self::Rest),
        ("kubernetes", Self::Kubernetes),
        ("csv", Self::Csv),
    ];
}

/// One documented default.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DefaultRule {
    /// The type.
    pub(crate) resource_type: String,
    /// The objects that the property belongs to.
    pub(crate) parent: ItemPath,
    /// The property.
    pub(crate) property: String,
    /// What its absence means.
    pub(crate) value: Value,
    /// The forms in which absence means that.
    pub(crate) forms: Vec<Form>,
    /// Where the vendor says so.
    pub(crate) documented: String,
    /// What must hold.
    pub(crate) when: Vec<Condition>,
    /// What must not hold.
    pub(crate) unless: Vec<Condition>,
}

/// A condition of a default.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition {
    /// The property, names joined by points; of the object itself if it begins with a point, else
    /// of the resource.
    property: String,
    /// The test.
    test: Test,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    Equals(Value),
    StartsWith(String),
    Contains(Value),
    Present,
}

/// Whether a condition holds.
#[derive(Debug, Clone, PartialEq)]
enum Answer {
    Yes,
    No,
    /// The exports do not tell, for this reason.
    Unknown(Value),
}

impl DefaultRule {
    /// Reads a rule.
    pub(crate) fn read(mut table: Table<'_>) -> Option<Self> {
        let resource_type = table.required_string("type");
        let property = table.required_string("property");
        let value = table.required("value").map(crate::source::Item::to_value);
        let forms = table.keywords::<Form>("forms");
        let documented = table.required_string("documented");
        let when = conditions(&mut table, "when");
        let unless = conditions(&mut table, "unless");
        if forms.is_empty() {
            table.report(
                Code::MissingKey,
                table.span(),
                "`forms` must name the forms of export in which absence has this meaning",
            );
        }
        let split = property.as_ref().and_then(|text| {
            let (parent, name) = text.value.rsplit_once('.').unwrap_or(("", &text.value));
            match ItemPath::parse(parent) {
                Ok(parent) if !name.contains('[') => Some((parent, name.to_owned())),
                Ok(_) | Err(_) => {
                    table.report(
                        Code::InvalidValue,
                        text.span,
                        "a default is for one property: names joined by points, ending in a name",
                    );
                    None
                }
            }
        });
        table.finish();
        let (parent, property) = split?;
        Some(Self {
            resource_type: resource_type?.value,
            parent,
            property,
            value: value?,
            forms: forms.into_iter().map(|form| form.value).collect(),
            documented: documented?.value,
            when,
            unless,
        })
    }
}

/// Puts the default into `properties` (or, for paths that begin with `pod`, into `pod`) wherever
/// an object is shown whole and says nothing.
pub(crate) fn apply_default(
    rule: &DefaultRule,
    meta: &Meta,
    whole_forms: &[Form],
    properties: &mut Map,
    pod: &mut Option<Value>,
) {
    let same = meta.resource_type.eq_ignore_ascii_case(&rule.resource_type);
    let group = rule
        .resource_type
        .eq_ignore_ascii_case("kubernetes/workload");
    if !(same || group && pod.is_some()) {
        return;
    }
    if !whole_forms.iter().any(|form| rule.forms.contains(form)) {
        return;
    }
    let root = Value::from(properties.clone());
    match rule.parent.segments().split_first() {
        Some((Segment::Name(first), rest)) if first == "pod" && pod.is_some() => {
            if let Some(pod) = pod {
                let root = pod.clone();
                descend(pod, rest, rule, &root);
            }
        }
        Some(_) | None => {
            descend_map(properties, rule.parent.segments(), rule, &root);
        }
    }
}

fn descend(value: &mut Value, path: &[Segment], rule: &DefaultRule, root: &Value) {
    match (value, path.split_first()) {
        (Value::List(items), Some((Segment::Each, rest))) => {
            for item in Arc::make_mut(items) {
                descend(item, rest, rule, root);
            }
        }
        (Value::Map(map), _) => descend_map(Arc::make_mut(map), path, rule, root),
        (_, _) => {}
    }
}

fn descend_map(map: &mut Map, path: &[Segment], rule: &DefaultRule, root: &Value) {
    match path.split_first() {
        Some((Segment::Name(name), rest)) => {
            if let Some(value) = map.find_mut(name) {
                descend(value, rest, rule, root);
            }
        }
        Some((Segment::Each, _)) => {}
        None => fill(map, rule, root),
    }
}

fn fill(map: &mut Map, rule: &DefaultRule, root: &Value) {
    let stated = map
        .find(&rule.property)
        .is_some_and(|value| !value.is_null());
    if stated || map.open().is_some() {
        return;
    }
    let mut unknown = None;
    for (conditions, wanted) in [(&rule.when, Answer::Yes), (&rule.unless, Answer::No)] {
        for condition in conditions {
            match condition.holds(map, root) {
                Answer::Unknown(reason) => unknown = Some(reason),
                answer if answer == wanted => {}
                Answer::Yes | Answer::No => return,
            }
        }
    }
    let value = unknown.unwrap_or_else(|| Value::Default(Arc::new(rule.value.clone())));
    // A null under another spelling would hide the default from the view.
    let spelt = map
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(&rule.property))
        .map(|(name, _)| name.to_owned());
    map.insert(spelt.as_deref().unwrap_or(&rule.property), value);
}

impl Condition {
    fn holds(&self, map: &Map, root: &Value) -> Answer {
        let value = match self.property.strip_prefix('.') {
            Some(own) => walk(Value::from(map.clone()), own),
            None => walk(root.clone(), &self.property),
        };
        let answer = match (&self.test, &value) {
            (_, Value::Unknown(_)) => return Answer::Unknown(value),
            (Test::Present, value) => !value.is_null(),
            (Test::Equals(wanted), Value::Default(value)) => **value == *wanted,
            (Test::Equals(wanted), value) => value == wanted,
            (Test::StartsWith(wanted), value) => value
                .as_str()
                .is_some_and(|text| text.starts_with(wanted.as_str())),
            (Test::Contains(wanted), value) => {
                value.as_list().is_some_and(|items| items.contains(wanted))
            }
        };
        if answer { Answer::Yes } else { Answer::No }
    }
}

fn walk(value: Value, path: &str) -> Value {
    path.split('.')
        .filter(|name| !name.is_empty())
        .fold(value, |value, name| value.get(name))
}

fn conditions(table: &mut Table<'_>, key: &'static str) -> Vec<Condition> {
    table
        .tables(key)
        .into_iter()
        .filter_map(|mut table| {
            let property = table.required_string("property");
            let equals = table.item("equals").map(crate::source::Item::to_value);
            let starts_with = table.string("starts-with").map(|text| text.value);
            let contains = table.item("contains").map(crate::source::Item::to_value);
            let span = table.span();
            let test = match (equals, starts_with, contains) {
                (Some(value), None, None) => Some(Test::Equals(value)),
                (None, Some(text), None) => Some(Test::StartsWith(text)),
                (None, None, Some(value)) => Some(Test::Contains(value)),
                (None, None, None) => Some(Test::Present),
                _ => {
                    table.report(
                        Code::InvalidValue,
                        span,
                        "`equals`, `starts-with` and `contains` exclude one another",
                    );
                    None
                }
            };
            table.finish();
            Some(Condition {
                property: property?.value,
                test: test?,
            })
        })
        .collect()
}
