//! The scale of levels: low, medium, high, three steps between each two, and "don't share".

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A privacy level: a place on the scale from 0 (low) over 1 (medium) to 2 (high) in quarters, or "don't share".
///
/// A larger level protects better. There are nine places and no more, because every level that people choose is a class
/// of its own in an answer, and every class adds noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(u8);

/// Above every place of the scale.
const DONT_SHARE: u8 = u8::MAX;

/// A text that is no level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LevelError;

impl fmt::Display for LevelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a level is `low`, `medium`, `high`, `dont-share`, or a place from 0 to 2 in quarters, such as `1.25`",
        )
    }
}

impl std::error::Error for LevelError {}

impl Level {
    /// Little protection: 0 on the scale.
    pub const LOW: Level = Level(0);
    /// 1 on the scale.
    pub const MEDIUM: Level = Level(4);
    /// Much protection: 2 on the scale.
    pub const HIGH: Level = Level(8);
    /// Nothing is shared. What is new begins here.
    pub const DONT_SHARE: Level = Level(DONT_SHARE);

    /// Every place of the scale, without "don't share".
    pub const SHARED: [Level; 9] =
        [Level(0), Level(1), Level(2), Level(3), Level(4), Level(5), Level(6), Level(7), Level(8)];

    /// A place of the scale in quarters, from 0 to 8.
    pub const fn from_quarters(quarters: u8) -> Option<Self> {
        if quarters <= Self::HIGH.0 { Some(Self(quarters)) } else { None }
    }

    /// The place in quarters; none for "don't share".
    pub const fn quarters(self) -> Option<u8> {
        if self.is_shared() { Some(self.0) } else { None }
    }

    /// Whether anything is shared at this level.
    pub const fn is_shared(self) -> bool {
        self.0 != DONT_SHARE
    }
}

/// What was never decided is not shared.
impl Default for Level {
    fn default() -> Self {
        Self::DONT_SHARE
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("low"),
            4 => f.write_str("medium"),
            8 => f.write_str("high"),
            DONT_SHARE => f.write_str("dont-share"),
            place => {
                let part = match place % 4 {
                    1 => "25",
                    2 => "5",
                    _ => "75",
                };
                write!(f, "{}.{part}", place / 4)
            }
        }
    }
}

impl FromStr for Level {
    type Err = LevelError;

    fn from_str(text: &str) -> Result<Self, LevelError> {
        match text {
            "low" | "0" => Ok(Self::LOW),
            "medium" | "1" => Ok(Self::MEDIUM),
            "high" | "2" => Ok(Self::HIGH),
            "dont-share" => Ok(Self::DONT_SHARE),
            text => Self::SHARED.into_iter().find(|level| level.to_string() == text).ok_or(LevelError),
        }
    }
}

impl Serialize for Level {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
