//! What is other than in the last stamped run: subjects of a check that appeared, disappeared or
//! show something else.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::earlier::{Earlier, EarlierList, ListedSubject};
use super::evaluation::of_nothing;
use super::judge;
use super::{Facts, Finding, Verdict};
use crate::check::{Configuration, Subject};
use crate::inventory::{Completeness, Inventory, Place, State};
use crate::source::{Map, Value};

/// Types of findings that are about no subject.
const NO_SUBJECT: [&str; 2] = ["type", "platform"];

/// What an entry about changes comes to.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// The findings.
    pub(super) findings: Vec<Finding>,
    /// What would have to be exported for undecided ones to be decided.
    pub(super) missing: Vec<String>,
}

/// One change.
struct Change<'a> {
    key: (&'a str, &'a str, &'a str),
    was: Option<&'a ListedSubject>,
    now: Option<&'a Now<'a>>,
}

/// What a subject shows now, as a run would write it.
struct Now<'a> {
    shows: Cow<'a, str>,
    finding: &'a Finding,
}

/// Judges how the subjects of check `of`, which came to `findings`, differ from what the last run
/// listed.
pub(super) fn judge(
    entry: &Configuration,
    of: &str,
    findings: &[Finding],
    facts: &Facts<'_>,
) -> Judged {
    let alone = |verdict, message: &str| Judged {
        findings: vec![of_nothing(verdict, of, "check", message)],
        missing: Vec::new(),
    };
    let (id, lists, written) = match facts.earlier {
        Earlier::Nothing => {
            return alone(
                Verdict::NotApplicable,
                "no run is stamped yet; the next one is compared with the first",
            );
        }
        Earlier::Unreadable(reason) => return alone(Verdict::NotChecked, reason),
        Earlier::Run { id, lists, written } => (id, lists, *written),
    };
    let (list, earlier) = match lists.get(of) {
        Some(list) => match &list.subjects {
            Ok(subjects) => (list, subjects),
            Err(reason) => return alone(Verdict::NotChecked, reason),
        },
        None => {
            let message =
                format!("run {id} did not have the check `{of}`; the next one can be compared");
            return alone(Verdict::NotChecked, &message);
        }
    };
    let names: Vec<(Cow<'_, str>, Cow<'_, str>, &Finding)> = findings
        .iter()
        .filter(|finding| !NO_SUBJECT.contains(&finding.subject_type.as_str()))
        .map(|finding| {
            let subject_type = written(&finding.subject_type);
            (subject_type, written(&finding.subject), finding)
        })
        .collect();
    if names.is_empty() {
        return alone(Verdict::NotChecked, "the exports show nothing to compare");
    }
    let now: BTreeMap<_, Now<'_>> = names
        .iter()
        .map(|(subject_type, subject, finding)| {
            let key = (&**subject_type, &**subject, state(finding).as_str());
            let shows = written(&finding.shows);
            (key, Now { shows, finding })
        })
        .collect();
    let mut judged = Judged::default();
    for change in changes(earlier, &now) {
        one(entry, &change, list, id, facts, &mut judged);
    }
    if judged.findings.is_empty() {
        let mut same = of_nothing(Verdict::Pass, of, "check", "");
        same.shows = format!("{} subjects, and no change to judge", now.len());
        judged.findings.push(same);
    }
    judged
}

/// Returns the changes, in the order of types and subjects.
fn changes<'a>(
    earlier: &'a [ListedSubject],
    now: &'a BTreeMap<(&'a str, &'a str, &'a str), Now<'a>>,
) -> Vec<Change<'a>> {
    let was: BTreeMap<(&str, &str, &str), &ListedSubject> = earlier
        .iter()
        .filter(|listed| !NO_SUBJECT.contains(&listed.subject_type.as_str()))
        .map(|listed| {
            let key = (&*listed.subject_type, &*listed.subject, &*listed.state);
            (key, listed)
        })
        .collect();
    let gone = was
        .iter()
        .filter(|(key, _)| !now.contains_key(*key))
        .map(|(key, was)| Change {
            key: *key,
            was: Some(was),
            now: None,
        });
    let other = now.iter().filter_map(|(key, now)| {
        let was = was.get(key).copied();
        let same = was.is_some_and(|was| was.shows == now.shows);
        (!same).then_some(Change {
            key: *key,
            was,
            now: Some(now),
        })
    });
    let mut changes: Vec<Change<'_>> = gone.chain(other).collect();
    changes.sort_by_key(|change| change.key);
    changes
}

fn one(
    entry: &Configuration,
    change: &Change<'_>,
    list: &EarlierList,
    run: &str,
    facts: &Facts<'_>,
    judged: &mut Judged,
) {
    let item = item(change, run, &facts.data.inventory);
    let Some(result) = judge::subject(entry, &Subject::Item(item), facts.data) else {
        return;
    };
    let (subject_type, subject, word) = change.key;
    judged.missing.extend(result.missing);
    judged.findings.push(Finding {
        subject: subject.to_owned(),
        subject_type: subject_type.to_owned(),
        verdict: result.verdict,
        message: result.message,
        shows: result.shows,
        by_default: result.by_default,
        place: match (change.now, change.was) {
            (Some(now), _) => now.finding.place.clone(),
            (None, Some(was)) => Some(Place {
                file: list.file.clone(),
                line: was.line,
            }),
            (None, None) => None,
        },
        intended: word == State::Intended.as_str(),
    });
}

/// Returns a change as expressions see it. That a subject is gone is known only where the exports
/// list all of its type.
fn item(change: &Change<'_>, run: &str, inventory: &Inventory) -> Value {
    let (subject_type, subject, state) = change.key;
    let kind = match (change.was, change.now) {
        (None, _) => Value::string("appeared"),
        (Some(_), Some(_)) => Value::string("changed"),
        (Some(_), None) => match inventory.completeness(subject_type) {
            Completeness::Complete => Value::string("disappeared"),
            Completeness::Partial(reason) | Completeness::Missing(reason) => {
                Value::unknown(format!(
                    "no longer exported, and whether it is gone can't be told: {subject_type}: {reason}"
                ))
            }
        },
    };
    let mut item: Map = [
        ("id", Value::string(subject)),
        ("type", Value::string(subject_type)),
        ("state", Value::string(state)),
        ("change", kind),
        ("since", Value::string(run)),
    ]
    .into_iter()
    .collect();
    if let Some(was) = change.was {
        item.insert("was", Value::string(&was.shows));
    }
    if let Some(now) = change.now {
        item.insert("now", Value::string(&now.shows));
    }
    item.into()
}

fn state(finding: &Finding) -> State {
    if finding.intended {
        State::Intended
    } else {
        State::Observed
    }
}
