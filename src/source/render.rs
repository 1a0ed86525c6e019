//! Diagnostics as people read them: the line, a caret under the mistake, what to type instead.

use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::inert::{harmless, inert};
use super::{Diagnostic, SourceFile, Span};

/// Whether text carries colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    Off,
    /// ANSI escape sequences.
    On,
}

/// The least width that leaves room for a line number and some of the line.
const NARROWEST: usize = 40;

/// Columns kept free of carets: the number of the line, and dots where the line is cut.
const MARGIN: usize = 24;

/// Returns the diagnostics, one after the other with an empty line between, no shown line wider
/// than `width` columns.
///
/// ```
/// use evidence_workbook::source::{Code, Colour, Diagnostic, SourceFile, Span, render};
/// let file = SourceFile::new("workbook.toml", "sampel = true\n");
/// let diagnostic = Diagnostic::new(Code::UnknownKey, &file, Span::new(0, 6), "unknown key `sampel`")
///     .help("did you mean `sample`?");
/// assert_eq!(
///     render(&[diagnostic], 80, Colour::Off),
///     "error[unknown-key]: unknown key `sampel`
///  --> workbook.toml:1:1
///   |
/// 1 | sampel = true
///   | ^^^^^^
///   |
///   = help: did you mean `sample`?
/// "
/// );
/// ```
#[must_use]
pub fn render(diagnostics: &[Diagnostic], width: usize, colour: Colour) -> String {
    let renderer = match colour {
        Colour::Off => Renderer::plain(),
        Colour::On => Renderer::styled(),
    }
    .decor_style(DecorStyle::Ascii)
    .term_width(width.max(NARROWEST));
    let mut text = String::new();
    for (n, diagnostic) in diagnostics.iter().enumerate() {
        if n > 0 {
            text.push('\n');
        }
        text.push_str(&renderer.render(&[group(diagnostic, width.max(NARROWEST))]));
        text.push('\n');
    }
    text
}

fn group(diagnostic: &Diagnostic, width: usize) -> Group<'static> {
    // Everything passes `inert`, so the renderer may break lines where we say.
    let before = "error[]: ".len() + diagnostic.code.as_str().len();
    let mut group = Group::with_title(
        Level::ERROR
            .secondary_title(wrapped(&diagnostic.message, width, before))
            .id(diagnostic.code.as_str()),
    );
    let mut places = vec![(
        AnnotationKind::Primary,
        &diagnostic.file,
        diagnostic.span,
        diagnostic.label.as_deref(),
    )];
    for related in &diagnostic.related {
        places.push((
            AnnotationKind::Context,
            &related.file,
            related.span,
            Some(related.label.as_str()),
        ));
    }
    while let Some((_, file, ..)) = places.first() {
        let file = Arc::clone(file);
        let (here, elsewhere): (Vec<_>, Vec<_>) = places
            .into_iter()
            .partition(|(_, other, ..)| **other == file);
        places = elsewhere;
        if file.text().is_empty() {
            group = group.element(Origin::path(inert(file.path())));
            continue;
        }
        let part = Part::of(&file, here.iter().map(|(_, _, span, _)| *span));
        let mut snippet = Snippet::source(part.text.clone())
            .line_start(part.line)
            .path(inert(file.path()));
        for (kind, _, span, label) in here {
            let annotation = kind.span(part.place(&file, span, width));
            snippet = snippet.annotation(annotation.label(label.map(inert)));
        }
        group = group.element(snippet);
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(wrapped(help, width, "    = help: ".len())));
    }
    group
}

/// The lines of a file from the first that is shown to the last, made harmless.
struct Part {
    /// The first byte in the file.
    start: usize,
    /// The number of the first line.
    line: usize,
    /// The harmless text.
    text: String,
}

impl Part {
    fn of(file: &SourceFile, spans: impl Iterator<Item = Span>) -> Self {
        let text = file.text();
        let (mut first, mut last) = (text.len(), 0);
        for span in spans {
            first = first.min(span.start);
            last = last.max(span.start);
        }
        let first = text.floor_char_boundary(first);
        let mut start = text
            .get(..first)
            .and_then(|b| b.rfind('\n'))
            .map_or(0, |at| at + 1);
        if start == 0 && text.starts_with('\u{feff}') {
            start = 3;
        }
        let last = text.floor_char_boundary(last).max(start);
        let rest = text.get(last..).unwrap_or("");
        let end = last + rest.find('\n').unwrap_or(rest.len());
        Self {
            start,
            line: file.line(first),
            text: shown(text.get(start..end).unwrap_or("").trim_end_matches('\r')),
        }
    }

    /// Returns where a span's first line stands in the harmless text, or so much of it as has
    /// room beside the number of the line.
    fn place(&self, file: &SourceFile, span: Span, width: usize) -> std::ops::Range<usize> {
        let text = file.text();
        let from = text.floor_char_boundary(span.start).max(self.start);
        let to = text.floor_char_boundary(span.end).max(from);
        let marked = text.get(from..to).unwrap_or("");
        let marked = marked.lines().next().unwrap_or("").trim_end_matches('\r');
        let marked: String = marked.chars().take(width.saturating_sub(MARGIN)).collect();
        // The renderer panics past the end of what it is given.
        let length = self.text.len();
        let start = shown(text.get(self.start..from).unwrap_or("")).len();
        start.min(length)..(start + shown(&marked).len()).min(length)
    }
}

/// Returns the text with its lines kept and the rest made harmless; tabs are shown as blanks.
fn shown(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .map(|c| match c {
            '\n' | '\t' => c,
            _ => harmless(c),
        })
        .collect()
}

/// Returns the text in lines of at most `width` columns, the first of which has `taken` fewer.
fn wrapped(text: &str, width: usize, taken: usize) -> String {
    let room = width.saturating_sub(taken).max(20);
    let mut lines = String::new();
    let mut column = 0;
    for word in inert(text).split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > room {
            lines.push('\n');
            column = 0;
        } else if column > 0 {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += length;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::Code;
    use super::*;

    #[test]
    fn both_places_are_shown_in_one_file_or_in_two() {
        let one = SourceFile::new("a.toml", "id = \"x\"\n\n\n\n\n\nid = \"x\"\n");
        let two = SourceFile::new("b.toml", "\u{feff}id = \"x\"\r\n");
        let same = Diagnostic::new(Code::DuplicateId, &one, Span::new(19, 22), "twice")
            .label("again here")
            .related(&one, Span::new(5, 8), "first here");
        let other = Diagnostic::new(Code::DuplicateId, &two, Span::new(8, 11), "twice")
            .label("again here")
            .related(&one, Span::new(5, 8), "first here")
            .help("rename one of them");
        insta::assert_snapshot!(render(&[same, other], 80, Colour::Off));
    }

    #[test]
    fn hostile_text_is_inert_and_the_caret_still_stands_under_it() {
        let text = "a = 1\nカ\u{9b}31m = \"\u{1b}]8;;http://x\u{7}\u{202e}\t\" # x\u{200b}\r\n";
        let file = SourceFile::new("a\u{1b}.toml", text);
        let start = text.find("\u{1b}]8").unwrap_or(0);
        let diagnostic = Diagnostic::new(
            Code::InvalidValue,
            &file,
            Span::new(start, start + 14),
            "bad `\u{1b}[2J\n`",
        )
        .label("\u{9b}0m")
        .help("remove \u{1b}c");
        let shown = render(&[diagnostic], 80, Colour::Off);
        assert!(
            !shown.chars().any(|c| c.is_control() && c != '\n'),
            "{shown:?}"
        );
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn long_lines_are_cut_around_the_mistake_and_long_messages_are_broken() {
        let text = format!("{}wrong{}", "before ".repeat(60), " after".repeat(60));
        let file = SourceFile::new("a.toml", text);
        let diagnostic = Diagnostic::new(
            Code::InvalidValue,
            &file,
            Span::new(420, 425),
            "a message of many words ".repeat(8),
        )
        .help("help of many words ".repeat(8));
        let shown = render(&[diagnostic], 72, Colour::Off);
        for line in shown.lines() {
            assert!(line.chars().count() <= 72, "{line:?}");
        }
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn any_span_is_shown_without_a_panic() {
        let file = SourceFile::new("a", "\u{feff}カ\r\n\tx\n");
        for start in 0..14 {
            for end in 0..14 {
                let diagnostic =
                    Diagnostic::new(Code::WrongType, &file, Span::new(start, end), "m").related(
                        &file,
                        Span::new(end, start),
                        "r",
                    );
                assert!(!render(&[diagnostic], 0, Colour::On).is_empty());
            }
        }
    }

    #[test]
    fn a_file_without_text_is_named_and_not_shown() {
        let empty = SourceFile::new("workbook.toml", "");
        let diagnostic = Diagnostic::new(Code::MissingFile, &empty, Span::default(), "m").help("h");
        insta::assert_snapshot!(render(&[diagnostic], 80, Colour::Off));
    }
}
