//! Reading the output of one command by its entry.

mod content;
mod item;
mod paging;
mod shape;

pub(crate) use content::could_be;

use base64::Engine;

use super::decode::{Decoded, Syntax};
use super::manifest::{has_options, narrowed};
use super::naming::FileFacts;
use super::source_entry::{Argument, Encoding, Items, Lists, Source, TypeName, Unique};
use super::sources::Sources;
use super::{Contribution, FileReading, Listed, Reading};
use crate::source::{Instant, Map, Unknown, Value};

/// What is known of the file being read.
pub(crate) struct Subject<'a> {
    /// Its path.
    pub(crate) path: &'a str,
    /// The folder that holds the export as a whole.
    pub(crate) root: &'a str,
    /// The facts beside the content.
    pub(crate) facts: FileFacts,
    /// The command line, where a manifest states it.
    pub(crate) command: &'a [String],
    /// When it was observed, where a manifest states it.
    pub(crate) observed: Option<Instant>,
}

/// A part of a resource that only the file's name points to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unnamed {
    /// The part; its id is the argument.
    pub(crate) contribution: Contribution,
    /// What the argument says.
    pub(crate) argument: Argument,
    /// The folder that holds the export as a whole.
    pub(crate) root: String,
}

/// A type of which a file lists everything within one resource of another type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ListedWithin {
    /// The type listed.
    pub(crate) resource_type: String,
    /// The type of the parent.
    pub(crate) parent_type: String,
    /// What points to the parent: the argument, and ids that the items state.
    pub(crate) parents: Vec<String>,
}

/// What reading a command's output gave.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CommandReading {
    /// What every reading gives.
    pub(crate) file: FileReading,
    /// Parts whose resource has to be found.
    pub(crate) unnamed: Vec<Unnamed>,
    /// Listings within a parent.
    pub(crate) within: Vec<ListedWithin>,
}

impl From<FileReading> for CommandReading {
    fn from(file: FileReading) -> Self {
        Self {
            file,
            unnamed: Vec::new(),
            within: Vec::new(),
        }
    }
}

impl CommandReading {
    /// Drops the claims that everything of a type is listed.
    pub(crate) fn forget_lists(&mut self) {
        self.file.lists.clear();
        self.within.clear();
    }

    /// Returns the reading of a file that gives nothing.
    pub(crate) fn nothing(format: &str, reading: Reading) -> Self {
        Self {
            file: FileReading {
                format: format.to_owned(),
                reading,
                contributions: Vec::new(),
                lists: Vec::new(),
            },
            unnamed: Vec::new(),
            within: Vec::new(),
        }
    }
}

/// What a command that showed nothing means for the parts it would have shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Nothing {
    /// The thing is known not to be configured.
    Absent,
    /// It is unknown, for this reason.
    Unknown(Unknown),
}

/// Reads the content of a file by an entry; nothing if the content has another form.
pub(crate) fn read_output(
    sources: &Sources,
    source: &Source,
    decoded: &Decoded,
    subject: &Subject<'_>,
) -> Option<CommandReading> {
    match decoded.syntax {
        Syntax::Json | Syntax::Yaml | Syntax::Csv => {}
        Syntax::Text | Syntax::Empty => return None,
    }
    let mut gathered = Gathered {
        reading: CommandReading::nothing(&source.command, Reading::Whole),
        unidentified: 0,
        first_unidentified: None,
    };
    let mut fits = false;
    let mut remarks = Vec::new();
    let mut cut = false;
    for (at, document) in decoded.documents.iter().enumerate() {
        let value = paging::without_metadata(&document.value);
        let blank = value.as_map().is_some_and(Map::is_empty);
        if blank && source.empty.is_some() {
            let empty = nothing(sources, source, subject, &Nothing::Absent);
            gathered
                .reading
                .file
                .contributions
                .extend(empty.file.contributions);
            gathered.reading.unnamed.extend(empty.unnamed);
            fits = true;
            continue;
        }
        remarks.extend(paging::failures(&value));
        if let Some(token) = paging::unconsumed(&value) {
            remarks.push(format!("there is more: `{token}` was not followed"));
            cut = true;
        }
        let observed = subject.observed.or_else(|| {
            let property = source.observed.as_deref()?;
            item::instant(&value.get(property))
        });
        for items in source.items() {
            if items.at.fits(&value) {
                fits = true;
                let at = Document {
                    value: &value,
                    at,
                    decoded,
                    observed,
                };
                gathered.read(sources, source, items, &at, subject);
            }
        }
    }
    if !fits {
        return None;
    }
    if gathered.unidentified > 0 {
        remarks.push(format!(
            "{} of its items can't be identified{}",
            gathered.unidentified,
            gathered.first_unidentified.as_deref().unwrap_or_default()
        ));
    }
    let mut reading = gathered.reading;
    finish_lists(source, subject, &mut reading, cut || !remarks.is_empty());
    if let Some(option) = narrowed(subject.command, source.options.as_deref())
        && !reading.file.lists.is_empty()
    {
        reading.file.lists.clear();
        remarks.push(format!("`{option}` asks for less than everything"));
    }
    if !remarks.is_empty() {
        reading.file.reading = Reading::Partial(remarks.join("; "));
    }
    Some(reading)
}

/// A document of the file.
struct Document<'d> {
    value: &'d Value,
    at: usize,
    decoded: &'d Decoded,
    observed: Option<Instant>,
}

struct Gathered {
    reading: CommandReading,
    unidentified: usize,
    first_unidentified: Option<String>,
}

impl Gathered {
    fn read(
        &mut self,
        sources: &Sources,
        source: &Source,
        items: &Items,
        document: &Document<'_>,
        subject: &Subject<'_>,
    ) {
        let rows;
        let found = items.at.find(document.value);
        let mut parents = Vec::new();
        let mut values: Vec<(Value, usize, Vec<&Value>)> = Vec::new();
        match items.encoding {
            Some(Encoding::Base64Csv) => {
                rows = found
                    .first()
                    .and_then(|found| rows_of(found.value))
                    .unwrap_or_default();
                values.extend(rows.into_iter().map(|row| (row, 1, Vec::new())));
            }
            Some(Encoding::Pairs) | None => values.extend(found.iter().map(|found| {
                let line = document.decoded.item_line(document.at, &found.steps);
                (found.value.clone(), line, found.above.clone())
            })),
        }
        if values.is_empty() && !items.part().is_empty() && !items.at.is_each() {
            values.push((Value::Null, 1, vec![document.value]));
        }
        for (value, line, above) in values {
            if !shape::is_meant(items, &value, subject) {
                continue;
            }
            let shape = item::Shape {
                sources,
                source,
                items,
                subject,
                observed: document.observed,
            };
            match item::contribution(&shape, &value, line, &above) {
                Some(item::Identified::Stated(contribution)) => {
                    parents.extend(item::parent_ids(&contribution));
                    self.reading.file.contributions.push(contribution);
                }
                Some(item::Identified::ByArgument(contribution)) => {
                    self.reading.unnamed.push(Unnamed {
                        contribution,
                        argument: source.argument,
                        root: subject.root.to_owned(),
                    });
                }
                None => {
                    self.unidentified += 1;
                    if self.first_unidentified.is_none() {
                        self.first_unidentified = Some(hint(source, items, subject));
                    }
                }
            }
        }
        if let TypeName::Fixed(resource_type) = &items.type_name {
            list(&mut self.reading, items, resource_type, subject, parents);
        }
    }
}

/// Adds what a group lists whole to the reading.
fn list(
    reading: &mut CommandReading,
    items: &Items,
    resource_type: &str,
    subject: &Subject<'_>,
    mut parents: Vec<String>,
) {
    match &items.lists {
        Lists::Nothing => {}
        Lists::All => reading.file.lists.push(Listed {
            resource_type: resource_type.to_owned(),
            account: subject.facts.account.clone(),
            region: match items.unique {
                Unique::Region => subject.facts.region.clone(),
                Unique::Account | Unique::Globally => None,
            },
        }),
        Lists::Within(parent_type) => {
            parents.extend(subject.facts.argument.clone());
            parents.sort();
            parents.dedup();
            reading.within.push(ListedWithin {
                resource_type: resource_type.to_owned(),
                parent_type: parent_type.clone(),
                parents,
            });
        }
    }
}

fn hint(source: &Source, items: &Items, subject: &Subject<'_>) -> String {
    let by_argument = items.id.iter().any(super::naming::Naming::is_argument);
    match (by_argument, &subject.facts.argument) {
        (true, None) => format!(
            ": the content does not say which resource it is about; name the file \
             `{}.<argument>.json`, or state the command in manifest.toml",
            source.stems.first().map_or("", String::as_str)
        ),
        (_, _) => ": they lack the property that names them".to_owned(),
    }
}

/// A listing counts only if nothing says that it is less than everything.
fn finish_lists(
    source: &Source,
    subject: &Subject<'_>,
    reading: &mut CommandReading,
    incomplete: bool,
) {
    let labelled = subject.command.is_empty()
        && source.argument == Argument::Label
        && subject.facts.argument.as_deref().is_some_and(|argument| {
            !super::file_name::is_region(argument) && !super::file_name::is_account(argument)
        });
    if incomplete || labelled {
        reading.file.lists.clear();
    }
    if incomplete {
        reading.within.clear();
    }
}

fn rows_of(value: &Value) -> Option<Vec<Value>> {
    let text = value.as_str()?;
    let packed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(packed)
        .ok()?;
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(bytes.as_slice());
    let headers = reader.headers().ok()?.clone();
    Some(
        reader
            .records()
            .filter_map(Result::ok)
            .map(|record| {
                headers
                    .iter()
                    .zip(record.iter())
                    .map(|(name, value)| (name, Value::string(value)))
                    .collect::<Map>()
                    .into()
            })
            .collect(),
    )
}

/// Returns what a command says that showed nothing: parts that are absent or unknown, and, where
/// it lists and nothing is configured, an empty list.
pub(crate) fn nothing(
    sources: &Sources,
    source: &Source,
    subject: &Subject<'_>,
    nothing: &Nothing,
) -> CommandReading {
    let mut reading = CommandReading::nothing(&source.command, Reading::Whole);
    for items in source.items() {
        let TypeName::Fixed(resource_type) = &items.type_name else {
            continue;
        };
        if items.part().is_empty() {
            if matches!(nothing, Nothing::Absent) {
                list(&mut reading, items, resource_type, subject, Vec::new());
            }
            continue;
        }
        let value = match nothing {
            Nothing::Absent => Value::Null,
            Nothing::Unknown(unknown) => Value::Unknown(unknown.clone()),
        };
        if let Some(part) = item::blank_part(sources, source, items, subject, &value) {
            match part {
                item::Identified::Stated(contribution) => {
                    reading.file.contributions.push(contribution);
                }
                item::Identified::ByArgument(contribution) => reading.unnamed.push(Unnamed {
                    contribution,
                    argument: source.argument,
                    root: subject.root.to_owned(),
                }),
            }
        }
    }
    reading
}

/// Tells whether an omission was asked for after all.
fn asked_for(command: &[String], options: Option<&str>) -> bool {
    !command.is_empty() && options.is_some_and(|options| has_options(command, options))
}
