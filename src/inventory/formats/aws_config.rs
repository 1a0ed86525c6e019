//! AWS Config: history, batches, queries, and the files it delivers to a bucket.
//!
//! Of several items of one resource the one captured last is its state. A snapshot lists the
//! types it holds whole; history, batches and queries show what was asked for.

mod omitted;
mod shape;

use std::collections::{BTreeMap, BTreeSet};

use super::{Origin, filled, instant, outcome, shown, tags, text};
use crate::inventory::contribution::{Contribution, Extent, FileReading, Listed};
use crate::inventory::decode::Step;
use crate::inventory::{Form, State};
use crate::source::{Instant, Map, Unknown, Value};

/// How the items of a file came together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Whatever was recorded of the resources asked for, over time.
    History,
    /// The current items of the resources asked for.
    Batch,
    /// All items of an account and region at one moment.
    Snapshot,
    /// The columns and rows of a query.
    Query,
}

/// Reads any of the forms.
pub(super) fn read(origin: &Origin<'_>, value: &Value) -> Option<FileReading> {
    let map = value.as_map()?;
    if let Some((name, items)) = member(map, "configurationItems") {
        let (kind, format) = match (map.own("configSnapshotId"), map.own("fileVersion")) {
            (Some(_), _) => (Kind::Snapshot, "AWS Config snapshot"),
            (None, Some(_)) => (Kind::History, "AWS Config history file"),
            (None, None) => (
                Kind::History,
                "aws configservice get-resource-config-history",
            ),
        };
        return Some(file(origin, map, (kind, format), name, items));
    }
    if let Some((name, items)) = member(map, "baseConfigurationItems") {
        let how = (Kind::Batch, "aws configservice batch-get-resource-config");
        return Some(file(origin, map, how, name, items));
    }
    if let Some((name, items)) = member(map, "Results").filter(|(_, items)| is_query(map, items)) {
        let how = (Kind::Query, "aws configservice select-resource-config");
        return Some(file(origin, map, how, name, items));
    }
    let item = map.own("configurationItem").and_then(Value::as_map);
    let item = item.unwrap_or(map);
    let typed = text(item, "resourceType").is_some_and(|it| it.contains("::"));
    let bare = typed && item.own("configurationItemStatus").is_some();
    bare.then(|| {
        let items = [Value::from(item.clone())];
        file(origin, map, (Kind::History, "AWS Config item"), "", &items)
    })
}

/// Returns a list with its name as the file spells it.
fn member<'v>(map: &'v Map, key: &str) -> Option<(&'v str, &'v [Value])> {
    map.iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(key))
        .and_then(|(name, value)| Some((name, value.as_list()?)))
}

fn is_query(map: &Map, items: &[Value]) -> bool {
    let object = |item: &Value| {
        item.as_str()
            .is_some_and(|it| it.trim_start().starts_with('{'))
    };
    match map.own("QueryInfo") {
        Some(_) => items.iter().all(|item| item.as_str().is_some()),
        None => !items.is_empty() && items.iter().all(object),
    }
}

fn file(
    origin: &Origin<'_>,
    map: &Map,
    (kind, format): (Kind, &str),
    name: &str,
    items: &[Value],
) -> FileReading {
    let mut problems = Vec::new();
    let mut latest: BTreeMap<Key, (Rank, Contribution)> = BTreeMap::new();
    let mut gone: BTreeMap<Key, Rank> = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        let place = [Step::Key(name), Step::Index(index)];
        let decoded = shape::decoded(item);
        let Some((key, rank, item)) = decoded.as_map().and_then(identity) else {
            problems.push(format!("item {} names no resource", index + 1));
            continue;
        };
        if is_deleted(item) {
            let newest = gone.entry(key).or_default();
            *newest = rank.max(newest.clone());
            continue;
        }
        let newer = latest.get(&key).is_none_or(|(known, _)| *known < rank);
        if newer {
            let whole = kind != Kind::Query || selects_all(map);
            let contribution = contribution(origin, item, whole, &place);
            latest.insert(key, (rank, contribution));
        }
    }
    latest.retain(|key, (rank, _)| gone.get(key).is_none_or(|gone| gone < rank));
    if ["nextToken", "NextToken"]
        .iter()
        .any(|it| filled(map, it).is_some())
    {
        problems.push("there is more: it ends with a paging token".to_owned());
    }
    for name in ["unprocessedResourceKeys", "unprocessedResourceIdentifiers"] {
        let count = map
            .own(name)
            .and_then(Value::as_list)
            .map_or(0, <[Value]>::len);
        if count > 0 {
            problems.push(format!(
                "{count} of the resources asked for were not answered"
            ));
        }
    }
    let contributions: Vec<Contribution> = latest.into_values().map(|(_, it)| it).collect();
    FileReading {
        format: format.to_owned(),
        lists: if kind == Kind::Snapshot && problems.is_empty() {
            listed(&contributions)
        } else {
            Vec::new()
        },
        reading: outcome(&problems),
        contributions,
    }
}

/// What makes two items speak of one resource: type, id, account, region.
type Key = [String; 4];

/// What orders the items of one resource: the moment of capture, then the counter of states.
type Rank = (i64, String, String);

fn identity(item: &Map) -> Option<(Key, Rank, &Map)> {
    let word = |name: &str| text(item, name).unwrap_or_default().to_owned();
    let resource_type = filled(item, "resourceType")
        .filter(|it| it.contains("::"))?
        .to_owned();
    let id = ["resourceId", "arn", "resourceName"]
        .iter()
        .find_map(|name| filled(item, name))?;
    let key = [
        resource_type,
        id.to_owned(),
        account(item).unwrap_or_default(),
        word("awsRegion"),
    ];
    let captured = item.own("configurationItemCaptureTime");
    let seconds = captured.and_then(instant).map_or(i64::MIN, Instant::unix);
    let text_of = captured
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let state = match item.own("configurationStateId") {
        Some(Value::Int(number)) => format!("{number:020}"),
        Some(other) => format!("{:0>20}", other.as_str().unwrap_or_default()),
        None => String::new(),
    };
    Some((key, (seconds, text_of, state), item))
}

fn account(item: &Map) -> Option<String> {
    ["accountId", "awsAccountId"]
        .iter()
        .find_map(|name| match item.own(name)? {
            // A query prints the account as text; a careless converter makes it a number.
            Value::Int(number) => Some(format!("{number:012}")),
            value => value.as_str().map(str::to_owned),
        })
}

fn is_deleted(item: &Map) -> bool {
    text(item, "configurationItemStatus").is_some_and(|it| it.starts_with("ResourceDeleted"))
}

/// Tells whether a query selected the whole configuration of each resource.
fn selects_all(map: &Map) -> bool {
    let fields = map.get("QueryInfo").get("SelectFields");
    fields
        .as_list()
        .unwrap_or_default()
        .iter()
        .any(|field| matches!(field.get("Name").as_str(), Some("configuration" | "*")))
}

fn contribution(origin: &Origin<'_>, item: &Map, whole: bool, path: &[Step<'_>]) -> Contribution {
    let given = text(item, "resourceType").unwrap_or_default();
    let resource_type = shape::cloudformation_type(given);
    let arn = filled(item, "arn").map(str::to_owned);
    let resource_id = filled(item, "resourceId").map(str::to_owned);
    let name = filled(item, "resourceName").map(str::to_owned);
    let configuration = shape::configuration(item);
    let unrecorded =
        text(item, "configurationItemStatus").is_some_and(|it| it.contains("NotRecorded"));
    let mut properties = shape::properties(item, configuration.as_ref(), resource_type);
    let extent = if unrecorded {
        partial(format!("AWS Config does not record {given}"))
    } else if configuration.is_none() {
        partial(format!("this export of {given} shows no configuration"))
    } else if !whole {
        partial(format!(
            "the query selects only some of the configuration of {given}; select `configuration`"
        ))
    } else if omitted::is_shown_whole(given) {
        omitted::mark(resource_type, &mut properties);
        Extent::Whole
    } else {
        partial(format!("AWS Config may not show all of {given}"))
    };
    // The commands of these services speak of ids, all others of ARNs.
    let by_id = ["AWS::EC2::", "AWS::S3::", "AWS::KMS::", "AWS::WAFv2::"]
        .iter()
        .any(|service| given.starts_with(service));
    let (first, second) = if by_id {
        (resource_id, arn)
    } else {
        (arn, resource_id)
    };
    let id = first
        .clone()
        .or_else(|| second.clone())
        .or_else(|| name.clone())
        .unwrap_or_default();
    let also: BTreeSet<String> = [first, second]
        .into_iter()
        .flatten()
        .filter(|other| *other != id)
        .collect();
    Contribution {
        also: also.into_iter().collect(),
        name: name.filter(|name| *name != id),
        account: account(item),
        region: filled(item, "awsRegion").map(str::to_owned),
        tags: shape::tags(item, configuration.as_ref()),
        extent,
        observed: item.own("configurationItemCaptureTime").and_then(instant),
        ..shown(
            (resource_type, id),
            (State::Observed, Form::Config),
            origin.place(path),
            properties,
        )
    }
}

fn partial(reason: String) -> Extent {
    Extent::Partial(Unknown::new(reason))
}

fn listed(contributions: &[Contribution]) -> Vec<Listed> {
    let types: BTreeSet<Listed> = contributions
        .iter()
        .map(|it| Listed {
            resource_type: it.resource_type.clone(),
            account: it.account.clone(),
            region: it.region.clone(),
        })
        .collect();
    types.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::read_text;
    use super::*;
    use crate::inventory::Reading;

    fn item(more: &str) -> String {
        format!(
            r#"{{"accountId": "111122223333", "awsRegion": "eu-west-1",
            "resourceType": "AWS::EC2::Volume", "resourceId": "vol-1", "resourceName": "data",
            "arn": "arn:aws:ec2:eu-west-1:111122223333:volume/vol-1",
            "configuration": "{{\"encrypted\": true}}", {more}}}"#
        )
    }

    #[test]
    fn every_form_gives_the_resource_the_same_way() {
        let ok = item(
            r#""configurationItemStatus": "OK", "tags": {"a": "b"},
            "configurationItemCaptureTime": "2026-11-22 00:54:26.7+00:00""#,
        );
        let object = ok.replace(r#""{\"encrypted\": true}""#, r#"{"encrypted": true}"#);
        let result = serde_json::json!({"Results": [object], "QueryInfo":
            {"SelectFields": [{"Name": "resourceId"}, {"Name": "configuration"}]}});
        let cases = [
            (
                format!(r#"{{"configurationItems": [{ok}]}}"#),
                "get-resource-config-history",
                0,
            ),
            (
                format!(r#"{{"baseConfigurationItems": [{ok}]}}"#),
                "batch-get",
                0,
            ),
            (
                format!(
                    r#"{{"fileVersion": "1.0", "configSnapshotId": "x", "configurationItems": [{object}]}}"#
                ),
                "snapshot",
                1,
            ),
            (
                format!(r#"{{"fileVersion": "1.0", "configurationItems": [{object}]}}"#),
                "history file",
                0,
            ),
            (result.to_string(), "select-resource-config", 0),
            (
                format!(r#"{{"configurationItem": {object}, "messageType": "x"}}"#),
                "item",
                0,
            ),
            (ok.clone(), "item", 0),
        ];
        for (text, format, lists) in cases {
            let reading = read_text("a.json", &text).expect("a reading");
            assert!(reading.format.contains(format), "{}", reading.format);
            assert_eq!(reading.reading, Reading::Whole, "{text}");
            assert_eq!(reading.lists.len(), lists, "{text}");
            let [it] = &reading.contributions[..] else {
                panic!("one of {text}")
            };
            assert_eq!(
                (it.resource_type.as_str(), it.id.as_str()),
                ("AWS::EC2::Volume", "vol-1")
            );
            assert_eq!(it.also, ["arn:aws:ec2:eu-west-1:111122223333:volume/vol-1"]);
            assert_eq!(it.account.as_deref(), Some("111122223333"));
            assert_eq!(it.extent, Extent::Whole);
            assert_eq!(it.properties.get("Encrypted"), Value::Bool(true));
            assert_eq!(
                it.observed.map(|it| it.to_string()).as_deref(),
                Some("2026-11-22T00:54:26Z")
            );
            assert_eq!(it.tags.clone().expect("tags").len(), 1);
        }
    }

    #[test]
    fn the_item_captured_last_is_the_state() {
        let at = |moment: &str, status: &str, encrypted: bool| {
            item(&format!(
                r#""configurationItemCaptureTime": {moment}, "configurationItemStatus": "{status}""#
            ))
            .replace("true", if encrypted { "true" } else { "false" })
        };
        let (old, new) = (r#""2026-11-01T00:00:00Z""#, r#""2026-11-02T00:00:00Z""#);
        let cases = [
            (vec![at(new, "OK", true), at(old, "OK", false)], Some(true)),
            (vec![at(old, "OK", false), at(new, "OK", true)], Some(true)),
            (
                vec![at("100.5", "OK", false), at("200", "OK", true)],
                Some(true),
            ),
            (
                vec![at(new, "ResourceDeleted", true), at(old, "OK", true)],
                None,
            ),
            (
                vec![
                    at(old, "ResourceDeletedNotRecorded", true),
                    at(new, "ResourceDiscovered", true),
                ],
                Some(true),
            ),
        ];
        for (items, expected) in cases {
            let text = format!(r#"{{"configurationItems": [{}]}}"#, items.join(","));
            let reading = read_text("a.json", &text).expect("a reading");
            let found = reading
                .contributions
                .first()
                .map(|it| it.properties.get("encrypted"));
            assert_eq!(found, expected.map(Value::Bool), "{text}");
        }
    }

    #[test]
    fn what_an_export_does_not_show_is_said() {
        let partial = |text: &str| {
            let reading = read_text("a.json", text).expect("a reading");
            match reading.reading {
                Reading::Partial(reason) => reason,
                other => panic!("{other:?}"),
            }
        };
        let more =
            r#"{"baseConfigurationItems": [], "unprocessedResourceKeys": [{"resourceId": "a"}]}"#;
        assert!(partial(more).contains("1 of the resources"));
        let paged = r#"{"configurationItems": [], "nextToken": "x"}"#;
        assert!(partial(paged).contains("paging token"));
        let counts = r#"{"Results": ["{\"COUNT(*)\": 3}"], "QueryInfo": {}}"#;
        assert!(partial(counts).contains("names no resource"));
        let cases = [
            (
                item(r#""configurationItemStatus": "ResourceNotRecorded""#),
                "does not record",
            ),
            (
                item(r#""configurationItemStatus": "OK""#).replace("configuration\":", "c\":"),
                "no configuration",
            ),
            (
                item(r#""configurationItemStatus": "OK""#).replace("EC2::Volume", "New::Thing"),
                "may not show all",
            ),
        ];
        for (item, part) in cases {
            let text = format!(r#"{{"configurationItems": [{item}]}}"#);
            let reading = read_text("a.json", &text).expect("a reading");
            assert!(
                matches!(&reading.contributions[0].extent, Extent::Partial(it) if it.reason().contains(part)),
                "{:?}",
                reading.contributions[0].extent
            );
        }
        let some = r#"{"Results": ["{\"resourceId\": \"i\", \"resourceType\": \"AWS::EC2::Volume\",
            \"configuration\": {\"encrypted\": true}}"], "QueryInfo": {"SelectFields": [{"Name": "configuration.encrypted"}]}}"#
            .replace('\n', " ");
        let reading = read_text("a.json", &some).expect("a reading");
        assert!(matches!(
            reading.contributions[0].extent,
            Extent::Partial(_)
        ));
        assert_eq!(reading.contributions[0].tags, None);
    }
}
