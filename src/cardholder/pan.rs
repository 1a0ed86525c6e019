//! Card numbers, and how sure each is: from what it is called, what stands beside it, what it is
//! glued to, and how it is written.

use super::context::told;
use super::digits::before;
use super::edge::{Edge, edge};
use super::naming::{Called, Named, named};
use super::number::{Form, Number, number};
use super::rules::Rules;
use super::shown;
use super::surroundings::{Glue, Sides, beside, glue, is_uuid, other_card};
use super::{Confidence, Kind, Masked, Match};

/// How near a word must stand to call twelve digits a card's.
const CLOSE: usize = 32;

/// Returns the card number that begins at `at`.
pub(super) fn pan(rules: &Rules, bytes: &[u8], at: usize) -> Option<Match> {
    let number = number(rules, bytes, at)?;
    let end = at + number.length;
    if shown::is_masked(bytes, at, end) {
        return None;
    }
    let glue = match number.form {
        Form::Plain => glue(bytes, at, end),
        Form::Printed | Form::Spaced | Form::Grouped | Form::Among if is_uuid(bytes, at) => {
            Glue::Part
        }
        Form::Printed | Form::Spaced | Form::Grouped | Form::Among => Glue::Free,
    };
    if glue == Glue::Part {
        return None;
    }
    let named = named(&rules.phrases, bytes, at);
    let (confidence, by) = judge(rules, bytes, at, &number, glue, &named)?;
    let other = named.other.filter(|_| by == named.by);
    // Nothing close says what it is, and nothing is glued to it.
    let far = !named.own && named.by.as_ref().is_none_or(|by| by.end + CLOSE < at);
    let open = confidence == Confidence::Possible
        && (far || matches!(named.called, Called::Nothing | Called::AmongCards))
        && number.form == Form::Plain
        && glue == Glue::Free
        && edge(bytes, at) != Edge::Letter;
    Some(Match {
        open,
        issuer: Some(number.issuer.name.clone()),
        masked: Some(Masked::new(number.digits.as_slice())),
        context: by.and_then(|by| told(&rules.phrases, other, bytes, by)),
        ..Match::new(Kind::Pan, confidence, at, number.length)
    })
}

/// Returns how sure a number is, and where what decided stands.
fn judge(
    rules: &Rules,
    bytes: &[u8],
    at: usize,
    number: &Number<'_>,
    glue: Glue,
    named: &Named,
) -> Option<(Confidence, Option<std::ops::Range<usize>>)> {
    let by = named.by.clone();
    let end = at + number.length;
    let close = by.as_ref().is_some_and(|by| at - by.end.min(at) <= CLOSE);
    let card = matches!(named.called, Called::Card);
    // Accounts of clouds have twelve digits, and many numbers begin like those of small networks.
    let needs_name = number.issuer.named || number.digits.len() == 12;
    // A bank's accounts have twelve digits as well, and are not valid to a date.
    let banks = || named.account && beside(&rules.phrases, bytes, at, end, Sides::After).is_none();
    if needs_name && (!(card && close) || banks()) {
        return None;
    }
    if rules.is_test(number.digits.as_slice()) {
        return Some((Confidence::Test, by));
    }
    // `PAN4111...`: the letters that it is glued to are its name.
    let adjacent = by.as_ref().is_some_and(|by| by.end == at);
    let glued = match (edge(bytes, at), glue) {
        (Edge::Letter, _) => !(card && adjacent),
        (_, Glue::After | Glue::Joined) => !card,
        (Edge::Free | Edge::Digit | Edge::Within, Glue::Free | Glue::Part) => false,
    };
    let confidence = match (named.called, number.form) {
        _ if glued => Confidence::Possible,
        (Called::Card, Form::Among) if follows_group(bytes, at) => Confidence::Possible,
        // What stands beside it is nearer than words of something else.
        (Called::Other, Form::Plain | Form::Printed | Form::Spaced)
            if !named.own && !close && !other_card(&rules.phrases, bytes, at, end) =>
        {
            match beside(&rules.phrases, bytes, at, end, Sides::Both) {
                Some(by) => return Some((Confidence::Confirmed, Some(by))),
                None => Confidence::Possible,
            }
        }
        (Called::Other, _) | (Called::AmongCards | Called::Nothing, Form::Among) => {
            Confidence::Possible
        }
        (Called::Card, _) | (_, Form::Printed) | (Called::AmongCards, Form::Spaced) => {
            Confidence::Confirmed
        }
        (Called::Nothing, Form::Spaced) if named.number => Confidence::Confirmed,
        (Called::AmongCards | Called::Nothing, Form::Plain | Form::Grouped | Form::Spaced) => {
            // What stands beside it belongs to the number that is called a card's.
            let others = other_card(&rules.phrases, bytes, at, end);
            let sides = match named.own {
                true => Sides::After,
                false => Sides::Both,
            };
            match beside(&rules.phrases, bytes, at, end, sides).filter(|_| !others) {
                Some(by) => return Some((Confidence::Confirmed, Some(by))),
                None => Confidence::Possible,
            }
        }
    };
    Some((confidence, by))
}

/// Tells whether a digit and one sign stand before: the number is not the first of its row.
fn follows_group(bytes: &[u8], at: usize) -> bool {
    at.checked_sub(1)
        .and_then(|gap| before(bytes, gap))
        .is_some_and(|byte| byte.is_ascii_digit())
}
