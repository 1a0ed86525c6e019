//! Patterns of paths: `*` and `?` stay within a name, `**` does not.

/// Tells whether a path fits a pattern, as a whole. The work is bounded by the product of their
/// lengths.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let path: Vec<char> = path.chars().collect();
    // For each place of the path, whether the rest from there fits the pattern's rest; the pattern
    // is gone through from its end.
    let mut fits: Vec<bool> = vec![false; path.len() + 1];
    if let Some(last) = fits.last_mut() {
        *last = true;
    }
    let mut rest = pattern.as_slice();
    while let Some((sign, before)) = rest.split_last() {
        let (part, before) = match (sign, before.split_last()) {
            ('*', Some(('*', before))) => (Part::Any, before),
            ('*', _) => (Part::InName, before),
            ('?', _) => (Part::One, before),
            (sign, _) => (Part::Sign(*sign), before),
        };
        fits = step(part, &path, &fits);
        rest = before;
    }
    fits.first() == Some(&true)
}

/// A part of a pattern.
#[derive(Clone, Copy)]
enum Part {
    Any,
    InName,
    One,
    Sign(char),
}

fn step(part: Part, path: &[char], after: &[bool]) -> Vec<bool> {
    let fits = |at: usize| after.get(at).copied().unwrap_or(false);
    let mut before = vec![false; after.len()];
    for at in (0..after.len()).rev() {
        let sign = path.get(at);
        let later = before.get(at + 1).copied().unwrap_or(false);
        let here = match part {
            Part::Any => fits(at) || later,
            Part::InName => fits(at) || (sign.is_some_and(|sign| *sign != '/') && later),
            Part::One => sign.is_some_and(|sign| *sign != '/') && fits(at + 1),
            Part::Sign(wanted) => sign == Some(&wanted) && fits(at + 1),
        };
        if let Some(slot) = before.get_mut(at) {
            *slot = here;
        }
    }
    before
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stay_in_a_name_and_double_stars_do_not() {
        for (pattern, path, fits) in [
            ("a.log", "a.log", true),
            ("a.log", "b/a.log", false),
            ("*.log", "a.log", true),
            ("*.log", "b/a.log", false),
            ("**.log", "b/a.log", true),
            ("b/**", "b/c/a.log!member", true),
            ("b/**", "b", false),
            ("**/a.log", "b/c/a.log", true),
            ("**", "", true),
            ("b/*/a.???", "b/c/a.log", true),
            ("b/*/a.???", "b/c/d/a.log", false),
            ("*カード*", "のカード番号", true),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, path), fits, "{pattern} {path}");
        }
        let stars = "*a".repeat(200);
        assert!(!matches(&stars, &"a".repeat(199)));
    }
}
