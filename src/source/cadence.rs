//! How often something is due, as people write it: `3 months`.

use std::fmt;
use std::str::FromStr;

use super::Date;

/// A length of time in civil days or months.
///
/// ```
/// use evidence_workbook::source::{Cadence, Date};
///
/// let quarterly: Cadence = "3 months".parse().expect("a cadence");
/// let day: Date = "2026-11-30".parse().expect("a date");
/// assert_eq!(quarterly.after(day).to_string(), "2027-02-28");
/// assert_eq!(quarterly.to_string(), "3 months");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cadence {
    /// So many days, from 1 to 3,660.
    Days(u16),
    /// So many months, from 1 to 120.
    Months(u16),
}

impl Cadence {
    /// Returns the last day on which it is due, counted from `date`.
    #[must_use]
    pub fn after(self, date: Date) -> Date {
        match self {
            Self::Days(days) => date.plus_days(u64::from(days)),
            Self::Months(months) => date.plus_months(u32::from(months)),
        }
    }
}

impl FromStr for Cadence {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is not a length of time; write it as `30 days`, `2 weeks` or `3 months`"
            )
        };
        let (number, unit) = text.split_once(' ').ok_or_else(wrong)?;
        let number: u16 = number.parse().map_err(|_| wrong())?;
        let (cadence, longest) = match unit {
            "day" | "days" => (Self::Days(number), 3_660),
            "week" | "weeks" => (Self::Days(number.saturating_mul(7)), 520),
            "month" | "months" => (Self::Months(number), 120),
            _ => return Err(wrong()),
        };
        if number == 0 || number > longest {
            return Err(wrong());
        }
        Ok(cadence)
    }
}

impl fmt::Display for Cadence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, unit) = match self {
            Self::Days(number) => (number, "day"),
            Self::Months(number) => (number, "month"),
        };
        let plural = if *number == 1 { "" } else { "s" };
        write!(f, "{number} {unit}{plural}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cadence_is_a_number_and_a_unit() {
        for (text, expected) in [
            ("1 day", Some(Cadence::Days(1))),
            ("2 weeks", Some(Cadence::Days(14))),
            ("3 months", Some(Cadence::Months(3))),
            ("1 months", Some(Cadence::Months(1))),
            ("0 months", None),
            ("-1 days", None),
            ("121 months", None),
            ("3661 days", None),
            ("521 weeks", None),
            ("9999999 days", None),
            ("3months", None),
            ("3 years", None),
            ("", None),
            ("three months", None),
        ] {
            assert_eq!(text.parse::<Cadence>().ok(), expected, "{text}");
        }
    }
}
