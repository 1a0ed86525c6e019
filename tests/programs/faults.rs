//! Stamps that are killed, that run at once, and that can't write.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use evidence_workbook::evidence::{Asked, GitVariables, Standing, verify};

use super::run;
use super::tiny::Tiny;

/// What a user has under way: something staged, changed, staged and changed, new.
fn work(tiny: &Tiny) {
    let write = |path: &str, text: &str| fs::write(tiny.root().join(path), text).expect("a file");
    write("staged.txt", "staged\n");
    write("both.txt", "staged\n");
    tiny.git(&["add", "staged.txt", "both.txt"]);
    write("both.txt", "staged, then changed\n");
    write("README.md", "changed\n");
    write("new.txt", "new\n");
}

/// Returns what git says of the work under way, and its bytes.
fn under_way(tiny: &Tiny) -> (String, String, Vec<Vec<u8>>) {
    let files = ["staged.txt", "both.txt", "README.md", "new.txt"];
    let bytes = files.map(|path| fs::read(tiny.root().join(path)).expect("a file"));
    let status = ["status", "--porcelain", "--", "."];
    (
        tiny.git(&status),
        tiny.git(&["diff", "--cached"]),
        bytes.into(),
    )
}

/// Holds that evidence is as stamped, that nothing else changed, and that git finds no fault.
fn unharmed(tiny: &Tiny, before: &(String, String, Vec<Vec<u8>>), case: &str) {
    let variables = GitVariables(BTreeMap::from([
        ("GIT_CONFIG_GLOBAL".to_owned(), String::new()),
        ("GIT_CONFIG_NOSYSTEM".to_owned(), "1".to_owned()),
    ]));
    // Verifying finishes what was killed after the commit, as any command does.
    let root = tiny.root();
    let verification = verify(&Asked::of(&root, &variables)).expect("a repository");
    assert_eq!(verification.problems, [], "{case}");
    assert_eq!(verification.notes, [], "{case}");
    assert_eq!(verification.standing(), Standing::AsStamped, "{case}");
    assert_eq!(&under_way(tiny), before, "{case}");
}

fn fsck(tiny: &Tiny) {
    let (good, text) = run(tiny.command("git").args([
        "fsck",
        "--full",
        "--strict",
        "--no-dangling",
        "--no-progress",
    ]));
    assert!(good && text.is_empty(), "{text}");
}

pub(crate) fn kills() {
    let tiny = Tiny::new();
    tiny.stamp();
    work(&tiny);
    let before = under_way(&tiny);
    let started = Instant::now();
    tiny.stamp();
    let mut whole = started.elapsed().max(Duration::from_millis(5));
    // Not random by the clock: the same parts on any day, of how long a stamp takes just now.
    let mut random: u64 = 0x2545_f491_4f6c_dd1d;
    let mut whole_runs = 0;
    for kill in 0..200 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let part = u32::try_from(random % 1_100).expect("small");
        let mut child = tiny
            .program()
            .arg("stamp")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program");
        std::thread::sleep(whole * part / 1_000);
        // One that has ended can't be killed.
        let _ = child.kill();
        let ended = child.wait().expect("an end").code().is_some();
        whole_runs += usize::from(ended);
        whole = match ended {
            true => whole * 9 / 10,
            false => whole * 26 / 25,
        };
        unharmed(&tiny, &before, &format!("kill {kill} after {part} of 1000"));
        if kill % 20 == 19 {
            tiny.change_definition(kill);
            tiny.stamp();
            unharmed(&tiny, &before, &format!("a stamp after kill {kill}"));
            fsck(&tiny);
        }
    }
    assert!(
        whole_runs < 150,
        "{whole_runs} of 200 were too quick to be killed"
    );
    let (code, text) = tiny.workbook(&["verify"]);
    assert_eq!(code, 0, "{text}");
}

pub(crate) fn eight() {
    let tiny = Tiny::new();
    tiny.stamp();
    work(&tiny);
    let before = under_way(&tiny);
    let runs = tiny.runs();
    let children: Vec<_> = (0..8)
        .map(|_| {
            tiny.program()
                .arg("stamp")
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("the program")
        })
        .collect();
    let mut stamped = 0;
    for child in children {
        let output = child.wait_with_output().expect("an end");
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        match output.status.code() {
            Some(3) => stamped += 1,
            Some(2) => assert!(
                text.contains("another `workbook` is stamping")
                    || text.contains("nothing was changed"),
                "{text}"
            ),
            other => panic!("{other:?}: {text}"),
        }
    }
    assert!(stamped >= 1, "none of eight was stamped");
    assert_eq!(tiny.runs(), runs + stamped);
    unharmed(&tiny, &before, "eight at once");
    fsck(&tiny);
    tiny.stamp();
}

pub(crate) fn bounded() {
    let tiny = Tiny::new();
    tiny.stamp();
    work(&tiny);
    let before = under_way(&tiny);
    let program = env!("CARGO_BIN_EXE_workbook");
    let mut refused = 0;
    // Files that can't grow past so many blocks, as on a full disk: an error of each write where the
    // signal is ignored, the end of the process in its middle where it is not.
    for ignore in ["trap '' XFSZ; ", ""] {
        for blocks in 0..8 {
            tiny.change_definition(blocks);
            let script = format!("{ignore}ulimit -f {blocks}; exec {program} stamp");
            let output = tiny
                .command("sh")
                .args(["-c", &script])
                .output()
                .expect("a shell");
            let text =
                String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            refused += usize::from(output.status.code() != Some(3));
            assert!(
                matches!(output.status.code(), None | Some(2 | 3)),
                "{blocks}: {:?} {text}",
                output.status
            );
            unharmed(&tiny, &before, &format!("{ignore}{blocks} blocks: {text}"));
            tiny.stamp();
        }
    }
    assert!(refused > 2, "{refused}");
    fsck(&tiny);
}

/// Gives the whole folder to a user.
#[cfg(unix)]
fn give(tiny: &Tiny, user: u32) {
    let top = tiny.root();
    let top = top.parent().expect("a folder");
    let mut left = vec![top.to_owned()];
    while let Some(path) = left.pop() {
        std::os::unix::fs::lchown(&path, Some(user), Some(user)).expect("an owner");
        if path.symlink_metadata().expect("a file").is_dir() {
            let entries = fs::read_dir(&path).expect("a folder");
            left.extend(entries.map(|entry| entry.expect("an entry").path()));
        }
    }
}

pub(crate) fn read_only() {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
        use std::os::unix::process::CommandExt as _;

        const NOBODY: u32 = 65_534;
        let tiny = Tiny::new();
        tiny.stamp();
        work(&tiny);
        let before = under_way(&tiny);
        // Nothing is read-only to root, so that somebody else stamps then.
        let root = tiny.home().metadata().expect("a folder").uid() == 0;
        let folders = [
            ".git",
            ".git/refs/heads",
            "evidence/records/ecs-net",
            "evidence/runs",
            "evidence",
        ];
        for (number, folder) in folders.iter().enumerate() {
            tiny.change_definition(number);
            let path = tiny.root().join(folder);
            let allow = |mode| {
                fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("permissions");
            };
            if root {
                give(&tiny, NOBODY);
            }
            allow(0o555);
            let mut program = tiny.program();
            if root {
                program.uid(NOBODY).gid(NOBODY);
            }
            let output = program.arg("stamp").output().expect("the program");
            allow(0o755);
            if root {
                give(&tiny, 0);
            }
            let text =
                String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            let code = output.status.code();
            let told = match folder.starts_with(".git") {
                true => code == Some(2) && text.contains("not stamped: "),
                // The commit is made, and what can't be written is told.
                false => code == Some(3) && (*folder == "evidence" || text.contains("tries again")),
            };
            assert!(told, "{folder}: {code:?} {text}");
            unharmed(&tiny, &before, folder);
            tiny.stamp();
            unharmed(&tiny, &before, folder);
        }
        fsck(&tiny);
    }
}
