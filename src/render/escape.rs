//! Makes text from exports inert where it lands.

use std::fmt::Write as _;
use std::io;

/// Writes `text` so that in a block of HTML inside Markdown it is text and nothing else: no
/// markup, no attribute's end, no blank line (which would end the block), no `{{#include}}`, no
/// control character. Controls and marks that reorder text are shown by name.
pub(crate) fn html(text: &str, out: &mut dyn io::Write) -> io::Result<()> {
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' if characters.peek() == Some(&'\n') => {}
            '&' => out.write_all(b"&amp;")?,
            '<' => out.write_all(b"&lt;")?,
            '>' => out.write_all(b"&gt;")?,
            '"' => out.write_all(b"&quot;")?,
            '\'' | '{' | '}' | '`' | '\n' => write!(out, "&#{};", u32::from(c))?,
            '\t' => out.write_all(b" ")?,
            _ if is_invisible(c) => write!(out, "[U+{:04X}]", u32::from(c))?,
            _ => write!(out, "{c}")?,
        }
    }
    Ok(())
}

/// Returns `text` escaped by [`html`].
pub(crate) fn html_text(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    // Writing to a vector can't fail, and only whole characters are written.
    let written = html(text, &mut bytes);
    debug_assert!(written.is_ok());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns `text` so that it stays text where mdBook's search puts headings and chapter names
/// into a page without escaping them: a word joiner, which nobody sees, follows each `<`.
pub(crate) fn heading(text: &str) -> String {
    text.replace('<', "<\u{2060}")
        .replace('&', "&\u{2060}")
        .replace(['\n', '\r', '\t'], " ")
}

/// Returns `text` as a cell of a CSV file that spreadsheets take for text: never a formula.
pub(crate) fn csv(text: &str) -> String {
    let mut cell = String::with_capacity(text.len() + 2);
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        cell.push('\'');
    }
    for c in text.chars() {
        if is_invisible(c) && c != '\n' {
            // Writing to a string can't fail.
            let _ = write!(cell, "[U+{:04X}]", u32::from(c));
        } else {
            cell.push(c);
        }
    }
    cell
}

/// Tells whether a character changes how others are shown, or is shown as nothing.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
        '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2061}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::{csv, heading, html_text};

    #[test]
    fn hostile_text_stays_text_in_html() {
        for (text, expected) in [
            (
                "<script>alert(1)</script>",
                "&lt;script&gt;alert(1)&lt;/script&gt;",
            ),
            (
                r#"<img src=x onerror='alert(1)' alt="">"#,
                "&lt;img src=x onerror=&#39;alert(1)&#39; alt=&quot;&quot;&gt;",
            ),
            ("a | b", "a | b"),
            ("`code`", "&#96;code&#96;"),
            ("one\n\n# two", "one&#10;&#10;# two"),
            ("one\r\ntwo\r", "one&#10;two[U+000D]"),
            (
                "{{#include /etc/passwd}}",
                "&#123;&#123;#include /etc/passwd&#125;&#125;",
            ),
            ("\u{1b}[31mred", "[U+001B][31mred"),
            ("\u{0}\u{7f}\u{9b}", "[U+0000][U+007F][U+009B]"),
            ("abc\u{202e}cba\u{2066}", "abc[U+202E]cba[U+2066]"),
            ("مرحبا カード", "مرحبا カード"),
            ("&lt;", "&amp;lt;"),
        ] {
            assert_eq!(html_text(text), expected, "{text:?}");
        }
    }

    #[test]
    fn no_tag_or_reference_survives_in_a_heading() {
        assert_eq!(
            heading("<img onerror=x> &lt;b\n# x"),
            "<\u{2060}img onerror=x> &\u{2060}lt;b # x"
        );
    }

    #[test]
    fn a_spreadsheet_takes_no_cell_for_a_formula() {
        for (text, expected) in [
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@x", "'@x"),
            ("\t=1", "'[U+0009]=1"),
            ("arn:aws:x", "arn:aws:x"),
            ("\u{202e}x", "[U+202E]x"),
        ] {
            assert_eq!(csv(text), expected, "{text:?}");
        }
    }
}
