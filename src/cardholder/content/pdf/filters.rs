//! How streams are packed and written in letters.

use std::io::{self, BufReader, Read};

use weezl::{BitOrder, LzwStatus, decode};

use super::object::{Dict, Object, digit};
use crate::cardholder::content::Why;
use crate::cardholder::content::compressed::Stepped;

/// What is read from an input by a decoder.
pub(super) type Decoded<'d> = Box<dyn Read + 'd>;

/// The most decoders of one stream.
const MOST: usize = 4;

/// Returns the names of a stream's filters, in their order.
pub(super) fn filters(dict: &Dict) -> Vec<&[u8]> {
    match dict.get("Filter").or_else(|| dict.get("F")) {
        Some(Object::Name(name)) => vec![name],
        Some(Object::Array(names)) => names.iter().filter_map(Object::name).collect(),
        _ => Vec::new(),
    }
}

/// Returns what a stream gives.
pub(super) fn decoded<'d>(dict: &Dict, raw: Decoded<'d>) -> Result<Decoded<'d>, Why> {
    let filters = filters(dict);
    if filters.len() > MOST {
        return Err(Why::TooDeep(MOST));
    }
    let predicts = parameters(dict).any(|it| {
        let predictor = it.get("Predictor").and_then(Object::whole);
        predictor.is_some_and(|predictor| predictor > 1)
    });
    if predicts {
        return Err(Why::NotSupported("a stream of differences in PDF"));
    }
    let early = parameters(dict).all(|it| it.get("EarlyChange").and_then(Object::whole) != Some(0));
    let mut decoded = raw;
    for filter in filters {
        decoded = match filter {
            b"FlateDecode" | b"Fl" => Box::new(Stepped::zlib(BufReader::new(decoded))),
            b"LZWDecode" | b"LZW" => Box::new(Lzw::new(decoded, early)),
            b"ASCIIHexDecode" | b"AHx" => Box::new(Letters::new(decoded, hexadecimal)),
            b"ASCII85Decode" | b"A85" => Box::new(Letters::new(decoded, base_85)),
            b"RunLengthDecode" | b"RL" => Box::new(Letters::new(decoded, runs)),
            b"Crypt" => decoded,
            _ => return Err(Why::NotSupported("a stream packed as an image")),
        };
    }
    Ok(decoded)
}

fn parameters(dict: &Dict) -> impl Iterator<Item = &Dict> {
    let given = dict.get("DecodeParms").or_else(|| dict.get("DP"));
    let all = match given {
        Some(Object::Array(all)) => all.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    all.iter().filter_map(Object::dict)
}

/// LZW as PDF and TIFF use it.
struct Lzw<R> {
    packed: BufReader<R>,
    decoder: decode::Decoder,
    ended: bool,
}

impl<R: Read> Lzw<R> {
    fn new(packed: R, early: bool) -> Self {
        Self {
            packed: BufReader::new(packed),
            decoder: match early {
                true => decode::Decoder::with_tiff_size_switch(BitOrder::Msb, 8),
                false => decode::Decoder::new(BitOrder::Msb, 8),
            },
            ended: false,
        }
    }
}

impl<R: Read> Read for Lzw<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        use io::BufRead as _;
        while !self.ended && !into.is_empty() {
            let packed = self.packed.fill_buf()?;
            let at_end = packed.is_empty();
            let step = self.decoder.decode_bytes(packed, into);
            self.packed.consume(step.consumed_in);
            self.ended = match step.status {
                Ok(LzwStatus::Ok) => false,
                Ok(LzwStatus::NoProgress) => at_end,
                Ok(LzwStatus::Done) => true,
                Err(_) => return Err(Why::Damaged.into()),
            };
            if step.consumed_out > 0 {
                return Ok(step.consumed_out);
            }
        }
        Ok(0)
    }
}

/// Decodes one group of bytes; tells whether more may follow.
type Group = fn(&mut dyn FnMut() -> io::Result<Option<u8>>, &mut Vec<u8>) -> io::Result<bool>;

/// Bytes that are written in groups of letters.
struct Letters<R: Read> {
    letters: io::Bytes<BufReader<R>>,
    group: Group,
    ready: Vec<u8>,
    taken: usize,
    ended: bool,
}

impl<R: Read> Letters<R> {
    fn new(letters: R, group: Group) -> Self {
        Self {
            letters: BufReader::new(letters).bytes(),
            group,
            ready: Vec::new(),
            taken: 0,
            ended: false,
        }
    }
}

impl<R: Read> Read for Letters<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.ready.len() {
            self.ready.clear();
            self.taken = 0;
            let letters = &mut self.letters;
            while self.ready.len() < into.len().min(8192) && !self.ended {
                let more = (self.group)(&mut || letters.next().transpose(), &mut self.ready)?;
                self.ended = !more;
            }
        }
        let ready = self.ready.get(self.taken..).unwrap_or_default();
        let count = (&mut &*ready).read(into)?;
        self.taken += count;
        Ok(count)
    }
}

fn hexadecimal(
    next: &mut dyn FnMut() -> io::Result<Option<u8>>,
    into: &mut Vec<u8>,
) -> io::Result<bool> {
    let mut digits = Vec::new();
    while digits.len() < 2 {
        match next()? {
            None | Some(b'>') => break,
            Some(byte) if byte.is_ascii_hexdigit() => digits.push(digit(byte)),
            Some(_) => {}
        }
    }
    match digits.as_slice() {
        [high, low] => into.push(high << 4 | low),
        [high] => into.push(high << 4),
        _ => {}
    }
    Ok(digits.len() == 2)
}

fn base_85(
    next: &mut dyn FnMut() -> io::Result<Option<u8>>,
    into: &mut Vec<u8>,
) -> io::Result<bool> {
    let mut digits = Vec::new();
    while digits.len() < 5 {
        match next()? {
            None | Some(b'~') => break,
            Some(b'z') if digits.is_empty() => {
                into.extend([0; 4]);
                return Ok(true);
            }
            Some(byte @ b'!'..=b'u') => digits.push(u32::from(byte - b'!')),
            Some(_) => {}
        }
    }
    let count = digits.len();
    if count > 1 {
        digits.resize(5, 84);
        let value = digits.iter().fold(0_u32, |value, digit| {
            value.wrapping_mul(85).wrapping_add(*digit)
        });
        into.extend(value.to_be_bytes().iter().take(count - 1));
    }
    Ok(count == 5)
}

fn runs(next: &mut dyn FnMut() -> io::Result<Option<u8>>, into: &mut Vec<u8>) -> io::Result<bool> {
    match next()? {
        None | Some(128) => return Ok(false),
        Some(length @ 0..128) => {
            for _ in 0..=length {
                into.extend(next()?);
            }
        }
        Some(length) => {
            let byte = next()?;
            into.extend(byte.into_iter().cycle().take(257 - usize::from(length)));
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(filter: &str, bytes: &[u8]) -> Vec<u8> {
        let name = Object::Name(filter.as_bytes().to_vec());
        let dict = Dict(vec![(b"Filter".to_vec(), name)]);
        let mut given = Vec::new();
        let mut decoded = decoded(&dict, Box::new(bytes)).expect("it is known");
        decoded.read_to_end(&mut given).expect("it is whole");
        given
    }

    #[test]
    fn letters_and_runs_are_decoded() {
        for (filter, bytes, expected) in [
            ("ASCIIHexDecode", &b"34 31\n3>99"[..], &b"410"[..]),
            ("ASCII85Decode", b"1bg^>\nz~>", b"4111\0\0\0\0"),
            ("ASCII85Decode", b"1be~>", b"41"),
            (
                "RunLengthDecode",
                &[1, b'4', b'1', 254, b'1', 128, 9],
                b"41111",
            ),
            (
                "LZWDecode",
                &[0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01],
                b"-----A---B",
            ),
        ] {
            assert_eq!(read(filter, bytes), expected, "{filter}");
        }
    }
}
