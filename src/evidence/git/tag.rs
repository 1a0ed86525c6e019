//! Tags with a message: those of anchors.

use git2::{ObjectType, Signature, Time};

use super::signed::Signable;
use super::{Doing, GitError, Identity, ObjectId, Repo, Signer};
use crate::source::Instant;

/// A tag to be made.
#[derive(Debug)]
pub(crate) struct NewTag<'a> {
    /// Its name below `refs/tags`.
    pub name: &'a str,
    /// The commit it names.
    pub commit: ObjectId,
    /// Its message.
    pub message: &'a str,
    /// Who makes it.
    pub identity: &'a Identity,
    /// How it is signed.
    pub signer: &'a Signer,
    /// When it is made.
    pub now: Instant,
}

/// A tag with a message.
#[derive(Debug)]
pub(crate) struct Tag {
    /// Its name below `refs/tags`.
    pub name: String,
    /// Its message, without a signature.
    pub message: String,
    /// Its signature; none where it has none.
    pub signable: Option<Signable>,
}

impl Repo {
    /// Returns the tags with a message below a folder of `refs/tags`, by name.
    pub(crate) fn tags(&self, folder: &str) -> Result<Vec<Tag>, GitError> {
        let doing = "read the tags";
        let prefix = "refs/tags/";
        let mut found = Vec::new();
        for reference in self
            .inner
            .references_glob(&format!("{prefix}{folder}/*"))
            .doing(doing)?
        {
            let reference = reference.doing(doing)?;
            // A tag without a message says nothing.
            let Ok(tag) = reference.peel_to_tag() else {
                continue;
            };
            let name = String::from_utf8_lossy(reference.name_bytes()).into_owned();
            let odb = self.inner.odb().doing(doing)?;
            let object = odb.read(tag.id()).doing(doing)?;
            let text = String::from_utf8_lossy(object.data()).into_owned();
            let begins = text.find("\n-----BEGIN ").map(|place| place + 1);
            let (content, signature) = text.split_at(begins.unwrap_or(text.len()));
            let message = content
                .split_once("\n\n")
                .map_or("", |(_, message)| message);
            let time = tag
                .tagger()
                .and_then(|tagger| Instant::from_unix(tagger.when().seconds()));
            found.push(Tag {
                name: name.strip_prefix(prefix).unwrap_or(&name).to_owned(),
                message: message.to_owned(),
                signable: begins.map(|_| Signable::new(signature, content, time)),
            });
        }
        found.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(found)
    }

    /// Stores a tag, signed as the signer says. One that is there is not replaced.
    pub(crate) fn store_tag(&self, new: &NewTag<'_>) -> Result<(), GitError> {
        let doing = "make a tag";
        let (name, mail) = &new.identity.committer;
        let time = Time::new(new.now.unix(), 0);
        // Only to hold name and address to what git allows there.
        let tagger = Signature::new(name, mail, &time).map_err(|_| GitError::NoIdentity)?;
        let mut content = format!(
            "object {}\ntype commit\ntag {}\ntagger {} <{}> {} +0000\n\n{}",
            new.commit,
            new.name,
            String::from_utf8_lossy(tagger.name_bytes()),
            String::from_utf8_lossy(tagger.email_bytes()),
            new.now.unix(),
            new.message
        );
        if let Some(signature) = new.signer.sign(content.as_bytes(), self.git_dir())? {
            content.push_str(signature.trim_end());
            content.push('\n');
        }
        let odb = self.inner.odb().doing(doing)?;
        let id = odb
            .write(ObjectType::Tag, content.as_bytes())
            .doing(doing)?;
        let reference = format!("refs/tags/{}", new.name);
        self.inner
            .reference(
                &reference,
                id,
                false,
                new.message.lines().next().unwrap_or_default(),
            )
            .map(|_| ())
            .doing(doing)
    }
}
