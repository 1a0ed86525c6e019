//! Questions to somebody at a terminal, a line each.

use super::common::Failure;
use super::{Prompts, World};
use crate::source::inert;

/// How often an empty answer is asked for again.
const TRIES: usize = 3;

/// The longest answer, in bytes.
const LONGEST: usize = 64 * 1024;

/// Tells whether anybody can be asked.
pub(super) fn can_ask(world: &World<'_>) -> bool {
    world.prompts == Prompts::Shown
}

/// Returns the answer to a question; an empty line is the default, if there is one.
pub(super) fn ask(
    world: &mut World<'_>,
    question: &str,
    default: Option<&str>,
) -> Result<String, Failure> {
    for _ in 0..TRIES {
        let answer = optional(world, question, default.unwrap_or(""))?;
        if !answer.is_empty() {
            return Ok(answer);
        }
    }
    Err(nothing("there was no answer"))
}

/// Returns the answer to a question; an empty line is the default, which may be empty.
pub(super) fn optional(
    world: &mut World<'_>,
    question: &str,
    default: &str,
) -> Result<String, Failure> {
    let question = inert(question);
    match default {
        "" => write!(world.stderr, "{question}: ")?,
        default => write!(world.stderr, "{question} [{}]: ", inert(default))?,
    }
    world.stderr.flush()?;
    let answer = line(world)?;
    let answer = answer.trim();
    Ok(match answer {
        "" => default.to_owned(),
        answer => answer.to_owned(),
    })
}

/// Asks for a plain yes.
pub(super) fn agreed(world: &mut World<'_>, question: &str) -> Result<bool, Failure> {
    let answer = optional(world, &format!("{question} (yes or no)"), "no")?;
    Ok(answer.eq_ignore_ascii_case("yes"))
}

fn line(world: &mut World<'_>) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let mut one = [0_u8; 1];
    loop {
        let read = world
            .stdin
            .read(&mut one)
            .map_err(|error| nothing(&format!("the answer can't be read: {}", error.kind())))?;
        match one {
            _ if read == 0 && bytes.is_empty() => {
                return Err(nothing("the input ended before the answer"));
            }
            _ if read == 0 => break,
            [b'\n'] => break,
            [byte] => bytes.push(byte),
        }
        if bytes.len() > LONGEST {
            return Err(nothing("the answer is too long"));
        }
    }
    String::from_utf8(bytes).map_err(|_| nothing("the answer is not UTF-8"))
}

fn nothing(why: &str) -> Failure {
    Failure::Text(format!("{why}; nothing was written"))
}
