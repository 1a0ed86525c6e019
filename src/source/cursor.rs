//! Reading TOML that people write: typed, with places, and every mistake at once.
//!
//! A [`Table`] hands out the keys it is asked for and remembers which; [`Table::finish`] reports
//! the others as unknown, with the nearest key that would have been known.

mod free;
mod moment;

use std::cell::RefCell;
use std::sync::Arc;

use toml::Spanned as TomlSpanned;
use toml::de::{DeTable, DeValue};

use super::{Code, Date, Diagnostic, Diagnostics, Map, SourceFile, Span, Spanned, Value};

/// A closed set of words that a key takes.
pub(crate) trait Keyword: Sized + Copy + PartialEq + 'static {
    /// Every word with its meaning, in the order in which help lists them.
    const WORDS: &'static [(&'static str, Self)];

    /// Returns the word for a meaning, as every file and report writes it.
    fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, meaning)| *meaning == self)
            .map_or("", |(word, _)| *word)
    }
}

/// TOML text cut out of a file, parsed with places in the whole file.
pub(crate) struct Toml<'a> {
    file: &'a Arc<SourceFile>,
    offset: usize,
    root: TomlSpanned<DeTable<'a>>,
    sink: RefCell<Diagnostics>,
}

impl<'a> Toml<'a> {
    /// Parses the bytes `span` of `file`. What is not TOML becomes diagnostics; the rest is read.
    pub(crate) fn parse(file: &'a Arc<SourceFile>, span: Span) -> Self {
        let text = file.slice(span);
        let offset = span.start;
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut sink = Diagnostics::new();
        for error in errors {
            let at = error
                .span()
                .map_or(Span::new(0, 0), Span::from)
                .shifted(offset);
            let message = error.message().lines().collect::<Vec<_>>().join("; ");
            sink.push(Diagnostic::new(Code::InvalidToml, file, at, message));
        }
        Self {
            file,
            offset,
            root,
            sink: RefCell::new(sink),
        }
    }

    /// Parses a whole file of TOML, past a byte-order mark.
    pub(crate) fn parse_file(file: &'a Arc<SourceFile>) -> Self {
        let start = if file.text().starts_with('\u{feff}') {
            3
        } else {
            0
        };
        Self::parse(file, Span::new(start, file.text().len()))
    }

    /// Returns the cursor over the top table.
    pub(crate) fn root(&self) -> Table<'_> {
        Table {
            toml: Context {
                file: self.file,
                offset: self.offset,
                sink: &self.sink,
            },
            span: Span::from(self.root.span()).shifted(self.offset),
            table: self.root.get_ref(),
            asked: Vec::new(),
        }
    }

    /// Returns the mistakes found.
    pub(crate) fn into_diagnostics(self) -> Diagnostics {
        self.sink.into_inner()
    }
}

#[derive(Clone, Copy)]
struct Context<'t> {
    file: &'t Arc<SourceFile>,
    offset: usize,
    sink: &'t RefCell<Diagnostics>,
}

impl Context<'_> {
    fn report(&self, diagnostic: Diagnostic) {
        self.sink.borrow_mut().push(diagnostic);
    }

    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::from(range).shifted(self.offset)
    }
}

/// One value not yet read as a type.
#[derive(Clone, Copy)]
pub(crate) struct Item<'t> {
    toml: Context<'t>,
    value: &'t TomlSpanned<DeValue<'t>>,
}

impl<'t> Item<'t> {
    /// Returns the bytes of the value.
    pub(crate) fn span(&self) -> Span {
        self.toml.span(self.value.span())
    }

    /// Returns the value as a tree. Dates and times become text.
    pub(crate) fn to_value(self) -> Value {
        to_value(self.value.get_ref())
    }

    fn expected(&self, wanted: &str) {
        self.toml.report(
            Diagnostic::new(
                Code::WrongType,
                self.toml.file,
                self.span(),
                format!("expected {wanted}, found {}", type_of(self.value.get_ref())),
            )
            .label(format!("must be {wanted}")),
        );
    }

    /// Tells whether the value is a list, for keys that take one or several.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self.value.get_ref(), DeValue::Array(_))
    }

    /// Reads text.
    pub(crate) fn string(self) -> Option<Spanned<String>> {
        if let DeValue::String(text) = self.value.get_ref() {
            Some(Spanned::new(text.clone().into_owned(), self.span()))
        } else {
            self.expected("text in quotes");
            None
        }
    }

    /// Reads a list of text.
    pub(crate) fn strings(self) -> Vec<Spanned<String>> {
        if let DeValue::Array(items) = self.value.get_ref() {
            items
                .iter()
                .filter_map(|value| {
                    Item {
                        value,
                        toml: self.toml,
                    }
                    .string()
                })
                .collect()
        } else {
            self.expected("a list of texts");
            Vec::new()
        }
    }

    /// Reads a whole number.
    pub(crate) fn integer(self) -> Option<Spanned<i64>> {
        let number = match self.value.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        if number.is_none() {
            self.expected("a whole number");
        }
        number.map(|number| Spanned::new(number, self.span()))
    }

    /// Reads a truth value.
    pub(crate) fn boolean(self) -> Option<Spanned<bool>> {
        if let DeValue::Boolean(value) = self.value.get_ref() {
            Some(Spanned::new(*value, self.span()))
        } else {
            self.expected("true or false");
            None
        }
    }

    /// Reads a date, which TOML writes without quotes.
    pub(crate) fn date(self) -> Option<Spanned<Date>> {
        let date = match self.value.get_ref() {
            DeValue::Datetime(moment) if moment.time.is_none() => moment.date.and_then(|date| {
                Date::new(
                    i32::from(date.year),
                    u32::from(date.month),
                    u32::from(date.day),
                )
            }),
            _ => None,
        };
        if date.is_none() {
            self.expected("a date without quotes, such as 2026-11-22");
        }
        date.map(|date| Spanned::new(date, self.span()))
    }

    /// Reads one of a closed set of words.
    pub(crate) fn keyword<K: Keyword>(self) -> Option<Spanned<K>> {
        let text = self.string()?;
        let found = K::WORDS.iter().find(|(word, _)| *word == text.value);
        if found.is_none() {
            let words: Vec<&str> = K::WORDS.iter().map(|(word, _)| *word).collect();
            let mut diagnostic = Diagnostic::new(
                Code::UnknownValue,
                self.toml.file,
                text.span,
                format!("`{}` is not one of {}", text.value, words.join(", ")),
            );
            if let Some(near) = nearest(&text.value, words.iter().copied()) {
                diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
            }
            self.toml.report(diagnostic);
        }
        found.map(|(_, keyword)| Spanned::new(*keyword, text.span))
    }

    /// Reads a table.
    pub(crate) fn table(self) -> Option<Table<'t>> {
        if let DeValue::Table(table) = self.value.get_ref() {
            Some(Table {
                toml: self.toml,
                span: self.span(),
                table,
                asked: Vec::new(),
            })
        } else {
            self.expected("a table");
            None
        }
    }

    /// Reads a list of tables.
    pub(crate) fn tables(self) -> Vec<Table<'t>> {
        if let DeValue::Array(items) = self.value.get_ref() {
            items
                .iter()
                .filter_map(|value| {
                    Item {
                        value,
                        toml: self.toml,
                    }
                    .table()
                })
                .collect()
        } else {
            self.expected("a list of tables, written `[[...]]`");
            Vec::new()
        }
    }
}

/// A table being read.
pub(crate) struct Table<'t> {
    toml: Context<'t>,
    span: Span,
    table: &'t DeTable<'t>,
    asked: Vec<&'static str>,
}

impl<'t> Table<'t> {
    /// Returns the bytes of the table: its header or braces.
    pub(crate) fn span(&self) -> Span {
        self.span
    }

    /// Returns the file the table is in.
    pub(crate) fn file(&self) -> &'t Arc<SourceFile> {
        self.toml.file
    }

    /// Adds a mistake of the caller's own at `span`.
    pub(crate) fn report(&self, code: Code, span: Span, message: impl Into<String>) {
        self.toml
            .report(Diagnostic::new(code, self.toml.file, span, message));
    }

    /// Adds a finished diagnostic.
    pub(crate) fn push(&self, diagnostic: Diagnostic) {
        self.toml.report(diagnostic);
    }

    /// Tells whether the key is there, without reading it.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// Returns the value of `key` unread.
    pub(crate) fn item(&mut self, key: &'static str) -> Option<Item<'t>> {
        self.asked.push(key);
        self.table.get(key).map(|value| Item {
            toml: self.toml,
            value,
        })
    }

    /// Returns the value of `key`, or reports that it is missing.
    pub(crate) fn required(&mut self, key: &'static str) -> Option<Item<'t>> {
        let item = self.item(key);
        if item.is_none() {
            self.report(
                Code::MissingKey,
                self.span,
                format!("the key `{key}` is missing"),
            );
        }
        item
    }

    /// Reads optional text.
    pub(crate) fn string(&mut self, key: &'static str) -> Option<Spanned<String>> {
        self.item(key)?.string()
    }

    /// Reads text that must be there and not be empty.
    pub(crate) fn required_string(&mut self, key: &'static str) -> Option<Spanned<String>> {
        let text = self.required(key)?.string()?;
        if text.value.trim().is_empty() {
            self.report(
                Code::InvalidValue,
                text.span,
                format!("`{key}` must not be empty"),
            );
            return None;
        }
        Some(text)
    }

    /// Reads an optional list of text; absent is empty.
    pub(crate) fn strings(&mut self, key: &'static str) -> Vec<Spanned<String>> {
        self.item(key).map(Item::strings).unwrap_or_default()
    }

    /// Reads an optional whole number.
    pub(crate) fn integer(&mut self, key: &'static str) -> Option<Spanned<i64>> {
        self.item(key)?.integer()
    }

    /// Reads an optional truth value.
    pub(crate) fn boolean(&mut self, key: &'static str) -> Option<Spanned<bool>> {
        self.item(key)?.boolean()
    }

    /// Reads an optional date.
    pub(crate) fn date(&mut self, key: &'static str) -> Option<Spanned<Date>> {
        self.item(key)?.date()
    }

    /// Reads an optional word of a closed set.
    pub(crate) fn keyword<K: Keyword>(&mut self, key: &'static str) -> Option<Spanned<K>> {
        self.item(key)?.keyword()
    }

    /// Reads a word of a closed set that must be there.
    pub(crate) fn required_keyword<K: Keyword>(&mut self, key: &'static str) -> Option<Spanned<K>> {
        self.required(key)?.keyword()
    }

    /// Reads an optional list of words of a closed set.
    pub(crate) fn keywords<K: Keyword>(&mut self, key: &'static str) -> Vec<Spanned<K>> {
        let Some(item) = self.item(key) else {
            return Vec::new();
        };
        if let DeValue::Array(items) = item.value.get_ref() {
            items
                .iter()
                .filter_map(|value| {
                    Item {
                        value,
                        toml: self.toml,
                    }
                    .keyword()
                })
                .collect()
        } else {
            item.expected("a list of texts");
            Vec::new()
        }
    }

    /// Reads an optional table.
    pub(crate) fn table(&mut self, key: &'static str) -> Option<Table<'t>> {
        self.item(key)?.table()
    }

    /// Reads an optional list of tables; absent is empty.
    pub(crate) fn tables(&mut self, key: &'static str) -> Vec<Table<'t>> {
        self.item(key).map(Item::tables).unwrap_or_default()
    }

    /// Returns every key with its unread value, for tables whose keys are people's own.
    pub(crate) fn entries(&self) -> Vec<(Spanned<String>, Item<'t>)> {
        self.table
            .iter()
            .map(|(key, value)| {
                let name = Spanned::new(
                    key.get_ref().clone().into_owned(),
                    self.toml.span(key.span()),
                );
                (
                    name,
                    Item {
                        toml: self.toml,
                        value,
                    },
                )
            })
            .collect()
    }

    /// Reports every key that nobody asked for.
    pub(crate) fn finish(self) {
        for (key, _) in self.table {
            let name: &str = key.get_ref();
            if self.asked.contains(&name) {
                continue;
            }
            let mut diagnostic = Diagnostic::new(
                Code::UnknownKey,
                self.toml.file,
                self.toml.span(key.span()),
                format!("unknown key `{name}`"),
            );
            let mut known = self.asked.clone();
            known.sort_unstable();
            known.dedup();
            diagnostic = match nearest(name, known.iter().copied()) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help(format!("the keys here are {}", known.join(", "))),
            };
            self.toml.report(diagnostic);
        }
    }
}

/// Returns the candidate closest to `word`, if any is close enough to be a slip of the pen.
pub(crate) fn nearest<'c>(
    word: &str,
    candidates: impl Iterator<Item = &'c str>,
) -> Option<&'c str> {
    candidates
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len().max(word.len()) / 4)
        .min()
        .map(|(_, candidate)| candidate)
}

fn type_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a truth value",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn to_value(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::string(text),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Value::Null, Value::Int)
        }
        DeValue::Float(number) => number.as_str().parse().map_or(Value::Null, Value::Float),
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Datetime(moment) => Value::string(moment.to_string()),
        DeValue::Array(items) => {
            Value::list(items.iter().map(|item| to_value(item.get_ref())).collect())
        }
        DeValue::Table(table) => table
            .iter()
            .map(|(key, value)| (key.get_ref(), to_value(value.get_ref())))
            .collect::<Map>()
            .into(),
    }
}
