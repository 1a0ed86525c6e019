//! Our enums as the words that templates and reports look sentences up by.

use crate::assess::{Status, Verdict};
use crate::book::{Confidence, Origin, Party, Raci};
use crate::check::{Basis, Kind, Severity, Strength};
use crate::config::{Entity, Platform};
use crate::source::Keyword as _;

/// Returns the word of a status, or `none` for pages that have none.
pub(crate) fn status(status: Option<Status>) -> &'static str {
    status.map_or("none", Status::as_str)
}

/// Returns the word of a kind of check.
pub(crate) fn kind(kind: Kind) -> &'static str {
    kind.word()
}

/// Returns the word of a basis.
pub(crate) fn basis(basis: Basis) -> &'static str {
    basis.word()
}

/// Returns the word of a strength.
pub(crate) fn strength(strength: Strength) -> &'static str {
    strength.word()
}

/// Returns the word of a severity.
pub(crate) fn severity(severity: Severity) -> &'static str {
    severity.word()
}

/// Returns the word of a platform.
pub(crate) fn platform(platform: Platform) -> &'static str {
    platform.word()
}

/// Returns the word of a sort of entity.
pub(crate) fn entity(entity: Entity) -> &'static str {
    entity.word()
}

/// Returns the word of a party.
pub(crate) fn party(party: Party) -> &'static str {
    party.word()
}

/// Returns the word of the origin of a statement of responsibility.
pub(crate) fn origin(origin: Origin) -> &'static str {
    origin.word()
}

/// Returns the word of a role's part.
pub(crate) fn raci(raci: Raci) -> &'static str {
    raci.word()
}

/// Returns the word of a confidence.
pub(crate) fn confidence(confidence: Confidence) -> &'static str {
    confidence.word()
}

/// Tells whether the verdict says something about the subject rather than about our data.
pub(crate) fn is_decided(verdict: Verdict) -> bool {
    match verdict {
        Verdict::Fail | Verdict::Expired | Verdict::Excepted | Verdict::Pass => true,
        Verdict::Error | Verdict::NotChecked | Verdict::NotApplicable => false,
    }
}

/// Tells whether a reader has something to do about the verdict.
pub(crate) fn wants_attention(verdict: Verdict) -> bool {
    match verdict {
        Verdict::Fail | Verdict::Expired | Verdict::Error | Verdict::NotChecked => true,
        Verdict::Excepted | Verdict::Pass | Verdict::NotApplicable => false,
    }
}
