//! Exceptions: `evidence/exceptions/*.toml`.

use std::sync::Arc;

use super::recorded::recorded;
use super::{Exception, ExceptionKind, Worksheet};
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
    let of_kind = kind.as_ref().map(|kind| kind.value);
    let worksheet = worksheet(&mut table, of_kind);
    let customized = of_kind == Some(ExceptionKind::Customized);
    let controls_matrix = reference(&mut table, "controls-matrix", customized);
    let risk_analysis = reference(&mut table, "risk-analysis", customized);
    table.string("recorded-by");
    recorded(&mut table, approved.as_ref().map(|date| date.value));
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
        worksheet,
        controls_matrix,
        risk_analysis,
    })
}

/// Reads a reference that the customized approach needs.
fn reference(table: &mut Table<'_>, key: &'static str, needed: bool) -> Option<String> {
    let text = match needed {
        true => table.required_string(key),
        false => table.string(key),
    };
    text.map(|text| text.value)
}

/// Reads the worksheet, which a compensating control needs whole.
fn worksheet(table: &mut Table<'_>, kind: Option<ExceptionKind>) -> Option<Worksheet> {
    let Some(mut sheet) = table.table("worksheet") else {
        if kind == Some(ExceptionKind::CompensatingControl) {
            table.push(
                Diagnostic::new(
                    Code::MissingKey,
                    table.file(),
                    table.span(),
                    "a compensating control needs the worksheet of the standard",
                )
                .help("add `[exception.worksheet]` with constraints, definition, objective, risk, validation, maintenance and beyond"),
            );
        }
        return None;
    };
    let mut text = |key| sheet.required_string(key).map(|text| text.value);
    let constraints = text("constraints");
    let definition = text("definition");
    let objective = text("objective");
    let risk = text("risk");
    let validation = text("validation");
    let maintenance = text("maintenance");
    let beyond = text("beyond");
    sheet.finish();
    Some(Worksheet {
        constraints: constraints?,
        definition: definition?,
        objective: objective?,
        risk: risk?,
        validation: validation?,
        maintenance: maintenance?,
        beyond: beyond?,
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

    const SHEET: &str = "[exception.worksheet]\nconstraints = \"c\"\ndefinition = \"d\"\nobjective = \"o\"\nrisk = \"r\"\n\
        validation = \"v\"\nmaintenance = \"m\"\nbeyond = \"b\"\n";

    fn parse(changes: &[(&str, &str)]) -> (Vec<Exception>, Vec<String>) {
        let mut text = "[[exception]]\ncheck = \"ecs-exec-off\"\nkind = \"deviation\"\nsubjects = [\"*\"]\n\
            reason = \"r\"\nowner = \"p-1\"\napprover = \"p-2\"\napproved = 2026-01-31\nuntil = 2026-12-31\nrisk-analysis = \"TRA\"\nrecorded-at = 2026-02-01T08:00:00Z\n"
            .to_owned()
            + SHEET;
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
            // Told by a check, which looks at all exceptions.
            (vec![("p-2", "P-1")], None),
            (
                vec![("deviation", "customized"), named],
                Some("`controls-matrix` is missing"),
            ),
            (
                vec![(SHEET, ""), compensating, named],
                Some("needs the worksheet"),
            ),
            (
                vec![("beyond = \"b\"\n", ""), compensating, named],
                Some("`beyond` is missing"),
            ),
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
