//! Commands that showed nothing: refused, failed, not configured, or simply silent.

use super::recognise::{Outcome, Task};
use crate::inventory::Reading;
use crate::inventory::cli_output::{Nothing, nothing};
use crate::inventory::command_error::{CommandError, Meaning};
use crate::inventory::source_entry::{Empty, Reader};
use crate::source::Unknown;

impl<'a> Task<'a> {
    /// Reads what a command wrote to its standard error. It counts where there is no output that
    /// it is read with.
    pub(super) fn error_file(&self, bytes: &[u8]) -> Outcome<'a> {
        let text = String::from_utf8_lossy(bytes);
        let reading = match (
            self.context.output_of(&self.file.path),
            CommandError::parse(&text),
        ) {
            (Some(output), _) => Reading::NotUsed(format!("it is read with {output}")),
            (None, Some(error)) if !self.candidates().is_empty() => return self.failed(&error),
            (None, Some(_)) => {
                Reading::NotRecognised("its name is of no command that is known".to_owned())
            }
            (None, None) => {
                Reading::NotUsed("it holds no error, and its output is not here".to_owned())
            }
        };
        self.plain("standard error", reading)
    }

    /// Reads the error of a command that failed.
    pub(super) fn failed(&self, error: &CommandError) -> Outcome<'a> {
        let described = error.describe();
        let Some(named) = self.candidates().into_iter().next() else {
            return self.plain(
                "unknown",
                Reading::Failed(format!("a command failed: {described}")),
            );
        };
        if let Reader::Unused(reason) = &named.source.reader {
            return Outcome::unused(&named, format!("{reason} (and it failed: {described})"));
        }
        let command = &named.source.command;
        let path = &self.file.path;
        let (means, reading) = match error.meaning(&named.source.absent_errors) {
            Meaning::NotConfigured => (Nothing::Absent, Reading::NotConfigured(described)),
            Meaning::Denied => (
                Nothing::Unknown(Unknown::new(format!(
                    "`{command}` was denied ({described}), see {path}"
                ))),
                Reading::Denied(described),
            ),
            Meaning::Failed => (
                Nothing::Unknown(Unknown::new(format!(
                    "`{command}` failed ({described}), see {path}"
                ))),
                Reading::Failed(described),
            ),
        };
        let mut result = nothing(self.sources, named.source, &self.subject(&named), &means);
        result.file.reading = reading;
        Outcome::of(&named, result)
    }

    /// Reads no output at all. A command that failed leaves the same, so it means something only
    /// where success is known.
    pub(super) fn empty(&self, succeeded: bool) -> Outcome<'a> {
        let Some(named) = self.candidates().into_iter().next() else {
            return self.plain("unknown", Reading::NotRecognised("it is empty".to_owned()));
        };
        if let Reader::Unused(reason) = &named.source.reader {
            return Outcome::unused(&named, reason.clone());
        }
        let succeeded = succeeded || self.context.keeps_errors(&named.root);
        match (named.source.empty, succeeded) {
            (Some(Empty::Absent), true) => {
                let mut result = nothing(
                    self.sources,
                    named.source,
                    &self.subject(&named),
                    &Nothing::Absent,
                );
                result.file.reading =
                    Reading::NotConfigured("no output: it is not configured".to_owned());
                Outcome::of(&named, result)
            }
            (Some(Empty::Absent), false) => self.unusable(Reading::Unreadable(
                "it is empty, and a failed command leaves the same; keep what the command wrote \
                 to its standard error beside it (`.stderr.txt`), or state its exit code in \
                 manifest.toml"
                    .to_owned(),
            )),
            (None, _) => self.unusable(Reading::Unreadable(
                "it is empty, which the command never leaves when it ends well".to_owned(),
            )),
        }
    }
}
