//! Findings as JSON lines: `schemas/finding.json`. What is no finding goes beside them, each in an
//! object with one key that no finding has.

use std::io::{self, Write};

use serde::Serialize;

use super::{End, Findings, line};
use crate::cardholder::{Audience, Confidence, Done, Finding, Idle, Match, Place, Why};
use crate::source::Keyword as _;

/// Writes findings as JSON lines.
#[allow(missing_debug_implementations, reason = "it holds writers")]
pub struct Jsonl<'a> {
    /// Findings and nothing else.
    out: &'a mut dyn Write,
    /// What was not read, what is allowed, the sums.
    beside: &'a mut dyn Write,
}

impl<'a> Jsonl<'a> {
    /// Begins.
    pub fn new(out: &'a mut dyn Write, beside: &'a mut dyn Write) -> Self {
        Self { out, beside }
    }
}

#[derive(Serialize)]
struct Stated<'a> {
    path: &'a str,
    member: Option<&'a str>,
    offset: u64,
    length: usize,
    /// 0 where it stands in a name.
    line: u64,
    column: u64,
    kind: &'static str,
    brand: Option<&'a str>,
    confidence: &'static str,
    masked: Option<String>,
    context: Option<&'a str>,
}

impl<'a> Stated<'a> {
    fn of(finding: &Finding<'a>) -> Self {
        let Match {
            confidence,
            offset,
            length,
            line,
            column,
            issuer,
            masked,
            context,
            ..
        } = finding.found;
        Self {
            path: finding.file,
            member: Some(finding.member).filter(|member| !member.is_empty()),
            offset: *offset,
            length: *length,
            line: match finding.place {
                Place::Content => *line,
                Place::Name => 0,
            },
            column: *column,
            kind: finding.found.sort(),
            brand: issuer.as_deref(),
            confidence: confidence.word(),
            masked: masked.as_ref().map(ToString::to_string),
            context: context.as_deref(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Beside<'a> {
    Unread {
        path: &'a str,
        member: Option<&'a str>,
        why: String,
    },
    Allowed {
        finding: Stated<'a>,
        reason: &'a str,
        approver: &'a str,
        expires: String,
    },
    AllowList {
        line: usize,
        path: &'a str,
        state: &'static str,
    },
    Summary {
        read: u64,
        unread: u64,
        bytes: u64,
        confirmed: u64,
        possible: u64,
        test: u64,
        allowed: u64,
        started: String,
        ended: String,
    },
}

impl Audience for Jsonl<'_> {
    fn found(&mut self, finding: Finding<'_>) -> io::Result<()> {
        let stated = Stated::of(&finding);
        match finding.allowed {
            None => line(self.out, &stated),
            Some(allowed) => line(
                self.beside,
                &Beside::Allowed {
                    finding: stated,
                    reason: &allowed.reason,
                    approver: &allowed.approver,
                    expires: allowed.expires.to_string(),
                },
            ),
        }
    }

    fn unread(&mut self, file: &str, member: &str, why: Why) -> io::Result<()> {
        let unread = Beside::Unread {
            path: file,
            member: Some(member).filter(|member| !member.is_empty()),
            why: why.to_string(),
        };
        line(self.beside, &unread)
    }

    fn done(&mut self, _: &str, _: Done) -> io::Result<()> {
        Ok(())
    }
}

impl Findings for Jsonl<'_> {
    fn finish(&mut self, end: &End<'_>) -> io::Result<()> {
        for (entry, idle) in end.idle {
            let entry = Beside::AllowList {
                line: entry.line,
                path: &entry.path,
                state: match idle {
                    Idle::Expired => "expired",
                    Idle::Unused => "unused",
                },
            };
            line(self.beside, &entry)?;
        }
        let totals = end.totals;
        let summary = Beside::Summary {
            read: totals.read,
            unread: totals.unread,
            bytes: totals.bytes,
            confirmed: totals.of(Confidence::Confirmed),
            possible: totals.of(Confidence::Possible),
            test: totals.of(Confidence::Test),
            allowed: totals.allowed,
            started: end.started.to_string(),
            ended: end.ended.to_string(),
        };
        line(self.beside, &summary)
    }
}
