//! The examples of the guide are themselves sound, and so are the names it mentions.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::*;
use crate::check::{self, Digests, Environment, Known};
use crate::source::{Map, Value, render};

fn guide(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("book/src/guide");
    fs::read_to_string(path.join(name))
        .expect("a page of the guide")
        .replace("\r\n", "\n")
}

/// Returns the blocks of a page between a fence with this info and its end.
fn examples(page: &str, fence: &str, info: &str) -> Vec<String> {
    page.split(&format!("\n{fence}{info}\n"))
        .skip(1)
        .filter_map(|rest| rest.split(&format!("\n{fence}\n")).next())
        .map(|text| format!("{text}\n"))
        .collect()
}

fn sound(diagnostics: Diagnostics) {
    let diagnostics = diagnostics.into_sorted();
    assert!(
        diagnostics.is_empty(),
        "{}",
        render(&diagnostics, 100, crate::source::Colour::Off)
    );
}

/// Asserts that the blocks of a page become checks.
fn compiles(page: Page) {
    let params: Map = [
        ("secret_rotation_days", Value::Int(90)),
        ("data_class_tag", Value::string("DataClass")),
        ("data_class_values", Value::list(Vec::new())),
    ]
    .into_iter()
    .collect();
    let known = Known {
        environment: &Environment::new(),
        params: &params,
        lists: &Map::new(),
        schemas: &BTreeMap::new(),
        digests: &Digests::default(),
    };
    let blocks = page.blocks.len();
    let (checks, diagnostics) = check::read(&[page], known);
    sound(diagnostics);
    assert_eq!(checks.len(), blocks);
}

#[test]
fn example_pages_of_the_guide_are_sound() {
    let pages = examples(&guide("page-format.md"), "````", "markdown");
    let [page, document] = pages.as_slice() else {
        panic!("an example of a page and one of a document")
    };
    let checks = examples(&guide("checks.md"), "````", "markdown").concat();
    assert!(checks.contains("toml check"), "an example of a check");
    let file = SourceFile::new("book/src/ecs/ecs-example.md", format!("{page}\n{checks}"));
    let (page, diagnostics) = book::parse_page("ecs/ecs-example.md", &file);
    sound(diagnostics);
    let (book, diagnostics) = book::assemble(vec![page], Vec::new(), None, None);
    sound(diagnostics);
    for page in book.pages {
        compiles(page);
    }
    let file = SourceFile::new("policies/example.md", document.clone());
    sound(book::parse_document("policies/example.md", &file).1);
}

#[test]
fn example_conditions_of_the_guide_compile() {
    let conditions = examples(&guide("checks.md"), "```", "cel").concat();
    let front =
        "+++\nid = \"ecs-x\"\ntitle = \"x\"\n[[statements]]\nid = \"x-a\"\nlabel = \"x\"\n+++\n";
    let mut text = front.to_owned();
    for (n, condition) in conditions.lines().enumerate() {
        let _ = write!(
            text,
            "\n```toml check\nid = \"x-{n}\"\ntitle = \"x\"\nstatements = [\"x-a\"]\nbasis = \"source\"\n\
             strength = \"direct\"\nseverity = \"low\"\nfix = \"x\"\n[[configuration]]\nresource = \"X\"\n\
             assert = '{condition}'\nshows = '\"x\"'\nmessage = '\"x\"'\n```\n"
        );
    }
    let (page, diagnostics) = book::parse_page("ecs/ecs-x.md", &SourceFile::new("x", text));
    sound(diagnostics);
    assert!(page.blocks.len() > 3, "examples of conditions");
    compiles(page);
}

#[test]
fn toml_examples_of_the_guide_are_read() {
    let mut read = 0;
    for text in examples(&guide("getting-started.md"), "```", "toml") {
        let file = SourceFile::new("evidence/example.toml", text.clone());
        if text.contains("[[scope]]") {
            let whole = format!(
                "organisation = \"x\"\nentity = [\"merchant\"]\nplatforms = [\"azure-aks\"]\n{text}"
            );
            sound(config::parse(&SourceFile::new("workbook.toml", whole)).1);
            read += 1;
        }
        if text.contains("[[entry]]") {
            sound(human::parse_register(&file, &BTreeMap::new()).1);
            read += 1;
        }
        if text.contains("[[exception]]") {
            sound(human::parse_exceptions(&file).1);
            read += 1;
        }
    }
    assert_eq!(read, 3, "an example each of scope, register and exception");
}

#[test]
fn paths_that_the_guide_and_the_readme_name_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("the README");
    let mut missing = Vec::new();
    for page in [guide("architecture.md"), guide("diagnostics.md"), readme] {
        let quoted = page.split('`').skip(1).step_by(2);
        let linked = page
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        for path in quoted.chain(linked) {
            let path = path.split('#').next().unwrap_or(path);
            let begins = [
                "src/",
                "tests/",
                "book/src/",
                "checks/",
                "templates/",
                "LICENSE",
                "NOTICE",
            ]
            .iter()
            .any(|start| path.starts_with(start));
            if begins && !path.contains(['<', '*', ' ']) && !root.join(path).exists() {
                missing.push(path.to_owned());
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}
