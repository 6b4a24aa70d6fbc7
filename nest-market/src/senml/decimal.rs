//! Numbers of JSON as they were written: exact, so that a value at the edge of a step is rounded in one way.

use std::fmt;

/// A decimal number, `digits · 10^exponent`. It has no `Debug`: it may be what a person's sensor measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    digits: i128,
    exponent: i32,
}

/// The most digits that are kept. A number of JSON may have more; sensors do not.
const MAX_DIGITS: usize = 30;

/// The largest exponent in either direction.
const MAX_EXPONENT: i32 = 30;

impl Decimal {
    /// Zero.
    pub const ZERO: Decimal = Decimal { digits: 0, exponent: 0 };

    /// A number as JSON writes it; none where it is none or has more than 30 digits.
    pub fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, mantissa) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa),
        };
        let (whole, part) = match mantissa.split_once('.') {
            Some((_, "")) => return None,
            Some((whole, part)) => (whole, part),
            None => (mantissa, ""),
        };
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_digits(whole) || !is_digits(part) {
            return None;
        }
        let part = part.trim_end_matches('0');
        if whole.len() + part.len() > MAX_DIGITS {
            return None;
        }
        let mut digits = 0_i128;
        for byte in whole.bytes().chain(part.bytes()) {
            digits = digits * 10 + i128::from(byte - b'0');
        }
        if digits == 0 {
            return Some(Self::ZERO);
        }
        let exponent = exponent.checked_sub(i32::try_from(part.len()).ok()?)?;
        if !(-MAX_EXPONENT..=MAX_EXPONENT).contains(&exponent) {
            return None;
        }
        Some(Self { digits: if negative { -digits } else { digits }, exponent })
    }

    /// The sum; none where it has too many digits.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if self.digits == 0 {
            return Some(other);
        }
        if other.digits == 0 {
            return Some(self);
        }
        let exponent = self.exponent.min(other.exponent);
        let align = |number: Self| {
            let up = u32::try_from(number.exponent - exponent).ok()?;
            number.digits.checked_mul(10_i128.checked_pow(up)?)
        };
        Some(Self { digits: align(self)?.checked_add(align(other)?)?, exponent })
    }

    /// The number as a fraction.
    pub(super) fn fraction(self) -> Option<(i128, i128)> {
        let power = 10_i128.checked_pow(self.exponent.unsigned_abs())?;
        if self.exponent >= 0 {
            Some((self.digits.checked_mul(power)?, 1))
        } else {
            Some((self.digits, power))
        }
    }

    /// Rounded down to a whole number of `10^-decimals`; none where it is too large.
    pub fn floor_to(self, decimals: u32) -> Option<i128> {
        let (numerator, denominator) = self.fraction()?;
        Some(numerator.checked_mul(10_i128.checked_pow(decimals)?)?.div_euclid(denominator))
    }
}

/// It shows nothing of the number.
impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decimal(..)")
    }
}

/// A fraction rounded to the nearest whole number, halves away from zero. The denominator is above zero.
pub(crate) fn rounded(numerator: i128, denominator: i128) -> i128 {
    let denominator = denominator.max(1);
    let (quotient, rest) = (numerator / denominator, numerator % denominator);
    if rest.unsigned_abs() >= denominator.unsigned_abs().div_ceil(2) {
        quotient + numerator.signum()
    } else {
        quotient
    }
}
