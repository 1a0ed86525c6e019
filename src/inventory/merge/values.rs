//! Merging what several files say of one property.

mod agreement;

use std::collections::BTreeMap;

use agreement::{agrees, same};

use crate::source::{Instant, Map, Unknown, Value};

/// What one file says of an object.
#[derive(Debug, Clone)]
pub(super) struct Said<'c> {
    /// The file.
    pub(super) file: &'c str,
    /// The command or format that wrote it.
    pub(super) format: &'c str,
    /// When it was observed.
    pub(super) observed: Option<Instant>,
    /// Why names that are not in the object are unknown, if they are.
    pub(super) open: Option<Unknown>,
    /// Whether the file only lists the resource: its nulls say nothing.
    pub(super) stub: bool,
    /// The object.
    pub(super) map: &'c Map,
}

/// What one file says of one property.
#[derive(Clone)]
struct Word<'c> {
    said: &'c Said<'c>,
    value: &'c Value,
}

/// Merges objects, name by name, ASCII case ignored. The caller decides whether the result is
/// open.
pub(super) fn merge_maps(said: &[Said<'_>], path: &str) -> Map {
    let [first, ..] = said else {
        return Map::new();
    };
    if said.len() == 1 && !first.stub {
        return first.map.clone();
    }
    let hoisted = hoist(said);
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    for map in &hoisted {
        for (name, _) in map.iter() {
            names.entry(name.to_ascii_lowercase()).or_insert(name);
        }
    }
    // The first object gives the other names that its source entry states.
    let mut merged = first.map.clone();
    let old: Vec<String> = merged.iter().map(|(name, _)| name.to_owned()).collect();
    for name in old {
        merged.remove(&name);
    }
    for (lower, name) in names {
        let words: Vec<Word<'_>> = said
            .iter()
            .zip(&hoisted)
            .filter_map(|(said, map)| map.own(&lower).map(|value| Word { said, value }))
            .filter(|word| !(word.said.stub && word.value.is_null()))
            .collect();
        if words.is_empty() {
            continue;
        }
        let silent: Vec<&Said<'_>> = said
            .iter()
            .zip(&hoisted)
            .filter(|(said, map)| said.open.is_none() && map.own(&lower).is_none())
            .map(|(said, _)| said)
            .collect();
        let below = if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        };
        let value = merge_words(&words, &below);
        let value = against_silence(value, &words, &silent, &below);
        merged.insert(name, value);
    }
    merged.set_open(None);
    merged
}

/// Where some objects nest what others have at the top, as Azure's two forms do, all are brought
/// to the top, so that the same property meets.
fn hoist<'c>(said: &[Said<'c>]) -> Vec<std::borrow::Cow<'c, Map>> {
    use std::borrow::Cow;
    let nested = |map: &Map| {
        ["id", "name", "type"]
            .iter()
            .any(|name| map.own(name).is_some())
            && matches!(map.own("properties"), Some(Value::Map(_)))
    };
    let some = said.iter().any(|said| nested(said.map));
    let all = said.iter().all(|said| nested(said.map));
    said.iter()
        .map(|said| {
            if !some || all || !nested(said.map) {
                return Cow::Borrowed(said.map);
            }
            let mut map = said.map.clone();
            let spelt = map
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case("properties"))
                .map(|(name, _)| name.to_owned());
            if let Some(Value::Map(inner)) = spelt.and_then(|name| map.remove(&name)) {
                for (name, value) in inner.iter() {
                    if map.own(name).is_none_or(Value::is_null) {
                        map.insert(name, value.clone());
                    }
                }
            }
            Cow::Owned(map)
        })
        .collect()
}

fn merge_words(words: &[Word<'_>], path: &str) -> Value {
    let known: Vec<&Word<'_>> = words
        .iter()
        .filter(|word| !matches!(word.value, Value::Unknown(_)))
        .collect();
    let Some(first) = known.first() else {
        return words.first().map_or(Value::Null, |word| word.value.clone());
    };
    if known.iter().all(|word| same(word.value, first.value)) {
        return first.value.clone();
    }
    // What one form shows as nothing, another shows as an empty object or list.
    let empty = known.iter().find(|word| agreement::is_empty(word.value));
    if let Some(empty) = empty
        && known.iter().all(|word| {
            agreement::is_empty(word.value)
                || (word.value.is_null() && word.said.format != empty.said.format)
        })
    {
        return empty.value.clone();
    }
    let maps: Vec<Said<'_>> = known
        .iter()
        .filter_map(|word| match word.value {
            Value::Map(map) => Some(Said {
                map,
                open: map.open().cloned(),
                stub: false,
                ..word.said.clone()
            }),
            _ => None,
        })
        .collect();
    if maps.len() == known.len() {
        let mut merged = merge_maps(&maps, path);
        let closed = maps.iter().any(|said| said.open.is_none());
        let reason = maps.iter().find_map(|said| said.open.clone());
        merged.set_open(reason.filter(|_| !closed));
        return merged.into();
    }
    merge_lists(&known, path)
        .or_else(|| latest(&known))
        .unwrap_or_else(|| disagreement(&known, path))
}

/// Two commands may show the same list in two forms, one of them with more about each item. If
/// nothing in them is at odds, each item is put together; otherwise lists count as wholes.
fn merge_lists(words: &[&Word<'_>], path: &str) -> Option<Value> {
    let [first, rest @ ..] = words else {
        return None;
    };
    let forms = rest
        .iter()
        .all(|word| word.said.format != first.said.format);
    if !forms || !rest.iter().all(|word| agrees(first.value, word.value)) {
        return None;
    }
    let length = first.value.as_list()?.len();
    let items = (0..length).map(|at| {
        let words: Vec<Word<'_>> = words
            .iter()
            .filter_map(|word| {
                let value = word.value.as_list()?.get(at)?;
                Some(Word {
                    said: word.said,
                    value,
                })
            })
            .collect();
        merge_words(&words, path)
    });
    Some(Value::list(items.collect()))
}

/// Returns the value of the latest file, if times decide.
fn latest(words: &[&Word<'_>]) -> Option<Value> {
    let newest = words
        .iter()
        .map(|word| word.said.observed)
        .collect::<Option<Vec<_>>>()?
        .into_iter()
        .max()?;
    let mut last = words
        .iter()
        .filter(|word| word.said.observed == Some(newest))
        .map(|word| word.value);
    let value = last.next()?;
    last.all(|other| same(other, value)).then(|| value.clone())
}

/// The same command said nothing in one file and something in another, at undecidable times.
fn against_silence(value: Value, words: &[Word<'_>], silent: &[&Said<'_>], path: &str) -> Value {
    if matches!(value, Value::Unknown(_) | Value::Null) {
        return value;
    }
    let against = silent.iter().find_map(|said| {
        let word = words.iter().find(|word| {
            word.said.format == said.format
                && word.said.file != said.file
                && !matches!(word.value, Value::Null | Value::Unknown(_))
        })?;
        let earlier = word.said.observed.zip(said.observed);
        let decided = earlier.is_some_and(|(told, silence)| told > silence);
        (!decided).then_some((word.said.file, said.file))
    });
    match against {
        Some((told, silence)) => Value::unknown(format!(
            "{told} shows {path} and {silence} does not, and neither states when it was exported"
        )),
        None => value,
    }
}

fn disagreement(words: &[&Word<'_>], path: &str) -> Value {
    let mut files: Vec<&str> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let differs = words
            .iter()
            .take(at)
            .all(|other| !same(other.value, word.value));
        if differs && !files.contains(&word.said.file) {
            files.push(word.said.file);
        }
    }
    Value::unknown(format!(
        "{} disagree about {path}, and times do not tell which holds",
        files.join(" and ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(text: &str) -> Map {
        let value: Value = serde_json::from_str(text).expect("JSON");
        value.as_map().expect("an object").clone()
    }

    /// What two files come to: the formats, the times, the objects, and the expected one.
    #[test]
    #[expect(clippy::too_many_lines, reason = "it is a table")]
    fn two_files_merge_by_the_stated_rules() {
        let unknown = |text: &str| text.to_owned();
        let cases = [
            (
                "same value",
                ("x", None),
                r#"{"a": 1}"#,
                ("y", None),
                r#"{"a": 1}"#,
                Ok(Value::Int(1)),
            ),
            (
                "a number in two spellings",
                ("x", None),
                r#"{"a": 1}"#,
                ("y", None),
                r#"{"a": 1.0}"#,
                Ok(Value::Int(1)),
            ),
            (
                "disagreement",
                ("x", None),
                r#"{"a": 1}"#,
                ("y", None),
                r#"{"a": 2}"#,
                Err(unknown("f1 and f2 disagree")),
            ),
            (
                "later wins",
                ("x", Some(1)),
                r#"{"a": 1}"#,
                ("y", Some(2)),
                r#"{"a": 2}"#,
                Ok(Value::Int(2)),
            ),
            (
                "one time is not stated",
                ("x", Some(1)),
                r#"{"a": 1}"#,
                ("y", None),
                r#"{"a": 2}"#,
                Err(unknown("disagree")),
            ),
            (
                "null against value",
                ("x", None),
                r#"{"a": null}"#,
                ("y", None),
                r#"{"a": 2}"#,
                Err(unknown("disagree")),
            ),
            (
                "silence of another command",
                ("x", None),
                r"{}",
                ("y", None),
                r#"{"a": 2}"#,
                Ok(Value::Int(2)),
            ),
            (
                "silence of the same command",
                ("x", None),
                r"{}",
                ("x", None),
                r#"{"a": 2}"#,
                Err(unknown("f2 shows a and f1 does not")),
            ),
            (
                "case ignored",
                ("x", None),
                r#"{"A": 1}"#,
                ("y", None),
                r#"{"a": 1}"#,
                Ok(Value::Int(1)),
            ),
            (
                "lists as wholes",
                ("x", None),
                r#"{"a": [1]}"#,
                ("y", None),
                r#"{"a": [1, 2]}"#,
                Err(unknown("disagree")),
            ),
            (
                "nested and flat",
                ("x", None),
                r#"{"id": 1, "properties": {"a": 3}}"#,
                ("y", None),
                r#"{"id": 1, "a": 3}"#,
                Ok(Value::Int(3)),
            ),
            (
                "nested and flat disagree",
                ("x", None),
                r#"{"id": 1, "properties": {"a": 3}}"#,
                ("y", None),
                r#"{"id": 1, "a": 4}"#,
                Err(unknown("disagree")),
            ),
        ];
        for (what, (format1, time1), text1, (format2, time2), text2, expected) in cases {
            let (one, two) = (map(text1), map(text2));
            let said = |file, format, time: Option<i64>, map| Said {
                file,
                format,
                observed: time.and_then(Instant::from_unix),
                open: None,
                stub: false,
                map,
            };
            let merged = merge_maps(
                &[
                    said("f1", format1, time1, &one),
                    said("f2", format2, time2, &two),
                ],
                "",
            );
            match (merged.get("a"), expected) {
                (Value::Unknown(reason), Err(part)) => {
                    assert!(reason.reason().contains(&part), "{what}: {reason:?}");
                }
                (value, expected) => assert_eq!(Ok(value), expected, "{what}"),
            }
        }
    }

    #[test]
    fn objects_merge_deeply_and_known_wins_over_unknown() {
        let one = map(r#"{"a": {"b": 1}, "c": 1}"#);
        let mut two = map(r#"{"a": {"d": 2}}"#);
        two.insert("c", Value::unknown("left out"));
        let said = |file, format, map| Said {
            file,
            format,
            observed: None,
            open: None,
            stub: false,
            map,
        };
        let merged = merge_maps(&[said("f1", "x", &one), said("f2", "y", &two)], "");
        assert_eq!(merged.get("a").get("b"), Value::Int(1));
        assert_eq!(merged.get("a").get("d"), Value::Int(2));
        assert_eq!(merged.get("c"), Value::Int(1));
    }
}
