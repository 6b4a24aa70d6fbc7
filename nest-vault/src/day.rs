//! Today, no finer: nothing beside a person is dated more precisely than by the day.

use std::time::{SystemTime, UNIX_EPOCH};

/// Days since 1 January 1970.
pub(crate) type Day = i64;

pub(crate) fn today() -> Day {
    seconds() / (24 * 60 * 60)
}

/// Seconds since 1970, for what stands beside no person.
pub(crate) fn seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// A day as `2026-11-28`, by the calendar of nest-core.
pub(crate) fn to_text(day: Day) -> String {
    nest_core::time::Day::from_count(day).to_string()
}
