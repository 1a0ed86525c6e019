//! Whether content alone could be the output of a command.

use super::{item, paging};
use crate::inventory::decode::Decoded;
use crate::inventory::naming::Naming;
use crate::inventory::source_entry::{Items, Source};
use crate::source::Value;

/// Tells whether the content alone could be the output of the entry: every group that has items
/// has items that can be named.
pub(crate) fn could_be(source: &Source, decoded: &Decoded) -> bool {
    let Some(document) = decoded.documents.first() else {
        return false;
    };
    let value = paging::without_metadata(&document.value);
    let by_argument = |items: &Items| items.id.iter().any(Naming::is_argument);
    if source.items().iter().any(by_argument) {
        return false;
    }
    source
        .items()
        .iter()
        .any(|items| items.at.fits(&value) && items_could_be(items, &value))
}

fn items_could_be(items: &Items, document: &Value) -> bool {
    let found = items.at.find(document);
    let envelope = items.at.envelope().is_some();
    if found.is_empty() || items.encoding.is_some() {
        return envelope;
    }
    found.iter().take(3).all(|found| {
        let stated = found.value.get("type");
        let same_type = match (stated.as_str(), items.fixed_type()) {
            (Some(stated), Some(fixed)) if stated.contains('/') => {
                if !stated.eq_ignore_ascii_case(fixed) {
                    return false;
                }
                true
            }
            (_, _) => false,
        };
        let having = items.having.iter().all(|name| {
            found
                .value
                .as_map()
                .is_some_and(|map| map.own(name).is_some())
        });
        let certain = envelope || same_type || !items.having.is_empty();
        certain && having && item::could_name(items, found.value, &found.above)
    })
}
