use std::io::{Cursor, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use crate::cardholder::content::{Observer, Source, read};
use crate::cardholder::{Limits, Match, Place, Rules, Why};

/// Published test numbers.
const VISA: &str = "4111111111111111";
const AMEX: &str = "378282246310005";

const PAGE: usize = 512;

/// A value of a row.
enum Value<'v> {
    Null,
    Whole(u64),
    Real(f64),
    Text(&'v [u8]),
    Blob(&'v [u8]),
}

fn byte(value: u64) -> u8 {
    u8::try_from(value).expect("a byte")
}

fn short(value: usize) -> [u8; 2] {
    u16::try_from(value)
        .expect("a place on a page")
        .to_be_bytes()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = vec![byte(value & 0x7f)];
    while value > 0x7f {
        value >>= 7;
        bytes.insert(0, byte(value & 0x7f) | 0x80);
    }
    bytes
}

fn record(values: &[Value<'_>]) -> Vec<u8> {
    let mut header = Vec::new();
    let mut body = Vec::new();
    for value in values {
        let kind = match value {
            Value::Null => 0,
            Value::Whole(number) => {
                body.extend(number.to_be_bytes());
                6
            }
            Value::Real(number) => {
                body.extend(number.to_be_bytes());
                7
            }
            Value::Text(text) => {
                body.extend(*text);
                13 + text.len() as u64 * 2
            }
            Value::Blob(bytes) => {
                body.extend(*bytes);
                12 + bytes.len() as u64 * 2
            }
        };
        header.extend(varint(kind));
    }
    let mut record = varint(header.len() as u64 + 1);
    record.extend(header);
    record.extend(body);
    record
}

/// A row of a table that fits its page.
fn row(number: u64, values: &[Value<'_>]) -> Vec<u8> {
    let record = record(values);
    [varint(record.len() as u64), varint(number), record].concat()
}

/// A leaf whose tree begins at `start`.
fn leaf(kind: u8, start: usize, cells: &[Vec<u8>]) -> Vec<u8> {
    let mut page = vec![0; PAGE];
    page[start] = kind;
    page[start + 4] = byte(cells.len() as u64);
    let mut at = PAGE;
    for (index, cell) in cells.iter().enumerate() {
        at -= cell.len();
        page[at..at + cell.len()].copy_from_slice(cell);
        let pointer = start + 8 + index * 2;
        page[pointer..pointer + 2].copy_from_slice(&short(at));
    }
    page
}

/// A database of the statements, each with its root page, and the pages after the first.
fn database(encoding: u8, statements: &[(&str, u64)], pages: &[Vec<u8>]) -> Vec<u8> {
    let rows: Vec<Vec<u8>> = (1..)
        .zip(statements)
        .map(|(number, (sql, root))| {
            let kind = sql.split(' ').nth(1).expect("a kind");
            let name = sql.split(' ').nth(2).expect("a name");
            let texts = [kind, name, name, sql].map(|text| match encoding {
                2 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
                _ => text.as_bytes().to_vec(),
            });
            let [kind, name, table, sql] = &texts;
            row(
                number,
                &[
                    Value::Text(kind),
                    Value::Text(name),
                    Value::Text(table),
                    Value::Whole(*root),
                    Value::Text(sql),
                ],
            )
        })
        .collect();
    let mut bytes = leaf(0x0d, 100, &rows);
    bytes[..16].copy_from_slice(b"SQLite format 3\0");
    bytes[16..18].copy_from_slice(&short(PAGE));
    bytes[59] = encoding;
    [bytes, pages.concat()].concat()
}

#[derive(Default)]
struct Told {
    /// Member, last four digits, offset, row, context-bearing confidence.
    found: Vec<(String, String, u64, u64)>,
    unread: Vec<(String, Why)>,
}

impl Observer for Told {
    fn found(&mut self, member: &str, _: Place, one: Match) {
        let masked = one
            .masked
            .map_or("code".to_owned(), |masked| masked.last_four().to_owned());
        self.found
            .push((member.to_owned(), masked, one.offset, one.line));
    }

    fn unread(&mut self, member: &str, why: Why) {
        self.unread.push((member.to_owned(), why));
    }

    fn scanned(&mut self, _: u64) {}
}

fn told(bytes: &[u8]) -> Told {
    let [mut anywhere, mut passing] = [Told::default(), Told::default()];
    let (rules, limits) = (Rules::built_in(), Limits::default());
    let mut stream = Cursor::new(bytes);
    read(rules, limits, Source::Anywhere(&mut stream), &mut anywhere);
    let mut stream = bytes;
    read(rules, limits, Source::Passing(&mut stream), &mut passing);
    assert_eq!(anywhere.found, passing.found, "however it is read");
    anywhere
}

fn places(told: &Told) -> Vec<(&str, &str)> {
    let found = told.found.iter();
    found.map(|one| (one.0.as_str(), one.1.as_str())).collect()
}

#[test]
fn values_of_every_kind_are_read_behind_the_names_of_their_columns() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(AMEX.as_bytes()).expect("memory");
    let packed = encoder.finish().expect("memory");
    let rows = [
        row(
            7,
            &[
                Value::Null,
                Value::Text(VISA.as_bytes()),
                Value::Text(b"123"),
            ],
        ),
        row(8, &[Value::Null, Value::Whole(5_555_555_555_554_444)]),
        row(9, &[Value::Null, Value::Real(4_111_111_111_111_111.0)]),
        row(4_111_111_111_111_111, &[Value::Null, Value::Blob(&packed)]),
    ];
    let page = leaf(0x0d, 0, &rows);
    let sql = "create table pay (id integer primary key, number, cvv)";
    let told = told(&database(1, &[(sql, 2)], std::slice::from_ref(&page)));
    let expected = [
        ("pay!pay.number row 4", "0005"),
        ("pay", "1111"),
        ("pay", "code"),
        ("pay", "4444"),
        ("pay", "1111"),
        ("pay", "1111"),
    ];
    assert_eq!(places(&told), expected);
    let at = memchr::memmem::find(&page, VISA.as_bytes()).expect("the number") + PAGE;
    assert_eq!((told.found[1].2, told.found[1].3), (at as u64, 1));
    assert_eq!(told.unread, []);
}

#[test]
fn utf_16_tables_without_rowid_and_long_values_are_read() {
    let wide: Vec<u8> = format!("é card {VISA}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let sql = "create table t (note)";
    let page = leaf(0x0d, 0, &[row(1, &[Value::Text(&wide)])]);
    let one = told(&database(2, &[(sql, 2)], std::slice::from_ref(&page)));
    let digit = page.iter().position(|byte| *byte == b'4').expect("a digit") + PAGE;
    assert_eq!(
        one.found,
        [("t".to_owned(), "1111".to_owned(), digit as u64, 1)]
    );

    let record = record(&[Value::Text(VISA.as_bytes())]);
    let cell = [varint(record.len() as u64), record].concat();
    let sql = "create table t (number primary key) without rowid";
    let one = told(&database(1, &[(sql, 2)], &[leaf(0x0a, 0, &[cell])]));
    assert_eq!(places(&one), [("t", "1111")]);

    // Of 800 bytes 39 + (800 - 39) % 508 stay on the page, and the number is cut.
    let mut text = vec![b'x'; 797];
    text[280..296].copy_from_slice(VISA.as_bytes());
    text[279] = b' ';
    text[296] = b' ';
    let record = self::record(&[Value::Text(&text)]);
    let local = 39 + (record.len() - 39) % 508;
    let mut cell = [varint(800), varint(1), record[..local].to_vec()].concat();
    cell.extend(3_u32.to_be_bytes());
    let mut over = vec![0; 4];
    over.extend(&record[local..]);
    over.resize(PAGE, 0);
    let sql = "create table t (card)";
    let bytes = database(1, &[(sql, 2)], &[leaf(0x0d, 0, &[cell]), over]);
    let one = told(&bytes);
    assert_eq!(places(&one), [("t", "1111")]);
    assert_eq!(one.unread, []);

    let one = told(&bytes[..bytes.len() - PAGE]);
    assert_eq!(one.unread, [("t".to_owned(), Why::Damaged)]);
}

#[test]
fn an_index_gives_nothing_twice_and_deleted_rows_are_found() {
    let first = row(1, &[Value::Text(b"H. Older"), Value::Text(VISA.as_bytes())]);
    let second = row(
        2,
        &[
            Value::Text(b"H. Older"),
            Value::Whole(5_555_555_555_554_444),
        ],
    );
    let mut table = leaf(0x0d, 0, &[first.clone(), second.clone(), first]);
    // The last is deleted as SQLite does it at the beginning of the content; the second becomes a
    // free block, which loses its first four bytes.
    table[4] = 1;
    let at = PAGE - table[PAGE - second.len()..].len() - row(1, &[]).len();
    let free = memchr::memmem::find(&table, &second).expect("the row");
    assert!(free < at);
    table[1..3].copy_from_slice(&short(free));
    table[free..free + 2].fill(0);
    table[free + 2..free + 4].copy_from_slice(&short(second.len()));
    let entry = record(&[Value::Text(VISA.as_bytes()), Value::Whole(1)]);
    let entry = [varint(entry.len() as u64), entry].concat();
    let free_page = leaf(
        0x0d,
        0,
        &[row(3, &[Value::Null, Value::Text(AMEX.as_bytes())])],
    );
    let bytes = database(
        1,
        &[
            ("create table t (holder, card)", 2),
            ("create index i on t (card)", 3),
        ],
        &[table, leaf(0x0a, 0, &[entry]), free_page],
    );
    let told = told(&bytes);
    let mut found = places(&told);
    found.sort_unstable();
    let expected = [
        ("deleted", "0005"),
        ("t", "1111"),
        ("t!deleted", "1111"),
        ("t!deleted", "4444"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn logs_and_journals_are_read_without_their_database() {
    let page = leaf(0x0d, 0, &[row(1, &[Value::Whole(5_555_555_555_554_444)])]);
    let mut log = vec![0x37, 0x7f, 0x06, 0x82];
    log.extend(3_007_000_u32.to_be_bytes());
    log.extend(512_u32.to_be_bytes());
    log.resize(32, 0);
    for _ in 0..2 {
        log.extend(2_u32.to_be_bytes());
        log.extend([0; 20]);
        log.extend(&page);
    }
    assert_eq!(told(&log).found.len(), 2);
    log.truncate(log.len() - 100);
    assert_eq!(told(&log).unread, [(String::new(), Why::Damaged)]);

    let mut journal = vec![0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    for number in [1, 0, 2, 512, 512] {
        journal.extend(u32::to_be_bytes(number));
    }
    journal.resize(PAGE, 0);
    journal.extend(2_u32.to_be_bytes());
    journal.extend(&page);
    journal.extend([0; 4]);
    let one = told(&journal);
    assert_eq!(places(&one), [("deleted", "4444")]);
    assert_eq!(one.unread, []);
}

#[test]
fn circles_and_lies_end() {
    let sql = "create table t (card)";
    let mut circle = leaf(0x05, 0, &[]);
    circle[8..12].copy_from_slice(&2_u32.to_be_bytes());
    assert_eq!(
        told(&database(1, &[(sql, 2)], &[circle])).unread,
        [("t".to_owned(), Why::Damaged)]
    );
    // Every pointer of the page to one row: it is read no more often than the page has room for.
    let mut page = leaf(
        0x0d,
        0,
        &[row(1, &[Value::Text(&[VISA.as_bytes(); 5].join(&b' '))])],
    );
    let pointer = [page[8], page[9]];
    page[4] = 180;
    for index in 0..180 {
        page[8 + index * 2..10 + index * 2].copy_from_slice(&pointer);
    }
    let one = told(&database(1, &[(sql, 2)], &[page]));
    assert!(
        one.found.len() < 60 && !one.unread.is_empty(),
        "{}",
        one.found.len()
    );

    let header = database(1, &[], &[]);
    for at in [16, 20] {
        let mut bytes = header.clone();
        bytes[at] = 0xff;
        assert_eq!(told(&bytes).unread, [(String::new(), Why::Damaged)]);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_their_end(
        changes in proptest::collection::vec((16_usize..2048, any::<u8>()), 0..40),
        length in 0_usize..2048,
    ) {
        let rows: Vec<Vec<u8>> = (1..8).map(|n| row(n, &[Value::Text(VISA.as_bytes()), Value::Whole(n)])).collect();
        let pages = [leaf(0x0d, 0, &rows), leaf(0x0a, 0, &rows), leaf(0x05, 0, &[])];
        let mut bytes = database(1, &[("create table t (a, b)", 2), ("create index i on t (a)", 3)], &pages);
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        bytes.truncate(length.max(16));
        told(&bytes);
    }
}
