//! What a file is: by manifest or exact name, else by what it says of itself, else by a loose
//! name, else by its form alone.

use super::context::Context;
use crate::inventory::cli_output::{
    CommandReading, Nothing, Subject, could_be, nothing, read_output,
};
use crate::inventory::command_error::CommandError;
use crate::inventory::decode::{Decoded, Syntax, decode};
use crate::inventory::file_name::{Certainty, Named, by_name, parts};
use crate::inventory::manifest::{Stated, argument, by_command, narrowed};
use crate::inventory::source_entry::{Reader, Source, TypeName};
use crate::inventory::sources::Sources;
use crate::inventory::walk::ExportFile;
use crate::inventory::{Reading, formats};
use crate::source::Unknown;

/// The file being read and what surrounds it.
pub(super) struct Task<'a> {
    /// The file.
    pub(super) file: &'a ExportFile,
    /// The entries.
    pub(super) sources: &'a Sources,
    /// What is known of other files.
    pub(super) context: &'a Context,
    /// What a manifest states.
    pub(super) stated: Option<Stated>,
}

/// What was found, before it is listed.
pub(super) struct Outcome<'s> {
    /// What it gives.
    pub(super) reading: CommandReading,
    /// The folder that holds the export as a whole.
    pub(super) root: String,
    /// The entry that it was read by.
    pub(super) source: Option<&'s Source>,
}

impl<'a> Outcome<'a> {
    pub(super) fn of(named: &Named<'a>, reading: CommandReading) -> Self {
        Self {
            reading,
            source: Some(named.source),
            root: named.root.clone(),
        }
    }

    pub(super) fn unused(named: &Named<'a>, reason: String) -> Self {
        let reading = CommandReading::nothing(&named.source.command, Reading::NotUsed(reason));
        Self::of(named, reading)
    }
}

impl<'a> Task<'a> {
    /// Lists a manifest, which was read before.
    pub(super) fn manifest(&self) -> Outcome<'a> {
        let path = &self.file.path;
        let missing = self.context.not_there(path);
        let reading = match self.context.bad_manifests.get(path) {
            Some(message) => Reading::Unreadable(message.clone()),
            None if missing.is_empty() => Reading::Whole,
            None => Reading::Partial(format!(
                "it states files that are not there: {}",
                missing.join(", ")
            )),
        };
        self.plain("manifest", reading)
    }

    /// Lists a file of which nothing can be used. What its name says it would have shown is
    /// unknown.
    pub(super) fn unusable(&self, reading: Reading) -> Outcome<'a> {
        let Some(named) = self
            .candidates()
            .into_iter()
            .find(|named| named.certainty == Certainty::Exact)
        else {
            return self.plain("unknown", reading);
        };
        let why = match &reading {
            Reading::Whole => String::new(),
            Reading::Unreadable(reason)
            | Reading::Denied(reason)
            | Reading::Failed(reason)
            | Reading::Partial(reason)
            | Reading::NotConfigured(reason)
            | Reading::NotRecognised(reason)
            | Reading::NotUsed(reason) => reason.clone(),
        };
        let why = Unknown::new(format!("{} can't be used: {why}", self.file.path));
        let mut result = nothing(
            self.sources,
            named.source,
            &self.subject(&named),
            &Nothing::Unknown(why),
        );
        result.file.reading = reading;
        Outcome::of(&named, result)
    }

    /// Reads a file whose bytes can be had.
    pub(super) fn recognise(&self, bytes: &[u8]) -> Outcome<'a> {
        let path = &self.file.path;
        if parts(path).is_error {
            return self.error_file(bytes);
        }
        let stated = self.stated.as_ref();
        let exit = stated.and_then(|stated| stated.exit_code);
        let stderr = stated
            .and_then(|stated| stated.error.as_deref())
            .or_else(|| self.context.error_of(path));
        let error = stderr.and_then(CommandError::parse);
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return match (error, exit) {
                (Some(error), _) => self.failed(&error),
                (None, Some(code)) if code != 0 => self.failed(&CommandError::exit(code)),
                (None, _) => self.empty(exit == Some(0) || stderr.is_some()),
            };
        }
        let decoded = match decode(path, bytes) {
            Ok(decoded) => decoded,
            Err(message) => return self.unusable(Reading::Unreadable(message)),
        };
        if decoded.syntax == Syntax::Text {
            let text = String::from_utf8_lossy(bytes);
            if CommandError::is_certain(&text)
                && let Some(error) = CommandError::parse(&text)
            {
                return self.failed(&error);
            }
            let yaml = [".yaml", ".yml"].iter().any(|end| path.ends_with(end));
            if yaml
                && text
                    .lines()
                    .all(|line| line.trim().is_empty() || line.starts_with('#'))
            {
                let reason = "it holds only comments".to_owned();
                return self.plain("comments", Reading::NotUsed(reason));
            }
        }
        let mut outcome = self.content(&decoded);
        let failure = match (exit, error) {
            (Some(0), _) | (None, None) => None,
            (Some(code), None) => Some(format!("the command ended with exit code {code}")),
            (Some(_), Some(error)) => Some(format!("the command failed: {}", error.describe())),
            (None, Some(error)) => error
                .code
                .is_some()
                .then(|| format!("the command failed as well: {}", error.describe())),
        };
        if let (Some(reason), Reading::Whole) = (failure, &outcome.reading.file.reading) {
            outcome.reading.file.reading = Reading::Partial(reason);
            outcome.reading.forget_lists();
        }
        outcome
    }

    fn content(&self, decoded: &Decoded) -> Outcome<'a> {
        let candidates = self.candidates();
        let mut said = None;
        for named in &candidates {
            match (&named.source.reader, named.certainty) {
                (_, Certainty::Loose) | (Reader::SelfDescribing(_), Certainty::Exact) => {}
                (Reader::Unused(reason), Certainty::Exact) => {
                    return Outcome::unused(named, reason.clone());
                }
                (Reader::Items(_), Certainty::Exact) => {
                    if let Some(outcome) = self.by_entry(named, decoded) {
                        return outcome;
                    }
                    said.get_or_insert(named.source.command.as_str());
                }
            }
        }
        if let Some(reading) = formats::read(&self.file.path, decoded) {
            let mut reading = CommandReading::from(reading);
            let command = self.stated.as_ref().map(|stated| &stated.command);
            if command.is_some_and(|command| narrowed(command, None).is_some()) {
                reading.forget_lists();
            }
            return Outcome {
                reading,
                root: self.root_of(&candidates),
                source: None,
            };
        }
        candidates
            .iter()
            .filter(|named| named.certainty == Certainty::Loose)
            .find_map(|named| self.by_entry(named, decoded))
            .unwrap_or_else(|| self.by_content(decoded, &candidates, said))
    }

    fn by_entry(&self, named: &Named<'a>, decoded: &Decoded) -> Option<Outcome<'a>> {
        let subject = self.subject(named);
        let reading = read_output(self.sources, named.source, decoded, &subject)?;
        Some(Outcome::of(named, reading))
    }

    fn by_content(
        &self,
        decoded: &Decoded,
        candidates: &[Named<'a>],
        said: Option<&str>,
    ) -> Outcome<'a> {
        let mut entries: Vec<&Source> = self
            .sources
            .readable()
            .filter(|source| could_be(source, decoded))
            .collect();
        if entries.iter().any(|source| types(source).is_some()) {
            entries.retain(|source| types(source).is_some());
        }
        let agreed = entries
            .first()
            .filter(|first| entries.iter().all(|other| types(other) == types(first)));
        if let Some(&source) = agreed {
            let named = Named {
                source,
                argument: None,
                root: self.root_of(candidates),
                certainty: Certainty::Loose,
            };
            if let Some(mut outcome) = self.by_entry(&named, decoded) {
                // Which of the commands it was is open, and with it whether it lists everything.
                if entries.len() > 1 {
                    outcome.reading.forget_lists();
                }
                return outcome;
            }
        }
        let unused = candidates
            .iter()
            .find_map(|named| match &named.source.reader {
                Reader::Unused(reason) => Some((named, reason)),
                Reader::Items(_) | Reader::SelfDescribing(_) => None,
            });
        if let Some((named, reason)) = unused {
            return Outcome::unused(named, reason.clone());
        }
        let reason = match (said, entries.as_slice(), decoded.syntax) {
            (_, [one, two, ..], _) => format!(
                "it could be the output of `{}` or of `{}`; name it after its command, or state \
                 the command in manifest.toml",
                one.command, two.command
            ),
            (Some(command), _, _) => {
                format!("its name says `{command}`, and its content has another form")
            }
            (None, _, Syntax::Text | Syntax::Empty) => "it is not JSON, YAML or CSV".to_owned(),
            (None, _, Syntax::Json | Syntax::Yaml | Syntax::Csv) => {
                "neither its name nor its content is of an export that is known".to_owned()
            }
        };
        self.plain("unknown", Reading::NotRecognised(reason))
    }

    /// Returns the entries that manifest and name point to, the surest first.
    pub(super) fn candidates(&self) -> Vec<Named<'a>> {
        let candidates = by_name(self.sources, &self.file.path);
        let Some(source) = self
            .stated
            .as_ref()
            .and_then(|stated| by_command(self.sources, &stated.command))
        else {
            return candidates;
        };
        let named = candidates
            .into_iter()
            .find(|named| named.source.command == source.command)
            .unwrap_or_else(|| Named {
                source,
                argument: None,
                root: self.folder(),
                certainty: Certainty::Exact,
            });
        vec![Named {
            certainty: Certainty::Exact,
            ..named
        }]
    }

    pub(super) fn subject<'t>(&'t self, named: &'t Named<'_>) -> Subject<'t> {
        let stated = self.stated.as_ref();
        let command = stated.map_or(&[][..], |stated| stated.command.as_slice());
        let argument = argument(named.source, command).or_else(|| named.argument.clone());
        Subject {
            path: &self.file.path,
            root: &named.root,
            facts: self
                .context
                .facts(&self.file.path, &named.root, argument, stated),
            command,
            observed: stated.and_then(|stated| stated.observed),
        }
    }

    pub(super) fn plain(&self, format: &str, reading: Reading) -> Outcome<'a> {
        Outcome {
            reading: CommandReading::nothing(format, reading),
            root: self.folder(),
            source: None,
        }
    }

    fn root_of(&self, candidates: &[Named<'_>]) -> String {
        candidates
            .first()
            .map_or_else(|| self.folder(), |named| named.root.clone())
    }

    fn folder(&self) -> String {
        parts(&self.file.path).folders.join("/")
    }
}

/// Returns the types of an entry, if all are fixed.
fn types(source: &Source) -> Option<Vec<&str>> {
    source
        .items()
        .iter()
        .map(|items| match &items.type_name {
            TypeName::Fixed(name) => Some(name.as_str()),
            TypeName::Stated(_) => None,
        })
        .collect()
}
