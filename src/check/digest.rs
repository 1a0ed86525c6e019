//! The digest of a definition: everything that decides what a check says of given exports.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Entries, Population};
use crate::source::{Map, sha256};

/// The texts that definitions can rest on, by name.
#[derive(Debug, Clone, Default)]
pub struct Digests {
    /// The bytes of each list, by the name expressions use.
    pub lists: BTreeMap<String, String>,
    /// The bytes of each register's schema, by the name expressions use.
    pub schemas: BTreeMap<String, String>,
    /// What `checks/sources` says of each type, by the type in lower case.
    pub sources: BTreeMap<String, String>,
}

impl Digests {
    /// Takes over what files of `checks/sources` say: every entry counts for the types it names.
    pub(crate) fn add_sources(&mut self, file: &str) {
        // Entries begin at the headers of their own tables; headers with a point belong to them.
        let mut entry = String::new();
        for line in file.lines().chain(["[["]) {
            if line.starts_with("[[") && !line.split("]]").next().unwrap_or("").contains('.') {
                for name in types_named(&entry) {
                    self.sources
                        .entry(name.to_ascii_lowercase())
                        .or_default()
                        .push_str(&entry);
                }
                entry.clear();
            }
            entry.push_str(line.trim_end());
            entry.push('\n');
        }
    }

    /// Returns the definition of a block with the lists, parameters and sources it names. Each part
    /// is preceded by its name and length, so that no two definitions are the same bytes.
    pub(crate) fn definition(&self, block: &str, entries: &Entries, params: &Map) -> Definition {
        let mut text = String::new();
        let mut parts = BTreeMap::new();
        let mut part = |name: &str, content: &str| {
            let _ = writeln!(text, "{name} {}\n{content}", content.len());
            parts.insert(name.to_owned(), sha256(content.as_bytes()));
        };
        // Line ends are git's to choose on a checkout, not part of what is defined.
        part("block", &block.replace("\r\n", "\n"));
        let needs = entries.needs();
        for name in &needs.lists {
            part(
                &format!("list {name}"),
                &self
                    .lists
                    .get(name)
                    .map_or(String::new(), |list| list.replace("\r\n", "\n")),
            );
        }
        for name in &needs.params {
            part(&format!("param {name}"), &params.get(name).to_string());
        }
        let registers = entries
            .populations()
            .filter_map(|population| match population {
                Population::Register(name) => Some(name),
                Population::Resources(_) | Population::Changes(_) | Population::Exceptions => None,
            });
        let registers: std::collections::BTreeSet<&String> =
            needs.registers.iter().chain(registers).collect();
        for name in registers {
            if let Some(schema) = self.schemas.get(name) {
                part(&format!("schema {name}"), &schema.replace("\r\n", "\n"));
            }
        }
        let populations = entries
            .populations()
            .filter_map(|population| match population {
                Population::Resources(resource_type) => Some(resource_type.as_str()),
                Population::Register(_) | Population::Changes(_) | Population::Exceptions => None,
            });
        let mut types: Vec<String> = needs
            .types
            .iter()
            .map(String::as_str)
            .chain(populations)
            .map(str::to_ascii_lowercase)
            .collect();
        types.sort_unstable();
        types.dedup();
        for name in types {
            if let Some(source) = self.sources.get(&name) {
                part(&format!("source {name}"), source);
            }
        }
        Definition {
            digest: sha256(text.as_bytes()),
            parts,
        }
    }
}

/// What decides what a check says of given exports, by digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Definition {
    /// The digest of all of it.
    pub digest: String,
    /// The digest of each part by its name: `block`, `list tls_policies`, `param key_bits`.
    pub parts: BTreeMap<String, String>,
}

/// Returns the types that an entry of `checks/sources` names, each once.
fn types_named(entry: &str) -> std::collections::BTreeSet<&str> {
    entry
        .lines()
        .filter_map(|line| line.trim().strip_prefix("type = \"")?.split('"').next())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_of_the_sources_counts_for_the_types_it_names_and_for_no_other() {
        let mut digests = Digests::default();
        digests.add_sources("[[source]]\ncommand = \"a\"\n[[source.items]]\ntype = \"A::B\"\n[[source]]\ncommand = \"c\"\ntype = \"C::D\"\n");
        assert_eq!(digests.sources.len(), 2);
        assert!(digests.sources["a::b"].contains("command = \"a\""));
        assert!(!digests.sources["a::b"].contains("command = \"c\""));
    }

    #[test]
    fn line_ends_do_not_change_a_definition_and_a_letter_does() {
        let digests = Digests::default();
        let digest = |block: &str| {
            digests
                .definition(block, &Entries::Document(Vec::new()), &Map::new())
                .digest
        };
        assert_eq!(digest("a\r\nb"), digest("a\nb"));
        assert_ne!(digest("a\nb"), digest("a\nc"));
    }
}
