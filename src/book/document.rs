//! One policy or procedure.

use std::sync::Arc;

use super::Document;
use super::markdown::{self, Opening};
use super::page::stem;
use crate::source::{Code, Diagnostic, Diagnostics, SourceFile, Toml, sha256};

/// Returns the document at `path`, such as `policies/chd-retention.md`, with every mistake in it.
///
/// A missing owner or approval is not a mistake of the file: it is what a check finds.
pub(crate) fn parse_document(path: &str, file: &Arc<SourceFile>) -> (Document, Diagnostics) {
    let body = markdown::body(file);
    let headings = markdown::headings(file, body);
    // Line ends are git's to choose on a checkout.
    let text = file.text().get(body..).unwrap_or_default();
    let digest = sha256(text.replace("\r\n", "\n").as_bytes());
    let mut document = Document {
        file: Arc::clone(file),
        path: path.to_owned(),
        title: headings
            .first()
            .map_or_else(|| stem(path).to_owned(), |heading| heading.title.clone()),
        owner: None,
        approver: None,
        approved: None,
        review_due: None,
        sections: headings
            .into_iter()
            .map(|heading| (heading.title, heading.filled))
            .collect(),
        digest,
    };
    // What is not front matter, or does not end, is told where the page is read.
    let Opening::Front { toml, .. } = markdown::opening(file) else {
        return (document, Diagnostics::new());
    };
    let toml = Toml::parse(file, toml);
    let mut root = toml.root();
    if let Some(title) = root.string("title") {
        document.title = title.value;
    }
    document.owner = root.string("owner").map(|text| text.value);
    document.approver = root.string("approver").map(|text| text.value);
    let approved = root.date("approved");
    let review_due = root.date("review-due");
    if let (Some(approved), Some(due)) = (&approved, &review_due)
        && due.value <= approved.value
    {
        root.push(
            Diagnostic::new(
                Code::InvalidValue,
                file,
                due.span,
                "the review is due before the approval",
            )
            .related(file, approved.span, "approved on this day"),
        );
    }
    document.approved = approved.map(|date| date.value);
    document.review_due = review_due.map(|date| date.value);
    root.finish();
    (document, toml.into_diagnostics())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_tells_who_answers_for_it_and_which_sections_are_written() {
        let file = SourceFile::new(
            "d.md",
            "+++\ntitle = \"Retention\"\nowner = \"compliance\"\napprover = \"ciso\"\n\
             approved = 2026-02-01\nreview-due = 2027-02-01\n+++\n# Retention\n\n## Limits\n\n90 days.\n\n## Purge\n",
        );
        let (document, diagnostics) = parse_document("policies/retention.md", &file);
        assert!(diagnostics.is_empty());
        assert_eq!(document.title, "Retention");
        assert_eq!(document.owner.as_deref(), Some("compliance"));
        assert_eq!(
            document.approved.map(|d| d.to_string()).as_deref(),
            Some("2026-02-01")
        );
        assert_eq!(
            document.sections,
            [("Retention", true), ("Limits", true), ("Purge", false)]
                .map(|(title, filled)| (title.to_owned(), filled))
        );
    }

    #[test]
    fn a_document_without_front_matter_has_its_heading_as_title_and_no_owner() {
        let file = SourceFile::new("d.md", "# Keys\n\ntext\n");
        let (document, diagnostics) = parse_document("policies/keys.md", &file);
        assert!(diagnostics.is_empty());
        assert_eq!((document.title.as_str(), document.owner), ("Keys", None));
    }

    #[test]
    fn mistakes_in_front_matter_are_told_at_once() {
        let file = SourceFile::new(
            "d.md",
            "+++\nowner = 1\napproved = 2026-02-01\nreview_due = 2027-02-01\nreview-due = 2026-02-01\n+++\n",
        );
        let (_, diagnostics) = parse_document("policies/a.md", &file);
        let codes: Vec<_> = diagnostics
            .into_sorted()
            .iter()
            .map(|d| d.code.as_str())
            .collect();
        assert_eq!(codes, ["wrong-type", "unknown-key", "invalid-value"]);
    }
}
