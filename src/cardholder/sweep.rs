//! A sweep: many files, on several threads, told in the order of their paths whatever the number of
//! threads.

mod file;
mod queue;

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};

use super::walk::{Entry, Walk};
use super::{Allowed, Limits, Match, Place, Rules, Why};
use queue::{Next, Queue};

/// Is told what a sweep comes to, file by file in the order of paths. Numbers in paths and names of
/// members are masked. An error ends the sweep.
pub trait Audience {
    /// Account data was found.
    fn found(&mut self, finding: Finding<'_>) -> io::Result<()>;
    /// Something was not read.
    fn unread(&mut self, file: &str, member: &str, why: Why) -> io::Result<()>;
    /// All of an entry was told.
    fn done(&mut self, file: &str, done: Done) -> io::Result<()>;
}

/// Account data in a file of a sweep.
#[derive(Debug, Clone, Copy)]
pub struct Finding<'a> {
    /// The path of the file.
    pub file: &'a str,
    /// The member of the file, by the names on the way to it; the file itself is the empty name.
    pub member: &'a str,
    /// Whether it stands in the content or in the name. The offset in a name of a file counts from
    /// the beginning of that name; of a path that was given, from the beginning of the path.
    pub place: Place,
    /// What was found.
    pub found: &'a Match,
    /// The entry of the allow-list by which it may be there.
    pub allowed: Option<&'a Allowed>,
}

impl Finding<'_> {
    /// Returns where it is: the path of the file, and of a member its name behind that.
    #[must_use]
    pub fn location(&self) -> String {
        location(self.file, self.member)
    }
}

/// Returns the path of a file, and of a member its name behind that.
#[must_use]
pub fn location(file: &str, member: &str) -> String {
    match member.is_empty() {
        true => file.to_owned(),
        false => format!("{file}!{member}"),
    }
}

/// What reading an entry came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// What it was.
    pub sort: Sort,
    /// How many bytes of text were scanned.
    pub bytes: u64,
}

/// What an entry was, in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A file, or something else with a content, that was read whole.
    Whole,
    /// Something of which some or all was not read.
    Unread,
    /// A folder or a link to what is read elsewhere: a name and no content.
    Name,
}

/// How a sweep is made.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "it holds a function")]
pub struct Way<'a> {
    /// What is looked for.
    pub rules: &'a Rules,
    /// How far each file is followed.
    pub limits: Limits,
    /// How many files are read at once.
    pub threads: NonZeroUsize,
    /// Is told of bytes as they are read, on any thread.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

/// Reads everything on a walk and tells the audience.
///
/// # Errors
///
/// Those of the audience.
pub fn sweep(walk: Walk<'_>, way: Way<'_>, audience: &mut dyn Audience) -> io::Result<()> {
    match way.threads.get() {
        1 => alone(walk, way, audience),
        threads => together(walk, way, threads, audience),
    }
}

/// Reads something that comes once, as from a pipe.
///
/// # Errors
///
/// Those of the audience.
pub fn stream(
    name: &str,
    input: &mut dyn Read,
    way: Way<'_>,
    audience: &mut dyn Audience,
) -> io::Result<()> {
    let mut said = Ok(());
    let done = file::passing(input, way, &mut |event| {
        if said.is_ok() {
            said = event.tell(name, audience);
        }
    });
    said?;
    audience.done(name, done)
}

/// Reads a file that is in memory, under its name.
///
/// # Errors
///
/// Those of the audience.
pub fn piece(
    name: &str,
    bytes: &[u8],
    way: Way<'_>,
    audience: &mut dyn Audience,
) -> io::Result<()> {
    let mut said = Ok(());
    let name = file::Name::new(name, 0, way.rules);
    let done = file::held(bytes, &name, way, &mut |event| {
        if said.is_ok() {
            said = event.tell(&name.told, audience);
        }
    });
    said?;
    audience.done(&name.told, done)
}

/// Reads one message.
///
/// # Errors
///
/// Those of the audience.
pub fn judge_message(
    rules: &Rules,
    limits: Limits,
    input: &mut dyn Read,
    audience: &mut dyn Audience,
) -> io::Result<()> {
    let way = Way {
        rules,
        limits,
        threads: NonZeroUsize::MIN,
        progress: &|_| {},
    };
    let mut said = Ok(());
    let done = file::message(input, way, &mut |event| {
        if said.is_ok() {
            said = event.tell("", audience);
        }
    });
    said?;
    audience.done("", done)
}

fn alone(walk: Walk<'_>, way: Way<'_>, audience: &mut dyn Audience) -> io::Result<()> {
    let stop = AtomicBool::new(false);
    for entry in walk {
        one(&entry, way, &stop, audience)?;
    }
    Ok(())
}

/// Reads one entry and tells the audience as it goes.
fn one(
    entry: &Entry,
    way: Way<'_>,
    stop: &AtomicBool,
    audience: &mut dyn Audience,
) -> io::Result<()> {
    let mut said = Ok(());
    let name = file::Name::of(entry, way.rules);
    let done = file::read(entry, &name, way, stop, &mut |event| {
        if said.is_ok() {
            said = event.tell(&name.told, audience);
        }
        if said.is_err() {
            stop.store(true, Ordering::Relaxed);
        }
    });
    said?;
    audience.done(&name.told, done)
}

/// Reads on several threads. This one tells the audience; the first of the others goes by the order
/// of paths, so that what is to be told next is always being read, and the rest take what is
/// largest, so that no large file is left for the end.
fn together(
    walk: Walk<'_>,
    way: Way<'_>,
    threads: usize,
    audience: &mut dyn Audience,
) -> io::Result<()> {
    let queue = Queue::new(walk);
    std::thread::scope(|scope| {
        for number in 0..threads {
            let queue = &queue;
            scope.spawn(move || work(queue, number, way));
        }
        let said = tell(&queue, audience);
        // Whatever the end, nobody goes on waiting for room.
        queue.stop();
        said
    })
}

fn work(queue: &Queue<'_>, number: usize, way: Way<'_>) {
    while let Some((index, entry)) = queue.take(number == 0) {
        let name = file::Name::of(&entry, way.rules);
        let done = file::read(&entry, &name, way, queue.stopped(), &mut |event| {
            queue.push(index, &name.told, event);
        });
        queue.done(index, &name.told, done);
    }
}

fn tell(queue: &Queue<'_>, audience: &mut dyn Audience) -> io::Result<()> {
    loop {
        match queue.next() {
            Next::Events(name, events) => {
                for event in events {
                    event.tell(&name, audience)?;
                }
            }
            Next::Done(name, done) => audience.done(&name, done)?,
            Next::End => return Ok(()),
        }
    }
}
