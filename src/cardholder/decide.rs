//! The decision at one place of a text: what begins there.

use super::Match;
use super::chip::chip;
use super::labelled::labelled;
use super::pan::pan;
use super::rules::Rules;
use super::shown::exceeding;
use super::track::track;

/// How far after its beginning a match and what decides it may reach.
pub(super) const AHEAD: usize = 768;
/// How far before its beginning what decides a match may stand.
pub(super) const BEHIND: usize = 4096;

/// Returns the match that begins at `at`. It looks no further back than `BEHIND` bytes and no
/// further ahead than `AHEAD`, so that the work for each byte is bounded.
///
/// A match begins with a digit in any spelling (ASCII, full-width, `%34`, `\u0034`, `&#52;`, or `#4`
/// of ISO-2022-JP), with the sentinel or format code of a track, with a mask, or with a hexadecimal
/// letter of a PIN block.
pub(super) fn at(rules: &Rules, bytes: &[u8], at: usize) -> Option<Match> {
    let byte = *bytes.get(at)?;
    match byte {
        b'0'..=b'9' => chip(rules, bytes, at)
            .or_else(|| track(rules, bytes, at))
            .or_else(|| pan(rules, bytes, at))
            .or_else(|| exceeding(rules, bytes, at))
            .or_else(|| labelled(rules, bytes, at)),
        b'#' | 0x80.. => track(rules, bytes, at)
            .or_else(|| pan(rules, bytes, at))
            .or_else(|| exceeding(rules, bytes, at))
            .or_else(|| labelled(rules, bytes, at)),
        // A number that begins with an escaped mask is told by nothing that is quick to find.
        b'%' | b'\\' | b'&' => track(rules, bytes, at)
            .or_else(|| pan(rules, bytes, at))
            .or_else(|| labelled(rules, bytes, at)),
        b';' => track(rules, bytes, at),
        b'B' | b'b' => track(rules, bytes, at).or_else(|| labelled(rules, bytes, at)),
        b'*' | b'x' | b'X' => exceeding(rules, bytes, at),
        b'A'..=b'F' | b'a'..=b'f' => labelled(rules, bytes, at),
        _ => None,
    }
}

/// Returns the match that begins at `at`, if it is a value that its label tells.
pub(super) fn value_at(rules: &Rules, bytes: &[u8], at: usize) -> Option<Match> {
    match *bytes.get(at)? {
        b'0'..=b'9' | b'A'..=b'F' | b'a'..=b'f' | b'#' | b'%' | b'\\' | b'&' | 0x80.. => {
            labelled(rules, bytes, at)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
