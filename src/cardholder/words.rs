//! The words around a number: what people call it.

use crate::source::Table;

/// How far back the words of a number are looked for, in bytes.
const NEAR: usize = 64;
/// How many signs may stand between a label and its value: `": "` and the like.
const SIGNS: usize = 6;
/// The most words of a phrase.
const PHRASE: usize = 4;

/// Words by which numbers are called.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    card: Phrases,
    other: Phrases,
    card_code: Phrases,
    card_code_perhaps: Phrases,
    pin_block: Phrases,
    pin_perhaps: Phrases,
}

/// Phrases in words of ASCII, and texts in other scripts, which know no space.
#[derive(Debug, Clone, Default)]
struct Phrases {
    ascii: Vec<Vec<String>>,
    others: Vec<String>,
}

/// What the nearest words before a number call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Called {
    /// A card number.
    Card,
    /// Something else.
    Other,
    /// Nothing that is known.
    Nothing,
}

/// What a label right before a value calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    /// A card verification code.
    CardCode,
    /// Perhaps one.
    CardCodePerhaps,
    /// A PIN block.
    PinBlock,
    /// Perhaps a PIN.
    PinPerhaps,
}

impl Words {
    /// Reads the words of a list.
    pub(super) fn read(table: &mut Table<'_>) -> Self {
        let mut phrases = |key| Phrases::new(&table.strings(key));
        Self {
            card: phrases("card"),
            other: phrases("other"),
            card_code: phrases("card-code"),
            card_code_perhaps: phrases("card-code-perhaps"),
            pin_block: phrases("pin-block"),
            pin_perhaps: phrases("pin-perhaps"),
        }
    }

    /// Returns what the nearest known words before `at`, on the same line, call a number there.
    /// Of phrases that end at the same place, the longest speaks.
    pub(super) fn called(&self, bytes: &[u8], at: usize) -> Called {
        let window = window(bytes, at);
        let tokens = tokens(bytes, window.clone());
        let reach = |phrases: &Phrases| phrases.last(bytes, window.clone(), &tokens);
        match (reach(&self.card), reach(&self.other)) {
            (None, None) => Called::Nothing,
            (card, other) if card > other => Called::Card,
            _ => Called::Other,
        }
    }

    /// Returns the label of a value that begins at `at`, and whether a sign that assigns stands
    /// between them.
    pub(super) fn label(&self, bytes: &[u8], at: usize) -> Option<(Label, bool)> {
        let mut end = at;
        let mut assigned = false;
        while let Some(sign) = end.checked_sub(1).and_then(|before| bytes.get(before)) {
            match sign {
                b':' | b'=' | b'>' => assigned = true,
                b' ' | b'\t' | b'"' | b'\'' | b'\\' | b'[' | b'(' => {}
                _ => break,
            }
            end -= 1;
            if at - end > SIGNS {
                return None;
            }
        }
        if end == at {
            return None;
        }
        let window = window(bytes, end);
        let tokens = tokens(bytes, window.clone());
        let ends = |phrases: &Phrases| {
            phrases
                .last(bytes, window.clone(), &tokens)
                .is_some_and(|(last, _)| last == end)
        };
        let labels = [
            (&self.card_code, Label::CardCode),
            (&self.pin_block, Label::PinBlock),
            (&self.card_code_perhaps, Label::CardCodePerhaps),
            (&self.pin_perhaps, Label::PinPerhaps),
        ];
        labels
            .into_iter()
            .find(|(phrases, _)| ends(phrases))
            .map(|(_, label)| (label, assigned))
    }
}

impl Phrases {
    fn new(texts: &[crate::source::Spanned<String>]) -> Self {
        let (ascii, others): (Vec<&str>, Vec<&str>) = texts
            .iter()
            .map(|text| text.value.as_str())
            .partition(|text| text.is_ascii());
        Self {
            ascii: ascii
                .iter()
                .map(|text| {
                    text.to_ascii_lowercase()
                        .split(' ')
                        .map(str::to_owned)
                        .collect()
                })
                .collect(),
            others: others.into_iter().map(str::to_owned).collect(),
        }
    }

    /// Returns where the last of the phrases ends, and how long it is.
    fn last(
        &self,
        bytes: &[u8],
        window: std::ops::Range<usize>,
        tokens: &[Token],
    ) -> Option<(usize, usize)> {
        let of_ascii = (1..=tokens.len()).rev().find_map(|count| {
            let so_far = tokens.get(..count)?;
            let last = so_far.last()?;
            let longest = self
                .ascii
                .iter()
                .filter(|phrase| ends_with(so_far, phrase))
                .map(|phrase| phrase.iter().map(String::len).sum())
                .max()?;
            Some((last.end, longest))
        });
        let start = window.start;
        let text = bytes.get(window).unwrap_or_default();
        let of_others = self.others.iter().filter_map(|word| {
            let at = text
                .windows(word.len())
                .rposition(|part| part == word.as_bytes())?;
            Some((start + at + word.len(), word.len()))
        });
        of_others.chain(of_ascii).max()
    }
}

fn ends_with(tokens: &[Token], phrase: &[String]) -> bool {
    tokens.len() >= phrase.len()
        && tokens
            .iter()
            .rev()
            .zip(phrase.iter().rev())
            .all(|(token, word)| token.word == *word)
}

/// Returns the bytes before `at` that are near, on the same line.
fn window(bytes: &[u8], at: usize) -> std::ops::Range<usize> {
    let near = at.saturating_sub(NEAR);
    let line = bytes
        .get(near..at)
        .and_then(|near| near.iter().rposition(|byte| *byte == b'\n'))
        .map_or(near, |newline| near + newline + 1);
    line..at
}

/// A word of ASCII letters and digits, in lower case, and where it ends.
struct Token {
    word: String,
    end: usize,
}

/// Returns the words in a range. A capital after a small letter begins a word; the word that the
/// range cuts in half is left out, and so are longer runs than any phrase has.
fn tokens(bytes: &[u8], range: std::ops::Range<usize>) -> Vec<Token> {
    let before = |at: usize| at.checked_sub(1).and_then(|before| bytes.get(before));
    let mut tokens: Vec<Token> = Vec::new();
    let mut cut = before(range.start).is_some_and(u8::is_ascii_alphanumeric);
    let mut word = String::new();
    for at in range.start..=range.end {
        let byte = bytes.get(at).filter(|_| at < range.end);
        let goes_on = byte.is_some_and(u8::is_ascii_alphanumeric);
        let hump = goes_on
            && byte.is_some_and(u8::is_ascii_uppercase)
            && before(at).is_some_and(u8::is_ascii_lowercase);
        if (!goes_on || hump) && !word.is_empty() {
            let word = std::mem::take(&mut word);
            if !std::mem::take(&mut cut) {
                tokens.push(Token { word, end: at });
            }
        }
        match byte {
            Some(byte) if goes_on => word.push(char::from(byte.to_ascii_lowercase())),
            Some(_) | None => cut = false,
        }
    }
    let extra = tokens.len().saturating_sub(NEAR / 2 + PHRASE);
    tokens.drain(..extra);
    tokens
}

#[cfg(test)]
mod tests {
    use crate::cardholder::Rules;

    use super::*;

    #[test]
    fn the_nearest_words_call_a_number() {
        for (text, called) in [
            ("card=", Called::Card),
            ("{\"cardNumber\": \"", Called::Card),
            ("CARD_NUMBER: ", Called::Card),
            ("カード番号:", Called::Card),
            ("card order id ", Called::Other),
            ("order for card ", Called::Card),
            ("company ", Called::Nothing),
            ("span ", Called::Other),
            ("card\n", Called::Nothing),
            ("discard ", Called::Nothing),
            ("", Called::Nothing),
        ] {
            let words = &Rules::built_in().words;
            assert_eq!(words.called(text.as_bytes(), text.len()), called, "{text}");
        }
        let far = format!("card{}", " ".repeat(NEAR));
        let words = &Rules::built_in().words;
        assert_eq!(words.called(far.as_bytes(), far.len()), Called::Nothing);
    }

    #[test]
    fn a_label_stands_right_before_its_value() {
        for (text, label) in [
            ("cvv=", Some((Label::CardCode, true))),
            ("\"cvv2\": \"", Some((Label::CardCode, true))),
            ("<cardSecurityCode>", Some((Label::CardCode, true))),
            ("security code ", Some((Label::CardCode, false))),
            ("セキュリティコード: ", Some((Label::CardCode, true))),
            ("cid=", Some((Label::CardCodePerhaps, true))),
            ("pin_block: ", Some((Label::PinBlock, true))),
            ("encryptedPin=", Some((Label::PinBlock, true))),
            ("pin: ", Some((Label::PinPerhaps, true))),
            ("cvv", None),
            ("cvv, ", None),
            ("cvv result: ", None),
            ("cvv =          ", None),
            ("", None),
        ] {
            let found = Rules::built_in().words.label(text.as_bytes(), text.len());
            assert_eq!(found, label, "{text}");
        }
    }
}
