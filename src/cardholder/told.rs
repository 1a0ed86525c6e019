//! Texts of ours that repeat what others wrote: paths, messages about arguments. Numbers in them are
//! masked.

use super::masked::masked_name;
use super::scanner::scan;
use super::{Match, Rules};

/// Returns a text as it may be told, and the account data in it.
///
/// ```
/// use evidence_workbook::cardholder::{Rules, told};
///
/// let (text, found) = told(Rules::built_in(), "cards/4111111111111111.csv");
/// assert_eq!((text.as_str(), found.len()), ("cards/************1111.csv", 1));
/// ```
#[must_use]
pub fn told(rules: &Rules, text: &str) -> (String, Vec<Match>) {
    let found = scan(rules, text.as_bytes());
    (masked_name(text, &found), found)
}

/// Returns a text of ours without the account data that it may repeat.
#[must_use]
pub fn harmless(text: &str) -> String {
    told(Rules::built_in(), text).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_is_told_whole_whatever_it_is_called() {
        for (text, expected) in [
            ("a/b.log", "a/b.log"),
            ("pan 4111-1111-1111-1111.txt", "pan ****-****-****-1111.txt"),
            ("order-id-4111111111111111", "order-id-************1111"),
            (
                "2026-11-22T10:00:00Z/111122223333",
                "2026-11-22T10:00:00Z/111122223333",
            ),
        ] {
            assert_eq!(harmless(text), expected);
        }
        let code = harmless("cvv=123/notes.txt");
        assert!(!code.contains("123"), "{code}");
    }
}
