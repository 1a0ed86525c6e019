//! `SUMMARY.md`: which pages the book has, and in which order.

use std::collections::BTreeSet;
use std::sync::Arc;

use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

use super::markdown;
use crate::source::{Code, Diagnostic, Diagnostics, Seen, SourceFile, Span, Spanned, nearest};

/// How far the summary has been read; mdBook takes its parts in this order only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Chapters before the first list.
    Prefix,
    /// Numbered chapters.
    Numbered,
    /// Chapters after the last list.
    Suffix,
}

/// Returns the paths that the summary names, in order, with every mistake in it.
///
/// `existing` are the paths of all pages below `book/src`.
pub(crate) fn parse_summary(
    file: &Arc<SourceFile>,
    existing: &BTreeSet<String>,
) -> (Vec<String>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let mut seen = Seen::new("the page");
    let mut order = Vec::new();
    let mut part = Part::Prefix;
    let mut depth = 0usize;
    // For each open list item, whether a link was met in it.
    let mut items: Vec<(Span, bool)> = Vec::new();
    for (event, span) in markdown::events(file, markdown::body(file)) {
        match event {
            Event::Start(tag) => {
                part = next_part(part, &tag, depth, file, span, &mut diagnostics);
                depth += 1;
                match tag {
                    Tag::Item => items.push((span, false)),
                    Tag::Link { dest_url, .. } => {
                        if let Some((_, linked)) = items.last_mut() {
                            *linked = true;
                        }
                        let path = path(&dest_url);
                        if path.is_empty() {
                            continue;
                        }
                        if !existing.contains(&path) {
                            diagnostics.push(missing(file, span, &path, existing));
                            continue;
                        }
                        match seen.add(file, &Spanned::new(path.clone(), span)) {
                            Some(diagnostic) => diagnostics.push(diagnostic),
                            None => order.push(path),
                        }
                    }
                    _ => {}
                }
            }
            Event::End(tag) => {
                depth = depth.saturating_sub(1);
                if tag == TagEnd::Item
                    && let Some((span, false)) = items.pop()
                {
                    diagnostics.push(invalid(file, span, "the item is not a link to a page"));
                }
            }
            _ => {}
        }
    }
    (order, diagnostics)
}

/// Returns the part that a tag at the top begins, and reports one that mdBook refuses.
fn next_part(
    part: Part,
    tag: &Tag<'_>,
    depth: usize,
    file: &Arc<SourceFile>,
    span: Span,
    diagnostics: &mut Diagnostics,
) -> Part {
    let numbered = matches!(
        tag,
        Tag::List(_)
            | Tag::Heading {
                level: HeadingLevel::H1,
                ..
            }
    );
    match part {
        Part::Prefix if depth == 0 && matches!(tag, Tag::List(_)) => Part::Numbered,
        Part::Numbered if depth == 0 && matches!(tag, Tag::Paragraph) => Part::Suffix,
        Part::Suffix if depth == 0 && numbered => {
            diagnostics.push(invalid(
                file,
                span,
                "a list can't follow the chapters at the end of the summary",
            ));
            part
        }
        Part::Prefix | Part::Numbered | Part::Suffix => part,
    }
}

/// Returns the path as mdBook reads it: only a space may be encoded.
fn path(address: &str) -> String {
    let address = address.replace("%20", " ");
    address.trim_start_matches("./").to_owned()
}

fn missing(
    file: &Arc<SourceFile>,
    span: Span,
    path: &str,
    existing: &BTreeSet<String>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        Code::MissingPage,
        file,
        span,
        format!("there is no page `{path}` in book/src"),
    );
    match nearest(path, existing.iter().map(String::as_str)) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help("write the page, or leave the address empty until it is there"),
    }
}

fn invalid(file: &Arc<SourceFile>, span: Span, message: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidSummary, file, span, message)
        .help("each line is `- [Title](path/to/page.md)`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Vec<String>, Vec<String>) {
        let existing = ["index.md", "ecs/ecs-net.md", "ecs/ecs data.md", "z.md"]
            .map(str::to_owned)
            .into();
        let (order, diagnostics) = parse_summary(&SourceFile::new("S", text), &existing);
        let lines = diagnostics
            .into_sorted()
            .iter()
            .map(Diagnostic::one_line)
            .collect();
        (order, lines)
    }

    #[test]
    fn pages_come_in_the_order_of_the_summary() {
        let (order, lines) = parse(
            "\u{feff}# Summary\r\n\r\n[Start](./index.md)\r\n\r\n# ECS\r\n\r\n- [Net](ecs/ecs-net.md)\r\n  - [Data](ecs/ecs%20data.md)\r\n- [Later]()\r\n\r\n---\r\n\r\n[End](z.md)\r\n",
        );
        assert_eq!(lines, [""; 0]);
        assert_eq!(
            order,
            ["index.md", "ecs/ecs-net.md", "ecs/ecs data.md", "z.md"]
        );
    }

    #[test]
    fn what_mdbook_would_refuse_or_invent_is_told() {
        for (text, expected) in [
            (
                "- [A](ecs/ecs-ned.md)\n",
                "S:1:3: missing-page: there is no page `ecs/ecs-ned.md` in book/src",
            ),
            (
                "- [A](../../etc/passwd)\n",
                "S:1:3: missing-page: there is no page `../../etc/passwd` in book/src",
            ),
            (
                "- [A](z.md)\n- [B](./z.md)\n",
                "S:2:3: duplicate-id: the page `z.md` is given twice",
            ),
            (
                "- [A](z.md)\n- later\n",
                "S:2:1: invalid-summary: the item is not a link to a page",
            ),
            (
                "- [A](z.md)\n\n[B](index.md)\n\n- [C]()\n",
                "S:5:1: invalid-summary: a list can't follow the chapters at the end of the summary",
            ),
        ] {
            assert_eq!(parse(text).1, [expected], "{text:?}");
        }
    }
}
