//! The messages of a stream. A collection begins with the names that its messages share; a message
//! has values for these, or names of its own.

use std::io::{self, Read};

use super::keyed::{Keyed, Role, Spot};
use super::packed::Entry;
use crate::cardholder::content::Reading;

/// The most names of fields that messages share.
const FIELDS: usize = 1024;
/// How much of such a name is kept.
const NAME: u64 = 256;

/// Where in a collection of messages of a stream an entry stands.
#[derive(Default)]
pub(super) struct Messages {
    /// What is read.
    state: State,
    /// How many entries of that are still to come.
    left: u64,
    /// The names that messages share.
    fields: Vec<Vec<u8>>,
    /// Which of them the next value has.
    field: usize,
    shared: bool,
}

/// What the entries are that come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// How many messages there are, how many were deleted, how many names they share.
    #[default]
    Head,
    /// A shared name.
    Names,
    /// The end of the names.
    End,
    /// What a message is, and its two numbers.
    Begin,
    /// How many fields a message has of its own.
    Count,
    /// A name of its own, or its value.
    Own,
    /// A value under a shared name.
    Shared,
    /// How many entries the message had.
    Back,
}

impl Messages {
    /// Takes the next entry.
    pub(super) fn entry(
        &mut self,
        keyed: &mut Keyed,
        reading: &mut Reading<'_>,
        entry: Entry<'_>,
        spot: Spot,
    ) -> io::Result<()> {
        let number = match entry {
            Entry::Number(number) => u64::try_from(number).unwrap_or_default(),
            Entry::Text(_) => 0,
        };
        self.left = self.left.saturating_sub(1);
        match self.state {
            State::Head => {
                // Three numbers, of which the last counts the names.
                self.field += 1;
                if self.field == 3 {
                    self.turn(State::Names, number);
                }
            }
            State::Names => {
                let mut name = Vec::new();
                if let Entry::Text(text) = entry {
                    (&mut *text).take(NAME).read_to_end(&mut name)?;
                    let mut whole = name.as_slice().chain(text);
                    keyed.text(reading, Role::Value, &mut whole, spot)?;
                }
                if self.fields.len() < FIELDS {
                    self.fields.push(name);
                }
                self.turn(State::Names, self.left);
            }
            State::End | State::Back => self.turn(State::Begin, 3),
            State::Begin => {
                if self.left == 2 {
                    self.shared = number & 2 != 0;
                }
                if self.left == 0 {
                    self.field = 0;
                    match self.shared {
                        true => self.turn(State::Shared, self.fields.len() as u64),
                        false => self.turn(State::Count, 1),
                    }
                }
            }
            State::Count => self.turn(State::Own, number.saturating_mul(2)),
            State::Own => {
                let role = match self.left % 2 {
                    1 => Role::Field,
                    _ => Role::Value,
                };
                keyed.entry(reading, role, entry, spot)?;
                self.turn(State::Own, self.left);
            }
            State::Shared => {
                let field = self.fields.get(self.field);
                keyed.set_field(field.map_or(&[], Vec::as_slice));
                self.field += 1;
                keyed.entry(reading, Role::Value, entry, spot)?;
                self.turn(State::Shared, self.left);
            }
        }
        Ok(())
    }

    /// Goes on with so many entries of a state, or with what follows it.
    fn turn(&mut self, state: State, left: u64) {
        self.left = left;
        self.state = match (left, state) {
            (0, State::Names) => State::End,
            (0, State::Own | State::Shared) => State::Back,
            _ => state,
        };
    }
}
