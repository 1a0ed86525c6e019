//! How fast files are read with each set of instructions that the processor has, and with the best of
//! them in two threads: `cargo bench --bench instructions -- FILE...`, or `benches/rivals.sh`.
//!
//! All rules are on, and files are read as `workbook scan` reads them. Of several rounds the quickest
//! counts. One thread is measured by the time it had a processor (Linux tells that), two by the clock.

#![expect(clippy::print_stdout, reason = "what is measured is printed")]
#![expect(clippy::disallowed_methods, reason = "time is what is measured")]

use std::fs::File;
use std::time::{Duration, Instant};

use evidence_workbook::cardholder::{
    Instructions, Limits, Match, Observer, Place, Rules, Source, Why, read,
};

/// How often everything is measured.
const ROUNDS: usize = 5;

#[derive(Default)]
struct Counting {
    found: u64,
    bytes: u64,
}

impl Observer for Counting {
    fn found(&mut self, _: &str, _: Place, _: Match) {
        self.found += 1;
    }

    fn unread(&mut self, _: &str, _: Why) {}

    fn scanned(&mut self, bytes: u64) {
        self.bytes += bytes;
    }
}

fn main() {
    let paths = std::env::args().skip(1);
    let paths: Vec<String> = paths.filter(|path| !path.starts_with("--")).collect();
    if paths.is_empty() {
        return;
    }
    for instructions in Instructions::all() {
        let rules = Rules::built_in().clone().using(instructions);
        let (time, counting) = quickest(|| {
            let before = on_processor();
            let clock = Instant::now();
            let counting = scan(&rules, &paths);
            let time = before.zip(on_processor());
            (
                time.map_or(clock.elapsed(), |(before, after)| {
                    after.saturating_sub(before)
                }),
                counting,
            )
        });
        print(&instructions.to_string(), time, &counting);
    }
    let half = paths.len().div_ceil(2);
    let halves: Vec<&[String]> = paths.chunks(half).collect();
    for (name, shares) in [("one thread", vec![&*paths]), ("two threads", halves)] {
        let (time, counting) = quickest(|| {
            let clock = Instant::now();
            let all = std::thread::scope(|scope| {
                let threads: Vec<_> = shares
                    .iter()
                    .map(|share| scope.spawn(|| scan(Rules::built_in(), share)))
                    .collect();
                let done = threads.into_iter().filter_map(|thread| thread.join().ok());
                done.fold(Counting::default(), |all, one| Counting {
                    found: all.found + one.found,
                    bytes: all.bytes + one.bytes,
                })
            });
            (clock.elapsed(), all)
        });
        print(name, time, &counting);
    }
}

fn scan(rules: &Rules, paths: &[String]) -> Counting {
    let mut counting = Counting::default();
    for path in paths {
        if let Ok(mut file) = File::open(path) {
            let source = Source::Anywhere(&mut file);
            read(rules, Limits::default(), source, &mut counting);
        }
    }
    counting
}

/// Returns what the quickest round gave, after one that warms everything up.
fn quickest(mut round: impl FnMut() -> (Duration, Counting)) -> (Duration, Counting) {
    let mut best = round();
    for _ in 0..ROUNDS {
        let one = round();
        if one.0 < best.0 {
            best = one;
        }
    }
    best
}

/// Returns how long this thread had a processor, where the system tells that.
fn on_processor() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = told.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

fn print(name: &str, time: Duration, counting: &Counting) {
    let microseconds = time.as_micros().max(1);
    let speed = u128::from(counting.bytes) / microseconds;
    let found = counting.found;
    println!("{name:<12} {microseconds:>9} us {speed:>6} MB/s {found:>8} found");
}
