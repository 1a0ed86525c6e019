//! What a command's output says of itself: more pages, items that failed.

use crate::source::{Map, Value};

/// The names of tokens that say there is another page.
const TOKENS: &[&str] = &[
    "nextToken",
    "nextMarker",
    "nextContinuationToken",
    "nextPageToken",
    "marker",
    "nextLink",
    "@odata.nextLink",
    "skip_token",
    "$skipToken",
    "skipToken",
    "continuationToken",
    "lastEvaluatedTableName",
    "lastEvaluatedKey",
];

/// The names of flags that say so.
const FLAGS: &[&str] = &[
    "isTruncated",
    "truncated",
    "hasMoreStreams",
    "hasMoreResults",
];

/// The names of lists of what the command could not show.
const FAILURES: &[&str] = &[
    "failures",
    "failedAccounts",
    "failedFindings",
    "unprocessedResourceKeys",
    "unprocessedAccounts",
    "unprocessedKeys",
    "errors",
];

/// Returns the document without what clients of the interface add to every answer.
pub(super) fn without_metadata(document: &Value) -> Value {
    match document {
        Value::Map(map) if map.own("ResponseMetadata").is_some() => {
            let mut map = (**map).clone();
            map.remove("ResponseMetadata");
            map.into()
        }
        document => document.clone(),
    }
}

/// Returns the name of the token or flag that says there is another page.
pub(super) fn unconsumed(document: &Value) -> Option<String> {
    let map = document.as_map()?;
    in_map(map).or_else(|| {
        map.iter()
            .filter_map(|(_, value)| value.as_map())
            .find_map(flagged)
    })
}

fn in_map(map: &Map) -> Option<String> {
    let token = TOKENS.iter().find(|name| {
        map.own(name)
            .is_some_and(|value| !value.is_null() && value.as_str() != Some(""))
    });
    token
        .map(|name| (*name).to_owned())
        .or_else(|| flagged(map))
}

fn flagged(map: &Map) -> Option<String> {
    FLAGS
        .iter()
        .find(|name| map.own(name).and_then(Value::as_bool) == Some(true))
        .map(|name| (*name).to_owned())
}

/// Returns what the command says it could not show.
pub(super) fn failures(document: &Value) -> Vec<String> {
    let Some(map) = document.as_map() else {
        return Vec::new();
    };
    FAILURES
        .iter()
        .filter_map(|name| map.own(name)?.as_list())
        .flatten()
        .map(|failure| format!("no answer for {}", subject(failure)))
        .collect()
}

fn subject(failure: &Value) -> String {
    let field = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| failure.get(name).as_str().map(clean))
    };
    let what = field(&["arn", "resourceId", "accountId", "id"]);
    let why = field(&["reason", "errorCode", "errorMessage", "detail"]);
    match (what, why) {
        (Some(what), Some(why)) => format!("{what} ({why})"),
        (Some(what), None) => what,
        (None, Some(why)) => why,
        (None, None) => "an item".to_owned(),
    }
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_were_not_fetched_are_noticed() {
        let cases = [
            (r#"{"a": [], "NextToken": "x"}"#, true),
            (r#"{"a": [], "nextToken": null}"#, false),
            (r#"{"DistributionList": {"IsTruncated": true}}"#, true),
            (r#"{"IsTruncated": false}"#, false),
            (r#"{"value": [], "nextLink": "https://x"}"#, true),
            (r#"[{"nextToken": "x"}]"#, false),
        ];
        for (text, expected) in cases {
            let value: Value = serde_json::from_str(text).expect("JSON");
            assert_eq!(unconsumed(&value).is_some(), expected, "{text}");
        }
    }

    #[test]
    fn what_the_command_could_not_show_is_named() {
        let value: Value =
            serde_json::from_str(r#"{"failures": [{"arn": "arn:x", "reason": "MISSING"}]}"#)
                .expect("JSON");
        assert_eq!(failures(&value), ["no answer for arn:x (MISSING)"]);
    }
}
