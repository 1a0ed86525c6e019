//! What AWS Config does not show of a type, by its published list of properties
//! (<https://github.com/awslabs/aws-config-resource-schema>), and which command does.

use std::sync::Arc;

use crate::source::{Map, Value};

/// Services whose types AWS Config shows whole but for what is listed below: an absent property
/// is absent. Of any other type an absent property tells nothing.
const SERVICES: [&str; 22] = [
    "ACM",
    "ApiGateway",
    "ApiGatewayV2",
    "AutoScaling",
    "CloudFront",
    "CloudTrail",
    "DynamoDB",
    "EC2",
    "ECR",
    "ECS",
    "EFS",
    "EKS",
    "ElasticLoadBalancingV2",
    "GuardDuty",
    "IAM",
    "KMS",
    "Lambda",
    "OpenSearch",
    "RDS",
    "S3",
    "SNS",
    "SQS",
];

/// Types of other services that are shown whole.
const TYPES: [&str; 3] = [
    "AWS::SecretsManager::Secret",
    "AWS::WAFv2::WebACL",
    "AWS::CloudWatch::Alarm",
];

/// The type, the properties its items leave out, and the command that shows them.
const OMITTED: [(&str, &[&str], &str); 23] = [
    (
        "AWS::ApiGateway::Stage",
        &["methodSettings"],
        "aws apigateway get-stages",
    ),
    (
        "AWS::CloudTrail::Trail",
        &["isLogging", "latestDeliveryError"],
        "aws cloudtrail get-trail-status",
    ),
    (
        "AWS::CloudTrail::Trail",
        &["eventSelectors", "advancedEventSelectors"],
        "aws cloudtrail get-event-selectors",
    ),
    (
        "AWS::DynamoDB::Table",
        &["deletionProtectionEnabled"],
        "aws dynamodb describe-table",
    ),
    (
        "AWS::DynamoDB::Table",
        &["continuousBackupsDescription"],
        "aws dynamodb describe-continuous-backups",
    ),
    (
        "AWS::DynamoDB::Table",
        &["timeToLiveDescription"],
        "aws dynamodb describe-time-to-live",
    ),
    (
        "AWS::ECR::Repository",
        &[
            "encryptionConfiguration",
            "imageTagMutabilityExclusionFilters",
        ],
        "aws ecr describe-repositories",
    ),
    (
        "AWS::ECR::Repository",
        &["repositoryPolicy"],
        "aws ecr get-repository-policy",
    ),
    (
        "AWS::ECR::Repository",
        &["scanFrequency"],
        "aws ecr batch-get-repository-scanning-configuration",
    ),
    (
        "AWS::ECS::Service",
        &["status"],
        "aws ecs describe-services",
    ),
    (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        &["attributes"],
        "aws elbv2 describe-load-balancer-attributes",
    ),
    (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        &["webAclArn"],
        "aws wafv2 get-web-acl-for-resource",
    ),
    (
        "AWS::GuardDuty::Detector",
        &["features"],
        "aws guardduty get-detector",
    ),
    (
        "AWS::KMS::Key",
        &["keyRotationEnabled", "rotationPeriodInDays"],
        "aws kms get-key-rotation-status",
    ),
    ("AWS::KMS::Key", &["keyPolicy"], "aws kms get-key-policy"),
    (
        "AWS::KMS::Key",
        &["rotations"],
        "aws kms list-key-rotations",
    ),
    (
        "AWS::S3::Bucket",
        &[
            "publicAccessBlockConfiguration",
            "serverSideEncryptionConfiguration",
            "loggingEnabled",
            "versioning",
            "objectLockConfiguration",
            "lifecycle",
            "policy",
        ],
        "the `aws s3api get-bucket-*` commands",
    ),
    (
        "AWS::SecretsManager::Secret",
        &["createdDate", "lastChangedDate", "lastRotatedDate"],
        "aws secretsmanager list-secrets",
    ),
    (
        "AWS::SNS::Topic",
        &["policy"],
        "aws sns get-topic-attributes",
    ),
    (
        "AWS::SQS::Queue",
        &["policy"],
        "aws sqs get-queue-attributes",
    ),
    (
        "AWS::WAFv2::WebACL",
        &["rules", "preProcessFirewallManagerRuleGroups"],
        "aws wafv2 get-web-acl",
    ),
    ("AWS::IAM::Role", &["assumeRolePolicyDocument"], DETAILS),
    ("AWS::IAM::User", &["passwordLastUsed"], DETAILS),
];

/// The command that shows all of IAM.
const DETAILS: &str = "aws iam get-account-authorization-details";

/// Lists whose items are policies that some items name without their document.
const POLICIES: [&str; 3] = ["rolePolicyList", "userPolicyList", "groupPolicyList"];

/// Tells whether what an item of the type does not name is absent, but for what is omitted.
pub(super) fn is_shown_whole(resource_type: &str) -> bool {
    let service = resource_type.split("::").nth(1).unwrap_or_default();
    SERVICES.contains(&service) || TYPES.contains(&resource_type)
}

/// Makes what the type's items leave out unknown, where this one does not show it after all.
pub(super) fn mark(resource_type: &str, properties: &mut Map) {
    for (of, names, command) in OMITTED {
        if of == resource_type {
            for name in names {
                leave_out(properties, name, of, command);
            }
        }
    }
    for (name, list) in properties.iter_mut() {
        if POLICIES.iter().any(|it| it.eq_ignore_ascii_case(name))
            && let Value::List(items) = list
        {
            for item in Arc::make_mut(items) {
                if let Value::Map(policy) = item {
                    leave_out(
                        Arc::make_mut(policy),
                        "policyDocument",
                        resource_type,
                        DETAILS,
                    );
                }
            }
        }
    }
}

fn leave_out(properties: &mut Map, name: &str, resource_type: &str, command: &str) {
    if properties.own(name).is_none() {
        let reason = format!(
            "AWS Config does not show `{name}` of {resource_type}; export it with {command}"
        );
        properties.insert(name, Value::unknown(reason));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_type_leaves_out_is_unknown_unless_it_is_there_after_all() {
        let mut repository = Map::from_iter([("EncryptionConfiguration", Value::Null)]);
        mark("AWS::ECR::Repository", &mut repository);
        assert_eq!(repository.get("encryptionConfiguration"), Value::Null);
        assert_eq!(
            repository.get("repositoryPolicy"),
            Value::unknown(
                "AWS Config does not show `repositoryPolicy` of AWS::ECR::Repository; export it \
                 with aws ecr get-repository-policy"
            )
        );
        assert_eq!(repository.get("imageTagMutability"), Value::Null);
        let policy = Map::from_iter([("policyName", Value::string("a"))]);
        let mut role = Map::from_iter([("rolePolicyList", Value::list(vec![policy.into()]))]);
        mark("AWS::IAM::Role", &mut role);
        let policies = role.get("rolePolicyList");
        assert!(matches!(
            policies.as_list().expect("policies")[0].get("policyDocument"),
            Value::Unknown(_)
        ));
    }

    #[test]
    fn only_types_whose_items_are_known_are_shown_whole() {
        assert!(is_shown_whole("AWS::EC2::Volume"));
        assert!(is_shown_whole("AWS::WAFv2::WebACL"));
        assert!(!is_shown_whole("AWS::WAFv2::RuleGroup"));
        assert!(!is_shown_whole("AWS::SSM::PatchCompliance"));
        assert!(!is_shown_whole("nonsense"));
    }
}
