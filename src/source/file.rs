//! A file's text and byte ranges in it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A half-open range of bytes in a whole file, byte-order mark included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// Returns the range from `start` up to `end`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Returns the range as the standard library's type.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// Returns the same range moved `offset` bytes towards the end of the file.
    #[must_use]
    pub fn shifted(self, offset: usize) -> Self {
        Self::new(self.start + offset, self.end + offset)
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// A value and where it stands in its file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its bytes in the whole file.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Returns `value` standing at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// Returns the result of `f` on the value, at the same place.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned {
            value: f(self.value),
            span: self.span,
        }
    }
}

/// One file of text, read whole.
///
/// The path is relative to the workbook, with forward slashes, on every system.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceFile {
    path: String,
    text: String,
    line_starts: Vec<usize>,
}

impl fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SourceFile").field(&self.path).finish()
    }
}

impl SourceFile {
    /// Returns the file at `path` (relative, forward slashes) holding `text` unchanged.
    ///
    /// ```
    /// use evidence_workbook::source::SourceFile;
    /// let file = SourceFile::new("book/src/a.md", "one\r\ntwo");
    /// assert_eq!(file.line_column(5), (2, 1));
    /// ```
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        let text = text.into();
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Arc::new(Self {
            path: path.into(),
            text,
            line_starts,
        })
    }

    /// Returns the path, relative to the workbook, with forward slashes.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the whole text, byte-order mark included.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the text of `span`, or nothing if it is not a range of characters of this file.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// Returns the line and column of a byte, both counted from one, columns in characters.
    #[must_use]
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|&start| start <= offset);
        let start = line
            .checked_sub(1)
            .and_then(|line| self.line_starts.get(line))
            .copied()
            .unwrap_or(0);
        let end = self.text.floor_char_boundary(offset);
        let before = self.text.get(start..end).unwrap_or("");
        let before = before.trim_start_matches('\u{feff}');
        (line, before.chars().count() + 1)
    }

    /// Returns the line of a byte, counted from one.
    #[must_use]
    pub fn line(&self, offset: usize) -> usize {
        self.line_column(offset).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_and_skip_the_byte_order_mark() {
        let file = SourceFile::new("a", "\u{feff}カード\r\n\tx");
        for (offset, expected) in [
            (3, (1, 1)),
            (6, (1, 2)),
            (14, (2, 1)),
            (15, (2, 2)),
            (99, (2, 3)),
        ] {
            assert_eq!(file.line_column(offset), expected, "at byte {offset}");
        }
    }
}
