//! What `checks/sources` says: which export holds which type, and what vendors document.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::default_rule::DefaultRule;
use super::item_path::{ItemPath, Segment};
use super::source_entry::{Lists, Reader, Shows, Source, Unique};
use crate::source::{Code, Diagnostic, Diagnostics, Map, SourceFile, Table, Toml, Value};

/// A property that exports name otherwise than checks do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rename {
    /// The type.
    pub(crate) resource_type: String,
    /// The objects that have the property, from the resource.
    pub(crate) at: ItemPath,
    /// Check's name to exports' names.
    pub(crate) names: Arc<BTreeMap<String, Vec<String>>>,
}

/// Everything that `checks/sources` says.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    pub(crate) entries: Vec<Source>,
    pub(crate) defaults: Vec<DefaultRule>,
    pub(crate) renames: Vec<Rename>,
    stems: BTreeMap<String, usize>,
    tails: BTreeMap<String, Vec<usize>>,
    uniques: BTreeMap<String, Unique>,
}

/// A command that exports something of a type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExportCommand {
    /// The command as it is typed, with placeholders.
    pub command: String,
    /// The properties it adds to what other commands show; nothing if it shows the resource.
    pub properties: Vec<String>,
    /// Whether it lists all resources of the type (in an account, or within a parent).
    pub lists: bool,
    /// Whether it shows little more than ids.
    pub ids_only: bool,
}

impl Rename {
    /// Gives the names to the objects that have the property.
    pub(crate) fn apply(&self, properties: &mut Map) {
        give_names(properties, self.at.segments(), &self.names);
    }
}

fn give_names(map: &mut Map, path: &[Segment], names: &Arc<BTreeMap<String, Vec<String>>>) {
    match path.split_first() {
        None => map.add_aliases(names),
        Some((Segment::Name(name), rest)) => {
            if let Some(value) = map.find_mut(name) {
                give_names_in(value, rest, names);
            }
        }
        Some((Segment::Each, _)) => {}
    }
}

fn give_names_in(value: &mut Value, path: &[Segment], names: &Arc<BTreeMap<String, Vec<String>>>) {
    match (value, path.split_first()) {
        (Value::List(items), Some((Segment::Each, rest))) => {
            for item in Arc::make_mut(items) {
                give_names_in(item, rest, names);
            }
        }
        (Value::Map(map), _) => give_names(Arc::make_mut(map), path, names),
        (_, _) => {}
    }
}

impl Sources {
    /// Reads the files of `checks/sources`, in the order of their paths, with every mistake.
    #[must_use]
    pub fn parse(files: &[Arc<SourceFile>]) -> (Self, Diagnostics) {
        let mut sources = Self::default();
        let mut diagnostics = Diagnostics::new();
        for file in files {
            let toml = Toml::parse_file(file);
            sources.read(toml.root());
            diagnostics.extend(toml.into_diagnostics());
        }
        sources.index(&mut diagnostics);
        (sources, diagnostics)
    }

    fn read(&mut self, mut root: Table<'_>) {
        self.entries
            .extend(root.tables("source").into_iter().filter_map(Source::read));
        self.defaults.extend(
            root.tables("default")
                .into_iter()
                .filter_map(DefaultRule::read),
        );
        self.renames
            .extend(root.tables("rename").into_iter().filter_map(rename));
        root.finish();
    }

    fn index(&mut self, diagnostics: &mut Diagnostics) {
        for items in self.entries.iter().flat_map(Source::items) {
            let Some(name) = items.fixed_type() else {
                continue;
            };
            let known = self
                .uniques
                .entry(name.to_ascii_lowercase())
                .or_insert(items.unique);
            *known = (*known).max(items.unique);
        }
        for (at, entry) in self.entries.iter().enumerate() {
            for stem in &entry.stems {
                if let Some(&first) = self.stems.get(stem) {
                    let Some(other) = self.entries.get(first) else {
                        continue;
                    };
                    diagnostics.push(
                        Diagnostic::new(
                            Code::DuplicateId,
                            &entry.file,
                            entry.span,
                            format!("two entries are for files named `{stem}`"),
                        )
                        .related(
                            &other.file,
                            other.span,
                            "the first is here",
                        ),
                    );
                    continue;
                }
                self.stems.insert(stem.clone(), at);
                if let Some((_, tail)) = stem.split_once('-') {
                    self.tails.entry(tail.to_owned()).or_default().push(at);
                }
            }
        }
    }

    /// Tells where ids of the type are unique: the widest that any entry states.
    pub(crate) fn unique(&self, resource_type: &str) -> Unique {
        self.uniques
            .get(&resource_type.to_ascii_lowercase())
            .copied()
            .unwrap_or(Unique::Region)
    }

    /// Returns the entry for files of this stem, words joined by `-`.
    pub(crate) fn by_stem(&self, stem: &str) -> Option<&Source> {
        self.stems.get(stem).and_then(|&at| self.entries.get(at))
    }

    /// Returns the entries whose stem is this behind the service: `describe-clusters`.
    pub(crate) fn by_tail(&self, tail: &str) -> Vec<&Source> {
        self.tails
            .get(tail)
            .into_iter()
            .flatten()
            .filter_map(|&at| self.entries.get(at))
            .collect()
    }

    /// Returns the stems of all entries, longest first.
    pub(crate) fn stems(&self) -> Vec<&str> {
        let mut stems: Vec<&str> = self.stems.keys().map(String::as_str).collect();
        stems.sort_by_key(|stem| (std::cmp::Reverse(stem.len()), *stem));
        stems
    }

    /// Returns the commands that export resources of the type or parts of them, the most useful
    /// first.
    ///
    /// ```
    /// use evidence_workbook::inventory::Sources;
    /// use evidence_workbook::source::SourceFile;
    /// let file = SourceFile::new("checks/sources/a.toml", r#"
    /// [[source]]
    /// command = "aws kms list-keys"
    /// [[source.items]]
    /// type = "AWS::KMS::Key"
    /// at = "Keys[]"
    /// id = "KeyArn"
    /// ids-only = true
    /// lists = true
    /// "#);
    /// let (sources, diagnostics) = Sources::parse(&[file]);
    /// assert!(diagnostics.is_empty());
    /// assert_eq!(sources.exports_of("aws::kms::key")[0].command, "aws kms list-keys");
    /// ```
    #[must_use]
    pub fn exports_of(&self, resource_type: &str) -> Vec<ExportCommand> {
        let mut found: Vec<ExportCommand> = Vec::new();
        for entry in &self.entries {
            for items in entry.items() {
                let same = items
                    .fixed_type()
                    .is_some_and(|name| name.eq_ignore_ascii_case(resource_type));
                if same {
                    found.push(ExportCommand {
                        command: entry.typed(),
                        properties: items.part().to_vec(),
                        lists: !matches!(items.lists, Lists::Nothing),
                        ids_only: matches!(items.shows, Shows::Ids),
                    });
                }
            }
        }
        found.extend(self.entries.iter().filter_map(|entry| {
            match &entry.reader {
                Reader::SelfDescribing(types) => types
                    .iter()
                    .any(|name| name.eq_ignore_ascii_case(resource_type))
                    .then(|| ExportCommand {
                        command: entry.typed(),
                        properties: Vec::new(),
                        lists: true,
                        ids_only: false,
                    }),
                Reader::Items(_) | Reader::Unused(_) => None,
            }
        }));
        found.sort_by_key(|export| {
            (
                !export.properties.is_empty(),
                export.ids_only,
                !export.lists,
            )
        });
        found
    }

    /// Returns the command that exports the property, where it is not shown with the resource.
    #[must_use]
    pub fn export_of_property(&self, resource_type: &str, property: &str) -> Option<String> {
        self.exports_of(resource_type)
            .into_iter()
            .find(|export| {
                export
                    .properties
                    .iter()
                    .any(|name| name.eq_ignore_ascii_case(property))
            })
            .map(|export| export.command)
    }

    /// Returns the command that shows resources of the type whole.
    pub(crate) fn advice_whole(&self, resource_type: &str) -> Option<String> {
        self.exports_of(resource_type)
            .into_iter()
            .find(|export| export.properties.is_empty() && !export.ids_only)
            .map(|export| export.command)
    }

    /// Returns the command that shows a property which a listing leaves out.
    pub(crate) fn advice_for(&self, resource_type: &str, property: &str) -> Option<String> {
        self.export_of_property(resource_type, property)
            .or_else(|| {
                self.readable()
                    .filter(|entry| {
                        entry.items().iter().any(|items| {
                            items
                                .fixed_type()
                                .is_some_and(|name| name.eq_ignore_ascii_case(resource_type))
                                && matches!(items.shows, Shows::Whole)
                                && !items.omits.iter().any(|omit| omit.property == property)
                        })
                    })
                    .map(Source::typed)
                    .next()
            })
    }

    /// Returns the commands to run for a type that no export shows, as a fragment of text.
    pub(crate) fn advice(&self, resource_type: &str) -> Option<String> {
        let exports = self.exports_of(resource_type);
        let mut commands: Vec<&str> = Vec::new();
        let lists = exports
            .iter()
            .find(|export| export.lists && export.properties.is_empty());
        let shows = exports
            .iter()
            .find(|export| !export.ids_only && export.properties.is_empty());
        for export in [lists, shows].into_iter().flatten() {
            if !commands.contains(&export.command.as_str()) {
                commands.push(&export.command);
            }
        }
        if commands.is_empty() {
            commands.extend(exports.first().map(|export| export.command.as_str()));
        }
        (!commands.is_empty()).then(|| {
            commands
                .iter()
                .map(|command| format!("`{command}`"))
                .collect::<Vec<_>>()
                .join(" and ")
        })
    }

    /// Returns the command that shows the tags of resources of the type.
    pub(crate) fn export_of_tags(&self, resource_type: &str) -> Option<String> {
        self.readable()
            .find(|entry| {
                entry.items().iter().any(|items| {
                    items.tags.is_some()
                        && items
                            .fixed_type()
                            .is_some_and(|name| name.eq_ignore_ascii_case(resource_type))
                })
            })
            .map(Source::typed)
    }

    /// Returns the types that entries name, as they spell them.
    #[must_use]
    pub fn resource_types(&self) -> Vec<&str> {
        let mut types: Vec<&str> = self.entries.iter().flat_map(Source::types).collect();
        types.sort_unstable();
        types.dedup();
        types
    }

    /// Returns the entries that are read by their groups.
    pub(crate) fn readable(&self) -> impl Iterator<Item = &Source> {
        self.entries
            .iter()
            .filter(|entry| matches!(entry.reader, Reader::Items(_)))
    }
}

fn rename(mut table: Table<'_>) -> Option<Rename> {
    let resource_type = table.required_string("type");
    let at = table.string("at");
    let property = table.required_string("property");
    let exports = table.strings("exports");
    if exports.is_empty() {
        table.report(
            Code::MissingKey,
            table.span(),
            "`exports` must list the names that exports use",
        );
    }
    let at = match at {
        Some(text) => ItemPath::parse(&text.value)
            .map_err(|message| table.report(Code::InvalidValue, text.span, message))
            .ok(),
        None => Some(ItemPath::default()),
    };
    table.finish();
    let names = exports.into_iter().map(|text| text.value).collect();
    Some(Rename {
        resource_type: resource_type?.value,
        at: at?,
        names: Arc::new(BTreeMap::from([(property?.value, names)])),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Diagnostic;

    #[test]
    fn every_mistake_in_an_entry_is_told_at_once() {
        let text = r#"
[[source]]
command = "aws x list"
empty = "nothing"
[[source.items]]
tyep = "X::Y"
at = "a[b]"
lists = true
lists-within = "X::Z"

[[source]]
command = "aws x list"
unused = "twice"

[[source]]
command = "aws x other"

[[default]]
type = "X::Y"
property = "a[]"
value = 1
documented = "https://example.com"

[[rename]]
type = "X::Y"
property = "b"
"#;
        let (_, diagnostics) = Sources::parse(&[SourceFile::new("s.toml", text)]);
        let told: Vec<String> = diagnostics
            .into_sorted()
            .iter()
            .map(Diagnostic::one_line)
            .collect();
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn what_to_export_is_told_by_type_and_by_property() {
        let text = r#"
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
options = "--thing <thing>"
[[source.items]]
type = "X::Thing"
id = "Arn"
having = ["Arn"]
[[source]]
command = "aws x get-policy"
[[source.items]]
type = "X::Thing"
id = "{file.argument}"
into = "policy"
"#;
        let (sources, diagnostics) = Sources::parse(&[SourceFile::new("s.toml", text)]);
        assert!(diagnostics.is_empty());
        assert_eq!(
            sources.advice("x::thing").as_deref(),
            Some("`aws x list-things` and `aws x describe-thing --thing <thing>`")
        );
        assert_eq!(
            sources.export_of_property("X::Thing", "Policy").as_deref(),
            Some("aws x get-policy")
        );
        assert_eq!(sources.advice("X::Other"), None);
    }
}
