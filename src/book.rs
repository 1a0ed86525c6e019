//! The Markdown of the workbook: pages with front matter and check blocks, and documents.
//!
//! This module knows blocks as text with a place; what a check means is not its business.

mod assemble;
mod document;
mod front;
mod markdown;
mod page;
pub(crate) mod role_guide;
mod summary;

use std::sync::Arc;

use crate::config::Platform;
use crate::source::{Date, SourceFile, Span, Spanned};

pub(crate) use assemble::assemble;
pub(crate) use document::parse_document;
pub(crate) use page::parse_page;
pub(crate) use summary::parse_summary;

/// Which part of the book a page belongs to; decides what its front matter must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// A requirement: under `requirements/`.
    Requirements,
    /// A section of the ECS source: under `ecs/`.
    Ecs,
    /// Anything else: the guide, the introduction.
    Other,
}

/// One point of guidance of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The id, such as `3.4.1-k`.
    pub id: Spanned<String>,
    /// Our own words, at most twenty.
    pub label: String,
    /// The section of the source that the statement stands in.
    pub section: Option<String>,
    /// Why no check can show it, if none can.
    pub narrative: Option<String>,
}

/// How sure the crosswalk row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Widely published or looked up.
    High,
    /// The renumbering split or merged requirements.
    Medium,
    /// Needs a person with the licensed text.
    Low,
}

/// One row of the crosswalk from PCI DSS 3.2.1 to 4.0.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crosswalk {
    /// The 3.2.1 id.
    pub from: String,
    /// The 4.0.1 id.
    pub to: String,
    /// What changed, in our words.
    pub change: String,
    /// How sure the row is.
    pub confidence: Confidence,
}

/// Who answers for a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// The organisation itself.
    Customer,
    /// Both, each for a part.
    Shared,
    /// The provider.
    Provider,
}

/// Whether a source says it or we infer it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A source says it.
    Stated,
    /// We infer it.
    Inferred,
}

/// One cell of the responsibility matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responsibility {
    /// The platform.
    pub platform: Platform,
    /// The party.
    pub party: Party,
    /// Why.
    pub why: String,
    /// Whether a source says so.
    pub origin: Origin,
    /// Who proves it: own export, the provider's attestation, both.
    pub proved_by: String,
}

/// What a role has to do with a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Raci {
    /// Does the work.
    Responsible,
    /// Answers for it.
    Accountable,
    /// Is asked.
    Consulted,
    /// Is told.
    Informed,
}

/// One duty of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// What is to be done, as an instruction.
    pub text: String,
    /// The statements the duty serves.
    pub statements: Vec<Spanned<String>>,
}

/// A role on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleOnPage {
    /// The role's id.
    pub role: Spanned<String>,
    /// Its part.
    pub raci: Raci,
    /// Its duties.
    pub duties: Vec<Duty>,
}

/// One question of the training quiz.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quiz {
    /// The question.
    pub question: String,
    /// The answers to choose from.
    pub answers: Vec<String>,
    /// The index of the right one, from zero.
    pub correct: usize,
    /// Why it is right.
    pub explanation: String,
    /// The roles it is for; empty is all on the page.
    pub roles: Vec<Spanned<String>>,
}

/// The front matter of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontMatter {
    /// The page's id, which is its file's name.
    pub id: Spanned<String>,
    /// The title.
    pub title: String,
    /// The PCI DSS 4.0.1 ids by which its status is told.
    pub requirements: Vec<Spanned<String>>,
    /// Whether a person with the licensed text has signed the ids.
    pub reviewed: bool,
    /// The statements.
    pub statements: Vec<Statement>,
    /// The crosswalk rows.
    pub crosswalk: Vec<Crosswalk>,
    /// The cells of the responsibility matrix.
    pub responsibility: Vec<Responsibility>,
    /// The roles.
    pub roles: Vec<RoleOnPage>,
    /// The quiz.
    pub quiz: Vec<Quiz>,
}

/// A `toml check` block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The whole fenced block, fences included.
    pub fence: Span,
    /// The TOML inside, in one piece.
    pub text: Span,
}

/// One Markdown file of the book.
#[derive(Debug, Clone)]
pub struct Page {
    /// The file; its path is relative to the workbook, such as `book/src/ecs/ecs-net.md`.
    pub file: Arc<SourceFile>,
    /// The path below `book/src`, such as `ecs/ecs-net.md`.
    pub path: String,
    /// The part of the book.
    pub section: Section,
    /// The front matter, with the bytes of it and its `+++` lines; pages of the guide have none.
    pub front: Option<Spanned<FrontMatter>>,
    /// The check blocks, in order.
    pub blocks: Vec<Block>,
}

impl Page {
    /// Returns the page's id: that of its front matter, else its file's name without extension.
    #[must_use]
    pub fn id(&self) -> &str {
        match &self.front {
            Some(front) => &front.value.id.value,
            None => self
                .path
                .rsplit('/')
                .next()
                .unwrap_or(&self.path)
                .trim_end_matches(".md"),
        }
    }
}

/// A policy or procedure under `policies/`.
#[derive(Debug, Clone)]
pub struct Document {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The path as checks name it, such as `policies/chd-retention.md`.
    pub path: String,
    /// The title.
    pub title: String,
    /// Who owns it.
    pub owner: Option<String>,
    /// Who approved it.
    pub approver: Option<String>,
    /// When it was approved.
    pub approved: Option<Date>,
    /// When it must be reviewed at the latest.
    pub review_due: Option<Date>,
    /// The headings, and whether there is text under each before the next of the same or a
    /// higher level.
    pub sections: Vec<(String, bool)>,
    /// The SHA-256 of the text below the front matter, which is what people acknowledge.
    pub digest: String,
}

/// All Markdown of the workbook.
#[derive(Debug, Clone, Default)]
pub struct Book {
    /// The pages, in the order of `SUMMARY.md`.
    pub pages: Vec<Page>,
    /// The documents, by path.
    pub documents: Vec<Document>,
}
