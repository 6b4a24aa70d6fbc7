//! ε in whole millionths: a budget that is added up many times must not drift.

use std::fmt;
use std::iter::Sum;

use serde::{Deserialize, Serialize};

/// An amount of privacy loss ε, in whole millionths.
///
/// ```
/// use nest_release::MicroEpsilon;
///
/// let tenth: MicroEpsilon = "0.1".parse()?;
/// assert_eq!(tenth, MicroEpsilon::from_micros(100_000));
/// assert_eq!(tenth.to_string(), "0.1");
/// # Ok::<(), nest_release::EpsilonError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MicroEpsilon(u32);

/// A text that is no ε.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct EpsilonError;

impl fmt::Display for EpsilonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an ε is a number from 0 to 4294 with at most six decimals, such as 0.5")
    }
}

impl std::error::Error for EpsilonError {}

impl MicroEpsilon {
    /// An ε of this many millionths: 500,000 is ε 0.5.
    pub const fn from_micros(micros: u32) -> Self {
        Self(micros)
    }

    /// The number of millionths.
    pub const fn micros(self) -> u32 {
        self.0
    }

    /// The sum, or the largest ε where it would be larger.
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, or zero where it would be negative.
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The same, rounded down to hundredths: what a refusal says about others.
    pub(crate) const fn rounded_down(self) -> Self {
        Self(self.0 - self.0 % 10_000)
    }

    /// From a sum in a database; what does not fit is the nearest that does.
    pub(crate) fn from_sum(micros: i64) -> Self {
        Self(u32::try_from(micros.max(0)).unwrap_or(u32::MAX))
    }
}

impl Sum for MicroEpsilon {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self(0), Self::saturating_add)
    }
}

impl std::str::FromStr for MicroEpsilon {
    type Err = EpsilonError;

    fn from_str(text: &str) -> Result<Self, EpsilonError> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(part) || part.len() > 6 {
            return Err(EpsilonError);
        }
        let whole: u32 = whole.parse().map_err(|_| EpsilonError)?;
        let part: u32 = format!("{part:0<6}").parse().map_err(|_| EpsilonError)?;
        let micros = whole.checked_mul(1_000_000).and_then(|micros| micros.checked_add(part));
        micros.map(Self).ok_or(EpsilonError)
    }
}

impl fmt::Display for MicroEpsilon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_exactly() {
        for (text, micros) in [("0", 0), ("1", 1_000_000), ("0.000001", 1), ("12.5", 12_500_000)] {
            assert_eq!(text.parse(), Ok(MicroEpsilon(micros)));
            assert_eq!(MicroEpsilon(micros).to_string(), text);
        }
        for wrong in ["", ".5", "1.", "-1", "1e3", "0.0000001", "5000", "1,5", "٣"] {
            assert_eq!(wrong.parse::<MicroEpsilon>(), Err(EpsilonError), "{wrong}");
        }
    }

    #[test]
    fn ten_tenths_are_one() {
        let tenth = MicroEpsilon(100_000);
        assert_eq!((0..10).map(|_| tenth).sum::<MicroEpsilon>(), MicroEpsilon(1_000_000));
    }
}
