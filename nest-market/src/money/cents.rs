//! An amount of money in whole cents: nothing is ever rounded away.

use std::fmt;
use std::iter::Sum;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An amount in whole cents, also below zero.
///
/// ```
/// use nest_market::money::Cents;
///
/// let price: Cents = "100.00".parse()?;
/// assert_eq!(price, Cents(10_000));
/// assert_eq!(Cents(-5).to_string(), "-0.05");
/// # Ok::<(), nest_market::money::CentsError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cents(pub i64);

/// A text that is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CentsError;

impl fmt::Display for CentsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount is written with two decimals and a point, such as `100.00`")
    }
}

impl std::error::Error for CentsError {}

impl Cents {
    /// No money.
    pub const ZERO: Cents = Cents(0);

    /// The sum, or `None` where it does not fit.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// The same amount in the other direction, or `None` where it does not fit.
    pub const fn checked_neg(self) -> Option<Self> {
        match self.0.checked_neg() {
            Some(amount) => Some(Self(amount)),
            None => None,
        }
    }

    /// Whether it is above zero.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// The sum of many amounts, or `None` where it does not fit.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

impl FromStr for Cents {
    type Err = CentsError;

    fn from_str(text: &str) -> Result<Self, CentsError> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text),
        };
        let (whole, part) = digits.split_once('.').ok_or(CentsError)?;
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(part) || part.len() != 2 {
            return Err(CentsError);
        }
        let whole: i64 = whole.parse().map_err(|_| CentsError)?;
        let part: i64 = part.parse().map_err(|_| CentsError)?;
        let cents = whole.checked_mul(100).and_then(|cents| cents.checked_add(part)).ok_or(CentsError)?;
        Ok(Self(sign * cents))
    }
}

impl Sum for Cents {
    /// The largest amount where the sum would be larger.
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, |sum, amount| Self(sum.0.saturating_add(amount.0)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_amounts_are_read() {
        for text in ["", "1", "1.0", "1.000", ".50", "1,00", "+1.00", "1.00 ", "٣.00", "--1.00", "1e2.00"] {
            assert_eq!(text.parse::<Cents>(), Err(CentsError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_amount_reads_back(cents in -i64::MAX..=i64::MAX) {
            prop_assert_eq!(Cents(cents).to_string().parse(), Ok(Cents(cents)));
        }
    }
}
