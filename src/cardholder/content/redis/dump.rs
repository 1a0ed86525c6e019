//! A dump: keys with their values, each value in one of many forms.

use std::io::{self, Read};

use super::commands;
use super::keyed::{Keyed, Role, Spot};
use super::messages::Messages;
use super::packed::{Entry, Form, entries};
use super::strings::{Bytes, Text};
use crate::cardholder::content::input::Input;
use crate::cardholder::content::{Reading, Why};

/// The bytes before the first key: name and version.
const BEGIN: u64 = 9;
/// The least score of a member that is scanned as a number: no card number is shorter.
const LEAST_SCORE: f64 = 1e11;
/// How much of a name of ours is kept.
const NAME: u64 = 256;

/// Reads a dump, and the commands that may follow it in one file.
pub(in crate::cardholder::content) fn dump(
    reading: &mut Reading<'_>,
    input: &mut Input<'_>,
) -> io::Result<()> {
    let mut bytes = Bytes::new(input);
    bytes.skip(BEGIN)?;
    let mut dump = Dump {
        reading,
        bytes,
        keyed: Keyed::default(),
    };
    let done = loop {
        match dump.entry() {
            Ok(true) => {}
            done => break done,
        }
    };
    let Dump {
        reading,
        mut bytes,
        mut keyed,
    } = dump;
    keyed.finish(reading);
    match done {
        Ok(_) => match bytes.next()? {
            Some(b'*') => commands::follow(reading, &mut bytes),
            _ => reading.text(&mut bytes),
        },
        Err(error) => {
            reading.text(&mut bytes)?;
            Err(error)
        }
    }
}

/// A dump that is being read.
struct Dump<'r, 'a, 'b, 'i> {
    reading: &'r mut Reading<'a>,
    bytes: Bytes<'b, 'i>,
    keyed: Keyed,
}

impl Dump<'_, '_, '_, '_> {
    /// Reads what comes next; tells whether it was something.
    fn entry(&mut self) -> io::Result<bool> {
        let [operation] = self.bytes.array()?;
        match operation {
            0xff => {
                // A checksum, since version 5.
                if self.bytes.next()? != Some(b'*') {
                    self.bytes.skip(8)?;
                }
                return Ok(false);
            }
            // A database, how many keys it has, and how a slot of a cluster is filled.
            0xfe | 0xf8 => self.lengths(1)?,
            0xfb => self.lengths(2)?,
            0xf4 => self.lengths(3)?,
            // When a key expires, in seconds or milliseconds, and how often it is used.
            0xfd => self.bytes.skip(4)?,
            0xfc => self.bytes.skip(8)?,
            0xf9 => self.bytes.skip(1)?,
            0xfa => {
                let name = self.small()?;
                self.keyed.name(name);
                self.string(Role::Value)?;
            }
            0xf7 => {
                self.lengths(1)?;
                self.keyed.name(b"module".to_vec());
                self.module()?;
            }
            0xf5 => {
                self.keyed.name(b"function".to_vec());
                self.string(Role::Value)?;
            }
            0xf6 => return Err(Why::NotSupported("a release candidate of Redis 7").into()),
            kind => {
                let text = self.bytes.text()?;
                let spot = self.spot(text);
                let keyed = &mut self.keyed;
                self.bytes.open(self.reading, text, |reading, key| {
                    keyed.key(reading, key, spot)
                })?;
                self.value(kind)?;
            }
        }
        Ok(true)
    }

    fn value(&mut self, kind: u8) -> io::Result<()> {
        match kind {
            0 => self.string(Role::Value)?,
            1 | 2 => {
                for _ in 0..self.bytes.length()? {
                    self.string(Role::Value)?;
                }
            }
            3 | 5 => {
                for _ in 0..self.bytes.length()? {
                    self.string(Role::Value)?;
                    self.score(kind)?;
                }
            }
            4 => {
                for _ in 0..self.bytes.length()? {
                    self.string(Role::Field)?;
                    self.string(Role::Value)?;
                }
            }
            7 => {
                self.lengths(1)?;
                self.module()?;
            }
            9 => self.packed(Form::Zipmap, &[Role::Field, Role::Value])?,
            10 => self.packed(Form::Ziplist, &[Role::Value])?,
            11 => self.packed(Form::Intset, &[Role::Value])?,
            12 => self.packed(Form::Ziplist, &[Role::Value, Role::Value])?,
            13 => self.packed(Form::Ziplist, &[Role::Field, Role::Value])?,
            14 => {
                for _ in 0..self.bytes.length()? {
                    self.packed(Form::Ziplist, &[Role::Value])?;
                }
            }
            16 => self.packed(Form::Listpack, &[Role::Field, Role::Value])?,
            17 | 20 => self.packed(Form::Listpack, &[Role::Value])?,
            18 => {
                for _ in 0..self.bytes.length()? {
                    match self.bytes.length()? {
                        1 => self.string(Role::Value)?,
                        2 => self.packed(Form::Listpack, &[Role::Value])?,
                        _ => return Err(Why::Damaged.into()),
                    }
                }
            }
            15 | 19 | 21 => self.stream(kind)?,
            22 | 24 => {
                // The earliest of the times at which fields expire, then each field behind its own.
                self.bytes.skip(if kind == 24 { 8 } else { 0 })?;
                for _ in 0..self.bytes.length()? {
                    self.lengths(1)?;
                    self.string(Role::Field)?;
                    self.string(Role::Value)?;
                }
            }
            23 | 25 => {
                self.bytes.skip(if kind == 25 { 8 } else { 0 })?;
                let roles = [Role::Field, Role::Value, Role::Other];
                self.packed(Form::Listpack, &roles)?;
            }
            6 => {
                return Err(Why::NotSupported("a module of a release candidate of Redis 4").into());
            }
            _ => return Err(Why::NotSupported("a type of a newer Redis").into()),
        }
        Ok(())
    }

    fn lengths(&mut self, count: usize) -> io::Result<()> {
        (0..count).try_for_each(|_| self.bytes.length().map(|_| ()))
    }

    /// Returns where a string begins of which is known how it is written.
    fn spot(&self, text: Text) -> Spot {
        Spot {
            offset: self.bytes.at(),
            packed: !matches!(text, Text::Plain(_)),
        }
    }

    fn string(&mut self, role: Role) -> io::Result<()> {
        let text = self.bytes.text()?;
        let spot = self.spot(text);
        let keyed = &mut self.keyed;
        self.bytes.open(self.reading, text, |reading, value| {
            keyed.text(reading, role, value, spot)
        })
    }

    /// Reads the name of a value; a long one is cut.
    fn small(&mut self) -> io::Result<Vec<u8>> {
        let text = self.bytes.text()?;
        self.bytes.open(self.reading, text, |_, value| {
            let mut name = Vec::new();
            value.take(NAME).read_to_end(&mut name)?;
            Ok(name)
        })
    }

    fn score(&mut self, kind: u8) -> io::Result<()> {
        let spot = Spot {
            offset: self.bytes.at(),
            packed: true,
        };
        let text = match kind {
            5 => {
                let score = f64::from_le_bytes(self.bytes.array()?);
                match (LEAST_SCORE..1e19).contains(&score) {
                    true => format!("{score:.0}").into_bytes(),
                    false => return Ok(()),
                }
            }
            _ => match self.bytes.array()? {
                // No number, and the two that have no end.
                [253..=255] => return Ok(()),
                [length] => {
                    let mut score = vec![0; length.into()];
                    self.bytes.read_exact(&mut score)?;
                    score
                }
            },
        };
        self.keyed
            .text(self.reading, Role::Value, &mut text.as_slice(), spot)
    }

    /// Reads what a module keeps: values of which each says what it is.
    fn module(&mut self) -> io::Result<()> {
        loop {
            match self.bytes.length()? {
                0 => return Ok(()),
                1 | 2 => self.lengths(1)?,
                3 => self.bytes.skip(4)?,
                4 => self.bytes.skip(8)?,
                5 => self.string(Role::Value)?,
                _ => return Err(Why::Damaged.into()),
            }
        }
    }

    /// Reads a collection in one string, whose entries have these roles in turn.
    fn packed(&mut self, form: Form, roles: &[Role]) -> io::Result<()> {
        let mut turn = roles.iter().copied().cycle();
        self.collection(form, &mut |keyed, reading, entry, spot| {
            let role = turn.next().unwrap_or(Role::Value);
            keyed.entry(reading, role, entry, spot)
        })
    }

    fn collection(
        &mut self,
        form: Form,
        each: &mut dyn FnMut(&mut Keyed, &mut Reading<'_>, Entry<'_>, Spot) -> io::Result<()>,
    ) -> io::Result<()> {
        let text = self.bytes.text()?;
        let spot = Spot {
            packed: true,
            ..self.spot(text)
        };
        let keyed = &mut self.keyed;
        self.bytes.open(self.reading, text, |reading, bytes| {
            entries(form, bytes, &mut |entry| each(keyed, reading, entry, spot))
        })
    }

    /// Reads a stream: collections of messages, then who reads them.
    fn stream(&mut self, kind: u8) -> io::Result<()> {
        for _ in 0..self.bytes.length()? {
            let id = self.bytes.text()?;
            self.bytes.open(self.reading, id, |_, _| Ok(()))?;
            let mut messages = Messages::default();
            self.collection(Form::Listpack, &mut |keyed, reading, entry, spot| {
                messages.entry(keyed, reading, entry, spot)
            })?;
        }
        self.lengths(3)?;
        self.lengths(if kind >= 19 { 5 } else { 0 })?;
        for _ in 0..self.bytes.length()? {
            self.string(Role::Value)?;
            self.lengths(if kind >= 19 { 3 } else { 2 })?;
            for _ in 0..self.bytes.length()? {
                self.bytes.skip(16 + 8)?;
                self.lengths(1)?;
            }
            for _ in 0..self.bytes.length()? {
                self.string(Role::Value)?;
                self.bytes.skip(if kind >= 21 { 16 } else { 8 })?;
                let waiting = self.bytes.length()?;
                self.bytes.skip(waiting.saturating_mul(16))?;
            }
        }
        Ok(())
    }
}
