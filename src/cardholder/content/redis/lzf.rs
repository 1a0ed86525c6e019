//! LZF, in which Redis packs strings. It looks back 8 KiB at most, so that it can be unpacked in
//! passing, which the crates for it don't.

use std::io::{self, Read};

use crate::cardholder::content::Why;

/// How far back it looks.
const WINDOW: usize = 8 * 1024;

/// Unpacks what it reads.
pub(super) struct Lzf<R> {
    packed: R,
    /// The last bytes that were unpacked, the newest before `next`.
    window: Vec<u8>,
    next: usize,
    /// How many bytes of a run are still to be given.
    left: usize,
    /// How far back the run is; 0 for bytes that stand as they are.
    back: usize,
    /// How many bytes were unpacked.
    count: usize,
}

impl<R: Read> Lzf<R> {
    pub(super) fn new(packed: R) -> Self {
        Self {
            packed,
            window: vec![0; WINDOW],
            next: 0,
            left: 0,
            back: 0,
            count: 0,
        }
    }

    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.packed.read_exact(&mut byte)?;
        Ok(byte[0])
    }

    /// Begins the next run; tells whether there is one.
    fn run(&mut self) -> io::Result<bool> {
        let mut control = [0];
        if self.packed.read(&mut control)? == 0 {
            return Ok(false);
        }
        let control = usize::from(control[0]);
        self.back = 0;
        self.left = control + 1;
        if control >= 32 {
            let mut length = control >> 5;
            if length == 7 {
                length += usize::from(self.byte()?);
            }
            self.left = length + 2;
            self.back = ((control & 0x1f) << 8) + usize::from(self.byte()?) + 1;
            if self.back > self.count {
                return Err(Why::Damaged.into());
            }
        }
        Ok(true)
    }
}

impl<R: Read> Read for Lzf<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        for slot in into {
            if self.left == 0 {
                match self.run() {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(_) if filled > 0 => {
                        // The next read tells it.
                        self.back = usize::MAX;
                        self.left = 1;
                        break;
                    }
                    Err(error) => return Err(error),
                }
            }
            let from = match self.back {
                usize::MAX if filled > 0 => break,
                usize::MAX => return Err(Why::Damaged.into()),
                0 => None,
                back => Some((self.next + WINDOW - back) % WINDOW),
            };
            let byte = match from {
                Some(at) => self.window.get(at).copied().unwrap_or_default(),
                None => match self.byte() {
                    Ok(byte) => byte,
                    Err(_) if filled > 0 => break,
                    Err(error) => return Err(error),
                },
            };
            if let Some(kept) = self.window.get_mut(self.next) {
                *kept = byte;
            }
            *slot = byte;
            filled += 1;
            self.next = (self.next + 1) % WINDOW;
            self.count = self.count.saturating_add(1);
            self.left -= 1;
        }
        Ok(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpacked(packed: &[u8]) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        Lzf::new(packed).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    #[test]
    fn bytes_and_what_they_repeat_are_unpacked() {
        for (packed, expected) in [
            (&[2, b'a', b'b', b'c'][..], Some(&b"abc"[..])),
            (&[0, b'a', 0x20, 0], Some(b"aaaa")),
            (&[1, b'a', b'b', 0xe0, 1, 1], Some(b"abababababab")),
            (&[], Some(b"")),
            (&[2, b'a'], None),
            (&[0, b'a', 0x20, 9], None),
            (&[0xe0], None),
        ] {
            assert_eq!(unpacked(packed).as_deref(), expected, "{packed:?}");
        }
    }
}
