//! How slowly bytes may come or go. Bytes earn time, so that a byte now and then does not keep a connection open.

use std::time::Duration;

/// How many bytes earn a second.
const RATE: u32 = 16 * 1024;

/// The time that the other end may still take.
///
/// It begins at its maximum. Waiting spends it, and bytes earn it again: 16 KiB earn a second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    most: Duration,
    left: Duration,
}

impl Patience {
    pub(crate) fn new(most: Duration) -> Self {
        Self { most, left: most }
    }

    /// How long to wait from now on.
    pub(crate) fn left(&self) -> Duration {
        self.left
    }

    /// Notes a time of waiting, and the bytes that came after it.
    pub(crate) fn moved(&mut self, waited: Duration, bytes: usize) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let earned = Duration::from_secs(1).saturating_mul(bytes) / RATE;
        self.left = self.left.saturating_sub(waited).saturating_add(earned).min(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_a_second_runs_out_of_time_and_an_honest_pace_does_not() {
        let second = Duration::from_secs(1);
        let mut slow = Patience::new(5 * second);
        for _ in 0..6 {
            slow.moved(second, 1);
        }
        assert!(slow.left() < second / 1000);
        let mut honest = Patience::new(5 * second);
        for _ in 0..1000 {
            honest.moved(second, 16 * 1024);
        }
        assert_eq!(honest.left(), 5 * second);
        // It never grows beyond its maximum.
        honest.moved(Duration::ZERO, usize::MAX);
        honest.moved(5 * second, 0);
        assert_eq!(honest.left(), Duration::ZERO);
    }
}
