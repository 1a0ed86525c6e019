//! Whether a signature is good and whose it is, told by the programs that git's settings name.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;

use base64::Engine as _;

use super::settings::text;
use super::{Doing, GitError, ObjectId, Repo};
use crate::source::Instant;

/// What is known of a commit's signature.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signed {
    /// There is none.
    Unsigned,
    /// It is good, and the key is known.
    Good {
        /// Whose key it is, as the allowed signers or the keyring say.
        signer: String,
        /// The key's fingerprint.
        key: String,
    },
    /// It may be good, but nothing says whose the key is.
    UnknownKey {
        /// The key's fingerprint or id.
        key: String,
    },
    /// It does not belong to what was committed, or its key was revoked.
    Bad {
        /// What the program said.
        why: String,
    },
    /// It can't be told here.
    Unchecked {
        /// What is missing.
        why: String,
    },
}

/// A signature with what it signs.
#[derive(Debug)]
pub(crate) struct Signable {
    signature: String,
    content: Vec<u8>,
    time: Option<Instant>,
}

/// What tells good signatures from others, as git's settings say. Threads may share it.
#[derive(Debug)]
pub(crate) struct Verifier {
    gpg: String,
    least_trust: usize,
    ssh: String,
    allowed: Option<PathBuf>,
    revoked: Option<PathBuf>,
    /// The principals of each public key; most commits are signed by few.
    principals: Mutex<BTreeMap<Vec<u8>, Vec<String>>>,
}

/// How far `gpg` trusts a key, from least to most; the order of git's `gpg.minTrustLevel`.
const TRUST: [&str; 5] = ["UNDEFINED", "NEVER", "MARGINAL", "FULLY", "ULTIMATE"];

impl Signable {
    /// Returns a signature with what it signs.
    pub(super) fn new(signature: &str, content: &str, time: Option<Instant>) -> Self {
        Self {
            signature: signature.to_owned(),
            content: content.as_bytes().to_vec(),
            time,
        }
    }
}

impl Repo {
    /// Returns what tells good signatures from others here.
    pub(crate) fn verifier(&self) -> Result<Verifier, GitError> {
        let config = self
            .inner
            .config()
            .and_then(|mut config| config.snapshot())
            .doing("read its settings")?;
        let file = |name: &str| {
            text(&config, name)?;
            config.get_path(name).ok().map(|path| self.root.join(path))
        };
        let least = text(&config, "gpg.minTrustLevel").map(|level| level.to_ascii_uppercase());
        Ok(Verifier {
            gpg: text(&config, "gpg.openpgp.program")
                .or_else(|| text(&config, "gpg.program"))
                .unwrap_or_else(|| "gpg".to_owned()),
            least_trust: least.map_or(0, |least| {
                let known = TRUST.iter().position(|level| *level == least);
                known.unwrap_or(TRUST.len() - 1)
            }),
            ssh: text(&config, "gpg.ssh.program").unwrap_or_else(|| "ssh-keygen".to_owned()),
            allowed: file("gpg.ssh.allowedSignersFile"),
            revoked: file("gpg.ssh.revocationFile"),
            principals: Mutex::default(),
        })
    }

    /// Returns the signature of a commit with what it signs; none where it has none.
    pub(crate) fn signable(&self, commit: ObjectId) -> Option<Signable> {
        let (signature, content) = self.inner.extract_signature(&commit.0, None).ok()?;
        let found = self.inner.find_commit(commit.0).ok()?;
        Some(Signable {
            signature: String::from_utf8_lossy(&signature).into_owned(),
            content: content.to_vec(),
            time: Instant::from_unix(found.time().seconds()),
        })
    }
}

impl Verifier {
    /// Tells what is known of a signature.
    pub(crate) fn check(&self, signable: &Signable) -> Signed {
        let checked = if signable.signature.starts_with("-----BEGIN SSH") {
            self.check_ssh(signable)
        } else if signable.signature.starts_with("-----BEGIN PGP") {
            self.check_gpg(signable)
        } else {
            Err("it is of a kind that this program does not know".to_owned())
        };
        checked.unwrap_or_else(|why| Signed::Unchecked { why })
    }

    fn check_gpg(&self, signable: &Signable) -> Result<Signed, String> {
        let file = scratch(&signable.signature)?;
        let arguments = ["--status-fd=1", "--keyid-format=long", "--verify"];
        let output = Command::new(&self.gpg)
            .args(arguments)
            .arg(file.path())
            .arg("-")
            .run(&signable.content)
            .map_err(|why| format!("`{}` can't be run: {why}", self.gpg))?;
        Ok(self.said_by_gpg(&String::from_utf8_lossy(&output.stdout)))
    }

    /// Reads the status lines of `gpg`.
    fn said_by_gpg(&self, status: &str) -> Signed {
        let of = |word: &str| {
            status.lines().find_map(|line| {
                let rest = line.strip_prefix("[GNUPG:] ")?.strip_prefix(word)?;
                (rest.is_empty() || rest.starts_with(' ')).then(|| rest.trim().to_owned())
            })
        };
        let first = |rest: String| rest.split(' ').next().unwrap_or_default().to_owned();
        let key = of("VALIDSIG").map(first).unwrap_or_default();
        if let Some(rest) = of("BADSIG") {
            let why = format!("the signature by {rest} does not belong to what was committed");
            return Signed::Bad { why };
        }
        if let Some(rest) = of("REVKEYSIG") {
            return Signed::Bad {
                why: format!("the key {rest} was revoked"),
            };
        }
        if let Some(key) = of("NO_PUBKEY") {
            return Signed::UnknownKey { key };
        }
        let signer = ["GOODSIG", "EXPKEYSIG", "EXPSIG"]
            .iter()
            .find_map(|word| of(word));
        let Some(signer) = signer else {
            return Signed::Unchecked {
                why: format!("`{}` did not tell what it found", self.gpg),
            };
        };
        let trusted = TRUST
            .iter()
            .position(|level| of(&format!("TRUST_{level}")).is_some());
        let never = trusted == Some(1);
        if never || trusted.unwrap_or(0) < self.least_trust {
            return Signed::UnknownKey { key };
        }
        let signer = signer
            .split_once(' ')
            .map_or(signer.clone(), |(_, name)| name.to_owned());
        Signed::Good { signer, key }
    }

    fn check_ssh(&self, signable: &Signable) -> Result<Signed, String> {
        let file = scratch(&signable.signature)?;
        let allowed = self.allowed.as_deref().filter(|path| path.is_file());
        let signature = file.path();
        if let Some(allowed) = allowed {
            let time = signable.time.map(|time| {
                // Its own form, in UTC; the variable below makes that its local time.
                let digits = time.compact().replace(['T', 'Z'], "");
                format!("-Overify-time={digits}")
            });
            for principal in self.principals(allowed, signature, &signable.signature)? {
                let mut command = Command::new(&self.ssh);
                command.args(["-Y", "verify", "-n", "git", "-I", &principal, "-f"]);
                command.arg(allowed).arg("-s").arg(signature).args(&time);
                if let Some(revoked) = &self.revoked {
                    command.arg("-r").arg(revoked);
                }
                let output = command
                    .run(&signable.content)
                    .map_err(|why| self.no_ssh(&why))?;
                if output.status.success() {
                    let key = fingerprint(&output);
                    return Ok(Signed::Good {
                        signer: principal,
                        key,
                    });
                }
            }
        }
        let mut command = Command::new(&self.ssh);
        command
            .args(["-Y", "check-novalidate", "-n", "git", "-s"])
            .arg(signature);
        if let Some(revoked) = &self.revoked {
            command.arg("-r").arg(revoked);
        }
        let output = command
            .run(&signable.content)
            .map_err(|why| self.no_ssh(&why))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let line = said.lines().rev().find(|line| !line.trim().is_empty());
            let why = line.unwrap_or("the signature does not belong to what was committed");
            return Ok(Signed::Bad {
                why: why.to_owned(),
            });
        }
        Ok(Signed::UnknownKey {
            key: fingerprint(&output),
        })
    }

    /// Returns whose key made a signature, as the allowed signers say.
    fn principals(
        &self,
        allowed: &Path,
        file: &Path,
        signature: &str,
    ) -> Result<Vec<String>, String> {
        let key = public_key(signature).ok_or("the signature can't be read")?;
        let known = self
            .principals
            .lock()
            .ok()
            .and_then(|known| known.get(&key).cloned());
        if let Some(known) = known {
            return Ok(known);
        }
        let output = Command::new(&self.ssh)
            .args(["-Y", "find-principals", "-f"])
            .arg(allowed)
            .arg("-s")
            .arg(file)
            // Whether the key was allowed at the time is what verifying tells.
            .run(b"")
            .map_err(|why| self.no_ssh(&why))?;
        let found: Vec<String> = String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect();
        if let Ok(mut known) = self.principals.lock() {
            known.insert(key, found.clone());
        }
        Ok(found)
    }

    fn no_ssh(&self, why: &std::io::Error) -> String {
        format!("`{}` can't be run: {why}", self.ssh)
    }
}

/// Runs a program on an input.
trait Run {
    /// Returns what the program printed and how it ended.
    fn run(&mut self, input: &[u8]) -> std::io::Result<Output>;
}

impl Run for Command {
    fn run(&mut self, input: &[u8]) -> std::io::Result<Output> {
        let mut child = self
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        // A program that stops early closes the pipe; what it printed says why.
        let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input));
        child.wait_with_output()
    }
}

/// Returns a file with the signature, since no program takes it otherwise.
fn scratch(signature: &str) -> Result<tempfile::NamedTempFile, String> {
    let mut file = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
    file.write_all(signature.as_bytes())
        .map_err(|error| error.to_string())?;
    if !signature.ends_with('\n') {
        file.write_all(b"\n").map_err(|error| error.to_string())?;
    }
    Ok(file)
}

/// Returns the public key in an SSH signature: after the magic and the version, its length first.
fn public_key(signature: &str) -> Option<Vec<u8>> {
    let body: String = signature
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(body.trim())
        .ok()?;
    let rest = bytes.strip_prefix(b"SSHSIG")?.get(4..)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    rest.get(..length).map(<[u8]>::to_vec)
}

/// Returns the fingerprint that `ssh-keygen` prints.
fn fingerprint(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout);
    let found = said
        .split_whitespace()
        .find(|word| word.starts_with("SHA256:"));
    found.unwrap_or("of no fingerprint").to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::sandbox::Sandbox;
    use super::*;
    use crate::evidence::git::GitVariables;

    #[test]
    fn what_gpg_says_is_one_of_five() {
        let sandbox = Sandbox::workbook();
        sandbox.set("gpg.minTrustLevel", "marginal");
        let repo = Repo::open(sandbox.path(), &GitVariables::isolated()).expect("a repository");
        let verifier = repo.verifier().expect("settings");
        let said = |status: &str| verifier.said_by_gpg(status);
        let good = "[GNUPG:] GOODSIG AB12 Ann <ann@example.com>\n[GNUPG:] VALIDSIG F00D 2026\n";
        let trusted = |level: &str| said(&format!("{good}[GNUPG:] TRUST_{level} 0 pgp\n"));
        let known = Signed::Good {
            signer: "Ann <ann@example.com>".to_owned(),
            key: "F00D".to_owned(),
        };
        let unknown = |key: &str| Signed::UnknownKey {
            key: key.to_owned(),
        };
        assert_eq!(trusted("ULTIMATE"), known);
        assert_eq!(trusted("MARGINAL"), known);
        assert_eq!(trusted("UNDEFINED"), unknown("F00D"));
        assert_eq!(trusted("NEVER"), unknown("F00D"));
        assert_eq!(
            said("[GNUPG:] ERRSIG AB12 22 8 00 1 9 -\n[GNUPG:] NO_PUBKEY AB12\n"),
            unknown("AB12")
        );
        for bad in ["[GNUPG:] BADSIG AB12 Ann", "[GNUPG:] REVKEYSIG AB12 Ann"] {
            assert!(matches!(said(bad), Signed::Bad { .. }), "{bad}");
        }
        for none in ["", "gpg: GOODSIG AB12 Ann", "[GNUPG:] GOODSIGNATURE x"] {
            assert!(matches!(said(none), Signed::Unchecked { .. }), "{none}");
        }
    }

    #[test]
    fn the_public_key_of_a_signature_is_read_or_told_to_be_missing() {
        let body = |bytes: &[u8]| {
            let text = base64::engine::general_purpose::STANDARD.encode(bytes);
            format!("-----BEGIN SSH SIGNATURE-----\n{text}\n-----END SSH SIGNATURE-----\n")
        };
        let whole = b"SSHSIG\0\0\0\x01\0\0\0\x03keyrest";
        assert_eq!(public_key(&body(whole)), Some(b"key".to_vec()));
        for cut in 0..whole.len() - 5 {
            assert_eq!(public_key(&body(&whole[..cut])), None, "{cut}");
        }
        assert_eq!(public_key("-----BEGIN SSH SIGNATURE-----\n%\n"), None);
    }
}
