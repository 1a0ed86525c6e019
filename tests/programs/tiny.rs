//! A workbook so small that stamping it takes a moment, in a repository of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::run;

/// The workbook, with a home for the settings of git and of those who sign.
pub(crate) struct Tiny {
    folder: TempDir,
}

impl Tiny {
    /// Returns a workbook with one check, committed.
    pub(crate) fn new() -> Self {
        let tiny = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        let root = tiny.root();
        copy(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/good"),
            &root,
        );
        fs::create_dir_all(root.join("exports")).expect("a folder");
        fs::create_dir_all(tiny.home()).expect("a folder");
        fs::write(root.join("exports/note.txt"), "nothing\n").expect("a file");
        fs::write(root.join(".gitignore"), "/exports\n").expect("a file");
        fs::write(root.join("README.md"), "one\n").expect("a file");
        tiny.git(&["init", "-q", "-b", "main"]);
        tiny.git(&["config", "user.name", "Ann"]);
        tiny.git(&["config", "user.email", "ann@example.com"]);
        // The test writes loose objects by the hundred; packing them meanwhile is git's own affair.
        tiny.git(&["config", "gc.auto", "0"]);
        tiny.git(&["add", "."]);
        tiny.git(&["commit", "-q", "-m", "begin"]);
        tiny
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("workbook")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Returns a command that sees nobody's settings but those of this workbook.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.root())
            .env("HOME", self.home())
            .env("GNUPGHOME", self.home().join("gnupg"))
            .env("GIT_CONFIG_GLOBAL", self.home().join("gitconfig"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env_remove("SSH_AUTH_SOCK")
            .env_remove("XDG_CONFIG_HOME");
        command
    }

    /// Returns the program as a command.
    pub(crate) fn program(&self) -> Command {
        self.command(env!("CARGO_BIN_EXE_workbook"))
    }

    /// Runs git, which has to succeed, and returns what it printed.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let (good, text) = run(self.command("git").args(args));
        assert!(good, "git {args:?}: {text}");
        text.trim_end().to_owned()
    }

    /// Runs the program and returns its exit code and what it printed.
    pub(crate) fn workbook(&self, args: &[&str]) -> (i32, String) {
        let output = self.program().args(args).output().expect("the program");
        let text = [output.stdout, output.stderr].concat();
        let code = output.status.code().unwrap_or(-1);
        (code, String::from_utf8_lossy(&text).into_owned())
    }

    /// Stamps a run, which has to succeed: nothing is exported, so that it is undecided.
    pub(crate) fn stamp(&self) {
        let (code, text) = self.workbook(&["stamp"]);
        assert_eq!(code, 3, "{text}");
        assert!(text.contains("stamped run "), "{text}");
    }

    /// Changes the definition of the check, so that its record changes, and commits that.
    pub(crate) fn change_definition(&self, number: usize) {
        let page = self.root().join("book/src/ecs/ecs-net.md");
        let text = fs::read_to_string(&page).expect("the page");
        let text: Vec<String> = text
            .lines()
            .map(|line| match line.starts_with("fix = ") {
                true => format!("fix = \"do it {number}\""),
                false => line.to_owned(),
            })
            .collect();
        fs::write(&page, text.join("\n") + "\n").expect("the page");
        self.git(&[
            "commit",
            "-q",
            "--no-gpg-sign",
            "-m",
            "another definition",
            "--",
            "book",
        ]);
    }

    /// Returns how many runs the newest commit has.
    pub(crate) fn runs(&self) -> usize {
        self.git(&["ls-tree", "--name-only", "HEAD", "evidence/runs/"])
            .lines()
            .count()
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_file() {
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        fs::copy(from, to).expect("a file");
        return;
    }
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        copy(&entry.path(), &to.join(entry.file_name()));
    }
}
