//! The parts of office files: Office Open XML (docx, xlsx, pptx) and OpenDocument (odt, ods, odp).
//! The files are archives of zip, and their parts members like others: texts, sheets, notes,
//! comments, headers, properties, also of what is hidden. A part is told by its root element.

mod figure;
mod markup;
mod prose;
mod strings;
mod table;

use std::io::{self, Cursor, Read};
use std::rc::Rc;

use memchr::memmem;

use super::limits::Metered;
use super::{Input, Reading};
use markup::{Markup, Piece, Tag};
pub(super) use prose::Dialect;
use prose::Prose;
pub(super) use strings::Strings;

/// Where the strings of a workbook are.
pub(super) const STRINGS: &[u8] = b"xl/sharedStrings.xml";
/// The name spaces of Office Open XML, in both its forms, and of what came before it.
const MARKED: &[&[u8]] = &[
    b"http://schemas.openxmlformats.org/",
    b"http://purl.oclc.org/ooxml/",
    b"http://schemas.microsoft.com/office/",
    b"urn:schemas-microsoft-com:office:",
];
/// The name spaces of OpenDocument.
const OPEN: &[u8] = b"urn:oasis:names:tc:opendocument:";

/// Returns how a part says what is text, if a content that begins so is one.
pub(super) fn dialect(head: &[u8]) -> Option<Dialect> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if head.trim_ascii_start().first() != Some(&b'<') {
        return None;
    }
    let mut markup = Markup::new();
    let mut cursor = Cursor::new(head);
    let mut input = Input::anywhere(&mut cursor);
    let root = loop {
        match markup.next(&mut input).ok()? {
            Piece::Tag => break markup.take(),
            Piece::End => return None,
            Piece::Text if !markup.piece().trim_ascii().is_empty() => return None,
            Piece::Text | Piece::Aside => {}
        }
    };
    let said = |space: &[u8]| memmem::find(&root, space).is_some();
    if said(OPEN) {
        return Some(Dialect::Open);
    }
    // Some writers leave out the name spaces of sheets.
    let name = Tag::of(&root).name;
    let sheet = matches!(name, b"worksheet" | b"sst") && !said(b"xmlns");
    let marked = match name {
        b"sst" => Dialect::Shared,
        _ => Dialect::Marked,
    };
    (sheet || MARKED.iter().any(|space| said(space))).then_some(marked)
}

/// Reads a part.
pub(super) fn part(
    reading: &mut Reading<'_>,
    dialect: Dialect,
    input: &mut Input<'_>,
) -> io::Result<()> {
    let strings = Rc::clone(&reading.strings);
    let spent = Rc::clone(&reading.spent);
    let mut prose = Prose::new(input, dialect, &strings);
    let mut metered = Metered::new(&mut prose, spent, reading.limits);
    reading.text(&mut metered)
}

/// Returns the strings that the cells of a workbook share.
pub(super) fn strings(reading: &Reading<'_>, part: &mut dyn Read) -> Strings {
    let mut strings = Strings::default();
    let spent = Rc::clone(&reading.spent);
    let mut metered = Metered::new(part, spent, reading.limits);
    let mut input = Input::passing(&mut metered);
    let mut markup = Markup::new();
    let (mut text, mut shown, mut beside) = (Vec::new(), false, false);
    // What fails here is told when the part is read itself.
    while let Ok(piece) = markup.next(&mut input) {
        match piece {
            Piece::End => break,
            Piece::Text if shown && !beside && text.len() <= Strings::LONGEST => {
                text.extend_from_slice(markup.piece());
            }
            Piece::Text | Piece::Aside => {}
            Piece::Tag => {
                let tag = Tag::of(markup.piece());
                match tag.name {
                    b"t" => shown = !tag.ends && !tag.empty,
                    // How it is pronounced is not part of it.
                    b"rPh" => beside = !tag.ends && !tag.empty,
                    b"si" if tag.ends || tag.empty => {
                        if !matches!(strings.push(&text, reading), Ok(true)) {
                            break;
                        }
                        text.clear();
                    }
                    _ => {}
                }
            }
        }
    }
    strings
}

/// Scans the strings of a workbook that none of its cells named.
pub(super) fn unnamed(reading: &mut Reading<'_>, strings: &Strings) -> io::Result<()> {
    let lines = strings.unnamed();
    if lines.is_empty() {
        return Ok(());
    }
    let name = String::from_utf8_lossy(STRINGS).into_owned();
    let mut done = Ok(());
    reading.within(name, |reading| done = reading.text(&mut &*lines));
    done
}

#[cfg(test)]
mod tests;
