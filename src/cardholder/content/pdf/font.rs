//! Fonts: what the codes of a text mean, and how wide they are.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::rc::Rc;

use super::cmap::Cmap;
use super::file::File;
use super::glyphs::{self, Standard};
use super::object::{Dict, Object};
use crate::cardholder::content::Reading;
use crate::cardholder::content::limits::Metered;

/// The most fonts that are known at once, and the most that their maps hold.
const FONTS: usize = 64;
const MAPS: usize = 60_000;
/// The most widths of a font that are kept.
const WIDTHS: usize = 20_000;

/// A font.
#[derive(Debug)]
pub(super) struct Font {
    map: Cmap,
    codes: Codes,
    widths: Widths,
    /// How much of the font's size a unit of its widths is.
    unit: f64,
}

/// How the codes of a text are written, and what they mean without a map.
#[derive(Debug)]
enum Codes {
    /// A byte each, with its character.
    Bytes(Box<[char; 256]>),
    /// Two bytes each.
    Pairs(Pairs),
    /// ASCII in a byte, all else in two: the encodings of East Asia.
    Mixed,
}

/// What two bytes mean without a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pairs {
    /// UTF-16.
    Utf16,
    /// Characters in the order of Adobe's collections, which begin with ASCII.
    Collection,
    /// Glyphs of the font file. Many have ASCII in the order of the first TrueType fonts.
    Glyphs,
}

/// How wide codes are.
#[derive(Debug)]
enum Widths {
    /// From a first code on.
    From(u32, Vec<f64>),
    /// First and last code and their width, in order; the width of all others.
    Ranges(Vec<(u32, u32, f64)>, f64),
    /// Those of a font that every reader has.
    Standard(Standard),
}

/// A character of a text.
pub(super) struct Sign<'t> {
    /// What it means; nothing if that is not known.
    pub(super) text: &'t str,
    /// How wide it is, in sizes of the font.
    pub(super) width: f64,
    /// Whether space between words applies to it.
    pub(super) space: bool,
    /// Whether what it means is a guess or not known.
    pub(super) vague: bool,
}

impl Font {
    /// Returns a font of which nothing is known.
    pub(super) fn plain() -> Self {
        Self {
            map: Cmap::default(),
            codes: Codes::Bytes(Box::new(glyphs::latin())),
            widths: Widths::Standard(Standard::Helvetica),
            unit: 0.001,
        }
    }

    fn read(file: &File<'_>, reading: &Reading<'_>, dict: &Dict) -> Self {
        let get = |dict: &Dict, name: &str| {
            let value = dict.get(name)?;
            file.resolved(reading, value)
        };
        let map = map(file, reading, dict).unwrap_or_default();
        let composite = dict.is("Subtype", "Type0");
        let base = dict
            .get("BaseFont")
            .and_then(Object::name)
            .unwrap_or_default();
        if !composite {
            let first = get(dict, "FirstChar").and_then(|first| first.whole());
            let widths = match get(dict, "Widths") {
                Some(Object::Array(widths)) => Widths::From(
                    first.and_then(|first| first.try_into().ok()).unwrap_or(0),
                    numbers(file, reading, &widths),
                ),
                _ => Widths::Standard(Standard::of(base)),
            };
            let matrix = get(dict, "FontMatrix");
            let unit = matrix
                .as_ref()
                .and_then(|matrix| matrix.array()?.first()?.number())
                .filter(|unit| unit.is_finite() && *unit > 0.0);
            return Self {
                map,
                codes: Codes::Bytes(Box::new(encoding(file, reading, dict))),
                widths,
                unit: unit.unwrap_or(0.001),
            };
        }
        let below = match get(dict, "DescendantFonts") {
            Some(Object::Array(fonts)) => {
                fonts.first().and_then(|font| file.resolved(reading, font))
            }
            _ => None,
        };
        let empty = Dict::default();
        let below = below.as_ref().and_then(Object::dict).unwrap_or(&empty);
        let ordering = get(below, "CIDSystemInfo")
            .and_then(|info| Some(info.dict()?.get("Ordering")?.clone()));
        let encoding = dict
            .get("Encoding")
            .and_then(Object::name)
            .unwrap_or_default();
        let has = |part: &[u8]| memchr::memmem::find(encoding, part).is_some();
        let codes = if has(b"UCS2") || has(b"UTF16") {
            Codes::Pairs(Pairs::Utf16)
        } else if [
            &b"RKSJ"[..],
            b"EUC",
            b"GBK",
            b"ETen",
            b"B5",
            b"KSC",
            b"HKscs",
            b"GBpc",
        ]
        .into_iter()
        .any(has)
        {
            Codes::Mixed
        } else {
            Codes::Pairs(match ordering {
                Some(Object::String(ordering)) if ordering != b"Identity" => Pairs::Collection,
                _ => Pairs::Glyphs,
            })
        };
        let default = get(below, "DW").and_then(|width| width.number());
        let ranges = match get(below, "W") {
            Some(Object::Array(widths)) => ranges(file, reading, &widths),
            _ => Vec::new(),
        };
        Self {
            map,
            codes,
            widths: Widths::Ranges(ranges, default.unwrap_or(1000.0)),
            unit: 0.001,
        }
    }

    /// Hands out the characters of a text.
    pub(super) fn signs(&self, bytes: &[u8], each: &mut dyn FnMut(Sign<'_>)) {
        let mut rest = bytes;
        let mut text = String::new();
        while let Some(first) = rest.first() {
            let length = match self.codes {
                Codes::Bytes(_) => 1,
                Codes::Pairs(_) => self.map.width.unwrap_or(2),
                Codes::Mixed if first.is_ascii() => 1,
                Codes::Mixed => 2,
            };
            let (own, after) = rest.split_at(length.min(rest.len()));
            rest = after;
            let code = own
                .iter()
                .fold(0, |code, byte| code << 8 | u32::from(*byte));
            text.clear();
            let known = self.map.push(code, &mut text) || self.guess(code, &mut text);
            each(Sign {
                text: &text,
                width: self.width(code, &text) * self.unit,
                space: own == b" ",
                vague: !known,
            });
        }
    }

    /// Adds what a code means without a map; tells whether that is sure.
    fn guess(&self, code: u32, into: &mut String) -> bool {
        let sign = match &self.codes {
            Codes::Bytes(signs) => signs.get(code as usize).copied(),
            Codes::Pairs(Pairs::Utf16) => char::from_u32(code),
            Codes::Mixed => char::from_u32(code).filter(char::is_ascii).or(Some(' ')),
            Codes::Pairs(Pairs::Collection) => match code {
                1..=95 => char::from_u32(code + 31),
                231..=325 => char::from_u32(code - 199),
                _ => Some(' '),
            },
            Codes::Pairs(Pairs::Glyphs) => {
                into.extend(char::from_u32(code + 29).filter(|sign| (' '..='~').contains(sign)));
                return false;
            }
        };
        into.extend(sign.filter(|sign| *sign != char::REPLACEMENT_CHARACTER));
        sign.is_some_and(|sign| sign != char::REPLACEMENT_CHARACTER)
    }

    fn width(&self, code: u32, text: &str) -> f64 {
        match &self.widths {
            Widths::From(first, widths) => code
                .checked_sub(*first)
                .and_then(|at| widths.get(at as usize).copied())
                .unwrap_or(500.0),
            Widths::Ranges(ranges, default) => {
                let end = ranges.partition_point(|(from, _, _)| *from <= code);
                end.checked_sub(1)
                    .and_then(|at| ranges.get(at))
                    .filter(|(_, to, _)| code <= *to)
                    .map_or(*default, |(_, _, width)| *width)
            }
            Widths::Standard(standard) => standard.width(text),
        }
    }
}

/// Reads the map of a font.
fn map(file: &File<'_>, reading: &Reading<'_>, dict: &Dict) -> Option<Cmap> {
    let Some(Object::Reference(number)) = dict.get("ToUnicode") else {
        return None;
    };
    let at = file.find(*number)?;
    let object = file.object(reading, at)?;
    let mut stream = file.open(object.dict()?, *file.entries.get(at)?).ok()?;
    let spent = Rc::clone(&reading.spent);
    Some(Cmap::read(
        &mut Metered::new(&mut stream, spent, reading.limits).by_ref(),
    ))
}

/// Returns the characters of the bytes of a simple font.
fn encoding(file: &File<'_>, reading: &Reading<'_>, dict: &Dict) -> [char; 256] {
    let mut signs = glyphs::latin();
    let given = dict
        .get("Encoding")
        .and_then(|it| file.resolved(reading, it));
    let differences = given
        .as_ref()
        .and_then(Object::dict)
        .and_then(|encoding| file.resolved(reading, encoding.get("Differences")?));
    let mut code = 0_usize;
    for item in differences
        .as_ref()
        .and_then(Object::array)
        .unwrap_or_default()
    {
        match item {
            Object::Name(name) => {
                if let Some(sign) = signs.get_mut(code) {
                    *sign = glyphs::named(name).unwrap_or(char::REPLACEMENT_CHARACTER);
                }
                code += 1;
            }
            item => {
                let from = item.whole().and_then(|from| usize::try_from(from).ok());
                code = from.unwrap_or(code);
            }
        }
    }
    signs
}

fn numbers(file: &File<'_>, reading: &Reading<'_>, items: &[Object]) -> Vec<f64> {
    let number = |item: &Object| match item {
        Object::Number(number) => *number,
        item => file
            .resolved(reading, item)
            .and_then(|item| item.number())
            .unwrap_or(500.0),
    };
    items.iter().take(WIDTHS).map(number).collect()
}

/// Reads the widths of a composite font: a first code and a list, or first, last and a width.
fn ranges(file: &File<'_>, reading: &Reading<'_>, items: &[Object]) -> Vec<(u32, u32, f64)> {
    let mut ranges = Vec::new();
    let mut rest = items;
    while ranges.len() < WIDTHS {
        let code = |item: &Object| item.whole().and_then(|code| u32::try_from(code).ok());
        match rest {
            [
                first,
                list @ (Object::Array(_) | Object::Reference(_)),
                after @ ..,
            ] => {
                let list = file.resolved(reading, list);
                let widths = list.as_ref().and_then(Object::array).unwrap_or_default();
                let codes = code(first).unwrap_or_default()..u32::MAX;
                let widths = codes.zip(numbers(file, reading, widths));
                ranges.extend(widths.map(|(code, width)| (code, code, width)));
                rest = after;
            }
            [first, last, width, after @ ..] => {
                if let (Some(first), Some(last), Some(width)) =
                    (code(first), code(last), width.number())
                {
                    ranges.push((first, last, width));
                }
                rest = after;
            }
            _ => break,
        }
    }
    ranges.sort_by_key(|(from, _, _)| *from);
    ranges
}

/// The fonts that were read.
#[derive(Default)]
pub(super) struct Fonts {
    by_number: BTreeMap<u32, Rc<Font>>,
    held: usize,
}

impl Fonts {
    /// Returns the fonts of resources, with the names by which a stream calls them.
    pub(super) fn of(
        &mut self,
        file: &File<'_>,
        reading: &Reading<'_>,
        resources: &Dict,
    ) -> Vec<(Vec<u8>, Rc<Font>)> {
        let fonts = resources
            .get("Font")
            .and_then(|fonts| file.resolved(reading, fonts));
        let Some(Object::Dict(fonts)) = fonts else {
            return Vec::new();
        };
        let fonts = fonts.0.iter().take(FONTS);
        fonts
            .filter_map(|(name, font)| Some((name.clone(), self.font(file, reading, font)?)))
            .collect()
    }

    fn font(&mut self, file: &File<'_>, reading: &Reading<'_>, font: &Object) -> Option<Rc<Font>> {
        let number = match font {
            Object::Reference(number) => Some(*number),
            _ => None,
        };
        if let Some(known) = number.and_then(|number| self.by_number.get(&number)) {
            return Some(Rc::clone(known));
        }
        let object = file.resolved(reading, font)?;
        let font = Rc::new(Font::read(file, reading, object.dict()?));
        if let Some(number) = number {
            if self.by_number.len() >= FONTS || self.held > MAPS {
                self.by_number.clear();
                self.held = 0;
            }
            self.held += font.map.size();
            self.by_number.insert(number, Rc::clone(&font));
        }
        Some(font)
    }
}
