//! A key and its values on their way to the scanner.

use std::io::{self, Cursor, Read};
use std::rc::Rc;

use super::packed::Entry;
use crate::cardholder::Place;
use crate::cardholder::content::Reading;
use crate::cardholder::content::cells::{Cell, Cells, GATHERED, Width, label, long};
use crate::cardholder::content::format::Format;
use crate::cardholder::content::input::Input;

/// The longest value that may be the name of what follows it.
const NAME: usize = 64;

/// What a value is of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A value.
    Value,
    /// The name of the value that follows.
    Field,
    /// A value that names the one that follows, if it is a word.
    Argument,
    /// Something that is not looked at, such as a time to live.
    Other,
}

/// Where a value begins and whether its bytes stand there as they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    /// Where it begins.
    pub(super) offset: u64,
    /// Whether it is packed or written as a number.
    pub(super) packed: bool,
}

/// The values of keys.
#[derive(Default)]
pub(super) struct Keyed {
    cells: Cells,
    /// The key, as it is told.
    member: Option<Rc<str>>,
    key: Vec<u8>,
    field: Vec<u8>,
    /// Which value of its key the next one is.
    count: u64,
}

impl Keyed {
    /// Begins a key; a long one gives no words.
    pub(super) fn key(
        &mut self,
        reading: &mut Reading<'_>,
        key: &mut dyn Read,
        spot: Spot,
    ) -> io::Result<()> {
        self.name(Vec::new());
        let (key, long, broken) = gathered(key);
        let cell = Cell {
            place: Place::Name,
            ..self.cell(spot)
        };
        if let Some(rest) = long {
            return self::long(reading, &[], &mut key.chain(rest), &cell);
        }
        self.name(key);
        let cell = Cell {
            member: self.member.clone(),
            ..cell
        };
        self.cells.push(reading, &[], &self.key, cell);
        broken
    }

    /// Begins something that is no key and has a name of ours.
    pub(super) fn name(&mut self, name: Vec<u8>) {
        self.member = Some(String::from_utf8_lossy(&name))
            .filter(|name| !name.is_empty())
            .map(|name| Rc::from(name.as_ref()));
        self.key = name;
        self.field.clear();
        self.count = 0;
    }

    /// Names the value that follows.
    pub(super) fn set_field(&mut self, field: &[u8]) {
        field.clone_into(&mut self.field);
    }

    /// Takes a value.
    pub(super) fn text(
        &mut self,
        reading: &mut Reading<'_>,
        role: Role,
        text: &mut dyn Read,
        spot: Spot,
    ) -> io::Result<()> {
        let (value, rest, broken) = gathered(text);
        let Some(rest) = rest else {
            self.push(reading, role, value, spot);
            return broken;
        };
        self.count += 1;
        if Format::is_plain(&value) {
            let label = self.label();
            long(reading, &label, &mut value.chain(rest), &self.cell(spot))?;
        } else {
            let mut whole = value.chain(rest);
            let name = self.member_name();
            reading.value(&name, &mut Input::passing(&mut whole));
        }
        self.field.clear();
        Ok(())
    }

    /// Takes an entry of a collection.
    pub(super) fn entry(
        &mut self,
        reading: &mut Reading<'_>,
        role: Role,
        entry: Entry<'_>,
        spot: Spot,
    ) -> io::Result<()> {
        match entry {
            Entry::Number(number) => {
                let number = number.to_string().into_bytes();
                self.push(reading, role, number, spot);
                Ok(())
            }
            Entry::Text(text) => self.text(reading, role, text, spot),
        }
    }

    fn push(&mut self, reading: &mut Reading<'_>, role: Role, value: Vec<u8>, spot: Spot) {
        self.count += 1;
        if role == Role::Other {
            return;
        }
        if Format::is_plain(&value) {
            let label = self.label();
            let cell = self.cell(spot);
            self.cells.push(reading, &label, &value, cell);
        } else {
            let name = self.member_name();
            reading.value(&name, &mut Input::anywhere(&mut Cursor::new(&value)));
        }
        self.field = match role {
            Role::Field => value,
            Role::Argument if is_word(&value) => value,
            Role::Argument | Role::Value | Role::Other => Vec::new(),
        };
    }

    /// Ends the last key.
    pub(super) fn finish(&mut self, reading: &mut Reading<'_>) {
        self.cells.flush(reading);
    }

    fn label(&self) -> Vec<u8> {
        let names = [self.key.as_slice(), self.field.as_slice()];
        label(if self.field.is_empty() {
            &names[..1]
        } else {
            &names
        })
    }

    fn member_name(&self) -> String {
        let member = self.member.as_deref().unwrap_or("value");
        format!("{member} value {}", self.count)
    }

    fn cell(&self, spot: Spot) -> Cell {
        Cell {
            offset: spot.offset,
            width: if spot.packed {
                Width::Other
            } else {
                Width::Same
            },
            row: 1,
            column: self.count.max(1),
            place: Place::Content,
            member: self.member.clone(),
        }
    }
}

/// Returns what is gathered of a text, and the rest if there is more, or how reading it failed.
fn gathered(text: &mut dyn Read) -> (Vec<u8>, Option<&mut dyn Read>, io::Result<()>) {
    let mut value = Vec::new();
    let read = (&mut *text).take(GATHERED as u64).read_to_end(&mut value);
    let rest = (value.len() == GATHERED).then_some(text);
    (value, rest, read.map(|_| ()))
}

/// Tells whether a value can be the name of another.
fn is_word(value: &[u8]) -> bool {
    value.len() <= NAME
        && value.iter().any(|byte| !byte.is_ascii_digit())
        && value
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.: ".contains(byte) || *byte >= 0x80)
}
