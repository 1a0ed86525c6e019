//! The chapters that the workbook writes itself.

use serde::Serialize;

use crate::view::{CheckRef, View};

use super::pieces::{all_words, values};
use super::templates::{Templates, Values};
use super::{RenderError, escape, fix, reference};

/// One chapter that has no file in `book/src`.
#[derive(Debug, Clone)]
pub(crate) struct Generated {
    /// The name in the sidebar.
    pub(crate) name: String,
    /// The path below the book, ending in `.md`.
    pub(crate) path: String,
    /// The content.
    pub(crate) content: String,
    /// The chapters below it.
    pub(crate) children: Vec<Generated>,
}

/// A failing check of a role, and how it is mended.
#[derive(Serialize)]
struct Mending<'a> {
    check: &'a CheckRef,
    fix: Vec<fix::Block>,
}

/// Returns the chapters in the order of the sidebar.
pub(crate) fn of(templates: &Templates, view: &View) -> Result<Vec<Generated>, RenderError> {
    let words = templates.strings();
    let chapter = |title: &str, path: &str, template: &str, values| {
        Ok::<_, RenderError>(Generated {
            name: escape::heading(title),
            path: path.to_owned(),
            content: templates.render(template, &values)?,
            children: Vec::new(),
        })
    };
    let mut guides = Vec::new();
    for role in &view.roles {
        let path = format!("roles/{}.md", role.id);
        let others: Vec<_> = role
            .pages
            .iter()
            .filter(|page| matches!(page.raci, "consulted" | "informed"))
            .collect();
        let has_duties = role.pages.iter().any(|page| !page.duties.is_empty());
        let mending: Vec<Mending<'_>> = role
            .checks
            .iter()
            .filter(|entry| entry.check.failing > 0 && !entry.fix.is_empty())
            .map(|entry| Mending {
                check: &entry.check,
                fix: fix::blocks(&entry.fix),
            })
            .collect();
        let values = values(view, &path)
            .with("role", role)
            .with("others", &others)
            .with("has_duties", &has_duties)
            .with("mending", &mending);
        guides.push(chapter(&role.title, &path, "role.html", values)?);
    }
    let (verdicts, statuses) = all_words();
    let matrix = values(view, "matrix.md").with("matrix", &view.matrix);
    let roles = values(view, "roles.md").with("roles", &view.roles);
    let crosswalk = values(view, "crosswalk.md").with("crosswalk", &view.crosswalk);
    let coverage = values(view, "coverage.md").with("coverage", &view.coverage);
    let glossary = values(view, "glossary.md")
        .with("verdicts", &verdicts)
        .with("statuses", &statuses);
    let title = |key: &str| words.text(&[key, "title"]);
    let page = |key: &str, values: Values| {
        let (path, template) = (format!("{key}.md"), format!("{key}.html"));
        chapter(title(key), &path, &template, values)
    };
    Ok(vec![
        chapter(title("matrix"), "matrix.md", "matrix.html", matrix)?,
        Generated {
            children: guides,
            ..chapter(title("roles"), "roles.md", "roles.html", roles)?
        },
        page("requests", reference::requests(templates, view))?,
        chapter(title("coverage"), "coverage.md", "coverage.html", coverage)?,
        page("checks", reference::checks(templates, view))?,
        page("statements", reference::statements(view))?,
        page("procedures", reference::plain(view, "procedures.md"))?,
        page("exports", reference::plain(view, "exports.md"))?,
        chapter(
            title("crosswalk"),
            "crosswalk.md",
            "crosswalk.html",
            crosswalk,
        )?,
        chapter(title("glossary"), "glossary.md", "glossary.html", glossary)?,
    ])
}
