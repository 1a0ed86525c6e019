//! Tags: CloudFormation's short forms, written out as its JSON spells them.

use granit_parser::Tag;

use crate::source::{Map, Value};

/// The functions that CloudFormation lets YAML write as tags.
const FUNCTIONS: [&str; 20] = [
    "And",
    "Base64",
    "Cidr",
    "Contains",
    "Equals",
    "FindInMap",
    "ForEach",
    "GetAZs",
    "GetAtt",
    "GetStackOutput",
    "If",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
];

/// Returns the value with what its tag means. A tag nobody documents makes it unknown: a program
/// that defines the tag may turn the value into anything.
pub(super) fn apply(tag: Option<&Tag>, value: Value) -> Value {
    let Some(tag) = tag.filter(|tag| tag.handle() == "!" && !tag.suffix().is_empty()) else {
        return value;
    };
    match tag.suffix() {
        name @ ("Ref" | "Condition") => function(name, value),
        "Transform" => function("Fn::Transform", value),
        "GetAtt" => function("Fn::GetAtt", attribute(value)),
        name if FUNCTIONS.contains(&name) => function(&format!("Fn::{name}"), value),
        name => Value::unknown(format!("the YAML tag !{name} is not resolved")),
    }
}

fn function(name: &str, value: Value) -> Value {
    Map::from_iter([(name, value)]).into()
}

/// Writes `resource.attribute` as the list that the long form takes.
fn attribute(value: Value) -> Value {
    match value.as_str().and_then(|text| text.split_once('.')) {
        Some((resource, attribute)) => {
            Value::list(vec![Value::string(resource), Value::string(attribute)])
        }
        None => value,
    }
}

#[cfg(test)]
mod tests {
    use crate::inventory::decode::decode;
    use crate::source::Value;

    #[test]
    fn short_forms_are_written_out() {
        let cases = [
            ("!Ref Key", r#"{"Ref":"Key"}"#),
            ("!Condition IsProd", r#"{"Condition":"IsProd"}"#),
            ("!GetAtt Key.Arn", r#"{"Fn::GetAtt":["Key","Arn"]}"#),
            ("!GetAtt [Key, Arn]", r#"{"Fn::GetAtt":["Key","Arn"]}"#),
            ("!Sub 'a-${B}'", r#"{"Fn::Sub":"a-${B}"}"#),
            (
                "!If [A, !Ref B, !Ref 'AWS::NoValue']",
                r#"{"Fn::If":["A",{"Ref":"B"},{"Ref":"AWS::NoValue"}]}"#,
            ),
            (
                "!Base64\n    Fn::Sub: x",
                r#"{"Fn::Base64":{"Fn::Sub":"x"}}"#,
            ),
            (
                "!Select [0, !GetAZs '']",
                r#"{"Fn::Select":[0,{"Fn::GetAZs":""}]}"#,
            ),
            ("!!str 12", r#""12""#),
            ("!!int '12'", "12"),
            ("! 12", r#""12""#),
        ];
        for (text, expected) in cases {
            let decoded = decode("x.yaml", format!("a: {text}\n").as_bytes()).expect("decoded");
            let expected: Value = serde_json::from_str(expected).expect("JSON");
            assert_eq!(decoded.documents[0].value.get("a"), expected, "{text}");
        }
        let decoded = decode("x.yaml", b"a: !vault x").expect("decoded");
        assert_eq!(
            decoded.documents[0].value.get("a"),
            Value::unknown("the YAML tag !vault is not resolved")
        );
    }
}
