//! A tree of data as TOML, JSON, YAML or CSV hold it, with room for what is not known.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// Why a property's value can't be told from the exports at hand.
///
/// The text completes the sentence "not checked: ..." and names the export that would tell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unknown(Arc<str>);

impl Unknown {
    /// Returns the unknown with its reason, a lowercase fragment.
    pub fn new(reason: impl AsRef<str>) -> Self {
        Self(Arc::from(reason.as_ref()))
    }

    /// Returns the reason.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.0
    }
}

/// A value. Containers are shared, so that a clone is a pointer.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Value {
    /// JSON null: the property is known to be absent.
    #[default]
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number that fits 64 bits with sign.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    String(Arc<str>),
    /// A list.
    List(Arc<Vec<Value>>),
    /// An object.
    Map(Arc<Map>),
    /// Neither a value nor absent: the exports do not tell.
    Unknown(Unknown),
    /// A value that no export shows and the vendor documents for its absence.
    Default(Arc<Value>),
}

impl Value {
    /// Returns text as a value.
    pub fn string(text: impl AsRef<str>) -> Self {
        Self::String(Arc::from(text.as_ref()))
    }

    /// Returns a list of values.
    #[must_use]
    pub fn list(items: Vec<Value>) -> Self {
        Self::List(Arc::new(items))
    }

    /// Returns the unknown value with its reason.
    pub fn unknown(reason: impl AsRef<str>) -> Self {
        Self::Unknown(Unknown::new(reason))
    }

    /// Returns the text, if it is text (given or by default).
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::Default(value) => value.as_str(),
            Self::Null
            | Self::Bool(_)
            | Self::Int(_)
            | Self::Float(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::Unknown(_) => None,
        }
    }

    /// Returns the truth value, if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Default(value) => value.as_bool(),
            Self::Null
            | Self::String(_)
            | Self::Int(_)
            | Self::Float(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::Unknown(_) => None,
        }
    }

    /// Returns the whole number, if it is one.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Default(value) => value.as_int(),
            Self::Null
            | Self::String(_)
            | Self::Bool(_)
            | Self::Float(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::Unknown(_) => None,
        }
    }

    /// Returns the items, if it is a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Self::List(items) => Some(items),
            Self::Default(value) => value.as_list(),
            Self::Null
            | Self::String(_)
            | Self::Bool(_)
            | Self::Float(_)
            | Self::Int(_)
            | Self::Map(_)
            | Self::Unknown(_) => None,
        }
    }

    /// Returns the object, if it is one.
    #[must_use]
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Self::Map(map) => Some(map),
            Self::Default(value) => value.as_map(),
            Self::Null
            | Self::String(_)
            | Self::Bool(_)
            | Self::Float(_)
            | Self::Int(_)
            | Self::List(_)
            | Self::Unknown(_) => None,
        }
    }

    /// Returns the property `key` of an object as the view answers it (see [`Map::get`]); of
    /// anything else, null.
    #[must_use]
    pub fn get(&self, key: &str) -> Value {
        match self {
            Self::Map(map) => map.get(key),
            Self::Unknown(_) => self.clone(),
            Self::Default(value) => value.get(key),
            Self::Null
            | Self::String(_)
            | Self::Bool(_)
            | Self::Float(_)
            | Self::Int(_)
            | Self::List(_) => Self::Null,
        }
    }

    /// Tells whether the value is null: known to be absent.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

/// Writes the value as JSON; what is unknown as `?`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value}"),
            Self::String(text) => f.write_str(&serde_json::Value::from(&**text).to_string()),
            Self::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index == 0 { "" } else { "," })?;
                }
                f.write_str("]")
            }
            Self::Map(map) => {
                f.write_str("{")?;
                for (index, (key, value)) in map.iter().enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    write!(f, "{comma}{}:{value}", serde_json::Value::from(key))?;
                }
                f.write_str("}")
            }
            Self::Unknown(_) => f.write_str("?"),
            Self::Default(value) => value.fmt(f),
        }
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Self::Map(Arc::new(map))
    }
}

/// An object: named values in the order of their names.
///
/// An *open* map comes from an export that shows only part of the object: what it does not name
/// is unknown rather than absent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Map {
    entries: BTreeMap<Arc<str>, Value>,
    open: Option<Unknown>,
    aliases: Option<Arc<BTreeMap<String, Vec<String>>>>,
}

impl Map {
    /// Returns an empty, closed map.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the value of `key` as a check sees it:
    /// the exact name, else the name ignoring ASCII case, else (beside `id`, `name` or `type`)
    /// the same inside `properties`, as Azure nests them, else another name the source entry
    /// states for it. Null means absent; an open map answers unknown for what it does not name.
    #[must_use]
    pub fn get(&self, key: &str) -> Value {
        self.find(key).cloned().unwrap_or_else(|| match &self.open {
            Some(unknown) => Value::Unknown(unknown.clone()),
            None => Value::Null,
        })
    }

    /// Returns the stored value that [`Map::get`] would answer, if one is stored.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&Value> {
        let named = self.find_named(key);
        match (named, self.aliases.as_deref()) {
            (Some(value), _) if !value.is_null() => return named,
            (_, None) => return named,
            (_, Some(_)) => {}
        }
        let other = self.aliases.as_deref().and_then(|aliases| {
            let (_, names) = aliases
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(key))?;
            let found = || names.iter().filter_map(|name| self.find_named(name));
            found()
                .find(|value| !value.is_null())
                .or_else(|| found().next())
        });
        match (named, other) {
            (Some(_), Some(value)) if value.is_null() => named,
            (Some(_), None) => named,
            (_, other) => other,
        }
    }

    fn find_named(&self, key: &str) -> Option<&Value> {
        let own = self.own(key);
        match own {
            Some(value) if !value.is_null() => Some(value),
            Some(_) | None => self.nested(key).or(own),
        }
    }

    /// Returns the value stored in this very object under the name, ignoring ASCII case when
    /// there is no exact match.
    #[must_use]
    pub fn own(&self, key: &str) -> Option<&Value> {
        self.entries.get(key).or_else(|| {
            self.entries
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(key))
                .map(|(_, value)| value)
        })
    }

    fn nested(&self, key: &str) -> Option<&Value> {
        let beside = ["id", "name", "type"]
            .iter()
            .any(|name| self.own(name).is_some());
        match self.own("properties") {
            Some(Value::Map(properties)) if beside && !key.eq_ignore_ascii_case("properties") => {
                properties.own(key)
            }
            _ => None,
        }
    }

    /// Returns the stored value that [`Map::get`] would answer, to change in place.
    pub fn find_mut(&mut self, key: &str) -> Option<&mut Value> {
        let aliases = self.aliases.as_deref().and_then(|aliases| {
            aliases
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(key))
                .map(|(_, names)| names.clone())
        });
        let names: Vec<String> = std::iter::once(key.to_owned())
            .chain(aliases.unwrap_or_default())
            .collect();
        let stated = |name: &&String| self.find_named(name).is_some_and(|value| !value.is_null());
        let found = names
            .iter()
            .find(stated)
            .or_else(|| names.iter().find(|name| self.find_named(name).is_some()))?
            .clone();
        let nested = self.own(&found).is_none_or(Value::is_null);
        if nested && self.nested(&found).is_some() {
            let Some(Value::Map(properties)) = self.own_mut("properties") else {
                return None;
            };
            return Arc::make_mut(properties).own_mut(&found);
        }
        self.own_mut(&found)
    }

    fn own_mut(&mut self, key: &str) -> Option<&mut Value> {
        let spelt = self.entries.get_key_value(key).or_else(|| {
            self.entries
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(key))
        });
        let spelt = Arc::clone(spelt?.0);
        self.entries.get_mut(&spelt)
    }

    /// Sets `key` to `value`, returning what stood there.
    pub fn insert(&mut self, key: impl AsRef<str>, value: Value) -> Option<Value> {
        self.entries.insert(Arc::from(key.as_ref()), value)
    }

    /// Sets `key` to `value` as a file gives it: a name given twice with different values is
    /// unknown, since readers differ on which of them counts.
    pub(crate) fn insert_given(&mut self, key: impl AsRef<str>, value: Value) {
        let key = key.as_ref();
        if let Some(earlier) = self.insert(key, value.clone())
            && earlier != value
        {
            let reason = format!("the file gives `{key}` twice with different values");
            self.insert(key, Value::unknown(reason));
        }
    }

    /// Removes exactly `key`.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        self.entries.remove(key)
    }

    /// Returns the names and values, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.entries.iter().map(|(key, value)| (&**key, value))
    }

    /// Returns the names and values to change in place.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Value)> {
        self.entries.iter_mut().map(|(key, value)| (&**key, value))
    }

    /// Returns how many names the object has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Tells whether the object has no name at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns why names that are not here are unknown, if they are.
    #[must_use]
    pub fn open(&self) -> Option<&Unknown> {
        self.open.as_ref()
    }

    /// Makes names that are not here unknown for `reason`, or absent.
    pub fn set_open(&mut self, reason: Option<Unknown>) {
        self.open = reason;
    }

    /// Adds other names under which exports show a property to those that are set.
    pub fn add_aliases(&mut self, more: &Arc<BTreeMap<String, Vec<String>>>) {
        match &mut self.aliases {
            Some(known) => Arc::make_mut(known).extend(
                more.iter()
                    .map(|(name, others)| (name.clone(), others.clone())),
            ),
            None => self.aliases = Some(Arc::clone(more)),
        }
    }

    /// Sets the other names under which exports show a property: check's name to export's names.
    pub fn set_aliases(&mut self, aliases: Option<Arc<BTreeMap<String, Vec<String>>>>) {
        self.aliases = aliases;
    }
}

impl<K: AsRef<str>> FromIterator<(K, Value)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(entries: I) -> Self {
        Self {
            entries: entries
                .into_iter()
                .map(|(key, value)| (Arc::from(key.as_ref()), value))
                .collect(),
            open: None,
            aliases: None,
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ValueVisitor;

        impl<'de> Visitor<'de> for ValueVisitor {
            type Value = Value;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("any value")
            }
            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }
            fn visit_none<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }
            fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
                Value::deserialize(deserializer)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
                Ok(Value::Bool(value))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
                Ok(Value::Int(value))
            }
            #[expect(
                clippy::cast_precision_loss,
                reason = "numbers past 63 bits are compared, never counted with"
            )]
            fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
                Ok(i64::try_from(value).map_or(Value::Float(value as f64), Value::Int))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
                Ok(Value::Float(value))
            }
            fn visit_str<E>(self, value: &str) -> Result<Value, E> {
                Ok(Value::string(value))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = access.next_element()? {
                    items.push(item);
                }
                Ok(Value::list(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
                let mut map = Map::new();
                while let Some((key, value)) = access.next_entry::<String, Value>()? {
                    map.insert_given(key, value);
                }
                Ok(map.into())
            }
        }

        deserializer.deserialize_any(ValueVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Value {
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn a_property_is_found_exactly_then_in_another_case_then_under_properties() {
        let cases = [
            (r#"{"a": 1, "A": 2}"#, "a", Value::Int(1)),
            (
                r#"{"NetworkMode": "awsvpc"}"#,
                "networkMode",
                Value::string("awsvpc"),
            ),
            (
                r#"{"id": "x", "properties": {"state": 1}}"#,
                "state",
                Value::Int(1),
            ),
            (
                r#"{"id": "x", "state": null, "Properties": {"state": 1}}"#,
                "state",
                Value::Int(1),
            ),
            (r#"{"properties": {"state": 1}}"#, "state", Value::Null),
            (r#"{"id": "x", "properties": null}"#, "state", Value::Null),
        ];
        for (text, key, expected) in cases {
            assert_eq!(json(text).get(key), expected, "{key} of {text}");
        }
    }

    #[test]
    fn a_name_given_twice_is_unknown_unless_both_agree() {
        let value = json(r#"{"a": 1, "a": 2, "b": 3, "b": 3}"#);
        assert_eq!(
            value.get("a"),
            Value::unknown("the file gives `a` twice with different values")
        );
        assert_eq!(value.get("b"), Value::Int(3));
    }

    #[test]
    fn an_open_map_answers_unknown_for_what_it_does_not_name_and_absent_for_null() {
        let Value::Map(map) = json(r#"{"a": 1, "b": null}"#) else {
            panic!("a map")
        };
        let mut map = (*map).clone();
        map.set_open(Some(Unknown::new("part of it")));
        assert_eq!(map.get("a"), Value::Int(1));
        assert_eq!(map.get("b"), Value::Null);
        assert_eq!(map.get("c"), Value::unknown("part of it"));
    }
}
