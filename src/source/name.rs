//! The shapes of names that people give to things.

/// Returns the name as expressions see it: `_` for `-`.
pub(crate) fn snake(name: &str) -> String {
    name.replace('-', "_")
}

/// Tells whether `name` is an id: lowercase letters, digits, `-` and `.`, with a letter or digit
/// at both ends. Such a name is safe as a file name, a heading and a part of an address.
pub(crate) fn is_id(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.chars().all(|c| plain(c) || c == '-' || c == '.')
        && name.starts_with(plain)
        && name.ends_with(plain)
        && !name.contains("..")
}

/// Tells whether `name` can be written in an expression without quotes.
pub(crate) fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Tells whether `id` has the shape of a PCI DSS 4.0.1 requirement id: `3.5.1.2`, or `A1.1.2` in
/// an appendix.
pub(crate) fn is_requirement_id(id: &str) -> bool {
    let digits = id.strip_prefix('A').unwrap_or(id);
    let parts: Vec<&str> = digits.split('.').collect();
    parts.len() >= 2
        && parts.len() <= 5
        && parts
            .iter()
            .all(|part| matches!(part.len(), 1 | 2) && part.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_safe_in_paths_and_addresses() {
        for id in ["ecs-net", "3.4.1-k", "a", "req-3.4.1"] {
            assert!(is_id(id), "{id}");
        }
        for id in ["", "-a", "a-", "A", "a b", "../a", "a..b", "a/b", "é", "a."] {
            assert!(!is_id(id), "{id}");
        }
    }

    #[test]
    fn requirement_ids_are_numbers_with_dots() {
        for id in ["3.1", "3.5.1.2", "12.3.1", "A1.1.2"] {
            assert!(is_requirement_id(id), "{id}");
        }
        for id in [
            "",
            "3",
            "3.",
            "3.a",
            "3.5.1.2.a",
            "req-3.1",
            "3.1.1.1.1.1",
            "３.１",
        ] {
            assert!(!is_requirement_id(id), "{id}");
        }
    }
}
