//! One page: its front matter and its check blocks.

use std::sync::Arc;

use super::front::{self, Need};
use super::markdown::{self, End, Fence, Opening, Place};
use super::{Block, Page, Section};
use crate::source::{Code, Diagnostic, Diagnostics, SourceFile, Span, Spanned};

/// The info string of a check block.
const INFO: &str = "toml check";

/// Returns the page at `path` below `book/src`, with every mistake in it.
pub(crate) fn parse_page(path: &str, file: &Arc<SourceFile>) -> (Page, Diagnostics) {
    let section = section(path);
    let mut diagnostics = Diagnostics::new();
    let front = match markdown::opening(file) {
        Opening::Front { whole, toml } => {
            let need = match section {
                Section::Requirements => Need::Requirements,
                Section::Ecs => Need::Statements,
                Section::Other if is_document(path) => Need::Title,
                Section::Other => Need::Nothing,
            };
            let (front, found) = front::read(file, whole, toml, stem(path), need);
            diagnostics.extend(found);
            Some(Spanned::new(front, whole))
        }
        Opening::Unclosed(first) => {
            diagnostics.push(
                Diagnostic::new(
                    Code::UnclosedFrontMatter,
                    file,
                    first,
                    "the front matter begins here and does not end",
                )
                .help("close it with a line `+++`"),
            );
            None
        }
        Opening::Other(first) => {
            if section != Section::Other {
                diagnostics.push(missing_front(file, first));
            }
            None
        }
    };
    let (blocks, found) = blocks(file);
    diagnostics.extend(found);
    if let (Section::Other, None, Some(block)) = (section, &front, blocks.first()) {
        diagnostics.push(
            Diagnostic::new(
                Code::MissingFrontMatter,
                file,
                first_line(file, block.fence),
                "a page with checks needs front matter",
            )
            .help("move the block to a page under `requirements/` or `ecs/`"),
        );
    }
    let page = Page {
        file: Arc::clone(file),
        path: path.to_owned(),
        section,
        front,
        blocks,
    };
    (page, diagnostics)
}

/// Returns the part of the book that a path belongs to.
fn section(path: &str) -> Section {
    match path.split_once('/') {
        Some(("requirements", _)) => Section::Requirements,
        Some(("ecs", _)) => Section::Ecs,
        Some(_) | None => Section::Other,
    }
}

/// Tells whether the page is a policy or procedure, whose front matter a document reads.
fn is_document(path: &str) -> bool {
    path.starts_with("policies/")
}

/// Returns the file's name without folders and extension.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".md").unwrap_or(name)
}

fn missing_front(file: &Arc<SourceFile>, first: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        Code::MissingFrontMatter,
        file,
        first,
        "the page does not begin with front matter",
    );
    match file.slice(first).trim_end() {
        "---" => diagnostic.help("write it as TOML between `+++` lines, not as YAML"),
        _ => diagnostic.help("make the first line `+++`, then TOML, then another `+++`"),
    }
}

/// Returns the check blocks of the file.
fn blocks(file: &Arc<SourceFile>) -> (Vec<Block>, Diagnostics) {
    let start = markdown::body(file);
    let (fences, comments) = markdown::fences(file, start);
    let mut diagnostics = Diagnostics::new();
    let mut blocks = Vec::new();
    for fence in &fences {
        match (fence.end, likeness(&fence.info)) {
            (End::Open, _) => diagnostics.push(unclosed(file, fence.opening)),
            (End::Closed, Likeness::Other) => {}
            (End::Closed, Likeness::Near) => diagnostics.push(near_miss(file, fence)),
            (End::Closed, Likeness::Check) => match fence.place {
                Place::Inside => diagnostics.push(indented(file, fence.opening)),
                Place::Free => match swallowed(file, fence) {
                    Some(second) => diagnostics.push(unclosed(file, fence.opening).related(
                        file,
                        second,
                        "the next block",
                    )),
                    None => blocks.push(Block {
                        fence: fence.whole,
                        text: fence.text,
                    }),
                },
            },
        }
    }
    let known: Vec<Span> = fences.iter().map(|f| f.whole).chain(comments).collect();
    for hidden in hidden(file, start, &known) {
        diagnostics.push(indented(file, hidden));
    }
    (blocks, diagnostics)
}

/// How much an info string looks like that of a check block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Likeness {
    /// It is.
    Check,
    /// Someone meant it to be; the block would be shown and never run.
    Near,
    /// It is something else.
    Other,
}

fn likeness(info: &str) -> Likeness {
    if info.trim_end() == INFO {
        return Likeness::Check;
    }
    let info = info.to_ascii_lowercase();
    let words: Vec<&str> = info
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    if words == ["check"] || (words.contains(&"toml") && words.contains(&"check")) {
        Likeness::Near
    } else {
        Likeness::Other
    }
}

/// Returns the opening of a check block that stands in another, which is then not closed.
fn swallowed(file: &Arc<SourceFile>, fence: &Fence) -> Option<Span> {
    lines(file, fence.text).find(|line| marked_info(file.slice(*line)) == Some(INFO))
}

/// Returns openings of check blocks that Markdown does not see as such: in indented code or HTML.
fn hidden(file: &Arc<SourceFile>, start: usize, known: &[Span]) -> Vec<Span> {
    let mut known = known.iter().peekable();
    lines(file, Span::new(start, file.text().len()))
        .filter(|line| {
            while known.peek().is_some_and(|span| span.end <= line.start) {
                known.next();
            }
            let covered = known.peek().is_some_and(|span| span.start < line.end);
            !covered && marked_info(file.slice(*line)).map(likeness) == Some(Likeness::Check)
        })
        .collect()
}

/// Returns what follows a fence in a line, past indents and the marks of lists and quotes.
fn marked_info(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(|c: char| {
        c.is_ascii_digit() || matches!(c, ' ' | '\t' | '>' | '*' | '-' | '+' | '.' | ')')
    });
    let info = line.trim_start_matches(['`', '~']);
    (line.len() >= info.len() + 3).then(|| info.trim())
}

/// Returns the lines of a span, without their ends.
fn lines(file: &Arc<SourceFile>, span: Span) -> impl Iterator<Item = Span> {
    let mut at = span.start;
    std::iter::from_fn(move || {
        if at >= span.end {
            return None;
        }
        let start = at;
        let (end, next) = markdown::line(file.text(), at);
        at = next;
        Some(Span::new(start, end.min(span.end)))
    })
}

/// Returns the first line of a span.
fn first_line(file: &Arc<SourceFile>, span: Span) -> Span {
    lines(file, span).next().unwrap_or(span)
}

fn unclosed(file: &Arc<SourceFile>, opening: Span) -> Diagnostic {
    Diagnostic::new(
        Code::UnclosedBlock,
        file,
        opening,
        "the block begins here and does not end",
    )
    .help("close it with a fence of the same characters, at least as long")
}

fn indented(file: &Arc<SourceFile>, opening: Span) -> Diagnostic {
    Diagnostic::new(
        Code::IndentedBlock,
        file,
        opening,
        "a check block must begin at the start of a line, in no list, quote or HTML",
    )
    .help("move it out; to show a block without running it, put a longer fence around it")
}

fn near_miss(file: &Arc<SourceFile>, fence: &Fence) -> Diagnostic {
    Diagnostic::new(
        Code::InvalidValue,
        file,
        fence.opening,
        format!(
            "`{}` is not `{INFO}`, so the block would never run",
            fence.info
        ),
    )
    .help(format!("write `{INFO}` after the fence, with one space"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<&'static str> {
        let (_, diagnostics) = parse_page("a.md", &SourceFile::new("book/src/a.md", text));
        let mut codes: Vec<_> = diagnostics
            .into_sorted()
            .iter()
            .map(|d| d.code.as_str())
            .collect();
        codes.dedup();
        codes
    }

    fn texts(text: &str) -> Vec<String> {
        let file = SourceFile::new("book/src/a.md", text);
        let (page, _) = parse_page("a.md", &file);
        page.blocks
            .iter()
            .map(|block| {
                assert!(file.slice(block.fence).starts_with(['`', '~']), "{text:?}");
                assert!(file.slice(block.fence).ends_with(['`', '~']), "{text:?}");
                file.slice(block.text).to_owned()
            })
            .collect()
    }

    #[test]
    fn blocks_are_found_by_their_fences_wherever_markdown_closes_them() {
        for (text, expected) in [
            ("```toml check\na = 1\n```\n", vec!["a = 1\n"]),
            ("~~~toml check\na = 1\n~~~", vec!["a = 1\n"]),
            ("``` toml check \na = 1\n```  \nx", vec!["a = 1\n"]),
            ("```toml check\n```\n", vec![""]),
            (
                "`````toml check\n```\nx\n```\n`````\n",
                vec!["```\nx\n```\n"],
            ),
            ("~~~toml check\n```\n~~~\n", vec!["```\n"]),
            ("````markdown\n```toml check\na = 1\n```\n````\n", vec![]),
            ("~~~\n```toml check\n```\n~~~\n", vec![]),
            (
                "```toml check\na = 'カ\t'\r\n```\r\n",
                vec!["a = 'カ\t'\r\n"],
            ),
            (
                "\u{feff}+++\r\nid = \"a\"\r\n+++\r\n```toml check\r\na = 1\r\n```\r\n\tx\r\n```toml check\r\nb\r\n  ```\r\n",
                vec!["a = 1\r\n", "b\r\n"],
            ),
            ("\u{feff}```toml check\na\n```\n", vec!["a\n"]),
            ("text\n```toml check\na\n```\n", vec!["a\n"]),
            ("<!--\n```toml check\na\n```\n-->\n", vec![]),
            ("```toml\na\n```\n```check toml\n```", vec![]),
        ] {
            assert_eq!(texts(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_block_that_would_not_run_as_written_is_told() {
        for (text, expected) in [
            ("- a\n\n  ```toml check\n  a\n  ```\n", "indented-block"),
            ("> ```toml check\n> a\n> ```\n", "indented-block"),
            ("1. ```toml check\n   a\n   ```\n", "indented-block"),
            (" ```toml check\n a\n ```\n", "indented-block"),
            ("    ```toml check\n    a\n    ```\n", "indented-block"),
            ("\t```toml check\n\ta\n\t```\n", "indented-block"),
            ("<div>\n```toml check\na\n```\n</div>\n", "indented-block"),
            (
                "[^1]: note\n    ```toml check\n    a\n    ```\n",
                "indented-block",
            ),
            ("```toml check\na = 1\n", "unclosed-block"),
            ("```bash\nls\n\n```toml check\n", "unclosed-block"),
            (
                "```toml check\na\n\n```toml check\nb\n```\n",
                "unclosed-block",
            ),
            ("> ```toml check\n> a\n\nx\n", "unclosed-block"),
            ("```toml,check\na\n```\n", "invalid-value"),
            ("```TOML Check\na\n```\n", "invalid-value"),
            ("```toml  check\na\n```\n", "invalid-value"),
            ("```toml check\na\n```\n", "missing-front-matter"),
        ] {
            assert_eq!(codes(text), [expected], "{text:?}");
        }
        for text in [
            "",
            "````\n```toml check\n```\n````\n",
            "<!--\n```toml check\n-->\n",
            "Write `toml check` after the fence.\n",
            "- a\n\n  ````text\n  ```toml check\n  ```\n  ````\n",
        ] {
            assert_eq!(codes(text), [""; 0], "{text:?}");
        }
    }

    #[test]
    fn pages_of_requirements_and_of_ecs_need_front_matter() {
        for (path, text, expected) in [
            (
                "requirements/req-3.1.md",
                "# x\n",
                Some("missing-front-matter"),
            ),
            (
                "ecs/ecs-net.md",
                "---\nid: x\n---\n",
                Some("missing-front-matter"),
            ),
            ("ecs/ecs-net.md", "", Some("missing-front-matter")),
            ("guide/a.md", "# x\n", None),
            (
                "guide/a.md",
                "+++\ntitle = \"x\"\n",
                Some("unclosed-front-matter"),
            ),
            ("guide/a.md", "+++\ntitle = \"x\"\n+++\n", None),
            (
                "policies/a.md",
                "+++\ntitle = \"x\"\nowner = \"p\"\n+++\n",
                None,
            ),
        ] {
            let (_, diagnostics) = parse_page(path, &SourceFile::new(path, text));
            let found: Vec<_> = diagnostics.iter().map(|d| d.code.as_str()).collect();
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{text:?}");
        }
    }
}
