//! The grid of decimal numbers: whole numbers of steps, exact in 64 bits.

/// The most decimals: with 12, a range of ±2251 is still exact.
pub const MAX_DECIMALS: u8 = 12;

/// Up to here a number of steps is found again in the `f64` that it stands for: the product of that number and
/// its scale is off by less than half a step.
const MAX_STEPS: f64 = (1_i64 << 51) as f64;

/// `10^decimals`, exactly.
const fn scale(decimals: u8) -> f64 {
    let mut scale = 1.0;
    let mut i = 0;
    while i < decimals {
        scale *= 10.0;
        i += 1;
    }
    scale
}

/// The number of steps of `10^-decimals` that make up a number on that grid; `None` for one between.
pub const fn to_steps(number: f64, decimals: u8) -> Option<i64> {
    match nearest_steps(number, decimals) {
        Some(steps) if from_steps(steps, decimals) == number => Some(steps),
        _ => None,
    }
}

/// The number of steps nearest to a number; `None` where it cannot be held exactly.
pub const fn nearest_steps(number: f64, decimals: u8) -> Option<i64> {
    let steps = (number * scale(decimals)).round();
    if steps.abs() <= MAX_STEPS { Some(steps as i64) } else { None }
}

/// The number that a number of steps stands for: the nearest `f64`, never a negative zero.
pub const fn from_steps(steps: i64, decimals: u8) -> f64 {
    steps as f64 / scale(decimals)
}

/// A number of steps as the decimal number that it stands for, exactly.
pub fn text(steps: i64, decimals: u8) -> String {
    let digits = format!("{:0width$}", steps.unsigned_abs(), width = usize::from(decimals) + 1);
    let sign = if steps < 0 { "-" } else { "" };
    match digits.split_at_checked(digits.len() - usize::from(decimals)) {
        Some((whole, "")) => format!("{sign}{whole}"),
        Some((whole, part)) => format!("{sign}{whole}.{part}"),
        None => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_and_numbers_come_back() {
        assert_eq!(to_steps(21.3, 1), Some(213));
        assert_eq!(to_steps(21.35, 1), None);
        assert_eq!(nearest_steps(21.35, 1), Some(214));
        assert_eq!(nearest_steps(f64::NAN, 1), None);
        assert_eq!(nearest_steps(1e300, 1), None);
        assert!(from_steps(0, 3).is_sign_positive());
        assert_eq!(nearest_steps(-0.04, 1), Some(0));
        assert_eq!([text(-5, 1), text(213, 1), text(7, 0), text(-1234, 3)], ["-0.5", "21.3", "7", "-1.234"]);
    }
}
