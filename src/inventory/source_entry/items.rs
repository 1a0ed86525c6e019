//! One group of items in an export: where they stand, what they are, how they are named.

use crate::inventory::item_path::ItemPath;
use crate::inventory::naming::Naming;
use crate::source::{Code, Keyword, Spanned, Table};

/// The type of the items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TypeName {
    /// This type.
    Fixed(String),
    /// What the item's property of this name says.
    Stated(String),
}

/// How much of a resource an item shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shows {
    /// Everything: what is not named is absent.
    Whole,
    /// Little more than that it exists: what is not named is unknown.
    Ids,
    /// One property of a resource that another export shows: the item is its value.
    Into(String),
    /// These properties of a resource that another export shows; those the item lacks are absent.
    Properties(Vec<String>),
}

/// What a file's list of items says of the type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lists {
    /// Nothing: items are asked for one by one.
    Nothing,
    /// Everything of the type in the account and region.
    All,
    /// Everything of the type within one resource of this type.
    Within(String),
}

/// Where an id is unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unique {
    /// In an account and region.
    Region,
    /// In an account, whatever the region.
    Account,
    /// Everywhere.
    Globally,
}

impl Keyword for Unique {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("region", Self::Region),
        ("account", Self::Account),
        ("globally", Self::Globally),
    ];
}

/// How the value at the path is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Comma-separated values in Base64; the rows are the items.
    Base64Csv,
    /// A list of objects with a key and a value, to be read as one object.
    Pairs,
}

impl Keyword for Encoding {
    const WORDS: &'static [(&'static str, Self)] =
        &[("base64-csv", Self::Base64Csv), ("pairs", Self::Pairs)];
}

/// A property that the export leaves out unless asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Omit {
    /// The property.
    pub(crate) property: String,
    /// The options that make the command show it; nothing if none does.
    pub(crate) unless: Option<String>,
    /// Whether an empty list or object also means that it was left out.
    pub(crate) empty: bool,
}

/// A property made from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Derived {
    /// The property to set, where the item lacks it.
    pub(crate) property: String,
    /// The property to make it from.
    pub(crate) from: String,
    /// What to replace in it, and by what.
    pub(crate) replace: Option<(String, String)>,
    /// Where to cut: the last of these and what follows it is left out.
    pub(crate) up_to: Option<String>,
    /// Where to begin: what stands before the last of these, and it, is left out.
    pub(crate) after: Option<String>,
}

/// A property that the command line decides, and with it every item of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// The options of the command, where a manifest states it.
    pub(crate) options: String,
    /// The argument in the file's name that stands for them.
    pub(crate) argument: String,
    /// The property.
    pub(crate) property: String,
    /// Its value.
    pub(crate) value: String,
}

/// One group of items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Items {
    /// The type.
    pub(crate) type_name: TypeName,
    /// Where the items are.
    pub(crate) at: ItemPath,
    /// How the value there is written, if it is text.
    pub(crate) encoding: Option<Encoding>,
    /// The property that an item holds which is text.
    pub(crate) text_as: Option<String>,
    /// The property that must be true for an item to count.
    pub(crate) only: Option<String>,
    /// What the id must contain for an item to count.
    pub(crate) id_contains: Option<String>,
    /// Properties of the objects around the items that belong to each item.
    pub(crate) with: Vec<String>,
    /// The ways to name the item; the first that gives something counts.
    pub(crate) id: Vec<Naming>,
    /// Other ids.
    pub(crate) also: Vec<Naming>,
    /// The name.
    pub(crate) name: Option<Naming>,
    /// The account.
    pub(crate) account: Option<Naming>,
    /// The region, or an availability zone of it.
    pub(crate) region: Option<Naming>,
    /// The property that holds the tags.
    pub(crate) tags: Option<String>,
    /// How much is shown.
    pub(crate) shows: Shows,
    /// What the list says.
    pub(crate) lists: Lists,
    /// Where ids are unique.
    pub(crate) unique: Unique,
    /// What is left out.
    pub(crate) omits: Vec<Omit>,
    /// Where JSON stands in strings, from the item.
    pub(crate) json: Vec<ItemPath>,
    /// What is made from other properties.
    pub(crate) derived: Vec<Derived>,
    /// What the command line says of every item.
    pub(crate) told: Vec<Told>,
    /// Properties that an item must have for its content alone to be recognised.
    pub(crate) having: Vec<String>,
}

impl Items {
    /// Returns the type, where it is fixed.
    pub(crate) fn fixed_type(&self) -> Option<&str> {
        match &self.type_name {
            TypeName::Fixed(name) => Some(name),
            TypeName::Stated(_) => None,
        }
    }

    /// Returns the properties that the group adds to a resource that another export shows.
    pub(crate) fn part(&self) -> &[String] {
        match &self.shows {
            Shows::Into(property) => std::slice::from_ref(property),
            Shows::Properties(properties) => properties,
            Shows::Whole | Shows::Ids => &[],
        }
    }

    /// Reads a group.
    pub(super) fn read(mut table: Table<'_>) -> Option<Self> {
        let fixed = table.string("type");
        let stated = table.string("type-from");
        let at = table
            .string("at")
            .map_or_else(ItemPath::default, |text| path(&table, &text));
        let encoding = table.keyword::<Encoding>("encoding").map(|word| word.value);
        let text_as = table.string("text-as").map(|text| text.value);
        let only = table.string("only").map(|text| text.value);
        let id_contains = table.string("id-contains").map(|text| text.value);
        let with = super::texts(&mut table, "with");
        let id = namings(&mut table, "id");
        let also = namings(&mut table, "also");
        let name = one_naming(&mut table, "name");
        let account = one_naming(&mut table, "account");
        let region = one_naming(&mut table, "region");
        let tags = table.string("tags").map(|text| text.value);
        let into = table.string("into");
        let properties = super::texts(&mut table, "properties");
        let ids_only = table.boolean("ids-only").is_some_and(|flag| flag.value);
        let all = table.boolean("lists").is_some_and(|flag| flag.value);
        let within = table.string("lists-within");
        let unique = table
            .keyword::<Unique>("unique")
            .map_or(Unique::Region, |word| word.value);
        let omits = table.tables("omits").into_iter().filter_map(omit).collect();
        let json = table
            .strings("json")
            .iter()
            .map(|text| path(&table, text))
            .collect();
        let derived = table
            .tables("derived")
            .into_iter()
            .filter_map(derived)
            .collect();
        let told = table.tables("told").into_iter().filter_map(told).collect();
        let having = super::texts(&mut table, "having");
        let span = table.span();
        if id.is_empty() {
            table.report(Code::MissingKey, span, "the key `id` is missing");
        }
        let shows = shows(&table, into, properties, ids_only);
        let lists = lists(&table, all, within);
        let type_name = type_name(&table, fixed, stated);
        table.finish();
        Some(Self {
            type_name: type_name?,
            at,
            encoding,
            text_as,
            only,
            id_contains,
            with,
            id,
            also,
            name,
            account,
            region,
            tags,
            shows,
            lists,
            unique,
            omits,
            json,
            derived,
            told,
            having,
        })
    }
}

fn shows(
    table: &Table<'_>,
    into: Option<Spanned<String>>,
    properties: Vec<String>,
    ids_only: bool,
) -> Shows {
    match (into, properties.is_empty(), ids_only) {
        (None, true, false) => Shows::Whole,
        (None, true, true) => Shows::Ids,
        (Some(into), true, false) => Shows::Into(into.value),
        (None, false, false) => Shows::Properties(properties),
        _ => {
            table.report(
                Code::InvalidValue,
                table.span(),
                "`into`, `properties` and `ids-only` exclude one another",
            );
            Shows::Whole
        }
    }
}

fn lists(table: &Table<'_>, all: bool, within: Option<Spanned<String>>) -> Lists {
    match (all, within) {
        (false, None) => Lists::Nothing,
        (true, None) => Lists::All,
        (false, Some(within)) => Lists::Within(within.value),
        (true, Some(within)) => {
            table.report(
                Code::InvalidValue,
                within.span,
                "`lists` and `lists-within` exclude one another",
            );
            Lists::All
        }
    }
}

fn type_name(
    table: &Table<'_>,
    fixed: Option<Spanned<String>>,
    stated: Option<Spanned<String>>,
) -> Option<TypeName> {
    match (fixed, stated) {
        (Some(name), None) => Some(TypeName::Fixed(name.value)),
        (None, Some(name)) => Some(TypeName::Stated(name.value)),
        (None, None) => {
            table.report(Code::MissingKey, table.span(), "the key `type` is missing");
            None
        }
        (Some(_), Some(name)) => {
            table.report(
                Code::InvalidValue,
                name.span,
                "`type` and `type-from` exclude one another",
            );
            None
        }
    }
}

fn path(table: &Table<'_>, text: &Spanned<String>) -> ItemPath {
    ItemPath::parse(&text.value).unwrap_or_else(|message| {
        table.report(Code::InvalidValue, text.span, message);
        ItemPath::default()
    })
}

fn naming(table: &Table<'_>, text: &Spanned<String>) -> Option<Naming> {
    Naming::parse(&text.value)
        .map_err(|message| table.report(Code::InvalidValue, text.span, message))
        .ok()
}

fn one_naming(table: &mut Table<'_>, key: &'static str) -> Option<Naming> {
    let text = table.string(key)?;
    naming(table, &text)
}

/// Reads one naming or several ways in order of preference.
fn namings(table: &mut Table<'_>, key: &'static str) -> Vec<Naming> {
    let texts = match table.item(key) {
        Some(item) if item.is_list() => item.strings(),
        Some(item) => item.string().into_iter().collect(),
        None => Vec::new(),
    };
    texts
        .iter()
        .filter_map(|text| naming(table, text))
        .collect()
}

fn omit(mut table: Table<'_>) -> Option<Omit> {
    let property = table.required_string("property");
    let unless = table.string("unless").map(|text| text.value);
    let empty = table.boolean("empty").is_some_and(|flag| flag.value);
    table.finish();
    Some(Omit {
        property: property?.value,
        unless,
        empty,
    })
}

fn told(mut table: Table<'_>) -> Option<Told> {
    let options = table.required_string("options");
    let argument = table.required_string("argument");
    let property = table.required_string("property");
    let value = table.required_string("value");
    table.finish();
    Some(Told {
        options: options?.value,
        argument: argument?.value,
        property: property?.value,
        value: value?.value,
    })
}

fn derived(mut table: Table<'_>) -> Option<Derived> {
    let property = table.required_string("property");
    let from = table.required_string("from");
    let replace = table.string("replace");
    let by = table.string("by");
    let up_to = table.string("up-to").map(|text| text.value);
    let after = table.string("after").map(|text| text.value);
    table.finish();
    Some(Derived {
        property: property?.value,
        from: from?.value,
        replace: replace.map(|text| (text.value, by.map(|by| by.value).unwrap_or_default())),
        up_to,
        after,
    })
}
