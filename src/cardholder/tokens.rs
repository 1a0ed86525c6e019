//! The words of a text: runs of Latin letters, told apart by case, digits and signs.

use super::sign::{hex, sign};

/// The most words that are kept: the last ones of a range.
const MOST: usize = 64;
/// Where hashing begins, and what it multiplies by (FNV-1a).
const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// A word, by its hash, and where it stands. Case and accents do not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) hash: u64,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The words of a range, in order.
pub(super) struct Tokens {
    tokens: [Token; MOST],
    count: usize,
}

impl Tokens {
    /// Returns the words of a range. The word that the range cuts in half is left out.
    ///
    /// A capital after a small letter begins a word, and so does the last of several capitals that
    /// a small letter follows: `PANNumber` is `pan number`. Digits are a word of their own, unless
    /// they are more than a word of ours has.
    pub(super) fn of(bytes: &[u8], range: std::ops::Range<usize>) -> Self {
        let mut tokens = Self {
            tokens: [Token::default(); MOST],
            count: 0,
        };
        let mut at = range.start;
        // A word that began before the range is not known.
        if letter(bytes, at).is_some() && letter_before(bytes, at) {
            while at < range.end
                && let Some((_, length)) = letter(bytes, at)
            {
                at += length;
            }
        }
        while at < range.end {
            match bytes.get(at) {
                Some(b'0'..=b'9') => at = tokens.number(bytes, at, range.end),
                _ if letter(bytes, at).is_some() => at = tokens.word(bytes, at, range.end),
                Some(b'\\') => {
                    at += match bytes.get(at + 1) {
                        Some(b'u') if bytes.get(at + 2..at + 6).and_then(hex).is_some() => 6,
                        Some(b'x') if bytes.get(at + 2..at + 4).and_then(hex).is_some() => 4,
                        _ => 2,
                    };
                }
                Some(b'%') if escaped(bytes, at) => at += 3,
                _ => at += 1,
            }
        }
        tokens
    }

    /// Returns the words.
    pub(super) fn as_slice(&self) -> &[Token] {
        self.tokens.get(..self.count).unwrap_or_default()
    }

    fn push(&mut self, token: Token) {
        if self.count == MOST {
            self.tokens.copy_within(1.., 0);
            self.count -= 1;
        }
        if let Some(place) = self.tokens.get_mut(self.count) {
            *place = token;
            self.count += 1;
        }
    }

    /// Takes digits: a word such as the 2 of `cvv2`. Leading zeros do not count.
    fn number(&mut self, bytes: &[u8], start: usize, end: usize) -> usize {
        let mut at = start;
        let mut hash = BASIS;
        let mut zeros = true;
        while at < end
            && let Some(digit @ b'0'..=b'9') = bytes.get(at).copied()
        {
            zeros &= digit == b'0';
            if !zeros {
                hash = (hash ^ u64::from(digit)).wrapping_mul(PRIME);
            }
            at += 1;
        }
        if at - start <= 3 {
            self.push(Token {
                hash,
                start,
                end: at,
            });
        }
        at
    }

    /// Takes a word of letters.
    fn word(&mut self, bytes: &[u8], start: usize, end: usize) -> usize {
        let mut at = start;
        let mut hash = BASIS;
        let mut capitals = 0;
        let mut small = false;
        while at < end
            && let Some((base, length)) = letter(bytes, at)
        {
            let capital = base.is_ascii_uppercase();
            if capital && small {
                break;
            }
            if capital && capitals > 0 && two_small_follow(bytes, at + length) {
                break;
            }
            small |= !capital;
            capitals += usize::from(capital);
            hash = (hash ^ u64::from(base.to_ascii_lowercase())).wrapping_mul(PRIME);
            at += length;
        }
        if in_hexadecimal(bytes, start, at) {
            hash = 0;
        }
        self.push(Token {
            hash,
            start,
            end: at,
        });
        at
    }
}

/// Tells whether letters are digits of a hexadecimal number: there are decimal ones before them, or
/// after them with more letters.
fn in_hexadecimal(bytes: &[u8], start: usize, end: usize) -> bool {
    let letters = bytes.get(start..end).unwrap_or_default();
    if !letters.iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let before = start.checked_sub(1).and_then(|before| bytes.get(before));
    let escape = start.checked_sub(3).and_then(|before| bytes.get(before)) == Some(&b'%');
    let after = bytes.get(end..).unwrap_or_default();
    let digits = after
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let more = after.get(digits).is_some_and(u8::is_ascii_alphabetic);
    (before.is_some_and(u8::is_ascii_digit) && !escape) || (digits > 0 && more)
}

/// Returns the hash of a word.
#[cfg(test)]
fn hash(word: &str) -> u64 {
    let tokens = Tokens::of(word.as_bytes(), 0..word.len());
    tokens.as_slice().first().map_or(0, |token| token.hash)
}

fn two_small_follow(bytes: &[u8], at: usize) -> bool {
    bytes
        .get(at..at + 2)
        .is_some_and(|two| two.iter().all(u8::is_ascii_lowercase))
}

fn escaped(bytes: &[u8], at: usize) -> bool {
    bytes.get(at + 1..at + 3).and_then(hex).is_some()
}

fn letter_before(bytes: &[u8], at: usize) -> bool {
    at.checked_sub(1)
        .and_then(|before| bytes.get(before))
        .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80)
}

/// The letters from U+00C0 to U+017F without their accents; `.` is none.
const BASES: &[u8; 192] = b"AAAAAAACEEEEIIIIDNOOOOO.OUUUUYTsaaaaaaaceeeeiiiidnooooo.ouuuuyty\
AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlLlLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";

/// Returns the letter at a place without its accent, and how many bytes it takes.
fn letter(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let first = *bytes.get(at)?;
    if first.is_ascii_alphabetic() {
        return Some((first, 1));
    }
    // Only what can be one is decoded.
    let may_be = match bytes.get(at..at + 4) {
        _ if (0xc3..=0xc5).contains(&first) => true,
        Some([b'%', b'C' | b'c', b'3'..=b'5', b'%'] | [b'\\', b'u', b'0', b'0' | b'1']) => true,
        _ => false,
    };
    let found = sign(bytes, at).filter(|_| may_be)?;
    let place = usize::try_from(u32::from(found.is).checked_sub(0xc0)?).ok()?;
    let base = BASES.get(place).filter(|base| base.is_ascii_alphabetic())?;
    Some((*base, found.length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart_by_case_digits_and_signs() {
        for (text, words) in [
            ("cardNumber", "card number"),
            ("CARD_NUMBER", "card number"),
            ("card-number:", "card number"),
            ("PANNumber", "pan number"),
            ("PrimaryAccountNumber", "primary account number"),
            ("customerPAN", "customer pan"),
            ("PANs", "pans"),
            ("cvv2", "cvv 2"),
            ("DE002", "de 2"),
            ("num\u{e9}ro de carte", "numero de carte"),
            ("Kart\u{131} numaras\u{131}", "karti numarasi"),
            ("payment%5Bcard%5D", "payment card"),
            ("Pr%C3%BCf\\u00e9x", "prufex"),
            ("%22DE2%22", "de 2"),
            ("\\npan=\\u0022", "pan"),
            ("5cc de2", "5 ? de 2"),
            ("a 4111111111111111 b", "a b"),
        ] {
            let tokens = Tokens::of(text.as_bytes(), 0..text.len());
            let found: Vec<u64> = tokens.as_slice().iter().map(|token| token.hash).collect();
            let hash = |word| match word {
                "?" => 0,
                word => hash(word),
            };
            let expected: Vec<u64> = words.split(' ').map(hash).collect();
            assert_eq!(found, expected, "{text}");
        }
        let tokens = Tokens::of(b"discard no", 3..10);
        assert_eq!(tokens.as_slice().len(), 1);
    }
}
