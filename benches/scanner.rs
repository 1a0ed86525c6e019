//! How fast texts are scanned: `cargo bench --bench scanner`.
//!
//! The texts are made here, with published test numbers only. What other tools take for the same
//! files is measured side by side by `benches/rivals.sh`.

use divan::Bencher;
use divan::counter::BytesCount;
use evidence_workbook::cardholder::{Rules, Scanner};

/// The size of a text, in bytes.
const SIZE: usize = 16 * 1024 * 1024;

fn main() {
    divan::main();
}

/// Numbers that follow one another without a pattern (PCG).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 17
    }
}

/// Returns lines of a log with ids, times and digests, and a card number in one of so many.
fn log(one_in: u64) -> Vec<u8> {
    let mut numbers = Numbers(7);
    let mut text = Vec::with_capacity(SIZE + 512);
    while text.len() < SIZE {
        let (id, trace, time) = (numbers.next(), numbers.next(), numbers.next() % 1_000_000);
        let card = match numbers.next() % one_in {
            0 => ",\"cardNumber\":\"4111111111111111\"",
            _ => "",
        };
        let line = format!(
            "{{\"ts\":\"2026-11-25T10:20:30.{time:06}Z\",\"level\":\"INFO\",\"order\":{id},\
             \"trace_id\":\"{trace:016x}{id:016x}\",\"status\":200,\"dur_ms\":{}{card}}}\n",
            numbers.next() % 100_000
        );
        text.extend_from_slice(line.as_bytes());
    }
    text
}

fn scan(bencher: Bencher<'_, '_>, text: &[u8]) {
    bencher.counter(BytesCount::new(text.len())).bench(|| {
        let mut found = 0;
        let mut scanner = Scanner::new(Rules::built_in());
        scanner.push(text, &mut |_| found += 1);
        scanner.finish(&mut |_| found += 1);
        found
    });
}

#[divan::bench]
fn clean_logs(bencher: Bencher<'_, '_>) {
    scan(bencher, &log(u64::MAX));
}

#[divan::bench]
fn logs_with_a_number_in_a_hundred_lines(bencher: Bencher<'_, '_>) {
    scan(bencher, &log(100));
}

#[divan::bench]
fn one_digit_over_and_over(bencher: Bencher<'_, '_>) {
    scan(bencher, &vec![b'7'; SIZE]);
}

#[divan::bench]
fn digits_and_spaces(bencher: Bencher<'_, '_>) {
    scan(bencher, &b"4 ".repeat(SIZE / 2));
}
