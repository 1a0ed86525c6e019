//! One item of a command's output as a contribution to a resource.

use std::collections::BTreeMap;

use super::Subject;
use super::shape::{decode_json, derive, omit, shaped, surrounded, surrounded_map, tell};
use crate::inventory::arn::whereabouts;
use crate::inventory::completeness::Platform;
use crate::inventory::file_name::is_region;
use crate::inventory::naming::{FileFacts, Naming};
use crate::inventory::source_entry::{Items, Shows, Source, TypeName, Unique};
use crate::inventory::sources::Sources;
use crate::inventory::tags::{read_tags, tags_of};
use crate::inventory::{Contribution, Extent, Form, Place, State};
use crate::source::{Instant, Map, Unknown, Value};

/// A contribution, and how its resource is known.
pub(super) enum Identified {
    /// The content says which it is.
    Stated(Contribution),
    /// Only the argument in the file's name does; it stands as the id.
    ByArgument(Contribution),
}

/// What an item is read by.
pub(super) struct Shape<'a> {
    /// All entries, for advice.
    pub(super) sources: &'a Sources,
    /// The entry.
    pub(super) source: &'a Source,
    /// The group.
    pub(super) items: &'a Items,
    /// The file.
    pub(super) subject: &'a Subject<'a>,
    /// When the document was observed.
    pub(super) observed: Option<Instant>,
}

/// Returns what an item says; nothing if it can't be identified.
pub(super) fn contribution(
    shape: &Shape<'_>,
    value: &Value,
    line: usize,
    above: &[&Value],
) -> Option<Identified> {
    let Shape { items, subject, .. } = shape;
    let value = &shaped(items, value);
    let whole = surrounded(items, value, above);
    let (id, by_argument) = identify(items, &whole, subject)?;
    let resource_type = match &items.type_name {
        TypeName::Fixed(name) => stated_type(name, &whole),
        TypeName::Stated(property) => match whole.get(property).as_str()? {
            // AWS Config's name for what every other export calls a managed policy.
            "AWS::IAM::Policy" => "AWS::IAM::ManagedPolicy".to_owned(),
            stated => stated.to_owned(),
        },
    };
    let mut decoded = value.clone();
    for path in &items.json {
        decode_json(&mut decoded, path.segments());
    }
    let mut tags = None;
    let properties = match &items.shows {
        Shows::Into(property) => {
            if items.tags.is_some() {
                tags = read_tags(&decoded);
            }
            Map::from_iter([(property.as_str(), decoded)])
        }
        Shows::Properties(names) => {
            let map = surrounded_map(items, &decoded, above);
            if let Some(property) = &items.tags {
                tags = tags_of(&map, property);
            }
            names
                .iter()
                .map(|name| (name.as_str(), map.get(name)))
                .collect()
        }
        Shows::Whole | Shows::Ids => {
            let mut map = surrounded_map(items, &decoded, above);
            derive(items, &mut map);
            tell(items, subject, &mut map);
            omit(shape, &mut map);
            if let Some(property) = &items.tags {
                tags = match map.find(property) {
                    Some(Value::Unknown(_)) => None,
                    Some(_) => tags_of(&map, property),
                    None => matches!(items.shows, Shows::Whole).then(BTreeMap::new),
                };
            }
            map
        }
    };
    let extent = match &items.shows {
        Shows::Whole => whole_or_stub(shape, &resource_type, &whole),
        Shows::Ids => Extent::Partial(stub_reason(shape, &resource_type)),
        Shows::Into(_) | Shows::Properties(_) => Extent::Part,
    };
    let mut contribution = frame(shape, &resource_type, id, &whole);
    contribution.extent = extent;
    contribution.properties = properties;
    contribution.tags = tags;
    contribution.place.line = line;
    Some(if by_argument {
        Identified::ByArgument(contribution)
    } else {
        Identified::Stated(contribution)
    })
}

/// An Azure object says its type itself, which counts more than the name of its file.
fn stated_type(name: &str, item: &Value) -> String {
    let stated = item.as_map().and_then(|map| map.own("type"));
    match stated.and_then(Value::as_str) {
        Some(stated)
            if Platform::of(name) == Some(Platform::Azure)
                && Platform::of(stated) == Some(Platform::Azure)
                && stated.contains('/')
                && !stated.eq_ignore_ascii_case(name) =>
        {
            stated.to_owned()
        }
        Some(_) | None => name.to_owned(),
    }
}

/// Tells whether an item could be named, if account and region of the file were known.
pub(super) fn could_name(items: &Items, value: &Value, above: &[&Value]) -> bool {
    let facts = FileFacts {
        argument: Some("0".to_owned()),
        account: Some("0".to_owned()),
        region: Some("0".to_owned()),
    };
    let whole = surrounded(items, &shaped(items, value), above);
    items.id.iter().any(|id| id.apply(&whole, &facts).is_some())
}

/// Returns the part that a command would have shown and did not.
pub(super) fn blank_part(
    sources: &Sources,
    source: &Source,
    items: &Items,
    subject: &Subject<'_>,
    value: &Value,
) -> Option<Identified> {
    let (id, by_argument) = identify(items, &Value::from(Map::new()), subject)?;
    let shape = Shape {
        sources,
        source,
        items,
        subject,
        observed: subject.observed,
    };
    let resource_type = items.fixed_type()?.to_owned();
    let mut contribution = frame(&shape, &resource_type, id, &Value::Null);
    contribution.extent = Extent::Part;
    contribution.properties = items
        .part()
        .iter()
        .map(|name| (name.as_str(), value.clone()))
        .collect();
    contribution.tags = (items.tags.is_some() && value.is_null()).then(BTreeMap::new);
    Some(if by_argument {
        Identified::ByArgument(contribution)
    } else {
        Identified::Stated(contribution)
    })
}

/// Returns the ids of things that the contribution says it belongs to.
pub(super) fn parent_ids(contribution: &Contribution) -> Vec<String> {
    let mut ids: Vec<String> = contribution
        .properties
        .iter()
        .filter_map(|(_, value)| value.as_str())
        .filter(|text| text.starts_with("arn:"))
        .map(str::to_owned)
        .collect();
    let id = &contribution.id;
    if id.starts_with("arn:") {
        // `service/CLUSTER/NAME`, `listener/app/NAME/BALANCER/LISTENER`: what stands in between.
        let segments: Vec<&str> = id.split('/').collect();
        let between = segments.get(1..segments.len().saturating_sub(1));
        ids.extend(between.into_iter().flatten().map(|&text| text.to_owned()));
    }
    if id.starts_with('/') {
        // An Azure id continues that of the parent by two segments.
        ids.extend(
            id.rmatch_indices('/')
                .nth(1)
                .and_then(|(at, _)| id.get(..at))
                .map(str::to_owned),
        );
    }
    ids
}

/// Returns the moment that a value states: text, or seconds since 1970.
pub(super) fn instant(value: &Value) -> Option<Instant> {
    match value {
        Value::String(text) => Instant::parse(text),
        Value::Int(seconds) => Instant::from_unix(*seconds),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a float past the range of moments becomes the nearest, which is none"
        )]
        Value::Float(seconds) => Instant::from_unix(*seconds as i64),
        Value::Null
        | Value::Bool(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Unknown(_)
        | Value::Default(_) => None,
    }
}

fn frame(shape: &Shape<'_>, resource_type: &str, id: String, item: &Value) -> Contribution {
    let Shape { items, subject, .. } = shape;
    let facts = &subject.facts;
    let apply = |naming: &Naming| naming.apply(item, facts);
    let also: Vec<String> = items
        .also
        .iter()
        .filter_map(apply)
        .filter(|other| *other != id)
        .collect();
    let stated = std::iter::once(&id)
        .chain(&also)
        .map(|text| whereabouts(text))
        .fold((None, None), |(account, region), found| {
            (account.or(found.account), region.or(found.region))
        });
    let account = items
        .account
        .as_ref()
        .and_then(apply)
        .or_else(|| stated.0.map(str::to_owned))
        .or_else(|| facts.account.clone());
    let region = items
        .region
        .as_ref()
        .and_then(apply)
        .map(|text| region_of_zone(&text))
        .or_else(|| stated.1.map(str::to_owned))
        .or_else(
            || match shape.sources.unique(resource_type).max(items.unique) {
                Unique::Region => facts.region.clone(),
                Unique::Account | Unique::Globally => None,
            },
        );
    Contribution {
        resource_type: resource_type.to_owned(),
        name: items.name.as_ref().and_then(apply),
        id,
        also,
        account,
        region,
        cluster: None,
        namespace: None,
        tags: None,
        state: State::Observed,
        form: Form::Cli,
        extent: Extent::Part,
        properties: Map::new(),
        pod: None,
        place: Place {
            file: subject.path.to_owned(),
            line: 1,
        },
        observed: shape.observed,
    }
}

/// Returns the id, and whether only the argument of the file's name gives it.
pub(super) fn identify(
    items: &Items,
    item: &Value,
    subject: &Subject<'_>,
) -> Option<(String, bool)> {
    items.id.iter().find_map(|naming| {
        naming
            .apply(item, &subject.facts)
            .map(|id| (id, naming.is_argument()))
    })
}

/// An Azure object whose `properties` are null comes from a listing that leaves them out.
fn whole_or_stub(shape: &Shape<'_>, resource_type: &str, item: &Value) -> Extent {
    match item.as_map().and_then(|map| map.own("properties")) {
        Some(Value::Null) if shape.source.command.starts_with("az ") => {
            Extent::Partial(stub_reason(shape, resource_type))
        }
        Some(_) | None => Extent::Whole,
    }
}

fn stub_reason(shape: &Shape<'_>, resource_type: &str) -> Unknown {
    let how = match shape.sources.advice_whole(resource_type) {
        Some(command) => format!("export it with `{command}`"),
        None => "no command is known that shows the rest".to_owned(),
    };
    Unknown::new(format!(
        "`{}` only lists {resource_type}; {how}",
        shape.source.command
    ))
}

fn region_of_zone(text: &str) -> String {
    let zone = text
        .char_indices()
        .last()
        .filter(|(_, last)| last.is_ascii_lowercase())
        .and_then(|(at, _)| text.get(..at))
        .filter(|region| is_region(region));
    zone.unwrap_or(text).to_owned()
}
