//! What only shows across files: equal ids, names without a bearer, pages outside the summary.

use std::collections::BTreeMap;

use super::{Book, Document, Page, Section};
use crate::config::Config;
use crate::source::{Code, Diagnostic, Diagnostics, Seen, Span, unknown_reference};

/// Returns the book of these pages in the order of the summary, with every mistake across them.
///
/// Without an `order` or a configuration, what they would tell is not looked at: their own
/// mistakes are already known.
pub(crate) fn assemble(
    mut pages: Vec<Page>,
    mut documents: Vec<Document>,
    order: Option<&[String]>,
    config: Option<&Config>,
) -> (Book, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let places: BTreeMap<&str, usize> = order
        .unwrap_or_default()
        .iter()
        .enumerate()
        .map(|(place, path)| (path.as_str(), place))
        .collect();
    pages.sort_by(|a, b| {
        let key = |page: &Page| {
            places
                .get(page.path.as_str())
                .copied()
                .unwrap_or(usize::MAX)
        };
        (key(a), &a.path).cmp(&(key(b), &b.path))
    });
    documents.sort_by(|a, b| a.path.cmp(&b.path));
    if order.is_some() {
        for page in pages
            .iter()
            .filter(|page| !places.contains_key(page.path.as_str()))
        {
            diagnostics.push(not_in_summary(page));
        }
    }
    unique_pages(&pages, &mut diagnostics);
    let statements = unique_statements(&pages, &mut diagnostics);
    for page in &pages {
        references(page, &statements, config, &mut diagnostics);
    }
    (Book { pages, documents }, diagnostics)
}

fn not_in_summary(page: &Page) -> Diagnostic {
    let start = if page.file.text().starts_with('\u{feff}') {
        3
    } else {
        0
    };
    Diagnostic::new(
        Code::NotInSummary,
        &page.file,
        Span::new(start, start),
        format!(
            "`{}` is not in SUMMARY.md, so the book would lack it",
            page.path
        ),
    )
    .help(format!(
        "add `- [Title]({})` to book/src/SUMMARY.md",
        page.path
    ))
}

/// Reports pages with one id: records are kept under it.
fn unique_pages(pages: &[Page], diagnostics: &mut Diagnostics) {
    let mut seen = Seen::new("the page");
    for page in pages {
        let Some(front) = &page.front else { continue };
        let named = match page.section {
            Section::Requirements | Section::Ecs => true,
            Section::Other => !page.blocks.is_empty(),
        };
        if named && let Some(diagnostic) = seen.add(&page.file, &front.value.id) {
            diagnostics.push(diagnostic);
        }
    }
}

fn unique_statements(pages: &[Page], diagnostics: &mut Diagnostics) -> Seen {
    let mut seen = Seen::new("the statement");
    for page in pages {
        for statement in page.front.iter().flat_map(|front| &front.value.statements) {
            if let Some(diagnostic) = seen.add(&page.file, &statement.id) {
                diagnostics.push(diagnostic);
            }
        }
    }
    seen
}

/// Reports statements and roles that a page names and nothing defines.
fn references(
    page: &Page,
    statements: &Seen,
    config: Option<&Config>,
    diagnostics: &mut Diagnostics,
) {
    let Some(front) = &page.front else { return };
    let front = &front.value;
    let duties = front.roles.iter().flat_map(|role| &role.duties);
    for statement in duties.flat_map(|duty| &duty.statements) {
        let missing = "name a statement in the front matter of a page";
        let found = unknown_reference(
            &page.file,
            statement,
            "statement",
            statements.ids(),
            missing,
        );
        if let Some(diagnostic) = found {
            diagnostics.push(diagnostic);
        }
    }
    let Some(config) = config else { return };
    let roles = front.roles.iter().map(|role| &role.role);
    for role in roles.chain(front.quiz.iter().flat_map(|quiz| &quiz.roles)) {
        let known = config.roles.iter().map(|role| role.value.id.as_str());
        let missing = "define it with `[[roles]]` in workbook.toml";
        let found = unknown_reference(&page.file, role, "role", known, missing);
        if let Some(diagnostic) = found {
            diagnostics.push(diagnostic);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{parse_document, parse_page};
    use super::*;
    use crate::source::SourceFile;

    fn page(path: &str, text: &str) -> Page {
        let (page, diagnostics) = parse_page(path, &SourceFile::new(path, text));
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        page
    }

    fn config() -> Config {
        let text = "organisation = \"x\"\nentity = [\"merchant\"]\nplatforms = [\"azure-aks\"]\n\
                    [[roles]]\nid = \"sre\"\ntitle = \"SRE\"\n";
        let (config, _) = crate::config::parse(&SourceFile::new("workbook.toml", text));
        config.expect("a configuration")
    }

    const NET: &str = "+++\nid = \"ecs-net\"\ntitle = \"N\"\n[[statements]]\nid = \"ecs-net-a\"\nlabel = \"l\"\n\
        [[roles]]\nrole = \"sre\"\nraci = \"informed\"\n[[roles.duties]]\ntext = \"t\"\nstatements = [\"ecs-net-a\"]\n+++\n";

    #[test]
    fn pages_stand_in_the_order_of_the_summary() {
        let pages = vec![
            page("a.md", ""),
            page("ecs/ecs-net.md", NET),
            page("b.md", ""),
        ];
        let order = ["b.md", "ecs/ecs-net.md", "a.md"].map(str::to_owned);
        let (document, _) = parse_document("policies/z.md", &SourceFile::new("z.md", "# z\n"));
        let (book, diagnostics) = assemble(pages, vec![document], Some(&order), Some(&config()));
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let paths: Vec<&str> = book.pages.iter().map(|p| p.path.as_str()).collect();
        assert_eq!(paths, ["b.md", "ecs/ecs-net.md", "a.md"]);
        assert_eq!(book.documents.len(), 1);
    }

    #[test]
    fn what_only_shows_across_pages_is_told_at_once() {
        let other = NET
            .replace("role = \"sre\"", "role = \"sret\"")
            .replace("[\"ecs-net-a\"]", "[\"ecs-net-a\", \"ecs-net-z\"]");
        let pages = vec![
            page("ecs/ecs-net.md", NET),
            page(
                "requirements/deep/ecs-net.md",
                &other.replace("title", "requirements = []\ntitle"),
            ),
        ];
        let order = ["ecs/ecs-net.md".to_owned()];
        let (_, diagnostics) = assemble(pages, Vec::new(), Some(&order), Some(&config()));
        let lines: Vec<String> = diagnostics
            .into_sorted()
            .iter()
            .map(Diagnostic::one_line)
            .collect();
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn without_summary_or_configuration_their_own_questions_are_not_asked() {
        let (_, diagnostics) = assemble(vec![page("ecs/ecs-net.md", NET)], Vec::new(), None, None);
        assert!(diagnostics.is_empty());
    }
}
