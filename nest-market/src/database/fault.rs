//! Failures on purpose: tests fail or stop the process at every point where something becomes durable.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use super::DatabaseError;

/// Points are counted, and one of them fails. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Plan>);

#[derive(Debug, Default)]
struct Plan {
    passed: AtomicU64,
    /// How many points until the one that fails; below 1: none.
    fail_in: AtomicI64,
    /// How many points until the process stops; below 1: never.
    abort_in: AtomicI64,
}

impl Faults {
    /// The point that fails: 1 is the next one. Only that one does.
    pub fn fail_at(&self, point: i64) {
        self.0.fail_in.store(point, Ordering::SeqCst);
    }

    /// The point at which the process stops as if it were killed.
    pub fn abort_at(&self, point: i64) {
        self.0.abort_in.store(point, Ordering::SeqCst);
    }

    /// How many points were passed.
    pub fn passed(&self) -> u64 {
        self.0.passed.load(Ordering::SeqCst)
    }

    /// A point: something is about to become durable, or to be written.
    pub(crate) fn point(&self) -> Result<(), DatabaseError> {
        self.0.passed.fetch_add(1, Ordering::Relaxed);
        if self.0.abort_in.load(Ordering::Relaxed) > 0 && self.0.abort_in.fetch_sub(1, Ordering::SeqCst) == 1
        {
            std::process::abort();
        }
        if self.0.fail_in.load(Ordering::Relaxed) > 0 && self.0.fail_in.fetch_sub(1, Ordering::SeqCst) == 1 {
            return Err(DatabaseError::Unavailable);
        }
        Ok(())
    }
}
