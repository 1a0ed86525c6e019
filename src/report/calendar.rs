//! What falls due as iCalendar (RFC 5545): a day-long event for each, with an id that stays when its
//! day moves, so that a calendar that is read again changes the event.

use std::io::{self, Write};

use super::dues::Dues;
use crate::assess::{Due, DueKind};
use crate::source::{Date, Instant, inert, sha256};

/// The longest line, in bytes without its end (RFC 5545, 3.1).
const LINE: usize = 75;

/// Writes the calendar, as made at a moment.
pub fn dues_calendar(out: &mut dyn Write, dues: Dues<'_>, now: Instant) -> io::Result<()> {
    line(out, "BEGIN:VCALENDAR")?;
    line(out, "VERSION:2.0")?;
    line(out, "PRODID:-//evidence-workbook//due//EN")?;
    line(out, "CALSCALE:GREGORIAN")?;
    for due in dues.dues {
        event(out, due, &dues, now)?;
    }
    line(out, "END:VCALENDAR")
}

fn event(out: &mut dyn Write, due: &Due, dues: &Dues<'_>, now: Instant) -> io::Result<()> {
    let organisation = &dues.config.organisation;
    let identity = [
        organisation.as_str(),
        due.kind.as_str(),
        &due.subject,
        due.check.as_deref().unwrap_or_default(),
        // An entry of a register may have two dates.
        match due.kind {
            DueKind::Register => &due.what,
            DueKind::Recurring
            | DueKind::Document
            | DueKind::Acknowledgement
            | DueKind::Exception
            | DueKind::Provider
            | DueKind::Export => "",
        },
    ];
    let digest = sha256(identity.join("\n").as_bytes());
    let id = digest.get(..32).unwrap_or(&digest);
    // What was never done is due on the day on which it is asked for.
    let day = due.day.unwrap_or(dues.as_of);
    let mut description = format!("{}\n{}", due.what, due.subject);
    for (name, value) in [
        ("Owner", due.owner.as_str()),
        ("Check", due.check.as_deref().unwrap_or_default()),
    ] {
        if !value.is_empty() {
            description = format!("{description}\n{name}: {value}");
        }
    }
    line(out, "BEGIN:VEVENT")?;
    line(out, &format!("UID:{id}@evidence-workbook"))?;
    line(out, &format!("DTSTAMP:{}", now.compact()))?;
    line(out, &format!("DTSTART;VALUE=DATE:{}", compact(day)))?;
    line(out, &format!("SUMMARY:{}", escaped(&due.what)))?;
    line(out, &format!("DESCRIPTION:{}", escaped(&description)))?;
    line(out, &format!("CATEGORIES:{}", due.kind.as_str()))?;
    line(out, "TRANSP:TRANSPARENT")?;
    line(out, "END:VEVENT")
}

fn compact(day: Date) -> String {
    day.to_string().replace('-', "")
}

/// Returns text as a property has it: no character that ends it, and none that steers a terminal.
fn escaped(text: &str) -> String {
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| {
            inert(line)
                .replace('\\', "\\\\")
                .replace(';', "\\;")
                .replace(',', "\\,")
        })
        .collect();
    lines.join("\\n")
}

/// Writes one line, folded so that no part is too long and no character is cut.
fn line(out: &mut dyn Write, text: &str) -> io::Result<()> {
    let mut rest = text;
    let mut limit = LINE;
    while rest.len() > limit {
        let at = rest.floor_char_boundary(limit);
        let (part, more) = rest.split_at_checked(at).unwrap_or((rest, ""));
        write!(out, "{part}\r\n ")?;
        rest = more;
        // The space at the beginning is part of the line.
        limit = LINE - 1;
    }
    write!(out, "{rest}\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        let mut out = Vec::new();
        line(&mut out, text).expect("written");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn lines_are_folded_between_characters_and_unfold_to_what_they_were() {
        for text in [
            "SUMMARY:short".to_owned(),
            format!("SUMMARY:{}", "a".repeat(67)),
            format!("SUMMARY:{}", "a".repeat(68)),
            format!("SUMMARY:{}", "é".repeat(200)),
            format!("SUMMARY:{}", "カード".repeat(100)),
        ] {
            let lines = folded(&text);
            assert!(lines.ends_with("\r\n"));
            assert!(
                lines
                    .trim_end()
                    .split("\r\n")
                    .all(|line| line.len() <= LINE),
                "{lines}"
            );
            assert_eq!(lines.replace("\r\n ", "").trim_end(), text);
        }
        assert_eq!(folded(&"a".repeat(75)), format!("{}\r\n", "a".repeat(75)));
    }

    #[test]
    fn no_text_ends_a_property_or_begins_another() {
        for (text, expected) in [
            ("a, b; c\\d", "a\\, b\\; c\\\\d"),
            ("one\ntwo", "one\\ntwo"),
            ("x\r\nEND:VEVENT", "x␍\\nEND:VEVENT"),
            ("\u{1b}[31m\u{2028}", "␛[31m\u{fffd}"),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }
}
