//! Tags in every shape that exports give them.

use std::collections::BTreeMap;

use crate::source::Value;

/// Returns the tags of a value: an object of text, or a list of objects with a key and a value.
/// None at all if the value is absent; nothing (unknown) if one of them can't be told.
pub(super) fn of(value: Option<&Value>) -> Option<BTreeMap<String, String>> {
    let value = match value {
        None | Some(Value::Null) => return Some(BTreeMap::new()),
        Some(value) => value,
    };
    if let Some(map) = value.as_map() {
        if map.open().is_some() {
            return None;
        }
        return map
            .iter()
            .map(|(key, value)| Some((key.to_owned(), word(value)?)))
            .collect();
    }
    value.as_list()?.iter().map(pair).collect()
}

fn pair(item: &Value) -> Option<(String, String)> {
    let map = item.as_map()?;
    let key = ["key", "tagKey"]
        .iter()
        .find_map(|name| map.own(name))
        .and_then(word)?;
    let value = ["value", "tagValue"].iter().find_map(|name| map.own(name));
    match value {
        Some(value) => Some((key, word(value)?)),
        None => Some((key, String::new())),
    }
}

/// Returns a value as the text of a tag.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Int(value) => Some(value.to_string()),
        Value::Float(value) => Some(value.to_string()),
        Value::String(text) => Some(text.to_string()),
        Value::Default(value) => word(value),
        Value::List(_) | Value::Map(_) | Value::Unknown(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_from_every_shape_and_unknown_if_one_is() {
        let expected = BTreeMap::from([("pci-scope".to_owned(), "cde".to_owned())]);
        for text in [
            r#"{"pci-scope": "cde"}"#,
            r#"[{"Key": "pci-scope", "Value": "cde"}]"#,
            r#"[{"key": "pci-scope", "value": "cde", "tag": "pci-scope=cde"}]"#,
            r#"[{"TagKey": "pci-scope", "TagValue": "cde"}]"#,
        ] {
            let value: Value = serde_json::from_str(text).expect("JSON");
            assert_eq!(of(Some(&value)), Some(expected.clone()), "{text}");
        }
        assert_eq!(of(None), Some(BTreeMap::new()));
        assert_eq!(of(Some(&Value::Null)), Some(BTreeMap::new()));
        assert_eq!(of(Some(&Value::unknown("x"))), None);
        assert_eq!(of(Some(&Value::list(vec![Value::unknown("x")]))), None);
    }
}
