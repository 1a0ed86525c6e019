//! Tags and labels, in the shapes that exports give them.

use std::collections::BTreeMap;

use crate::source::{Map, Value};

/// Returns the tags that a value holds: an object of texts, or a list of objects with a key and a
/// value in any of the usual spellings. Null is no tags at all.
pub(crate) fn read_tags(value: &Value) -> Option<BTreeMap<String, String>> {
    match value {
        Value::Null => Some(BTreeMap::new()),
        Value::Map(map) => Some(
            map.iter()
                .map(|(key, value)| (key.to_owned(), text(value)))
                .collect(),
        ),
        Value::List(items) => items.iter().map(pair).collect(),
        Value::Default(inner) => read_tags(inner),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::Unknown(_) => {
            None
        }
    }
}

fn pair(item: &Value) -> Option<(String, String)> {
    let map = item.as_map()?;
    let key = ["key", "tagKey"].iter().find_map(|name| map.own(name))?;
    let value = ["value", "tagValue"].iter().find_map(|name| map.own(name));
    Some((
        key.as_str()?.to_owned(),
        value.map(text).unwrap_or_default(),
    ))
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Default(inner) => text(inner),
        Value::Null | Value::List(_) | Value::Map(_) | Value::Unknown(_) => String::new(),
    }
}

/// Returns the tags in a property of an item.
pub(crate) fn tags_of(map: &Map, property: &str) -> Option<BTreeMap<String, String>> {
    map.find(property).and_then(read_tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_in_every_shape() {
        let expected = BTreeMap::from([("a".to_owned(), "1".to_owned())]);
        for json in [
            r#"[{"Key": "a", "Value": "1"}]"#,
            r#"[{"key": "a", "value": "1"}]"#,
            r#"[{"TagKey": "a", "TagValue": "1"}]"#,
            r#"{"a": "1"}"#,
            r#"{"a": 1}"#,
        ] {
            let value: Value = serde_json::from_str(json).expect("JSON");
            assert_eq!(read_tags(&value), Some(expected.clone()), "{json}");
        }
        assert_eq!(read_tags(&Value::Null), Some(BTreeMap::new()));
        assert_eq!(read_tags(&Value::string("a")), None);
    }
}
