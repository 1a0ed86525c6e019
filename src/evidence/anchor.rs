//! The digest of the newest run in a form that people write into their papers.
//!
//! The chain shows no run that was cut off its end. Somebody who noted the newest run's digest
//! elsewhere can tell: the noted run has to be on the chain.

use std::fmt::{self, Write as _};
use std::path::Path;

use crate::source::{Instant, sha256};

use super::git::{GitError, GitVariables, NewTag, Repo};
use super::lock::LockError;
use super::run::RunId;
use super::verify::{Asked, HeadRun, Standing, Verification, verify};

/// Where tags of anchors are, below `refs/tags`.
pub(crate) const TAGS: &str = "workbook/anchor";

/// Before the anchor in the message of its tag.
pub(crate) const TRAILER: &str = "Workbook-Anchor:";

/// Before the workbook's folder in the message of its tag, where that is not the repository's.
pub(crate) const FOLDER: &str = "Workbook-Folder:";

/// Digits and letters that people don't take for each other (Crockford's).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// So many characters hold 160 bits of the digest.
const BODY: usize = 32;

/// So many characters tell a slip of the pen.
const CHECKSUM: usize = 4;

/// The digest of a run's file, in short.
///
/// Eight groups of four characters are the first 160 bits of the SHA-256, the ninth is a checksum
/// of them: the first 20 bits of the SHA-256 of the 32 characters before it.
///
/// ```
/// use evidence_workbook::evidence::Anchor;
/// // The digest of "abc" (FIPS 180-2).
/// let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
/// let anchor = Anchor::of(digest).expect("a digest");
/// assert_eq!(anchor.to_string(), "Q9W1-DFWF-077Y-MGA1-83F5-VBH2-4ER0-6RD3-9B5E");
/// assert_eq!(Anchor::parse("q9w1 dfwf o77y mga1 83f5 vbh2 4er0 6rd3 9b5e"), Ok(anchor));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anchor {
    /// The first 160 bits of the digest in hexadecimal, or all of it.
    hex: String,
}

impl Anchor {
    /// Returns the anchor of a digest in hexadecimal, if it is one of SHA-256.
    #[must_use]
    pub fn of(digest: &str) -> Option<Self> {
        let hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
        let fits = digest.len() == 64 && digest.chars().all(hex);
        fits.then(|| digest.get(..40)).flatten().map(|short| Self {
            hex: short.to_owned(),
        })
    }

    /// Reads an anchor as people write it: in any case, with any dashes and spaces, `O` for `0`
    /// and `I` or `L` for `1`; or the 64 hexadecimal digits of the whole digest.
    ///
    /// # Errors
    ///
    /// Says what it is not, or that it was mistyped.
    pub fn parse(text: &str) -> Result<Self, String> {
        let plain: String = text
            .chars()
            .filter(|c| !matches!(c, '-' | '\u{2010}'..='\u{2015}') && !c.is_whitespace())
            .collect();
        if plain.chars().count() == 64 {
            let digest = plain.to_ascii_lowercase();
            return match Self::of(&digest) {
                Some(_) => Ok(Self { hex: digest }),
                None => Err("it has 64 characters, and not all are hexadecimal digits".to_owned()),
            };
        }
        let mut values = Vec::new();
        for c in plain.chars() {
            values.push(
                value(c).ok_or_else(|| {
                    format!("`{}` is no character of an anchor", c.escape_default())
                })?,
            );
        }
        if values.len() != BODY + CHECKSUM {
            return Err(format!(
                "an anchor has 9 groups of 4 characters, or is a digest of 64 hexadecimal digits; \
                 this has {} characters",
                values.len()
            ));
        }
        let mut hex = String::new();
        let (body, check) = values.split_at(BODY);
        // Four characters are 20 bits, and 20 bits are five hexadecimal digits.
        for group in body.chunks(4) {
            let bits = group
                .iter()
                .fold(0, |bits, value| bits << 5 | u32::from(*value));
            // Writing to a string can't fail.
            let _ = write!(hex, "{bits:05x}");
        }
        let anchor = Self { hex };
        if anchor.checksum().as_bytes() != characters(check).as_bytes() {
            return Err(
                "it was mistyped: its last group does not fit the others; compare it with the paper"
                    .to_owned(),
            );
        }
        Ok(anchor)
    }

    /// Tells whether this is the anchor of a digest.
    #[must_use]
    pub fn fits(&self, digest: &str) -> bool {
        digest.starts_with(&self.hex)
    }

    /// Returns the eight groups without dashes.
    fn body(&self) -> String {
        let digits: Vec<u32> = self
            .hex
            .chars()
            .filter_map(|c| c.to_digit(16))
            .take(40)
            .collect();
        let mut text = String::new();
        for group in digits.chunks(5) {
            let bits = group.iter().fold(0, |bits, digit| bits << 4 | digit);
            let values = [15, 10, 5, 0].map(|shift| u8::try_from(bits >> shift & 31).unwrap_or(0));
            text.push_str(&characters(&values));
        }
        text
    }

    fn checksum(&self) -> String {
        let digest = sha256(self.body().as_bytes());
        let bits = digest
            .chars()
            .take(5)
            .filter_map(|c| c.to_digit(16))
            .fold(0, |bits, digit| bits << 4 | digit);
        characters(&[15, 10, 5, 0].map(|shift| u8::try_from(bits >> shift & 31).unwrap_or(0)))
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, c) in self.body().chars().enumerate() {
            if place > 0 && place % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{c}")?;
        }
        write!(f, "-{}", self.checksum())
    }
}

fn value(c: char) -> Option<u8> {
    let c = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        c => c,
    };
    let place = ALPHABET.iter().position(|known| char::from(*known) == c)?;
    u8::try_from(place).ok()
}

fn characters(values: &[u8]) -> String {
    let of = |value: &u8| ALPHABET.get(usize::from(*value)).copied().map(char::from);
    values.iter().filter_map(of).collect()
}

/// What an anchor is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchored {
    /// The anchor.
    pub anchor: Anchor,
    /// The SHA-256 of the run's file.
    pub digest: String,
    /// The newest run.
    pub head: HeadRun,
    /// How many runs the chain has.
    pub runs: usize,
    /// The tag that holds it.
    pub tag: AnchorTag,
}

/// What became of the tag of an anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnchorTag {
    /// It was made and signed.
    Made(String),
    /// It was there.
    There(String),
    /// Git is not set to sign, and an unsigned tag shows nothing.
    NotSigned,
    /// None was wanted.
    NotWanted,
}

/// Whether a tag is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tagging {
    /// Where git is set to sign.
    WhereSigned,
    /// Never.
    Never,
}

/// What keeps a chain from being anchored.
#[derive(Debug, thiserror::Error)]
pub enum AnchorError {
    /// Git failed.
    #[error(transparent)]
    Git(#[from] GitError),
    /// Another process stamps.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// There is no run.
    #[error("nothing is stamped here yet; `workbook assess` stamps a run")]
    Nothing,
    /// Evidence is not as stamped.
    #[error("the evidence is not as stamped, so nothing is anchored; `workbook verify` tells why")]
    NotAsStamped,
    /// There are several newest runs.
    #[error(
        "there are several newest runs ({}), stamped in parallel; stamp a run, which joins them, \
         then anchor that",
        .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    )]
    Several(Vec<RunId>),
    /// A tag of the name is there and holds something else.
    #[error("the tag {0} is there and holds another anchor; `git tag --verify {0}` shows it")]
    OtherTag(String),
}

/// Anchors the newest run of evidence that is as stamped.
///
/// # Errors
///
/// Says what there is to do first. Nothing was written then.
pub fn anchor(
    workbook: &Path,
    variables: &GitVariables,
    now: Instant,
    tagging: Tagging,
) -> Result<Anchored, AnchorError> {
    let verification: Verification = verify(&Asked::of(workbook, variables))?;
    match verification.standing() {
        Standing::NothingStamped => return Err(AnchorError::Nothing),
        Standing::NotAsStamped => return Err(AnchorError::NotAsStamped),
        Standing::AsStamped => {}
    }
    let runs = verification.runs;
    let mut heads = verification.heads;
    let newest = heads.iter().map(|head| head.run.clone()).collect();
    let (Some(head), true) = (heads.pop(), heads.is_empty()) else {
        return Err(AnchorError::Several(newest));
    };
    let digest = head.digest.clone();
    let anchor = Anchor::of(&digest).ok_or(AnchorError::Nothing)?;
    let tag = match tagging {
        Tagging::Never => AnchorTag::NotWanted,
        Tagging::WhereSigned => tag(workbook, variables, now, &head, &anchor)?,
    };
    Ok(Anchored {
        anchor,
        digest,
        head,
        runs,
        tag,
    })
}

/// Makes the signed tag, where git is set to sign.
fn tag(
    workbook: &Path,
    variables: &GitVariables,
    now: Instant,
    head: &HeadRun,
    anchor: &Anchor,
) -> Result<AnchorTag, AnchorError> {
    let repo = Repo::open(workbook, variables)?;
    let Some(commit) = head
        .by
        .as_ref()
        .and_then(|by| repo.resolve(&by.commit).ok())
    else {
        return Ok(AnchorTag::NotSigned);
    };
    let name = format!("{TAGS}/{}", head.run);
    let trailer = format!("{TRAILER} {anchor}");
    let mut tags = repo.tags(TAGS)?.into_iter();
    if let Some(tag) = tags.find(|tag| tag.name == name) {
        let same = tag.message.lines().any(|line| line.trim() == trailer);
        return match same {
            true => Ok(AnchorTag::There(name)),
            false => Err(AnchorError::OtherTag(name)),
        };
    }
    if !repo.signs_tags()? {
        return Ok(AnchorTag::NotSigned);
    }
    let identity = repo.identity(variables)?;
    let signer = repo.tag_signer(&identity)?;
    repo.store_tag(&NewTag {
        name: &name,
        commit,
        message: &format!(
            "workbook: anchor run {run}\n\nWorkbook-Run: {run}\n{trailer}\n{folder}",
            run = head.run,
            folder = match repo.prefix() {
                "" => String::new(),
                prefix => format!("{FOLDER} {prefix}\n"),
            },
        ),
        identity: &identity,
        signer: &signer,
        now,
    })?;
    Ok(AnchorTag::Made(name))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_told_as_such() {
        let anchor = Anchor::of(&sha256(b"abc")).expect("a digest");
        let text = anchor.to_string();
        for (place, c) in text.char_indices().filter(|(_, c)| *c != '-') {
            let other = if c == '7' { "8" } else { "7" };
            let mut wrong = text.clone();
            wrong.replace_range(place..=place, other);
            let error = Anchor::parse(&wrong).expect_err("mistyped");
            assert!(error.contains("mistyped"), "{wrong}: {error}");
        }
        for (wrong, said) in [
            ("", "this has 0 characters"),
            ("ABCD", "this has 4 characters"),
            ("ABCU", "`U` is no character"),
            (&"z".repeat(64), "not all are hexadecimal"),
        ] {
            let error = Anchor::parse(wrong).expect_err("no anchor");
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn the_whole_digest_is_an_anchor_too_and_no_other_digest_fits() {
        let (digest, other) = (sha256(b"abc"), sha256(b"abd"));
        let short = Anchor::of(&digest).expect("a digest");
        let whole = Anchor::parse(&digest.to_uppercase()).expect("a digest");
        for anchor in [&short, &whole] {
            assert!(anchor.fits(&digest) && !anchor.fits(&other));
            assert_eq!(anchor.to_string(), short.to_string());
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(bytes in any::<[u8; 8]>()) {
            let anchor = Anchor::of(&sha256(&bytes)).expect("a digest");
            prop_assert_eq!(Anchor::parse(&anchor.to_string()), Ok(anchor));
        }

        #[test]
        fn any_text_is_an_anchor_or_told_to_be_none(text in any::<String>()) {
            let _ = Anchor::parse(&text);
        }
    }
}
