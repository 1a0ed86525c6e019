//! One pass over a text: candidates are found block by block, and each is decided.

use super::Match;
use super::candidates::{AFTER, AROUND, BEFORE, ESCAPE, GROUP};
use super::classes::{BLOCK, Bits, READ};
use super::decide::at;
use super::digit_run::luhn;
use super::digits::{self, Digits, is_word};
use super::finder::{Finder, Instructions};
use super::lines::Lines;
use super::peers::{self, Peers};
use super::rules::Rules;
use super::sign::sign;
use super::store::Store;

/// How far a text is decided.
pub(super) struct Pass<'r> {
    rules: &'r Rules,
    finder: Finder<'r>,
    lines: Lines,
    /// How many bytes came before those at hand.
    base: u64,
    /// The first of the bytes at hand that is not decided.
    next: usize,
    /// What the text was seen to keep of numbers, if that is looked at.
    store: Option<Store>,
    /// Numbers in the same places, if that is looked at.
    peers: Option<Peers>,
    /// Up to which byte of the text digests stand on the line of a masked number.
    digests: u64,
}

impl<'r> Pass<'r> {
    /// Begins a pass.
    pub(super) fn new(rules: &'r Rules, instructions: Instructions) -> Self {
        Self {
            rules,
            finder: Finder::new(rules.classes(), instructions),
            lines: Lines::default(),
            base: 0,
            next: 0,
            store: Some(Store::default()),
            peers: Some(Peers::default()),
            digests: 0,
        }
    }

    /// Looks at each match by itself, and at nothing that several tell together.
    #[cfg(test)]
    pub(super) fn each_by_itself(mut self) -> Self {
        self.store = None;
        self.peers = None;
        self
    }

    /// Returns the first of the bytes at hand that is not decided.
    pub(super) fn next(&self) -> usize {
        self.next
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
        while self.next + left < until {
            self.block(kept, until, end, found);
        }
        if let (End::Text, Some(peers)) = (end, &mut self.peers) {
            peers.finish(found);
        }
    }

    /// Lets go of the first of the bytes at hand; returns how many that makes in all.
    pub(super) fn let_go(&mut self, kept: &[u8], bytes: usize) -> u64 {
        count_lines(&mut self.lines, kept, self.base, bytes);
        self.next = self.next.saturating_sub(bytes);
        self.base += bytes as u64;
        self.base
    }

    /// Decides the places of one block, which ends at `until` or before.
    fn block(&mut self, kept: &[u8], until: usize, end: End, found: &mut dyn FnMut(Match)) {
        let Self {
            rules,
            base,
            next,
            lines,
            finder,
            store,
            peers,
            digests,
        } = self;
        let start = next.saturating_sub(AFTER);
        let stop = until.min(start + BLOCK);
        // What begins before the end of a block may be told by what comes after it.
        let limit = match end {
            End::Text if stop == until => until,
            End::Text | End::Piece => stop - AROUND.min(stop),
        };
        let mut copy;
        let block = match whole_block(kept, start) {
            Some(block) => block,
            None => {
                copy = [0; READ];
                copy_block(kept, start, &mut copy);
                &copy
            }
        };
        let (candidates, digits) = finder.find(block, *base + start as u64);
        let words = candidates.runs.iter().zip(&candidates.groups);
        let words = words.zip(&candidates.places).zip(&candidates.values);
        let words = words.zip(&candidates.encoded);
        for (word, ((((runs, groups), places), values), encoded)) in words.enumerate().skip(1) {
            let mut left = runs | groups | places | values | encoded;
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                let place = start + (word - 1) * 64 + bit as usize;
                if place >= stop {
                    break;
                }
                let [run, group, here, value, digest] =
                    [runs, groups, places, values, encoded].map(|bits| bits >> bit & 1 == 1);
                let digest = digest && *base + (place as u64) < *digests;
                let look = match (run, group) {
                    (true, _) => {
                        let (look, checks) =
                            may_be_number(rules, kept, place, length(digits, word, bit));
                        if let (Some(peers), Some(checks)) = (peers.as_mut(), checks) {
                            peers.count(peers::place(kept, place), checks);
                        }
                        look
                    }
                    (false, true) => may_be_grouped(rules, kept, place),
                    (false, false) => Look::Not,
                };
                let range = match look {
                    Look::Around => place.saturating_sub(BEFORE)..place + ESCAPE + 1,
                    Look::From(start) => start..place + 1,
                    Look::Not if here || value && may_be_value(kept, place) => {
                        match kept.get(place) {
                            // The sentinel stands before the format code.
                            Some(b'B' | b'b') => place.saturating_sub(BEFORE)..place + 1,
                            _ => place..place + 1,
                        }
                    }
                    Look::Not if digest => place..place + 1,
                    Look::Not => continue,
                };
                for place in range.start.max(*next)..range.end.min(limit) {
                    let mut one = at(rules, kept, place);
                    if let Some(store) =
                        store.as_mut().filter(|_| one.is_none() && (here || digest))
                    {
                        count_lines(lines, kept, *base, place);
                        let (line, _) = lines.place(*base + place as u64);
                        one = store.see(rules, kept, place, line);
                        if store.holds(line) {
                            *digests = *base + line_end(kept, place) as u64;
                        }
                    }
                    if let Some(mut one) = one {
                        *next = place + one.length.max(1);
                        count_lines(lines, kept, *base, place);
                        one.offset += *base;
                        (one.line, one.column) = lines.place(one.offset);
                        match peers {
                            Some(peers) => peers.take(one, || peers::place(kept, place), found),
                            None => found(one),
                        }
                        break;
                    }
                }
            }
        }
        *next = limit.max(*next);
    }
}

/// Returns where the line ends that a place is on.
fn line_end(kept: &[u8], at: usize) -> usize {
    let rest = kept.get(at..).unwrap_or_default();
    at + memchr::memchr(b'\n', rest).unwrap_or(rest.len())
}

/// Counts the lines that end before `until`.
fn count_lines(lines: &mut Lines, kept: &[u8], base: u64, until: usize) {
    let counted = usize::try_from(lines.counted().saturating_sub(base)).ok();
    let passed = counted.and_then(|counted| kept.get(counted..until));
    lines.count(passed.unwrap_or_default());
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

/// Returns how many digits begin at a bit of a word, up to 63.
fn length(digits: &Bits, word: usize, bit: u32) -> usize {
    let of = |word: usize| digits.get(word).copied().unwrap_or(0);
    let next = of(word + 1).checked_shl(64 - bit).unwrap_or(0);
    (of(word) >> bit | next).trailing_ones() as usize
}

/// Tells whether a value may begin here: a code, a PIN, or a block of hexadecimal digits.
fn may_be_value(bytes: &[u8], at: usize) -> bool {
    let rest = bytes.get(at..).unwrap_or_default();
    if matches!(rest, [b'%' | b'&' | b'\\' | b'#' | 0x80.., ..]) {
        return sign(bytes, at).is_some_and(|sign| sign.digit().is_some());
    }
    let digits = rest
        .iter()
        .take(13)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let hex = rest
        .iter()
        .take(33)
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    let whole = |count: usize| !is_word(rest.get(count).copied());
    (3..=12).contains(&digits) && whole(digits) || (hex == 16 || hex == 32) && whole(hex)
}

/// Where a match may begin at a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Nowhere.
    Not,
    /// From a place to the candidate.
    From(usize),
    /// Before and after it.
    Around,
}

/// Tells where a match may begin at so many digits in a row: they are of an issuer and have their
/// check digit, or something beside them says that the number is only a part of them. Tells also
/// whether digits that are an issuer's have their check digit.
fn may_be_number(rules: &Rules, bytes: &[u8], at: usize, digits: usize) -> (Look, Option<bool>) {
    let end = at + digits;
    let before = at
        .checked_sub(1)
        .and_then(|before| bytes.get(before))
        .copied();
    // The tag and length of a chip's data, in pairs, before digits that are not.
    let tag = at.checked_sub(6).and_then(|from| bytes.get(from..at));
    let tagged = matches!(tag, Some([b'5' | b'6', _, one, _, _, two]) if one == two);
    let after = bytes.get(end..).unwrap_or_default();
    if tagged || follows_escape(bytes, at) || matches!(before, Some(b'a' | b'A')) || goes_on(after)
    {
        return (Look::Around, None);
    }
    let lengths = leading(bytes, at).map_or(u8::MAX, |leading| rules.issuers.lengths(leading));
    let length = digits.wrapping_sub(12);
    if length >= 8 || lengths >> length & 1 == 0 {
        return (Look::Not, None);
    }
    // Sentinels and format codes stand right before.
    let told = before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b';');
    let checks = has_check_digit(bytes, end, digits);
    let look = match checks {
        true if told => Look::Around,
        true => Look::From(at),
        false => Look::Not,
    };
    (look, Some(checks))
}

/// Tells whether what follows digits may belong to them: a mask, the rest of a track, or an escape
/// that stands for one of these.
fn goes_on(after: &[u8]) -> bool {
    match after {
        [b'%', b'3' | b'5', ..]
        | [b'\\', b'u' | b'x' | b'\\', ..]
        | [b'&', b'#', ..]
        | [
            b'*' | b'#' | b'x' | b'X' | b'=' | b'D' | b'd' | b'^' | 0x80..,
            ..,
        ] => true,
        [one @ (b'.' | b'_' | b'-'), two, ..] => one == two,
        [b'&', rest @ ..] => [b"am", b"bu", b"eq", b"Ha"]
            .iter()
            .any(|name| rest.starts_with(*name)),
        _ => false,
    }
}

/// Tells whether an escape may end in the digits at a place, so that a number begins after it.
fn follows_escape(bytes: &[u8], at: usize) -> bool {
    let close = bytes.get(at.saturating_sub(5)..at).unwrap_or_default();
    let signs = close.iter().any(|byte| matches!(byte, b'%' | b'\\'));
    signs || matches!(close, [.., b'u' | b'U' | b'x' | b'X'])
}

/// Returns the four digits at a place as a number.
fn leading(bytes: &[u8], at: usize) -> Option<usize> {
    let [one, two, three, four] = bytes
        .get(at..)?
        .first_chunk()?
        .map(|byte| usize::from(byte & 15));
    Some(one * 1000 + two * 100 + three * 10 + four)
}

/// Tells whether 12 to 19 digits end in their check digit; near the beginning of a text that is
/// left to the closer look.
fn has_check_digit(bytes: &[u8], end: usize, digits: usize) -> bool {
    let text = end
        .checked_sub(24)
        .and_then(|from| bytes.get(from..)?.first_chunk());
    text.is_none_or(|text| luhn(text, digits))
}

/// Tells where a match may begin at the last four digits of a group: at the group's first digit, if
/// numbers begin so and what follows is a group of the same number.
fn may_be_grouped(rules: &Rules, bytes: &[u8], at: usize) -> Look {
    let before = bytes.get(at.saturating_sub(GROUP)..at).unwrap_or_default();
    let more = before
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let start = at - more;
    if follows_escape(bytes, start) {
        return Look::From(start);
    }
    let issued = leading(bytes, start).is_none_or(|leading| rules.issuers.lengths(leading) != 0);
    if !issued || !rules.layouts.begins(more + 4) {
        return Look::Not;
    }
    match bytes.get(at + 4..) {
        Some([b'%' | b'&' | b'\\' | 0x80.., ..]) => Look::From(start),
        Some([gap, digit, ..]) if *gap < 0x80 && digit.is_ascii_digit() => {
            in_groups(rules, bytes, start, *gap)
        }
        // More than one sign between.
        Some([gap, next, ..])
            if is_gap(*gap) && (is_gap(*next) || matches!(next, b'%' | b'&' | b'\\')) =>
        {
            Look::From(start)
        }
        _ => Look::Not,
    }
}

/// Tells whether one byte may be what stands between groups of digits, or begin it.
fn is_gap(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'+' | b'.' | b'/' | b'_' | 0x80..)
}

/// Tells whether digits in groups, with the same sign between, can be a number or a part of one.
fn in_groups(rules: &Rules, bytes: &[u8], start: usize, gap: u8) -> Look {
    let lengths = leading(bytes, start).map_or(0, |leading| rules.issuers.lengths(leading));
    let mut digits = Digits::default();
    let mut place = start;
    loop {
        while let Some(byte @ b'0'..=b'9') = bytes.get(place) {
            if !digits.push(byte - b'0') {
                return Look::Not;
            }
            place += 1;
        }
        let length = digits.len().wrapping_sub(12);
        if length < 8 && lengths >> length & 1 == 1 && digits::luhn(digits.as_slice()) {
            return Look::From(start);
        }
        match bytes.get(place..) {
            Some([next, digit, ..]) if *next == gap && digit.is_ascii_digit() => place += 1,
            // Masks, or digits in another spelling.
            Some(rest) if is_other(rest) || rest.get(1..).is_some_and(is_other) => {
                return Look::From(start);
            }
            Some([one @ (b'.' | b'_' | b'-'), two, ..]) if one == two => return Look::From(start),
            _ => return Look::Not,
        }
    }
}

/// Tells whether a mask or an escape begins a text.
fn is_other(text: &[u8]) -> bool {
    matches!(
        text,
        [b'*' | b'#' | b'x' | b'X' | b'%' | b'&' | b'\\' | 0x80.., ..]
    )
}
