//! `manifest.toml` beside exports: what the person who made them states about each file.
//!
//! ```toml
//! account = "111122223333"          # or subscription; for every file that says nothing else
//! region = "eu-central-1"
//! caller = "arn:aws:iam::111122223333:role/auditor"
//! client = "aws-cli/2.31.0"
//!
//! [[file]]
//! path = "ecs/describe-clusters.json"      # below the folder of the manifest
//! command = "aws ecs describe-clusters --clusters cde --include CONFIGURATIONS"
//! started = 2026-11-22T00:54:26Z
//! ended = 2026-11-22T00:54:28Z
//! exit-code = 0
//! digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"   # SHA-256
//! error = "An error occurred (AccessDenied) ..."    # where a command failed
//! ```

use std::collections::BTreeMap;

use super::arn::whereabouts;
use super::source_entry::Source;
use super::sources::Sources;
use crate::source::{Code, Diagnostic, Instant, Item, SourceFile, Table, Toml, Value};

/// What a manifest states about one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Stated {
    /// The command line, word by word.
    pub(crate) command: Vec<String>,
    /// The account or subscription.
    pub(crate) account: Option<String>,
    /// The region.
    pub(crate) region: Option<String>,
    /// When the command ended, or else began.
    pub(crate) observed: Option<Instant>,
    /// The exit code.
    pub(crate) exit_code: Option<i64>,
    /// The SHA-256 of the file, in hexadecimal.
    pub(crate) digest: Option<String>,
    /// What the command wrote to its standard error.
    pub(crate) error: Option<String>,
}

impl Stated {
    /// Tells whether the command is stated to have failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.error.is_some() || self.exit_code.is_some_and(|code| code != 0)
    }
}

/// A manifest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Manifest {
    /// The folder it stands in, empty at the top.
    pub(crate) folder: String,
    /// What it states, by path below the exports folder.
    pub(crate) files: BTreeMap<String, Stated>,
    /// What it states for every file.
    pub(crate) all: Stated,
}

impl Manifest {
    /// Reads the manifest at `path`. What is wrong with it is told in one line.
    pub(crate) fn parse(path: &str, text: &str) -> Result<Self, String> {
        let file = SourceFile::new(path, text);
        let toml = Toml::parse_file(&file);
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let manifest = read(toml.root(), folder);
        let diagnostics = toml.into_diagnostics().into_sorted();
        match diagnostics.split_first() {
            None => Ok(manifest),
            Some((first, [])) => Err(first.one_line()),
            Some((first, rest)) => Err(format!(
                "{} (and {} more mistakes)",
                Diagnostic::one_line(first),
                rest.len()
            )),
        }
    }

    /// Tells whether the manifest speaks of files at `path`.
    pub(crate) fn covers(&self, path: &str) -> bool {
        self.folder.is_empty()
            || path
                .strip_prefix(&self.folder)
                .is_some_and(|rest| rest.starts_with('/'))
    }

    /// Returns what is stated about the file at `path`.
    pub(crate) fn stated(&self, path: &str) -> Option<Stated> {
        let own = self.files.get(path);
        let all = &self.all;
        let empty = Stated::default();
        if own.is_none() && (*all == empty || !self.covers(path)) {
            return None;
        }
        let mut stated = own.cloned().unwrap_or_default();
        stated.account = stated.account.or_else(|| all.account.clone());
        stated.region = stated.region.or_else(|| all.region.clone());
        Some(stated)
    }
}

fn read(mut root: Table<'_>, folder: &str) -> Manifest {
    let mut all = Stated::default();
    common(&mut root, &mut all);
    let mut files = BTreeMap::new();
    for mut table in root.tables("file") {
        let path = table.required_string("path");
        let mut stated = Stated::default();
        common(&mut table, &mut stated);
        stated.command = command(&mut table);
        let started = moment(&mut table, "started");
        let ended = moment(&mut table, "ended");
        stated.observed = ended.or(started);
        stated.exit_code = table.integer("exit-code").map(|code| code.value);
        stated.digest = digest(&mut table);
        stated.error = table.string("error").map(|text| text.value);
        if let Some(path) = path {
            let full = joined(folder, &path.value);
            if files.insert(full, stated).is_some() {
                table.report(
                    Code::DuplicateId,
                    path.span,
                    format!("`{}` is stated twice", path.value),
                );
            }
        }
        table.finish();
    }
    root.finish();
    Manifest {
        folder: folder.to_owned(),
        files,
        all,
    }
}

fn common(table: &mut Table<'_>, stated: &mut Stated) {
    let account = table.string("account").map(|text| text.value);
    let subscription = table.string("subscription").map(|text| text.value);
    // Who asked says in which account, where nothing else does.
    let caller = table.string("caller").map(|text| text.value);
    let callers = caller
        .as_deref()
        .and_then(|caller| whereabouts(caller).account)
        .map(str::to_owned);
    stated.account = account.or(subscription).or(callers);
    stated.region = table.string("region").map(|text| text.value);
    // Kept for people: the version of the client changes nothing in how a file is read.
    table.item("client");
}

fn command(table: &mut Table<'_>) -> Vec<String> {
    match table.item("command") {
        Some(item) if item.is_list() => item.strings().into_iter().map(|word| word.value).collect(),
        Some(item) => item
            .string()
            .map(|text| split(&text.value))
            .unwrap_or_default(),
        None => Vec::new(),
    }
}

fn moment(table: &mut Table<'_>, key: &'static str) -> Option<Instant> {
    let item = table.item(key)?;
    let span = item.span();
    let instant = match Item::to_value(item) {
        Value::String(text) => Instant::parse(&text),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Unknown(_)
        | Value::Default(_) => None,
    };
    if instant.is_none() {
        table.report(
            Code::WrongType,
            span,
            format!("`{key}` must be a moment, such as 2026-11-22T00:54:26Z"),
        );
    }
    instant
}

fn digest(table: &mut Table<'_>) -> Option<String> {
    let text = table.string("digest")?;
    let hexadecimal = text
        .value
        .strip_prefix("sha256:")
        .unwrap_or(&text.value)
        .to_ascii_lowercase();
    if hexadecimal.len() == 64 && hexadecimal.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some(hexadecimal);
    }
    table.report(
        Code::InvalidValue,
        text.span,
        "a digest is the SHA-256 of the file, 64 hexadecimal digits",
    );
    None
}

fn joined(folder: &str, path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Splits a command line into words as a shell does, quotes taken off.
fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut begun = false;
    let mut quote = None;
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                begun = true;
            }
            (None | Some('"'), '\\') => {
                word.extend(characters.next());
                begun = true;
            }
            (None, c) if c.is_whitespace() => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            (_, c) => {
                word.push(c);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

/// Returns the entry of a command line: the one whose words stand in it, the longest.
pub(crate) fn by_command<'s>(sources: &'s Sources, command: &[String]) -> Option<&'s Source> {
    let (program, words) = command.split_first()?;
    let program = program.rsplit(['/', '\\']).next().unwrap_or(program);
    let program = program.strip_suffix(".exe").unwrap_or(program);
    sources
        .entries
        .iter()
        .filter(|entry| {
            let mut wanted = entry.command.split_whitespace();
            wanted.next() == Some(program) && {
                let wanted: Vec<&str> = wanted.collect();
                words
                    .windows(wanted.len().max(1))
                    .any(|window| window.iter().map(String::as_str).eq(wanted.iter().copied()))
            }
        })
        .max_by_key(|entry| entry.command.len())
}

/// Returns the value of an option in a command line: `--bucket x`, or `--bucket=x`.
pub(crate) fn option_value<'c>(command: &'c [String], option: &str) -> Option<&'c str> {
    command.iter().enumerate().find_map(|(at, word)| {
        if word == option {
            return command.get(at + 1).map(String::as_str);
        }
        word.strip_prefix(option)?.strip_prefix('=')
    })
}

/// Returns what the command line says the export is about: the value of the first option that
/// the entry shows with a placeholder.
pub(crate) fn argument(source: &Source, command: &[String]) -> Option<String> {
    let options = source.options.as_deref()?;
    let words: Vec<&str> = options.split_whitespace().collect();
    words.windows(2).find_map(|pair| match pair {
        [option, placeholder] if option.starts_with("--") && placeholder.starts_with('<') => {
            option_value(command, option).map(str::to_owned)
        }
        _ => None,
    })
}

/// Tells whether every word of `options` stands in the command line, and the words after an
/// option stand behind that option.
pub(crate) fn has_options(command: &[String], options: &str) -> bool {
    let mut behind: Option<usize> = None;
    options.split_whitespace().all(|wanted| {
        let from = behind.map_or(0, |at| at + 1);
        let found = command.iter().skip(from).position(|word| {
            word.eq_ignore_ascii_case(wanted)
                || word
                    .split(['=', ','])
                    .any(|piece| piece.eq_ignore_ascii_case(wanted))
        });
        if let (Some(at), true) = (found, wanted.starts_with("--")) {
            behind = Some(from + at);
        }
        found.is_some()
    })
}

/// The options that make a listing show less than everything.
const NARROWING: &[&str] = &[
    "--filters",
    "--filter",
    "--filter-criteria",
    "--query",
    "--max-items",
    "--starting-token",
    "--max-results",
    "--no-paginate",
    "--resource-group",
    "-g",
    "--tag",
    "--path-prefix",
    "--status",
    "--name-prefix",
    "--log-group-name-prefix",
    "--log-group-name-pattern",
    "--family-prefix",
    "--launch-type",
    "--scheduling-strategy",
    "--namespace",
    "-n",
    "--selector",
    "-l",
    "--field-selector",
];

/// Returns the option by which a command line asks for less than everything; the entry's own
/// options do not.
pub(crate) fn narrowed<'c>(command: &'c [String], own: Option<&str>) -> Option<&'c str> {
    command
        .iter()
        .map(|word| word.split('=').next().unwrap_or(word))
        .find(|word| {
            NARROWING.contains(word)
                && !own.is_some_and(|own| own.split_whitespace().any(|option| option == *word))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_for_test(text: &str) -> Result<Manifest, String> {
        Manifest::parse("a/manifest.toml", text)
    }

    #[test]
    fn a_manifest_states_what_is_known_of_each_file() {
        let manifest = parse_for_test(
            r#"
account = "111122223333"
[[file]]
path = "./s3api/x.json"
command = "aws --region eu-west-1 s3api get-bucket-policy --bucket 'my bucket'"
started = 2026-11-22T00:54:26Z
exit-code = 0
"#,
        )
        .expect("a manifest");
        let stated = manifest.stated("a/s3api/x.json").expect("stated");
        assert_eq!(stated.account.as_deref(), Some("111122223333"));
        assert_eq!(option_value(&stated.command, "--bucket"), Some("my bucket"));
        assert_eq!(
            stated.observed.map(|at| at.to_string()),
            Some("2026-11-22T00:54:26Z".to_owned())
        );
        assert_eq!(manifest.stated("b/x.json"), None);
        assert_eq!(
            manifest
                .stated("a/y.json")
                .and_then(|stated| stated.account),
            Some("111122223333".to_owned())
        );
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        let error = parse_for_test("[[file]]\npath = \"a\"\nexit_code = 1\ndigest = \"x\"\n")
            .expect_err("mistakes");
        assert!(error.contains("a/manifest.toml:3:1"), "{error}");
        assert!(error.contains("1 more"), "{error}");
    }

    #[test]
    fn options_are_found_behind_the_word_they_belong_to() {
        let command = split("aws ecs describe-clusters --include TAGS,SETTINGS --clusters a");
        assert!(has_options(&command, "--include SETTINGS"));
        assert!(!has_options(&command, "--include CONFIGURATIONS"));
        assert_eq!(narrowed(&command, None), None);
        assert_eq!(narrowed(&split("az aks list -g x"), None), Some("-g"));
    }
}
