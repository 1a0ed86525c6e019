//! The responsibility matrix: pages by platform and by role.

use serde::Serialize;

use crate::config::Config;
use crate::source::Date;

use super::page::{PageRef, PageView, ResponsibilityView};
use super::words;

/// One page's row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MatrixRow {
    /// The page.
    pub page: PageRef,
    /// The word of the part of the book.
    pub section: &'static str,
    /// The cell of each platform, in the order of [`Matrix::platforms`].
    pub platforms: Vec<Option<ResponsibilityView>>,
    /// The word of each role's part, in the order of [`Matrix::roles`]; a role can have several.
    pub roles: Vec<Vec<&'static str>>,
}

/// Another party and the requirement ids its attestation covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProviderRow {
    /// The provider's name.
    pub name: String,
    /// The requirement ids.
    pub requirements: Vec<String>,
    /// The services.
    pub services: Vec<String>,
    /// The regions.
    pub regions: Vec<String>,
    /// The date of the attestation.
    pub attested: Option<String>,
    /// The last day on which it is current.
    pub valid_until: Option<String>,
    /// Whether it is `current` or `expired` on the date of judgement, or `unstated`.
    pub state: &'static str,
    /// Where it is kept.
    pub document: Option<String>,
    /// The day on which the provider agreed to the matrix; until then it is proposed.
    pub agreed: Option<String>,
}

/// The matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Matrix {
    /// The words of the platforms in use.
    pub platforms: Vec<&'static str>,
    /// The ids and titles of the roles.
    pub roles: Vec<(String, String)>,
    /// The rows, in the order of the book.
    pub rows: Vec<MatrixRow>,
    /// The other parties.
    pub providers: Vec<ProviderRow>,
}

/// Returns the matrix of the pages.
pub(crate) fn of(config: &Config, pages: &[PageView], as_of: Date) -> Matrix {
    let platforms: Vec<&'static str> = config
        .platforms
        .iter()
        .copied()
        .map(words::platform)
        .collect();
    let roles: Vec<(String, String)> = super::role::ids(config, pages)
        .into_iter()
        .map(|id| {
            let title = super::role::title(config, &id);
            (id, title)
        })
        .collect();
    let rows = pages
        .iter()
        .filter(|page| !page.responsibility.is_empty() || !page.roles.is_empty())
        .map(|page| MatrixRow {
            page: page.page.clone(),
            section: page.section,
            platforms: platforms
                .iter()
                .map(|platform| {
                    page.responsibility
                        .iter()
                        .find(|cell| cell.platform == *platform)
                        .cloned()
                })
                .collect(),
            roles: roles
                .iter()
                .map(|(id, _)| {
                    page.roles
                        .iter()
                        .filter(|role| role.id == *id)
                        .map(|role| role.raci)
                        .collect()
                })
                .collect(),
        })
        .collect();
    Matrix {
        platforms,
        roles,
        rows,
        providers: providers(config, as_of),
    }
}

fn providers(config: &Config, as_of: Date) -> Vec<ProviderRow> {
    config
        .providers
        .iter()
        .map(|provider| ProviderRow {
            name: provider.name.clone(),
            requirements: provider.requirements.clone(),
            services: provider.services.clone(),
            regions: provider.regions.clone(),
            attested: provider.attested.map(|date| date.to_string()),
            valid_until: provider.valid_until.map(|date| date.to_string()),
            state: match (provider.attested, provider.valid_until) {
                (Some(attested), Some(until)) if attested <= as_of && as_of <= until => "current",
                (Some(_), Some(_)) => "expired",
                (None, _) | (_, None) => "unstated",
            },
            document: provider.document.clone(),
            agreed: provider
                .agreed
                .filter(|agreed| *agreed <= as_of)
                .map(|agreed| agreed.to_string()),
        })
        .collect()
}
