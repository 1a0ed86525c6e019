//! The templates, embedded, and what they may call.

use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, TeraResult, Value};

use super::strings::{self, Strings};
use super::{RenderError, escape};

/// The longest text of an export that a page shows whole, in characters; lists show all of it.
pub(crate) const LONGEST: usize = 600;

const TEMPLATES: [(&str, &str); 21] = [
    ("parts.html", include_str!("../../templates/parts.html")),
    ("title.html", include_str!("../../templates/title.html")),
    ("card.html", include_str!("../../templates/card.html")),
    (
        "page_top.html",
        include_str!("../../templates/page_top.html"),
    ),
    (
        "page_end.html",
        include_str!("../../templates/page_end.html"),
    ),
    (
        "disclaimer.html",
        include_str!("../../templates/disclaimer.html"),
    ),
    (
        "document_top.html",
        include_str!("../../templates/document_top.html"),
    ),
    (
        "front_page.html",
        include_str!("../../templates/front_page.html"),
    ),
    ("flows.html", include_str!("../../templates/flows.html")),
    ("failing.html", include_str!("../../templates/failing.html")),
    ("matrix.html", include_str!("../../templates/matrix.html")),
    ("roles.html", include_str!("../../templates/roles.html")),
    ("role.html", include_str!("../../templates/role.html")),
    (
        "crosswalk.html",
        include_str!("../../templates/crosswalk.html"),
    ),
    (
        "coverage.html",
        include_str!("../../templates/coverage.html"),
    ),
    ("checks.html", include_str!("../../templates/checks.html")),
    (
        "statements.html",
        include_str!("../../templates/statements.html"),
    ),
    ("exports.html", include_str!("../../templates/exports.html")),
    (
        "procedures.html",
        include_str!("../../templates/procedures.html"),
    ),
    (
        "requests.html",
        include_str!("../../templates/requests.html"),
    ),
    (
        "glossary.html",
        include_str!("../../templates/glossary.html"),
    ),
];

/// The templates and the words they use.
pub(crate) struct Templates {
    tera: Tera,
    strings: Strings,
}

impl Templates {
    /// Returns the templates, read and checked.
    pub(crate) fn load() -> Result<Self, RenderError> {
        let strings = Strings::load()?;
        let mut tera = Tera::new();
        tera.autoescape_on([".html"]);
        tera.set_escape_fn(escape::html);
        tera.register_filter("fill", fill);
        tera.register_filter("heading", heading);
        tera.register_filter("clip", clip);
        tera.register_filter("digest", digest);
        tera.register_filter("ticks", ticks);
        tera.add_raw_templates(TEMPLATES)
            .map_err(|error| template_error("templates", &error))?;
        tera.global_context().insert("t", strings.table());
        Ok(Self { tera, strings })
    }

    /// Returns the words of the program.
    pub(crate) fn strings(&self) -> &Strings {
        &self.strings
    }

    /// Returns what a template makes of its values: a block of HTML that Markdown passes on
    /// whole, because it holds no blank line.
    pub(crate) fn render(&self, name: &str, values: &Values) -> Result<String, RenderError> {
        let rendered = self
            .tera
            .render(name, &values.0)
            .map_err(|error| template_error(name, &error))?;
        let mut block = String::with_capacity(rendered.len());
        for line in rendered.lines().filter(|line| !line.trim().is_empty()) {
            block.push_str(line.trim_start());
            block.push('\n');
        }
        Ok(block)
    }
}

/// What a template is given.
#[derive(Debug, Clone, Default)]
pub(crate) struct Values(Context);

impl Values {
    /// Returns these values and one more.
    pub(crate) fn with<T: Serialize + ?Sized>(mut self, name: &'static str, value: &T) -> Self {
        self.0.insert(name, value);
        self
    }
}

fn template_error(name: &str, error: &tera::Error) -> RenderError {
    RenderError::Template {
        name: name.to_owned(),
        message: error.to_string(),
    }
}

/// Fills a sentence's names in. A sentence about a number `n` is a table of `one` and `other`.
#[expect(
    clippy::needless_pass_by_value,
    reason = "filters of tera are given their arguments by value"
)]
fn fill(sentence: &Value, kwargs: Kwargs, _: &State) -> TeraResult<String> {
    let values: Vec<(String, String)> = kwargs
        .iter()
        .map(|(key, value)| (key.to_string(), value.to_string()))
        .collect();
    let one = values.iter().any(|(key, value)| key == "n" && value == "1");
    let text = match sentence.as_map() {
        Some(forms) => {
            let form = if one { "one" } else { "other" };
            forms.get(&form.into()).and_then(Value::as_str)
        }
        None => sentence.as_str(),
    };
    let text = text.ok_or_else(|| tera::Error::message("fill is for sentences"))?;
    Ok(strings::fill(text, &values))
}

fn heading(text: &str, _: Kwargs, _: &State) -> String {
    escape::heading(text)
}

fn clip(text: &str, _: Kwargs, _: &State) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Shows what stands between backticks as code. All of it is escaped here.
fn ticks(text: &str, _: Kwargs, _: &State) -> Value {
    let parts: Vec<&str> = text.split('`').collect();
    // An even number of parts means a backtick without a partner: then all of it is text.
    if parts.len().is_multiple_of(2) {
        return Value::safe_string(&escape::html_text(text));
    }
    let html: String = parts
        .iter()
        .enumerate()
        .map(|(at, part)| match (at % 2, escape::html_text(part)) {
            (1, code) => format!("<code>{code}</code>"),
            (_, plain) => plain,
        })
        .collect();
    Value::safe_string(&html)
}

/// Shows the first characters of a digest or commit.
fn digest(text: &str, _: Kwargs, _: &State) -> String {
    text.chars().take(12).collect()
}

#[cfg(test)]
mod tests {
    use super::TEMPLATES;

    /// Returns a template without tags, expressions, comments and attributes' names.
    #[expect(clippy::string_slice, reason = "it cuts where it found")]
    fn words(template: &str) -> String {
        let mut text = String::new();
        let mut rest = template;
        while let Some(open) = rest.find(['<', '{']) {
            text.push_str(&rest[..open]);
            rest = &rest[open..];
            let close = ["{{", "{%", "{#"]
                .iter()
                .zip(["}}", "%}", "#}"])
                .find(|(start, _)| rest.starts_with(**start))
                .map_or(">", |(_, end)| end);
            let end = if close == ">" {
                tag_end(rest)
            } else {
                rest.find(close).map_or(rest.len(), |at| at + 2)
            };
            rest = &rest[end..];
        }
        text + rest
    }

    /// Returns where a tag ends; an expression inside it may hold a `>`.
    #[expect(clippy::string_slice, reason = "it cuts where it found")]
    fn tag_end(tag: &str) -> usize {
        let mut at = 0;
        while at < tag.len() {
            let rest = &tag[at..];
            if rest.starts_with("{{") || rest.starts_with("{%") {
                at += rest.find(['}']).map_or(rest.len(), |close| close + 2);
            } else if rest.starts_with('>') {
                return at + 1;
            } else {
                at += rest.chars().next().map_or(1, char::len_utf8);
            }
        }
        tag.len()
    }

    #[test]
    fn templates_hold_no_words_of_their_own() {
        for (name, template) in TEMPLATES {
            let words = words(template);
            let stray: String = words.chars().filter(|c| c.is_alphabetic()).collect();
            assert!(stray.is_empty(), "{name}: {stray:?}");
        }
    }

    #[test]
    fn every_sentence_of_the_strings_is_used() {
        let strings = crate::render::strings::Strings::load().expect("the strings parse");
        // Looked up by a word of the view, or in Rust by a path of keys.
        let by_word = [
            "verdict",
            "status",
            "basis",
            "strength",
            "severity",
            "severity-meaning",
            "kind",
            "platform",
            "entity",
            "party",
            "party-meaning",
            "origin",
            "raci",
            "raci-letter",
            "raci-meaning",
            "confidence",
            "confidence-meaning",
            "evidence",
            "list",
            "parts",
            "answer",
            "requests",
            "source",
            "flow-network",
            "flow-end",
            "element",
        ];
        let in_rust = [
            "title",
            "chart",
            "current",
            "expired",
            "unstated",
            // What is written into drawings of flows.
            "port",
            "tls",
            "no-tls",
            "no-protocol",
            "ended-by",
            "nothing",
            "unsaid",
            "told",
        ];
        for (group, sentences) in strings.table() {
            let sentences = sentences.as_table().expect("a table");
            for key in sentences.keys() {
                if by_word.contains(&group.as_str()) || in_rust.contains(&key.as_str()) {
                    continue;
                }
                let uses = [
                    format!("t.{group}.{key} "),
                    format!("t.{group}.{key}}}"),
                    format!("t.{group}[\"{key}\"]"),
                ];
                let used = TEMPLATES
                    .iter()
                    .any(|(_, template)| uses.iter().any(|text| template.contains(text)));
                assert!(used, "no template uses {group}.{key}");
            }
        }
    }
}
