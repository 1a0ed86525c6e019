//! One entry of `checks/sources`: which command writes an export, and what stands in it.

mod items;

use std::sync::Arc;

pub(crate) use items::{Encoding, Items, Lists, Omit, Shows, TypeName, Unique};

use crate::source::{Code, Keyword, SourceFile, Span, Table};

/// What the argument in a file's name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Argument {
    /// The id of the resource: a part of an id that no other export shows makes the resource.
    Id,
    /// A name or the end of an id: it must meet a resource that another export shows.
    Name,
    /// Nothing that is read: the content names its resources.
    Label,
}

impl Keyword for Argument {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("id", Self::Id),
        ("name", Self::Name),
        ("label", Self::Label),
    ];
}

/// What no output at all means, where the command is known to have ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Empty {
    /// The thing is not configured.
    Absent,
}

impl Keyword for Empty {
    const WORDS: &'static [(&'static str, Self)] = &[("absent", Self::Absent)];
}

/// Who reads the content of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reader {
    /// The groups of the entry.
    Items(Vec<Items>),
    /// The content says itself what it is: AWS Config items, templates, Kubernetes objects. The
    /// types that it shows whole are named for advice.
    SelfDescribing(Vec<String>),
    /// Nobody, for this reason: it holds nothing that a check needs.
    Unused(String),
}

/// One entry: a command and what it writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    /// The command, without options: `aws ecs describe-clusters`.
    pub(crate) command: String,
    /// The options to type for the whole of it, with placeholders.
    pub(crate) options: Option<String>,
    /// The names under which the file is known, words joined by `-`: `ecs-describe-clusters`.
    pub(crate) stems: Vec<String>,
    /// What the argument in the file's name says.
    pub(crate) argument: Argument,
    /// Errors that mean the thing is not configured.
    pub(crate) absent_errors: Vec<String>,
    /// What no output means.
    pub(crate) empty: Option<Empty>,
    /// The property of the document that names the caller's account or subscription.
    pub(crate) tells_account: Option<String>,
    /// The property of the document that states when it was made.
    pub(crate) observed: Option<String>,
    /// Who reads the content.
    pub(crate) reader: Reader,
    /// The file of the entry.
    pub(crate) file: Arc<SourceFile>,
    /// The place of the command in that file.
    pub(crate) span: Span,
}

impl Source {
    /// Returns the command with its options, as a person types it.
    pub(crate) fn typed(&self) -> String {
        match &self.options {
            Some(options) => format!("{} {options}", self.command),
            None => self.command.clone(),
        }
    }

    /// Returns the types that the content shows, where they are known without it.
    pub(crate) fn types(&self) -> Vec<&str> {
        match &self.reader {
            Reader::Items(items) => items.iter().filter_map(Items::fixed_type).collect(),
            Reader::SelfDescribing(types) => types.iter().map(String::as_str).collect(),
            Reader::Unused(_) => Vec::new(),
        }
    }

    /// Returns the groups of items, none if somebody else reads the content.
    pub(crate) fn items(&self) -> &[Items] {
        match &self.reader {
            Reader::Items(items) => items,
            Reader::SelfDescribing(_) | Reader::Unused(_) => &[],
        }
    }

    /// Reads an entry. What is wrong with it goes to the cursor; an entry without a command is
    /// none.
    pub(crate) fn read(mut table: Table<'_>) -> Option<Self> {
        let command = table.required_string("command");
        let options = table.string("options").map(|text| text.value);
        let extra = table.strings("stems");
        let argument = table
            .keyword::<Argument>("argument")
            .map_or(Argument::Label, |word| word.value);
        let absent_errors = texts(&mut table, "absent-errors");
        let empty = table.keyword::<Empty>("empty").map(|word| word.value);
        let tells_account = table.string("tells-account").map(|text| text.value);
        let observed = table.string("observed").map(|text| text.value);
        let unused = table.string("unused");
        let self_describing = table
            .boolean("self-describing")
            .is_some_and(|flag| flag.value);
        let types = texts(&mut table, "types");
        let span = table.span();
        let groups: Vec<Items> = table
            .tables("items")
            .into_iter()
            .filter_map(Items::read)
            .collect();
        let reader = match (unused, self_describing, groups.is_empty()) {
            (Some(reason), false, true) => Reader::Unused(reason.value),
            (None, true, true) => Reader::SelfDescribing(types),
            (None, false, false) => Reader::Items(groups),
            (None, false, true) => {
                table.report(
                    Code::MissingKey,
                    span,
                    "the entry says neither `items` nor `unused` nor `self-describing`",
                );
                Reader::Items(groups)
            }
            _ => {
                table.report(
                    Code::InvalidValue,
                    span,
                    "`items`, `unused` and `self-describing` exclude one another",
                );
                Reader::Items(groups)
            }
        };
        let file = Arc::clone(table.file());
        if let Some(command) = &command
            && words(&command.value).is_empty()
        {
            table.report(
                Code::InvalidValue,
                command.span,
                "a command names its program and what to do, such as `aws ecs list-clusters`",
            );
        }
        table.finish();
        let command = command?;
        let mut stems = vec![words(&command.value).join("-")];
        stems.extend(
            extra
                .into_iter()
                .map(|stem| stem.value.to_ascii_lowercase()),
        );
        Some(Self {
            command: command.value,
            options,
            stems,
            argument,
            absent_errors,
            empty,
            tells_account,
            observed,
            reader,
            file,
            span: command.span,
        })
    }
}

/// Returns the words of a command after the program: `aws ecs list-clusters` is `ecs` and
/// `list-clusters`.
fn words(command: &str) -> Vec<String> {
    command
        .split_whitespace()
        .skip(1)
        .map(str::to_ascii_lowercase)
        .collect()
}

fn texts(table: &mut Table<'_>, key: &'static str) -> Vec<String> {
    table
        .strings(key)
        .into_iter()
        .map(|text| text.value)
        .collect()
}
