//! The tables of a text: what the columns say of the values that are found, and of values that
//! nothing but a column tells.

use super::columns::{Before, Column, Columns};
use super::digits::{is_word, run};
use super::issuers::SHORTEST;
use super::number::number;
use super::phrases::Meaning;
use super::rules::Rules;
use super::{Confidence, Kind, Masked, Match};

/// The digits of a PIN block in hexadecimal.
const BLOCKS: [usize; 2] = [16, 32];

/// The columns that are known.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// Of the whole text, by its first line.
    header: Option<Columns>,
    /// Of the rows of a statement.
    statement: Option<Columns>,
}

impl Tables {
    /// Looks at the beginning of a text.
    pub(super) fn begin(&mut self, rules: &Rules, text: &[u8]) {
        self.header = Columns::header(&rules.phrases, text);
    }

    /// Tells whether values are looked for that nothing but their column tells.
    pub(super) fn have_values(&self) -> bool {
        let all = self.header.iter().chain(&self.statement);
        all.into_iter().any(Columns::has_values)
    }

    /// Returns what is at a place, of which `one` is what was found there without its column.
    pub(super) fn judge(
        &mut self,
        rules: &Rules,
        bytes: &[u8],
        at: usize,
        one: Option<Match>,
    ) -> Option<Match> {
        match one {
            Some(one) if one.kind == Kind::Pan => {
                self.look_back(rules, bytes, at);
                match self.column(bytes, at, one.length) {
                    Some(column) => Some(named(column, one)),
                    None => Some(one),
                }
            }
            Some(one) => Some(one),
            None if self.header.is_none() && self.statement.is_none() => None,
            None => self.value(rules, bytes, at),
        }
    }

    /// Takes the columns of the statement that a place is in.
    fn look_back(&mut self, rules: &Rules, bytes: &[u8], at: usize) {
        let mut head = bytes.get(..at).unwrap_or_default().iter().rev();
        let before = head.find(|byte| !matches!(**byte, b' ' | b'\'' | b'"'));
        if !matches!(before, Some(b',' | b'(' | b'\t' | b'\n')) {
            return;
        }
        match Columns::before(&rules.phrases, bytes, at) {
            Before::Named(columns) => self.statement = Some(columns),
            Before::Ended => self.statement = None,
            Before::Nothing => {}
        }
    }

    fn column(&self, bytes: &[u8], at: usize, length: usize) -> Option<&Column> {
        let all = self.statement.iter().chain(&self.header);
        all.into_iter()
            .find_map(|columns| columns.of(bytes, at..at + length))
    }

    /// Returns the value at a place that nothing but its column tells.
    fn value(&self, rules: &Rules, bytes: &[u8], at: usize) -> Option<Match> {
        let text = bytes.get(at..)?;
        let digits = run(bytes, at, 32);
        let hex = text.iter().take(33);
        let hex = hex.take_while(|byte| byte.is_ascii_hexdigit()).count();
        if hex == 0 {
            return None;
        }
        if digits >= SHORTEST
            && let Some(number) = number(rules, bytes, at)
            && let Some(column) = self.column(bytes, at, number.length)
            && column.meaning == Some(Meaning::Card)
        {
            let one = Match {
                issuer: Some(number.issuer.name.clone()),
                masked: Some(Masked::new(number.digits.as_slice())),
                ..Match::new(Kind::Pan, Confidence::Possible, at, number.length)
            };
            return Some(match rules.is_test(number.digits.as_slice()) {
                true => Match {
                    confidence: Confidence::Test,
                    ..one
                },
                false => named(column, one),
            });
        }
        let length = if hex > digits { hex } else { digits };
        let column = self.column(bytes, at, length)?;
        let code = (3..=4).contains(&digits) && digits == length;
        let pin = (4..=12).contains(&digits) && digits == length;
        let block = BLOCKS.contains(&length);
        let (kind, confidence) = match column.meaning? {
            Meaning::CardCode if code => (Kind::CardCode, Confidence::Confirmed),
            Meaning::CardCodePerhaps if code => (Kind::CardCode, Confidence::Possible),
            Meaning::PinBlock if block => (Kind::PinBlock, Confidence::Confirmed),
            Meaning::Pin if pin => (Kind::PinBlock, Confidence::Confirmed),
            Meaning::Pin | Meaning::PinPerhaps if pin || block => {
                (Kind::PinBlock, Confidence::Possible)
            }
            _ => return None,
        };
        (!is_word(bytes.get(at + length).copied())).then(|| Match {
            context: column.name.clone(),
            ..Match::new(kind, confidence, at, length)
        })
    }
}

/// Returns a number of which its column decides.
fn named(column: &Column, one: Match) -> Match {
    let confidence = match (column.meaning, one.confidence) {
        (Some(Meaning::Card | Meaning::Field | Meaning::Account), Confidence::Possible) => {
            Confidence::Confirmed
        }
        // A date or a name beside it is of the card in another column.
        (Some(Meaning::Other | Meaning::Hash), Confidence::Confirmed) => Confidence::Possible,
        (_, confidence) => confidence,
    };
    match column.meaning {
        Some(
            Meaning::Card | Meaning::Field | Meaning::Account | Meaning::Other | Meaning::Hash,
        ) => Match {
            confidence,
            open: false,
            context: column.name.clone(),
            ..one
        },
        _ => one,
    }
}
