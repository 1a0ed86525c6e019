//! What the view answers for a property, by how exports show it: the table that everything else
//! stands on.

use crate::inventory::load::assemble;
use crate::inventory::sources::Sources;
use crate::inventory::walk::ExportFile;
use crate::inventory::{Completeness, Inventory, Reading};
use crate::source::{SourceFile, Value};

const SOURCES: &str = r#"
[[source]]
command = "aws sts get-caller-identity"
tells-account = "Account"
[[source.items]]
type = "AWS::Account"
id = "Account"
unique = "globally"
having = ["UserId"]

[[source]]
command = "aws x list-things"
[[source.items]]
type = "X::Thing"
at = "Ids[]"
id = ""
ids-only = true
lists = true

[[source]]
command = "aws x describe-thing"
options = "--thing <thing> --include EXTRA"
[[source.items]]
type = "X::Thing"
at = "Thing"
with = ["Tags"]
id = "Arn"
also = ["Id"]
name = "Name"
tags = "Tags"
omits = [{ property = "Extra", unless = "--include EXTRA" }]

[[source]]
command = "aws x get-thing-policy"
options = "--thing <thing>"
argument = "id"
empty = "absent"
absent-errors = ["NoSuchPolicy"]
[[source.items]]
type = "X::Thing"
at = "Policy"
id = "{file.argument}"
into = "policy"
json = [""]

[[default]]
type = "X::Thing"
property = "Flag"
value = false
forms = ["cli"]
documented = "https://example.com/flag"

[[default]]
type = "X::Thing"
property = "Parts[].Locked"
value = true
forms = ["cli"]
documented = "https://example.com/locked"

[[default]]
type = "X::Thing"
property = "TemplateOnly"
value = 1
forms = ["template"]
documented = "https://example.com/template"

[[rename]]
type = "X::Thing"
property = "colour"
exports = ["Color"]
"#;

pub(super) fn sources() -> Sources {
    let (sources, diagnostics) = Sources::parse(&[SourceFile::new("s.toml", SOURCES)]);
    let told: Vec<String> = diagnostics
        .into_sorted()
        .iter()
        .map(crate::source::Diagnostic::one_line)
        .collect();
    assert_eq!(told, Vec::<String>::new());
    sources
}

/// Returns the inventory of these files.
pub(super) fn load(files: &[(&str, &str)]) -> Inventory {
    let mut files: Vec<ExportFile> = files
        .iter()
        .map(|(path, text)| ExportFile {
            path: (*path).to_owned(),
            bytes: Ok(text.as_bytes().to_vec()),
            raw: None,
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    assemble(&files, &sources(), &[])
}

/// Paths and contents.
type Files = Vec<(&'static str, String)>;

/// What a property is expected to be.
enum Wanted {
    Is(Value),
    Default(Value),
    Unknown(&'static str),
}

const ARN: &str = "arn:aws:x:eu-west-1:111122223333:thing/t1";

/// Returns the output of `describe-thing` with these properties.
fn described(properties: &str) -> String {
    format!(r#"{{"Thing": {{"Arn": "{ARN}", "Id": "t1", "Name": "one"{properties}}}, "Tags": []}}"#)
}

#[test]
fn a_missing_field_answers_what_the_exports_allow() {
    use Wanted::{Default, Is, Unknown};
    let policy = r#"{"Policy": "{\"Statement\": []}"}"#;
    let denied = "An error occurred (AccessDenied) when calling the GetThingPolicy operation";
    let absent = "An error occurred (NoSuchPolicy) when calling the GetThingPolicy operation";
    let empty_policy: Value = serde_json::from_str(r#"{"Statement": []}"#).expect("JSON");
    let whole = ("x/describe-thing.json", described(""));
    let cases: Vec<(&str, Files, &str, Wanted)> = vec![
        ("present", vec![("x/describe-thing.json", described(r#", "A": 1"#))], "a", Is(Value::Int(1))),
        ("null", vec![("x/describe-thing.json", described(r#", "A": null"#))], "a", Is(Value::Null)),
        ("absent with a documented default", vec![whole.clone()], "flag", Default(Value::Bool(false))),
        ("null with a documented default", vec![("x/describe-thing.json", described(r#", "Flag": null"#))], "flag", Default(Value::Bool(false))),
        ("present with a documented default", vec![("x/describe-thing.json", described(r#", "Flag": true"#))], "flag", Is(Value::Bool(true))),
        ("absent without a default", vec![whole.clone()], "a", Is(Value::Null)),
        ("a default of another form", vec![whole.clone()], "templateOnly", Is(Value::Null)),
        ("left out by this export", vec![whole.clone()], "extra", Unknown("only with `--include EXTRA`")),
        ("left out and shown by another file", vec![whole.clone(), ("x/describe-thing.t1.json", described(r#", "Extra": 1"#))], "extra", Is(Value::Int(1))),
        ("under another name", vec![("x/describe-thing.json", described(r#", "Color": "red""#))], "colour", Is(Value::string("red"))),
        ("only listed", vec![("x/list-things.json", r#"{"Ids": ["t1"]}"#.to_owned())], "a", Unknown("only lists X::Thing; export it with `aws x describe-thing")),
        ("only listed, with a default", vec![("x/list-things.json", r#"{"Ids": ["t1"]}"#.to_owned())], "flag", Unknown("only lists")),
        ("part there", vec![whole.clone(), ("x/get-thing-policy.t1.json", policy.to_owned())], "policy", Is(empty_policy.clone())),
        ("part named by the end of the id", vec![whole.clone(), ("x/get-thing-policy.one.json", policy.to_owned())], "policy", Is(empty_policy)),
        ("part missing", vec![whole.clone()], "policy", Unknown("run `aws x get-thing-policy --thing <thing>`")),
        ("part denied", vec![whole.clone(), ("x/get-thing-policy.t1.stderr.txt", denied.to_owned())], "policy", Unknown("was denied (AccessDenied), see x/get-thing-policy.t1.stderr.txt")),
        ("part failed", vec![whole.clone(), ("x/get-thing-policy.t1.stderr.txt", "boom".to_owned())], "policy", Unknown("failed (boom)")),
        ("part not configured", vec![whole.clone(), ("x/get-thing-policy.t1.json", String::new()), ("x/get-thing-policy.t1.stderr.txt", absent.to_owned())], "policy", Is(Value::Null)),
        ("part not configured, no output at all", vec![whole.clone(), ("x/get-thing-policy.t1.stderr.txt", absent.to_owned())], "policy", Is(Value::Null)),
        ("part empty, success known", vec![whole.clone(), ("x/get-thing-policy.t1.json", String::new()), ("x/get-thing-policy.t1.stderr.txt", String::new())], "policy", Is(Value::Null)),
        ("part empty, success not known", vec![whole.clone(), ("x/get-thing-policy.t1.json", String::new())], "policy", Unknown("a failed command leaves the same")),
        ("part empty, exit code stated", vec![whole.clone(), ("x/get-thing-policy.t1.json", String::new()), ("manifest.toml", "[[file]]\npath = \"x/get-thing-policy.t1.json\"\nexit-code = 0\n".to_owned())], "policy", Is(Value::Null)),
        ("part empty, failure stated", vec![whole.clone(), ("x/get-thing-policy.t1.json", String::new()), ("manifest.toml", "[[file]]\npath = \"x/get-thing-policy.t1.json\"\nexit-code = 254\n".to_owned())], "policy", Unknown("exit code 254")),
        ("part of which only the manifest tells", vec![whole.clone(), ("manifest.toml", "[[file]]\npath = \"x/get-thing-policy.t1.json\"\nexit-code = 254\nerror = \"An error occurred (NoSuchPolicy) when calling x\"\n".to_owned())], "policy", Is(Value::Null)),
        ("part that says nothing", vec![whole.clone(), ("x/get-thing-policy.t1.json", "{}".to_owned())], "policy", Is(Value::Null)),
        ("part cut off", vec![whole.clone(), ("x/get-thing-policy.t1.json", "{\"Policy\": \"".to_owned())], "policy", Unknown("can't be used")),
        ("part changed after it was exported", vec![whole.clone(), ("x/get-thing-policy.t1.json", policy.to_owned()), ("manifest.toml", format!("[[file]]\npath = \"x/get-thing-policy.t1.json\"\ndigest = \"{}\"\n", "0".repeat(64)))], "policy", Unknown("SHA-256")),
        ("two files disagree", vec![("x/describe-thing.json", described(r#", "A": 1"#)), ("x/describe-thing.again.json", described(r#", "A": 2"#))], "a", Unknown("x/describe-thing.again.json and x/describe-thing.json disagree about A")),
        ("two files, times stated", vec![("x/describe-thing.json", described(r#", "A": 1"#)), ("x/describe-thing.again.json", described(r#", "A": 2"#)), ("manifest.toml", "[[file]]\npath = \"x/describe-thing.json\"\nended = 2026-01-02T00:00:00Z\n[[file]]\npath = \"x/describe-thing.again.json\"\nended = 2026-01-01T00:00:00Z\n".to_owned())], "a", Is(Value::Int(1))),
        ("option stated by the manifest", vec![whole.clone(), ("manifest.toml", "[[file]]\npath = \"x/describe-thing.json\"\ncommand = \"aws x describe-thing --thing t1 --include EXTRA\"\n".to_owned())], "extra", Is(Value::Null)),
    ];
    for (what, files, property, wanted) in cases {
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (*path, text.as_str()))
            .collect();
        let inventory = load(&files);
        let things = inventory.resources("X::Thing");
        assert_eq!(things.len(), 1, "{what}: one thing, not {things:#?}");
        let found = things.first().map(|thing| thing.properties.get(property));
        match (found, wanted) {
            (Some(Value::Default(value)), Default(expected)) => {
                assert_eq!(*value, expected, "{what}");
            }
            (Some(Value::Unknown(unknown)), Unknown(part)) => {
                assert!(
                    unknown.reason().contains(part),
                    "{what}: {}",
                    unknown.reason()
                );
            }
            (found, Is(expected)) => assert_eq!(found, Some(expected), "{what}"),
            (found, Default(_) | Unknown(_)) => panic!("{what}: {found:?}"),
        }
    }
}

#[test]
fn the_group_of_all_types_holds_everything_and_is_never_complete() {
    use crate::inventory::ANY;
    let account = (
        "sts/get-caller-identity.json",
        r#"{"Account": "111122223333", "UserId": "u", "Arn": "a"}"#,
    );
    let listed = ("x/list-things.json", r#"{"Ids": ["t1", "t2"]}"#);
    let types = |inventory: &Inventory| -> Vec<String> {
        let all = inventory.resources(ANY).iter();
        all.map(|one| one.meta.resource_type.clone()).collect()
    };
    let inventory = load(&[account, listed]);
    assert_eq!(types(&inventory), ["AWS::Account", "X::Thing", "X::Thing"]);
    assert!(matches!(
        inventory.completeness(ANY),
        Completeness::Partial(_)
    ));
    assert_eq!(inventory.cut(ANY), None);
    let inventory = load(&[
        account,
        (
            "x/list-things.json",
            r#"{"Ids": ["t1"], "NextToken": "more"}"#,
        ),
    ]);
    let cut = inventory.cut(ANY).expect("a page of several");
    assert!(cut.starts_with("X::Thing: "), "{cut}");
    let nothing = load(&[]);
    assert!(matches!(
        nothing.completeness(ANY),
        Completeness::Missing(_)
    ));
}

#[test]
fn defaults_reach_into_lists_of_objects() {
    let inventory = load(&[(
        "x/describe-thing.json",
        &described(r#", "Parts": [{"N": 1}, {"N": 2, "Locked": false}]"#),
    )]);
    let thing = inventory.resources("X::Thing").first().expect("a thing");
    let parts = thing.properties.get("parts");
    let locked: Vec<Value> = parts
        .as_list()
        .expect("a list")
        .iter()
        .map(|part| part.get("locked"))
        .collect();
    assert_eq!(
        locked,
        [
            Value::Default(std::sync::Arc::new(Value::Bool(true))),
            Value::Bool(false)
        ]
    );
}

#[test]
fn the_order_of_files_does_not_matter_and_accounts_never_merge() {
    let other = described(r#", "A": 2"#).replace("111122223333", "444455556666");
    let one = described(r#", "A": 1"#);
    let lists = r#"{"Ids": ["t1"]}"#;
    let files = [
        ("good/x/describe-thing.json", one.as_str()),
        ("bad/x/describe-thing.json", other.as_str()),
        ("good/x/list-things.json", lists),
        ("bad/x/list-things.json", lists),
        (
            "good/sts/get-caller-identity.json",
            r#"{"UserId": "u", "Account": "111122223333"}"#,
        ),
        (
            "bad/sts/get-caller-identity.json",
            r#"{"UserId": "u", "Account": "444455556666"}"#,
        ),
    ];
    let inventory = load(&files);
    let things: Vec<(Option<&str>, Value)> = inventory
        .resources("x::thing")
        .iter()
        .map(|thing| (thing.meta.account.as_deref(), thing.properties.get("a")))
        .collect();
    assert_eq!(
        things,
        [
            (Some("111122223333"), Value::Int(1)),
            (Some("444455556666"), Value::Int(2))
        ]
    );
    let mut reversed = files;
    reversed.reverse();
    let again = load(&reversed);
    assert_eq!(
        inventory.iter().collect::<Vec<_>>(),
        again.iter().collect::<Vec<_>>()
    );
}

#[test]
fn a_type_is_complete_only_where_a_whole_list_says_so() {
    let listed = r#"{"Ids": ["t1"]}"#;
    let paged = r#"{"Ids": ["t1"], "NextToken": "more"}"#;
    let denied = "An error occurred (AccessDenied) when calling the ListThings operation";
    let thing = described("");
    let complete = |files: &[(&str, &str)]| load(files).completeness("X::Thing");
    assert_eq!(
        complete(&[("x/list-things.json", listed)]),
        Completeness::Complete
    );
    assert_eq!(
        complete(&[("x/list-things.json", r#"{"Ids": []}"#)]),
        Completeness::Complete
    );
    let cases: [(&[(&str, &str)], &str); 5] = [
        (
            &[("x/list-things.json", paged)],
            "`NextToken` was not followed",
        ),
        (
            &[("x/describe-thing.json", &thing)],
            "run `aws x list-things`",
        ),
        (
            &[("x/list-things.stderr.txt", denied)],
            "was denied (AccessDenied)",
        ),
        (
            &[("x/list-things.prod.json", listed)],
            "run `aws x list-things`",
        ),
        (&[], "run `aws x list-things`"),
    ];
    for (files, part) in cases {
        match complete(files) {
            Completeness::Partial(reason) | Completeness::Missing(reason) => {
                assert!(
                    reason.to_lowercase().contains(&part.to_lowercase()),
                    "{files:?}: {reason}"
                );
            }
            Completeness::Complete => panic!("{files:?} is not complete"),
        }
    }
}

#[test]
fn every_file_is_listed_with_what_it_came_to() {
    let inventory = load(&[
        ("manifest.toml", "[[file]]\npath = \"gone.json\"\n"),
        ("notes.md", "# Notes"),
        ("other.json", r#"{"what": "ever"}"#),
        ("x/get-thing-policy.nobody.json", r#"{"Policy": "{}"}"#),
        ("x/get-thing-policy.json", r#"{"Policy": "{}"}"#),
        (
            "found.json",
            r#"{"Thing": {"Arn": "arn:aws:x:eu-west-1:111122223333:thing/t9"}}"#,
        ),
    ]);
    let told: Vec<(&str, String)> = inventory
        .files
        .iter()
        .map(|file| (file.path.as_str(), format!("{:?}", file.reading)))
        .collect();
    let expected = [
        ("found.json", "Whole"),
        (
            "manifest.toml",
            "Partial(\"it states files that are not there: gone.json",
        ),
        ("notes.md", "NotRecognised(\"it is not JSON, YAML or CSV"),
        (
            "other.json",
            "NotRecognised(\"neither its name nor its content",
        ),
        (
            "x/get-thing-policy.json",
            "Partial(\"1 of its items can't be identified: the content does not say which resource",
        ),
        ("x/get-thing-policy.nobody.json", "Whole"),
    ];
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for ((path, reading), (expected_path, start)) in told.iter().zip(expected) {
        assert_eq!(*path, expected_path);
        assert!(reading.starts_with(start), "{path}: {reading}");
    }
    assert!(matches!(
        inventory.files.first().map(|file| &file.reading),
        Some(Reading::Whole)
    ));
    assert_eq!(inventory.resources("X::Thing").len(), 2);
}

mod nothing_panics {
    use proptest::prelude::*;

    use super::*;

    fn name() -> impl Strategy<Value = String> {
        proptest::sample::select(
            &[
                "x/list-things.json",
                "x/describe-thing.json",
                "x/describe-thing.a%2Fb.json",
                "x/get-thing-policy.t1.json",
                "x/get-thing-policy.t1.stderr.txt",
                "manifest.toml",
                "sts/get-caller-identity.json",
                "x.yaml",
                "x/describe-thing.json.gz",
                "a.csv",
            ][..],
        )
        .prop_map(str::to_owned)
    }

    fn tree() -> impl Strategy<Value = serde_json::Value> {
        let words = [
            "Thing",
            "Ids",
            "Arn",
            "Tags",
            "Policy",
            "NextToken",
            "Id",
            "Account",
            "value",
            "t1",
        ];
        let word = proptest::sample::select(words.to_vec()).prop_map(str::to_owned);
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<i64>().prop_map(serde_json::Value::from),
            any::<f64>().prop_map(serde_json::Value::from),
            word.clone().prop_map(serde_json::Value::from),
        ];
        leaf.prop_recursive(5, 40, 5, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
                proptest::collection::btree_map(word.clone(), inner, 0..5)
                    .prop_map(|map| map.into_iter().collect::<serde_json::Value>()),
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_stands_in_files(
            trees in proptest::collection::btree_map(name(), tree(), 0..4),
            bytes in proptest::collection::btree_map("[a-z.%/]{1,12}", any::<Vec<u8>>(), 0..3),
        ) {
            let files: Vec<ExportFile> = trees
                .into_iter()
                .map(|(path, value)| (path, value.to_string().into_bytes()))
                .chain(bytes)
                .map(|(path, bytes)| ExportFile { path, bytes: Ok(bytes), raw: None })
                .collect();
            let inventory = assemble(&files, &sources(), &[]);
            prop_assert_eq!(inventory.files.len(), files.len());
        }
    }
}
