//! What a recurring check says: every period of the window, met or missed.

use std::sync::Arc;

use super::evaluation::{Tally, of_nothing};
use super::notes::Notes;
use super::{Facts, Verdict};
use crate::check::{Frequency, RecurringCheck, Subject, condition, not_kept, text};
use crate::config::Config;
use crate::human::{Entry, Human, Missed, Occurred, Occurrence};
use crate::inventory::Place;
use crate::source::{Cadence, Date, snake};

/// Months after which a targeted risk analysis must have been looked at again (PCI DSS 4.0.1,
/// 12.3.1).
const ANALYSIS_REVIEW: u32 = 12;

/// Judges one duty of a check on everything recorded of it. Tells whether the duty is the
/// organisation's at all.
pub(super) fn judge(
    id: &str,
    check: &RecurringCheck,
    tally: &mut Tally,
    facts: &Facts<'_>,
) -> bool {
    if !facts.config.is_one_of(&check.entities) {
        return false;
    }
    let Some(every) = cadence(id, check, tally, facts) else {
        return true;
    };
    let (done, missed) = recorded(id, facts.human);
    if done.is_empty() && missed.is_empty() {
        let message = format!(
            "nothing is recorded; write evidence/occurrences/{id}/<date>.toml with `workbook record {id}` when it is done"
        );
        tally.missing.insert(format!("{id}: {message}"));
        tally
            .findings
            .push(of_nothing(Verdict::NotChecked, id, "duty", &message));
        return true;
    }
    let today = facts.data.today;
    occurrences(check, &done, tally, facts);
    let begin = Begin::of(facts.config, today);
    let deadlines = count(&counted(check, &done, today), every, begin, today);
    periods(id, &deadlines.unmet, every, begin, &missed, tally);
    true
}

/// The deadlines of a duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deadlines {
    /// Those in the window by which nothing was done.
    pub(crate) unmet: Vec<Date>,
    /// The first after what was done last; in the past if it is overdue.
    pub(crate) open: Date,
}

/// Returns the deadlines of one duty of a check; nothing where the duty is not the organisation's
/// or nothing is recorded yet, so that there is no day to count from.
pub(crate) fn deadlines(
    id: &str,
    check: &RecurringCheck,
    config: &Config,
    human: &Human,
    today: Date,
) -> Option<Deadlines> {
    if !config.is_one_of(&check.entities) {
        return None;
    }
    let (done, missed) = recorded(id, human);
    if done.is_empty() && missed.is_empty() {
        return None;
    }
    let every = every(id, check, human);
    let begin = Begin::of(config, today);
    Some(count(&counted(check, &done, today), every, begin, today))
}

/// Returns how often a duty is due: as the standard says, or a risk analysis where one is kept.
pub(super) fn every(id: &str, check: &RecurringCheck, human: &Human) -> Cadence {
    match check.frequency {
        Frequency::Standard => check.every,
        Frequency::RiskAnalysis => human
            .registers
            .get("risk_analyses")
            .and_then(|register| {
                let of = |entry: &&Entry| entry.value.get("check").as_str() == Some(id);
                register.entries.iter().find(of)
            })
            .and_then(|entry| entry.value.get("every").as_str()?.parse().ok())
            .unwrap_or(check.every),
    }
}

/// A period recorded as missed, and where.
type MissedPeriod<'a> = (&'a Occurrence, &'a Missed);

/// Returns what is recorded of a check's duty, what was done in its order.
fn recorded<'a>(id: &str, human: &'a Human) -> (Vec<Done<'a>>, Vec<MissedPeriod<'a>>) {
    let mut done: Vec<Done<'_>> = Vec::new();
    let mut missed: Vec<MissedPeriod<'_>> = Vec::new();
    for occurrence in &human.occurrences {
        if occurrence.check != id {
            continue;
        }
        match &occurrence.what {
            Occurred::Missed(period) => missed.push((occurrence, period)),
            Occurred::Done {
                performed,
                from,
                to,
            } => done.push(Done {
                occurrence,
                performed: *performed,
                from: *from,
                to: *to,
            }),
        }
    }
    done.sort_by(|a, b| {
        (a.from, a.to, a.performed, a.occurrence.file.path()).cmp(&(
            b.from,
            b.to,
            b.performed,
            b.occurrence.file.path(),
        ))
    });
    (done, missed)
}

/// Returns what counts towards periods: not what lies ahead, and no range where each day wants its
/// own record.
fn counted<'d, 'a>(check: &RecurringCheck, done: &'d [Done<'a>], today: Date) -> Vec<&'d Done<'a>> {
    done.iter()
        .filter(|done| done.performed <= today && (check.ranges || done.from == done.to))
        .collect()
}

/// One occurrence that was done.
#[derive(Debug, Clone, Copy)]
struct Done<'a> {
    occurrence: &'a Occurrence,
    performed: Date,
    from: Date,
    to: Date,
}

/// Where the first period of the window begins.
#[derive(Debug, Clone, Copy)]
struct Begin {
    /// The first day of the window.
    start: Date,
    /// Whether the organisation is in its first year, of which only the newest period counts.
    initial: bool,
}

impl Begin {
    /// Returns where the window of an organisation begins.
    fn of(config: &Config, today: Date) -> Self {
        Self {
            start: today.minus_months(config.window_months),
            initial: config.initial,
        }
    }
}

/// Returns how often it is due, or notes why that is not settled.
fn cadence(
    id: &str,
    check: &RecurringCheck,
    tally: &mut Tally,
    facts: &Facts<'_>,
) -> Option<Cadence> {
    match check.frequency {
        Frequency::Standard => return Some(check.every),
        Frequency::RiskAnalysis => {}
    }
    let today = facts.data.today;
    let mut note = |verdict, message: &str| {
        let finding = of_nothing(verdict, "registers.risk_analyses", "register", message);
        tally.findings.push(finding);
    };
    let Some(register) = facts.human.registers.get("risk_analyses") else {
        note(Verdict::NotChecked, &not_kept("risk_analyses"));
        return None;
    };
    let entry = register
        .entries
        .iter()
        .find(|entry| entry.value.get("check").as_str() == Some(id));
    let Some(entry) = entry else {
        note(
            Verdict::NotChecked,
            &format!("no targeted risk analysis says how often `{id}` is due"),
        );
        return None;
    };
    let day = |key: &str| -> Option<Date> { entry.value.get(key).as_str()?.parse().ok() };
    let every = entry
        .value
        .get("every")
        .as_str()
        .and_then(|every| every.parse::<Cadence>().ok());
    match (every, day("approved"), day("reviewed")) {
        (Some(every), Some(approved), Some(reviewed)) if approved <= today && reviewed <= today => {
            if reviewed.plus_months(ANALYSIS_REVIEW) < today {
                note(
                    Verdict::Expired,
                    &format!(
                        "the risk analysis `{}` was last reviewed on {reviewed}",
                        entry.id
                    ),
                );
            }
            Some(every)
        }
        (_, _, _) => {
            note(
                Verdict::NotChecked,
                &format!(
                    "the risk analysis `{}` lacks `every`, `approved` or `reviewed`, or is dated in the future",
                    entry.id
                ),
            );
            None
        }
    }
}

/// Judges what was recorded of each occurrence that reaches into the window.
fn occurrences(check: &RecurringCheck, done: &[Done<'_>], tally: &mut Tally, facts: &Facts<'_>) {
    let today = facts.data.today;
    let start = today.minus_months(facts.config.window_months);
    let newest = done
        .iter()
        .filter(|done| done.performed <= today)
        .max_by_key(|done| (done.to, done.performed));
    for each in done {
        let is_newest = newest
            .is_some_and(|newest| Arc::ptr_eq(&newest.occurrence.file, &each.occurrence.file));
        if each.to < start && !is_newest {
            continue;
        }
        let item = Subject::Item(each.occurrence.value.clone());
        let mut notes = Notes::default();
        if each.performed > today {
            notes.add(
                Verdict::Fail,
                format!(
                    "it is recorded as done on {}, which lies in the future",
                    each.performed
                ),
            );
        }
        if each.from != each.to && !check.ranges {
            notes.add(
                Verdict::Fail,
                "one record can't stand for a range of days here".to_owned(),
            );
        }
        let lacking: Vec<&str> = check
            .fields
            .iter()
            .filter(|field| each.occurrence.value.get(&snake(field)).is_null())
            .map(String::as_str)
            .collect();
        if !lacking.is_empty() {
            notes.add(
                Verdict::Fail,
                format!("the record lacks {}", lacking.join(", ")),
            );
        }
        let conditions = check
            .each
            .iter()
            .chain(check.latest.iter().filter(|_| is_newest));
        for expression in conditions {
            match condition(expression, &item, facts.data).value {
                Ok(true) => {}
                Ok(false) => {
                    let message = check
                        .message
                        .as_ref()
                        .and_then(|message| text(message, &item, facts.data).value.ok());
                    notes.add(
                        Verdict::Fail,
                        message.unwrap_or_else(|| "the condition does not hold".to_owned()),
                    );
                }
                Err(trouble) => notes.trouble(trouble),
            }
        }
        let shows = text(&check.shows, &item, facts.data)
            .value
            .unwrap_or_default();
        let shows = format!(
            "done on {} by {}{}: {shows}",
            each.performed,
            each.occurrence.by,
            later(each, facts),
        );
        tally.missing.extend(notes.missing.drain(..));
        tally.findings.push(notes.into_finding(
            each.occurrence.file.path().to_owned(),
            "occurrence",
            shows,
            Some(Place {
                file: each.occurrence.file.path().to_owned(),
                line: 1,
            }),
        ));
    }
}

/// Returns on which other day it was written down than it was done, if it was.
fn later(done: &Done<'_>, facts: &Facts<'_>) -> String {
    let day = done
        .occurrence
        .recorded
        .map(|at| facts.config.time_zone.date(at));
    match day {
        Some(day) if day != done.performed => format!(", recorded on {day}"),
        Some(_) | None => String::new(),
    }
}

/// Counts periods: a gap in the window, what is overdue now, and what comes next.
fn count(done: &[&Done<'_>], every: Cadence, begin: Begin, today: Date) -> Deadlines {
    let earlier = done
        .iter()
        .filter(|done| done.to < begin.start)
        .map(|done| done.to)
        .max();
    let within: Vec<&&Done<'_>> = done.iter().filter(|done| done.to >= begin.start).collect();
    let mut covered = match (earlier, within.first()) {
        (Some(earlier), _) => earlier,
        // Nothing before the first year: its first occurrence begins the count.
        (None, Some(first)) if begin.initial => first.from,
        (None, _) => begin.start,
    };
    let mut overdue: Vec<Date> = Vec::new();
    for each in within {
        let mut due = every.after(covered);
        while due < each.from {
            overdue.push(due);
            due = every.after(due);
        }
        covered = covered.max(each.to);
    }
    let open = every.after(covered);
    let mut due = open;
    while due < today {
        overdue.push(due);
        due = every.after(due);
    }
    // A deadline before the window is not the window's to judge.
    overdue.retain(|due| *due >= begin.start);
    Deadlines {
        unmet: overdue,
        open,
    }
}

/// Tells the periods without an occurrence, and those recorded as missed that were none.
fn periods(
    id: &str,
    overdue: &[Date],
    every: Cadence,
    begin: Begin,
    missed: &[MissedPeriod<'_>],
    tally: &mut Tally,
) {
    for (occurrence, period) in missed {
        if period.due >= begin.start && !overdue.contains(&period.due) {
            let message = format!(
                "{} records the period that ended on {} as missed, and by the other records none ended then",
                occurrence.file.path(),
                period.due
            );
            let mut finding = of_nothing(Verdict::NotChecked, id, "duty", &message);
            finding.place = Some(place(occurrence));
            tally.findings.push(finding);
        }
    }
    for span in runs(overdue, every) {
        tally.findings.push(gap(id, &span, every, missed));
    }
}

/// Groups deadlines that follow each other, so that a duty forgotten for a year is one finding.
fn runs(overdue: &[Date], every: Cadence) -> Vec<Vec<Date>> {
    let mut runs: Vec<Vec<Date>> = Vec::new();
    for due in overdue {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|last| every.after(*last) == *due) => {
                run.push(*due);
            }
            Some(_) | None => runs.push(vec![*due]),
        }
    }
    runs
}

fn gap(id: &str, span: &[Date], every: Cadence, missed: &[MissedPeriod<'_>]) -> super::Finding {
    let (Some(first), Some(last)) = (span.first(), span.last()) else {
        return of_nothing(Verdict::Error, id, "duty", "an empty gap");
    };
    let mut message = if span.len() == 1 {
        format!("nothing was done by {first}; it is due every {every}")
    } else if span.len() == 2 {
        format!("nothing was done by {first}, nor by {last}; it is due every {every}")
    } else {
        format!(
            "nothing was done by {first}, nor at {} later deadlines up to {last}; it is due every {every}",
            span.len() - 1
        )
    };
    let mut at = None;
    for (occurrence, period) in missed
        .iter()
        .filter(|(_, period)| span.contains(&period.due))
    {
        use std::fmt::Write as _;
        let _ = write!(
            message,
            "; recorded as missed by {}: {}; corrected: {}; prevention: {}",
            occurrence.by, period.cause, period.correction, period.prevention
        );
        at.get_or_insert_with(|| place(occurrence));
    }
    let mut finding = of_nothing(
        Verdict::Expired,
        &format!("{id}/{first}"),
        "period",
        &message,
    );
    finding.place = at;
    finding
}

fn place(occurrence: &Occurrence) -> Place {
    Place {
        file: occurrence.file.path().to_owned(),
        line: 1,
    }
}
