//! The lines on which the values of a document start.

use std::collections::BTreeMap;

use super::Step;

/// How deep lines are kept: deeper than any list of things in an export, far less than a tree of
/// every value.
pub(super) const DEPTH: usize = 10;

/// Where a value starts, and the values inside it.
///
/// Members of objects are kept only if they hold something themselves: a finding points at a
/// thing, not at a word.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lines {
    line: usize,
    inside: Inside,
}

/// What is inside a value.
#[derive(Debug, Clone, PartialEq)]
enum Inside {
    /// Nothing, or nothing that is kept.
    Nothing,
    /// The items of a list.
    Items(Vec<Lines>),
    /// Members of an object.
    Members(BTreeMap<Box<str>, Lines>),
}

impl Lines {
    /// Returns the line of a value in which nothing is kept.
    pub(super) fn leaf(line: usize) -> Self {
        Self {
            line,
            inside: Inside::Nothing,
        }
    }

    /// Returns the line of a list with those of its items.
    pub(super) fn items(line: usize, items: Vec<Lines>) -> Self {
        Self {
            line,
            inside: Inside::Items(items),
        }
    }

    /// Returns the line of an object with those of its members.
    pub(super) fn members(line: usize, members: BTreeMap<Box<str>, Lines>) -> Self {
        Self {
            line,
            inside: Inside::Members(members),
        }
    }

    /// Returns the same with another line for the value itself.
    pub(super) fn at(self, line: usize) -> Self {
        Self { line, ..self }
    }

    /// Returns the line on which the value starts.
    pub(super) fn line(&self) -> usize {
        self.line
    }

    /// Tells whether lines of values inside are kept.
    pub(super) fn is_leaf(&self) -> bool {
        matches!(self.inside, Inside::Nothing)
    }

    /// Returns the line of the value at `path`, or of the last value on the way to it.
    pub(super) fn find(&self, path: &[Step<'_>]) -> usize {
        let mut lines = self;
        for step in path {
            let next = match (&lines.inside, step) {
                (Inside::Items(items), Step::Index(index)) => items.get(*index),
                (Inside::Members(members), Step::Key(key)) => members.get(*key),
                (Inside::Nothing | Inside::Items(_) | Inside::Members(_), _) => None,
            };
            let Some(next) = next else { break };
            lines = next;
        }
        lines.line
    }
}
