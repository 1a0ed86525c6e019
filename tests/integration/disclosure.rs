//! Nothing that the program emits holds a whole number or sensitive authentication data: not its
//! output, its reports, its evidence, its errors, and nothing in the folder of temporary files.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use evidence_workbook::cardholder::{
    Limits, Match, Observer, Place, Rules, Scanner, Source, Why, read, read_message,
};

use super::cards::{self, grouped, hex};
use super::forms::forms;
use super::harness::{Copy, files};
use super::packing::{self, Member};

/// What is planted and must not come out, with what it is.
struct Planted {
    secrets: Vec<(String, &'static str)>,
    seed: u64,
}

impl Planted {
    fn new() -> Self {
        Self {
            secrets: Vec::new(),
            seed: 41,
        }
    }

    /// Returns a new number that begins so and has so many digits.
    fn number(&mut self, begins: &str, length: usize) -> String {
        self.seed += 1;
        let number = cards::number(begins, length, self.seed);
        self.secrets.push((number.clone(), "a number"));
        number
    }

    fn pan(&mut self) -> String {
        let (begins, length) = [
            ("4929", 16),
            ("5232", 16),
            ("3742", 15),
            ("3601", 14),
            ("6221", 19),
            ("3530", 16),
        ][self.secrets.len() % 6];
        self.number(begins, length)
    }

    /// Plants something, once however often it stands somewhere.
    fn secret(&mut self, text: &str, what: &'static str) -> String {
        if !self.secrets.iter().any(|(secret, _)| secret == text) {
            self.secrets.push((text.to_owned(), what));
        }
        text.to_owned()
    }

    /// Returns a text with account data of each kind. Codes of three digits stand anywhere by
    /// chance, so that only longer ones can be looked for.
    fn text(&mut self) -> String {
        let pan = self.pan();
        let spaced = grouped(&self.number("4556", 16), " ");
        let track = self.number("4485", 16);
        let own = self.secret("5000009876500", "data of a track");
        let code = self.secret("9173", "a card code");
        let block = self.secret("A4C01F29B7E3D856", "a PIN block");
        let other = self.secret("0412AC89ABCDEF67", "a PIN block");
        let pin = self.secret("604871", "a PIN");
        format!(
            "card={pan}\ncard: {spaced}\n%B{track}^DOE/JOHN^3012{own}?\n;{track}=3012{own}?\n\
             \"cvv\": \"{code}\"\npin_block={block}\npinblock: {other}\npin={pin}\n"
        )
    }

    /// Returns what finds all that is planted.
    fn search(&self) -> Search {
        let spelt: Vec<Spelt> = self
            .secrets
            .iter()
            .flat_map(|(secret, what)| {
                spellings(secret).into_iter().map(move |(how, text)| Spelt {
                    what: format!("{what} {how}"),
                    alone: secret.len() < 12 && text.len() == secret.len(),
                    text,
                })
            })
            .collect();
        let finder = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(spelt.iter().map(|one| &one.text))
            .unwrap();
        Search { spelt, finder }
    }
}

/// One way in which something planted could be written.
struct Spelt {
    text: String,
    /// What it is, and how it is written.
    what: String,
    /// It is short, and counts only where it is no part of something longer.
    alone: bool,
}

/// Finds what is planted, in any of the ways it could be written.
struct Search {
    spelt: Vec<Spelt>,
    finder: AhoCorasick,
}

impl Search {
    fn in_bytes(&self, bytes: &[u8]) -> Vec<String> {
        let mut found: Vec<String> = self
            .finder
            .find_overlapping_iter(bytes)
            .filter(|at| {
                let alone = self.spelt[at.pattern().as_usize()].alone;
                !alone || stands_alone(bytes, at.start(), at.len())
            })
            .map(|at| {
                let before = &bytes[at.start().saturating_sub(60)..at.start()];
                let what = &self.spelt[at.pattern().as_usize()].what;
                format!("{what} after {}", String::from_utf8_lossy(before))
            })
            .collect();
        found.truncate(3);
        found
    }
}

/// Tells whether something is no part of something longer, as of a digest. Short codes stand in
/// those by chance.
fn stands_alone(bytes: &[u8], at: usize, length: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| bytes.get(at));
    let beside = [before, bytes.get(at + length)];
    !beside.into_iter().flatten().any(u8::is_ascii_alphanumeric)
}

/// Returns the ways in which a secret could be written.
fn spellings(secret: &str) -> Vec<(&'static str, String)> {
    let mut spelt = vec![
        ("plain", secret.to_owned()),
        ("reversed", secret.chars().rev().collect()),
        ("in hex", hex(secret.as_bytes())),
    ];
    for pad in 0..3 {
        // Of what stands at this place in a longer text, the characters that depend on it alone.
        let text = [&vec![0; pad][..], secret.as_bytes()].concat();
        let coded = STANDARD.encode(&text);
        let (from, to) = ((pad * 8).div_ceil(6), text.len() * 8 / 6);
        spelt.push(("in base64", coded[from..to].to_owned()));
    }
    if secret.len() < 12 {
        return spelt;
    }
    for (how, sign) in [
        ("spaced", " "),
        ("hyphened", "-"),
        ("dotted", "."),
        ("spaced in an address", "%20"),
        ("in lines", "\n"),
    ] {
        spelt.push((how, grouped(secret, sign)));
    }
    let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    spelt.push(("in UTF-16", String::from_utf8(wide).unwrap()));
    spelt
}

/// Plants everywhere a number can stand: in every form, whole, cut off and broken, and in names.
fn plant(planted: &mut Planted, root: &Path) {
    let write = |path: &str, bytes: &[u8]| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    for (form, bytes) in forms(&planted.text()) {
        write(&format!("whole/a.{form}"), &bytes);
    }
    for (form, bytes) in forms(&planted.text()) {
        for (n, at) in [bytes.len() / 3, bytes.len() * 2 / 3, bytes.len() - 3]
            .into_iter()
            .enumerate()
        {
            write(&format!("cut/{n}.{form}"), &bytes[..at]);
            let mut broken = bytes.clone();
            broken[at] ^= 0x55;
            write(&format!("broken/{n}.{form}"), &broken);
        }
    }
    let text = planted.text();
    let named = format!("card {}.txt", planted.pan());
    let members = [
        Member::stored(&named, text.as_bytes()),
        Member::deflated(&planted.pan(), b""),
    ];
    write("archive.zip", &packing::zip(&members));
    let named = format!("pan-{}", planted.pan());
    write("archive.tar", &packing::tar(&[(&named, text.as_bytes())]));
    let address = planted.pan();
    let mail = format!(
        "From: {address}@example.com\nTo: b@example.com\nSubject: card {}\nMIME-Version: 1.0\n\
         Content-Type: text/plain; name=\"{}.txt\"\nContent-Transfer-Encoding: base64\n\n{}\n",
        planted.pan(),
        planted.pan(),
        STANDARD.encode(&text)
    );
    write("mail.eml", mail.as_bytes());
    // Names of files and folders, plain and grouped, and one that is masked whatever it is called.
    let number = planted.pan();
    write(
        &format!("{number}/{}.log", grouped(&planted.number("4716", 16), "-")),
        b"x",
    );
    write(
        &format!("order_id {}.txt", planted.number("4024", 16)),
        b"x",
    );
    write(&format!("cvv={}/a", "9173"), b"x");
    // Broken things whose errors could repeat what they read, in folders and members that are named so.
    let packed = packing::gzip(&[text.as_bytes(), &packing::noise(5000)].concat());
    let cut = &packed[..packed.len() - 12];
    write(&format!("broken {}.gz", planted.pan()), cut);
    let member = [Member::stored(&format!("{}.gz", planted.pan()), cut)];
    write("broken-member.zip", &packing::zip(&member));
    for (path, before, after) in [
        ("broken.sqlite", "SQLite format 3\0", ""),
        ("broken.rdb", "REDIS0011", ""),
        ("broken.json", "{\"pan\": \"", "\", "),
        ("broken.xml", "<?xml version=\"1.0\"?><pan>", "</pin>"),
        ("broken.pdf", "%PDF-1.7\n1 0 obj (", ")"),
        ("broken.7z", "7z\u{bc}\u{af}'\u{1c}", ""),
    ] {
        let text = format!("{before}{} {text}{after}", planted.pan());
        write(path, text.as_bytes());
    }
}

/// Runs the executable, with a folder of its own for temporary files, and returns what it emits.
fn emitted(root: &Path, args: &[String], stdin: &[u8]) -> Vec<u8> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_workbook"))
        .args(args)
        .current_dir(root)
        .env("TMPDIR", root.join("temporary"))
        .env("RUST_BACKTRACE", "full")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // Who does not read it closes it.
    let _ = input.write_all(stdin);
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.code().is_some_and(|code| code < 4),
        "{args:?}: {output:?}"
    );
    [output.stdout, output.stderr].concat()
}

/// Writes what people hand to `scan` and `merge` beside the data, with a number in every place of
/// it; returns the commands that read it.
fn plant_beside(planted: &mut Planted, copy: &Copy) -> Vec<String> {
    let entry = |key: &str, value: &str| {
        let mut text = "[[allow]]\n".to_owned();
        for (name, sound) in [
            ("path", "data/**"),
            ("reason", "parcels"),
            ("approver", "nl-0148"),
        ] {
            let value = if name == key { value } else { sound };
            writeln!(text, "{name} = \"{value}\"").unwrap();
        }
        text + "context = [\"parcel\"]\napproved = 2026-11-19\nexpires = 2027-05-19\n"
    };
    let number = planted.pan();
    let mut lists = vec![
        entry("path", "parcels/**"),
        entry("path", &number),
        entry("path", &grouped(&number, "-")),
        entry("reason", &number),
        entry("approver", &number),
        entry("path", "x").replace("parcel\"", &format!("{number}\"")),
        entry("path", "x").replace("context", &format!("\"{number}\"")),
        format!("[[allow]]\npath = \"{number}\"\n{number}"),
        format!("[[allow]\n# {number}"),
    ];
    lists.push(planted.text());
    let mut commands = Vec::new();
    for (n, list) in lists.iter().enumerate() {
        copy.write(&format!("allow-{n}.toml"), list);
        commands.push(format!("scan data/whole --allow allow-{n}.toml"));
    }
    copy.write(
        "list.txt",
        &format!("data/whole\ndata/absent-{number}\n{}\n", planted.text()),
    );
    commands.push("scan --files-from list.txt".to_owned());
    commands.push("scan --files-from list.txt -0 --format jsonl".to_owned());
    commands.push("scan --files-from list.txt --format sarif --shard 1/2".to_owned());
    copy.run(&[
        "scan",
        "allow-0.toml",
        "--report",
        "sound.json",
        "--member-type",
        "T",
        "--member-id",
        "i",
        "--extent",
        "all",
        "--shard",
        "1/2",
    ]);
    let sound = copy.read("sound.json");
    let mut reports = vec![
        sound.replace("\"i\"", &format!("\"{number}\"")),
        sound.replace("\"member\"", &format!("\"{number}\"")),
        sound.replace("\"all\"", &format!("\"{number}\"")),
        sound.replace("\"unread\": 0", &format!("\"unread\": {number}")),
        sound[..sound.len() / 2].to_owned() + &number,
        number.clone(),
    ];
    reports.push(planted.text());
    for (n, report) in reports.iter().enumerate() {
        copy.write(&format!("report-{n}.json"), report);
        commands.push(format!("merge sound.json report-{n}.json"));
        commands.push(format!("merge report-{n}.json --report merged-{n}.json"));
    }
    commands
}

/// Returns the commands that scan everything, in every way.
fn commands(number: &str) -> Vec<String> {
    let about = "--member-type T --member-id i --extent all";
    let mut commands: Vec<String> = [
        "scan data",
        "scan data --format jsonl",
        "scan data --format sarif",
        "scan data --threads 4 --max-depth 1",
        "scan data --max-expansion 1 --max-members 1",
        "scan - --format jsonl",
        "scan --message",
        "scan --message data/mail.eml",
        "scan --message data/whole/a.eml",
        "scan --message data/broken/1.eml",
        "scan data --report r.json ABOUT",
        "scan data --report r1.json ABOUT --shard 1/2",
        "scan data --report r2.json ABOUT --shard 2/2",
        "merge r1.json r2.json",
        "merge r1.json r2.json --report m.json",
        "scan N",
        "scan --N data",
        "scan data/whole --format N",
        "scan data/whole --shard N/N",
        "scan data/whole --threads N",
        "scan data/whole --max-depth N",
        "scan data/whole --allow N",
        "scan --files-from N",
        "scan data/whole --report N/N.json ABOUT",
        "scan data/whole --report a.json --member-type T --member-id i --extent N",
        "scan data/whole --report b.json --member-type T --member-id i --extent sample --selection N",
        "scan data/whole --report c.json ABOUT --from N --to N",
        "scan --message N",
        "merge N",
        "N",
        "explain N",
        "check N",
        "--workbook N check",
        "--exports N exports",
    ]
    .map(|template| template.replace("ABOUT", about).replace('N', number))
    .to_vec();
    commands.push(format!(
        "scan data --report named.json --member-type T --member-id {number} --extent all"
    ));
    commands
}

#[test]
fn what_is_planted_does_not_come_out() {
    let mut planted = Planted::new();
    let copy = Copy::empty();
    let root = copy.path();
    fs::create_dir(root.join("temporary")).unwrap();
    plant(&mut planted, &root.join("data"));
    let mut commands = commands(&planted.pan());
    commands.extend(plant_beside(&mut planted, &copy));
    let text = planted.text();
    let planted_before = files(root);
    let search = planted.search();
    let mut told = BTreeMap::new();
    for command in &commands {
        let args: Vec<String> = command.split(' ').map(str::to_owned).collect();
        let bytes = emitted(root, &args, text.as_bytes());
        told.insert(command.clone(), search.in_bytes(&bytes));
    }
    for (path, bytes) in files(root) {
        if planted_before.get(&path) != Some(&bytes) {
            let name = path.to_string_lossy().into_owned();
            told.insert(name, search.in_bytes(&bytes));
        }
    }
    assert!(told.contains_key("r.json") && told.contains_key("m.json"));
    assert!(
        !told.contains_key("named.json"),
        "a report that names a number is not written"
    );
    told.retain(|_, found| !found.is_empty());
    assert_eq!(told, BTreeMap::new());
    assert_eq!(fs::read_dir(root.join("temporary")).unwrap().count(), 0);
    // The test sees what it must.
    for form in ["txt", "utf16", "hex", "base64", "cp932", "tar", "sqlite"] {
        let bytes = &planted_before[&Path::new("data/whole").join(format!("a.{form}"))];
        assert!(!search.in_bytes(bytes).is_empty(), "{form}");
    }
}

/// Shows everything that it is told, in every way that values of the library can be shown.
#[derive(Default)]
struct Shown {
    text: String,
    found: usize,
}

impl Observer for Shown {
    fn found(&mut self, member: &str, place: Place, found: Match) {
        self.found += 1;
        writeln!(self.text, "{member} {place:?} {found:?} {found:#?}").unwrap();
        if let Some(masked) = &found.masked {
            writeln!(self.text, "{masked} {masked:?} {}", masked.last_four()).unwrap();
        }
    }

    fn unread(&mut self, member: &str, why: Why) {
        writeln!(self.text, "{member} {why} {why:?}").unwrap();
    }

    fn scanned(&mut self, _: u64) {}
}

#[test]
fn values_of_the_library_can_be_shown_to_anybody() {
    let mut planted = Planted::new();
    let copy = Copy::empty();
    plant(&mut planted, copy.path());
    let search = planted.search();
    let mut shown = Shown::default();
    for bytes in files(copy.path()).values() {
        let before = shown.found;
        for reader in [read, read_message] {
            let mut stream = Cursor::new(bytes);
            let source = Source::Anywhere(&mut stream);
            reader(Rules::built_in(), Limits::default(), source, &mut shown);
        }
        let mut scanner = Scanner::new(Rules::built_in());
        scanner.push(bytes, &mut |_| {});
        writeln!(shown.text, "{scanner:?} {scanner:#?}").unwrap();
        assert!(shown.found >= before);
    }
    assert!(shown.found > 500, "{}", shown.found);
    assert_eq!(search.in_bytes(shown.text.as_bytes()), Vec::<String>::new());
}

/// Raw files among the exports, through every command that tells of them, and through what is
/// stamped: the commits, the records and the book.
#[test]
fn what_lies_among_the_exports_does_not_come_out() {
    let mut planted = Planted::new();
    let copy = Copy::of_sample();
    let repository = copy.commit_all();
    let raw = "exports/raw/aks-payments-pods";
    plant(&mut planted, &copy.path().join(raw));
    let about = "member-type = \"registers.log_sources\"\nmember-id = \"aks-payments-pods\"\n";
    copy.write(
        &format!("{raw}/raw.toml"),
        &format!("{about}extent = \"all\"\nexported = 2026-11-20T00:00:00Z\n"),
    );
    let number = planted.pan();
    for (n, text) in [
        format!("member-type = \"T\"\nmember-id = \"{number}\"\nnote = \"{number}\"\n"),
        format!("{about}extent = \"{number}\"\nexported = {number}\n"),
        format!("{about}extent = \"sample\"\nselection = \"{number}\"\n"),
        format!("\"{number}\" = {number}\n= {number}"),
    ]
    .iter()
    .enumerate()
    {
        copy.write(&format!("exports/raw/{n} {number}/raw.toml"), text);
        copy.write(&format!("exports/scans/{n}-{number}.json"), &format!("{{\"format\": \"workbook-scan-report\", \"member\": {{\"type\": \"T\", \"id\": \"{number}\"}}, {text}"));
    }
    let before = files(copy.path());
    let search = planted.search();
    let mut told = BTreeMap::new();
    for args in [
        &["exports"][..],
        &["check", "--format", "json"],
        &["stamp"],
        &["build"],
        &["verify"],
    ] {
        let ran = copy.run(args);
        told.insert(
            args.join(" "),
            search.in_bytes(format!("{}{}", ran.stdout, ran.stderr).as_bytes()),
        );
        if args[0] == "check" {
            assert!(
                ran.stdout.contains("raw/aks-payments-pods/raw.toml"),
                "{}",
                ran.stdout
            );
        }
    }
    for (path, bytes) in files(copy.path()) {
        if before.get(&path) != Some(&bytes) {
            told.insert(path.display().to_string(), search.in_bytes(&bytes));
        }
    }
    let (pages, records) = ("book/build/", "evidence/records/");
    for folder in [pages, records] {
        assert!(told.keys().any(|path| path.starts_with(folder)), "{folder}");
    }
    let objects = repository.odb().unwrap();
    let mut ids = Vec::new();
    objects
        .foreach(|id| {
            ids.push(*id);
            true
        })
        .unwrap();
    for id in ids {
        let object = objects.read(id).unwrap();
        told.insert(id.to_string(), search.in_bytes(object.data()));
    }
    told.retain(|_, found| !found.is_empty());
    assert_eq!(told, BTreeMap::new());
}
