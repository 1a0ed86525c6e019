//! Tables whose keys are people's own: parameters and register entries.

use toml::de::DeValue;

use super::{Context, Item, Table};
use crate::source::name::snake;
use crate::source::{Code, Diagnostic, Map, Span, Value};

impl Table<'_> {
    /// Returns the whole table as expressions see it.
    ///
    /// Bare keys are names, so `data-class` becomes `data_class`; quoted keys are data and stay
    /// as they are. Dates become text. Two keys that become one name, and whole numbers past 64
    /// bits, are diagnostics.
    pub(crate) fn free(&self) -> Map {
        map(self.toml, self.entries())
    }
}

fn map(toml: Context<'_>, entries: Vec<(super::Spanned<String>, Item<'_>)>) -> Map {
    let mut map = Map::new();
    let mut places: Vec<(String, Span)> = Vec::new();
    for (key, item) in entries {
        let quoted = toml.file.slice(key.span).starts_with(['"', '\'']);
        let name = if quoted {
            key.value.clone()
        } else {
            snake(&key.value)
        };
        if let Some((_, first)) = places.iter().find(|(seen, _)| *seen == name) {
            toml.report(
                Diagnostic::new(
                    Code::DuplicateId,
                    toml.file,
                    key.span,
                    format!(
                        "`{}` is `{name}` in expressions, as another key is",
                        key.value
                    ),
                )
                .related(toml.file, *first, "the other key"),
            );
            continue;
        }
        map.insert(&name, value(item));
        places.push((name, key.span));
    }
    map
}

fn value(item: Item<'_>) -> Value {
    let toml = item.toml;
    match item.value.get_ref() {
        DeValue::Array(items) => Value::list(
            items
                .iter()
                .map(|inner| value(Item { toml, value: inner }))
                .collect(),
        ),
        DeValue::Table(_) => item
            .table()
            .map_or(Value::Null, |table| table.free().into()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(
                |_| {
                    toml.report(
                        Diagnostic::new(
                            Code::InvalidValue,
                            toml.file,
                            item.span(),
                            "the number does not fit 64 bits",
                        )
                        .help("write it as text in quotes"),
                    );
                    Value::Null
                },
                Value::Int,
            ),
        DeValue::String(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
            item.to_value()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::source::{Diagnostic, SourceFile, Toml, Value};

    #[test]
    fn bare_keys_become_names_and_quoted_keys_stay_data() {
        let file = SourceFile::new(
            "w.toml",
            "a-b = 1\nday = 2026-11-22\n\"k-8\" = [{ x-y = true }]\n[deep.er-key]\n'z-z' = 1.5\n",
        );
        let toml = Toml::parse_file(&file);
        let map = toml.root().free();
        assert_eq!(map.get("a_b"), Value::Int(1));
        assert_eq!(map.get("day"), Value::string("2026-11-22"));
        let json: Value = serde_json::from_str(
            r#"{"a_b":1,"day":"2026-11-22","k-8":[{"x_y":true}],"deep":{"er_key":{"z-z":1.5}}}"#,
        )
        .expect("JSON");
        assert_eq!(Value::from(map), json);
        assert!(toml.into_diagnostics().is_empty());
    }

    #[test]
    fn keys_that_become_one_name_and_numbers_too_large_are_reported() {
        let file = SourceFile::new("w.toml", "a-b = 1\na_b = 2\nn = 99999999999999999999\n");
        let toml = Toml::parse_file(&file);
        let _ = toml.root().free();
        let lines: Vec<String> = toml
            .into_diagnostics()
            .into_sorted()
            .iter()
            .map(Diagnostic::one_line)
            .collect();
        assert_eq!(
            lines,
            [
                "w.toml:2:1: duplicate-id: `a_b` is `a_b` in expressions, as another key is",
                "w.toml:3:5: invalid-value: the number does not fit 64 bits",
            ]
        );
    }
}
