use std::sync::Arc;

use super::*;
use crate::human::Human;
use crate::inventory::Inventory;
use crate::source::{Code, Date, Diagnostics, Map, SourceFile, Span, Spanned, TimeZone, Unknown};

fn data() -> Arc<Data> {
    let params: Map = [("limit", Value::Int(3))].into_iter().collect();
    let lists: Map = [(
        "names",
        serde_json::from_str(r#"{"ok": ["a"]}"#).expect("JSON"),
    )]
    .into_iter()
    .collect();
    Data::new(
        Inventory::default(),
        &[],
        params,
        lists,
        &Human::default(),
        Date::new(2026, 11, 22).expect("a date"),
        TimeZone::default(),
    )
}

fn compiled(text: &str) -> Result<Expression, Vec<(Code, String)>> {
    let data = data();
    let file = SourceFile::new("page.md", format!("assert = '''{text}'''"));
    let span = Span::new(9, file.text().len());
    let mut diagnostics = Diagnostics::new();
    let (params, lists) = (
        data.params.as_map().expect("params"),
        data.lists.as_map().expect("lists"),
    );
    let place = Place {
        file: &file,
        roots: Roots::Item,
        params,
        lists,
    };
    let expression = compile(
        &data.environment,
        &Spanned::new(text.to_owned(), span),
        place,
        &mut diagnostics,
    );
    expression.ok_or_else(|| {
        diagnostics
            .into_sorted()
            .into_iter()
            .map(|diagnostic| (diagnostic.code, file.slice(diagnostic.span).to_owned()))
            .collect()
    })
}

fn item(text: &str) -> Value {
    let mut item: Value = serde_json::from_str(text).expect("JSON");
    if let Value::Map(map) = &mut item {
        let map = Arc::make_mut(map);
        map.insert("unknown", Value::unknown("the export omits it"));
        map.insert("assumed", Value::Default(Arc::new(Value::Bool(false))));
        let mut open = Map::new();
        open.insert("shown", Value::Int(1));
        open.set_open(Some(Unknown::new("only a part was exported")));
        map.insert("open", open.into());
    }
    item
}

fn asked(text: &str) -> Answer<bool> {
    let item = item(
        r#"{"a": 1, "name": "x", "none": null, "empty": [], "list": [1, 2], "maps": [{"on": true}, {}], "Nested": {"Deep": "y"}}"#,
    );
    condition(&compiled(text).expect(text), &Subject::Item(item), &data())
}

#[test]
fn conditions_are_decided_only_by_what_is_known() {
    let absent = |name: &str| Err(Trouble::Absent(name.to_owned()));
    let unknown = |reason: &str| Err(Trouble::Unknown(vec![reason.to_owned()]));
    let cases = [
        ("item.a == 1", Ok(true)),
        ("item.nested.deep == 'y'", Ok(true)),
        ("item.missing == 1", absent("missing")),
        ("item.none == 1", absent("none")),
        ("has(item.none)", Ok(false)),
        ("has(item.missing) && item.missing == 1", Ok(false)),
        ("item.?missing.orValue(false)", Ok(false)),
        ("item.?a.orValue(0) == 1", Ok(true)),
        ("item.unknown == 1", unknown("the export omits it")),
        ("has(item.unknown)", unknown("the export omits it")),
        ("!has(item.unknown)", unknown("the export omits it")),
        (
            "item.?unknown.orValue(true)",
            unknown("the export omits it"),
        ),
        ("item.unknown == 1 || true", unknown("the export omits it")),
        ("true || item.unknown == 1", Ok(true)),
        ("'unknown' in item", unknown("the export omits it")),
        ("item.open.shown == 1", Ok(true)),
        ("has(item.open.hidden)", unknown("only a part was exported")),
        ("size(item.open) == 1", unknown("only a part was exported")),
        (
            "item.open.exists(k, k == 'shown')",
            unknown("only a part was exported"),
        ),
        ("size(items(item, 'missing')) == 0", Ok(true)),
        ("size(items(item, 'a')) == 1", Ok(true)),
        (
            "size(items(item, 'unknown')) == 0",
            unknown("the export omits it"),
        ),
        ("size(item.list) > 0 && item.list.all(i, i > 0)", Ok(true)),
        (
            "size(item.empty) > 0 && item.empty.all(i, i > 0)",
            Ok(false),
        ),
        (
            "size(item.maps) > 0 && item.maps.all(m, m.on)",
            absent("on"),
        ),
        ("item.maps.exists(m, m.?on.orValue(false))", Ok(true)),
        (
            "size(resources('AWS::EC2::VPC')) == 0",
            unknown("AWS::EC2::VPC: no export shows it"),
        ),
        (
            "lookup('AWS::KMS::Key', 'k').enabled",
            unknown("no export shows the AWS::KMS::Key `k`"),
        ),
        ("!exported('AWS::KMS::Key')", Ok(true)),
        ("size(shownAs('nobody')) == 0", Ok(true)),
        ("restricted(item.?missing.orValue({}))", Ok(false)),
        (
            "restricted({'StringEquals': {'aws:PrincipalOrgID': 'o-1'}})",
            Ok(true),
        ),
        ("stated(item, 'a') && !stated(item, 'missing')", Ok(true)),
        ("stated(item, 'assumed') || stated(item, 'none')", Ok(false)),
        ("stated(item, 'unknown')", unknown("the export omits it")),
        (
            "stated(item.open, 'hidden')",
            unknown("only a part was exported"),
        ),
        (
            "item.a in params.limit",
            Err(Trouble::Failed(String::new())),
        ),
        ("item.name", Err(Trouble::Failed(String::new()))),
        ("ageDays('2026-11-20') == days(2)", Ok(true)),
        ("ageDays(1795309729) == 0", Ok(true)),
        ("'a' in lists.names.ok", Ok(true)),
    ];
    for (text, expected) in cases {
        let value = asked(text).value;
        match (&value, &expected) {
            (Err(Trouble::Failed(_)), Err(Trouble::Failed(_))) => {}
            (value, expected) => assert_eq!(value, expected, "{text}"),
        }
    }
}

#[test]
fn a_documented_default_decides_and_is_told() {
    let answer = asked("!item.assumed");
    assert_eq!(answer.value, Ok(true));
    assert_eq!(answer.by_default, ["assumed = false"]);
    assert_eq!(asked("item.a == 1").by_default, Vec::<String>::new());
}

#[test]
fn what_one_evaluation_touched_does_not_reach_the_next() {
    assert!(asked("has(item.unknown)").value.is_err());
    assert_eq!(asked("item.a == 1").value, Ok(true));
}

#[test]
fn texts_show_values_as_people_write_them() {
    let item = item(r#"{"name": "x", "list": [1, "a"]}"#);
    for (expression, expected) in [
        ("item.name", "x"),
        ("item.list", "[1,\"a\"]"),
        ("'n: ' + string(size(item.list))", "n: 2"),
    ] {
        let answer = text(
            &compiled(expression).expect(expression),
            &Subject::Item(item.clone()),
            &data(),
        );
        assert_eq!(answer.value.as_deref(), Ok(expected), "{expression}");
    }
}

#[test]
fn mistakes_are_found_when_the_book_loads_and_point_at_their_word() {
    let cases = [
        ("item.a ==", Code::InvalidExpression),
        ("(", Code::InvalidExpression),
        ("1 +", Code::InvalidExpression),
        ("resource.a == 1", Code::UnknownVariable),
        ("itm.a == 1", Code::UnknownVariable),
        ("item.list.exists(x, y == 1)", Code::UnknownVariable),
        ("sise(item.list) == 1", Code::UnknownFunction),
        ("cidrContains(item.a)", Code::UnknownFunction),
        ("item.items('a') == []", Code::UnknownFunction),
        (
            "resources(item.name).exists(r, true)",
            Code::UnknownFunction,
        ),
        ("params.limt == 1", Code::UnknownReference),
        ("lists.nowhere.a", Code::UnknownReference),
        ("item.list.all(x, x > 0)", Code::UnguardedAll),
        (
            "item.list.filter(x, x > 0).all(x, x > 0)",
            Code::UnguardedAll,
        ),
        ("item.?list.orValue([]).all(x, x > 0)", Code::InvalidToml),
        ("items(item, 'list').all(x, x > 0)", Code::InvalidToml),
        (
            "size(item.list) > 0 && item.list.all(x, x > 0)",
            Code::InvalidToml,
        ),
        ("['a', 'b'].all(x, x in item)", Code::InvalidToml),
    ];
    for (text, code) in cases {
        match compiled(text) {
            Ok(_) => assert_eq!(code, Code::InvalidToml, "{text} compiles"),
            Err(found) => assert!(
                found.iter().any(|(found, _)| *found == code),
                "{text}: {found:?}"
            ),
        }
    }
    let deep = format!("{}item.a{}", "(".repeat(60), ")".repeat(60));
    assert_eq!(
        compiled(&deep)
            .err()
            .and_then(|found| found.first().map(|(code, _)| *code)),
        Some(Code::ExpressionTooLarge)
    );
    let long = format!("item.a == {}", "1 + ".repeat(3_000));
    assert_eq!(
        compiled(&long)
            .err()
            .and_then(|found| found.first().map(|(code, _)| *code)),
        Some(Code::ExpressionTooLarge)
    );
}

#[test]
fn a_mistake_points_at_its_own_bytes_past_characters_of_many() {
    let found = compiled("item.name == 'カード' && itm.a == 1").expect_err("a mistake");
    assert_eq!(found, [(Code::UnknownVariable, "itm".to_owned())]);
    let found = compiled("item.name == 'カード' && ]").expect_err("a mistake");
    assert_eq!(found, [(Code::InvalidExpression, "]".to_owned())]);
}

#[test]
fn every_function_of_ours_is_declared_with_its_number_of_arguments() {
    for function in FUNCTIONS
        .iter()
        .filter(|function| function.origin == names::Origin::Workbook)
    {
        let args = vec!["null"; function.arities[0]].join(", ");
        let text = format!("{}({args}) == null", function.name);
        let program = data().environment.env().compile(&text).expect("it parses");
        let context = Context::with_env(Arc::clone(&data().environment.0));
        let error = program.execute(&context).err();
        assert!(
            !matches!(
                error,
                Some(ExecutionError::UndeclaredReference(_) | ExecutionError::NoSuchOverload(_))
            ),
            "{text}: {error:?}"
        );
    }
}

proptest::proptest! {
    #[test]
    fn any_text_compiles_or_is_a_diagnostic(text in "[ -~\\n]{0,60}") {
        let _ = compiled(&text);
    }

    #[test]
    fn any_mixture_of_expression_words_compiles_or_is_a_diagnostic(words in proptest::collection::vec(
        proptest::sample::select(vec!["item", ".a", ".?b", "(", ")", "[", "]", "{", "}", "'x'", "1", "==", "&&", "||", "!", "-", "?", ":", ".all(", "x,", ".exists(", "has(", "size(", ",", "in", "\"", "0x", "1.5e", "null"]), 0..14)) {
        let _ = compiled(&words.join(" "));
    }
}
