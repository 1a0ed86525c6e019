//! Which module may use which, and who may touch the outside world.
//!
//! A new edge, and a new name in one of these lists, is a decision: it belongs in a commit of its
//! own that says why, and in `book/src/guide/architecture.md`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules. Each may use those on lines above its own, and none on its own line.
const LAYERS: &[&[&str]] = &[
    &["source"],
    &["config"],
    &["book"],
    &["human"],
    &["cardholder"],
    &["inventory"],
    &["check"],
    &["assess"],
    &["evidence"],
    &["view"],
    &["render", "report"],
    &["workbook"],
    &["cli"],
];

/// Crates with opinions of their own, and the one place that knows each.
const ONE_PLACE: &[(&str, &str)] = &[
    ("annotate_snippets", "source/render"),
    ("cel", "check/cel"),
    ("chrono", "source/date"),
    ("chrono_tz", "source/date"),
    ("clap", "cli"),
    ("git2", "evidence/git"),
    ("indicatif", "cli"),
    ("mdbook_core", "render/book"),
    ("mdbook_driver", "render/book"),
    ("mdbook_html", "render/book"),
    ("mdbook_preprocessor", "render/book"),
    ("mdbook_renderer", "render/book"),
    ("rust_xlsxwriter", "report/xlsx"),
    ("serde_saphyr", "inventory"),
    ("tera", "render/templates"),
];

/// What reaches outside the program, and the places that may: what is given to all others is data.
const OUTSIDE: &[(&str, &[&str])] = &[
    (
        "std::fs",
        &[
            "workbook",
            "cli",
            "evidence",
            "inventory/walk",
            "cardholder/walk",
            "render/book",
        ],
    ),
    ("std::env", &["cli"]),
    ("std::process::Command", &["cli", "evidence/git"]),
    ("SystemTime::now", &["cli"]),
    ("Instant::now", &["cli"]),
    ("Utc::now", &["cli"]),
    ("Local::now", &["cli"]),
];

/// One file of the product, without comments and tests.
struct File {
    /// The path below `src` without extension: `check/cel`.
    place: String,
    /// The code.
    code: String,
}

impl File {
    /// Returns the top module.
    fn module(&self) -> &str {
        self.place.split('/').next().unwrap_or(&self.place)
    }

    /// Tells whether the file is the place or below it.
    fn within(&self, place: &str) -> bool {
        self.place == place
            || self
                .place
                .strip_prefix(place)
                .is_some_and(|rest| rest.starts_with('/'))
    }

    /// Returns the modules that the code names after `crate::`.
    fn used(&self) -> BTreeSet<String> {
        let mut used = BTreeSet::new();
        for (at, _) in self.code.match_indices("crate::") {
            let rest = &self.code[at + "crate::".len()..];
            match rest.strip_prefix('{') {
                Some(group) => used.extend(heads(group)),
                None => used.extend(head(rest)),
            }
        }
        used
    }

    /// Tells whether the code names `name` as a path's beginning or end, in a group too.
    fn names(&self, name: &str) -> bool {
        let grouped = name.rsplit_once("::").is_some_and(|(parent, child)| {
            let opening = format!("{parent}::{{");
            self.code.match_indices(&opening).any(|(at, _)| {
                heads(&self.code[at + opening.len()..])
                    .iter()
                    .any(|head| head == child)
            })
        });
        grouped || self.names_plainly(name)
    }

    fn names_plainly(&self, name: &str) -> bool {
        self.code.match_indices(name).any(|(at, _)| {
            let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let before = self.code[..at].chars().next_back();
            let after = self.code[at + name.len()..].chars().next();
            let in_path = name.contains("::")
                || self.code[at + name.len()..].starts_with("::")
                || self.code[..at].trim_end().ends_with("use");
            in_path && !before.is_some_and(|c| part(c) || c == ':') && !after.is_some_and(part)
        })
    }
}

/// Returns the first name of a path.
fn head(path: &str) -> Option<String> {
    let name: String = path
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect();
    Some(name).filter(|name| !name.is_empty())
}

/// Returns the first names of the paths in a `use` group, up to its closing brace.
fn heads(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0;
    let mut start = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            _ if start && !c.is_whitespace() => {
                names.extend(head(&group[at..]));
                start = false;
            }
            _ => {}
        }
    }
    names
}

/// Returns the code before the tests at the bottom, without comments.
fn code(text: &str) -> String {
    let product = text.split("\n#[cfg(test)]").next().unwrap_or(text);
    product
        .lines()
        .map(|line| line.split("//").next().unwrap_or(line))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Returns the files of the product; `lib.rs` only names the modules.
fn product() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).expect("a source file");
                files.push((path, text.replace("\r\n", "\n")));
            }
        }
    }
    files.sort();
    let tests = test_files(&files);
    files
        .iter()
        .filter(|(path, _)| !tests.contains(path) && !path.ends_with("lib.rs"))
        .map(|(path, text)| {
            let place = path.strip_prefix(&root).expect("below src");
            let place = place.with_extension("");
            let place = place.to_string_lossy().replace('\\', "/");
            File {
                place: if place == "main" {
                    "cli".to_owned()
                } else {
                    place
                },
                code: code(text),
            }
        })
        .collect()
}

/// Returns the files declared as `#[cfg(test)] mod name;`, and those below them.
fn test_files(files: &[(PathBuf, String)]) -> BTreeSet<PathBuf> {
    let mut tests = BTreeSet::new();
    for (path, text) in files {
        for part in text.split("#[cfg(test)]\n").skip(1) {
            let declared = part.lines().next().unwrap_or("");
            let name = declared
                .trim_start_matches("pub(crate) ")
                .strip_prefix("mod ")
                .and_then(|rest| rest.strip_suffix(';'));
            if let Some(name) = name {
                let folder = path.with_extension("").join(name);
                tests.insert(folder.with_extension("rs"));
                tests.extend(
                    files
                        .iter()
                        .filter(|(other, _)| other.starts_with(&folder))
                        .map(|(other, _)| other.clone()),
                );
            }
        }
    }
    tests
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

#[test]
fn each_module_uses_only_those_above_it() {
    let files = product();
    assert!(files.len() > 20, "the sources are read");
    let mut wrong = Vec::new();
    for file in &files {
        let Some(own) = layer(file.module()) else {
            wrong.push(format!("{} is in no layer", file.place));
            continue;
        };
        for used in file.used() {
            if used == file.module() {
                continue;
            }
            match layer(&used) {
                Some(other) if other < own => {}
                Some(_) => wrong.push(format!("{} uses {used}", file.place)),
                None => wrong.push(format!("{} uses {used}, which is in no layer", file.place)),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_crate_with_opinions_is_known_in_one_place() {
    let mut wrong = Vec::new();
    for file in product() {
        for (name, place) in ONE_PLACE {
            if file.names(name) && !file.within(place) && !is_own(&file, name) {
                wrong.push(format!("{} names {name}, known in {place}", file.place));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Tells whether the name is a module of ours in this file's folder: `check::cel` beside the
/// crate `cel`.
fn is_own(file: &File, name: &str) -> bool {
    file.code.contains(&format!("mod {name};"))
        || file.code.contains(&format!("super::{name}"))
        || file
            .code
            .contains(&format!("crate::{}::{name}", file.module()))
}

#[test]
fn only_named_places_reach_outside_the_program() {
    let mut wrong = Vec::new();
    for file in product() {
        for (name, places) in OUTSIDE {
            if file.names(name) && !places.iter().any(|place| file.within(place)) {
                wrong.push(format!("{} reaches {name}", file.place));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_reader_of_sources_sees_what_it_must() {
    let file = File {
        place: "check/read".to_owned(),
        code: code(
            "use crate::{\n    source::{Code, Span},\n    book, // crate::cli\n};\nfn f() { crate::view::x(); std::fs::read(\"a\"); cel::run() }\nuse std::{io::{self, Read}, env};\nuse std::process::{Command, Stdio};\n#[cfg(test)]\nmod tests { use crate::cli; }\n",
        ),
    };
    assert_eq!(
        file.used(),
        ["book", "source", "view"].map(str::to_owned).into()
    );
    assert!(file.names("std::fs") && file.names("cel") && file.names("std::env"));
    assert!(file.names("std::process::Command") && !file.names("Instant::now"));
    assert!(file.within("check") && !file.within("check/re"));
}
