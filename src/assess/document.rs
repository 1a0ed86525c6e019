//! What a document check says of its document.

use super::{Finding, Verdict};
use crate::book::Book;
use crate::check::DocumentCheck;
use crate::inventory::Place;
use crate::source::Date;

/// Months after which a policy or procedure must have been reviewed (PCI DSS 4.0.1, 12.1.2).
const REVIEW_MONTHS: u32 = 12;

/// Judges one document: there, owned, approved by somebody else, in date, no section empty.
pub(super) fn judge(entry: &DocumentCheck, book: &Book, today: Date) -> Finding {
    let document = book
        .documents
        .iter()
        .find(|document| document.path == entry.path);
    let mut finding = Finding {
        subject: entry.path.clone(),
        subject_type: "document".to_owned(),
        verdict: Verdict::NotChecked,
        message: format!(
            "there is no such document; write it under book/src/{}",
            entry.path
        ),
        shows: String::new(),
        by_default: Vec::new(),
        place: None,
        intended: false,
    };
    let Some(document) = document else {
        return finding;
    };
    finding.place = Some(Place {
        file: document.file.path().to_owned(),
        line: 1,
    });
    let dated = |date: Option<Date>| date.map_or("no date".to_owned(), |date| date.to_string());
    finding.shows = format!(
        "owner {}, approved by {} on {}, review due {}",
        document.owner.as_deref().unwrap_or("not stated"),
        document.approver.as_deref().unwrap_or("not stated"),
        dated(document.approved),
        dated(document.review_due),
    );
    let mut wrong = Vec::new();
    match (
        filled(document.owner.as_deref()),
        filled(document.approver.as_deref()),
    ) {
        (None, _) => wrong.push("it names no owner".to_owned()),
        (_, None) => wrong.push("it names no approver".to_owned()),
        (Some(owner), Some(approver)) if owner.eq_ignore_ascii_case(approver) => {
            wrong.push("its approver is its owner".to_owned());
        }
        (Some(_), Some(_)) => {}
    }
    match document.approved {
        None => wrong.push("it has no date of approval".to_owned()),
        Some(date) if date > today => wrong.push(format!("it is approved only on {date}")),
        Some(_) => {}
    }
    match (document.approved, document.review_due) {
        (_, None) => wrong.push("it says no day by which it must be reviewed".to_owned()),
        (Some(approved), Some(due)) if due > approved.plus_months(REVIEW_MONTHS) => {
            wrong.push(format!(
                "its review is due on {due}, more than {REVIEW_MONTHS} months after its approval on {approved}"
            ));
        }
        (_, Some(_)) => {}
    }
    for section in &entry.sections {
        match document
            .sections
            .iter()
            .find(|(heading, _)| heading.trim().eq_ignore_ascii_case(section.trim()))
        {
            None => wrong.push(format!("the section `{section}` is missing")),
            Some((_, false)) => wrong.push(format!("the section `{section}` is empty")),
            Some((_, true)) => {}
        }
    }
    let overdue = document.review_due.filter(|due| *due < today);
    (finding.verdict, finding.message) = match (wrong.is_empty(), overdue) {
        (false, _) => (Verdict::Fail, wrong.join("; ")),
        (true, Some(due)) => (Verdict::Expired, format!("its review was due on {due}")),
        (true, None) => (Verdict::Pass, String::new()),
    };
    finding
}

/// Returns who is named, if anybody is.
fn filled(name: Option<&str>) -> Option<&str> {
    name.map(str::trim).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Document;
    use crate::source::SourceFile;

    fn day(day: u32) -> Option<Date> {
        Date::new(2026, 11, day)
    }

    fn document() -> Document {
        Document {
            file: SourceFile::new("book/src/policies/a.md", ""),
            path: "policies/a.md".to_owned(),
            title: "A".to_owned(),
            owner: Some("Head of Payments".to_owned()),
            approver: Some("Chief Information Security Officer".to_owned()),
            approved: day(1),
            review_due: day(22),
            sections: vec![
                ("Purpose".to_owned(), true),
                ("Retention".to_owned(), false),
            ],
            digest: String::new(),
        }
    }

    #[test]
    fn a_document_passes_only_whole_owned_approved_and_in_date() {
        type Change = fn(&mut Document);
        let cases: &[(&str, Change, &[&str], Verdict)] = &[
            ("whole", |_| {}, &["purpose"], Verdict::Pass),
            ("due today", |d| d.review_due = day(22), &[], Verdict::Pass),
            ("overdue", |d| d.review_due = day(21), &[], Verdict::Expired),
            (
                "overdue and unowned",
                |d| (d.review_due, d.owner) = (day(21), None),
                &[],
                Verdict::Fail,
            ),
            ("no owner", |d| d.owner = None, &[], Verdict::Fail),
            ("no approver", |d| d.approver = None, &[], Verdict::Fail),
            (
                "an owner of blanks",
                |d| d.owner = Some(" ".to_owned()),
                &[],
                Verdict::Fail,
            ),
            (
                "an empty approver",
                |d| d.approver = Some(String::new()),
                &[],
                Verdict::Fail,
            ),
            (
                "a review years later",
                |d| d.review_due = Date::new(2027, 11, 2),
                &[],
                Verdict::Fail,
            ),
            (
                "a review a year later",
                |d| d.review_due = Date::new(2027, 11, 1),
                &[],
                Verdict::Pass,
            ),
            (
                "own approver",
                |d| d.approver = Some(" head of payments".to_owned()),
                &[],
                Verdict::Fail,
            ),
            ("not approved", |d| d.approved = None, &[], Verdict::Fail),
            (
                "approved tomorrow",
                |d| d.approved = day(23),
                &[],
                Verdict::Fail,
            ),
            ("no review day", |d| d.review_due = None, &[], Verdict::Fail),
            ("empty section", |_| {}, &["Retention"], Verdict::Fail),
            ("missing section", |_| {}, &["Deletion"], Verdict::Fail),
            (
                "another document",
                |d| d.path = "policies/b.md".to_owned(),
                &[],
                Verdict::NotChecked,
            ),
        ];
        for (name, change, sections, expected) in cases {
            let mut document = document();
            change(&mut document);
            let book = Book {
                pages: Vec::new(),
                documents: vec![document],
            };
            let entry = DocumentCheck {
                entities: Vec::new(),
                path: "policies/a.md".to_owned(),
                sections: sections
                    .iter()
                    .map(|section| (*section).to_owned())
                    .collect(),
            };
            let finding = judge(&entry, &book, day(22).expect("a date"));
            assert_eq!(finding.verdict, *expected, "{name}: {}", finding.message);
        }
    }
}
