//! The program itself, as a process: exit codes and pipes.

use std::process::Command;

use super::harness::Copy;

fn workbook() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_workbook"));
    command.env_clear();
    command
}

#[test]
fn the_exit_code_is_that_of_the_checks_and_pipes_carry_no_colour() {
    let copy = Copy::of_sample();
    let output = workbook()
        .arg("check")
        .current_dir(copy.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(!output.stdout.contains(&0x1b));
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn outside_a_workbook_it_says_how_to_name_one() {
    let copy = Copy::empty();
    let output = workbook()
        .arg("check")
        .current_dir(copy.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("--workbook"), "{said}");
}
