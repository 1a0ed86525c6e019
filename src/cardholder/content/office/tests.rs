use std::io::Read as _;

use super::super::packing::{Member, zip};
use super::super::tests::{told, told_anywhere};
use super::super::{Input, Limits, Why};
use super::prose::Prose;
use super::{Dialect, Strings, dialect};

const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const NUMBER: &str = "4111111111111111";

/// Returns the text of a part.
fn text(part: &str) -> String {
    let dialect = dialect(part.as_bytes()).expect("a part");
    let strings = Strings::default();
    let mut source = part.as_bytes();
    let mut input = Input::passing(&mut source);
    let mut text = String::new();
    let mut prose = Prose::new(&mut input, dialect, &strings);
    prose.read_to_string(&mut text).expect("text");
    text
}

fn word(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><w:document xmlns:w=\"{WORD}\"><w:body>{body}</w:body></w:document>"
    )
}

#[test]
fn runs_of_a_paragraph_are_joined_and_paragraphs_are_not() {
    let run = |text: &str| {
        format!("<w:r><w:rPr><w:b/></w:rPr>\n <w:t xml:space=\"preserve\">{text}</w:t></w:r>")
    };
    let paragraph = |runs: &str| format!("<w:p><w:pPr/>{runs}</w:p>");
    let split = [run("card 4111"), run("1111&#x31;11"), run("11111")].concat();
    let body = [
        paragraph(&split),
        paragraph(&run("a &lt; b")),
        paragraph(""),
    ]
    .concat();
    assert_eq!(text(&word(&body)), "card 4111111111111111\na < b\n");
}

#[test]
fn rows_stand_behind_the_names_of_their_columns() {
    let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
    let row = |cells: &[&str]| {
        let cells: String = cells.iter().map(|text| cell(text)).collect();
        format!("<w:tr>{cells}</w:tr>")
    };
    let rows = [
        row(&["Payments"]),
        row(&["Name", "Card no."]),
        row(&["Ada", NUMBER]),
    ]
    .concat();
    assert_eq!(
        text(&word(&format!("<w:tbl>{rows}</w:tbl><w:p/>"))),
        format!("Payments\nPayments: Name\tCard no.\nName: Ada\tCard no.: {NUMBER}\n")
    );
}

#[test]
fn attributes_comments_and_fields_are_text_too() {
    let body = format!(
        "<!-- {NUMBER} --><w:p><wp:docPr descr=\"a {NUMBER}\"/><w:r><w:t>text</w:t></w:r>\
         <w:r><w:delText>gone</w:delText></w:r><w:posOffset>12</w:posOffset>\
         <w:r><w:noBreakHyphen/><w:t>end</w:t></w:r></w:p>"
    );
    assert_eq!(
        text(&word(&body)),
        format!(" {NUMBER} \ntextgone-end\ndescr: a {NUMBER}\n12\n")
    );
}

#[test]
fn broken_markup_is_text() {
    for broken in [
        "<w:p><w:t>a",
        "<w:p",
        "<![CDATA[a",
        "<!-- a",
        "&#x110000;&;&a",
        "< <w:p></x>",
    ] {
        let text = text(&word(&format!("{broken}{NUMBER}")));
        assert!(text.contains(NUMBER), "{broken}: {text}");
    }
}

const SHEET: &str = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";

fn workbook(rows: &str, strings: &[&str]) -> Vec<u8> {
    let strings: String = strings
        .iter()
        .flat_map(|text| ["<si>", text, "</si>"])
        .collect();
    let sheet = format!("<worksheet {SHEET}><sheetData>{rows}</sheetData></worksheet>");
    zip(&[
        Member::deflated("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        Member::deflated(
            "xl/sharedStrings.xml",
            format!("<sst {SHEET}>{strings}</sst>").as_bytes(),
        ),
    ])
}

#[test]
fn cells_are_read_with_the_strings_that_they_share() {
    let rows = "<row><c r=\"B1\" t=\"s\"><v>0</v></c><c r=\"C1\" t=\"s\"><v>1</v></c></row>\
        <row><c r=\"B2\"><v>4.111111111111111E+15</v></c><c r=\"C2\"><v>321</v></c></row>";
    let book = workbook(
        rows,
        &[
            "<t>card number</t><rPh><t>x</t></rPh>",
            "<r><t>c</t></r><r><t>vv</t></r>",
        ],
    );
    for file in [book.clone(), zip(&[Member::deflated("a.xlsx", &book)])] {
        let told = told(&file, Limits::default());
        assert_eq!(told.found.len(), 2, "{:?}", told.found);
        assert!(told.found[0].0.ends_with("sheet1.xml"));
        assert_eq!(told.unread, []);
    }
}

#[test]
fn strings_that_no_cell_names_are_read() {
    let told = told(
        &workbook("", &[&format!("<t>card {NUMBER}</t>")]),
        Limits::default(),
    );
    assert_eq!(told.members(), ["xl/sharedStrings.xml"]);
}

#[test]
fn cells_are_read_in_every_form() {
    for cell in [
        "<c t=\"inlineStr\"><is><r><t>4111</t></r><r><t>111111111111</t></r></is></c>".to_owned(),
        format!("<c t=\"str\"><f>A1&amp;B1</f><v>{NUMBER}</v></c>"),
        format!("<c><v>{NUMBER}.0</v></c>"),
    ] {
        let part =
            format!("<worksheet {SHEET}><sheetData><row>{cell}</row></sheetData></worksheet>");
        assert!(text(&part).starts_with(NUMBER), "{cell}: {}", text(&part));
    }
}

#[test]
fn sheets_of_open_document_show_the_whole_number() {
    let part = format!(
        "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\">\
         <table:table><table:table-row><table:table-cell><text:p>Card</text:p></table:table-cell>\
         <table:table-cell table:number-columns-repeated=\"3\"/>\
         <table:table-cell><text:p>Code</text:p></table:table-cell></table:table-row>\
         <table:table-row><table:table-cell office:value-type=\"float\" office:value=\"{NUMBER}\">\
         <text:p>4.11E+15</text:p></table:table-cell><table:table-cell table:number-columns-repeated=\"3\"/>\
         <table:table-cell><text:p>1<text:span>2</text:span>3</text:p></table:table-cell>\
         </table:table-row></table:table>\n<text:p>a<text:s/>b</text:p></office:document-content>"
    );
    assert_eq!(
        text(&part),
        format!("Card\tCode\nCard: {NUMBER}\tCode: 123\na b\n")
    );
}

#[test]
fn one_text_however_long_is_read_in_fixed_memory() {
    let long = "1 ".repeat(1 << 20);
    let tag = "a".repeat(1 << 18);
    for part in [
        word(&format!(
            "<w:p><w:t>{long}</w:t></w:p><w:p><w:t>{NUMBER}</w:t></w:p>"
        )),
        word(&format!("<{tag} b=\"{NUMBER}\">{NUMBER}")),
        format!("<sst {SHEET}><si><t>{long}</t></si><si><t>{NUMBER}</t></si></sst>"),
    ] {
        let told = told_anywhere(part.as_bytes(), Limits::default());
        assert!(!told.found.is_empty());
        assert_eq!(told.unread, []);
    }
}

#[test]
fn strings_that_are_named_again_and_again_end_at_the_limit() {
    let limits = Limits {
        expanded_anyway: 1 << 20,
        ratio: 1,
        ratio_at_most: 1,
        ..Limits::default()
    };
    let cell = "<c t=\"s\"><v>0</v></c>".repeat(20_000);
    let string = format!("<t>{}</t>", "a".repeat(1000));
    let told = told_anywhere(&workbook(&format!("<row>{cell}</row>"), &[&string]), limits);
    assert!(
        told.unread
            .iter()
            .any(|unread| matches!(unread.1, Why::ExpandsTooFar(_)))
    );
    assert!(told.bytes < 3 << 20);
}

#[test]
fn other_xml_is_no_part() {
    for other in [
        "<a/>",
        "<?xml version=\"1.0\"?><document><p>1</p></document>",
        "text",
        "",
        "<",
        "<<",
    ] {
        assert_eq!(dialect(other.as_bytes()), None, "{other}");
    }
    assert_eq!(
        dialect(b"<worksheet><sheetData/></worksheet>"),
        Some(Dialect::Marked)
    );
}
