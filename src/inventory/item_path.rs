//! Where the items of an export stand in its tree.

use super::decode::Step;
use crate::source::Value;

/// A path such as `Reservations[].Instances[]`: names joined by points, `[]` for every item of a
/// list. Empty is the whole document; `[]` alone the items of a document that is a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ItemPath(Vec<Segment>);

/// One step of an [`ItemPath`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// The value of a name, ASCII case ignored.
    Name(String),
    /// Every item of a list.
    Each,
}

/// A value that an [`ItemPath`] leads to.
#[derive(Debug, Clone)]
pub(crate) struct Found<'v> {
    /// The value.
    pub(crate) value: &'v Value,
    /// The objects on the way, the document first.
    pub(crate) above: Vec<&'v Value>,
    /// The way, as the file spells it.
    pub(crate) steps: Vec<Step<'v>>,
}

impl ItemPath {
    /// Reads a path. The error is a fragment that says what to write.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut segments = Vec::new();
        if text.is_empty() {
            return Ok(Self(segments));
        }
        for part in text.split('.') {
            let mut name = part;
            let mut lists = 0;
            while let Some(rest) = name.strip_suffix("[]") {
                name = rest;
                lists += 1;
            }
            if name.contains(['[', ']']) || (name.is_empty() && lists == 0) {
                return Err(format!(
                    "`{text}` is not a path; write names joined by points, with `[]` after a list"
                ));
            }
            if !name.is_empty() {
                segments.push(Segment::Name(name.to_owned()));
            }
            segments.extend((0..lists).map(|_| Segment::Each));
        }
        Ok(Self(segments))
    }

    /// Returns the steps.
    pub(crate) fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// Tells whether the path leads to the items of a list.
    pub(crate) fn is_each(&self) -> bool {
        matches!(self.0.last(), Some(Segment::Each))
    }

    /// Returns the name that the document must have at its top, if the path begins with one.
    pub(crate) fn envelope(&self) -> Option<&str> {
        match self.0.first() {
            Some(Segment::Name(name)) => Some(name),
            Some(Segment::Each) | None => None,
        }
    }

    /// Tells whether the document has the form that the path supposes at its top.
    pub(crate) fn fits(&self, document: &Value) -> bool {
        match (self.0.first(), document) {
            (None, Value::Map(_)) | (Some(Segment::Each), Value::List(_)) => true,
            (Some(Segment::Each), Value::Map(map)) => {
                matches!(map.own("value"), Some(Value::List(_)))
            }
            (Some(Segment::Name(name)), Value::Map(map)) => map.own(name).is_some(),
            (None | Some(_), _) => false,
        }
    }

    /// Returns what stands at the path. Names that an object lacks lead nowhere, silently.
    pub(crate) fn find<'v>(&self, document: &'v Value) -> Vec<Found<'v>> {
        let mut found = vec![Found {
            value: document,
            above: Vec::new(),
            steps: Vec::new(),
        }];
        for segment in &self.0 {
            found = found
                .into_iter()
                .flat_map(|from| step(&from, segment))
                .collect();
        }
        found
    }
}

fn step<'v>(from: &Found<'v>, segment: &Segment) -> Vec<Found<'v>> {
    match segment {
        Segment::Name(name) => named(from, name).into_iter().collect(),
        Segment::Each => match from.value {
            Value::List(items) => items
                .iter()
                .enumerate()
                .map(|(at, value)| Found {
                    value,
                    above: from.above.clone(),
                    steps: joined(&from.steps, Step::Index(at)),
                })
                .collect(),
            // Azure's REST interface, and some commands of `az`, wrap a list in `value`.
            Value::Map(_) if from.steps.is_empty() => named(from, "value")
                .map(|inner| step(&inner, segment))
                .unwrap_or_default(),
            Value::Map(_)
            | Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::String(_)
            | Value::Unknown(_)
            | Value::Default(_) => Vec::new(),
        },
    }
}

fn named<'v>(from: &Found<'v>, name: &str) -> Option<Found<'v>> {
    let Value::Map(map) = from.value else {
        return None;
    };
    let (key, value) = map
        .iter()
        .find(|(key, _)| *key == name)
        .or_else(|| map.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)))?;
    let mut above = from.above.clone();
    above.push(from.value);
    (!value.is_null()).then(|| Found {
        value,
        above,
        steps: joined(&from.steps, Step::Key(key)),
    })
}

fn joined<'v>(steps: &[Step<'v>], last: Step<'v>) -> Vec<Step<'v>> {
    steps.iter().copied().chain([last]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_found_through_lists_objects_and_the_azure_wrapper() {
        let cases = [
            ("", r#"{"a": 1}"#, 1),
            ("a", r#"{"A": {"b": 1}}"#, 1),
            ("a", r#"{"a": null}"#, 0),
            ("a[]", r#"{"a": [1, 2]}"#, 2),
            ("a[].b[]", r#"{"a": [{"b": [1]}, {}, {"b": [2, 3]}]}"#, 3),
            ("[]", "[1, 2]", 2),
            ("[]", r#"{"value": [1, 2, 3]}"#, 3),
            ("a.b[]", r#"{"a": {}}"#, 0),
        ];
        for (path, text, expected) in cases {
            let value: Value = serde_json::from_str(text).expect("JSON");
            let path = ItemPath::parse(path).expect("a path");
            assert_eq!(path.find(&value).len(), expected, "{path:?} in {text}");
        }
    }

    #[test]
    fn a_path_that_is_none_is_refused() {
        for text in ["a..b", "a[b]", ".", "a.[0]"] {
            assert!(ItemPath::parse(text).is_err(), "{text}");
        }
    }
}
