//! Items of AWS Config in the shape of the commands' output.
//!
//! JSON in text becomes what it says, what AWS keeps in `supplementaryConfiguration` joins the
//! configuration, and what it names or shapes in a way of its own is answered under the names of
//! the commands as well.

use std::collections::BTreeMap;
use std::sync::Arc;

use percent_encoding::percent_decode_str;

use super::super::{names, text};
use crate::source::{Map, Value};

/// How many times text may turn out to be JSON that is text.
const LAYERS: usize = 3;

/// Types that AWS Config names in a way of its own, and CloudFormation's names.
const TYPES: [(&str, &str); 2] = [
    ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"),
    ("AWS::OpenSearch::Domain", "AWS::OpenSearchService::Domain"),
];

/// Ends of names whose text is a policy document, sometimes percent-encoded.
const DOCUMENTS: [&str; 4] = ["document", "policy", "policytext", "keypolicy"];

/// Returns CloudFormation's name of a type.
pub(super) fn cloudformation_type(given: &str) -> &str {
    TYPES
        .iter()
        .find(|(config, _)| *config == given)
        .map_or(given, |(_, cloudformation)| cloudformation)
}

/// Returns an item that may be text, as rows of a query are.
pub(super) fn decoded(item: &Value) -> Value {
    parsed(item, LAYERS)
}

/// Returns the configuration of an item, if it shows any.
pub(super) fn configuration(item: &Map) -> Option<Map> {
    parsed(item.own("configuration")?, LAYERS).as_map().cloned()
}

/// Returns the tags of an item: its own, else those in its configuration; nothing if it shows
/// neither.
pub(super) fn tags(item: &Map, configuration: Option<&Map>) -> Option<BTreeMap<String, String>> {
    let own = item.own("tags");
    own.or_else(|| configuration?.own("tags"))
        .and_then(|tags| super::tags::of(Some(tags)))
}

/// Returns the properties of an item's resource.
pub(super) fn properties(item: &Map, configuration: Option<&Map>, resource_type: &str) -> Map {
    let mut properties = configuration.cloned().unwrap_or_default();
    let supplementary = item
        .own("supplementaryConfiguration")
        .map(|it| parsed(it, LAYERS));
    if let Some(parts) = supplementary.as_ref().and_then(Value::as_map) {
        for (name, part) in parts.iter() {
            if properties.own(name).is_none() {
                properties.insert(name, parsed(part, LAYERS));
            }
        }
    }
    if let (None, Some(arn)) = (properties.own("arn"), text(item, "arn")) {
        properties.insert("arn", Value::string(arn));
    }
    documents(&mut properties);
    names::add(resource_type, &mut properties);
    rename(resource_type, &mut properties);
    properties
}

/// Returns what text says as JSON, or the value itself.
fn parsed(value: &Value, layers: usize) -> Value {
    match value {
        Value::String(text) if layers > 0 => match serde_json::from_str::<Value>(text) {
            Ok(inner @ (Value::Map(_) | Value::List(_) | Value::Bool(_) | Value::Null)) => inner,
            Ok(inner @ Value::String(_)) => parsed(&inner, layers - 1),
            // A number in text is an id or a time as often as a number.
            Ok(_) | Err(_) => value.clone(),
        },
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Unknown(_)
        | Value::Default(_) => value.clone(),
    }
}

/// Makes objects of the policy documents in an object, at every depth.
fn documents(map: &mut Map) {
    for (name, value) in map.iter_mut() {
        document(name, value);
    }
}

fn document(name: &str, value: &mut Value) {
    match value {
        Value::String(text) if is_document(name) => {
            let plain = percent_decode_str(text).decode_utf8_lossy();
            let plain = if text.starts_with('%') {
                plain.as_ref()
            } else {
                text
            };
            let inner = parsed(&Value::string(plain), LAYERS);
            if inner.as_map().is_some() {
                *value = inner;
            }
        }
        Value::List(items) => {
            for item in Arc::make_mut(items) {
                document(name, item);
            }
        }
        Value::Map(map) => documents(Arc::make_mut(map)),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::Unknown(_)
        | Value::Default(_) => {}
    }
}

fn is_document(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    DOCUMENTS.iter().any(|end| name.ends_with(end))
}

fn rename(resource_type: &str, properties: &mut Map) {
    match resource_type {
        "AWS::EC2::SecurityGroup" => {
            for name in ["ipPermissions", "ipPermissionsEgress"] {
                if let Some(permissions) = properties.own(name).map(names::permissions) {
                    properties.insert(name, permissions);
                }
            }
        }
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => {
            if let Some(groups) = properties.own("securityGroups").map(plain_items) {
                properties.insert("securityGroups", groups);
            }
        }
        "AWS::KMS::Key" => {
            copy(properties, "KeyRotationStatus", "keyRotationEnabled");
            copy(properties, "Policy", "keyPolicy");
        }
        "AWS::S3::Bucket" => names::name_parts(properties),
        _ => {}
    }
}

fn copy(properties: &mut Map, from: &str, to: &str) {
    if let (Some(value), None) = (properties.own(from).cloned(), properties.own(to)) {
        properties.insert(to, value);
    }
}

/// Returns a list of `{"value": x}` as a list of `x`.
fn plain_items(items: &Value) -> Value {
    let Some(items) = items.as_list() else {
        return items.clone();
    };
    let plain = |item: &Value| match item.as_map().and_then(|it| it.own("value")) {
        Some(value) => value.clone(),
        None => item.clone(),
    };
    Value::list(items.iter().map(plain).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(resource_type: &str, config: &str, supplementary: &str) -> Map {
        let text = format!(
            r#"{{"resourceType": "{resource_type}", "arn": "arn:aws:x",
            "configuration": {config}, "supplementaryConfiguration": {supplementary}}}"#
        );
        let value: Value = serde_json::from_str(&text).expect("JSON");
        let item = value.as_map().expect("an object");
        properties(item, configuration(item).as_ref(), resource_type)
    }

    #[test]
    fn parts_answer_under_the_names_of_the_commands() {
        let policy = serde_json::json!({"Statement": []}).to_string();
        let twice = serde_json::json!(policy).to_string();
        let bucket = item(
            "AWS::S3::Bucket",
            "{}",
            &serde_json::json!({
                "BucketPolicy": serde_json::json!({"policyText": policy}).to_string(),
                "PublicAccessBlockConfiguration": r#"{"blockPublicAcls": true}"#,
                "BucketVersioningConfiguration": {"status": "Enabled"},
                "BucketLoggingConfiguration": r#"{"destinationBucketName": "logs", "logFilePrefix": ""}"#,
                "IsRequesterPaysEnabled": "false",
            })
            .to_string(),
        );
        assert_eq!(bucket.get("policy").get("statement"), Value::list(vec![]));
        let block = bucket.get("publicAccessBlockConfiguration");
        assert_eq!(block.get("blockPublicAcls"), Value::Bool(true));
        assert_eq!(
            bucket.get("versioning").get("Status"),
            Value::string("Enabled")
        );
        assert_eq!(
            bucket.get("loggingEnabled").get("targetBucket"),
            Value::string("logs")
        );
        assert_eq!(bucket.get("isRequesterPaysEnabled"), Value::Bool(false));
        let key = item(
            "AWS::KMS::Key",
            r#"{"keyId": "1"}"#,
            &serde_json::json!({"Policy": twice, "KeyRotationStatus": "true"}).to_string(),
        );
        assert_eq!(key.get("keyPolicy").get("statement"), Value::list(vec![]));
        assert_eq!(key.get("keyRotationEnabled"), Value::Bool(true));
        assert_eq!(key.get("arn"), Value::string("arn:aws:x"));
    }

    #[test]
    fn documents_of_identities_are_objects_and_other_text_stays_text() {
        let role = item(
            "AWS::IAM::Role",
            r#"{"assumeRolePolicyDocument": "%7B%22Version%22%3A%222012-10-17%22%7D",
            "rolePolicyList": [{"policyName": "a", "policyDocument": "%7B%22Statement%22%3A%5B%5D%7D"}]}"#,
            "{}",
        );
        let version = role.get("assumeRolePolicyDocument").get("version");
        assert_eq!(version, Value::string("2012-10-17"));
        let list = role.get("rolePolicyList");
        let policies = list.as_list().expect("policies");
        assert_eq!(
            policies[0].get("policyDocument").get("statement"),
            Value::list(vec![])
        );
        let definition = item(
            "AWS::ECS::TaskDefinition",
            r#"{"ContainerDefinitions": [{"Environment": [{"Name": "A", "Value": "{\"b\": 1}"}]}]}"#,
            "{}",
        );
        assert!(format!("{definition:?}").contains(r#"String("{\"b\": 1}")"#));
    }

    #[test]
    fn groups_of_a_load_balancer_are_text() {
        let balancer = item(
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            r#"{"securityGroups": [{"value": "sg-1"}, "sg-2"]}"#,
            "{}",
        );
        assert_eq!(
            balancer.get("securityGroups"),
            Value::list(vec![Value::string("sg-1"), Value::string("sg-2")])
        );
    }
}
