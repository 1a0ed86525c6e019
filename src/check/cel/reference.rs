//! The table of functions in the guide is the one generated from [`FUNCTIONS`].

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::names::{FUNCTIONS, Origin};

const BEGIN: &str = "<!-- functions: written by `UPDATE=1 cargo test --lib guide` -->\n";
const END: &str = "<!-- /functions -->";

fn table() -> String {
    let mut table = String::from("| call | answers |\n| --- | --- |\n");
    let of = |origin| FUNCTIONS.iter().filter(move |f| f.origin == origin);
    for function in of(Origin::Workbook) {
        let _ = writeln!(table, "| `{}` | {} |", function.call, function.meaning);
    }
    table.push_str("\nOf CEL's own functions and its strings extension:\n\n");
    table.push_str("| call | answers |\n| --- | --- |\n");
    for function in of(Origin::Language) {
        let _ = writeln!(table, "| `{}` | {} |", function.call, function.meaning);
    }
    table
}

#[test]
fn the_guide_lists_every_function() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("book/src/guide/checks.md");
    let page = fs::read_to_string(&path)
        .expect("the page")
        .replace("\r\n", "\n");
    let (before, rest) = page.split_once(BEGIN).expect("the begin of the table");
    let (_, after) = rest.split_once(END).expect("the end of the table");
    let wanted = format!("{before}{BEGIN}\n{}\n{END}{after}", table());
    #[expect(clippy::disallowed_methods, reason = "UPDATE=1 rewrites the page")]
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &wanted).expect("the page is written");
        return;
    }
    assert_eq!(page, wanted, "run `UPDATE=1 cargo test --lib guide`");
}
