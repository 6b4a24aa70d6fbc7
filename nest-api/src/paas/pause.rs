//! How long to wait before asking again, so that many do not ask at once.

use std::time::Duration;

/// Pauses whose bound doubles, up to the longest.
#[derive(Debug)]
pub(super) struct Pauses {
    bound: Duration,
    longest: Duration,
}

impl Pauses {
    pub(super) fn new(first: Duration, longest: Duration) -> Self {
        Self { bound: first.min(longest), longest }
    }

    /// A random pause up to the bound. Calls that were refused at one moment come back spread over it.
    pub(super) fn any(&mut self) -> Duration {
        rand::random_range(Duration::ZERO..=self.step())
    }

    /// A random pause of at least half of the bound, for asking repeatedly.
    pub(super) fn steady(&mut self) -> Duration {
        let bound = self.step();
        rand::random_range(bound / 2..=bound)
    }

    fn step(&mut self) -> Duration {
        let bound = self.bound;
        self.bound = bound.saturating_mul(2).min(self.longest);
        bound
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_differ() {
        let millis = Duration::from_millis;
        let bounds = [50, 100, 200, 400, 800, 1000, 1000].map(millis);
        let (mut any, mut steady) = (Vec::new(), Vec::new());
        for _ in 0..100 {
            let mut one = Pauses::new(millis(50), millis(1000));
            let mut other = Pauses::new(millis(50), millis(1000));
            for bound in bounds {
                any.push((one.any(), bound));
                steady.push((other.steady(), bound));
            }
        }
        assert!(any.iter().all(|(pause, bound)| pause <= bound));
        assert!(any.iter().any(|(pause, bound)| *pause < *bound / 4));
        assert!(any.iter().any(|(pause, bound)| *pause > *bound / 4 * 3));
        assert!(steady.iter().all(|(pause, bound)| (*bound / 2..=*bound).contains(pause)));
        assert!(steady.iter().any(|(pause, bound)| *pause < *bound / 4 * 3));
    }
}
