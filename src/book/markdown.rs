//! Where things stand in Markdown: front matter, fences, headings.
//!
//! All places are bytes of the whole file as it is on disk, with its byte-order mark and line
//! ends. The body is parsed as mdBook parses it, so both see the same blocks.

use std::sync::Arc;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::source::{SourceFile, Span};

/// What the file begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    /// Front matter: all of it with its `+++` lines, and the TOML between them.
    Front {
        /// From the first `+` to the last.
        whole: Span,
        /// The lines between.
        toml: Span,
    },
    /// A `+++` line without another one.
    Unclosed(Span),
    /// Anything else; the bytes of its first line.
    Other(Span),
}

/// A fenced block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fence {
    /// The block with its fences.
    pub(super) whole: Span,
    /// The lines between the fences.
    pub(super) text: Span,
    /// The first line, from the fence on.
    pub(super) opening: Span,
    /// What stands after the opening fence.
    pub(super) info: String,
    /// Whether the block is one piece of the file, from the start of a line.
    pub(super) place: Place,
    /// Whether a closing fence ends the block.
    pub(super) end: End,
}

/// Where a fenced block stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// At the start of a line, in nothing else.
    Free,
    /// Indented, or in a list, a quote or a note.
    Inside,
}

/// How a fenced block ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With its closing fence.
    Closed,
    /// With what it stands in, or with the file.
    Open,
}

/// A heading and whether text follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    /// The text of the heading.
    pub(super) title: String,
    /// Its level, from 1.
    level: HeadingLevel,
    /// Whether there is text before the next heading of the same or a higher level.
    pub(super) filled: bool,
}

/// Returns the options with which mdBook reads pages.
fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_SMART_PUNCTUATION
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM
}

/// Returns what the file begins with.
pub(super) fn opening(file: &Arc<SourceFile>) -> Opening {
    let text = file.text();
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let (first_end, body) = line(text, start);
    if slice(text, start, first_end).trim_end() != "+++" {
        return Opening::Other(Span::new(start, first_end));
    }
    let mut at = body;
    while at < text.len() {
        let (end, next) = line(text, at);
        let content = slice(text, at, end);
        if content.trim_end() == "+++" {
            return Opening::Front {
                whole: Span::new(start, at + content.trim_end().len()),
                toml: Span::new(body, at),
            };
        }
        at = next;
    }
    Opening::Unclosed(Span::new(start, first_end))
}

/// Returns the first byte after the front matter.
pub(super) fn body(file: &Arc<SourceFile>) -> usize {
    match opening(file) {
        Opening::Front { whole, .. } => line(file.text(), whole.end).1,
        Opening::Unclosed(first) => line(file.text(), first.end).1,
        Opening::Other(first) => first.start,
    }
}

/// Returns the events from `start` on, with places in the whole file.
pub(super) fn events(
    file: &Arc<SourceFile>,
    start: usize,
) -> impl Iterator<Item = (Event<'_>, Span)> {
    let text = slice(file.text(), start, file.text().len());
    Parser::new_ext(text, options())
        .into_offset_iter()
        .map(move |(event, range)| (event, Span::from(range).shifted(start)))
}

/// Returns every fenced block after `start`, and the HTML comments, whose text is no Markdown.
pub(super) fn fences(file: &Arc<SourceFile>, start: usize) -> (Vec<Fence>, Vec<Span>) {
    let mut depth = 0usize;
    let mut fences = Vec::new();
    let mut comments = Vec::new();
    for (event, span) in events(file, start) {
        match event {
            Event::Start(tag) => {
                if let Tag::CodeBlock(CodeBlockKind::Fenced(info)) = &tag {
                    fences.push(fence(file, span, info, depth));
                }
                if matches!(tag, Tag::HtmlBlock)
                    && file.slice(span).trim_start().starts_with("<!--")
                {
                    comments.push(span);
                }
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    (fences, comments)
}

fn fence(file: &Arc<SourceFile>, span: Span, info: &str, depth: usize) -> Fence {
    let text = file.text();
    let whole = Span::new(
        span.start,
        span.start
            + file
                .slice(span)
                .trim_end_matches(['\r', '\n', ' ', '\t'])
                .len(),
    );
    let (first_end, inner) = line(text, whole.start);
    let last = text
        .get(..whole.end)
        .and_then(|before| before.rfind(['\n', '\r']))
        .map_or(0, |at| at + 1)
        .max(whole.start);
    let mark = slice(text, whole.start, first_end);
    let width = mark.len() - mark.trim_start_matches(['`', '~']).len();
    let closing = slice(text, last, whole.end).trim_matches([' ', '\t', '>']);
    let closed = last > whole.start
        && closing.len() >= width
        && closing
            .bytes()
            .all(|byte| Some(byte) == mark.bytes().next());
    let at_line_start = whole.start == 0
        || text
            .get(..whole.start)
            .is_some_and(|before| before.ends_with(['\n', '\r']) || before == "\u{feff}");
    Fence {
        whole,
        text: if closed {
            Span::new(inner, last)
        } else {
            Span::new(inner.min(whole.end), whole.end)
        },
        opening: Span::new(whole.start, first_end.min(whole.end)),
        info: info.to_owned(),
        place: if depth == 0 && at_line_start {
            Place::Free
        } else {
            Place::Inside
        },
        end: if closed { End::Closed } else { End::Open },
    }
}

/// Returns the headings after `start`, in order.
pub(super) fn headings(file: &Arc<SourceFile>, start: usize) -> Vec<Heading> {
    let mut headings: Vec<Heading> = Vec::new();
    let mut inside = false;
    for (event, _) in events(file, start) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                inside = true;
                headings.push(Heading {
                    title: String::new(),
                    level,
                    filled: false,
                });
            }
            Event::End(TagEnd::Heading(_)) => inside = false,
            Event::Text(text) | Event::Code(text) => {
                if inside {
                    if let Some(heading) = headings.last_mut() {
                        heading.title.push_str(&text);
                    }
                } else if !text.trim().is_empty() {
                    fill(&mut headings);
                }
            }
            _ => {}
        }
    }
    headings
}

/// Marks the last heading and those it stands under as followed by text.
fn fill(headings: &mut [Heading]) {
    let mut level = None;
    for heading in headings.iter_mut().rev() {
        if level.is_none_or(|below| heading.level < below) {
            heading.filled = true;
            level = Some(heading.level);
        }
    }
}

/// Returns the end of the line at `from`, and the start of the next.
pub(super) fn line(text: &str, from: usize) -> (usize, usize) {
    let rest = slice(text, from, text.len());
    let end = from + rest.find(['\n', '\r']).unwrap_or(rest.len());
    let next = slice(text, end, text.len());
    let width = if next.starts_with("\r\n") {
        2
    } else {
        usize::from(!next.is_empty())
    };
    (end, end + width)
}

fn slice(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_ends_at_the_next_line_of_pluses() {
        for (text, whole, toml) in [
            ("+++\nid = 1\n+++\n# A", "+++\nid = 1\n+++", "id = 1\n"),
            (
                "\u{feff}+++\r\nid = 1\r\n+++\r\nx",
                "+++\r\nid = 1\r\n+++",
                "id = 1\r\n",
            ),
            (
                "+++  \n\n\nid = 'カ'\n+++\t\n",
                "+++  \n\n\nid = 'カ'\n+++",
                "\n\nid = 'カ'\n",
            ),
            ("+++\n+++", "+++\n+++", ""),
        ] {
            let file = SourceFile::new("a.md", text);
            let Opening::Front { whole: w, toml: t } = opening(&file) else {
                panic!("front matter in {text:?}")
            };
            assert_eq!((file.slice(w), file.slice(t)), (whole, toml));
        }
    }

    #[test]
    fn what_only_looks_like_front_matter_is_told_apart() {
        for text in ["", "+++", "+++\nid = 1", "+++\nid\n ++++\n"] {
            let file = SourceFile::new("a.md", text);
            let unclosed = matches!(opening(&file), Opening::Unclosed(_));
            assert_eq!(unclosed, !text.is_empty(), "{text:?}");
        }
        for text in [
            "\n+++\n+++\n",
            "++++\n+++\n",
            " +++\n+++",
            "---\nid: 1\n---\n",
        ] {
            let file = SourceFile::new("a.md", text);
            assert!(matches!(opening(&file), Opening::Other(_)), "{text:?}");
        }
    }

    #[test]
    fn a_heading_is_filled_by_text_below_it_or_below_its_children() {
        let file = SourceFile::new(
            "a.md",
            "# Policy\n\n## Limits\n\n### Cards\n\n90 days.\n\n## Basis\n\n<!-- later -->\n\n## Purge `now`\n\n- x\n",
        );
        let found: Vec<(String, bool)> = headings(&file, 0)
            .into_iter()
            .map(|h| (h.title, h.filled))
            .collect();
        let expected = [
            ("Policy", true),
            ("Limits", true),
            ("Cards", true),
            ("Basis", false),
            ("Purge now", true),
        ];
        assert_eq!(found, expected.map(|(t, f)| (t.to_owned(), f)));
    }
}
