//! The decision at one place of a text: what begins there.

use super::Match;
use super::digits::before;
use super::labelled::labelled;
use super::number::{display, pan};
use super::rules::Rules;
use super::track::track;

/// How far after its beginning a match and what decides it may reach.
pub(super) const AHEAD: usize = 512;
/// How far before its beginning what decides a match may stand.
pub(super) const BEHIND: usize = 4096;

/// Returns the match that begins at `at`. It looks no further back than `BEHIND` bytes and no
/// further ahead than `AHEAD`, so that the work for each byte is bounded.
pub(super) fn at(rules: &Rules, bytes: &[u8], at: usize) -> Option<Match> {
    let byte = *bytes.get(at)?;
    let begins_run = !before(bytes, at).is_some_and(|byte| byte.is_ascii_digit());
    let digit = byte.is_ascii_digit() && begins_run;
    let found = match byte {
        b'%' | b';' | b'B' | b'b' => track(rules, bytes, at),
        _ if digit => track(rules, bytes, at)
            .or_else(|| pan(rules, bytes, at))
            .or_else(|| display(rules, bytes, at)),
        _ => None,
    };
    let begins_word = !before(bytes, at).is_some_and(|byte| byte.is_ascii_alphanumeric());
    found.or_else(|| {
        (byte.is_ascii_hexdigit() && begins_word)
            .then(|| labelled(rules, bytes, at))
            .flatten()
    })
}
