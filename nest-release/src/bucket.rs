//! How many people, said coarsely: an exact number shows when one more person takes part.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A number of people as a bucket: fewer than 10, or at least 10, 20, 50, 100, 200, 500, and so on.
///
/// No people and a few people are the same bucket. In JSON it is the lower bound of the bucket, 0 for the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bucket(u64);

impl Bucket {
    /// The bucket of a number of people.
    ///
    /// ```
    /// use nest_release::Bucket;
    ///
    /// assert_eq!(Bucket::of(0), Bucket::of(9));
    /// assert_eq!(Bucket::of(49).to_string(), "20 or more");
    /// ```
    pub const fn of(people: u64) -> Self {
        let mut lower = 0;
        let mut next: u64 = 10;
        while next <= people {
            lower = next;
            // 10, 20, 50, 100: the first digit says which step comes next.
            let (times, by) = if is_two(next) { (5, 2) } else { (2, 1) };
            match next.checked_mul(times) {
                Some(product) => next = product / by,
                None => break,
            }
        }
        Self(lower)
    }

    /// The fewest people that the bucket stands for; 0 for the first.
    pub const fn at_least(self) -> u64 {
        self.0
    }
}

/// Whether the first digit is 2.
const fn is_two(mut number: u64) -> bool {
    while number >= 10 {
        number /= 10;
    }
    number == 2
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("fewer than 10"),
            lower => write!(f, "{lower} or more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_grow_by_one_two_five() {
        let cases = [
            (0, 0),
            (9, 0),
            (10, 10),
            (19, 10),
            (20, 20),
            (99, 50),
            (100, 100),
            (199, 100),
            (250, 200),
            (7_000, 5_000),
        ];
        for (people, lower) in cases {
            assert_eq!(Bucket::of(people).at_least(), lower, "{people}");
        }
        assert!(Bucket::of(u64::MAX).at_least() > 1 << 62);
    }
}
