//! Whether runs that somebody anchored are on the chain.

use std::collections::BTreeSet;

use super::super::anchor::{Anchor, FOLDER, TAGS, TRAILER};
use super::super::chain::Chain;
use super::super::git::{GitError, ObjectId, Repo, Signed};
use super::super::run::RunId;
use super::super::stored::{Evidence, RUNS, Stored};
use super::problem::Problem;

/// An anchor that the chain was held to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeldAnchor {
    /// The anchor as people write it.
    pub anchor: String,
    /// Where it comes from.
    pub origin: AnchorOrigin,
    /// The run that it is of; none where that is not known.
    pub run: Option<RunId>,
    /// How many runs of the chain follow it.
    pub following: usize,
    /// What is wrong; none where the run is on the chain.
    pub fault: Option<AnchorFault>,
}

/// Where an anchor comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AnchorOrigin {
    /// It was given to the command.
    Given,
    /// A tag of the repository holds it.
    Tag {
        /// The tag's name.
        name: String,
        /// How the tag is signed.
        signed: Signed,
    },
}

/// Why the chain does not hold to an anchor.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AnchorFault {
    /// Nothing in the repository has the digest.
    Missing,
    /// The run was on the chain, and its file was deleted.
    Deleted,
    /// Another branch or tag has the run, this chain has not.
    Elsewhere {
        /// The branch or tag.
        reference: String,
    },
    /// What the tag says is no anchor.
    Unreadable,
    /// The signature of the tag is bad.
    BadSignature {
        /// What is wrong with it.
        why: String,
    },
}

/// Holds the chain to the anchors of the repository's tags, and to one that was given.
pub(super) fn hold(
    repo: &Repo,
    evidence: &Evidence,
    chain: &Chain,
    given: Option<&Anchor>,
) -> Result<Vec<HeldAnchor>, GitError> {
    let mut held = Vec::new();
    for tag in repo.tags(TAGS)? {
        let value = |name: &str| {
            let mut lines = tag.message.lines();
            lines.find_map(|line| {
                line.trim()
                    .strip_prefix(name)
                    .map(|value| value.trim().to_owned())
            })
        };
        // A repository may hold several workbooks, each with tags of its own.
        if value(FOLDER).unwrap_or_default() != repo.prefix() {
            continue;
        }
        let signed = match &tag.signable {
            Some(signable) => repo.verifier()?.check(signable),
            None => Signed::Unsigned,
        };
        let anchor = value(TRAILER).and_then(|text| Anchor::parse(&text).ok());
        let origin = AnchorOrigin::Tag {
            name: tag.name.clone(),
            signed: signed.clone(),
        };
        let fault = |fault| HeldAnchor {
            anchor: value(TRAILER).unwrap_or_default(),
            origin: origin.clone(),
            run: None,
            following: 0,
            fault: Some(fault),
        };
        held.push(match (anchor, signed) {
            (None, _) => fault(AnchorFault::Unreadable),
            (Some(_), Signed::Bad { why }) => fault(AnchorFault::BadSignature { why }),
            (Some(anchor), _) => hold_one(repo, evidence, chain, &anchor, origin)?,
        });
    }
    if let Some(anchor) = given {
        held.push(hold_one(
            repo,
            evidence,
            chain,
            anchor,
            AnchorOrigin::Given,
        )?);
    }
    Ok(held)
}

/// Returns what is wrong. That a tag is of a run of another branch is nothing wrong.
pub(super) fn problems(held: &[HeldAnchor]) -> Vec<Problem> {
    held.iter()
        .filter(|held| match (&held.fault, &held.origin) {
            (None, _) | (Some(AnchorFault::Elsewhere { .. }), AnchorOrigin::Tag { .. }) => false,
            (Some(_), _) => true,
        })
        .map(|held| Problem::Anchor(held.clone()))
        .collect()
}

fn hold_one(
    repo: &Repo,
    evidence: &Evidence,
    chain: &Chain,
    anchor: &Anchor,
    origin: AnchorOrigin,
) -> Result<HeldAnchor, GitError> {
    let found = chain
        .links
        .iter()
        .find(|(_, link)| anchor.fits(&link.digest));
    let (run, fault) = match found {
        Some((run, _)) if evidence.runs.contains_key(&run.file_name()) => (Some(run.clone()), None),
        Some((run, _)) => (Some(run.clone()), Some(AnchorFault::Deleted)),
        None => match elsewhere(repo, chain, anchor)? {
            Some((run, reference)) => (Some(run), Some(AnchorFault::Elsewhere { reference })),
            None => (None, Some(AnchorFault::Missing)),
        },
    };
    let following = run.as_ref().filter(|_| fault.is_none()).map_or(0, |run| {
        let follow = |other: &&RunId| *other != run && chain.followed_by(other).contains(run);
        chain.links.keys().filter(follow).count()
    });
    Ok(HeldAnchor {
        anchor: anchor.to_string(),
        origin,
        run,
        following,
        fault,
    })
}

/// Returns the run that another branch or tag has, and that branch or tag.
fn elsewhere(
    repo: &Repo,
    chain: &Chain,
    anchor: &Anchor,
) -> Result<Option<(RunId, String)>, GitError> {
    let ours = format!("refs/tags/{TAGS}/");
    let mut seen: BTreeSet<ObjectId> = BTreeSet::new();
    for (reference, commit) in repo.tips()? {
        // The tag of an anchor keeps what was cut off, and is no branch that has it.
        if reference.starts_with(&ours) {
            continue;
        }
        for (name, blob) in repo.entries(commit, RUNS)? {
            let run = name.strip_suffix(".toml").and_then(RunId::parse);
            let Some(run) = run.filter(|run| !chain.links.contains_key(run)) else {
                continue;
            };
            if seen.insert(blob) && anchor.fits(&Stored::new(repo.bytes(blob)?).digest) {
                return Ok(Some((run, reference)));
            }
        }
    }
    Ok(None)
}
