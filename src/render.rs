//! The book as people read it: pages with cards, generated chapters, and files beside them.
//!
//! Text that comes from exports is hostile wherever it lands. It reaches a page only through
//! [`templates`], which escape it for the one context they write: a block of HTML in Markdown.

mod book;
mod chapters;
mod escape;
mod fix;
mod flow;
mod lists;
mod pieces;
mod reference;
mod settings;
mod splice;
mod strings;
mod templates;

use std::path::{Path, PathBuf};

use crate::view::View;

/// What kept a book from being built. The old book is left as it was.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A file or folder can't be read or written.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// `book.toml` holds something that the workbook does not pass on to mdBook.
    #[error("{path}: {message}", path = path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        message: String,
    },
    /// A page of the book has the path of a chapter that the workbook writes.
    #[error("book/src/{0} is the path of a chapter that the workbook writes; rename the page")]
    Taken(String),
    /// The folder to build into holds something else.
    #[error("{0} holds files and no book; name an empty folder, or one that a book was built into")]
    NotABook(PathBuf),
    /// A template can't be rendered: an error of the workbook itself.
    #[error("template {name}: {message}")]
    Template {
        /// The template.
        name: String,
        /// What is wrong.
        message: String,
    },
    /// mdBook can't build the book.
    #[error("mdbook: {0}")]
    Mdbook(String),
}

impl RenderError {
    fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

/// Builds the book of the workbook at `root` into `dest`, replacing the book that is there.
///
/// # Errors
///
/// When `book/book.toml` holds what is not known, when a page takes the path of a chapter that
/// the workbook writes, when `dest` holds something other than a book, or when files can't be
/// read or written. What is in `dest` then stays as it was.
pub fn build(root: &Path, dest: &Path, view: &View) -> Result<(), RenderError> {
    let pieces = pieces::of(view)?;
    book::build(&root.join("book"), dest, pieces)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    use super::{RenderError, build, pieces};
    use crate::fixture::{self, Fixture};
    use crate::view::{self, View};

    fn shown(folder: &Path) -> (Fixture, View) {
        let fixture = fixture::lay_out(&folder.join("workbook"));
        let view = view::of(fixture.input());
        (fixture, view)
    }

    /// Returns what a reader sees of a block of HTML, a line for each element that ends a line.
    fn text_of(html: &str) -> String {
        let mut text = String::new();
        for piece in html.split('<') {
            let (tag, after) = piece.split_once('>').unwrap_or(("", piece));
            let ends = ["/p", "/h", "/tr", "/li", "/div", "/summary", "/pre"]
                .iter()
                .any(|end| tag.starts_with(end));
            text.push(if ends { '\n' } else { ' ' });
            text.push_str(&after.replace('\n', " "));
        }
        let lines = text.lines().map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words.join(" ").replace("&#10;", "\n")
        });
        lines
            .filter(|line| !line.is_empty())
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in fs::read_dir(&next).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(folder).expect("below").to_string_lossy();
                    files.insert(name.into_owned(), fs::read(&path).expect("a file"));
                }
            }
        }
        files
    }

    #[test]
    fn a_failing_card_shows_what_was_seen_and_how_to_mend_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let (_, view) = shown(folder.path());
        let pieces = pieces::of(&view).expect("pieces");
        let page = &pieces.pages["requirements/req-3.4.1.md"];
        insta::assert_snapshot!("card", page.cards["aks-encryption-at-host"]);
    }

    #[test]
    fn the_front_page_and_a_page_read_in_this_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let (_, view) = shown(folder.path());
        let pieces = pieces::of(&view).expect("pieces");
        insta::assert_snapshot!("front", text_of(&pieces.front));
        let page = &pieces.pages["requirements/req-3.4.1.md"];
        insta::assert_snapshot!("page", text_of(&format!("{}{}", page.top, page.end)));
        for chapter in &pieces.generated {
            let name = chapter.path.trim_end_matches(".md");
            insta::assert_snapshot!(name, text_of(&chapter.content));
        }
    }

    #[test]
    fn every_piece_is_one_block_and_carries_what_it_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let (_, view) = shown(folder.path());
        let pieces = pieces::of(&view).expect("pieces");
        // The front page has prose of its own below the figures; the book puts the disclaimer last.
        let mut ends = vec![&pieces.disclaimer];
        for page in pieces.pages.values() {
            ends.push(&page.end);
            for html in page.cards.values().chain([&page.top, &page.end]) {
                assert!(!html.contains("\n\n") && !html.contains("{{"), "{html}");
            }
        }
        for chapter in &pieces.generated {
            ends.push(&chapter.content);
            ends.extend(chapter.children.iter().map(|child| &child.content));
        }
        for html in ends {
            assert!(
                html.contains("Not an assessment, not a certificate"),
                "{html}"
            );
            assert!(html.contains("https://www.pcisecuritystandards.org/document_library/"));
        }
    }

    #[test]
    fn hostile_text_makes_no_element_and_no_include() {
        let folder = tempfile::tempdir().expect("a folder");
        let (fixture, view) = shown(folder.path());
        let dest = folder.path().join("book");
        build(&fixture.root, &dest, &view).expect("a book");
        for (name, bytes) in files(&dest) {
            let extension = Path::new(&name).extension();
            if extension.is_none_or(|extension| extension != "html") {
                continue;
            }
            let html = String::from_utf8(bytes).expect("text");
            for forbidden in [
                "<script>window.hostile",
                "<img src=x",
                "<b>x</b>",
                "javascript:alert(1)\"",
                "root:x:0:0",
                "\u{202e}",
                "\u{1b}",
                "<h1 id=\"heading\"",
            ] {
                assert!(!html.contains(forbidden), "{forbidden:?} in {name}");
            }
        }
        let csv = fs::read_to_string(dest.join("findings/ecs-awsvpc.csv")).expect("a list");
        assert_eq!(csv.lines().count(), 33);
    }

    #[test]
    fn every_link_leads_somewhere() {
        let folder = tempfile::tempdir().expect("a folder");
        let (fixture, view) = shown(folder.path());
        let dest = folder.path().join("book");
        build(&fixture.root, &dest, &view).expect("a book");
        let files = files(&dest);
        let text = |name: &str| String::from_utf8_lossy(&files[name]).into_owned();
        let mut followed = 0;
        for name in files.keys().filter(|name| name.ends_with(".html")) {
            // It stands for any address, and its links begin at the root of a site.
            if name == "404.html" {
                continue;
            }
            let html = text(name);
            for link in html.split(" href=\"").skip(1) {
                let (link, _) = link.split_once('"').expect("a closed attribute");
                if link.contains(':') {
                    continue;
                }
                let (file, fragment) = link.split_once('#').unwrap_or((link, ""));
                let mut path: Vec<&str> = name.split('/').collect();
                path.pop();
                for part in file.split('/') {
                    match part {
                        ".." => assert!(path.pop().is_some(), "{link} in {name}"),
                        _ => path.push(part),
                    }
                }
                let target = if file.is_empty() {
                    name.clone()
                } else {
                    path.join("/")
                };
                assert!(files.contains_key(&target), "{link} in {name}");
                assert!(
                    fragment.is_empty() || text(&target).contains(&format!("id=\"{fragment}\"")),
                    "{link} in {name}"
                );
                followed += 1;
            }
        }
        assert!(followed > 500, "only {followed} links");
    }

    #[test]
    fn the_same_view_gives_the_same_bytes_and_replaces_the_old_book_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let (fixture, view) = shown(folder.path());
        let dest = folder.path().join("book");
        build(&fixture.root, &dest, &view).expect("a book");
        let first = files(&dest);
        fs::write(dest.join("stale.html"), "old").expect("a file");
        build(&fixture.root, &dest, &view).expect("a book");
        assert!(files(&dest) == first, "the second book differs");
        let left: Vec<_> = fs::read_dir(folder.path()).expect("a folder").collect();
        assert_eq!(left.len(), 2, "only the workbook and the book: {left:?}");
    }

    #[test]
    fn a_build_that_fails_leaves_the_old_book() {
        let folder = tempfile::tempdir().expect("a folder");
        let (fixture, view) = shown(folder.path());
        let dest = folder.path().join("book");
        build(&fixture.root, &dest, &view).expect("a book");
        let first = files(&dest);
        let settings = fixture.root.join("book/book.toml");
        fs::write(&settings, "[output.epub]\ncommand = \"touch x\"\n").expect("a file");
        let error = build(&fixture.root, &dest, &view).expect_err("refused");
        assert!(matches!(error, RenderError::Settings { .. }), "{error}");
        fs::remove_file(fixture.root.join("book/src/guide/reading.md")).expect("a file");
        fs::write(&settings, "").expect("a file");
        let error = build(&fixture.root, &dest, &view).expect_err("a page is missing");
        assert!(error.to_string().contains("reading.md"), "{error}");
        assert!(files(&dest) == first, "the old book changed");
    }

    #[test]
    fn a_folder_that_holds_no_book_is_not_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let (fixture, view) = shown(folder.path());
        let dest = folder.path().join("papers");
        fs::create_dir(&dest).expect("a folder");
        build(&fixture.root, &dest, &view).expect("an empty folder will do");
        fs::remove_dir_all(&dest).expect("a folder");
        fs::create_dir(&dest).expect("a folder");
        fs::write(dest.join("thesis.txt"), "mine").expect("a file");
        let error = build(&fixture.root, &dest, &view).expect_err("refused");
        assert!(matches!(error, RenderError::NotABook(_)), "{error}");
        assert!(dest.join("thesis.txt").exists());
    }

    #[test]
    fn a_page_where_a_chapter_goes_is_refused_and_a_book_without_front_page_gets_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let (fixture, view) = shown(folder.path());
        let source = fixture.root.join("book/src");
        let dest = folder.path().join("book");
        let summary = fs::read_to_string(source.join("SUMMARY.md")).expect("a summary");
        fs::write(source.join("matrix.md"), "# Mine\n").expect("a page");
        fs::write(
            source.join("SUMMARY.md"),
            format!("{summary}- [Mine](matrix.md)\n"),
        )
        .expect("a summary");
        let error = build(&fixture.root, &dest, &view).expect_err("refused");
        assert!(matches!(error, RenderError::Taken(_)), "{error}");
        fs::write(
            source.join("SUMMARY.md"),
            summary.replace("[Front page](index.md)\n", ""),
        )
        .expect("a summary");
        build(&fixture.root, &dest, &view).expect("a book");
        let front = fs::read_to_string(dest.join("index.html")).expect("a front page");
        assert!(front.contains("What fails first"));
    }
}
