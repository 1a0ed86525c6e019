//! Everything that the templates make of a view, before mdBook sees the book.

use std::collections::BTreeMap;

use crate::assess::{Status, Verdict};
use crate::view::{Card, Count, PageView, View};

use super::chapters::{self, Generated};
use super::templates::{LONGEST, Templates, Values};
use super::{RenderError, fix, flow, lists, reference, strings};

/// The most subjects that a card shows; the rest is in a file beside the book.
const INLINE: usize = 20;

/// What goes into one page.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// The heading, where the page has none.
    pub(crate) title: String,
    /// What stands under the heading.
    pub(crate) top: String,
    /// What stands at the end.
    pub(crate) end: String,
    /// The cards, by check.
    pub(crate) cards: BTreeMap<String, String>,
}

/// Everything that goes into the book.
#[derive(Debug, Clone)]
pub(crate) struct Pieces {
    /// The pages, by path below `book/src`.
    pub(crate) pages: BTreeMap<String, Page>,
    /// The heading of the front page, where the book has none.
    pub(crate) front_title: String,
    /// The front page.
    pub(crate) front: String,
    /// The title of the part that the generated chapters form.
    pub(crate) part: String,
    /// The generated chapters.
    pub(crate) generated: Vec<Generated>,
    /// The drawings of flows, for pages that ask for them.
    pub(crate) flows: String,
    /// What stands at the end of every other page.
    pub(crate) disclaimer: String,
    /// Files that are written beside the chapters, by path below the book.
    pub(crate) files: BTreeMap<String, String>,
}

/// Returns everything that goes into the book.
pub(crate) fn of(view: &View) -> Result<Pieces, RenderError> {
    let templates = Templates::load()?;
    let mut pages = BTreeMap::new();
    for page in &view.pages {
        pages.insert(page.page.path.clone(), page_pieces(&templates, view, page)?);
    }
    let disclaimer = templates.render("disclaimer.html", &values(view, ""))?;
    for document in &view.documents {
        let values = values(view, &document.path).with("document", document);
        let piece = Page {
            title: title(&templates, "document", &document.title)?,
            top: templates.render("document_top.html", &values)?,
            end: disclaimer.clone(),
            cards: BTreeMap::new(),
        };
        pages.insert(document.path.clone(), piece);
    }
    let words = templates.strings();
    Ok(Pieces {
        front_title: title(&templates, "front-page", words.text(&["front", "title"]))?,
        part: words.text(&["parts", "overview"]).to_owned(),
        front: front(&templates, view)?,
        flows: flow::html(&templates, view)?,
        generated: chapters::of(&templates, view)?,
        files: view
            .cards()
            .filter(|card| has_list(card))
            .map(|card| lists::of(&templates, card))
            .chain([reference::requests_csv(&templates, view)])
            .collect(),
        disclaimer,
        pages,
    })
}

fn title(templates: &Templates, id: &str, text: &str) -> Result<String, RenderError> {
    let values = Values::default().with("id", id).with("text", text);
    templates.render("title.html", &values)
}

/// Returns what every template of a page at `path` is given.
pub(crate) fn values(view: &View, path: &str) -> Values {
    Values::default()
        .with("about", &view.about)
        .with("root", &"../".repeat(path.matches('/').count()))
}

fn page_pieces(templates: &Templates, view: &View, page: &PageView) -> Result<Page, RenderError> {
    let base = values(view, &page.page.path);
    let values = base.clone().with("page", page);
    let mut cards = BTreeMap::new();
    for card in &page.cards {
        cards.insert(card.check.id.clone(), card_html(templates, &base, card)?);
    }
    Ok(Page {
        title: title(templates, &page.page.id, &page.page.title)?,
        top: templates.render("page_top.html", &values)?,
        end: templates.render("page_end.html", &values)?,
        cards,
    })
}

fn card_html(templates: &Templates, base: &Values, card: &Card) -> Result<String, RenderError> {
    let attention = card.attention.len().min(INLINE);
    let holding = card.holding.len().min(INLINE - attention);
    // The template is told of the shown subjects apart; ten thousand others need no copy.
    let shown = Card {
        attention: Vec::new(),
        holding: Vec::new(),
        ..card.clone()
    };
    let values = base
        .clone()
        .with("card", &shown)
        .with("attention", card.attention.get(..attention).unwrap_or(&[]))
        .with("typed", &card.subject_type.is_some())
        .with("held", &card.holding.len())
        .with("holding", card.holding.get(..holding).unwrap_or(&[]))
        .with("fix", &fix::blocks(&card.fix))
        .with("list", &has_list(card))
        .with("rest", &(card.check.subjects - attention - holding));
    templates.render("card.html", &values)
}

/// Tells whether a card shows less than there is.
fn has_list(card: &Card) -> bool {
    let longer = |text: &str| text.chars().nth(LONGEST).is_some();
    card.check.subjects > INLINE
        || card
            .attention
            .iter()
            .chain(&card.holding)
            .any(|row| longer(&row.subject) || longer(&row.message) || longer(&row.shows))
}

fn front(templates: &Templates, view: &View) -> Result<String, RenderError> {
    let words = templates.strings();
    let parts: Vec<String> = view
        .summary
        .verdicts
        .iter()
        .filter(|count| count.n > 0)
        .map(|count| {
            let word = words.text(&["verdict", count.word, "word"]);
            format!("{} {word}", count.n)
        })
        .collect();
    let chart = strings::fill(
        words.text(&["front", "chart"]),
        &[
            ("n".to_owned(), view.summary.checks.to_string()),
            ("parts".to_owned(), parts.join(", ")),
        ],
    );
    let uncovered: Vec<&Count> = view
        .coverage
        .counts
        .iter()
        .filter(|count| count.word != "examined")
        .collect();
    let values = values(view, "index.md")
        .with("summary", &view.summary)
        .with("chart", &chart)
        .with("uncovered", &uncovered)
        .with("coverage_total", &view.coverage.total);
    templates.render("front_page.html", &values)
}

/// Returns the words of all verdicts and of all statuses, for the glossary.
pub(crate) fn all_words() -> (Vec<&'static str>, Vec<&'static str>) {
    (
        Verdict::ALL.map(Verdict::as_str).to_vec(),
        Status::ALL.map(Status::as_str).to_vec(),
    )
}
