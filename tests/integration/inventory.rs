//! Exports of every provider, read with the entries that are shipped.

use std::fs;
use std::path::Path;

use evidence_workbook::inventory::{Completeness, Inventory, Reading, Sources, State};
use evidence_workbook::source::{SourceFile, Value};

/// Returns the shipped entries, which hold no mistake.
fn sources() -> Sources {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("checks/sources");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("checks/sources")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    let files: Vec<_> = paths
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path).expect("UTF-8");
            SourceFile::new(path.file_name().expect("a name").to_string_lossy(), text)
        })
        .collect();
    let (sources, diagnostics) = Sources::parse(&files);
    let told: Vec<String> = diagnostics
        .into_sorted()
        .iter()
        .map(evidence_workbook::source::Diagnostic::one_line)
        .collect();
    assert_eq!(told, Vec::<String>::new());
    sources
}

fn load(files: &[(&str, &str)]) -> Inventory {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    Inventory::load(folder.path(), &sources(), &[]).expect("a readable folder")
}

/// Returns the property at a path of names, of the only resource of the type.
fn property(inventory: &Inventory, resource_type: &str, path: &str) -> Value {
    let resources = inventory.resources(resource_type);
    assert_eq!(resources.len(), 1, "{resource_type}: {resources:#?}");
    path.split('.').fold(
        Value::from(resources[0].properties.clone()),
        |value, name| value.get(name),
    )
}

const CLUSTER: &str = r#"{"clusters": [{"clusterArn":
  "arn:aws:ecs:eu-central-1:111122223333:cluster/cde", "clusterName": "cde", "status": "ACTIVE",
  "settings": [{"name": "containerInsights", "value": "enabled"}]}], "failures": []}"#;
const CLUSTERS: &str = r#"{"clusterArns": ["arn:aws:ecs:eu-central-1:111122223333:cluster/cde"]}"#;
const TASK_DEFINITION: &str = r#"{"taskDefinition": {"taskDefinitionArn":
  "arn:aws:ecs:eu-central-1:111122223333:task-definition/pay:3", "family": "pay", "revision": 3,
  "containerDefinitions": [{"name": "api", "image": "a", "readonlyRootFilesystem": true}],
  "requiresCompatibilities": ["EC2"]}, "tags": [{"key": "pci-scope", "value": "cde"}]}"#;

#[test]
#[expect(clippy::too_many_lines, reason = "the files of an account are a table")]
fn one_account_of_ecs_is_put_together() {
    let inventory = load(&[
        (
            "sts/get-caller-identity.json",
            r#"{"UserId": "A", "Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/a"}"#,
        ),
        ("ecs/list-clusters.json", CLUSTERS),
        ("ecs/describe-clusters.json", CLUSTER),
        (
            "ecs/list-task-definitions.json",
            r#"{"taskDefinitionArns": ["arn:aws:ecs:eu-central-1:111122223333:task-definition/pay:3"]}"#,
        ),
        ("anything/what it is.json", TASK_DEFINITION),
        ("ecs/list-services.cde.json", r#"{"serviceArns": []}"#),
        (
            "s3api/list-buckets.json",
            r#"{"Buckets": [{"Name": "chd", "CreationDate": "2026-01-01T00:00:00Z"}]}"#,
        ),
        (
            "s3api/get-bucket-versioning.chd.json",
            r#"{"Status": "Enabled"}"#,
        ),
        (
            "s3api/get-bucket-policy.chd.stderr.txt",
            "\nAn error occurred (NoSuchBucketPolicy) when calling the GetBucketPolicy operation: none\n",
        ),
        (
            "s3api/get-bucket-encryption.chd.stderr.txt",
            "An error occurred (AccessDenied) when calling the GetBucketEncryption operation",
        ),
        (
            "s3api/get-bucket-tagging.chd.json",
            r#"{"TagSet": [{"Key": "Data", "Value": "PAN"}]}"#,
        ),
        (
            "elbv2/describe-load-balancers.json",
            r#"{"LoadBalancers": [{"LoadBalancerArn": "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/pay/45ec", "LoadBalancerName": "pay"}]}"#,
        ),
        (
            "elbv2/describe-load-balancer-attributes.pay.json",
            r#"{"Attributes": [{"Key": "access_logs.s3.enabled", "Value": "true"}]}"#,
        ),
        (
            "iam/get-credential-report.json",
            r#"{"Content": "dXNlcixhcm4sdXNlcl9jcmVhdGlvbl90aW1lLG1mYV9hY3RpdmUKYSxhcm46YXdzOmlhbTo6MTExMTIyMjIzMzMzOnVzZXIvYSwyMDI2LTAxLTAxVDAwOjAwOjAwWixmYWxzZQo=", "ReportFormat": "text/csv", "GeneratedTime": "2026-11-22T00:00:00Z"}"#,
        ),
    ]);
    for file in &inventory.files {
        assert!(
            matches!(
                file.reading,
                Reading::Whole | Reading::NotConfigured(_) | Reading::Denied(_)
            ),
            "{file:?}"
        );
    }
    let task = "AWS::ECS::TaskDefinition";
    assert_eq!(
        property(&inventory, task, "networkMode"),
        Value::Default(Value::string("bridge").into())
    );
    let containers = property(&inventory, task, "containerDefinitions");
    let container = &containers.as_list().expect("a list")[0];
    assert_eq!(container.get("readonlyRootFilesystem"), Value::Bool(true));
    assert_eq!(
        container.get("privileged"),
        Value::Default(Value::Bool(false).into())
    );
    let meta = &inventory.resources(task)[0].meta;
    assert_eq!(meta.region.as_deref(), Some("eu-central-1"));
    assert_eq!(meta.tags.as_ref().expect("tags")["pci-scope"], "cde");
    let bucket = "AWS::S3::Bucket";
    assert_eq!(
        property(&inventory, bucket, "versioning.status"),
        Value::string("Enabled")
    );
    assert_eq!(property(&inventory, bucket, "policy"), Value::Null);
    for (name, part) in [
        (
            "serverSideEncryptionConfiguration",
            "was denied (AccessDenied)",
        ),
        (
            "publicAccessBlockConfiguration",
            "run `aws s3api get-public-access-block --bucket <bucket>`",
        ),
    ] {
        match property(&inventory, bucket, name) {
            Value::Unknown(unknown) => assert!(unknown.reason().contains(part), "{unknown:?}"),
            value => panic!("{name}: {value:?}"),
        }
    }
    assert_eq!(
        inventory.resources(bucket)[0]
            .meta
            .tags
            .as_ref()
            .expect("tags")["Data"],
        "PAN"
    );
    let balancer = "AWS::ElasticLoadBalancingV2::LoadBalancer";
    let attributes = property(&inventory, balancer, "attributes");
    assert_eq!(
        attributes.get("access_logs.s3.enabled"),
        Value::string("true")
    );
    let row = "AWS::IAM::CredentialReportRow";
    assert_eq!(
        property(&inventory, row, "mfa_active"),
        Value::string("false")
    );
    for (resource_type, complete) in [
        ("AWS::ECS::Cluster", true),
        (task, true),
        ("AWS::ECS::Service", true),
        ("AWS::ECS::Task", false),
        (bucket, true),
        (row, true),
        ("AWS::KMS::Key", false),
    ] {
        let told = inventory.completeness(resource_type);
        assert_eq!(
            told == Completeness::Complete,
            complete,
            "{resource_type}: {told:?}"
        );
    }
}

#[test]
fn azure_is_read_flattened_and_nested_as_one() {
    let id = "/subscriptions/0f0/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st";
    let flat = format!(
        r#"[{{"id": "{id}", "name": "st", "type": "Microsoft.Storage/storageAccounts", "location": "northeurope",
          "tags": {{"pci-scope": "cde"}}, "minimumTlsVersion": "TLS1_2", "enableHttpsTrafficOnly": true, "allowSharedKeyAccess": null}}]"#
    );
    let nested = format!(
        r#"{{"id": "{}", "name": "st", "type": "microsoft.storage/storageaccounts",
          "properties": {{"minimumTlsVersion": "TLS1_2", "supportsHttpsTrafficOnly": true}}}}"#,
        id.replace("resourceGroups", "resourcegroups")
    );
    let inventory = load(&[
        ("az/storage/account-list.json", &flat),
        ("az/resource/show.st.json", &nested),
        (
            "az/storage/account-management-policy-show.st.stderr.txt",
            "ERROR: (ManagementPolicyNotFound) No policy\nCode: ManagementPolicyNotFound",
        ),
    ]);
    let account = "Microsoft.Storage/storageAccounts";
    for name in ["supportsHttpsTrafficOnly", "enableHttpsTrafficOnly"] {
        assert_eq!(
            property(&inventory, account, name),
            Value::Bool(true),
            "{name}"
        );
    }
    assert_eq!(
        property(&inventory, account, "allowSharedKeyAccess"),
        Value::Default(Value::Bool(true).into())
    );
    let meta = &inventory.resources(account)[0].meta;
    assert_eq!(meta.resource_type, account);
    assert_eq!(meta.account.as_deref(), Some("0f0"));
    assert_eq!(inventory.completeness(account), Completeness::Complete);
    assert_eq!(
        inventory.completeness("Microsoft.Storage/storageAccounts/managementPolicies"),
        Completeness::Complete
    );
}

#[test]
fn code_is_intended_and_never_merged_with_what_is_observed() {
    let observed = r#"{"SecurityGroups": [{"GroupId": "sg-1", "OwnerId": "111122223333", "GroupName": "web", "IpPermissions": [], "IpPermissionsEgress": []}]}"#;
    let template = r#"{"Resources": {"sg-1": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": {"Ref": "What"}}}}}"#;
    let deployment = r"apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: cde}
spec: {template: {spec: {containers: [{name: api, image: a}]}}}
";
    let inventory = load(&[
        ("ec2/describe-security-groups.json", observed),
        ("code/template.json", template),
        ("code/api.yaml", deployment),
    ]);
    let states: Vec<State> = inventory
        .resources("AWS::EC2::SecurityGroup")
        .iter()
        .map(|group| group.meta.state)
        .collect();
    assert_eq!(states, [State::Intended, State::Observed]);
    let workloads = inventory.resources("kubernetes/workload");
    assert_eq!(workloads.len(), 1);
    assert!(workloads[0].pod.is_some());
    assert_eq!(workloads[0].meta.state, State::Intended);
}

#[test]
fn a_pod_is_left_to_the_workload_that_owns_it() {
    let object = |kind: &str, name: &str, owner: &str, inner: &str| {
        format!(
            r#"{{"apiVersion": "{}", "kind": "{kind}", "metadata": {{"name": "{name}", "namespace": "cde", "uid": "{name}"{owner}}}, "spec": {inner}}}"#,
            if kind == "Pod" { "v1" } else { "apps/v1" }
        )
    };
    let owner = |kind: &str, name: &str| {
        format!(r#", "ownerReferences": [{{"kind": "{kind}", "name": "{name}"}}]"#)
    };
    let pod = r#"{"containers": [{"name": "c"}]}"#;
    let template = format!(r#"{{"template": {{"spec": {pod}}}}}"#);
    let list = format!(
        r#"{{"apiVersion": "v1", "kind": "List", "items": [{}, {}, {}, {}]}}"#,
        object("Deployment", "api", "", &template),
        object(
            "ReplicaSet",
            "api-1",
            &owner("Deployment", "api"),
            &template
        ),
        object("Pod", "api-1-x", &owner("ReplicaSet", "api-1"), pod),
        object("Pod", "alone", &owner("Job", "not-exported"), pod),
    );
    let inventory = load(&[("kubectl/all.json", &list)]);
    let names: Vec<&str> = inventory
        .resources("kubernetes/workload")
        .iter()
        .map(|workload| workload.meta.name.as_str())
        .collect();
    assert_eq!(names, ["api", "alone"]);
    assert_eq!(inventory.iter().count(), 4);
}
