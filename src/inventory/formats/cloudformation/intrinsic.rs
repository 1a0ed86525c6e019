//! Functions of templates, as far as they can be told without deploying anything.
//!
//! A parameter is unknown even if it has a default, since a default is not what is deployed;
//! one that allows a single value has that value. A conditional is known only if both of its
//! values agree.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::super::text;
use crate::source::{Map, Unknown, Value};

/// The ends of attributes that name a resource.
const NAMING: [&str; 3] = ["arn", "id", "name"];

/// What a template's functions refer to.
#[derive(Debug)]
pub(super) struct Template<'a> {
    path: &'a str,
    parameters: Option<&'a Map>,
    mappings: Option<&'a Map>,
    resources: Option<&'a Map>,
}

impl<'a> Template<'a> {
    /// Returns the template in the file at `path`.
    pub(super) fn new(path: &'a str, template: &'a Map) -> Self {
        let section = |name| template.own(name).and_then(Value::as_map);
        Self {
            path,
            parameters: section("Parameters"),
            mappings: section("Mappings"),
            resources: section("Resources"),
        }
    }

    /// Returns the id of a resource of the template.
    pub(super) fn id(&self, logical: &str) -> String {
        format!("{}#{logical}", self.path)
    }

    /// Returns the value with its functions resolved; what can't be is unknown in its place.
    pub(super) fn resolve(&self, value: &Value) -> Value {
        match value {
            Value::List(items) => Value::list(
                items
                    .iter()
                    .map(|item| (item.is_null(), self.resolve(item)))
                    // A null that was not written is an `AWS::NoValue`, which removes the item.
                    .filter(|(written, item)| *written || !item.is_null())
                    .map(|(_, item)| item)
                    .collect(),
            ),
            Value::Map(map) => match only(map) {
                Some((name, argument)) if is_function(name, argument) => self.call(name, argument),
                _ => self.object(map),
            },
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::String(_)
            | Value::Unknown(_)
            | Value::Default(_) => value.clone(),
        }
    }

    fn object(&self, map: &Map) -> Value {
        let mut object = Map::new();
        for (name, value) in map.iter() {
            if name == "Fn::Transform" || name.starts_with("Fn::ForEach::") {
                object.set_open(Some(Unknown::new(format!("unresolved {name}"))));
            } else {
                object.insert(name, self.resolve(value));
            }
        }
        object.into()
    }

    fn call(&self, name: &str, argument: &Value) -> Value {
        let known = match name {
            "Ref" => {
                return argument
                    .as_str()
                    .map_or_else(|| unresolved("Ref"), |target| self.reference(target));
            }
            "Fn::GetAtt" => return self.attribute(argument),
            "Fn::Sub" => return self.substitute(argument),
            "Fn::If" => return self.either(argument),
            "Fn::Join" => self.joined(argument),
            "Fn::Select" => self.selected(argument),
            "Fn::Split" => self.split(argument),
            "Fn::FindInMap" => self.found(argument),
            "Fn::Base64" => self
                .word(argument)
                .map(|text| Value::string(BASE64_STANDARD.encode(text))),
            _ => None,
        };
        known.unwrap_or_else(|| unresolved(name))
    }

    fn reference(&self, target: &str) -> Value {
        if target == "AWS::NoValue" {
            return Value::Null;
        }
        if let Some(parameter) = self.parameters.and_then(|it| it.own(target)) {
            return Self::parameter(target, parameter);
        }
        if self.has_resource(target) {
            Value::string(self.id(target))
        } else {
            unresolved(&format!("Ref {target}"))
        }
    }

    fn parameter(name: &str, parameter: &Value) -> Value {
        let secret = parameter.get("NoEcho");
        let hidden = secret.as_bool() == Some(true) || secret.as_str() == Some("true");
        match parameter.get("AllowedValues").as_list() {
            Some([only]) if !hidden => only.clone(),
            _ => Value::unknown(format!("the parameter `{name}` is given on deployment")),
        }
    }

    fn has_resource(&self, logical: &str) -> bool {
        self.resources
            .and_then(|it| it.own(logical))
            .and_then(Value::as_map)
            .is_some_and(|it| text(it, "Type").is_some())
    }

    fn attribute(&self, argument: &Value) -> Value {
        let (resource, attribute) = match argument {
            Value::String(text) => match text.split_once('.') {
                Some((resource, attribute)) => (resource.to_owned(), attribute.to_owned()),
                None => return unresolved("Fn::GetAtt"),
            },
            Value::List(items) => match items.as_slice() {
                [Value::String(resource), Value::String(attribute)] => {
                    (resource.to_string(), attribute.to_string())
                }
                _ => return unresolved("Fn::GetAtt"),
            },
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Map(_)
            | Value::Unknown(_)
            | Value::Default(_) => return unresolved("Fn::GetAtt"),
        };
        if self.has_resource(&resource) && names_it(&attribute) {
            Value::string(self.id(&resource))
        } else {
            unresolved(&format!("Fn::GetAtt {resource}.{attribute}"))
        }
    }

    fn either(&self, argument: &Value) -> Value {
        let Some([condition, yes, no]) = argument.as_list() else {
            return unresolved("Fn::If");
        };
        let (yes, no) = (self.resolve(yes), self.resolve(no));
        if yes == no {
            return yes;
        }
        let condition = condition.as_str().unwrap_or("?");
        Value::unknown(format!("it depends on the condition `{condition}`"))
    }

    /// Returns the text of a value that is known and names no resource: the id we give those is
    /// no part of any real name.
    fn word(&self, value: &Value) -> Option<String> {
        match self.resolve(value) {
            Value::String(text) if !self.is_own_id(&text) => Some(text.to_string()),
            Value::Int(number) => Some(number.to_string()),
            Value::Bool(value) => Some(value.to_string()),
            Value::Null
            | Value::Float(_)
            | Value::String(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Unknown(_)
            | Value::Default(_) => None,
        }
    }

    fn is_own_id(&self, text: &str) -> bool {
        text.strip_prefix(self.path)
            .is_some_and(|rest| rest.starts_with('#'))
    }

    fn substitute(&self, argument: &Value) -> Value {
        let (pattern, given) = match argument {
            Value::String(pattern) => (pattern.to_string(), None),
            Value::List(items) => match items.as_slice() {
                [Value::String(pattern), Value::Map(given)] => {
                    (pattern.to_string(), Some(given.clone()))
                }
                _ => return unresolved("Fn::Sub"),
            },
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Map(_)
            | Value::Unknown(_)
            | Value::Default(_) => return unresolved("Fn::Sub"),
        };
        let replace = |name: &str| match given.as_deref().and_then(|it| it.own(name)) {
            Some(value) => self.resolve(value),
            None => match name.split_once('.') {
                Some(_) => self.attribute(&Value::string(name)),
                None => self.reference(name),
            },
        };
        // A pattern that is one name and nothing else is that name's value.
        if let Some(name) = pattern
            .strip_prefix("${")
            .and_then(|rest| rest.strip_suffix('}'))
            && !name.contains("${")
            && !name.starts_with('!')
        {
            return replace(name.trim());
        }
        let mut text = String::new();
        let mut rest = pattern.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            text.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                return unresolved("Fn::Sub");
            };
            match name.strip_prefix('!') {
                Some(literal) => text.extend(["${", literal, "}"]),
                None => match self.word(&replace(name.trim())) {
                    Some(word) => text.push_str(&word),
                    None => return unresolved(&format!("Fn::Sub of ${{{name}}}")),
                },
            }
            rest = after;
        }
        text.push_str(rest);
        Value::string(text)
    }

    fn joined(&self, argument: &Value) -> Option<Value> {
        let [delimiter, items] = argument.as_list()? else {
            return None;
        };
        let items = self.resolve(items);
        let words: Option<Vec<String>> = items.as_list()?.iter().map(|it| self.word(it)).collect();
        Some(Value::string(words?.join(delimiter.as_str()?)))
    }

    fn selected(&self, argument: &Value) -> Option<Value> {
        let [index, items] = argument.as_list()? else {
            return None;
        };
        let index: usize = self.word(index)?.parse().ok()?;
        let items = self.resolve(items);
        items.as_list()?.get(index).cloned()
    }

    fn split(&self, argument: &Value) -> Option<Value> {
        let [delimiter, text] = argument.as_list()? else {
            return None;
        };
        let delimiter = delimiter.as_str().filter(|it| !it.is_empty())?;
        let text = self.word(text)?;
        Some(Value::list(
            text.split(delimiter).map(Value::string).collect(),
        ))
    }

    fn found(&self, argument: &Value) -> Option<Value> {
        let [map, first, second] = argument.as_list()? else {
            return None;
        };
        let map = self.mappings?.own(&self.word(map)?)?.as_map()?;
        let inner = map.own(&self.word(first)?)?.as_map()?;
        inner.own(&self.word(second)?).cloned()
    }
}

fn only(map: &Map) -> Option<(&str, &Value)> {
    let mut entries = map.iter();
    entries.next().filter(|_| entries.next().is_none())
}

/// Tells whether an object of one name is a function. A `Condition` of a policy is an object; one
/// that is text refers to a condition of the template.
fn is_function(name: &str, argument: &Value) -> bool {
    name == "Ref"
        || name.starts_with("Fn::")
        || (name == "Condition" && argument.as_str().is_some())
}

fn names_it(attribute: &str) -> bool {
    let attribute = attribute.to_ascii_lowercase();
    !attribute.contains('.') && NAMING.iter().any(|end| attribute.ends_with(end))
}

fn unresolved(what: &str) -> Value {
    Value::unknown(format!("unresolved {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_give_what_is_certain_and_unknown_otherwise() {
        let template: Value = serde_json::from_str(
            r#"{"Parameters": {
                    "Env": {"Type": "String", "Default": "prod"},
                    "One": {"Type": "String", "AllowedValues": ["only"]},
                    "Hidden": {"Type": "String", "NoEcho": true, "AllowedValues": ["x"]}},
                "Mappings": {"M": {"a": {"b": 7}}},
                "Resources": {"Key": {"Type": "AWS::KMS::Key"}}}"#,
        )
        .expect("JSON");
        let template = Template::new("t.json", template.as_map().expect("a map"));
        let cases = [
            (r#"{"Ref": "Key"}"#, r#""t.json#Key""#),
            (
                r#"{"Ref": "Env"}"#,
                "the parameter `Env` is given on deployment",
            ),
            (r#"{"Ref": "One"}"#, r#""only""#),
            (
                r#"{"Ref": "Hidden"}"#,
                "the parameter `Hidden` is given on deployment",
            ),
            (r#"{"Ref": "AWS::Region"}"#, "unresolved Ref AWS::Region"),
            (r#"{"Ref": "AWS::NoValue"}"#, "null"),
            (r#"{"Fn::GetAtt": ["Key", "Arn"]}"#, r#""t.json#Key""#),
            (r#"{"Fn::GetAtt": "Key.KeyId"}"#, r#""t.json#Key""#),
            (
                r#"{"Fn::GetAtt": ["Key", "Endpoint.Address"]}"#,
                "unresolved Fn::GetAtt Key.Endpoint.Address",
            ),
            (r#"{"Fn::Sub": "plain"}"#, r#""plain""#),
            (r#"{"Fn::Sub": "${Key}"}"#, r#""t.json#Key""#),
            (r#"{"Fn::Sub": "${Key.Arn}"}"#, r#""t.json#Key""#),
            (r#"{"Fn::Sub": "a-${One}-${!x}"}"#, r#""a-only-${x}""#),
            (r#"{"Fn::Sub": "a-${Key}"}"#, "unresolved Fn::Sub of ${Key}"),
            (r#"{"Fn::Sub": ["${V}-b", {"V": "a"}]}"#, r#""a-b""#),
            (r#"{"Fn::Sub": "a-${"}"#, "unresolved Fn::Sub"),
            (
                r#"{"Fn::Join": ["-", ["a", {"Ref": "One"}, 1]]}"#,
                r#""a-only-1""#,
            ),
            (
                r#"{"Fn::Join": ["-", ["a", {"Ref": "Env"}]]}"#,
                "unresolved Fn::Join",
            ),
            (
                r#"{"Fn::If": ["C", "a", "b"]}"#,
                "it depends on the condition `C`",
            ),
            (r#"{"Fn::If": ["C", "a", "a"]}"#, r#""a""#),
            (r#"{"Fn::Select": [1, ["a", "b"]]}"#, r#""b""#),
            (
                r#"{"Fn::Select": ["0", {"Fn::Split": [",", "x,y"]}]}"#,
                r#""x""#,
            ),
            (r#"{"Fn::FindInMap": ["M", "a", "b"]}"#, "7"),
            (
                r#"{"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "b"]}"#,
                "unresolved Fn::FindInMap",
            ),
            (r#"{"Fn::Base64": "hi"}"#, r#""aGk=""#),
            (r#"{"Fn::ImportValue": "x"}"#, "unresolved Fn::ImportValue"),
            (r#"{"Fn::GetAtt": 3}"#, "unresolved Fn::GetAtt"),
            (r#"["a", {"Ref": "AWS::NoValue"}]"#, r#"["a"]"#),
            (r#""{{resolve:ssm:x}}""#, r#""{{resolve:ssm:x}}""#),
            (
                r#"{"Condition": {"Bool": {"a": "b"}}}"#,
                r#"{"Condition": {"Bool": {"a": "b"}}}"#,
            ),
        ];
        for (text, expected) in cases {
            let value: Value = serde_json::from_str(text).expect("JSON");
            let expected =
                serde_json::from_str(expected).unwrap_or_else(|_| Value::unknown(expected));
            assert_eq!(template.resolve(&value), expected, "{text}");
        }
    }
}
