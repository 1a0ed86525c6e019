//! What is wrong with a file that people write, and where.

use std::fmt;
use std::sync::Arc;

use super::{SourceFile, Span};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $code:literal,)+) => {
        /// The stable name of one kind of mistake. Codes name the bad state.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Code {
            /// Every code, in the order of the reference page.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Returns the code as it is printed, in kebab case.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            /// Returns what the code means, for the reference page.
            #[must_use]
            pub fn description(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($doc),+).trim_ascii(),)+
                }
            }
        }
    };
}

codes! {
    /// The file is not TOML at this place.
    InvalidToml = "invalid-toml",
    /// The key means nothing here.
    UnknownKey = "unknown-key",
    /// A key that must be there is not.
    MissingKey = "missing-key",
    /// The value has another type than the key takes.
    WrongType = "wrong-type",
    /// The value is not one of those the key takes.
    UnknownValue = "unknown-value",
    /// The value has the right type and no meaning: an empty id, a date that ends before it begins.
    InvalidValue = "invalid-value",
    /// Two things have the same id; both places are shown.
    DuplicateId = "duplicate-id",
    /// A page under `requirements/` or `ecs/` does not begin with front matter between `+++` lines.
    MissingFrontMatter = "missing-front-matter",
    /// Front matter begins and does not end.
    UnclosedFrontMatter = "unclosed-front-matter",
    /// A check block is indented or quoted, so its bytes are not one piece of the file.
    IndentedBlock = "indented-block",
    /// A fenced block begins and does not end.
    UnclosedBlock = "unclosed-block",
    /// A check block has entries of two kinds.
    TwoKinds = "two-kinds",
    /// A check block has no entry of any kind.
    NoKind = "no-kind",
    /// The id of a page is not the name of its file.
    IdNotFileName = "id-not-file-name",
    /// A page is in `book/src` and not in `SUMMARY.md`.
    NotInSummary = "not-in-summary",
    /// `SUMMARY.md` names a page that does not exist.
    MissingPage = "missing-page",
    /// `SUMMARY.md` can't be read as a summary.
    InvalidSummary = "invalid-summary",
    /// Something is named that the workbook does not have: a statement, a role, a requirement id.
    UnknownReference = "unknown-reference",
    /// An expression is not CEL.
    InvalidExpression = "invalid-expression",
    /// An expression names a variable that does not exist.
    UnknownVariable = "unknown-variable",
    /// An expression calls a function that does not exist, or with another number of arguments.
    UnknownFunction = "unknown-function",
    /// An expression is larger or nested deeper than the stated bound.
    ExpressionTooLarge = "expression-too-large",
    /// `all` runs over a list that may be empty, and is then true without having seen anything.
    UnguardedAll = "unguarded-all",
    /// A file can't be read, or is not UTF-8.
    UnreadableFile = "unreadable-file",
    /// A file that the workbook must have is missing.
    MissingFile = "missing-file",
    /// `sample` and `as-of` do not go together.
    FrozenDate = "frozen-date",
    /// A label is longer than its stated bound.
    LabelTooLong = "label-too-long",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Another place that belongs to a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The bytes.
    pub span: Span,
    /// What stands there.
    pub label: String,
}

/// One mistake in one file of the workbook's author. Every diagnostic stops the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of mistake.
    pub code: Code,
    /// The file.
    pub file: Arc<SourceFile>,
    /// The bytes to look at.
    pub span: Span,
    /// What is wrong: a lowercase fragment that can be read alone.
    pub message: String,
    /// What to say under the caret.
    pub label: Option<String>,
    /// What to type instead.
    pub help: Option<String>,
    /// Other places, such as the first of two equal ids.
    pub related: Vec<Related>,
}

impl Diagnostic {
    /// Returns a diagnostic at `span` of `file`.
    pub fn new(code: Code, file: &Arc<SourceFile>, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            file: Arc::clone(file),
            span,
            message: message.into(),
            label: None,
            help: None,
            related: Vec::new(),
        }
    }

    /// Adds what to say under the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds what to type instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn related(mut self, file: &Arc<SourceFile>, span: Span, label: impl Into<String>) -> Self {
        self.related.push(Related {
            file: Arc::clone(file),
            span,
            label: label.into(),
        });
        self
    }

    /// Returns the diagnostic in one line: `file:line:column: code: message`.
    #[must_use]
    pub fn one_line(&self) -> String {
        let (line, column) = self.file.line_column(self.span.start);
        format!(
            "{}:{line}:{column}: {}: {}",
            self.file.path(),
            self.code,
            self.message
        )
    }
}

/// Every mistake found so far, in no particular order until [`Diagnostics::into_sorted`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Returns an empty collection.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a mistake.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds all mistakes of another collection.
    pub fn extend(&mut self, other: Diagnostics) {
        self.0.extend(other.0);
    }

    /// Tells whether there is no mistake.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns how many mistakes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the mistakes, as found.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Returns the mistakes by file, place and code, each once.
    #[must_use]
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.0.sort_by(|a, b| {
            (a.file.path(), a.span, a.code, &a.message).cmp(&(
                b.file.path(),
                b.span,
                b.code,
                &b.message,
            ))
        });
        self.0.dedup();
        self.0
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
