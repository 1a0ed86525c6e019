//! The two tables that turn findings into verdicts and verdicts into statuses.

use super::{Status, Verdict};
use crate::check::Strength;

/// Returns a check's verdict: the first of [`Verdict::ALL`] that occurs among its findings; none
/// at all is not-checked.
pub(crate) fn verdict_of(findings: impl IntoIterator<Item = Verdict>) -> Verdict {
    findings.into_iter().min().unwrap_or(Verdict::NotChecked)
}

/// What a check with `basis = "standard"` brings to the status of a requirement id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    /// Its verdict.
    pub(crate) verdict: Verdict,
    /// What a pass of it is worth.
    pub(crate) strength: Strength,
    /// Whether its not-applicable rests on a claim with reason, approver, date and what shows it.
    pub(crate) claimed: bool,
}

/// Returns the status of one requirement id from the checks that count for it: the first row of
/// the table that matches.
pub(crate) fn status_of(checks: &[Counted]) -> Status {
    let any = |verdict: Verdict| checks.iter().any(|check| check.verdict == verdict);
    let direct_pass = checks
        .iter()
        .any(|check| check.verdict == Verdict::Pass && check.strength == Strength::Direct);
    if any(Verdict::Fail) || any(Verdict::Expired) {
        Status::GapFound
    } else if !checks.is_empty()
        && checks
            .iter()
            .all(|check| check.verdict == Verdict::NotApplicable && check.claimed)
    {
        Status::NotApplicableClaimed
    } else if any(Verdict::Error) || any(Verdict::NotChecked) || !direct_pass {
        Status::EvidenceIncomplete
    } else if any(Verdict::Excepted) {
        Status::CompensatingControlClaimed
    } else {
        Status::Ready
    }
}

/// Returns a page's status: the worst of its ids; a page without ids shows nothing.
pub(crate) fn status_of_page(ids: impl IntoIterator<Item = Status>) -> Status {
    ids.into_iter().min().unwrap_or(Status::EvidenceIncomplete)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Strength::{Direct, Supporting};
    use Verdict::{Error, Excepted, Expired, Fail, NotApplicable, NotChecked, Pass};

    #[test]
    fn a_check_takes_the_first_verdict_of_the_order_among_its_findings() {
        let cases: &[(&[Verdict], Verdict)] = &[
            (&[], NotChecked),
            (&[Pass], Pass),
            (&[Pass, Pass], Pass),
            (&[NotApplicable], NotApplicable),
            (&[NotApplicable, Pass], Pass),
            (&[Pass, Excepted], Excepted),
            (&[Excepted, NotChecked], NotChecked),
            (&[Pass, NotChecked], NotChecked),
            (&[NotChecked, Error], Error),
            (&[Error, Expired], Expired),
            (&[Expired, Fail], Fail),
            (
                &[
                    Pass,
                    NotApplicable,
                    NotChecked,
                    Excepted,
                    Error,
                    Expired,
                    Fail,
                ],
                Fail,
            ),
        ];
        for (findings, expected) in cases {
            assert_eq!(
                verdict_of(findings.iter().copied()),
                *expected,
                "{findings:?}"
            );
            assert_eq!(
                verdict_of(findings.iter().rev().copied()),
                *expected,
                "{findings:?} reversed"
            );
        }
    }

    #[test]
    fn a_requirement_id_takes_the_first_row_that_matches() {
        type Case<'a> = (&'a [(Verdict, Strength, bool)], Status);
        let cases: &[Case<'_>] = &[
            (&[], Status::EvidenceIncomplete),
            (&[(Pass, Direct, false)], Status::Ready),
            (&[(Pass, Supporting, false)], Status::EvidenceIncomplete),
            (
                &[(Pass, Direct, false), (Pass, Supporting, false)],
                Status::Ready,
            ),
            (
                &[(Pass, Direct, false), (Fail, Supporting, false)],
                Status::GapFound,
            ),
            (
                &[(Pass, Direct, false), (Expired, Direct, false)],
                Status::GapFound,
            ),
            (
                &[(Fail, Direct, false), (NotChecked, Direct, false)],
                Status::GapFound,
            ),
            (
                &[(Pass, Direct, false), (NotChecked, Direct, false)],
                Status::EvidenceIncomplete,
            ),
            (
                &[(Pass, Direct, false), (Error, Supporting, false)],
                Status::EvidenceIncomplete,
            ),
            (
                &[(NotApplicable, Direct, true)],
                Status::NotApplicableClaimed,
            ),
            (
                &[
                    (NotApplicable, Direct, true),
                    (NotApplicable, Supporting, true),
                ],
                Status::NotApplicableClaimed,
            ),
            (
                &[(NotApplicable, Direct, false)],
                Status::EvidenceIncomplete,
            ),
            (
                &[
                    (NotApplicable, Direct, true),
                    (NotApplicable, Direct, false),
                ],
                Status::EvidenceIncomplete,
            ),
            (
                &[(NotApplicable, Direct, true), (Pass, Direct, false)],
                Status::Ready,
            ),
            (
                &[(NotApplicable, Direct, true), (Pass, Supporting, false)],
                Status::EvidenceIncomplete,
            ),
            (
                &[(Excepted, Direct, false), (Pass, Direct, false)],
                Status::CompensatingControlClaimed,
            ),
            (&[(Excepted, Direct, false)], Status::EvidenceIncomplete),
            (
                &[(Excepted, Supporting, false), (Pass, Direct, false)],
                Status::CompensatingControlClaimed,
            ),
            (
                &[(Excepted, Direct, false), (NotChecked, Direct, false)],
                Status::EvidenceIncomplete,
            ),
        ];
        for (checks, expected) in cases {
            let counted: Vec<Counted> = checks
                .iter()
                .map(|&(verdict, strength, claimed)| Counted {
                    verdict,
                    strength,
                    claimed,
                })
                .collect();
            assert_eq!(status_of(&counted), *expected, "{checks:?}");
        }
    }

    #[test]
    fn a_page_takes_the_worst_of_its_ids() {
        use Status::{
            CompensatingControlClaimed, EvidenceIncomplete, GapFound, NotApplicableClaimed, Ready,
        };
        for (ids, expected) in [
            (vec![], EvidenceIncomplete),
            (vec![Ready], Ready),
            (vec![Ready, NotApplicableClaimed], Ready),
            (vec![NotApplicableClaimed], NotApplicableClaimed),
            (
                vec![Ready, CompensatingControlClaimed],
                CompensatingControlClaimed,
            ),
            (
                vec![CompensatingControlClaimed, EvidenceIncomplete],
                EvidenceIncomplete,
            ),
            (vec![EvidenceIncomplete, GapFound, Ready], GapFound),
        ] {
            assert_eq!(status_of_page(ids.clone()), expected, "{ids:?}");
        }
    }
}
