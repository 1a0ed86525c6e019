//! A workbook on disk: read whole, checked whole, then asked.

mod examples;
mod excepted;
mod keeping;
#[cfg(test)]
mod kinds;
mod mutation;
mod rebuilt;
mod replay;
mod stamped;
pub(crate) mod tree;
pub(crate) mod written;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::assess::{self, Due, Earlier, Evaluation, Facts, Outcome};
use crate::book::Book;
use crate::check::{self, Check, Data, Digests, Environment, Kind, Known};
use crate::config::Config;
use crate::evidence::{self, GitVariables};
use crate::human::{Human, Occurrence};
use crate::inventory::{Inventory, Sources};
use crate::source::{
    Code, Date, Diagnostic, Diagnostics, Keyword as _, Map, Span, TimeZone, Toml, Value, snake,
};
use crate::view::{Input, Stamp};
use tree::Tree;
use written::Written;

pub use examples::{Example, ExampleError, examples};
pub(crate) use excepted::{never, never_subject};
pub(crate) use keeping::{KeepError, Keeping};
pub use mutation::{Change, Mutation, Survivor, mutate};
pub use rebuilt::rebuilt;
pub use replay::{ReplayError, perform_again, replay};
pub use stamped::{Examples, StampedError, StampedWorkbook, name_changed_parts};

/// Why a workbook can't be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The author's files have mistakes.
    #[error("the workbook has {} mistake{}", .0.len(), if .0.len() == 1 { "" } else { "s" })]
    Mistakes(Vec<Diagnostic>),
    /// A file or folder can't be read.
    #[error("failed to read {}: {source}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is no workbook here.
    #[error("there is no workbook.toml in {} or above it; name the workbook's folder with --workbook", .0.display())]
    NoWorkbook(PathBuf),
}

/// A workbook: pages, checks, sources, and what people keep.
#[derive(Debug)]
pub struct Workbook {
    root: PathBuf,
    /// What `workbook.toml` says.
    pub config: Config,
    /// The pages and documents.
    pub book: Book,
    /// The checks, in the order of pages and blocks.
    pub checks: Vec<Check>,
    /// Registers and exceptions.
    pub human: Human,
    /// Which export holds what.
    pub sources: Sources,
    lists: Map,
    leaf_ids: Vec<String>,
}

impl Workbook {
    /// Reads the workbook in `root`. All mistakes of all files come back together.
    pub fn load(root: impl AsRef<Path>) -> Result<Self, LoadError> {
        let root = root.as_ref();
        Self::of_tree(root, &Tree::on_disk(root))
    }

    /// Reads the workbook whose files in `root` are these.
    fn of_tree(root: &Path, tree: &Tree) -> Result<Self, LoadError> {
        let (
            Written {
                config,
                book,
                human,
            },
            mut diagnostics,
        ) = written::read_tree(tree);
        let (lists, list_texts) = read_lists(tree, &mut diagnostics);
        let source_files = tree.texts("checks/sources", "toml", &mut diagnostics);
        let (sources, found) = Sources::parse(&source_files);
        diagnostics.extend(found);
        let mut digests = Digests {
            lists: list_texts,
            ..Digests::default()
        };
        for file in &source_files {
            digests.add_sources(file.text());
        }
        for (name, schema) in &human.schemas {
            digests
                .schemas
                .insert(name.clone(), schema.file.text().to_owned());
        }
        let nothing = Map::new();
        let known = Known {
            environment: &Environment::new(),
            params: config.as_ref().map_or(&nothing, |config| &config.params),
            lists: &lists,
            schemas: &human.schemas,
            digests: &digests,
        };
        let (checks, found) = check::read(&book.pages, known);
        diagnostics.extend(found);
        diagnostics.extend(unknown_checks(&human, &checks));
        diagnostics.extend(excepted::refused(&human, &checks));
        match config {
            Some(config) if diagnostics.is_empty() => Ok(Self {
                root: root.to_owned(),
                config,
                book,
                checks,
                human,
                sources,
                leaf_ids: leaf_ids(&lists),
                lists,
            }),
            Some(_) | None => Err(LoadError::Mistakes(diagnostics.into_sorted())),
        }
    }

    /// Returns the workbook's folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Reads the exports in a folder.
    pub fn inventory(&self, exports: &Path) -> Result<Inventory, LoadError> {
        Inventory::load(exports, &self.sources, &self.config.scopes).map_err(|source| {
            LoadError::Io {
                path: exports.to_owned(),
                source,
            }
        })
    }

    /// Returns what the last stamped run listed, for the checks that tell changes since.
    #[must_use]
    pub fn earlier(&self, variables: &GitVariables) -> Earlier {
        evidence::earlier(&self.root, variables, &self.compared())
    }

    /// Returns the checks whose subjects others compare with those of the last run, by page and id.
    fn compared(&self) -> Vec<(&str, &str)> {
        let compared = self.checks.iter().flat_map(Check::compared);
        compared
            .filter_map(|id| self.checks.iter().find(|check| check.id.value == id.value))
            .map(|check| (check.page.as_str(), check.id.value.as_str()))
            .collect()
    }

    /// Evaluates all checks on what the exports show and the last run listed, judged at a date.
    #[must_use]
    pub fn assess(&self, inventory: Inventory, earlier: &Earlier, today: Date) -> Outcome {
        evaluate(
            &self.checks,
            &self.config,
            &self.book,
            &self.human,
            &self.lists,
            inventory,
            earlier,
            today,
        )
    }

    /// Returns all that falls due, as seen from a day, in the order of days.
    #[must_use]
    pub fn dues(&self, inventory: Inventory, today: Date) -> Vec<Due> {
        let data = Data::new(
            inventory,
            &self.checks,
            self.config.params.clone(),
            self.lists.clone(),
            &self.human,
            today,
            self.config.time_zone,
        );
        let facts = Facts {
            data: &data,
            config: &self.config,
            book: &self.book,
            human: &self.human,
            earlier: &Earlier::default(),
        };
        assess::dues(&self.checks, &facts)
    }

    /// Returns what the book of this workbook shows an outcome with.
    #[must_use]
    pub fn view_input<'a>(&'a self, outcome: &'a Outcome, stamp: Option<&'a Stamp>) -> Input<'a> {
        Input {
            config: &self.config,
            book: &self.book,
            checks: &self.checks,
            human: &self.human,
            sources: &self.sources,
            leaf_ids: &self.leaf_ids,
            outcome,
            stamp,
        }
    }

    /// Returns the digest of every check's definition, by id.
    #[must_use]
    pub fn definitions(&self) -> BTreeMap<String, String> {
        self.checks
            .iter()
            .map(|check| (check.id.value.clone(), check.definition.clone()))
            .collect()
    }
}

/// Evaluates checks in parallel; the outcome does not depend on how.
#[expect(
    clippy::too_many_arguments,
    reason = "everything that a verdict rests on, each named"
)]
fn evaluate(
    checks: &[Check],
    config: &Config,
    book: &Book,
    human: &Human,
    lists: &Map,
    inventory: Inventory,
    earlier: &Earlier,
    today: Date,
) -> Outcome {
    let data = Data::new(
        inventory,
        checks,
        config.params.clone(),
        lists.clone(),
        human,
        today,
        config.time_zone,
    );
    let facts = Facts {
        data: &data,
        config,
        book,
        human,
        earlier,
    };
    let start = Evaluation::new(checks, facts);
    let work: Vec<_> = start
        .populations()
        .flat_map(|population| {
            data.inventory()
                .resources(population)
                .iter()
                .map(move |resource| (population, resource))
        })
        .collect();
    let mut scanned = start.empty();
    for scan in &data.inventory().scans {
        scanned.scanned(scan);
    }
    let seen = work
        .par_chunks(64)
        .map(|chunk| {
            let mut evaluation = start.empty();
            for (population, resource) in chunk {
                evaluation.resource(population, resource);
            }
            evaluation
        })
        .reduce(|| start.empty(), Evaluation::merge);
    seen.merge(scanned).finish()
}

/// Reads `checks/lists`: each file as a map under its name, and its text for digests.
fn read_lists(tree: &Tree, diagnostics: &mut Diagnostics) -> (Map, BTreeMap<String, String>) {
    let mut lists = Map::new();
    let mut texts = BTreeMap::new();
    for file in tree.texts("checks/lists", "toml", diagnostics) {
        let stem = file
            .path()
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .trim_end_matches(".toml");
        let name = snake(stem);
        let toml = Toml::parse_file(&file);
        let list = toml.root().free();
        diagnostics.extend(toml.into_diagnostics());
        lists.insert(&name, named_for_expressions(list.into()));
        texts.insert(name, file.text().to_owned());
    }
    (lists, texts)
}

/// Returns the requirement ids that the list of them names.
fn leaf_ids(lists: &Map) -> Vec<String> {
    let list = lists.get("requirement_ids").get("ids");
    let ids = list.as_list().unwrap_or_default().iter();
    ids.filter_map(|id| id.as_str().map(str::to_owned))
        .collect()
}

/// Lets expressions name kebab-case keys with `_`, at any depth. The keys stay as they are: many
/// are names of somebody else's, such as `ELBSecurityPolicy-2016-08`.
fn named_for_expressions(value: Value) -> Value {
    match value {
        Value::Map(map) => {
            let mut named: Map = map
                .iter()
                .map(|(key, value)| (key, named_for_expressions(value.clone())))
                .collect();
            let aliases: BTreeMap<String, Vec<String>> = map
                .iter()
                .filter(|(key, _)| key.contains('-'))
                .map(|(key, _)| (snake(key), vec![key.to_owned()]))
                .collect();
            named.set_aliases((!aliases.is_empty()).then(|| Arc::new(aliases)));
            named.into()
        }
        Value::List(items) => {
            Value::list(items.iter().cloned().map(named_for_expressions).collect())
        }
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::Unknown(_)
        | Value::Default(_) => value,
    }
}

/// Reports what people keep for checks that no page has, or that take nothing of the kind.
fn unknown_checks(human: &Human, checks: &[Check]) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let exceptions = human.exceptions.iter().flat_map(|exception| {
        std::iter::once(&exception.check)
            .chain(&exception.shown_by)
            .map(|check| (check, &exception.file, exception.span, None))
    });
    let occurrences = human.occurrences.iter().map(|occurrence: &Occurrence| {
        (
            &occurrence.check,
            &occurrence.file,
            Span::default(),
            Some(Kind::Recurring),
        )
    });
    let acknowledgements = human.acknowledgements.iter().map(|given| {
        (
            &given.check,
            &given.file,
            given.span,
            Some(Kind::Acknowledgement),
        )
    });
    for (name, file, span, kind) in exceptions.chain(occurrences).chain(acknowledgements) {
        let fits = |check: &&Check| kind.is_none_or(|kind| check.kind() == kind);
        if checks
            .iter()
            .filter(fits)
            .any(|check| check.id.value == *name)
        {
            continue;
        }
        let known: Vec<&str> = checks
            .iter()
            .filter(fits)
            .map(|check| check.id.value.as_str())
            .collect();
        let what = kind.map_or_else(String::new, |kind| format!(" of kind {}", kind.word()));
        let mut diagnostic = Diagnostic::new(
            Code::UnknownReference,
            file,
            span,
            format!("no page has a check `{name}`{what}"),
        );
        if let Some(near) = crate::source::nearest(name, known.iter().copied()) {
            diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        }
        diagnostics.push(diagnostic);
    }
    diagnostics
}

/// Returns the folder of the workbook that holds `start`: the nearest with a `workbook.toml`.
pub fn find(start: &Path) -> Result<PathBuf, LoadError> {
    start
        .ancestors()
        .find(|folder| folder.join("workbook.toml").is_file())
        .map(Path::to_owned)
        .ok_or_else(|| LoadError::NoWorkbook(start.to_owned()))
}

/// Returns the time zone that the workbook in a folder is kept in, if its settings can be read.
#[must_use]
pub fn zone(root: &Path) -> Option<TimeZone> {
    let file = Tree::on_disk(root).text("workbook.toml").ok()?;
    let (config, _) = crate::config::parse(&file);
    config.map(|config| config.time_zone)
}
