//! What the reference pages list: statements by section of their source, exports by type, testing
//! procedures. All of it is made from pages, checks and `checks/sources`, and from nothing else.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::check::Check;
use crate::config::Config;
use crate::inventory::Sources;

use super::card::CheckRef;
use super::coverage::{Natural, natural};
use super::page::{PageRef, PageView, StatementView};

/// A statement with its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlacedStatement {
    /// The page.
    pub page: PageRef,
    /// The statement.
    pub statement: StatementView,
}

/// The statements of one section of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceSection {
    /// The word of the source: `aks` or `ecs`.
    pub source: &'static str,
    /// The section as pages call it; empty if they don't say.
    pub section: String,
    /// The statements, in the order of the book.
    pub statements: Vec<PlacedStatement>,
}

/// What has to be exported of one resource type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportNeed {
    /// The type.
    pub resource_type: String,
    /// The commands that show it, those that list all of it first.
    pub commands: Vec<String>,
    /// The checks that look at it.
    pub checks: Vec<CheckRef>,
}

/// What the workbook brings to one testing procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProcedureRow {
    /// The procedure's id.
    pub id: String,
    /// The checks that serve it.
    pub checks: Vec<CheckRef>,
    /// The pages of those checks, which say what remains to be asked.
    pub pages: Vec<PageRef>,
}

/// Everything that the reference pages list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// The statements, section by section.
    pub sections: Vec<SourceSection>,
    /// The types, in order.
    pub exports: Vec<ExportNeed>,
    /// The procedures, in the order of their numbers.
    pub procedures: Vec<ProcedureRow>,
}

/// Returns what the reference pages list.
pub(crate) fn of(
    pages: &[PageView],
    checks: &[Check],
    sources: &Sources,
    config: &Config,
) -> Reference {
    Reference {
        sections: sections(pages),
        exports: exports(pages, checks, sources, config),
        procedures: procedures(pages, checks),
    }
}

fn sections(pages: &[PageView]) -> Vec<SourceSection> {
    let mut sections: Vec<SourceSection> = Vec::new();
    for page in pages {
        // Pages of requirements come from the source on AKS, the others from that on ECS; its
        // context page is the one exception, and says so by its id.
        let source = match page.section {
            "requirements" => "aks",
            _ if page.page.id.starts_with("aks-") => "aks",
            _ => "ecs",
        };
        for statement in &page.statements {
            let section = statement.section.clone().unwrap_or_default();
            let placed = PlacedStatement {
                page: page.page.clone(),
                statement: statement.clone(),
            };
            match sections
                .iter_mut()
                .find(|known| known.source == source && known.section == section)
            {
                Some(known) => known.statements.push(placed),
                None => sections.push(SourceSection {
                    source,
                    section,
                    statements: vec![placed],
                }),
            }
        }
    }
    sections
}

/// Returns the references of all cards by check id.
pub(super) fn cards(pages: &[PageView]) -> BTreeMap<&str, &CheckRef> {
    pages
        .iter()
        .flat_map(|page| &page.cards)
        .map(|card| (card.check.id.as_str(), &card.check))
        .collect()
}

fn exports(
    pages: &[PageView],
    checks: &[Check],
    sources: &Sources,
    config: &Config,
) -> Vec<ExportNeed> {
    let cards = cards(pages);
    let mut needs: BTreeMap<String, ExportNeed> = BTreeMap::new();
    for check in checks {
        let Some(card) = cards.get(check.id.value.as_str()) else {
            continue;
        };
        for resource_type in check.types() {
            let used = config
                .platforms
                .iter()
                .any(|platform| crate::check::is_of(&resource_type, *platform));
            if !used {
                continue;
            }
            let commands = commands(sources, &resource_type);
            needs
                .entry(resource_type.to_ascii_lowercase())
                .or_insert_with(|| ExportNeed {
                    resource_type,
                    commands,
                    checks: Vec::new(),
                })
                .checks
                .push((*card).clone());
        }
    }
    needs.into_values().collect()
}

fn commands(sources: &Sources, resource_type: &str) -> Vec<String> {
    let mut commands = sources.exports_of(resource_type);
    commands.sort_by_key(|command| (!command.lists, command.ids_only, command.command.clone()));
    let mut texts: Vec<String> = commands
        .into_iter()
        .map(|command| command.command)
        .collect();
    texts.dedup();
    texts
}

fn procedures(pages: &[PageView], checks: &[Check]) -> Vec<ProcedureRow> {
    let cards = cards(pages);
    let mut rows: BTreeMap<Natural, ProcedureRow> = BTreeMap::new();
    for check in checks {
        let Some(card) = cards.get(check.id.value.as_str()) else {
            continue;
        };
        let page = pages.iter().find(|page| page.page.id == check.page);
        for id in &check.procedures {
            let row = rows.entry(natural(id)).or_insert_with(|| ProcedureRow {
                id: id.clone(),
                checks: Vec::new(),
                pages: Vec::new(),
            });
            row.checks.push((*card).clone());
            if let Some(page) = page
                && !row.pages.contains(&page.page)
            {
                row.pages.push(page.page.clone());
            }
        }
    }
    rows.into_values().collect()
}
