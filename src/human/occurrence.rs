//! Occurrences of recurring duties: `evidence/occurrences/<check>/*.toml`.

use std::sync::Arc;

use super::recorded::recorded;
use super::{Missed, Occurred, Occurrence};
use crate::source::{Code, Date, Diagnostic, Diagnostics, Item, SourceFile, Toml};

/// Returns the occurrence in the file, with every mistake in it.
///
/// Keys beside those named here are the duty's own, and are what its conditions look at.
pub(crate) fn parse_occurrence(
    check: &str,
    file: &Arc<SourceFile>,
) -> (Option<Occurrence>, Diagnostics) {
    let toml = Toml::parse_file(file);
    let mut root = toml.root();
    let by = root.required_string("by");
    let what = if root.has("missed") {
        missed(&mut root)
    } else {
        occurred(&mut root)
    };
    let recorded = recorded(&mut root, day(what.as_ref()));
    for mut artefact in root.tables("artefact") {
        artefact.required_string("name");
        artefact.required_string("place");
        artefact.string("digest");
        artefact.date("date");
        artefact.finish();
    }
    let value = root.free().into();
    let diagnostics = toml.into_diagnostics();
    let sound = diagnostics.is_empty();
    let occurrence = by.zip(what).map(|(by, what)| Occurrence {
        check: check.to_owned(),
        file: Arc::clone(file),
        by: by.value,
        what,
        recorded,
        value,
    });
    (occurrence.filter(|_| sound), diagnostics)
}

/// Returns the day on which what was recorded had happened.
fn day(what: Option<&Occurred>) -> Option<Date> {
    what.map(|what| match what {
        Occurred::Done { performed, .. } => *performed,
        Occurred::Missed(missed) => missed.due,
    })
}

fn occurred(root: &mut crate::source::Table<'_>) -> Option<Occurred> {
    let performed = root.required("performed").and_then(Item::date);
    root.required_string("result");
    let from = root.date("from");
    let to = root.date("to");
    if from.is_some() != to.is_some() {
        root.report(
            Code::MissingKey,
            root.span(),
            "a range of days has both `from` and `to`",
        );
    }
    if let (Some(from), Some(to)) = (&from, &to)
        && to.value < from.value
    {
        root.push(
            Diagnostic::new(
                Code::InvalidValue,
                root.file(),
                to.span,
                "the range ends before it begins",
            )
            .related(root.file(), from.span, "begins on this day"),
        );
    }
    let performed = performed?.value;
    if let Some(to) = &to
        && to.value > performed
    {
        root.report(
            Code::InvalidValue,
            to.span,
            "the range ends after the day on which the work was done",
        );
    }
    Some(Occurred::Done {
        performed,
        from: from.map_or(performed, |date| date.value),
        to: to.map_or(performed, |date| date.value),
    })
}

fn missed(root: &mut crate::source::Table<'_>) -> Option<Occurred> {
    let due = root.required("missed").and_then(Item::date);
    let cause = root.required_string("cause");
    let correction = root.required_string("correction");
    let prevention = root.required_string("prevention");
    if let Some(item) = root.item("performed") {
        root.report(
            Code::InvalidValue,
            item.span(),
            "a missed period was not performed; give what was done late a file of its own",
        );
    }
    Some(Occurred::Missed(Missed {
        due: due?.value,
        cause: cause?.value,
        correction: correction?.value,
        prevention: prevention?.value,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<&'static str> {
        let (occurrence, diagnostics) =
            parse_occurrence("purge", &SourceFile::new("o/purge/a.toml", text));
        assert_eq!(occurrence.is_some(), diagnostics.is_empty(), "{text}");
        diagnostics
            .into_sorted()
            .iter()
            .map(|d| d.code.as_str())
            .collect()
    }

    #[test]
    fn an_occurrence_says_when_by_whom_and_with_what_result() {
        let file = SourceFile::new(
            "evidence/occurrences/purge/2026-08-14.toml",
            "performed = 2026-08-14\nby = \"nl-0148\"\nresult = \"two records destroyed\"\nrecords-found = 2\n\
             [[artefact]]\nname = \"report\"\nplace = \"ticket CHG-1042\"\ndate = 2026-08-14\n",
        );
        let (occurrence, diagnostics) = parse_occurrence("purge", &file);
        assert!(diagnostics.is_empty());
        let occurrence = occurrence.expect("an occurrence");
        assert_eq!(occurrence.value.get("records_found").as_int(), Some(2));
        assert!(matches!(
            occurrence.what,
            Occurred::Done { performed, from, to } if from == performed && to == performed
        ));
    }

    #[test]
    fn what_is_half_written_is_told() {
        let whole = "performed = 2026-08-14\nby = \"a\"\nresult = \"r\"\n";
        let missed = "missed = 2026-05-31\nby = \"a\"\ncause = \"c\"\ncorrection = \"d\"\nprevention = \"p\"\n";
        let cases: &[(&str, &[&str])] = &[
            (whole, &[]),
            (missed, &[]),
            (
                "performed = \"2026\"\nby = \"a\"\nresult = \"r\"\n",
                &["wrong-type"],
            ),
            ("by = \"a\"\n", &["missing-key", "missing-key"]),
            (
                "missed = 2026-05-31\nby = \"a\"\ncause = \"c\"\n",
                &["missing-key", "missing-key"],
            ),
            (&format!("{whole}from = 2026-08-01\n"), &["missing-key"]),
            (
                &format!("{whole}from = 2026-08-10\nto = 2026-08-01\n"),
                &["invalid-value"],
            ),
            (
                &format!("{whole}from = 2026-08-10\nto = 2026-08-31\n"),
                &["invalid-value"],
            ),
            (
                &format!("{missed}performed = 2026-06-02\n"),
                &["invalid-value"],
            ),
            (&format!("{whole}recorded-at = 2026-08-14T23:30:00Z\n"), &[]),
            (
                // It is the 15th already where this was recorded.
                &format!("{whole}recorded-at = 2026-08-13T23:30:00Z\n"),
                &[],
            ),
            (
                &format!("{whole}recorded-at = 2026-08-12T23:30:00Z\n"),
                &["invalid-value"],
            ),
            (
                &format!("{missed}recorded-at = 2026-05-12T23:30:00Z\n"),
                &["invalid-value"],
            ),
            (
                &format!("{whole}recorded-at = 2026-08-14\n"),
                &["wrong-type"],
            ),
            (
                &format!("{whole}[[artefact]]\nname = \"n\"\n"),
                &["missing-key"],
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(codes(text), *expected, "{text}");
        }
    }
}
