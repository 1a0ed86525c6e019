//! A text in every form in which the scanner reads text, one inside the other too.

use std::fmt::Write as _;
use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::{EUC_JP, Encoding, ISO_2022_JP, SHIFT_JIS};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use lzma_rust2::{XzOptions, XzWriter};

use super::cards::hex;
use super::packing::{self, Member};

/// A form: what it is called, and the file.
pub(crate) type Form = (&'static str, Vec<u8>);

/// Returns the text in every form.
pub(crate) fn forms(text: &str) -> Vec<Form> {
    let mut all = streams(text.as_bytes());
    all.extend(archives(text));
    all.extend(encodings(text));
    all.extend(documents(text));
    all.extend(mail(text));
    all.extend(stores(text));
    all.extend(nested(text));
    all
}

/// Returns bytes packed with xz.
pub(crate) fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = XzWriter::new(Vec::new(), XzOptions::with_preset(1)).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn streams(bytes: &[u8]) -> Vec<Form> {
    vec![
        ("gz", packing::gzip(bytes)),
        ("bz2", packing::bzip2(bytes)),
        ("xz", xz(bytes)),
        ("zst", packing::zstd(bytes)),
        ("lz4", packing::lz4(bytes)),
    ]
}

fn zip(members: &[(&str, &str)]) -> Vec<u8> {
    let members: Vec<Member> = members
        .iter()
        .map(|(name, text)| Member::deflated(name, text.as_bytes()))
        .collect();
    packing::zip(&members)
}

fn archives(text: &str) -> Vec<Form> {
    let bytes = text.as_bytes();
    let both = [
        Member::stored("a.txt", bytes),
        Member::deflated("b.txt", bytes).sizes_after(),
    ];
    vec![
        ("zip", packing::zip(&both)),
        ("tar", packing::tar(&[("a.txt", bytes)])),
    ]
}

fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    let text = text.replace("card", "カード番号 card");
    encoding.encode(&text).0.into_owned()
}

fn encodings(text: &str) -> Vec<Form> {
    let wide =
        |unit: fn(u16) -> [u8; 2]| -> Vec<u8> { text.encode_utf16().flat_map(unit).collect() };
    let escaped = |sign: char| match sign {
        '0'..='9' => format!("&#x{:x};", u32::from(sign)),
        _ => sign.to_string(),
    };
    let entities: String = text.chars().map(escaped).collect();
    let percent: String = text
        .chars()
        .map(|sign| match sign {
            ' ' => "%20".to_owned(),
            '\n' => "&\n".to_owned(),
            _ => sign.to_string(),
        })
        .collect();
    vec![
        ("txt", text.as_bytes().to_vec()),
        (
            "utf16",
            [&[0xff, 0xfe][..], &wide(u16::to_le_bytes)].concat(),
        ),
        ("utf16be", wide(u16::to_be_bytes)),
        ("cp932", encoded(text, SHIFT_JIS)),
        ("eucjp", encoded(text, EUC_JP)),
        ("iso2022jp", encoded(text, ISO_2022_JP)),
        (
            "base64",
            format!("payload={}\n", STANDARD.encode(text)).into_bytes(),
        ),
        (
            "hex",
            format!("payload={}\n", hex(text.as_bytes())).into_bytes(),
        ),
        ("json", format!("{{\"message\": {text:?}}}\n").into_bytes()),
        ("url", format!("GET /?{percent}").into_bytes()),
        (
            "html",
            format!("<html><body><p>{entities}</p></body></html>").into_bytes(),
        ),
    ]
}

/// Returns lines as elements of a language of markup.
fn marked(text: &str, line: impl Fn(&str) -> String) -> String {
    let plain = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    text.lines().map(|text| line(&plain(text))).collect()
}

fn documents(text: &str) -> Vec<Form> {
    let head = "<?xml version=\"1.0\"?>";
    let office = "http://schemas.openxmlformats.org";
    let word = marked(text, |line| {
        format!("<w:p><w:r><w:t xml:space=\"preserve\">{line}</w:t></w:r></w:p>")
    });
    let word = format!(
        "{head}<w:document xmlns:w=\"{office}/wordprocessingml/2006/main\"><w:body>{word}</w:body></w:document>"
    );
    let cells = marked(text, |line| {
        format!("<row><c t=\"inlineStr\"><is><t>{line}</t></is></c></row>")
    });
    let sheet = format!(
        "{head}<worksheet xmlns=\"{office}/spreadsheetml/2006/main\"><sheetData>{cells}</sheetData></worksheet>"
    );
    let runs = marked(text, |line| {
        format!("<a:p><a:r><a:t>{line}</a:t></a:r></a:p>")
    });
    let slide = format!(
        "{head}<p:sld xmlns:p=\"{office}/presentationml/2006/main\" \
         xmlns:a=\"{office}/drawingml/2006/main\"><p:txBody>{runs}</p:txBody></p:sld>"
    );
    let open = "urn:oasis:names:tc:opendocument:xmlns";
    let rows = marked(text, |line| {
        format!(
            "<table:table-row><table:table-cell><text:p>{line}</text:p></table:table-cell></table:table-row>"
        )
    });
    let content = format!(
        "{head}<office:document-content xmlns:office=\"{open}:office:1.0\" xmlns:table=\"{open}:table:1.0\" \
         xmlns:text=\"{open}:text:1.0\"><office:body><table:table>{rows}</table:table></office:body>\
         </office:document-content>"
    );
    let types = format!("{head}<Types xmlns=\"{office}/package/2006/content-types\"/>");
    let package = |name, part: &str| zip(&[("[Content_Types].xml", &types), (name, part)]);
    let kind = "application/vnd.oasis.opendocument.spreadsheet";
    vec![
        ("docx", package("word/document.xml", &word)),
        ("xlsx", package("xl/worksheets/sheet1.xml", &sheet)),
        ("pptx", package("ppt/slides/slide1.xml", &slide)),
        ("ods", zip(&[("mimetype", kind), ("content.xml", &content)])),
        ("pdf", pdf(text)),
    ]
}

fn pdf(text: &str) -> Vec<u8> {
    let mut shown = "BT /F 10 Tf 12 TL 9 700 Td\n".to_owned();
    for line in text.lines() {
        let line = line
            .replace('\\', "\\\\")
            .replace('(', "\\(")
            .replace(')', "\\)");
        writeln!(shown, "({line}) Tj T*").unwrap();
    }
    shown.push_str("ET\n");
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(shown.as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    let page = "<</Type/Page/Contents 2 0 R/Resources<</Font<</F 3 0 R>>>>>>";
    let font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>";
    let length = packed.len();
    [
        format!("%PDF-1.7\n1 0 obj\n{page}\nendobj\n3 0 obj\n{font}\nendobj\n2 0 obj\n").as_bytes(),
        format!("<</Filter/FlateDecode/Length {length}>>stream\n").as_bytes(),
        &packed,
        b"\nendstream\nendobj\ntrailer <</Root 9 0 R>>\nstartxref\n0\n%%EOF\n",
    ]
    .concat()
}

/// Returns a text as a body in base64, in lines.
fn wrapped(text: &[u8]) -> String {
    let coded = STANDARD.encode(text);
    let lines: Vec<&str> = (0..coded.len())
        .step_by(76)
        .map(|at| &coded[at..coded.len().min(at + 76)])
        .collect();
    lines.join("\r\n")
}

/// Returns a message with the text in its body and an attachment.
pub(crate) fn message(text: &str, attached: &[u8]) -> Vec<u8> {
    let quoted = text.replace('=', "=3D").replace('\n', "\r\n");
    format!(
        "From: a@example.com\r\nTo: b@example.com\r\nSubject: hello\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"part\"\r\n\r\n\
         --part\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: quoted-printable\r\n\r\n{quoted}\r\n\
         --part\r\nContent-Type: application/octet-stream\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n--part--\r\n",
        wrapped(attached)
    )
    .into_bytes()
}

fn mail(text: &str) -> Vec<Form> {
    let one = message(text, &packing::gzip(text.as_bytes()));
    let from = b"From a@example.com Wed Nov 25 10:00:00 2026\r\n".to_vec();
    vec![
        ("eml", one.clone()),
        (
            "mbox",
            [from.clone(), one.clone(), b"\r\n".to_vec(), from, one].concat(),
        ),
    ]
}

fn varint(value: usize) -> Vec<u8> {
    let low = u8::try_from(value & 0x7f).unwrap();
    match value >> 7 {
        0 => vec![low],
        high => vec![u8::try_from(high).unwrap() | 0x80, low],
    }
}

/// Returns a page of a table, whose cells begin after so many bytes.
fn leaf(start: usize, row: &[&[u8]], root: u8) -> Vec<u8> {
    const PAGE: usize = 4096;
    let mut header: Vec<u8> = row
        .iter()
        .flat_map(|text| varint(13 + 2 * text.len()))
        .collect();
    let mut body = row.concat();
    if root > 0 {
        // The fourth column of the schema is a number of one byte.
        let at = header.len() - varint(13 + 2 * row[3].len()).len();
        header.insert(at, 1);
        body.insert(row[..3].concat().len(), root);
    }
    let record = [varint(header.len() + 1), header, body].concat();
    let cell = [varint(record.len()), varint(1), record].concat();
    let mut page = vec![0; PAGE];
    let at = PAGE - cell.len();
    page[at..].copy_from_slice(&cell);
    page[start] = 0x0d;
    page[start + 4] = 1;
    let at = u16::try_from(at).unwrap().to_be_bytes();
    page[start + 5..start + 7].copy_from_slice(&at);
    page[start + 8..start + 10].copy_from_slice(&at);
    page
}

fn sqlite(text: &str) -> Vec<u8> {
    let sql = b"CREATE TABLE notes (note TEXT)";
    let mut first = leaf(100, &[b"table", b"notes", b"notes", sql], 2);
    first[..16].copy_from_slice(b"SQLite format 3\0");
    first[16..24].copy_from_slice(&[16, 0, 1, 1, 0, 64, 32, 32]);
    first[59] = 1;
    [first, leaf(0, &[text.as_bytes()], 0)].concat()
}

fn stores(text: &str) -> Vec<Form> {
    let length = u32::try_from(text.len()).unwrap();
    let long = [&[0x80][..], &length.to_be_bytes(), text.as_bytes()].concat();
    let dump = [
        b"REDIS0011\xfa\x09redis-ver\x057.2.4\xfe\x00\xfb\x01\x00\x00\x04note",
        long.as_slice(),
        &[0xff],
        &[0; 8],
    ]
    .concat();
    let commands = format!("*3\r\n$3\r\nSET\r\n$4\r\nnote\r\n${length}\r\n{text}\r\n");
    vec![
        ("sqlite", sqlite(text)),
        ("rdb", dump),
        ("aof", commands.into_bytes()),
    ]
}

fn nested(text: &str) -> Vec<Form> {
    let inner = packing::zip(&[Member::deflated("a.xz", &xz(text.as_bytes()))]);
    let mail = message("see what is attached", &inner);
    let log = packing::tar(&[
        ("mail.eml", &mail),
        ("b.zst", &packing::zstd(text.as_bytes())),
    ]);
    let coded = format!(
        "{{\"body\":\"{}\"}}",
        STANDARD.encode(packing::gzip(text.as_bytes()))
    );
    vec![
        ("tar.gz", packing::gzip(&log)),
        ("mail.gz", packing::gzip(&mail)),
        ("gz.json", coded.into_bytes()),
    ]
}
