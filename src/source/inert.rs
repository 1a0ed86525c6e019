//! Text from files, made harmless for a terminal.

/// Returns the text with every character that could steer a terminal or hide text replaced by a
/// visible one: controls, text direction, line and paragraph separators, invisible marks.
///
/// Line feeds and tabs become a space.
pub(crate) fn inert(text: &str) -> String {
    text.chars().map(harmless).collect()
}

/// Returns the character, or the one to show for it.
pub(super) fn harmless(c: char) -> char {
    match c {
        '\n' | '\t' => ' ',
        // The pictures of the control characters stand in the same order as these.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => '\u{fffd}',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn nothing_that_steers_a_terminal_is_left() {
        assert_eq!(
            inert("a\u{1b}[31mb\r\n\u{9b}2J\tカ"),
            "a␛[31mb␍ \u{fffd}2J カ"
        );
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            let shown = inert(&c.to_string());
            assert!(!shown.chars().any(char::is_control), "{c:?}");
        }
    }
}
