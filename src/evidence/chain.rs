//! The chain from run to run.

use std::collections::{BTreeMap, BTreeSet};

use super::run::{Previous, Run, RunHeader, RunId, seal};
use super::stored::Stored;

/// A run of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// The beginning of the run.
    pub header: RunHeader,
    /// The SHA-256 of its file.
    pub digest: String,
}

/// A run that no other follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    /// The run.
    pub run: Run,
    /// The SHA-256 of its file.
    pub digest: String,
}

/// The runs, and where they do not hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Chain {
    /// The runs, by id.
    pub links: BTreeMap<RunId, Link>,
    /// The runs that no other follows: one, or several after parallel runs were merged.
    pub heads: Vec<Head>,
    /// Where they do not hold together.
    pub faults: Vec<Fault>,
}

/// A place where the chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// A file among the runs is none.
    Unreadable {
        /// The file's name.
        file: String,
        /// Why.
        reason: String,
    },
    /// A run lies in a file that is not named after it.
    Misnamed {
        /// The file's name.
        file: String,
        /// The run.
        run: RunId,
    },
    /// What a run says is not what gave it its id.
    Altered {
        /// The run.
        run: RunId,
    },
    /// A run that another follows is not there.
    Missing {
        /// The run that follows.
        run: RunId,
        /// The one that is not there.
        previous: RunId,
    },
    /// A run that another follows is not what it was then.
    Differs {
        /// The run that follows.
        run: RunId,
        /// The one that is other now.
        previous: RunId,
    },
}

impl Chain {
    /// Reads runs, by file name.
    pub(crate) fn new<'a>(files: impl IntoIterator<Item = (&'a String, &'a Stored)>) -> Self {
        let mut chain = Self::default();
        let mut misnamed = Vec::new();
        let mut texts = BTreeMap::new();
        for (file, stored) in files {
            let read = stored
                .text()
                .and_then(|text| Ok((RunHeader::parse(text)?, text)));
            match read {
                Err(reason) => chain.faults.push(Fault::Unreadable {
                    file: file.clone(),
                    reason,
                }),
                Ok((header, text)) => {
                    let run = header.id.clone();
                    if !run.to_string().ends_with(&seal(text)) {
                        chain.faults.push(Fault::Altered { run: run.clone() });
                    }
                    let digest = stored.digest.clone();
                    let link = Link { header, digest };
                    if *file == run.file_name() {
                        texts.insert(run.clone(), text);
                        chain.links.insert(run, link);
                    } else {
                        misnamed.push((file.clone(), link, text));
                    }
                }
            }
        }
        for (file, link, text) in misnamed {
            let run = link.header.id.clone();
            texts.entry(run.clone()).or_insert(text);
            chain.links.entry(run.clone()).or_insert(link);
            chain.faults.push(Fault::Misnamed { file, run });
        }
        chain.follow();
        chain.find_heads(&texts);
        chain.faults.sort();
        chain
    }

    fn follow(&mut self) {
        for link in self.links.values() {
            for previous in &link.header.previous {
                let run = link.header.id.clone();
                let Previous { run: id, digest } = previous.clone();
                match self.links.get(&id) {
                    None => self.faults.push(Fault::Missing { run, previous: id }),
                    Some(found) if found.digest != digest => {
                        self.faults.push(Fault::Differs { run, previous: id });
                    }
                    Some(_) => {}
                }
            }
        }
    }

    /// Reads the runs that no other follows whole: what they list is what there has to be.
    fn find_heads(&mut self, texts: &BTreeMap<RunId, &str>) {
        let followed: BTreeSet<&RunId> = self
            .links
            .values()
            .flat_map(|link| &link.header.previous)
            .map(|previous| &previous.run)
            .collect();
        for (id, link) in &self.links {
            if followed.contains(id) {
                continue;
            }
            match Run::parse(texts.get(id).copied().unwrap_or_default()) {
                Ok(run) => self.heads.push(Head {
                    run,
                    digest: link.digest.clone(),
                }),
                Err(reason) => self.faults.push(Fault::Unreadable {
                    file: id.file_name(),
                    reason,
                }),
            }
        }
    }

    /// Returns the run and all that it follows, directly or not, as far as they are there.
    pub(crate) fn followed_by(&self, run: &RunId) -> BTreeSet<RunId> {
        let mut found = BTreeSet::new();
        let mut left = vec![run.clone()];
        while let Some(run) = left.pop() {
            if let Some(link) = self.links.get(&run)
                && found.insert(run)
            {
                left.extend(link.header.previous.iter().map(|link| link.run.clone()));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::run::RunBody;
    use super::super::samples::{date, instant};
    use super::*;

    fn run(second: u32, previous: &[&Run]) -> Run {
        let link = |run: &&Run| Previous {
            run: run.id.clone(),
            digest: Stored::new(run.to_toml().into_bytes()).digest,
        };
        RunBody {
            recorded_at: instant(&format!("2026-11-22T01:50:{second:02}Z")),
            runner: "evidence-workbook 0.1.0".to_owned(),
            as_of: date("2026-11-22"),
            sample: false,
            commit: None,
            dirty: Vec::new(),
            previous: previous.iter().map(link).collect(),
            counts: BTreeMap::new(),
            exports: Vec::new(),
            files: BTreeMap::new(),
        }
        .seal()
    }

    fn files(runs: &[&Run]) -> BTreeMap<String, Stored> {
        runs.iter()
            .map(|run| (run.id.file_name(), Stored::new(run.to_toml().into_bytes())))
            .collect()
    }

    #[test]
    fn parallel_runs_are_two_heads_until_the_next_joins_them() {
        let first = run(1, &[]);
        let (left, right) = (run(2, &[&first]), run(3, &[&first]));
        let joined = run(4, &[&left, &right]);
        let heads = |runs: &[&Run]| {
            let chain = Chain::new(&files(runs));
            assert_eq!(chain.faults, []);
            let ids: Vec<_> = chain.heads.iter().map(|head| head.run.id.clone()).collect();
            ids
        };
        assert_eq!(heads(&[&first]), vec![first.id.clone()]);
        assert_eq!(
            heads(&[&first, &left, &right]),
            [left.id.clone(), right.id.clone()]
        );
        assert_eq!(
            heads(&[&first, &left, &right, &joined]),
            vec![joined.id.clone()]
        );
    }

    #[test]
    fn every_break_of_the_chain_has_its_name() {
        let first = run(1, &[]);
        let second = run(2, &[&first]);
        assert_eq!(
            Chain::new(&files(&[&second])).faults,
            [Fault::Missing {
                run: second.id.clone(),
                previous: first.id.clone()
            }]
        );

        let mut edited = files(&[&first, &second]);
        let text = first
            .to_toml()
            .replace("evidence-workbook 0.1.0", "by hand");
        edited.insert(first.id.file_name(), Stored::new(text.into_bytes()));
        assert_eq!(
            Chain::new(&edited).faults,
            [
                Fault::Altered {
                    run: first.id.clone()
                },
                Fault::Differs {
                    run: second.id.clone(),
                    previous: first.id.clone()
                },
            ]
        );

        let mut renamed = files(&[&first]);
        let stored = renamed.remove(&first.id.file_name()).expect("the run");
        renamed.insert("other.toml".to_owned(), stored);
        renamed.insert("readme.txt".to_owned(), Stored::new(b"\xff".to_vec()));
        assert_eq!(
            Chain::new(&renamed).faults,
            [
                Fault::Unreadable {
                    file: "readme.txt".to_owned(),
                    reason: "it is not UTF-8".to_owned()
                },
                Fault::Misnamed {
                    file: "other.toml".to_owned(),
                    run: first.id.clone()
                },
            ]
        );
    }
}
