//! A guide for each role: its pages, duties and checks.

use serde::Serialize;

use crate::config::Config;

use super::Count;
use super::card::CheckRef;
use super::page::{DutyView, PageRef, PageView};
use crate::assess::Verdict;

/// A page in a role's guide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RolePage {
    /// The page.
    pub page: PageRef,
    /// The word of the role's part.
    pub raci: &'static str,
    /// Its duties there.
    pub duties: Vec<DutyView>,
}

/// A check that a role answers for, and how it is mended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleCheck {
    /// The check.
    pub check: CheckRef,
    /// How to mend a failure.
    pub fix: String,
}

/// Everything a role's guide shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleGuide {
    /// The role's id.
    pub id: String,
    /// The name people know.
    pub title: String,
    /// What the role does.
    pub summary: Option<String>,
    /// The pages, in the order of the book.
    pub pages: Vec<RolePage>,
    /// The checks of the pages that the role does the work for or answers for; those that want
    /// attention first.
    pub checks: Vec<RoleCheck>,
    /// How many of these checks have each verdict, those with none left out.
    pub counts: Vec<Count>,
}

/// Returns the name of a role: the organisation's, else its id.
pub(crate) fn title(config: &Config, id: &str) -> String {
    config
        .roles
        .iter()
        .find(|role| role.value.id == id)
        .map_or_else(|| id.to_owned(), |role| role.value.title.clone())
}

/// Returns the ids of the roles: the organisation's in its order, then others that pages name.
pub(crate) fn ids(config: &Config, pages: &[PageView]) -> Vec<String> {
    let mut ids: Vec<String> = config
        .roles
        .iter()
        .map(|role| role.value.id.clone())
        .collect();
    for role in pages.iter().flat_map(|page| &page.roles) {
        if !ids.contains(&role.id) {
            ids.push(role.id.clone());
        }
    }
    ids
}

/// Returns the guides of the roles.
pub(crate) fn of(config: &Config, pages: &[PageView]) -> Vec<RoleGuide> {
    ids(config, pages)
        .into_iter()
        .map(|id| guide(config, pages, id))
        .collect()
}

fn guide(config: &Config, pages: &[PageView], id: String) -> RoleGuide {
    let mut role_pages = Vec::new();
    let mut checks: Vec<RoleCheck> = Vec::new();
    for page in pages {
        for role in page.roles.iter().filter(|role| role.id == id) {
            role_pages.push(RolePage {
                page: page.page.clone(),
                raci: role.raci,
                duties: role.duties.clone(),
            });
        }
        let answers = page
            .roles
            .iter()
            .any(|role| role.id == id && matches!(role.raci, "responsible" | "accountable"));
        if answers {
            let counted = page.cards.iter().filter(|card| !card.check.left_out);
            checks.extend(counted.map(|card| RoleCheck {
                check: card.check.clone(),
                fix: card.fix.clone(),
            }));
        }
    }
    let rank = |word: &str| Verdict::ALL.iter().position(|v| v.as_str() == word);
    checks.sort_by_key(|entry| rank(entry.check.verdict));
    let counts = Verdict::ALL
        .into_iter()
        .map(|verdict| Count {
            word: verdict.as_str(),
            n: checks
                .iter()
                .filter(|entry| entry.check.verdict == verdict.as_str())
                .count(),
        })
        .filter(|count| count.n > 0)
        .collect();
    RoleGuide {
        title: title(config, &id),
        summary: config
            .roles
            .iter()
            .find(|role| role.value.id == id)
            .and_then(|role| role.value.summary.clone()),
        pages: role_pages,
        checks,
        counts,
        id,
    }
}
