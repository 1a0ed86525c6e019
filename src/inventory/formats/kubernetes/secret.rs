//! Secrets without their values: evidence and findings never come near them.

use crate::source::{Map, Value};

/// What stands where a value stood.
const FORGOTTEN: &str = "the value of a secret is not kept";

/// Replaces the values of a Secret, keeping their names. Its annotations may hold the manifest
/// it was applied from, values included, so their values go as well.
pub(super) fn forget(secret: &mut Map) {
    for (key, value) in secret.iter_mut() {
        match key {
            "data" | "stringData" => *value = without_values(value),
            "metadata" => *value = without_annotations(value),
            _ => {}
        }
    }
}

fn without_annotations(metadata: &Value) -> Value {
    let Some(map) = metadata.as_map() else {
        return metadata.clone();
    };
    let mut map = map.clone();
    for (key, value) in map.iter_mut() {
        if key == "annotations" {
            *value = without_values(value);
        }
    }
    map.into()
}

fn without_values(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Map(map) => map
            .iter()
            .map(|(key, _)| (key, Value::unknown(FORGOTTEN)))
            .collect::<Map>()
            .into(),
        Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::List(_)
        | Value::Unknown(_)
        | Value::Default(_) => Value::unknown(FORGOTTEN),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::read_text;
    use crate::source::Value;

    #[test]
    fn nothing_of_a_secret_but_names_is_kept() {
        let secret = r#"{"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
            "metadata": {"name": "a", "uid": "1", "labels": {"app": "a"}, "annotations":
                {"kubectl.kubernetes.io/last-applied-configuration": "{\"data\": \"czNjcjN0\"}"}},
            "data": {"password": "czNjcjN0"}, "stringData": {"user": "czNjcjN0"}}"#;
        let list = format!(r#"{{"apiVersion": "v1", "kind": "List", "items": [{secret}]}}"#);
        let untyped = secret.replace(r#""apiVersion": "v1", "kind": "Secret", "#, "");
        let typed =
            format!(r#"{{"apiVersion": "v1", "kind": "SecretList", "items": [{untyped}]}}"#);
        for text in [secret.to_owned(), list, typed] {
            let reading = read_text("a.json", &text).expect("a reading");
            let it = &reading.contributions[0];
            assert_eq!(it.resource_type, "v1/Secret");
            assert!(!format!("{reading:?}").contains("czNjcjN0"), "{text}");
            let data = it.properties.get("data");
            let names: Vec<&str> = data
                .as_map()
                .expect("a map")
                .iter()
                .map(|(k, _)| k)
                .collect();
            assert_eq!(names, ["password"]);
            assert_eq!(it.properties.get("type"), Value::string("Opaque"));
        }
    }
}
