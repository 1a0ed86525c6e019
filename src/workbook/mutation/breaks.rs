//! Every way in which one file of an example is broken, one field at a time.

use serde_json::Value as Json;

use super::node::{Change, Node, Shape, Step};

/// A broken file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken {
    /// The field, such as `services[].launchType`.
    pub(super) field: String,
    /// What was done to it.
    pub(super) change: Change,
    /// The file as it then is.
    pub(super) text: String,
}

/// Returns the broken versions of a file, or nothing if its format is not one that is broken.
pub(super) fn breaks(path: &str, text: &str) -> Option<Vec<Broken>> {
    let (_, extension) = path.rsplit_once('.')?;
    match extension {
        "json" => {
            let value: Json = serde_json::from_str(text).ok()?;
            Some(all(&value, &|value: &Json| value.to_string()))
        }
        "toml" => {
            let value: toml::Value = toml::from_str(text).ok()?;
            Some(all(&value, &|value: &toml::Value| {
                toml::to_string(value).unwrap_or_default()
            }))
        }
        "md" => document(text),
        "csv" => Some(table(text)),
        _ => None,
    }
}

fn all<N: Node>(root: &N, write: &dyn Fn(&N) -> String) -> Vec<Broken> {
    let mut broken = Vec::new();
    let mut path = Vec::new();
    walk(root, root, &mut path, write, &mut broken);
    broken
}

const CHANGES: [Change; 6] = [
    Change::Emptied,
    Change::Flipped,
    Change::Lowered,
    Change::Raised,
    Change::Other,
    Change::Aged,
];

fn walk<N: Node>(
    root: &N,
    here: &N,
    path: &mut Vec<Step>,
    write: &dyn Fn(&N) -> String,
    broken: &mut Vec<Broken>,
) {
    if let Some((last, above)) = path.split_last() {
        let mut copy = root.clone();
        if let Some(parent) = at(&mut copy, above) {
            parent.take(last);
            push(path, Change::Removed, write(&copy), broken);
        }
    }
    for change in CHANGES {
        let mut copy = root.clone();
        if at(&mut copy, path).is_some_and(|value| value.change(change)) {
            push(path, change, write(&copy), broken);
        }
    }
    match here.shape() {
        Shape::Map(keys) => {
            for key in keys {
                descend(root, here, Step::Key(key), path, write, broken);
            }
        }
        Shape::List(length) => {
            for index in 0..length {
                descend(root, here, Step::Item(index), path, write, broken);
            }
        }
        Shape::Text(text) => embedded(root, &text, path, write, broken),
        Shape::Number | Shape::Truth | Shape::Date | Shape::Nothing => {}
    }
}

fn descend<N: Node>(
    root: &N,
    here: &N,
    step: Step,
    path: &mut Vec<Step>,
    write: &dyn Fn(&N) -> String,
    broken: &mut Vec<Broken>,
) {
    let mut here = here.clone();
    if let Some(child) = here.inner(&step) {
        path.push(step);
        walk(root, &*child, path, write, broken);
        path.pop();
    }
}

/// Breaks the JSON that a text holds, as policies do.
fn embedded<N: Node>(
    root: &N,
    text: &str,
    path: &[Step],
    write: &dyn Fn(&N) -> String,
    broken: &mut Vec<Broken>,
) {
    if !text.trim_start().starts_with(['{', '[']) {
        return;
    }
    let Ok(inside) = serde_json::from_str::<Json>(text) else {
        return;
    };
    for inner in all(&inside, &|value: &Json| value.to_string()) {
        let mut copy = root.clone();
        if let Some(value) = at(&mut copy, path) {
            value.put_text(inner.text);
            let mut whole = path.to_vec();
            whole.push(Step::Inside);
            broken.push(Broken {
                field: format!("{}{}", name(&whole), inner.field),
                change: inner.change,
                text: write(&copy),
            });
        }
    }
}

fn at<'n, N: Node>(root: &'n mut N, path: &[Step]) -> Option<&'n mut N> {
    let mut here = root;
    for step in path {
        here = here.inner(step)?;
    }
    Some(here)
}

fn push(path: &[Step], change: Change, text: String, broken: &mut Vec<Broken>) {
    broken.push(Broken {
        field: name(path),
        change,
        text,
    });
}

/// Writes a path without the numbers of items: `services[].launchType`, `Policy/Statement[].Effect`.
fn name(path: &[Step]) -> String {
    let mut name = String::new();
    for step in path {
        match step {
            Step::Key(key) => {
                if !name.is_empty() && !name.ends_with('/') {
                    name.push('.');
                }
                name.push_str(key);
            }
            Step::Item(_) => name.push_str("[]"),
            Step::Inside => name.push('/'),
        }
    }
    name
}

/// Breaks a document: each key of its front matter, and the text of each section.
fn document(text: &str) -> Option<Vec<Broken>> {
    let rest = text.strip_prefix("+++\n")?;
    let (front, body) = rest.split_once("\n+++\n")?;
    let value: toml::Value = toml::from_str(front).ok()?;
    let mut broken = all(&value, &|value: &toml::Value| {
        let front = toml::to_string(value).unwrap_or_default();
        format!("+++\n{front}+++\n{body}")
    });
    let lines: Vec<&str> = body.lines().collect();
    for (number, line) in lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.starts_with("## "))
    {
        let end = lines
            .iter()
            .skip(number + 1)
            .position(|line| line.starts_with("## "))
            .map_or(lines.len(), |count| number + 1 + count);
        for (change, from) in [(Change::Emptied, number + 1), (Change::Removed, number)] {
            let kept: Vec<&str> = lines
                .iter()
                .enumerate()
                .filter(|(at, _)| !(from..end).contains(at))
                .map(|(_, line)| *line)
                .collect();
            broken.push(Broken {
                field: (*line).to_owned(),
                change,
                text: format!("+++\n{front}\n+++\n{}\n", kept.join("\n")),
            });
        }
    }
    Some(broken)
}

/// Breaks a table of a CSV file: each row, each cell.
fn table(text: &str) -> Vec<Broken> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let rows: Vec<Vec<String>> = reader
        .records()
        .filter_map(Result::ok)
        .map(|row| row.iter().map(str::to_owned).collect())
        .collect();
    let Some((header, data)) = rows.split_first() else {
        return Vec::new();
    };
    let write = |rows: &[Vec<String>]| {
        let mut writer = csv::WriterBuilder::new()
            .flexible(true)
            .from_writer(Vec::new());
        for row in std::iter::once(header).chain(rows) {
            // Writing to memory fails for nothing that a reader gave.
            let _ = writer.write_record(row);
        }
        writer
            .into_inner()
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .unwrap_or_default()
    };
    let mut broken = Vec::new();
    for (number, row) in data.iter().enumerate() {
        let mut without = data.to_vec();
        without.remove(number);
        broken.push(Broken {
            field: "[]".to_owned(),
            change: Change::Removed,
            text: write(&without),
        });
        for (column, cell) in row.iter().enumerate() {
            let field = header.get(column).map_or("", String::as_str);
            for change in [Change::Emptied, Change::Other, Change::Aged] {
                let mut value = Json::from(cell.as_str());
                if !value.change(change) {
                    continue;
                }
                let mut changed = data.to_vec();
                if let Some(cell) = changed.get_mut(number).and_then(|row| row.get_mut(column)) {
                    value.as_str().unwrap_or_default().clone_into(cell);
                }
                broken.push(Broken {
                    field: format!("[].{field}"),
                    change,
                    text: write(&changed),
                });
            }
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(path: &str, text: &str) -> Vec<String> {
        breaks(path, text)
            .unwrap_or_default()
            .iter()
            .map(|broken| {
                format!(
                    "{} {}: {}",
                    broken.field,
                    broken.change.as_str(),
                    broken.text.trim_end()
                )
            })
            .collect()
    }

    #[test]
    fn each_field_of_json_is_broken_by_itself() {
        assert_eq!(
            told("a.json", r#"{"a":[{"b":true}],"n":2}"#),
            [
                r" emptied: {}",
                r#"a removed: {"n":2}"#,
                r#"a emptied: {"a":[],"n":2}"#,
                r#"a[] removed: {"a":[],"n":2}"#,
                r#"a[] emptied: {"a":[{}],"n":2}"#,
                r#"a[].b removed: {"a":[{}],"n":2}"#,
                r#"a[].b flipped: {"a":[{"b":false}],"n":2}"#,
                r#"n removed: {"a":[{"b":true}]}"#,
                r#"n lowered: {"a":[{"b":true}],"n":0}"#,
                r#"n raised: {"a":[{"b":true}],"n":2000}"#,
            ]
        );
    }

    #[test]
    fn a_policy_in_a_text_is_broken_inside() {
        let told = told("a.json", r#"{"Policy":"{\"Effect\":\"Deny\"}"}"#);
        assert!(
            told.contains(
                &r#"Policy/Effect other: {"Policy":"{\"Effect\":\"mutant\"}"}"#.to_owned()
            ),
            "{told:#?}"
        );
    }

    #[test]
    fn dates_age_and_digits_stay_digits() {
        let json = told("a.json", r#"{"at":"2026-11-22T01:00:00Z","port":"443"}"#);
        assert!(
            json.iter()
                .any(|line| line.contains("at aged") && line.contains("2016-11-22T01"))
        );
        assert!(
            json.iter()
                .any(|line| line.contains("port other") && line.contains("\"110\""))
        );
        let toml = told("a.toml", "[[entry]]\nday = 2026-11-22\n");
        assert!(
            toml.iter()
                .any(|line| line.contains("entry[].day aged") && line.contains("2016-11-22"))
        );
    }

    #[test]
    fn documents_and_tables_are_broken_where_they_say_something() {
        let document = told(
            "p.md",
            "+++\nowner = \"a\"\n+++\n# T\n\n## One\n\ntext\n\n## Two\n\nmore\n",
        );
        assert!(
            document
                .iter()
                .any(|line| line.starts_with("owner removed"))
        );
        assert!(
            document
                .iter()
                .any(|line| line.starts_with("## One emptied") && !line.contains("text"))
        );
        assert!(
            document
                .iter()
                .any(|line| line.starts_with("## Two removed") && !line.contains("Two\n"))
        );
        let table = told("t.csv", "name,state\na,on\n");
        assert_eq!(
            table,
            [
                "[] removed: name,state",
                "[].name emptied: name,state\n,on",
                "[].name other: name,state\nmutant,on",
                "[].state emptied: name,state\na,",
                "[].state other: name,state\na,mutant",
            ]
        );
        assert_eq!(breaks("a.yaml", "a: 1"), None);
    }
}
