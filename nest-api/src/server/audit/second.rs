//! The time of a line of the audit log, to the second. The log stays where it is written. So this time may be as
//! exact as in other logs, unlike the time of a message.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::wire::minute::Minute;

/// A second of UTC, written `2026-03-15T14:30:05Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Second {
    minute: Minute,
    second: u64,
}

impl Second {
    /// The present second.
    pub(super) fn now() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        Self { minute: Minute::of_second(since_1970), second: since_1970 % 60 }
    }

    /// Reads back what [`Display`](fmt::Display) writes, and nothing else.
    fn parse(text: &str) -> Option<Self> {
        let (minute, second) = text.strip_suffix('Z')?.split_at_checked(17)?;
        let minute = Minute::parse(&format!("{minute}00Z"))?;
        let found = Self { minute, second: second.parse().ok().filter(|second| *second < 60)? };
        (found.to_string() == text).then_some(found)
    }
}

impl fmt::Display for Second {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minute = self.minute.to_string();
        write!(f, "{}{:02}Z", minute.strip_suffix("00Z").unwrap_or(&minute), self.second)
    }
}

impl Serialize for Second {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Second {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Second::parse(&text).ok_or_else(|| de::Error::custom("no second of UTC"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_comes_back_and_nothing_else_is_one() {
        for text in ["1970-01-01T00:00:00Z", "2026-03-15T14:30:05Z", "9999-12-31T23:59:59Z"] {
            assert_eq!(Second::parse(text).map(|second| second.to_string()).as_deref(), Some(text));
        }
        let now = Second::now();
        assert_eq!(Second::parse(&now.to_string()), Some(now));
        for text in [
            "",
            "Z",
            "2026-03-15T14:30:60Z",
            "2026-03-15T14:30:5Z",
            "2026-03-15T14:30:+5Z",
            "2026-03-15T14:30:05",
            "2026-02-30T14:30:05Z",
            "２2026-03-15T14:3:05Z",
        ] {
            assert_eq!(Second::parse(text), None, "{text}");
        }
    }
}
