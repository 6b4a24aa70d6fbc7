//! Coarse times: texts of ISO 8601 to counts of a unit, and back. The calendar is that of the crate `time`.

#![allow(clippy::indexing_slicing, reason = "constants cannot use iterators, and every index is checked")]

use nest_rules as say;
use time::{Date, Month, Weekday};

/// The unit of a coarse time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
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
    /// Times of day without a date; counted in minutes from midnight, as a clock on the wall shows them.
    TimeOfDay,
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
            TimeUnit::TimeOfDay => "time of day",
        }
    }

    /// A pattern (ECMA-262) that every text of the unit matches.
    pub const fn pattern(self) -> &'static str {
        match self {
            TimeUnit::Year => "^[0-9]{4}$",
            TimeUnit::Month => "^[0-9]{4}-(0[1-9]|1[0-2])$",
            TimeUnit::IsoWeek => "^[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])$",
            TimeUnit::Day => "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
            TimeUnit::Hour => "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3])$",
            TimeUnit::TimeOfDay => "^([01][0-9]|2[0-3]):[0-5][0-9]$",
        }
    }

    /// What is said where a field of this unit has no range.
    #[doc(hidden)]
    pub const fn range_missing(self) -> &'static str {
        match self {
            TimeUnit::Year => say::TIME_RANGE_YEAR,
            TimeUnit::Month => say::TIME_RANGE_MONTH,
            TimeUnit::IsoWeek => say::TIME_RANGE_WEEK,
            TimeUnit::Day => say::TIME_RANGE_DAY,
            TimeUnit::Hour => say::TIME_RANGE_HOUR,
            TimeUnit::TimeOfDay => say::NO_TIMES_OF_DAY,
        }
    }

    /// What is said where the bounds of a range are no times of this unit.
    #[doc(hidden)]
    pub const fn range_unfit(self) -> &'static str {
        match self {
            TimeUnit::Year => say::NO_YEARS,
            TimeUnit::Month => say::NO_MONTHS,
            TimeUnit::IsoWeek => say::NO_WEEKS,
            TimeUnit::Day => say::NO_DAYS,
            TimeUnit::Hour => say::NO_HOURS,
            TimeUnit::TimeOfDay => say::NO_TIMES_OF_DAY,
        }
    }

    /// The unit's name in a manifest: `iso_week`.
    pub const fn key(self) -> &'static str {
        match self {
            TimeUnit::Year => "year",
            TimeUnit::Month => "month",
            TimeUnit::IsoWeek => "iso_week",
            TimeUnit::Day => "day",
            TimeUnit::Hour => "hour",
            TimeUnit::TimeOfDay => "time_of_day",
        }
    }

    /// The unit of that name in a manifest.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.key() == key)
    }

    /// Every unit: those of the calendar, the coarsest first, and the time of day.
    pub const ALL: [TimeUnit; 6] = [
        TimeUnit::Year,
        TimeUnit::Month,
        TimeUnit::IsoWeek,
        TimeUnit::Day,
        TimeUnit::Hour,
        TimeUnit::TimeOfDay,
    ];

    /// Every count of a unit that has a first and a last one by itself: a day has 1,440 minutes.
    pub const fn whole(self) -> Option<(i64, i64)> {
        match self {
            TimeUnit::TimeOfDay => Some((0, MINUTES_OF_DAY - 1)),
            _ => None,
        }
    }

    /// How a text of the unit is written.
    pub const fn example(self) -> &'static str {
        match self {
            TimeUnit::Year => "2024",
            TimeUnit::Month => "2024-05",
            TimeUnit::IsoWeek => "2024-W12",
            TimeUnit::Day => "2024-03-15",
            TimeUnit::Hour => "2024-03-15T14",
            TimeUnit::TimeOfDay => "22:30",
        }
    }

    /// The count that a text of ISO 8601 stands for; `None` where it is none of this unit.
    pub const fn parse(self, text: &str) -> Option<i64> {
        let text = text.as_bytes();
        if let TimeUnit::TimeOfDay = self {
            return minute(text);
        }
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
                Some(week) => first_of_week(year, week),
                None => None,
            },
            TimeUnit::Day if len == 10 => day(text, year),
            TimeUnit::Hour if len == 13 && text[10] == b'T' => match (day(text, year), digits(text, 11, 2)) {
                (Some(day), Some(hour)) if hour < 24 => Some(day * 24 + hour),
                _ => None,
            },
            _ => None,
        }
    }

    /// The text of ISO 8601 for a count, for people and reports. A count beyond the years -9999 to 9999, or beyond the
    /// minutes of a day, is written as the nearest time within them.
    pub fn format(self, count: i64) -> String {
        match self {
            TimeUnit::Year => format!("{count:04}"),
            TimeUnit::Month => format!("{:04}-{:02}", count.div_euclid(12), count.rem_euclid(12) + 1),
            TimeUnit::IsoWeek => {
                let (year, week, _) = date_of(count.saturating_mul(7)).to_iso_week_date();
                format!("{year:04}-W{week:02}")
            }
            TimeUnit::Day => {
                let (year, month, day) = date_of(count).to_calendar_date();
                format!("{year:04}-{:02}-{day:02}", month as u8)
            }
            TimeUnit::Hour => {
                format!("{}T{:02}", TimeUnit::Day.format(count.div_euclid(24)), count.rem_euclid(24))
            }
            TimeUnit::TimeOfDay => {
                let minute = count.clamp(0, MINUTES_OF_DAY - 1);
                format!("{:02}:{:02}", minute / 60, minute % 60)
            }
        }
    }

    /// The count that a number of seconds since 1 January 1970 (UTC) falls in.
    pub const fn from_unix_seconds(self, seconds: i64) -> i64 {
        let day = seconds.div_euclid(86_400);
        match self {
            TimeUnit::Year => date_of(day).year() as i64,
            TimeUnit::Month => {
                let date = date_of(day);
                date.year() as i64 * 12 + date.month() as i64 - 1
            }
            TimeUnit::IsoWeek => week(day),
            TimeUnit::Day => day,
            TimeUnit::Hour => seconds.div_euclid(3_600),
            TimeUnit::TimeOfDay => seconds.rem_euclid(86_400) / 60,
        }
    }
}

/// The minutes of a day.
const MINUTES_OF_DAY: i64 = 1_440;

/// The minute of `22:30`.
const fn minute(text: &[u8]) -> Option<i64> {
    match (digits(text, 0, 2), digits(text, 3, 2)) {
        (Some(hour), Some(minute)) if text.len() == 5 && text[2] == b':' && hour < 24 && minute < 60 => {
            Some(hour * 60 + minute)
        }
        _ => None,
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
    let (Some(month), Some(day)) = (month(text), digits(text, 8, 2)) else { return None };
    if text[7] != b'-' {
        return None;
    }
    // Both have at most two digits, and `month` gave 1 to 12.
    match Date::from_calendar_date(year as i32, Month::January.nth_next(month as u8 - 1), day as u8) {
        Ok(date) => Some(count_of(date)),
        Err(_) => None,
    }
}

/// The Julian day of 1 January 1970.
const EPOCH: i64 = 2_440_588;

/// The date of a count of days; one that no calendar of four digits has is the nearest that it has.
const fn date_of(day: i64) -> Date {
    let julian = day.saturating_add(EPOCH);
    if julian < Date::MIN.to_julian_day() as i64 {
        return Date::MIN;
    }
    if julian > Date::MAX.to_julian_day() as i64 {
        return Date::MAX;
    }
    match Date::from_julian_day(julian as i32) {
        Ok(date) => date,
        Err(_) => Date::MAX,
    }
}

/// The count of days of a date.
const fn count_of(date: Date) -> i64 {
    date.to_julian_day() as i64 - EPOCH
}

/// The count of the week that a day lies in; 1 January 1970 was a Thursday.
const fn week(day: i64) -> i64 {
    day.saturating_add(3).div_euclid(7)
}

/// The count of a week by its number in a year.
const fn first_of_week(year: i64, number: i64) -> Option<i64> {
    match Date::from_iso_week_date(year as i32, number as u8, Weekday::Monday) {
        Ok(monday) => Some(week(count_of(monday))),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
            "24:00",
            "22:60",
            "7:30",
            "07:30:00",
            "07.30",
        ] {
            for unit in TimeUnit::ALL {
                assert_eq!(unit.parse(text), None, "{text}");
            }
        }
        assert!(TimeUnit::Day.parse("2024-02-29").is_some());
        assert!(TimeUnit::IsoWeek.parse("2020-W53").is_some());
    }

    proptest! {
        #[test]
        fn texts_come_back(seconds in -62_000_000_000_i64..250_000_000_000) {
            for unit in TimeUnit::ALL {
                let count = unit.from_unix_seconds(seconds);
                prop_assert_eq!(unit.parse(&unit.format(count)), Some(count));
            }
        }
    }
}
