//! A number for absence: one to suggest where a number may be absent and no value is reserved for that.

/// A whole number outside `from..=to` that a type from `min` to `max` can hold: 0, -1, or one next to the range;
/// `None` where the range takes them all.
pub const fn free_number(from: i128, to: i128, min: i128, max: i128) -> Option<i128> {
    if is_free(0, from, to, min, max) {
        Some(0)
    } else if is_free(-1, from, to, min, max) {
        Some(-1)
    } else if is_free(to.saturating_add(1), from, to, min, max) {
        Some(to.saturating_add(1))
    } else if is_free(from.saturating_sub(1), from, to, min, max) {
        Some(from.saturating_sub(1))
    } else {
        None
    }
}

const fn is_free(number: i128, from: i128, to: i128, min: i128, max: i128) -> bool {
    (number < from || number > to) && number >= min && number <= max
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_for_absence_lies_outside_the_range_and_within_the_type() {
        assert_eq!(free_number(288, 775, 0, 65_535), Some(0));
        assert_eq!(free_number(0, 100, -128, 127), Some(-1));
        assert_eq!(free_number(0, 100, 0, 255), Some(101));
        assert_eq!(free_number(-5, 127, -128, 127), Some(-6));
        assert_eq!(free_number(0, 255, 0, 255), None);
        assert_eq!(free_number(i128::MIN, i128::MAX, i128::MIN, i128::MAX), None);
    }
}
