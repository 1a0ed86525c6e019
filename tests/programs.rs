//! The program with others: git, `sha256sum` and a shell as the guide tells, `ssh-keygen` and `gpg`
//! that sign, and the program itself as a process that is killed.
//!
//! Where a program is missing its tests are shown as ignored. Where `WORKBOOK_REQUIRE_PROGRAMS` is
//! set they fail instead.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test stops by panicking, and asks the environment what is installed"
)]

#[path = "programs/faults.rs"]
mod faults;
#[path = "programs/guide.rs"]
mod guide;
#[path = "programs/signing.rs"]
mod signing;
#[path = "programs/tiny.rs"]
mod tiny;

use std::process::{Command, ExitCode, Stdio};

use libtest_mimic::{Arguments, Trial};

/// A test, with the programs that it needs.
type Test = (&'static str, &'static [&'static str], fn());

const TESTS: [Test; 8] = [
    (
        "the_shell_commands_of_the_guide_tell_what_verify_tells",
        &["git", "sha256sum", "awk", "sh"],
        guide::commands,
    ),
    (
        "runs_and_anchors_signed_by_ssh_are_told_from_others",
        &["git", "ssh-keygen"],
        signing::ssh,
    ),
    (
        "a_protected_key_signs_through_the_agent",
        &["git", "ssh-keygen", "ssh-agent", "ssh-add"],
        signing::agent,
    ),
    (
        "runs_and_anchors_signed_by_openpgp_are_told_from_others",
        &["git", "gpg"],
        signing::openpgp,
    ),
    ("two_hundred_kills_harm_nothing", &["git"], faults::kills),
    (
        "eight_processes_at_once_stamp_one_after_another_or_not_at_all",
        &["git"],
        faults::eight,
    ),
    (
        "folders_that_can_t_be_written_are_told_and_harm_nothing",
        &["git"],
        faults::read_only,
    ),
    (
        "files_that_can_t_grow_stop_a_stamp_and_harm_nothing",
        &["git", "sh"],
        faults::bounded,
    ),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let required = std::env::var_os("WORKBOOK_REQUIRE_PROGRAMS").is_some();
    let trials =
        TESTS.map(
            |(name, needs, test)| match needs.iter().find(|program| !is_there(program)) {
                None => Trial::test(name, move || {
                    test();
                    Ok(())
                }),
                Some(missing) => {
                    Trial::test(name, move || Err(format!("no {missing} is there").into()))
                        .with_ignored_flag(!required)
                }
            },
        );
    libtest_mimic::run(&arguments, trials.into()).exit_code()
}

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Runs a command and returns whether it succeeded, and what it printed.
pub(crate) fn run(command: &mut Command) -> (bool, String) {
    let output = command
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}
