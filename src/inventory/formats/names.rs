//! CloudFormation's names for properties, answered under the names of the command line as well.
//!
//! Templates and the newer types of AWS Config spell properties as CloudFormation does. Mostly
//! that differs by case alone, which the view ignores; here is the rest. The original name stays.

mod bucket;
mod security_group;

use crate::source::{Map, Value};

pub(super) use bucket::name_parts;
pub(super) use security_group::{add_standalone_rules, permissions};

/// The type, CloudFormation's name, the name of the command line. The shapes are the same.
const NAMES: [(&str, &str, &str); 16] = [
    (
        "AWS::CloudTrail::Trail",
        "EnableLogFileValidation",
        "logFileValidationEnabled",
    ),
    ("AWS::ECR::Repository", "Arn", "repositoryArn"),
    (
        "AWS::ECR::Repository",
        "RepositoryPolicyText",
        "repositoryPolicy",
    ),
    ("AWS::ECS::Cluster", "Arn", "clusterArn"),
    ("AWS::ECS::Cluster", "ClusterSettings", "settings"),
    ("AWS::ECS::Service", "Cluster", "clusterArn"),
    ("AWS::EFS::FileSystem", "Arn", "fileSystemArn"),
    (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "LoadBalancerAttributes",
        "attributes",
    ),
    ("AWS::IAM::Group", "Policies", "groupPolicyList"),
    ("AWS::IAM::Role", "Policies", "rolePolicyList"),
    ("AWS::IAM::User", "Policies", "userPolicyList"),
    ("AWS::KMS::Key", "EnableKeyRotation", "keyRotationEnabled"),
    (
        "AWS::RDS::DBCluster",
        "EnableIAMDatabaseAuthentication",
        "iamDatabaseAuthenticationEnabled",
    ),
    (
        "AWS::RDS::DBInstance",
        "EnableCloudwatchLogsExports",
        "enabledCloudwatchLogsExports",
    ),
    (
        "AWS::RDS::DBInstance",
        "EnableIAMDatabaseAuthentication",
        "iamDatabaseAuthenticationEnabled",
    ),
    (
        "AWS::RDS::DBInstance",
        "EnablePerformanceInsights",
        "performanceInsightsEnabled",
    ),
];

/// Objects whose values are text whatever they look like.
const TEXTUAL: [&str; 6] = [
    "Attributes",
    "DockerLabels",
    "DriverOpts",
    "Options",
    "Parameters",
    "Variables",
];

/// Adds the names of the command line to the properties of a resource of CloudFormation's shape.
pub(super) fn add(resource_type: &str, properties: &mut Map) {
    for (of, from, to) in NAMES {
        if of == resource_type {
            also(properties, from, to, Value::clone);
        }
    }
    match resource_type {
        "AWS::EC2::SecurityGroup" => security_group::add(properties),
        "AWS::GuardDuty::Detector" => also(properties, "Enable", "status", enabled),
        "AWS::IAM::Group" | "AWS::IAM::Role" | "AWS::IAM::User" => {
            also(
                properties,
                "ManagedPolicyArns",
                "attachedManagedPolicies",
                attached,
            );
        }
        "AWS::IAM::ManagedPolicy" => {
            also(properties, "PolicyDocument", "policyVersionList", versions);
        }
        "AWS::S3::Bucket" => bucket::add(properties),
        _ => {}
    }
}

/// Adds `to` as made of `from`, unless the export has it already. What is unknown stays unknown.
fn also(properties: &mut Map, from: &str, to: &str, make: impl FnOnce(&Value) -> Value) {
    if properties.own(to).is_some() {
        return;
    }
    let made = match properties.own(from) {
        None => return,
        Some(Value::Null) => Value::Null,
        Some(Value::Unknown(unknown)) => Value::Unknown(unknown.clone()),
        Some(value) => make(value),
    };
    properties.insert(to, made);
}

fn enabled(value: &Value) -> Value {
    match value.as_bool() {
        Some(true) => Value::string("ENABLED"),
        Some(false) => Value::string("DISABLED"),
        None => Value::Null,
    }
}

fn attached(arns: &Value) -> Value {
    let policies = arns.as_list().unwrap_or_default().iter().map(|arn| {
        // An unresolved ARN is a policy all the same.
        Map::from_iter([("policyArn", arn.clone())]).into()
    });
    Value::list(policies.collect())
}

fn versions(document: &Value) -> Value {
    let version = Map::from_iter([
        ("document", document.clone()),
        ("isDefaultVersion", Value::Bool(true)),
    ]);
    Value::list(vec![version.into()])
}

/// Makes truth values of the text `true` and `false` where CloudFormation would: it takes either
/// for a property, while attributes, labels and variables are text.
pub(super) fn coerce(properties: &mut Map) {
    for (name, value) in properties.iter_mut() {
        coerce_value(name, value);
    }
}

fn coerce_value(name: &str, value: &mut Value) {
    let property = name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match value {
        Value::String(text) if property && name != "Value" => match &**text {
            "true" => *value = Value::Bool(true),
            "false" => *value = Value::Bool(false),
            _ => {}
        },
        Value::List(items) => {
            let items = std::sync::Arc::make_mut(items);
            for item in items {
                if !matches!(item, Value::String(_)) {
                    coerce_value(name, item);
                }
            }
        }
        Value::Map(map) if !TEXTUAL.contains(&name) => {
            coerce(std::sync::Arc::make_mut(map));
        }
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::Map(_)
        | Value::Unknown(_)
        | Value::Default(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn properties(text: &str) -> Map {
        serde_json::from_str::<Value>(text)
            .ok()
            .and_then(|value| value.as_map().cloned())
            .expect("an object")
    }

    #[test]
    fn properties_are_answered_under_the_names_of_the_command_line() {
        let cases = [
            (
                "AWS::KMS::Key",
                r#"{"EnableKeyRotation": true}"#,
                "keyRotationEnabled",
                "true",
            ),
            (
                "AWS::ECS::Cluster",
                r#"{"ClusterSettings": [{"Name": "containerInsights", "Value": "enabled"}]}"#,
                "settings",
                r#"[{"Name": "containerInsights", "Value": "enabled"}]"#,
            ),
            (
                "AWS::GuardDuty::Detector",
                r#"{"Enable": true}"#,
                "status",
                r#""ENABLED""#,
            ),
            (
                "AWS::IAM::Role",
                r#"{"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}"#,
                "attachedManagedPolicies",
                r#"[{"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}]"#,
            ),
            (
                "AWS::IAM::ManagedPolicy",
                r#"{"PolicyDocument": {"Statement": []}}"#,
                "policyVersionList",
                r#"[{"document": {"Statement": []}, "isDefaultVersion": true}]"#,
            ),
            ("AWS::KMS::Key", "{}", "keyRotationEnabled", "null"),
            (
                "AWS::SNS::Topic",
                r#"{"EnableKeyRotation": true}"#,
                "keyRotationEnabled",
                "null",
            ),
        ];
        for (resource_type, text, name, expected) in cases {
            let mut properties = properties(text);
            add(resource_type, &mut properties);
            let expected: Value = serde_json::from_str(expected).expect("JSON");
            assert_eq!(properties.get(name), expected, "{resource_type} {text}");
        }
        let mut properties = Map::from_iter([("EnableKeyRotation", Value::unknown("why"))]);
        add("AWS::KMS::Key", &mut properties);
        assert_eq!(properties.get("keyRotationEnabled"), Value::unknown("why"));
    }

    #[test]
    fn text_is_a_truth_value_where_a_property_takes_one() {
        let mut found = properties(
            r#"{"Encrypted": "true", "Tags": [{"Key": "a", "Value": "true"}],
            "Environment": {"Variables": {"Debug": "true"}},
            "Rules": [{"BucketKeyEnabled": "false", "Names": ["true"]}],
            "Policy": {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}}"#,
        );
        coerce(&mut found);
        let expected = properties(
            r#"{"Encrypted": true, "Tags": [{"Key": "a", "Value": "true"}],
            "Environment": {"Variables": {"Debug": "true"}},
            "Rules": [{"BucketKeyEnabled": false, "Names": ["true"]}],
            "Policy": {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}}"#,
        );
        assert_eq!(found, expected);
    }
}
