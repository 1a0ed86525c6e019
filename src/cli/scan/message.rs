//! `workbook scan --message`: the mail gate. Whatever goes wrong, the message is not delivered.

use std::io;
use std::path::PathBuf;

use crate::cardholder::{
    Audience, Confidence, Done, Finding, Limits, Rules, Sort, Totals, Why, judge_message, location,
    open_given,
};
use crate::cli::common::Failure;
use crate::cli::{Exit, World};
use crate::source::{Keyword as _, inert};

/// How many findings the verdict names.
const NAMED: usize = 3;

/// Judges one message and prints one line.
pub(super) fn run(
    paths: &[PathBuf],
    limits: Limits,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let mut heard = Heard::default();
    let rules = Rules::built_in();
    match paths {
        [] => judge_message(rules, limits, &mut *world.stdin, &mut heard)?,
        [path] if path.as_os_str() == "-" => {
            judge_message(rules, limits, &mut *world.stdin, &mut heard)?;
        }
        [path] => match open_given(&world.folder.join(path)) {
            Ok(mut file) => judge_message(rules, limits, &mut file, &mut heard)?,
            Err(error) => heard.unread("", "", Why::Failed(error.kind()))?,
        },
        _ => return Err(Failure::Text("--message judges one message".to_owned())),
    }
    let (exit, verdict) = heard.verdict();
    writeln!(world.stdout, "{}", inert(&verdict))?;
    // A verdict that nobody got is no leave to deliver.
    world.stdout.flush()?;
    Ok(exit)
}

/// What was heard of a message.
#[derive(Debug, Default)]
struct Heard {
    totals: Totals,
    named: Vec<String>,
    unread: Vec<String>,
}

impl Heard {
    fn verdict(&self) -> (Exit, String) {
        let sums: Vec<String> = Confidence::WORDS
            .iter()
            .map(|(word, confidence)| format!("{} {word}", self.totals.of(*confidence)))
            .collect();
        let sums = sums.join(", ");
        let unread = match self.unread.is_empty() {
            true => String::new(),
            false => format!("; not read: {}", self.unread.join("; ")),
        };
        if self.totals.has_findings() {
            let named = self.named.join("; ");
            return (
                Exit::Bad,
                format!("quarantine: account data ({sums}): {named}{unread}"),
            );
        }
        if !unread.is_empty() || !self.totals.is_whole() || self.totals.bytes == 0 {
            let why = match self.unread.is_empty() {
                true => "there is no message",
                false => unread.trim_start_matches("; "),
            };
            return (Exit::Usage, format!("quarantine: {why} ({sums})"));
        }
        let bytes = self.totals.bytes;
        (
            Exit::Good,
            format!("deliver: no account data in {bytes} bytes of text ({sums})"),
        )
    }
}

impl Audience for Heard {
    fn found(&mut self, finding: Finding<'_>) -> io::Result<()> {
        let found = finding.found;
        if found.confidence != Confidence::Test && self.named.len() < NAMED {
            let ending = found
                .masked
                .as_ref()
                .map_or(String::new(), |it| format!(" ending in {}", it.last_four()));
            let member = match finding.member {
                "" => String::new(),
                member => format!(" in {member}"),
            };
            let (kind, confidence) = (found.sort(), found.confidence.word());
            self.named
                .push(format!("{kind} {confidence}{ending}{member}"));
        }
        self.totals.found(finding)
    }

    fn unread(&mut self, file: &str, member: &str, why: Why) -> io::Result<()> {
        if self.unread.len() < NAMED {
            let place = location(file, member);
            self.unread.push(match place.is_empty() {
                true => why.to_string(),
                false => format!("{place}: {why}"),
            });
        }
        self.totals.unread(file, member, why)
    }

    fn done(&mut self, file: &str, done: Done) -> io::Result<()> {
        match done.sort {
            Sort::Whole | Sort::Unread | Sort::Name => self.totals.done(file, done),
        }
    }
}
