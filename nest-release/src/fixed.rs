//! Numbers with a fixed number of decimals: exact, so that what was stored is what was released.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A decimal number: a whole number of steps of `10^-decimals`. In JSON it is a text, `"52.318"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fixed {
    decimals: u8,
    steps: i128,
}

/// The most decimals: a column has at most 12, its squares have twice as many, and a mean has three more.
const MAX_DECIMALS: u8 = 27;

impl Fixed {
    pub(crate) const fn new(steps: i128, decimals: u8) -> Self {
        Self { decimals, steps }
    }

    /// The number of steps.
    pub const fn steps(self) -> i128 {
        self.steps
    }

    /// The number of decimals: a step is `10^-decimals`.
    pub const fn decimals(self) -> u8 {
        self.decimals
    }

    /// The nearest `f64`, for plots.
    pub fn to_f64(self) -> f64 {
        self.steps as f64 / 10_f64.powi(i32::from(self.decimals))
    }

    fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let decimals = u8::try_from(part.len()).ok().filter(|decimals| *decimals <= MAX_DECIMALS)?;
        if whole.is_empty() || !whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let steps: i128 = format!("{whole}{part}").parse().ok()?;
        Some(Self { decimals, steps: sign * steps })
    }
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:0width$}", self.steps.unsigned_abs(), width = usize::from(self.decimals) + 1);
        let sign = if self.steps < 0 { "-" } else { "" };
        match digits.split_at_checked(digits.len() - usize::from(self.decimals)) {
            Some((whole, "")) => write!(f, "{sign}{whole}"),
            Some((whole, part)) => write!(f, "{sign}{whole}.{part}"),
            None => f.write_str(&digits),
        }
    }
}

impl Serialize for Fixed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fixed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("a decimal number as a text, such as \"52.318\""))
    }
}

/// `numerator / denominator`, rounded to the nearest whole number, halves away from zero.
///
/// A denominator of zero counts as one: it stands for a number of people.
pub(crate) fn divide_rounded(numerator: i128, denominator: i128) -> i128 {
    let denominator = denominator.max(1);
    let (quotient, rest) = (numerator / denominator, numerator % denominator);
    // `rest` is smaller than the denominator, so this cannot overflow where the denominator is below 2^126.
    if rest.unsigned_abs() * 2 >= denominator.unsigned_abs() {
        quotient + numerator.signum()
    } else {
        quotient
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_are_rounded_away_from_zero() {
        let cases = [(5, 2, 3), (-5, 2, -3), (4, 3, 1), (-4, 3, -1), (7, 0, 7), (0, 9, 0)];
        for (numerator, denominator, expected) in cases {
            assert_eq!(divide_rounded(numerator, denominator), expected);
        }
    }

    proptest! {
        #[test]
        fn texts_come_back(steps in any::<i64>(), decimals in 0..=MAX_DECIMALS) {
            let number = Fixed::new(steps.into(), decimals);
            let json = serde_json::to_string(&number).unwrap();
            prop_assert_eq!(serde_json::from_str::<Fixed>(&json).unwrap(), number);
        }

        #[test]
        fn other_texts_are_refused(text in ".{0,12}") {
            if let Some(number) = Fixed::parse(&text) {
                prop_assert_eq!(Fixed::parse(&number.to_string()), Some(number));
            }
        }
    }
}
