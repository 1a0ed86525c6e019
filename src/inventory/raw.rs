//! Raw files among the exports: logs and messages themselves, in a folder whose `raw.toml` says
//! which member of a population they are of. They are scanned once, in passing, and what that gives
//! is what a scan report would say.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use super::scan::{BrokenScan, Origin, ScanFile};
use crate::cardholder::{
    About, Extent, Given, Limits, Link, Member, Period, Rules, Tally, Walk, Way, harmless,
    holds_number, piece, sweep,
};
use crate::source::{Code, Diagnostic, Instant, Keyword as _, SourceFile, Table, Toml};

/// The file that makes the rest of its folder raw.
pub(crate) const NAME: &str = "raw.toml";

/// Where the raw files are.
#[derive(Debug, Clone)]
pub(crate) enum Raw {
    /// In a folder, in which these names are.
    Folder(PathBuf, Vec<OsString>),
    /// In memory, each with its path below the folder.
    Held(Vec<(String, Vec<u8>)>),
}

/// What `raw.toml` says.
#[derive(Debug)]
struct Stated {
    about: About,
    /// When the copy was made, which is when the scan is taken to have been.
    exported: Instant,
}

/// Scans the raw files beside a `raw.toml` at `path`.
pub(super) fn scan(path: &str, bytes: &[u8], raw: &Raw) -> ScanFile {
    let report = stated(path, bytes).and_then(|stated| {
        let member = nameable(stated.about.member.clone());
        let broken = |why: String| BrokenScan { why, member };
        let mut tally = Tally::new(stated.about, Rules::built_in(), stated.exported);
        let told = match raw {
            Raw::Folder(folder, names) => {
                let given = names.iter().map(|name| {
                    Ok(Given {
                        written: PathBuf::from(name),
                        path: folder.join(name),
                        link: Link::Told,
                    })
                });
                sweep(Walk::new(given), way(), &mut tally)
            }
            Raw::Held(files) => files
                .iter()
                .try_for_each(|(name, bytes)| piece(name, bytes, way(), &mut tally)),
        };
        match told {
            Ok(()) => tally.finish(stated.exported).map_err(broken),
            Err(error) => Err(broken(error.kind().to_string())),
        }
    });
    ScanFile {
        path: path.to_owned(),
        report,
        origin: Origin::Raw,
    }
}

fn way() -> Way<'static> {
    Way {
        rules: Rules::built_in(),
        limits: Limits::default(),
        threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        progress: &|_| {},
    }
}

fn stated(path: &str, bytes: &[u8]) -> Result<Stated, BrokenScan> {
    let nobody = |why: String| BrokenScan { why, member: None };
    let text = std::str::from_utf8(bytes).map_err(|_| nobody("it is not UTF-8".to_owned()))?;
    let file = SourceFile::new(path, text);
    let toml = Toml::parse_file(&file);
    let (member, stated) = read(toml.root());
    let member = member.and_then(nameable);
    let diagnostics = toml.into_diagnostics().into_sorted();
    match (diagnostics.first(), stated) {
        (None, Some(stated)) => Ok(stated),
        (Some(mistake), _) => Err(BrokenScan {
            why: harmless(&Diagnostic::one_line(mistake)),
            member,
        }),
        (None, None) => Err(BrokenScan {
            why: "it does not say what the files are of".to_owned(),
            member,
        }),
    }
}

/// Returns the member, if its name may be told.
fn nameable(member: Member) -> Option<Member> {
    let account = member.account.as_deref().unwrap_or_default();
    let region = member.region.as_deref().unwrap_or_default();
    let texts = [&member.member_type, &member.id, account, region];
    let named = texts.into_iter().any(holds_number);
    (!named).then_some(member)
}

/// Reads what is stated; the member also where the rest can't be read.
fn read(mut table: Table<'_>) -> (Option<Member>, Option<Stated>) {
    let member_type = table.required_string("member-type");
    let id = table.required_string("member-id");
    let account = table.string("account").map(|text| text.value);
    let region = table.string("region").map(|text| text.value);
    let member = member_type.zip(id).map(|(member_type, id)| Member {
        member_type: member_type.value,
        id: id.value,
        account,
        region,
    });
    let extent = table.required_keyword::<Extent>("extent");
    let selection = table.string("selection").map(|text| text.value);
    let from = moment(&mut table, "from");
    let to = moment(&mut table, "to");
    if !table.has("exported") {
        let message = "the key `exported` is missing: when the files were copied";
        table.report(Code::MissingKey, table.span(), message);
    }
    let exported = moment(&mut table, "exported");
    if let Some(extent) = &extent
        && (extent.value == Extent::Sample) != selection.is_some()
    {
        let message = format!(
            "`selection` says how a sample was selected, and the extent is `{}`",
            extent.value.word()
        );
        table.report(Code::InvalidValue, extent.span, message);
    }
    table.finish();
    let stated = member.clone().and_then(|member| {
        Some(Stated {
            about: About {
                member,
                extent: extent?.value,
                selection,
                data: from.zip(to).map(|(from, to)| Period { from, to }),
                shard: None,
            },
            exported: exported?,
        })
    });
    (member, stated)
}

fn moment(table: &mut Table<'_>, key: &'static str) -> Option<Instant> {
    let item = table.item(key)?;
    let value = item.to_value();
    let instant = value.as_str().and_then(Instant::parse);
    if instant.is_none() {
        let message = format!("`{key}` must be a moment, such as 2026-11-22T00:54:26Z");
        table.report(Code::WrongType, item.span(), message);
    }
    instant
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cardholder::Kind;

    const STATED: &str = "member-type = \"registers.log_sources\"\nmember-id = \"pods\"\n\
                          extent = \"all\"\nexported = 2026-11-18T02:00:00Z\n";
    const CARD: &[u8] = b"card 4111 1111 1111 1111\n";

    fn held(files: &[(&str, &[u8])]) -> Raw {
        let file = |(path, bytes): &(&str, &[u8])| ((*path).to_owned(), bytes.to_vec());
        Raw::Held(files.iter().map(file).collect())
    }

    #[test]
    fn files_in_a_folder_and_in_memory_say_the_same_as_a_report_would() {
        let place = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(place.path().join("a")).expect("a folder");
        std::fs::write(place.path().join("a/b.log"), CARD).expect("a file");
        std::fs::write(place.path().join("c.gz"), [0x1f, 0x8b, 8, 0, 0]).expect("a file");
        let names = vec![OsString::from("a"), OsString::from("c.gz")];
        let folder = Raw::Folder(place.path().to_owned(), names);
        let memory = held(&[("a/b.log", CARD), ("c.gz", &[0x1f, 0x8b, 8, 0, 0])]);
        let [one, other] = [folder, memory].map(|raw| scan("x/raw.toml", STATED.as_bytes(), &raw));
        assert_eq!(one, other);
        let report = one.report.expect("a report");
        assert_eq!((report.files.read, report.files.unread), (1, 1));
        assert_eq!(report.counts.get(&Kind::Pan).map(|it| it.test), Some(1));
        assert_eq!(
            report.findings.first().map(|it| it.file.as_str()),
            Some("a/b.log")
        );
        assert_eq!(report.ended.to_string(), "2026-11-18T02:00:00Z");
    }

    #[test]
    fn what_does_not_say_whose_files_these_are_is_no_report() {
        let why = |text: &str| {
            let scan = scan("x/raw.toml", text.as_bytes(), &held(&[("a", b"text")]));
            let member = scan.member().map(|member| member.id.clone());
            (scan.report.expect_err("no report").why, member)
        };
        for (from, to, told) in [
            ("pods", "", "must not be empty"),
            ("exported = ", "made = ", "`exported` is missing"),
            ("\"all\"", "\"sample\"", "how a sample was selected"),
            ("\"all\"", "\"period\"", "`data` does not say which"),
            ("2026-11-18T02:00:00Z", "\"soon\"", "must be a moment"),
            (
                "2026-11-18T02:00:00Z",
                "2026-11-18T02:00:00Z\nx = 1",
                "unknown key",
            ),
        ] {
            let (why, member) = why(&STATED.replace(from, to));
            assert!(why.contains(told), "{told}: {why}");
            assert_eq!(
                member.as_deref(),
                (from != "pods").then_some("pods"),
                "{why}"
            );
        }
    }
}
