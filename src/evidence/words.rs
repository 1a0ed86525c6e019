//! The words by which records write what the engine has as enums.

use crate::assess::Verdict;
use crate::check::{Basis, Kind};
use crate::source::Keyword as _;

/// Returns the word of a kind of check.
pub(crate) fn kind(kind: Kind) -> &'static str {
    kind.word()
}

/// Returns the kind of check that the word means.
pub(crate) fn parse_kind(word: &str) -> Result<Kind, String> {
    Kind::WORDS
        .iter()
        .find(|(known, _)| *known == word)
        .map(|(_, kind)| *kind)
        .ok_or_else(|| format!("`{word}` is no kind of check"))
}

/// Returns the word of what asks for a check.
pub(crate) fn basis(basis: Basis) -> &'static str {
    basis.word()
}

/// Returns what asks for a check, by its word.
pub(crate) fn parse_basis(word: &str) -> Result<Basis, String> {
    Basis::WORDS
        .iter()
        .find(|(known, _)| *known == word)
        .map(|(_, basis)| *basis)
        .ok_or_else(|| format!("`{word}` is no basis of a check"))
}

/// Returns the verdict that the word means.
pub(crate) fn parse_verdict(word: &str) -> Result<Verdict, String> {
    Verdict::ALL
        .into_iter()
        .find(|verdict| verdict.as_str() == word)
        .ok_or_else(|| format!("`{word}` is no verdict"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back_as_what_wrote_it() {
        for each in [Kind::Configuration, Kind::Document, Kind::CardholderData] {
            assert_eq!(parse_kind(kind(each)), Ok(each));
        }
        for each in [Basis::Standard, Basis::Source] {
            assert_eq!(parse_basis(basis(each)), Ok(each));
        }
        for each in Verdict::ALL {
            assert_eq!(parse_verdict(each.as_str()), Ok(each));
        }
        assert!(parse_verdict("compliant").is_err());
    }
}
