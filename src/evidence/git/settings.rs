//! Git's own settings, and the variables of the environment that change them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use git2::{Config, ConfigLevel, Repository};

use super::{Doing, GitError};

/// The `GIT_*` variables of the environment, read by the caller.
///
/// Known are `GIT_AUTHOR_NAME`, `GIT_AUTHOR_EMAIL`, `GIT_COMMITTER_NAME`, `GIT_COMMITTER_EMAIL`,
/// `GIT_CONFIG_GLOBAL`, `GIT_CONFIG_SYSTEM` and `GIT_CONFIG_NOSYSTEM`. Dates are not: a run is
/// committed when it is made.
#[derive(Debug, Clone, Default)]
pub struct GitVariables(pub BTreeMap<String, String>);

impl GitVariables {
    /// Returns the value of a variable.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Returns variables with which no file outside the repository is read, as tests need it.
    #[cfg(test)]
    pub(crate) fn isolated() -> Self {
        Self(BTreeMap::from([
            ("GIT_CONFIG_GLOBAL".to_owned(), String::new()),
            ("GIT_CONFIG_NOSYSTEM".to_owned(), "1".to_owned()),
        ]))
    }
}

/// Makes the repository read its settings from where the variables say. libgit2 knows where the
/// files are, and looks at the variables in no call that finds a repository by its folder.
pub(super) fn apply(repository: &Repository, variables: &GitVariables) -> Result<(), GitError> {
    let global = variables.get("GIT_CONFIG_GLOBAL");
    let system = variables.get("GIT_CONFIG_SYSTEM");
    let no_system = variables
        .get("GIT_CONFIG_NOSYSTEM")
        .is_some_and(|value| !matches!(value, "" | "0" | "false" | "no" | "off"));
    if global.is_none() && system.is_none() && !no_system {
        return Ok(());
    }
    let mut files: Vec<(ConfigLevel, PathBuf)> = Vec::new();
    if !no_system {
        let found = system
            .map(PathBuf::from)
            .or_else(|| Config::find_system().ok());
        files.extend(found.map(|path| (ConfigLevel::System, path)));
    }
    if let Some(path) = global {
        files.push((ConfigLevel::Global, path.into()));
    } else {
        let xdg = Config::find_xdg().map(|path| (ConfigLevel::XDG, path));
        let own = Config::find_global().map(|path| (ConfigLevel::Global, path));
        files.extend(xdg.into_iter().chain(own));
    }
    files.push((ConfigLevel::Local, repository.commondir().join("config")));
    files.push((
        ConfigLevel::Worktree,
        repository.path().join("config.worktree"),
    ));
    let doing = "read its settings";
    let mut config = Config::new().doing(doing)?;
    for (level, path) in files {
        if is_file(&path) {
            config.add_file(&path, level, true).doing(doing)?;
        }
    }
    repository.set_config(&config).doing(doing)
}

fn is_file(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file())
}

/// Returns a text setting.
pub(super) fn text(config: &Config, name: &str) -> Option<String> {
    config
        .get_string(name)
        .ok()
        .filter(|value| !value.trim().is_empty())
}
