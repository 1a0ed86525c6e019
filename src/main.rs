//! The program `workbook`; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(evidence_workbook::cli::main().code())
}
