//! Exceptions: `evidence/exceptions/*.toml`.

use std::sync::Arc;

use super::{Exception, ExceptionKind};
use crate::source::{
    Code, Date, Diagnostic, Diagnostics, Item, Keyword, SourceFile, Spanned, Table, Toml,
};

impl Keyword for ExceptionKind {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("deviation", Self::Deviation),
        ("compensating-control", Self::CompensatingControl),
        ("customized", Self::Customized),
    ];
}

/// The longest time for which a compensating control may be approved, in months: assessors look
/// at it anew each year (PCI DSS 4.0.1, Appendix B).
const LONGEST_COMPENSATION: u32 = 12;

/// Returns the exceptions in the file, with every mistake in it.
pub(crate) fn parse_exceptions(file: &Arc<SourceFile>) -> (Vec<Exception>, Diagnostics) {
    let toml = Toml::parse_file(file);
    let mut root = toml.root();
    let exceptions = root
        .tables("exception")
        .into_iter()
        .filter_map(exception)
        .collect();
    root.finish();
    (exceptions, toml.into_diagnostics())
}

fn exception(mut table: Table<'_>) -> Option<Exception> {
    let check = table.required_string("check");
    let kind = table.required_keyword::<ExceptionKind>("kind");
    let subjects = table.required("subjects").map(Item::strings);
    let reason = table.required_string("reason");
    let owner = table.required_string("owner");
    let approver = table.required_string("approver");
    let approved = table.required("approved").and_then(Item::date);
    let until = table.required("until").and_then(Item::date);
    let shown_by = table.strings("shown-by");
    if let (Some(kind), Some(subjects)) = (&kind, &subjects) {
        subjects_fit(&table, kind, subjects);
    }
    if let (Some(owner), Some(approver)) = (&owner, &approver) {
        two_people(&table, owner, approver);
    }
    if let (Some(kind), Some(approved), Some(until)) = (&kind, &approved, &until) {
        period(&table, kind.value, approved, until);
    }
    if let Some(kind) = &kind
        && kind.value == ExceptionKind::CompensatingControl
        && shown_by.is_empty()
    {
        table.push(
            Diagnostic::new(
                Code::MissingKey,
                table.file(),
                kind.span,
                "a compensating control needs the checks that show it",
            )
            .help("add `shown-by = [\"check-id\"]`; those checks must pass"),
        );
    }
    let span = table.span();
    let file = Arc::clone(table.file());
    table.finish();
    Some(Exception {
        file,
        span,
        check: check?.value,
        kind: kind?.value,
        subjects: subjects?.into_iter().map(|text| text.value).collect(),
        reason: reason?.value,
        owner: owner?.value,
        approver: approver?.value,
        approved: approved?.value,
        until: until?.value,
        shown_by: shown_by.into_iter().map(|text| text.value).collect(),
    })
}

/// Reports subjects that are none, or `*` where each must be named.
fn subjects_fit(table: &Table<'_>, kind: &Spanned<ExceptionKind>, subjects: &[Spanned<String>]) {
    if subjects.is_empty() {
        table.report(
            Code::InvalidValue,
            table.span(),
            "an exception must name its subjects",
        );
    }
    let all = subjects.iter().find(|subject| subject.value == "*");
    let Some(all) = all else { return };
    match kind.value {
        ExceptionKind::Deviation if subjects.len() > 1 => table.report(
            Code::InvalidValue,
            all.span,
            "`*` covers every subject, so it stands alone",
        ),
        ExceptionKind::Deviation => {}
        ExceptionKind::CompensatingControl | ExceptionKind::Customized => table.push(
            Diagnostic::new(
                Code::InvalidValue,
                table.file(),
                all.span,
                "only a deviation may cover every subject",
            )
            .related(table.file(), kind.span, "of this kind")
            .help("name each subject"),
        ),
    }
}

/// Reports an exception that its owner approved.
fn two_people(table: &Table<'_>, owner: &Spanned<String>, approver: &Spanned<String>) {
    if owner
        .value
        .trim()
        .eq_ignore_ascii_case(approver.value.trim())
    {
        table.push(
            Diagnostic::new(
                Code::InvalidValue,
                table.file(),
                approver.span,
                "the owner can't approve the exception",
            )
            .related(table.file(), owner.span, "the owner"),
        );
    }
}

/// Reports a period that is empty or longer than the kind allows.
fn period(table: &Table<'_>, kind: ExceptionKind, approved: &Spanned<Date>, until: &Spanned<Date>) {
    if until.value <= approved.value {
        table.push(
            Diagnostic::new(
                Code::InvalidValue,
                table.file(),
                until.span,
                "the exception ends before it begins",
            )
            .related(table.file(), approved.span, "approved on this day"),
        );
        return;
    }
    match kind {
        ExceptionKind::CompensatingControl
            if until.value > approved.value.plus_months(LONGEST_COMPENSATION) =>
        {
            table.push(
                Diagnostic::new(
                    Code::InvalidValue,
                    table.file(),
                    until.span,
                    format!(
                        "a compensating control holds for at most {LONGEST_COMPENSATION} months"
                    ),
                )
                .related(table.file(), approved.span, "approved on this day")
                .help(format!(
                    "write {} or earlier, and approve it anew then",
                    approved.value.plus_months(LONGEST_COMPENSATION)
                )),
            );
        }
        ExceptionKind::CompensatingControl
        | ExceptionKind::Deviation
        | ExceptionKind::Customized => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(changes: &[(&str, &str)]) -> (Vec<Exception>, Vec<String>) {
        let mut text = "[[exception]]\ncheck = \"ecs-exec-off\"\nkind = \"deviation\"\nsubjects = [\"*\"]\n\
            reason = \"r\"\nowner = \"p-1\"\napprover = \"p-2\"\napproved = 2026-01-31\nuntil = 2026-12-31\n"
            .to_owned();
        for (from, to) in changes {
            text = text.replace(from, to);
        }
        let (exceptions, diagnostics) = parse_exceptions(&SourceFile::new("e.toml", text));
        let lines = diagnostics
            .into_sorted()
            .iter()
            .map(Diagnostic::one_line)
            .collect();
        (exceptions, lines)
    }

    #[test]
    fn a_deviation_may_cover_every_subject() {
        let (exceptions, lines) = parse(&[]);
        assert_eq!(lines, [""; 0]);
        let kinds: Vec<ExceptionKind> = exceptions.iter().map(|e| e.kind).collect();
        assert_eq!(kinds, [ExceptionKind::Deviation]);
    }

    #[test]
    fn what_no_one_may_except_is_told() {
        let compensating = (
            "kind = \"deviation\"",
            "shown-by = [\"a\"]\nkind = \"compensating-control\"",
        );
        let named = ("[\"*\"]", "[\"x\"]");
        for (changes, expected) in [
            (vec![compensating, named], None),
            (
                vec![
                    compensating,
                    named,
                    ("until = 2026-12-31", "until = 2027-01-31"),
                ],
                None,
            ),
            (
                vec![
                    compensating,
                    named,
                    ("until = 2026-12-31", "until = 2027-02-01"),
                ],
                Some("at most 12 months"),
            ),
            (vec![compensating], Some("only a deviation")),
            (
                vec![("deviation", "compensating-control"), named],
                Some("needs the checks"),
            ),
            (vec![("[\"*\"]", "[\"*\", \"x\"]")], Some("stands alone")),
            (vec![("[\"*\"]", "[]")], Some("must name its subjects")),
            (vec![("p-2", "P-1")], Some("can't approve")),
            (
                vec![("until = 2026-12-31", "until = 2026-01-31")],
                Some("ends before it begins"),
            ),
            (
                vec![("until = 2026-12-31", "until = \"2026-12-31\"")],
                Some("a date without quotes"),
            ),
            (
                vec![("reason = \"r\"", "reason = \" \"")],
                Some("must not be empty"),
            ),
            (vec![("deviation", "waiver")], Some("is not one of")),
        ] {
            let (_, lines) = parse(&changes);
            match expected {
                Some(part) => assert!(
                    matches!(lines.as_slice(), [line] if line.contains(part)),
                    "{changes:?}: {lines:?}"
                ),
                None => assert_eq!(lines, [""; 0], "{changes:?}"),
            }
        }
    }
}
