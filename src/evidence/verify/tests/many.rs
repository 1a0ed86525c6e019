//! A thousand runs that nobody touched.

use super::super::super::run::{Previous, Run};
use super::*;
use crate::source::sha256;

/// The tip of a branch: its commit, the newest runs, and what is recorded.
struct Tip {
    commit: String,
    heads: Vec<Previous>,
    record: String,
}

impl Tip {
    /// Stamps a run on the tip; every seventh changes a record. `onto` is what its commit follows,
    /// where that is not what it was made on.
    fn stamp(&mut self, bench: &Bench, first: &Run, number: i64, onto: Option<String>) {
        if number % 7 == 0 {
            self.record = format!("{}# {number}\n", self.record);
        }
        let mut body = first.body.clone();
        let start = instant("2026-11-23T00:00:00Z").unix();
        body.recorded_at = Instant::from_unix(start + number).expect("a moment");
        body.commit = Some(self.commit.clone());
        body.previous.clone_from(&self.heads);
        body.files.insert(
            "ecs-net/ecs-awsvpc.toml".to_owned(),
            sha256(self.record.as_bytes()),
        );
        let run = body.seal();
        let text = run.to_toml();
        let digest = sha256(text.as_bytes());
        let files = [
            (RECORD.to_owned(), self.record.as_bytes()),
            (format!("{RUNS}/{}", run.id.file_name()), text.as_bytes()),
        ];
        let message = format!(
            "run\n\nWorkbook-Run: {}\nWorkbook-Digest: {digest}\n",
            run.id
        );
        let parent = onto.unwrap_or_else(|| self.commit.clone());
        self.commit = bench.sandbox.plumb(&[&parent], &files, &message);
        self.heads = vec![Previous {
            run: run.id,
            digest,
        }];
    }
}

#[test]
fn a_thousand_runs_with_merges_that_nobody_touched_are_as_stamped() {
    let mut bench = bench(Sandbox::workbook());
    let stamped = bench.stamp();
    let text = bench.sandbox.read(&run_file(&stamped));
    let first = Run::parse(&text).expect("a run");
    let mut tip = Tip {
        commit: stamped.commit,
        heads: vec![Previous {
            run: stamped.run,
            digest: sha256(text.as_bytes()),
        }],
        record: bench.sandbox.read(RECORD),
    };
    let (mut runs, mut merges, mut rebased) = (1, 0, 0);
    while runs < 1_000 {
        if runs % 40 == 20 && runs < 990 {
            // Two runs on two branches, joined by a merge.
            let mut other = Tip {
                commit: tip.commit.clone(),
                heads: tip.heads.clone(),
                record: tip.record.clone(),
            };
            tip.stamp(&bench, &first, runs * 10 + 1, None);
            other.stamp(&bench, &first, runs * 10 + 3, None);
            let run = other.heads[0].run.file_name();
            let id = format!("{}:{RUNS}/{run}", other.commit);
            let bytes = bench.sandbox.bytes_of(&id);
            let files = [
                (format!("{RUNS}/{run}"), bytes.as_slice()),
                (RECORD.to_owned(), other.record.as_bytes()),
            ];
            tip.commit = bench
                .sandbox
                .plumb(&[&tip.commit, &other.commit], &files, "merge");
            tip.record = other.record;
            tip.heads.extend(other.heads);
            tip.heads.sort();
            (runs, merges) = (runs + 2, merges + 1);
        } else {
            // Other work between runs, and now and then a rebase onto it.
            let work = [("README.md".to_owned(), runs.to_string().into_bytes())];
            let work = work
                .each_ref()
                .map(|(path, bytes)| (path.clone(), bytes.as_slice()));
            let onto = (runs % 97 == 0).then(|| bench.sandbox.plumb(&[&tip.commit], &work, "work"));
            rebased += usize::from(onto.is_some());
            tip.stamp(&bench, &first, runs * 10, onto);
            runs += 1;
        }
    }
    bench.sandbox.back_to(&tip.commit);
    let verification = verified(&bench);
    assert_eq!(verification.problems, []);
    assert_eq!(verification.standing(), Standing::AsStamped);
    assert_eq!((verification.runs, merges), (1_000, 25));
    let [Note::Relocated(moved)] = verification.notes.as_slice() else {
        panic!("{:?}", verification.notes)
    };
    assert_eq!(moved.len(), rebased);

    // The next run follows, and what was changed far back is found among all of them.
    bench.now = instant("2026-12-22T01:50:08Z");
    bench.stamp();
    assert_eq!(verified(&bench).problems, []);
    replace(
        &bench,
        &format!("{RUNS}/{}", first.id.file_name()),
        "pass = 2",
        "pass = 3",
    );
    bench.sandbox.commit("tamper");
    let problems = verified(&bench).problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].kind(), "run-edited");
}
