//! What whoever calls a source needs, as nest-api does: bounds on time and number, and a call that cannot spoil
//! others. A team that implements a source needs none of it.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::FutureExt;

use crate::{Context, Operation};

/// When something has to be done.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(Instant);

impl Deadline {
    /// The moment this long from now. A time so long that it cannot be counted is a day.
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

/// What a call gave; `None` where it panicked, or had not ended by the deadline.
pub async fn guarded<R>(deadline: Deadline, ctx: &Context, call: impl Future<Output = R>) -> Option<R> {
    // What is late already is not even begun: it might write.
    let left = Some(deadline.left()).filter(|left| !left.is_zero())?;
    match tokio::time::timeout(left, AssertUnwindSafe(call).catch_unwind()).await {
        Ok(Ok(result)) => Some(result),
        Ok(Err(_)) => {
            tracing::error!(request_id = %ctx.request_id(), "a call of the source panicked");
            None
        }
        Err(_) => {
            tracing::error!(request_id = %ctx.request_id(), "a call of the source took too long");
            None
        }
    }
}

/// The check in each method of a source that has not been written: it fails to compile where the operation is
/// declared.
#[allow(clippy::panic, reason = "this is how a constant refuses to compile")]
pub(crate) const fn must_be_written(declared: &[Operation], operation: Operation) {
    if operation.is_in(declared) {
        panic!(
            "an operation is listed in `PARTICIPANTS` or `OPERATIONS` but its method is not written: write the method, or take the operation from the list"
        );
    }
}
