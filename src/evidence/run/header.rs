//! The beginning of a run: what the chain is made of. It is read for every run of a history, so
//! the long lists that follow it are left alone.

use serde::Deserialize;
use toml::value::Datetime;

use super::super::record::instant;
use super::{Previous, PreviousFile, RunId, previous};
use crate::source::{Date, Instant};

/// What the chain needs of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunHeader {
    /// The id.
    pub id: RunId,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// The date of judgement.
    pub as_of: Date,
    /// The commit it was made on; none for the first commit of a repository.
    pub commit: Option<String>,
    /// The runs it follows.
    pub previous: Vec<Previous>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct File {
    id: String,
    recorded_at: Datetime,
    as_of: Datetime,
    commit: Option<String>,
    #[serde(default)]
    previous: Vec<PreviousFile>,
}

impl RunHeader {
    /// Reads the beginning of a run, up to the first table that says nothing of the chain.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        super::version(beginning(text))?;
        let file: File =
            toml::from_str(beginning(text)).map_err(|error| error.message().to_owned())?;
        Ok(Self {
            id: super::id(file.id)?,
            recorded_at: instant(&file.recorded_at)?,
            as_of: file.as_of.to_string().parse()?,
            commit: file.commit,
            previous: previous(file.previous)?,
        })
    }
}

/// Returns the text before the counts, which the writer puts after what the chain needs.
fn beginning(text: &str) -> &str {
    text.split_once("\n[counts]")
        .map_or(text, |(beginning, _)| beginning)
}

#[cfg(test)]
mod tests {
    use super::super::Run;
    use super::*;

    #[test]
    fn the_beginning_says_what_the_whole_says() {
        let text = super::super::tests::body().seal().to_toml();
        let (run, header) = (Run::parse(&text), RunHeader::parse(&text));
        let (run, header) = (run.expect("a run"), header.expect("a header"));
        assert_eq!(header.id, run.id);
        assert_eq!(header.previous, run.body.previous);
        assert_eq!(
            (header.recorded_at, header.as_of, header.commit),
            (run.body.recorded_at, run.body.as_of, run.body.commit)
        );
    }

    #[test]
    fn what_is_no_run_has_no_beginning() {
        for text in [
            "",
            "hello",
            "schema-version = 1\nid = \"x\"",
            "schema-version = 9",
        ] {
            assert!(RunHeader::parse(text).is_err(), "{text}");
        }
    }
}
