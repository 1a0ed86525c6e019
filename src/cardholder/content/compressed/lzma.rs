//! The old form of LZMA, one stream with a header of 13 bytes (`.lzma`).

use std::io;

use lzma_rust2::LzmaReader;

use super::{Input, Reading, Room, Why};

/// How many bytes the header has: properties, dictionary, size.
const HEADER: usize = 13;
/// What a decoder holds beside its dictionary, at most.
pub(in crate::cardholder::content) const BESIDE: u64 = 128 * 1024;
/// A size that is not known: the stream has an end mark.
const UNKNOWN: u64 = u64::MAX;
/// The largest content that is taken for one, in bytes. The header has no magic number.
const LARGEST: u64 = 1 << 40;

/// Tells whether a stream begins so, with properties and dictionary as `xz` and `lzma` write them.
pub(in crate::cardholder::content) fn begins(head: &[u8]) -> bool {
    let Some(([0x5d, dictionary @ .., _, _, _, _, _, _, _, _], [0, ..])) =
        head.split_first_chunk::<HEADER>()
    else {
        return false;
    };
    let dictionary = u32::from_le_bytes(*dictionary);
    let usual = dictionary.is_power_of_two() || (dictionary / 3).is_power_of_two();
    let size = head.get(5..).and_then(|rest| rest.first_chunk());
    let size = size.map_or(0, |bytes| u64::from_le_bytes(*bytes));
    usual && dictionary >= 1 << 12 && (size == UNKNOWN || size < LARGEST)
}

/// Reads a stream.
pub(in crate::cardholder::content) fn lzma(
    reading: &mut Reading<'_>,
    input: &mut Input<'_>,
) -> io::Result<()> {
    let dictionary = input
        .peek(HEADER)?
        .get(1..)
        .and_then(|rest| rest.first_chunk());
    let dictionary = dictionary.map_or(0, |bytes| u32::from_le_bytes(*bytes));
    let window = u64::from(dictionary) + BESIDE;
    let _window = Room::of(reading).take(window)?;
    let kibibytes = u32::try_from(window.div_ceil(1024)).map_err(|_| Why::Damaged)?;
    let mut decoder = LzmaReader::new_mem_limit(input, kibibytes, None)?;
    reading.decoded(&mut decoder);
    Ok(())
}
