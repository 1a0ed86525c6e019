//! What Redis and its kin write: dumps (RDB) and logs of commands (AOF). A value is looked at behind
//! the words of its key, and keys are names: a number in one is found there.
//!
//! A reader of our own: the crates there are build values or texts in memory, and know neither the
//! newer types nor where a value stands. A dump is read in passing, whatever the size of a value.

mod commands;
mod dump;
mod keyed;
mod lzf;
mod messages;
mod packed;
mod strings;

pub(super) use commands::{commands, is_commands};
pub(super) use dump::dump;

#[cfg(test)]
mod tests;
