//! Signatures, made by the programs that git's settings name.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use git2::Config;

use super::settings::text;
use super::{Doing, GitError, Identity, Repo};

/// How commits are signed, as git's settings say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Signer {
    /// They are not.
    Unsigned,
    /// By `OpenPGP`.
    OpenPgp {
        /// The program, `gpg`.
        program: String,
        /// The key's id, or the committer.
        key: String,
    },
    /// By an SSH key.
    Ssh {
        /// The program, `ssh-keygen`.
        program: String,
        /// The key.
        key: SshKey,
    },
}

/// Where an SSH key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SshKey {
    /// In a file; a public key's private half is then in the agent.
    File(PathBuf),
    /// In the agent; the settings hold its public half.
    Agent(String),
}

impl Repo {
    /// Returns how to sign, having made sure that the key is there.
    pub(crate) fn signer(&self, identity: &Identity) -> Result<Signer, GitError> {
        if self.is_set("commit.gpgsign")? {
            self.set_signer(identity)
        } else {
            Ok(Signer::Unsigned)
        }
    }

    /// Tells whether git is set to sign tags, or commits and so tags of ours.
    pub(crate) fn signs_tags(&self) -> Result<bool, GitError> {
        Ok(self.is_set("tag.gpgsign")? || self.is_set("commit.gpgsign")?)
    }

    /// Returns how to sign a tag, having made sure that the key is there.
    pub(crate) fn tag_signer(&self, identity: &Identity) -> Result<Signer, GitError> {
        if self.signs_tags()? {
            self.set_signer(identity)
        } else {
            Ok(Signer::Unsigned)
        }
    }

    fn settings(&self) -> Result<Config, GitError> {
        self.inner
            .config()
            .and_then(|mut config| config.snapshot())
            .doing("read its settings")
    }

    fn is_set(&self, name: &str) -> Result<bool, GitError> {
        Ok(self.settings()?.get_bool(name).unwrap_or(false))
    }

    fn set_signer(&self, identity: &Identity) -> Result<Signer, GitError> {
        let config = self.settings()?;
        let signer = match text(&config, "gpg.format").as_deref() {
            None | Some("openpgp") => openpgp(&config, identity),
            Some("ssh") => ssh(&config)?,
            Some(other) => {
                return Err(GitError::Signing(format!(
                    "gpg.format is `{other}`, which this program can't make; set it to `openpgp` \
                     or `ssh`"
                )));
            }
        };
        signer.key_is_there()?;
        Ok(signer)
    }
}

fn openpgp(config: &Config, identity: &Identity) -> Signer {
    let (name, mail) = &identity.committer;
    Signer::OpenPgp {
        program: text(config, "gpg.openpgp.program")
            .or_else(|| text(config, "gpg.program"))
            .unwrap_or_else(|| "gpg".to_owned()),
        key: text(config, "user.signingkey").unwrap_or_else(|| format!("{name} <{mail}>")),
    }
}

fn ssh(config: &Config) -> Result<Signer, GitError> {
    let key = text(config, "user.signingkey").ok_or_else(|| {
        GitError::Signing(
            "no key is named; type `git config --global user.signingkey ~/.ssh/id_ed25519.pub`"
                .to_owned(),
        )
    })?;
    let key = match key.strip_prefix("key::") {
        Some(public) => SshKey::Agent(public.to_owned()),
        None if key.starts_with("ssh-") => SshKey::Agent(key),
        None => SshKey::File(config.get_path("user.signingkey").unwrap_or(key.into())),
    };
    Ok(Signer::Ssh {
        program: text(config, "gpg.ssh.program").unwrap_or_else(|| "ssh-keygen".to_owned()),
        key,
    })
}

impl Signer {
    fn key_is_there(&self) -> Result<(), GitError> {
        match self {
            Self::Unsigned
            | Self::Ssh {
                key: SshKey::Agent(_),
                ..
            } => Ok(()),
            Self::Ssh {
                key: SshKey::File(path),
                ..
            } if path.is_file() => Ok(()),
            Self::Ssh {
                key: SshKey::File(path),
                ..
            } => Err(GitError::Signing(format!(
                "the key file {} does not exist; user.signingkey names it",
                path.display()
            ))),
            Self::OpenPgp { program, key } => {
                let found = Command::new(program)
                    .args(["--batch", "--list-secret-keys", "--", key])
                    .stdin(Stdio::null())
                    .output()
                    .map_err(|error| {
                        GitError::Signing(format!("`{program}` can't be run: {error}"))
                    })?;
                if found.status.success() {
                    Ok(())
                } else {
                    Err(GitError::Signing(format!(
                        "`{program}` has no secret key for `{key}`; user.signingkey names the key"
                    )))
                }
            }
        }
    }

    /// Returns the signature of a commit's content; none where commits are not signed. `scratch`
    /// is a folder for a file that lives as long as the program that signs.
    pub(super) fn sign(&self, content: &[u8], scratch: &Path) -> Result<Option<String>, GitError> {
        match self {
            Self::Unsigned => Ok(None),
            Self::OpenPgp { program, key } => {
                let arguments = ["--status-fd=2", "-bsau", key].map(str::to_owned);
                run(program, &arguments, content).map(Some)
            }
            Self::Ssh {
                program,
                key: SshKey::File(path),
            } => {
                let arguments = ssh_arguments(path, &[]);
                run(program, &arguments, content).map(Some)
            }
            Self::Ssh {
                program,
                key: SshKey::Agent(public),
            } => {
                let file = scratch.join(format!("workbook-key-{}.pub", std::process::id()));
                fs::write(&file, public).map_err(|error| {
                    GitError::Signing(format!("{} can't be written: {error}", file.display()))
                })?;
                let signature = run(program, &ssh_arguments(&file, &["-U"]), content);
                let _ = fs::remove_file(&file);
                signature.map(Some)
            }
        }
    }
}

fn ssh_arguments(key: &Path, more: &[&str]) -> Vec<String> {
    let mut arguments = ["-Y", "sign", "-n", "git", "-f"]
        .map(str::to_owned)
        .to_vec();
    arguments.push(key.to_string_lossy().into_owned());
    arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
    arguments
}

/// Runs a program that signs its standard input and returns what it prints.
fn run(program: &str, arguments: &[String], input: &[u8]) -> Result<String, GitError> {
    let failed = |why: String| GitError::Signing(format!("`{program}` failed to sign: {why}"));
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    // A program that stops early closes the pipe; what it printed says why.
    let written = child.stdin.take().map(|mut stdin| stdin.write_all(input));
    let output = child
        .wait_with_output()
        .map_err(|error| failed(error.to_string()))?;
    let signature = String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n");
    if !output.status.success() || !signature.starts_with("-----BEGIN ") {
        let said = String::from_utf8_lossy(&output.stderr);
        let line = said
            .lines()
            .rev()
            .find(|line| !line.trim().is_empty() && !line.starts_with("[GNUPG:]"));
        return Err(failed(line.unwrap_or("it printed no signature").to_owned()));
    }
    match written {
        Some(Err(error)) => Err(failed(error.to_string())),
        Some(Ok(())) | None => Ok(signature),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::Signature;
    use super::super::sandbox::Sandbox;
    use super::*;
    use crate::evidence::samples::bench;

    #[cfg(unix)]
    #[test]
    fn commits_are_signed_as_git_is_set() {
        use std::os::unix::fs::PermissionsExt as _;
        let bench = bench(Sandbox::workbook());
        bench.sandbox.set("commit.gpgsign", "true");
        bench.sandbox.set("gpg.format", "ssh");
        assert!(bench.refusal().contains("no key is named"));
        bench
            .sandbox
            .set("user.signingkey", "/nowhere/id_ed25519.pub");
        assert!(
            bench
                .refusal()
                .contains("/nowhere/id_ed25519.pub does not exist")
        );
        bench.sandbox.set("gpg.format", "x509");
        assert!(bench.refusal().contains("gpg.format is `x509`"));

        let programs = tempfile::tempdir().expect("a folder");
        let program = programs.path().join("sign");
        let script = "#!/bin/sh\ncat >/dev/null\n\
                      echo '-----BEGIN SSH SIGNATURE-----'\necho \"$*\" | tr -d /\n\
                      echo '-----END SSH SIGNATURE-----'\n";
        fs::write(&program, script).expect("a program");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a program");
        bench.sandbox.set("gpg.format", "ssh");
        bench
            .sandbox
            .set("gpg.ssh.program", &program.to_string_lossy());
        bench
            .sandbox
            .set("user.signingkey", "key::ssh-ed25519 AAAA");
        let stamped = bench.stamp();
        let repo = Repo::open(bench.sandbox.path(), &bench.variables).expect("a repository");
        let commit = repo
            .commit(repo.resolve(&stamped.commit).expect("a commit"))
            .expect("a commit");
        assert_eq!(commit.signature, Signature::Ssh);

        fs::write(&program, "#!/bin/sh\necho 'no such key' >&2\nexit 1\n").expect("a program");
        assert!(bench.refusal().contains("no such key"));
    }
}
