//! The world as this process finds it: the clock, the environment, the terminal.

#![expect(
    clippy::disallowed_methods,
    reason = "this is the one place where the clock and the environment enter the program"
)]

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::{SystemTime, UNIX_EPOCH};

use super::{Exit, Progress, Prompts, World, run};
use crate::source::{Colour, Instant};

/// The width that is assumed where the terminal does not tell its own.
const WIDTH: usize = 100;

/// Runs the program with the arguments, the clock and the terminal of this process.
#[must_use]
pub fn main() -> Exit {
    // What stopped the program may repeat what it read; where it happened does not.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        let place = place.unwrap_or_else(|| "an unknown place".to_owned());
        let _ = writeln!(io::stderr(), "error: a mistake in this program, at {place}");
    }));
    let (mut stdin, mut stdout, mut stderr) = (io::stdin(), io::stdout().lock(), io::stderr());
    let now = now();
    // A clock before 1970 and a working folder that was removed leave nothing to work with.
    let (Some(now), Ok(folder)) = (now, std::env::current_dir()) else {
        return Exit::Usage;
    };
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let coloured = io::stdout().is_terminal() && !plain;
    let mut world = World {
        stdin: &mut stdin,
        clock: &|| self::now().unwrap_or(now),
        colour: if coloured { Colour::On } else { Colour::Off },
        progress: if io::stderr().is_terminal() {
            Progress::Shown
        } else {
            Progress::Hidden
        },
        prompts: if io::stdin().is_terminal() && io::stderr().is_terminal() {
            Prompts::Shown
        } else {
            Prompts::Hidden
        },
        width: std::env::var("COLUMNS")
            .ok()
            .and_then(|columns| columns.parse().ok())
            .unwrap_or(WIDTH),
        variables: variables(),
        stdout: &mut stdout,
        stderr: &mut stderr,
        folder,
        now,
    };
    run(std::env::args_os(), &mut world)
}

/// Returns the moment, unless the clock is before 1970.
fn now() -> Option<Instant> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs())
        .ok()
        .and_then(Instant::from_unix)
}

/// Returns the variables that git's settings depend on.
fn variables() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| name.starts_with("GIT_") || name == "EMAIL")
        .collect()
}
