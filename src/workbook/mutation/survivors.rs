//! `checks/survivors/*.toml`: fields that may be broken without a check noticing, and why.

use std::path::Path;

use super::Survivor;
use super::node::Change;
use crate::source::{Code, Diagnostic, Diagnostics, Keyword, Table, Toml};
use crate::workbook::tree::Tree;

/// The folder, below the workbook.
const FOLDER: &str = "checks/survivors";

impl Keyword for Change {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("removed", Self::Removed),
        ("emptied", Self::Emptied),
        ("flipped", Self::Flipped),
        ("lowered", Self::Lowered),
        ("raised", Self::Raised),
        ("other", Self::Other),
        ("aged", Self::Aged),
    ];
}

/// Every reason, in the order of the files.
#[derive(Debug, Default)]
pub(super) struct Survivors {
    reasons: Vec<Reason>,
}

#[derive(Debug)]
struct Reason {
    place: String,
    checks: Vec<String>,
    file: Option<String>,
    fields: Vec<String>,
    changes: Vec<Change>,
    reason: String,
}

impl Survivors {
    /// Reads the files, if there are any.
    pub(super) fn read(root: &Path) -> Result<Self, Vec<Diagnostic>> {
        let tree = Tree::on_disk(root);
        let mut diagnostics = Diagnostics::new();
        let mut reasons = Vec::new();
        for file in tree.texts(FOLDER, "toml", &mut diagnostics) {
            let toml = Toml::parse_file(&file);
            let mut root = toml.root();
            reasons.extend(root.tables("survivor").into_iter().filter_map(reason));
            root.finish();
            diagnostics.extend(toml.into_diagnostics());
        }
        if diagnostics.is_empty() {
            Ok(Self { reasons })
        } else {
            Err(diagnostics.into_sorted())
        }
    }

    /// Returns why the change of the field does not matter to the check.
    pub(super) fn of(
        &self,
        check: &str,
        file: &str,
        field: &str,
        change: Change,
    ) -> Option<String> {
        self.reasons
            .iter()
            .find(|reason| reason.fits(check, file, field, change))
            .map(|reason| reason.reason.clone())
    }

    /// Returns the places of reasons that none of these needs.
    pub(super) fn unneeded(&self, survivors: &[Survivor]) -> Vec<String> {
        self.reasons
            .iter()
            .filter(|reason| {
                !survivors.iter().any(|survivor| {
                    reason.fits(
                        &survivor.check,
                        &survivor.file,
                        &survivor.field,
                        survivor.change,
                    )
                })
            })
            .map(|reason| reason.place.clone())
            .collect()
    }
}

impl Reason {
    fn fits(&self, check: &str, file: &str, field: &str, change: Change) -> bool {
        self.checks
            .iter()
            .any(|wanted| wanted == "*" || wanted == check)
            && self
                .file
                .as_ref()
                .is_none_or(|part| file.contains(part.as_str()))
            && self.fields.iter().any(|pattern| like(pattern, field))
            && (self.changes.is_empty() || self.changes.contains(&change))
    }
}

fn reason(mut table: Table<'_>) -> Option<Reason> {
    let checks = table.strings("checks");
    let file = table.string("file");
    let fields = table.strings("fields");
    let changes = table.keywords::<Change>("changes");
    let reason = table.required_string("reason");
    for (key, missing) in [("checks", checks.is_empty()), ("fields", fields.is_empty())] {
        if missing {
            table.report(
                Code::MissingKey,
                table.span(),
                format!("`{key}` names at least one"),
            );
        }
    }
    let file_of = table.file();
    let place = format!("{}:{}", file_of.path(), file_of.line(table.span().start));
    table.finish();
    Some(Reason {
        place,
        checks: checks.into_iter().map(|text| text.value).collect(),
        file: file.map(|text| text.value),
        fields: fields.into_iter().map(|text| text.value).collect(),
        changes: changes.into_iter().map(|word| word.value).collect(),
        reason: reason?.value,
    })
}

/// Tells whether the field fits a pattern, in which `*` stands for anything.
fn like(pattern: &str, field: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| field.strip_prefix(first)) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything_and_nothing_else_does() {
        for (pattern, field, expected) in [
            ("a.b", "a.b", true),
            ("a.b", "a.bc", false),
            ("*Name", "services[].serviceName", true),
            ("*Name", "serviceNames", false),
            ("Tags[]*", "Tags[].Key", true),
            ("*[].id", "x[].id", true),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("*", "", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(like(pattern, field), expected, "{pattern} {field}");
        }
    }
}
