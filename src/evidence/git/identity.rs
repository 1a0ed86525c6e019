//! Who makes the commit.

use super::settings::{GitVariables, text};
use super::{Doing, GitError, Repo};

/// The author and the committer of a run's commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The author's name and mail address.
    pub author: (String, String),
    /// The committer's name and mail address.
    pub committer: (String, String),
}

impl Repo {
    /// Returns who git says makes commits here: the variables first, then the settings, and never
    /// a guess from the machine's name.
    pub(crate) fn identity(&self, variables: &GitVariables) -> Result<Identity, GitError> {
        let config = self
            .inner
            .config()
            .and_then(|mut config| config.snapshot())
            .doing("read its settings")?;
        let part = |role: &str, field: &str| {
            let variable = format!("GIT_{}_{}", role.to_uppercase(), field.to_uppercase());
            variables
                .get(&variable)
                .filter(|value| !value.trim().is_empty())
                .map(str::to_owned)
                .or_else(|| text(&config, &format!("{role}.{field}")))
                .or_else(|| text(&config, &format!("user.{field}")))
                .ok_or(GitError::NoIdentity)
        };
        let person = |role: &str| Ok((part(role, "name")?, part(role, "email")?));
        Ok(Identity {
            author: person("author")?,
            committer: person("committer")?,
        })
    }
}
