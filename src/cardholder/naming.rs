//! What people call a value: the key, tag or words before it.

use std::ops::Range;

use super::key::key;
use super::phrases::{Meaning, Phrases, Spoken};
use super::tokens::Tokens;
use super::whole::{Whole, whole};

/// How far back the words of a value are looked for, in bytes.
const NEAR: usize = 128;
/// How many words that mean nothing may stand between what a value is called and the value.
const FEW: usize = 3;
/// How far back a line above is looked at, where a value stands alone on its own.
const ABOVE: usize = 96;
/// How many digits on the line above are a value of its own.
const VALUE: usize = 8;
/// How many bytes of particles may stand between a label in another script and its value.
const PARTICLE: usize = 8;

/// What the words before a value call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) called: Called,
    /// Where the words stand that decided.
    pub(super) by: Option<Range<usize>>,
    /// Which phrase of another script decided.
    pub(super) other: Option<usize>,
    /// The last word says that it is a number of something.
    pub(super) number: bool,
    /// Its own key decided, or what that is a part of.
    pub(super) own: bool,
    /// It is called an account, which may be a bank's.
    pub(super) account: bool,
}

/// What a value is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Called {
    /// A card number, by its own key.
    Card,
    /// A card number, by words near it.
    AmongCards,
    /// Something else.
    Other,
    /// Nothing that is known.
    Nothing,
}

/// The label of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) meaning: Meaning,
    /// A sign that assigns stands between label and value.
    pub(super) assigned: bool,
    pub(super) by: Range<usize>,
    /// Which phrase of another script it is.
    pub(super) other: Option<usize>,
}

/// Whether fields of a message count: short words, which stand in texts by chance.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fields {
    Count,
    Pass,
}

/// What was said in a range, last.
struct Last {
    spoken: Option<Spoken>,
    /// How many words that mean nothing to us stand after it.
    unknown: usize,
    /// The last word is `number`.
    number: bool,
    /// There are words at all.
    words: bool,
}

/// Returns what the words before `at` call a value there. The nearest words that mean something
/// decide; where the value has a key of its own, only that, and where the key says no more than
/// `number`, what it is a part of.
pub(super) fn named(phrases: &Phrases, bytes: &[u8], at: usize) -> Named {
    let Some(key) = key(bytes, at) else {
        return free(phrases, bytes, at);
    };
    if !key.assigned {
        return free(phrases, bytes, at);
    }
    let last = last(phrases, bytes, key.range.clone(), Fields::Count);
    if let Some(spoken) = last.spoken {
        let (called, by) = match spoken.meaning {
            Meaning::Card | Meaning::Field | Meaning::Account => {
                (Called::Card, spoken.start..key.range.end)
            }
            Meaning::Other | Meaning::Hash => (Called::Other, spoken.start..key.range.end),
            _ => (Called::Nothing, key.range.clone()),
        };
        // A key of several words is told whole.
        let by = match key.spaced {
            true => by,
            false => key.range.clone(),
        };
        return Named {
            called,
            by: Some(by),
            other: last.spoken.and_then(|spoken| spoken.other),
            number: last.number,
            own: true,
            account: spoken.meaning == Meaning::Account,
        };
    }
    let whole = whole(bytes, &key).and_then(|whole| {
        let (name, fields) = match whole {
            Whole::Tag(tag) => (tag, Fields::Pass),
            Whole::Named(name) => (name, Fields::Count),
        };
        self::last(phrases, bytes, name, fields).spoken
    });
    match whole.map(|spoken| (spoken.meaning, spoken)) {
        Some((Meaning::Card | Meaning::Field | Meaning::Account, spoken)) => Named {
            called: Called::Card,
            by: Some(spoken.start..spoken.end),
            other: last.spoken.and_then(|spoken| spoken.other),
            number: last.number,
            own: true,
            account: spoken.meaning == Meaning::Account,
        },
        Some((Meaning::Other | Meaning::Hash, spoken)) => Named {
            called: Called::Other,
            by: Some(spoken.start..spoken.end),
            other: last.spoken.and_then(|spoken| spoken.other),
            number: last.number,
            own: true,
            account: spoken.meaning == Meaning::Account,
        },
        // The key is not known, and the words before it are of something else.
        _ if last.unknown > 0 && !key.spaced => Named {
            called: Called::Nothing,
            by: Some(key.range),
            other: last.spoken.and_then(|spoken| spoken.other),
            number: last.number,
            own: true,
            account: false,
        },
        _ => free(phrases, bytes, at),
    }
}

/// Returns what the nearest words before a place call a value there.
fn free(phrases: &Phrases, bytes: &[u8], end: usize) -> Named {
    let start = line_start(bytes, end, NEAR);
    let start = object_start(bytes, start..end);
    let mut found = last(phrases, bytes, start..end, Fields::Pass);
    if !found.words && found.spoken.is_none() && start > 0 && end - start < NEAR {
        let above = line_start(bytes, start - 1, ABOVE);
        found = last(phrases, bytes, above..end, Fields::Pass);
        // The words above have their value on their own line.
        found.spoken = found.spoken.filter(|spoken| {
            let rest = bytes.get(spoken.end..start).unwrap_or_default();
            let digits = rest.iter().filter(|byte| byte.is_ascii_digit()).count();
            digits < VALUE && memchr::memmem::find(rest, b"**").is_none()
        });
    }
    let Some(spoken) = found.spoken else {
        return Named {
            called: Called::Nothing,
            by: None,
            other: None,
            number: found.number,
            own: false,
            account: false,
        };
    };
    // `[billing-card] processed`: the part of a program that speaks, and not what it speaks of.
    let speaks = found.unknown > 0 && bytes.get(spoken.end) == Some(&b']');
    let called = match spoken.meaning {
        Meaning::Card | Meaning::Account if found.unknown <= FEW && !speaks => Called::Card,
        Meaning::Other | Meaning::Hash => Called::Other,
        _ => Called::AmongCards,
    };
    Named {
        called,
        by: Some(spoken.start..spoken.end),
        other: spoken.other,
        number: found.number,
        own: false,
        account: spoken.meaning == Meaning::Account,
    }
}

/// Returns the label of a value: the words right before it, with nothing but signs between; of a
/// key that says no more than `value`, those of what it is a part of, or before it.
pub(super) fn label(phrases: &Phrases, bytes: &[u8], at: usize) -> Option<Label> {
    let key = key(bytes, at)?;
    // Digits are no key: the value of an element that ended before.
    let key_text = bytes.get(key.range.clone())?;
    if key_text
        .iter()
        .all(|byte| !byte.is_ascii_alphabetic() && *byte < 0x80)
    {
        return None;
    }
    let of_tag = tag(phrases, bytes, &key.range).filter(|spoken| spoken.meaning.is_label());
    let spoken = match of_tag.map_or_else(|| labelling(phrases, bytes, key.range.clone()), Ok) {
        Ok(spoken) => spoken,
        Err(Unlabelled::Named) => return None,
        Err(Unlabelled::Generic) if !key.assigned => return None,
        Err(Unlabelled::Generic) => {
            let start = line_start(bytes, key.range.start, ABOVE);
            let start = object_start(bytes, start..key.range.start);
            let near = labelling(phrases, bytes, start..key.range.start).ok();
            near.or_else(|| {
                let name = match whole(bytes, &key)? {
                    Whole::Named(name) | Whole::Tag(name) => name,
                };
                labelling(phrases, bytes, name).ok()
            })?
        }
    };
    Some(Label {
        meaning: spoken.meaning,
        assigned: key.assigned,
        by: spoken.start..spoken.end,
        other: spoken.other,
    })
}

/// Returns what the name of a tag says, whatever attributes it has.
fn tag(phrases: &Phrases, bytes: &[u8], tag: &Range<usize>) -> Option<Spoken> {
    let before = tag.start.checked_sub(1)?;
    let text = bytes.get(tag.clone())?;
    let name = text.iter().position(|byte| *byte == b' ')?;
    (bytes.get(before) == Some(&b'<')).then_some(())?;
    labelling(phrases, bytes, tag.start..tag.start + name).ok()
}

/// Returns what the name of a column calls its values.
pub(super) fn column(phrases: &Phrases, bytes: &[u8], name: Range<usize>) -> Option<Meaning> {
    let label = labelling(phrases, bytes, name.clone()).ok();
    let label = label.map(|spoken| spoken.meaning);
    label.filter(|meaning| meaning.is_label()).or_else(|| {
        let spoken = last(phrases, bytes, name, Fields::Count).spoken?;
        Some(spoken.meaning).filter(|meaning| !meaning.is_label())
    })
}

/// Why a range labels nothing.
enum Unlabelled {
    /// It says something else.
    Named,
    /// It says no more than `value`.
    Generic,
}

/// Returns the phrase that a range ends with, but for words that mean nothing by themselves.
fn labelling(phrases: &Phrases, bytes: &[u8], range: Range<usize>) -> Result<Spoken, Unlabelled> {
    let mut found = Err(Unlabelled::Named);
    let tokens = Tokens::of(bytes, range.clone());
    let mut tokens = tokens.as_slice();
    while let Some(spoken) = phrases.ending(tokens) {
        if !matches!(spoken.meaning, Meaning::Generic | Meaning::Number) {
            found = Ok(spoken);
            break;
        }
        // `security code value` ends in `code value`, which says nothing by itself.
        let but_last = tokens
            .len()
            .checked_sub(1)
            .and_then(|count| tokens.get(..count));
        if let Some(spoken) = but_last.and_then(|tokens| phrases.ending(tokens))
            && spoken.meaning.is_label()
        {
            found = Ok(spoken);
            break;
        }
        let before = tokens.iter().take_while(|token| token.end <= spoken.start);
        tokens = tokens.get(..before.count()).unwrap_or_default();
    }
    if tokens.is_empty() {
        found = Err(Unlabelled::Generic);
    }
    phrases.in_other_scripts(bytes, range.clone(), |spoken| {
        // Particles, or words that mean nothing by themselves, stand after it.
        let last = tokens.last().is_none_or(|token| token.end <= spoken.start);
        let ends = spoken.end + PARTICLE >= range.end || last;
        if !spoken.meaning.is_passed_over() && ends {
            found = Ok(spoken);
        }
    });
    found
}

/// Returns what is said last in a range, of what means something by itself.
fn last(phrases: &Phrases, bytes: &[u8], range: Range<usize>, fields: Fields) -> Last {
    let tokens = Tokens::of(bytes, range.clone());
    let tokens = tokens.as_slice();
    let mut last = Last {
        spoken: None,
        unknown: 0,
        number: false,
        words: !tokens.is_empty(),
    };
    let mut count = tokens.len();
    while let Some(so_far) = tokens.get(..count).filter(|so_far| !so_far.is_empty()) {
        match phrases.ending(so_far) {
            Some(spoken)
                if !spoken.meaning.is_passed_over()
                    && (spoken.meaning != Meaning::Field || fields == Fields::Count) =>
            {
                last.spoken = Some(spoken);
                break;
            }
            Some(spoken) => {
                last.number |= spoken.meaning == Meaning::Number && count == tokens.len();
                let before = so_far.iter().take_while(|token| token.end <= spoken.start);
                count = before.count();
            }
            None => {
                last.unknown += 1;
                count -= 1;
            }
        }
    }
    phrases.in_other_scripts(bytes, range, |spoken| {
        last.words = true;
        let nearer = last.spoken.is_none_or(|found| found.end <= spoken.end);
        if !spoken.meaning.is_passed_over() && nearer {
            last.spoken = Some(spoken);
            let after = tokens.iter().filter(|token| token.start >= spoken.end);
            last.unknown = after.count();
        }
    });
    last
}

/// Returns where the last object of a list begins that a range has: `{"key": "a", "value": 1}, {`.
/// The words of those before it say nothing of what it holds.
fn object_start(bytes: &[u8], range: Range<usize>) -> usize {
    let text = bytes.get(range.clone()).unwrap_or_default();
    let mut braces = memchr::memrchr_iter(b'{', text);
    let open = braces.find(|open| {
        let before = text.get(..*open).unwrap_or_default();
        let before = before.trim_ascii_end();
        before
            .strip_suffix(b",")
            .is_some_and(|before| before.ends_with(b"}"))
    });
    open.map_or(range.start, |open| range.start + open)
}

/// Returns where the line of a place begins, or how far back is looked.
pub(super) fn line_start(bytes: &[u8], at: usize, far: usize) -> usize {
    let from = at.saturating_sub(far);
    bytes
        .get(from..at)
        .and_then(|before| before.iter().rposition(|byte| *byte == b'\n'))
        .map_or(from, |newline| from + newline + 1)
}
