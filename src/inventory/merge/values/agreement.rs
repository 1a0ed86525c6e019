//! Whether two exports say the same, in the spelling and form of each.

use std::collections::BTreeSet;

use crate::source::{Instant, Map, Value};

/// Tells whether two values are the same: names in any case, an absent property like null,
/// numbers in two spellings, moments as text or as seconds.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::List(a), Value::List(b)) => a.len() == b.len() && same_items(a, b),
        (Value::Map(a), Value::Map(b)) => names(a, b).iter().all(|name| {
            let null = Value::Null;
            same(a.own(name).unwrap_or(&null), b.own(name).unwrap_or(&null))
        }),
        (a, b) => a == b || same_number(a, b) || same_moment(a, b),
    }
}

/// Tells whether two lists of one length hold the same items; no service promises an order.
fn same_items(a: &[Value], b: &[Value]) -> bool {
    let mut rest: Vec<&Value> = b.iter().collect();
    a.iter().all(|item| {
        // Where the order is the same, which is the rule, the first of the rest is the one.
        let found = rest.iter().position(|other| same(item, other));
        found.map(|at| rest.remove(at)).is_some()
    })
}

/// Tells whether nothing in two values is at odds, though one may say more: lists of one length
/// whose items agree, objects with something in common.
pub(super) fn agrees(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len()
                && a.iter()
                    .zip(b.iter())
                    .all(|(a, b)| agrees(a, b) && has_common(a, b))
        }
        (Value::Map(a), Value::Map(b)) => common(a, b).all(|(a, b)| agrees(&a, &b)),
        (Value::String(text), other) | (other, Value::String(text)) if !text.is_empty() => {
            same(a, b)
                || text
                    .parse::<i64>()
                    .is_ok_and(|number| *other == Value::Int(number))
        }
        (a, b) => same(a, b),
    }
}

/// Items of lists meet by their places, so objects must share something that shows they belong
/// together.
fn has_common(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Map(a), Value::Map(b)) => common(a, b).next().is_some(),
        (_, _) => true,
    }
}

/// Returns what both objects say, as the view answers it.
fn common<'m>(a: &'m Map, b: &'m Map) -> impl Iterator<Item = (Value, Value)> + 'm {
    names(a, b)
        .into_iter()
        .filter(|name| name != "properties")
        .map(|name| (a.get(&name), b.get(&name)))
        .filter(|(a, b)| !a.is_null() && !b.is_null())
}

/// Tells whether a value is an empty object or list.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::List(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::Unknown(_)
        | Value::Default(_) => false,
    }
}

fn names(a: &Map, b: &Map) -> BTreeSet<String> {
    a.iter()
        .chain(b.iter())
        .map(|(name, _)| name.to_ascii_lowercase())
        .collect()
}

#[expect(
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "two spellings of one number are exactly equal"
)]
fn same_number(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Int(a), Value::Float(b)) | (Value::Float(b), Value::Int(a)) => *a as f64 == *b,
        (_, _) => false,
    }
}

fn same_moment(a: &Value, b: &Value) -> bool {
    match (moment(a), moment(b)) {
        (Some(a), Some(b)) => a.unix() == b.unix(),
        (_, _) => false,
    }
}

/// The first moments that are read as such rather than as plain numbers: in the year 2001.
const EARLIEST: i64 = 1_000_000_000;

fn moment(value: &Value) -> Option<Instant> {
    match value {
        Value::String(text) if text.len() >= "2026-11-22".len() => Instant::parse(text)
            .or_else(|| Instant::parse(&format!("{text}Z")))
            .or_else(|| Instant::parse(&format!("{text}+00:00"))),
        Value::Int(seconds) if *seconds >= EARLIEST => Instant::from_unix(*seconds),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            reason = "seconds, cut to whole ones"
        )]
        Value::Float(seconds) if *seconds >= EARLIEST as f64 => Instant::from_unix(*seconds as i64),
        Value::String(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Null
        | Value::Bool(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Unknown(_)
        | Value::Default(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_forms_say_is_compared_by_meaning() {
        let cases = [
            (r#"{"A": 1}"#, r#"{"a": 1.0, "b": null}"#, true, true),
            (r#"[{"A": 1}]"#, r#"[{"a": 1, "b": 2}]"#, false, true),
            (r#"[{"A": 1}]"#, r#"[{"b": 2}]"#, false, false),
            ("[1]", "[1, 2]", false, false),
            (
                r#""2026-11-22T00:54:26.5Z""#,
                r#""2026-11-22 00:54:26.123""#,
                true,
                true,
            ),
            ("1795308866", r#""2026-11-22T00:54:26Z""#, true, true),
            (r#""10""#, "10", false, true),
            (
                r#"[{"f": {"p": ""}, "i": 1}]"#,
                r#"[{"f": {"q": {}}, "i": 1}]"#,
                false,
                true,
            ),
            (
                r#"[{"id": "x", "properties": {"protocol": "Http"}}]"#,
                r#"[{"id": "x", "protocol": "Http"}]"#,
                false,
                true,
            ),
            (
                r#"[{"id": "x", "properties": {"protocol": "Http"}}]"#,
                r#"[{"id": "x", "protocol": "Https"}]"#,
                false,
                false,
            ),
        ];
        for (a, b, expected_same, expected_agreement) in cases {
            let value = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
            assert_eq!(same(&value(a), &value(b)), expected_same, "{a} {b}");
            assert_eq!(agrees(&value(a), &value(b)), expected_agreement, "{a} {b}");
        }
    }

    #[test]
    fn lists_in_another_order_are_the_same_and_with_other_items_are_not() {
        for (a, b, expected) in [
            (r#"[{"A": 1}, {"A": 2}]"#, r#"[{"a": 2}, {"a": 1}]"#, true),
            (r#"["x", "x", "y"]"#, r#"["x", "y", "y"]"#, false),
            (r#"[{"A": 1}]"#, r#"[{"a": 2}]"#, false),
        ] {
            let value = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
            assert_eq!(same(&value(a), &value(b)), expected, "{a} {b}");
        }
    }
}
