//! Values that only their label tells: card verification codes, PINs and PIN blocks.

use super::digits::{is_word, run};
use super::rules::Rules;
use super::words::Label;
use super::{Confidence, Kind, Match};

/// The digits of a PIN block in hexadecimal.
const BLOCK: usize = 16;

/// Returns the labelled value that begins at `at`.
pub(super) fn labelled(rules: &Rules, bytes: &[u8], at: usize) -> Option<Match> {
    let decimal = run(bytes, at, 12).len();
    let hexadecimal = bytes
        .get(at..)
        .unwrap_or_default()
        .iter()
        .take(BLOCK + 1)
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    let whole = |length: usize| {
        let after = bytes.get(at + length).copied();
        let fraction =
            after == Some(b'.') && bytes.get(at + length + 1).is_some_and(u8::is_ascii_digit);
        !is_word(after) && !fraction
    };
    let code = (3..=4).contains(&decimal) && whole(decimal);
    let pin = (4..=12).contains(&decimal) && whole(decimal);
    let block = hexadecimal == BLOCK && whole(BLOCK);
    if !(code || pin || block) {
        return None;
    }
    let (label, assigned) = rules.words.label(bytes, at)?;
    let sure = if assigned {
        Confidence::Confirmed
    } else {
        Confidence::Possible
    };
    let (kind, confidence, length) = match label {
        Label::CardCode if code => (Kind::CardCode, sure, decimal),
        Label::CardCodePerhaps if code => (Kind::CardCode, Confidence::Possible, decimal),
        Label::PinBlock if block => (Kind::PinBlock, sure, BLOCK),
        Label::PinPerhaps if block => (Kind::PinBlock, Confidence::Possible, BLOCK),
        Label::PinPerhaps if pin => (Kind::PinBlock, Confidence::Possible, decimal),
        Label::CardCode | Label::CardCodePerhaps | Label::PinBlock | Label::PinPerhaps => {
            return None;
        }
    };
    Some(Match::new(kind, confidence, at, length))
}
