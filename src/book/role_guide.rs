//! The text of a role's guide that people acknowledge: what the role owes, page by page.

use std::fmt::Write as _;

use super::{Page, Raci};
use crate::source::{Keyword as _, sha256};

/// Returns the SHA-256 of what a role owes: its part and duties on every page in the order of the
/// book. Nothing if no page names the role.
pub(crate) fn digest(pages: &[Page], role: &str) -> Option<String> {
    let text = text(pages, role);
    (!text.is_empty()).then(|| sha256(text.as_bytes()))
}

/// Returns what a role owes as plain lines: the page and the part, then each duty.
pub(crate) fn text(pages: &[Page], role: &str) -> String {
    let mut text = String::new();
    for page in pages {
        let Some(front) = &page.front else { continue };
        for on_page in front
            .value
            .roles
            .iter()
            .filter(|on_page| on_page.role.value == role)
        {
            let raci: Raci = on_page.raci;
            let _ = writeln!(text, "{} {}", page.id(), raci.word());
            for duty in &on_page.duties {
                let _ = writeln!(text, "- {}", duty.text.trim());
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::parse_page;
    use super::*;
    use crate::source::SourceFile;

    fn page(id: &str, duty: &str) -> Page {
        let text = format!(
            "+++\nid = \"{id}\"\ntitle = \"T\"\nrequirements = []\n[[statements]]\nid = \"{id}-a\"\nlabel = \"l\"\n\
             [[roles]]\nrole = \"sre\"\nraci = \"responsible\"\n[[roles.duties]]\ntext = \"{duty}\"\nstatements = [\"{id}-a\"]\n+++\n"
        );
        let path = format!("ecs/{id}.md");
        parse_page(&path, &SourceFile::new(format!("book/src/{path}"), text)).0
    }

    #[test]
    fn a_guide_is_what_the_role_owes_and_nothing_else() {
        let pages = [page("ecs-a", "Do one."), page("ecs-b", "Do two.")];
        assert_eq!(
            text(&pages, "sre"),
            "ecs-a responsible\n- Do one.\necs-b responsible\n- Do two.\n"
        );
        assert_eq!(digest(&pages, "sales"), None);
        let changed = [page("ecs-a", "Do one."), page("ecs-b", "Do three.")];
        assert_ne!(digest(&pages, "sre"), digest(&changed, "sre"));
    }
}
