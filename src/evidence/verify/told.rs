//! Problems and notes in plain words.

use std::fmt;

use super::super::git::Signed;
use super::super::run::RunId;
use super::super::stored::RUNS;
use super::super::writer::unseen;
use super::anchored::{AnchorFault, AnchorOrigin, HeldAnchor};
use super::fields::{FieldChange, MOST};
use super::problem::{Author, Break, FileChange, Found, Note, Problem, Unstamped};

/// Shows text of the repository so that it can't move the cursor of a terminal.
pub(super) struct Plain<'t>(pub(super) &'t str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            if unseen(c) {
                write!(f, "{}", c.escape_unicode())?;
            } else {
                write!(f, "{c}")?;
            }
        }
        Ok(())
    }
}

/// Shows the fields that are other, after the sentence that says so.
struct Fields<'a>(&'a [FieldChange]);

impl fmt::Display for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, field) in self.0.iter().take(MOST).enumerate() {
            let before = if place == 0 { ": " } else { "; " };
            write!(f, "{before}{field}")?;
        }
        match self.0.len().saturating_sub(MOST) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

/// Shows runs: the first ones, and how many more.
struct Runs<'a>(&'a [RunId]);

impl fmt::Display for Runs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, run) in self.0.iter().take(MOST).enumerate() {
            let before = if place == 0 { "run " } else { ", " };
            write!(f, "{before}{run}")?;
        }
        match self.0.len().saturating_sub(MOST) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// Shows who did something, or that the history does not tell.
struct By<'a>(Option<&'a Author>);

impl fmt::Display for By<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(author) => write!(f, "by {author}"),
            None => f.write_str("by a commit that this clone does not show"),
        }
    }
}

impl fmt::Display for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = self.commit.get(..12).unwrap_or(&self.commit);
        write!(f, "commit {short} of {}", Plain(&self.name))?;
        match self.time {
            Some(time) => write!(f, " at {time}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File {
                path,
                change,
                fields,
                found,
            } => {
                let path = Plain(path);
                match change {
                    FileChange::Edited => write!(f, "{path} was edited")?,
                    FileChange::Deleted => write!(f, "{path} was deleted")?,
                    FileChange::Added => write!(f, "{path} was added by hand: no run lists it")?,
                    FileChange::Moved { to } => write!(f, "{path} was moved to {}", Plain(to))?,
                }
                match found {
                    Found::Commit(by) => write!(f, ", {}", By(by.as_ref()))?,
                    Found::Index => f.write_str(", in the index; it is not committed yet")?,
                    Found::WorkTree => f.write_str(", in the work tree; it is not committed")?,
                }
                write!(f, "{}", Fields(fields))
            }
            Self::RunEdited { run, fields, by } => {
                write!(
                    f,
                    "run {run} was edited after it was stamped, {}{}",
                    By(by.as_ref()),
                    Fields(fields)
                )
            }
            Self::RunDeleted { run, by } => write!(f, "run {run} was deleted, {}", By(by.as_ref())),
            Self::RunMoved { run, to, by } => {
                write!(
                    f,
                    "run {run} was moved to {}, {}",
                    Plain(to),
                    By(by.as_ref())
                )
            }
            Self::RunAdded { path, reason, by } => write!(
                f,
                "{} was added by hand among the runs ({}), {}",
                Plain(path),
                Plain(reason),
                By(by.as_ref())
            ),
            Self::RunUnstamped { run, why, by } => match why {
                Unstamped::NotSealed => write!(
                    f,
                    "run {run} was added by hand, by {by}: its commit does not name it, and its id \
                     is not that of what it says"
                ),
                Unstamped::OtherDigest => write!(
                    f,
                    "run {run} is not what its commit says it stamped, by {by}"
                ),
            },
            Self::ChainBroken { run, previous, how } => match how {
                Break::Missing => write!(
                    f,
                    "the chain breaks at run {run}: it follows {previous}, and {RUNS}/{} is missing",
                    previous.file_name()
                ),
                Break::Differs => write!(
                    f,
                    "the chain breaks at run {run}: {previous}, which it follows, is not what it \
                     was then"
                ),
            },
            Self::RunOutOfChain { run, left_out, by } => write!(
                f,
                "run {run} is out of the chain: it does not follow {left_out}, which was the newest \
                 run where it was made, by {by}"
            ),
            Self::RecordedOther { path, run, by } => write!(
                f,
                "{} in the commit of run {run} is not what that run lists, by {by}",
                Plain(path)
            ),
            Self::Signature { run, signed, by } => {
                let why = match signed {
                    Signed::Unsigned => "is not signed".to_owned(),
                    Signed::UnknownKey { key } => {
                        format!(
                            "is signed by a key that nobody vouches for ({})",
                            Plain(key)
                        )
                    }
                    Signed::Bad { why } => format!("has a bad signature ({})", Plain(why)),
                    Signed::Unchecked { why } => {
                        format!(
                            "has a signature that can't be checked here ({})",
                            Plain(why)
                        )
                    }
                    Signed::Good { signer, .. } => format!("is signed by {}", Plain(signer)),
                };
                write!(f, "the commit of run {run} {why}: {by}")
            }
            Self::Anchor(held) => write!(f, "{held}"),
        }
    }
}

impl fmt::Display for HeldAnchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "anchor {}", Plain(&self.anchor))?;
        if let AnchorOrigin::Tag { name, .. } = &self.origin {
            write!(f, " of tag {}", Plain(name))?;
        }
        let run = self
            .run
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        match &self.fault {
            None => match self.following {
                0 => write!(f, ": run {run} is on this chain and the newest"),
                1 => write!(f, ": run {run} is on this chain, and one run follows it"),
                more => write!(f, ": run {run} is on this chain, and {more} runs follow it"),
            },
            Some(AnchorFault::Missing) => f.write_str(
                ": no run of this repository has this digest; the chain was cut or rewritten, or \
                 it is another repository",
            ),
            Some(AnchorFault::Deleted) => {
                write!(f, ": run {run} was on this chain and its file was deleted")
            }
            Some(AnchorFault::Elsewhere { reference }) => write!(
                f,
                ": run {run} is not on this chain; {} has it",
                Plain(reference)
            ),
            Some(AnchorFault::Unreadable) => f.write_str(": the tag says no anchor"),
            Some(AnchorFault::BadSignature { why }) => {
                write!(f, ": the signature of the tag is bad ({})", Plain(why))
            }
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Touched { by, files } => {
                write!(f, "{by} is no run and changed evidence: ")?;
                for (place, file) in files.iter().take(5).enumerate() {
                    let comma = if place > 0 { ", " } else { "" };
                    write!(f, "{comma}{}", Plain(file))?;
                }
                if files.len() > 5 {
                    write!(f, " and {} more", files.len() - 5)?;
                }
                f.write_str("; what is there now is as stamped")
            }
            Self::Parallel(runs) => {
                f.write_str("runs were stamped in parallel and merged: ")?;
                for (place, run) in runs.iter().enumerate() {
                    let comma = if place > 0 { ", " } else { "" };
                    write!(f, "{comma}{run}")?;
                }
                f.write_str("; the next run joins them")
            }
            Self::Mixed(path) => write!(
                f,
                "{} and its subjects file were written by two parallel runs; the next run mends it",
                Plain(path)
            ),
            Self::NoTrailer { run, by } => write!(
                f,
                "{by} brought run {run} without naming it: a squash or rebase dropped the trailers, \
                 or somebody wrote the run; it is what its id says and in the chain, and only a \
                 signature or an anchor can tell"
            ),
            Self::Relocated(runs) => {
                write!(
                    f,
                    "{} came by a rebase, squash or cherry-pick: the commit does not follow the one \
                     that the run was made on",
                    Runs(runs)
                )
            }
            Self::ClockBack(runs) => write!(
                f,
                "the clock was set back: recorded earlier than what it follows was {}",
                Runs(runs)
            ),
            Self::Attributes(by) => write!(
                f,
                "evidence/.gitattributes is not as a run wrote it, so git may change the bytes of \
                 evidence on a checkout: {}",
                By(by.as_ref())
            ),
            Self::Shallow => f.write_str(
                "the clone is shallow: who changed what is told only as far as it reaches; type \
                 `git fetch --unshallow`",
            ),
            Self::Unfinished(reason) => {
                write!(
                    f,
                    "the checkout of the newest run is not finished: {}",
                    Plain(reason)
                )
            }
        }
    }
}
