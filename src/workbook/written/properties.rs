//! What must hold for any text whatever: reading never panics, and every place that a diagnostic
//! names is a range of characters of its file.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::source::{Colour, render};

/// Pieces of which real files are made, and of which broken ones are too.
const PIECES: &[&str] = &[
    "+++",
    "+++\n",
    "---\n",
    "```toml check\n",
    "~~~~toml check\n",
    "```\n",
    "~~~\n",
    "````\n",
    "```bash\n",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "    ",
    "- ",
    "> ",
    "1. ",
    "# ",
    "## カード\n",
    "<!--",
    "-->\n",
    "<div>\n",
    "[^1]: ",
    "[a](b.md)",
    "[a](ecs/ecs-net.md)\n",
    "- [x]()\n",
    "id = \"a\"\n",
    "id = 'é\n",
    "title = \"\"\"\n",
    "[[statements]]\n",
    "[[entry]]\n",
    "[[exception]]\n",
    "[[roles]]\n",
    "[[roles.duties]]\n",
    "[[scope]]\n",
    "[params]\n",
    "a-b = 1\n",
    "a_b = 99999999999999999999\n",
    "kind = \"deviation\"\n",
    "subjects = [\"*\", 1]\n",
    "approved = 2026-02-31\n",
    "until = 2026-11-22\n",
    "as-of = 2026-11-22T10:00:00Z\n",
    "window = \"12 months\"\n",
    "label = \"\u{202e}\u{1b}[0m\"\n",
    "= \n",
    "\u{feff}",
    "{ x = [1, { y = nan }] }\n",
    "correct = -1\n",
    "answers = []\n",
    "|a|b|\n|-|-|\n",
    "\0",
];

/// Returns text made of such pieces and of anything between.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => "\\PC{0,6}",
    ];
    prop_oneof![
        proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat()),
        any::<String>(),
    ]
}

/// Asserts that every place is one of the file's, and that showing them does not panic.
fn sound(diagnostics: Diagnostics) {
    let diagnostics = diagnostics.into_sorted();
    for diagnostic in &diagnostics {
        let places = std::iter::once((&diagnostic.file, diagnostic.span))
            .chain(diagnostic.related.iter().map(|r| (&r.file, r.span)));
        for (file, span) in places {
            assert!(
                file.text().get(span.range()).is_some(),
                "{:?} is no place in {:?}: {}",
                span,
                file.text(),
                diagnostic.one_line()
            );
        }
    }
    let shown = render(&diagnostics, 80, Colour::Off);
    assert!(
        !shown.chars().any(|c| c.is_control() && c != '\n'),
        "{shown:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_as_a_page(text in text()) {
        for path in ["requirements/req-3.1.md", "ecs/ecs-net.md", "policies/a.md", "guide/a.md"] {
            let file = SourceFile::new(path, text.clone());
            let (page, diagnostics) = book::parse_page(path, &file);
            sound(diagnostics);
            for block in &page.blocks {
                for span in [block.fence, block.text] {
                    prop_assert!(file.text().get(span.range()).is_some());
                }
            }
            let front = page.front.as_ref().map(|front| front.span);
            prop_assert!(front.is_none_or(|span| file.slice(span).starts_with("+++")));
            let (_, diagnostics) = book::assemble(vec![page], Vec::new(), Some(&[]), None);
            sound(diagnostics);
            sound(book::parse_document(path, &file).1);
        }
    }

    #[test]
    fn any_text_is_read_as_a_summary(text in text()) {
        let existing: BTreeSet<String> = ["b.md".to_owned(), "ecs/ecs-net.md".to_owned()].into();
        let (order, diagnostics) = book::parse_summary(&SourceFile::new("SUMMARY.md", text), &existing);
        prop_assert!(order.iter().all(|path| existing.contains(path)));
        sound(diagnostics);
    }

    #[test]
    fn any_text_is_read_as_what_people_keep(text in text()) {
        let file = SourceFile::new("evidence/a.toml", text);
        sound(config::parse(&file).1);
        sound(human::parse_register(&file, &BTreeMap::new()).1);
        sound(human::parse_exceptions(&file).1);
    }

    #[test]
    fn a_check_block_is_found_as_written_whatever_stands_around_it(
        before in "([a-zé#カ]{0,8}\n){0,4}",
        ending in select(&["\n", "\r\n"]),
        mark in select(&["\u{feff}", ""]),
        fence in select(&["```", "~~~~", "``````"]),
    ) {
        let text = format!("{mark}{before}\n{fence}toml check\nid = \"é\"\n{fence}\nafter\n")
            .replace('\n', ending);
        let file = SourceFile::new("guide/a.md", text);
        let (page, _) = book::parse_page("guide/a.md", &file);
        let found: Vec<&str> = page.blocks.iter().map(|block| file.slice(block.text)).collect();
        prop_assert_eq!(found, [format!("id = \"é\"{ending}")]);
    }
}
