//! Findings for people: a line each, then what was not read, then the sums.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::{End, Findings, NOT_READ, size};
use crate::cardholder::{
    Audience, Confidence, Done, Finding, Idle, Match, Place, Sort, Why, location,
};
use crate::source::{Colour, inert};

/// Writes findings for people. Published test numbers are counted and not listed.
#[allow(missing_debug_implementations, reason = "it holds a writer")]
pub struct Human<'a> {
    out: &'a mut dyn Write,
    colour: Colour,
}

impl<'a> Human<'a> {
    /// Begins.
    pub fn new(out: &'a mut dyn Write, colour: Colour) -> Self {
        Self { out, colour }
    }

    fn styled(&self, style: Style, text: &str) -> String {
        match self.colour {
            Colour::On => format!("{style}{text}{style:#}"),
            Colour::Off => text.to_owned(),
        }
    }

    fn sums(&mut self, end: &End<'_>) -> io::Result<()> {
        let totals = end.totals;
        let of = |confidence| totals.of(confidence);
        writeln!(
            self.out,
            "{} files read, {} of text: {} confirmed, {} possible, {} test numbers; {} allowed; {} not read or not wholly",
            totals.read,
            size(totals.bytes),
            of(Confidence::Confirmed),
            of(Confidence::Possible),
            of(Confidence::Test),
            totals.allowed,
            totals.unread,
        )
    }
}

impl Audience for Human<'_> {
    fn found(&mut self, finding: Finding<'_>) -> io::Result<()> {
        let found = finding.found;
        if found.confidence == Confidence::Test {
            return Ok(());
        }
        let place = match finding.place {
            Place::Content => format!(":{}:{}", found.line, found.column),
            Place::Name => String::new(),
        };
        let in_name = match finding.place {
            Place::Content => "",
            Place::Name => " in the name",
        };
        let (word, style) = match (finding.allowed, found.confidence) {
            (Some(_), _) => ("allowed", Style::new().dimmed()),
            (None, Confidence::Confirmed) => ("confirmed", red()),
            (None, Confidence::Possible | Confidence::Test) => {
                ("possible", AnsiColor::Yellow.on_default())
            }
        };
        let word = self.styled(style, word);
        let allowed = finding.allowed.map_or(String::new(), |allowed| {
            format!(
                " (until {}, {}: {})",
                allowed.expires, allowed.approver, allowed.reason
            )
        });
        writeln!(
            self.out,
            "{}{place}: {word} {}{in_name}{}{}",
            inert(&finding.location()),
            found.sort(),
            inert(&number(found)),
            inert(&allowed),
        )
    }

    fn unread(&mut self, file: &str, member: &str, why: Why) -> io::Result<()> {
        let word = self.styled(red(), "not read");
        let place = inert(&location(file, member));
        writeln!(self.out, "{place}: {word}: {why}")
    }

    fn done(&mut self, _: &str, done: Done) -> io::Result<()> {
        match done.sort {
            // Whoever looks on sees findings as they come.
            Sort::Whole | Sort::Unread | Sort::Name => Ok(()),
        }
    }
}

impl Findings for Human<'_> {
    fn finish(&mut self, end: &End<'_>) -> io::Result<()> {
        for (entry, idle) in end.idle {
            let why = match idle {
                Idle::Expired => format!("expired on {}", entry.expires),
                Idle::Unused => "is not used".to_owned(),
            };
            let path = inert(&entry.path);
            writeln!(self.out, "allow-list, line {}: `{path}` {why}", entry.line)?;
        }
        self.sums(end)?;
        writeln!(self.out, "{NOT_READ}")
    }
}

fn red() -> Style {
    AnsiColor::Red.on_default().bold()
}

/// Returns whose number it is, the number masked, and what decided.
fn number(found: &Match) -> String {
    let mut text = String::new();
    for part in [
        found.issuer.as_deref().map(str::to_owned),
        found.masked.as_ref().map(ToString::to_string),
        found.context.as_ref().map(|near| format!("({near})")),
    ]
    .into_iter()
    .flatten()
    {
        text.push(' ');
        text.push_str(&part);
    }
    text
}
