//! Breaking text into lines: a drawing has no browser to do it.

/// Returns `text` in lines of at most `width` columns. It breaks at spaces, else after a sign that
/// names are made with, else anywhere; characters of East Asian width count as two.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let gap = usize::from(!line.is_empty());
        if columns(&line) + gap + columns(word) <= width {
            if gap == 1 {
                line.push(' ');
            }
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        let mut pieces = pieces(word, width);
        line = pieces.pop().unwrap_or_default();
        lines.extend(pieces);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Breaks one long word.
fn pieces(word: &str, width: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    for c in word.chars() {
        if columns(&piece) + column(c) > width {
            let at = piece
                .rfind(['/', '-', '.', ':', '_'])
                .map(|at| at + 1)
                .filter(|at| *at > piece.len() / 2)
                .unwrap_or(piece.len());
            let rest = piece.split_off(at);
            pieces.push(std::mem::replace(&mut piece, rest));
        }
        piece.push(c);
    }
    pieces.push(piece);
    pieces
}

/// Returns how many columns a text takes.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(column).sum()
}

fn column(c: char) -> usize {
    let wide = matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}');
    if wide { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::{columns, wrap};

    #[test]
    fn lines_break_at_spaces_then_at_signs_then_anywhere() {
        for (text, width, expected) in [
            ("", 10, vec![]),
            ("one two", 10, vec!["one two"]),
            ("one two three", 8, vec!["one two", "three"]),
            (
                "ingress/ingress-nginx-controller",
                20,
                vec!["ingress/ingress-", "nginx-controller"],
            ),
            ("aaaaaaaaaa", 4, vec!["aaaa", "aaaa", "aa"]),
            ("カード会員", 4, vec!["カー", "ド会", "員"]),
        ] {
            assert_eq!(wrap(text, width), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_line_is_wider_and_no_character_is_lost(text in "\\PC{0,80}", width in 2_usize..40) {
            let lines = wrap(&text, width);
            for line in &lines {
                proptest::prop_assert!(columns(line) <= width, "{line:?}");
            }
            let without = |text: &str| text.split_whitespace().collect::<String>();
            proptest::prop_assert_eq!(without(&lines.join(" ")), without(&text));
        }
    }
}
