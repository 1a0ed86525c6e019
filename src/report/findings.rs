//! What a scan found, as it is found: for people, as JSON lines, as SARIF.

mod human;
mod jsonl;
mod sarif;

use std::io::{self, Write};

pub use human::Human;
pub use jsonl::Jsonl;
pub use sarif::Sarif;

use crate::cardholder::{Allowed, Audience, Done, Finding, Idle, Totals, Why};
use crate::source::Instant;

/// What the scanner does not read, whatever the file.
const NOT_READ: &str = "Not read, and so not shown to be clean: EBCDIC; packed and zoned \
decimals; numbers split over several records or columns; pictures, sound and video; what is \
encrypted or protected by a password; and whatever is told above as not read.";

/// Writes what a scan finds.
pub trait Findings: Audience {
    /// Ends the output.
    fn finish(&mut self, end: &End<'_>) -> io::Result<()>;
}

/// What is known at the end of a scan.
#[derive(Debug, Clone, Copy)]
pub struct End<'a> {
    /// What it comes to.
    pub totals: &'a Totals,
    /// The entries of the allow-list that did nothing.
    pub idle: &'a [(&'a Allowed, Idle)],
    /// When it began.
    pub started: Instant,
    /// When it ended.
    pub ended: Instant,
}

/// Several who are told the same.
#[allow(missing_debug_implementations, reason = "it holds writers")]
pub struct All<'a>(pub Vec<&'a mut dyn Audience>);

impl Audience for All<'_> {
    fn found(&mut self, finding: Finding<'_>) -> io::Result<()> {
        self.0.iter_mut().try_for_each(|it| it.found(finding))
    }

    fn unread(&mut self, file: &str, member: &str, why: Why) -> io::Result<()> {
        self.0
            .iter_mut()
            .try_for_each(|it| it.unread(file, member, why))
    }

    fn done(&mut self, file: &str, done: Done) -> io::Result<()> {
        self.0.iter_mut().try_for_each(|it| it.done(file, done))
    }
}

/// Returns a number of bytes in the unit that is read easiest.
fn size(bytes: u64) -> String {
    let (mut whole, mut rest) = (bytes, 0);
    for unit in ["bytes", "KiB", "MiB", "GiB"] {
        if whole < 1024 {
            return match unit {
                "bytes" => format!("{whole} {unit}"),
                _ => format!("{whole}.{} {unit}", rest * 10 / 1024),
            };
        }
        (whole, rest) = (whole / 1024, whole % 1024);
    }
    format!("{whole}.{} TiB", rest * 10 / 1024)
}

/// Writes one line of JSON.
fn line(out: &mut dyn Write, value: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_in_their_unit() {
        for (bytes, told) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1536, "1.5 KiB"),
            (3 << 30, "3.0 GiB"),
            (5 << 40, "5.0 TiB"),
        ] {
            assert_eq!(size(bytes), told);
        }
    }
}
