//! Exported data as values of the expression language, looked at where they are.

use std::sync::{Arc, OnceLock};

use cel::ExecutionError;
use cel::common::traits::{Container, Indexer, Iterable, Iterator as ValIterator, Sizer};
use cel::common::types::{
    CelBool, CelDouble, CelInt, CelList, CelMap, CelNull, CelString, MAP_TYPE, Type,
};
use cel::common::value::{CowVal, StaticVal, Val};

use super::session;
use crate::inventory::Resource;
use crate::source::{Map, Value};

/// An object: a resource, or a map inside one.
#[derive(Debug)]
pub(super) struct Node {
    object: Object,
    keys: OnceLock<Vec<CelString<'static>>>,
}

#[derive(Debug, Clone)]
enum Object {
    Map(Arc<Map>),
    Resource(Arc<Resource>),
}

impl Node {
    /// Returns a map as a value.
    pub(super) fn map(map: &Arc<Map>) -> Self {
        Self {
            object: Object::Map(Arc::clone(map)),
            keys: OnceLock::new(),
        }
    }

    /// Returns a resource as a value.
    pub(super) fn resource(resource: &Arc<Resource>) -> Self {
        Self {
            object: Object::Resource(Arc::clone(resource)),
            keys: OnceLock::new(),
        }
    }

    /// Returns the property as the view answers it.
    pub(super) fn property(&self, key: &str) -> Value {
        match &self.object {
            Object::Map(map) => map.get(key),
            Object::Resource(resource) if key == "meta" => meta(resource),
            Object::Resource(resource) => resource.properties.get(key),
        }
    }

    /// Returns the object as plain data, without `meta`.
    pub(super) fn to_value(&self) -> Value {
        match &self.object {
            Object::Map(map) => Value::Map(Arc::clone(map)),
            Object::Resource(resource) => resource.properties.clone().into(),
        }
    }

    /// Returns the resource, if the object is one.
    pub(super) fn as_resource(&self) -> Option<&Arc<Resource>> {
        match &self.object {
            Object::Resource(resource) => Some(resource),
            Object::Map(_) => None,
        }
    }

    fn properties(&self) -> &Map {
        match &self.object {
            Object::Map(map) => map,
            Object::Resource(resource) => &resource.properties,
        }
    }

    fn whole(&self) -> &Map {
        let map = self.properties();
        if let Some(unknown) = map.open() {
            session::touch_unknown(unknown.reason());
        }
        map
    }

    fn keys(&self) -> &[CelString<'static>] {
        self.keys.get_or_init(|| {
            self.whole()
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, _)| CelString::from(key.to_owned()))
                .collect()
        })
    }
}

impl Clone for Node {
    fn clone(&self) -> Self {
        Self {
            object: self.object.clone(),
            keys: OnceLock::new(),
        }
    }
}

impl Val for Node {
    fn get_type(&self) -> &Type {
        &MAP_TYPE
    }

    fn cel_type() -> &'static Type {
        &MAP_TYPE
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_container(&self) -> Option<&dyn Container> {
        Some(self)
    }

    fn as_iterable<'b, 'v>(&'b self) -> Option<&'b (dyn Iterable + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_sizer(&self) -> Option<&dyn Sizer> {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        let Some(other) = other.downcast_ref::<Node>() else {
            return false;
        };
        match (&self.object, &other.object) {
            (Object::Resource(a), Object::Resource(b)) => {
                a.meta.id == b.meta.id && a.meta.resource_type == b.meta.resource_type
            }
            (Object::Map(_) | Object::Resource(_), Object::Map(_) | Object::Resource(_)) => {
                self.whole() == other.whole()
            }
        }
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        Some(self)
    }
}

impl StaticVal for Node {}

impl Indexer for Node {
    fn get<'b, 'v>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let Some(key) = key.downcast_ref::<CelString>() else {
            return Err(ExecutionError::UnexpectedType {
                got: key.get_type().name().to_owned(),
                want: "text".to_owned(),
            });
        };
        match self.property(key.inner()) {
            Value::Null => Err(ExecutionError::no_such_key(key.inner())),
            value => to_val(&value, key.inner()),
        }
    }

    fn steal<'v>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.get(key).map(CowVal::into_owned)
    }
}

impl Container for Node {
    fn contains(&self, value: &dyn Val) -> Result<bool, ExecutionError> {
        let Some(key) = value.downcast_ref::<CelString>() else {
            return Ok(false);
        };
        Ok(match self.property(key.inner()) {
            Value::Null => false,
            Value::Unknown(unknown) => {
                session::touch_unknown(unknown.reason());
                false
            }
            Value::Default(value) => {
                session::touch_default(&default_note(key.inner(), &value));
                true
            }
            Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::String(_)
            | Value::List(_)
            | Value::Map(_) => true,
        })
    }
}

impl Sizer for Node {
    fn size(&self) -> CelInt {
        CelInt::from(i64::try_from(self.keys().len()).unwrap_or(i64::MAX))
    }
}

impl Iterable for Node {
    fn iter<'b, 'v>(&'b self) -> Box<dyn ValIterator<'b, 'v> + 'b>
    where
        Self: 'v,
    {
        Box::new(Keys(self.keys().iter()))
    }
}

struct Keys<'b>(std::slice::Iter<'b, CelString<'static>>);

impl<'b, 'v> ValIterator<'b, 'v> for Keys<'b> {
    fn next(&mut self) -> Option<&'b (dyn Val + 'v)> {
        self.0.next().map(|key| -> &'b (dyn Val + 'v) { key })
    }
}

/// Returns a value of exported data for the evaluation; `key` is the property it stood under.
pub(super) fn to_val<'b, 'v>(value: &Value, key: &str) -> Result<CowVal<'b, 'v>, ExecutionError> {
    if !session::may_work(1) {
        return Err(ExecutionError::function_error(
            "evaluation",
            "the expression looks at more than its bound of two million values",
        ));
    }
    Ok(match value {
        Value::Null => CowVal::owned(CelNull),
        Value::Bool(truth) => CowVal::owned(CelBool::from(*truth)),
        Value::Int(number) => CowVal::owned(CelInt::from(*number)),
        Value::Float(number) => CowVal::owned(CelDouble::from(*number)),
        Value::String(text) => CowVal::owned(CelString::from(text.to_string())),
        Value::List(items) => CowVal::owned(to_list(items, key)?),
        Value::Map(map) => CowVal::owned(Node::map(map)),
        Value::Default(value) => {
            session::touch_default(&default_note(key, value));
            return to_val(value, key);
        }
        Value::Unknown(unknown) => {
            session::touch_unknown(unknown.reason());
            return Err(ExecutionError::function_error(key, "unknown"));
        }
    })
}

/// Returns a list of exported data. One unknown item makes the whole list unknown: what runs over
/// it can't leave the item out.
pub(super) fn to_list<'v>(items: &[Value], key: &str) -> Result<CelList<'v>, ExecutionError> {
    let mut list: Vec<Box<dyn Val + 'v>> = Vec::with_capacity(items.len());
    for item in items {
        list.push(to_val(item, key)?.into_owned());
    }
    Ok(CelList::from(list))
}

/// Returns a value of the evaluation as plain data, for our functions.
pub(super) fn from_val(value: &dyn Val) -> Option<Value> {
    if let Some(node) = value.downcast_ref::<Node>() {
        return Some(node.to_value());
    }
    if let Some(text) = value.downcast_ref::<CelString>() {
        return Some(Value::string(text.inner()));
    }
    if let Some(truth) = value.downcast_ref::<CelBool>() {
        return Some(Value::Bool(*truth.inner()));
    }
    if let Some(number) = value.downcast_ref::<CelInt>() {
        return Some(Value::Int(*number.inner()));
    }
    if let Some(number) = value.downcast_ref::<CelDouble>() {
        return Some(Value::Float(*number.inner()));
    }
    if value.downcast_ref::<CelNull>().is_some() {
        return Some(Value::Null);
    }
    // A map that an expression writes itself, such as `{}`.
    if let Some(map) = value.downcast_ref::<CelMap>() {
        let mut entries: Vec<(&str, Value)> = Vec::new();
        #[expect(clippy::iter_over_hash_type, reason = "the entries are sorted")]
        for (key, item) in map.inner() {
            let key = key.inner().downcast_ref::<CelString>()?;
            entries.push((key.inner(), from_val(item.as_ref())?));
        }
        entries.sort_by(|a, b| a.0.cmp(b.0));
        return Some(entries.into_iter().collect::<Map>().into());
    }
    let list = value.downcast_ref::<CelList>()?;
    list.inner()
        .iter()
        .map(|item| from_val(item.as_ref()))
        .collect::<Option<Vec<Value>>>()
        .map(Value::list)
}

/// Returns a value as people read it: text as it is, anything else as JSON.
pub(super) fn to_text(value: &dyn Val) -> Result<String, String> {
    if let Some(text) = value.downcast_ref::<CelString>() {
        return Ok(text.inner().to_owned());
    }
    let data = from_val(value)
        .ok_or_else(|| format!("a {} can't be written as text", value.get_type().name()))?;
    Ok(data.to_string())
}

/// Returns the texts that a value names: a text alone, or those of a list.
pub(super) fn to_texts(value: &dyn Val) -> Result<Vec<String>, String> {
    let wrong = || {
        format!(
            "the expression gave a {}, not text or a list of texts",
            value.get_type().name()
        )
    };
    if let Some(text) = value.downcast_ref::<CelString>() {
        return Ok(vec![text.inner().to_owned()]);
    }
    let data = from_val(value).ok_or_else(wrong)?;
    let items = data.as_list().ok_or_else(wrong)?;
    items
        .iter()
        .map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong))
        .collect()
}

fn default_note(key: &str, value: &Value) -> String {
    format!("{key} = {value}")
}

fn meta(resource: &Resource) -> Value {
    let meta = &resource.meta;
    let optional = |text: &Option<String>| text.as_ref().map_or(Value::Null, Value::string);
    let tags = match &meta.tags {
        Ok(tags) => tags
            .iter()
            .map(|(key, value)| (key, Value::string(value)))
            .collect::<Map>()
            .into(),
        Err(unknown) => Value::Unknown(unknown.clone()),
    };
    [
        ("type", Value::string(&meta.resource_type)),
        ("id", Value::string(&meta.id)),
        ("name", Value::string(&meta.name)),
        ("account", optional(&meta.account)),
        ("region", optional(&meta.region)),
        ("cluster", optional(&meta.cluster)),
        ("namespace", optional(&meta.namespace)),
        ("tags", tags),
        ("scope", Value::string(meta.scope.as_str())),
        ("state", Value::string(meta.state.as_str())),
        (
            "origin",
            meta.origins
                .first()
                .map_or(Value::Null, |place| Value::string(&place.file)),
        ),
        (
            "observed",
            meta.observed
                .map_or(Value::Null, |instant| Value::string(instant.to_string())),
        ),
        ("pod", resource.pod.clone().unwrap_or(Value::Null)),
    ]
    .into_iter()
    .collect::<Map>()
    .into()
}

/// The names that `resource.meta` has.
pub(super) const META: &[&str] = &[
    "type",
    "id",
    "name",
    "account",
    "region",
    "cluster",
    "namespace",
    "tags",
    "scope",
    "state",
    "origin",
    "observed",
    "pod",
];
