//! Expressions of ARM templates, as far as they can be told without deploying anything.

use super::scope::Scope;
use crate::source::{Map, Value};

/// How deep calls may nest.
const DEPTH: usize = 48;

/// How much of an expression a reason repeats.
const SHOWN: usize = 80;

/// Returns the value of an expression, written without its brackets.
pub(super) fn evaluate(text: &str, scope: &Scope<'_>) -> Value {
    let mut parser = Parser { text, at: 0, scope };
    let value = parser.expression(0);
    parser.space();
    match value {
        Some(value) if parser.at == text.len() => value,
        Some(_) | None => unresolved(text),
    }
}

fn unresolved(text: &str) -> Value {
    let text = text.trim();
    let shown: String = text.chars().take(SHOWN).collect();
    let rest = if shown.len() < text.len() { "..." } else { "" };
    Value::unknown(format!("unresolved [{shown}{rest}]"))
}

/// Reads an expression and evaluates it on the way; nothing means that it is no expression.
struct Parser<'p, 'a> {
    text: &'p str,
    at: usize,
    scope: &'p Scope<'a>,
}

/// An argument of a call: what it is and how it is written.
struct Argument<'p> {
    value: Value,
    written: &'p str,
}

impl<'p> Parser<'p, '_> {
    fn rest(&self) -> &'p str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn take(&mut self, expected: char) -> bool {
        self.space();
        let found = self.rest().starts_with(expected);
        if found {
            self.at += expected.len_utf8();
        }
        found
    }

    fn word(&mut self) -> &'p str {
        let rest = self.rest();
        let end = rest
            .find(|it: char| !(it.is_alphanumeric() || it == '_'))
            .unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn expression(&mut self, depth: usize) -> Option<Value> {
        if depth > DEPTH {
            return None;
        }
        self.space();
        let start = self.at;
        let mut value = self.term(depth)?;
        loop {
            if self.take('.') {
                self.space();
                let name = self.word();
                if name.is_empty() {
                    return None;
                }
                value = self.member(start, &value, &Value::string(name));
            } else if self.take('[') {
                let index = self.expression(depth + 1)?;
                if !self.take(']') {
                    return None;
                }
                value = self.member(start, &value, &index);
            } else {
                return Some(value);
            }
        }
    }

    fn member(&self, start: usize, value: &Value, index: &Value) -> Value {
        let written = self.text.get(start..self.at).unwrap_or_default();
        match (value, index) {
            (Value::Unknown(_), _) => value.clone(),
            (_, Value::Unknown(_)) => index.clone(),
            (Value::Map(map), Value::String(name)) => map
                .own(name)
                .cloned()
                .unwrap_or_else(|| unresolved(written)),
            (Value::List(items), Value::Int(index)) => usize::try_from(*index)
                .ok()
                .and_then(|index| items.get(index).cloned())
                .unwrap_or_else(|| unresolved(written)),
            (_, _) => unresolved(written),
        }
    }

    fn term(&mut self, depth: usize) -> Option<Value> {
        let start = self.at;
        match self.rest().chars().next()? {
            '\'' => self.literal(),
            first if first.is_ascii_digit() || first == '-' => {
                self.at += first.len_utf8();
                self.word();
                let digits = self.text.get(start..self.at)?;
                digits.parse().ok().map(Value::Int)
            }
            _ => {
                let name = self.word();
                if name.is_empty() || !self.take('(') {
                    return None;
                }
                let arguments = self.arguments(depth)?;
                let written = self.text.get(start..self.at)?;
                // Functions of a namespace are the template's own: `contoso.name()`.
                Some(call(name, &arguments, self.scope).unwrap_or_else(|| unresolved(written)))
            }
        }
    }

    /// Reads text in single quotes, in which a quote is doubled.
    fn literal(&mut self) -> Option<Value> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let (before, after) = rest.split_once('\'')?;
            text.push_str(before);
            self.at += before.len() + 1;
            if !after.starts_with('\'') {
                return Some(Value::string(text));
            }
            text.push('\'');
            self.at += 1;
        }
    }

    fn arguments(&mut self, depth: usize) -> Option<Vec<Argument<'p>>> {
        let mut arguments = Vec::new();
        if self.take(')') {
            return Some(arguments);
        }
        loop {
            self.space();
            let start = self.at;
            let value = self.expression(depth + 1)?;
            let written = self.text.get(start..self.at)?.trim();
            arguments.push(Argument { value, written });
            if self.take(')') {
                return Some(arguments);
            }
            if !self.take(',') {
                return None;
            }
        }
    }
}

/// Returns what a function gives; nothing if that is known only on deployment.
fn call(name: &str, arguments: &[Argument<'_>], scope: &Scope<'_>) -> Option<Value> {
    let lower = name.to_ascii_lowercase();
    let values: Vec<&Value> = arguments.iter().map(|it| &it.value).collect();
    match (lower.as_str(), values.as_slice()) {
        ("parameters", [name]) => Some(scope.parameter(name.as_str()?)),
        ("variables", [name]) => scope.variable(name.as_str()?),
        ("resourceid", _) => resource_id(arguments, scope),
        ("if", [condition, yes, no]) => match condition.as_bool() {
            Some(true) => Some((*yes).clone()),
            Some(false) => Some((*no).clone()),
            None => (yes == no).then(|| (*yes).clone()),
        },
        ("and", values) => Some(Value::Bool(truths(values)?.iter().all(|it| *it))),
        ("or", values) => Some(Value::Bool(truths(values)?.iter().any(|it| *it))),
        ("not", [value]) => Some(Value::Bool(!value.as_bool()?)),
        ("true", []) => Some(Value::Bool(true)),
        ("false", []) => Some(Value::Bool(false)),
        ("null", []) => Some(Value::Null),
        ("equals", [first, second]) if is_known(first) && is_known(second) => {
            Some(Value::Bool(first == second))
        }
        ("concat", values) => concat(values),
        ("tolower", [text]) => Some(Value::string(text.as_str()?.to_lowercase())),
        ("toupper", [text]) => Some(Value::string(text.as_str()?.to_uppercase())),
        ("string", [value]) => word(value).map(Value::string),
        ("int", [value]) => word(value)?.parse().ok().map(Value::Int),
        ("bool", [value]) => word(value)?.to_lowercase().parse().ok().map(Value::Bool),
        ("json", [text]) => serde_json::from_str(text.as_str()?).ok(),
        ("createarray" | "array", items) => {
            Some(Value::list(items.iter().map(|it| (*it).clone()).collect()))
        }
        ("createobject", pairs) => object(pairs),
        _ => None,
    }
}

fn truths(values: &[&Value]) -> Option<Vec<bool>> {
    values.iter().map(|value| value.as_bool()).collect()
}

fn is_known(value: &Value) -> bool {
    match value {
        Value::Unknown(_) => false,
        Value::List(items) => items.iter().all(is_known),
        Value::Map(map) => map.open().is_none() && map.iter().all(|(_, value)| is_known(value)),
        Value::Default(value) => is_known(value),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) => true,
    }
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.to_string()),
        Value::Int(number) => Some(number.to_string()),
        // The platform writes truth values with a capital.
        Value::Bool(true) => Some("True".to_owned()),
        Value::Bool(false) => Some("False".to_owned()),
        Value::Null
        | Value::Float(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Unknown(_)
        | Value::Default(_) => None,
    }
}

fn concat(values: &[&Value]) -> Option<Value> {
    if values.first().is_some_and(|it| it.as_list().is_some()) {
        let lists: Option<Vec<&[Value]>> = values.iter().map(|it| it.as_list()).collect();
        return Some(Value::list(lists?.concat()));
    }
    let words: Option<Vec<String>> = values.iter().map(|value| word(value)).collect();
    Some(Value::string(words?.concat()))
}

fn object(pairs: &[&Value]) -> Option<Value> {
    let (pairs, rest) = pairs.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let entries: Option<Map> = pairs
        .iter()
        .map(|[name, value]| Some((name.as_str()?, (*value).clone())))
        .collect::<Option<Vec<_>>>()
        .map(Map::from_iter);
    entries.map(Value::from)
}

/// Returns the id of a resource of the same template. The type is the first argument with a
/// slash; a name that is not known stands as it is written, as the resource's own name does.
fn resource_id(arguments: &[Argument<'_>], scope: &Scope<'_>) -> Option<Value> {
    let at = arguments
        .iter()
        .position(|it| it.value.as_str().is_some_and(|text| text.contains('/')))?;
    let (resource_type, names) = arguments.get(at..)?.split_first()?;
    let names: Vec<String> = names
        .iter()
        .map(|it| match it.value.as_str() {
            Some(text) => text.to_owned(),
            None => format!("[{}]", it.written),
        })
        .collect();
    scope.resource(resource_type.value.as_str()?, &names)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn expressions_give_what_is_certain_and_unknown_otherwise() {
        let template: Value = serde_json::from_str(
            r#"{"parameters": {"env": {"type": "string", "defaultValue": "prod"},
                "one": {"type": "string", "allowedValues": ["only"]},
                "hidden": {"type": "securestring", "allowedValues": ["x"]}},
            "variables": {"a": "x", "b": "[concat(variables('a'), '-y')]",
                "loop": "[variables('loop')]", "o": {"list": [1, {"k": "v"}]}}}"#,
        )
        .expect("JSON");
        let ids = [
            ("microsoft.x/y/a", "t#a"),
            ("microsoft.x/y/[parameters('env')]", "t#env"),
        ];
        let ids = ids.map(|(key, id)| (key.to_owned(), id.to_owned()));
        let scope = Scope::new(template.as_map().expect("a map")).with_ids(&Arc::new(ids.into()));
        let cases = [
            ("'it''s'", r#""it's""#),
            ("parameters('one')", r#""only""#),
            (
                "parameters('env')",
                "the parameter `env` is given on deployment",
            ),
            (
                "parameters('hidden')",
                "the parameter `hidden` is given on deployment",
            ),
            ("Variables( 'b' )", r#""x-y""#),
            ("variables('loop')", "unresolved [variables('loop')]"),
            ("variables('o').list[1].k", r#""v""#),
            ("variables('o').none", "unresolved [variables('o').none]"),
            ("concat('a', 1, true())", r#""a1True""#),
            (
                "concat('a', parameters('env'))",
                "unresolved [concat('a', parameters('env'))]",
            ),
            ("concat(createArray(1), createArray(2))", "[1, 2]"),
            ("createObject('a', 1)", r#"{"a": 1}"#),
            ("if(equals(variables('a'), 'x'), 1, 2)", "1"),
            ("if(parameters('env'), 1, 1)", "1"),
            ("and(true(), not(false()))", "true"),
            ("json('{\"a\": 1}').a", "1"),
            ("toLower('ABC')", r#""abc""#),
            ("null()", "null"),
            ("-3", "-3"),
            ("resourceId('Microsoft.X/y', 'a')", r#""t#a""#),
            (
                "resourceId('rg', 'Microsoft.X/Y', parameters('env'))",
                r#""t#env""#,
            ),
            (
                "resourceId('Microsoft.X/y', 'b')",
                "unresolved [resourceId('Microsoft.X/y', 'b')]",
            ),
            ("subscription().tenantId", "unresolved [subscription()]"),
            (
                "reference('x', '2020-01-01').a.b",
                "unresolved [reference('x', '2020-01-01')]",
            ),
            ("contoso.name('a')", "unresolved [contoso.name('a')]"),
            ("concat('a'", "unresolved [concat('a']"),
            ("'a", "unresolved ['a]"),
            ("", "unresolved []"),
            ("1 2", "unresolved [1 2]"),
        ];
        for (text, expected) in cases {
            let expected =
                serde_json::from_str(expected).unwrap_or_else(|_| Value::unknown(expected));
            assert_eq!(evaluate(text, &scope), expected, "{text}");
        }
        let deep = format!("{}1{}", "not(".repeat(500), ")".repeat(500));
        assert!(matches!(evaluate(&deep, &scope), Value::Unknown(_)));
    }
}
