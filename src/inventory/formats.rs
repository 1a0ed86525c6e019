//! Formats that say themselves what they hold: no source entry is needed to read them.
//!
//! A reader takes one document and answers nothing if the document is not in its format.

mod arm;
mod aws_config;
mod azure;
mod cloudformation;
mod credential_report;
mod kubernetes;
mod names;
mod tags;

use super::contribution::{Contribution, Extent, FileReading};
use super::decode::{Decoded, Step, Syntax};
use super::{Form, Place, Reading, State};
use crate::source::{Instant, Map, Value};

/// How many problems of a file are told; the rest is counted.
const TOLD: usize = 3;

/// Reads a file in one of the self-describing formats; nothing if it is in none of them.
pub(crate) fn read(path: &str, decoded: &Decoded) -> Option<FileReading> {
    if decoded.syntax == Syntax::Yaml && decoded.documents.is_empty() {
        return Some(not_used("YAML", "it holds nothing but comments"));
    }
    let readings = decoded.documents.iter().enumerate().map(|(document, it)| {
        let origin = Origin {
            path,
            decoded,
            document,
            outer: &[],
        };
        (it.line, read_value(&origin, &it.value))
    });
    join(readings.collect())
}

fn read_value(origin: &Origin<'_>, value: &Value) -> Option<FileReading> {
    // Each format is told by names that no other has, so their order does not matter.
    credential_report::read(origin, value)
        .or_else(|| kubernetes::read(origin, value))
        .or_else(|| aws_config::read(origin, value))
        .or_else(|| cloudformation::read(origin, value))
        .or_else(|| arm::read(origin, value))
        .or_else(|| azure::read(origin, value))
}

/// Makes one reading of those of a file's documents, which are given with their lines.
fn join(mut readings: Vec<(usize, Option<FileReading>)>) -> Option<FileReading> {
    if readings.len() < 2 {
        return readings.pop()?.1;
    }
    let mut joined: Option<FileReading> = None;
    let mut problems = Vec::new();
    let mut unused = Vec::new();
    for (line, reading) in readings {
        let at = |problem: &str| format!("line {line}: {problem}");
        let Some(reading) = reading else {
            problems.push(at("not recognised"));
            continue;
        };
        match &reading.reading {
            Reading::Whole => {}
            Reading::NotUsed(reason) => unused.push(at(reason)),
            Reading::Partial(reason)
            | Reading::Denied(reason)
            | Reading::NotConfigured(reason)
            | Reading::Failed(reason)
            | Reading::Unreadable(reason)
            | Reading::NotRecognised(reason) => problems.push(at(reason)),
        }
        match &mut joined {
            // What was used names the format.
            Some(joined) => {
                if matches!(joined.reading, Reading::NotUsed(_)) {
                    joined.format = reading.format;
                    joined.reading = reading.reading;
                }
                joined.contributions.extend(reading.contributions);
                joined.lists.extend(reading.lists);
            }
            None => joined = Some(reading),
        }
    }
    let mut joined = joined?;
    let used = !joined.contributions.is_empty() || !joined.lists.is_empty();
    joined.reading = match (used, problems.is_empty(), unused.is_empty()) {
        (false, true, false) => Reading::NotUsed(told(&unused)),
        (_, true, true) => Reading::Whole,
        (_, _, _) => {
            problems.append(&mut unused);
            Reading::Partial(told(&problems))
        }
    };
    Some(joined)
}

/// Returns what reading a file came to that was used, but for these problems.
fn outcome(problems: &[String]) -> Reading {
    if problems.is_empty() {
        Reading::Whole
    } else {
        Reading::Partial(told(problems))
    }
}

/// Returns the first few problems and how many more there are.
fn told(problems: &[String]) -> String {
    let shown = problems.iter().take(TOLD).cloned().collect::<Vec<_>>();
    match problems.len().saturating_sub(TOLD) {
        0 => shown.join("; "),
        more => format!("{}; and {more} more", shown.join("; ")),
    }
}

/// Where a document stands.
#[derive(Debug, Clone, Copy)]
struct Origin<'a> {
    /// The path of the file.
    path: &'a str,
    /// The file.
    decoded: &'a Decoded,
    /// The document, from zero.
    document: usize,
    /// The way from the document to the value that is read as one.
    outer: &'a [Step<'a>],
}

impl<'a> Origin<'a> {
    /// Returns the same for a value inside the document.
    fn inside(&self, outer: &'a [Step<'a>]) -> Self {
        Self { outer, ..*self }
    }

    /// Returns the place of the value at `path`.
    fn place(&self, path: &[Step<'_>]) -> Place {
        let path = [self.outer, path].concat();
        Place {
            file: self.path.to_owned(),
            line: self.decoded.item_line(self.document, &path),
        }
    }
}

/// Returns what a file says of a resource, shown whole and with nothing else known of it.
fn shown(
    (resource_type, id): (&str, String),
    (state, form): (State, Form),
    place: Place,
    properties: Map,
) -> Contribution {
    Contribution {
        resource_type: resource_type.to_owned(),
        id,
        also: Vec::new(),
        name: None,
        account: None,
        region: None,
        cluster: None,
        namespace: None,
        tags: None,
        state,
        form,
        extent: Extent::Whole,
        properties,
        pod: None,
        place,
        observed: None,
    }
}

/// Returns the reading of a file that is known and holds nothing for any check.
fn not_used(format: &str, reason: impl Into<String>) -> FileReading {
    FileReading {
        format: format.to_owned(),
        reading: Reading::NotUsed(reason.into()),
        contributions: Vec::new(),
        lists: Vec::new(),
    }
}

/// Returns the text that an object has under exactly this name, in any case.
fn text<'v>(map: &'v Map, key: &str) -> Option<&'v str> {
    map.own(key).and_then(Value::as_str)
}

/// Returns text that is not empty.
fn filled<'v>(map: &'v Map, key: &str) -> Option<&'v str> {
    text(map, key).filter(|text| !text.is_empty())
}

/// Returns the moment that a value states: seconds since 1970, or text. Text without a zone is
/// Coordinated Universal Time, as AWS means it.
fn instant(value: &Value) -> Option<Instant> {
    match value {
        Value::Int(seconds) => Instant::from_unix(*seconds),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "seconds, cut to whole ones; what does not fit saturates and has no moment"
        )]
        Value::Float(seconds) => Instant::from_unix(*seconds as i64),
        Value::String(text) => Instant::parse(text)
            .or_else(|| Instant::parse(&format!("{text}+00:00")))
            .or_else(|| Instant::parse(&format!("{text}Z"))),
        Value::Null
        | Value::Bool(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Unknown(_)
        | Value::Default(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::inventory::decode::decode;

    /// Returns what reading `content` under `path` gives.
    pub(super) fn read_text(path: &str, content: &str) -> Option<FileReading> {
        read(path, &decode(path, content.as_bytes()).expect("decoded"))
    }

    #[test]
    fn a_file_of_several_documents_tells_what_of_it_was_not_used() {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
        let kustomization =
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n";
        let cases = [
            (pod.to_owned(), Reading::Whole, 1),
            (format!("{pod}---\n{pod}"), Reading::Whole, 2),
            (
                format!("{kustomization}---\n{pod}"),
                Reading::Partial("line 1: Kustomization is no object of a cluster".into()),
                1,
            ),
            (
                format!("{pod}---\na: 1\n"),
                Reading::Partial("line 5: not recognised".into()),
                1,
            ),
            (
                kustomization.to_owned(),
                Reading::NotUsed("Kustomization is no object of a cluster".into()),
                0,
            ),
        ];
        for (text, reading, count) in cases {
            let read = read_text("a.yaml", &text).expect("a reading");
            assert_eq!(read.reading, reading, "{text}");
            assert_eq!(read.contributions.len(), count, "{text}");
        }
        let comments = read_text("a.yaml", "# a: 1").expect("a reading");
        assert!(matches!(comments.reading, Reading::NotUsed(_)));
        assert_eq!(read_text("a.yaml", "a: 1"), None);
        assert_eq!(read_text("a.json", "{\"TaskDefinition\": {}}"), None);
    }

    #[test]
    fn moments_are_read_as_every_client_prints_them() {
        let expected = Instant::from_unix(1_795_308_866);
        for value in [
            Value::Int(1_795_308_866),
            Value::Float(1_795_308_866.7),
            Value::string("2026-11-22T00:54:26.700Z"),
            Value::string("2026-11-22 00:54:26.700226+00:00"),
            Value::string("2026-11-22 00:54:26.299735"),
            Value::string("2026-11-22T00:54:26"),
        ] {
            assert_eq!(
                instant(&value).map(Instant::unix),
                expected.map(Instant::unix),
                "{value:?}"
            );
        }
        assert_eq!(instant(&Value::Float(f64::INFINITY)), None);
    }

    /// Names and texts that the readers look for.
    const WORDS: [&str; 60] = [
        "apiVersion",
        "v1",
        "kind",
        "List",
        "PodList",
        "Secret",
        "items",
        "metadata",
        "name",
        "uid",
        "spec",
        "template",
        "data",
        "Resources",
        "Type",
        "AWS::S3::Bucket",
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::SecurityGroupIngress",
        "Properties",
        "GroupId",
        "SecurityGroupIngress",
        "BucketEncryption",
        "ServerSideEncryptionConfiguration",
        "LifecycleConfiguration",
        "Rules",
        "Ref",
        "Fn::Sub",
        "Fn::GetAtt",
        "Fn::Join",
        "Fn::If",
        "Fn::Select",
        "Fn::Split",
        "${a}-${!b}",
        "a.Arn",
        "a",
        "b",
        "TemplateBody",
        "configurationItems",
        "baseConfigurationItems",
        "Results",
        "QueryInfo",
        "resourceType",
        "resourceId",
        "configuration",
        "supplementaryConfiguration",
        "{\"policyText\": 1}",
        "$schema",
        "deploymentTemplate",
        "resources",
        "type",
        "Microsoft.X/y",
        "properties",
        "[variables('a')]",
        "variables",
        "copy",
        "id",
        "/subscriptions/s/providers/Microsoft.X/y/z",
        "value",
        "columns",
        "rows",
    ];

    fn word() -> impl Strategy<Value = String> {
        proptest::sample::select(&WORDS[..]).prop_map(str::to_owned)
    }

    fn tree() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(serde_json::Value::from),
            any::<i64>().prop_map(serde_json::Value::from),
            any::<f64>().prop_map(serde_json::Value::from),
            word().prop_map(serde_json::Value::from),
        ];
        leaf.prop_recursive(6, 64, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
                proptest::collection::btree_map(word(), inner, 0..6)
                    .prop_map(|map| map.into_iter().collect::<serde_json::Value>()),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_content_makes_a_reader_panic_or_point_nowhere(
            value in tree(),
            start in proptest::sample::select(&[
                "{}", r#"{"apiVersion": "v1", "kind": "List"}"#, r#"{"Resources": {}}"#,
                r#"{"configurationItems": []}"#, r#"{"$schema": "deploymentTemplate"}"#,
            ][..]),
        ) {
            let mut value = value;
            let start: serde_json::Value = serde_json::from_str(start).expect("JSON");
            if let (Some(map), Some(start)) = (value.as_object_mut(), start.as_object()) {
                for (name, known) in start {
                    map.entry(name).or_insert_with(|| known.clone());
                }
            }
            let text = serde_json::to_string_pretty(&value).expect("JSON");
            let lines = text.lines().count();
            if let Some(reading) = read_text("a.json", &text) {
                for it in &reading.contributions {
                    prop_assert!(it.place.line <= lines);
                    prop_assert!(!it.resource_type.is_empty());
                }
            }
        }

        #[test]
        fn no_bytes_make_a_reader_panic(bytes: Vec<u8>, name in "a\\.(json|yaml|csv)") {
            if let Ok(decoded) = decode(&name, &bytes) {
                read(&name, &decoded);
            }
        }
    }
}
