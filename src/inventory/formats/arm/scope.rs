//! What the expressions of an ARM template refer to.
//!
//! A parameter is unknown even if it has a default, since a default is not what is deployed; one
//! that allows a single value has that value.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::expression::evaluate;
use crate::source::{Map, Value};

/// How deep variables may refer to variables.
const DEPTH: usize = 16;

/// The ids of a template's resources, by type and name in lower case.
pub(super) type Ids = BTreeMap<String, String>;

/// Parameters, variables and resources of a template.
#[derive(Debug, Clone)]
pub(super) struct Scope<'a> {
    parameters: Option<&'a Map>,
    variables: Option<&'a Map>,
    given: Arc<BTreeMap<String, Value>>,
    ids: Arc<Ids>,
    depth: usize,
}

/// Returns the key of a resource among the ids.
pub(super) fn key(resource_type: &str, name: &str) -> String {
    format!("{resource_type}/{name}").to_ascii_lowercase()
}

impl<'a> Scope<'a> {
    /// Returns the scope of a template that is deployed by itself.
    pub(super) fn new(template: &'a Map) -> Self {
        let section = |name| template.own(name).and_then(Value::as_map);
        Self {
            parameters: section("parameters"),
            variables: section("variables"),
            given: Arc::default(),
            ids: Arc::default(),
            depth: 0,
        }
    }

    /// Returns the scope of a template inside this one, which is given parameters.
    pub(super) fn inner(&self, template: &'a Map, parameters: Option<&Value>) -> Self {
        let given = parameters.and_then(Value::as_map).map(|parameters| {
            parameters
                .iter()
                .filter_map(|(name, it)| Some((name, it.as_map()?.own("value")?)))
                .map(|(name, value)| (name.to_ascii_lowercase(), self.resolve(value)))
                .collect()
        });
        Self {
            given: Arc::new(given.unwrap_or_default()),
            ..Self::new(template)
        }
    }

    /// Returns the same scope, knowing the template's resources.
    pub(super) fn with_ids(&self, ids: &Arc<Ids>) -> Self {
        Self {
            ids: Arc::clone(ids),
            ..self.clone()
        }
    }

    /// Returns a name as text, or as the expression it is.
    pub(super) fn name(&self, text: &str) -> String {
        match inside(text) {
            Some(expression) => match evaluate(expression, self).as_str() {
                Some(name) => name.to_owned(),
                None => format!("[{}]", expression.trim()),
            },
            None => text.to_owned(),
        }
    }

    /// Returns the value with its expressions evaluated; what can't be is unknown in its place.
    pub(super) fn resolve(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => match (inside(text), text.strip_prefix("[[")) {
                (Some(expression), _) => evaluate(expression, self),
                (None, Some(rest)) => Value::string(format!("[{rest}")),
                (None, None) => value.clone(),
            },
            Value::List(items) => {
                Value::list(items.iter().map(|item| self.resolve(item)).collect())
            }
            Value::Map(map) => self.object(map),
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Unknown(_)
            | Value::Default(_) => value.clone(),
        }
    }

    fn object(&self, map: &Map) -> Value {
        let mut object = Map::new();
        for (name, value) in map.iter() {
            match value.as_list().filter(|_| name == "copy") {
                Some(loops) => {
                    for name in loops.iter().map(|it| it.get("name")) {
                        let name = name.as_str().unwrap_or("copy");
                        object.insert(name, Value::unknown("it is made by a copy loop"));
                    }
                }
                None => {
                    object.insert(name, self.resolve(value));
                }
            }
        }
        open_if_unknown(&mut object);
        object.into()
    }

    /// Returns the value of a parameter.
    pub(super) fn parameter(&self, name: &str) -> Value {
        if let Some(value) = self.given.get(&name.to_ascii_lowercase()) {
            return value.clone();
        }
        let parameter = self.parameters.and_then(|it| it.own(name));
        let parameter = parameter.cloned().unwrap_or_default();
        let secret = parameter
            .get("type")
            .as_str()
            .is_some_and(|it| it.to_ascii_lowercase().starts_with("secure"));
        match parameter.get("allowedValues").as_list() {
            Some([only]) if !secret => only.clone(),
            _ => Value::unknown(format!("the parameter `{name}` is given on deployment")),
        }
    }

    /// Returns the value of a variable.
    pub(super) fn variable(&self, name: &str) -> Option<Value> {
        if self.depth >= DEPTH {
            return None;
        }
        let variable = self.variables?.own(name)?;
        let deeper = Self {
            depth: self.depth + 1,
            ..self.clone()
        };
        Some(deeper.resolve(variable))
    }

    /// Returns the id of a resource of the template by type and names.
    pub(super) fn resource(&self, resource_type: &str, names: &[String]) -> Option<Value> {
        self.ids
            .get(&key(resource_type, &names.join("/")))
            .map(Value::string)
    }
}

/// Makes an object whose `properties` are unknown answer unknown for what these may hold.
pub(super) fn open_if_unknown(map: &mut Map) {
    if let Some(Value::Unknown(reason)) = map.own("properties") {
        let reason = reason.clone();
        map.set_open(Some(reason));
    }
}

/// Returns the expression that text is, without its brackets.
fn inside(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('[')?.strip_suffix(']')?;
    (!inside.starts_with('[')).then_some(inside)
}
