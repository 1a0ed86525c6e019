use std::fs;

use super::*;

#[expect(
    clippy::unnecessary_wraps,
    reason = "what is given may be a list that fails"
)]
fn given(path: &Path) -> io::Result<Given> {
    Ok(Given {
        written: path.to_owned(),
        path: path.to_owned(),
        link: Link::Followed,
    })
}

/// What a walk tells, below the folder.
fn walked(folder: &Path) -> Vec<(String, What)> {
    Walk::new([given(folder)].into_iter())
        .map(|entry| (text(&entry.below), entry.what))
        .collect()
}

#[test]
fn a_tree_is_told_in_the_order_of_its_names() {
    let place = tempfile::tempdir().expect("a folder");
    for path in ["b/c/one", "b/a", "b.txt", "a", "c/d/e/f"] {
        let path = place.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, "text").expect("a file");
    }
    let paths: Vec<String> = walked(place.path())
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    let expected = [
        "", "a", "b", "b/a", "b/c", "b/c/one", "b.txt", "c", "c/d", "c/d/e", "c/d/e/f",
    ];
    assert_eq!(paths, expected);
}

#[test]
fn a_folder_of_more_names_than_are_held_is_told_whole() {
    let place = tempfile::tempdir().expect("a folder");
    let count = HELD * 2 + 10;
    for n in 0..count {
        fs::write(place.path().join(format!("{n:06}")), "").expect("a file");
    }
    let walked = walked(place.path());
    assert_eq!(walked.len(), count + 1);
    assert!(walked.is_sorted_by(|a, b| a.0 < b.0));
}

#[test]
fn shards_share_a_tree_wherever_it_lies() {
    let shares = |folder: &Path| -> Vec<Vec<String>> {
        (1..=3)
            .map(|n| {
                Walk::new([given(folder)].into_iter())
                    .of_shard(Shard::new(n, 3))
                    .filter(|entry| entry.what != What::Folder)
                    .map(|entry| text(&entry.below))
                    .collect()
            })
            .collect()
    };
    let places = [
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    ];
    let [first, second] = places.each_ref().map(|place| {
        for n in 0..60 {
            fs::write(place.path().join(format!("{n}.log")), "").expect("a file");
        }
        shares(place.path())
    });
    assert_eq!(first, second);
    assert_eq!(first.iter().map(Vec::len).sum::<usize>(), 60);
    assert!(first.iter().all(|share| share.len() > 9), "{first:?}");
}

#[test]
fn what_is_not_there_is_told() {
    let place = tempfile::tempdir().expect("a folder");
    let walked = walked(&place.path().join("absent"));
    let missing = What::Failed(io::ErrorKind::NotFound);
    assert_eq!(walked, [(String::new(), missing)]);
    let list = Walk::new([Err(io::Error::from(io::ErrorKind::PermissionDenied))].into_iter());
    let whats: Vec<What> = list.map(|entry| entry.what).collect();
    assert_eq!(whats, [What::Failed(io::ErrorKind::PermissionDenied)]);
}

#[test]
fn a_file_that_is_cut_or_rewritten_has_changed_and_one_that_grows_has_not() {
    let place = tempfile::tempdir().expect("a folder");
    let path = place.path().join("a.log");
    fs::write(&path, "one line\n").expect("a file");
    let opened = || {
        let entry = Walk::new([given(&path)].into_iter()).next();
        entry.expect("an entry").open().expect("a file")
    };
    let growing = opened();
    fs::write(&path, "one line\nand another\n").expect("a file");
    assert!(!growing.changed().expect("metadata"));
    let cut = opened();
    fs::write(&path, "").expect("a file");
    assert!(cut.changed().expect("metadata"));
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::ffi::OsStringExt as _;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn links_are_not_followed_and_those_that_lead_out_are_told() {
        let place = tempfile::tempdir().expect("a folder");
        let (root, out) = (place.path().join("tree"), place.path().join("out"));
        fs::create_dir_all(root.join("folder")).expect("folders");
        fs::create_dir(&out).expect("a folder");
        fs::write(out.join("secret"), "x").expect("a file");
        fs::write(root.join("file"), "x").expect("a file");
        for (name, target) in [
            ("dangling", "nowhere"),
            ("folder/loop", ".."),
            ("inside", "file"),
            ("outside", "../out/secret"),
            ("outside-folder", "../out"),
        ] {
            symlink(target, root.join(name)).expect("a link");
        }
        let told: Vec<(String, What)> = walked(&root)
            .into_iter()
            .filter(|(_, what)| !matches!(what, What::Folder | What::File(_)))
            .collect();
        let expected = [
            ("dangling", What::LinkOutside),
            ("folder/loop", What::LinkInside),
            ("inside", What::LinkInside),
            ("outside", What::LinkOutside),
            ("outside-folder", What::LinkOutside),
        ];
        assert_eq!(told, expected.map(|(path, what)| (path.to_owned(), what)));
    }

    #[test]
    fn the_plain_way_sees_what_the_other_sees() {
        let place = tempfile::tempdir().expect("a folder");
        fs::create_dir(place.path().join("folder")).expect("a folder");
        fs::write(place.path().join("folder/file"), "four").expect("a file");
        symlink("file", place.path().join("folder/link")).expect("a link");
        let below = Path::new("folder");
        let own = system::Folder::open(place.path(), below).expect("a folder");
        let other = plain::Folder::open(place.path(), below).expect("a folder");
        let mut names = [BTreeSet::new(), BTreeSet::new()];
        own.names(&mut |name| names[0].extend([name]))
            .expect("names");
        other
            .names(&mut |name| names[1].extend([name]))
            .expect("names");
        assert_eq!(names[0], names[1]);
        for name in &names[0] {
            assert_eq!(own.look(name).ok(), other.look(name).ok());
            let path = below.join(name);
            let opens = system::open(place.path(), &path).is_ok();
            assert_eq!(plain::open(place.path(), &path).is_ok(), opens, "{name:?}");
        }
        assert!(plain::open(place.path(), below).is_err());
    }

    #[test]
    fn a_link_that_was_typed_is_followed_and_one_from_a_list_is_not() {
        let place = tempfile::tempdir().expect("a folder");
        fs::write(place.path().join("file"), "x").expect("a file");
        let path = place.path().join("link");
        symlink("file", &path).expect("a link");
        for (link, what) in [
            (Link::Followed, What::File(1)),
            (Link::Told, What::LinkOutside),
        ] {
            let given = Given {
                written: path.clone(),
                path: path.clone(),
                link,
            };
            let entry = Walk::new([Ok(given)].into_iter()).next();
            assert_eq!(entry.expect("an entry").what, what);
        }
    }

    #[test]
    fn what_comes_in_the_place_of_a_file_is_not_read() {
        let place = tempfile::tempdir().expect("a folder");
        let (root, out) = (place.path().join("tree"), place.path().join("out"));
        for folder in [root.join("a"), out.clone()] {
            fs::create_dir_all(&folder).expect("folders");
            fs::write(folder.join("file"), "x").expect("a file");
        }
        let entries: Vec<Entry> = Walk::new([given(&root)].into_iter()).collect();
        let entry = entries.last().expect("an entry");
        assert!(entry.open().is_ok());
        // The file, then the folder it is in, become links.
        fs::rename(root.join("a/file"), root.join("b")).expect("a move");
        symlink("../../out/file", root.join("a/file")).expect("a link");
        assert!(entry.open().is_err());
        fs::remove_dir_all(root.join("a")).expect("a folder");
        symlink("../out", root.join("a")).expect("a link");
        assert!(entry.open().is_err());
        assert!(plain::open(&entry.root.path, &entry.below).is_err());
    }

    #[test]
    fn pipes_and_sockets_are_not_opened() {
        let place = tempfile::tempdir().expect("a folder");
        let socket = std::os::unix::net::UnixListener::bind(place.path().join("socket"));
        socket.expect("a socket");
        let pipe = place.path().join("pipe");
        let made = rustix::fs::mknodat(
            rustix::fs::CWD,
            &pipe,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RWXU,
            0,
        );
        made.expect("a pipe");
        for (name, what) in walked(place.path()).into_iter().skip(1) {
            assert_eq!(what, What::Special, "{name}");
        }
        let entry = Walk::new([given(&pipe)].into_iter()).next();
        let refused = entry.expect("an entry").open().expect_err("a pipe");
        assert_eq!(refused.kind(), io::ErrorKind::Unsupported);
        assert!(open_given(&pipe).is_err() && open_given(Path::new("/dev/null")).is_err());
    }

    #[test]
    fn names_that_are_no_text_and_long_paths_are_read() {
        let place = tempfile::tempdir().expect("a folder");
        let name = OsString::from_vec(b"caf\xe9.log".to_vec());
        fs::write(place.path().join(&name), "x").expect("a file");
        // Longer than a path may be that is handed to the system at once.
        let mut folder = system::Folder::open(place.path(), Path::new("")).expect("a folder");
        let mut below = PathBuf::new();
        for _ in 0..24 {
            below.push("d".repeat(200));
            folder.make(below.file_name().expect("a name"));
            folder = system::Folder::open(place.path(), &below).expect("a folder");
        }
        let walked = walked(place.path());
        assert_eq!(walked.len(), 26);
        assert!(walked.last().expect("an entry").0.len() > 4096);
        let entries = Walk::new([given(place.path())].into_iter());
        let read: Vec<String> = entries
            .filter(|entry| entry.open().is_ok())
            .map(|entry| text(&entry.below))
            .collect();
        assert_eq!(read, ["caf\u{fffd}.log"]);
        assert_eq!(
            walked
                .iter()
                .filter(|(_, what)| *what == What::File(1))
                .count(),
            1
        );
    }

    #[test]
    fn a_folder_that_can_not_be_read_is_told_and_the_walk_goes_on() {
        let place = tempfile::tempdir().expect("a folder");
        let closed = place.path().join("closed");
        fs::create_dir(&closed).expect("a folder");
        fs::write(place.path().join("open"), "x").expect("a file");
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("permissions");
        let walked = walked(place.path());
        // Root reads everything.
        let told = match fs::read_dir(&closed) {
            Ok(_) => What::Folder,
            Err(_) => What::Failed(io::ErrorKind::PermissionDenied),
        };
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).expect("permissions");
        let expected = [
            ("", What::Folder),
            ("closed", told),
            ("open", What::File(1)),
        ];
        assert_eq!(walked, expected.map(|(path, what)| (path.to_owned(), what)));
    }
}
