//! The pages of a document and its other streams, each read once.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Known;
use std::io::{self, Read};
use std::rc::Rc;

use super::file::{Entry, File};
use super::font::Fonts;
use super::object::{Dict, Object};
use super::text::Text;
use crate::cardholder::content::input::Input;
use crate::cardholder::content::limits::Metered;
use crate::cardholder::content::{Reading, Why};

/// How many nodes above a page are asked for its resources.
const ABOVE: usize = 32;
/// How many forms one inside the other are followed from a page.
const FORMS: usize = 8;
/// How many characters without meaning are told: no number is shorter.
const VAGUE: usize = 12;
/// The least image that may show a page, in points.
const IMAGE: u64 = 100 * 100;
/// How much of a stream is looked at to tell whether it draws text.
const HEAD: usize = 4096;

/// The pages and other streams of a file.
pub(super) struct Pages<'f, 's> {
    file: &'f File<'s>,
    names: &'f BTreeMap<u32, String>,
    fonts: Fonts,
    /// For each entry, whether its stream was read.
    read: Vec<bool>,
}

/// What the streams of a page have shown.
#[derive(Debug, Default)]
struct Shown {
    text: bool,
    image: bool,
    vague: usize,
}

impl<'f, 's> Pages<'f, 's> {
    pub(super) fn new(file: &'f File<'s>, names: &'f BTreeMap<u32, String>) -> Self {
        Self {
            file,
            names,
            fonts: Fonts::default(),
            read: vec![false; file.entries.len()],
        }
    }

    /// Reads everything.
    pub(super) fn read(mut self, reading: &mut Reading<'_>) {
        let file = self.file;
        let mut numbers: BTreeMap<u32, usize> = BTreeMap::new();
        for (at, entry) in file.entries.iter().enumerate() {
            if entry.page {
                let next = numbers.len() + 1;
                // A page that was replaced has the number of the one that replaced it.
                let number = match numbers.entry(entry.number) {
                    Known::Occupied(known) => *known.get(),
                    Known::Vacant(new) => *new.insert(next),
                };
                reading.part(&format!("page {number}"), |reading| self.page(reading, at));
            }
        }
        for (at, entry) in file.entries.iter().enumerate() {
            if entry.data > 0 && !self.claim(at) {
                self.other(reading, at, *entry);
            }
        }
    }

    fn page(&mut self, reading: &mut Reading<'_>, at: usize) -> io::Result<()> {
        let page = self.file.object(reading, at);
        let page = page.as_ref().and_then(Object::dict).ok_or(Why::Damaged)?;
        let resources = self.resources(reading, page).unwrap_or_default();
        let contents = match page.get("Contents") {
            Some(Object::Array(contents)) => contents.clone(),
            Some(contents @ Object::Reference(_)) => match self.file.resolved(reading, contents) {
                Some(Object::Array(contents)) => contents,
                _ => vec![contents.clone()],
            },
            _ => Vec::new(),
        };
        let streams: Vec<usize> = contents
            .iter()
            .filter_map(|content| match content {
                Object::Reference(number) => self.file.find(*number),
                _ => None,
            })
            .filter(|at| !self.claim(*at))
            .collect();
        let mut shown = Shown::default();
        let done = self.text(reading, &streams, &resources, &mut shown, 0);
        if shown.vague >= VAGUE {
            let why = Why::NotSupported("text in fonts that don't tell its characters");
            reading.unread(why);
        }
        if shown.image && !shown.text {
            reading.unread(Why::NotSupported("a page that is an image"));
        }
        done
    }

    /// Tells whether a stream was read already; from now on it was.
    fn claim(&mut self, at: usize) -> bool {
        match self.read.get_mut(at) {
            Some(read) => std::mem::replace(read, true),
            None => true,
        }
    }

    /// Returns the resources of a page, which may stand at a node above it.
    fn resources(&self, reading: &Reading<'_>, page: &Dict) -> Option<Dict> {
        let mut node = page.clone();
        for _ in 0..ABOVE {
            if let Some(resources) = node.get("Resources") {
                return match self.file.resolved(reading, resources)? {
                    Object::Dict(resources) => Some(resources),
                    _ => None,
                };
            }
            let above = self.file.resolved(reading, node.get("Parent")?)?;
            node = above.dict()?.clone();
        }
        None
    }

    /// Reads streams that draw text, as one, and the forms that they draw.
    fn text(
        &mut self,
        reading: &mut Reading<'_>,
        streams: &[usize],
        resources: &Dict,
        shown: &mut Shown,
        depth: usize,
    ) -> io::Result<()> {
        let fonts = self.fonts.of(self.file, reading, resources);
        let mut joined = Joined {
            file: self.file,
            waiting: streams.iter().rev().copied().collect(),
            open: None,
            failed: None,
        };
        let spent = Rc::clone(&reading.spent);
        let mut metered = Metered::new(&mut joined, spent, reading.limits);
        let mut text = Text::new(&mut metered, fonts);
        let done = reading.text(&mut text);
        shown.text |= text.shows;
        shown.image |= text.image;
        shown.vague += text.vague;
        let drawn = std::mem::take(&mut text.drawn);
        drop(text);
        let done = done.and(joined.failed.map_or(Ok(()), Err));
        let objects = resources
            .get("XObject")
            .and_then(|objects| self.file.resolved(reading, objects));
        let Some(Object::Dict(objects)) = objects else {
            return done;
        };
        for name in drawn {
            let name = String::from_utf8_lossy(&name).into_owned();
            let Some(Object::Reference(number)) = objects.get(&name) else {
                continue;
            };
            let Some(at) = self.file.find(*number) else {
                continue;
            };
            let object = self.file.object(reading, at);
            let Some(dict) = object.as_ref().and_then(Object::dict) else {
                continue;
            };
            if dict.is("Subtype", "Form") {
                // One that was read for another page tells no more of this one.
                if depth < FORMS && !self.claim(at) {
                    let own = dict.get("Resources");
                    let own = own.and_then(|own| self.file.resolved(reading, own));
                    let own = own.as_ref().and_then(Object::dict).unwrap_or(resources);
                    if let Err(error) = self.text(reading, &[at], own, shown, depth + 1) {
                        reading.unread(Why::of(&error));
                    }
                }
            } else if dict.is("Subtype", "Image") {
                let size = |name: &str| dict.get(name).and_then(Object::whole).unwrap_or(0);
                shown.image |= size("Width").saturating_mul(size("Height")) >= IMAGE;
            }
        }
        done
    }

    /// Reads a stream that no page has.
    fn other(&mut self, reading: &mut Reading<'_>, at: usize, entry: Entry) {
        let object = self.file.object(reading, at);
        let Some(dict) = object.as_ref().and_then(Object::dict) else {
            return;
        };
        let is = |name: &str, values: &[&str]| values.iter().any(|value| dict.is(name, value));
        let font = is("Subtype", &["Type1C", "CIDFontType0C", "OpenType"])
            || dict.get("Length1").is_some();
        if font || is("Subtype", &["Image"]) || is("Type", &["ObjStm", "XRef", "CMap"]) {
            return;
        }
        let name = self.names.get(&entry.number);
        let name = name.map_or_else(|| format!("object {}", entry.number), Clone::clone);
        let mut head = Vec::new();
        if let Ok(stream) = self.file.open(dict, entry) {
            // What can't be read is told where the whole is read.
            let _ = stream.take(HEAD as u64).read_to_end(&mut head);
        }
        let has = |word: &[u8]| memchr::memmem::find(&head, word).is_some();
        if has(b"begincmap") {
            return;
        }
        let form = dict.is("Subtype", "Form");
        let draws = has(b"BT") && (has(b"Tj") || has(b"TJ") || has(b"Tf"));
        reading.part(&name, |reading| {
            if form || draws && !self.names.contains_key(&entry.number) {
                let own = dict.get("Resources");
                let own = own.and_then(|own| self.file.resolved(reading, own));
                let empty = Dict::default();
                let own = own.as_ref().and_then(Object::dict).unwrap_or(&empty);
                let mut shown = Shown::default();
                return self.text(reading, &[at], own, &mut shown, FORMS);
            }
            let mut stream = self.file.open(dict, entry)?;
            let spent = Rc::clone(&reading.spent);
            let mut metered = Metered::new(&mut stream, spent, reading.limits);
            reading.deeper(&mut Input::passing(&mut metered));
            Ok(())
        });
    }
}

/// Streams that are read as one, with a space between them.
struct Joined<'f, 's> {
    file: &'f File<'s>,
    /// The next of them is the last here.
    waiting: Vec<usize>,
    open: Option<Box<dyn Read + 'f>>,
    /// How one of them failed; the others are read all the same.
    failed: Option<io::Error>,
}

impl Read for Joined<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(open) = &mut self.open {
                match open.read(into) {
                    Ok(0) => {}
                    Ok(count) => return Ok(count),
                    Err(error) => self.failed = Some(error),
                }
                self.open = None;
                if let Some(first) = into.first_mut() {
                    *first = b'\n';
                    return Ok(1);
                }
            }
            let Some(next) = self.waiting.pop() else {
                return Ok(0);
            };
            match self.file.stream(next) {
                Ok(stream) => self.open = Some(stream),
                Err(error) => self.failed = Some(error),
            }
        }
    }
}
