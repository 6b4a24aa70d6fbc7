//! How long a request may take, and how much of a source it may use at once.

use std::time::{Duration, Instant};

/// The time by which something must be done.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(Instant);

impl Deadline {
    /// The moment this long from now. A time that is too long to count is a day.
    pub fn after(time: Duration) -> Self {
        let now = Instant::now();
        Self(now.checked_add(time).unwrap_or(now + Duration::from_secs(24 * 60 * 60)))
    }

    /// How long there is until then.
    pub fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}

/// How much of a source one request may use at once, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How many calls may be under way; 0 is taken for 1.
    pub calls_at_once: usize,
    /// How long each may take.
    pub call_timeout: Duration,
}

impl Default for Pace {
    /// 64 calls at once, of at most 30 seconds.
    fn default() -> Self {
        Self { calls_at_once: 64, call_timeout: Duration::from_secs(30) }
    }
}
