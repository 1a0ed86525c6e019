//! The form of an item: what belongs to it, what stands in text, what is made or left out.

use std::sync::Arc;

use super::Subject;
use super::item::{Shape, identify};
use crate::inventory::item_path::Segment;
use crate::inventory::source_entry::{Encoding, Items, Omit};
use crate::inventory::tags::read_tags;
use crate::source::{Map, Value};

/// Returns the item as an object, where the group says how.
pub(super) fn shaped(items: &Items, value: &Value) -> Value {
    match (value, &items.text_as, items.encoding) {
        (Value::String(_), Some(name), _) => {
            Map::from_iter([(name.as_str(), value.clone())]).into()
        }
        (Value::List(_), _, Some(Encoding::Pairs)) => match read_tags(value) {
            Some(pairs) => pairs
                .into_iter()
                .map(|(key, value)| (key, Value::string(value)))
                .collect::<Map>()
                .into(),
            None => value.clone(),
        },
        (_, _, _) => value.clone(),
    }
}

/// Tells whether the group means this item at all.
pub(super) fn is_meant(items: &Items, value: &Value, subject: &Subject<'_>) -> bool {
    let only = items
        .only
        .as_ref()
        .is_none_or(|name| value.get(name).as_bool() == Some(true));
    let contains = items.id_contains.as_ref().is_none_or(|part| {
        identify(items, value, subject).is_some_and(|(id, _)| id.contains(part.as_str()))
    });
    only && contains
}

/// Returns the item with the properties around it and those made from others, for naming.
pub(super) fn surrounded(items: &Items, value: &Value, above: &[&Value]) -> Value {
    let texts = items.with.is_empty() && items.derived.is_empty();
    if matches!(value, Value::Map(_) | Value::Null) || !texts {
        let mut map = surrounded_map(items, value, above);
        derive(items, &mut map);
        map.into()
    } else {
        value.clone()
    }
}

/// Returns the item and what surrounds it as one object.
pub(super) fn surrounded_map(items: &Items, value: &Value, above: &[&Value]) -> Map {
    let mut map = match value {
        Value::Map(map) => (**map).clone(),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::List(_)
        | Value::Unknown(_)
        | Value::Default(_) => Map::new(),
    };
    for name in &items.with {
        let found = above
            .iter()
            .rev()
            .filter_map(|outer| outer.as_map())
            .find_map(|outer| outer.own(name));
        if let (Some(found), None) = (found, map.own(name)) {
            map.insert(name, found.clone());
        }
    }
    map
}

/// Reads text that is JSON, at the path.
pub(super) fn decode_json(value: &mut Value, path: &[Segment]) {
    match (path.split_first(), value) {
        (None, value) => {
            let parsed = value
                .as_str()
                .and_then(|text| serde_json::from_str::<Value>(text).ok());
            if let Some(parsed @ (Value::Map(_) | Value::List(_))) = parsed {
                *value = parsed;
            }
        }
        (Some((Segment::Each, rest)), Value::List(items)) => {
            for item in Arc::make_mut(items) {
                decode_json(item, rest);
            }
        }
        (Some((Segment::Name(name), rest)), Value::Map(map)) => {
            if let Some(inner) = Arc::make_mut(map).find_mut(name) {
                decode_json(inner, rest);
            }
        }
        (Some(_), _) => {}
    }
}

/// Adds the properties that are made from others.
pub(super) fn derive(items: &Items, map: &mut Map) {
    for derived in &items.derived {
        let from = derived
            .from
            .split('.')
            .fold(Value::from(map.clone()), |value, name| value.get(name));
        let Some(text) = from.as_str().map(str::to_owned) else {
            continue;
        };
        if map.own(&derived.property).is_some() {
            continue;
        }
        let replaced = match &derived.replace {
            Some((what, by)) => text.replacen(what.as_str(), by, 1),
            None => text,
        };
        let cut = match &derived.up_to {
            Some(end) => replaced
                .rfind(end.as_str())
                .and_then(|at| replaced.get(..at))
                .unwrap_or(&replaced),
            None => &replaced,
        };
        let cut = match &derived.after {
            Some(begin) => cut.rsplit(begin.as_str()).next().unwrap_or(cut),
            None => cut,
        };
        map.insert(&derived.property, Value::string(cut));
    }
}

/// Adds what the command line says of every item.
pub(super) fn tell(items: &Items, subject: &Subject<'_>, map: &mut Map) {
    for told in &items.told {
        let stated = super::asked_for(subject.command, Some(&told.options));
        let named = subject.command.is_empty()
            && subject
                .facts
                .argument
                .as_deref()
                .is_some_and(|argument| argument.eq_ignore_ascii_case(&told.argument));
        if (stated || named) && map.own(&told.property).is_none() {
            map.insert(&told.property, Value::string(&told.value));
        }
    }
}

/// Marks what the export leaves out as unknown.
pub(super) fn omit(shape: &Shape<'_>, map: &mut Map) {
    for omit in &shape.items.omits {
        let shown = match map.own(&omit.property) {
            None | Some(Value::Null) => false,
            Some(Value::List(items)) => !(omit.empty && items.is_empty()),
            Some(Value::Map(inner)) => !(omit.empty && inner.is_empty()),
            Some(_) => true,
        };
        if shown || super::asked_for(shape.subject.command, omit.unless.as_deref()) {
            continue;
        }
        let reason = omission(shape, omit);
        let spelt = map
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(&omit.property))
            .map(|(name, _)| name.to_owned());
        map.insert(
            spelt.as_deref().unwrap_or(&omit.property),
            Value::unknown(reason),
        );
    }
}

/// Says why a property that was left out is unknown, and what shows it.
fn omission(shape: &Shape<'_>, omit: &Omit) -> String {
    let command = &shape.source.command;
    let property = &omit.property;
    if let Some(options) = &omit.unless {
        return format!(
            "`{command}` shows {property} only with `{options}`; export it again, or state the \
             command line of {} in manifest.toml",
            shape.subject.path
        );
    }
    let other = shape
        .items
        .fixed_type()
        .and_then(|name| shape.sources.advice_for(name, property));
    match other {
        Some(other) => {
            format!("`{command}` does not show {property}; export it with `{other}`")
        }
        None => format!("`{command}` does not show {property}"),
    }
}
