//! Every kind of change, on every kind of file, in every place where it can be made.

use std::collections::BTreeMap;
use std::fs;

use super::super::super::anchor::Anchor;
use super::*;

/// The kinds of file, by what their problems are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum File {
    Record,
    Subjects,
    NewestRun,
    OlderRun,
}

const FILES: [File; 4] = [
    File::Record,
    File::Subjects,
    File::NewestRun,
    File::OlderRun,
];

/// The kinds of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    OneCharacter,
    OneLineMore,
    OneLineLess,
    LineEnds,
    Cut,
    Emptied,
    OfAnother,
    NotText,
    Link,
    Deleted,
    Renamed,
    MovedAway,
    Copied,
}

const CHANGES: [Change; 13] = [
    Change::OneCharacter,
    Change::OneLineMore,
    Change::OneLineLess,
    Change::LineEnds,
    Change::Cut,
    Change::Emptied,
    Change::OfAnother,
    Change::NotText,
    Change::Link,
    Change::Deleted,
    Change::Renamed,
    Change::MovedAway,
    Change::Copied,
];

/// Where the change is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    WorkTree,
    Index,
    Commit,
    CommitAndMore,
    /// The commit of the newest run is made again.
    Amended,
}

const PLACES: [Place; 5] = [
    Place::WorkTree,
    Place::Index,
    Place::Commit,
    Place::CommitAndMore,
    Place::Amended,
];

impl Change {
    /// Makes the change and returns the paths one of which has to be named.
    fn make(self, bench: &Bench, path: &str, file: File) -> Vec<String> {
        let on_disk = bench.sandbox.path().join(path);
        let text = bench.sandbox.read(path);
        let (stem, extension) = path.rsplit_once('.').expect("an extension");
        let beside = match file {
            File::NewestRun | File::OlderRun => format!("{RUNS}/20260101T000000Z-0000000a.toml"),
            File::Record | File::Subjects => format!("{stem}-2.{extension}"),
        };
        let mut named = vec![path.to_owned()];
        let write = |text: &str| bench.sandbox.write(path, text);
        match self {
            Self::OneCharacter => {
                let at = text.rfind('a').expect("a letter");
                let mut edited = text.clone();
                edited.replace_range(at..=at, "b");
                write(&edited);
            }
            Self::OneLineMore => write(&format!("{text}\n")),
            Self::OneLineLess => {
                let (kept, _) = text.trim_end().rsplit_once('\n').expect("lines");
                write(&format!("{kept}\n"));
            }
            Self::LineEnds => write(&text.replace('\n', "\r\n")),
            Self::Cut => write(text.get(..text.len() / 2).expect("ASCII")),
            Self::Emptied => write(""),
            Self::OfAnother => {
                let other = match file {
                    File::Record => "evidence/records/req-3.1/chd-list.toml",
                    File::Subjects => RECORD,
                    File::NewestRun | File::OlderRun => "evidence/records/ecs-net/ecs-awsvpc.toml",
                };
                write(&bench.sandbox.read(other));
            }
            Self::NotText => fs::write(&on_disk, b"\xff\xfe\0\x80").expect("a file"),
            Self::Link => {
                let to = bench.sandbox.path().join("README.md");
                fs::write(&to, &text).expect("a file");
                fs::remove_file(&on_disk).expect("a file");
                #[cfg(unix)]
                std::os::unix::fs::symlink("../../../README.md", &on_disk).expect("a link");
            }
            Self::Deleted => bench.sandbox.remove(path),
            Self::Renamed => {
                rename(bench, path, &beside);
                named.push(beside);
            }
            Self::MovedAway => {
                let name = path.rsplit('/').next().expect("a name");
                let to = format!("evidence/records/elsewhere/{name}");
                rename(bench, path, &to);
                named.push(to);
            }
            Self::Copied => {
                bench.sandbox.write(&beside, &text);
                named = vec![beside];
            }
        }
        named
    }

    /// Returns the words for it that fit.
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::OneCharacter
            | Self::OneLineMore
            | Self::OneLineLess
            | Self::LineEnds
            | Self::Cut
            | Self::Emptied
            | Self::OfAnother
            | Self::NotText
            | Self::Link => &["-edited"],
            Self::Deleted => &["-deleted"],
            // Between folders of runs and records it is gone here and new there.
            Self::Renamed | Self::MovedAway => &["-moved", "-deleted", "-added"],
            Self::Copied => &["-added", "run-not-stamped"],
        }
    }
}

impl File {
    fn path(self, first: &Stamped, second: &Stamped) -> String {
        match self {
            Self::Record => RECORD.to_owned(),
            Self::Subjects => SUBJECTS.to_owned(),
            Self::NewestRun => run_file(second),
            Self::OlderRun => run_file(first),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Subjects => "subjects",
            Self::NewestRun | Self::OlderRun => "run",
        }
    }
}

/// Returns the files of evidence on disk.
fn on_disk(bench: &Bench) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![bench.sandbox.path().join("evidence")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(bench.sandbox.path()).expect("below");
                let bytes = fs::read(&path).unwrap_or_default();
                files.insert(name.to_string_lossy().into_owned(), bytes);
            }
        }
    }
    files
}

/// Writes the files of evidence as they were.
fn restore(bench: &Bench, files: &BTreeMap<String, Vec<u8>>) {
    for (path, bytes) in files {
        let path = bench.sandbox.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
}

#[test]
fn every_change_on_every_file_in_every_place_is_found_and_named() {
    let (bench, first, second) = two_runs();
    let untouched = bench.sandbox.head();
    let as_stamped = on_disk(&bench);
    let newest = verified(&bench).heads[0].digest.clone();
    let anchor = Anchor::of(&newest).expect("a digest");
    let mut cases = 0;
    for file in FILES {
        for change in CHANGES {
            for place in PLACES {
                let case = format!("{change:?} of {file:?} in {place:?}");
                let path = file.path(&first, &second);
                let named = change.make(&bench, &path, file);
                match place {
                    Place::WorkTree => {}
                    Place::Index => {
                        bench.sandbox.stage_all();
                        for path in on_disk(&bench).keys() {
                            bench.sandbox.remove(path);
                        }
                        restore(&bench, &as_stamped);
                    }
                    Place::Commit => {
                        bench.sandbox.commit("tamper");
                    }
                    Place::CommitAndMore => {
                        bench.sandbox.commit("tamper");
                        bench.sandbox.write("README.md", "more\n");
                        bench.sandbox.commit("more");
                    }
                    Place::Amended => bench.sandbox.amend(),
                }
                let verification = verify(&Asked {
                    anchor: Some(&anchor),
                    ..Asked::of(bench.sandbox.path(), &bench.variables)
                });
                let verification = verification.expect("a repository");
                let problems = verification.problems;
                let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
                let fits = |problem: &&Problem| {
                    let kind = problem.kind();
                    change.words().iter().any(|word| kind.ends_with(word))
                        && (kind.starts_with(file.word()) || change == Change::MovedAway)
                        && problem.files().iter().any(|path| named.contains(path))
                };
                let found = problems.iter().find(fits);
                if place == Place::Amended && file == File::NewestRun {
                    // The commit that stamped it is gone, and the run with it: the anchor tells.
                    assert!(!problems.is_empty(), "{case}");
                    let told = problems.iter().any(|problem| {
                        problem.files().iter().any(|path| named.contains(path))
                            || problem.kind() == "anchored-run-missing"
                    });
                    assert!(told, "{case}: {texts:#?}");
                } else {
                    let found = found.unwrap_or_else(|| panic!("{case}: {texts:#?}"));
                    let edited = change.words() == ["-edited"];
                    if edited && place != Place::Index && place != Place::Amended {
                        assert!(!found.fields().is_empty(), "{case}: {found}");
                    }
                    match place {
                        Place::Commit | Place::CommitAndMore | Place::Amended => {
                            let by = found.by().unwrap_or_else(|| panic!("{case}: {found}"));
                            assert!(
                                by.name.starts_with("Editor") || place == Place::Amended,
                                "{case}: {found}"
                            );
                        }
                        Place::WorkTree => assert!(texts.concat().contains("in the work tree")),
                        Place::Index => assert!(texts.concat().contains("in the index")),
                    }
                }
                cases += 1;
                fs::remove_dir_all(bench.sandbox.path().join("evidence")).expect("a folder");
                bench.sandbox.back_to(&untouched);
                restore(&bench, &as_stamped);
            }
            let undone = verified(&bench);
            assert_eq!(undone.problems, [], "{change:?} of {file:?}: not undone");
        }
    }
    assert_eq!(cases, FILES.len() * CHANGES.len() * PLACES.len());
}
