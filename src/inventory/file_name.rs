//! What the name of a file says: which command wrote it, about what, in which account and region.

use percent_encoding::percent_decode_str;

use super::source_entry::Source;
use super::sources::Sources;

/// How sure a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Certainty {
    /// The name is the stem and an argument.
    Exact,
    /// The stem stands somewhere in the name, or without its service: the content must agree.
    Loose,
}

/// An entry that a file's name points to.
#[derive(Debug, Clone)]
pub(crate) struct Named<'s> {
    /// The entry.
    pub(crate) source: &'s Source,
    /// The argument, decoded.
    pub(crate) argument: Option<String>,
    /// The folder that holds the export as a whole: what stands before the stem.
    pub(crate) root: String,
    /// How sure it is.
    pub(crate) certainty: Certainty,
}

/// The parts of a file's path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathParts<'p> {
    /// The folders.
    pub(crate) folders: Vec<&'p str>,
    /// The name without endings.
    pub(crate) base: &'p str,
    /// Whether the file holds what a command wrote to its standard error.
    pub(crate) is_error: bool,
}

/// Returns the parts of a path.
pub(crate) fn parts(path: &str) -> PathParts<'_> {
    let mut folders: Vec<&str> = path.split('/').collect();
    let name = folders.pop().unwrap_or(path);
    let base = without(name, &[".gz"]);
    let plain = without(base, &[".txt", ".log"]);
    let stderr = without(plain, &[".stderr", ".err"]);
    let is_error = stderr.len() != plain.len();
    let base = without(
        if is_error { stderr } else { base },
        &[
            ".json", ".jsonl", ".ndjson", ".yaml", ".yml", ".csv", ".txt",
        ],
    );
    PathParts {
        folders,
        base,
        is_error,
    }
}

/// Returns the path of a file without its endings, by which an error file and the output it
/// belongs to meet.
pub(crate) fn output_key(path: &str) -> String {
    let parts = parts(path);
    let mut key = parts.folders.join("/");
    key.push('/');
    key.push_str(parts.base);
    key
}

fn without<'t>(text: &'t str, endings: &[&str]) -> &'t str {
    endings
        .iter()
        .find_map(|ending| {
            let at = text.len().checked_sub(ending.len())?;
            let (head, tail) = (text.get(..at)?, text.get(at..)?);
            (tail.eq_ignore_ascii_case(ending) && !head.is_empty()).then_some(head)
        })
        .unwrap_or(text)
}

/// Returns the entries that the path may belong to, the surest first.
pub(crate) fn by_name<'s>(sources: &'s Sources, path: &str) -> Vec<Named<'s>> {
    let PathParts { folders, base, .. } = parts(path);
    let (stem, argument) = match base.split_once('.') {
        Some((stem, argument)) => (stem, Some(decoded(argument))),
        None => (base, None),
    };
    let depth = folders.len().min(3);
    let mut found = Vec::new();
    for taken in (0..=depth).rev() {
        let (before, joined) = folders.split_at(folders.len() - taken);
        let mut text = joined.join("-");
        if !text.is_empty() {
            text.push('-');
        }
        text.push_str(stem);
        let words = normalised(&text);
        for candidate in [Some(words.as_str()), without_program(&words)]
            .into_iter()
            .flatten()
        {
            if let Some(source) = sources.by_stem(candidate) {
                found.push(Named {
                    source,
                    argument: argument.clone(),
                    root: before.join("/"),
                    certainty: Certainty::Exact,
                });
            }
        }
    }
    if found.is_empty() {
        loose(sources, &folders, base, &mut found);
    }
    if found.is_empty() {
        found.extend(
            sources
                .by_tail(&normalised(stem))
                .into_iter()
                .map(|source| Named {
                    source,
                    argument: argument.clone(),
                    root: folders.join("/"),
                    certainty: Certainty::Loose,
                }),
        );
    }
    found
}

/// Finds the longest stem that stands somewhere in the name, between separators.
fn loose<'s>(sources: &'s Sources, folders: &[&str], base: &str, found: &mut Vec<Named<'s>>) {
    let depth = folders.len().min(2);
    for taken in (0..=depth).rev() {
        let (before, joined) = folders.split_at(folders.len() - taken);
        let mut text = joined.join("-");
        if !text.is_empty() {
            text.push('-');
        }
        let service = text.len();
        text.push_str(base);
        let words = normalised(&text);
        for stem in sources.stems() {
            let Some(at) = at_boundary(&words, stem) else {
                continue;
            };
            // The stem must begin in the folders taken and end in the name.
            if taken > 0 && (at >= service || at + stem.len() <= service) {
                continue;
            }
            let Some(source) = sources.by_stem(stem) else {
                continue;
            };
            let argument = text
                .get(at + stem.len()..)
                .map(|rest| decoded(rest.trim_start_matches(['-', '_', '.', ' '])))
                .filter(|rest| !rest.is_empty());
            found.push(Named {
                source,
                argument,
                root: before.join("/"),
                certainty: Certainty::Loose,
            });
            return;
        }
    }
}

fn at_boundary(words: &str, stem: &str) -> Option<usize> {
    words.match_indices(stem).map(|(at, _)| at).find(|&at| {
        let before = at == 0 || words.get(..at).is_some_and(|head| head.ends_with('-'));
        let after = words
            .get(at + stem.len()..)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']));
        before && after
    })
}

/// Returns the text with every separator as `-`, byte for byte as long as before.
fn normalised(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '_' | ' ' | '+' => '-',
            c => c.to_ascii_lowercase(),
        })
        .collect()
}

fn without_program(words: &str) -> Option<&str> {
    ["aws-", "az-", "kubectl-"]
        .iter()
        .find_map(|program| words.strip_prefix(program))
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The words between the area and the number of a region.
const DIRECTIONS: &[&str] = &[
    "north",
    "south",
    "east",
    "west",
    "central",
    "northeast",
    "southeast",
    "northwest",
    "southwest",
    "gov",
    "iso",
    "isob",
    "isoe",
    "isof",
];

/// Tells whether a text is the name of an AWS region.
pub(crate) fn is_region(text: &str) -> bool {
    let words: Vec<&str> = text.split('-').collect();
    let [area, middle @ .., number] = words.as_slice() else {
        return false;
    };
    area.len() == 2
        && area.bytes().all(|byte| byte.is_ascii_lowercase())
        && !middle.is_empty()
        && middle.iter().all(|word| DIRECTIONS.contains(word))
        && matches!(number.as_bytes(), [b'1'..=b'9'])
}

/// Tells whether a text is an AWS account id.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceFile;

    fn sources() -> Sources {
        let text = [
            "aws ecs describe-task-definition",
            "aws ecs describe-services",
            "aws ec2 describe-security-groups",
            "aws ec2 describe-security-group-rules",
            "az network application-gateway list",
            "az storage account list",
            "az account list",
        ]
        .map(|command| format!("[[source]]\ncommand = \"{command}\"\nunused = \"test\"\n"))
        .concat();
        let (sources, diagnostics) = Sources::parse(&[SourceFile::new("s.toml", text)]);
        assert!(diagnostics.is_empty());
        sources
    }

    #[test]
    fn a_stem_is_found_however_people_write_it() {
        let sources = sources();
        let cases = [
            (
                "x/ecs/describe-task-definition.pay%2Fapi.json",
                "aws ecs describe-task-definition",
                Some("pay/api"),
                "x",
            ),
            (
                "aws-ecs-describe-services.json.gz",
                "aws ecs describe-services",
                None,
                "",
            ),
            (
                "x/ECS_Describe_Services.cde.json",
                "aws ecs describe-services",
                Some("cde"),
                "x",
            ),
            (
                "prod/ecs_describe-services_cde.json",
                "aws ecs describe-services",
                Some("cde"),
                "prod",
            ),
            (
                "prod-ecs-describe-services.json",
                "aws ecs describe-services",
                None,
                "",
            ),
            (
                "ec2/describe-security-group-rules.json",
                "aws ec2 describe-security-group-rules",
                None,
                "",
            ),
            (
                "network-application-gateway/list.json",
                "az network application-gateway list",
                None,
                "",
            ),
            (
                "a/network/application-gateway-list.json",
                "az network application-gateway list",
                None,
                "a",
            ),
            (
                "storage/account-list.json",
                "az storage account list",
                None,
                "",
            ),
            (
                "storage/account/list.json",
                "az storage account list",
                None,
                "",
            ),
            ("account/list.json", "az account list", None, ""),
            (
                "describe-services.cde.json",
                "aws ecs describe-services",
                Some("cde"),
                "",
            ),
            (
                "ecs/describe-services.x.stderr.txt",
                "aws ecs describe-services",
                Some("x"),
                "",
            ),
        ];
        for (path, command, argument, root) in cases {
            let named = by_name(&sources, path);
            let first = named
                .first()
                .unwrap_or_else(|| panic!("{path} is not named"));
            assert_eq!(first.source.command, command, "{path}");
            assert_eq!(first.argument.as_deref(), argument, "{path}");
            assert_eq!(first.root, root, "{path}");
        }
        for path in [
            "notes.json",
            "ecs/describe.json",
            "ecsdescribe-services.json",
        ] {
            assert!(by_name(&sources, path).is_empty(), "{path}");
        }
    }

    #[test]
    fn regions_and_accounts_are_told_from_other_words() {
        for region in ["us-east-1", "us-gov-west-1", "ap-northeast-1"] {
            assert!(is_region(region), "{region}");
        }
        for other in [
            "us-east",
            "prod-1",
            "a-b-c-d-1",
            "us--1",
            "us-alb-1",
            "hsm-nlb-9443",
        ] {
            assert!(!is_region(other), "{other}");
        }
        assert!(is_account("111122223333") && !is_account("11112222333"));
    }
}
