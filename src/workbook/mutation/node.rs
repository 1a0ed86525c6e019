//! Values of two formats, as what can be broken in them.

use serde_json::Value as Json;
use toml::Value as Toml;

/// A step from a value to one inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// The value of a key.
    Key(String),
    /// An item of a list.
    Item(usize),
    /// The JSON that a text holds.
    Inside,
}

/// One way to break a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It is taken away.
    Removed,
    /// It stays and holds nothing.
    Emptied,
    /// True becomes false, false becomes true.
    Flipped,
    /// The number becomes 0, or 1 if it is 0.
    Lowered,
    /// The number becomes a thousand times as large.
    Raised,
    /// The text becomes another.
    Other,
    /// The date becomes one ten years earlier.
    Aged,
}

impl Change {
    /// Returns the word for reports and for the reasons of survivors.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Emptied => "emptied",
            Self::Flipped => "flipped",
            Self::Lowered => "lowered",
            Self::Raised => "raised",
            Self::Other => "other",
            Self::Aged => "aged",
        }
    }
}

/// What a value is, as far as breaking it goes.
pub(super) enum Shape {
    /// A map with these keys.
    Map(Vec<String>),
    /// A list of so many items.
    List(usize),
    /// A text.
    Text(String),
    /// A number.
    Number,
    /// A truth value.
    Truth,
    /// A date of TOML.
    Date,
    /// Nothing, which can't be broken.
    Nothing,
}

/// A value that can be broken.
pub(super) trait Node: Clone {
    /// Returns what it is.
    fn shape(&self) -> Shape;
    /// Returns a value inside, other than the JSON of a text.
    fn inner(&mut self, step: &Step) -> Option<&mut Self>;
    /// Takes a value inside away.
    fn take(&mut self, step: &Step);
    /// Breaks the value itself; tells whether there was something to break.
    fn change(&mut self, change: Change) -> bool;
    /// Replaces a text.
    fn put_text(&mut self, text: String);
}

impl Node for Json {
    fn shape(&self) -> Shape {
        match self {
            Json::Null => Shape::Nothing,
            Json::Bool(_) => Shape::Truth,
            Json::Number(_) => Shape::Number,
            Json::String(text) => Shape::Text(text.clone()),
            Json::Array(items) => Shape::List(items.len()),
            Json::Object(map) => Shape::Map(map.keys().cloned().collect()),
        }
    }

    fn inner(&mut self, step: &Step) -> Option<&mut Self> {
        match step {
            Step::Key(key) => self.get_mut(key),
            Step::Item(index) => self.get_mut(index),
            Step::Inside => None,
        }
    }

    fn take(&mut self, step: &Step) {
        match (self, step) {
            (Json::Object(map), Step::Key(key)) => {
                map.remove(key);
            }
            (Json::Array(items), Step::Item(index)) if *index < items.len() => {
                items.remove(*index);
            }
            (_, _) => {}
        }
    }

    fn change(&mut self, change: Change) -> bool {
        let broken = match (&*self, change) {
            (Json::Bool(truth), Change::Flipped) => Json::Bool(!truth),
            (Json::String(text), Change::Emptied) if !text.is_empty() => Json::from(""),
            (Json::String(text), Change::Other) => Json::from(other(text)),
            (Json::String(text), Change::Aged) => match aged(text) {
                Some(text) => Json::from(text),
                None => return false,
            },
            (Json::Array(items), Change::Emptied) if !items.is_empty() => Json::Array(Vec::new()),
            (Json::Object(map), Change::Emptied) if !map.is_empty() => {
                Json::Object(serde_json::Map::new())
            }
            (Json::Number(number), Change::Lowered) => {
                Json::from(i32::from(number.as_i64() == Some(0)))
            }
            (Json::Number(number), Change::Raised) => match number.as_i64() {
                Some(number) if number != 0 => Json::from(number.saturating_mul(1_000)),
                Some(_) | None => return false,
            },
            (_, _) => return false,
        };
        *self = broken;
        true
    }

    fn put_text(&mut self, text: String) {
        *self = Json::String(text);
    }
}

impl Node for Toml {
    fn shape(&self) -> Shape {
        match self {
            Toml::String(text) => Shape::Text(text.clone()),
            Toml::Integer(_) | Toml::Float(_) => Shape::Number,
            Toml::Boolean(_) => Shape::Truth,
            Toml::Datetime(_) => Shape::Date,
            Toml::Array(items) => Shape::List(items.len()),
            Toml::Table(table) => Shape::Map(table.keys().cloned().collect()),
        }
    }

    fn inner(&mut self, step: &Step) -> Option<&mut Self> {
        match step {
            Step::Key(key) => self.get_mut(key),
            Step::Item(index) => self.get_mut(index),
            Step::Inside => None,
        }
    }

    fn take(&mut self, step: &Step) {
        match (self, step) {
            (Toml::Table(table), Step::Key(key)) => {
                table.remove(key);
            }
            (Toml::Array(items), Step::Item(index)) if *index < items.len() => {
                items.remove(*index);
            }
            (_, _) => {}
        }
    }

    fn change(&mut self, change: Change) -> bool {
        let broken = match (&*self, change) {
            (Toml::Boolean(truth), Change::Flipped) => Toml::Boolean(!truth),
            (Toml::String(text), Change::Emptied) if !text.is_empty() => Toml::from(""),
            (Toml::String(text), Change::Other) => Toml::from(other(text)),
            (Toml::Array(items), Change::Emptied) if !items.is_empty() => Toml::Array(Vec::new()),
            (Toml::Integer(number), Change::Lowered) => Toml::Integer(i64::from(*number == 0)),
            (Toml::Integer(number), Change::Raised) if *number != 0 => {
                Toml::Integer(number.saturating_mul(1_000))
            }
            (Toml::Datetime(date), Change::Aged) => {
                let mut date = *date;
                match &mut date.date {
                    Some(day) => day.year = day.year.saturating_sub(10),
                    None => return false,
                }
                Toml::Datetime(date)
            }
            (_, _) => return false,
        };
        *self = broken;
        true
    }

    fn put_text(&mut self, text: String) {
        *self = Toml::String(text);
    }
}

/// Returns another text of the same sort: digits stay digits, so that a port stays a port.
fn other(text: &str) -> String {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return text
            .bytes()
            .map(|b| char::from(b'0' + (b - b'0' + 7) % 10))
            .collect();
    }
    "mutant".to_owned()
}

/// Returns the same moment ten years earlier, if the text begins with a date.
fn aged(text: &str) -> Option<String> {
    let day = text.get(..10)?;
    day.parse::<crate::source::Date>().ok()?;
    let year: u16 = text.get(..4)?.parse().ok()?;
    Some(format!("{:04}{}", year.checked_sub(10)?, text.get(4..)?))
}
