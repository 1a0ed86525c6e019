//! Nothing that the program emits holds a whole number or sensitive authentication data: not its
//! output, its reports, its evidence, its errors, and nothing in the folder of temporary files.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::harness::{Copy, files};

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

    /// Returns a new number that begins so and has so many digits, as no list has it.
    fn number(&mut self, begins: &str, length: usize) -> String {
        let mut digits: Vec<u32> = begins.chars().filter_map(|it| it.to_digit(10)).collect();
        while digits.len() < length - 1 {
            self.seed = self
                .seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            digits.push(u32::try_from(self.seed >> 33).unwrap() % 10);
        }
        let sum: u32 = digits
            .iter()
            .rev()
            .enumerate()
            .map(|(n, digit)| match n % 2 {
                0 if *digit > 4 => digit * 2 - 9,
                0 => digit * 2,
                _ => *digit,
            })
            .sum();
        digits.push((10 - sum % 10) % 10);
        let number: String = digits.iter().map(ToString::to_string).collect();
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

    fn secret(&mut self, text: &str, what: &'static str) -> String {
        self.secrets.push((text.to_owned(), what));
        text.to_owned()
    }

    /// Returns a text with a number of each kind.
    fn text(&mut self) -> String {
        let pan = self.pan();
        let spaced = grouped(&self.number("4556", 16), " ");
        let track = self.number("4485", 16);
        let own = self.secret("30125000009876500", "data of a track");
        let code = self.secret("9173", "a card code");
        let block = self.secret("A4C01F29B7E3D856", "a PIN block");
        format!(
            "card={pan}\ncard: {spaced}\n%B{track}^DOE/JOHN^3012{}?\n;{track}=3012{}?\n\
             \"cvv\": \"{code}\"\npin_block={block}\n",
            &own[4..],
            &own[4..]
        )
    }

    /// Returns what of the planted stands in bytes, in any of the ways it could be written.
    fn in_bytes(&self, bytes: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        let lower = bytes.to_ascii_lowercase();
        for (secret, what) in &self.secrets {
            for (how, spelt) in spellings(secret) {
                let spelt = spelt.to_ascii_lowercase();
                if spelt.len() > 3 && memchr::memmem::find(&lower, spelt.as_bytes()).is_some() {
                    found.push(format!("{what} {how}"));
                }
            }
        }
        found
    }
}

fn grouped(number: &str, sign: &str) -> String {
    let groups: Vec<&str> = (0..number.len())
        .step_by(4)
        .map(|at| &number[at..number.len().min(at + 4)])
        .collect();
    groups.join(sign)
}

fn hex(text: &str) -> String {
    let bytes: Vec<String> = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    bytes.concat()
}

/// Returns the ways in which a secret could be written.
fn spellings(secret: &str) -> Vec<(&'static str, String)> {
    let hex = hex(secret);
    let mut spelt = vec![
        ("plain", secret.to_owned()),
        ("reversed", secret.chars().rev().collect()),
        ("in hex", hex),
    ];
    if secret.len() < 12 {
        // Short ones in other writings occur by chance.
        spelt.truncate(1);
        return spelt;
    }
    for (how, sign) in [
        ("spaced", " "),
        ("hyphened", "-"),
        ("dotted", "."),
        ("spaced in an address", "%20"),
    ] {
        spelt.push((how, grouped(secret, sign)));
    }
    for pad in 0..3 {
        // Of what stands at this place in a longer text, the characters that depend on it alone.
        let text = [&vec![0; pad][..], secret.as_bytes()].concat();
        let coded = STANDARD.encode(&text);
        let (from, to) = ((pad * 8).div_ceil(6), text.len() * 8 / 6);
        spelt.push(("in base64", coded[from..to].to_owned()));
    }
    spelt
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A zip archive of stored members, as small as can be.
fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let mut directory = Vec::new();
    for (name, bytes) in members {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let size = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let common = [
            &[20, 0, 0, 8, 0, 0, 0, 0, 0, 0][..],
            &crc.sum().to_le_bytes(),
            &size,
            &size,
            &length,
            &[0, 0],
        ]
        .concat();
        let at = u32::try_from(out.position()).unwrap().to_le_bytes();
        out.write_all(b"PK\x03\x04").unwrap();
        out.write_all(&common).unwrap();
        out.write_all(name.as_bytes()).unwrap();
        out.write_all(bytes).unwrap();
        directory.extend(b"PK\x01\x02\x14\x00".iter());
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(at);
        directory.extend(name.as_bytes());
    }
    let at = u32::try_from(out.position()).unwrap().to_le_bytes();
    let count = u16::try_from(members.len()).unwrap().to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
    out.write_all(&directory).unwrap();
    out.write_all(
        &[
            &b"PK\x05\x06\0\0\0\0"[..],
            &count,
            &count,
            &size,
            &at,
            &[0, 0],
        ]
        .concat(),
    )
    .unwrap();
    out.into_inner()
}

/// A tar archive of one file.
fn tar(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut header = vec![0_u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    for (at, field) in [
        (100, "0000644\0"),
        (108, "0000000\0"),
        (116, "0000000\0"),
        (136, "00000000000\0"),
        (148, "        "),
        (156, "0"),
        (257, "ustar\x0000"),
    ] {
        header[at..at + field.len()].copy_from_slice(field.as_bytes());
    }
    header[124..136].copy_from_slice(format!("{:011o}\0", bytes.len()).as_bytes());
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut padded = bytes.to_vec();
    padded.resize(bytes.len().div_ceil(512) * 512 + 1024, 0);
    [header, padded].concat()
}

/// Plants everywhere a number can stand; returns the paths by what they are.
fn plant(planted: &mut Planted, root: &Path) {
    let write = |path: &str, bytes: &[u8]| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    let text = planted.text();
    write("plain.log", text.as_bytes());
    write("json.log", format!("{{\"card\": {text:?}}}").as_bytes());
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    write("wide.txt", &[&[0xff, 0xfe][..], &wide].concat());
    write("packed.gz", &gzip(text.as_bytes()));
    let named = format!("card {}.txt", planted.pan());
    write(
        "archive.zip",
        &zip(&[(&named, text.as_bytes()), ("b.gz", &gzip(text.as_bytes()))]),
    );
    write(
        "archive.tar",
        &tar(&format!("pan-{}", planted.pan()), text.as_bytes()),
    );
    write(
        "encoded.txt",
        format!("payload={}\n", STANDARD.encode(&text)).as_bytes(),
    );
    write("hex.txt", hex(&text).as_bytes());
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
    // Broken things whose errors could repeat what they read.
    let packed = gzip(format!("{text}{}", "padding ".repeat(5000)).as_bytes());
    write(
        &format!("broken {}.gz", planted.pan()),
        &packed[..packed.len() - 12],
    );
    write("broken.zip", &zip(&[(&named, text.as_bytes())])[..60]);
    write(
        "broken.sqlite",
        &[b"SQLite format 3\0", text.as_bytes()].concat(),
    );
    write("broken.rdb", &[b"REDIS0011", text.as_bytes()].concat());
    write(
        "broken.json",
        format!("{{\"pan\": \"{}\", ", planted.pan()).as_bytes(),
    );
    write(
        "broken.xml",
        format!("<?xml version=\"1.0\"?><pan>{}</pin>", planted.pan()).as_bytes(),
    );
    write(
        "broken.pdf",
        format!("%PDF-1.7\n1 0 obj ({})", planted.pan()).as_bytes(),
    );
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

#[test]
fn what_is_planted_does_not_come_out() {
    let mut planted = Planted::new();
    let copy = Copy::empty();
    let root = copy.path();
    fs::create_dir(root.join("temporary")).unwrap();
    let data = root.join("data");
    plant(&mut planted, &data);
    let number = planted.pan();
    copy.write("allow.toml", &format!("[[allow]]\npath = \"{number}\"\n"));
    copy.write(
        "list.txt",
        &format!("data/plain.log\ndata/absent-{number}\n"),
    );
    let planted_before = files(root);
    let text = planted.text();
    let about = format!("--member-type T --member-id {number} --extent all");
    let mut commands: Vec<String> = [
        "scan data",
        "scan data --format jsonl",
        "scan data --format sarif",
        "scan data --threads 4 --max-depth 1",
        "scan data --max-expansion 1 --max-members 1",
        "scan --files-from list.txt",
        "scan - --format jsonl",
        "scan --message",
        "scan --message data/mail.eml",
        "scan data --report r.json --member-type T --member-id i --extent all",
        "scan data --report r1.json --member-type T --member-id i --extent all --shard 1/2",
        "scan data --report r2.json --member-type T --member-id i --extent all --shard 2/2",
        "merge r1.json r2.json",
        "merge r1.json r2.json --report m.json",
        "scan data --allow allow.toml",
    ]
    .map(str::to_owned)
    .to_vec();
    for template in [
        "scan N",
        "scan --N data",
        "scan data --format N",
        "scan data --shard N/N",
        "scan data --threads N",
        "scan data --allow N",
        "scan --files-from N",
        "scan data --report N/N.json --member-type T --member-id i --extent all",
        "scan --message N",
        "merge N",
        "N",
        "explain N",
    ] {
        commands.push(template.replace('N', &number));
    }
    commands.push(format!("scan data --report named.json {about}"));
    let mut told = BTreeMap::new();
    for command in &commands {
        let args: Vec<String> = command.split(' ').map(str::to_owned).collect();
        let bytes = emitted(root, &args, text.as_bytes());
        told.insert(command.clone(), planted.in_bytes(&bytes));
    }
    for (path, bytes) in files(root) {
        if planted_before.get(&path) != Some(&bytes) {
            let name = path.to_string_lossy().into_owned();
            told.insert(name, planted.in_bytes(&bytes));
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
    for bytes in planted_before
        .values()
        .filter(|bytes| bytes.len() > 1)
        .take(3)
    {
        assert!(!planted.in_bytes(bytes).is_empty());
    }
}

/// Raw files among the exports, through every command that tells of them.
#[test]
fn what_lies_among_the_exports_does_not_come_out() {
    let mut planted = Planted::new();
    let copy = Copy::of_sample();
    let raw = copy.path().join("exports/raw/aks-payments-pods");
    plant(&mut planted, &raw);
    copy.write(
        "exports/raw/aks-payments-pods/raw.toml",
        "member-type = \"registers.log_sources\"\nmember-id = \"aks-payments-pods\"\n\
         extent = \"all\"\nexported = 2026-11-20T00:00:00Z\n",
    );
    let number = planted.pan();
    copy.write(
        &format!("exports/raw/x {number}/raw.toml"),
        &format!("member-type = \"T\"\nmember-id = \"{number}\"\nnote = \"{number}\"\n"),
    );
    let before = files(copy.path());
    for args in [
        &["exports"][..],
        &["check"],
        &["check", "--format", "json"],
        &["build"],
    ] {
        let ran = copy.run(args);
        let told = planted.in_bytes(format!("{}{}", ran.stdout, ran.stderr).as_bytes());
        assert_eq!(told, Vec::<String>::new(), "{args:?}");
    }
    copy.write(".gitignore", "/book/build/\n/exports/raw/\n");
    let check = copy.run(&["check", "sad-scan-pod-logs"]);
    assert!(
        check.stdout.contains("raw/aks-payments-pods/raw.toml"),
        "{}",
        check.stdout
    );
    for (path, bytes) in files(copy.path()) {
        if before.get(&path) != Some(&bytes) {
            assert_eq!(
                planted.in_bytes(&bytes),
                Vec::<String>::new(),
                "{}",
                path.display()
            );
        }
    }
}
