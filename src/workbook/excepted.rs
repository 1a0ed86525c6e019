//! What no exception can be for: stored sensitive authentication data, and a period that passed.

use crate::check::{Check, Kind};
use crate::human::Human;
use crate::source::{Code, Date, Diagnostic, Diagnostics};

/// The requirement under which sensitive authentication data is not kept after authorization (PCI
/// DSS 4.0.1); those below it count too.
const STORED_SAD: &str = "3.3.1";

/// Why no exception can be for a check at all, if so.
pub(crate) fn never(check: &Check) -> Option<&'static str> {
    let sad = check.requirements.iter().any(|id| {
        let rest = id.value.strip_prefix(STORED_SAD);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    });
    sad.then_some("no exception covers sensitive authentication data that is stored")
}

/// Why an exception can't name a subject of a check, if so: periods of duties.
pub(crate) fn never_subject(check: &Check, subject: &str) -> Option<&'static str> {
    let period = || {
        let day = subject
            .strip_prefix(check.id.value.as_str())?
            .strip_prefix('/')?;
        day.parse::<Date>().ok()
    };
    let missed = check.kind() == Kind::Recurring && (subject == "*" || period().is_some());
    missed.then_some("no exception covers a period that passed; it is recorded as missed")
}

/// Reports exceptions for what none can be for.
pub(super) fn refused(human: &Human, checks: &[Check]) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    for exception in &human.exceptions {
        let Some(check) = checks
            .iter()
            .find(|check| check.id.value == exception.check)
        else {
            continue;
        };
        let mut refuse = |why: &str, help: String| {
            diagnostics.push(
                Diagnostic::new(Code::InvalidValue, &exception.file, exception.span, why)
                    .help(help),
            );
        };
        if let Some(why) = never(check) {
            refuse(why, "remove the data and the exception".to_owned());
        }
        let mut subjects = exception.subjects.iter();
        if let Some(why) = subjects.find_map(|subject| never_subject(check, subject)) {
            let id = &check.id.value;
            refuse(why, format!("see `workbook record {id} --missed DATE`"));
        }
    }
    diagnostics
}
