//! The runs of a text: where they begin, and what they hold.

use std::io::Cursor;

use super::decoder::{Decoder, Position};
use super::{Encoding, SHORTEST, is_printable, next_run};
use crate::cardholder::content::format::Format;
use crate::cardholder::content::limits::Reserved;
use crate::cardholder::content::{HEAD, Input, Reading, Why};
use crate::cardholder::{Match, Scanner, scan};

/// How many letters are looked at before it is known how a run is written.
const BEGINNING: usize = 32;
/// How much of a run that holds nothing is passed over before it is looked at again.
const AGAIN: usize = 1024;
/// How far into a run a slash may stand after which another one begins.
const BETWEEN: usize = 128;
/// How many bytes with a NUL after each are a text: labels and codes are shorter than numbers.
const WIDE: usize = 6;

/// The encoded texts of a text that comes in pieces.
pub(in crate::cardholder::content) struct Runs<'r> {
    /// Where the next byte stands.
    at: Position,
    /// Letters at the end of the last piece, too few to tell.
    carried: Vec<u8>,
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
    Text(Box<Inside<'r>>),
    /// A format of its own, which is read when it is whole, and the memory that takes.
    Other(Vec<u8>, Reserved),
    /// Nothing that is looked at.
    Nothing,
}

/// The text of a run.
struct Inside<'r> {
    scanner: Scanner<'r>,
    runs: Runs<'r>,
}

/// Where a run may begin.
struct Start {
    at: usize,
    /// How it is written; nothing at the end of the bytes.
    encoding: Option<Encoding>,
}

impl<'r> Runs<'r> {
    /// Begins at the beginning of a text.
    pub(in crate::cardholder::content) fn new() -> Self {
        Self {
            at: Position::default(),
            carried: Vec::new(),
            run: None,
        }
    }

    /// Takes the next bytes of the text; adds what runs in them hold, at its place in the text.
    pub(in crate::cardholder::content) fn push(
        &mut self,
        reading: &mut Reading<'r>,
        bytes: &[u8],
        found: &mut Vec<Match>,
    ) {
        let mut done = self.carry(reading, bytes, found);
        // Where the next of each kind begins, as far as that was looked for.
        let (mut letters, mut wide) = (None, None);
        while done < bytes.len() {
            if self.run.is_some() {
                done += self.feed(reading, bytes.get(done..).unwrap_or_default(), found);
                continue;
            }
            let passed = |start: &Option<Start>| start.as_ref().is_none_or(|one| one.at < done);
            if passed(&letters) {
                letters = Some(next_letters(bytes, done));
            }
            if passed(&wide) {
                wide = Some(next_wide(bytes, done));
            }
            let (Some(one), Some(other)) = (&letters, &wide) else {
                return;
            };
            let next = match one.at <= other.at {
                true => one,
                false => other,
            };
            self.at.over(bytes.get(done..next.at).unwrap_or_default());
            done = next.at;
            match next.encoding {
                Some(encoding) => self.begin(reading, encoding),
                None => {
                    self.carried = bytes.get(done..).unwrap_or_default().to_vec();
                    return;
                }
            }
        }
    }

    /// Ends the text.
    pub(in crate::cardholder::content) fn finish(
        mut self,
        reading: &mut Reading<'r>,
        found: &mut Vec<Match>,
    ) {
        if self.run.is_none()
            && let Some(encoding) = Encoding::of(&self.carried)
        {
            self.begin(reading, encoding);
            let carried = std::mem::take(&mut self.carried);
            self.feed(reading, &carried, found);
        }
        if let Some(run) = self.run.take() {
            run.finish(reading, found);
        }
    }

    /// Decides what the letters at the end of the last piece are, now that more is known. Returns
    /// how many of these bytes that took.
    fn carry(&mut self, reading: &mut Reading<'r>, bytes: &[u8], found: &mut Vec<Match>) -> usize {
        let carried = std::mem::take(&mut self.carried);
        let Some((last, before)) = carried.split_last() else {
            return 0;
        };
        if bytes.first() == Some(&0) {
            self.at.over(before);
            self.begin(reading, Encoding::Wide);
            self.feed(reading, &[*last], found);
            return 0;
        }
        let begin = bytes.get(..BEGINNING).unwrap_or(bytes);
        let joined = [&carried, begin].concat();
        let run = next_run(&joined, 0).filter(|run| run.start == 0);
        if run
            .as_ref()
            .is_some_and(|run| run.end < BEGINNING && run.end == joined.len())
        {
            self.carried = joined;
            return bytes.len();
        }
        match run.and_then(|run| Encoding::of(joined.get(run)?)) {
            Some(encoding) => {
                self.begin(reading, encoding);
                self.feed(reading, &carried, found);
            }
            None => self.at.over(&carried),
        }
        0
    }

    /// Begins a run where we are.
    fn begin(&mut self, reading: &mut Reading<'r>, encoding: Encoding) {
        let holds = match reading.depth < reading.limits.depth {
            true => Holds::Unknown(Vec::new()),
            false => {
                reading.unread(Why::TooDeep(reading.limits.depth));
                Holds::Nothing
            }
        };
        self.run = Some(Box::new(Run {
            decoder: Decoder::new(encoding, self.at),
            offset: self.at.offset,
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
        self.at.over(bytes.get(..taken).unwrap_or_default());
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
            Holds::Text(inside) => inside.push(reading, &self.decoder, decoded, found),
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
        let mut inside = Box::new(Inside {
            scanner: Scanner::new(reading.rules),
            runs: Runs::new(),
        });
        inside.push(reading, &self.decoder, begin, found);
        self.holds = Holds::Text(inside);
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
            let mut inner = scan(reading.rules, &head);
            reading.depth += 1;
            let mut runs = Runs::new();
            runs.push(reading, &head, &mut inner);
            runs.finish(reading, &mut inner);
            reading.depth -= 1;
            found.extend(inner.into_iter().map(|one| placed(&self.decoder, one)));
            return;
        }
        self.tell_apart(reading, found);
        match self.holds {
            Holds::Nothing | Holds::Unknown(_) => {}
            Holds::Text(inside) => inside.finish(reading, &self.decoder, found),
            Holds::Other(held, _reserved) => {
                let name = format!("{}@{}", self.decoder.encoding().name(), self.offset);
                reading.within(name, |reading| {
                    reading.deeper(&mut Input::anywhere(&mut Cursor::new(held)));
                });
            }
        }
    }
}

impl<'r> Inside<'r> {
    fn push(
        &mut self,
        reading: &mut Reading<'r>,
        decoder: &Decoder,
        decoded: &[u8],
        found: &mut Vec<Match>,
    ) {
        let mut inner = Vec::new();
        self.scanner.push(decoded, &mut |one| inner.push(one));
        reading.depth += 1;
        self.runs.push(reading, decoded, &mut inner);
        reading.depth -= 1;
        found.extend(inner.into_iter().map(|one| placed(decoder, one)));
    }

    fn finish(self, reading: &mut Reading<'r>, decoder: &Decoder, found: &mut Vec<Match>) {
        let mut inner = Vec::new();
        self.scanner.finish(&mut |one| inner.push(one));
        reading.depth += 1;
        self.runs.finish(reading, &mut inner);
        reading.depth -= 1;
        found.extend(inner.into_iter().map(|one| placed(decoder, one)));
    }
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

/// Returns where the next run of letters begins, or those at the end that are too few to tell.
fn next_letters(bytes: &[u8], from: usize) -> Start {
    let mut from = from;
    while let Some(run) = next_run(bytes, from) {
        if run.end == bytes.len() && run.len() < BEGINNING {
            return Start {
                at: run.start,
                encoding: None,
            };
        }
        let letters = bytes.get(run.clone()).unwrap_or_default();
        let before = bytes.get(..run.start).and_then(<[u8]>::last);
        for at in starts(letters, before.copied()) {
            if let Some(encoding) = Encoding::of(letters.get(at..).unwrap_or_default()) {
                return Start {
                    at: run.start + at,
                    encoding: Some(encoding),
                };
            }
        }
        from = run.end;
    }
    Start {
        at: bytes.len(),
        encoding: None,
    }
}

/// Returns where in a run of letters something may begin: with the first of them, after what an
/// escape before it takes, after a slash as paths have it, and every now and then because text may
/// follow what is none.
fn starts(letters: &[u8], before: Option<u8>) -> impl Iterator<Item = usize> {
    let first = match (before, letters.first()) {
        (Some(b'\\'), Some(b'n' | b'r' | b't')) => 1,
        (Some(b'%'), _) => 2,
        _ => 0,
    };
    let last = letters.len().saturating_sub(SHORTEST).min(BETWEEN);
    let slashes = memchr::memchr_iter(b'/', letters.get(..last).unwrap_or_default());
    let again = (AGAIN..letters.len()).step_by(AGAIN);
    std::iter::once(first)
        .chain(slashes.map(|at| at + 1))
        .chain(again)
}

/// Returns where the next text begins that has a NUL after each byte.
fn next_wide(bytes: &[u8], from: usize) -> Start {
    let mut from = from;
    while let Some(nul) = bytes
        .get(from..)
        .and_then(|rest| memchr::memchr(0, rest))
        .map(|at| from + at)
    {
        let begin = nul.checked_sub(1).filter(|begin| *begin >= from);
        let rest = bytes.get(begin.unwrap_or(nul)..).unwrap_or_default();
        let pairs = rest.chunks_exact(2);
        let wide = pairs
            .take_while(|pair| matches!(pair, [byte, 0] if is_printable(*byte)))
            .take(WIDE)
            .count();
        match begin {
            Some(at) if wide == WIDE || wide > 0 && 2 * wide + 1 >= rest.len() => {
                return Start {
                    at,
                    encoding: Some(Encoding::Wide),
                };
            }
            _ => {
                let zeros = bytes.get(nul..).unwrap_or_default();
                from = nul + zeros.iter().take_while(|byte| **byte == 0).count();
            }
        }
    }
    Start {
        at: bytes.len(),
        encoding: None,
    }
}
