//! Secrets and card numbers planted in every field of exports of examples reach no
//! evidence, no book and no report.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::cards;
use super::harness::{Copy, files};

/// Of how many files of examples one is planted in: a prime, so that all checks have their turn.
const SHARE: usize = 11;

/// What is planted, a field after the other: a text with a secret in it, and the secret.
struct Planting {
    kinds: Vec<(String, String)>,
    next: usize,
}

impl Planting {
    /// Returns secrets of every form. They are made here, so that no scanner of repositories takes
    /// this file for a leak.
    fn new() -> Self {
        let random = |seed: u64, length: usize| -> String {
            let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
            let mut state = seed;
            let mut text = String::new();
            while text.len() < length {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                let at = usize::try_from(state >> 33).unwrap() % letters.len();
                text.push(char::from(letters[at]));
            }
            text
        };
        let key = format!("AKIA{}", random(1, 16).to_ascii_uppercase());
        let aws = random(2, 40);
        let password = random(3, 14);
        let account = random(4, 60);
        let body = random(5, 120);
        let token = format!("ghp_{}", random(6, 36));
        let jwt = format!("eyJ{}.{}.{}", random(7, 20), random(8, 40), random(9, 43));
        let bearer = random(10, 30);
        let sas = random(11, 44);
        let pan = cards::number("4929", 16, 77);
        let grouped = cards::grouped(&cards::number("5232", 16, 78), " ");
        let kinds = [
            (key.clone(), key),
            (aws.clone(), aws),
            (
                format!("Server=db;User ID=app;Password={password};Encrypt=true"),
                password.clone(),
            ),
            (
                format!("postgres://app:{password}@db.example:5432/pay"),
                password,
            ),
            (
                format!("DefaultEndpointsProtocol=https;AccountKey={account}==;EndpointSuffix=x"),
                account,
            ),
            (
                format!("-----BEGIN {} KEY-----\n{body}\n-----END", "PRIVATE"),
                body,
            ),
            (token.clone(), token),
            (jwt.clone(), jwt),
            (format!("Authorization: Bearer {bearer}"), bearer),
            (format!("https://x.example/y?sv=1&sig={sas}&se=2"), sas),
            (pan.clone(), pan),
            (grouped.clone(), grouped),
        ];
        Self {
            kinds: kinds.to_vec(),
            next: 0,
        }
    }

    fn next(&mut self) -> String {
        let text = self.kinds[self.next % self.kinds.len()].0.clone();
        self.next += 1;
        text
    }

    /// Plants in every text of a value: beside what stands there, or in its place.
    fn plant(&mut self, value: &mut Value, beside: bool) {
        match value {
            Value::String(text) => {
                let secret = self.next();
                *text = if beside {
                    format!("{text} {secret}")
                } else {
                    secret
                };
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.plant(item, beside)),
            Value::Object(map) => map.values_mut().for_each(|item| self.plant(item, beside)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Returns what of the planted stands in a text.
    fn found(&self, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        for (_, secret) in &self.kinds {
            if let Some(at) = text.find(secret.as_str()) {
                let before: String = text[..at].chars().rev().take(80).collect();
                let before: String = before.chars().rev().collect();
                found.push(format!("{secret} after {before}"));
            }
        }
        found
    }
}

/// Returns the JSON files below a folder.
fn json_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return found;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(json_files(&path));
        } else if path.extension().is_some_and(|e| e == "json") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Plants in exports of examples of every check, and returns how many files and fields there are.
fn plant_examples(planting: &mut Planting, copy: &Copy) -> (usize, usize) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("checks/examples");
    let (mut seen, mut planted) = (0_usize, 0_usize);
    for path in json_files(&root) {
        let within = path.strip_prefix(&root).unwrap();
        let parts: Vec<&str> = within.iter().map(|part| part.to_str().unwrap()).collect();
        let [check, example, "exports", rest @ ..] = parts.as_slice() else {
            continue;
        };
        let text = fs::read_to_string(&path).unwrap();
        let Ok(mut value) = serde_json::from_str::<Value>(&text) else {
            continue;
        };
        seen += 1;
        if seen % SHARE != 0 {
            continue;
        }
        planted += 1;
        // Every other file keeps its ids, so that checks find what they look for.
        planting.plant(&mut value, planted % 2 == 0);
        copy.write(
            &format!("planted/{check}/{example}/{}", rest.join("/")),
            &value.to_string(),
        );
    }
    (planted, planting.next)
}

#[test]
fn nothing_planted_in_exports_reaches_evidence_book_or_reports() {
    let copy = Copy::of_sample();
    let mut planting = Planting::new();
    let (planted, fields) = plant_examples(&mut planting, &copy);
    assert!(
        planted > 400 && fields > 2_000,
        "{planted} files, {fields} fields"
    );
    copy.write(".gitignore", "/planted/\n/book/build/\n");
    copy.commit_all();
    fs::write(copy.path().join(".gitignore"), "/planted/\n/book/build/\n").unwrap();
    let mut leaks: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for args in [
        &["assess", "--exports", "planted", "--allow-dirty"][..],
        &["check", "--exports", "planted"],
        &["check", "--exports", "planted", "--format", "json"],
        &["exports", "--exports", "planted"],
        &["due", "--exports", "planted"],
    ] {
        let ran = copy.run(args);
        assert!(matches!(ran.code, 0 | 1 | 3), "{args:?}: {}", ran.stderr);
        for text in [&ran.stdout, &ran.stderr] {
            let found = planting.found(text);
            if !found.is_empty() {
                leaks.entry(args.join(" ")).or_default().extend(found);
            }
        }
    }
    let mut looked = 0;
    for (path, bytes) in files(copy.path()) {
        if !(path.starts_with("evidence") || path.starts_with("book/build")) {
            continue;
        }
        looked += 1;
        let found = planting.found(&String::from_utf8_lossy(&bytes));
        if !found.is_empty() {
            leaks.insert(path.display().to_string(), found);
        }
    }
    assert!(looked > 300, "{looked} files of evidence and book");
    let told: Vec<_> = leaks.iter().take(20).collect();
    assert!(leaks.is_empty(), "{} places: {told:#?}", leaks.len());
}
