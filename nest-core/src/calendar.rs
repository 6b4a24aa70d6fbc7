//! The calendar behind coarse times: texts of ISO 8601 to counts of a unit, and back.

#![allow(clippy::indexing_slicing, reason = "constants cannot use iterators, and every index is checked")]

/// The unit of a coarse time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeUnit {
    /// Calendar years; counted from the year 0.
    Year,
    /// Calendar months; counted from January of the year 0.
    Month,
    /// Weeks of ISO 8601, from Monday; counted from the week of 1 January 1970.
    IsoWeek,
    /// Days; counted from 1 January 1970.
    Day,
    /// Hours in UTC; counted from 1 January 1970.
    Hour,
}

impl TimeUnit {
    /// The unit's name: `month`.
    pub const fn name(self) -> &'static str {
        match self {
            TimeUnit::Year => "year",
            TimeUnit::Month => "month",
            TimeUnit::IsoWeek => "ISO week",
            TimeUnit::Day => "day",
            TimeUnit::Hour => "hour",
        }
    }

    /// How a text of the unit is written.
    pub(crate) const fn example(self) -> &'static str {
        match self {
            TimeUnit::Year => "2024",
            TimeUnit::Month => "2024-05",
            TimeUnit::IsoWeek => "2024-W12",
            TimeUnit::Day => "2024-03-15",
            TimeUnit::Hour => "2024-03-15T14",
        }
    }

    /// The count that a text of ISO 8601 stands for; `None` where it is none of this unit.
    pub const fn parse(self, text: &str) -> Option<i64> {
        let text = text.as_bytes();
        let (Some(year), len) = (digits(text, 0, 4), text.len()) else {
            return None;
        };
        match self {
            TimeUnit::Year if len == 4 => Some(year),
            TimeUnit::Month if len == 7 => match month(text) {
                Some(month) => Some(year * 12 + month - 1),
                None => None,
            },
            TimeUnit::IsoWeek if len == 8 && text[4] == b'-' && text[5] == b'W' => match digits(text, 6, 2) {
                Some(number) if number >= 1 => {
                    let week = first_week(year) + number - 1;
                    if week < first_week(year + 1) { Some(week) } else { None }
                }
                _ => None,
            },
            TimeUnit::Day if len == 10 => day(text, year),
            TimeUnit::Hour if len == 13 && text[10] == b'T' => match (day(text, year), digits(text, 11, 2)) {
                (Some(day), Some(hour)) if hour < 24 => Some(day * 24 + hour),
                _ => None,
            },
            _ => None,
        }
    }

    /// The text of ISO 8601 for a count, for people and reports.
    pub fn format(self, count: i64) -> String {
        // Beyond any calendar, and small enough for the arithmetic of dates.
        let count = count.clamp(i64::MIN / 16, i64::MAX / 16);
        match self {
            TimeUnit::Year => format!("{count:04}"),
            TimeUnit::Month => format!("{:04}-{:02}", count.div_euclid(12), count.rem_euclid(12) + 1),
            TimeUnit::IsoWeek => {
                // The year of a week is that of its Thursday.
                let (year, _, _) = civil(count * 7);
                format!("{year:04}-W{:02}", count - first_week(year) + 1)
            }
            TimeUnit::Day => {
                let (year, month, day) = civil(count);
                format!("{year:04}-{month:02}-{day:02}")
            }
            TimeUnit::Hour => {
                let (year, month, day) = civil(count.div_euclid(24));
                format!("{year:04}-{month:02}-{day:02}T{:02}", count.rem_euclid(24))
            }
        }
    }

    /// The count that a number of seconds since 1 January 1970 (UTC) falls in.
    pub const fn from_unix_seconds(self, seconds: i64) -> i64 {
        let day = seconds.div_euclid(86_400);
        let (year, month, _) = civil(day);
        match self {
            TimeUnit::Year => year,
            TimeUnit::Month => year * 12 + month - 1,
            TimeUnit::IsoWeek => week(day),
            TimeUnit::Day => day,
            TimeUnit::Hour => seconds.div_euclid(3_600),
        }
    }
}

const fn digits(text: &[u8], start: usize, len: usize) -> Option<i64> {
    let mut value = 0;
    let mut i = start;
    if start + len > text.len() {
        return None;
    }
    while i < start + len {
        if !text[i].is_ascii_digit() {
            return None;
        }
        value = value * 10 + (text[i] - b'0') as i64;
        i += 1;
    }
    Some(value)
}

/// The month of `2024-05…`.
const fn month(text: &[u8]) -> Option<i64> {
    match digits(text, 5, 2) {
        Some(month) if text[4] == b'-' && month >= 1 && month <= 12 => Some(month),
        _ => None,
    }
}

/// The count of days of `2024-03-15…`.
const fn day(text: &[u8], year: i64) -> Option<i64> {
    match (month(text), digits(text, 8, 2)) {
        (Some(month), Some(number)) if text[7] == b'-' && number >= 1 && number <= 31 => {
            let day = days(year, month, number);
            let (_, back, _) = civil(day);
            if back == month { Some(day) } else { None }
        }
        _ => None,
    }
}

/// Days from 1 January 1970 to a date of the Gregorian calendar, after Howard Hinnant, "chrono-compatible
/// low-level date algorithms".
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of a count of days: the inverse of [`days`].
const fn civil(day: i64) -> (i64, i64, i64) {
    let day = day.saturating_add(719_468);
    let era = day.div_euclid(146_097);
    let day_of_era = day.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year_of_era + (month <= 2) as i64;
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

/// The count of the week that a day lies in; 1 January 1970 was a Thursday.
const fn week(day: i64) -> i64 {
    (day + 3).div_euclid(7)
}

/// The count of a year's first week: the one with 4 January.
const fn first_week(year: i64) -> i64 {
    week(days(year, 1, 4))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const UNITS: [TimeUnit; 5] =
        [TimeUnit::Year, TimeUnit::Month, TimeUnit::IsoWeek, TimeUnit::Day, TimeUnit::Hour];

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "24",
            "2024-13",
            "2024-00",
            "2023-W53",
            "2023-02-29",
            "2024-1-1",
            "2024-03-15T24",
            "２０２４",
        ] {
            for unit in UNITS {
                assert_eq!(unit.parse(text), None, "{text}");
            }
        }
        assert!(TimeUnit::Day.parse("2024-02-29").is_some());
        assert!(TimeUnit::IsoWeek.parse("2020-W53").is_some());
    }

    proptest! {
        #[test]
        fn texts_come_back(seconds in -62_000_000_000_i64..250_000_000_000) {
            for unit in UNITS {
                let count = unit.from_unix_seconds(seconds);
                prop_assert_eq!(unit.parse(&unit.format(count)), Some(count));
            }
        }
    }
}
