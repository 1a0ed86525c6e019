//! Moments in TOML that people and commands write.

use toml::de::DeValue;

use super::Item;
use crate::source::{Instant, Spanned};

impl Item<'_> {
    /// Reads a moment with its offset, which TOML writes without quotes.
    pub(crate) fn instant(self) -> Option<Spanned<Instant>> {
        let moment = match self.value.get_ref() {
            DeValue::Datetime(moment)
                if moment.date.is_some() && moment.time.is_some() && moment.offset.is_some() =>
            {
                Instant::parse(&moment.to_string())
            }
            _ => None,
        };
        if moment.is_none() {
            self.expected("a moment without quotes, such as 2026-11-22T01:50:08Z");
        }
        moment.map(|moment| Spanned::new(moment, self.span()))
    }
}

#[cfg(test)]
mod tests {
    use crate::source::{Diagnostic, SourceFile, Toml};

    #[test]
    fn a_moment_has_a_day_a_time_and_an_offset() {
        let file = SourceFile::new(
            "o.toml",
            "a = 2026-11-22T01:50:08Z\nb = 2026-11-22T03:50:08+02:00\nc = 2026-11-22\nd = 2026-11-22T01:50:08\n",
        );
        let toml = Toml::parse_file(&file);
        let mut root = toml.root();
        let mut read = |key| {
            let moment = root.item(key)?.instant()?;
            Some(moment.value.to_string())
        };
        for key in ["a", "b"] {
            assert_eq!(read(key).as_deref(), Some("2026-11-22T01:50:08Z"), "{key}");
        }
        assert_eq!((read("c"), read("d")), (None, None));
        let lines: Vec<String> = toml
            .into_diagnostics()
            .into_sorted()
            .iter()
            .map(Diagnostic::one_line)
            .collect();
        assert!(
            matches!(lines.as_slice(), [day, local] if day.contains("a moment without quotes")
                && local.contains("a moment without quotes")),
            "{lines:?}"
        );
    }
}
