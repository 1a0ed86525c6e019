//! What differs between what was found at two times.

use std::collections::{BTreeMap, BTreeSet};

use crate::assess::Verdict;
use crate::source::{Date, Instant};

use super::super::run::RunId;
use super::at::{EvidenceAt, FoundCheck, Row, Rows};

/// One of the two times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The run; none where what was found now is not stamped.
    pub run: Option<RunId>,
    /// The commit.
    pub commit: Option<String>,
    /// When it was recorded.
    pub recorded_at: Option<Instant>,
    /// The date of judgement.
    pub as_of: Date,
    /// Files of evidence that are not as the run lists them.
    pub altered: Vec<String>,
}

impl Side {
    /// Returns the time of stamped evidence.
    #[must_use]
    pub fn stamped(at: &EvidenceAt) -> Self {
        Self {
            run: Some(at.run.id.clone()),
            commit: Some(at.commit.clone()),
            recorded_at: Some(at.run.body.recorded_at),
            as_of: at.run.body.as_of,
            altered: at.altered.clone(),
        }
    }

    /// Returns now, on the date of judgement.
    #[must_use]
    pub fn now(as_of: Date) -> Self {
        Self {
            run: None,
            commit: None,
            recorded_at: None,
            as_of,
            altered: Vec::new(),
        }
    }
}

/// What became of a check's verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It fails, and did not.
    NewFailure,
    /// It is expired, and was not.
    NewlyExpired,
    /// It can't be told any more, and could.
    NewlyUnexamined,
    /// It failed or was expired, and holds.
    Mended,
    /// It could not be told, and holds.
    NewlyExamined,
    /// Its verdict is another in a way that is none of these.
    Other,
    /// There was no such check.
    New,
    /// There is no such check any more.
    Gone,
    /// The verdict is what it was.
    Same,
}

/// How a check differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckDifference {
    /// The check.
    pub check: String,
    /// Its page.
    pub page: String,
    /// What became of the verdict.
    pub change: Change,
    /// The verdict before.
    pub was: Option<Verdict>,
    /// The verdict after.
    pub is: Option<Verdict>,
    /// Whether the definition is another, so that the two do not say the same.
    pub redefined: bool,
    /// The subjects that differ.
    pub subjects: Vec<SubjectDifference>,
    /// Whether the lists of subjects differ and were too long to be kept.
    pub lists_differ: bool,
}

/// How a subject differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectDifference {
    /// Its type.
    pub subject_type: String,
    /// The subject.
    pub subject: String,
    /// What was said of it; none where it is new.
    pub was: Option<Row>,
    /// What is said of it; none where it is gone.
    pub is: Option<Row>,
}

/// What differs between two times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The earlier.
    pub from: Side,
    /// The later.
    pub to: Side,
    /// How many checks there are in either.
    pub checks: usize,
    /// The checks that differ, the worst first.
    pub differences: Vec<CheckDifference>,
}

impl Comparison {
    /// Returns the checks whose verdict changed so.
    pub fn of(&self, change: Change) -> impl Iterator<Item = &CheckDifference> {
        self.differences
            .iter()
            .filter(move |difference| difference.change == change)
    }

    /// Returns the checks that got worse: by their verdict, or by a subject that fails and did not.
    #[must_use]
    pub fn worse(&self) -> Vec<&CheckDifference> {
        self.differences
            .iter()
            .filter(|difference| difference.is_worse())
            .collect()
    }
}

impl CheckDifference {
    /// Tells whether what is found now is worse than what was.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        // The order of verdicts is from the worst on.
        let worse = |was: Option<Verdict>, is: Option<Verdict>| match (was, is) {
            (Some(was), Some(is)) => is < was && is <= Verdict::NotChecked,
            (None, Some(is)) => is <= Verdict::NotChecked,
            (_, None) => false,
        };
        // That a check is gone is no way to make it hold.
        self.change == Change::Gone
            || worse(self.was, self.is)
            || self.subjects.iter().any(|subject| {
                let verdict = |row: &Option<Row>| row.as_ref().map(|row| row.verdict);
                worse(verdict(&subject.was), verdict(&subject.is))
            })
    }
}

/// Compares what was found at two times.
#[must_use]
pub fn compare(
    from: (Side, &BTreeMap<String, FoundCheck>),
    to: (Side, &BTreeMap<String, FoundCheck>),
) -> Comparison {
    let (from, before) = from;
    let (to, after) = to;
    let checks: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut differences: Vec<CheckDifference> = checks
        .iter()
        .filter_map(|check| difference(before.get(*check), after.get(*check)))
        .collect();
    differences.sort_by(|one, other| {
        (one.change, one.is, &one.page, &one.check).cmp(&(
            other.change,
            other.is,
            &other.page,
            &other.check,
        ))
    });
    Comparison {
        from,
        to,
        checks: checks.len(),
        differences,
    }
}

fn difference(before: Option<&FoundCheck>, after: Option<&FoundCheck>) -> Option<CheckDifference> {
    let either = after.or(before)?;
    let verdict = |found: Option<&FoundCheck>| found.map(|found| found.record.verdict);
    let (was, is) = (verdict(before), verdict(after));
    let redefined = match (before, after) {
        (Some(before), Some(after)) => before.record.definition != after.record.definition,
        _ => false,
    };
    let (subjects, lists_differ) = match (before, after) {
        (Some(before), Some(after)) => subjects(&before.rows, &after.rows),
        _ => (Vec::new(), false),
    };
    let change = change(was, is);
    let same = change == Change::Same && !redefined && subjects.is_empty() && !lists_differ;
    (!same).then(|| CheckDifference {
        check: either.record.check.clone(),
        page: either.record.page.clone(),
        change,
        was,
        is,
        redefined,
        subjects,
        lists_differ,
    })
}

fn change(was: Option<Verdict>, is: Option<Verdict>) -> Change {
    let (was, is) = match (was, is) {
        (None, _) => return Change::New,
        (_, None) => return Change::Gone,
        (Some(was), Some(is)) => (was, is),
    };
    let bad = |verdict| matches!(verdict, Verdict::Fail | Verdict::Expired);
    let untold = |verdict| matches!(verdict, Verdict::Error | Verdict::NotChecked);
    if was == is {
        return Change::Same;
    }
    match is {
        Verdict::Fail => Change::NewFailure,
        Verdict::Expired => Change::NewlyExpired,
        Verdict::Error | Verdict::NotChecked if !untold(was) => Change::NewlyUnexamined,
        Verdict::Pass | Verdict::NotApplicable | Verdict::Excepted if bad(was) => Change::Mended,
        Verdict::Pass if untold(was) => Change::NewlyExamined,
        Verdict::Error
        | Verdict::NotChecked
        | Verdict::Pass
        | Verdict::NotApplicable
        | Verdict::Excepted => Change::Other,
    }
}

/// Returns the subjects that differ. One that a list has twice is told by its place among those.
fn subjects(before: &Rows, after: &Rows) -> (Vec<SubjectDifference>, bool) {
    let (before, after) = match (before, after) {
        (Rows::Listed(before), Rows::Listed(after)) => (before, after),
        (Rows::Digest(before), Rows::Digest(after)) => return (Vec::new(), before != after),
        (Rows::Listed(_), Rows::Digest(_)) | (Rows::Digest(_), Rows::Listed(_)) => {
            return (Vec::new(), true);
        }
    };
    let (before, after) = (by_subject(before), by_subject(after));
    let keys: BTreeSet<&Key<'_>> = before.keys().chain(after.keys()).collect();
    let differing = keys
        .into_iter()
        .filter(|key| before.get(*key) != after.get(*key))
        .map(|key| SubjectDifference {
            subject_type: key.0.to_owned(),
            subject: key.1.to_owned(),
            was: before.get(key).map(|row| (*row).clone()),
            is: after.get(key).map(|row| (*row).clone()),
        })
        .collect();
    (differing, false)
}

/// Type, subject, state, and the place among those that are alike.
type Key<'r> = (&'r str, &'r str, &'r str, usize);

fn by_subject(rows: &[Row]) -> BTreeMap<Key<'_>, &Row> {
    let mut found: BTreeMap<Key<'_>, &Row> = BTreeMap::new();
    for row in rows {
        let mut place = 0;
        let key = |place| {
            let (kind, subject) = (row.subject_type.as_str(), row.subject.as_str());
            (kind, subject, row.state.as_str(), place)
        };
        while found.contains_key(&key(place)) {
            place += 1;
        }
        found.insert(key(place), row);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::{check, date, finding, outcome};
    use super::super::at::found_now;
    use super::*;

    fn found(id: &str, verdicts: &[(&str, Verdict)], definition: &str) -> FoundCheck {
        let mut check = check("ecs-net", id);
        check.findings = verdicts
            .iter()
            .map(|(subject, verdict)| finding(subject, *verdict))
            .collect();
        check.verdict = verdicts
            .iter()
            .map(|(_, verdict)| *verdict)
            .min()
            .unwrap_or(Verdict::NotChecked);
        check.definition = definition.to_owned();
        let found = found_now(&outcome(vec![check]), &[]);
        found.into_values().next().expect("a check")
    }

    fn compared(was: &[(&str, Verdict)], is: &[(&str, Verdict)]) -> Option<CheckDifference> {
        let side = || Side::now(date("2026-11-22"));
        let of = |verdicts| BTreeMap::from([("a".to_owned(), found("a", verdicts, ""))]);
        let comparison = compare((side(), &of(was)), (side(), &of(is)));
        assert_eq!(comparison.checks, 1);
        comparison.differences.into_iter().next()
    }

    #[test]
    fn what_became_of_a_verdict_has_one_word() {
        use Verdict::{Error, Excepted, Expired, Fail, NotApplicable, NotChecked, Pass};
        let cases = [
            (Pass, Fail, Change::NewFailure, true),
            (NotChecked, Fail, Change::NewFailure, true),
            (Expired, Fail, Change::NewFailure, true),
            (Pass, Expired, Change::NewlyExpired, true),
            (Fail, Expired, Change::NewlyExpired, false),
            (Pass, NotChecked, Change::NewlyUnexamined, true),
            (Fail, NotChecked, Change::NewlyUnexamined, false),
            (NotApplicable, Error, Change::NewlyUnexamined, true),
            (NotChecked, Error, Change::Other, true),
            (Fail, Pass, Change::Mended, false),
            (Fail, Excepted, Change::Mended, false),
            (Expired, NotApplicable, Change::Mended, false),
            (NotChecked, Pass, Change::NewlyExamined, false),
            (Pass, NotApplicable, Change::Other, false),
            (Pass, Excepted, Change::Other, false),
        ];
        for (was, is, change, worse) in cases {
            let difference = compared(&[("s", was)], &[("s", is)]).expect("a difference");
            assert_eq!(
                (difference.change, difference.is_worse()),
                (change, worse),
                "{was:?} {is:?}"
            );
        }
        assert_eq!(compared(&[("s", Fail)], &[("s", Fail)]), None);
    }

    #[test]
    fn a_further_subject_that_fails_is_worse_and_one_that_holds_is_not() {
        use Verdict::{Fail, Pass};
        let more = compared(&[("a", Fail)], &[("a", Fail), ("b", Fail)]).expect("a difference");
        assert_eq!(
            (more.change, more.is_worse(), more.subjects.len()),
            (Change::Same, true, 1)
        );
        let other = compared(&[("a", Fail), ("b", Pass)], &[("a", Pass), ("b", Fail)]);
        assert!(other.expect("a difference").is_worse());
        for better in [
            compared(&[("a", Fail), ("b", Fail)], &[("a", Fail)]),
            compared(&[("a", Fail)], &[("a", Fail), ("b", Pass)]),
            compared(&[("a", Fail), ("a", Fail)], &[("a", Fail)]),
        ] {
            let better = better.expect("a difference");
            assert!(
                !better.is_worse() && better.subjects.len() == 1,
                "{better:?}"
            );
        }
    }

    #[test]
    fn checks_that_come_go_or_are_redefined_are_told() {
        let side = || Side::now(date("2026-11-22"));
        let pass = [("s", Verdict::Pass)];
        let of = |checks: &[(&str, &str)]| -> BTreeMap<String, FoundCheck> {
            let one =
                |(id, definition): &(&str, &str)| ((*id).to_owned(), found(id, &pass, definition));
            checks.iter().map(one).collect()
        };
        let (before, after) = (of(&[("a", "1"), ("b", "1")]), of(&[("b", "2"), ("c", "1")]));
        let comparison = compare((side(), &before), (side(), &after));
        let told: Vec<_> = comparison
            .differences
            .iter()
            .map(|each| {
                (
                    each.check.as_str(),
                    each.change,
                    each.redefined,
                    each.is_worse(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("c", Change::New, false, false),
                ("a", Change::Gone, false, true),
                ("b", Change::Same, true, false),
            ]
        );
    }
}
