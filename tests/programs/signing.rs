//! Signatures made and told by the programs that git's settings name; git itself agrees.

use std::fs;

use super::run;
use super::tiny::Tiny;

fn expect(text: &str, said: &[&str]) {
    for said in said {
        assert!(text.contains(said), "{said} is not in\n{text}");
    }
}

/// Makes an SSH key and has git sign with it; returns the line of the allowed signers.
fn ssh_key(tiny: &Tiny, name: &str, passphrase: &str) -> String {
    let path = tiny.home().join(name);
    let (good, text) = run(tiny
        .command("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f"])
        .arg(&path));
    assert!(good, "{text}");
    let public = fs::read_to_string(path.with_extension("pub")).expect("a key");
    format!("{name}@example.com namespaces=\"git\" {public}")
}

fn sign_with(tiny: &Tiny, key: &str) {
    for (name, value) in [
        ("commit.gpgsign", "true"),
        ("gpg.format", "ssh"),
        ("user.signingkey", key),
        ("gpg.ssh.allowedSignersFile", "~/allowed"),
    ] {
        tiny.git(&["config", name, value]);
    }
}

/// Puts another message into the newest commit and leaves its signature.
fn forge(tiny: &Tiny) {
    let commit = tiny.git(&["cat-file", "commit", "HEAD"]);
    let forged = commit.replace("Ann <ann@example.com>", "Bob <bob@example.com>");
    assert_ne!(forged, commit);
    let file = tiny.home().join("forged");
    fs::write(&file, forged + "\n").expect("a file");
    let id = tiny.git(&["hash-object", "-t", "commit", "-w", &file.to_string_lossy()]);
    tiny.git(&["reset", "-q", "--hard", &id]);
}

pub(crate) fn ssh() {
    let tiny = Tiny::new();
    let ann = ssh_key(&tiny, "ann", "");
    let bob = ssh_key(&tiny, "bob", "");
    fs::write(tiny.home().join("allowed"), &ann).expect("a file");
    sign_with(&tiny, "~/ann.pub");
    tiny.stamp();
    let (code, text) = tiny.workbook(&["verify", "--signed"]);
    assert_eq!(code, 0, "{text}");
    expect(&text, &["1 run signed by ann@example.com, key SHA256:"]);
    tiny.git(&["verify-commit", "HEAD"]);

    let (code, text) = tiny.workbook(&["anchor"]);
    assert_eq!(code, 0, "{text}");
    let tag = tiny.git(&["tag", "--list", "workbook/anchor/*"]);
    expect(&text, &[&tag, "signed; send it on"]);
    tiny.git(&["verify-tag", &tag]);
    let (_, text) = tiny.workbook(&["anchor"]);
    expect(&text, &["made before"]);
    let (code, text) = tiny.workbook(&["verify"]);
    assert_eq!(code, 0, "{text}");
    expect(
        &text,
        &[
            &format!("of tag {tag}: run "),
            "is on this chain and the newest",
        ],
    );

    // Somebody whom nobody here vouches for.
    tiny.git(&["config", "user.signingkey", "~/bob"]);
    tiny.stamp();
    let (code, text) = tiny.workbook(&["verify"]);
    assert_eq!(code, 0, "{text}");
    expect(
        &text,
        &["1 run signed by a key that nobody here vouches for, SHA256:"],
    );
    let (code, text) = tiny.workbook(&["verify", "--signed"]);
    assert_eq!(code, 1, "{text}");
    expect(
        &text,
        &["is signed by a key that nobody vouches for (SHA256:"],
    );
    fs::write(tiny.home().join("allowed"), format!("{ann}{bob}")).expect("a file");
    assert_eq!(tiny.workbook(&["verify", "--signed"]).0, 0);
    // A key that was allowed only later does not count.
    let late = bob.replace("namespaces", "valid-after=\"20990101\",namespaces");
    fs::write(tiny.home().join("allowed"), format!("{ann}{late}")).expect("a file");
    assert_eq!(tiny.workbook(&["verify", "--signed"]).0, 1);

    forge(&tiny);
    let (code, text) = tiny.workbook(&["verify"]);
    assert_eq!(code, 1, "{text}");
    expect(&text, &["has a bad signature (", "Bob <bob@example.com>"]);
    tiny.git(&["reset", "-q", "--hard", "HEAD~1"]);

    // A key that is not there is told before anything is written.
    tiny.git(&["config", "user.signingkey", "~/carol.pub"]);
    let before = (
        tiny.git(&["rev-parse", "HEAD"]),
        tiny.git(&["count-objects"]),
    );
    let (code, text) = tiny.workbook(&["stamp"]);
    assert_eq!(code, 2, "{text}");
    expect(
        &text,
        &["carol.pub does not exist; user.signingkey names it"],
    );
    let after = (
        tiny.git(&["rev-parse", "HEAD"]),
        tiny.git(&["count-objects"]),
    );
    assert_eq!(after, before);

    // Without the program nothing is told to be good, and nothing to be bad.
    tiny.git(&["config", "gpg.ssh.program", "no-such-program"]);
    let (code, text) = tiny.workbook(&["verify"]);
    assert_eq!(code, 0, "{text}");
    expect(
        &text,
        &["with a signature that can't be checked here: `no-such-program` can't be run"],
    );
    assert_eq!(tiny.workbook(&["verify", "--signed"]).0, 1);
}

pub(crate) fn agent() {
    let tiny = Tiny::new();
    let line = ssh_key(&tiny, "ann", "");
    fs::write(tiny.home().join("allowed"), &line).expect("a file");
    let public = fs::read_to_string(tiny.home().join("ann.pub")).expect("a key");
    let keys = [format!("key::{}", public.trim()), "~/ann.pub".to_owned()];
    for key in &keys {
        sign_with(&tiny, key);
        let program = env!("CARGO_BIN_EXE_workbook");
        // The private half is in the agent alone.
        let script = format!(
            "ssh-add -q ~/ann && mv ~/ann ~/away; {program} stamp; code=$?; mv ~/away ~/ann; exit $code"
        );
        let output = tiny
            .command("ssh-agent")
            .args(["sh", "-c", &script])
            .output()
            .expect("an agent");
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.code(), Some(3), "{key}: {text}");
        tiny.git(&["verify-commit", "HEAD"]);
        let (code, text) = tiny.workbook(&["verify", "--signed"]);
        assert_eq!(code, 0, "{text}");
    }
    // Without the agent the key can't be had, and nothing has happened.
    sign_with(&tiny, &keys[0]);
    let head = tiny.git(&["rev-parse", "HEAD"]);
    let (code, text) = tiny.workbook(&["stamp"]);
    assert_eq!(code, 2, "{text}");
    expect(&text, &["not stamped: ", "commit.gpgsign"]);
    assert_eq!(tiny.git(&["rev-parse", "HEAD"]), head);
}

pub(crate) fn openpgp() {
    let tiny = Tiny::new();
    let home = tiny.home().join("gnupg");
    fs::create_dir_all(&home).expect("a folder");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).expect("a folder");
    }
    let user = "Ann <ann@example.com>";
    let (good, text) = run(tiny.command("gpg").args([
        "--batch",
        "--passphrase",
        "",
        "--quick-generate-key",
        user,
        "ed25519",
        "sign",
        "never",
    ]));
    assert!(good, "{text}");
    tiny.git(&["config", "commit.gpgsign", "true"]);
    tiny.stamp();
    tiny.git(&["verify-commit", "HEAD"]);
    let (code, text) = tiny.workbook(&["verify", "--signed"]);
    assert_eq!(code, 0, "{text}");
    expect(&text, &["1 run signed by Ann <ann@example.com>, key "]);
    assert_eq!(tiny.workbook(&["anchor"]).0, 0);
    let tag = tiny.git(&["tag", "--list", "workbook/anchor/*"]);
    tiny.git(&["verify-tag", &tag]);

    let away = tiny.home().join("away");
    let _ = run(tiny.command("gpgconf").args(["--kill", "all"]));
    fs::rename(&home, &away).expect("a folder");
    let (code, text) = tiny.workbook(&["verify"]);
    assert_eq!(code, 0, "{text}");
    expect(&text, &["signed by a key that nobody here vouches for"]);
    assert_eq!(tiny.workbook(&["verify", "--signed"]).0, 1);
    let head = tiny.git(&["rev-parse", "HEAD"]);
    let (code, text) = tiny.workbook(&["stamp"]);
    assert_eq!(code, 2, "{text}");
    expect(&text, &["has no secret key for"]);
    assert_eq!(tiny.git(&["rev-parse", "HEAD"]), head);
    let _ = run(tiny.command("gpgconf").args(["--kill", "all"]));
    let _ = fs::remove_dir_all(&home);
    fs::rename(&away, &home).expect("a folder");

    forge(&tiny);
    let (code, text) = tiny.workbook(&["verify"]);
    assert_eq!(code, 1, "{text}");
    expect(&text, &["has a bad signature ("]);
    let _ = run(tiny.command("gpgconf").args(["--kill", "all"]));
}
