//! PDF: the text of its pages, and every other text that it holds: form fields, remarks, titles,
//! metadata, embedded files, and what newer versions of a page replaced.
//!
//! A reader of our own: the crates for PDF keep the whole document in memory, some several times
//! over, and follow its table of objects, which is often wrong and leaves out what was replaced.
//! The file is looked through once for its objects, of which only the places are kept; then pages
//! and other streams are read in passing.

mod cmap;
mod file;
mod filters;
mod font;
mod glyphs;
mod object;
mod pages;
mod strings;
mod text;
mod tokens;

use std::collections::BTreeMap;
use std::io;

use super::input::Input;
use super::{Reading, Stream, Why};
use file::{Entry, File, Found};
use object::{Dict, Object, Parser};
use pages::Pages;
use strings::Strings;

/// The most embedded files whose names are kept.
const NAMES: usize = 4096;
/// What may stand between objects without being looked at.
const GAP: u64 = 16;
/// How many objects a file may have for each byte that may be held.
const ENTRY: u64 = 48;
/// Types of objects that nothing refers to when text is read. Tagged files have many.
const NOT_KEPT: [&str; 3] = ["StructElem", "Annot", "OBJR"];

/// Reads a document.
pub(super) fn pdf(reading: &mut Reading<'_>, input: &mut Input<'_>) -> io::Result<()> {
    reading.anywhere(input, document)
}

fn document(reading: &mut Reading<'_>, stream: &mut dyn Stream) -> io::Result<()> {
    let mut survey = Survey {
        file: File::new(stream)?,
        strings: Strings::default(),
        names: BTreeMap::new(),
        encrypted: false,
        most: reading.limits.held / ENTRY,
    };
    let done = survey.objects(reading);
    survey.strings.finish(reading);
    done?;
    if survey.encrypted {
        return Err(Why::Encrypted.into());
    }
    if survey.file.entries.len() as u64 >= survey.most {
        reading.unread(Why::TooLargeToHold(reading.limits.held));
    }
    let empty = survey.file.entries.is_empty() && survey.file.bytes(0, 5)? == b"%PDF-";
    if empty || survey.file.gave_up() {
        reading.unread(Why::Damaged);
    }
    survey.file.index();
    Pages::new(&survey.file, &survey.names).read(reading);
    Ok(())
}

/// A file that is looked through for its objects.
struct Survey<'s> {
    file: File<'s>,
    strings: Strings,
    /// The names of embedded files, by the number of their stream.
    names: BTreeMap<u32, String>,
    encrypted: bool,
    /// How many objects are kept.
    most: u64,
}

impl Survey<'_> {
    /// Looks through the whole file. Strings in objects are scanned, and so is what is no object.
    fn objects(&mut self, reading: &mut Reading<'_>) -> io::Result<()> {
        let mut at = 0;
        while let Some((found, start, end)) = self.file.next(at)? {
            if start - at > GAP {
                reading.text_from(at, &mut self.file.part(at, start - at))?;
            }
            at = end;
            match found {
                Found::Trailer(trailer) => self.trailer(&trailer),
                Found::Entry(entry, object) => {
                    self.strings.object(reading, &object, start);
                    self.entry(reading, entry, &object);
                }
            }
        }
        reading.text_from(at, &mut self.file.part(at, u64::MAX))
    }

    fn trailer(&mut self, trailer: &Object) {
        let encrypt = trailer.dict().and_then(|trailer| trailer.get("Encrypt"));
        self.encrypted |= encrypt.is_some();
    }

    /// Keeps what is needed of an object; goes into those that hold others.
    fn entry(&mut self, reading: &mut Reading<'_>, entry: Entry, object: &Object) {
        let dict = object.dict();
        let is = |kind: &&str| dict.is_some_and(|dict| dict.is("Type", kind));
        if NOT_KEPT.iter().any(is) {
            return;
        }
        if let Some(dict) = dict {
            self.embedded(dict);
            if dict.is("Type", "XRef") {
                return self.trailer(object);
            }
        }
        if self.file.entries.len() as u64 >= self.most {
            return;
        }
        let at = self.file.entries.len();
        self.file.entries.push(Entry {
            page: is(&"Page"),
            ..entry
        });
        if is(&"ObjStm")
            && let (Some(dict), Ok(at)) = (dict, u32::try_from(at))
            && !self.encrypted
            && let Err(error) = self.packed(reading, dict, at)
        {
            reading.unread(Why::of(&error));
        }
    }

    /// Goes through a stream of objects, which begins with their numbers and places.
    fn packed(&mut self, reading: &mut Reading<'_>, dict: &Dict, at: u32) -> io::Result<()> {
        let bytes = self.file.objects(reading, at)?;
        let offset = self
            .file
            .entries
            .get(at as usize)
            .map_or(0, |entry| entry.offset);
        let size = |name: &str| -> Option<usize> {
            let number = dict.get(name)?.whole()?;
            usize::try_from(number).ok()
        };
        let (count, first) = (size("N").unwrap_or(0), size("First").unwrap_or(0));
        let head = bytes.get(..first).ok_or(Why::Damaged)?;
        let mut numbers = Parser::new(head, 0, true);
        let mut places: Vec<(u32, usize)> = Vec::new();
        for _ in 0..count.min(head.len()) {
            let mut next = || numbers.object().ok()?.whole();
            let (Some(number), Some(place)) = (next(), next()) else {
                break;
            };
            let (number, place) = (u32::try_from(number), usize::try_from(place));
            places.extend(number.ok().zip(place.ok()));
        }
        // Each object ends where the next begins, so that nothing is read twice.
        places.sort_unstable_by_key(|(_, place)| *place);
        places.dedup_by_key(|(_, place)| *place);
        let ends = places
            .iter()
            .skip(1)
            .map(|(_, place)| first.saturating_add(*place));
        let ends: Vec<usize> = ends.chain([bytes.len()]).collect();
        for ((number, place), end) in places.into_iter().zip(ends) {
            let begin = first.saturating_add(place);
            let own = bytes.get(..end.min(bytes.len())).unwrap_or_default();
            let Ok(object) = Parser::new(own, begin, true).object() else {
                continue;
            };
            self.strings.object(reading, &object, offset);
            let entry = Entry {
                number,
                within: Some(at),
                offset: begin as u64,
                data: 0,
                length: 0,
                page: false,
            };
            self.entry(reading, entry, &object);
        }
        Ok(())
    }

    /// Keeps the name of an embedded file.
    fn embedded(&mut self, dict: &Dict) {
        let Some(Object::Dict(files)) = dict.get("EF") else {
            return;
        };
        let name = ["UF", "F"].iter().find_map(|name| match dict.get(name) {
            Some(Object::String(name)) => Some(strings::decode(name)),
            _ => None,
        });
        for (_, file) in &files.0 {
            if let (Object::Reference(number), Some(name)) = (file, &name)
                && self.names.len() < NAMES
            {
                let name = String::from_utf8_lossy(name).into_owned();
                self.names.insert(*number, name);
            }
        }
    }
}

#[cfg(test)]
mod tests;
