//! The time of a message, to the minute.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A minute of UTC, written `2026-03-15T14:30:00Z`.
///
/// # Privacy
///
/// Seconds are cut off, because the exact time of a message can be matched with the times in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minute(u64);

const MINUTES_PER_DAY: u64 = 24 * 60;
const DAYS_PER_400_YEARS: u64 = 146_097;
/// Days from the first of March of the year 0 to the first of January 1970.
const DAYS_TO_1970: u64 = 719_468;

impl Minute {
    /// The last minute of the year 9999, after which the year would have five digits.
    const LAST: u64 = 2_932_897 * MINUTES_PER_DAY - 1;

    /// The present minute.
    pub fn now() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::of_second(since_1970.as_secs())
    }

    /// The minute in which this second since 1970 falls.
    pub(crate) fn of_second(second: u64) -> Self {
        Self((second / 60).min(Self::LAST))
    }

    /// The minute of year, month, day, hour and minute; `None` where there is no such minute from 1970 to
    /// 9999.
    fn from_civil([year, month, day, hour, minute]: [u64; 5]) -> Option<Self> {
        let in_range = (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
        if !in_range || hour > 23 || minute > 59 {
            return None;
        }
        // Years that begin in March put the leap day last; then months follow a line of 153 days for every
        // five.
        let (year_from_march, month_from_march) =
            if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
        let leap_days = year_from_march / 4 - year_from_march / 100 + year_from_march / 400;
        let days = (year_from_march * 365 + leap_days + day_of_year).checked_sub(DAYS_TO_1970)?;
        let found = Self(days * MINUTES_PER_DAY + hour * 60 + minute);
        // The 30th of February would be found as the 2nd of March.
        (found.civil() == [year, month, day, hour, minute]).then_some(found)
    }

    /// Year, month, day, hour and minute.
    fn civil(self) -> [u64; 5] {
        let days = self.0 / MINUTES_PER_DAY + DAYS_TO_1970;
        let (era, day_of_era) = (days / DAYS_PER_400_YEARS, days % DAYS_PER_400_YEARS);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524
            - day_of_era / (DAYS_PER_400_YEARS - 1))
            / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = era * 400 + year_of_era + u64::from(month <= 2);
        [year, month, day, self.0 % MINUTES_PER_DAY / 60, self.0 % 60]
    }

    /// Reads back what [`Display`](fmt::Display) writes, and nothing else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let number = |from, to| {
            let digits = text.get(from..to)?;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
        };
        let found = Self::from_civil([
            number(0, 4)?,
            number(5, 7)?,
            number(8, 10)?,
            number(11, 13)?,
            number(14, 16)?,
        ])?;
        (found.to_string() == text).then_some(found)
    }
}

impl fmt::Display for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [year, month, day, hour, minute] = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:00Z")
    }
}

impl Serialize for Minute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Minute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Minute::parse(&text).ok_or_else(|| de::Error::custom("no minute of UTC"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_those_of_the_calendar() {
        for (minute, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400 / 60, "2000-02-29T00:00:00Z"),
            (951_868_800 / 60 - 1, "2000-02-29T23:59:00Z"),
            (1_773_585_000 / 60, "2026-03-15T14:30:00Z"),
            (4_107_542_400 / 60, "2100-03-01T00:00:00Z"),
            (Minute::LAST, "9999-12-31T23:59:00Z"),
        ] {
            assert_eq!(Minute(minute).to_string(), text);
            assert_eq!(Minute::parse(text), Some(Minute(minute)));
        }
    }

    #[test]
    fn every_day_of_a_century_comes_back_and_follows_the_one_before() {
        let mut last = String::new();
        for day in 0..40_000 {
            let minute = Minute(day * MINUTES_PER_DAY + 61);
            let text = minute.to_string();
            assert_eq!(Minute::parse(&text), Some(minute));
            assert!(last < text);
            last = text;
        }
    }

    #[test]
    fn nothing_else_is_a_minute() {
        for text in [
            "",
            "2026-03-15T14:30:01Z",
            "2026-03-15T14:30:00+00:00",
            "2026-03-15 14:30:00Z",
            "2026-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z",
            "2026-04-31T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "+026-01-01T00:00:00Z",
            "1969-12-31T23:59:00Z",
            "12026-01-01T00:00:00Z",
            "2026-01-01T00:00:00Z ",
            "２026-01-01T00:00:00Z",
        ] {
            assert_eq!(Minute::parse(text), None, "{text}");
        }
    }
}
