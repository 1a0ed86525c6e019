//! What reading compressed files takes beside decoding them alone with the same library:
//! `cargo bench --bench containers`.

use std::io::{self, BufRead, Cursor, Read, Write as _};

use divan::Bencher;
use divan::counter::BytesCount;
use evidence_workbook::cardholder::{Limits, Match, Observer, Place, Rules, Source, Why, read};

#[expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    dead_code,
    reason = "what packs for tests packs for this too, not all of it"
)]
#[path = "../src/cardholder/content/packing.rs"]
mod packing;

/// The size of the text, in bytes.
const SIZE: usize = 16 * 1024 * 1024;
/// How much is decoded at once.
const PIECE: usize = 64 * 1024;
const FORMS: [&str; 6] = ["gzip", "bzip2", "xz", "zstd", "lz4", "zip"];

fn main() {
    divan::main();
}

/// Returns lines of a log, without card numbers.
fn log() -> Vec<u8> {
    let mut text = Vec::with_capacity(SIZE + 512);
    let mut state = 7_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state >> 17
    };
    while text.len() < SIZE {
        let line = format!(
            "{{\"ts\":\"2026-11-25T10:20:{:02}Z\",\"level\":\"INFO\",\"order\":{},\"trace\":\"{:016x}\",\
             \"path\":\"/api/v1/orders\",\"status\":200,\"ms\":{}}}\n",
            next() % 60,
            next(),
            next(),
            next() % 1000
        );
        text.extend_from_slice(line.as_bytes());
    }
    text
}

fn xz(text: &[u8]) -> io::Result<Vec<u8>> {
    let options = lzma_rust2::XzOptions::with_preset(6);
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options)?;
    writer.write_all(text)?;
    writer.finish()
}

fn packed(form: &str) -> Vec<u8> {
    let text = log();
    match form {
        "gzip" => packing::gzip(&text),
        "bzip2" => packing::bzip2(&text),
        "xz" => xz(&text).unwrap_or_default(),
        "zstd" => packing::zstd(&text),
        "lz4" => packing::lz4(&text),
        _ => packing::zip(&[packing::Member::deflated("a.log", &text)]),
    }
}

/// Decodes into nothing.
fn drain(decoder: &mut dyn Read) -> u64 {
    let mut piece = vec![0; PIECE];
    let mut given = 0;
    while let Ok(count @ 1..) = decoder.read(&mut piece) {
        given += count as u64;
    }
    given
}

fn decoded(form: &str, mut packed: &[u8]) -> u64 {
    match form {
        "gzip" => drain(&mut flate2::bufread::MultiGzDecoder::new(packed)),
        "bzip2" => drain(&mut bzip2::bufread::MultiBzDecoder::new(packed)),
        "xz" => drain(&mut lzma_rust2::XzReader::new(packed, true)),
        "zstd" => zstd::stream::read::Decoder::with_buffer(packed)
            .map_or(0, |mut decoder| drain(&mut decoder)),
        "lz4" => drain(&mut lz4_flex::frame::FrameDecoder::new(packed)),
        _ => {
            // Its header, with a name of five signs.
            packed.consume(30 + 5);
            drain(&mut flate2::bufread::DeflateDecoder::new(packed))
        }
    }
}

/// Counts what it is told.
struct Told(u64);

impl Observer for Told {
    fn found(&mut self, _: &str, _: Place, _: Match) {}

    fn unread(&mut self, _: &str, _: Why) {}

    fn scanned(&mut self, bytes: u64) {
        self.0 += bytes;
    }
}

#[divan::bench(args = FORMS)]
fn decoder_alone(bencher: Bencher<'_, '_>, form: &str) {
    let packed = packed(form);
    let counter = BytesCount::new(SIZE);
    bencher.counter(counter).bench(|| decoded(form, &packed));
}

#[divan::bench(args = FORMS)]
fn scanned(bencher: Bencher<'_, '_>, form: &str) {
    let packed = packed(form);
    bencher.counter(BytesCount::new(SIZE)).bench(|| {
        let mut told = Told(0);
        let mut stream = Cursor::new(&packed);
        let source = Source::Anywhere(&mut stream);
        read(Rules::built_in(), Limits::default(), source, &mut told);
        told.0
    });
}

/// The same text as it is.
#[divan::bench]
fn text(bencher: Bencher<'_, '_>) {
    let text = log();
    bencher.counter(BytesCount::new(SIZE)).bench(|| {
        let mut told = Told(0);
        let mut stream = Cursor::new(&text);
        let source = Source::Anywhere(&mut stream);
        read(Rules::built_in(), Limits::default(), source, &mut told);
        told.0
    });
}
