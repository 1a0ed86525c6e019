//! When what people keep falls due next.

use super::recurring::every;
use crate::book::Book;
use crate::check::{Check, Entries};
use crate::config::Config;
use crate::human::{Human, Occurred};
use crate::source::{Date, Value};

/// Returns the first day after which something that a check looks at is no longer current: a
/// review, an entry, the next occurrence, an acknowledgement. Nothing where no date decides.
pub(crate) fn due(check: &Check, config: &Config, book: &Book, human: &Human) -> Option<Date> {
    match &check.entries {
        Entries::Configuration(_) | Entries::CardholderData(_) => None,
        Entries::Document(entries) => entries
            .iter()
            .filter_map(|entry| {
                let path = &entry.path;
                let document = book.documents.iter().find(|found| found.path == *path)?;
                document.review_due
            })
            .min(),
        Entries::Register(entries) => entries
            .iter()
            .flat_map(|entry| {
                let register = human.registers.get(&entry.name);
                let items = register.into_iter().flat_map(|register| &register.entries);
                items.filter_map(|item| {
                    let dated = entry
                        .dated
                        .as_ref()
                        .and_then(|(field, within)| Some(within.after(day(&item.value, field)?)));
                    let until = entry
                        .until
                        .as_ref()
                        .and_then(|field| day(&item.value, field));
                    dated.into_iter().chain(until).min()
                })
            })
            .min(),
        Entries::Recurring(entries) => {
            let newest = human
                .occurrences
                .iter()
                .filter(|occurrence| occurrence.check == check.id.value)
                .filter_map(|occurrence| match &occurrence.what {
                    Occurred::Done { to, .. } => Some(*to),
                    Occurred::Missed(_) => None,
                })
                .max()?;
            entries
                .iter()
                .filter(|entry| config.is_one_of(&entry.entities))
                .map(|entry| every(&check.id.value, entry, human).after(newest))
                .min()
        }
        Entries::Acknowledgement(entries) => entries
            .iter()
            .filter_map(|entry| {
                let valid = entry.valid?;
                human
                    .acknowledgements
                    .iter()
                    .filter(|given| given.check == check.id.value)
                    .map(|given| valid.after(given.date))
                    .min()
            })
            .min(),
    }
}

fn day(item: &Value, field: &str) -> Option<Date> {
    item.get(field).as_str()?.parse().ok()
}
