//! Several streams of one form, read as one.

use std::io::{self, Read};

use super::{Form, HEAD, Room};
use crate::cardholder::content::input::Peek;

/// Streams of one form, one after the other, with or without zeros in between.
pub(in crate::cardholder::content) struct Joined<R: Peek, F: Form> {
    state: State<R, F::Decoder<R>>,
    room: Room,
    count: Count,
}

/// How many streams there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Count {
    One,
    Any,
}

enum State<R, D> {
    /// At the beginning of the first stream.
    Before(R),
    /// In a stream.
    Within(D),
    /// After a stream.
    After(R),
    /// Opening or closing a stream failed.
    Failed,
}

impl<R: Peek, F: Form> Joined<R, F> {
    /// Begins to read streams.
    pub(in crate::cardholder::content) fn new(input: R, room: Room) -> Self {
        Self {
            state: State::Before(input),
            room,
            count: Count::Any,
        }
    }

    /// Begins to read one stream, after which something else may come.
    pub(in crate::cardholder::content) fn one(input: R, room: Room) -> Self {
        Self {
            count: Count::One,
            ..Self::new(input, room)
        }
    }

    fn open(&self, mut input: R) -> io::Result<F::Decoder<R>> {
        let mut head = [0; HEAD];
        let seen = input.peek(HEAD)?;
        let count = seen.len().min(HEAD);
        for (to, from) in head.iter_mut().zip(seen) {
            *to = *from;
        }
        F::open(head.get(..count).unwrap_or_default(), input, &self.room)
    }
}

impl<R: Peek, F: Form> Read for Joined<R, F> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, State::Failed) {
                State::Before(input) => self.state = State::Within(self.open(input)?),
                State::Within(mut decoder) => match decoder.read(into) {
                    Ok(0) if !into.is_empty() => self.state = State::After(F::close(decoder)?),
                    other => {
                        self.state = State::Within(decoder);
                        return other;
                    }
                },
                State::After(mut input) => {
                    if self.count == Count::Any {
                        skip_zeros(&mut input)?;
                        if F::begins(input.peek(HEAD)?) {
                            self.state = State::Within(self.open(input)?);
                            continue;
                        }
                    }
                    self.state = State::After(input);
                    return Ok(0);
                }
                State::Failed => return Err(io::ErrorKind::InvalidData.into()),
            }
        }
    }
}

/// Takes zeros, with which some media fill their blocks.
fn skip_zeros(input: &mut impl Peek) -> io::Result<()> {
    loop {
        let ahead = input.fill_buf()?;
        let zeros = ahead.iter().take_while(|byte| **byte == 0).count();
        let all = zeros == ahead.len();
        input.consume(zeros);
        if zeros == 0 || !all {
            return Ok(());
        }
    }
}
