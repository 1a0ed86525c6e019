//! mdBook, run in this process on the workbook's book.

use std::fs;
use std::path::{Path, PathBuf};

use mdbook_core::book::{Book, BookItem, Chapter, SectionNumber};
use mdbook_core::config::Config;
use mdbook_core::errors::Result as MdbookResult;
use mdbook_driver::MDBook;
use mdbook_html::HtmlHandlebars;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

use super::chapters::Generated;
use super::pieces::Pieces;
use super::splice::{self, Inserts};
use super::{RenderError, settings};

/// Builds the book in the folder `source` into `dest`, through a folder beside it, so that what
/// is there stays until the new book is whole.
pub(crate) fn build(source: &Path, dest: &Path, pieces: Pieces) -> Result<(), RenderError> {
    let dest = std::path::absolute(dest).map_err(RenderError::io(dest))?;
    refuse_other_folders(&dest)?;
    let (parent, name) = match (dest.parent(), dest.file_name()) {
        (Some(parent), Some(name)) => (parent, name.to_string_lossy()),
        (_, None) | (None, _) => return Err(RenderError::NotABook(dest)),
    };
    fs::create_dir_all(parent).map_err(RenderError::io(parent))?;
    let fresh = parent.join(format!(".{name}.new-{}", std::process::id()));
    let built = render(source, &fresh, pieces).and_then(|()| replace(&dest, &fresh));
    if built.is_err() && fresh.exists() {
        // The first error is the one to tell; a folder left over does no harm.
        let _ = fs::remove_dir_all(&fresh);
    }
    built
}

/// A folder is replaced only if it is empty or holds a book: mdBook writes `toc.html` into each.
fn refuse_other_folders(dest: &Path) -> Result<(), RenderError> {
    if !dest.exists() || dest.join("toc.html").is_file() {
        return Ok(());
    }
    let mut entries = fs::read_dir(dest).map_err(RenderError::io(dest))?;
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(RenderError::NotABook(dest.to_owned())),
    }
}

fn replace(dest: &Path, fresh: &Path) -> Result<(), RenderError> {
    let old = fresh.with_extension(format!("old-{}", std::process::id()));
    let had = dest.exists();
    if had {
        fs::rename(dest, &old).map_err(RenderError::io(dest))?;
    }
    if let Err(source) = fs::rename(fresh, dest) {
        if had {
            fs::rename(&old, dest).map_err(RenderError::io(dest))?;
        }
        return Err(RenderError::io(dest)(source));
    }
    if had {
        fs::remove_dir_all(&old).map_err(RenderError::io(&old))?;
    }
    Ok(())
}

fn render(source: &Path, dest: &Path, mut pieces: Pieces) -> Result<(), RenderError> {
    let files = std::mem::take(&mut pieces.files);
    let mut config = config(source)?;
    dest.clone_into(&mut config.build.build_dir);
    // A page that the summary names and the folder lacks is an error, not a new file.
    config.build.create_missing = false;
    let mut mdbook = MDBook::load_with_config(source, config).map_err(mdbook_error)?;
    refuse_taken_paths(&mdbook.book, &pieces.generated)?;
    mdbook.with_preprocessor(Workbook { pieces });
    mdbook
        .execute_build_process(&HtmlHandlebars::new())
        .map_err(mdbook_error)?;
    for (path, text) in files {
        write(&dest.join(path), &text)?;
    }
    Ok(())
}

fn config(source: &Path) -> Result<Config, RenderError> {
    let path = source.join("book.toml");
    let text = fs::read_to_string(&path).map_err(RenderError::io(&path))?;
    let refused = |message: String| RenderError::Settings {
        path: path.clone(),
        message,
    };
    let table = settings::read(&text).map_err(refused)?;
    // Only mdBook knows its own types; it reads what is allowed from text.
    table
        .to_string()
        .parse()
        .map_err(|error| refused(format!("{error:#}")))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it takes what `map_err` gives"
)]
fn mdbook_error(error: mdbook_core::errors::Error) -> RenderError {
    RenderError::Mdbook(format!("{error:#}"))
}

fn write(path: &Path, text: &str) -> Result<(), RenderError> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(RenderError::io(parent))?;
    }
    fs::write(path, text).map_err(RenderError::io(path))
}

fn refuse_taken_paths(book: &Book, generated: &[Generated]) -> Result<(), RenderError> {
    for chapter in generated {
        let path = Path::new(&chapter.path);
        if book
            .chapters()
            .any(|page| page.path.as_deref() == Some(path))
        {
            return Err(RenderError::Taken(chapter.path.clone()));
        }
        refuse_taken_paths(book, &chapter.children)?;
    }
    Ok(())
}

/// Puts the pieces into the book.
struct Workbook {
    pieces: Pieces,
}

impl Preprocessor for Workbook {
    fn name(&self) -> &'static str {
        "workbook"
    }

    fn run(&self, _: &PreprocessorContext, mut book: Book) -> MdbookResult<Book> {
        let mut front = false;
        book.for_each_chapter_mut(|chapter| {
            let path = page_path(chapter);
            front |= path.as_deref() == Some("index.md");
            self.fill(chapter, path.as_deref());
        });
        let mut items = Vec::new();
        if !front {
            let content = splice::front("", &self.pieces.front_title, &self.pieces.front);
            let name = self.pieces.part.clone();
            items.push(BookItem::Chapter(Chapter::new(
                &name,
                content,
                "index.md",
                Vec::new(),
            )));
        }
        let numbered = book.items.iter().position(|item| match item {
            BookItem::Chapter(chapter) => chapter.number.is_some(),
            BookItem::PartTitle(_) => true,
            BookItem::Separator => false,
        });
        let rest = book.items.split_off(numbered.unwrap_or(book.items.len()));
        items.append(&mut book.items);
        items.push(BookItem::PartTitle(self.pieces.part.clone()));
        items.extend(
            self.pieces
                .generated
                .iter()
                .map(|chapter| BookItem::Chapter(generated(chapter, &[]))),
        );
        items.extend(rest);
        number(&mut items, &[]);
        book.items = items;
        Ok(book)
    }
}

impl Workbook {
    fn fill(&self, chapter: &mut Chapter, path: Option<&str>) {
        let Some(path) = path else { return };
        let pieces = &self.pieces;
        if path == "index.md" {
            chapter.content = splice::front(&chapter.content, &pieces.front_title, &pieces.front);
            chapter.content.push_str("\n\n");
            chapter.content.push_str(&pieces.disclaimer);
        } else if let Some(page) = pieces.pages.get(path) {
            let inserts = Inserts {
                title: &page.title,
                top: &page.top,
                flows: &pieces.flows,
                end: &page.end,
            };
            chapter.content = splice::page(&chapter.content, &inserts, |id| {
                page.cards.get(id).map(String::as_str)
            });
        } else {
            chapter.content.push_str("\n\n");
            chapter.content.push_str(&pieces.disclaimer);
        }
    }
}

/// Returns the path of a chapter below `book/src`, with forward slashes; `README.md` at the top
/// is the front page, as everywhere in mdBook.
fn page_path(chapter: &Chapter) -> Option<String> {
    let source: &PathBuf = chapter.path.as_ref()?;
    let parts: Vec<_> = source
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    Some(parts.join("/"))
}

fn generated(chapter: &Generated, parents: &[String]) -> Chapter {
    let mut made = Chapter::new(
        &chapter.name,
        chapter.content.clone(),
        &chapter.path,
        parents.to_vec(),
    );
    // It has no file: no link to edit it, and search settings by its own path.
    made.source_path = None;
    // Numbers are given to all chapters together; this only says that it has one.
    made.number = Some(SectionNumber::default());
    let mut below = parents.to_vec();
    below.push(chapter.name.clone());
    made.sub_items = chapter
        .children
        .iter()
        .map(|child| BookItem::Chapter(generated(child, &below)))
        .collect();
    made
}

/// Numbers the numbered chapters in order. mdBook takes a chapter's level in the sidebar from
/// its number, and stops with a panic where a level is left out.
fn number(items: &mut [BookItem], above: &[u32]) {
    let mut next = 0;
    for item in items {
        if let BookItem::Chapter(chapter) = item
            && chapter.number.is_some()
        {
            next += 1;
            let mut own = above.to_vec();
            own.push(next);
            number(&mut chapter.sub_items, &own);
            chapter.number = Some(SectionNumber::new(own));
        }
    }
}
