//! `book.toml`: what of it the workbook passes on to mdBook.
//!
//! mdBook runs commands that a `book.toml` names and loads scripts from elsewhere if told to. A
//! workbook's book does neither, so everything that is not listed here is refused by name.

use toml::{Table, Value};

/// What is allowed, by table. A key not listed is refused.
const ALLOWED: [(&str, &[&str]); 8] = [
    (
        "book",
        &[
            "title",
            "authors",
            "description",
            "language",
            "text-direction",
            "src",
        ],
    ),
    ("build", &["build-dir", "create-missing"]),
    (
        "output.html",
        &[
            "theme",
            "default-theme",
            "preferred-dark-theme",
            "smart-punctuation",
            "definition-lists",
            "admonitions",
            "additional-css",
            "additional-js",
            "no-section-label",
            "git-repository-url",
            "git-repository-icon",
            "edit-url-template",
            "input-404",
            "site-url",
            "hash-files",
            "sidebar-header-nav",
            "fold",
            "print",
            "search",
        ],
    ),
    ("output.html.fold", &["enable", "level"]),
    ("output.html.print", &["enable", "page-break"]),
    (
        "output.html.search",
        &[
            "enable",
            "limit-results",
            "teaser-word-count",
            "use-boolean-and",
            "boost-title",
            "boost-hierarchy",
            "boost-paragraph",
            "expand",
            "heading-split-level",
            "copy-js",
        ],
    ),
    ("preprocessor.workbook", &["command", "after", "renderers"]),
    ("", &["book", "build", "output", "preprocessor"]),
];

/// Returns the settings for mdBook, or what is wrong with them.
pub(crate) fn read(text: &str) -> Result<Table, String> {
    let mut table: Table = text
        .parse()
        .map_err(|error: toml::de::Error| error.to_string().trim_end().to_owned())?;
    known(&table, "")?;
    for (group, only) in [("output", "html"), ("preprocessor", "workbook")] {
        if let Some(Value::Table(inner)) = table.get(group)
            && let Some(other) = inner.keys().find(|key| *key != only)
        {
            return Err(format!(
                "[{group}.{other}] would run a program that is not the workbook's; remove it \
                 (only [{group}.{only}] is passed on to mdBook)"
            ));
        }
    }
    inside(&table)?;
    // The cards hold text from exports. They go in after `links`, or mdBook would expand them.
    let mut workbook = Table::new();
    workbook.insert("after".to_owned(), Value::Array(vec!["links".into()]));
    let mut preprocessor = Table::new();
    preprocessor.insert("workbook".to_owned(), workbook.into());
    table.insert("preprocessor".to_owned(), preprocessor.into());
    Ok(table)
}

fn known(table: &Table, path: &str) -> Result<(), String> {
    let allowed = ALLOWED.iter().find(|(name, _)| *name == path);
    for (key, value) in table {
        let inner = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        if let Some((_, keys)) = allowed
            && !keys.contains(&key.as_str())
        {
            let place = if path.is_empty() { "book.toml" } else { path };
            return Err(format!(
                "`{key}` in {place} is not passed on to mdBook; remove it (allowed: {})",
                keys.join(", ")
            ));
        }
        if let Value::Table(value) = value {
            known(value, &inner)?;
        }
    }
    Ok(())
}

/// Checks that every path stays in the book's folder.
fn inside(table: &Table) -> Result<(), String> {
    let html = table
        .get("output")
        .and_then(|output| output.get("html"))
        .and_then(Value::as_table);
    let lists = ["additional-css", "additional-js"].map(|key| html.and_then(|html| html.get(key)));
    let single = ["theme", "input-404"].map(|key| html.and_then(|html| html.get(key)));
    let source = table.get("book").and_then(|book| book.get("src"));
    let paths = lists
        .into_iter()
        .flatten()
        .filter_map(Value::as_array)
        .flatten()
        .chain(single.into_iter().flatten())
        .chain(source);
    for path in paths {
        let text = path.as_str().unwrap_or_default();
        let outside = text.starts_with(['/', '\\'])
            || text.contains(':')
            || text.split(['/', '\\']).any(|part| part == "..");
        if outside {
            return Err(format!("`{text}` is not inside the book's folder"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn what_runs_programs_or_loads_from_elsewhere_is_refused_by_name() {
        for (text, expected) in [
            (
                "[preprocessor.evil]\ncommand = \"sh\"\n",
                "[preprocessor.evil]",
            ),
            ("[output.evil]\ncommand = \"sh\"\n", "[output.evil]"),
            (
                "[output.html]\nmathjax-support = true\n",
                "`mathjax-support`",
            ),
            (
                "[output.html]\nadditional-js = [\"../x.js\"]\n",
                "`../x.js`",
            ),
            ("[output.html]\nadditional-css = [\"/x.css\"]\n", "`/x.css`"),
            ("[output.html]\ntheme = \"C:/x\"\n", "`C:/x`"),
            (
                "[preprocessor.workbook]\nbefore = [\"links\"]\n",
                "`before`",
            ),
            (
                "[build]\nextra-watch-dirs = [\"/\"]\n",
                "`extra-watch-dirs`",
            ),
            ("[rust]\nedition = \"2024\"\n", "`rust`"),
            ("[book\n", "unclosed table"),
        ] {
            let message = read(text).expect_err(text);
            assert!(message.contains(expected), "{text}: {message}");
        }
    }

    #[test]
    fn cards_go_in_after_includes_are_expanded_whatever_the_file_says() {
        for text in [
            "",
            "[preprocessor.workbook]\ncommand = \"workbook preprocess\"\n",
        ] {
            let table = read(text).expect(text);
            let workbook = &table["preprocessor"]["workbook"];
            assert_eq!(workbook.get("command"), None);
            assert_eq!(workbook["after"][0].as_str(), Some("links"));
        }
    }
}
