//! The commands of the guide, run as they stand there.

use std::fs;
use std::path::Path;

use super::run;
use super::tiny::Tiny;

/// Returns the shell commands of the section for those without the program, as one script.
fn script() -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("book/src/guide/verify.md");
    let text = fs::read_to_string(page).expect("the page");
    let (_, section) = text
        .split_once("## With git and sha256sum alone")
        .expect("the section");
    let (section, _) = section.split_once("\n## ").expect("another section");
    let blocks: Vec<&str> = section
        .split("```sh\n")
        .skip(1)
        .map(|block| block.split("```").next().unwrap_or_default())
        .collect();
    assert!(blocks.len() >= 9, "{}", blocks.len());
    blocks.concat()
}

/// Runs the commands and returns what they print.
fn said(tiny: &Tiny) -> String {
    let (_, text) = run(tiny.command("sh").arg("-c").arg(script()));
    text
}

pub(crate) fn commands() {
    let tiny = Tiny::new();
    tiny.stamp();
    tiny.change_definition(1);
    tiny.stamp();
    assert_eq!(said(&tiny), "");
    let anchor = fs::read_to_string(tiny.root().join("anchor.txt")).expect("a file");
    let (_, made) = tiny.workbook(&["anchor"]);
    assert!(made.contains(anchor.trim()), "{made} has no {anchor}");
    let signatures = fs::read_to_string(tiny.root().join("signatures.txt")).expect("a file");
    assert_eq!(
        signatures
            .lines()
            .filter(|line| line.starts_with("N "))
            .count(),
        2
    );

    let runs = tiny.git(&["ls-tree", "--name-only", "HEAD", "evidence/runs/"]);
    // Both can be of the same second, so that their names do not tell which came first.
    let begins = |run: &&str| {
        let text = fs::read_to_string(tiny.root().join(run)).expect("a run");
        !text.contains("[[previous]]")
    };
    let first = runs.lines().find(begins).expect("the first run");
    let record = "evidence/records/ecs-net/ecs-awsvpc.toml";
    let head = tiny.git(&["rev-parse", "HEAD"]);
    let edit = |path: &str, from: &str, to: &str| {
        let path = tiny.root().join(path);
        let text = fs::read_to_string(&path).expect("a file");
        assert!(text.contains(from), "{text}");
        fs::write(path, text.replace(from, to)).expect("a file");
    };
    let commit = || tiny.git(&["commit", "-q", "-a", "-m", "tamper"]);
    let cases: [(&dyn Fn(), &[&str]); 6] = [
        (
            &|| {
                edit(record, "not-checked", "pass");
                commit();
            },
            &[
                "NOT AS STAMPED: ecs-net/ecs-awsvpc.toml",
                "TOUCHED BY NO RUN: ",
            ],
        ),
        (
            &|| {
                fs::write(tiny.root().join("evidence/records/new.toml"), "").expect("a file");
                tiny.git(&["add", "evidence"]);
                commit();
            },
            &["LISTED BY NO RUN: new.toml"],
        ),
        (
            &|| {
                edit(first, "as-of = ", "as-of =  ");
                commit();
            },
            &["CHAIN BROKEN: ", "NOT WHAT ITS COMMIT SAYS: "],
        ),
        (
            &|| {
                tiny.git(&["rm", "-q", first]);
                commit();
            },
            &["CHAIN BROKEN: ", "REMOVED: "],
        ),
        (
            &|| edit(record, "not-checked", "pass"),
            &["NOT COMMITTED:  M "],
        ),
        (
            &|| fs::write(tiny.root().join("exports/note.txt"), "other\n").expect("a file"),
            &["note.txt: FAILED"],
        ),
    ];
    for (tamper, expected) in cases {
        tamper();
        let found = said(&tiny);
        for line in expected {
            assert!(found.contains(line), "{line} is not in\n{found}");
        }
        tiny.git(&["reset", "-q", "--hard", &head]);
        fs::write(tiny.root().join("exports/note.txt"), "nothing\n").expect("a file");
        assert_eq!(said(&tiny), "");
    }
}
