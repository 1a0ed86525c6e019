//! CloudFormation templates: what code says shall be.
//!
//! A resource's id is `<file>#<logical id>`, and a `Ref` to a resource of the same template, or a
//! `GetAtt` of its ARN, id or name, gives that very text: it names the resource for look-ups and
//! tells nobody what the deployed thing will be called. What only deployment decides is unknown.
//! A resource under a condition is listed with its `Condition`.

mod intrinsic;

use super::{Origin, names, not_used, outcome, shown, tags, text};
use crate::inventory::contribution::{Contribution, FileReading};
use crate::inventory::decode::{Step, decode};
use crate::inventory::{Form, Reading, State};
use crate::source::{Map, Unknown, Value};
use intrinsic::Template;

/// What a resource says beside its properties and checks may ask for.
const BESIDE: [&str; 3] = ["Condition", "DeletionPolicy", "UpdateReplacePolicy"];

/// Transforms of AWS that leave a resource of the template as it is written.
const TRANSFORMS: [&str; 4] = [
    "AWS::CodeDeployBlueGreen",
    "AWS::LanguageExtensions",
    "AWS::SecretsManager",
    "AWS::Serverless",
];

/// Why a resource of the serverless transform may have what it does not name.
const SERVERLESS: &str = "the serverless transform sets what the template leaves out";

/// Reads a template, or the answer of `aws cloudformation get-template`.
pub(super) fn read(origin: &Origin<'_>, value: &Value) -> Option<FileReading> {
    let map = value.as_map()?;
    match map.own("TemplateBody") {
        Some(Value::String(body)) => Some(body_text(origin, body)),
        Some(body @ Value::Map(_)) => {
            let outer = [Step::Key("TemplateBody")];
            let reading = read(&origin.inside(&outer), body)?;
            Some(FileReading {
                format: "aws cloudformation get-template".to_owned(),
                ..reading
            })
        }
        _ => template(origin, map),
    }
}

/// Reads a template that stands in a file as one text; all of it is on that text's line.
fn body_text(origin: &Origin<'_>, body: &str) -> FileReading {
    let format = "aws cloudformation get-template".to_owned();
    let unreadable = |problem: String| FileReading {
        format: format.clone(),
        reading: Reading::Unreadable(problem),
        contributions: Vec::new(),
        lists: Vec::new(),
    };
    let decoded = match decode("body.template", body.as_bytes()) {
        Ok(decoded) => decoded,
        Err(problem) => return unreadable(format!("in `TemplateBody`, {problem}")),
    };
    let read = decoded.documents.first().and_then(|document| {
        let inner = Origin {
            decoded: &decoded,
            document: 0,
            outer: &[],
            ..*origin
        };
        template(&inner, document.value.as_map()?)
    });
    let Some(mut reading) = read else {
        return unreadable("`TemplateBody` holds no template; export it again".to_owned());
    };
    let place = origin.place(&[]);
    for contribution in &mut reading.contributions {
        contribution.place = place.clone();
    }
    FileReading { format, ..reading }
}

fn template(origin: &Origin<'_>, map: &Map) -> Option<FileReading> {
    let format = "CloudFormation template";
    let versioned = text(map, "AWSTemplateFormatVersion").is_some();
    let Some(Value::Map(resources)) = map.own("Resources") else {
        return versioned.then(|| not_used(format, "the template has no resources"));
    };
    let typed = |resource: &Value| {
        let type_of = resource.as_map().and_then(|it| text(it, "Type"));
        type_of.is_some_and(|it| it.contains("::"))
    };
    if !versioned && !resources.iter().any(|(_, resource)| typed(resource)) {
        return None;
    }
    let template = Template::new(origin.path, map);
    let rewritten = rewritten(map);
    let mut contributions = Vec::new();
    let mut problems = Vec::new();
    for (logical, resource) in resources.iter() {
        let place = [Step::Key("Resources"), Step::Key(logical)];
        match contribution(origin, &template, (logical, resource), &place) {
            Some(mut contribution) => {
                let reason = if contribution.resource_type.starts_with("AWS::Serverless::") {
                    Some(Unknown::new(SERVERLESS))
                } else {
                    rewritten.clone()
                };
                if reason.is_some() {
                    contribution.properties.set_open(reason);
                }
                contributions.push(contribution);
            }
            None => problems.push(format!(
                "what `{logical}` makes is known only on deployment"
            )),
        }
    }
    names::add_standalone_rules(&mut contributions);
    Some(FileReading {
        format: format.to_owned(),
        reading: outcome(&problems),
        contributions,
        lists: Vec::new(),
    })
}

/// Returns why resources may be deployed otherwise than written: a macro of the account.
fn rewritten(map: &Map) -> Option<Unknown> {
    let transform = map.own("Transform")?;
    let names = transform
        .as_list()
        .unwrap_or(std::slice::from_ref(transform));
    let known = |name: &&Value| {
        name.as_str()
            .is_some_and(|name| TRANSFORMS.iter().any(|it| name.starts_with(it)))
    };
    let other = names.iter().find(|name| !known(name))?;
    let name = other.as_str().unwrap_or("AWS::Include");
    Some(Unknown::new(format!("the transform `{name}` may set it")))
}

fn contribution(
    origin: &Origin<'_>,
    template: &Template<'_>,
    (logical, resource): (&str, &Value),
    path: &[Step<'_>],
) -> Option<Contribution> {
    let resource = resource.as_map()?;
    let resource_type = text(resource, "Type")?;
    let mut properties = match resource.own("Properties").map(|it| template.resolve(it)) {
        Some(Value::Map(properties)) => (*properties).clone(),
        Some(Value::Unknown(unknown)) => open(unknown),
        Some(_) | None => Map::new(),
    };
    names::coerce(&mut properties);
    names::add(resource_type, &mut properties);
    for name in BESIDE {
        if let (Some(value), None) = (resource.own(name), properties.own(name)) {
            properties.insert(name, template.resolve(value));
        }
    }
    Some(Contribution {
        name: Some(logical.to_owned()),
        tags: tags::of(properties.own("Tags")),
        ..shown(
            (resource_type, template.id(logical)),
            (State::Intended, Form::Template),
            origin.place(path),
            properties,
        )
    })
}

fn open(reason: Unknown) -> Map {
    let mut map = Map::new();
    map.set_open(Some(reason));
    map
}

#[cfg(test)]
mod tests {
    use super::super::tests::read_text;
    use super::*;

    const YAML: &str = "AWSTemplateFormatVersion: '2010-09-09'\n\
        Conditions:\n  Prod: !Equals [a, a]\n\
        Resources:\n\
        \x20 Key:\n    Type: AWS::KMS::Key\n    Condition: Prod\n    DeletionPolicy: Retain\n\
        \x20   Properties: {EnableKeyRotation: 'true'}\n\
        \x20 Bucket:\n    Type: AWS::S3::Bucket\n\
        \x20   Properties:\n      Tags: [{Key: pci-scope, Value: cde}]\n\
        \x20     KmsKeyId: !GetAtt Key.Arn\n";

    #[test]
    fn resources_of_a_template_are_intended_with_their_own_lines() {
        let reading = read_text("s/x.yaml", YAML).expect("a reading");
        assert_eq!(reading.format, "CloudFormation template");
        let found: Vec<_> = reading
            .contributions
            .iter()
            .map(|it| (it.id.as_str(), it.resource_type.as_str(), it.place.line))
            .collect();
        assert_eq!(
            found,
            [
                ("s/x.yaml#Bucket", "AWS::S3::Bucket", 10),
                ("s/x.yaml#Key", "AWS::KMS::Key", 5)
            ]
        );
        let [bucket, key] = &reading.contributions[..] else {
            panic!("two")
        };
        assert_eq!(key.state, State::Intended);
        assert_eq!(key.properties.get("Condition"), Value::string("Prod"));
        assert_eq!(key.properties.get("keyRotationEnabled"), Value::Bool(true));
        assert_eq!(
            bucket.properties.get("KmsKeyId"),
            Value::string("s/x.yaml#Key")
        );
        let tags = bucket.tags.clone().expect("tags");
        assert_eq!(tags.get("pci-scope").map(String::as_str), Some("cde"));
    }

    #[test]
    fn the_answer_of_get_template_is_read_in_both_forms() {
        let object = r#"{"StagesAvailable": ["Original"],
            "TemplateBody": {"Resources":
                {"Q": {"Type": "AWS::SQS::Queue"}}}}"#;
        let string = serde_json::json!({"TemplateBody": YAML}).to_string();
        for (content, id, line) in [
            (object, "a.json#Q", 3),
            (string.as_str(), "a.json#Bucket", 1),
        ] {
            let reading = read_text("a.json", content).expect("a reading");
            assert_eq!(reading.format, "aws cloudformation get-template");
            let it = &reading.contributions[0];
            assert_eq!((it.id.as_str(), it.place.line), (id, line));
        }
        let broken = r#"{"TemplateBody": "Resources: ["}"#;
        let reading = read_text("a.json", broken).expect("a reading");
        assert!(matches!(reading.reading, Reading::Unreadable(_)));
    }

    #[test]
    fn what_is_made_on_deployment_is_told_and_other_files_are_left_alone() {
        let loops = r#"{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {
            "Fn::ForEach::Topics": ["T", ["a", "b"], {"T${T}": {"Type": "AWS::SNS::Topic"}}],
            "P": {"Type": "AWS::SNS::Topic", "Properties": {"Fn::Transform": {"Name": "x"}}}}}"#;
        let reading = read_text("a.json", loops).expect("a reading");
        assert!(matches!(reading.reading, Reading::Partial(_)));
        let properties = &reading.contributions[0].properties;
        assert!(matches!(properties.get("TopicName"), Value::Unknown(_)));
        for other in [
            r#"{"Resources": {"a": 1}}"#,
            r#"{"Resources": [{"Type": "AWS::S3::Bucket"}]}"#,
        ] {
            assert_eq!(read_text("a.json", other), None);
        }
    }

    #[test]
    fn what_a_transform_may_set_is_unknown() {
        let cases = [
            (
                "AWS::SNS::Topic",
                r#""AWS::LanguageExtensions""#,
                Value::Null,
            ),
            (
                "AWS::SNS::Topic",
                r#"["AWS::Serverless-2016-10-31", "Ours"]"#,
                Value::unknown("the transform `Ours` may set it"),
            ),
            (
                "AWS::Serverless::Function",
                r#""AWS::Serverless-2016-10-31""#,
                Value::unknown("the serverless transform sets what the template leaves out"),
            ),
        ];
        for (resource_type, transform, expected) in cases {
            let text = format!(
                r#"{{"Transform": {transform}, "Resources": {{"A": {{"Type": "{resource_type}"}}}}}}"#
            );
            let reading = read_text("a.json", &text).expect("a reading");
            let properties = &reading.contributions[0].properties;
            assert_eq!(properties.get("KmsMasterKeyId"), expected, "{text}");
        }
    }
}
