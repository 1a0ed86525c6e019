//! Parts of a bucket in the shapes of the `aws s3api get-bucket-*` commands.

use super::also;
use crate::source::{Map, Value};

/// Adds the parts of a bucket in CloudFormation's shape.
pub(super) fn add(properties: &mut Map) {
    also(
        properties,
        "BucketEncryption",
        "serverSideEncryptionConfiguration",
        encryption,
    );
    also(properties, "LifecycleConfiguration", "lifecycle", lifecycle);
    also(
        properties,
        "LoggingConfiguration",
        "loggingEnabled",
        logging,
    );
    also(
        properties,
        "VersioningConfiguration",
        "versioning",
        Value::clone,
    );
}

/// Gives the parts of a bucket of AWS Config their names. A part that the item does not have at
/// all stays without a name.
pub(in super::super) fn name_parts(properties: &mut Map) {
    also(
        properties,
        "BucketVersioningConfiguration",
        "versioning",
        Value::clone,
    );
    also(
        properties,
        "BucketLoggingConfiguration",
        "loggingEnabled",
        logging,
    );
    also(
        properties,
        "BucketLifecycleConfiguration",
        "lifecycle",
        lifecycle,
    );
    also(properties, "BucketPolicy", "policy", |policy| {
        policy.get("policyText")
    });
}

fn encryption(encryption: &Value) -> Value {
    let rules = encryption.get("ServerSideEncryptionConfiguration");
    let Some(rules) = rules.as_list() else {
        return rules;
    };
    let rules = rules.iter().map(|rule| {
        let Some(map) = rule.as_map() else {
            return rule.clone();
        };
        let mut map = map.clone();
        also(
            &mut map,
            "ServerSideEncryptionByDefault",
            "applyServerSideEncryptionByDefault",
            Value::clone,
        );
        map.into()
    });
    Map::from_iter([("rules", Value::list(rules.collect()))]).into()
}

fn logging(logging: &Value) -> Value {
    let bucket = logging.get("destinationBucketName");
    // A template may leave the bucket out: the bucket then logs to itself.
    if bucket.is_null() && logging.get("logFilePrefix").is_null() {
        return Value::Null;
    }
    Map::from_iter([
        ("targetBucket", bucket),
        ("targetPrefix", logging.get("logFilePrefix")),
    ])
    .into()
}

fn lifecycle(lifecycle: &Value) -> Value {
    let Some(map) = lifecycle.as_map() else {
        return lifecycle.clone();
    };
    let mut map = map.clone();
    let rules = map.get("rules");
    if let Some(rules) = rules.as_list() {
        map.insert("rules", Value::list(rules.iter().map(rule).collect()));
        map.remove("Rules");
    }
    map.into()
}

fn rule(rule: &Value) -> Value {
    let Some(map) = rule.as_map() else {
        return rule.clone();
    };
    let mut map = map.clone();
    also(&mut map, "expirationInDays", "expiration", |days| {
        // AWS Config writes -1 for days that are not set.
        within("days", days)
    });
    also(
        &mut map,
        "noncurrentVersionExpirationInDays",
        "noncurrentVersionExpiration",
        |days| within("noncurrentDays", days),
    );
    if map.own("expiration").is_some_and(Value::is_null) {
        map.remove("expiration");
    }
    also(&mut map, "expirationDate", "expiration", |date| {
        within("date", date)
    });
    map.into()
}

fn within(name: &str, value: &Value) -> Value {
    let value = match value.as_str().and_then(|text| text.parse().ok()) {
        Some(number) => Value::Int(number),
        None => value.clone(),
    };
    match value.as_int() {
        Some(..0) => Value::Null,
        Some(0..) | None => Map::from_iter([(name, value)]).into(),
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
    fn a_bucket_of_a_template_answers_as_the_commands_do() {
        let mut bucket = properties(
            r#"{"BucketEncryption": {"ServerSideEncryptionConfiguration": [{"BucketKeyEnabled": true,
                "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]},
            "LoggingConfiguration": {"DestinationBucketName": "logs"},
            "VersioningConfiguration": {"Status": "Enabled"},
            "LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "ExpirationInDays": "30"}]}}"#,
        );
        add(&mut bucket);
        let rule = bucket.get("serverSideEncryptionConfiguration").get("rules");
        let rule = rule.as_list().expect("rules")[0].clone();
        assert_eq!(
            rule.get("applyServerSideEncryptionByDefault")
                .get("sseAlgorithm"),
            Value::string("aws:kms")
        );
        assert_eq!(
            bucket.get("loggingEnabled").get("targetBucket"),
            Value::string("logs")
        );
        assert_eq!(
            bucket.get("versioning").get("status"),
            Value::string("Enabled")
        );
        let rules = bucket.get("lifecycle").get("rules");
        let rule = &rules.as_list().expect("rules")[0];
        assert_eq!(rule.get("expiration").get("days"), Value::Int(30));
        assert_eq!(bucket.get("publicAccessBlockConfiguration"), Value::Null);
    }

    #[test]
    fn a_bucket_of_aws_config_answers_as_the_commands_do() {
        let mut bucket = properties(
            r#"{"BucketVersioningConfiguration": {"status": "Off", "isMfaDeleteEnabled": null},
            "BucketLoggingConfiguration": {"destinationBucketName": null, "logFilePrefix": null},
            "BucketPolicy": {"policyText": null},
            "BucketLifecycleConfiguration": {"rules": [
                {"status": "Enabled", "expirationInDays": 365, "expirationDate": null,
                 "noncurrentVersionExpirationInDays": -1},
                {"status": "Enabled", "expirationInDays": -1, "expirationDate": "2026-12-01"}]}}"#,
        );
        name_parts(&mut bucket);
        assert_eq!(bucket.get("versioning").get("status"), Value::string("Off"));
        assert_eq!(bucket.own("loggingEnabled"), Some(&Value::Null));
        assert_eq!(bucket.own("policy"), Some(&Value::Null));
        let rules = bucket.get("lifecycle").get("rules");
        let rules = rules.as_list().expect("rules");
        assert_eq!(rules[0].get("expiration").get("days"), Value::Int(365));
        assert_eq!(rules[0].get("noncurrentVersionExpiration"), Value::Null);
        assert_eq!(
            rules[1].get("expiration").get("date"),
            Value::string("2026-12-01")
        );
    }
}
