//! What the entries of a register hold: `checks/registers/*.toml`.

use std::sync::Arc;

use crate::source::{
    Code, Diagnostic, Diagnostics, Keyword, Seen, SourceFile, Span, Table, Toml, Value, is_id,
    nearest, snake,
};

/// The type of a field's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// Text in quotes.
    Text,
    /// A date without quotes.
    Date,
    /// A whole number.
    WholeNumber,
    /// `true` or `false`.
    Truth,
    /// A list of texts.
    Texts,
    /// A list of tables, whose fields are named `list.field`.
    Tables,
}

impl Keyword for FieldType {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("text", Self::Text),
        ("date", Self::Date),
        ("whole-number", Self::WholeNumber),
        ("truth", Self::Truth),
        ("texts", Self::Texts),
        ("tables", Self::Tables),
    ];
}

/// One field of a register's entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name, in kebab case; `hops.from` is a field of the tables under `hops`.
    pub name: String,
    /// The type of its value.
    pub kind: FieldType,
    /// Whether an entry without it is a finding of the register's check.
    pub required: bool,
    /// The values it may have; empty is any.
    pub values: Vec<String>,
    /// What it means, with unit and source of the fact.
    pub meaning: String,
}

/// What a register is for and what its entries hold.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The register's name as CEL sees it.
    pub name: String,
    /// The file.
    pub file: Arc<SourceFile>,
    /// The register's title.
    pub title: String,
    /// Why it is kept, in one sentence.
    pub purpose: String,
    /// The fields beside `id`, in the order of the file.
    pub fields: Vec<Field>,
}

impl Schema {
    /// Returns the names of required fields that an entry, as expressions see it, leaves out or
    /// leaves empty.
    #[must_use]
    pub fn missing(&self, entry: &Value) -> Vec<String> {
        self.fields
            .iter()
            .filter(|field| field.required)
            .flat_map(|field| match field.name.split_once('.') {
                None => {
                    let empty = is_empty(&entry.get(&snake(&field.name)));
                    empty.then(|| field.name.clone()).into_iter().collect()
                }
                Some((list, inner)) => missing_within(entry, list, inner),
            })
            .collect()
    }
}

fn missing_within(entry: &Value, list: &str, inner: &str) -> Vec<String> {
    let tables = entry.get(&snake(list));
    tables
        .as_list()
        .unwrap_or_default()
        .iter()
        .enumerate()
        .filter(|(_, table)| is_empty(&table.get(&snake(inner))))
        .map(|(number, _)| format!("{list}.{inner} ({} of the list)", number + 1))
        .collect()
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Map(_)
        | Value::Unknown(_)
        | Value::Default(_) => false,
    }
}

/// Returns the schema in the file, named after it, with every mistake in it.
pub(crate) fn parse_schema(file: &Arc<SourceFile>) -> (Option<Schema>, Diagnostics) {
    let toml = Toml::parse_file(file);
    let mut root = toml.root();
    let title = root.required_string("title");
    let purpose = root.required_string("purpose");
    let mut seen = Seen::new("the field");
    let fields: Vec<Field> = root
        .tables("field")
        .into_iter()
        .filter_map(|table| field(table, &mut seen))
        .collect();
    for inner in &fields {
        if let Some((list, _)) = inner.name.split_once('.')
            && !fields
                .iter()
                .any(|field| field.name == list && field.kind == FieldType::Tables)
        {
            root.report(
                Code::UnknownReference,
                root.span(),
                format!(
                    "`{}` is a field of `{list}`, which is no field of type `tables`",
                    inner.name
                ),
            );
        }
    }
    root.finish();
    let schema = title.zip(purpose).map(|(title, purpose)| Schema {
        name: snake(super::stem(file.path())),
        file: Arc::clone(file),
        title: title.value,
        purpose: purpose.value,
        fields,
    });
    (schema, toml.into_diagnostics())
}

fn field(mut table: Table<'_>, seen: &mut Seen) -> Option<Field> {
    let name = table.required_string("name");
    if let Some(name) = &name {
        if !is_id(&name.value) || name.value == "id" || name.value.matches('.').count() > 1 {
            table.push(
                Diagnostic::new(
                    Code::InvalidValue,
                    table.file(),
                    name.span,
                    format!("`{}` is not the name of a field", name.value),
                )
                .help("write it in kebab case; every entry has `id` without saying so"),
            );
        }
        if let Some(diagnostic) = seen.add(table.file(), name) {
            table.push(diagnostic);
        }
    }
    let kind = table.required_keyword::<FieldType>("type");
    let required = table.boolean("required");
    let values = table.strings("values");
    let meaning = table.required_string("meaning");
    table.finish();
    Some(Field {
        name: name?.value,
        kind: kind?.value,
        required: required.is_some_and(|required| required.value),
        values: values.into_iter().map(|text| text.value).collect(),
        meaning: meaning?.value,
    })
}

/// Reports keys of an entry that the schema does not know, and values of another type.
pub(super) fn hold(schema: &Schema, entry: &Table<'_>) {
    keys(schema, None, entry);
}

fn keys(schema: &Schema, list: Option<&str>, table: &Table<'_>) {
    for (key, item) in table.entries() {
        if list.is_none() && key.value == "id" {
            continue;
        }
        let name = list.map_or_else(|| key.value.clone(), |list| format!("{list}.{}", key.value));
        let Some(field) = schema.fields.iter().find(|field| field.name == name) else {
            unknown(schema, list, table, &key.value, key.span);
            continue;
        };
        let text = match field.kind {
            FieldType::Text => item.string().map(|text| (text.value, text.span)),
            FieldType::Date => {
                item.date();
                None
            }
            FieldType::WholeNumber => {
                item.integer();
                None
            }
            FieldType::Truth => {
                item.boolean();
                None
            }
            FieldType::Texts => {
                for text in item.strings() {
                    among(field, table, &text.value, text.span);
                }
                None
            }
            FieldType::Tables => {
                for inner in item.tables() {
                    keys(schema, Some(&field.name), &inner);
                }
                None
            }
        };
        if let Some((text, span)) = text {
            among(field, table, &text, span);
        }
    }
}

fn unknown(schema: &Schema, list: Option<&str>, table: &Table<'_>, key: &str, span: Span) {
    let known = schema.fields.iter().filter_map(|field| match list {
        None => Some(field.name.as_str()).filter(|name| !name.contains('.')),
        Some(list) => field.name.strip_prefix(list)?.strip_prefix('.'),
    });
    let mut diagnostic = Diagnostic::new(
        Code::UnknownKey,
        table.file(),
        span,
        format!("entries of this register have no `{key}`"),
    );
    diagnostic = match nearest(key, known) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("its fields stand in {}", schema.file.path())),
    };
    table.push(diagnostic);
}

fn among(field: &Field, table: &Table<'_>, text: &str, span: Span) {
    if field.values.is_empty() || field.values.iter().any(|value| value == text) {
        return;
    }
    let mut diagnostic = Diagnostic::new(
        Code::UnknownValue,
        table.file(),
        span,
        format!("`{text}` is not one of {}", field.values.join(", ")),
    );
    if let Some(near) = nearest(text, field.values.iter().map(String::as_str)) {
        diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
    }
    table.push(diagnostic);
}

#[cfg(test)]
mod tests {
    use super::super::parse_register;
    use super::*;

    const FLOWS: &str = "title = \"Flows\"\npurpose = \"Where account data goes.\"\n\
        [[field]]\nname = \"owner\"\ntype = \"text\"\nrequired = true\nmeaning = \"Role.\"\n\
        [[field]]\nname = \"network\"\ntype = \"text\"\nvalues = [\"public\", \"private\"]\nmeaning = \"Which.\"\n\
        [[field]]\nname = \"reviewed\"\ntype = \"date\"\nmeaning = \"Day.\"\n\
        [[field]]\nname = \"hops\"\ntype = \"tables\"\nrequired = true\nmeaning = \"In order.\"\n\
        [[field]]\nname = \"hops.from\"\ntype = \"text\"\nrequired = true\nmeaning = \"Where it begins.\"\n";

    fn schema() -> Schema {
        let (schema, diagnostics) =
            parse_schema(&SourceFile::new("checks/registers/flows.toml", FLOWS));
        assert_eq!(lines(diagnostics), [""; 0]);
        schema.expect("a schema")
    }

    fn lines(diagnostics: Diagnostics) -> Vec<String> {
        diagnostics
            .into_sorted()
            .iter()
            .map(Diagnostic::one_line)
            .collect()
    }

    fn entry(text: &str) -> (Vec<String>, Vec<String>) {
        let schema = schema();
        let file = SourceFile::new("r/flows.toml", format!("[[entry]]\nid = \"a\"\n{text}"));
        let schemas = [(schema.name.clone(), schema.clone())]
            .into_iter()
            .collect();
        let (register, diagnostics) = parse_register(&file, &schemas);
        let missing = register
            .iter()
            .flat_map(|register| &register.entries)
            .flat_map(|entry| schema.missing(&entry.value))
            .collect();
        (lines(diagnostics), missing)
    }

    #[test]
    fn a_whole_entry_has_no_mistake_and_misses_nothing() {
        let (lines, missing) = entry(
            "owner = \"sre\"\nnetwork = \"public\"\nreviewed = 2026-10-01\n[[entry.hops]]\nfrom = \"browser\"\n",
        );
        assert_eq!((lines, missing), (Vec::new(), Vec::new()));
    }

    #[test]
    fn what_is_missing_or_empty_is_told_by_name_and_is_no_mistake_of_the_file() {
        let (lines, missing) = entry("owner = \" \"\nhops = [{ from = \"a\" }, {}]\n");
        assert_eq!(lines, [""; 0]);
        assert_eq!(missing, ["owner", "hops.from (2 of the list)"]);
        assert_eq!(entry("owner = \"sre\"\nhops = []\n").1, ["hops"]);
    }

    #[test]
    fn unknown_keys_wrong_types_and_other_values_are_mistakes_of_the_file() {
        let (lines, _) = entry(
            "owners = \"sre\"\nnetwork = \"publik\"\nreviewed = \"today\"\n[[entry.hops]]\nform = \"a\"\n",
        );
        let codes: Vec<&str> = lines
            .iter()
            .filter_map(|line| line.split(": ").nth(1))
            .collect();
        assert_eq!(
            codes,
            ["unknown-key", "unknown-value", "wrong-type", "unknown-key"]
        );
    }

    #[test]
    fn a_schema_says_what_it_can_not_mean() {
        let file = SourceFile::new(
            "checks/registers/a.toml",
            "title = \"A\"\npurpose = \"p\"\n[[field]]\nname = \"id\"\ntype = \"text\"\nmeaning = \"m\"\n\
             [[field]]\nname = \"x.y\"\ntype = \"number\"\nmeaning = \"m\"\n[[field]]\nname = \"b.c\"\ntype = \"text\"\nmeaning = \"m\"\n",
        );
        let codes: Vec<_> = parse_schema(&file)
            .1
            .into_sorted()
            .iter()
            .map(|d| d.code.as_str())
            .collect();
        assert!(codes.contains(&"invalid-value"), "{codes:?}");
        assert!(codes.contains(&"unknown-value"), "{codes:?}");
        assert!(codes.contains(&"unknown-reference"), "{codes:?}");
    }
}
