//! Civil dates, instants and the workbook's time zone.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, SecondsFormat, Utc};

/// A civil date, written `2026-11-22`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(NaiveDate);

impl Date {
    /// Returns the date, or nothing if the calendar has no such day.
    ///
    /// ```
    /// use evidence_workbook::source::Date;
    /// assert_eq!(Date::new(2026, 11, 22).map(|date| date.to_string()), Some("2026-11-22".to_owned()));
    /// assert_eq!(Date::new(2026, 2, 30), None);
    /// ```
    #[must_use]
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self)
    }

    /// Returns a date for constants; where the calendar has no such day, the earliest there is,
    /// in whose light nothing is in date.
    #[must_use]
    pub const fn from_ymd(year: i32, month: u32, day: u32) -> Self {
        match NaiveDate::from_ymd_opt(year, month, day) {
            Some(date) => Self(date),
            None => Self(NaiveDate::MIN),
        }
    }

    /// Returns how many days lie between this date and a later one; negative if it is earlier.
    #[must_use]
    pub fn days_until(self, later: Date) -> i64 {
        (later.0 - self.0).num_days()
    }

    /// Returns the date so many months later (the month's last day where the day does not exist).
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        Self(
            self.0
                .checked_add_months(Months::new(months))
                .unwrap_or(NaiveDate::MAX),
        )
    }

    /// Returns the date so many months earlier (the month's last day where the day does not exist).
    #[must_use]
    pub fn minus_months(self, months: u32) -> Self {
        Self(
            self.0
                .checked_sub_months(Months::new(months))
                .unwrap_or(NaiveDate::MIN),
        )
    }

    /// Returns the date so many days later.
    #[must_use]
    pub fn plus_days(self, days: u64) -> Self {
        Self(
            self.0
                .checked_add_days(Days::new(days))
                .unwrap_or(NaiveDate::MAX),
        )
    }

    /// Returns the year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.0.year()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .map(Self)
            .map_err(|_| format!("`{text}` is not a date; write it as 2026-11-22"))
    }
}

/// A moment in Coordinated Universal Time, to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(DateTime<Utc>);

impl Instant {
    /// Returns the moment so many seconds after 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Option<Self> {
        DateTime::from_timestamp(seconds, 0).map(Self)
    }

    /// Returns the seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix(self) -> i64 {
        self.0.timestamp()
    }

    /// Returns the compact form of run ids, `20261122T015008Z`.
    #[must_use]
    pub fn compact(self) -> String {
        self.0.format("%Y%m%dT%H%M%SZ").to_string()
    }

    /// Returns the moment that an export writes as text: RFC 3339, the same with a space, or a
    /// date alone (its start).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        DateTime::parse_from_rfc3339(text)
            .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%:z"))
            .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
            .map(|moment| moment.with_timezone(&Utc))
            .ok()
            .or_else(|| {
                text.parse::<Date>()
                    .ok()
                    .and_then(|date| date.0.and_hms_opt(0, 0, 0))
                    .map(|naive| naive.and_utc())
            })
            .map(Self)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

/// The time zone in which the workbook counts days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeZone(chrono_tz::Tz);

impl Default for TimeZone {
    fn default() -> Self {
        Self(chrono_tz::UTC)
    }
}

impl TimeZone {
    /// Returns the civil date of a moment in this zone.
    #[must_use]
    pub fn date(self, instant: Instant) -> Date {
        Date(instant.0.with_timezone(&self.0).date_naive())
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

impl FromStr for TimeZone {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| {
            format!(
                "`{text}` is not a time zone of the IANA database, such as `Asia/Tokyo` or `UTC`"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_in_every_form_the_command_lines_print() {
        for text in [
            "2026-11-22T00:54:26Z",
            "2026-11-22T00:54:26.123+00:00",
            "2026-11-22 00:54:26.646508+00:00",
            "2026-11-22T09:54:26+0900",
        ] {
            assert_eq!(
                Instant::parse(text).map(|moment| moment.to_string()),
                Some("2026-11-22T00:54:26Z".to_owned()),
                "{text}"
            );
        }
        assert_eq!(
            Instant::parse("2026-11-22").map(Instant::compact),
            Some("20261122T000000Z".to_owned())
        );
        assert_eq!(Instant::parse("yesterday"), None);
    }

    #[test]
    fn a_moment_falls_on_the_civil_date_of_the_zone() {
        let moment = Instant::parse("2026-11-22T20:00:00Z").expect("a moment");
        let zone: TimeZone = "Asia/Tokyo".parse().expect("a zone");
        assert_eq!(zone.date(moment).to_string(), "2026-11-23");
        assert_eq!(TimeZone::default().date(moment).to_string(), "2026-11-22");
    }
}
