//! The members of an archive of zip.

use std::borrow::Cow;
use std::io::{self, BufRead as _, Read};

use deflate64::Deflate64Decoder;
use lzma_rust2::LzmaReader;

use super::local::{self, Local};
use crate::cardholder::content::compressed::{self, Bzip2, Form, Joined, Room, Stepped, Xz, Zstd};
use crate::cardholder::content::limits::{End, Metered};
use crate::cardholder::content::numbers::{u16_at, u32_at, u64_at};
use crate::cardholder::content::office::{self, Strings};
use crate::cardholder::content::span::Span;
use crate::cardholder::content::until::{Before, Until};
use crate::cardholder::content::{Input, Reading, Why};

/// What begins the sizes after a member.
const AFTER: &[u8] = b"PK\x07\x08";

/// Reads the member whose header was read; returns how many bytes it has packed, as it is said or
/// else as they are.
pub(super) fn read(
    reading: &mut Reading<'_>,
    input: &mut Input<'_>,
    local: &Local,
) -> io::Result<u64> {
    let start = input.position();
    let mut end = start;
    let mut done = Ok(());
    reading.enter(&name(&local.name), |reading| {
        more_names(reading, local);
        done = content(reading, input, local);
        end = input.position();
        if let Err(error) = &done {
            reading.unread(Why::of(error));
        } else if local.packed.is_none() {
            done = sizes_after(input);
        }
    });
    done.map(|()| local.packed.unwrap_or(end - start))
}

/// Returns the strings of a workbook, which are the next member.
pub(super) fn unpacked(reading: &Reading<'_>, input: &mut Input<'_>, local: &Local) -> Strings {
    let mut span = match local.packed {
        Some(packed) => Span::of(input, packed),
        None => Span::open(input),
    };
    match local.method {
        0 => office::strings(reading, &mut span),
        8 => office::strings(reading, &mut Stepped::deflate(span)),
        _ => Strings::default(),
    }
}

/// Returns a name as text: UTF-8 if it is, else the old code page of zip.
pub(super) fn name(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(name) => Cow::Borrowed(name),
        Err(_) => Cow::Owned(bytes.iter().map(|byte| code_page(*byte)).collect()),
    }
}

/// Returns a sign of code page 437. Its upper half is letters, lines and signs: what matters of
/// them is that they are no digits.
fn code_page(byte: u8) -> char {
    const UPPER: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
    match byte.checked_sub(0x80) {
        None => char::from(byte),
        Some(upper) => UPPER.chars().nth(usize::from(upper)).unwrap_or('?'),
    }
}

/// Scans what the added fields say: another name, or what only their writer knows.
fn more_names(reading: &mut Reading<'_>, local: &Local) {
    const TIMES_AND_OWNERS: &[u16] = &[0x0001, 0x000a, 0x5455, 0x5855, 0x7855, 0x7875, 0xcafe];
    for (id, data) in local::fields(&local.extra) {
        let data = match id {
            0x7075 => data.get(5..).unwrap_or_default(),
            id if TIMES_AND_OWNERS.contains(&id) => continue,
            _ => data,
        };
        if data != local.name {
            reading.name(data);
        }
    }
}

fn content(reading: &mut Reading<'_>, input: &mut Input<'_>, local: &Local) -> io::Result<()> {
    if local.encrypted {
        reading.unread(Why::Encrypted);
        return pass(input, local.packed);
    }
    let Some(packed) = local.packed else {
        return until_it_ends(reading, input, local);
    };
    let mut span = Span::of(input, packed);
    let mut unpacking = Unpacking {
        reading: &mut *reading,
        local,
        drain: false,
    };
    match unpacking.by_method(&mut span)? {
        // What is left was not looked at, on purpose.
        End::Open => span.skip(),
        // The length may be a lie: what comes next is read like all that is no member.
        End::Reached | End::Failed(_) => Ok(()),
    }
}

/// Reads a member of which only its end tells how long it is.
fn until_it_ends(
    reading: &mut Reading<'_>,
    input: &mut Input<'_>,
    local: &Local,
) -> io::Result<()> {
    if local.method == 0 {
        let mut stored = Until::with_checksum(input, |shown: &[u8], before: &Before| {
            sizes_fit(shown, before) && u32_at(shown, 4) == Some(before.checksum)
        });
        Unpacking {
            reading,
            local,
            drain: true,
        }
        .run(&mut stored);
        return Ok(());
    }
    let mut unpacking = Unpacking {
        reading,
        local,
        drain: true,
    };
    unpacking.by_method(&mut Span::open(input)).map(|_| ())
}

/// Passes over a member that is not read.
fn pass(input: &mut Input<'_>, packed: Option<u64>) -> io::Result<()> {
    match packed {
        Some(packed) => Span::of(input, packed).skip(),
        None => io::copy(&mut Until::new(input, sizes_fit), &mut io::sink()).map(|_| ()),
    }
}

/// Tells whether the sizes after a member are shown that has the bytes before.
fn sizes_fit(shown: &[u8], before: &Before) -> bool {
    shown.starts_with(AFTER)
        && (u32_at(shown, 8).map(u64::from) == Some(before.given)
            || u64_at(shown, 8) == Some(before.given))
}

/// Takes the sizes after a member, with or without what begins them, short or long.
fn sizes_after(input: &mut Input<'_>) -> io::Result<()> {
    let head = input.peek(28)?;
    let (begin, short) = match head.starts_with(AFTER) {
        true => (4, 12),
        false => (0, 0),
    };
    let follows = |length| u16_at(head, begin + length) == Some(u16::from_le_bytes(*b"PK"));
    let length = [12, 20].into_iter().find(|length| follows(*length));
    input.consume(begin + length.unwrap_or(short));
    Ok(())
}

/// The unpacking of one member.
struct Unpacking<'r, 'l, 'a> {
    reading: &'r mut Reading<'a>,
    local: &'l Local,
    /// Whether the packed bytes have to be read to their end, since nothing else tells where that
    /// is.
    drain: bool,
}

impl Unpacking<'_, '_, '_> {
    fn by_method(&mut self, span: &mut Span<'_, '_>) -> io::Result<End> {
        let end = match self.local.method {
            0 => self.run(span),
            8 => self.run(&mut Stepped::deflate(span)),
            9 => self.run(&mut Deflate64Decoder::with_buffer(span)),
            12 => self.streams::<Bzip2>(span),
            14 => self.lzma(span)?,
            20 | 93 => self.streams::<Zstd>(span),
            95 => self.streams::<Xz>(span),
            _ => {
                self.reading
                    .unread(Why::NotSupported("its method of packing"));
                if self.drain {
                    return Err(Why::NotSupported("what comes after it").into());
                }
                End::Open
            }
        };
        Ok(end)
    }

    fn streams<F: Form>(&mut self, span: &mut Span<'_, '_>) -> End {
        let room = Room::of(self.reading);
        match self.drain {
            true => self.run(&mut Joined::<_, F>::one(span, room)),
            false => self.run(&mut Joined::<_, F>::new(span, room)),
        }
    }

    /// LZMA has a header of its own in zip: a version, and the length of the properties.
    fn lzma(&mut self, span: &mut Span<'_, '_>) -> io::Result<End> {
        let mut head = [0; 9];
        span.read_exact(&mut head)?;
        let [_, _, 5, 0, properties, dictionary @ ..] = head else {
            return Err(Why::Damaged.into());
        };
        let dictionary = u32::from_le_bytes(dictionary);
        let window = u64::from(dictionary) + compressed::BESIDE;
        let _window = Room::of(self.reading).take(window)?;
        let size = self.local.unpacked.unwrap_or(u64::MAX);
        let mut decoder = LzmaReader::new_with_props(span, size, properties, dictionary, None)?;
        decoder.set_relaxed_end_condition(true);
        Ok(self.run(&mut decoder))
    }

    /// Reads what a decoder gives.
    fn run(&mut self, decoder: &mut dyn Read) -> End {
        let (end, _) = self.reading.decoded(decoder);
        if !self.drain || end != End::Open || self.reading.spent.halted() {
            return end;
        }
        let spent = self.reading.spent.clone();
        let mut metered = Metered::new(decoder, spent, self.reading.limits);
        if let Err(error) = io::copy(&mut metered, &mut io::sink()) {
            self.reading.unread(Why::of(&error));
        }
        metered.end()
    }
}
