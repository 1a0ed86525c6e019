//! YAML, composed from the parser's events: lines and tags are kept, aliases are counted, and
//! words such as `no` mean what the program that reads the file takes them for.

mod scalar;
mod tag;

use std::collections::BTreeMap;

use granit_parser::{Event, Parser};

use super::Document;
use super::lines::{DEPTH, Lines};
use crate::source::{Map, Value};
use scalar::Dialect;

/// How many values aliases may stand for in one document. Real manifests share a handful; a bomb
/// of nine lines stands for billions.
const ALIASED: usize = 1_000_000;

/// Reads all documents of a text that hold something.
pub(super) fn decode(text: &str) -> Result<Vec<(Document, Lines)>, String> {
    let options = granit_parser::options! { emit_comments: false };
    let mut documents = Vec::new();
    let mut events = Vec::new();
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = next.map_err(|error| explain(&error, text))?;
        match event {
            Event::DocumentStart(..) => events.clear(),
            Event::DocumentEnd => {
                let (value, lines) = compose(std::mem::take(&mut events))?;
                if !value.is_null() {
                    let line = lines.line();
                    documents.push((Document { value, line }, lines));
                }
            }
            event => events.push((event, span.start.line())),
        }
    }
    Ok(documents)
}

fn explain(error: &granit_parser::ScanError, text: &str) -> String {
    let (line, column) = (error.marker().line(), error.marker().col() + 1);
    let what = error.info();
    let cure = if text.contains("{{") {
        "it holds template markers `{{`: render it first (`helm template`) and export the result"
    } else {
        "export it again"
    };
    format!("it is not valid YAML: {what} at line {line} column {column}; {cure}")
}

fn compose(events: Vec<(Event<'_>, usize)>) -> Result<(Value, Lines), String> {
    let dialect = Dialect::of(&root_keys(&events));
    let mut composer = Composer {
        events: events.into_iter(),
        dialect,
        anchors: BTreeMap::new(),
        nodes: 0,
        aliased: 0,
    };
    composer.node(0)
}

/// Returns the names of the root object.
fn root_keys<'e>(events: &'e [(Event<'_>, usize)]) -> Vec<&'e str> {
    let mut keys = Vec::new();
    let mut depth = 0_usize;
    let mut is_key = true;
    for (event, _) in events {
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => depth += 1,
            Event::MappingEnd | Event::SequenceEnd => {
                depth = depth.saturating_sub(1);
                if depth == 1 {
                    is_key = !is_key;
                }
            }
            event if depth == 1 => {
                if let (Some((text, _)), true) = (event.scalar(), is_key) {
                    keys.push(text);
                }
                is_key = !is_key;
            }
            _ => {}
        }
    }
    keys
}

/// Builds the value of one document.
struct Composer<'a> {
    events: std::vec::IntoIter<(Event<'a>, usize)>,
    dialect: Dialect,
    anchors: BTreeMap<usize, (Value, Lines, usize)>,
    nodes: usize,
    aliased: usize,
}

impl Composer<'_> {
    /// Builds the next value. The parser bounds how deep they nest.
    fn node(&mut self, depth: usize) -> Result<(Value, Lines), String> {
        let before = self.nodes;
        self.nodes += 1;
        let Some((event, line)) = self.events.next() else {
            return Ok((Value::Null, Lines::leaf(1)));
        };
        let (value, lines, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar::resolve(&text, style, tag.as_deref(), self.dialect);
                let value = tag::apply(tag.as_deref(), value);
                (value, Lines::leaf(line), anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                let (items, lines) = self.items(depth)?;
                let value = tag::apply(tag.as_deref(), Value::list(items));
                (value, Lines::items(line, lines), anchor)
            }
            Event::MappingStart(_, anchor, tag) => {
                let (map, lines) = self.members(depth)?;
                let value = tag::apply(tag.as_deref(), Value::from(map));
                (value, Lines::members(line, lines), anchor)
            }
            Event::Alias(id) => {
                let (value, lines) = self.alias(id, line)?;
                (value, lines, 0)
            }
            _ => (Value::Null, Lines::leaf(line), 0),
        };
        if anchor != 0 {
            let size = self.nodes - before;
            self.anchors
                .insert(anchor, (value.clone(), lines.clone(), size));
        }
        Ok((value, lines))
    }

    fn ends(&self) -> bool {
        matches!(
            self.events.as_slice().first(),
            None | Some((Event::SequenceEnd | Event::MappingEnd, _))
        )
    }

    fn items(&mut self, depth: usize) -> Result<(Vec<Value>, Vec<Lines>), String> {
        let (mut items, mut lines) = (Vec::new(), Vec::new());
        while !self.ends() {
            let (item, line) = self.node(depth + 1)?;
            items.push(item);
            if depth < DEPTH {
                lines.push(line);
            }
        }
        self.events.next();
        Ok((items, lines))
    }

    fn members(&mut self, depth: usize) -> Result<(Map, BTreeMap<Box<str>, Lines>), String> {
        let mut map = Map::new();
        let mut merged = Vec::new();
        let mut lines = BTreeMap::new();
        while !self.ends() {
            let (key, line) = self.key()?;
            let (value, inside) = self.node(depth + 1)?;
            if key == "<<" {
                merged.push(value);
                continue;
            }
            if depth < DEPTH && !inside.is_leaf() {
                lines.insert(key.as_str().into(), inside.at(line));
            }
            map.insert_given(key, value);
        }
        self.events.next();
        for value in merged {
            merge(&mut map, &value);
        }
        Ok((map, lines))
    }

    /// Returns a key as JSON would spell it, with its line.
    fn key(&mut self) -> Result<(String, usize), String> {
        let line = self.events.as_slice().first().map_or(1, |(_, line)| *line);
        if let Some((Event::Scalar(text, ..), _)) = self.events.as_slice().first() {
            let text = text.clone().into_owned();
            // An anchor on a key is resolved like any other.
            self.node(0)?;
            return Ok((text, line));
        }
        let (value, _) = self.node(0)?;
        match value.as_str() {
            Some(text) => Ok((text.to_owned(), line)),
            None => Err(format!(
                "it is YAML with a list or an object as a name at line {line}, which JSON can't \
                 hold; name the value with text"
            )),
        }
    }

    fn alias(&mut self, id: usize, line: usize) -> Result<(Value, Lines), String> {
        let Some((value, lines, size)) = self.anchors.get(&id).cloned() else {
            return Err(format!(
                "it is YAML with an alias inside its own anchor at line {line}"
            ));
        };
        self.aliased = self.aliased.saturating_add(size);
        self.nodes = self.nodes.saturating_add(size);
        if self.aliased > ALIASED {
            return Err(format!(
                "it is YAML whose aliases stand for more than {ALIASED} values (line {line}); \
                 write them out"
            ));
        }
        Ok((value, lines))
    }
}

/// Adds what a merge key names, under what the object says itself.
fn merge(map: &mut Map, value: &Value) {
    if let Some(other) = value.as_map() {
        for (key, value) in other.iter() {
            if map.iter().all(|(own, _)| own != key) {
                map.insert(key, value.clone());
            }
        }
    }
    for item in value.as_list().unwrap_or_default() {
        if item.as_map().is_some() {
            merge(map, item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::decode::{Step, Syntax, decode};

    fn one(text: &str) -> Value {
        let documents = super::decode(text).expect("decoded");
        assert_eq!(documents.len(), 1, "{text}");
        documents[0].0.value.clone()
    }

    fn json(text: &str) -> Value {
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn documents_and_items_have_the_line_of_their_first_word() {
        let text =
            "# head\n---\na: 1\n---\n---\nitems:\n- name: x\n- name: y\n  z:\n    q: [1]\n...\n";
        let decoded = decode("x.yaml", text.as_bytes()).expect("decoded");
        assert_eq!(decoded.syntax, Syntax::Yaml);
        let lines: Vec<usize> = decoded.documents.iter().map(|d| d.line).collect();
        assert_eq!(lines, [3, 6]);
        let items = Step::Key("items");
        assert_eq!(decoded.item_line(1, &[items]), 6);
        assert_eq!(decoded.item_line(1, &[items, Step::Index(1)]), 8);
        assert_eq!(
            decoded.item_line(1, &[items, Step::Index(1), Step::Key("z")]),
            9
        );
    }

    #[test]
    fn anchors_merge_keys_and_every_style_give_plain_values() {
        let cases = [
            ("a: &x {b: 1}\nc: *x", r#"{"a":{"b":1},"c":{"b":1}}"#),
            (
                "base: &x {b: 1, d: 2}\nc:\n  <<: *x\n  b: 3",
                r#"{"base":{"b":1,"d":2},"c":{"b":3,"d":2}}"#,
            ),
            ("c:\n  <<: [{b: 1}, {b: 2, d: 2}]", r#"{"c":{"b":1,"d":2}}"#),
            ("a: |\n  one\n  two\n", r#"{"a":"one\ntwo\n"}"#),
            ("a: >-\n  one\n  two\n", r#"{"a":"one two"}"#),
            ("1: a\ntrue: b\n", r#"{"1":"a","true":"b"}"#),
            ("[a, {b: c}]", r#"["a",{"b":"c"}]"#),
        ];
        for (text, expected) in cases {
            assert_eq!(one(text), json(expected), "{text}");
        }
    }

    #[test]
    fn a_name_given_twice_is_unknown_unless_both_agree() {
        let value = one("a: 1\na: 2\nb: 3\nb: 3");
        assert!(matches!(value.get("a"), Value::Unknown(_)));
        assert_eq!(value.get("b"), Value::Int(3));
    }

    #[test]
    fn what_is_wrong_or_hostile_names_the_line() {
        let bomb: String = "abcdefghi"
            .chars()
            .zip(" abcdefgh".chars())
            .map(|(name, of)| match of {
                ' ' => format!("{name}: &{name} [x,x,x,x,x,x,x,x,x]\n"),
                of => format!(
                    "{name}: &{name} [{}]\n",
                    vec![format!("*{of}"); 9].join(",")
                ),
            })
            .collect();
        let deep = "[".repeat(100_000);
        let cases = [
            ("a: x\nb: [1, }", "at line 2"),
            ("a: {{ .Values.x }}\nb: {{- if }}", "helm template"),
            (bomb.as_str(), "aliases stand for more"),
            (deep.as_str(), "not valid YAML"),
            ("a: &x [*x]", "inside its own anchor"),
            ("a: *nowhere", "not valid YAML"),
            ("? [a, b]\n: 1", "as a name at line 1"),
        ];
        for (text, part) in cases {
            let error = super::decode(text).expect_err("an error");
            assert!(error.contains(part), "{error}");
        }
    }
}
