//! A page's Markdown with its front matter taken out and cards put in. Text in, text out.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// The line of `book/src/index.md` that the front page takes the place of.
pub(crate) const FRONT_PAGE: &str = "<!-- workbook: front page -->";

/// The line of a page that the drawings of flows take the place of.
pub(crate) const FLOWS: &str = "<!-- workbook: flows -->";

/// What goes into a page.
pub(crate) struct Inserts<'a> {
    /// The heading, for a page that does not begin with one.
    pub(crate) title: &'a str,
    /// What stands under the page's first heading.
    pub(crate) top: &'a str,
    /// The drawings of flows, which stand wherever the page has [`FLOWS`].
    pub(crate) flows: &'a str,
    /// What stands at the end.
    pub(crate) end: &'a str,
}

/// Returns the Markdown below the front matter.
pub(crate) fn without_front_matter(markdown: &str) -> &str {
    let text = markdown.trim_start_matches('\u{feff}');
    let mut lines = text.split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| line.trim_end() == "+++") else {
        return text;
    };
    let mut at = first.len();
    for line in lines {
        at += line.len();
        if line.trim_end() == "+++" {
            return text.get(at..).unwrap_or("");
        }
    }
    text
}

/// Returns a page with each `toml check` block replaced by what `card` gives for the block's id.
/// A block that `card` knows nothing of stays a block.
pub(crate) fn page<'c>(
    markdown: &str,
    inserts: &Inserts<'_>,
    card: impl Fn(&str) -> Option<&'c str>,
) -> String {
    let body = without_front_matter(markdown);
    let outline = outline(body);
    let mut page = String::with_capacity(body.len() * 4);
    let mut at = 0;
    match outline.heading {
        Some(end) => {
            page.push_str(body.get(..end).unwrap_or(""));
            at = end;
        }
        None => push_block(&mut page, inserts.title),
    }
    push_block(&mut page, inserts.top);
    for (range, part) in outline.parts {
        let html = match &part {
            Part::Check(id) => id.as_deref().and_then(&card),
            Part::Flows => Some(inserts.flows),
        };
        let Some(html) = html else {
            continue;
        };
        page.push_str(body.get(at..range.start).unwrap_or(""));
        push_block(&mut page, html);
        at = range.end;
    }
    page.push_str(body.get(at..).unwrap_or(""));
    push_block(&mut page, inserts.end);
    page
}

/// Returns the front page's Markdown with `html` at the placeholder, else under the heading.
pub(crate) fn front(markdown: &str, title: &str, html: &str) -> String {
    match markdown.split_once(FRONT_PAGE) {
        Some((before, after)) => {
            let mut page = before.to_owned();
            push_block(&mut page, html);
            page.push_str(after);
            page
        }
        None => page(
            markdown,
            &Inserts {
                title,
                top: html,
                flows: "",
                end: "",
            },
            |_| None,
        ),
    }
}

fn push_block(page: &mut String, html: &str) {
    page.push_str("\n\n");
    page.push_str(html);
    page.push_str("\n\n");
}

#[derive(Default)]
struct Outline {
    /// Where the first heading ends, if the page begins with one of the first level.
    heading: Option<usize>,
    /// What is replaced, in the order of the page.
    parts: Vec<(Range<usize>, Part)>,
}

/// A part of a page that is replaced.
enum Part {
    /// A check block, with its id where it can be read.
    Check(Option<String>),
    /// The place of the drawings of flows.
    Flows,
}

fn outline(body: &str) -> Outline {
    let mut outline = Outline::default();
    let mut depth = 0;
    let mut first = true;
    let mut block: Option<(Range<usize>, String)> = None;
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES;
    for (event, range) in Parser::new_ext(body, options).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                if depth == 0 {
                    match &tag {
                        Tag::Heading { level, .. } if first && *level == HeadingLevel::H1 => {
                            outline.heading = Some(range.end);
                        }
                        Tag::CodeBlock(CodeBlockKind::Fenced(info))
                            if info.trim() == "toml check" =>
                        {
                            block = Some((range, String::new()));
                        }
                        _ => {}
                    }
                }
                first = false;
                depth += 1;
            }
            Event::Html(html) if depth == 1 && html.trim() == FLOWS => {
                outline.parts.push((range, Part::Flows));
            }
            Event::Text(text) => {
                if let Some((_, definition)) = &mut block {
                    definition.push_str(&text);
                }
            }
            Event::End(end) => {
                depth -= 1;
                if end == TagEnd::CodeBlock
                    && let Some((range, definition)) = block.take()
                {
                    outline.parts.push((range, Part::Check(id_of(&definition))));
                }
            }
            _ => {}
        }
    }
    outline
}

fn id_of(definition: &str) -> Option<String> {
    let table: toml::Table = definition.parse().ok()?;
    table
        .get("id")
        .and_then(toml::Value::as_str)
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{FLOWS, FRONT_PAGE, Inserts, front, page, without_front_matter};

    const INSERTS: Inserts<'static> = Inserts {
        title: "<h1>Title</h1>",
        top: "<div>top</div>",
        flows: "<figure>flows</figure>",
        end: "<p>end</p>",
    };

    fn spliced(markdown: &str) -> String {
        page(markdown, &INSERTS, |id| {
            (id == "a-check").then_some("<section>card</section>")
        })
    }

    #[test]
    fn front_matter_goes_whatever_the_line_ends() {
        for (markdown, expected) in [
            ("+++\nid = 1\n+++\n# T\n", "# T\n"),
            ("\u{feff}+++\r\nid = 1\r\n+++\r\n# T\r\n", "# T\r\n"),
            ("# T\n+++\n", "# T\n+++\n"),
            ("+++\nunclosed\n", "+++\nunclosed\n"),
            ("", ""),
        ] {
            assert_eq!(without_front_matter(markdown), expected, "{markdown:?}");
        }
    }

    #[test]
    fn a_block_becomes_its_card_by_id_and_what_has_none_stays() {
        let text = spliced(
            "+++\n+++\n# T\n\ntext\n\n```toml check\nid = \"a-check\"\n```\n\n\
             ```toml check\nid = \"other\"\n```\n\n> ```toml check\n> id = \"a-check\"\n> ```\n",
        );
        assert_eq!(text.matches("<section>card</section>").count(), 1);
        assert!(text.contains("id = \"other\""));
        assert!(text.find("top").expect("top") < text.find("text").expect("text"));
        assert!(text.trim_end().ends_with("<p>end</p>"));
    }

    #[test]
    fn drawings_of_flows_stand_where_the_page_asks_for_them_and_nowhere_else() {
        let text = spliced(&format!(
            "# T\n\n{FLOWS}\n\ntext\n\n```html\n{FLOWS}\n```\n\n- {FLOWS}\n"
        ));
        assert_eq!(text.matches("<figure>flows</figure>").count(), 1);
        assert_eq!(text.matches(FLOWS).count(), 2);
    }

    #[test]
    fn a_page_without_a_heading_is_given_its_title() {
        for markdown in ["text", "text\n\n# Later\n", "## Second level\n"] {
            assert!(
                spliced(markdown).starts_with("\n\n<h1>Title</h1>\n\n"),
                "{markdown:?}"
            );
        }
    }

    #[test]
    fn an_example_of_a_block_inside_a_longer_fence_is_not_a_block() {
        let text = spliced("# T\n\n````markdown\n```toml check\nid = \"a-check\"\n```\n````\n");
        assert!(!text.contains("card"));
    }

    #[test]
    fn the_front_page_fills_its_placeholder_or_follows_the_heading() {
        let filled = front(&format!("# A\n\nb\n\n{FRONT_PAGE}\n\nc\n"), "T", "<p>x</p>");
        assert_eq!(filled, "# A\n\nb\n\n\n\n<p>x</p>\n\n\n\nc\n");
        let under = front("# A\n\nb\n", "T", "<p>x</p>");
        assert!(under.starts_with("# A\n\n\n<p>x</p>\n\n"), "{under:?}");
    }
}
