//! Findings as SARIF 2.1.0, written as they come.

use std::io::{self, Write};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::{End, Findings, NOT_READ};
use crate::cardholder::{Allowed, Audience, Confidence, Done, Finding, Idle, Place, Rules, Why};
use crate::source::{Keyword as _, inert};

/// How many notifications are held: SARIF has them after the results.
const HELD: usize = 10_000;
/// What stands as it is in the path of an address.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Writes findings as SARIF.
#[allow(missing_debug_implementations, reason = "it holds a writer")]
pub struct Sarif<'a> {
    out: &'a mut dyn Write,
    results: u64,
    notifications: Vec<Value>,
    /// How many notifications are not held.
    more: u64,
}

impl<'a> Sarif<'a> {
    /// Begins.
    ///
    /// # Errors
    ///
    /// Those of writing.
    pub fn new(out: &'a mut dyn Write, rules: &Rules) -> io::Result<Self> {
        let kinds: Vec<Value> = RULES.iter().map(rule).collect();
        let driver = json!({
            "name": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "properties": { "rulesDigest": rules.digest() },
            "rules": kinds,
        });
        write!(
            out,
            "{{\"$schema\":\"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{driver}}},\"results\":["
        )?;
        Ok(Self {
            out,
            results: 0,
            notifications: Vec::new(),
            more: 0,
        })
    }

    fn notify(&mut self, notification: impl FnOnce() -> Value) {
        match self.notifications.len() < HELD {
            true => self.notifications.push(notification()),
            false => self.more += 1,
        }
    }
}

/// The rules: what a finding's kind is called, and what it is.
const RULES: [(&str, &str); 7] = [
    ("pan", "A card number (PAN)"),
    ("track1", "Track 1 of a magnetic stripe"),
    (
        "track2",
        "Track 2 of a magnetic stripe, or its equivalent on a chip",
    ),
    ("card-code", "A card verification code"),
    ("pin-block", "A PIN or PIN block"),
    (
        "display",
        "A number of which more is shown than may be displayed",
    ),
    (
        "truncation",
        "A number of which more is kept than a truncation may keep",
    ),
];

fn rule((id, text): &(&str, &str)) -> Value {
    json!({ "id": id, "shortDescription": { "text": text } })
}

impl Audience for Sarif<'_> {
    fn found(&mut self, finding: Finding<'_>) -> io::Result<()> {
        let found = finding.found;
        let level = match found.confidence {
            Confidence::Confirmed => "error",
            Confidence::Possible => "warning",
            Confidence::Test => "note",
        };
        let title = RULES
            .iter()
            .find(|(id, _)| *id == found.sort())
            .map_or("", |(_, text)| *text);
        let of = |text: Option<&str>| text.map_or(String::new(), |text| format!(", {text}"));
        let masked = found.masked.as_ref().map(ToString::to_string);
        let place = match finding.place {
            Place::Content => "",
            Place::Name => " in the name",
        };
        let message = format!(
            "{title}{place}: {}{}{}",
            found.confidence.word(),
            of(found.issuer.as_deref()),
            of(masked.as_deref()),
        );
        let mut physical = artifact(finding.file);
        let region = json!({
            "startLine": found.line,
            "byteOffset": found.offset,
            "byteLength": found.length,
        });
        // A region is one of the file that is named, and not of what is packed in it.
        let mut inside = Value::Null;
        match finding.place {
            Place::Content if finding.member.is_empty() => {
                physical.insert("region".to_owned(), region);
            }
            Place::Content => inside = region,
            Place::Name => {}
        }
        let mut location = Map::new();
        location.insert("physicalLocation".to_owned(), Value::Object(physical));
        if !finding.member.is_empty() {
            let name = inert(finding.member);
            let logical = json!([{ "fullyQualifiedName": name, "kind": "member" }]);
            location.insert("logicalLocations".to_owned(), logical);
        }
        let suppressions: Vec<Value> = finding.allowed.iter().map(|it| suppression(it)).collect();
        let result = json!({
            "ruleId": found.sort(),
            "level": level,
            "message": { "text": plain(&message) },
            "locations": [location],
            "suppressions": suppressions,
            "properties": {
                "confidence": found.confidence.word(),
                "place": finding.place.word(),
                "context": found.context.as_deref().map(inert),
                "inMember": inside,
            },
        });
        let comma = if self.results == 0 { "" } else { "," };
        self.results += 1;
        write!(self.out, "{comma}\n{result}")
    }

    fn unread(&mut self, file: &str, member: &str, why: Why) -> io::Result<()> {
        self.notify(|| {
            let place = match member.is_empty() {
                true => String::new(),
                false => format!("{member}: "),
            };
            json!({
                "level": "error",
                "message": { "text": plain(&format!("not read: {place}{why}")) },
                "locations": [{ "physicalLocation": artifact(file) }],
            })
        });
        Ok(())
    }

    fn done(&mut self, _: &str, _: Done) -> io::Result<()> {
        Ok(())
    }
}

impl Findings for Sarif<'_> {
    fn finish(&mut self, end: &End<'_>) -> io::Result<()> {
        for (entry, idle) in end.idle {
            let why = match idle {
                Idle::Expired => "has expired",
                Idle::Unused => "is not used",
            };
            let text = format!("allow-list, line {}: {} {why}", entry.line, entry.path);
            self.notify(|| json!({ "level": "warning", "message": { "text": plain(&text) } }));
        }
        let more = std::mem::take(&mut self.more);
        let mut notifications = std::mem::take(&mut self.notifications);
        if more > 0 {
            let text = format!("{more} more notifications are not listed");
            notifications.push(json!({ "level": "error", "message": { "text": text } }));
        }
        notifications.push(json!({ "level": "note", "message": { "text": NOT_READ } }));
        let totals = end.totals;
        let invocation = json!({
            "executionSuccessful": totals.is_whole(),
            "startTimeUtc": end.started.to_string(),
            "endTimeUtc": end.ended.to_string(),
            "toolExecutionNotifications": notifications,
            "properties": {
                "filesRead": totals.read,
                "filesUnread": totals.unread,
                "bytes": totals.bytes,
                "allowed": totals.allowed,
            },
        });
        writeln!(self.out, "\n],\"invocations\":[{invocation}]}}]}}")
    }
}

fn suppression(allowed: &Allowed) -> Value {
    let Allowed {
        approver,
        reason,
        expires,
        ..
    } = allowed;
    let text = plain(&format!("{approver}: {reason} (until {expires})"));
    json!({ "kind": "external", "status": "accepted", "justification": text })
}

/// Returns where a file is, as an address: relative to wherever the scan was made, unless it was
/// given from the root.
fn artifact(file: &str) -> Map<String, Value> {
    let path = utf8_percent_encode(file, PATH);
    let uri = match file.starts_with('/') {
        true => format!("file://{path}"),
        false => path.to_string(),
    };
    let mut physical = Map::new();
    physical.insert("artifactLocation".to_owned(), json!({ "uri": uri }));
    physical
}

/// Returns a text that shows as it is: brackets make links in messages of SARIF, and braces mean
/// arguments.
fn plain(text: &str) -> String {
    let mut shown = String::new();
    for sign in inert(text).chars() {
        match sign {
            '[' | ']' | '\\' => {
                shown.push('\\');
                shown.push(sign);
            }
            '{' | '}' => {
                shown.push(sign);
                shown.push(sign);
            }
            _ => shown.push(sign),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cardholder::Kind;

    #[test]
    fn every_kind_has_a_rule() {
        for (word, kind) in Kind::WORDS {
            let told = RULES.iter().any(|(id, _)| id.starts_with(word));
            assert!(told, "{kind:?}");
        }
    }

    #[test]
    fn hostile_names_make_no_links_and_no_arguments() {
        assert_eq!(plain("a [b](c) {0}\u{1b}"), "a \\[b\\](c) {{0}}␛");
        let uri = &artifact("a b/../ü%?#.log")["artifactLocation"]["uri"];
        assert_eq!(uri, "a%20b/../%C3%BC%25%3F%23.log");
        assert_eq!(
            artifact("/var/log")["artifactLocation"]["uri"],
            "file:///var/log"
        );
    }
}
