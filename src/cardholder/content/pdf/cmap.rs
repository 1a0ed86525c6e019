//! What the codes of a font mean, as `ToUnicode` says.

use std::io::Read;

use super::object::Object;
use super::tokens::Tokens;

/// The most ranges of one map.
const RANGES: usize = 20_000;

/// Codes and the characters that they mean.
#[derive(Debug, Default)]
pub(super) struct Cmap {
    /// First and last code and the characters of the first; the last character counts on.
    ranges: Vec<(u32, u32, Box<str>)>,
    /// How many bytes a code has, where it is said.
    pub(super) width: Option<usize>,
}

impl Cmap {
    /// Reads a map.
    pub(super) fn read(bytes: &mut dyn Read) -> Self {
        let mut map = Self::default();
        let mut tokens = Tokens::new(bytes);
        let mut waiting: Vec<Object> = Vec::new();
        while let Some(token) = tokens.next() {
            let Object::Word(word) = token else {
                if waiting.len() < RANGES {
                    waiting.push(token);
                }
                continue;
            };
            match word.as_slice() {
                b"endcodespacerange" => {
                    let longest = waiting.iter().filter_map(code).map(|(_, width)| width);
                    map.width = longest.max().filter(|width| (1..=4).contains(width));
                }
                b"endbfchar" => {
                    for pair in waiting.chunks_exact(2) {
                        if let [from, to] = pair
                            && let (Some((code, _)), Some(text)) = (code(from), text(to))
                        {
                            map.add(code, code, text);
                        }
                    }
                }
                b"endbfrange" => {
                    for range in waiting.chunks_exact(3) {
                        if let [from, to, target] = range
                            && let (Some((from, _)), Some((to, _))) = (code(from), code(to))
                        {
                            map.range(from, to, target);
                        }
                    }
                }
                _ => {}
            }
            waiting.clear();
        }
        map.ranges.sort_by_key(|(from, _, _)| *from);
        map
    }

    fn range(&mut self, from: u32, to: u32, target: &Object) {
        match target {
            Object::Array(targets) => {
                for (code, target) in (from..=to).zip(targets) {
                    if let Some(text) = text(target) {
                        self.add(code, code, text);
                    }
                }
            }
            target => {
                if let Some(text) = text(target) {
                    self.add(from, to, text);
                }
            }
        }
    }

    fn add(&mut self, from: u32, to: u32, text: Box<str>) {
        if self.ranges.len() < RANGES && from <= to {
            self.ranges.push((from, to, text));
        }
    }

    /// Returns how much it holds.
    pub(super) fn size(&self) -> usize {
        self.ranges.len()
    }

    /// Adds what a code means to a text; tells whether it is known.
    pub(super) fn push(&self, code: u32, into: &mut String) -> bool {
        let end = self.ranges.partition_point(|(from, _, _)| *from <= code);
        let range = end.checked_sub(1).and_then(|at| self.ranges.get(at));
        let Some((from, _, text)) = range.filter(|(_, to, _)| code <= *to) else {
            return false;
        };
        let mut signs = text.chars();
        let last = signs.next_back().map(u32::from);
        into.push_str(signs.as_str());
        into.extend(last.and_then(|last| char::from_u32(last.checked_add(code - from)?)));
        true
    }
}

/// Returns a code and how many bytes it has.
fn code(object: &Object) -> Option<(u32, usize)> {
    let Object::String(bytes) = object else {
        return None;
    };
    let code = bytes.iter().take(4);
    let code = code.fold(0, |code, byte| code << 8 | u32::from(*byte));
    Some((code, bytes.len()))
}

fn text(object: &Object) -> Option<Box<str>> {
    let Object::String(bytes) = object else {
        return None;
    };
    let (pairs, _) = bytes.as_chunks();
    let units = pairs.iter().take(8).map(|pair| u16::from_be_bytes(*pair));
    let text: String = char::decode_utf16(units).filter_map(Result::ok).collect();
    (!text.is_empty()).then(|| text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_ranges_and_lists_are_known() {
        let text = b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n\
            2 beginbfchar <0003> <0020> <0010> <00660069> endbfchar\n\
            2 beginbfrange <0013> <001C> <0030> <0020> <0021> [<0041> <0042>] endbfrange";
        let map = Cmap::read(&mut &text[..]);
        assert_eq!(map.width, Some(2));
        for (code, expected) in [
            (3, " "),
            (0x10, "fi"),
            (0x13, "0"),
            (0x1c, "9"),
            (0x1d, ""),
            (0x21, "B"),
        ] {
            let mut text = String::new();
            assert_eq!(map.push(code, &mut text), !expected.is_empty(), "{code}");
            assert_eq!(text, expected);
        }
    }
}
