//! Runs the program in this process, on copies of workbooks.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use evidence_workbook::cli::{self, Progress, Prompts, World};
use evidence_workbook::source::{Colour, Instant};

/// What a command printed and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    /// What it printed as its result.
    pub(crate) stdout: String,
    /// What it printed besides.
    pub(crate) stderr: String,
    /// Its exit code.
    pub(crate) code: u8,
}

/// A workbook in a folder of its own, removed with the value.
pub(crate) struct Copy {
    folder: tempfile::TempDir,
    /// The moment commands are run at.
    pub(crate) now: &'static str,
}

/// What a workbook consists of, and what its repository holds.
const PARTS: [&str; 12] = [
    "workbook.toml",
    "book/book.toml",
    "book/src",
    "book/theme",
    "checks/lists",
    "checks/registers",
    "checks/sources",
    "evidence/registers",
    "evidence/exceptions",
    "evidence/acknowledgements",
    "evidence/occurrences",
    "exports",
];

impl Copy {
    /// Returns a copy of the shipped sample, in no repository.
    pub(crate) fn of_sample() -> Self {
        let copy = Self::empty();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for part in PARTS {
            copy_all(&root.join(part), &copy.path().join(part));
        }
        copy
    }

    /// Takes a folder of the shipped workbook, too.
    pub(crate) fn take(&self, part: &str) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        copy_all(&root.join(part), &self.path().join(part));
    }

    /// Returns an empty folder.
    pub(crate) fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            now: "2026-11-22T10:00:00Z",
        }
    }

    /// Returns the folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Reads a file.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    /// Makes a repository of the folder and commits everything.
    pub(crate) fn commit_all(&self) -> git2::Repository {
        let mut options = git2::RepositoryInitOptions::new();
        options.initial_head("main");
        let repository = git2::Repository::init_opts(self.path(), &options).unwrap();
        let mut config = repository.config().unwrap();
        config.set_str("user.name", "Tester").unwrap();
        config.set_str("user.email", "tester@example.com").unwrap();
        self.write(".gitignore", "/book/build/\n");
        commit(&repository, "sample: begin");
        repository
    }

    /// Runs a command in the folder.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, b"")
    }

    /// Runs a command in the folder, with bytes as its standard input.
    pub(crate) fn run_with(&self, args: &[&str], stdin: &[u8]) -> Ran {
        self.run_asked(args, stdin, Prompts::Hidden)
    }

    /// Runs a command in the folder for somebody at a terminal, who answers with these lines.
    pub(crate) fn run_at_terminal(&self, args: &[&str], answers: &str) -> Ran {
        self.run_asked(args, answers.as_bytes(), Prompts::Shown)
    }

    fn run_asked(&self, args: &[&str], mut stdin: &[u8], prompts: Prompts) -> Ran {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let now = Instant::parse(self.now).unwrap();
        let mut world = World {
            stdin: &mut stdin,
            stdout: &mut stdout,
            stderr: &mut stderr,
            folder: self.path().to_owned(),
            now,
            clock: &|| now,
            colour: Colour::Off,
            progress: Progress::Hidden,
            prompts,
            width: 100,
            variables: isolated(),
        };
        let args = std::iter::once("workbook")
            .chain(args.iter().copied())
            .map(OsString::from);
        let code = cli::run(args, &mut world).code();
        let text = |bytes: Vec<u8>| self.anonymous(&String::from_utf8(bytes).unwrap());
        Ran {
            stdout: text(stdout),
            stderr: text(stderr),
            code,
        }
    }

    /// Puts a name in the place of the folder's.
    fn anonymous(&self, text: &str) -> String {
        let real = self.path().canonicalize().unwrap();
        text.replace(&*real.to_string_lossy(), "[workbook]")
            .replace(&*self.path().to_string_lossy(), "[workbook]")
    }
}

/// Commits everything in the work tree.
pub(crate) fn commit(repository: &git2::Repository, message: &str) {
    let mut index = repository.index().unwrap();
    index
        .add_all(["*"], git2::IndexAddOption::DEFAULT, None)
        .unwrap();
    index.update_all(["*"], None).unwrap();
    index.write().unwrap();
    let tree = repository.find_tree(index.write_tree().unwrap()).unwrap();
    let signature = repository.signature().unwrap();
    let parent = repository
        .head()
        .ok()
        .and_then(|head| head.peel_to_commit().ok());
    let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
    repository
        .commit(
            Some("HEAD"),
            &signature,
            &signature,
            message,
            &tree,
            &parents,
        )
        .unwrap();
}

/// The variables with which no settings outside the repository are read.
pub(crate) fn isolated() -> BTreeMap<String, String> {
    BTreeMap::from([
        ("GIT_CONFIG_GLOBAL".to_owned(), String::new()),
        ("GIT_CONFIG_NOSYSTEM".to_owned(), "1".to_owned()),
    ])
}

fn copy_all(from: &Path, to: &Path) {
    if from.is_file() {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    } else if from.is_dir() {
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy_all(&entry.path(), &to.join(entry.file_name()));
        }
    }
}

/// Returns every file below a folder but git's own, with its bytes, by path.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.ends_with(".git") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(
                    path.strip_prefix(folder).unwrap().to_owned(),
                    fs::read(&path).unwrap(),
                );
            }
        }
    }
    found
}
