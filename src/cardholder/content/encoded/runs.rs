//! The runs of a text: where they begin, and what they hold.

use std::io::Cursor;

use super::decoder::Decoder;
use super::text::{self, Text};
use crate::cardholder::Match;
use crate::cardholder::content::format::Format;
use crate::cardholder::content::limits::Reserved;
use crate::cardholder::content::{HEAD, Input, Reading, Why};
use crate::cardholder::scanner::Passed;
use crate::cardholder::starts::Start;

/// The encoded texts of a text that comes in pieces.
#[derive(Default)]
pub(super) struct Runs<'r> {
    run: Option<Box<Run<'r>>>,
}

/// One run.
struct Run<'r> {
    decoder: Decoder,
    /// Where it begins, in bytes of the text.
    offset: u64,
    holds: Holds<'r>,
}

/// What a run holds.
enum Holds<'r> {
    /// That is not yet known: its first bytes.
    Unknown(Vec<u8>),
    /// A text, which is scanned.
    Text(Box<Text<'r>>),
    /// A format of its own, which is read when it is whole, and the memory that takes.
    Other(Vec<u8>, Reserved),
    /// Nothing that is looked at.
    Nothing,
}

impl<'r> Runs<'r> {
    /// Takes the next bytes of the text, which are these, and where runs begin in them; adds what
    /// they hold, at its place in the text.
    pub(super) fn take(
        &mut self,
        reading: &mut Reading<'r>,
        passed: &Passed<'_>,
        found: &mut Vec<Match>,
    ) {
        let Passed {
            bytes,
            offset,
            starts,
        } = *passed;
        let mut done = self.feed(reading, bytes, found);
        for start in starts {
            let at = usize::try_from(start.at.offset.saturating_sub(offset)).unwrap_or(done);
            if self.run.is_some() || at < done {
                continue;
            }
            self.begin(reading, *start);
            done = at + self.feed(reading, bytes.get(at..).unwrap_or_default(), found);
        }
    }

    /// Ends the text.
    pub(super) fn finish(mut self, reading: &mut Reading<'r>, found: &mut Vec<Match>) {
        if let Some(run) = self.run.take() {
            run.finish(reading, found);
        }
    }

    /// Begins a run.
    fn begin(&mut self, reading: &mut Reading<'r>, start: Start) {
        let holds = match reading.depth < reading.limits.depth {
            true => Holds::Unknown(Vec::new()),
            false => {
                reading.unread(Why::TooDeep(reading.limits.depth));
                Holds::Nothing
            }
        };
        self.run = Some(Box::new(Run {
            decoder: Decoder::new(start.encoding, start.at),
            offset: start.at.offset,
            holds,
        }));
    }

    /// Gives the run the next bytes; returns how many of them are its.
    fn feed(&mut self, reading: &mut Reading<'r>, bytes: &[u8], found: &mut Vec<Match>) -> usize {
        let Some(run) = &mut self.run else {
            return 0;
        };
        let mut decoded = Vec::new();
        let taken = run.decoder.feed(bytes, &mut decoded);
        run.take(reading, &decoded, found);
        if taken < bytes.len()
            && let Some(run) = self.run.take()
        {
            run.finish(reading, found);
        }
        taken
    }
}

impl<'r> Run<'r> {
    /// Takes the next decoded bytes.
    fn take(&mut self, reading: &mut Reading<'r>, decoded: &[u8], found: &mut Vec<Match>) {
        match &mut self.holds {
            Holds::Nothing => {}
            Holds::Unknown(head) => {
                head.extend_from_slice(decoded);
                if head.len() >= HEAD {
                    self.tell_apart(reading, found);
                }
            }
            Holds::Text(text) => push(reading, text, &self.decoder, decoded, found),
            Holds::Other(held, reserved) => {
                held.extend_from_slice(decoded);
                match reading.spent.hold(decoded.len() as u64, reading.limits) {
                    Ok(more) => reserved.join(more),
                    Err(why) => {
                        reading.unread(why);
                        let held = std::mem::take(held);
                        self.text(reading, &held, found);
                    }
                }
            }
        }
    }

    /// Tells what the run holds by its first bytes.
    fn tell_apart(&mut self, reading: &mut Reading<'r>, found: &mut Vec<Match>) {
        let Holds::Unknown(head) = &mut self.holds else {
            return;
        };
        let head = std::mem::take(head);
        if Format::of(head.get(..HEAD).unwrap_or(&head)) == Format::Text {
            return self.text(reading, &head, found);
        }
        match reading.spent.hold(head.len() as u64, reading.limits) {
            Ok(reserved) => self.holds = Holds::Other(head, reserved),
            Err(why) => {
                reading.unread(why);
                self.text(reading, &head, found);
            }
        }
    }

    fn text(&mut self, reading: &mut Reading<'r>, begin: &[u8], found: &mut Vec<Match>) {
        let mut text = Box::new(Text::new(reading.rules));
        push(reading, &mut text, &self.decoder, begin, found);
        self.holds = Holds::Text(text);
    }

    /// Ends the run.
    fn finish(mut self, reading: &mut Reading<'r>, found: &mut Vec<Match>) {
        let mut last = Vec::new();
        self.decoder.finish(&mut last);
        self.take(reading, &last, found);
        if let Holds::Unknown(head) = &mut self.holds
            && Format::of(head) == Format::Text
        {
            // Nearly all runs are short; what is whole needs no room for more.
            let head = std::mem::take(head);
            reading.depth += 1;
            let inner = text::whole(reading, &head);
            reading.depth -= 1;
            found.extend(inner.into_iter().map(|one| placed(&self.decoder, one)));
            return;
        }
        self.tell_apart(reading, found);
        match self.holds {
            Holds::Nothing | Holds::Unknown(_) => {}
            Holds::Text(text) => {
                let mut inner = Vec::new();
                reading.depth += 1;
                text.finish(reading, &mut inner);
                reading.depth -= 1;
                found.extend(inner.into_iter().map(|one| placed(&self.decoder, one)));
            }
            Holds::Other(held, _reserved) => {
                let name = format!("{}@{}", self.decoder.encoding().name(), self.offset);
                reading.within(name, |reading| {
                    reading.deeper(&mut Input::anywhere(&mut Cursor::new(held)));
                });
            }
        }
    }
}

/// Gives the text of a run the next decoded bytes.
fn push<'r>(
    reading: &mut Reading<'r>,
    text: &mut Text<'r>,
    decoder: &Decoder,
    decoded: &[u8],
    found: &mut Vec<Match>,
) {
    let mut inner = Vec::new();
    reading.depth += 1;
    text.push(reading, decoded, &mut inner);
    reading.depth -= 1;
    found.extend(inner.into_iter().map(|one| placed(decoder, one)));
}

/// Returns a match in a decoded text at the place where its letters stand.
fn placed(decoder: &Decoder, found: Match) -> Match {
    let (at, length) = decoder.place(found.offset, found.length);
    Match {
        offset: at.offset,
        length,
        line: at.lines + 1,
        column: at.offset - at.start + 1,
        ..found
    }
}
