//! Rules of security groups in the shape of `aws ec2 describe-security-groups`.

use super::also;
use crate::inventory::contribution::Contribution;
use crate::source::{Map, Value};

/// How a source or destination is named: in a rule of CloudFormation (for traffic in, for traffic
/// out), as a list of a permission, and in an item of that list.
const PEERS: [(&str, &str, &str); 8] = [
    ("CidrIp", "ipRanges", "cidrIp"),
    ("CidrIpv6", "ipv6Ranges", "cidrIpv6"),
    ("SourceSecurityGroupId", "userIdGroupPairs", "groupId"),
    ("SourceSecurityGroupName", "userIdGroupPairs", "groupName"),
    ("DestinationSecurityGroupId", "userIdGroupPairs", "groupId"),
    ("SourcePrefixListId", "prefixListIds", "prefixListId"),
    ("DestinationPrefixListId", "prefixListIds", "prefixListId"),
    ("SourceSecurityGroupOwnerId", "userIdGroupPairs", "userId"),
];

/// The types of rules that stand alone, with the property of the group they add to.
const STANDALONE: [(&str, &str); 2] = [
    ("AWS::EC2::SecurityGroupIngress", "ipPermissions"),
    ("AWS::EC2::SecurityGroupEgress", "ipPermissionsEgress"),
];

/// Adds the rules of a group in CloudFormation's shape as permissions.
pub(super) fn add(properties: &mut Map) {
    also(properties, "SecurityGroupIngress", "ipPermissions", rules);
    also(
        properties,
        "SecurityGroupEgress",
        "ipPermissionsEgress",
        rules,
    );
}

fn rules(rules: &Value) -> Value {
    let items = match rules {
        Value::List(items) => items.iter().map(rule).collect(),
        rules => vec![rule(rules)],
    };
    Value::list(items)
}

fn rule(rule: &Value) -> Value {
    let Some(map) = rule.as_map() else {
        return rule.clone();
    };
    let mut permission = Map::new();
    permission.set_open(map.open().cloned());
    if let Some(protocol) = map.own("IpProtocol") {
        permission.insert("ipProtocol", as_text(protocol));
    }
    for (from, to) in [("FromPort", "fromPort"), ("ToPort", "toPort")] {
        if let Some(port) = map.own(from) {
            permission.insert(to, as_number(port));
        }
    }
    for (from, list, name) in PEERS {
        let Some(peer) = map.own(from).filter(|peer| !peer.is_null()) else {
            continue;
        };
        let mut item = Map::from_iter([(name, peer.clone())]);
        if let Some(description) = map.own("Description") {
            item.insert("description", description.clone());
        }
        let mut items = permission.get(list).as_list().unwrap_or_default().to_vec();
        items.push(item.into());
        permission.insert(list, Value::list(items));
    }
    permission.into()
}

/// Adds the rules that stand alone in a template to the group they name. Where that can't be
/// told, every group may have them, and what the rules of a group are is unknown.
pub(in super::super) fn add_standalone_rules(contributions: &mut [Contribution]) {
    for (resource_type, property) in STANDALONE {
        let rules: Vec<(Value, Value)> = contributions
            .iter()
            .filter(|it| it.resource_type == resource_type)
            .map(|it| {
                let group = it.properties.get("GroupId");
                (group, rule(&Value::from(it.properties.clone())))
            })
            .collect();
        for group in contributions
            .iter_mut()
            .filter(|it| it.resource_type == "AWS::EC2::SecurityGroup")
        {
            for (target, rule) in &rules {
                match target {
                    Value::String(id) if **id == *group.id => push(group, property, rule),
                    Value::Unknown(reason) => {
                        let reason = format!(
                            "a rule that stands alone may belong to it: {}",
                            reason.reason()
                        );
                        group.properties.insert(property, Value::unknown(reason));
                    }
                    Value::Null
                    | Value::Bool(_)
                    | Value::Int(_)
                    | Value::Float(_)
                    | Value::String(_)
                    | Value::List(_)
                    | Value::Map(_)
                    | Value::Default(_) => {}
                }
            }
        }
    }
}

fn push(group: &mut Contribution, property: &str, rule: &Value) {
    let rules = group.properties.get(property);
    if matches!(rules, Value::Unknown(_)) {
        return;
    }
    let mut rules = rules.as_list().unwrap_or_default().to_vec();
    rules.push(rule.clone());
    group.properties.insert(property, Value::list(rules));
}

/// Returns the permissions of AWS Config as the command line spells them: its `ipRanges` are
/// text, and what they describe stands in `ipv4Ranges`.
pub(in super::super) fn permissions(permissions: &Value) -> Value {
    let Some(items) = permissions.as_list() else {
        return permissions.clone();
    };
    Value::list(items.iter().map(permission).collect())
}

fn permission(permission: &Value) -> Value {
    let Some(map) = permission.as_map() else {
        return permission.clone();
    };
    let mut map = map.clone();
    let described = map.own("ipv4Ranges").cloned().unwrap_or_default();
    let ranges = described.as_list().unwrap_or_default().to_vec();
    let known = |cidr: &Value| ranges.iter().any(|range| range.get("cidrIp") == *cidr);
    let plain = map.own("ipRanges").cloned().unwrap_or_default();
    let bare: Vec<Value> = plain
        .as_list()
        .unwrap_or_default()
        .iter()
        .filter(|range| !known(range))
        .map(|range| match range {
            Value::String(_) => Map::from_iter([("cidrIp", range.clone())]).into(),
            range => range.clone(),
        })
        .collect();
    map.insert("ipRanges", Value::list([ranges, bare].concat()));
    map.into()
}

fn as_text(value: &Value) -> Value {
    match value.as_int() {
        Some(number) => Value::string(number.to_string()),
        None => value.clone(),
    }
}

fn as_number(value: &Value) -> Value {
    match value.as_str().and_then(|text| text.parse().ok()) {
        Some(number) => Value::Int(number),
        None => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::read_text;
    use super::*;

    fn json(text: &str) -> Value {
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn rules_of_a_template_are_permissions_and_those_that_stand_alone_join_them() {
        let text = r#"{"Resources": {
            "G": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"SecurityGroupIngress":
                {"IpProtocol": 6, "FromPort": "443", "ToPort": 443, "CidrIp": "0.0.0.0/0"}}},
            "R": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {
                "GroupId": {"Fn::GetAtt": ["G", "GroupId"]}, "IpProtocol": "-1",
                "SourceSecurityGroupId": {"Ref": "G"}}},
            "E": {"Type": "AWS::EC2::SecurityGroupEgress", "Properties": {
                "GroupId": {"Fn::ImportValue": "x"}, "IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}}}}"#;
        let reading = read_text("t.json", text).expect("a reading");
        let group = reading.contributions.iter().find(|it| it.id == "t.json#G");
        let properties = &group.expect("the group").properties;
        assert_eq!(
            properties.get("ipPermissions"),
            json(
                r#"[{"ipProtocol": "6", "fromPort": 443, "toPort": 443,
                    "ipRanges": [{"cidrIp": "0.0.0.0/0"}]},
                {"ipProtocol": "-1", "userIdGroupPairs": [{"groupId": "t.json#G"}]}]"#
            )
        );
        assert!(matches!(
            properties.get("ipPermissionsEgress"),
            Value::Unknown(_)
        ));
    }

    #[test]
    fn ranges_of_aws_config_are_objects_once() {
        let found = permissions(&json(
            r#"[{"ipProtocol": "tcp", "ipRanges": ["10.0.0.0/8", "0.0.0.0/0"],
                "ipv4Ranges": [{"cidrIp": "10.0.0.0/8", "description": "office"}]}]"#,
        ));
        assert_eq!(
            found.as_list().map(|it| it[0].get("ipRanges")),
            Some(json(
                r#"[{"cidrIp": "10.0.0.0/8", "description": "office"}, {"cidrIp": "0.0.0.0/0"}]"#
            ))
        );
    }
}
