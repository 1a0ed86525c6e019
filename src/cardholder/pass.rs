//! One pass over a text: candidates are found block by block, and each is decided.

use std::ops::Range;

use super::Match;
use super::candidates::{AFTER, AROUND, BEFORE, ESCAPE};
use super::classes::{BLOCK, READ};
use super::decide::{at, value_at};
use super::finder::{Finder, Instructions};
use super::lines::Position;
use super::look::{Candidate, Look};
use super::peers::{self, Peers};
use super::rules::Rules;
use super::starts::{Block, Start, starts};
use super::store::Store;
use super::tables::Tables;

/// How far a text is decided.
pub(super) struct Pass<'r> {
    rules: &'r Rules,
    finder: Finder<'r>,
    /// The first byte that was not looked at, and its line.
    passed: Position,
    /// How many bytes came before those at hand.
    base: u64,
    /// The first of the bytes at hand at which a match may begin: those before belong to others.
    next: usize,
    /// Where texts begin that are encoded, if that is looked at.
    starts: Option<Vec<Start>>,
    /// Where the letters begin that stand right before what is looked at next, counted from there.
    began: isize,
    /// What the text was seen to keep of numbers, if that is looked at.
    store: Option<Store>,
    /// Numbers in the same places, if that is looked at.
    peers: Option<Peers>,
    /// The columns of tables, if that is looked at.
    tables: Option<Tables>,
    /// Up to which byte of the text digests stand on the line of a masked number.
    digests: u64,
}

impl<'r> Pass<'r> {
    /// Begins a pass.
    pub(super) fn new(rules: &'r Rules, instructions: Instructions) -> Self {
        Self {
            rules,
            finder: Finder::new(rules.classes(), instructions),
            passed: Position::default(),
            base: 0,
            next: 0,
            starts: None,
            began: 0,
            store: Some(Store::default()),
            peers: Some(Peers::default()),
            tables: Some(Tables::default()),
            digests: 0,
        }
    }

    /// Looks for texts that are encoded, too.
    pub(super) fn telling_starts(mut self) -> Self {
        self.starts = Some(Vec::new());
        self
    }

    /// Looks at each match by itself, and at nothing that several tell together.
    #[cfg(test)]
    pub(super) fn each_by_itself(mut self) -> Self {
        self.store = None;
        self.peers = None;
        self.tables = None;
        self
    }

    /// Returns the first of the bytes at hand that was not looked at.
    pub(super) fn looked(&self) -> usize {
        let looked = self.passed.offset.saturating_sub(self.base);
        usize::try_from(looked).unwrap_or(usize::MAX)
    }

    /// Returns how many bytes came before those at hand.
    pub(super) fn base(&self) -> u64 {
        self.base
    }

    /// Returns where texts begin that are encoded, of what was looked at since that was forgotten.
    pub(super) fn starts(&self) -> &[Start] {
        self.starts.as_deref().unwrap_or_default()
    }

    /// Decides the places before `until`, all but a few of them if more bytes may come. Matches do
    /// not overlap: the first wins.
    pub(super) fn decide(
        &mut self,
        kept: &[u8],
        until: usize,
        end: End,
        found: &mut dyn FnMut(Match),
    ) {
        let left = match end {
            End::Piece => AROUND,
            End::Text => 0,
        };
        if let Some(tables) = self.tables.as_mut().filter(|_| self.passed.offset == 0) {
            tables.begin(self.rules, kept);
        }
        while self.looked() + left < until {
            let values = self.tables.as_ref().is_some_and(Tables::have_values);
            self.finder.look_everywhere(values);
            self.block(kept, until, end, found);
        }
        if let (End::Text, Some(peers)) = (end, &mut self.peers) {
            peers.finish(found);
        }
    }

    /// Lets go of the first of the bytes at hand, and forgets where texts begin; returns how many
    /// bytes that makes in all.
    pub(super) fn let_go(&mut self, bytes: usize) -> u64 {
        self.next = self.next.saturating_sub(bytes);
        self.base += bytes as u64;
        if let Some(starts) = &mut self.starts {
            starts.clear();
        }
        self.base
    }

    /// Decides the places of one block, which ends at `until` or before.
    fn block(&mut self, kept: &[u8], until: usize, end: End, found: &mut dyn FnMut(Match)) {
        let looked = self.looked();
        let Self {
            rules,
            passed,
            base,
            next,
            starts: encoded,
            began,
            finder,
            store,
            peers,
            tables,
            digests,
        } = self;
        let start = looked.saturating_sub(AFTER);
        let stop = until.min(start + BLOCK);
        let limit = limit(stop, until, end);
        let mut copy;
        let block = match whole_block(kept, start) {
            Some(block) => block,
            None => {
                copy = [0; READ];
                copy_block(kept, start, &mut copy);
                &copy
            }
        };
        let first = *base + start as u64;
        let (candidates, masks) = finder.find(block, first);
        let position = |place: usize| passed.to(*base + place as u64, &masks.newline, first);
        for (word, mut left) in candidates.all().into_iter().enumerate().skip(1) {
            let encoded = candidates.encoded.get(word).copied().unwrap_or(0);
            if *digests > *base + looked as u64 {
                left |= encoded;
            }
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                let place = start + (word - 1) * 64 + bit as usize;
                if place >= stop {
                    break;
                }
                let candidate = Candidate {
                    candidates,
                    masks,
                    word,
                    bit,
                };
                let here = candidate.here();
                let digest = candidate.is_encoded() && *base + (place as u64) < *digests;
                let (look, checks) = candidate.look(rules, kept, place);
                if let (Some(peers), Some(checks)) = (peers.as_mut(), checks) {
                    peers.count(peers::place(kept, place), checks);
                }
                let look = match look {
                    Look::Not if digest => Look::From(place),
                    look => look,
                };
                for place in range(look, place, *next..limit) {
                    let mut one = match look {
                        Look::Value => value_at(rules, kept, place),
                        Look::Around | Look::From(_) | Look::Not => at(rules, kept, place),
                    };
                    if let Some(store) =
                        store.as_mut().filter(|_| one.is_none() && (here || digest))
                    {
                        let line = position(place).lines + 1;
                        one = store.see(rules, kept, place, line);
                        if store.holds(line) {
                            *digests = *base + line_end(kept, place) as u64;
                            left |= encoded & (u64::MAX - 1) << bit;
                        }
                    }
                    if let Some(tables) = tables {
                        one = tables.judge(rules, kept, place, one);
                    }
                    if let Some(mut one) = one {
                        *next = place + one.length.max(1);
                        one.offset += *base;
                        (one.line, one.column) = position(place).line_and_column();
                        match peers {
                            Some(peers) => peers.take(one, || peers::place(kept, place), found),
                            None => found(one),
                        }
                        break;
                    }
                }
            }
        }
        if let Some(encoded) = encoded {
            let block = Block {
                kept,
                start,
                masks,
                candidates,
            };
            *began = tell_starts(encoded, block, looked..limit, *began, position);
        }
        *passed = position(limit);
        *next = limit.max(*next);
    }
}

/// Returns up to where matches may begin in a block that ends at `stop`. What begins before the end
/// of a block may be told by what comes after it.
fn limit(stop: usize, until: usize, end: End) -> usize {
    match end {
        End::Text if stop == until => until,
        End::Text | End::Piece => stop - AROUND.min(stop),
    }
}

/// Tells where texts begin that are encoded, in a range of the bytes of a block; takes and returns
/// what [`starts`] does.
fn tell_starts(
    told: &mut Vec<Start>,
    block: Block<'_>,
    range: Range<usize>,
    began: isize,
    position: impl Fn(usize) -> Position,
) -> isize {
    let known = told.len();
    let began = starts(block, range, began, &mut |place, encoding| {
        told.push(Start {
            at: position(place),
            encoding,
        });
    });
    let new = told.get_mut(known..).unwrap_or_default();
    new.sort_by_key(|start| start.at.offset);
    began
}

/// Returns the places at which a match may begin, of those within bounds.
fn range(look: Look, place: usize, bounds: Range<usize>) -> Range<usize> {
    let range = match look {
        Look::Around => place.saturating_sub(BEFORE)..place + ESCAPE + 1,
        Look::From(start) => start..place + 1,
        Look::Value => place..place + 1,
        Look::Not => place..place,
    };
    range.start.max(bounds.start)..range.end.min(bounds.end)
}

/// Returns where the line ends that a place is on.
fn line_end(kept: &[u8], at: usize) -> usize {
    let rest = kept.get(at..).unwrap_or_default();
    at + memchr::memchr(b'\n', rest).unwrap_or(rest.len())
}

/// Where bytes end.
#[derive(Clone, Copy)]
pub(super) enum End {
    /// More may come.
    Piece,
    /// The text ends there.
    Text,
}

/// Returns the bytes of a block, with 64 before it, if all are there.
fn whole_block(kept: &[u8], start: usize) -> Option<&[u8; READ]> {
    kept.get(start.checked_sub(64)?..)?.first_chunk()
}

/// Copies what there is of the bytes of a block; the rest stays as it is.
fn copy_block(kept: &[u8], start: usize, into: &mut [u8; READ]) {
    let from = start.saturating_sub(64);
    let bytes = kept.get(from..).unwrap_or_default();
    let into = into.get_mut(64 + from - start..).unwrap_or_default();
    let count = into.len().min(bytes.len());
    if let (Some(into), Some(bytes)) = (into.get_mut(..count), bytes.get(..count)) {
        into.copy_from_slice(bytes);
    }
}
