//! What is said of exceptions: each is a subject of the checks that look at them.

use super::evaluation::{Tally, of_nothing};
use super::judge;
use super::{Facts, Finding, Verdict};
use crate::check::{Check, Configuration, Subject, WhenNone};
use crate::human::Exception;
use crate::inventory::Place;
use crate::source::{Keyword as _, Map, Value};

/// Returns the exceptions as expressions see them, once all that they may cover is judged; nothing
/// if no check looks at them.
pub(super) fn items(checks: &[Check], tallies: &[Tally], facts: &Facts<'_>) -> Vec<Value> {
    if !checks.iter().any(Check::looks_at_exceptions) {
        return Vec::new();
    }
    let of = |exception: &Exception| {
        checks
            .iter()
            .zip(tallies)
            .find(|(check, _)| check.id.value == exception.check)
    };
    facts
        .human
        .exceptions
        .iter()
        .map(|exception| item(exception, of(exception)))
        .collect()
}

fn item(exception: &Exception, of: Option<(&Check, &Tally)>) -> Value {
    let text = |text: &str| Value::string(text);
    let texts = |texts: &[String]| Value::list(texts.iter().map(Value::string).collect());
    let days = exception.approved.days_until(exception.until);
    let basis = of.map_or(Value::Null, |(check, _)| text(check.basis.word()));
    let covers = match of {
        Some((_, tally)) => covers(exception, tally),
        None => Value::unknown(format!("the check `{}` is not judged", exception.check)),
    };
    [
        ("check", text(&exception.check)),
        ("basis", basis),
        ("kind", text(exception.kind.word())),
        ("subjects", texts(&exception.subjects)),
        ("reason", text(&exception.reason)),
        ("owner", text(&exception.owner)),
        ("approver", text(&exception.approver)),
        ("approved", text(&exception.approved.to_string())),
        ("until", text(&exception.until.to_string())),
        ("days", Value::Int(days)),
        ("shown_by", texts(&exception.shown_by)),
        ("covers", covers),
    ]
    .into_iter()
    .collect::<Map>()
    .into()
}

/// Returns how many subjects that fail an exception names; unknown where one that it names could not
/// be judged, so that nothing says whether it is still needed.
fn covers(exception: &Exception, tally: &Tally) -> Value {
    let named = |finding: &&Finding| exception.names(&finding.subject);
    let failing = tally.findings.iter().filter(named);
    let count = failing
        .filter(|finding| finding.verdict == Verdict::Fail)
        .count();
    let decided = |subject: &String| {
        let mut findings = tally.findings.iter();
        findings.any(|finding| finding.subject == *subject && finding.verdict.decided())
    };
    let open = tally
        .findings
        .iter()
        .any(|finding| matches!(finding.verdict, Verdict::NotChecked | Verdict::Error));
    if count == 0 && open && !exception.subjects.iter().all(decided) {
        return Value::unknown(format!(
            "the check `{}` could not judge all that the exception names",
            exception.check
        ));
    }
    i64::try_from(count).map_or(Value::Int(i64::MAX), Value::Int)
}

/// Judges the exceptions by one entry.
pub(super) fn judge(
    entry: &Configuration,
    items: &[Value],
    facts: &Facts<'_>,
) -> (Vec<Finding>, Vec<String>) {
    let mut findings = Vec::new();
    let mut missing = Vec::new();
    for (exception, item) in facts.human.exceptions.iter().zip(items) {
        let subject = Subject::Item(item.clone());
        let Some(judged) = judge::subject(entry, &subject, facts.data) else {
            continue;
        };
        missing.extend(judged.missing);
        let file = exception.file.path();
        let line = exception.file.line(exception.span.start);
        findings.push(Finding {
            subject: format!("{}: {}", exception.check, exception.subjects.join(", ")),
            subject_type: "exception".to_owned(),
            verdict: judged.verdict,
            message: judged.message,
            shows: judged.shows,
            by_default: judged.by_default,
            place: Some(Place {
                file: file.to_owned(),
                line,
            }),
            intended: false,
        });
    }
    if findings.is_empty() {
        let verdict = match entry.when_none {
            WhenNone::NotChecked => Verdict::NotChecked,
            WhenNone::NotApplicable => Verdict::NotApplicable,
            WhenNone::Fail => Verdict::Fail,
        };
        let message = "no exception is kept";
        findings.push(of_nothing(verdict, "exceptions", "exception", message));
    }
    (findings, missing)
}
