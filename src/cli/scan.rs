//! `workbook scan`: looks for account data in files.

mod given;
mod message;
mod report;

use std::io::{self, BufWriter, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::common::{self, Failure};
use super::{Exit, Progress, World};
use crate::cardholder::{
    AllowList, Allowing, Audience, Limits, Refused, Rules, Shard, Tally, Totals, Walk, Way,
    harmless, stream, sweep,
};
use crate::report::{All, End, Findings, Human, Jsonl, Sarif};
use crate::source::TimeZone;

/// Looks for account data in files: card numbers, track data, verification codes, PIN blocks.
///
/// Every file is read whole, whatever it is packed and written in, and nothing is unpacked to disk.
/// No number is printed whole: no more than its first six and last four digits, and of codes and
/// PINs nothing. Links in folders are not followed; pipes and devices are not opened. What was not
/// read, or not wholly, is told and is never clean.
///
/// It looks at names of files, folders and members too. Confidence is `confirmed`, `possible` (a
/// person has to look) or `test` (a published test number, which is no finding).
#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(after_help = AFTER)]
pub(super) struct Arguments {
    /// Files and folders; `-` is the standard input
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Scan what a file lists, a path a line; `-` is the standard input
    #[arg(long, value_name = "FILE")]
    files_from: Option<PathBuf>,
    /// The list's paths end in a zero byte each, as of `find -print0`
    #[arg(short = '0', long, requires = "files_from")]
    null: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Write a scan report without card data, for checks; says what was scanned with the options
    /// below
    #[arg(long, value_name = "FILE", requires_all = ["member_type", "member_id", "extent"])]
    report: Option<PathBuf>,
    #[command(flatten)]
    about: report::About,
    /// Scan only the I-th of N shares of the files; `workbook merge` joins the reports
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// An allow-list in TOML: what may be where it is, why, who said so, until when
    #[arg(long, value_name = "FILE")]
    allow: Option<PathBuf>,
    /// How many files are read at once [default: as many as there are processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// How many containers deep a file is followed
    #[arg(long, value_name = "N", default_value_t = Limits::default().depth)]
    max_depth: usize,
    /// How many times its own size a file may unpack to
    #[arg(long, value_name = "N", default_value_t = Limits::default().ratio)]
    max_expansion: u64,
    /// How many members a file may have, at all depths
    #[arg(long, value_name = "N", default_value_t = Limits::default().members)]
    max_members: u64,
    /// Judge one message, from the standard input or the file: exit code 0 deliver, 1 quarantine, 2
    /// quarantine as it could not be read
    #[arg(
        long,
        conflicts_with_all = ["files_from", "format", "report", "shard", "allow", "threads"],
    )]
    message: bool,
}

const AFTER: &str =
    "Exit codes: 0 everything was read, and nothing was found but test numbers and \
what is allowed; 1 something was found; 3 nothing was found, and something was not read or there \
was nothing to read; 2 the command line is wrong or something could not be written. With --message \
0 means deliver, and everything else does not.

Not read: EBCDIC; packed and zoned decimals; numbers split over several records or columns; \
pictures, sound and video; what is encrypted. The guide lists what is read: \
book/src/guide/scanning.md";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// An object a line on the standard output, as schemas/finding.json says; what was not read, what is allowed
    /// and the sums go to the standard error
    Jsonl,
    /// SARIF 2.1.0
    Sarif,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments, world: &mut World<'_>) -> Result<Exit, Failure> {
    let limits = Limits {
        depth: arguments.max_depth,
        members: arguments.max_members,
        ratio: arguments.max_expansion,
        ..Limits::default()
    };
    if arguments.message {
        return message::run(&arguments.paths, limits, world);
    }
    let rules = Rules::built_in();
    let today = TimeZone::default().date(world.now);
    let list = allow_list(arguments, world)?;
    let mut tally = match &arguments.report {
        Some(_) => {
            let about = arguments.about.stated(arguments.shard)?;
            Some(Tally::new(about, rules, world.now))
        }
        None => None,
    };
    let mut totals = Totals::default();
    let bar = progress(world);
    let way = Way {
        rules,
        limits,
        threads: threads(arguments),
        progress: &|bytes| bar.inc(bytes),
    };
    let (started, clock) = (world.now, world.clock);
    let mut out = BufWriter::with_capacity(64 * 1024, &mut *world.stdout);
    let mut beside = BufWriter::new(&mut *world.stderr);
    {
        let mut writer: Box<dyn Findings + '_> = match arguments.format {
            Format::Human => Box::new(Human::new(&mut out, world.colour)),
            Format::Jsonl => Box::new(Jsonl::new(&mut out, &mut beside)),
            Format::Sarif => Box::new(Sarif::new(&mut out, rules)?),
        };
        {
            let mut told: Vec<&mut dyn Audience> = vec![&mut totals, &mut *writer];
            told.extend(tally.as_mut().map(|tally| tally as &mut dyn Audience));
            let mut all = All(told);
            let mut allowing = Allowing {
                list: &list,
                today,
                audience: &mut all,
            };
            scan(
                arguments,
                way,
                (&mut *world.stdin, &world.folder),
                &mut allowing,
            )?;
        }
        let idle = list.idle(today);
        writer.finish(&End {
            totals: &totals,
            idle: &idle,
            started,
            ended: clock(),
        })?;
    }
    out.flush()?;
    beside.flush()?;
    drop((out, beside));
    bar.finish_and_clear();
    if let (Some(tally), Some(file)) = (tally, &arguments.report) {
        let report = tally.finish(clock()).map_err(unsound)?;
        common::write(&world.folder.join(file), &report.to_json())?;
    }
    Ok(exit(&totals))
}

/// Scans the standard input and what is given and listed.
fn scan(
    arguments: &Arguments,
    way: Way<'_>,
    (stdin, folder): (&mut (dyn io::Read + Send), &Path),
    audience: &mut dyn Audience,
) -> Result<(), Failure> {
    let is_input = |path: &PathBuf| path.as_os_str() == "-";
    let inputs = arguments.paths.iter().filter(|path| is_input(path)).count();
    let listed = arguments.files_from.as_ref();
    if inputs + listed.into_iter().filter(|path| is_input(path)).count() > 1 {
        let text = "the standard input can be read once: as content or as a list".to_owned();
        return Err(Failure::Text(text));
    }
    if arguments.paths.is_empty() && listed.is_none() {
        let text = "name the files or folders to scan, or a list with --files-from".to_owned();
        return Err(Failure::Text(text));
    }
    if inputs > 0 {
        stream("(standard input)", stdin, way, audience)?;
    }
    let named = arguments.paths.iter().filter(|path| !is_input(path));
    let given = given::named(named, folder);
    match listed {
        None => sweep(Walk::new(given).of_shard(arguments.shard), way, audience)?,
        Some(path) => {
            let list: Box<dyn io::Read + Send + '_> = match is_input(path) {
                true => Box::new(stdin),
                false => given::open(&folder.join(path))?,
            };
            let given = given.chain(given::listed(list, arguments.null, folder));
            sweep(Walk::new(given).of_shard(arguments.shard), way, audience)?;
        }
    }
    Ok(())
}

fn unsound(why: String) -> Failure {
    Failure::Text(format!("no report was written: {why}"))
}

/// Reads the allow-list; there is an empty one where none is given.
fn allow_list(arguments: &Arguments, world: &World<'_>) -> Result<AllowList, Failure> {
    let Some(path) = &arguments.allow else {
        return Ok(AllowList::default());
    };
    let shown = harmless(&path.to_string_lossy());
    let text = std::fs::read_to_string(world.folder.join(path))
        .map_err(|error| Failure::Text(format!("{shown} can't be read: {}", error.kind())))?;
    AllowList::parse(&shown, &text).map_err(|refused| match refused {
        Refused::Mistakes(mistakes) => Failure::Mistakes(mistakes),
        Refused::Number { line } => Failure::Text(format!(
            "{shown}, line {line}: an allow-list holds no numbers of 12 digits or more, and no account data"
        )),
    })
}

fn threads(arguments: &Arguments) -> NonZeroUsize {
    let asked = arguments
        .threads
        .map(usize::from)
        .and_then(NonZeroUsize::new);
    let all = std::thread::available_parallelism();
    asked.or(all.ok()).unwrap_or(NonZeroUsize::MIN)
}

/// Shows how much was read, and how fast.
fn progress(world: &World<'_>) -> indicatif::ProgressBar {
    let bar = match world.progress {
        Progress::Shown => indicatif::ProgressBar::new_spinner(),
        Progress::Hidden => return indicatif::ProgressBar::hidden(),
    };
    let style = indicatif::ProgressStyle::with_template("{spinner} {bytes} read, {bytes_per_sec}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.enable_steady_tick(std::time::Duration::from_millis(100));
    bar
}

fn exit(totals: &Totals) -> Exit {
    match (totals.has_findings(), totals.is_whole()) {
        (true, _) => Exit::Bad,
        (false, true) => Exit::Good,
        (false, false) => Exit::Undecided,
    }
}
