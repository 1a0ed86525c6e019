//! When something was written down, beside the day on which it is said to have happened.

use crate::source::{Code, Date, Instant, Item, Table, TimeZone};

/// Reads `recorded-at`, which commands write. What is recorded before it happened is a mistake; the
/// two days may differ by one, since neither says in which time zone it was counted.
pub(super) fn recorded(table: &mut Table<'_>, happened: Option<Date>) -> Option<Instant> {
    let at = table.item("recorded-at").and_then(Item::instant)?;
    let latest = TimeZone::default().date(at.value).plus_days(1);
    if let Some(happened) = happened
        && latest < happened
    {
        table.report(
            Code::InvalidValue,
            at.span,
            format!("it is recorded before the day it speaks of, {happened}"),
        );
    }
    Some(at.value)
}
